# SPDX-License-Identifier: LGPL-2.1-or-later
"""slots.lock: every slot that was ever given, with its signature.  A driver
built long ago relies on it, so a line is never changed or removed."""

import os

from lines import Problem


def signature(call):
    return '%s(%s)' % (call.result.ctype, ','.join(t for t, _ in call.c_params()))


def line_of(call):
    return '%s %d %s %s' % (call.table, call.slot, call.slot_name, signature(call))


def read(path):
    """{(table, number): (line number, name, signature)}"""
    lock = {}
    if not os.path.exists(path):
        return lock
    with open(path, encoding='utf-8') as handle:
        for number, line in enumerate(handle, 1):
            if line.strip() and not line.startswith('#'):
                table, slot, name, sign = line.rstrip('\n').split(' ', 3)
                lock[table, int(slot)] = (number, name, sign)
    return lock


def faults(call, lock, names):
    """What is wrong with one call's slot, as far as the lock can tell."""
    table, slot = call.table, call.slot
    old = lock.get((table, slot))
    if call.slot_name in names and names[call.slot_name] != (table, slot):
        yield 'slot %s %d of %s has changed its number' % (table, slot, call.slot_name), \
            '`slot %s %d`' % names[call.slot_name]
    elif not old:
        yield 'slot %s %d is not in slots.lock' % (table, slot), 'a run of `apigen.py --extend-slots`'
    elif old[1] != call.slot_name:
        yield 'slot %s %d belongs to %s' % (table, slot, old[1]), \
            'a new number: %d' % (max(s for t, s in lock if t == table) + 1)
    elif old[2] != signature(call):
        yield 'slot %s %d has changed its signature to %s' % (table, slot, signature(call)), old[2]


def check_order(table, calls):
    """Slots that are there twice, or leave a gap, where the lock does not know better."""
    at = None
    for number, call in enumerate({c.slot: c for c in calls}.values()):
        if call.slot != number:
            yield Problem(call, call.line, 'slot %s %d leaves a gap' % (table, call.slot), 'slot %d' % number)
            return
    for call in calls:
        if at and call.slot == at.slot:
            yield Problem(call, call.line, 'slot %s %d is already that of %s (%s:%d)' % (
                table, call.slot, at.name, at.file, at.line))
        at = call


def check(api, path):
    """Problems: slots that changed, vanished, or are not in the lock; each is that of the entry that
    differs from the lock, not of its neighbour."""
    problems = []
    lock = read(path)
    names = {name: key for key, (_, name, _) in lock.items()}
    given = set()
    for table, calls in api.tables().items():
        given.update((call.table, names.get(call.slot_name, (0, call.slot))[1]) for call in calls)
        wrong = [Problem(call, call.slot_line, *fault) for call in calls for fault in faults(call, lock, names)]
        problems += wrong or check_order(table, calls)
    for (table, slot), (line, name, _) in sorted(lock.items()):
        if (table, slot) not in given:
            problems.append(Problem(os.path.basename(path), line, 'slot %s %d (%s) has no entry' %
                                    (table, slot, name), 'the call to stay, even if no driver has it'))
    return problems


def extend(api, path):
    """Appends slots whose number comes next in their table."""
    lock = read(path)
    added = []
    for table, calls in sorted(api.tables().items()):
        for call in calls:
            if (table, call.slot) not in lock and call.slot == max(
                    [-1] + [s for t, s in lock if t == table]) + 1:
                lock[table, call.slot] = (0, call.slot_name, signature(call))
                added.append(line_of(call))
    head = '' if os.path.exists(path) else \
        '# Slots of the driver tables: table, number, name, signature.  Only appended to,\n' \
        '# by `apigen.py --extend-slots`.\n'
    with open(path, 'a', encoding='utf-8') as handle:
        handle.write(head + ''.join(line + '\n' for line in added))
