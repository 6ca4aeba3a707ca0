#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows what both libvirts make of a file's document, or of a few elements that are
put below <devices> of a small domain: show.py test|qemu FILE|ELEMENTS..."""

import difflib
import os
import sys

import sides

SMALL = ("<domain type='%s'><name>show-%d</name><uuid>00000000-0000-4000-8000-%012d</uuid><memory>65536</memory>"
         "<os><type>hvm</type></os>%s<devices>%s</devices></domain>")


def text_of(number, word, driver):
    if os.path.exists(word):
        with open(word) as file:
            return file.read()
    above, _, below = word.rpartition('|')          # ELEMENTS OF THE DOMAIN|DEVICES
    return SMALL % (driver, number, number, above, below)


def lines(told):
    return (told['dumps']['plain'] if 'dumps' in told else '%(code)s: %(message)s' % told).split('\n')


def main():
    driver = sys.argv[1]
    documents = {str(i): text_of(i, word, driver) for i, word in enumerate(sys.argv[2:])}
    with {'test': sides.Test, 'qemu': sides.Qemu}[driver]() as pair:
        theirs, ours = pair.theirs.ask('domain', documents), pair.ours.ask('domain', documents)
    for name, word in enumerate(sys.argv[2:]):
        print('==== %s' % word)
        one, other = lines(theirs[str(name)]), lines(ours[str(name)])
        print('\n'.join(difflib.ndiff(one, other)) if one != other else '\n'.join(one))


if __name__ == '__main__':
    main()
