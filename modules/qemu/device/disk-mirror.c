/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <mirror> of a disk; see disk-mirror.h.
 */
#include "device/disk-mirror.h"
#include "device/disk-chain.h"
#include "device/disk-images.h"
#include "device/disk.h"
#include "qmp/qmp.h"

#include <stdlib.h>

static struct qemu_disk_def *
disk_of(const struct qemu_domain_def *doc, const char *name)
{
    int number = qemu_disk_number(doc, name);

    return number < 0 ? NULL : doc->devices.disks[number];
}

static const struct qemu_mirror_def *
mirror_of(const struct qemu_domain_def *doc, const char *name)
{
    const struct qemu_disk_def *disk = disk_of(doc, name);

    return disk ? disk->mirror : NULL;
}

unsigned int
qemu_disk_mirror_number(const struct qemu_domain_def *doc, const char *name)
{
    const struct qemu_mirror_def *mirror = mirror_of(doc, name);

    return mirror && mirror->source.has_index ? mirror->source.index : 0;
}

bool
qemu_disk_mirror_is_ready(const struct qemu_domain_def *doc, const char *name)
{
    const struct qemu_mirror_def *mirror = mirror_of(doc, name);

    return mirror && mirror->ready;
}

void
qemu_disk_mirror_below(struct qemu_domain_def *doc, const char *name, unsigned int index)
{
    struct qemu_disk_def *disk = disk_of(doc, name);
    struct qemu_mirror_def *mirror = disk->mirror = qemu_mirror_def_new();
    const struct qemu_backing_store_def *below = disk->backing_store;

    while (below->index != index)
        below = below->backing_store;
    mirror->type = below->type;
    mirror->job = QEMU_MIRROR_JOB_ACTIVE_COMMIT;
    mirror->format.present = mirror->source.present = true;
    mirror->format.type = below->format.type;
    qemu_set_text(&mirror->source.file, below->source.file);
    qemu_set_text(&mirror->source.dev, below->source.dev);
    mirror->source.has_index = true;
    mirror->source.index = index;
}

/* ---- a copy --------------------------------------------------------------------------------------- */

/* DISK on what its mirror is, released by the caller. */
static struct qemu_disk_def *
turned(const struct qemu_disk_def *disk)
{
    struct qemu_disk_def *now = qemu_disk_def_copy(disk);
    struct qemu_mirror_def *mirror = now->mirror;

    now->mirror = NULL;
    now->type = mirror->type;
    qemu_set_text(&now->source.file, mirror->source.file);
    qemu_set_text(&now->source.dev, mirror->source.dev);
    qemu_set_text(&now->driver.type, WORD(image, mirror->format.type));
    now->source.has_index = true;
    now->source.index = mirror->source.index;
    if (mirror->backing_store) {
        qemu_backing_store_def_free(now->backing_store);
        now->backing_store = vir_steal(&mirror->backing_store);
    }
    qemu_mirror_def_free(mirror);
    return now;
}

int
qemu_disk_mirror_copy(struct qemu_domain_def *doc, const char *name, const struct qemu_disk_target *target)
{
    struct qemu_disk_def *disk = disk_of(doc, name), *scratch;
    struct qemu_mirror_def *mirror;
    unsigned int last = target->index;
    int ret = 0;

    if (disk->source.slices.n_slices || !qemu_disk_facts(doc, (size_t)qemu_disk_number(doc, name)).path)
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "disk '%s' is no whole file or device: copying it is not supported", name);
    disk->mirror = mirror = qemu_mirror_def_new();
    mirror->type = target->block ? QEMU_SOURCE_TYPE_BLOCK : QEMU_SOURCE_TYPE_FILE;
    mirror->job = QEMU_MIRROR_JOB_COPY;
    mirror->format.present = mirror->source.present = true;
    mirror->format.type = mirror->old_format = (enum qemu_image)vir_xml_enum_value(&qemu_image_words, target->format);
    if (!target->block)
        qemu_set_text(&mirror->file, target->path);
    qemu_set_text(target->block ? &mirror->source.dev : &mirror->source.file, target->path);
    mirror->source.has_index = true;
    mirror->source.index = target->index;
    if (!target->shallow || target->reuse)
        mirror->backing_store = qemu_backing_store_def_new();
    if (!target->reuse)
        return 0;
    scratch = turned(disk);
    scratch->backing_store = qemu_backing_store_def_free(scratch->backing_store);
    ret = qemu_chain_describe(scratch, &last);
    qemu_backing_store_def_free(mirror->backing_store);
    mirror->backing_store = vir_steal(&scratch->backing_store);
    qemu_disk_def_free(scratch);
    return ret;
}

struct json_object *
qemu_disk_mirror_image(const struct qemu_domain_def *doc, const char *name)
{
    const struct qemu_disk_def *disk = disk_of(doc, name);
    const struct qemu_backing_store_def *below = disk->backing_store;
    struct qemu_disk_def *now = turned(disk);
    VIR_AUTO_FREE char *node = below && below->type ? vir_strdup_printf("libvirt-%u-format", below->index) : NULL;
    bool shared = !disk->mirror->backing_store;         /* with the disk: by the node that is there */
    struct json_object *image;

    if (shared)
        now->backing_store = qemu_backing_store_def_free(now->backing_store);
    image = qemu_disk_source_image(now);
    if (shared)
        qmp_add(image, "backing", node ? qmp_new_string(node) : NULL);
    qemu_disk_def_free(now);
    return image;
}

struct json_object *
qemu_disk_mirror_storage(const struct qemu_domain_def *doc, const char *name)
{
    struct qemu_disk_def *now = turned(disk_of(doc, name));
    struct json_object *storage = qemu_disk_source_storage(now);

    qemu_disk_def_free(now);
    return storage;
}

/* ---- its end ------------------------------------------------------------------------------------------ */

void
qemu_disk_mirror_say(struct qemu_domain_def *doc, const char *name, const char *word)
{
    disk_of(doc, name)->mirror->ready = (enum qemu_mirror_ready)vir_xml_enum_value(&qemu_mirror_ready_words, word);
}

void
qemu_disk_mirror_end(struct qemu_domain_def *doc, const char *name, bool is_turned)
{
    int number = qemu_disk_number(doc, name);
    struct qemu_disk_def *disk = number < 0 ? NULL : doc->devices.disks[number];
    struct qemu_mirror_def *mirror = disk ? disk->mirror : NULL;

    if (!mirror)
        return;
    if (is_turned && mirror->job == QEMU_MIRROR_JOB_COPY) {
        doc->devices.disks[number] = turned(disk);
        qemu_disk_def_free(disk);
        return;
    }
    while (is_turned && disk->source.index != mirror->source.index && qemu_chain_pop(disk))
        ;
    disk->mirror = qemu_mirror_def_free(mirror);
}
