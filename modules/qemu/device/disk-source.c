/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The image behind a disk: block nodes in two layers, its format and below it
 * how its bytes are reached, which comes and goes with it.  The nodes are named
 * by a number, which the live document keeps.
 */
#include "device/disk.h"
#include "device/disk-chain.h"
#include "host/file.h"
#include "qmp/monitor.h"

#include <sys/stat.h>

bool
qemu_disk_source_is_said(const struct qemu_disk_def *disk)
{
    const char *path = qemu_disk_source_path(disk);

    return disk->source.present && path && *path;
}

void
qemu_disk_source_complete(struct qemu_disk_def *disk)
{
    if (!disk->source.present && disk->type != QEMU_SOURCE_TYPE_FILE)
        disk->type = QEMU_SOURCE_TYPE_FILE;       /* a drive without medium is of this type */
}

static bool
lacks_optional(const struct qemu_disk_def *disk)
{
    const char *path = qemu_disk_source_path(disk);
    struct stat sb;

    return disk->source.present && path && disk->source.startup_policy == QEMU_STARTUP_OPTIONAL &&
        vir_file_stat_in_time(path, &sb) < 0;
}

void
qemu_disk_source_leave_out(struct qemu_disk_def *disk)
{
    if (lacks_optional(disk))
        disk->source.present = false;
}

/* QEMU's driver for the format; NULL: it has none. */
static const char *
format_of(const struct qemu_disk_def *disk)
{
    static const char *const same[] = { "raw", "qcow2", "qcow", "qed", "vmdk", "vdi", "vpc", "bochs", "cloop", "dmg" };

    if (is(disk->driver.type, "fat"))
        return "raw";
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
        if (is(disk->driver.type, same[i]))
            return same[i];
    return NULL;
}

int
qemu_disk_source_startable(const struct qemu_disk_def *disk)
{
    const char *path = qemu_disk_source_path(disk);

    if (!format_of(disk))
        return qemu_refuse("driver", "type", disk->driver.type);
    if (!disk->source.present)
        return 0;
    if (qemu_disk_node_startable(disk) < 0)
        return -1;
    if (disk->type == QEMU_SOURCE_TYPE_NETWORK || disk->type == QEMU_SOURCE_TYPE_DIR)
        return 0;
    if (!path)
        return vir_error(VIR_ERR_XML_ERROR, "disk '%s': <source> does not say which %s", disk->target.dev,
                         disk->type == QEMU_SOURCE_TYPE_FILE ? "file" : "dev");
    if (lacks_optional(disk) && disk->kind != QEMU_DISK_KIND_CDROM)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "disk '%s': the source is missing, and the qemu driver cannot leave an optional "
                         "disk out yet", disk->target.dev);
    if (lacks_optional(disk))
        return 0;
    return qemu_file_check("storage file", path, disk->type == QEMU_SOURCE_TYPE_BLOCK ? QEMU_FILE_BLOCK
                           : QEMU_FILE_REGULAR | QEMU_FILE_BLOCK);
}

/* ---- nodes ------------------------------------------------------------------------------------- */

/* What is read of a backing file is written to the image. */
static bool
keeps_copies(const struct qemu_disk_def *disk)
{
    return disk->driver.copy_on_read == VIR_XML_YES;
}

char *
qemu_disk_source_node(const struct qemu_disk_def *disk)
{
    return keeps_copies(disk) ? vir_strdup_printf("libvirt-CoR-%s", disk->target.dev)
        : vir_strdup_printf("libvirt-%u-format", disk->source.index);
}

struct json_object *
qemu_disk_source_storage(const struct qemu_disk_def *disk)
{
    VIR_AUTO_FREE char *name = vir_strdup_printf("libvirt-%u-storage", disk->source.index);
    struct json_object *node = qemu_disk_node_storage(disk);

    qemu_put(node, "node-name", name);
    qemu_put_bool(node, "auto-read-only", true);
    qemu_put(node, "discard", disk->driver.discard == QEMU_DISK_DRIVER_DISCARD_IGNORE ? "ignore" : "unmap");
    qemu_disk_put_cache(node, disk->driver.cache);
    return node;
}

/* A part of the storage is all that the format sees. */
static struct json_object *
slice_node(const struct qemu_disk_def *disk)
{
    VIR_AUTO_FREE char *name = vir_strdup_printf("libvirt-%u-slice-sto", disk->source.index);
    const struct qemu_disk_source_slices_slice_def *slice = disk->source.slices.slices[0];
    struct json_object *node = qemu_object("driver", "raw");

    qemu_put(node, "node-name", name);
    qemu_put_number(node, "offset", (int64_t)slice->offset);
    qemu_put_number(node, "size", (int64_t)slice->size);
    qmp_add(node, "file", qemu_disk_source_storage(disk));
    qemu_put_bool(node, "auto-read-only", true);
    qemu_put(node, "discard", "unmap");
    return node;
}

struct json_object *
qemu_disk_source_image(const struct qemu_disk_def *disk)
{
    VIR_AUTO_FREE char *name = vir_strdup_printf("libvirt-%u-format", disk->source.index);
    struct json_object *node = qemu_object("driver", format_of(disk)), *backing;
    bool end;

    qmp_add(node, "file", disk->source.slices.n_slices ? slice_node(disk) : qemu_disk_source_storage(disk));
    qemu_put(node, "node-name", name);
    if (disk->readonly)
        qemu_put_bool(node, "read-only", true);
    if (disk->driver.discard)
        qemu_put(node, "discard", WORD(disk_driver_discard, disk->driver.discard));
    if (disk->driver.detect_zeroes)
        qemu_put(node, "detect-zeroes", WORD(disk_driver_detect_zeroes, disk->driver.detect_zeroes));
    qemu_disk_put_cache(node, disk->driver.cache);
    backing = qemu_chain_node(disk, disk->backing_store, &end);
    if (backing || (end && is(disk->driver.type, "qcow2")))
        qmp_add(node, "backing", backing);
    return node;
}

