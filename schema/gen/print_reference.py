# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the reference page of the parts: every typed element and attribute."""
import re

WHAT = {
    "string": "text", "name": "a name without '/'", "uint": "a number", "int": "a number", "hex": "a number",
    "yesno": "yes or no", "onoff": "on or off", "memory": "an amount of memory (unit: KiB)", "uuid": "a UUID",
    "mac": "a MAC address", "cpuset": "a set of CPUs like 0-3,^2", "flag": "there or not", "verbatim": "kept as it is", "group": "", "part": "",
}


def value(schema, item):
    """What may stand there."""
    if item.kind == "enum":
        return ", ".join(schema.words(item))
    text = WHAT[item.kind]
    if item.kind in ("uint", "int", "hex", "memory") and item.args and ".." in item.args[-1]:
        low, _, high = item.args[-1].partition("..")
        text += " from %s" % low if not high else " from %s to %s" % (low, high)
    if item.kind == "part":
        text = "see <%s>" % schema.parts[item.args[0]].path.rpartition("/")[2]
    return text


def notes(item):
    said = []
    if "required" in item.options:
        said.append("required")
    if "needed" in item.options:
        said.append("required for %s" % ", ".join(item.options["needed"].split()))
    if "line" in item.options:
        said.append("one line")
    if "default" in item.options:
        said.append("default %s" % item.options["default"])
    if "many" in item.options:
        said.append("may be there many times")
    if "live" in item.options:
        said.append("only while the guest runs")
    if "since" in item.options:
        said.append("since %s" % item.options["since"])
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
