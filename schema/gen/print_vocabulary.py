# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the tables of a vocabulary for the engine."""
import re

from fail import Wrong
from reader import File


class Node:
    def __init__(self, path):
        self.path, self.children, self.attributes, self.any, self.same = path, {}, [], False, None
        self.number = None


def read(path):
    """The tree of names; '= PATH' is resolved to the same node."""
    file = File(path)
    root = Node("")
    stack, nodes = [root], {}
    for number, depth, line in joined(file):
        if depth >= len(stack):
            raise Wrong(file.path, number, "indented too deep", "two spaces more than the element above")
        del stack[depth + 1:]
        words = line.split()
        parent = stack[depth]
        if words[0] in parent.children:
            raise Wrong(file.path, number, "'%s' is there twice" % words[0])
        node = Node((parent.path + "/" if parent.path else "") + words[0])
        parent.children[words[0]] = nodes[node.path] = node
        if len(words) == 3 and words[1] == "=":
            if words[2] not in nodes:
                raise Wrong(file.path, number, "no element '%s' above" % words[2], "NAME = PATH")
            node.same = nodes[words[2]]
        else:
            for word in words[1:]:
                if word == "*":
                    node.any = True
                elif re.match(r"@[\w:.-]+$", word):
                    node.attributes.append(word[1:])
                else:
                    raise Wrong(file.path, number, "'%s' is no attribute" % word, "@NAME, * or = PATH")
        stack.append(node)
    return root


def joined(file):
    """Lines with what their backslash continues."""
    pending = None
    for number, depth, line in file.meant():
        if pending:
            number, depth, line = pending[0], pending[1], pending[2] + " " + line
            pending = None
        if line.endswith("\\"):
            pending = (number, depth, line[:-1].rstrip())
            continue
        yield number, depth, line


def real(node):
    while node.same:
        node = node.same
    return node


class Tables:
    """Names in one text, contents shared where they are equal."""

    def __init__(self, root):
        self.names, self.offsets, self.length = [], {}, 0
        self.attributes, self.children, self.contents = [], [], []
        self.lists = {}
        order, seen = [], set()
        queue = [root]
        while queue:
            node = queue.pop(0)
            if id(node) in seen:
                continue
            seen.add(id(node))
            order.append(node)
            queue.extend(real(child) for child in node.children.values())
        self.number(order)
        for node in self.kept:
            self.add(node)

    def number(self, order):
        """Nodes that hold the same get the same number; repeated until it settles."""
        numbers = {id(node): 0 for node in order}
        while True:
            keys, fresh = {}, {}
            for node in order:
                key = (node.any, tuple(sorted(node.attributes)), tuple(
                    sorted((name, numbers[id(real(child))]) for name, child in node.children.items())))
                fresh[id(node)] = keys.setdefault(key, len(keys))
            if fresh == numbers:
                break
            numbers = fresh
        self.numbers, self.kept, last = numbers, [], -1
        for node in order:
            if numbers[id(node)] > last:
                last = numbers[id(node)]
                self.kept.append(node)

    def name(self, text):
        if text not in self.offsets:
            self.offsets[text] = self.length
            self.names.append(text)
            self.length += len(text) + 1
        return self.offsets[text]

    def place(self, store, items):
        """Puts ITEMS into STORE, or finds where they are already."""
        key = (id(store), tuple(items))
        if key not in self.lists:
            self.lists[key] = len(store)
            store.extend(items)
        return self.lists[key], len(items)

    def add(self, node):
        attributes = [self.name(name) for name in sorted(node.attributes)]
        children = [(self.name(name), self.numbers[id(real(child))])
                    for name, child in sorted(node.children.items())]
        self.contents.append(self.place(self.children, children) + self.place(self.attributes, attributes) +
                             ("true" if node.any else "false",))


def rows(items, form, width=6):
    lines = []
    for start in range(0, len(items), width):
        lines.append("    " + " ".join(form % item for item in items[start:start + width]))
    return "\n".join(lines)


def text(path):
    tables = Tables(read(path))
    return """/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed by schema/gen from schema/vocabulary: change that. */
#include "xml/vocabulary.h"

const char xml_names[] =
%s;

const uint16_t xml_attributes[] = {
%s
};

const struct xml_child xml_children[] = {
%s
};

const struct xml_content xml_contents[] = {
%s
};
""" % (rows(tables.names, '"%s\\0"', 5), rows(tables.attributes, "%d,", 14),
       rows(tables.children, "{ %d, %d },"), rows(tables.contents, "{ %d, %d, %d, %d, %s },", 3))
