/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Jobs on the disks of a running guest, begun; see block-jobs.h.  Each goes through all its phases by itself but
 * the last: it stays, with its result, until it is dismissed.
 */
#define VIR_LOG_SOURCE "qemu.block-job"
#include "guest/block-jobs.h"
#include "device/disk-images.h"
#include "device/disk-mirror.h"
#include "device/pieces.h"
#include "guest/hotplug.h"
#include "guest/state.h"
#include "host/image-head.h"
#include "qmp/monitor.h"

#include <stdlib.h>
#include <string.h>

static char *
format_node(unsigned int index)
{
    return vir_strdup_printf("libvirt-%u-format", index);
}

static void
put_node(struct json_object *args, const char *key, unsigned int index)
{
    VIR_AUTO_FREE char *node = format_node(index);

    qemu_put(args, key, node);
}

/* ---- images by their names ----------------------------------------------------------------------- */

struct chain {
    struct qemu_def *live;              /* a reference: the images are borrowed from it */
    const char *disk;
    struct qemu_disk_image *images;     /* the guest's first */
    size_t n;
};

static int
chain_open(struct chain *chain, struct qemu_run *run, const char *disk)
{
    *chain = (struct chain){ .live = qemu_live_now(run), .disk = disk };
    if (!chain->live || qemu_block_job_check_none(run, disk) < 0)
        return -1;
    chain->n = qemu_disk_images(chain->live->doc, disk, &chain->images);
    return 0;
}

static void
chain_close(struct chain *chain)
{
    free(chain->images);
    qemu_def_unref(chain->live);
}

/* The number N of "disk[N]"; 0: SAID is none such; -1 with an error: that of another disk. */
static int
number_of(const struct chain *chain, const char *said)
{
    const char *bracket = strrchr(said, '[');
    size_t len = bracket ? (size_t)(bracket - said) : 0;
    char *end;
    long number;

    if (!bracket || said[0] == '/')
        return 0;
    number = strtol(bracket + 1, &end, 10);
    if (number <= 0 || number > INT32_MAX || strcmp(end, "]") != 0)
        return 0;
    if (strlen(chain->disk) == len && strncmp(said, chain->disk, len) == 0)
        return (int)number;
    return vir_raise(VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG, "requested target '%.*s' does not match target '%s'", (int)len, said,
                     chain->disk);
}

/* Is the image I called SAID, by its path or as the one above it would call it? */
static bool
is_called(const struct chain *chain, size_t i, const char *said)
{
    const char *path = chain->images[i].path, *above = i > 0 ? chain->images[i - 1].path : NULL;
    const char *slash = above ? strrchr(above, '/') : NULL;
    size_t len = slash ? (size_t)(slash - above) + 1 : 0;

    if (is(path, said))
        return true;
    return path && said[0] != '/' && len > 0 && strncmp(path, above, len) == 0 && strcmp(path + len, said) == 0;
}

/* Which image is SAID, at FROM or below; -1 with an error. */
static int
image_of(const struct chain *chain, const char *said, size_t from)
{
    int number = number_of(chain, said);

    if (number < 0)
        return -1;
    for (size_t i = from; i < chain->n; i++)
        if (number > 0 ? chain->images[i].index == (unsigned int)number : is_called(chain, i, said))
            return (int)i;
    if (number > 0)
        return vir_raise(VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG, "could not find backing store index '%d' in chain for '%s'", number,
                         chain->disk);
    if (from > 0 && chain->n > 0)
        return vir_raise(VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG, "could not find image '%s' beneath '%s' in chain for '%s'", said,
                         chain->images[from - 1].path, chain->disk);
    return vir_raise(VIR_FROM_STORAGE, VIR_ERR_INVALID_ARG, "could not find image '%s' in chain for '%s'", said, chain->disk);
}

/* What the image AT would call the one at BELOW, if all between them are called by names that hold wherever they lie
 * together; caller frees.  NULL: error set. */
