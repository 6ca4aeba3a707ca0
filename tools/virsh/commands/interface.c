/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's network interfaces. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "object.h"

#define KIND interface
#define KIND_TYPE virInterfacePtr
#define KIND_NAME virInterfaceGetName

static int
start(virInterfacePtr link)
{
    return virInterfaceCreate(link, 0);
}

static int
stop(virInterfacePtr link)
{
    return virInterfaceDestroy(link, 0);
}

VIRSH_FROM_FILE(run_iface_define, virInterfaceDefineXML, VIR_INTERFACE_DEFINE_VALIDATE,
                "Interface %s defined from %s\n", "Failed to define interface from %s")
VIRSH_ACTION(run_iface_start, start, "Interface %s started\n", "Failed to start interface %s")
VIRSH_ACTION(run_iface_destroy, stop, "Interface %s destroyed\n", "Failed to destroy interface %s")
VIRSH_ACTION(run_iface_undefine, virInterfaceUndefine, "Interface %s undefined\n",
             "Failed to undefine interface %s")
VIRSH_DUMPXML(run_iface_dumpxml, virInterfaceGetXMLDesc, VIR_INTERFACE_XML_INACTIVE)
VIRSH_PRINT_TEXT(run_iface_mac, virInterfaceGetMACString)
VIRSH_PRINT_TEXT(run_iface_name, virInterfaceGetName)
VIRSH_NAME_ORDER(by_name)

/* One step of a change of the host's configuration. */
static int
step(struct virsh *vsh, int result, const char *done, const char *failed)
{
    if (result < 0)
        return virsh_error(vsh, "%s", failed);
    virsh_print_extra(vsh, "%s\n", done);
    return 0;
}

static int
run_iface_begin(struct virsh *vsh, const struct virsh_call *call)
{
    (void)call;
    return step(vsh, virInterfaceChangeBegin(vsh->conn, 0), "Network config change transaction started",
                "Failed to begin network config change transaction");
}

static int
run_iface_commit(struct virsh *vsh, const struct virsh_call *call)
{
    (void)call;
    return step(vsh, virInterfaceChangeCommit(vsh->conn, 0), "Network config change transaction committed",
                "Failed to commit network config change transaction");
}

static int
run_iface_rollback(struct virsh *vsh, const struct virsh_call *call)
{
    (void)call;
    return step(vsh, virInterfaceChangeRollback(vsh->conn, 0),
                "Network config change transaction rolled back",
                "Failed to rollback network config change transaction");
}

static int
run_iface_list(struct virsh *vsh, const struct virsh_call *call)
{
    unsigned int filter = VIR_CONNECT_LIST_INTERFACES_ACTIVE;
    virInterfacePtr *links = NULL;
    struct virsh_table *table;
    int n;

    if (virsh_flag(call, "inactive"))
        filter = VIR_CONNECT_LIST_INTERFACES_INACTIVE;
    if (virsh_flag(call, "all"))
        filter = VIR_CONNECT_LIST_INTERFACES_ACTIVE | VIR_CONNECT_LIST_INTERFACES_INACTIVE;
    if (virsh_exclusive(vsh, call, "all", "inactive") < 0)
        return -1;
    n = virConnectListAllInterfaces(vsh->conn, &links, filter);
    if (n < 0)
        return virsh_error(vsh, "Failed to list interfaces");
    qsort(links, (size_t)n, sizeof(*links), by_name);
    table = virsh_table_new(VIRSH_TITLES("Name", "State", "MAC Address"));
    for (int i = 0; i < n; i++) {
        const char *mac = virInterfaceGetMACString(links[i]);

        virsh_table_row(table, virInterfaceGetName(links[i]),
                        virInterfaceIsActive(links[i]) > 0 ? "active" : "inactive", mac ? mac : "", NULL);
        virInterfaceFree(links[i]);
    }
    virsh_table_print(vsh, table);
    free(links);
    return 0;
}

#define OPTION_INTERFACE { "interface", VIRSH_STRING, VIRSH_REQUIRED, "the interface: name or MAC address" }

static const struct virsh_option interface_options[] = {
    OPTION_INTERFACE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option define_options[] = {
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the interface's document" },
    VIRSH_OPTION_VALIDATE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option dumpxml_options[] = {
    OPTION_INTERFACE,
    { "inactive", VIRSH_BOOL, 0, "as it is configured" },
    VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

static const struct virsh_option list_options[] = {
    { "inactive", VIRSH_BOOL, 0, "those that are down" },
    { "all", VIRSH_BOOL, 0, "those that are up and those that are down" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_interface_commands[] = {
    { "iface-begin", "begin a change of the host's interfaces that can be taken back", NULL,
      NULL, run_iface_begin },
    { "iface-commit", "keep the change that iface-begin began", NULL, NULL, run_iface_commit },
    { "iface-define", "configure an interface from a document", NULL, define_options, run_iface_define },
    { "iface-destroy", "take an interface down", NULL, interface_options, run_iface_destroy },
    { "iface-dumpxml", "document of an interface", NULL, dumpxml_options, run_iface_dumpxml },
    { "iface-list", "list the host's interfaces", NULL, list_options, run_iface_list },
    { "iface-mac", "MAC address of an interface", NULL, interface_options, run_iface_mac },
    { "iface-name", "name of an interface", NULL, interface_options, run_iface_name },
    { "iface-rollback", "take back the change that iface-begin began", NULL, NULL, run_iface_rollback },
    { "iface-start", "bring an interface up", NULL, interface_options, run_iface_start },
    { "iface-undefine", "remove the configuration of an interface", NULL,
      interface_options, run_iface_undefine },
    { .name = NULL }
};
