#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints manifest.h of a module from its manifest: what the module's entry says
about schemes and families, so that it stands in one place only.

usage: manifest.py NAME.module >manifest.h"""
import sys

FAMILIES = ('connection', 'network', 'interface', 'storage', 'nodedev', 'secret', 'nwfilter')


def read(path):
    """The keys of a manifest; the library itself is the one that checks them."""
    keys = {}
    with open(path, encoding='utf-8') as lines:
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if not line or line.startswith('#'):
                continue
            key, colon, value = line.partition(':')
            if not colon:
                sys.exit('%s:%d: expected "key: value"' % (path, number))
            keys[key.strip()] = value.strip()
    for key in ('module', 'provides'):
        if not keys.get(key):
            sys.exit('%s: "%s:" is missing' % (path, key))
    return keys


def words(text):
    return text.replace(',', ' ').split()


def header(path):
    keys = read(path)
    provides = words(keys['provides'])
    for word in provides:
        if word not in FAMILIES:
            sys.exit('%s: "%s" is nothing that a module can provide: expected one of %s'
                     % (path, word, ' '.join(FAMILIES)))
    schemes = ''.join('"%s", ' % scheme for scheme in words(keys.get('schemes', '')))
    bits = ' | '.join('VIR_PROVIDES_' + word.upper() for word in provides)
    return '\n'.join([
        '/* SPDX-License-Identifier: LGPL-2.1-or-later */',
        "/* What the manifest of module '%s' says.  Printed by modules.d/manifest.py. */" % keys['module'],
        'static const char *const manifest_schemes[] = { %sNULL };' % schemes,
        '#define VIR_MODULE_MANIFEST .schemes = manifest_schemes, .provides = %s' % bits,
        ''])


if __name__ == '__main__':
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.stdout.write(header(sys.argv[1]))
