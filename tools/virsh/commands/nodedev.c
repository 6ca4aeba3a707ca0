/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's devices. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "object.h"

#define KIND nodedev
#define KIND_TYPE virNodeDevicePtr
#define KIND_NAME virNodeDeviceGetName

static int
start(virNodeDevicePtr dev)
{
    return virNodeDeviceCreate(dev, 0);
}

static int
undefine(virNodeDevicePtr dev)
{
    return virNodeDeviceUndefine(dev, 0);
}

VIRSH_FROM_FILE(run_nodedev_create, virNodeDeviceCreateXML, VIR_NODE_DEVICE_CREATE_XML_VALIDATE,
                "Node device %s created from %s\n", "Failed to create node device from %s")
VIRSH_FROM_FILE(run_nodedev_define, virNodeDeviceDefineXML, VIR_NODE_DEVICE_DEFINE_XML_VALIDATE,
                "Node device '%s' defined from '%s'\n", "Failed to define node device from '%s'")
VIRSH_ACTION(run_nodedev_destroy, virNodeDeviceDestroy, "Destroyed node device '%s'\n",
             "Failed to destroy node device '%s'")
VIRSH_ACTION(run_nodedev_undefine, undefine, "Undefined node device '%s'\n",
             "Failed to undefine node device '%s'")
VIRSH_ACTION(run_nodedev_start, start, "Device %s started\n", "Failed to start device %s")
VIRSH_ACTION(run_nodedev_reattach, virNodeDeviceReAttach, "Device %s re-attached\n",
             "Failed to re-attach device %s")
VIRSH_ACTION(run_nodedev_reset, virNodeDeviceReset, "Device %s reset\n", "Failed to reset device %s")
VIRSH_AUTOSTART(run_nodedev_autostart, virNodeDeviceSetAutostart, "device")
VIRSH_DUMPXML(run_nodedev_dumpxml, virNodeDeviceGetXMLDesc, 0)

static int
run_nodedev_detach(struct virsh *vsh, const struct virsh_call *call)
{
    const char *driver = virsh_text(call, "driver");
    VIRSH_AUTO(nodedev) virNodeDevicePtr dev = virsh_nodedev(vsh, call);

    if (!dev)
        return -1;
    if ((driver ? virNodeDeviceDetachFlags(dev, driver, 0) : virNodeDeviceDettach(dev)) < 0)
        return virsh_error(vsh, "Failed to detach device %s", virsh_typed(call));
    virsh_print_extra(vsh, "Device %s detached\n", virsh_typed(call));
    return 0;
}

static int
run_nodedev_info(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(nodedev) virNodeDevicePtr dev = virsh_nodedev(vsh, call);
    const char *parent;
    int autostart;

    if (!dev)
        return -1;
    parent = virNodeDeviceGetParent(dev);
    virsh_print(vsh, "%-15s %s\n", "Name:", virNodeDeviceGetName(dev));
    virsh_print(vsh, "%-15s %s\n", "Parent:", parent ? parent : "");
    /* a driver that cannot tell has no others */
    virsh_print(vsh, "%-15s %s\n", "Active:", virNodeDeviceIsActive(dev) != 0 ? "yes" : "no");
    virsh_print(vsh, "%-15s %s\n", "Persistent:", virNodeDeviceIsPersistent(dev) != 0 ? "yes" : "no");
    if (virNodeDeviceGetAutostart(dev, &autostart) < 0)
        autostart = -1;
    virsh_print(vsh, "%-15s %s\n", "Autostart:", virsh_yes_no(autostart, "no autostart"));
    return 0;
}

/* Kinds of devices by the number of their bit. */
static const char *const capabilities[] = {
    "system", "pci", "usb_device", "usb", "net", "scsi_host", "scsi_target", "scsi", "storage", "fc_host",
    "vports", "scsi_generic", "drm", "mdev_types", "mdev", "ccw", "css", "vdpa", "ap_card", "ap_queue",
    "ap_matrix", "vpd",
};

static int
read_capabilities(struct virsh *vsh, const struct virsh_call *call, unsigned int *ret_bits)
{
    VIR_AUTO_FREE char *copy = vir_strdup(virsh_text(call, "cap"));
    char *state = NULL;

    for (char *word = copy ? strtok_r(copy, ",", &state) : NULL; word; word = strtok_r(NULL, ",", &state)) {
        size_t i = 0;

        while (i < sizeof(capabilities) / sizeof(*capabilities) && strcmp(capabilities[i], word) != 0)
            i++;
        if (i == sizeof(capabilities) / sizeof(*capabilities))
            return virsh_error(vsh, "Invalid capability type");
        *ret_bits |= 1u << i;
    }
    return 0;
}

VIRSH_NAME_ORDER(by_name)

