/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Snapshots of a running guest: what its emulator does to its images; see snapshot.h.
 * Overlays are made first, then what is to be is written down, for the definition and
 * for the next daemon, then QEMU turns to them, all at once: whoever ends in between,
 * an overlay of which nothing was written is as good as what is below it.
 */
#define VIR_LOG_SOURCE "qemu.snapshot"
#include "device/disk-images.h"
#include "device/pieces.h"
#include "guest/block-job.h"
#include "guest/block-jobs.h"
#include "guest/hotplug.h"
#include "guest/images.h"
#include "guest/snapshot.h"
#include "guest/state.h"
#include "qmp/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PLACE(word) QEMU_SNAPSHOT_DISK_SNAPSHOT_##word

static char *
format_node(unsigned int index)
{
    return vir_strdup_printf("libvirt-%u-format", index);
}

/* Of the image of the disk NAME; 0: there is none. */
static unsigned int
index_of(const struct qemu_domain_def *doc, const char *name)
{
    VIR_AUTO_FREE struct qemu_disk_image *images = NULL;

    return qemu_disk_images(doc, name, &images) > 0 ? images[0].index : 0;
}

/* -1 with an error: a job is, or cannot be, on a disk of DOC that SNAPSHOT is of. */
static int
check_no_job(struct qemu_run *run, const struct qemu_domain_def *doc, const struct qemu_domainsnapshot_def *snapshot)
{
    int ret = qemu_block_jobs_settle(run);

    for (size_t i = 0; ret == 0 && i < snapshot->disks.n_disks; i++) {
        int number = snapshot->disks.disks[i]->snapshot == PLACE(NO) ? -1 : qemu_disk_number(doc, snapshot->disks.disks[i]->name);

        if (number >= 0)
            ret = qemu_disk_check_job(doc, qemu_disk_facts(doc, (size_t)number).place) < 0 ? -1
                : qemu_block_job_check_none(run, qemu_disk_facts(doc, (size_t)number).place);
    }
    return ret;
}

/* ---- inside of the images --------------------------------------------------------------------- */

/* The nodes of DOC's disks that SNAPSHOT (NULL: any) is inside of; *RET_FIRST: the first one's name, owned by the array. */
static struct json_object *
nodes_of(const struct qemu_domain_def *doc, const struct qemu_domainsnapshot_def *snapshot, const char **ret_first)
{
    struct json_object *nodes = qmp_new_array();

    *ret_first = NULL;
    for (size_t i = 0; i < snapshot->disks.n_disks; i++) {
        const struct qemu_snapshot_disk_def *said = snapshot->disks.disks[i];
        unsigned int index = said->snapshot == PLACE(INTERNAL) ? index_of(doc, said->name) : 0;
        VIR_AUTO_FREE char *node = index > 0 ? format_node(index) : NULL;

        if (!node)
            continue;
        qmp_append(nodes, qmp_new_string(node));
        if (!*ret_first)
            *ret_first = json_object_get_string(json_object_array_get_idx(nodes, 0));
    }
    return nodes;
}

/* HOW: snapshot-save, -load, -delete. */
static int
work_on(struct qemu_run *run, const struct qemu_domain_def *doc, const struct qemu_domainsnapshot_def *snapshot,
        const char *how, const char *what)
{
    const char *first;
    struct json_object *nodes = nodes_of(doc, snapshot, &first), *args = qemu_object("job-id", how);

    if (!first) {
        json_object_put(nodes);
        json_object_put(args);
        return vir_error(VIR_ERR_OPERATION_FAILED, "no disk of domain '%s' has the snapshot '%s'", doc->name, snapshot->name);
    }
    qemu_put(args, "tag", snapshot->name);
    if (strcmp(how, "snapshot-delete") != 0)
        qemu_put(args, "vmstate", first);
    qmp_add(args, "devices", nodes);
    return qemu_block_job_run(run, how, args, how, what);
}

static int
work_on_live(struct qemu_run *run, const struct qemu_domainsnapshot_def *snapshot, const char *how, const char *what)
{
    struct qemu_def *live = qemu_live_copy(run);
    int ret = live && check_no_job(run, live->doc, snapshot) == 0 ? work_on(run, live->doc, snapshot, how, what) : -1;

    qemu_def_unref(live);
    return ret;
}

