# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the names of slots and public functions for libvirt-module, which tells what each
module implements: the support matrix is asked from the built modules."""

from print_tables import TABLES

HEAD = """\
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a module can fill, by name.  Printed from api/. */
#ifndef VIR_SLOT_NAMES_H
#define VIR_SLOT_NAMES_H
"""


def place(call):
    """Table and number of a slot."""
    return 'VIR_TABLE_%s, %d' % (call.table.upper(), call.slot)


def serving(api, call):
    """The calls whose slot serves a public function: its own, that of a fuller form."""
    while call:
        if call.slot is not None:
            yield call
        call = call.alias and api.call(call.alias[0])


def macro(comment, name, rows):
    yield '/* %s */' % comment
    yield '#define %s \\' % name
    yield ' \\\n'.join('    ' + row for row in rows)
    yield ''


def outputs(api):
    tables = api.tables()
    slots = [call for table in TABLES if table != 'stream' for call in tables.get(table, [])]
    lines = [HEAD]
    lines += macro('SLOT(table, number, name)', 'VIR_SLOT_NAMES(SLOT)',
                   ['SLOT(%s, "%s")' % (place(call), call.slot_name) for call in slots])
    lines += macro('CALL(public function, table, number): one for each slot that serves it, its own first',
                   'VIR_CALL_NAMES(CALL)',
                   ['CALL("%s", %s)' % (call.name, place(slot)) for call in api.public()
                    for slot in serving(api, call) if slot.table != 'stream'])
    yield 'tools/slot-names.h', '\n'.join(lines + ['#endif', ''])
