/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The most that a disk does: limits that QEMU is told once the disk is there, and when
 * they change.  Disks of a group share them.
 */
#include "device/disk.h"
#include "device/disk-told.h"
#include "qmp/qmp.h"

#include <stdio.h>

#define LIMIT(member) offsetof(struct qemu_disk_iotune_def, member), \
    offsetof(struct qemu_disk_iotune_def, has_##member), #member

/* Their names for QEMU and for programs; of those of one SET a change that says one says all.  BASE: the row of the
 * limit that a burst exceeds, or of the burst that lasts; -1: none. */
static const struct limit { const char *key; size_t member, said; const char *name; int set, base; } limits[] = {
    { "bps", LIMIT(total_bytes_sec), 1, -1 }, { "bps_rd", LIMIT(read_bytes_sec), 1, -1 },
    { "bps_wr", LIMIT(write_bytes_sec), 1, -1 },
    { "iops", LIMIT(total_iops_sec), 2, -1 }, { "iops_rd", LIMIT(read_iops_sec), 2, -1 },
    { "iops_wr", LIMIT(write_iops_sec), 2, -1 },
    { "bps_max", LIMIT(total_bytes_sec_max), 3, 0 }, { "bps_rd_max", LIMIT(read_bytes_sec_max), 3, 1 },
    { "bps_wr_max", LIMIT(write_bytes_sec_max), 3, 2 }, { "iops_max", LIMIT(total_iops_sec_max), 4, 3 },
    { "iops_rd_max", LIMIT(read_iops_sec_max), 4, 4 }, { "iops_wr_max", LIMIT(write_iops_sec_max), 4, 5 },
    { "iops_size", LIMIT(size_iops_sec), 5, -1 },
    { "bps_max_length", LIMIT(total_bytes_sec_max_length), 6, 6 },
    { "bps_rd_max_length", LIMIT(read_bytes_sec_max_length), 6, 7 },
    { "bps_wr_max_length", LIMIT(write_bytes_sec_max_length), 6, 8 },
    { "iops_max_length", LIMIT(total_iops_sec_max_length), 7, 9 },
    { "iops_rd_max_length", LIMIT(read_iops_sec_max_length), 7, 10 },
    { "iops_wr_max_length", LIMIT(write_iops_sec_max_length), 7, 11 },
};
enum { N_LIMITS = sizeof(limits) / sizeof(limits[0]), ALWAYS = 6, FIRST_LENGTH = 13 };    /* the first six are always said */

static unsigned long long
value_of(const struct qemu_disk_def *disk, size_t i)
{
    return disk->iotune ? *(const unsigned long long *)((const char *)disk->iotune + limits[i].member) : 0;
}

static const char *
group_of(const struct qemu_disk_def *disk)
{
    return disk->iotune ? disk->iotune->group_name : NULL;
}

/* Of a disk that has limits. */
static void
set_value(struct qemu_disk_def *disk, size_t i, unsigned long long value)
{
    *(unsigned long long *)((char *)disk->iotune + limits[i].member) = value;
    *(bool *)((char *)disk->iotune + limits[i].said) = value > 0;
}

static struct json_object *
args_of(const struct qemu_disk_def *disk)
{
    bool virtio = disk->target.bus == QEMU_DISK_TARGET_BUS_VIRTIO;      /* whose image is at a part of it */
    VIR_AUTO_FREE char *id = vir_strdup_printf(virtio ? "/machine/peripheral/%s/virtio-backend" : "%s",
                                               disk->device.alias.name);
    struct json_object *args = qemu_object("id", id);

    for (size_t i = 0; i < N_LIMITS; i++)
        if (value_of(disk, i) || i < ALWAYS)
            qemu_put_number(args, limits[i].key, (int64_t)value_of(disk, i));
    qemu_put(args, "group", group_of(disk));   /* NULL: QEMU makes one of the ID */
    return args;
}

void
qemu_disk_limits_build(const struct qemu_disk_def *disk, struct qemu_pieces *pieces)
{
    if (disk->iotune)
        qemu_pieces_setting(pieces, "block_set_io_throttle", args_of(disk));
}

/* ---- for calls ----------------------------------------------------------------------------------------- */

static int
row_of(const char *name)
{
    for (size_t i = 0; i < N_LIMITS; i++)
        if (is(name, limits[i].name))
            return (int)i;
    return -1;
}

/* -1: PARAMS are not what they can be. */
static int
check_params(const virTypedParameter *params, int n)
{
    for (int i = 0; i < n; i++) {
        bool group = is(params[i].field, VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME);

        if (!group && row_of(params[i].field) < 0)
            return vir_error(VIR_ERR_INVALID_ARG, "a disk has no limit '%s'", params[i].field);
        if (params[i].type != (group ? VIR_TYPED_PARAM_STRING : VIR_TYPED_PARAM_ULLONG))
            return vir_error(VIR_ERR_INVALID_ARG, "the limit '%s' is of another type", params[i].field);
        if (!group && params[i].value.ul > 1000000000000000ull)
            return vir_error(VIR_ERR_OVERFLOW, "the limit '%s' is more than 1000000000000000", params[i].field);
    }
    return 0;
}

/* A total and a part of it are one too many. */
static int
check_set(const struct qemu_disk_def *disk, size_t first)
{
    if (value_of(disk, first) && (value_of(disk, first + 1) || value_of(disk, first + 2)))
        return vir_error(VIR_ERR_INVALID_ARG, "%s is said, and %s or %s too", limits[first].name, limits[first + 1].name,
                         limits[first + 2].name);
    return 0;
}

/* A burst is no less than what it exceeds; what lasts is there. */
static int
check_bases(const struct qemu_disk_def *disk)
{
    for (size_t i = 0; i < N_LIMITS; i++) {
        unsigned long long value = value_of(disk, i), base = limits[i].base < 0 ? 0 : value_of(disk, (size_t)limits[i].base);

        if (limits[i].base < 0 || value == 0)
            continue;
        if (i >= FIRST_LENGTH && base == 0)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%s needs %s", limits[i].name, limits[limits[i].base].name);
        if (i < FIRST_LENGTH && value < base)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%s is less than %s", limits[i].name,
                             limits[limits[i].base].name);
        if (i < FIRST_LENGTH && base == 0)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%s needs %s", limits[i].name, limits[limits[i].base].name);
    }
    return 0;
}

