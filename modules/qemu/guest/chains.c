/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Images of a running guest that are exchanged; see chains.h.  QEMU's nodes have numbers
 * that the live document tells: it shows where QEMU is.
 */
#define VIR_LOG_SOURCE "qemu.snapshot"
#include "guest/chains.h"
#include "device/disk-images.h"
#include "device/pieces.h"
#include "guest/block-job.h"
#include "guest/block-jobs.h"
#include "guest/hotplug.h"
#include "guest/images.h"
#include "guest/later.h"
#include "guest/state.h"
#include "qmp/monitor.h"

#include <stdlib.h>
#include <string.h>

static void
mark(struct qemu_run *run, bool changing)
{
    run->chains = changing;
    qemu_state_save_current(run->domain, run);
}

/* ---- jobs ----------------------------------------------------------------------------------- */

/* A merge is given up, everything else ends soon by itself. */
static void
end_job(struct qemu_run *run, const char *id, const char *status)
{
    if (strncmp(id, "commit-", 7) == 0 && !is(status, "concluded"))
        qemu_monitor_post(run->monitor, "job-cancel", qemu_object("id", id), NULL, NULL);
    if (qemu_block_job_wait(run, id, "a change that was not seen to end") < 0)
        qemu_warn_error(run->domain->entry.name);
}

static int
end_jobs(struct qemu_run *run)
{
    struct json_object *jobs = NULL;

    if (qemu_monitor_call(run->monitor, "query-jobs", NULL, QEMU_COMMAND_MS, &jobs) < 0)
        return -1;
    for (size_t i = 0; json_object_is_type(jobs, json_type_array) && i < json_object_array_length(jobs); i++) {
        struct json_object *job = json_object_array_get_idx(jobs, i);
        const char *id = qmp_get_string(job, "id");

        if (id && !qemu_block_job_called(run, id) &&
            (strncmp(id, "commit-", 7) == 0 || strncmp(id, "snapshot-", 9) == 0 || strncmp(id, "create-libvirt-", 15) == 0))
            end_job(run, id, qmp_get_string(job, "status"));
    }
    json_object_put(jobs);
    return 0;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static bool
has_node(struct json_object *nodes, unsigned int index)
{
    VIR_AUTO_FREE char *name = vir_strdup_printf("libvirt-%u-format", index);

    for (size_t i = 0; json_object_is_type(nodes, json_type_array) && i < json_object_array_length(nodes); i++)
        if (is(qmp_get_string(json_object_array_get_idx(nodes, i), "node-name"), name))
            return true;
    return false;
}

/* Which image of the disk at PLACE is NODE; -1. */
static int
image_at(const struct qemu_domain_def *doc, const char *place, const char *node)
{
    VIR_AUTO_FREE struct qemu_disk_image *images = NULL;
    size_t n = qemu_disk_images(doc, place, &images);

    for (size_t i = 0; i < n; i++) {
        VIR_AUTO_FREE char *own = vir_strdup_printf("libvirt-%u-format", images[i].index);

        if (strcmp(own, node) == 0)
            return (int)i;
    }
    return -1;
}

/* The first image below the guest's of which QEMU has no node, caller frees; NULL: it has all. */
static char *
merged(const struct qemu_domain_def *doc, const char *place, struct json_object *nodes)
{
    VIR_AUTO_FREE struct qemu_disk_image *images = NULL;
    size_t n = qemu_disk_images(doc, place, &images);

    for (size_t i = 1; i < n; i++)
        if (images[i].index > 0 && images[i].path && !has_node(nodes, images[i].index))
            return vir_strdup(images[i].path);
    return NULL;
}

/* The disk at PLACE is on NODE; images of which QEMU has no node are merged. */
static void
agree(struct qemu_domain_def *doc, const char *place, const char *node, struct json_object *nodes)
{
    for (int above = image_at(doc, place, node); above > 0; above--)
        qemu_disk_pop(doc, place);
    for (;;) {
        VIR_AUTO_FREE char *path = merged(doc, place, nodes);

        if (!path || !qemu_disk_drop(doc, place, path))
            return;
    }
}

static int
settle(struct qemu_run *run)
{
    struct qemu_def *live = qemu_live_copy(run), *was = live ? qemu_def_copy(live) : NULL;
    struct json_object *nodes = NULL, *drives = NULL;
    int ret = was && end_jobs(run) == 0 && !run->unsettled &&
        qemu_monitor_call(run->monitor, "query-block", NULL, QEMU_COMMAND_MS, &drives) == 0 &&
        qemu_monitor_call(run->monitor, "query-named-block-nodes", NULL, QEMU_COMMAND_MS, &nodes) == 0 ? 0 : -1;

    for (size_t i = 0; ret == 0 && i < live->doc->devices.n_disks; i++) {
        const char *node = qemu_disk_inserted(drives, live->doc, i);

        if (node)
            agree(live->doc, qemu_disk_facts(live->doc, i).place, node, nodes);
    }
    if (ret == 0) {
        qemu_images_sweep(run, live->doc);
        ret = qemu_images_define(run->domain, was->doc, live->doc, NULL, NULL);
        qemu_live_show(run, vir_steal(&live), NULL);
    }
    json_object_put(drives);
    json_object_put(nodes);
    qemu_def_unref(was);
    qemu_def_unref(live);
    return ret;
}

/* Where a job's end was not seen there is an error of its own in the log. */
int
qemu_chains_settle(struct qemu_run *run)
{
    int ret = 0;

    if (!run->unsettled)
        return 0;
    run->unsettled = false;
    ret = settle(run);
    run->unsettled = ret < 0;
    if (ret == 0)
        mark(run, false);
    else if (virGetLastErrorCode() == VIR_ERR_OK)
        vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s': an earlier change of its images has not ended yet",
                  run->domain->entry.name);
    return ret;
}

void
qemu_chains_recover(struct qemu_run *run)
{
    if (!run->chains)
        return;
    run->unsettled = true;
    qemu_later(run, "images that an earlier daemon exchanged", qemu_chains_settle);
}

/* ---- a change ---------------------------------------------------------------------------------- */

int
qemu_chains_begin(struct qemu_run *run)
{
    if (qemu_chains_settle(run) < 0)
        return -1;
    mark(run, true);
    return 0;
}

void
qemu_chains_end(struct qemu_run *run)
{
    virErrorPtr error = vir_error_take();

    if (run->unsettled)
        qemu_later(run, "images whose change was not seen to end", qemu_chains_settle);
    else
        mark(run, false);
    vir_error_restore(error);
}
