# SPDX-License-Identifier: LGPL-2.1-or-later
"""Breaks an .api file into entries and their lines, and says where a mistake
was made."""

import os
import re


class Problem(Exception):
    """A mistake in an .api file, with what was expected."""

    def __init__(self, entry, line, what, expected=None):
        text = '%s:%d: %s' % (getattr(entry, 'file', entry), line, what)
        Exception.__init__(self, text + ('; expected %s' % expected if expected else ''))


def lines_of(path):
    """(number, indent, text) of every line that says something."""
    with open(path, encoding='utf-8') as handle:
        for number, line in enumerate(handle, 1):
            line = re.sub(r'(^|\s\s)#.*', '', line.rstrip('\n')).rstrip()
            if '\t' in line:
                raise Problem(os.path.basename(path), number, 'a tab', 'spaces only')
            if line:
                yield number, len(line) - len(line.lstrip(' ')), line.strip()


def entries_of(path):
    """(line, words of the first line, [(line, key, value)]) of every entry."""
    entry = None
    depth = 0
    for number, indent, text in lines_of(path):
        if indent == 0:
            if entry:
                yield entry
            entry = (number, text, [])
            depth = 0
        elif entry is None:
            raise Problem(os.path.basename(path), number, 'an indented line before the first entry',
                          'an entry such as `call virDomainCreate` in column 0')
        elif entry[2] and depth and indent > depth:
            line, key, value = entry[2][-1]
            entry[2][-1] = (line, key, value + ' ' + text)
        else:
            depth = indent
            key, _, value = text.partition(' ')
            entry[2].append((number, key, value.strip()))
    if entry:
        yield entry
