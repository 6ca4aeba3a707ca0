/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What QEMU tells of disks while a guest runs.
 */
#include "device/disk.h"
#include "device/disk-images.h"
#include "qmp/qmp.h"

#include <stdio.h>

/* QEMU names a drive by its device or, where that has none, by the node behind it. */
static const struct qemu_disk_def *
disk_told(const struct qemu_told *told, const char *alias, const char *node)
{
    for (size_t i = 0; i < told->doc->devices.n_disks; i++) {
        const struct qemu_disk_def *disk = told->doc->devices.disks[i];
        VIR_AUTO_FREE char *own = node ? qemu_disk_source_node(disk) : NULL;

        if ((alias && is(disk->device.alias.name, alias)) || (own && strcmp(own, node) == 0))
            return disk;
    }
    return NULL;
}

static void
tray_moved(const struct qemu_told *told)
{
    const struct qemu_disk_def *disk = disk_told(told, qmp_get_string(told->data, "id"), NULL);
    int reason = qmp_get_bool(told->data, "tray-open") ? VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN
        : VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE;

    if (disk)
        vir_event_emit(qemu_driver.hub, vir_event_domain_tray_change(told->name, told->uuid, told->id,
                                                                     disk->device.alias.name, reason));
}

static void
io_error(const struct qemu_told *told)
{
    const struct qemu_disk_def *disk = disk_told(told, qmp_get_string(told->data, "device"),
                                                 qmp_get_string(told->data, "node-name"));
    const char *path = disk ? qemu_disk_source_path(disk) : "", *word = qmp_get_string(told->data, "action");
    const char *alias = disk ? disk->device.alias.name : "";
    int action = is(word, "stop") ? VIR_DOMAIN_EVENT_IO_ERROR_PAUSE
        : is(word, "report") ? VIR_DOMAIN_EVENT_IO_ERROR_REPORT : VIR_DOMAIN_EVENT_IO_ERROR_NONE;

    vir_event_emit(qemu_driver.hub, vir_event_domain_io_error(told->name, told->uuid, told->id, path, alias,
                                                              action));
    vir_event_emit(qemu_driver.hub, vir_event_domain_io_error_reason(
                       told->name, told->uuid, told->id, path, alias, action,
                       qmp_get_bool(told->data, "nospace") ? "enospc" : ""));
}

/* Writing has come to the threshold that was set on the bytes of an image. */
static void
threshold_passed(const struct qemu_told *told)
{
    const char *node = qmp_get_string(told->data, "node-name");
    unsigned long long threshold = qmp_get_uint(told->data, "write-threshold", UINT64_MAX, 0);
    unsigned long long excess = qmp_get_uint(told->data, "amount-exceeded", UINT64_MAX, 0);
    unsigned int number;

    if (!node || sscanf(node, "libvirt-%u-storage", &number) != 1)
        return;
    for (size_t i = 0; i < told->doc->devices.n_disks; i++) {
        const char *target = told->doc->devices.disks[i]->target.dev;
        VIR_AUTO_FREE char *one = vir_strdup_printf("%s[%u]", target, number);
        VIR_AUTO_FREE struct qemu_disk_image *images = NULL;
        size_t n = qemu_disk_images(told->doc, target, &images);

        for (size_t k = 0; k < n; k++) {
            if (images[k].index != number)
                continue;
            if (k == 0)
                vir_event_emit(qemu_driver.hub, vir_event_domain_block_threshold(told->name, told->uuid, told->id, target,
                                                                                 images[k].path, threshold, excess));
            vir_event_emit(qemu_driver.hub, vir_event_domain_block_threshold(told->name, told->uuid, told->id, one,
                                                                             images[k].path, threshold, excess));
        }
    }
}

void
qemu_disk_event(const struct qemu_told *told)
{
    if (is(told->event, "DEVICE_TRAY_MOVED"))
        tray_moved(told);
    else if (is(told->event, "BLOCK_IO_ERROR"))
        io_error(told);
    else if (is(told->event, "BLOCK_WRITE_THRESHOLD"))
        threshold_passed(told);
}