int
qemu_snapshot_live_internal(struct qemu_run *run, const struct qemu_domainsnapshot_def *def)
{
    return work_on_live(run, def, "snapshot-save", "the snapshot");
}

int
qemu_snapshot_live_delete(struct qemu_run *run, const struct qemu_domainsnapshot_def *def)
{
    return work_on_live(run, def, "snapshot-delete", "the end of a snapshot");
}

int
qemu_snapshot_live_load(struct qemu_run *run, const struct qemu_domain_def *doc, const char *name)
{
    struct qemu_domainsnapshot_def *def = qemu_snapshot_copy(run->domain, name);
    int ret = def ? work_on(run, doc, def, "snapshot-load", "going back to the snapshot") : -1;

    qemu_domainsnapshot_def_free(def);
    return ret;
}

/* ---- in files of their own --------------------------------------------------------------------- */

/* What one disk gets; borrowed from the snapshot's document. */
struct overlay {
    const char *place, *file;
    unsigned int below, index;          /* of the image that it had, and of this one */
    bool made;                          /* the file, by us */
    bool added;                         /* its node */
};

struct change {
    struct qemu_run *run;
    struct qemu_def *was, *next;        /* what the guest runs with, and will */
    struct overlay *overlays;
    size_t n;
    bool reuse;
};

/* A file that is new, or was there and is empty; *RET_MADE: the former. */
static int
open_file(const char *path, bool *ret_made)
{
    VIR_AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat sb;

    *ret_made = fd >= 0;
    if (fd < 0 && errno == EEXIST)
        fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &sb) < 0)
        return vir_error_errno(errno, "cannot create the file '%s'", path);
    return S_ISREG(sb.st_mode) && sb.st_size == 0 ? 0
        : vir_error(VIR_ERR_OPERATION_FAILED, "cannot create the file '%s': it is there, and not empty", path);
}

/* An empty image on top of what the disk has. */
static int
make_file(struct change *change, struct overlay *overlay)
{
    VIR_AUTO_FREE struct qemu_disk_image *images = NULL;
    uint64_t size = qemu_images_size(change->run, overlay->below);

    if (open_file(overlay->file, &overlay->made) < 0)
        return -1;
    if (size == 0)
        return vir_error(VIR_ERR_OPERATION_FAILED, "QEMU does not say how large disk '%s' is", overlay->place);
    qemu_disk_images(change->was->doc, overlay->place, &images);
    return qemu_images_format(change->run, qemu_disk_overlay_storage(change->was->doc, overlay->place, overlay->file, overlay->index),
                              overlay->index, size, &images[0]);
}

/* The node of the overlay, which QEMU puts on top of the disk's itself. */
static int
add_node(struct change *change, struct overlay *overlay)
{
    struct json_object *node = qemu_disk_overlay_node(change->was->doc, overlay->place, overlay->file, overlay->index);

    if (qemu_monitor_call(change->run->monitor, "blockdev-add", node, QEMU_COMMAND_MS, NULL) < 0)
        return -1;
    overlay->added = true;
    return 0;
}

static struct json_object *
transaction(const struct change *change)
{
    struct json_object *args = qmp_new_object(), *actions = qmp_new_array();

    for (size_t i = 0; i < change->n; i++) {
        const struct overlay *overlay = &change->overlays[i];
        VIR_AUTO_FREE char *node = format_node(overlay->below), *top = format_node(overlay->index);
        struct json_object *action = qemu_object("type", "blockdev-snapshot"), *data = qemu_object("node", node);

        qemu_put(data, "overlay", top);
        qmp_add(action, "data", data);
        qmp_append(actions, action);
    }
    qmp_add(args, "actions", actions);
    return args;
}

/* None of it. */
static void
undo(const struct change *change)
{
    virErrorPtr error = vir_error_take();

    for (size_t i = 0; i < change->n; i++) {
        const struct overlay *overlay = &change->overlays[i];
        VIR_AUTO_FREE char *name = format_node(overlay->index);

        if (overlay->added)
            qemu_monitor_post(change->run->monitor, "blockdev-del", qemu_object("node-name", name), NULL, NULL);
        if (overlay->made)
            unlink(overlay->file);
    }
    vir_error_restore(error);
}

