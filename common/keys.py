#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""keys.py numbers|names FILE: prints what FILE (keys.tsv) says, in C: of each set of codes a table of their
numbers in qnum, by rising code; or the names of codes, in one text, so that no pointer has to be relocated."""

import sys


def rows(path):
    with open(path) as file:
        for line in file:
            if not line.startswith('#'):
                name, code, qnum, key = line.rstrip('\n').split('\t')
                yield name, int(code), int(qnum), key


def numbers(keys):
    sets = list(dict.fromkeys(name for name, _, _, _ in keys))
    for name in sets:
        print('static const struct key %s_keys[] = {' % name)
        for _, code, qnum, _ in sorted(row for row in keys if row[0] == name):
            print('    { %d, %d },' % (code, qnum))
        print('};')


def names(keys):
    named = [row for row in keys if row[3] != '-']
    print('static const char key_names[] =')
    places, at = [], 0
    for name, code, _, key in named:
        print('    "%s\\0"' % key)
        places.append((name, code, at))
        at += len(key) + 1
    print('    ;')
    for of in dict.fromkeys(name for name, _, _ in places):
        print('static const struct key_name %s_names[] = {' % of)
        for name, code, at in places:
            if name == of:
                print('    { %d, %d },' % (code, at))
        print('};')


def main(what, path):
    print('/* Printed by common/keys.py. */')
    {'numbers': numbers, 'names': names}[what](list(rows(path)))


if __name__ == '__main__':
    main(*sys.argv[1:])
