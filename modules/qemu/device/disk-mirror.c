/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * <mirror> of a disk; see disk-mirror.h.
 */
#include "device/disk-mirror.h"
#include "device/disk-chain.h"
#include "device/disk-images.h"

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

void
qemu_disk_mirror_say(struct qemu_domain_def *doc, const char *name, const char *word)
{
    disk_of(doc, name)->mirror->ready = (enum qemu_mirror_ready)vir_xml_enum_value(&qemu_mirror_ready_words, word);
}

void
qemu_disk_mirror_end(struct qemu_domain_def *doc, const char *name, bool turned)
{
    struct qemu_disk_def *disk = disk_of(doc, name);
    struct qemu_mirror_def *mirror = disk->mirror;

    if (!mirror)
        return;
    while (turned && disk->source.index != mirror->source.index && qemu_chain_pop(disk))
        ;
    disk->mirror = qemu_mirror_def_free(mirror);
}