static void
restore_definition(struct qemu_domain *domain, struct qemu_def *old)
{
    virErrorPtr error = vir_error_take();

    if (old && qemu_config_save(old) < 0)
        qemu_warn_error(domain->entry.name);
    if (old) {
        qemu_domain_lock(domain);
        qemu_def_unref(domain->def);
        domain->def = qemu_def_ref(old);
        qemu_domain_unlock(domain);
    }
    vir_error_restore(error);
}

static bool
is_over(struct qemu_run *run)
{
    bool over;

    qemu_domain_lock(run->domain);
    over = run->gone || run->destroyers;
    qemu_domain_unlock(run->domain);
    return over || !qemu_monitor_usable(run->monitor);
}

/* The transaction has failed, or was not answered in time: then what is asked now is answered after it.  0: it was done. */
static int
ask(struct change *change, bool *ret_unknown)
{
    const struct overlay *first = &change->overlays[0];
    VIR_AUTO_FREE char *top = format_node(first->index);
    const struct qemu_domain_def *doc = change->next->doc;
    bool in_time = virGetLastErrorCode() != VIR_ERR_OPERATION_TIMEOUT;
    virErrorPtr error = vir_error_take();
    struct json_object *drives = NULL;
    int ret = -1;

    *ret_unknown = is_over(change->run);
    if (!in_time && !*ret_unknown) {
        if (qemu_monitor_call(change->run->monitor, "query-block", NULL, QEMU_COMMAND_MS, &drives) < 0)
            *ret_unknown = change->run->unsettled = true;
        else if (is(qemu_disk_inserted(drives, doc, (size_t)qemu_disk_number(doc, first->place)), top))
            ret = 0;                    /* all overlays or none */
        json_object_put(drives);
    }
    virResetLastError();
    if (ret == 0)
        virFreeError(error);
    else
        vir_error_restore(error);
    return ret;
}

/* QEMU turns to the overlays; *RET_UNKNOWN: nobody knows whether it has done so, or will. */
static int
turn(struct change *change, bool *ret_unknown)
{
    struct qemu_domain *domain = change->run->domain;
    struct qemu_def *old = NULL;
    int ret = qemu_images_define(domain, change->was->doc, change->next->doc, NULL, &old);

    *ret_unknown = false;
    if (ret == 0)
        ret = qemu_state_save_next(domain, change->run, change->next);
    if (ret == 0) {
        ret = qemu_monitor_call(change->run->monitor, "transaction", transaction(change), QEMU_COMMAND_MS, NULL);
        if (ret < 0)
            ret = ask(change, ret_unknown);
    }
    if (ret < 0 && !*ret_unknown) {
        restore_definition(domain, old);
        qemu_state_save_current(domain, change->run);
    }
    qemu_def_unref(old);
    return ret;
}

static int
plan(struct change *change, const struct qemu_domainsnapshot_def *def)
{
    change->next = qemu_live_copy(change->run);
    change->was = change->next ? qemu_def_copy(change->next) : NULL;
    if (!change->was || check_no_job(change->run, change->was->doc, def) < 0)
        return -1;
    change->overlays = vir_alloc_array(def->disks.n_disks + 1, sizeof(*change->overlays));
    for (size_t i = 0; i < def->disks.n_disks; i++) {
        const struct qemu_snapshot_disk_def *said = def->disks.disks[i];
        unsigned int below = said->snapshot == PLACE(EXTERNAL) ? index_of(change->was->doc, said->name) : 0;

        if (below == 0)
            continue;
        if (qemu_disk_keeps_copies(change->was->doc, said->name))
            return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "disk '%s' keeps copies of what it reads: an external snapshot of "
                             "it while the guest runs is not supported", said->name);
        change->overlays[change->n++] = (struct overlay){ said->name, said->source.file, below,
                                                          qemu_images_new_number(change->run, change->was->doc), false, false };
    }
    return 0;
}

