/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The disks and network interfaces of one domain: which it has, and their figures. */
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

/* The document that --inactive asks for; caller frees. */
static char *
document(const struct virsh_call *call, virDomainPtr dom, const char *inactive)
{
    return virDomainGetXMLDesc(dom, virsh_flag(call, inactive) ? VIR_DOMAIN_XML_INACTIVE : 0);
}

/* One row of the table for each node; empty cells are shown as '-'. */
static int
print_devices(struct virsh *vsh, const char *xml, const char *path, const char *const *columns,
              const char *const *titles)
{
    struct virsh_table *table;
    struct virsh_rows rows;

    if (virsh_xml_rows(vsh, xml, path, columns, &rows) < 0)
        return -1;
    table = virsh_table_new(titles);
    for (size_t i = 0; i < rows.n_rows; i++) {
        const char *cells[8];

        for (size_t j = 0; j < rows.n_columns; j++) {
            const char *cell = rows.cells[i * rows.n_columns + j];

            cells[j] = *cell ? cell : "-";
        }
        virsh_table_cells(table, cells);
    }
    virsh_table_print(vsh, table);
    virsh_rows_free(&rows);
    return 0;
}

#define DISK_SOURCE "string(source/@*[contains('|file|dev|dir|name|volume|path|', concat('|', name(), '|'))])"
#define LINK_SOURCE "string(source/@*[contains('|bridge|dev|network|name|path|', concat('|', name(), '|'))])"

static int
run_domblklist(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const columns[] = {
        "string(@type)", "string(@device)", "string(target/@dev)", DISK_SOURCE, NULL
    };
    const bool details = virsh_flag(call, "details");
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    VIR_AUTO_FREE char *xml = dom ? document(call, dom, "inactive") : NULL;

    if (!xml)
        return -1;
    return print_devices(vsh, xml, "/domain/devices/disk", details ? columns : columns + 2,
                         details ? VIRSH_TITLES("Type", "Device", "Target", "Source")
                                 : VIRSH_TITLES("Target", "Source"));
}

static int
run_domiflist(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const columns[] = {
        "string(target/@dev)", "string(@type)", LINK_SOURCE, "string(model/@type)", "string(mac/@address)",
        NULL
    };
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    VIR_AUTO_FREE char *xml = dom ? document(call, dom, "inactive") : NULL;

    if (!xml)
        return -1;
    return print_devices(vsh, xml, "/domain/devices/interface", columns,
                         VIRSH_TITLES("Interface", "Type", "Source", "Model", "MAC"));
}

/* A size in its largest unit, three digits behind the point. */
static char *
block_size_text(unsigned long long bytes, bool human)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    double size = (double)bytes;
    size_t unit = 0;

    if (!human)
        return vir_strdup_printf("%llu", bytes);
    for (; size >= 1024 && unit < 6; unit++)
        size /= 1024;
    return vir_strdup_printf("%.3f %s", size, units[unit]);
}

static int
print_all_blocks(struct virsh *vsh, virDomainPtr dom, bool human)
{
    static const char *const columns[] = { "string(target/@dev)", NULL };
    VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(dom, 0);
    struct virsh_table *table;
    struct virsh_rows rows;

    if (!xml || virsh_xml_rows(vsh, xml, "/domain/devices/disk", columns, &rows) < 0)
        return -1;
    table = virsh_table_new(VIRSH_TITLES("Target", "Capacity", "Allocation", "Physical"));
    for (size_t i = 0; i < rows.n_rows; i++) {
        VIR_AUTO_FREE char *capacity = NULL, *allocation = NULL, *physical = NULL;
        virDomainBlockInfo info;

        if (virDomainGetBlockInfo(dom, rows.cells[i], &info, 0) == 0) {
            capacity = block_size_text(info.capacity, human);
            allocation = block_size_text(info.allocation, human);
            physical = block_size_text(info.physical, human);
        }
        virsh_error_forget(vsh);        /* a drive without a medium has no sizes */
        virsh_table_row(table, rows.cells[i], capacity ? capacity : "-", allocation ? allocation : "-",
                        physical ? physical : "-", NULL);
    }
    virsh_table_print(vsh, table);
    virsh_rows_free(&rows);
    return 0;
}

static int
run_domblkinfo(struct virsh *vsh, const struct virsh_call *call)
{
    const char *device = virsh_text(call, "device");
    const bool human = virsh_flag(call, "human");
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    VIR_AUTO_FREE char *capacity = NULL, *allocation = NULL, *physical = NULL;
    virDomainBlockInfo info;

    if (virsh_exclusive(vsh, call, "all", "device") < 0 || !(dom = virsh_domain(vsh, call)))
        return -1;
    if (virsh_flag(call, "all"))
        return print_all_blocks(vsh, dom, human);
    if (!device)
        return virsh_error(vsh, "command 'domblkinfo' requires <device> option");
    if (virDomainGetBlockInfo(dom, device, &info, 0) < 0)
        return -1;
    capacity = block_size_text(info.capacity, human);
    allocation = block_size_text(info.allocation, human);
    physical = block_size_text(info.physical, human);
    virsh_print(vsh, "%-15s %s\n%-15s %s\n%-15s %s\n", "Capacity:", capacity, "Allocation:", allocation,
                "Physical:", physical);
    return 0;
}

