#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is refused in a document of the test driver, and how it is said.  Each line of
refused.golden that is not indented is put into a small document, as its second line;
below it stands the error, or the same line after define.  --update writes the
answers anew: read the difference.  --peer VIRSH tells what another virsh with its own
library refuses or takes where we do not."""
import os
import re
import subprocess
import sys

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "refused.golden")
BASE = {"name": "<name>d</name>", "memory": "<memory>65536</memory>", "os": "<os><type>hvm</type></os>"}
BESIDE = ("name", "title", "memory", "currentMemory", "maxMemory", "vcpu", "iothreads", "os", "cpu", "features",
          "clock", "on_poweroff", "on_lockfailure", "uuid")


def document(line):
    element = re.match(r"<(\w+)", line).group(1)
    head = "".join(text for name, text in BASE.items() if name != element)
    form = "<domain type='test'>%s\n%s</domain>" if element in BESIDE else \
        "<domain type='test'>%s<devices>\n%s</devices></domain>"
    return form % (head, line), element


def answer(virsh, line):
    xml, element = document(line)
    done = subprocess.run([virsh, "-q", "-c", "test:///default", "define /dev/stdin; dumpxml d"], input=xml,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True,
                          env=dict(os.environ, LIBVIRT_DEBUG="4"))
    if not re.search("^<domain", done.stdout, re.M):
        return re.search(r"^error: ((?!Failed).*)", done.stdout, re.M).group(1)
    form = r"^ *<%s\b(.*/>|.*</%s>|(?s:.*?)</%s>)$" % (element, element, element)
    return re.sub(r"\n\s*", "", re.search(form, done.stdout, re.M).group(0).strip())


def records():
    with open(GOLDEN, encoding="utf-8") as stream:
        lines = stream.read().split("\n")
    return [(line, lines[i + 1].strip()) for i, line in enumerate(lines) if line and line[0] == "<"]


def main():
    virsh = sys.argv[2] if len(sys.argv) > 2 else "virsh"
    bad, text = 0, ""
    for line, wanted in records():
        got = answer(virsh, line)
        text += "%s\n    %s\n" % (line, got)
        if sys.argv[1:2] == ["--peer"]:
            if got.startswith("<") != wanted.startswith("<"):
                print("%s\n    ours: %s\n    peer: %s" % (line, wanted, got))
        elif got != wanted and sys.argv[1:2] != ["--update"]:
            print("not ok - %s\n    wanted: %s\n    got:    %s" % (line, wanted, got))
            bad = 1
    if sys.argv[1:2] == ["--update"]:
        with open(GOLDEN, "w", encoding="utf-8") as stream:
            stream.write(text)
    return bad


if __name__ == "__main__":
    sys.exit(main())
