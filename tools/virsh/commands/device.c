/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks and network interfaces of one domain: which it has, and their figures. */
#include <stdlib.h>
#include <string.h>

#include "rows/device.h"
#include "change.h"

/* One row of the table for each node; empty cells are shown as '-'. */
static int
print_devices(struct shell *vsh, const char *xml, const char *path, const char *const *columns,
              const char *const *titles)
{
    struct shell_table *table;
    struct virsh_rows rows;

    if (virsh_xml_rows(vsh, xml, path, columns, &rows) < 0)
        return -1;
    table = shell_table_new(titles);
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *cells[8];

        for (size_t j = 0; j < rows.n_columns; j++) {
            const char *cell = rows.cells[i * rows.n_columns + j];

            cells[j] = *cell ? cell : "-";
        }
        shell_table_cells(table, cells);
    }
    shell_table_print(vsh, table);
    virsh_rows_free(&rows);
    return 0;
}

#define LINK_SOURCE "string(source/@*[contains('|bridge|dev|network|name|path|', concat('|', name(), '|'))])"

int
run_domblklist(struct shell *vsh, const struct domblklist_args *args)
{
    static const char *const columns[] = {
        "string(@type)", "string(@device)", "string(target/@dev)", VIRSH_DISK_SOURCE, NULL
    };
    const bool details = args->details;
    VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(args->domain, args->flags);

    if (!xml)
        return -1;
    return print_devices(vsh, xml, "/domain/devices/disk", details ? columns : columns + 2,
                         details ? SHELL_TITLES("Type", "Device", "Target", "Source")
                                 : SHELL_TITLES("Target", "Source"));
}

int
run_domiflist(struct shell *vsh, const struct domiflist_args *args)
{
    static const char *const columns[] = {
        "string(target/@dev)", "string(@type)", LINK_SOURCE, "string(model/@type)", "string(mac/@address)",
        NULL
    };
    VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(args->domain, args->flags);

    if (!xml)
        return -1;
    return print_devices(vsh, xml, "/domain/devices/interface", columns,
                         SHELL_TITLES("Interface", "Type", "Source", "Model", "MAC"));
}

static char *
block_size_text(unsigned long long bytes, bool human)
{
    return human ? shell_size_text(bytes, 3) : vir_strdup_printf("%llu", bytes);
}

static int
print_all_blocks(struct shell *vsh, virDomainPtr dom, bool human)
{
    static const char *const columns[] = { "string(target/@dev)", NULL };
    VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(dom, 0);
    struct shell_table *table;
    struct virsh_rows rows;

    if (!xml || virsh_xml_rows(vsh, xml, "/domain/devices/disk", columns, &rows) < 0)
        return -1;
    table = shell_table_new(SHELL_TITLES("Target", "Capacity", "Allocation", "Physical"));
    for (size_t i = 0; i < rows.n_rows; i++) {
        VIR_AUTO_FREE char *capacity = NULL, *allocation = NULL, *physical = NULL;
        virDomainBlockInfo info;

        if (virDomainGetBlockInfo(dom, rows.cells[i], &info, 0) == 0) {
            capacity = block_size_text(info.capacity, human);
            allocation = block_size_text(info.allocation, human);
            physical = block_size_text(info.physical, human);
        }
        shell_error_forget(vsh);        /* a drive without a medium has no sizes */
        shell_table_row(table, rows.cells[i], capacity ? capacity : "-", allocation ? allocation : "-",
                        physical ? physical : "-", NULL);
    }
    shell_table_print(vsh, table);
    virsh_rows_free(&rows);
    return 0;
}

int
run_domblkinfo(struct shell *vsh, const struct domblkinfo_args *args)
{
    const bool human = args->human;
    VIR_AUTO_FREE char *capacity = NULL, *allocation = NULL, *physical = NULL;
    virDomainBlockInfo info;

    if (args->all)
        return print_all_blocks(vsh, args->domain, human);
    if (!args->device)
        return shell_error(vsh, "command 'domblkinfo' requires <device> option");
    if (virDomainGetBlockInfo(args->domain, args->device, &info, 0) < 0)
        return -1;
    capacity = block_size_text(info.capacity, human);
    allocation = block_size_text(info.allocation, human);
    physical = block_size_text(info.physical, human);
    shell_print(vsh, "%-15s %s\n%-15s %s\n%-15s %s\n", "Capacity:", capacity, "Allocation:", allocation,
                "Physical:", physical);
    return 0;
}

