/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The images below that of a disk.  A document may describe them; what it leaves out
 * stands in the heads of the images, which are read so far as their formats are known,
 * never guessed.
 */
#include "device/disk-chain.h"
#include "device/disk.h"
#include "host/image-head.h"
#include "qmp/qmp.h"

#include <stdlib.h>

enum { MAX_DEPTH = 200 };               /* of a chain, as in libvirt 9.0.0 */

/* ---- describing ---------------------------------------------------------------------------- */

static struct qemu_backing_store_def *
described(const struct qemu_image_head *head, unsigned int *last)
{
    struct qemu_backing_store_def *below = qemu_backing_store_def_new();

    if (!head->backing)
        return below;                   /* empty: the end */
    below->type = head->block ? QEMU_SOURCE_TYPE_BLOCK : QEMU_SOURCE_TYPE_FILE;
    qemu_set_text(head->block ? &below->source.dev : &below->source.file, head->backing);
    below->source.present = below->format.present = true;
    below->format.type = (enum qemu_image)vir_xml_enum_value(&qemu_image_words, head->format);
    below->has_index = true;
    below->index = ++*last;
    return below;
}

/* What PATH says of what is below it goes to AT; 1: it is described. */
static int
look(const char *path, const char *format, struct qemu_backing_store_def **at, unsigned int *last)
{
    struct qemu_image_head head;
    int ret = qemu_image_head_read(path, format, &head);

    if (ret == 1 && (!head.backing || vir_xml_enum_value(&qemu_image_words, head.format) > 0))
        *at = described(&head, last);
    else if (ret == 1)
        ret = 0;
    qemu_image_head_free(&head);
    return ret;
}

static void
number(struct qemu_backing_store_def *below, unsigned int *last)
{
    for (; below && below->type; below = below->backing_store)
        if (!below->has_index) {
            below->has_index = true;
            below->index = ++*last;
        }
}

int
qemu_chain_describe(struct qemu_disk_def *disk, unsigned int *last)
{
    const char *path = qemu_disk_source_path(disk), *format = disk->driver.type;
    struct qemu_backing_store_def **at = &disk->backing_store;
    int depth = 0, ret = 1;

    if (!disk->source.present || disk->source.slices.n_slices || !path ||
        (disk->type != QEMU_SOURCE_TYPE_FILE && disk->type != QEMU_SOURCE_TYPE_BLOCK))
        return 0;
    number(*at, last);
    while (ret == 1 && !(*at && !(*at)->type)) {
        if (++depth > MAX_DEPTH)
            return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "disk '%s': more than %d images lie one below the other",
                             disk->target.dev, MAX_DEPTH);
        if (!*at)
            ret = look(path, format, at, last);
        if (ret == 1 && (*at)->type) {
            path = qemu_backing_path(*at);
            format = WORD(image, (*at)->format.type);
            at = &(*at)->backing_store;
            if (!path || !format)
                return 0;               /* nothing is known of such a one */
        }
    }
    return ret < 0 ? -1 : 0;
}

/* The number of an image; 0: it has none. */
static unsigned int
number_of(const struct qemu_backing_store_def *below)
{
    return below->has_index ? below->index : 0;
}

/* Of BELOW and all below it: the highest number, or the one that is NUMBER (0: any). */
static unsigned int
highest(const struct qemu_backing_store_def *below, unsigned int number, unsigned int last)
{
    for (; below; below = below->backing_store)
        if (number_of(below) > last && (number == 0 || number_of(below) == number))
            last = number_of(below);
    return last;
}

/* The same of all images of DISK, and of the one that a job makes. */
static unsigned int
highest_of(const struct qemu_disk_def *disk, unsigned int number)
{
    const struct qemu_mirror_def *mirror = disk->mirror;
    const unsigned int own = disk->source.has_index ? disk->source.index : 0;
    const unsigned int copy = mirror && mirror->source.has_index ? mirror->source.index : 0;
    unsigned int last = highest(disk->backing_store, number, number == 0 || own == number ? own : 0);

    if (copy > last && (number == 0 || copy == number))
        last = copy;
    return mirror ? highest(mirror->backing_store, number, last) : last;
}

unsigned int
qemu_chain_last(const struct qemu_disk_def *disk)
{
    return highest_of(disk, 0);
}

bool
qemu_chain_has_number(const struct qemu_disk_def *disk, unsigned int number)
{
    return number > 0 && highest_of(disk, number) == number;
}

/* ---- for QEMU -------------------------------------------------------------------------------- */