/* Children below their parents: PREFIX is what stands left of this device's own branch. */
static void
print_branch(struct virsh *vsh, virNodeDevicePtr *devs, int n, int self, const char *prefix,
             const char *branch, const char *below)
{
    VIR_AUTO_FREE char *inner = vir_strdup_printf("%s%s", prefix, below);
    const char *name = virNodeDeviceGetName(devs[self]);
    int children = 0, seen = 0;

    virsh_print(vsh, "%s%s%s\n", prefix, branch, name);
    for (int i = 0; i < n; i++) {
        const char *parent = virNodeDeviceGetParent(devs[i]);

        children += parent && i != self && strcmp(parent, name) == 0;
    }
    for (int i = 0; i < n; i++) {
        const char *parent = virNodeDeviceGetParent(devs[i]);

        if (!parent || i == self || strcmp(parent, name) != 0)
            continue;
        if (seen++ == 0)
            virsh_print(vsh, "%s  |\n", inner);
        print_branch(vsh, devs, n, i, inner, "  +- ", seen < children ? "  |" : "   ");
    }
    if (seen > 0)
        virsh_print(vsh, "%s\n", inner);
}

static int
run_nodedev_list(struct virsh *vsh, const struct virsh_call *call)
{
    const bool tree = virsh_flag(call, "tree");
    unsigned int filter = 0;
    virNodeDevicePtr *devs = NULL;
    int n;

    if (tree && (virsh_flag(call, "cap") || virsh_flag(call, "inactive")))
        return virsh_error(vsh, "Option --tree is incompatible with --cap and --inactive");
    if (virsh_flag(call, "inactive") && virsh_flag(call, "all"))
        return virsh_error(vsh, "Option --all is incompatible with --inactive");
    if (read_capabilities(vsh, call, &filter) < 0)
        return -1;
    if (virsh_flag(call, "inactive") || virsh_flag(call, "all"))
        filter |= VIR_CONNECT_LIST_NODE_DEVICES_INACTIVE;
    if (!virsh_flag(call, "inactive"))
        filter |= VIR_CONNECT_LIST_NODE_DEVICES_ACTIVE;
    n = virConnectListAllNodeDevices(vsh->conn, &devs, filter);
    if (n < 0)
        return virsh_error(vsh, "Failed to list node devices");
    qsort(devs, (size_t)n, sizeof(*devs), by_name);
    for (int i = 0; i < n; i++) {
        if (!tree)
            virsh_print(vsh, "%s\n", virNodeDeviceGetName(devs[i]));
        else if (!virNodeDeviceGetParent(devs[i]))
            print_branch(vsh, devs, n, i, "", "", "");
    }
    for (int i = 0; i < n; i++)
        virNodeDeviceFree(devs[i]);
    free(devs);
    return 0;
}

#define OPTION_DEVICE { "device", VIRSH_STRING, VIRSH_REQUIRED, "the device: its name" }

static const struct virsh_option device_options[] = {
    OPTION_DEVICE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option destroy_options[] = {
    { "name", VIRSH_ALIAS, 0, "device" },
    OPTION_DEVICE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option file_options[] = {
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the device's document" },
    VIRSH_OPTION_VALIDATE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option autostart_options[] = {
    OPTION_DEVICE,
    VIRSH_OPTION_DISABLE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option detach_options[] = {
    OPTION_DEVICE,
    { "driver", VIRSH_STRING, 0, "the driver that takes it over, as vfio" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option dumpxml_options[] = {
    OPTION_DEVICE, VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

static const struct virsh_option list_options[] = {
    { "tree", VIRSH_BOOL, 0, "as a tree" },
    { "cap", VIRSH_STRING, 0, "only of these kinds (pci, net, ...), parted by commas" },
    { "inactive", VIRSH_BOOL, 0, "those that are defined but not there" },
    { "all", VIRSH_BOOL, 0, "those that are there and those that are not" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_nodedev_commands[] = {
    { "nodedev-autostart", "start a defined device whenever the host starts", NULL,
      autostart_options, run_nodedev_autostart },
    { "nodedev-create", "make a device from a document", NULL, file_options, run_nodedev_create },
    { "nodedev-define", "define a device from a document", NULL, file_options, run_nodedev_define },
    { "nodedev-destroy", "remove a device that was made", NULL, destroy_options, run_nodedev_destroy },
    { "nodedev-detach", "take a device from its driver, for a guest", NULL,
      detach_options, run_nodedev_detach },
    { "nodedev-dettach", "nodedev-detach", NULL, NULL, NULL, VIRSH_HIDDEN },
    { "nodedev-dumpxml", "document of a device", NULL, dumpxml_options, run_nodedev_dumpxml },
    { "nodedev-info", "what a device is", NULL, device_options, run_nodedev_info },
    { "nodedev-list", "list the host's devices", NULL, list_options, run_nodedev_list },
    { "nodedev-reattach", "give a device back to its driver", NULL, device_options, run_nodedev_reattach },
    { "nodedev-reset", "reset a device", NULL, device_options, run_nodedev_reset },
    { "nodedev-start", "make a defined device", NULL, device_options, run_nodedev_start },
    { "nodedev-undefine", "remove the definition of a device", NULL, device_options, run_nodedev_undefine },
    { .name = NULL }
};
