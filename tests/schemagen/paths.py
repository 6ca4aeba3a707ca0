#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How many elements, attributes and texts each kind of document can hold: nothing gets
lost when parts are moved about.  With --update it writes down what it sees."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(TOP, "schema", "gen"))

import checks  # noqa: E402
import kinds   # noqa: E402
import reader  # noqa: E402


def below(schema, owner, path, parts):
    """The paths of all that OWNER holds; a part within itself counts once."""
    for item in owner.children:
        here = path + "/" + item.name
        yield here
        if item.kind in kinds.SCALED:
            yield (here if item.place == "element" else path) + "/@unit"
        if item.kind == "part":
            part = schema.parts[item.args[0]]
            if part not in parts:
                yield from below(schema, part, here, parts + [part])
        elif item.kind == "group":
            yield from below(schema, item, here, parts)
        elif item.place == "element" and item.kind in kinds.VALUES:
            yield here + "/text()"


def count(paths):
    attributes = sum("/@" in path for path in paths)
    texts = sum(path.endswith("text()") for path in paths)
    return "%d elements, %d attributes, %d texts" % (len(paths) - attributes - texts, attributes, texts)


def main():
    schema = reader.Schema().read_directory(os.path.join(TOP, "schema", "parts"))
    checks.resolve(schema)
    now = ["%s: %s" % (part.name, count(set(below(schema, part, "", [part])) | {part.path}))
           for part in schema.parts.values() if part.document]
    path = os.path.join(HERE, "paths.expected")
    if "--update" in sys.argv:
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("\n".join(now) + "\n")
        return 0
    with open(path, encoding="utf-8") as stream:
        before = stream.read().split("\n")[:-1]
    for line in sorted(set(now) ^ set(before)):
        print("paths: %s %s" % ("now" if line in now else "was", line))
    if now != before:
        print("paths: if that is as it should be: paths.py --update")
    return now != before


if __name__ == "__main__":
    sys.exit(main())
