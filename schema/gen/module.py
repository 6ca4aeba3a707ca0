# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads a module's own schema: what it takes of the parts, refuses, passes and adds."""
import glob
import os
import re

import checks
import conditions
from fail import Wrong, nearest
from reader import File, Item, parse_item, parse_rule

WORDS = ["module", "parts", "include", "document", "take", "leave", "refuse", "pass", "rule", "values", "default",
         "add"]
RULE_FORM = "rule PATH [CODE] if CONDITION -- sentence"


class Limit:
    """`refuse PATH [WORD]`, `pass PATH [WORD]`."""

    def __init__(self, path, word, refuse):
        self.path, self.word, self.refuse = path, word, refuse


class ModuleFile:
    """Paths in here begin with the name of the root part."""

    def __init__(self, schema, path, shown=None):
        self.schema = schema
        self.name = None
        self.root, self.roots = None, []        # the document that words speak of; all of them
        self.takes = {}                         # path: is it taken, or left?
        self.values, self.defaults = {}, {}
        self.limits = {}                        # root: [Limit]
        self.rules = {}                         # path in the document: [(place, rule)]
        self.files = []
        self.read(path, shown)
        if not self.name or not self.roots:
            raise Wrong(self.files[0].path, 0, "no module or document is named", "module NAME, then document PART")

    def wrong(self, number, what, expected=None):
        return Wrong(self.file.path, number, what, expected)

    @property
    def directory(self):
        return os.path.dirname(self.path)

    def read(self, path, shown=None):
        self.path, self.file = path, File(path, shown)
        self.files.append(self.file)
        above, takes = None, None
        for number, depth, line in self.file.meant():
            words = line.split()
            if depth and takes:
                self.take(number, takes, words)
                continue
            if depth:
                if above is None:
                    raise self.wrong(number, "'%s' belongs to nothing" % line, "items below `add PATH`")
                self.add_item(above, number, depth, line)
                continue
            above = takes = None
            if words[0] not in WORDS:
                raise self.wrong(number, "'%s' is not known here%s" % (words[0], nearest(words[0], WORDS)),
                                 ", ".join(WORDS[:-1]) + " or " + WORDS[-1])
            if words[0] == "add":
                above = [self.find_owner(number, words)]
            elif words[0] == "take":
                takes = words[1:]
            getattr(self, "read_" + words[0])(number, words)

    # ---- a word a function

    def read_module(self, number, words):
        if len(words) != 2 or not re.match(r"[a-z][a-z0-9_]*$", words[1]):
            raise self.wrong(number, "no name of a module", "module NAME")
        self.name = words[1]

    def read_parts(self, number, words):
        """Parts of the module's own, in a file beside its schema."""
        if len(words) != 2:
            raise self.wrong(number, "no file", "parts FILE.schema")
        known, namespaces = set(self.schema.parts), len(self.schema.namespaces)
        self.schema.read(os.path.join(self.directory, words[1]), words[1])
        for name in set(self.schema.parts) - known:
            self.schema.parts[name].own = True
        if len(self.schema.namespaces) > namespaces:
            raise self.wrong(number, "'%s' has a namespace, which the engine would not know" % words[1],
                             "names without prefix")
        checks.resolve(self.schema)

    def read_include(self, number, words):
        """More of the module's schema; a * stands for anything in a file's name."""
        found = sorted(glob.glob(os.path.join(self.directory, words[1]))) if len(words) == 2 else []
        if not found:
            raise self.wrong(number, "no file '%s'" % " ".join(words[1:]), "include FILE.schema, beside this file")
        above = self.path, self.file
        for path in found:
            self.read(path, os.path.relpath(path, os.path.dirname(above[0])))
            self.path, self.file = above

    def read_document(self, number, words):
        if len(words) != 2 or words[1] not in self.schema.parts:
            raise self.wrong(number, "no part '%s'%s" % (
                " ".join(words[1:]), nearest(words[-1], self.schema.parts)), "document PART")
        self.root = self.schema.parts[words[1]]
        if self.root not in self.roots:
            self.roots.append(self.root)
            self.limits[self.root.name] = []

    def read_take(self, number, words):
        for path in words[1:]:
            self.find(number, path)
            self.takes[self.root.name + "/" + path] = True

    def take(self, number, paths, names):
        """Names below `take PATH...`: only these are taken of each."""
        for path in paths:
            self.takes.pop(self.root.name + "/" + path, None)
            self.read_take(number, ["take"] + [path + "/" + name for name in names])

    def read_leave(self, number, words):
        if len(words) < 2:
            raise self.wrong(number, "nothing is left", "leave PATH...")
        for path in words[1:]:
            self.find(number, path)
            self.takes[self.root.name + "/" + path] = False

    def read_limit(self, number, words):
        if len(words) < 2:
            raise self.wrong(number, "no path", "%s PATH [WORD...]" % words[0])
        items = self.find_all(number, words[1])
        known = {word for item in items if item.kind == "enum" for word in self.schema.words(item)}
        for word in words[2:]:
            if known and word not in known:
                raise self.wrong(number, "'%s' is no value of '%s'%s" % (word, words[1], nearest(word, known)))
        self.limits[self.root.name] += [Limit(words[1], word, words[0] == "refuse") for word in words[2:] or [None]]

    read_refuse = read_pass = read_limit

    def read_rule(self, number, words):
        """A rule of an element that the module takes."""
        if len(words) < 4:
            raise self.wrong(number, "'%s' is no rule" % " ".join(words), RULE_FORM)
        rule = parse_rule(self.file.path, number, " ".join(words[:1] + words[2:]), RULE_FORM)
        self.find_owner(number, words)
        place = conditions.Place(self.schema, [(self.root, False)])
        for name in words[1].split("/") if words[1] != "." else ():
            place = place.enter(place.owner.child(name))
        place.check(rule.condition, rule.wrong)
        path = "/".join([self.root.path] + [name for name in words[1].split("/") if name != "."])
        self.rules.setdefault(path, []).append((place, rule))

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
        self.find(number, words[1]).said = words[2]
        self.defaults[self.root.name + "/" + words[1]] = words[2]

    def read_add(self, number, words):
        pass

    # ---- paths

    def children(self, item):
        if isinstance(item, Item) and item.kind == "part":
            return self.schema.parts[item.args[0]].children
        return item.children

    def find_all(self, number, path):
        """The items at PATH, in which * stands for any one name."""
        if not self.root:
            raise self.wrong(number, "no document is named yet", "document PART first")
        items = [self.root]
        for name in path.split("/"):
            known = {}
            for item in items:
                for child in self.children(item):
                    known.setdefault(child.name, []).append(child)
            if name != "*" and name not in known:
                raise self.wrong(number, "'%s' is not in %s%s" % (name, items[0].name, nearest(name, known)),
                                 "a path of the parts, from <%s>" % self.root.name)
            items = sum(known.values(), []) if name == "*" else known[name]
        return items

    def find(self, number, path):
        return self.find_all(number, path)[0]

    def find_owner(self, number, words):
        path = words[1] if len(words) > 1 else ""
        owner = self.find(number, path) if path not in ("", ".") else self.root
        if owner is None:
            raise self.wrong(number, "no document is named yet", "document PART first")
        if isinstance(owner, Item) and owner.kind not in ("group", "part"):
            raise self.wrong(number, "'%s' holds nothing" % path, "add PATH of a group or part")
        if isinstance(owner, Item) and owner.kind == "part":
            return self.schema.parts[owner.args[0]]
        return owner

    def add_item(self, above, number, depth, line):
        if depth > len(above):
            raise self.wrong(number, "indented too deep", "two spaces more than the element above")
        del above[depth:]
        item = parse_item(self.file.path, number, line)
        item.added = True
        above[-1].children.append(item)
        checks.check_item(self.schema, item)
        above.append(item)

    # ---- what is taken

    def whole(self, path):
        """Is PATH, or what it lies in, taken as a whole?"""
        while path:
            if path in self.takes:
                return self.takes[path]
            path = path.rpartition("/")[0]
        return False

    def touched(self, path):
        return self.whole(path) or any(taken and other.startswith(path + "/")
                                       for other, taken in self.takes.items())
