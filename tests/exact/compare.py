# SPDX-License-Identifier: LGPL-2.1-or-later
"""What differs between two dumps, by kind: a path and what about it.  Elements of a
name are compared in their order; those that are equal find each other first."""

import collections
import fnmatch
import itertools
import re
import xml.etree.ElementTree as ET

Difference = collections.namedtuple('Difference', 'path what theirs ours')


class Exceptions:
    """The file of differences that are meant: DRIVER PATH WHAT REASON..."""

    def __init__(self, path):
        self.rows = []
        with open(path) as file:
            for line in file:
                words = line.split(None, 3)
                if words and not line.startswith('#'):
                    self.rows.append(tuple(words))

    def meant(self, driver, difference, document):
        for who, path, what, _reason in self.rows:
            if who not in ('all', driver) or not fnmatch.fnmatchcase(difference.path, path):
                continue
            if what == 'made':          # both made one up: neither stands in the document
                if difference.what == 'value' and difference.theirs not in document and \
                        difference.ours not in document:
                    return True
            elif what == 'case':        # the same but for small and capital letters
                if difference.what == 'value' and difference.theirs.lower() == difference.ours.lower():
                    return True
            elif what in (difference.what, 'any'):
                return True
        return False


class Node:
    """An element; two are the same if their keys are equal."""

    def __init__(self, element):
        uri, _, name = element.tag.rpartition('}')
        self.tag = name if not uri else uri.split('/')[-2] + ':' + name      # …/domain/qemu/1.0
        self.attrib = element.attrib
        self.text = (element.text or '').strip()
        self.children = [Node(child) for child in element]
        self.key = (self.tag, tuple(sorted(self.attrib.items())), self.text,
                    tuple(child.key for child in self.children))

    def short(self):
        words = [self.tag] + ["%s='%s'" % pair for pair in self.attrib.items()]
        return '<%s>%s' % (' '.join(words), self.text or ' '.join(child.tag for child in self.children))

    def by_tag(self):
        found = collections.OrderedDict()
        for child in self.children:
            found.setdefault(child.tag, []).append(child)
        return found


def pairs(theirs, ours):
    """Elements of one name: the equal ones find each other, then the others as they come; None where one has more."""
    left = list(ours)
    rest = []
    for node in theirs:
        twin = next((other for other in left if other.key == node.key), None)
        if twin is None:
            rest.append(node)
        else:
            left.remove(twin)
    return list(itertools.zip_longest(rest, left))


def walk(theirs, ours, path):
    for name in sorted(set(theirs.attrib) | set(ours.attrib)):
        one, other = theirs.attrib.get(name), ours.attrib.get(name)
        if one != other:
            what = 'missing' if other is None else 'added' if one is None else 'value'
            yield Difference(path + '/@' + name, what, one, other)
    if theirs.text != ours.text:
        yield Difference(path + '/text()', 'value', theirs.text, ours.text)
    their, our = theirs.by_tag(), ours.by_tag()
    if [name for name in their if name in our] != [name for name in our if name in their]:
        yield Difference(path, 'order', ' '.join(their), ' '.join(our))
    for name in list(their) + [name for name in our if name not in their]:
        yield from walk_list(their.get(name, []), our.get(name, []), path + '/' + name)


def walk_list(theirs, ours, path):
    """Elements of one name below one element."""
    different = pairs(theirs, ours)
    if not different and [node.key for node in theirs] != [node.key for node in ours]:
        yield Difference(path, 'order', ' '.join(node.short() for node in theirs),
                         ' '.join(node.short() for node in ours))
    for one, other in different:
        if one is None:
            yield Difference(path, 'added', None, other.short())
        elif other is None:
            yield Difference(path, 'missing', one.short(), None)
        else:
            yield from walk(one, other, path)


def differences(theirs, ours):
    if theirs == ours:
        return []
    one, other = Node(ET.fromstring(theirs)), Node(ET.fromstring(ours))
    if one.tag != other.tag:
        return [Difference(one.tag, 'value', one.tag, other.tag)]
    return list(walk(one, other, one.tag))


