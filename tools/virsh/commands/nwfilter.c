/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of the filters of guests' network traffic. */
#include "rows/nwfilter.h"

static void
add_row(struct virsh_table *table, void *filter)
{
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    virNWFilterGetUUIDString(filter, uuid);
    virsh_table_row(table, uuid, virNWFilterGetName(filter), NULL);
}

int
run_nwfilter_list(struct virsh *vsh)
{
    return virsh_show_table(vsh, VIRSH_NWFILTER, 0, "Failed to list network filters", VIRSH_TITLES("UUID", "Name"),
                            add_row);
}
