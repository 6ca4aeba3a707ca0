/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Snapshots of a domain that does not run: its images, and its definition; see snapshot.h.
 */
#define VIR_LOG_SOURCE "qemu.snapshot"
#include "device/disk-images.h"
#include "guest/snapshot.h"
#include "guest/state.h"
#include "host/image-tool.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACE(word) QEMU_SNAPSHOT_DISK_SNAPSHOT_##word

/* The image of the disk of DOC that SAID is of, if it goes to PLACE; NULL. */
static const char *
path_at(const struct qemu_domain_def *doc, const struct qemu_snapshot_disk_def *said, enum qemu_snapshot_disk_snapshot place)
{
    int number = said->snapshot == place ? qemu_disk_number(doc, said->name) : -1;

    return number < 0 ? NULL : qemu_disk_facts(doc, (size_t)number).path;
}

/* ---- inside of the images --------------------------------------------------------------------- */

/* The disks that SNAPSHOT is inside of, as DOC has them.  TRIED: all, whatever fails. */
static int
each_internal(const struct qemu_domain_def *doc, const struct qemu_domainsnapshot_def *snapshot, const char *how, bool tried,
              size_t *ret_done)
{
    *ret_done = 0;
    for (size_t i = 0; i < snapshot->disks.n_disks; i++) {
        const struct qemu_snapshot_disk_def *said = snapshot->disks.disks[i];
        const char *path = path_at(doc, said, PLACE(INTERNAL));

        if (!path)
            continue;
        if (qemu_image_tool_snapshot(path, how, snapshot->name) == 0)
            (*ret_done)++;
        else if (tried)
            qemu_warn_error(snapshot->name);
        else
            return -1;
    }
    return 0;
}

int
qemu_snapshot_off_internal(const struct qemu_def *def, const struct qemu_domainsnapshot_def *snapshot)
{
    virErrorPtr error;
    size_t done;

    if (each_internal(def->doc, snapshot, "-c", false, &done) == 0)
        return 0;
    error = vir_error_take();
    for (size_t i = 0; i < snapshot->disks.n_disks && done > 0; i++) {          /* all of it or nothing */
        const char *path = path_at(def->doc, snapshot->disks.disks[i], PLACE(INTERNAL));

        if (!path)
            continue;
        if (qemu_image_tool_snapshot(path, "-d", snapshot->name) < 0)
            qemu_warn_error(snapshot->name);
        done--;
    }
    vir_error_restore(error);
    return -1;
}

int
qemu_snapshot_off_load(const struct qemu_domainsnapshot_def *snapshot)
{
    size_t done;

    return each_internal(snapshot->domain, snapshot, "-a", false, &done);
}

void
qemu_snapshot_off_delete(const struct qemu_def *def, const struct qemu_domainsnapshot_def *snapshot)
{
    size_t done;

    each_internal(def->doc, snapshot, "-d", true, &done);
}

/* ---- in files of their own --------------------------------------------------------------------- */

/* The files of disks that were MADE here go. */
static void
unmake(const struct qemu_domainsnapshot_def *snapshot, const bool *made)
{
    virErrorPtr error = vir_error_take();

    for (size_t i = 0; i < snapshot->disks.n_disks; i++)
        if (made[i])
            unlink(snapshot->disks.disks[i]->source.file);
    vir_error_restore(error);
}

/* Disk SAID of NOW gets its overlay; *RET_MADE: its file was not there before. */
static int
overlay(struct qemu_def *now, const struct qemu_snapshot_disk_def *said, bool reuse, bool *ret_made)
{
    const char *path = path_at(now->doc, said, PLACE(EXTERNAL));
    VIR_AUTO_FREE char *place = NULL;

    if (!path)
        return 0;
    place = vir_strdup(qemu_disk_facts(now->doc, (size_t)qemu_disk_number(now->doc, said->name)).place);
    *ret_made = !reuse && access(said->source.file, F_OK) < 0;
    if (!reuse && qemu_image_tool_overlay(said->source.file, path,
                                          qemu_disk_facts(now->doc, (size_t)qemu_disk_number(now->doc, place)).format) < 0)
        return -1;
    qemu_disk_push(now->doc, place, said->source.file, 0);
    qemu_disk_forget_below(now->doc, place);
    return 0;
}

