# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which paths of the domain document occur in what the distribution's libvirt takes: documents
are made about those that are seldom reached, and the report says which those still are."""

import collections
import fnmatch
import heapq
import random
import xml.etree.ElementTree as ET

from grammar import TEXT

OFTEN = 3                               # in so many documents each path has to be
TRIES = 150                             # documents about one path
# How much stands beside the goal, in its own elements and elsewhere: less when documents about it were refused.
BESIDE = [(0.4, 0.05), (0.25, 0.03), (0.1, 0.0), (0.0, 0.0)]


def paths_of(text):
    """The paths of a document."""
    return set(walk(ET.fromstring(text), ()))


def walk(element, above):
    path = above + (element.tag.rpartition('}')[2],)
    yield path
    for name in element.attrib:
        yield path + ('@' + name,)
    if element.text and element.text.strip():
        yield path + (TEXT,)
    for child in element:
        yield from walk(child, path)


class Unreached:
    """The file of paths that DRIVER's documents cannot have: DRIVER (or all), path with wildcards, reason."""

    def __init__(self, path, driver):
        self.patterns = []
        with open(path) as file:
            for line in file:
                words = line.split(None, 2)
                if words and not line.startswith('#') and words[0] in ('all', driver):
                    self.patterns.append(words[1])

    def meant(self, path):
        return any(fnmatch.fnmatchcase('/'.join(path), pattern) for pattern in self.patterns)


class Search:
    """Asks for documents about the paths that were reached least, but for those that cannot be; ASK tells which names of
    documents are taken."""

    def __init__(self, inventor, ask, unreached):
        self.inventor, self.ask = inventor, ask
        self.paths = [path for path in inventor.paths if not unreached.meant(path)]
        self.reached, self.tried, self.missed = (collections.Counter() for _ in range(3))
        self.made, self.taken = {}, {}  # name to text, to paths

    def goals(self, most):
        """MOST of the paths, those that need it first, and in the end no others."""
        dice = random.Random('%d %d' % (self.inventor.seed, len(self.made)))
        wanted = [path for path in self.paths
                  for _ in range(OFTEN - self.reached[path]) if self.tried[path] < TRIES]
        dice.shuffle(wanted)
        wanted.sort(key=lambda path: self.tried[path])
        return wanted[:most] + [dice.choice(wanted or self.paths) for _ in range(most - len(wanted))]

    def done(self):
        return all(self.reached[path] >= OFTEN or self.tried[path] >= TRIES for path in self.paths)

    def round(self, most):
        """Makes MOST documents more and asks about them."""
        about = {}
        for goal in self.goals(most):
            near, far = BESIDE[min(self.missed[goal] // 2, len(BESIDE) - 1)]
            name, text = self.inventor.document(len(self.made), goal, near, far)
            self.made[name] = text
            about[name] = goal
        taken = self.ask({name: self.made[name] for name in about})
        for name, goal in about.items():
            self.tried[goal] += 1
            self.missed[goal] += name not in taken
            if name in taken:
                self.taken[name] = paths_of(self.made[name])
                self.reached.update(self.taken[name])

    def chosen(self, most):
        """MOST documents that were taken and in which each path occurs often, as far as there are such."""
        left = collections.Counter({path: OFTEN for path in self.paths})
        heap = [(-len(self.taken[name]), number, name) for number, name in enumerate(self.taken)]
        heapq.heapify(heap)             # by the most that a document can add
        chosen = []
        while heap and len(chosen) < most:
            known, number, name = heapq.heappop(heap)
            gain = -sum(left[path] > 0 for path in self.taken[name])
            if gain != known:
                heapq.heappush(heap, (gain, number, name))
                continue
            chosen.append(name)
            left.subtract(self.taken[name])
        return chosen