static int
carry_out(struct change *change, bool *ret_unknown)
{
    *ret_unknown = false;
    for (size_t i = 0; i < change->n; i++)
        if (!change->reuse && make_file(change, &change->overlays[i]) < 0)
            return -1;
    for (size_t i = 0; i < change->n; i++)
        if (add_node(change, &change->overlays[i]) < 0)
            return -1;
    for (size_t i = 0; i < change->n; i++)
        qemu_disk_push(change->next->doc, change->overlays[i].place, change->overlays[i].file, change->overlays[i].index);
    return turn(change, ret_unknown);
}

int
qemu_snapshot_live_external(struct qemu_run *run, const struct qemu_domainsnapshot_def *def, bool reuse)
{
    struct change change = { .run = run, .reuse = reuse };
    bool unknown = false;
    int ret = plan(&change, def);

    if (ret == 0 && change.n > 0)
        ret = carry_out(&change, &unknown);
    if ((ret == 0 && change.n > 0) || unknown)
        qemu_live_show_saved(run, vir_steal(&change.next), NULL);       /* unknown: the definition says so too */
    else if (ret < 0)
        undo(&change);
    qemu_def_unref(change.was);
    qemu_def_unref(change.next);
    free(change.overlays);
    return ret;
}

/* ---- overlays that go --------------------------------------------------------------------------- */

/* FILE, an overlay of the disk at PLACE in LIVE, goes into the image below it; LIVE follows. */
static int
merge(struct qemu_run *run, struct qemu_domain_def *live, const char *place, const char *file)
{
    VIR_AUTO_FREE struct qemu_disk_image *images = NULL;
    size_t n = qemu_disk_images(live, place, &images);
    int at = qemu_disk_image_find(images, n, file), ret;
    VIR_AUTO_FREE char *id = vir_strdup_printf("commit-%s", place);
    VIR_AUTO_FREE char *device = NULL;
    VIR_AUTO_FREE char *top = NULL;
    VIR_AUTO_FREE char *base = NULL;
    bool active = at == 0, ready;
    struct json_object *args;

    if (at < 0 || (size_t)at + 1 >= n || images[at].index == 0 || images[at + 1].index == 0)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the image '%s' is not among those of disk '%s'", file, place);
    device = format_node(images[0].index);
    top = format_node(images[at].index);
    base = format_node(images[at + 1].index);
    args = qemu_object("job-id", id);
    qemu_put(args, "device", device);
    qemu_put(args, "top-node", top);
    qemu_put(args, "base-node", base);
    qemu_put_bool(args, "auto-finalize", true);
    qemu_put_bool(args, "auto-dismiss", false);
    ret = qemu_block_job_until_ready(run, "block-commit", args, id, "the merge", &ready);
    if (ret == 0 && active && !ready)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the merge of '%s' ended early", file);
    if (ret == 0 && ready)
        ret = qemu_block_job_complete(run, id, "the merge");
    if (ret < 0)
        return -1;
    qemu_monitor_post(run->monitor, "blockdev-del", qemu_object("node-name", top), NULL, NULL);     /* if it was added alone */
    if (active)
        qemu_disk_pop(live, place);
    else
        qemu_disk_drop(live, place, file);
    return 0;
}

int
qemu_snapshot_live_merge(struct qemu_run *run, const struct qemu_domainsnapshot_def *def)
{
    struct qemu_def *live = qemu_live_copy(run), *was = live ? qemu_def_copy(live) : NULL;
    int ret = was && check_no_job(run, was->doc, def) == 0 ? qemu_snapshot_check_overlays(def, was->doc) : -1;

    for (size_t i = 0; ret == 0 && i < def->disks.n_disks; i++) {
        const struct qemu_snapshot_disk_def *said = def->disks.disks[i];

        if (said->snapshot == PLACE(EXTERNAL))
            ret = merge(run, live->doc, said->name, said->source.file);
    }
    if (was) {                          /* what was merged is so, also where another was not */
        virErrorPtr error = vir_error_take();

        if (qemu_images_define(run->domain, was->doc, live->doc, NULL, NULL) < 0)
            qemu_warn_error(run->domain->entry.name);
        qemu_live_show(run, live, NULL);
        vir_error_restore(error);
    } else {
        qemu_def_unref(live);
    }
    qemu_def_unref(was);
    return ret;
}
