/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Virtual networks. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "object.h"

#define OPTION_NETWORK { "network", VIRSH_STRING, VIRSH_REQUIRED, "the network: its name or uuid" }
#define OPTION_FILE { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the network's document" }

#define KIND network
#define KIND_TYPE virNetworkPtr
#define KIND_NAME virNetworkGetName

/* The call without flags is the one that every driver has. */
static virNetworkPtr
create(virConnectPtr conn, const char *xml, unsigned int flags)
{
    return flags ? virNetworkCreateXMLFlags(conn, xml, flags) : virNetworkCreateXML(conn, xml);
}

static virNetworkPtr
define(virConnectPtr conn, const char *xml, unsigned int flags)
{
    return flags ? virNetworkDefineXMLFlags(conn, xml, flags) : virNetworkDefineXML(conn, xml);
}

VIRSH_FROM_FILE(run_net_create, create, VIR_NETWORK_CREATE_VALIDATE,
                "Network %s created from %s\n", "Failed to create network from %s")
VIRSH_FROM_FILE(run_net_define, define, VIR_NETWORK_DEFINE_VALIDATE,
                "Network %s defined from %s\n", "Failed to define network from %s")
VIRSH_ACTION(run_net_destroy, virNetworkDestroy, "Network %s destroyed\n", "Failed to destroy network %s")
VIRSH_ACTION(run_net_start, virNetworkCreate, "Network %s started\n", "Failed to start network %s")
VIRSH_ACTION(run_net_undefine, virNetworkUndefine, "Network %s has been undefined\n",
             "Failed to undefine network %s")
VIRSH_AUTOSTART(run_net_autostart, virNetworkSetAutostart, "network")
VIRSH_DUMPXML(run_net_dumpxml, virNetworkGetXMLDesc, VIR_NETWORK_XML_INACTIVE)
VIRSH_PRINT_TEXT(run_net_name, virNetworkGetName)
VIRSH_PRINT_UUID(run_net_uuid, virNetworkGetUUIDString, "network")
VIRSH_NAME_ORDER(by_name)

static int
run_net_info(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(network) virNetworkPtr net = virsh_network(vsh, call);
    VIR_AUTO_FREE char *bridge = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];
    int active, persistent, autostart;

    if (!net)
        return -1;
    virsh_print(vsh, "%-15s %s\n", "Name:", virNetworkGetName(net));
    if (virNetworkGetUUIDString(net, uuid) == 0)
        virsh_print(vsh, "%-15s %s\n", "UUID:", uuid);
    active = virNetworkIsActive(net);
    if (active >= 0)
        virsh_print(vsh, "%-15s %s\n", "Active:", active ? "yes" : "no");
    persistent = virNetworkIsPersistent(net);
    virsh_print(vsh, "%-15s %s\n", "Persistent:", virsh_yes_no(persistent, "unknown"));
    if (virNetworkGetAutostart(net, &autostart) < 0)
        autostart = -1;
    virsh_print(vsh, "%-15s %s\n", "Autostart:", virsh_yes_no(autostart, "no autostart"));
    bridge = virNetworkGetBridgeName(net);
    if (bridge)
        virsh_print(vsh, "%-15s %s\n", "Bridge:", bridge);
    return 0;
}

static void
add_row(struct virsh_table *table, virNetworkPtr net)
{
    const char *state = virNetworkIsActive(net) > 0 ? "active" : "inactive";
    const char *persistent = virNetworkIsPersistent(net) > 0 ? "yes" : "no";
    int autostart;

    if (virNetworkGetAutostart(net, &autostart) < 0)
        autostart = -1;
    virsh_table_row(table, virNetworkGetName(net), state,
                    virsh_yes_no(autostart, "no autostart"), persistent, NULL);
}

