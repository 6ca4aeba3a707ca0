/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The module's entry.  Nearly all slots are printed stubs (wire/stubs.c).
 */
#include "modules/remote/remote.h"
#include "wire/stubs.h"
#include "manifest.h"

const struct vir_host *remote_host;

static int
remote_load(const struct vir_host *host)
{
    remote_host = host;
    return 0;
}

VIR_MODULE_DEFINE(remote,
    VIR_MODULE_MANIFEST,
    .version = "1",
    .load = remote_load,
    .connect = &remote_connect_ops,
    .domain = &remote_domain_ops,
    .snapshot = &remote_snapshot_ops,
    .checkpoint = &remote_checkpoint_ops,
    .interface = &remote_interface_ops,
    .network = &remote_network_ops,
    .nodedev = &remote_nodedev_ops,
    .nwfilter = &remote_nwfilter_ops,
    .secret = &remote_secret_ops,
    .storage = &remote_storage_ops,
    .qemu = &remote_qemu_ops,
    .lxc = &remote_lxc_ops);
