/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory devices of a domain. */
#include <stdlib.h>
#include <string.h>

#include "rows/memory.h"
#include "change.h"

enum { ALIAS, NODE, REQUESTED, N_COLUMNS };

/* The number of the one that the options mean; -1: reported. */
static int
find_device(struct shell *vsh, const struct update_memory_device_args *args, const struct virsh_rows *devices)
{
    int found = -1;

    for (size_t i = 0; i < devices->n_rows; i++) {
        char **device = devices->cells + i * N_COLUMNS;

        if (args->alias && strcmp(device[ALIAS], args->alias) != 0)
            continue;
        if (args->has_node && (*device[NODE] == '\0' || atoll(device[NODE]) != args->node))
            continue;
        if (found >= 0)
            return shell_error(vsh, "multiple memory devices found, use --alias or --node to select one");
        found = (int)i;
    }
    return found < 0 ? shell_error(vsh, "no memory device found") : found;
}

/* The device with its new size; NULL: reported. Caller frees. */
static char *
changed_device(struct shell *vsh, const struct update_memory_device_args *args, const char *document)
{
    static const char *const columns[] = {
        [ALIAS] = "string(alias/@name)", [NODE] = "string(target/node)", [REQUESTED] = "string(target/requested)", NULL
    };
    VIR_AUTO_FREE char *kib = vir_strdup_printf("%llu", args->requested_size / 1024 + (args->requested_size % 1024 != 0));
    const struct virsh_xml_change change = {
        .verb = VIRSH_XML_WRITE, .other = "target", .child = "requested", .value = kib,
    };
    VIR_AUTO_FREE char *path = NULL;
    struct virsh_rows devices;
    char *xml = NULL;
    int number;

    if (virsh_xml_rows(vsh, document, "/domain/devices/memory", columns, &devices) < 0)
        return NULL;
    number = find_device(vsh, args, &devices);
    path = vir_strdup_printf("/domain/devices/memory[%d]", number + 1);
    if (number >= 0 && args->has_requested_size && !*devices.cells[number * N_COLUMNS + REQUESTED])
        shell_error(vsh, "virtio-mem device is missing <requested/>");
    else if (number >= 0)
        xml = virsh_xml_change(vsh, document, path, &change, args->has_requested_size ? 1 : 0);
    virsh_rows_free(&devices);
    return xml;
}

/* Says nothing when it succeeds. */
int
run_update_memory_device(struct shell *vsh, const struct update_memory_device_args *args)
{
    VIR_AUTO_FREE char *document = virsh_change_document(args->domain, args->flags & VIR_DOMAIN_AFFECT_CONFIG);
    VIR_AUTO_FREE char *xml = document ? changed_device(vsh, args, document) : NULL;

    if (!xml)
        return -1;
    if (!args->print_xml)
        return virDomainUpdateDeviceFlags(args->domain, xml, args->flags);
    shell_print(vsh, "%s", xml);
    return 0;
}
