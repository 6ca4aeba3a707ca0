# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a RELAX NG grammar of one kind of document, for editors and other people's
validators.  It accepts a little more than the engine: what depends on something
else (needed, when) is optional, and rules are not in it."""
from xml.sax.saxutils import escape, quoteattr

import forms
import kinds

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Printed by schema/gen from schema/parts: change those. -->
<grammar xmlns="http://relaxng.org/ns/structure/1.0"
         datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start>
    <ref name="%s"/>
  </start>
"""
# What may stand in an element that is not ours.
ANYTHING = """  <define name="anything">
    <zeroOrMore>
      <choice>
        <attribute><anyName/><text/></attribute>
        <text/>
        <element><anyName/><ref name="anything"/></element>
      </choice>
    </zeroOrMore>
  </define>
"""
UNIT = "([bB]([yY][tT][eE][sS]?)?|[kKmMgGtTpPeE]([iI]?[bB])?)"
PATTERNS = {
    "uuid": "[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}", "mac": "([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}",
    "ip": "[0-9a-fA-F:.]+", "ipv4": "[0-9.]+", "ipv6": "[0-9a-fA-F:.]+", "cpuset": r"[0-9,\^\-\s]+",
    "hex": "(0[xX])?[0-9a-fA-F]+", "octal": "[0-7]+", "name": "[^/]+",
}
BASED = r"\s*(0[xX][0-9a-fA-F]+|[0-9]+)\s*"


def data(kind, **params):
    return ['<data type="%s">' % kind] + ['  <param name="%s">%s</param>' % (name, escape(str(value)))
                                          for name, value in params.items()] + ["</data>"]


def wrap(tag, lines):
    return ["<%s>" % tag] + ["  " + line for line in lines] + ["</%s>" % tag.split()[0]]


class Grammar:
    def __init__(self, schema, root):
        self.schema, self.root, self.defines, self.lines = schema, root, {}, []
        self.part(root)

    def text(self):
        return HEAD % self.root.name + ANYTHING + "\n".join(self.lines) + "\n</grammar>\n"

    def part(self, part):
        """The name of the define for the content of PART."""
        if part.name not in self.defines:
            self.defines[part.name] = True
            body = self.content(part)
            if part is self.root:
                body = self.element(part.path, body)
            self.lines += ["  " + line for line in wrap("define name=%s" % quoteattr(part.name), body)]
        return '<ref name="%s"/>' % part.name

    def element(self, name, body):
        prefix, _, local = name.rpartition(":")
        uri = self.schema.namespaces.get(prefix)
        return wrap("element name=%s%s" % (quoteattr(local), " ns=%s" % quoteattr(uri) if uri else ""), body)

    # ---- what an element holds

    def content(self, owner):
        attributes, texts, elements = ([item for item in owner.children if item.place == place]
                                       for place in ("attribute", "text", "element"))
        lines = []
        for item in attributes:
            lines += self.attribute(item)
        scaled = [item for item in attributes + texts if item.kind in kinds.SCALED]
        lines += self.unit(scaled[0]) if scaled else []
        if texts and not elements:
            lines += self.maybe_nothing(texts[0])
        elif elements:
            lines += wrap("interleave", ["<text/>"] * len(texts) +
                          [line for item in elements for line in self.child(item)])
        return lines or ["<empty/>"]

    def attribute(self, item):
        lines = wrap("attribute name=%s" % quoteattr(item.name[1:]), self.maybe_nothing(item))
        return lines if self.must_be(item) else wrap("optional", lines)

    @staticmethod
    def must_be(item):
        return "required" in item.options and not {"default", "alone", "when", "drops"} & set(item.options)

    def child(self, item):
        lines = self.element(item.name, self.inside(item))
        if "many" in item.options:
            return wrap("oneOrMore" if self.must_be(item) else "zeroOrMore", lines)
        return lines if self.must_be(item) else wrap("optional", lines)

    def inside(self, item):
        if item.kind == "part":
            return [self.part(self.schema.parts[item.args[0]])]
        if item.kind == "group":
            return self.content(item)
        if item.kind == "flag":
            return ["<empty/>"]
        if item.kind == "verbatim":
            return ['<ref name="anything"/>']
        return self.unit(item) + self.maybe_nothing(item)

    # ---- values

    @staticmethod
    def unit(item):
        if item.kind not in kinds.SCALED:
            return []
        return wrap("optional", wrap('attribute name="unit"', data("string", pattern=UNIT)))

    def maybe_nothing(self, item):
        """An empty text is as good as none where none need be there."""
        lines = self.value(item)
        if "required" in item.options or lines == ["<text/>"]:
            return lines
        return wrap("choice", ["<value/>"] + lines)

    def value(self, item):
        words = self.schema.words(item)
        if words:
            return wrap("choice", ["<value>%s</value>" % escape(word) for word in words])
        if item.kind == "uint" and ("based" in item.options or "hexif" in item.options):
            return data("string", pattern=BASED)
        if item.kind in ("uint", "int"):
            low, high = kinds.limits(item)
            return data("unsignedLong" if item.kind == "uint" else "long", minInclusive=low, maxInclusive=high)
        if item.kind in kinds.SCALED:
            return data("unsignedLong")
        if item.kind in PATTERNS:
            return data("string", pattern=r"\s*%s\s*" % PATTERNS[item.kind])
        if item.kind == "string" and item.args:
            return data("string", pattern=forms.xsd(self.schema.forms[item.args[0]]))
        return data("string", minLength=1) if "required" in item.options else ["<text/>"]


def text(schema, root):
    return Grammar(schema, root).text()
