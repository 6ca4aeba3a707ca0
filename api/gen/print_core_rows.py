# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the rows of core/call.h: one for each public call of libvirt,
libvirt-qemu and libvirt-lxc, with what the core checks before the slot."""

RULE = 'VIR_CALL_WRITE'

HEAD = """\
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the core checks before each public call.  Printed from api/. */
#include "call.h"
#include "core/calls.h"

/* Column limits of struct vir_call: names are offsets of 16 bits. */
"""


def rows(api):
    return [c for c in api.public() if c.library != 'libvirt-admin']


class Exclusives:
    """Flags that exclude or need each other; calls with equal rules share rows."""

    def __init__(self):
        self.lines = ['    { 0, 0, 0 },']
        self.known = {}

    def place(self, call):
        rules = tuple(['{ %s, %s, 0 },' % (has, ' | '.join(never)) for group in call.never
                       for has, never in [(group[0], group[1:])]] +
                      ['{ %s, 0, %s },' % (has, ' | '.join(needs)) for has, needs in call.with_flags])
        if not rules:
            return 0
        if rules not in self.known:
            self.known[rules] = len(self.lines)
            self.lines += ['    ' + rule for rule in rules] + ['    { 0, 0, 0 },']
        return self.known[rules]


def row(api, call, offset, exclusives):
    target = api.call(call.alias[0]) if call.alias else None
    slot = other = None
    if call.slot is not None:
        slot = 'VIR_SLOT_' + call.slot_name
        other = 'VIR_SLOT_' + target.slot_name if target else '0'
    elif target and target.slot is not None:
        slot, other = 'VIR_SLOT_' + target.slot_name, '0'
    first = call.first_object() or next((a for a in call.args if a.kind == 'handles'), None)
    flags = call.needs[9:] if call.needs.startswith('write if ') and '=' not in call.needs else '0'
    return '    [VIR_CALL_%s] = { %d, %s, %s, VIR_TABLE_%s, %s, %s, %d, 0, %s },' % (
        call.name, offset, slot or 'VIR_CALL_NO_SLOT', other or '0', (call.family or 'connect').upper(),
        first.object.constant if first else 'VIR_KIND_NONE', RULE if call.needs == 'write' else '0',
        exclusives.place(call), flags)


def outputs(api):
    calls = rows(api)
    lines = ['/* SPDX-License-Identifier: LGPL-2.1-or-later */',
             '/* Numbers of the rows in vir_calls.  Printed from api/. */',
             '#ifndef VIR_CORE_CALLS_H', '#define VIR_CORE_CALLS_H', '', 'enum vir_call_number {']
    lines += ['    VIR_CALL_%s,' % c.name for c in calls] + ['    VIR_CALL_LAST', '};', '', '#endif', '']
    yield 'core/calls.h', '\n'.join(lines)
    exclusives = Exclusives()
    table, names, offset = [], [], 0
    for call in calls:
        table.append(row(api, call, offset, exclusives))
        names.append('    "%s\\0"' % call.name)
        offset += len(call.name) + 1
    lines = [HEAD, 'const char vir_call_names[] ='] + names
    lines[-1] += ';'
    lines += ['_Static_assert(sizeof(vir_call_names) <= 65536, "names need wider offsets");',
              '_Static_assert(%d <= 256, "rules need wider numbers");' % len(exclusives.lines), '',
              'const struct vir_call_exclusive vir_call_exclusives[] = {'] + exclusives.lines + ['};', '',
              'const struct vir_call vir_calls[] = {'] + table + ['};', '']
    yield 'core/call-rows.c', '\n'.join(lines)
