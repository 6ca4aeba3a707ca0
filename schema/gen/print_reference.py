# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the reference page of the parts: every typed element and attribute."""
import re

import kinds

WHAT = {
    "string": "text", "name": "a name without '/'", "uint": "a number", "int": "a number",
    "hex": "a hexadecimal number", "octal": "an octal number", "yesno": "yes or no", "onoff": "on or off",
    "memory": "an amount of memory (unit: KiB)", "bytes": "a size (unit: bytes)", "uuid": "a UUID",
    "mac": "a MAC address", "ip": "an IP address", "ipv4": "an IPv4 address", "ipv6": "an IPv6 address",
    "cpuset": "a set of CPUs like 0-3,^2", "flag": "there or not", "verbatim": "kept as it is", "group": "",
}


def value(schema, item):
    """What may stand there."""
    if item.kind == "enum":
        return ", ".join(schema.words(item))
    if item.kind == "part":
        return "see <%s>" % schema.parts[item.args[0]].element
    text = WHAT[item.kind]
    if item.kind == "string" and item.args:
        text = schema.forms[item.args[0]].text.rstrip(".")
        return text[0].lower() + text[1:]
    if item.kind in kinds.NUMBERS and item.args and ".." in item.args[-1]:
        low, _, high = item.args[-1].partition("..")
        text += " from %s" % low if not high else " from %s to %s" % (low, high)
    return text


def condition(words):
    """`@offset timezone` as words."""
    words = words.split()
    name = words.pop(0)[1:] if words[0].startswith("@") else "type"
    return "%s %s" % (name, ", ".join(words))


def notes(item):
    options, said = item.options, []
    if "required" in options:
        said.append("required")
    if "needed" in options:
        said.append("required for " + condition(options["needed"]))
    if "when" in options:
        said.append("for %s only" % condition(options["when"]))
    if "line" in options:
        said.append("one line")
    if "default" in options:
        said.append("default %s" % options["default"])
    if "unsaid" in options:
        said.append("%s says nothing" % ", ".join(options["unsaid"].split()))
    if "many" in options:
        said.append("may be there many times")
    if "live" in options:
        said.append("only while the guest runs")
    if "since" in options:
        said.append("since %s" % options["since"])
    return said


def print_items(schema, items, depth, lines):
    kept = [item.name for item in items if item.kind == "keep"]
    for item in items:
        if item.kind == "keep":
            continue
        name = {"attribute": item.name.lstrip("@") + "=", "text": "text",
                "element": "<%s>" % item.name}[item.place]
        said = "; ".join(filter(None, [value(schema, item)] + notes(item)))
        lines.append("%s- `%s` %s%s" % ("  " * depth, name, item.text, " (%s)" % said if said else ""))
        print_items(schema, item.children, depth + 1, lines)
    if kept:
        lines.append("%s- kept as written: %s" % ("  " * depth, ", ".join("`%s`" % name for name in kept)))


def key(part):
    """The document first, then by name."""
    return "/" in part.path, re.sub(".*/", "", part.path)


def text(schema):
    lines = ["# Domain XML", "", "Printed from schema/parts. A driver may take fewer items or values; what it",
             "does not act on is kept and written back as it was."]
    for part in sorted(schema.parts.values(), key=key):
        lines += ["", "## <%s>" % part.path.rpartition("/")[2], "", "%s (`%s`, since %s)" % (
            part.text, part.path, part.since), ""]
        print_items(schema, part.children, 0, lines)
    return "\n".join(lines) + "\n"