int
qemu_snapshot_off_external(struct qemu_domain *domain, const struct qemu_def *def,
                           const struct qemu_domainsnapshot_def *snapshot, bool reuse)
{
    VIR_AUTO_FREE bool *made = vir_alloc_array(snapshot->disks.n_disks + 1, sizeof(*made));
    struct qemu_def *now = qemu_def_copy(def);
    int ret = now ? 0 : -1;

    for (size_t i = 0; ret == 0 && i < snapshot->disks.n_disks; i++)
        ret = overlay(now, snapshot->disks.disks[i], reuse, &made[i]);
    if (ret == 0)
        ret = qemu_config_keep(domain, now);
    if (ret < 0)
        unmake(snapshot, made);
    qemu_def_unref(now);
    return ret;
}

/* FILE, one of IMAGES, goes into the one below it; *RET_AT: which it is. */
static int
merge_file(const struct qemu_disk_image *images, size_t n, const char *file, int *ret_at)
{
    int at = *ret_at = qemu_disk_image_find(images, n, file);

    if (at < 0 || (size_t)at + 1 >= n || !images[at + 1].path || !images[at + 1].format || !images[at].format)
        return vir_error(VIR_ERR_OPERATION_FAILED, "nothing is known of an image below '%s'", file);
    if (qemu_image_tool_commit(file, images[at].format) < 0)
        return -1;
    return at == 0 ? 0 : qemu_image_tool_rebase(images[at - 1].path, images[at - 1].format, images[at + 1].path,
                                                images[at + 1].format);
}

/* FILE is an overlay of the disk at PLACE in NOW, which follows. */
static int
merge(struct qemu_def *now, const char *place, const char *file)
{
    struct qemu_def *described = qemu_def_copy(now);
    VIR_AUTO_FREE struct qemu_disk_image *images = NULL;
    int at = -1, ret = described ? qemu_disk_describe(described->doc, place) : -1;
    size_t n = ret == 0 ? qemu_disk_images(described->doc, place, &images) : 0;

    if (ret == 0)
        ret = merge_file(images, n, file, &at);
    if (ret == 0 && at == 0) {
        qemu_disk_pop(described->doc, place);
        qemu_disk_follow(now->doc, place, described->doc);
        qemu_disk_forget_below(now->doc, place);
    } else if (ret == 0) {
        qemu_disk_drop(now->doc, place, file);          /* if it says what is below */
    }
    qemu_def_unref(described);
    return ret;
}

/* All of it can be done, or nothing is. */
static int
check_merge(const struct qemu_def *def, const struct qemu_domainsnapshot_def *snapshot)
{
    struct qemu_def *described = qemu_def_copy(def);
    int ret = described ? 0 : -1;

    for (size_t i = 0; ret == 0 && i < snapshot->disks.n_disks; i++)
        if (path_at(described->doc, snapshot->disks.disks[i], PLACE(EXTERNAL)))
            ret = qemu_disk_describe(described->doc, snapshot->disks.disks[i]->name);
    if (ret == 0)
        ret = qemu_snapshot_check_overlays(snapshot, described->doc);
    qemu_def_unref(described);
    return ret;
}

struct qemu_def *
qemu_snapshot_off_merge(const struct qemu_def *def, const struct qemu_domainsnapshot_def *snapshot)
{
    struct qemu_def *now = qemu_def_copy(def);
    int ret = now ? check_merge(def, snapshot) : -1;

    for (size_t i = 0; ret == 0 && i < snapshot->disks.n_disks; i++)
        if (snapshot->disks.disks[i]->snapshot == PLACE(EXTERNAL))
            ret = merge(now, snapshot->disks.disks[i]->name, snapshot->disks.disks[i]->source.file);
    return ret < 0 ? qemu_def_unref(now) : now;
}
