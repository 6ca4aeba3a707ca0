/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a snapshot's document leaves out of the domain's disks; see snapshot.h.
 */
#include "device/disk-images.h"
#include "guest/snapshot.h"

#include <stdlib.h>

#define PLACE(word) QEMU_SNAPSHOT_DISK_SNAPSHOT_##word

/* Each disk that is said goes to ALL at its number. */
static int
match(const struct qemu_domainsnapshot_def *doc, const struct vir_snapshot_disk *disks, size_t n,
      struct qemu_snapshot_disk_def **all)
{
    size_t n_said = doc->disks.n_disks;
    VIR_AUTO_FREE const char **names = vir_alloc_array(n_said + 1, sizeof(*names));
    VIR_AUTO_FREE size_t *which = vir_alloc_array(n_said + 1, sizeof(*which));

    for (size_t k = 0; k < n_said; k++)
        names[k] = doc->disks.disks[k]->name;
    if (vir_snapshot_match_disks(disks, n, names, n_said, which) < 0)
        return -1;
    for (size_t k = 0; k < n_said; k++)
        all[which[k]] = doc->disks.disks[k];
    return 0;
}

static struct vir_snapshot_disk
facts_of(const struct qemu_domain_def *of, size_t i)
{
    const struct qemu_disk_facts disk = qemu_disk_facts(of, i);

    return (struct vir_snapshot_disk){
        .target = disk.place, .source = disk.is_file ? disk.path : NULL, .path = disk.path, .left_out = disk.left_out,
        .domain_says = disk.snapshot,
    };
}

static void
take_said(struct vir_snapshot_disk *disk, const struct qemu_snapshot_disk_def *said)
{
    disk->place = (int)said->snapshot;
    disk->file = said->source.file ? said->source.file : said->source.dev;
}

static void
say(struct qemu_snapshot_disk_def *said, const struct vir_snapshot_disk *disk)
{
    said->snapshot = (enum qemu_snapshot_disk_snapshot)disk->place;
    if (disk->made)
        said->source.file = disk->file;
    said->source.present = disk->file != NULL;
    if (said->snapshot == PLACE(EXTERNAL) && !said->type)
        said->type = QEMU_SOURCE_TYPE_FILE;
}

int
qemu_snapshot_complete_disks(struct qemu_domainsnapshot_def *doc, const struct qemu_domain_def *of,
                             enum vir_snapshot_place usual)
{
    size_t n = of->devices.n_disks;
    VIR_AUTO_FREE struct vir_snapshot_disk *disks = vir_alloc_array(n + 1, sizeof(*disks));
    VIR_AUTO_FREE struct qemu_snapshot_disk_def **all = vir_alloc_array(n + 1, sizeof(*all));
    int ret;

    for (size_t i = 0; i < n; i++)
        disks[i] = facts_of(of, i);
    if (match(doc, disks, n, all) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!all[i])
            all[i] = qemu_snapshot_disk_def_new();
        qemu_set_text(&all[i]->name, disks[i].target);
        take_said(&disks[i], all[i]);
    }
    ret = vir_snapshot_complete_disks(disks, n, doc->name, usual, usual == VIR_SNAPSHOT_INTERNAL);
    for (size_t i = 0; i < n; i++)
        say(all[i], &disks[i]);
    free(doc->disks.disks);             /* all that were in it are in the new list */
    doc->disks.disks = vir_steal(&all);
    doc->disks.n_disks = n;
    doc->disks.present = n > 0;
    return ret;
}

void
qemu_snapshot_choose_formats(struct qemu_domainsnapshot_def *doc)
{
    for (size_t i = 0; i < doc->disks.n_disks; i++) {
        struct qemu_snapshot_disk_def *said = doc->disks.disks[i];

        if (said->snapshot != PLACE(EXTERNAL) || said->driver.type)
            continue;
        said->driver.present = true;
        said->driver.type = vir_strdup("qcow2");
    }
}

int
qemu_snapshot_check_overlays(const struct qemu_domainsnapshot_def *snapshot, const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < snapshot->disks.n_disks; i++) {
        const struct qemu_snapshot_disk_def *said = snapshot->disks.disks[i];
        const char *file = said->source.file;
        VIR_AUTO_FREE struct qemu_disk_image *images = NULL;
        size_t n;
        int at;

        if (said->snapshot != PLACE(EXTERNAL))
            continue;
        if (qemu_disk_number(doc, said->name) < 0)
            return vir_error(VIR_ERR_INVALID_ARG, "disk '%s' not found in domain", said->name);
        n = qemu_disk_images(doc, said->name, &images);
        at = file ? qemu_disk_image_find(images, n, file) : -1;
        if (at < 0 || (size_t)at + 1 >= n || !images[at + 1].path)
            return vir_error(VIR_ERR_INVALID_ARG, "disk '%s': '%s' is not among its images, or nothing is known of one below it",
                             said->name, file ? file : "");
    }
    return 0;
}
