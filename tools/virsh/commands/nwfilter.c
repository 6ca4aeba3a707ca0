/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of the filters of guests' network traffic. */
#include "rows/nwfilter.h"

static void
add_row(struct shell_table *table, void *filter)
{
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    virNWFilterGetUUIDString(filter, uuid);
    shell_table_row(table, uuid, virNWFilterGetName(filter), NULL);
}

int
run_nwfilter_list(struct shell *vsh)
{
    return shell_show_table(vsh, SHELL_NWFILTER, 0, "Failed to list network filters", SHELL_TITLES("UUID", "Name"),
                            add_row);
}
