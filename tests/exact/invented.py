#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random documents in which every element and attribute of the schema occurs, defined
on the distribution's libvirt and on ours.  A sample of them; with VIR_LONG=yes all.
Candidates that the distribution's refuses are at most a quarter of the documents."""

import os
import random

import invent
import measure
from sides import Missing

SEED = 1
LONG = os.environ.get('VIR_LONG', 'no') == 'yes'
WANTED = 2000 if LONG else 300
DUE = {'test': (73, 50), 'qemu': (77, 51)}


def candidates(driver, most):
    """Documents about MOST paths, all of them in turn."""
    inventor = invent.Inventor(invent.SCHEMA, driver, SEED)
    paths = list(inventor.paths)
    random.Random(SEED).shuffle(paths)
    return dict(inventor.document(paths[i % len(paths)]) for i in range(most))


def documents(pair):
    """Of three times as many candidates: three quarters that are accepted, the others as they come."""
    made = candidates(pair.name, 3 * WANTED)
    answers = pair.theirs.ask('domain', made)
    accepted = [name for name in made if 'dumps' in answers[name]]
    refused = [name for name in made if 'dumps' not in answers[name]]
    return {name: made[name] for name in accepted[:WANTED * 3 // 4] + refused[:WANTED // 4]}


def main():
    if not os.path.exists(invent.SCHEMA):
        raise Missing('no ' + invent.SCHEMA)
    return measure.both_drivers(documents, DUE)


if __name__ == '__main__':
    measure.run_test(main)
