#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is wrong in a document, said with the code of the distribution's libvirt: paths of
the vocabulary in documents that it takes, one of them with a word that none of its kind
has, with a number too large, or away.  A sample; VIR_LONG=yes: all paths."""

import copy
import os
import random
import xml.etree.ElementTree as ET

import invent
import measure
from sides import Missing

SEED = 5
LONG = os.environ.get('VIR_LONG', 'no') == 'yes'
PATHS = 10 ** 6 if LONG else 250
TRIES = 4
DUE = {'test': (93, 98), 'qemu': (93, 98)}
WRONG = ('zz!', '99999999999999999999999', None)


def places(root, path):
    """The elements that PATH leads to, or which have its attribute or text."""
    found = [root]
    for word in path[1:]:
        if word[0] == '@' or word == 'text()':
            return [element for element in found if word == 'text()' or word[1:] in element.attrib]
        found = [child for element in found for child in element if child.tag == word]
    return found


def spoilt(root, name, path, value):
    """ROOT, called NAME, with another VALUE at PATH, or (None) without it."""
    root = copy.deepcopy(root)
    root.find('name').text = name
    root.remove(root.find('uuid'))
    element = places(root, path)[0]
    if path[-1] == 'text()':
        element.text = value
    elif path[-1][0] == '@' and value is not None:
        element.set(path[-1][1:], value)
    elif path[-1][0] == '@':
        del element.attrib[path[-1][1:]]
    return ET.tostring(root, encoding='unicode')


def documents(pair):
    inventor = invent.Inventor(invent.SCHEMA, pair.name, SEED)
    paths = [path for path in inventor.paths if (path[-1][0] == '@' or path[-1] == 'text()')
             and path[1] not in ('name', 'uuid')]
    goals = random.Random(SEED).sample(paths, min(PATHS, len(paths)))
    made = {}
    for number, goal in enumerate(goal for goal in goals for _ in range(TRIES)):
        name, text = inventor.document(number, goal, (.1, .4, 0, .6)[number % TRIES], 0)
        made[name] = (goal, text)
    answers = pair.theirs.ask_mortal('domain', {name: text for name, (_, text) in made.items()})
    given, seen = {}, set()
    for name, (goal, text) in made.items():
        root = ET.fromstring(text)
        if goal in seen or 'dumps' not in answers.get(name, ()) or not places(root, goal):
            continue
        seen.add(goal)
        for number, value in enumerate(WRONG):
            one = '%s-%d' % (name, number)
            given[one] = spoilt(root, one, goal, value)
    print('%s: %d paths of %d' % (pair.name, len(seen), len(goals)))
    return given


def main():
    if not os.path.exists(invent.SCHEMA):
        raise Missing('no ' + invent.SCHEMA)
    return measure.both_drivers(documents, DUE)


if __name__ == '__main__':
    measure.run_test(main)