void
qemu_disk_source_build(const struct qemu_disk_def *disk, struct qemu_pieces *pieces)
{
    VIR_AUTO_FREE char *name = qemu_disk_source_node(disk);
    struct json_object *copies;

    if (!keeps_copies(disk)) {
        qemu_pieces_add(pieces, QEMU_BLOCKDEV, qemu_disk_source_image(disk));
        return;
    }
    copies = qemu_object("driver", "copy-on-read");
    qemu_put(copies, "node-name", name);
    qmp_add(copies, "file", qemu_disk_source_image(disk));
    qemu_put(copies, "discard", "unmap");
    qemu_pieces_add(pieces, QEMU_BLOCKDEV, copies);
}

/* ---- another medium ----------------------------------------------------------------------------------- */

/* The old medium comes out, the new one goes in; QEMU wants the tray open for that, and refuses all of it
 * where it stays closed. */
static int
exchange(struct qemu_monitor *monitor, const char *alias, bool was_full, const char *node, bool force)
{
    struct json_object *open = qemu_object("id", alias), *insert = qemu_object("id", alias);
    struct qemu_call *calls[4];
    size_t n = 0;

    qemu_put_bool(open, "force", force);
    qemu_put(insert, "node-name", node);
    calls[n++] = qemu_monitor_send(monitor, "blockdev-open-tray", open);
    if (was_full)
        calls[n++] = qemu_monitor_send(monitor, "blockdev-remove-medium", qemu_object("id", alias));
    if (node) {
        calls[n++] = qemu_monitor_send(monitor, "blockdev-insert-medium", json_object_get(insert));
        calls[n++] = qemu_monitor_send(monitor, "blockdev-close-tray", qemu_object("id", alias));
    }
    json_object_put(insert);
    return qemu_monitor_wait_all(monitor, calls, n, QEMU_COMMAND_MS, NULL);
}

/* The name of the node that the drive ALIAS has, in QEMU's list of DRIVES; NULL: none. */
static const char *
inserted(struct json_object *drives, const char *alias)
{
    size_t n = json_object_is_type(drives, json_type_array) ? json_object_array_length(drives) : 0;

    for (size_t i = 0; i < n; i++) {
        struct json_object *drive = json_object_array_get_idx(drives, i);

        if (is(qmp_get_string(drive, "qdev"), alias))
            return qmp_get_string(qmp_get(drive, "inserted"), "node-name");
    }
    return NULL;
}

/* An exchange failed: a guest that moved its tray meanwhile may have let part of it through.  0: the
 * medium is NODE (NULL: none) all the same; -1 with the error: the old one, put back if need be. */
static int
settle(struct qemu_monitor *monitor, const struct qemu_disk_def *old, const char *node)
{
    VIR_AUTO_FREE char *before = old->source.present ? qemu_disk_source_node(old) : NULL;
    const char *alias = old->device.alias.name, *there;
    virErrorPtr error = vir_error_take();
    struct json_object *drives = NULL;
    int ret = -1;

    if (qemu_monitor_call(monitor, "query-block", NULL, QEMU_COMMAND_MS, &drives) == 0 &&
        json_object_is_type(drives, json_type_array)) {
        there = inserted(drives, alias);
        if (node ? is(there, node) : !there)
            ret = 0;
        else if (before && !there && exchange(monitor, alias, false, before, true) < 0)
            vir_warn("drive '%s' has lost its medium: %s", alias, virGetLastErrorMessage());
    }
    json_object_put(drives);
    virResetLastError();
    if (ret == 0)
        virFreeError(error);
    else
        vir_error_restore(error);
    return ret;
}

int
qemu_disk_source_change(struct qemu_monitor *monitor, const struct qemu_disk_def *old,
                        const struct qemu_disk_def *now, bool force)
{
    VIR_AUTO_FREE char *node = now->source.present ? qemu_disk_source_node(now) : NULL;
    struct qemu_pieces before = { 0 }, after = { 0 };
    struct json_object *unused = NULL;
    int ret = 0;

    if (old->source.present)
        qemu_disk_source_build(old, &before);
    if (now->source.present)
        qemu_disk_source_build(now, &after);
    ret = qemu_pieces_plug(monitor, &after, &unused);
    if (ret == 0) {
        if (exchange(monitor, old->device.alias.name, old->source.present, node, force) < 0)
            ret = settle(monitor, old, node);
        qemu_pieces_drop(monitor, ret == 0 ? &before : &after);
    }
    json_object_put(unused);
    qemu_pieces_free(&before);
    qemu_pieces_free(&after);
    return ret;
}

/* ---- a change of the medium that was not finished ---------------------------------------------------- */

int
qemu_disk_source_restore(struct qemu_monitor *monitor, const struct qemu_disk_def *disk,
                         struct json_object *drives, unsigned int unused)
{
    VIR_AUTO_FREE char *node = disk->source.present ? qemu_disk_source_node(disk) : NULL;
    VIR_AUTO_FREE char *format = vir_strdup_printf("libvirt-%u-format", unused);
    const char *there = inserted(drives, disk->device.alias.name);
    int ret = 0;

    if (node ? !is(there, node) : there != NULL) {
        if (node)       /* QEMU refuses it where it is there already */
            qemu_monitor_post(monitor, "blockdev-add", qemu_disk_source_image(disk), NULL, NULL);
        ret = exchange(monitor, disk->device.alias.name, true, node, true);
    }
    qemu_monitor_post(monitor, "blockdev-del", qemu_object("node-name", format), NULL, NULL);
    return ret;
}
