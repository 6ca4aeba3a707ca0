/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The images of a document's disks; see disk-images.h.
 */
#include "device/disk-images.h"
#include "device/disk.h"
#include "device/disk-chain.h"
#include "device/disk-told.h"
#include "qmp/qmp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
qemu_disk_number(const struct qemu_domain_def *doc, const char *name)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++) {
        const struct qemu_disk_def *disk = doc->devices.disks[i];

        if (is(disk->target.dev, name) || is(disk->source.file, name) || is(disk->source.dev, name))
            return (int)i;
    }
    return -1;
}

static struct qemu_disk_def *
disk_of(const struct qemu_domain_def *doc, const char *name)
{
    int number = qemu_disk_number(doc, name);

    return number < 0 ? NULL : doc->devices.disks[number];
}

static bool
has_path(const struct qemu_disk_def *disk)
{
    return disk->source.present && (disk->type == QEMU_SOURCE_TYPE_FILE || disk->type == QEMU_SOURCE_TYPE_BLOCK);
}

struct qemu_disk_facts
qemu_disk_facts(const struct qemu_domain_def *doc, size_t i)
{
    const struct qemu_disk_def *disk = doc->devices.disks[i];

    return (struct qemu_disk_facts){
        .place = disk->target.dev, .alias = disk->device.alias.name, .path = has_path(disk) ? qemu_disk_source_path(disk) : NULL, .format = disk->driver.type,
        .is_file = disk->type == QEMU_SOURCE_TYPE_FILE, .left_out = !disk->source.present || disk->readonly,
        .snapshot = (int)disk->snapshot,
    };
}

size_t
qemu_disk_images(const struct qemu_domain_def *doc, const char *name, struct qemu_disk_image **ret_list)
{
    const struct qemu_disk_def *disk = disk_of(doc, name);
    struct qemu_disk_image *list;
    size_t n = 1;

    *ret_list = NULL;
    if (!disk || !disk->source.present)
        return 0;
    for (const struct qemu_backing_store_def *below = disk->backing_store; below && below->type; below = below->backing_store)
        n++;
    *ret_list = list = vir_alloc_array(n, sizeof(*list));
    list[0] = (struct qemu_disk_image){ has_path(disk) ? qemu_disk_source_path(disk) : NULL, disk->driver.type,
                                        disk->source.has_index ? disk->source.index : 0 };
    n = 1;
    for (const struct qemu_backing_store_def *below = disk->backing_store; below && below->type; below = below->backing_store)
        list[n++] = (struct qemu_disk_image){ qemu_backing_path(below), WORD(image, below->format.type),
                                              below->has_index ? below->index : 0 };
    return n;
}

unsigned int
qemu_disk_number_meant(const struct qemu_domain_def *doc, const char *name)
{
    VIR_AUTO_FREE char *target = vir_strndup(name, strcspn(name, "["));
    VIR_AUTO_FREE struct qemu_disk_image *images = NULL;
    const char *bracket = strchr(name, '[');
    unsigned int number = 0;
    int end = 0, at = qemu_disk_number(doc, target);
    size_t n = at < 0 ? 0 : qemu_disk_images(doc, target, &images);

    if (!bracket || n == 0)
        return n == 0 ? 0 : images[0].index;
    if (sscanf(bracket, "[%u]%n", &number, &end) != 1 || bracket[end])
        return 0;
    for (size_t i = 0; i < n; i++)
        if (images[i].index == number)
            return number;
    return 0;
}

int
qemu_disk_image_find(const struct qemu_disk_image *images, size_t n, const char *path)
{
    for (size_t i = 0; i < n; i++)
        if (is(images[i].path, path))
            return (int)i;
    return -1;
}

bool
qemu_disk_has_number(const struct qemu_domain_def *doc, unsigned int number)
{
    for (size_t i = 0; i < doc->devices.n_disks; i++)
        if (qemu_chain_has_number(doc->devices.disks[i], number))
            return true;
    return false;
}

/* ---- changes --------------------------------------------------------------------------------- */

int
qemu_disk_describe(struct qemu_domain_def *doc, const char *name)
{
    unsigned int last = 0;

    return qemu_chain_describe(disk_of(doc, name), &last);
}

void
qemu_disk_push(struct qemu_domain_def *doc, const char *name, const char *file, unsigned int index)
{
    qemu_chain_push(disk_of(doc, name), file, index);
}

bool
qemu_disk_pop(struct qemu_domain_def *doc, const char *name)
{
    return qemu_chain_pop(disk_of(doc, name));
}

bool
qemu_disk_drop(struct qemu_domain_def *doc, const char *name, const char *path)
{
    return qemu_chain_drop(disk_of(doc, name), path);
}

