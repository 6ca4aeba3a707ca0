# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads schema files: lines to items.  What they mean is checked here, too, as
far as one file can tell."""
import re

from fail import Wrong, nearest

# kind: what it may take behind its name
KINDS = {
    "keep": "kind", "string": "", "name": "", "uint": "range", "int": "range", "hex": "digits",
    "yesno": "", "onoff": "", "enum": "words", "memory": "range", "uuid": "", "mac": "",
    "cpuset": "", "flag": "", "verbatim": "", "group": "", "part": "part",
}
# kinds of a single value
VALUES = ("string", "name", "uint", "int", "hex", "yesno", "onoff", "enum", "memory", "uuid", "mac", "cpuset")
# option: does it take a word?
OPTIONS = {
    "default": "yes", "required": "maybe", "live": "no", "secret": "no", "always": "no", "open": "no",
    "alone": "no", "many": "no", "as": "yes", "since": "yes", "foreign": "no", "hexif": "yes",
    "based": "no", "unicast": "no", "line": "no", "once": "no", "needed": "yes", "unique": "yes",
}
ITEM_FORM = "NAME: KIND [words]; option; option -- sentence"


class Item:
    """An attribute (@name), the text (text()) or an element of a part."""

    def __init__(self, file, line, name, kind, args, options, text):
        self.file, self.line = file, line
        self.name, self.kind, self.args, self.options, self.text = name, kind, args, options, text
        self.value = kind           # the kind of what stands there, also where it is kept as text
        if kind == "keep" and args:
            self.value, self.args = args[0], args[1:]
        self.children = []

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
    """One element with all it may hold."""

    def __init__(self, file, line, name, path, since, text):
        self.file, self.line = file, line
        self.name, self.path, self.since, self.text = name, path, since, text
        self.children = []

    child = Item.child


class File:
    def __init__(self, path, shown=None):
        self.path = shown or path
        with open(path, encoding="utf-8") as stream:
            self.lines = stream.read().split("\n")

    def meant(self):
        """(line number, depth, text) of every line that says something."""
        for number, line in enumerate(self.lines, 1):
            bare = line.split("#", 1)[0].rstrip() if line.lstrip().startswith("#") else line.rstrip()
            if not bare:
                continue
            if "\t" in bare:
                raise Wrong(self.path, number, "a tab", "two spaces for each level")
            depth = len(bare) - len(bare.lstrip(" "))
            if depth % 2:
                raise Wrong(self.path, number, "indented by %d spaces" % depth, "two spaces for each level")
            yield number, depth // 2, bare.strip()


def split_text(line):
    head, _, text = line.partition(" -- ")
    return head.strip(), text.strip()


def parse_options(file, number, words):
    options = {}
    for word in words:
        name, _, value = word.strip().partition(" ")
        if name not in OPTIONS:
            raise Wrong(file, number, "'%s' is no option%s" % (name, nearest(name, OPTIONS)),
                        "one of " + ", ".join(sorted(OPTIONS)))
        if OPTIONS[name] == "yes" and not value:
            raise Wrong(file, number, "option '%s' has no value" % name, "%s VALUE" % name)
        if OPTIONS[name] == "no" and value:
            raise Wrong(file, number, "option '%s' takes no value" % name, name)
        if name in options:
            raise Wrong(file, number, "option '%s' is there twice" % name)
        options[name] = value.strip().strip("'") if value else True
    return options


def parse_kind(file, number, words):
    kind, args = words[0], words[1:]
    takes = KINDS.get(kind)
    if takes is None:
        raise Wrong(file, number, "'%s' is no kind%s" % (kind, nearest(kind, KINDS)),
                    "one of " + ", ".join(sorted(KINDS)))
    if takes == "kind" and args:
        if args[0] not in VALUES:
            raise Wrong(file, number, "'%s' is no kind of value%s" % (args[0], nearest(args[0], VALUES)),
                        "keep, or keep and one of " + ", ".join(sorted(VALUES)))
        parse_kind(file, number, args)
    if takes == "" and args:
        raise Wrong(file, number, "kind '%s' takes no words" % kind, kind)
    if takes == "range" and args and (len(args) > 1 or not re.match(r"-?\w+\.\.\w*$", args[0])):
        raise Wrong(file, number, "'%s' is no range" % " ".join(args), "%s MIN..MAX" % kind)
    if takes == "digits" and not (args and re.match(r"[1-8]$", args[0]) and len(args) <= 2):
        raise Wrong(file, number, "kind 'hex' needs its number of digits", "hex DIGITS [MIN..MAX]")
    if takes == "part" and len(args) != 1:
        raise Wrong(file, number, "kind 'part' needs the name of a part", "part NAME")
    if takes == "words" and not args:
        raise Wrong(file, number, "an enum has no words", "enum WORD WORD... or enum NAME")
    return kind, args


def parse_items(file, number, line):
    """A line to items: several only where they are kept."""
    head, text = split_text(line)
    names, colon, rest = head.partition(": ")
    if not colon:
        raise Wrong(file, number, "'%s' is no item" % line, ITEM_FORM)
    pieces = rest.split(";")
    kind, args = parse_kind(file, number, pieces[0].split())
    options = parse_options(file, number, pieces[1:])
    names = [name.strip() for name in names.split(",")]
    for name in names:
        if not re.match(r"@?[A-Za-z_][\w:.-]*$|text\(\)$", name):
            raise Wrong(file, number, "'%s' is no name" % name, "element, @attribute or text()")
    if len(names) > 1 and kind != "keep":
        raise Wrong(file, number, "several names on one line", "one name for each item that is not kept")
    if kind != "keep" and not text:
        raise Wrong(file, number, "'%s' has no sentence" % names[0], ITEM_FORM)
    if text and not text.endswith("."):
        raise Wrong(file, number, "the sentence of '%s' does not end with a dot" % names[0])
    return [Item(file, number, name, kind, args, options, text) for name in names]


class Schema:
    """All parts, mixins and shared enums."""

    def __init__(self):
        self.parts, self.mixins, self.enums = {}, {}, {}

    def read(self, path, shown=None):
        file = File(path, shown)
        lines = list(file.meant())
        if not lines:
            raise Wrong(file.path, 0, "the file is empty", "part NAME PATH; since VERSION -- sentence")
        start = 0
        while start < len(lines):
            end = start + 1
            while end < len(lines) and not re.match(r"(part|mixin|enum) ", lines[end][2]):
                end += 1
            self.read_block(file.path, lines[start], lines[start + 1:end])
            start = end

    def read_block(self, file, first, lines):
        number, depth, line = first
        word = line.split()[0]
        if depth or word not in ("part", "mixin", "enum"):
            raise Wrong(file, number, "'%s' stands outside of a part" % line,
                        "part NAME PATH; since VERSION -- sentence")
        read = {"part": self.read_part, "mixin": self.read_mixin, "enum": self.read_enum}[word]
        read(file, number, line, lines)

    def read_enum(self, file, number, line, lines):
        found = re.match(r"enum (\w+): ([^;]+?) -- (.+\.)$", line)
        if not found:
            raise Wrong(file, number, "'%s' is no enum" % line, "enum NAME: WORD WORD... -- sentence")
        if lines:
            raise Wrong(file, lines[0][0], "an enum holds nothing")
        if found.group(1) in self.enums:
            raise Wrong(file, number, "enum '%s' is there twice" % found.group(1))
        self.enums[found.group(1)] = (found.group(2).split(), found.group(3))

    def read_part(self, file, number, line, lines):
        found = re.match(r"part (\w+) ([\w:/]+); since (\d+\.\d+\.\d+) -- (.+\.)$", line)
        if not found:
            raise Wrong(file, number, "'%s' is no part" % line, "part NAME PATH; since VERSION -- sentence")
        name, path, since, text = found.groups()
        if name in self.parts:
            raise Wrong(file, number, "part '%s' is there twice" % name)
        part = self.parts[name] = Part(file, number, name, path, since, text)
        self.read_items(part, lines)

    def read_mixin(self, file, number, line, lines):
        found = re.match(r"mixin (\w+) -- (.+\.)$", line)
        if not found:
            raise Wrong(file, number, "'%s' is no mixin" % line, "mixin NAME -- sentence")
        mixin = self.mixins[found.group(1)] = Part(file, number, found.group(1), None, None, found.group(2))
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
            if line.startswith("include "):
                parent.children.append(Item(owner.file, number, line, "include", [line.split()[1]], {}, ""))
                open_items.append(None)
                continue
            items = parse_items(owner.file, number, line)
            for item in items:
                if parent.child(item.name):
                    raise item.wrong("'%s' is there twice" % item.name)
                parent.children.append(item)
            open_items.append(items[-1])

    def resolve(self):
        """Puts mixins in place, and checks what needs all files."""
        for part in self.parts.values():
            self.resolve_children(part)

    def resolve_children(self, owner):
        children = []
        for item in owner.children:
            if item.kind != "include":
                children.append(item)
                continue
            mixin = self.mixins.get(item.args[0])
            if not mixin:
                raise item.wrong("no mixin '%s'%s" % (item.args[0], nearest(item.args[0], self.mixins)))
            children.extend(mixin.children)
        owner.children = children
        order = {"attribute": 0, "text": 1, "element": 2}
        owner.children.sort(key=lambda item: order[item.place])
        for item in children:
            self.check_item(item)
            self.resolve_children(item)

    def check_item(self, item):
        if item.kind == "part" and item.args[0] not in self.parts:
            raise item.wrong("no part '%s'%s" % (item.args[0], nearest(item.args[0], self.parts)))
        if item.value == "enum" and len(item.args) == 1 and item.args[0] not in self.enums:
            raise item.wrong("no enum '%s'%s" % (item.args[0], nearest(item.args[0], self.enums)),
                             "the words, or the name of an enum")
        if item.place != "element" and item.kind in ("group", "part", "flag", "verbatim", "memory"):
            raise item.wrong("%s '%s' cannot be a %s" % (item.place, item.name, item.kind))
        if "hexif" in item.options and not (item.kind == "uint" and
                                            re.match(r"[\w-]+ [1-8]$", item.options["hexif"])):
            raise item.wrong("'%s' cannot be written so" % item.name, "NAME: uint; hexif TYPE DIGITS")
        for option, kinds in (("based", ("uint", "hex")), ("unicast", ("mac",)), ("line", ("string",))):
            if option in item.options and item.value not in kinds:
                raise item.wrong("a %s cannot be %s" % (item.value, option),
                                 "NAME: %s; %s" % (kinds[0], option))
        if "needed" in item.options and item.place != "attribute":
            raise item.wrong("'%s' cannot be needed by a value" % item.name,
                             "@NAME: KIND; needed [@ATTRIBUTE] WORD...")
        if "unique" in item.options and item.place != "attribute":
            raise item.wrong("'%s' cannot be unique" % item.name, "@NAME: KIND; unique ANCESTOR [CODE]")
        if "many" in item.options and item.kind not in ("group", "part"):
            raise item.wrong("a %s cannot be there many times" % item.kind, "group or part")
        default = item.options.get("default")
        if item.kind == "enum" and default and default not in self.words(item):
            raise item.wrong("default '%s' is none of the words%s" % (
                default, nearest(default, self.words(item))))

    def words(self, item):
        if len(item.args) == 1 and item.args[0] in self.enums:
            return self.enums[item.args[0]][0]
        return item.args
