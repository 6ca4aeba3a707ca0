/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filters of guests' network traffic. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "object.h"

#define KIND filter
#define KIND_TYPE virNWFilterPtr
#define KIND_NAME virNWFilterGetName

static virNWFilterPtr
define(virConnectPtr conn, const char *xml, unsigned int flags)
{
    return flags ? virNWFilterDefineXMLFlags(conn, xml, flags) : virNWFilterDefineXML(conn, xml);
}

VIRSH_FROM_FILE(run_nwfilter_define, define, VIR_NWFILTER_DEFINE_VALIDATE,
                "Network filter %s defined from %s\n", "Failed to define network filter from %s")
VIRSH_ACTION(run_nwfilter_undefine, virNWFilterUndefine, "Network filter %s undefined\n",
             "Failed to undefine network filter %s")
VIRSH_DUMPXML(run_nwfilter_dumpxml, virNWFilterGetXMLDesc, 0)
VIRSH_NAME_ORDER(by_name)

static int
run_nwfilter_list(struct virsh *vsh, const struct virsh_call *call)
{
    virNWFilterPtr *filters = NULL;
    const int n = virConnectListAllNWFilters(vsh->conn, &filters, 0);
    struct virsh_table *table;

    (void)call;
    if (n < 0)
        return virsh_error(vsh, "Failed to list network filters");
    qsort(filters, (size_t)n, sizeof(*filters), by_name);
    table = virsh_table_new(VIRSH_TITLES("UUID", "Name"));
    for (int i = 0; i < n; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN] = "";

        virNWFilterGetUUIDString(filters[i], uuid);
        virsh_table_row(table, uuid, virNWFilterGetName(filters[i]), NULL);
        virNWFilterFree(filters[i]);
    }
    virsh_table_print(vsh, table);
    free(filters);
    return 0;
}

#define OPTION_FILTER { "nwfilter", VIRSH_STRING, VIRSH_REQUIRED, "the filter: its name or uuid" }

static const struct virsh_option filter_options[] = {
    OPTION_FILTER,
    VIRSH_OPTIONS_END
};

static const struct virsh_option define_options[] = {
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the filter's document" },
    VIRSH_OPTION_VALIDATE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option dumpxml_options[] = {
    OPTION_FILTER, VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_filter_commands[] = {
    { "nwfilter-define", "define a network filter from a document", NULL,
      define_options, run_nwfilter_define },
    { "nwfilter-dumpxml", "document of a network filter", NULL, dumpxml_options, run_nwfilter_dumpxml },
    { "nwfilter-list", "list the network filters", NULL, NULL, run_nwfilter_list },
    { "nwfilter-undefine", "remove a network filter", NULL, filter_options, run_nwfilter_undefine },
    { .name = NULL }
};
