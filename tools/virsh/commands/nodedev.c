/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's devices. */
#include <stdlib.h>
#include <string.h>

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

/* Children below their parents: PREFIX is what stands left of this device's own branch. */
static void
print_branch(struct shell *vsh, void *const *devs, int n, int self, const char *prefix,
             const char *branch, const char *below)
{
    VIR_AUTO_FREE char *inner = vir_strdup_printf("%s%s", prefix, below);
    const char *name = virNodeDeviceGetName(devs[self]);
    int children = 0, seen = 0;

    shell_print(vsh, "%s%s%s\n", prefix, branch, name);
    for (int i = 0; i < n; i++) {
        const char *parent = virNodeDeviceGetParent(devs[i]);

        children += parent && i != self && strcmp(parent, name) == 0;
    }
    for (int i = 0; i < n; i++) {
        const char *parent = virNodeDeviceGetParent(devs[i]);

        if (!parent || i == self || strcmp(parent, name) != 0)
            continue;
        if (seen++ == 0)
            shell_print(vsh, "%s  |\n", inner);
        print_branch(vsh, devs, n, i, inner, "  +- ", seen < children ? "  |" : "   ");
    }
    if (seen > 0)
        shell_print(vsh, "%s\n", inner);
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
    for (int i = 0; i < n; i++) {
        if (!args->tree)
            shell_print(vsh, "%s\n", virNodeDeviceGetName(devs[i]));
        else if (!virNodeDeviceGetParent(devs[i]))
            print_branch(vsh, devs, n, i, "", "", "");
    }
    shell_objects_free(SHELL_NODEDEV, devs, n);
    return 0;
}
