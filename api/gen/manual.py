# SPDX-License-Identifier: LGPL-2.1-or-later
"""Completes the manual texts of the calls: what the `manual` entries say for
several calls, and the errors that follow from what a call takes."""

import re

from print_core_calls import Body, printed


WORD = re.compile(r'\{(\w+)\}')


def words_of(call):
    """What stands for the {words} of a manual."""
    words = {}
    handles = [arg for arg in call.args if arg.object]
    handle = next((arg for arg in handles if arg.kind != 'conn'), handles[0] if handles else None)
    if handle:
        words.update(it='@' + handle.name, type=handle.object.ctype)
    if call.result.object:
        words['result'] = call.result.object.ctype
    if call.alias:
        words['as'] = call.alias[0]
    return words


def open_words(entry, words):
    """The {words} in a call's or a manual's text that WORDS does not have."""
    texts = list(entry.more) + [when for _, when in entry.errors] + list(entry.arguments.values())
    return [word for text in texts + [entry.returns or ''] for word in WORD.findall(text) if word not in words]


def shared(api, call):
    """The manuals of a call: those it names, and that of its `local` property."""
    names = call.manuals + (['handle-' + call.local] if call.local else [])
    return [api.manuals[name] for name in names if name in api.manuals]


def share(api, call):
    """Adds to a call what its manuals say."""
    def fill(text):
        return WORD.sub(lambda match: words[match.group(1)], text)

    words = words_of(call)
    for manual in shared(api, call):
        call.more = call.more + [fill(text) for text in manual.more]
        call.errors += [(code, fill(when)) for code, when in manual.errors]
        for argument, text in manual.arguments.items():
            call.arguments.setdefault(argument, fill(text))
        call.returns = call.returns or manual.returns and fill(manual.returns)


# ---- errors that follow from the arguments ----

def bad_arguments(api, call):
    """When the printed checks refuse an argument, in words."""
    body = Body(api, call)
    for arg in call.args:
        body.check(arg)
    for names, words in ((body.refused('NULL'), 'is NULL'),
                         (body.refused('NEGATIVE', 'ZERO', 'TOO_BIG'), 'is out of range')):
        if names:
            yield '%s %s' % (' or '.join('@' + name for name in names), words)
    if any(arg.kind == 'flags' for arg in call.args):
        yield '@flags has one that the driver does not take'


def denied(call):
    """When a read-only connection is not enough, in words; None: it always is."""
    if call.needs == 'write':
        return 'the connection is read-only'
    if call.needs.startswith('write if '):
        return 'the connection is read-only, with ' + call.needs[9:].replace('|', ' or ').replace('=', ' = ')
    return None


def admin_errors(call, handle):
    """The same of libvirt-admin, where all handles have one code."""
    if not any(code == 'VIR_ERR_INVALID_CONN' for code, _ in call.errors):
        yield 'VIR_ERR_INVALID_CONN', '@%s is NULL or no %s' % (handle.name, handle.object.ptr)
    if any(arg.kind == 'flags' for arg in call.args):
        yield 'VIR_ERR_INVALID_ARG', '@flags is not 0'


def general_errors(api, call):
    """(code, when) of what is checked before a driver is asked."""
    handle = call.first_object()
    if not handle or not (call.result.failure or call.local):
        return
    if call.library == 'libvirt-admin':         # no driver is asked
        yield from admin_errors(call, handle)
        return
    yield ('VIR_ERR_INVALID_' + (handle.object.wire or handle.kind).upper(),
           '@%s is NULL or no %s' % (handle.name, handle.object.ptr))
    if denied(call):
        yield 'VIR_ERR_OPERATION_DENIED', denied(call)
    if not printed(call):
        return
    for words in bad_arguments(api, call):
        yield 'VIR_ERR_INVALID_ARG', words
    if not call.local:
        yield 'VIR_ERR_NO_SUPPORT', 'the driver of the connection cannot do this'


def complete(api):
    """Completes all calls.  Each code is told once, with all that leads to it."""
    for call in api.calls:
        share(api, call)
        reasons = {}
        for code, when in call.errors + list(general_errors(api, call)):
            reasons.setdefault(code, []).append(when)
        call.errors = [(code, '; '.join(whens)) for code, whens in reasons.items()]
