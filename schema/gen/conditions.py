# SPDX-License-Identifier: LGPL-2.1-or-later
"""Conditions: what an item, a default or a rule depends on.  PATH leads from the element
that it stands in to attributes, texts or elements; ../ goes up, / to the document."""
import re
from fnmatch import fnmatchcase

import kinds
from fail import nearest

FORM = "PATH | no PATH | PATH is WORD... | PATH not WORD..., joined by `and`"
MARKS = {"there": "+", "no": "-", "is": "=", "not": "!"}
NEVER = ["x", ""]                       # encoded: what never holds


class Test:
    def __init__(self, kind, path, words):
        self.kind, self.path, self.words = kind, path, words
        self.root = path.startswith("/")
        steps = path.lstrip("/").split("/")
        self.ups = len(steps) - len([step for step in steps if step != ".."])
        self.steps = steps[self.ups:]


def parse(text, wrong):
    """The tests of a condition; WRONG(what, expected) makes the error."""
    return [parse_test(piece, wrong) for piece in re.split(r" and ", text)]


def parse_test(piece, wrong):
    words = piece.split()
    kind = words.pop(0) if words[:1] == ["no"] else words[1] if words[1:2] in (["is"], ["not"]) else "there"
    path = words.pop(0) if words else ""
    if kind in ("is", "not"):
        words.pop(0)
    if bool(words) != (kind in ("is", "not")) or \
            not re.match(r"(/|(\.\./)*)([\w:.-]*[\w-]/)*(@?[\w:.-]*[\w-]|text\(\))$", path):
        raise wrong("'%s' is no condition" % piece, FORM)
    return Test(kind, path, words)


class Place:
    """An element of the schema, below all that it lies in: [(owner, may it be there many times?)]."""

    def __init__(self, schema, chain):
        self.schema, self.chain = schema, chain

    @property
    def owner(self):
        return self.chain[-1][0]

    def enter(self, item):
        """The element that ITEM of this one stands for."""
        owner = self.schema.parts[item.args[0]] if item.kind == "part" else item
        return Place(self.schema, self.chain + [(owner, "many" in item.options)])

    def start(self, test, wrong):
        """Where TEST's path goes down from."""
        if test.root:
            return self.chain[:1]
        if test.ups >= len(self.chain):
            raise wrong("'%s' leads out of the document" % test.path)
        return self.chain[:len(self.chain) - test.ups]

    def find(self, test, wrong):
        """The item that TEST's path leads to."""
        start = self.start(test, wrong)
        down = [step for step in test.steps if step[0] != "@" and step != "text()"]
        if down and any(many for _, many in self.chain[len(start):]):
            raise wrong("'%s' goes up and down again from each of many elements" % test.path,
                        "a rule of <%s>, with a path down" % name_of(start[-1][0]))
        owner = start[-1][0]
        for step in test.steps:
            item = owner.child(step)
            if item is None:
                raise wrong("'%s' is not in <%s>%s" % (
                    step, name_of(owner), nearest(step, [child.name for child in owner.children])),
                            "a path from <%s>" % name_of(self.owner))
            owner = self.schema.parts[item.args[0]] if item.kind == "part" else item
        return item

    def check(self, text, wrong):
        """The tests of a condition that stands here."""
        tests = parse(text, wrong)
        for test in tests:
            item = self.find(test, wrong)
            if test.words and item.kind not in kinds.VALUES:
                raise wrong("'%s' has no value that could be '%s'" % (test.path, test.words[0]))
            known = self.schema.words(item)
            for word in test.words if known else ():
                if word not in known:
                    raise wrong("'%s' is no value of %s%s" % (word, test.path, nearest(word, known)))
        return tests

    def encode(self, text, wrong):
        """Words as the engine reads them (driver/xml/condition.c), each with a NUL behind it."""
        encoded = []
        for test in self.check(text, wrong):
            up = "/" + name_of(self.chain[0][0]) if test.root else chr(ord("a") + test.ups)
            encoded.append(MARKS[test.kind] + up)
            last = test.steps[-1]
            encoded += test.steps[:-1] + {"@": [last], "t": ["."]}.get(
                last[0] if last == "text()" or last[0] == "@" else "", [last, ""])
            if test.words:
                encoded += [kinds.written_default(self.find(test, wrong))] + test.words + [""]
        return encoded + [""]

    def wants(self, text, wrong):
        """Signs of what must stand in the element itself, or one level below, for the condition to hold."""
        here = below = 0
        for test in self.check(text, wrong):
            preset = kinds.written_default(self.find(test, wrong)) if test.words else ""
            if test.root or test.ups or test.kind not in ("there", "is") or \
                    any(fnmatchcase(preset, word) for word in test.words):
                continue
            first, *others = test.steps
            here |= sign(first, 64)
            if first[0] == "@" and len(test.words) == 1 and "*" not in test.words[0]:
                here |= sign_of(test.words[0], ord(first[1]), 64)
            if others:
                below |= sign(others[0], 128)
        return "{ 0x%x, { 0x%x, 0x%x } }" % (here, below % 2 ** 64, below >> 64)

    def when(self, item):
        """Where ITEM means something, encoded; [] if it does everywhere."""
        if "dropped" in item.options:
            return NEVER
        words = self.encode(item.options["when"], item.wrong)[:-1] if "when" in item.options else []
        for condition in item.options.get("drops", ()):
            words += ["~"] + self.encode(condition, item.wrong)
        return words + [""] * bool(words)

    def choices(self, item):
        """The conditional defaults of ITEM, encoded; [] if it has none."""
        words = []
        for value, condition in item.options.get("presets", ()):
            words += [kinds.written(item, value)] + self.encode(condition, item.wrong)
        return words + [""] * bool(words)


def sign(step, bits):
    """One of BITS for the name of an element or attribute."""
    return 0 if step == "text()" else sign_of(step.lstrip("@"), 32 * (step[0] == "@"), bits)


def sign_of(word, more, bits):
    """The same as in driver/xml/condition.c."""
    one, two, three = (word + "\0\0\0").encode()[:3]
    return 1 << (one + 5 * two + 11 * three + more) % bits


def name_of(owner):
    return getattr(owner, "path", None) and owner.element or owner.name


def place_of(schema, path):
    """The element at PATH of a document; None if there is none."""
    names = path.split("/")
    owner = next((root for root in schema.parts.values() if root.path == names[0]), None)
    place = owner and Place(schema, [(owner, False)])
    for name in names[1:]:
        item = place and place.owner.child(name)
        place = item and place.enter(item)
    return place


# ---- in words ---------------------------------------------------------------------------


def said(text):
    """A condition within a sentence."""
    return " and ".join(said_test(test) for test in parse(text, lambda *_: AssertionError(text)))


def said_test(test):
    if test.kind == "there":
        return "%s is there" % test.path
    if test.kind == "no":
        return "%s is absent" % test.path
    words = " or ".join(filter(None, [", ".join(test.words[:-1]), test.words[-1]]))
    return "%s is %s%s" % (test.path, "not " if test.kind == "not" else "", words)
