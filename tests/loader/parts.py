#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The parser of documents is a part of its own: nobody loads it who reads none, and
where it is missing or not ours the error says so, and everything else works."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from loader import Checks  # noqa: E402

checks = Checks('parts')
PARTS = os.environ['LIBVIRT_PARTS_DIR']
DOCUMENT = "<domain type='test'><name>new</name><memory>1024</memory><os><type>hvm</type></os></domain>"


def virsh(parts, *args):
    return subprocess.run(['virsh', '-c', 'test:///default'] + list(args), env=dict(os.environ, LIBVIRT_PARTS_DIR=parts),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, timeout=60)


def looking_needs_none(parts):
    result = virsh(parts, 'list --all; dominfo test; dumpxml test; suspend test; destroy test')
    checks.that(result.returncode == 0 and '<name>test</name>' in result.stdout, 'looking needs no parser', result)


def reading_says_why(root, parts, words, what):
    result = virsh(parts, 'define', root + '/new.xml')
    checks.that(result.returncode == 1 and 'documents cannot be read: ' in result.stderr and words in result.stderr,
                what + ': the reason', result)
    checks.that('hint: xml-parser.so is installed with libvirt-driver-xml' in result.stderr, what + ': the remedy', result)


def main():
    root = tempfile.mkdtemp(prefix='libvirt-parts-')
    try:
        with open(root + '/new.xml', 'w') as file:
            file.write(DOCUMENT)
        checks.that(virsh(PARTS, 'define', root + '/new.xml').returncode == 0, 'with the part')
        looking_needs_none(root)
        reading_says_why(root, root, 'cannot open shared object file', 'missing')
        with open(root + '/xml-parser.so', 'w') as file:
            file.write('garbage' * 100)
        reading_says_why(root, root, 'invalid ELF header', 'garbage')
        shutil.copyfile(PARTS + '/virsh-xml.so', root + '/xml-parser.so')
        reading_says_why(root, root, 'undefined symbol: xml_parser', 'another part')
    finally:
        shutil.rmtree(root)
    return checks.end()


if __name__ == '__main__':
    sys.exit(main())