def paths(node, path=''):
    """Every path of a document: elements, attributes and texts."""
    path = path + '/' + node.tag if path else node.tag
    yield path
    for name in node.attrib:
        yield path + '/@' + name
    if node.text:
        yield path + '/text()'
    for child in node.children:
        yield from paths(child, path)


# What the peer says otherwise when it reads its own dump; ours says that at once.
SETTLES = {('domain/devices/controller', 'order'), ('domain/devices/console/target/@port', 'value')}


def kinds(found):
    return {(difference.path, difference.what) for difference in found}


class Table:
    """Counts differences by kind and keeps an example of each."""

    def __init__(self, driver, exceptions):
        self.driver, self.exceptions = driver, exceptions
        self.kinds = collections.OrderedDict()
        self.asked = self.agreed = self.accepted = self.equal = 0

    def add(self, name, path, what, theirs, ours):
        row = self.kinds.setdefault((path, what), [0, name, theirs, ours])
        row[0] += 1

    def refusals(self, name, theirs, ours):
        """Whether both took the document; a disagreement is a row."""
        one, other = theirs.get('code'), ours.get('code')
        if one != other:
            what = 'refused %s' % other if one is None else 'accepted, not %s' % one if other is None \
                else 'code %s, not %s' % (other, one)
            said = re.sub(r'line \d+, column \d+: ', '', (ours if other else theirs)['message'])
            self.add(name, said if len(said) < 110 else said[:107] + '...', what, theirs.get('message'),
                     ours.get('message'))
        else:
            self.agreed += 1
        return one is None and other is None

    def compare(self, name, document, theirs, ours):
        self.asked += 1
        if not self.refusals(name, theirs, ours):
            return
        self.accepted += 1
        self.differ(name, document, theirs['dumps'], ours['dumps'], self.settled(document, theirs, ours))
        self.again(name, ours)

    def unmeant(self, document, theirs, ours):
        return [found for found in differences(theirs, ours)
                if not self.exceptions.meant(self.driver, found, document)]

    def settled(self, document, theirs, ours):
        """Which of SETTLES the peer's dump changes in when it is read again, to what ours says."""
        again, whole = theirs['again'], theirs['dumps'].get('secure')
        if not whole or not isinstance(again, str):
            return set()
        still = kinds(self.unmeant(document, again, ours['dumps']['secure']))
        return SETTLES & kinds(differences(whole, again)) - still

    def differ(self, name, document, theirs, ours, settled=frozenset()):
        """Rows for what differs in any of the dumps."""
        seen = {}                       # difference to the dumps that have it
        for dump in theirs:
            for found in self.unmeant(document, theirs[dump], ours[dump]):
                if not kinds([found]) & settled:
                    seen.setdefault(found, []).append(dump)
        for found, dumps in sorted(seen.items(), key=str):
            only = '' if 'plain' in dumps else ' [%s]' % ' '.join(dumps)
            self.add(name, found.path + only, found.what, found.theirs, found.ours)
        self.equal += not seen

    def again(self, name, ours):
        whole = ours['dumps'].get('secure') or ours['dumps']['plain']
        if ours['again'] != whole:
            said = ours['again']
            said = said['message'] if isinstance(said, dict) else \
                '; '.join('%s %s' % found[:2] for found in differences(whole, said)[:3])
            self.add(name, 'defined from its own dump', 'another', None, said)

    def lines(self, most=40):
        rows = sorted(self.kinds.items(), key=lambda row: (-row[1][0], row[0]))
        for (path, what), (count, name, theirs, ours) in rows[:most]:
            yield '%5d  %s: %s   theirs %s, ours %s   (%s)' % (count, path, what, theirs, ours, name)
        if len(rows) > most:
            yield '       and %d kinds more' % (len(rows) - most)

    def percent(self):
        return (100.0 * self.agreed / max(self.asked, 1), 100.0 * self.equal / max(self.accepted, 1))

    def summary(self):
        agreed, equal = self.percent()
        return '%s: %d documents, %d (%.2f %%) taken or refused alike; %d taken by both, %d (%.2f %%) dumped alike' % (
            self.driver, self.asked, self.agreed, agreed, self.accepted, self.equal, equal)


def name_of(dump):
    return ET.fromstring(dump).findtext('name')
