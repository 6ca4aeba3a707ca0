/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host and QEMU tell of disks: sizes, and what was read and written.
 */
#include "device/disk-told.h"
#include "device/disk.h"
#include "qmp/qmp.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* By the name of its place, or of its source.  NULL: error set. */
const struct qemu_disk_def *
qemu_disk_find(const struct qemu_domain_def *doc, const char *name)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct qemu_disk_def *disk = doc->devices.disks[i];

        if (is(disk->target.dev, name) || is(disk->source.file, name) || is(disk->source.dev, name))
            return disk;
    }
    return vir_error_null(VIR_ERR_INVALID_ARG, "domain '%s' has no disk '%s'", doc->name, name);
}

struct json_object *
qemu_disk_told_drive(struct json_object *answer, const struct qemu_disk_def *disk)
{
    size_t n = json_object_is_type(answer, json_type_array) ? json_object_array_length(answer) : 0;
    const char *alias = disk->device.alias.name;

    for (size_t i = 0; alias && i < n; i++) {
        struct json_object *one = json_object_array_get_idx(answer, i);
        const char *qdev = qmp_get_string(one, "qdev"), *at = qdev ? strstr(qdev, alias) : NULL;
        size_t len = strlen(alias);

        if (at && (at == qdev || at[-1] == '/') && (at[len] == '\0' || at[len] == '/'))
            return one;
    }
    return NULL;
}

/* ---- sizes ---- */

static int
info_of_file(const struct qemu_disk_def *disk, virDomainBlockInfoPtr info)
{
    const char *path = disk->source.file ? disk->source.file : disk->source.dev;
    struct stat sb;

    if (!disk->source.present || !path)
        return vir_error(VIR_ERR_INVALID_ARG, "the disk '%s' has no file or device here", disk->target.dev);
    if (vir_file_stat_in_time(path, &sb) < 0)
        return vir_error_errno(errno, "cannot look at '%s'", path);
    info->physical = info->capacity = (unsigned long long)sb.st_size;
    info->allocation = (unsigned long long)sb.st_blocks * 512;
    return 0;
}

int
qemu_disk_told_info(const struct qemu_domain_def *doc, const char *name, struct json_object *drives,
                    virDomainBlockInfoPtr ret_info)
{
    const struct qemu_disk_def *disk = qemu_disk_find(doc, name);
    struct json_object *image;

    *ret_info = (virDomainBlockInfo){ 0 };
    if (!disk || info_of_file(disk, ret_info) < 0)
        return -1;
    image = qmp_get(qmp_get(qemu_disk_told_drive(drives, disk), "inserted"), "image");
    ret_info->capacity = qmp_get_uint(image, "virtual-size", UINT64_MAX, ret_info->capacity);
    return 0;
}

char *
qemu_disk_told_node(const struct qemu_domain_def *doc, const char *name)
{
    const struct qemu_disk_def *disk = qemu_disk_find(doc, name);

    if (disk && !disk->source.present)
        return vir_error_null(VIR_ERR_INVALID_ARG, "the drive '%s' is empty", name);
    return disk ? vir_strdup_printf("libvirt-%u-format", disk->source.index) : NULL;
}

/* ---- what was read and written ---- */

const char *const qemu_disk_figures[] = {
    VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, VIR_DOMAIN_BLOCK_STATS_READ_BYTES,
    VIR_DOMAIN_BLOCK_STATS_READ_REQ, VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES,
    VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES,
};

static void
add_up(long long *sums, struct json_object *stats)
{
    static const char *const keys[QEMU_DISK_FIGURES] = {
        "wr_bytes", "wr_operations", "rd_bytes", "rd_operations", "flush_operations", "wr_total_time_ns",
        "rd_total_time_ns", "flush_total_time_ns",
    };

    for (size_t i = 0; i < QEMU_DISK_FIGURES; i++)
        sums[i] += (long long)qmp_get_uint(stats, keys[i], INT64_MAX, 0);
}

int
qemu_disk_told_figures(const struct qemu_domain_def *doc, const char *name, struct json_object *answer, long long *ret)
{
    const struct qemu_disk_def *disk = *name ? qemu_disk_find(doc, name) : NULL;

    if (*name && !disk)
        return -1;
    memset(ret, 0, QEMU_DISK_FIGURES * sizeof(*ret));
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (!disk || disk == doc->devices.disks[i])
            add_up(ret, qmp_get(qemu_disk_told_drive(answer, doc->devices.disks[i]), "stats"));
    return 0;
}
