/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The images of a running guest, and what follows them; see images.h.
 */
#include "guest/images.h"
#include "device/disk-images.h"
#include "device/pieces.h"
#include "guest/block-job.h"
#include "guest/state.h"
#include "qmp/monitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the definition ------------------------------------------------------------------------------- */

static const char *
path_of(const struct qemu_domain_def *doc, const char *place)
{
    int number = qemu_disk_number(doc, place);

    return number < 0 ? NULL : qemu_disk_facts(doc, (size_t)number).path;
}

/* The disk at PLACE, whose images were those of WAS and are those of LIVE: the same comes and goes of its own, which
 * may say less of what is below. */
static void
follow(struct qemu_domain_def *doc, const char *place, const struct qemu_domain_def *was, const struct qemu_domain_def *live)
{
    VIR_AUTO_FREE struct qemu_disk_image *before = NULL;
    VIR_AUTO_FREE struct qemu_disk_image *after = NULL;
    size_t n_before = qemu_disk_images(was, place, &before), n_after = qemu_disk_images(live, place, &after);
    int more = qemu_disk_image_find(after, n_after, path_of(doc, place)), less;

    for (int i = more; i-- > 0; )
        qemu_disk_push(doc, place, after[i].path, 0);
    less = more < 0 && n_after > 0 ? qemu_disk_image_find(before, n_before, after[0].path) : 0;
    while (less-- > 0)
        if (!qemu_disk_pop(doc, place)) {
            qemu_disk_follow(doc, place, live);
            return;
        }
    for (size_t i = 1; i < n_before; i++)
        if (before[i].path && qemu_disk_image_find(after, n_after, before[i].path) < 0)
            qemu_disk_drop(doc, place, before[i].path);
}

/* What the definition DEF says, after the images of a running guest were those of WAS and are those of LIVE: it gets
 * these where it had those. */
static struct qemu_def *
followed(const struct qemu_def *def, const struct qemu_domain_def *was, const struct qemu_domain_def *live, const char *turned)
{
    struct qemu_def *now = qemu_def_copy(def);

    for (size_t i = 0; now && i < live->devices.n_disks; i++) {
        const struct qemu_disk_facts disk = qemu_disk_facts(live, i);
        const char *path = path_of(now->doc, disk.place);

        if (!path || (!is(path_of(was, disk.place), path) && !is(disk.path, path)))
            continue;
        if (turned && is(disk.place, turned))
            qemu_disk_turn(now->doc, disk.place, live);
        else
            follow(now->doc, disk.place, was, live);
    }
    return now;
}

int
qemu_images_define(struct qemu_domain *domain, const struct qemu_domain_def *was, const struct qemu_domain_def *live,
                   const char *turned, struct qemu_def **ret_old)
{
    struct qemu_def *def = NULL, *now;
    int ret = 0;

    qemu_domain_lock(domain);
    if (domain->persistent)
        def = qemu_def_ref(domain->def);
    qemu_domain_unlock(domain);
    if (def) {
        now = followed(def, was, live, turned);
        ret = now ? qemu_config_keep(domain, now) : -1;
        qemu_def_unref(now);
    }
    if (ret_old)
        *ret_old = def;
    else
        qemu_def_unref(def);
    return ret;
}

/* ---- QEMU's nodes ----------------------------------------------------------------------------------- */

unsigned int
qemu_images_new_number(struct qemu_run *run, const struct qemu_domain_def *doc)
{
    unsigned int last = qemu_disk_last_number(doc);

    if (run->last_number < last)
        run->last_number = last;
    return ++run->last_number;
}

/* The number in NODE's name, if it is the KIND of node that an image has; 0: it is not. */
static unsigned int
number_of(struct json_object *node, const char *wanted)
{
    const char *name = qmp_get_string(node, "node-name");
    unsigned int index;
    char kind[16];

    return name && sscanf(name, "libvirt-%u-%15s", &index, kind) == 2 && strcmp(kind, wanted) == 0 ? index : 0;
}

/* Those of NODES that are KIND and of no image of DOC go, unless they are in use; how many went. */
static size_t
remove_strays(struct qemu_run *run, const struct qemu_domain_def *doc, struct json_object *nodes, const char *kind)
{
    size_t gone = 0;

    for (size_t i = 0; json_object_is_type(nodes, json_type_array) && i < json_object_array_length(nodes); i++) {
        struct json_object *node = json_object_array_get_idx(nodes, i);
        unsigned int number = number_of(node, kind);

        if (number == 0 || qemu_disk_has_number(doc, number))
            continue;
        if (qemu_monitor_call(run->monitor, "blockdev-del", qemu_object("node-name", qmp_get_string(node, "node-name")),
                              QEMU_COMMAND_MS, NULL) == 0)
            gone++;
        virResetLastError();            /* it is in use by one above it, or went with that */
    }
    return gone;
}

void
qemu_images_sweep(struct qemu_run *run, const struct qemu_domain_def *doc)
{
    struct json_object *nodes = NULL;
    size_t gone = 1;

    if (qemu_monitor_call(run->monitor, "query-named-block-nodes", NULL, QEMU_COMMAND_MS, &nodes) < 0)
        qemu_warn_error(run->domain->entry.name);
    while (nodes && gone > 0)           /* each lets go of the one below it */
        gone = remove_strays(run, doc, nodes, "format");
    remove_strays(run, doc, nodes, "storage");
    json_object_put(nodes);
}

/* ---- new ones ------------------------------------------------------------------------------------- */

uint64_t
qemu_images_size(struct qemu_run *run, unsigned int index)
{
    VIR_AUTO_FREE char *wanted = vir_strdup_printf("libvirt-%u-format", index);
    struct json_object *nodes = NULL;
    uint64_t size = 0;

    if (qemu_monitor_call(run->monitor, "query-named-block-nodes", NULL, QEMU_COMMAND_MS, &nodes) < 0)
        return 0;
    for (size_t i = 0; json_object_is_type(nodes, json_type_array) && i < json_object_array_length(nodes); i++) {
        struct json_object *node = json_object_array_get_idx(nodes, i);

        if (is(qmp_get_string(node, "node-name"), wanted))
            size = qmp_get_uint(qmp_get(node, "image"), "virtual-size", INT64_MAX, 0);
    }
    json_object_put(nodes);
    return size;
}

int
qemu_images_format(struct qemu_run *run, struct json_object *node, unsigned int index, uint64_t size,
                   const struct qemu_disk_image *below)
{
    VIR_AUTO_FREE char *id = vir_strdup_printf("create-libvirt-%u-format", index);
    VIR_AUTO_FREE char *storage = vir_strdup_printf("libvirt-%u-storage", index);
    struct json_object *options, *args;
    int ret;

    if (qemu_monitor_call(run->monitor, "blockdev-add", node, QEMU_COMMAND_MS, NULL) < 0)
        return -1;
    options = qemu_object("driver", "qcow2");
    qemu_put(options, "file", storage);
    qemu_put_number(options, "size", (int64_t)size);
    qemu_put(options, "backing-file", below ? below->path : NULL);
    qemu_put(options, "backing-fmt", below ? below->format : NULL);
    args = qemu_object("job-id", id);
    qmp_add(args, "options", options);
    ret = qemu_block_job_run(run, "blockdev-create", args, id, "a new image");
    qemu_monitor_post(run->monitor, "blockdev-del", qemu_object("node-name", storage), NULL, NULL);
    return ret;
}
