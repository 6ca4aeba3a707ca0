#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virt-xml-validate on documents of all kinds: what it says and its exit status; that
what it writes is read again the same; and that the printed grammars accept it."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ.get("srcdir") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
BUILD = os.environ.get("abs_top_builddir") or os.path.join(os.getcwd(), "..")
TOOL = os.path.join(BUILD, "tools", "virt-xml-validate")
CORPUS = os.path.join(SOURCE, "..", "fuzz", "corpus", "document")

WRONG = [
    ("<domain>", 1, "line 1, column"),
    ("<domain><memori/></domain>", 3, "did you mean 'memory'?"),
    ("<domain type='test'><name>a</name></domain>", 3, "<memory> is missing or empty"),
    ("<cow/>", 3, "no kind of document begins with <cow>"),
    ("<secret ephemeral='maybe'/>", 3, "attribute 'ephemeral' of <secret> is 'maybe'; it must be yes or no"),
    ("<volume><name>v</name><capacity unit='cups'>1</capacity></volume>", 3, "attribute 'unit' of <capacity>"),
]


def run(*arguments, text=None):
    done = subprocess.run([TOOL, *arguments], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, check=False)
    return done.returncode, done.stdout, done.stderr


def check(good, *what):
    if not good:
        print("validate:", *what)
    return 0 if good else 1


def wrong_ones():
    bad = 0
    for text, status, part in WRONG:
        code, _, said = run("-", text=text)
        bad += check(code == status and part in said, text, "gives", code, said)
    for arguments, status in (((), 1), (("/no/such",), 2), (("-", "cow"), 4), (("--cow",), 1), (("--help",), 0)):
        code, _, said = run(*arguments, text="<secret/>")
        bad += check(code == status, arguments, "gives", code, said)
    code, _, said = run("-", text="<secret/>\0<secret/>")
    bad += check(code == 1 and "NUL" in said, "a NUL gives", code, said)
    code, _, said = run("/dev/zero")
    bad += check(code == 1 and "NUL" in said, "what has no end gives", code, said)
    code, _, said = run("/")
    bad += check(code == 2 and "Is a directory" in said, "a directory gives", code, said)
    return bad


def round_trips(out):
    """The canonical form of every valid file of the corpus."""
    bad, seen = 0, 0
    for path in sorted(glob.glob(os.path.join(CORPUS, "*.xml"))):
        code, once, said = run("--canonical", path)
        if code:
            bad += check("fails to validate" in said, path, said)
            continue
        code, twice, said = run("--canonical", "-", text=once)
        bad += check(code == 0 and once == twice, path, "is read otherwise the second time:", once, twice, said)
        with open(os.path.join(out, os.path.basename(path)), "w", encoding="utf-8") as stream:
            stream.write(once)
        seen += 1
    return bad + check(seen >= 8, "only", seen, "documents are valid")


def grammars(out):
    """Each document is valid by the grammar of the kind whose root it has."""
    bad, tried = 0, 0
    for grammar in glob.glob(os.path.join(BUILD, "schema", "documents", "*.rng")):
        with open(grammar, encoding="utf-8") as stream:
            text = stream.read()
        start = re.search(r'<start>\s*<ref name="(\w+)"', text).group(1)
        root = re.search(r'<define name="%s">\s*<element name="(\w+)"' % start, text).group(1)
        for path in glob.glob(os.path.join(out, "*.xml")):
            with open(path, encoding="utf-8") as stream:
                name = stream.read().split(None, 1)[0].strip("<>/")
            if name != root:
                continue
            done = subprocess.run(["xmllint", "--noout", "--relaxng", grammar, path], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, universal_newlines=True, check=False)
            bad += check(done.returncode == 0, grammar, path, done.stdout)
            tried += 1
    return bad + check(tried >= 8, "only", tried, "documents have a grammar")


def main():
    if not os.path.exists(TOOL):
        print("no virt-xml-validate in this build")
        return 77
    out = tempfile.mkdtemp(prefix="libvirt-validate-")
    try:
        bad = wrong_ones() + round_trips(out)
        if shutil.which("xmllint"):
            bad += grammars(out)
    finally:
        shutil.rmtree(out)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