static int
run_domblkerror(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const errors[] = { "no error", "unspecified error", "no space" };
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    VIR_AUTO_FREE virDomainDiskErrorPtr disks = NULL;
    int n, max;

    if (!dom)
        return -1;
    max = virDomainGetDiskErrors(dom, NULL, 0, 0);
    if (max < 0)
        return -1;
    disks = vir_alloc_array((size_t)max + 1, sizeof(*disks));
    n = max > 0 ? virDomainGetDiskErrors(dom, disks, (unsigned int)max, 0) : 0;
    if (n < 0)
        return -1;
    if (n == 0)
        virsh_print(vsh, "No errors found\n");
    for (int i = 0; i < n; i++) {
        virsh_print(vsh, "%s: %s\n", disks[i].disk, VIRSH_NAME_OF(errors, disks[i].error));
        free(disks[i].disk);
    }
    return 0;
}

/* The state that the document gives the link of the interface with this name or address. */
static int
run_domif_getlink(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const columns[] = {
        "string(target/@dev)", "string(mac/@address)", "string(link/@state)", NULL
    };
    const char *wanted = virsh_text(call, "interface");
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    VIR_AUTO_FREE char *xml = dom ? document(call, dom, "config") : NULL;
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
        virsh_print(vsh, "%s %s", wanted, state);
    else if (strlen(wanted) == 17 && strchr(wanted, ':'))
        virsh_error(vsh, "Interface (mac: %s) not found.", wanted);
    else
        virsh_error(vsh, "Interface (dev: %s) not found.", wanted);
    virsh_rows_free(&rows);
    return state ? 0 : -1;
}

/* This table has a fixed layout of its own. */
static void
print_addresses(struct virsh *vsh, const virDomainInterface *link, bool full)
{
    const char *const types[] = { "ipv4", "ipv6" };
    const char *mac = link->hwaddr ? link->hwaddr : "N/A";

    if (link->naddrs == 0) {
        virsh_print(vsh, " %-10s %-17s    %s\n", link->name, mac, "N/A");
        return;
    }
    for (unsigned int i = 0; i < link->naddrs; i++) {
        const virDomainIPAddress *address = &link->addrs[i];
        const bool first = full || i == 0;

        virsh_print(vsh, " %-10s %-20s %-8s     %s/%u\n", first ? link->name : "-", first ? mac : "-",
                    VIRSH_NAME_OF(types, address->type), address->addr, address->prefix);
    }
}

static int
run_domifaddr(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const sources[] = { "lease", "agent", "arp" };
    const char *name = virsh_text(call, "interface"), *source = virsh_text(call, "source");
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    virDomainInterfacePtr *links = NULL;
    unsigned int number = 0;
    int n;

    if (!dom)
        return -1;
    while (source && number < 3 && strcmp(sources[number], source) != 0)
        number++;
    if (number == 3)
        return virsh_error(vsh, "Unknown data source '%s'", source);
    n = virDomainInterfaceAddresses(dom, &links, number, 0);
    if (n < 0)
        return virsh_error(vsh, "Failed to query for interfaces addresses");
    virsh_print_extra(vsh, " %-10s %-20s %-8s     %s\n%s%s\n", "Name", "MAC address", "Protocol", "Address",
                      "-------------------------------------------------",
                      "------------------------------");
    for (int i = 0; i < n; i++) {
        if (!name || strcmp(name, links[i]->name) == 0)
            print_addresses(vsh, links[i], virsh_flag(call, "full"));
        virDomainInterfaceFree(links[i]);
    }
    free(links);
    return 0;
}

static const struct virsh_option domblklist_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "inactive", VIRSH_BOOL, 0, "as they will be at its next start" },
    { "details", VIRSH_BOOL, 0, "with type and kind of device" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option domiflist_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "inactive", VIRSH_BOOL, 0, "as they will be at its next start" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option domblkinfo_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "device", VIRSH_STRING, 0, "target or source of the disk" },
    { "human", VIRSH_BOOL, 0, "in units for people" },
    { "all", VIRSH_BOOL, 0, "of all disks" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option domain_options[] = {
    VIRSH_OPTION_DOMAIN,
    VIRSH_OPTIONS_END
};

static const struct virsh_option domif_getlink_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "interface", VIRSH_STRING, VIRSH_REQUIRED, "target device or MAC address" },
    { "persistent", VIRSH_ALIAS, 0, "config" },
    VIRSH_OPTION_CONFIG,
    VIRSH_OPTIONS_END
};

static const struct virsh_option domifaddr_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "interface", VIRSH_STRING, 0, "only of this one" },
    { "full", VIRSH_BOOL, 0, "repeat name and MAC address in each row" },
    { "source", VIRSH_STRING, 0, "who is asked: lease (of a network), agent (inside the guest) or arp" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_device_commands[] = {
    { "domblkerror", "errors on a domain's disks", NULL, domain_options, run_domblkerror },
    { "domblkinfo", "sizes of a domain's disks", NULL, domblkinfo_options, run_domblkinfo },
    { "domblklist", "list a domain's disks", NULL, domblklist_options, run_domblklist },
    { "domif-getlink", "whether the cable of a domain's interface is plugged", NULL,
      domif_getlink_options, run_domif_getlink },
    { "domifaddr", "addresses of a running domain", NULL, domifaddr_options, run_domifaddr },
    { "domiflist", "list a domain's network interfaces", NULL, domiflist_options, run_domiflist },
    { .name = NULL }
};
