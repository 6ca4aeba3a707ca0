/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of a domain that come, go and change, from documents. */
#include "rows/attach.h"
#include "change.h"

int
run_attach_device(struct virsh *vsh, const struct attach_device_args *args)
{
    const unsigned int flags = virsh_change_flags(vsh, args->domain, args->flags, args->persistent);
    const int result = flags || args->current ? virDomainAttachDeviceFlags(args->domain, args->file, flags)
                                              : virDomainAttachDevice(args->domain, args->file);

    return virsh_did(vsh, result, args->file_path, "Device attached successfully\n",
                     "Failed to attach device from %s");
}

int
run_detach_device(struct virsh *vsh, const struct detach_device_args *args)
{
    const unsigned int flags = virsh_change_flags(vsh, args->domain, args->flags, args->persistent);
    const int result = flags || args->current ? virDomainDetachDeviceFlags(args->domain, args->file, flags)
                                              : virDomainDetachDevice(args->domain, args->file);

    return virsh_did(vsh, result, args->file_path, "Device detached successfully\n",
                     "Failed to detach device from %s");
}

int
run_update_device(struct virsh *vsh, const struct update_device_args *args)
{
    const unsigned int flags = virsh_change_flags(vsh, args->domain, args->flags, args->persistent);

    return virsh_did(vsh, virDomainUpdateDeviceFlags(args->domain, args->file, flags), args->file_path,
                     "Device updated successfully\n", "Failed to update device from %s");
}