static char *
relative_name(const struct chain *chain, size_t at, size_t below)
{
    VIR_AUTO_FREE char *name = NULL;

    for (size_t i = at; i < below; i++) {
        const struct qemu_disk_image *image = &chain->images[i];
        struct qemu_image_head head = { 0 };
        int read = image->path && image->format ? qemu_image_head_read(image->path, image->format, &head) : 0;
        const char *slash = name ? strrchr(name, '/') : NULL;
        char *now = read == 1 && head.written && head.written[0] != '/'
            ? vir_strdup_printf("%.*s%s", slash ? (int)(slash - name) + 1 : 0, name ? name : "", head.written) : NULL;

        qemu_image_head_free(&head);
        free(name);
        name = now;
        if (!now)
            return read < 0 ? NULL : vir_error_null(VIR_ERR_OPERATION_INVALID, "can't keep relative backing relationship");
    }
    return vir_steal(&name);
}

/* ---- beginning ------------------------------------------------------------------------------------- */

/* Is it not known whether QEMU has done what it was told? */
static bool
is_unknown(struct qemu_run *run)
{
    return virGetLastErrorCode() == VIR_ERR_OPERATION_TIMEOUT && qemu_monitor_usable(run->monitor);
}

/* COMMAND with ARGS (taken over) begins the job that is the first of RUN's; the guest then has NEXT (taken over). */
static int
begin(struct qemu_run *run, struct qemu_block_job *job, const char *command, struct json_object *args, struct qemu_def *next)
{
    int ret;

    qemu_put(args, "job-id", job->id);
    qemu_put_bool(args, "auto-finalize", true);
    qemu_put_bool(args, "auto-dismiss", false);
    ret = qemu_state_save_next(run->domain, run, next);
    if (ret == 0)
        ret = qemu_monitor_call(run->monitor, command, args, QEMU_COMMAND_MS, NULL);
    else
        json_object_put(args);
    if (ret == 0 || is_unknown(run)) {
        qemu_live_show_saved(run, next, NULL);
        return ret;
    }
    qemu_def_unref(next);
    qemu_block_jobs_remove(run, job);
    virErrorPtr error = vir_error_take();
    qemu_state_save_current(run->domain, run);
    vir_error_restore(error);
    return -1;
}

static struct qemu_block_job *
new_job(const char *disk, int type)
{
    struct qemu_block_job *job = VIR_NEW(struct qemu_block_job);

    job->disk = vir_strdup(disk);
    job->type = type;
    return job;
}

static void
put_speed(struct json_object *args, unsigned long long speed)
{
    if (speed > 0)
        qemu_put_number(args, "speed", (int64_t)speed);
}

/* A disk that keeps copies of what it reads has a node above its image, which no job takes with it. */
static int
check_turns(const struct chain *chain)
{
    return !qemu_disk_keeps_copies(chain->live->doc, chain->disk) ? 0
        : vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "disk '%s' keeps copies of what it reads: it cannot go on in another image "
                    "while the guest runs", chain->disk);
}

/* ---- pull -------------------------------------------------------------------------------------------- */

static int
pull(struct qemu_run *run, const struct chain *chain, size_t base, unsigned long long speed, const char *name)
{
    struct qemu_block_job *job = new_job(chain->disk, VIR_DOMAIN_BLOCK_JOB_TYPE_PULL);
    struct json_object *args = qmp_new_object();

    put_node(args, "device", chain->images[0].index);
    if (base > 0)
        put_node(args, "base-node", job->base = chain->images[base].index);
    qemu_put(args, "backing-file", name);
    put_speed(args, speed);
    qemu_block_jobs_add(run, job, "pull", chain->images[0].index);
    return begin(run, job, "block-stream", args, qemu_def_ref(chain->live));
}

int
qemu_block_job_pull(struct qemu_run *run, const char *disk, const char *base, unsigned long long speed, bool relative)
{
    VIR_AUTO_FREE char *name = NULL;
    struct chain chain;
    int ret = chain_open(&chain, run, disk), at = 0;

    if (ret == 0 && chain.n == 0)
        ret = vir_error(VIR_ERR_INTERNAL_ERROR, "the drive '%s' is empty", disk);
    if (ret == 0 && base)
        ret = at = image_of(&chain, base, 1);
    if (ret >= 0 && relative && !(name = relative_name(&chain, 0, (size_t)at)))
        ret = -1;
    if (ret >= 0)
        ret = pull(run, &chain, (size_t)at, speed, name);
    chain_close(&chain);
    return ret;
}

