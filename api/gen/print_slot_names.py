# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the names of the slots for libvirt-module, which tells what each
module implements: the support matrix is asked from the built modules."""

from print_tables import TABLES

HEAD = """\
/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The slots of the driver tables by name: SLOT(table, number, slot, call). Printed from api/. */
#ifndef VIR_SLOT_NAMES_H
#define VIR_SLOT_NAMES_H

#define VIR_SLOT_NAMES(SLOT) \\"""


def outputs(api):
    tables = api.tables()
    rows = ['    SLOT(VIR_TABLE_%s, %d, "%s", "%s")' % (table.upper(), call.slot, call.slot_name,
                                                     '' if call.internal else call.name)
            for table in TABLES for call in tables.get(table, [])]
    yield 'tools/slot-names.h', '\n'.join([HEAD, ' \\\n'.join(rows), '', '#endif', ''])
