# SPDX-License-Identifier: LGPL-2.1-or-later
"""What printed C has in common: names, comments, lines."""
import re

import kinds


def constant(*names):
    return re.sub(r"\W", "_", "_".join(names)).upper()


def text(words):
    """A C string."""
    return '"%s"' % words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")


def word_list(words):
    """Words in one string, each with a NUL behind it; the string's own is the last."""
    return " ".join('"%s\\0"' % word for word in words)


def counted_list(words):
    """The same, each also with its length before it."""
    return " ".join('"\\%03o%s\\0"' % (len(word.encode()), word) for word in words)


def needs_has(field):
    """Is absence told by a bool beside the member?"""
    return field.kind in kinds.NUMBERS + ("uuid", "mac") and not field.many and not field.default and \
        (not field.has("required") or field.has("when") or field.has("drops"))


class Printer:
    def __init__(self, module):
        self.module, self.prefix, self.lines = module, module.name, []

    def line(self, words="", *args):
        self.lines.append(words % args if args else words)

    def text(self):
        return "\n".join(self.lines) + "\n"

    def head(self):
        self.line("/* SPDX-License-Identifier: LGPL-2.1-or-later */")
        self.line("/* Printed by schema/gen from %s.schema and schema/parts: change those. */", self.prefix)

    def constant(self, enum, word):
        return constant(self.prefix, enum, word)

    def struct_name(self, struct):
        return "struct %s_%s" % (self.prefix, struct.tag)

    def lists(self):
        """(root, mixin, [(names, field)]) of what has a mixin in each document."""
        for root in self.module.roots:
            for mixin in self.module.mixins:
                found = self.module.holders(root, mixin)
                if found:
                    yield root, mixin, found

    def wrapped(self, indent, words):
        """A comment of at most 100 columns."""
        line, lines = "", []
        for word in words.split():
            if line and len(indent) + 3 + len(line) + 1 + len(word) > 100:
                lines.append(line)
                line = word
            else:
                line = line + " " + word if line else word
        lines.append(line)
        self.line(indent + "/* " + ("\n" + indent + " * ").join(lines) + " */")
