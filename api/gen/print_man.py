# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints a manual page in section 3 for every public call."""

import re
import textwrap

import describe
from model import declare


WIDTH = 72                              # of the synopsis


def troff(text):
    """Text with @arguments in italics and nothing that troff takes for itself."""
    text = text.replace('\\', '\\e').replace('-', '\\-')
    text = re.sub(r'@(\w+)', r'\\fI\1\\fP', text)
    text = re.sub(r'\b(vir[A-Z]\w+)(?=\W|$)', r'\\fB\1\\fP', text)
    return '\\&' + text if text.startswith(('.', "'")) else text


def prototype(call):
    """The lines of a C prototype."""
    head = declare(call.result.ctype, call.name) + '('
    params = [declare(t, n) for t, n in call.c_params()] or ['void']
    indent = ' ' * (len(head) if len(head) + max(map(len, params)) < WIDTH else 8)
    packed = [param.replace(' ', '\0') for param in params]        # a parameter is not broken
    lines = textwrap.wrap(head + ', '.join(packed) + ');', WIDTH, subsequent_indent=indent,
                          break_long_words=False, break_on_hyphens=False)
    return [line.replace('\0', ' ') for line in lines]


def summary(call):
    """The sentence as one phrase, for lists of pages."""
    phrase = re.split('[;:] ', call.text)[0].rstrip('.')
    return phrase[0].lower() + phrase[1:]


def synopsis(call):
    header = call.header if call.library != 'libvirt' or call.header == 'virterror.h' else 'libvirt.h'
    yield '.nf'
    yield '.B #include <libvirt/%s>' % header
    yield '.PP'
    for line in prototype(call):
        yield '.B "%s"' % line
    yield '.fi'


def related(call, calls):
    """Calls that the text speaks of, and some whose names begin alike."""
    names = {c.name for c in calls} - {call.name}
    texts = [call.text] + call.more + [when for _, when in call.errors] + [call.returns or '']
    said = [name for name in dict.fromkeys(re.findall(r'vir\w+', ' '.join(texts))) if name in names]
    return said + [name for name in alike(call, names) if name not in said]


def alike(call, names):
    words = re.findall('[A-Z]+(?![a-z])|[A-Z][a-z0-9]*', call.name)
    for size in range(len(words) - 1, 1, -1):
        stem = 'vir' + ''.join(words[:size])
        near = sorted(name for name in names if name.startswith(stem))
        if near:
            return near[:6]
    return []


def page(call, calls):
    yield '.TH %s 3 "" "%s" "libvirt API"' % (call.name, call.library)
    yield '.ad l'
    yield '.nh'
    yield '.SH NAME'
    yield '%s \\- %s' % (call.name, troff(summary(call)))
    yield '.SH SYNOPSIS'
    yield from synopsis(call)
    yield '.SH DESCRIPTION'
    yield troff(call.text)
    for paragraph in call.more:
        yield '.PP'
        yield troff(paragraph)
    rows = [row for row in describe.parameters(call) if row[2]]
    if rows:
        yield '.SH ARGUMENTS'
    for _, name, words in rows:
        yield '.TP'
        yield '.I %s' % name
        yield troff(words)
    words = describe.result_words(call)
    if words:
        yield '.SH RETURN VALUE'
        yield troff(words[0].upper() + words[1:] + '.')
        if call.result.failure:
            yield 'What failed is told by'
            yield '.BR virGetLastError (3).'
    if call.errors:
        yield '.SH ERRORS'
    for code, when in call.errors:
        yield '.TP'
        yield '.B %s' % code
        yield troff(when[0].upper() + when[1:] + '.')
    rules = list(describe.rules(call))
    if rules:
        yield '.SH RULES'
        for rule in rules:
            yield '.PP'
            yield troff(rule)
    yield '.SH HISTORY'
    yield 'Since %s.' % call.since
    if call.wire_name:
        names = ''.join(', formerly %s' % name for name in call.old_names)
        yield 'On the wire: %s %d (%s%s).' % (call.program.name, call.number, call.wire_name, names)
    others = related(call, calls)
    if others:
        yield '.SH SEE ALSO'
        yield ',\n'.join('.BR %s (3)' % name for name in others)
    yield ''


def outputs(api):
    calls = api.public()
    for call in calls:
        yield 'doc/man/%s.3' % call.name, '\n'.join(page(call, calls))
