#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the qemu module takes of the parts, item by item.  An item that a part gains
below an element that the module takes as a whole becomes a member of its struct, and
is no longer among what is kept and refused at start: somebody has to see that.
With --update it writes down what it sees."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
MODULES = ["qemu"]


def taken(module):
    done = subprocess.run([sys.executable, "-B", os.path.join(TOP, "schema", "gen", "schemagen.py"), "--parts",
                           os.path.join(TOP, "schema", "parts"), "--out", ".", "--taken",
                           os.path.join(TOP, "modules", module, module + ".schema")],
                          stdout=subprocess.PIPE, universal_newlines=True, check=True)
    return done.stdout.split()


def main():
    bad = 0
    for module in MODULES:
        path = os.path.join(HERE, "taken-%s.expected" % module)
        now = taken(module)
        if "--update" in sys.argv:
            with open(path, "w", encoding="utf-8") as stream:
                stream.write("\n".join(now) + "\n")
            continue
        with open(path, encoding="utf-8") as stream:
            before = stream.read().split()
        for item in sorted(set(now) - set(before)):
            print("taken: %s takes %s now: act on it or refuse it at start, then tests/schemagen/taken.py --update"
                  % (module, item))
            bad = 1
        for item in sorted(set(before) - set(now)):
            print("taken: %s does not take %s any more: tests/schemagen/taken.py --update" % (module, item))
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
