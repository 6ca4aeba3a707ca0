# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads schema files: lines to items.  What an item means is checked in checks.py."""
import os
import re

from fail import Wrong, nearest
from kinds import BOOLS, KINDS, LONGS, in_64_bits

# option: does it take a word?
OPTIONS = {
    "default": "yes", "required": "maybe", "live": "no", "secret": "no", "always": "no", "open": "no",
    "alone": "no", "many": "no", "as": "yes", "since": "yes", "foreign": "no", "hexif": "yes",
    "based": "no", "unicast": "no", "line": "no", "once": "no", "needed": "yes", "unique": "yes",
    "when": "yes", "unsaid": "yes", "empty": "no", "strict": "no",
    "apart": "no", "dropped": "no", "wrong": "yes", "capitals": "no", "of": "yes",
}
ITEM_FORM = "NAME: KIND [words]; option; option -- sentence"
MIXIN_FORM = "mixin NAME[; shared] -- sentence"
RULE_FORM = "rule [CODE] if CONDITION -- sentence"
INCLUDE_FORM = "include MIXIN [except ITEM... | only ITEM...][; dropped if CONDITION]"
PART_FORM = "part NAME PATH[; kind NAME][; errors DOMAIN]; since VERSION -- sentence"
NAMESPACE_FORM = "namespace PREFIX URI -- sentence"
BLOCKS = ("part", "mixin", "enum", "form", "namespace")


class Item:
    """An attribute (@name), the text (text()) or an element of a part."""

    def __init__(self, file, line, name, kind, args, options, text):
        self.file, self.line = file, line
        self.name, self.kind, self.args, self.options, self.text = name, kind, args, options, text
        self.children, self.rules = [], []
        self.mixin = None           # the mixin that it was included from
        self.said = None            # a module's own default, which counts in conditions

    def wrong(self, what, expected=None):
        return Wrong(self.file, self.line, what, expected)

    @property
    def place(self):
        if self.name.startswith("@"):
            return "attribute"
        return "text" if self.name == "text()" else "element"

    def child(self, name):
        for item in self.children:
            if item.name == name:
                return item
        return None


class Part:
    """One element with all it may hold; or a mixin, which has no path."""

    def __init__(self, file, line, name, path, since, text, kind=None, errors=None):
        self.file, self.line = file, line
        self.name, self.path, self.since, self.text = name, path, since, text
        self.kind = kind or name    # of a document, as users call it
        self.errors = errors or "XML"   # about a document: VIR_FROM_...
        self.shared = False         # a mixin: its members lie in a C struct of its own
        self.own = False            # a module's, which the vocabulary does not have
        self.children, self.rules = [], []

    child = Item.child
    wrong = Item.wrong

    @property
    def document(self):
        """Is it the root of a document?"""
        return self.path is not None and "/" not in self.path

    @property
    def element(self):
        return self.path.rpartition("/")[2]


class Rule:
    """What no document may have: an error with that code (VIR_ERR_CODE)."""

    def __init__(self, file, line, code, condition, text):
        self.file, self.line, self.code, self.condition, self.text = file, line, code, condition, text

    wrong = Item.wrong


class Form:
    """What a string looks like: a POSIX extended regular expression for all of it."""

    def __init__(self, file, line, name, regex, text):
        self.file, self.line, self.name, self.regex, self.text = file, line, name, regex, text