enum { DISKS_MAX = 65536 };              /* far more than any domain has */

int
run_domblkerror(struct shell *vsh, const struct domblkerror_args *args)
{
    static const char *const errors[] = { "no error", "unspecified error", "no space" };
    virDomainPtr dom = args->domain;
    VIR_AUTO_FREE virDomainDiskErrorPtr disks = NULL;
    int n, max;

    max = virDomainGetDiskErrors(dom, NULL, 0, 0);
    if (max < 0)
        return -1;
    if (max > DISKS_MAX)
        return shell_error(vsh, "%d disks cannot be", max);
    disks = vir_alloc_array((size_t)max + 1, sizeof(*disks));
    n = max > 0 ? virDomainGetDiskErrors(dom, disks, (unsigned int)max, 0) : 0;
    if (n < 0)
        return -1;
    if (n == 0)
        shell_print(vsh, "No errors found\n");
    for (int i = 0; i < n; i++) {
        shell_print(vsh, "%s: %s\n", disks[i].disk, SHELL_NAME_OF(errors, disks[i].error));
        free(disks[i].disk);
    }
    return 0;
}

/* The state that the document gives the link of the interface with this name or address. */
int
run_domif_getlink(struct shell *vsh, const struct domif_getlink_args *args)
{
    static const char *const columns[] = {
        "string(target/@dev)", "string(mac/@address)", "string(link/@state)", NULL
    };
    const char *wanted = args->interface;
    VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(args->domain, args->flags);
    const char *state = NULL;
    struct virsh_rows rows;

    if (!xml || virsh_xml_rows(vsh, xml, "/domain/devices/interface", columns, &rows) < 0)
        return -1;
    for (size_t i = 0; i < rows.n_rows && !state; i++) {
        char **cells = rows.cells + 3 * i;

        if (strcmp(cells[0], wanted) == 0 || strcasecmp(cells[1], wanted) == 0)
            state = *cells[2] ? cells[2] : "up";
    }
    if (state)
        shell_print(vsh, "%s %s", wanted, state);
    else if (strlen(wanted) == 17 && strchr(wanted, ':'))
        shell_error(vsh, "Interface (mac: %s) not found.", wanted);
    else
        shell_error(vsh, "Interface (dev: %s) not found.", wanted);
    virsh_rows_free(&rows);
    return state ? 0 : -1;
}

/* This table has a fixed layout of its own. */
static void
print_addresses(struct shell *vsh, const virDomainInterface *link, bool full)
{
    const char *const types[] = { "ipv4", "ipv6" };
    const char *mac = link->hwaddr ? link->hwaddr : "N/A";

    if (link->naddrs == 0) {
        shell_print(vsh, " %-10s %-20s %-8s     %s\n", link->name, mac, "N/A", "N/A");
        return;
    }
    for (unsigned int i = 0; i < link->naddrs; i++) {
        const virDomainIPAddress *address = &link->addrs[i];
        const bool first = full || i == 0;

        shell_print(vsh, " %-10s %-20s %-8s     %s/%u\n", first ? link->name : "-", first ? mac : "-",
                    SHELL_NAME_OF(types, address->type), address->addr, address->prefix);
    }
}

int
run_domifaddr(struct shell *vsh, const struct domifaddr_args *args)
{
    const unsigned int source = args->source < 0 ? 0 : (unsigned int)args->source;
    const char *name = args->interface;
    virDomainInterfacePtr *links = NULL;
    const int n = virDomainInterfaceAddresses(args->domain, &links, source, 0);

    if (n < 0)
        return shell_error(vsh, "Failed to query for interfaces addresses");
    shell_print_extra(vsh, " %-10s %-20s %-8s     %s\n%s%s\n", "Name", "MAC address", "Protocol", "Address",
                      "-------------------------------------------------",
                      "------------------------------");
    for (int i = 0; i < n; i++) {
        if (!name || strcmp(name, links[i]->name) == 0)
            print_addresses(vsh, links[i], args->full);
        virDomainInterfaceFree(links[i]);
    }
    free(links);
    return 0;
}

int
run_blockresize(struct shell *vsh, const struct blockresize_args *args)
{
    bool odd = args->size % 1024 != 0;

    return shell_did(vsh, virDomainBlockResize(args->domain, args->path, odd ? args->size : args->size / 1024,
                                               odd ? VIR_DOMAIN_BLOCK_RESIZE_BYTES : 0),
                     args->path, "Block device '%s' is resized\n", "Failed to resize block device '%s'");
}
