#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents after define: each documents/NN-NAME.xml gives NN-NAME.out, byte by
byte.  With --peer VIRSH the outputs are compared with those of another virsh and
its own library; --update writes them from it."""
import difflib
import os
import subprocess
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "documents")


def dump(virsh, path):
    """What dumpxml says after define, or the error."""
    done = subprocess.run([virsh, "-q", "-c", "test:///default", "define '%s'; dumpxml d; undefine d" % path],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
                          env=dict(os.environ, LIBVIRT_DEBUG="4"))
    lines = done.stdout.splitlines(True)
    begin = next((i for i, line in enumerate(lines) if line.startswith("<domain")), 0)
    end = next((i for i, line in enumerate(lines) if line.startswith("</domain")), len(lines) - 1)
    return "".join(lines[begin:end + 1])


def main():
    virsh = sys.argv[2] if len(sys.argv) > 2 else "virsh"
    failed = 0
    for name in sorted(os.listdir(HERE)):
        if not name.endswith(".xml"):
            continue
        path, base = os.path.join(HERE, name), name[:-4]
        got = dump(virsh, path)
        if sys.argv[1:2] == ["--update"]:
            with open(os.path.join(HERE, base + ".out"), "w") as out:
                out.write(got)
            continue
        with open(os.path.join(HERE, base + ".out")) as out:
            wanted = out.read()
        if got != wanted:
            failed += 1
            print("not ok - " + base)
            sys.stdout.writelines(difflib.unified_diff(wanted.splitlines(True), got.splitlines(True),
                                                       base + ".out", "got"))
        else:
            print("ok - " + base)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
