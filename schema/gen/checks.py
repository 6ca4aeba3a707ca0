# SPDX-License-Identifier: LGPL-2.1-or-later
"""Puts mixins in place, and checks what the parts say: whether all that is named is
there, and whether kinds, ranges, words, defaults and options go together."""
import copy
import re

import conditions
import kinds
from fail import nearest

ORDER = ("attribute", "text", "element")
# option: the kinds that it may go with
FITTING = {
    "based": ("uint", "hex"), "unicast": ("mac",), "line": ("string",), "strict": ("string",),
    "empty": ("string", "cpuset", "group", "part"), "unsaid": kinds.VALUES, "foreign": ("verbatim",),
    "apart": ("group",), "capitals": ("string", "hex"), "always": ("group", "part"), "open": ("group", "part"),
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
        for item in part.children:
            if "of" in item.options:
                lie_in(schema, item, item.options["of"])
    for part in schema.parts.values():
        check_path(schema, part)
    for part in schema.parts.values():
        check_items(schema, part, conditions.place_of(schema, part.path))


# ---- mixins ---------------------------------------------------------------------------


def include(schema, owner):
    """Replaces each `include` below OWNER by the items of the mixin."""
    children = []
    for item in owner.children:
        children += included(schema, owner, item) if item.kind == "include" else [item]
    for number, item in enumerate(children):
        if any(item.name == other.name for other in children[:number]):
            raise item.wrong("'%s' is there twice in '%s'" % (item.name, owner.name))
    owner.children = sorted(children, key=lambda item: ORDER.index(item.place))
    for item in children:
        include(schema, item)


def included(schema, owner, item):
    """The items that an `include` of OWNER stands for; the rules about them come along."""
    name, mode, names = item.args[0], item.args[1:2], item.args[2:]
    mixin = schema.mixins.get(name)
    if not mixin:
        raise item.wrong("no mixin '%s'%s" % (name, nearest(name, schema.mixins)))
    include(schema, mixin)
    known = {child.name for child in mixin.children}
    for child in names:
        if child not in known:
            raise item.wrong("'%s' is not in mixin '%s'%s" % (child, name, nearest(child, known)))
    chosen = [child for child in mixin.children if not mode or (child.name in names) == (mode == ["only"])]
    left = known - {child.name for child in chosen + owner.children}
    owner.rules += [rule for rule in mixin.rules
                    if not any(test.steps[0] in left for test in conditions.parse(rule.condition, rule.wrong))]
    return [dropped_if(child, item.options["drops"]) for child in chosen] if item.options else chosen


def dropped_if(item, conditions_more):
    """The same item, which means nothing where one of these conditions holds, too."""
    item = copy.copy(item)
    item.options = dict(item.options, drops=item.options.get("drops", []) + conditions_more)
    return item


def lie_in(schema, item, name):
    """ITEM, which is said anew, is the member of the mixin's struct that it would be if it was included."""
    mixin = schema.mixins.get(name)
    if not mixin or not mixin.shared:
        raise item.wrong("no shared mixin '%s'%s" % (name, nearest(
            name, [name for name, mixin in schema.mixins.items() if mixin.shared])))
    other = mixin.child(item.name)
    if not other or (other.kind, other.args) != (item.kind, item.args):
        raise item.wrong("mixin '%s' has no such '%s'" % (name, item.name),
                         other and "%s: %s" % (other.name, " ".join([other.kind] + other.args)))
    item.mixin = name


# ---- items ------------------------------------------------------------------------------


def check_items(schema, part, place):
    owner = place.owner
    for rule in owner.rules:
        place.check(rule.condition, rule.wrong)
    for item in owner.children:
        check_item(schema, item)
        for condition in conditions_of(item):
            place.check(condition, item.wrong)
        if item.kind in kinds.SCALED and item.place == "attribute" and owner.child("@unit"):
            raise item.wrong("'%s' has its unit beside it already" % item.name, "no item '@unit'")
        if "hexif" in item.options:
            check_hexif(schema, part, owner, item)
        if item.kind == "group":
            check_items(schema, part, place.enter(item))


def conditions_of(item):
    """All that the item depends on."""
    options = item.options
    return [options[name] for name in ("when", "needed") if name in options] + options.get("drops", []) + \
        [condition for _, condition in options.get("presets", ())]


def check_item(schema, item):
    prefix, colon, _ = item.name.lstrip("@").partition(":")
    if colon and prefix not in schema.namespaces:
        raise item.wrong("no namespace '%s'%s" % (prefix, nearest(prefix, schema.namespaces)),
                         "one of %s, or a name without prefix" % ", ".join(sorted(schema.namespaces)))
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
    if "wrong" in item.options and not re.match(r"[A-Z_]+$", item.options["wrong"]):
        raise item.wrong("'%s' is no error" % item.options["wrong"], "wrong CODE")
    if "strict" in item.options and not item.args:
        raise item.wrong("a string without a form cannot be strict", "NAME: string FORM; strict")
    if "needed" in item.options and item.place == "text":
        raise item.wrong("'%s' cannot be needed by a value" % item.name, "@NAME: KIND; needed CONDITION")
    if "unique" in item.options and item.place != "attribute":
        raise item.wrong("'%s' cannot be unique" % item.name, "@NAME: KIND; unique ANCESTOR [CODE]")
    if "many" in item.options and (item.place != "element" or item.kind not in kinds.VALUES + kinds.HOLDERS):
        raise item.wrong("%s of kind %s cannot be there many times" % (item.place, item.kind),
                         "an element of kind group, part or of a single value")
    if "apart" in item.options:
        check_apart(item)
    if "as" in item.options and not re.match(r"[a-z]\w*$", item.options["as"]):
        raise item.wrong("'%s' is no name in C" % item.options["as"], "as NAME")
    if "since" in item.options and not re.match(r"\d+\.\d+\.\d+$", item.options["since"]):
        raise item.wrong("'%s' is no version" % item.options["since"], "since MAJOR.MINOR.MICRO")
    check_range(item)
    check_default(schema, item)
    for word in item.options.get("unsaid", "").split():
        check_word(schema, item, word, "unsaid word")


def check_apart(item):
    """What asks for a group that is absent looks for its items in the struct."""
    asks = any("needed" in child.options for child in item.children)
    if asks or "always" in item.options or "many" in item.options:
        raise item.wrong("'%s' cannot be apart: it is there many times or always, or needed" % item.name,
                         "NAME: group")


def check_words(schema, item):
    if len(item.args) == 1 and item.args[0] not in schema.enums:
        raise item.wrong("no enum '%s'%s" % (item.args[0], nearest(item.args[0], schema.enums)),
                         "two words or more, or the name of an enum: a line `enum NAME: WORD... -- sentence`"
                         " names one, and may have a single word")
    words = schema.words(item)
    if len(words) > 255:                # a member has one byte
        raise item.wrong("an enum of %d words" % len(words), "255 at most")
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
    defaults = [value for value, _ in item.options.get("presets", ())]
    if item.kind not in FITTING["default"] and defaults:
        raise item.wrong("a %s cannot be default" % item.kind, "NAME: string; default VALUE if CONDITION")
    if "default" in item.options and not (item.place == "element" and item.kind in kinds.HOLDERS):
        defaults.append(item.options["default"])
    for default in defaults:
        check_default_value(schema, item, default)


def check_default_value(schema, item, default):
    if item.kind == "enum" or item.kind in kinds.BOOLS:
        check_word(schema, item, default, "default")
    if item.kind in kinds.NUMBERS:
        try:
            number = kinds.number(default)
        except ValueError:
            raise item.wrong("default '%s' is no number" % default) from None
        low, high = kinds.limits(item)
        if not low <= number <= high:
            raise item.wrong("default %s is out of range" % default, "%d to %d" % (low, high))


def check_word(schema, item, word, what):
    if item.kind in kinds.NUMBERS:
        return check_number(item, word, what)
    known = schema.words(item)
    if known and word not in known:
        raise item.wrong("%s '%s' is none of the words%s" % (what, word, nearest(word, known)))


def check_number(item, word, what):
    try:
        kinds.number(word)
    except ValueError:
        raise item.wrong("%s '%s' is no number" % (what, word)) from None


def check_hexif(schema, part, owner, item):
    option = item.options["hexif"]
    if item.kind != "uint" or not re.match(r"[\w-]+ [1-8]$", option):
        raise item.wrong("'%s' cannot be written so" % item.name, "NAME: uint; hexif TYPE DIGITS")
    word = option.split()[0]
    kinds_of = [place.child("@type") for place in (owner, part) if place.child("@type")]
    if not any(word in schema.words(kind) for kind in kinds_of):
        raise item.wrong("no @type '%s' is beside '%s'" % (word, item.name))


# ---- paths -----------------------------------------------------------------------------------


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
