# SPDX-License-Identifier: LGPL-2.1-or-later
"""A RELAX NG schema as something to write documents from: which paths it knows, and
a random document in which a given path occurs."""

import os
import re
import xml.etree.ElementTree as ET

try:
    import re._parser as sre
except ImportError:                     # Python before 3.11
    import sre_parse as sre

RNG = '{http://relaxng.org/ns/structure/1.0}'
TEXT = 'text()'
DEEPEST = 14                            # elements


class Pattern:
    """A node of the schema: KIND is RELAX NG's word for it."""

    def __init__(self, kind, children=(), names=(), space='', value=None, params=(), defines=None):
        self.defines = defines          # where a reference is looked up
        self.kind, self.children, self.names, self.space = kind, list(children), list(names), space
        self.value, self.params = value, dict(params)


class Grammar:
    def __init__(self, path, inner=None):
        self.path = path
        self.defines = {}
        self.starts = []
        self.able = {}                  # (pattern, path) to whether it can write that
        self.begins = {}                # pattern to the names that it can begin a path with
        self.files = set()
        if inner is None:
            self.read(path)
        else:
            self.read_grammar(inner, path, inner.get('ns', ''))
        self.start = Pattern('choice', self.starts)

    # ---- reading

    def read(self, path):
        if path in self.files:
            return
        self.files.add(path)
        root = ET.parse(path).getroot()
        self.read_grammar(root, path, root.get('ns', ''))

    def read_grammar(self, root, path, space):
        for element in root:
            kind = element.tag.replace(RNG, '')
            space_here = element.get('ns', space)
            if kind == 'include':
                self.read(os.path.join(os.path.dirname(path), element.get('href')))
                self.read_grammar(element, path, space_here)
            elif kind == 'start':
                self.starts += self.patterns(element, space_here)
            elif kind == 'define':
                children = self.patterns(element, space_here)
                known = self.defines.setdefault(element.get('name'), Pattern('group'))
                if element.get('combine') == 'choice' and known.children:
                    known.children = [Pattern('choice', known.children + children)]
                elif element.get('combine') == 'interleave':
                    known.children += children
                else:
                    known.children = children

    def patterns(self, element, space):
        return [pattern for child in element for pattern in self.pattern(child, space)]

    def pattern(self, element, space):
        if not isinstance(element.tag, str) or not element.tag.startswith(RNG):
            return []
        kind = element.tag.replace(RNG, '')
        space = element.get('ns', space)
        if kind == 'ref':
            return [Pattern('ref', value=element.get('name'), defines=self.defines)]
        if kind == 'grammar':           # with names of its own
            return [Grammar(self.path, element).start]
        if kind == 'value':
            return [Pattern('value', value=element.text or '')]
        if kind == 'data':
            params = [(param.get('name'), param.text) for param in element.iter(RNG + 'param')]
            return [Pattern('data', value=element.get('type'), params=params)]
        if kind in ('element', 'attribute'):
            names, children = [element.get('name')], list(element)
            if names[0] is None:
                names, children = self.name_class(children[0]), children[1:]
            inside = [pattern for child in children for pattern in self.pattern(child, space)]
            if kind == 'attribute' and not inside:
                inside = [Pattern('text')]
            return [Pattern(kind, inside, names, element.get('ns', space if kind == 'element' else ''))]
        return [Pattern(kind, self.patterns(element, space))]

    @staticmethod
    def name_class(element):
        """Names; a foreign one where any is allowed."""
        kind = element.tag.replace(RNG, '')
        if kind == 'name':
            return [element.text.strip()]
        if kind == 'choice':
            return [name for child in element for name in Grammar.name_class(child)]
        return ['*']

    def inside(self, pattern):
        """What a pattern consists of; a reference is what it refers to."""
        return pattern.defines[pattern.value].children if pattern.kind == 'ref' else pattern.children

    # ---- which paths there are

    def paths(self):
        """Every path of names, elements that hold themselves once only."""
        found = {}
        self.collect(self.start, (), found, frozenset())
        return sorted(found)

    def collect(self, pattern, path, found, references):
        if pattern.kind == 'ref':
            if pattern.value in references:
                return
            references = references | {pattern.value}
        if pattern.kind == 'attribute':
            for name in pattern.names:
                found[path + ('@' + name,)] = True
            return
        if pattern.kind in ('text', 'data', 'value', 'list'):
            if path:
                found[path + (TEXT,)] = True
            return
        if pattern.kind == 'element':
            for name in pattern.names:
                if name == '*' or path.count(name) > 1 or len(path) > DEEPEST:
                    continue
                below = path + (name,)
                found[below] = True
                for child in pattern.children:
                    self.collect(child, below, found, frozenset())
            return
        for child in self.inside(pattern):
            self.collect(child, path, found, references)

    def first(self, pattern):
        """The names that a path through PATTERN can begin with."""
        if id(pattern) not in self.begins:
            if pattern.kind == 'attribute':
                names = {'@' + name for name in pattern.names}
            elif pattern.kind == 'element':
                names = set(pattern.names)
            elif pattern.kind in ('text', 'data', 'value', 'list'):
                names = {TEXT}
            else:
                names = set().union(*(self.first(child) for child in self.inside(pattern)))
            self.begins[id(pattern)] = names
        return self.begins[id(pattern)]

    def can(self, pattern, goal):
        """Can PATTERN write the path GOAL?"""
        if goal[0] not in self.first(pattern):
            return False
        key = (id(pattern), goal)
        if key not in self.able:
            self.able[key] = False      # while it refers to itself
            self.able[key] = self.find(pattern, goal)
        return self.able[key]

    def find(self, pattern, goal):
        if pattern.kind in ('attribute', 'text', 'data', 'value', 'list'):
            return len(goal) == 1
        if pattern.kind == 'element':
            return len(goal) == 1 or any(self.can(child, goal[1:]) for child in pattern.children)
        return any(self.can(child, goal) for child in self.inside(pattern))


