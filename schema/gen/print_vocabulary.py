# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the vocabulary of all documents for the engine (driver/xml/vocabulary.h):
tables of numbers, without a pointer that a process would have to relocate."""
import conditions
import forms
import kinds
from c import constant, counted_list, text, word_list
from fail import Wrong
from print_source import FLAGS, number, unique_words


class Texts:
    """All texts in one, each found by its offset; 0 is the empty one."""

    def __init__(self):
        self.pieces, self.offsets, self.length = ['"\\0"'], {"": 0}, 1

    def add(self, piece, size, key):
        if key not in self.offsets:
            self.offsets[key] = self.length
            self.pieces.append(piece)
            self.length += size
        return self.offsets[key]

    def one(self, words):
        if not words:
            return 0
        return self.add(text(words)[:-1] + '\\0"', len(words.encode()) + 1, words)

    def words(self, words):
        """Each with a NUL behind it, and an empty one at the end."""
        if not words:
            return 0
        return self.add(word_list(list(words) + [""]), sum(len(word.encode()) + 1 for word in words) + 1, tuple(words))

    def condition(self, words):
        """Words of a condition, each with its length before it."""
        if not words:
            return 0
        return self.add(counted_list(words), sum(len(word.encode()) + 2 for word in words), ("condition",) + tuple(words))


def demands(item):
    """May it mean something that the item is absent?"""
    options = {"required", "always", "default", "presets", "needed", "hexif"}
    return bool(options & set(item.options)) or \
        item.kind == "group" and any("needed" in child.options for child in item.children)


class Tables:
    def __init__(self, schema):
        self.schema, self.texts = schema, Texts()
        self.contents, self.numbers = [], {}        # rows of items; part or rows: number
        self.more = [None]
        self.documents = []
        self.namespaces = [(self.texts.one(prefix), self.texts.one(uri))
                           for prefix, uri in schema.namespaces.items()]
        for part in schema.parts.values():
            if part.document:
                self.documents.append((self.texts.one(part.kind), self.texts.one(part.path), self.part(part),
                                       "VIR_FROM_" + part.errors))
        if self.texts.length > 0xffff or len(self.more) > 0xffff:
            raise Wrong("schema/parts", 0, "%d bytes of texts, %d extras" % (self.texts.length, len(self.more)),
                        "65535 of each at most")

    def part(self, part):
        if part.name not in self.numbers:
            self.numbers[part.name] = len(self.contents)
            self.contents.append(None)              # its place is known before what is in it: it may hold itself
            self.contents[self.numbers[part.name]] = self.content(part, conditions.place_of(self.schema, part.path))
        return self.numbers[part.name]

    def group(self, part, place):
        content = self.content(part, place)
        if content not in self.numbers:
            self.numbers[content] = len(self.contents)
            self.contents.append(content)
        return self.numbers[content]

    def content(self, part, place):
        """The rows of its items, and those of its rules."""
        owner = place.owner
        for what, found in ("items", owner.children), ("rules", owner.rules):
            if len(found) > 255:
                raise Wrong(owner.file, owner.line, "'%s' has %d %s" % (owner.name, len(found), what), "255 at most")
        return tuple(self.row(part, place, item) for item in owner.children), \
            tuple((self.texts.condition(place.encode(rule.condition, rule.wrong)),
                   self.texts.one(forms.says(rule)), "VIR_ERR_" + rule.code,
                   place.wants(rule.condition, rule.wrong)) for rule in owner.rules)

    def row(self, part, place, item):
        flags = [flag for flag in FLAGS + ("many",) if flag in item.options]
        flags += ["preset"] * ("default" in item.options)
        if demands(item):
            flags.append("demands")
        name = "" if item.place == "text" else item.name.lstrip("@")
        return (self.texts.one(name), "'%s'" % (name[:1] or "\\0"), constant("VIR_XML", item.place),
                constant("VIR_XML", item.kind), kinds.width(item), " | ".join(constant("VIR_XML", flag) for flag in flags) or "0",
                self.of(part, place, item), self.extras(part, place, item))

    def of(self, part, place, item):
        if item.kind == "enum":
            return self.texts.words(self.schema.words(item))
        if item.kind == "part":
            return self.part(self.schema.parts[item.args[0]])
        return self.group(part, place.enter(item)) if item.kind == "group" else 0

    def extras(self, part, place, item):
        options, texts = item.options, self.texts
        low, high = kinds.limits(item) if item.kind in kinds.NUMBERS else (0, 0)
        form = self.schema.forms[item.args[0]] if item.kind == "string" and item.args else None
        ancestor, code, but = unique_words(item)
        error = options.get("required", True)
        hex_word, _, hex_digits = options.get("hexif", "").partition(" ")
        more = (texts.one(kinds.written_default(item)),
                texts.one(forms.posix(form)) if form else 0, texts.one(forms.says(form)) if form else 0,
                texts.words(options.get("unsaid", "").split()), texts.one(ancestor), texts.one(but),
                "VIR_ERR_" + code if code else 0, 0 if error is True else "VIR_ERR_" + error,
                "VIR_ERR_" + options["wrong"] if "wrong" in options else 0, "true" if "capitals" in options else "false",
                int(hex_digits or 0), texts.one(hex_word), self.hex_above(part, place.owner, hex_word),
                texts.condition(place.encode(options["needed"], item.wrong) if "needed" in options else []),
                texts.condition(place.when(item)), texts.condition(place.choices(item)))
        if not any(cell not in (0, "false") for cell in more) and \
                not (item.kind in kinds.NUMBERS and kinds.has_range(item)):
            return 0
        more = (number(low), number(high)) + more
        if more not in self.more:
            self.more.append(more)
        return self.more.index(more)

    def hex_above(self, part, owner, word):
        """Is it the part's @type that decides?"""
        kind = owner.child("@type")
        return "true" if word and not (kind and word in self.schema.words(kind)) else "false"


def braces(row):
    return "{ %s }" % ", ".join(braces(cell) if isinstance(cell, tuple) else str(cell) for cell in row)


def table(head, rows):
    return ["", head + " = {"] + ["    %s," % braces(row) for row in rows] + ["};"]


def print_text(schema):
    tables = Tables(schema)
    lines = ["/* SPDX-License-Identifier: LGPL-2.1-or-later */",
             "/* Printed by schema/gen from schema/parts: change those. */",
             '#include "xml/vocabulary.h"', "", "const char xml_texts[] ="]
    lines += ["    " + piece for piece in tables.texts.pieces]
    lines[-1] += ";"
    lines += table("const struct xml_item xml_items[]", [row for rows, _ in tables.contents for row in rows])
    lines += table("const struct xml_rule xml_rules[]",
                   [rule for _, rules in tables.contents for rule in rules] + [(0, 0, 0, "{ 0, { 0, 0 } }")])
    starts, start, first = [], 0, 0
    for rows, rules in tables.contents:
        starts.append((start, first, len(rules), len(rows), sum(1 for row in rows if row[2] == "VIR_XML_ATTRIBUTE")))
        start, first = start + len(rows), first + len(rules)
    lines += table("const struct xml_content xml_contents[]", starts)
    lines += table("const struct xml_more xml_more[]", [(0,)] + tables.more[1:])
    lines += table("const struct xml_document xml_documents[]", tables.documents)
    lines += ["const size_t xml_n_documents = %d;" % len(tables.documents)]
    lines += table("const struct xml_namespace xml_namespaces[]", tables.namespaces + [(0, 0)])
    return "\n".join(lines) + "\n"