static unsigned int
list_filter(const struct virsh_call *call)
{
    unsigned int filter = VIRSH_BITS(call,
        { "persistent", VIR_CONNECT_LIST_NETWORKS_PERSISTENT },
        { "transient", VIR_CONNECT_LIST_NETWORKS_TRANSIENT },
        { "autostart", VIR_CONNECT_LIST_NETWORKS_AUTOSTART },
        { "no-autostart", VIR_CONNECT_LIST_NETWORKS_NO_AUTOSTART });

    if (virsh_flag(call, "all"))
        return filter | VIR_CONNECT_LIST_NETWORKS_ACTIVE | VIR_CONNECT_LIST_NETWORKS_INACTIVE;
    return filter | (virsh_flag(call, "inactive") ? VIR_CONNECT_LIST_NETWORKS_INACTIVE
                                                  : VIR_CONNECT_LIST_NETWORKS_ACTIVE);
}

static int
run_net_list(struct virsh *vsh, const struct virsh_call *call)
{
    const bool names = virsh_flag(call, "name"), uuids = virsh_flag(call, "uuid");
    struct virsh_table *table = NULL;
    virNetworkPtr *nets = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];
    int n;

    if (names + uuids + virsh_flag(call, "table") > 1)
        return virsh_error(vsh, "Only one argument from --table, --name and --uuid may be specified.");
    n = virConnectListAllNetworks(vsh->conn, &nets, list_filter(call));
    if (n < 0)
        return virsh_error(vsh, "Failed to list networks");
    qsort(nets, (size_t)n, sizeof(*nets), by_name);
    if (!names && !uuids)
        table = virsh_table_new(VIRSH_TITLES("Name", "State", "Autostart", "Persistent"));
    for (int i = 0; i < n; i++) {
        if (table)
            add_row(table, nets[i]);
        else if (names)
            virsh_print(vsh, "%s\n", virNetworkGetName(nets[i]));
        else if (virNetworkGetUUIDString(nets[i], uuid) == 0)
            virsh_print(vsh, "%s\n", uuid);
        virNetworkFree(nets[i]);
    }
    if (table)
        virsh_table_print(vsh, table);
    free(nets);
    return 0;
}

static const struct virsh_option network_options[] = {
    OPTION_NETWORK,
    VIRSH_OPTIONS_END
};

static const struct virsh_option file_options[] = {
    OPTION_FILE, VIRSH_OPTION_VALIDATE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option autostart_options[] = {
    OPTION_NETWORK,
    VIRSH_OPTION_DISABLE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option dumpxml_options[] = {
    OPTION_NETWORK,
    VIRSH_OPTION_INACTIVE,
    VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

static const struct virsh_option list_options[] = {
    VIRSH_OPTIONS_LIST_ACTIVE,
    VIRSH_OPTION_LIST_PERSISTENT,
    VIRSH_OPTION_LIST_TRANSIENT,
    VIRSH_OPTIONS_LIST_AUTOSTART,
    VIRSH_OPTIONS_LIST_NAMES,
    { "table", VIRSH_BOOL, 0, "print a table (default)" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_network_commands[] = {
    { "net-autostart", "start a network whenever the host starts", NULL,
      autostart_options, run_net_autostart },
    { "net-create", "start a network from a document",
      "It has no persistent definition: when it ends, it is gone.",
      file_options, run_net_create },
    { "net-define", "define a network from a document", "It does not run yet. Of a network that exists, the "
      "definition is replaced.", file_options, run_net_define },
    { "net-destroy", "end a network at once", "Its definition stays.", network_options, run_net_destroy },
    { "net-dumpxml", "document of a network", NULL, dumpxml_options, run_net_dumpxml },
    { "net-info", "what a network is", NULL, network_options, run_net_info },
    { "net-list", "list the networks", "Those that run, unless an option asks for others.",
      list_options, run_net_list },
    { "net-name", "name of a network", NULL, network_options, run_net_name },
    { "net-start", "start a defined network", NULL, network_options, run_net_start },
    { "net-undefine", "remove the definition of a network", NULL, network_options, run_net_undefine },
    { "net-uuid", "uuid of a network", NULL, network_options, run_net_uuid },
    { .name = NULL }
};
