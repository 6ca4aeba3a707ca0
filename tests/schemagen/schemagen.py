#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The schema generator: what it prints for a small schema, and what it says about
each kind of mistake.  With --update it writes down what it sees."""
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, "..", "..", "schema", "gen"), os.path.join(HERE, "..")]

import generator                                        # noqa: E402
import schemagen                                        # noqa: E402

UPDATE = "--update" in sys.argv
PRINTED = ["small-schema.h", "small-schema.c", "vocabulary.c", "box.rng", "box.schema.json", "box-xml.md",
           "libvirt-box-xml.5"]


def run(*arguments):
    return generator.run(schemagen.main, *arguments)


def read(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def same(expected, text):
    """Compares TEXT with the file EXPECTED."""
    if UPDATE:
        with open(expected, "w", encoding="utf-8") as stream:
            stream.write(text)
        return 0
    known = read(expected) if os.path.exists(expected) else ""
    if known == text:
        return 0
    print("schemagen: %s differs\n--- expected\n%s--- got\n%s" % (os.path.basename(expected), known, text))
    return 1


def golden(out):
    code, said = run("--parts", os.path.join(HERE, "parts"), "--out", out, "--documents", "--vocabulary",
                     "vocabulary.c", os.path.join(HERE, "small.schema"))
    if code:
        print("schemagen: small.schema is refused:\n" + said)
        return 1
    bad = sum(same(os.path.join(HERE, "expected", name), read(os.path.join(out, name))) for name in PRINTED)
    before = os.stat(os.path.join(out, "small-schema.h")).st_ino
    run("--parts", os.path.join(HERE, "parts"), "--out", out, os.path.join(HERE, "small.schema"))
    if os.stat(os.path.join(out, "small-schema.h")).st_ino != before:
        print("schemagen: an unchanged file was written anew")
        bad += 1
    return bad


def mistakes(out):
    bad = 0
    directory = os.path.join(HERE, "bad")
    for name in sorted(os.listdir(directory)):
        base, extension = os.path.splitext(name)
        if extension != ".schema":
            continue
        path = os.path.join(directory, name)
        if name.startswith("module-"):
            code, said = run("--parts", os.path.join(HERE, "parts"), "--out", out, path)
        else:
            parts = tempfile.mkdtemp(dir=out)
            shutil.copy(path, parts)
            code, said = run("--parts", parts, "--out", out, os.path.join(HERE, "small.schema"))
        if code != 1:
            print("schemagen: %s is accepted" % name)
            bad += 1
        bad += same(os.path.join(directory, base + ".err"), said)
    return bad


def main():
    out = tempfile.mkdtemp(prefix="libvirt-schemagen-")
    try:
        bad = golden(out) + mistakes(out)
    finally:
        shutil.rmtree(out)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
