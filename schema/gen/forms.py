# SPDX-License-Identifier: LGPL-2.1-or-later
"""Regular expressions of forms, as different readers want them.  In a schema a backslash
escapes in brackets too, as in XML Schema and ECMAScript; in POSIX it does not."""
import re

ESCAPES = {"n": "\n", "t": "\t"}


def says(form):
    """The sentence of a form or rule, within another one."""
    return (form.text[0] if form.text[1:2].isupper() else form.text[0].lower()) + form.text[1:-1]


def pieces(regex):
    """("", text) of what stands outside of brackets, (negated, [character or range]) of brackets."""
    place = 0
    for found in re.finditer(r"\\.|\[(\^?)((?:\\.|[^\]\\])+)\]", regex):
        if found.start() > place:
            yield "", regex[place:found.start()]
        if found.group(2) is None:
            yield "", found.group(0)
        else:
            yield found.group(1) or "+", ranges(found.group(2))
        place = found.end()
    if place < len(regex):
        yield "", regex[place:]


def ranges(inner):
    """Characters and (first, last) of what stands in brackets."""
    characters = []                     # and whether each was escaped
    for found in re.finditer(r"\\(.)|(.)", inner):
        escaped = found.group(1) is not None
        characters.append((ESCAPES.get(found.group(1), found.group(1)) if escaped else found.group(2), escaped))
    result, place = [], 0
    while place < len(characters):
        if place + 2 < len(characters) and characters[place + 1] == ("-", False):
            result.append((characters[place][0], characters[place + 2][0]))
            place += 3
        else:
            result.append(characters[place][0])
            place += 1
    return result


def posix(form):
    """An extended regular expression of POSIX."""
    out = ""
    for kind, piece in pieces(form.regex):
        if not kind:
            out += piece
            continue
        singles = [one for one in piece if isinstance(one, str)]
        between = "".join("%s-%s" % one for one in piece if not isinstance(one, str))
        between += "".join(one for one in singles if one not in "]^-")
        out += "[" + ("^" if kind == "^" else "") + ("]" if "]" in singles else "") + between
        out += ("^" if "^" in singles else "") + ("-" if "-" in singles else "") + "]"
    return out


def xsd(form):
    """For XML Schema, where $ and ^ are nothing special."""
    return modern(form, lambda piece: piece[1] if piece in ("\\$", "\\^") else piece)


def modern(form, outside=lambda piece: piece):
    """For ECMAScript; OUTSIDE is asked about each piece that stands outside of brackets."""
    escape = {"\n": "\\n", "\t": "\\t"}
    out = ""
    for kind, piece in pieces(form.regex):
        if not kind:
            out += outside(piece)
            continue
        out += "[" + ("^" if kind == "^" else "")
        for one in piece:
            ends = one if not isinstance(one, str) else (one,)
            out += "-".join("\\" + end if end in "[]\\^-" else escape.get(end, end) for end in ends)
        out += "]"
    return out