void
qemu_disk_drop_below(struct qemu_domain_def *doc, const char *name, unsigned int top, unsigned int base)
{
    qemu_chain_drop_below(disk_of(doc, name), top, base);
}

void
qemu_disk_forget_below(struct qemu_domain_def *doc, const char *name)
{
    struct qemu_disk_def *disk = disk_of(doc, name);

    disk->backing_store = qemu_backing_store_def_free(disk->backing_store);
}

/* The image itself. */
static void
take_image(struct qemu_disk_def *disk, const struct qemu_disk_def *wanted)
{
    disk->type = wanted->type;
    qemu_set_text(&disk->source.file, wanted->source.file);
    qemu_set_text(&disk->source.dev, wanted->source.dev);
    qemu_set_text(&disk->driver.type, wanted->driver.type);
}

void
qemu_disk_turn(struct qemu_domain_def *doc, const char *name, const struct qemu_domain_def *live)
{
    struct qemu_disk_def *disk = disk_of(doc, name);
    const struct qemu_disk_def *wanted = disk_of(live, name);
    bool end = wanted->backing_store && !wanted->backing_store->type;

    take_image(disk, wanted);
    qemu_backing_store_def_free(disk->backing_store);
    disk->backing_store = end ? qemu_backing_store_def_new() : NULL;
}

void
qemu_disk_follow(struct qemu_domain_def *doc, const char *name, const struct qemu_domain_def *from)
{
    struct qemu_disk_def *disk = disk_of(doc, name);
    const struct qemu_disk_def *wanted = disk_of(from, name);
    struct qemu_backing_store_def **at;

    take_image(disk, wanted);
    qemu_backing_store_def_free(disk->backing_store);
    disk->backing_store = wanted->backing_store ? qemu_backing_store_def_copy(wanted->backing_store) : NULL;
    for (at = &disk->backing_store; *at && (*at)->type; at = &(*at)->backing_store)
        (*at)->has_index = false;
    *at = qemu_backing_store_def_free(*at);
}

void
qemu_disk_merged(struct qemu_domain_def *doc, const char *name, const char *file, const struct qemu_domain_def *before)
{
    struct qemu_disk_def *disk = disk_of(doc, name);
    const struct qemu_disk_def *below = before ? disk_of(before, name) : NULL;

    if (!disk || !below || !is(qemu_disk_source_path(disk), file)) {
        if (disk)
            qemu_chain_drop(disk, file);
        return;
    }
    if (qemu_chain_pop(disk))
        return;
    take_image(disk, below);            /* it says nothing of what is below */
}

/* ---- for QEMU ---------------------------------------------------------------------------------- */

struct json_object *
qemu_disk_overlay_storage(const struct qemu_domain_def *doc, const char *name, const char *file, unsigned int index)
{
    VIR_AUTO_FREE char *storage = vir_strdup_printf("libvirt-%u-storage", index);
    struct json_object *node = qemu_object("driver", "file");

    qemu_put(node, "filename", file);
    qemu_put(node, "node-name", storage);
    qemu_put_bool(node, "auto-read-only", true);
    qemu_put(node, "discard", "unmap");
    qemu_disk_put_cache(node, disk_of(doc, name)->driver.cache);
    return node;
}

struct json_object *
qemu_disk_overlay_node(const struct qemu_domain_def *doc, const char *name, const char *file, unsigned int index)
{
    VIR_AUTO_FREE char *format = vir_strdup_printf("libvirt-%u-format", index);
    const struct qemu_disk_def *disk = disk_of(doc, name);
    struct json_object *node = qemu_object("driver", "qcow2");

    qmp_add(node, "file", qemu_disk_overlay_storage(doc, name, file, index));
    qemu_put(node, "node-name", format);
    if (disk->driver.discard)
        qemu_put(node, "discard", WORD(disk_driver_discard, disk->driver.discard));
    if (disk->driver.detect_zeroes)
        qemu_put(node, "detect-zeroes", WORD(disk_driver_detect_zeroes, disk->driver.detect_zeroes));
    qemu_disk_put_cache(node, disk->driver.cache);
    qmp_add(node, "backing", NULL);
    return node;
}

bool
qemu_disk_keeps_copies(const struct qemu_domain_def *doc, const char *name)
{
    return disk_of(doc, name)->driver.copy_on_read == VIR_XML_YES;
}

const char *
qemu_disk_inserted(struct json_object *drives, const struct qemu_domain_def *doc, size_t i)
{
    return qmp_get_string(qmp_get(qemu_disk_told_drive(drives, doc->devices.disks[i]), "inserted"), "node-name");
}

const char *
qemu_disk_status(struct json_object *drives, const struct qemu_domain_def *doc, size_t i)
{
    return qmp_get_string(qemu_disk_told_drive(drives, doc->devices.disks[i]), "io-status");
}