class Writer:
    """Writes one random document.  The chances of what is optional: NEAR in the elements that
    the goal lies in, FAR elsewhere."""

    def __init__(self, grammar, dice, values, near=0.0, far=0.0):
        self.grammar, self.dice, self.values, self.near, self.far = grammar, dice, values, near, far
        self.goal = ()

    def document(self, goal):
        self.goal = goal
        holder = ET.Element('holder')
        self.write(self.grammar.start, holder, (), goal)
        return holder[0]

    def write(self, pattern, into, path, goal):
        """GOAL: the rest of the path that has to occur here, or ()."""
        able = bool(goal) and self.grammar.can(pattern, goal)
        getattr(self, 'write_' + pattern.kind.lower())(pattern, into, path, goal if able else ())

    def wanted(self, path, goal):
        inside = len(path) > 1 and path[-1] != 'devices' and path == self.goal[:len(path)]
        return bool(goal) or (len(path) < DEEPEST and self.dice.random() < (self.near if inside else self.far))

    def write_group(self, pattern, into, path, goal):
        """One of those that can write the goal has to."""
        able = [child for child in self.grammar.inside(pattern) if goal and self.grammar.can(child, goal)]
        chosen = self.dice.choice(able) if able else None
        for child in self.grammar.inside(pattern):
            self.write(child, into, path, goal if child is chosen else ())

    write_ref = write_interleave = write_mixed = write_group

    def write_optional(self, pattern, into, path, goal):
        if self.wanted(path, goal):
            self.write_group(pattern, into, path, goal)

    def write_zeroormore(self, pattern, into, path, goal):
        if self.wanted(path, goal):
            self.write_group(pattern, into, path, goal)

    def write_oneormore(self, pattern, into, path, goal):
        self.write_group(pattern, into, path, goal)

    def write_choice(self, pattern, into, path, goal):
        able = [child for child in pattern.children if goal and self.grammar.can(child, goal)]
        if not able and len(path) >= DEEPEST:
            able = [child for child in pattern.children if child.kind in ('empty', 'value', 'data', 'text')]
        self.write(self.dice.choice(able or pattern.children), into, path, goal)

    def write_element(self, pattern, into, path, goal):
        names = [name for name in pattern.names if name != '*']
        if not names:
            return
        name = goal[0] if goal else self.dice.choice(names)
        child = ET.SubElement(into, '{%s}%s' % (pattern.space, name) if pattern.space else name)
        below = path + (name,)
        rest = goal[1:]
        able = [inside for inside in pattern.children if rest and self.grammar.can(inside, rest)]
        chosen = self.dice.choice(able) if able else None
        for inside in pattern.children:
            self.write(inside, child, below, rest if inside is chosen else ())

    def write_attribute(self, pattern, into, path, goal):
        name = goal[0][1:] if goal else self.dice.choice([name for name in pattern.names if name != '*'] or [None])
        if name is None or name in into.attrib:
            return
        holder = ET.Element('value')
        for child in pattern.children:
            self.write(child, holder, path + ('@' + name,), (TEXT,) if goal else ())
        into.set(name, self.value(path + ('@' + name,), holder.text or ''))

    def value(self, path, text):
        """What the caller's table has for a path, or what the schema says."""
        known = self.values(path)
        return text if known is None else known

    def put(self, into, path, text):
        into.text = text if path[-1].startswith('@') else self.value(path + (TEXT,), text)

    def write_text(self, _pattern, into, path, _goal):
        self.put(into, path, self.dice.choice(['a', 'word', 'b7']))

    def write_value(self, pattern, into, path, _goal):
        self.put(into, path, pattern.value)

    def write_data(self, pattern, into, path, _goal):
        self.put(into, path, sample(pattern, self.dice))

    def write_list(self, pattern, into, path, goal):
        words = []
        for child in pattern.children:
            holder = ET.Element('word')
            self.write(child, holder, path, goal)
            words.append(holder.text or '')
        into.text = ' '.join(words)

    def write_empty(self, *_args):
        pass

    write_notallowed = write_empty


