# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts mixins in place, and checks what the parts say: whether all that is named is
there, and whether kinds, ranges, words, defaults and options go together."""
import re

import kinds
from fail import nearest

ORDER = ("attribute", "text", "element")
# option: the kinds that it may go with
FITTING = {
    "based": ("uint", "hex"), "unicast": ("mac",), "line": ("string",), "strict": ("string",),
    "empty": ("string", "cpuset", "group", "part"), "unsaid": kinds.VALUES, "foreign": ("verbatim",),
    "always": ("group", "part"), "open": ("group", "part"),
    "default": tuple(kind for kind in kinds.VALUES if kind not in ("uuid", "mac", "cpuset")),
}


def resolve(schema):
    """Checks everything that is not checked yet."""
    for mixin in schema.mixins.values():
        include(schema, mixin)
        for item in mixin.children if mixin.shared else ():
            item.mixin = mixin.name
    for part in schema.parts.values():
        include(schema, part)
    for part in schema.parts.values():
        check_items(schema, part, part)
    for part in schema.parts.values():
        check_path(schema, part)


# ---- mixins ---------------------------------------------------------------------------


def include(schema, owner):
    """Replaces each `include` below OWNER by the items of the mixin."""
    children = []
    for item in owner.children:
        children += included(schema, item) if item.kind == "include" else [item]
    for number, item in enumerate(children):
        if any(item.name == other.name for other in children[:number]):
            raise item.wrong("'%s' is there twice in '%s'" % (item.name, owner.name))
    owner.children = sorted(children, key=lambda item: ORDER.index(item.place))
    for item in children:
        include(schema, item)


def included(schema, item):
    name, mode, names = item.args[0], item.args[1:2], item.args[2:]
    mixin = schema.mixins.get(name)
    if not mixin:
        raise item.wrong("no mixin '%s'%s" % (name, nearest(name, schema.mixins)))
    include(schema, mixin)
    known = {child.name for child in mixin.children}
    for child in names:
        if child not in known:
            raise item.wrong("'%s' is not in mixin '%s'%s" % (child, name, nearest(child, known)))
    return [child for child in mixin.children if not mode or (child.name in names) == (mode == ["only"])]


# ---- items ------------------------------------------------------------------------------


def check_items(schema, part, owner):
    for item in owner.children:
        check_item(schema, item)
        for option in ("needed", "when"):
            if option in item.options:
                condition(schema, part, owner, item, option)
        if item.kind in kinds.SCALED and item.place == "attribute" and owner.child("@unit"):
            raise item.wrong("'%s' has its unit beside it already" % item.name, "no item '@unit'")
        if "hexif" in item.options:
            check_hexif(schema, part, owner, item)
        check_items(schema, part, item)


def check_item(schema, item):
    for kind, known in (("part", schema.parts), ("string", schema.forms)):
        if item.kind == kind and item.args and item.args[0] not in known:
            word = "form" if kind == "string" else kind
            raise item.wrong("no %s '%s'%s" % (word, item.args[0], nearest(item.args[0], known)))
    if item.kind == "enum":
        check_words(schema, item)
    if item.place != "element" and item.kind in ("group", "part", "flag", "verbatim"):
        raise item.wrong("%s '%s' cannot be a %s" % (item.place, item.name, item.kind))
    for option, fitting in FITTING.items():
        if option in item.options and item.kind not in fitting:
            raise item.wrong("a %s cannot be %s" % (item.kind, option), "NAME: %s; %s" % (fitting[0], option))
    if "strict" in item.options and not item.args:
        raise item.wrong("a string without a form cannot be strict", "NAME: string FORM; strict")
    if "needed" in item.options and item.place == "text":
        raise item.wrong("'%s' cannot be needed by a value" % item.name,
                         "@NAME: KIND; needed [@ATTRIBUTE] WORD...")
    if "unique" in item.options and item.place != "attribute":
        raise item.wrong("'%s' cannot be unique" % item.name, "@NAME: KIND; unique ANCESTOR [CODE]")
    if "many" in item.options and (item.place != "element" or item.kind not in kinds.VALUES + kinds.HOLDERS):
        raise item.wrong("%s of kind %s cannot be there many times" % (item.place, item.kind),
                         "an element of kind group, part or of a single value")
    if "as" in item.options and not re.match(r"[a-z]\w*$", item.options["as"]):
        raise item.wrong("'%s' is no name in C" % item.options["as"], "as NAME")
    if "since" in item.options and not re.match(r"\d+\.\d+\.\d+$", item.options["since"]):
        raise item.wrong("'%s' is no version" % item.options["since"], "since MAJOR.MINOR.MICRO")
    check_range(item)
    check_default(schema, item)
    for word in item.options.get("unsaid", "").split():
        check_word(schema, item, word, "unsaid word")


def check_words(schema, item):
    if len(item.args) == 1 and item.args[0] not in schema.enums:
        raise item.wrong("no enum '%s'%s" % (item.args[0], nearest(item.args[0], schema.enums)),
                         "the words, or the name of an enum")
    words = schema.words(item)
    for word in words:
        if words.count(word) > 1:
            raise item.wrong("word '%s' is there twice" % word)


def check_range(item):
    if item.kind not in kinds.NUMBERS:
        return
    try:
        low, high = kinds.limits(item)
    except ValueError:
        raise item.wrong("'%s' is no range" % item.args[-1], "numbers, like 1..65535") from None
    least, most = kinds.widest(item.kind)
    if not least <= low <= high <= most:
        raise item.wrong("'%s' is no range of a %s" % (item.args[-1], item.kind),
                         "numbers from %d to %d" % (least, most))


def check_default(schema, item):
    default = item.options.get("default")
    if default is None or item.place == "element" and item.kind in kinds.HOLDERS:
        return
    if item.kind == "enum" or item.kind in kinds.BOOLS:
        check_word(schema, item, default, "default")
    if item.kind in kinds.NUMBERS:
        try:
            number = kinds.default_number(item)
        except ValueError:
            raise item.wrong("default '%s' is no number" % default) from None
        low, high = kinds.limits(item)
        if not low <= number <= high:
            raise item.wrong("default %s is out of range" % default, "%d to %d" % (low, high))


def check_word(schema, item, word, what):
    if item.kind in kinds.NUMBERS:
        return check_number(item, word, what)
    known = words_of(schema, item)
    if known and word not in known:
        raise item.wrong("%s '%s' is none of the words%s" % (what, word, nearest(word, known)))


def check_number(item, word, what):
    try:
        kinds.number(word)
    except ValueError:
        raise item.wrong("%s '%s' is no number" % (what, word)) from None


def nearest_enum(schema, owners, name, words, item=None):
    """The first attribute NAME of the OWNERS that knows the WORDS, with its owner."""
    found = [(place.child(name), place) for place in owners]
    found = [(attribute, place) for attribute, place in found if attribute and attribute is not item]
    for attribute, place in found:
        if all(word in words_of(schema, attribute) for word in words):
            return attribute, place
    return found[0] if found else (None, None)


def words_of(schema, attribute):
    """The words of an enum, yesno or onoff; none of anything else."""
    if attribute.kind == "enum":
        return schema.words(attribute)
    return kinds.BOOLS.get(attribute.kind, ())


def check_hexif(schema, part, owner, item):
    option = item.options["hexif"]
    if item.kind != "uint" or not re.match(r"[\w-]+ [1-8]$", option):
        raise item.wrong("'%s' cannot be written so" % item.name, "NAME: uint; hexif TYPE DIGITS")
    word = option.split()[0]
    kind, _ = nearest_enum(schema, (owner, part), "@type", [word])
    if not kind or word not in words_of(schema, kind):
        raise item.wrong("no @type '%s' is beside '%s'" % (word, item.name))


# ---- conditions and paths ------------------------------------------------------------------


class Condition:
    """`when` and `needed`: one of WORDS stands in ATTRIBUTE of the same element, or,
    if it has none of that name, of the part's element (ABOVE)."""

    def __init__(self, attribute, above, words):
        self.attribute, self.above, self.words = attribute, above, words