/* ---- commit ------------------------------------------------------------------------------------------ */

#define COMMIT(word) VIR_DOMAIN_BLOCK_COMMIT_##word

/* The places in the chain of the uppermost image that goes and of the one that it goes into; -1: error set. */
static int
find_ends(const struct chain *chain, const char *base, const char *top, unsigned int flags, size_t *ret_top, size_t *ret_base)
{
    int at_top = top ? image_of(chain, top, 0) : 0, at_base;

    if (at_top < 0)
        return -1;
    if (base)
        at_base = image_of(chain, base, (size_t)at_top + 1);
    else if ((size_t)at_top + 1 >= chain->n)
        at_base = vir_error(VIR_ERR_INVALID_ARG, "could not find base image in chain for '%s'", chain->disk);
    else
        at_base = flags & COMMIT(SHALLOW) ? at_top + 1 : (int)chain->n - 1;
    if (at_base < 0)
        return -1;
    if (flags & COMMIT(SHALLOW) && at_base != at_top + 1)
        return vir_error(VIR_ERR_INVALID_ARG, "base '%s' is not immediately below '%s' in chain for '%s'", base,
                         chain->images[at_top].path, chain->images[0].path);
    *ret_top = (size_t)at_top;
    *ret_base = (size_t)at_base;
    return 0;
}

static int
check_active(const struct chain *chain, size_t top, unsigned int flags)
{
    if (top == 0 && !(flags & COMMIT(ACTIVE)))
        return vir_error(VIR_ERR_INVALID_ARG, "commit of '%s' active layer requires active flag", chain->disk);
    if (top > 0 && flags & COMMIT(ACTIVE))
        return vir_error(VIR_ERR_INVALID_ARG, "active commit requested but '%s' is not active", chain->images[top].path);
    return top == 0 ? check_turns(chain) : 0;
}

static int
commit(struct qemu_run *run, const struct chain *chain, size_t top, size_t base, unsigned long long speed, const char *name,
       bool remove)
{
    struct qemu_block_job *job = new_job(chain->disk, top == 0 ? VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT
                                         : VIR_DOMAIN_BLOCK_JOB_TYPE_COMMIT);
    struct qemu_def *next = qemu_def_copy(chain->live);
    struct json_object *args = qmp_new_object();

    job->top = chain->images[top].index;
    job->base = chain->images[base].index;
    job->remove = remove;
    put_node(args, "device", chain->images[0].index);
    put_node(args, "top-node", job->top);
    put_node(args, "base-node", job->base);
    qemu_put(args, "backing-file", name);
    put_speed(args, speed);
    if (top == 0)
        qemu_disk_mirror_below(next->doc, chain->disk, job->base);
    qemu_block_jobs_add(run, job, "commit", job->top);
    return begin(run, job, "block-commit", args, next);
}

int
qemu_block_job_commit(struct qemu_run *run, const char *disk, const char *base, const char *top, unsigned long long speed,
                      unsigned int flags)
{
    VIR_AUTO_FREE char *name = NULL;
    struct chain chain;
    size_t at_top = 0, at_base = 0;
    int ret = chain_open(&chain, run, disk);

    if (ret == 0)
        ret = find_ends(&chain, base, top, flags, &at_top, &at_base);
    if (ret == 0)
        ret = check_active(&chain, at_top, flags);
    if (ret == 0 && flags & COMMIT(RELATIVE) && at_top > 0 && !(name = relative_name(&chain, at_top - 1, at_base)))
        ret = -1;
    if (ret == 0)
        ret = commit(run, &chain, at_top, at_base, speed, name, flags & COMMIT(DELETE));
    chain_close(&chain);
    return ret;
}
