/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The most that a disk does: limits that QEMU is told once the disk is there.
 */
#include "device/disk.h"
#include "qmp/qmp.h"

#define LIMIT(member) offsetof(struct qemu_disk_def, iotune.member)

/* The first six are always said. */
static const struct { const char *key; size_t member; } limits[] = {
    { "bps", LIMIT(total_bytes_sec) }, { "bps_rd", LIMIT(read_bytes_sec) }, { "bps_wr", LIMIT(write_bytes_sec) },
    { "iops", LIMIT(total_iops_sec) }, { "iops_rd", LIMIT(read_iops_sec) }, { "iops_wr", LIMIT(write_iops_sec) },
    { "bps_max", LIMIT(total_bytes_sec_max) }, { "bps_rd_max", LIMIT(read_bytes_sec_max) },
    { "bps_wr_max", LIMIT(write_bytes_sec_max) }, { "iops_max", LIMIT(total_iops_sec_max) },
    { "iops_rd_max", LIMIT(read_iops_sec_max) }, { "iops_wr_max", LIMIT(write_iops_sec_max) },
    { "bps_max_length", LIMIT(total_bytes_sec_max_length) }, { "bps_rd_max_length", LIMIT(read_bytes_sec_max_length) },
    { "bps_wr_max_length", LIMIT(write_bytes_sec_max_length) },
    { "iops_max_length", LIMIT(total_iops_sec_max_length) },
    { "iops_rd_max_length", LIMIT(read_iops_sec_max_length) },
    { "iops_wr_max_length", LIMIT(write_iops_sec_max_length) }, { "iops_size", LIMIT(size_iops_sec) },
};
enum { ALWAYS = 6 };

void
qemu_disk_limits_build(const struct qemu_disk_def *disk, struct qemu_pieces *pieces)
{
    bool virtio = disk->target.bus == QEMU_DISK_TARGET_BUS_VIRTIO;      /* whose image is at a part of it */
    VIR_AUTO_FREE char *id = vir_strdup_printf(virtio ? "/machine/peripheral/%s/virtio-backend" : "%s",
                                               disk->device.alias.name);
    struct json_object *args;

    if (!disk->iotune.present)
        return;
    args = qemu_object("id", id);
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        unsigned long long value = *(const unsigned long long *)((const char *)disk + limits[i].member);

        if (value || i < ALWAYS)
            qemu_put_number(args, limits[i].key, (int64_t)value);
    }
    qemu_put(args, "group", disk->iotune.group_name ? disk->iotune.group_name : disk->device.alias.name);
    qemu_pieces_setting(pieces, "block_set_io_throttle", args);
}
