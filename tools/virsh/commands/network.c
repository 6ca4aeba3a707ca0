/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Virtual networks: what they are. */
#include "rows/network.h"

int
run_net_info(struct shell *vsh, const struct net_info_args *args)
{
    virNetworkPtr net = args->network;
    VIR_AUTO_FREE char *bridge = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];
    int active, autostart;

    shell_print_field(vsh, "Name:", virNetworkGetName(net));
    if (virNetworkGetUUIDString(net, uuid) == 0)
        shell_print_field(vsh, "UUID:", uuid);
    active = virNetworkIsActive(net);
    if (active >= 0)
        shell_print_field(vsh, "Active:", active ? "yes" : "no");
    shell_print_field(vsh, "Persistent:", shell_yes_no(virNetworkIsPersistent(net), "unknown"));
    if (virNetworkGetAutostart(net, &autostart) < 0)
        autostart = -1;
    shell_print_field(vsh, "Autostart:", shell_yes_no(autostart, "no autostart"));
    bridge = virNetworkGetBridgeName(net);
    if (bridge)
        shell_print_field(vsh, "Bridge:", bridge);
    return 0;
}

static void
add_row(struct shell_table *table, void *net)
{
    const char *state = virNetworkIsActive(net) > 0 ? "active" : "inactive";
    const char *persistent = virNetworkIsPersistent(net) > 0 ? "yes" : "no";
    int autostart;

    if (virNetworkGetAutostart(net, &autostart) < 0)
        autostart = -1;
    shell_table_row(table, virNetworkGetName(net), state, shell_yes_no(autostart, "no autostart"), persistent, NULL);
}

static unsigned int
list_filter(const struct net_list_args *args)
{
    if (args->all)
        return args->flags | VIR_CONNECT_LIST_NETWORKS_ACTIVE | VIR_CONNECT_LIST_NETWORKS_INACTIVE;
    return args->flags | (args->inactive ? VIR_CONNECT_LIST_NETWORKS_INACTIVE : VIR_CONNECT_LIST_NETWORKS_ACTIVE);
}

static void
print_name(struct shell *vsh, void *net)
{
    shell_print(vsh, "%s\n", virNetworkGetName(net));
}

static void
print_uuid(struct shell *vsh, void *net)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (virNetworkGetUUIDString(net, uuid) == 0)
        shell_print(vsh, "%s\n", uuid);
}

int
run_net_list(struct shell *vsh, const struct net_list_args *args)
{
    static const char failed[] = "Failed to list networks";
    const unsigned int filter = list_filter(args);

    if (args->name || args->uuid)
        return shell_show_each(vsh, SHELL_NETWORK, filter, failed, args->name ? print_name : print_uuid);
    return shell_show_table(vsh, SHELL_NETWORK, filter, failed,
                            SHELL_TITLES("Name", "State", "Autostart", "Persistent"), add_row);
}
