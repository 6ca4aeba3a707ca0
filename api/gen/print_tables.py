# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints <libvirt/module-calls.h>: the driver tables, the numbers of their
slots, and the constructors of events."""

import textwrap

import describe
import print_event_types as events

# The order of the pointers in struct vir_module; a stream's table is not
# the module's but that of whoever opened the stream.
TABLES = ('connect', 'domain', 'snapshot', 'checkpoint', 'interface', 'network', 'nodedev', 'nwfilter',
          'secret', 'storage', 'qemu', 'lxc', 'stream')

INTRO = """\
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The calls that a driver module implements.  Printed from api/.
 *
 * Every slot is a function with what the module promises about it: `flags` is
 * the mask of flags that the function takes (the core refuses all others),
 * `traits` are enum vir_slot_traits.  An empty slot is answered with
 * VIR_ERR_NO_SUPPORT.  A slot's number never changes; new ones are appended.
 *
 * What holds for all: -1, 0 or NULL with the thread's error is failure, as the public
 * call has it.  Handles are live ones of this connection, pointers are not NULL where no
 * word says that they may be, counts are not negative.  Arguments are borrowed for the
 * call; "new" is from malloc and the caller frees it.  Results are written on success
 * only.  Slots are called from any thread, several at a time.
 */
#ifndef LIBVIRT_MODULE_CALLS_H
#define LIBVIRT_MODULE_CALLS_H
"""


def contract_lines(call):
    words = '; '.join(describe.contract(call))
    if words:
        lines = textwrap.wrap('/* ' + words, 103, initial_indent='    ', subsequent_indent='     * ')
        yield from lines[:-1] + [lines[-1] + ' */']


def slot_lines(call):
    pointer = call.prototype('(*call)') + ';'
    tail = 'uint32_t flags, traits; } %s;' % call.slot_name
    note = '%d' % call.slot
    line = '    struct { %s %s /* %s */' % (pointer, tail, note)
    if len(line) <= 110:
        return [line]
    text = textwrap.wrap(pointer, 94)
    return ['    struct { ' + text[0]] + ['             ' + t for t in text[1:]] + \
        ['             %s /* %s */' % (tail, note)]


def table_lines(table, calls):
    yield 'struct vir_%s_ops {' % table
    yield '    uint32_t size, reserved;'
    for call in calls:
        yield from contract_lines(call)
        yield from slot_lines(call)
    yield '};'
    yield ''


def declare_lines(tables):
    """The macro that declares the functions of a module."""
    calls = [call for table in TABLES if table != 'stream' for call in tables.get(table, [])]
    yield '/* Declares a function for every slot: VIR_DECLARE_CALLS(test); declares test_domain_suspend and'
    yield ' * all others, of which the module defines those that it has. */'
    yield '#define VIR_DECLARE_CALLS(module) \\'
    yield '; \\\n'.join('    ' + call.prototype('module##_' + call.slot_name) for call in calls)
    yield ''


def outputs(api):
    tables = api.tables()
    lines = [INTRO, '/* The tables by number. */', 'enum vir_table {']
    lines += ['    VIR_TABLE_%s,' % t.upper() for t in TABLES] + ['    VIR_TABLE_LAST', '};', '']
    lines += ['/* Those of a module, in the order of struct vir_module. */',
              '#define VIR_TABLES(TABLE) \\'] + \
        ['    ' + ' '.join('TABLE(%s)' % t for t in TABLES if t != 'stream'), '']
    for table in TABLES:
        lines += table_lines(table, tables.get(table, []))
    lines += ['/* Slots by number. */']
    for table in TABLES:
        lines += ['#define VIR_SLOT_%s %d' % (c.slot_name, c.slot) for c in tables.get(table, [])]
        lines += ['#define VIR_SLOTS_%s %d' % (table.upper(), len(tables.get(table, []))), '']
    lines += declare_lines(tables)
    lines += events.declarations(api)
    lines += ['#endif', '']
    yield 'include/libvirt/module-calls.h', '\n'.join(lines)
