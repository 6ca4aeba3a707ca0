#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What virt-install prints for many systems and options, defined on the distribution's
libvirt and on ours: both take or refuse it with the same code, and dump it alike."""

import json
import os

import measure
from sides import HERE, Missing

CORPUS = os.path.join(HERE, 'corpus.py')
DUE = {'test': (100, 100), 'qemu': (100, 100)}


def documents(pair):
    """Made once a build."""
    path = os.path.join(measure.cache(), 'virt-install-%s.json' % pair.name)
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(CORPUS):
        made = pair.theirs.run(CORPUS, pair.theirs.uri)
        with open(path + '.new', 'w') as file:
            file.write(made)
        os.rename(path + '.new', path)
    with open(path) as file:
        return json.load(file)


def main():
    if not os.access('/usr/bin/virt-install', os.X_OK):
        raise Missing('no virt-install')
    return measure.both_drivers(documents, DUE)


if __name__ == '__main__':
    measure.run_test(main)
