/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of the host's network interfaces. */
#include "rows/interface.h"

static void
add_row(struct shell_table *table, void *link)
{
    const char *mac = virInterfaceGetMACString(link);

    shell_table_row(table, virInterfaceGetName(link), virInterfaceIsActive(link) > 0 ? "active" : "inactive",
                    mac ? mac : "", NULL);
}

int
run_iface_list(struct shell *vsh, const struct iface_list_args *args)
{
    unsigned int filter = args->inactive ? VIR_CONNECT_LIST_INTERFACES_INACTIVE : VIR_CONNECT_LIST_INTERFACES_ACTIVE;

    if (args->all)
        filter = VIR_CONNECT_LIST_INTERFACES_ACTIVE | VIR_CONNECT_LIST_INTERFACES_INACTIVE;
    return shell_show_table(vsh, SHELL_INTERFACE, filter, "Failed to list interfaces",
                            SHELL_TITLES("Name", "State", "MAC Address"), add_row);
}