class File:
    def __init__(self, path, shown=None):
        self.path = shown or path
        with open(path, encoding="utf-8") as stream:
            self.lines = stream.read().split("\n")

    def meant(self):
        """(line number, depth, text) of every line that says something, with those that go on with it."""
        said = None
        for number, line in enumerate(self.lines, 1):
            bare = line.split("#", 1)[0].rstrip() if line.lstrip().startswith("#") else line.rstrip()
            if not bare:
                continue
            if "\t" in bare:
                raise Wrong(self.path, number, "a tab", "two spaces for each level")
            depth = len(bare) - len(bare.lstrip(" "))
            if depth % 2:
                raise Wrong(self.path, number, "indented by %d spaces" % depth, "two spaces for each level")
            if said and depth // 2 >= said[1] + 2 and " -- " not in said[2]:    # the sentence is the end
                said = (*said[:2], said[2] + " " + bare.strip())
                continue
            if said:
                yield said
            said = (number, depth // 2, bare.strip())
        if said:
            yield said


def parse_options(file, number, words):
    options = {}
    for word in words:
        name, _, value = word.strip().partition(" ")
        if name not in OPTIONS:
            raise Wrong(file, number, "'%s' is no option%s" % (name, nearest(name, OPTIONS)),
                        "one of " + ", ".join(sorted(OPTIONS)))
        if name == "dropped" and value.startswith("if "):
            options.setdefault("drops", []).append(value[3:].strip())
            continue
        if OPTIONS[name] == "yes" and not value:
            raise Wrong(file, number, "option '%s' has no value" % name, "%s VALUE" % name)
        if OPTIONS[name] == "no" and value:
            raise Wrong(file, number, "option '%s' takes no value" % name, name)
        if name == "default" and " if " in value + " ":
            options.setdefault("presets", []).append(parse_preset(file, number, value))
            continue
        if name in options:
            raise Wrong(file, number, "option '%s' is there twice" % name)
        options[name] = value.strip().strip("'") if value else True
    return options


def parse_preset(file, number, value):
    """`default VALUE if CONDITION`: the two."""
    word, _, condition = (value + " ").partition(" if ")
    if len(word.split()) != 1 or not condition:
        raise Wrong(file, number, "'%s' is no default" % value, "default VALUE if CONDITION")
    return word.strip("'"), condition.strip()


def parse_kind(file, number, words):
    kind, args = words[0] if words else "", words[1:]
    takes = KINDS.get(kind)
    if takes is None:
        raise Wrong(file, number, "'%s' is no kind%s" % (kind, nearest(kind, KINDS)),
                    "one of " + ", ".join(sorted(KINDS)))
    if takes == "" and args:
        raise Wrong(file, number, "kind '%s' takes no words" % kind, kind)
    if takes == "form" and len(args) > 1:
        raise Wrong(file, number, "kind 'string' takes the name of one form", "string [FORM]")
    if takes == "range" and args and (len(args) > 1 or not re.match(r"-?\w+\.\.\w*$", args[0])):
        raise Wrong(file, number, "'%s' is no range" % " ".join(args), "%s MIN..MAX" % kind)
    if takes == "octal" and args and (len(args) > 2 or not re.match(r"(-?\w+\.\.\w*|[1-8])$", args[-1]) or
                                      len(args) == 2 and not re.match(r"[1-8]$", args[0])):
        raise Wrong(file, number, "'%s' are no digits and range" % " ".join(args), "octal [DIGITS] [MIN..MAX]")
    if takes == "digits" and not (args and re.match(r"[1-8]$", args[0]) and len(args) <= 2):
        raise Wrong(file, number, "kind 'hex' needs its number of digits", "hex DIGITS [MIN..MAX]")
    if takes == "part" and len(args) != 1:
        raise Wrong(file, number, "kind 'part' needs the name of a part", "part NAME")
    if takes == "words" and not args:
        raise Wrong(file, number, "an enum has no words", "enum WORD WORD... or enum NAME")
    return in_64_bits(kind, args) if kind in LONGS else (kind, args)


def parse_item(file, number, line):
    head, _, text = (piece.strip() for piece in line.partition(" -- "))
    name, colon, rest = head.partition(": ")
    if not colon:
        raise Wrong(file, number, "'%s' is no item" % line, ITEM_FORM)
    pieces = rest.split(";")
    kind, args = parse_kind(file, number, pieces[0].split())
    options = parse_options(file, number, pieces[1:])
    if not re.match(r"@?[A-Za-z_][\w:.-]*$|text\(\)$", name):
        raise Wrong(file, number, "'%s' is no name" % name, "element, @attribute or text()")
    if not text:
        raise Wrong(file, number, "'%s' has no sentence" % name, ITEM_FORM)
    if not text.endswith("."):
        raise Wrong(file, number, "the sentence of '%s' does not end with a dot" % name)
    return Item(file, number, name, kind, args, options, text)


def parse_rule(file, number, line, form=RULE_FORM):
    found = re.match(r"rule(?: ([A-Z_]+))? if (\S.*?) -- (\S.*\.)$", line)
    if not found:
        raise Wrong(file, number, "'%s' is no rule" % line, form)
    return Rule(file, number, found.group(1) or "CONFIG_UNSUPPORTED", found.group(2), found.group(3))


def parse_include(file, number, line):
    head, *more = line.split(";")
    words = head.split()
    options = parse_options(file, number, more)
    if len(words) < 2 or (len(words) > 2 and (words[2] not in ("except", "only") or len(words) == 3)) or \
            set(options) - {"drops"}:
        raise Wrong(file, number, "'%s' includes no mixin" % line, INCLUDE_FORM)
    return Item(file, number, line, "include", words[1:], options, "")


class Schema:
    """All parts, mixins, shared enums and forms."""

    def __init__(self):
        self.parts, self.mixins, self.enums, self.forms, self.namespaces = {}, {}, {}, {}, {}
        self.files = []             # all that were read

    def read_directory(self, directory):
        for name in sorted(os.listdir(directory)):
            if name.endswith(".schema"):
                self.read(os.path.join(directory, name), name)
        return self

    def read(self, path, shown=None):
        file = File(path, shown)
        self.files.append(path)
        lines = list(file.meant())
        if not lines:
            raise Wrong(file.path, 0, "the file is empty", PART_FORM)
        start = 0
        while start < len(lines):
            end = start + 1
            while end < len(lines) and (lines[end][1] or lines[end][2].split()[0] not in BLOCKS):
                end += 1
            self.read_block(file.path, lines[start], lines[start + 1:end])
            start = end

    def read_block(self, file, first, lines):
        number, depth, line = first
        word = line.split()[0]
        if depth or word not in BLOCKS:
            raise Wrong(file, number, "'%s' stands outside of a part" % line, PART_FORM)
        getattr(self, "read_" + word)(file, number, line, lines)

    def match(self, file, number, line, pattern, known, form):
        """The pieces of a block's first line; a name is there once."""
        found = re.match(pattern, line)
        word = line.split()[0]
        if not found:
            raise Wrong(file, number, "'%s' is no %s" % (line, word), form)
        if found.group(1) in known:
            raise Wrong(file, number, "%s '%s' is there twice" % (word, found.group(1)))
        return found.groups()

    def read_enum(self, file, number, line, lines):
        name, words, text = self.match(file, number, line, r"enum (\w+): ([^;]+?) -- (.+\.)$", self.enums,
                                       "enum NAME: WORD WORD... -- sentence")
        if lines:
            raise Wrong(file, lines[0][0], "an enum holds nothing")
        self.enums[name] = (words.split(), text)

    def read_form(self, file, number, line, lines):
        name, regex, text = self.match(file, number, line, r"form (\w+): (\S.*) -- (.+\.)$", self.forms,
                                       "form NAME: REGEX -- sentence")
        if lines:
            raise Wrong(file, lines[0][0], "a form holds nothing")
        try:
            re.compile(regex)
        except re.error as wrong:
            raise Wrong(file, number, "form '%s' is no regular expression: %s" % (name, wrong)) from wrong
        self.forms[name] = Form(file, number, name, regex, text)

    def read_namespace(self, file, number, line, lines):
        prefix, uri, _ = self.match(file, number, line, r"namespace ([\w-]+) (\S+) -- (.+\.)$", self.namespaces,
                                    NAMESPACE_FORM)
        if lines:
            raise Wrong(file, lines[0][0], "a namespace holds nothing")
        self.namespaces[prefix] = uri

    def read_part(self, file, number, line, lines):
        name, path, _, kind, _, errors, since, text = self.match(
            file, number, line,
            r"part (\w+) ([\w:/]+)(; kind (\w+))?(; errors ([A-Z_]+))?; since (\d+\.\d+\.\d+) -- (.+\.)$",
            self.parts, PART_FORM)
        part = self.parts[name] = Part(file, number, name, path, since, text, kind, errors)
        self.read_items(part, lines)

    def read_mixin(self, file, number, line, lines):
        name, shared, text = self.match(file, number, line, r"mixin (\w+)(; shared)? -- (.+\.)$", self.mixins,
                                        MIXIN_FORM)
        mixin = self.mixins[name] = Part(file, number, name, None, None, text)
        mixin.shared = bool(shared)
        self.read_items(mixin, lines)

    def read_items(self, owner, lines):
        """Nests the items by their depth below OWNER."""
        open_items = [owner]
        for number, depth, line in lines:
            if depth >= len(open_items):
                raise Wrong(owner.file, number, "indented too deep", "two spaces more than the element above")
            del open_items[depth + 1:]
            parent = open_items[depth]
            if isinstance(parent, Item) and parent.kind != "group":
                raise Wrong(owner.file, number, "'%s' is a %s and holds nothing" % (parent.name, parent.kind),
                            "items below a group")
            if line.startswith("rule "):
                parent.rules.append(parse_rule(owner.file, number, line))
                continue
            if line.startswith("include "):
                item = parse_include(owner.file, number, line)
            else:
                item = parse_item(owner.file, number, line)
                if parent.child(item.name):
                    raise item.wrong("'%s' is there twice" % item.name)
            parent.children.append(item)
            open_items.append(item)

    def words(self, item):
        """Of an enum, yesno or onoff; none of anything else."""
        if item.kind != "enum":
            return BOOLS.get(item.kind, ())
        if len(item.args) == 1 and item.args[0] in self.enums:
            return self.enums[item.args[0]][0]
        return item.args