def sample(pattern, dice):
    """A value of a datatype, small where it may be."""
    if 'pattern' in pattern.params:
        return from_expression(pattern.params['pattern'], dice)
    kind = pattern.value
    if kind in ('string', 'token', 'NCName', 'ID', 'normalizedString'):
        return dice.choice(['a', 'word', 'b7'])
    if kind == 'anyURI':
        return 'http://example.org/a'
    if kind == 'dateTime':
        return '2026-01-02T03:04:05'
    if kind == 'double':
        return dice.choice(['0.5', '2.0'])
    low = int(pattern.params.get('minInclusive', 1 if kind == 'positiveInteger' else 0))
    high = int(pattern.params.get('maxInclusive', low + 8))
    return str(dice.randint(low, min(high, low + 8)))


def from_expression(text, dice):
    return ''.join(pieces(sre.parse(text.strip()), dice))


def pieces(parsed, dice):
    for word, given in parsed:
        word = str(word)
        if word == 'LITERAL':
            yield chr(given)
        elif word == 'IN':
            yield one_of(given, dice)
        elif word == 'AT':              # no anchors in XML Schema
            yield '$' if str(given) == 'AT_END' else '^'
        elif word in ('ANY', 'NOT_LITERAL'):
            yield 'a'
        elif word == 'BRANCH':
            yield from pieces(dice.choice(given[1]), dice)
        elif word == 'SUBPATTERN':
            yield from pieces(given[-1], dice)
        elif word in ('MAX_REPEAT', 'MIN_REPEAT'):
            low, high, inside = given
            for _ in range(dice.randint(low, min(int(high), low + 3))):
                yield from pieces(inside, dice)


def one_of(given, dice):
    """A character of a class."""
    if str(given[0][0]) == 'NEGATE':
        refused = re.compile('[%s]' % ''.join(class_text(item) for item in given[1:]))
        return dice.choice([char for char in 'abcxyz0189' if not refused.match(char)])
    kind, what = dice.choice(given)
    kind = str(kind)
    if kind == 'RANGE':
        return chr(dice.randint(what[0], what[1]))
    if kind == 'CATEGORY':
        return {'CATEGORY_DIGIT': '7', 'CATEGORY_SPACE': ' '}.get(str(what), 'w')
    return chr(what)


def class_text(item):
    kind, what = str(item[0]), item[1]
    if kind == 'RANGE':
        return re.escape(chr(what[0])) + '-' + re.escape(chr(what[1]))
    if kind == 'CATEGORY':
        return {'CATEGORY_DIGIT': r'\d', 'CATEGORY_SPACE': r'\s'}.get(str(what), r'\w')
    return re.escape(chr(what))
