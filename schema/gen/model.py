# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one module makes of the parts: which items become members of its structs,
under which C names."""
import os
import re

from fail import Wrong, nearest
from reader import File, Item, parse_items

C_WORDS = set("auto break case char const default do double else enum extern float for goto if int long "
              "register return short signed sizeof static struct switch typedef union unsigned void "
              "volatile while bool linux unix".split())


def snake(name):
    name = name.lstrip("@").replace("text()", "text")
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    name = re.sub(r"\W", "_", name).lower()
    return name + "_" if name in C_WORDS else name


WORDS = ["module", "parts", "document", "take", "values", "default", "add"]


class Field:
    """An item as a module takes it."""

    def __init__(self, item, path, taken):
        self.item, self.path, self.taken = item, path, taken
        self.name, self.kind, self.options = item.name, item.kind if taken else "keep", item.options
        self.member = item.options.get("as") or snake(item.name) + ("s" if "many" in item.options else "")
        self.value = item.value     # the kind of a single value, kept or not
        self.words = None           # of an enum
        self.enum = None            # its C name
        self.fields = []            # of a group
        self.siblings = []          # all fields of the same element
        self.struct = None          # of a part or list: Struct
        self.default = item.options.get("default")
        self.error = item.options.get("required")

    def has(self, option):
        return option in self.options

    @property
    def many(self):
        return self.taken and "many" in self.options


class Struct:
    """A C struct with a table of its own: a part, or a group that is there many times."""

    def __init__(self, name, path, text):
        self.name, self.path, self.text, self.fields = name, path, text, []


class Module:
    def __init__(self, schema, path, shown=None):
        self.schema, self.file = schema, File(path, shown)
        self.directory = os.path.dirname(path)
        self.name = None
        self.root, self.roots = None, []        # the document that takes speak of; all of them
        self.takes, self.values, self.defaults = {}, {}, {}
        self.structs, self.enums = [], {}
        self.read()
        self.build()

    # ---- the module's own file

    def wrong(self, number, what, expected=None):
        return Wrong(self.file.path, number, what, expected)

    def read(self):
        above = None
        for number, depth, line in self.file.meant():
            if depth:
                if above is None:
                    raise self.wrong(number, "'%s' belongs to nothing" % line, "items below `add PATH`")
                self.add_item(above, number, depth, line)
                continue
            words = line.split()
            above = None
            if words[0] == "add":
                above = [self.find_owner(number, words)]
            elif words[0] in ("module", "parts", "document", "take", "values", "default"):
                getattr(self, "read_" + words[0])(number, words)
            else:
                raise self.wrong(number, "'%s' is not known here%s" % (
                    words[0], nearest(words[0], WORDS)), ", ".join(WORDS[:-1]) + " or " + WORDS[-1])
        if not self.name or not self.roots:
            raise self.wrong(0, "no module or document is named", "module NAME, then document PART")

    def read_module(self, number, words):
        if len(words) != 2 or not re.match(r"[a-z][a-z0-9_]*$", words[1]):
            raise self.wrong(number, "no name of a module", "module NAME")
        self.name = words[1]

    def read_parts(self, number, words):
        """Parts of the module's own, in a file beside its schema."""
        if len(words) != 2:
            raise self.wrong(number, "no file", "parts FILE.schema")
        self.schema.read(os.path.join(self.directory, words[1]), words[1])
        self.schema.resolve()

    def read_document(self, number, words):
        if len(words) != 2 or words[1] not in self.schema.parts:
            raise self.wrong(number, "no part '%s'%s" % (
                " ".join(words[1:]), nearest(words[-1], self.schema.parts)), "document PART")
        self.root = self.schema.parts[words[1]]
        self.roots.append(self.root)

    def need_root(self, number):
        if not self.root:
            raise self.wrong(number, "no document is named yet", "document PART first")

    def children(self, item):
        if isinstance(item, Item) and item.kind == "part":
            return self.schema.parts[item.args[0]].children
        return item.children

    def find(self, number, path):
        self.need_root(number)
        item = self.root
        for name in path.split("/"):
            known = {child.name: child for child in self.children(item)}
            if name not in known:
                raise self.wrong(number, "'%s' is not in %s%s" % (name, item.name, nearest(name, known)),
                                 "a path of the parts, from <%s>" % self.root.name)
            item = known[name]
        return item

    def read_take(self, number, words):
        for path in words[1:]:
            item = self.find(number, path)
            if item.kind == "keep":
                raise self.wrong(number, "'%s' has no kind yet" % path,
                                 "a kind for it in %s:%d" % (item.file, item.line))
            self.takes[self.root.name + "/" + path] = number

    def read_values(self, number, words):
        if len(words) < 3:
            raise self.wrong(number, "no values", "values PATH WORD...")
        item = self.find(number, words[1])
        if item.kind != "enum":
            raise self.wrong(number, "'%s' is no enum" % words[1], "values of an enum")
        known = self.schema.words(item)
        for word in words[2:]:
            if word not in known:
                raise self.wrong(number, "'%s' is no value of '%s'%s" % (
                    word, words[1], nearest(word, known)),
                                 "some of " + ", ".join(known))
        self.values[self.root.name + "/" + words[1]] = words[2:]

    def read_default(self, number, words):
        if len(words) != 3:
            raise self.wrong(number, "no default", "default PATH VALUE")
        self.find(number, words[1])
        self.defaults[self.root.name + "/" + words[1]] = words[2]

    def find_owner(self, number, words):
        self.need_root(number)
        path = words[1] if len(words) > 1 else ""
        owner = self.find(number, path) if path not in ("", ".") else self.root
        if isinstance(owner, Item) and owner.kind not in ("group", "part"):
            raise self.wrong(number, "'%s' holds nothing" % path, "add PATH of a group or part")
        if isinstance(owner, Item) and owner.kind == "part":
            return self.schema.parts[owner.args[0]]
        return owner

    def add_item(self, above, number, depth, line):
        if depth > len(above):
            raise self.wrong(number, "indented too deep", "two spaces more than the element above")
        del above[depth:]
        for item in parse_items(self.file.path, number, line):
            item.added = True
            above[-1].children.append(item)
            self.schema.check_item(item)
        above.append(item)

    def taken(self):
        """Every item that is a member of a struct, as "STRUCT/PATH"."""
        paths = []

        def walk(fields, above):
            for field in fields:
                if field.taken:
                    paths.append(above + "/" + field.name)
                    walk(field.fields, above + "/" + field.name)

        for struct in self.structs:
            walk(struct.fields, struct.name)
        return sorted(paths)

    # ---- structs

    def whole(self, path):
        """Is PATH, or what it lies in, taken as a whole?"""
        while path:
            if path in self.takes:
                return True
            path = path.rpartition("/")[0]
        return False

    def touched(self, path):
        return self.whole(path) or any(other.startswith(path + "/") for other in self.takes)

    def build(self):
        for root in self.roots:
            self.make_struct(root.name, root.path, root.text, root.children, root.name)

    def make_struct(self, name, path, text, items, take_path):
        struct = Struct(name, path, text)
        for other in self.structs:
            if other.name == name:
                return other
        self.structs.append(struct)
        struct.fields = self.make_fields(struct, items, path, take_path, [])
        return struct

    def make_fields(self, struct, items, path, take_path, names):
        fields = []
        for item in sorted(items, key=lambda item: ("attribute", "text", "element").index(item.place)):
            below = take_path + "/" + item.name
            taken = getattr(item, "added", False) or (item.kind != "keep" and self.touched(below))
            field = Field(item, below, taken)
            if field.taken:
                self.complete(struct, field, path + "/" + item.name, names + [field.member])
            elif field.value == "enum":
                self.complete_enum(struct, field, names + [field.member])
            fields.append(field)
            field.siblings = fields
        members = [field.member for field in fields if field.taken]
        for member in members:
            if members.count(member) > 1 or member in ("rest", "present"):
                raise Wrong(self.file.path, 0, "two members '%s' in struct %s" % (member, struct.name),
                            "`as NAME` on one of the items")
        return fields

    def complete(self, struct, field, path, names):
        item = field.item
        field.default = self.defaults.get(field.path, field.default)
        if field.kind == "enum":
            self.complete_enum(struct, field, names)
        elif field.kind == "part":
            part = self.schema.parts[item.args[0]]
            field.struct = self.make_struct(part.name, part.path, part.text, part.children, field.path)
        elif field.kind == "group" and field.many:
            name = "_".join([struct.name] + names[:-1] + [snake(item.name)]) if names[:-1] else \
                struct.name + "_" + snake(item.name)
            field.struct = self.make_struct(name, path, item.text, item.children, field.path)
        elif field.kind == "group":
            field.fields = self.make_fields(struct, item.children, path, field.path, names)

    def complete_enum(self, struct, field, names):
        words = self.values.get(field.path) or self.schema.words(field.item)
        shared = len(field.item.args) == 1 and field.path not in self.values
        field.enum = field.item.args[0] if shared else "_".join([struct.name] + names)
        field.words = words
        if field.default and field.default not in words:
            if field.path in self.values:
                field.default = words[0] if len(words) == 1 else None
            else:
                raise Wrong(self.file.path, 0, "default '%s' of '%s' is none of its words" % (
                    field.default, field.path))
        if self.enums.setdefault(field.enum, words) != words:
            raise Wrong(self.file.path, 0, "two enums '%s' with different words" % field.enum)
