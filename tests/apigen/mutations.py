#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small descriptions with random mistakes are printed or refused with file and
line; the generator itself never fails.  The seed is fixed."""

import os
import random
import shutil
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
SMALL = os.path.join(HERE, 'small')
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, '..', '..', 'api', 'gen'))

import apigen                           # noqa: E402
import slots                            # noqa: E402

ROUNDS = 600


def mutate(lines, words, rand):
    """One mistake, the kind that people make."""
    lines = list(lines)
    at = rand.randrange(len(lines))
    way = rand.randrange(5)
    if way == 0:
        del lines[at]
    elif way == 1:
        lines.insert(at, rand.choice(lines))
    elif way == 2:
        lines[at] = lines[at][:rand.randrange(len(lines[at]) + 1)]
    elif way == 3:
        lines[at] = lines[at].replace(rand.choice('abceinorst:+<>;=?'), rand.choice(';:< ?!='), 1)
    else:
        parts = lines[at].split(' ')
        parts[rand.randrange(len(parts))] = rand.choice(words)
        lines[at] = ' '.join(parts)
    return lines


def attempt(folder):
    """'printed', 'refused', or the trace of a failure."""
    try:
        api, problems = apigen.load(folder)
        problems = problems or slots.check(api, os.path.join(folder, 'slots.lock'))
        problems = problems or apigen.printed(api)[1]
        return 'refused' if problems else 'printed'
    except Exception:                   # pylint: disable=broad-except
        return traceback.format_exc()


def main():
    rand = random.Random(9000)
    texts = {}
    for name in ('objects.api', 'small.api', 'stored.api', 'wire.api'):
        with open(os.path.join(SMALL, name), encoding='utf-8') as handle:
            texts[name] = handle.read().splitlines()
    words = [word for lines in texts.values() for line in lines for word in line.split()]
    counts = {'refused': 0, 'printed': 0}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(SMALL, 'slots.lock'), folder)
        for turn in range(ROUNDS):
            mutated = {name: mutate(lines, words, rand) if turn % 3 == number else lines
                       for number, (name, lines) in enumerate(sorted(texts.items()))}
            for name, lines in mutated.items():
                with open(os.path.join(folder, name), 'w', encoding='utf-8') as handle:
                    handle.write('\n'.join(lines) + '\n')
            result = attempt(folder)
            if result not in counts:
                print('mutations: turn %d:\n%s' % (turn, result))
                return 1
            counts[result] += 1
    print('mutations: %(refused)d refused, %(printed)d printed' % counts)
    return 0 if all(counts.values()) else 1


if __name__ == '__main__':
    sys.exit(main())
