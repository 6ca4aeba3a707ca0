#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random documents in which every element and attribute of the vocabulary occurs, defined
on the distribution's libvirt and on ours.  A sample of them; with VIR_LONG=yes so many
that each path is in three documents that the distribution's takes, and what is not, in
the list `unreached`.  A quarter of the documents are such as it refuses."""

import os

import invent
import measure
from grammar import Grammar
from reach import OFTEN, Search, Unreached
from sides import BUILD, HERE, Missing

SEED = 1
LONG = os.environ.get('VIR_LONG', 'no') == 'yes'
WANTED = 2000 if LONG else 300
ROUNDS, ROUND = (14, 1500) if LONG else (1, 900)
DUE = {'test': (98, 99), 'qemu': (98, 99)}
VOCABULARY = os.path.join(BUILD, 'schema/documents/domain.rng')


def report(driver, search, unreached):
    """Which paths of the vocabulary are reached seldom, and whether that is listed."""
    seldom = [path for path in Grammar(VOCABULARY).paths() if search.reached[path] < OFTEN]
    missing = [path for path in seldom if not unreached.meant(path)]
    print('%s: %d documents made, %d taken; %d paths are in less than %d of these, %d of them not listed' % (
        driver, len(search.made), len(search.taken), len(seldom), OFTEN, len(missing)))
    for path in missing:
        print('%5d times  %s' % (search.reached[path], '/'.join(path)))
    return not missing


class Documents:
    """Makes those of a driver; three quarters are taken, the others as they come."""

    def __init__(self):
        self.reported = True            # all that is reached seldom is listed

    def __call__(self, pair):
        def ask(made):
            answers = pair.theirs.ask('domain', made)
            return {name for name in made if 'dumps' in answers[name]}

        unreached = Unreached(os.path.join(HERE, 'unreached'), pair.name)
        search = Search(invent.Inventor(invent.SCHEMA, pair.name, SEED), ask, unreached)
        while len(search.made) < ROUNDS * ROUND and not search.done():
            search.round(ROUND)
        if LONG:
            self.reported = report(pair.name, search, unreached) and self.reported
        taken = search.chosen(WANTED * 3 // 4)
        refused = [name for name in search.made if name not in search.taken]
        return {name: search.made[name] for name in taken + refused[:WANTED // 4]}


def main():
    if not os.path.exists(invent.SCHEMA):
        raise Missing('no ' + invent.SCHEMA)
    documents = Documents()
    failed = measure.both_drivers(documents, DUE)
    if not documents.reported:
        print('FAIL: a path is reached seldom and not listed in `unreached`')
        failed = 1
    return failed


if __name__ == '__main__':
    measure.run_test(main)