/* Can all of it be told QEMU? */
static bool
is_known(const struct qemu_backing_store_def *below)
{
    for (; below && below->type; below = below->backing_store)
        if (!qemu_backing_path(below) || !below->has_index || !below->format.type || below->format.type == QEMU_IMAGE_DIR)
            return false;
    return true;
}

static struct json_object *
node_of(const struct qemu_disk_def *disk, const struct qemu_backing_store_def *below)
{
    VIR_AUTO_FREE char *name = vir_strdup_printf("libvirt-%u-format", below->index);
    VIR_AUTO_FREE char *storage = vir_strdup_printf("libvirt-%u-storage", below->index);
    struct json_object *file = qemu_object("driver", below->type == QEMU_SOURCE_TYPE_BLOCK ? "host_device" : "file");
    struct json_object *node = qemu_object("driver", WORD(image, below->format.type)), *backing;
    bool end;

    qemu_put(file, "filename", qemu_backing_path(below));
    if (disk->driver.io)
        qemu_put(file, "aio", WORD(disk_driver_io, disk->driver.io));
    qemu_put(file, "node-name", storage);
    qemu_put_bool(file, "auto-read-only", true);
    qemu_put(file, "discard", "unmap");
    qemu_disk_put_cache(file, disk->driver.cache);
    qmp_add(node, "file", file);
    qemu_put(node, "node-name", name);
    qemu_put_bool(node, "read-only", true);
    qemu_disk_put_cache(node, disk->driver.cache);
    backing = qemu_chain_node(disk, below->backing_store, &end);
    if (backing || (end && below->format.type == QEMU_IMAGE_QCOW2))
        qmp_add(node, "backing", backing);
    return node;
}

struct json_object *
qemu_chain_node(const struct qemu_disk_def *disk, const struct qemu_backing_store_def *below, bool *ret_end)
{
    *ret_end = below && !below->type;
    return below && below->type && is_known(below) ? node_of(disk, below) : NULL;
}

/* ---- changing ---------------------------------------------------------------------------------- */

void
qemu_chain_push(struct qemu_disk_def *disk, const char *file, unsigned int index)
{
    struct qemu_backing_store_def *below = qemu_backing_store_def_new();

    below->type = disk->type;
    below->has_index = disk->source.has_index;
    below->index = disk->source.index;
    below->format.present = below->source.present = true;
    below->format.type = (enum qemu_image)vir_xml_enum_value(&qemu_image_words, disk->driver.type);
    below->source.file = vir_steal(&disk->source.file);
    below->source.dev = vir_steal(&disk->source.dev);
    below->backing_store = vir_steal(&disk->backing_store);
    disk->backing_store = below;
    disk->type = QEMU_SOURCE_TYPE_FILE;
    qemu_set_text(&disk->source.file, file);
    qemu_set_text(&disk->driver.type, "qcow2");
    disk->source.has_index = index > 0;
    disk->source.index = index;
}

bool
qemu_chain_pop(struct qemu_disk_def *disk)
{
    struct qemu_backing_store_def *below = disk->backing_store;

    if (!below || !below->type || !qemu_backing_path(below) || !below->format.type)
        return false;
    disk->type = below->type;
    qemu_set_text(&disk->source.file, below->source.file);
    qemu_set_text(&disk->source.dev, below->source.dev);
    qemu_set_text(&disk->driver.type, WORD(image, below->format.type));
    disk->source.has_index = below->has_index;
    disk->source.index = below->index;
    disk->backing_store = vir_steal(&below->backing_store);
    qemu_backing_store_def_free(below);
    return true;
}

bool
qemu_chain_drop(struct qemu_disk_def *disk, const char *file)
{
    for (struct qemu_backing_store_def **at = &disk->backing_store; *at; at = &(*at)->backing_store) {
        struct qemu_backing_store_def *below = *at;

        if (!is(qemu_backing_path(below), file))
            continue;
        *at = vir_steal(&below->backing_store);
        qemu_backing_store_def_free(below);
        return true;
    }
    return false;
}

void
qemu_chain_drop_below(struct qemu_disk_def *disk, unsigned int top, unsigned int base)
{
    struct qemu_backing_store_def **at = &disk->backing_store;

    while (top > 0 && *at && (*at)->type && (*at)->index != top)
        at = &(*at)->backing_store;
    while (*at && (*at)->type && (base == 0 || (*at)->index != base)) {
        struct qemu_backing_store_def *below = *at;

        *at = vir_steal(&below->backing_store);
        qemu_backing_store_def_free(below);
    }
    if (!*at && base == 0)
        *at = qemu_backing_store_def_new();     /* empty: the end */
}
