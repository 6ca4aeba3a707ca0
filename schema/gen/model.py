# SPDX-License-Identifier: LGPL-2.1-or-later
"""What one module makes of the parts: which items become members of its structs,
under which C names."""
import re

from checks import ORDER
from fail import Wrong
from module import ModuleFile

C_WORDS = set("auto break case char const default do double else enum extern float for goto if int long "
              "register return short signed sizeof static struct switch typedef union unsigned void "
              "volatile while bool linux unix".split())


def snake(name):
    name = name.lstrip("@").replace("text()", "text")
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    name = re.sub(r"\W", "_", name).lower()
    return name + "_" if name in C_WORDS else name


class Field:
    """An item as a module takes it."""

    def __init__(self, item, path, taken):
        self.item, self.path, self.taken = item, path, taken
        self.name, self.kind, self.options = item.name, item.kind if taken else None, item.options
        self.member = item.options.get("as") or snake(item.name) + ("s" if "many" in item.options else "")
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

    @property
    def nested(self):
        """A group whose members lie in the struct of the element above."""
        return self.kind == "group" and not self.many and "apart" not in self.options


class Struct:
    """A C struct with a table of its own: a part, or a group that is there many times or apart."""

    def __init__(self, name, path, text):
        self.name, self.path, self.text, self.fields = name, path, text, []
        self.tag = name + "_def"

    @staticmethod
    def way(field):
        """The names that lead to FIELD from the element that has it."""
        return [field.item.mixin, field.member] if field.item.mixin else [field.member]


class Mixin:
    """A C struct that lies in the struct of every element that includes it: all that
    the module takes of the mixin anywhere."""

    def __init__(self, mixin):
        self.name, self.path, self.text, self.fields = mixin.name, None, mixin.text, []
        self.tag = mixin.name

    @staticmethod
    def way(field):
        return [field.member]


class Module:
    def __init__(self, schema, path, shown=None):
        self.schema, self.file = schema, ModuleFile(schema, path, shown)
        self.name, self.roots = self.file.name, self.file.roots
        self.structs, self.enums, self.mixins = [], {}, {}
        for root in self.roots:
            self.make_struct(root.name, root.path, root.text, root.children, root.name)

    @property
    def shown(self):
        return self.file.files[0].path

    def wrong(self, what, expected=None):
        return Wrong(self.shown, 0, what, expected)

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

    def struct(self, name):
        return next((struct for struct in self.structs if struct.name == name), None)

    def make_struct(self, name, path, text, items, take_path):
        struct = self.struct(name)
        if struct:
            return struct
        struct = Struct(name, path, text)
        self.structs.append(struct)
        struct.fields = self.make_fields(struct.name, items, path, take_path, [])
        return struct

    def make_fields(self, base, items, path, take_path, names):
        """BASE and NAMES: what C names begin with."""
        fields = []
        for item in sorted(items, key=lambda item: ORDER.index(item.place)):
            below = take_path + "/" + item.name
            taken = getattr(item, "added", False) or self.file.touched(below)
            field = Field(item, below, taken)
            field.siblings = fields
            owner, above = (item.mixin, []) if item.mixin else (base, names)
            if field.taken:
                self.complete(owner, field, path + "/" + item.name, above + [field.member])
            elif field.item.kind == "enum":
                self.complete_enum(owner, field, above + [field.member])
            if field.taken and item.mixin:
                self.mix(item.mixin, field)
            fields.append(field)
        self.check_members(base, [field for field in fields if field.taken])
        return fields

    def check_members(self, base, fields):
        members = [field.member for field in fields if not field.item.mixin]
        members += sorted({field.item.mixin for field in fields if field.item.mixin})
        for member in members:
            if members.count(member) > 1 or member in ("rest", "present"):
                raise self.wrong("two members '%s' in struct %s" % (member, base), "`as NAME` on one of the items")

    def mix(self, name, field):
        """FIELD becomes a member of the mixin's struct, if it is none yet."""
        mixin = self.mixins.setdefault(name, Mixin(self.schema.mixins[name]))
        merge(mixin.fields, [field])

    def complete(self, base, field, path, names):
        item = field.item
        field.default = self.file.defaults.get(field.path, field.default)
        if field.kind == "enum":
            self.complete_enum(base, field, names)
        elif field.kind == "part":
            part = self.schema.parts[item.args[0]]
            field.struct = self.make_struct(part.name, part.path, part.text, part.children, field.path)
        elif field.kind == "group" and not field.nested:
            name = "_".join([base] + names[:-1] + [snake(item.name)])
            field.struct = self.make_struct(name, path, item.text, item.children, field.path)
        elif field.kind == "group":
            field.fields = self.make_fields(base, item.children, path, field.path, names)

    def complete_enum(self, base, field, names):
        values = self.file.values.get(field.path)
        words = values or self.schema.words(field.item)
        shared = len(field.item.args) == 1 and not values and field.item.args[0] in self.schema.enums
        field.enum = field.item.args[0] if shared else "_".join([base] + names)
        field.words = words
        if field.default and field.default not in words:
            if not values:
                raise self.wrong("default '%s' of '%s' is none of its words" % (field.default, field.path))
            field.default = words[0] if len(words) == 1 else None
        if self.enums.setdefault(field.enum, words) != words:
            raise self.wrong("two enums '%s' with different words" % field.enum)

    # ---- what has a mixin

    def holders(self, root, mixin):
        """[(names, field)] of the lists and parts of ROOT whose elements include MIXIN;
        the names lead from the root's struct to the member."""
        found = []

        def walk(fields, names):
            for field in fields:
                if field.taken and field.struct:
                    if any(other.taken and other.item.mixin == mixin for other in field.struct.fields):
                        found.append((names + Struct.way(field), field))
                elif field.taken:
                    walk(field.fields, names + Struct.way(field))

        walk(self.struct(root.name).fields, [])
        return found


def merge(known, fields):
    """Adds to KNOWN those of FIELDS, and of their groups, that it lacks."""
    for field in fields:
        other = next((other for other in known if other.name == field.name), None)
        if other is None and field.taken:
            copy = Field(field.item, field.path, True)
            copy.__dict__.update(field.__dict__, fields=[])
            known.append(copy)
            other = copy
        if other is not None:
            merge(other.fields, field.fields)
