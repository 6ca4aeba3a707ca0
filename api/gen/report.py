# SPDX-License-Identifier: LGPL-2.1-or-later
"""Counts what is printed and what is written by hand, layer by layer."""

import print_core_calls


def layer_rows(api):
    """(layer, printed, by hand, names by hand)"""
    public = api.public()
    front = [c for c in public if not print_core_calls.printed(c)]
    yield 'public functions', len(public) - len(front), [c.name for c in front]
    wired = [c for c in api.calls if c.program]
    for layer in ('stub', 'dispatch'):
        asked = [c for c in wired if layer != 'stub' or not c.unasked]
        hand = [c.name for c in asked if layer in c.hand]
        yield {'stub': 'remote stubs', 'dispatch': 'daemon dispatch'}[layer], len(asked) - len(hand), hand
    said = [c.name for c in wired if c.said]
    yield 'XDR shapes', len(wired) - len(said), said


def report(api):
    lines = ['layer                printed  by hand']
    details = []
    for layer, printed, hand in layer_rows(api):
        lines.append('%-20s %7d %8d' % (layer, printed, len(hand)))
        details.append('%s by hand: %s' % (layer, ' '.join(sorted(hand)) or 'none'))
    public = api.public()
    manual = sum(1 for c in public if c.more)
    slots = sum(len(calls) for calls in api.tables().values())
    steps = sum(1 for c in api.calls if c.program and c.internal and 'dispatch' not in c.hand)
    lines += ['', 'daemon dispatch: %d steps between the layers answer that nothing supports them' % steps,
              'public calls: %d' % len(public),
              'slots: %d in %d tables' % (slots, len(api.tables())),
              'manual pages: %d with a full text, %d with one sentence' % (manual, len(public) - manual),
              'events: %d' % len(api.events), '']
    return '\n'.join(lines + details) + '\n'


def outputs(api):
    yield 'doc/api-report', report(api)
