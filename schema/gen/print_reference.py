# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the reference page of one kind of document, every element and attribute of it:
as Markdown and as a manual page."""
import re

import conditions
import forms
import kinds

WHAT = {
    "string": "text", "name": "a name without '/'", "uint": "a number", "int": "a number",
    "hex": "a hexadecimal number", "octal": "an octal number", "yesno": "yes or no", "onoff": "on or off",
    "memory": "an amount of memory (unit: KiB)", "bytes": "a size (unit: bytes)", "mega": "a size (unit: MiB)",
    "uuid": "a UUID", "mac": "a MAC address", "ip": "an IP address", "ipv4": "an IPv4 address", "ipv6": "an IPv6 address",
    "cpuset": "a set of CPUs like 0-3,^2", "flag": "there or not", "verbatim": "kept as it is", "group": "",
}


def value(schema, item):
    """What may stand there."""
    if item.kind == "enum":
        return ", ".join(schema.words(item))
    if item.kind == "part":
        return "see <%s>" % schema.parts[item.args[0]].element
    if item.kind == "string" and item.args:
        return forms.says(schema.forms[item.args[0]])
    text = WHAT[item.kind]
    if item.kind in kinds.NUMBERS and item.args and ".." in item.args[-1]:
        low, _, high = item.args[-1].partition("..")
        text += " from %s" % low if not high else " from %s to %s" % (low, high)
    return text


def notes(item):
    options, said = item.options, []
    if "required" in options:
        said.append("required")
    if "needed" in options:
        said.append("required where " + conditions.said(options["needed"]))
    if "when" in options:
        said.append("only where " + conditions.said(options["when"]))
    said += ["not where " + conditions.said(condition) for condition in options.get("drops", ())]
    if "line" in options:
        said.append("one line")
    for preset, condition in options.get("presets", ()):
        said.append("default %s where %s" % (preset, conditions.said(condition)))
    if "default" in options:
        said.append("default %s" % options["default"])
    if "unsaid" in options:
        said.append("%s says nothing" % ", ".join(options["unsaid"].split()))
    if "many" in options:
        said.append("may be there many times")
    if "live" in options:
        said.append("only while it runs")
    if "secret" in options:
        said.append("shown on demand only")
    if "since" in options:
        said.append("since %s" % options["since"])
    return said


def described(schema, item):
    said = "; ".join(filter(None, [value(schema, item)] + notes(item)))
    return " ".join(filter(None, [item.text, "(%s)" % said if said else ""]))


def shown(item):
    return {"attribute": item.name.lstrip("@") + "=", "text": "text", "element": "<%s>" % item.name}[item.place]


def parts_of(schema, root):
    """ROOT and every part that it leads to, in the order of writing."""
    found = {}

    def walk(items):
        for item in items:
            if item.kind == "part":
                visit(schema.parts[item.args[0]])
            walk(item.children)

    def visit(part):
        if part.name not in found:
            found[part.name] = part
            walk(part.children)

    visit(root)
    return list(found.values())


# ---- Markdown -----------------------------------------------------------------------------


def print_items(schema, owner, depth, lines):
    for item in owner.children:
        lines.append("%s- `%s` %s" % ("  " * depth, shown(item), described(schema, item)))
        print_items(schema, item, depth + 1, lines)
    lines += ["%s- *Rule:* %s" % ("  " * depth, rule.text) for rule in owner.rules]


def markdown(schema, root):
    lines = ["# <%s>: the %s document" % (root.path, root.kind), "", "Printed from schema/parts. A driver may act "
             "on fewer items or values; what it does not act on", "is kept and written back in its place."]
    for part in parts_of(schema, root):
        lines += ["", "## <%s>" % part.element, "", "%s (`%s`, since %s)" % (part.text, part.path, part.since), ""]
        print_items(schema, part, 0, lines)
    return "\n".join(lines) + "\n"


# ---- manual page -----------------------------------------------------------------------------


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(['.])", r"\\&\1", text)


def man_items(schema, owner, lines):
    for item in owner.children:
        lines += [".TP", ".B " + roff(shown(item)), roff(described(schema, item))]
        if item.children:
            lines.append(".RS")
            man_items(schema, item, lines)
            lines.append(".RE")
    for rule in owner.rules:
        lines += [".TP", ".I Rule", roff(rule.text)]


def manual(schema, root):
    name = "libvirt-%s-xml" % root.kind
    lines = ['.\\" SPDX-License-Identifier: LGPL-2.1-or-later', '.\\" Printed by schema/gen from schema/parts.',
             '.TH %s 5 "" libvirt' % roff(name.upper()), ".SH NAME",
             "%s \\- %s" % (roff(name), roff(root.text.rstrip("."))), ".SH DESCRIPTION",
             "A driver may act on fewer items or values; what it does not act on is kept and written back "
             "in its place.", "virt\\-xml\\-validate(1) checks a document."]
    for part in parts_of(schema, root):
        lines += [".SH " + roff("<%s>" % part.element), roff("%s (%s, since %s)" % (part.text, part.path, part.since))]
        man_items(schema, part, lines)
    return "\n".join(lines) + "\n"