static bool
is_said(const virTypedParameter *params, int n, size_t row)
{
    for (int i = 0; i < n; i++)
        if (row_of(params[i].field) == (int)row)
            return true;
    return false;
}

static void
take(struct qemu_disk_def *disk, const virTypedParameter *params, int n)
{
    bool any;

    if (!disk->iotune)
        disk->iotune = VIR_NEW(struct qemu_disk_iotune_def);
    for (int i = 0; i < n; i++) {       /* what is said of a set replaces all of it, but for lengths */
        int row = row_of(params[i].field);

        for (size_t j = 0; row >= 0 && row < FIRST_LENGTH && j < N_LIMITS; j++)
            if (limits[j].set == limits[row].set)
                set_value(disk, j, 0);
    }
    for (int i = 0; i < n; i++) {
        int row = row_of(params[i].field);

        if (row >= 0)
            set_value(disk, (size_t)row, params[i].value.ul);
        else
            qemu_set_text(&disk->iotune->group_name, params[i].value.s);
    }
    for (size_t i = FIRST_LENGTH; i < N_LIMITS; i++)    /* of no burst */
        if (!is_said(params, n, i) && value_of(disk, (size_t)limits[i].base) == 0)
            set_value(disk, i, 0);
    any = disk->iotune->group_name != NULL;
    for (size_t i = 0; i < N_LIMITS; i++)
        any = any || value_of(disk, i) > 0;
    if (!any)
        disk->iotune = qemu_disk_iotune_def_free(disk->iotune);
}

static void
tell_group(struct qemu_domain_def *doc, const struct qemu_disk_def *disk)
{
    for (size_t i = 0; group_of(disk) && i < doc->devices.n_disks; i++) {
        struct qemu_disk_def *other = doc->devices.disks[i];

        if (other == disk || !is(group_of(other), group_of(disk)))
            continue;
        for (size_t j = 0; j < N_LIMITS; j++)
            set_value(other, j, value_of(disk, j));
    }
}

int
qemu_disk_limits_set(struct qemu_domain_def *doc, const char *name, const virTypedParameter *params, int n,
                     struct json_object **ret_args)
{
    struct qemu_disk_def *disk = (struct qemu_disk_def *)qemu_disk_find(doc, name);

    if (!disk || check_params(params, n) < 0)
        return -1;
    take(disk, params, n);
    for (size_t first = 0; first < 12; first += 3)
        if (check_set(disk, first) < 0)
            return -1;
    if (check_bases(disk) < 0)
        return -1;
    tell_group(doc, disk);
    if (ret_args && !disk->source.present)
        return vir_error(VIR_ERR_OPERATION_INVALID, "the drive '%s' is empty", name);
    if (ret_args)
        *ret_args = args_of(disk);
    return 0;
}

int
qemu_disk_limits_get(const struct qemu_domain_def *doc, const char *name, virTypedParameterPtr params, int *n)
{
    const struct qemu_disk_def *disk = *n > 0 || name ? qemu_disk_find(doc, name ? name : "") : NULL;
    int room = *n, filled = 0;

    if (*n > 0 && !disk)
        return -1;
    *n = N_LIMITS + 1;
    for (int i = 0; i <= N_LIMITS && filled < room; i++, filled++) {
        /* the name of the group stands before the lengths */
        bool group = i == FIRST_LENGTH;
        size_t row = (size_t)(i > FIRST_LENGTH ? i - 1 : i);

        if (group)
            params[filled] = (virTypedParameter){ VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME, VIR_TYPED_PARAM_STRING,
                { .s = vir_strdup(group_of(disk) ? group_of(disk) : "") } };
        else
            params[filled] = (virTypedParameter){ .type = VIR_TYPED_PARAM_ULLONG, .value.ul = value_of(disk, row) };
        if (!group)
            snprintf(params[filled].field, sizeof(params[filled].field), "%s", limits[row].name);
    }
    if (room > 0)
        *n = filled;
    return 0;
}
