# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is wrong with a schema file, said like a compiler does."""
import difflib


class Wrong(Exception):
    """FILE:LINE: what is wrong; then what was expected."""

    def __init__(self, file, line, what, expected=None):
        text = "%s:%d: %s" % (file, line, what) if line else "%s: %s" % (file, what)
        if expected:
            text += "\n    expected: " + expected
        super().__init__(text)


def nearest(word, known):
    """Behind a message: the name that was probably meant."""
    found = difflib.get_close_matches(word, sorted(known), 1)
    return " (did you mean '%s'?)" % found[0] if found else ""
