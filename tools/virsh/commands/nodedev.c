/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's devices. */
#include <stdlib.h>
#include <string.h>

#include "commands/tree.h"
#include "rows/nodedev.h"

int
run_nodedev_info(struct shell *vsh, const struct nodedev_info_args *args)
{
    virNodeDevicePtr dev = args->device;
    const char *parent = virNodeDeviceGetParent(dev);
    int autostart;

    shell_print_field(vsh, "Name:", virNodeDeviceGetName(dev));
    shell_print_field(vsh, "Parent:", parent ? parent : "");
    /* a driver that cannot tell has no others */
    shell_print_field(vsh, "Active:", virNodeDeviceIsActive(dev) != 0 ? "yes" : "no");
    shell_print_field(vsh, "Persistent:", virNodeDeviceIsPersistent(dev) != 0 ? "yes" : "no");
    if (virNodeDeviceGetAutostart(dev, &autostart) < 0)
        autostart = -1;
    shell_print_field(vsh, "Autostart:", shell_yes_no(autostart, "no autostart"));
    return 0;
}

static void
print_tree(struct shell *vsh, void *const *devs, int n)
{
    struct tree_item *items = vir_alloc_array((size_t)n + 1, sizeof(*items));

    for (int i = 0; i < n; i++) {
        const char *name = virNodeDeviceGetName(devs[i]), *parent = virNodeDeviceGetParent(devs[i]);

        items[i] = (struct tree_item){ name, parent };
    }
    virsh_print_trees(vsh, items, (size_t)n);
    free(items);
}

int
run_nodedev_list(struct shell *vsh, const struct nodedev_list_args *args)
{
    unsigned int filter = args->cap;        /* its words lie in the order of the bits */
    void **devs;
    int n;

    if (args->inactive || args->all)
        filter |= VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE;
    if (!args->inactive)
        filter |= VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE;
    n = shell_objects_list(vsh, SHELL_NODEDEV, filter, "Failed to list node devices", &devs);
    if (n < 0)
        return -1;
    if (args->tree)
        print_tree(vsh, devs, n);
    for (int i = 0; i < n && !args->tree; i++)
        shell_print(vsh, "%s\n", virNodeDeviceGetName(devs[i]));
    shell_objects_free(SHELL_NODEDEV, devs, n);
    return 0;
}