class Owner:
    """The fields that a module makes of the items of an element, looked up like items."""

    def __init__(self, fields):
        self.fields = fields

    def field(self, name):
        return next((field for field in self.fields if field.name == name), None)

    def child(self, name):
        field = self.field(name)
        return field.item if field else None


def condition(schema, part, owner, item, option):
    words = item.options[option].split()
    name = words.pop(0) if words[0].startswith("@") else "@type"
    attribute, place = nearest_enum(schema, (owner, part), name, words, item)
    if not attribute:
        raise item.wrong("no %s is there that '%s' could depend on" % (name, item.name),
                         "an attribute of the same element or of the part's")
    known = words_of(schema, attribute)
    if not known:
        raise item.wrong("%s is no enum: '%s' cannot depend on it" % (name, item.name))
    if not words:
        raise item.wrong("'%s' says no words of %s" % (option, name), "%s [@NAME] WORD..." % option)
    for word in words:
        if word not in known:
            raise item.wrong("'%s' is no value of %s%s" % (word, name, nearest(word, known)))
    return Condition(attribute, place is not owner, words)


def check_path(schema, part):
    """The path of a part leads to an item of that part."""
    names = part.path.split("/")
    if part.document:
        return
    owner = next((root for root in schema.parts.values() if root.path == names[0]), None)
    for name in names[1:]:
        child = owner.child(name) if owner else None
        if child is None:
            raise part.wrong("the path '%s' of part '%s' leads nowhere%s" % (
                part.path, part.name, nearest(name, [item.name for item in owner.children]) if owner else ""),
                             "elements from a document to this one")
        owner = schema.parts[child.args[0]] if child.kind == "part" else child
    if owner is not part:
        raise part.wrong("'%s' is not the part '%s'" % (part.path, part.name), "an item of kind part there")
