/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of a domain that come, go and change, from documents. */
#include "rows/attach.h"
#include "change.h"

int
run_attach_device(struct shell *vsh, const struct attach_device_args *args)
{
    const struct virsh_change change = VIRSH_CHANGE(vsh, args);

    return shell_did(vsh, virsh_attach(&change, args->file), args->file_path, "Device attached successfully\n",
                     "Failed to attach device from %s");
}

int
run_detach_device(struct shell *vsh, const struct detach_device_args *args)
{
    const struct virsh_change change = VIRSH_CHANGE(vsh, args);

    return shell_did(vsh, virsh_detach(&change, args->file), args->file_path, "Device detached successfully\n",
                     "Failed to detach device from %s");
}

int
run_detach_device_alias(struct shell *vsh, const struct detach_device_alias_args *args)
{
    return shell_did(vsh, virDomainDetachDeviceAlias(args->domain, args->alias, args->flags), args->alias,
                     "Device detach request sent successfully\n", "Failed to detach device with alias %s");
}

int
run_update_device(struct shell *vsh, const struct update_device_args *args)
{
    const struct virsh_change change = VIRSH_CHANGE(vsh, args);

    return shell_did(vsh, virDomainUpdateDeviceFlags(args->domain, args->file, change.flags), args->file_path,
                     "Device updated successfully\n", "Failed to update device from %s");
}
