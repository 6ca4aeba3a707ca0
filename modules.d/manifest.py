#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints manifest.h of a module from its manifest, so that the note in its file says the
same as the manifest that is installed beside it.

usage: manifest.py NAME.module >manifest.h"""
import sys

# VIR_MODULE_DEFINE says these itself.
SAID = ('module', 'abi')


def rows(path):
    """The lines that say something; the library itself is the one that checks them."""
    with open(path, encoding='utf-8') as lines:
        for line in map(str.strip, lines):
            if line and not line.startswith('#') and line.partition(':')[0].strip() not in SAID:
                yield line.replace('\\', '\\\\').replace('"', '\\"')


def header(path):
    return '\n'.join([
        '/* SPDX-License-Identifier: LGPL-2.1-or-later */',
        '/* What the manifest of this module says.  Printed by modules.d/manifest.py. */',
        '#define VIR_MODULE_MANIFEST \\',
        ' \\\n'.join('    "%s\\n"' % row for row in rows(path)),
        ''])


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.stdout.write(header(sys.argv[1]))
