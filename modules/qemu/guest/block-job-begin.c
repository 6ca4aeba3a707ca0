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
#include "guest/chains.h"
#include "guest/hotplug.h"
#include "guest/images.h"
#include "guest/state.h"
#include "host/image-head.h"
#include "qmp/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    *chain = (struct chain){ .disk = disk };
    if (qemu_chains_settle(run) < 0)
        return -1;
    chain->live = qemu_live_now(run);
    if (!chain->live || qemu_disk_check_job(chain->live->doc, disk) < 0)
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

    if (ret == 0)
        ret = qemu_block_job_check_none(run, disk);
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
        ret = qemu_block_job_check_none(run, disk);
    if (ret == 0)
        ret = check_active(&chain, at_top, flags);
    if (ret == 0 && flags & COMMIT(RELATIVE) && at_top > 0 && !(name = relative_name(&chain, at_top - 1, at_base)))
        ret = -1;
    if (ret == 0)
        ret = commit(run, &chain, at_top, at_base, speed, name, flags & COMMIT(DELETE));
    chain_close(&chain);
    return ret;
}

/* ---- copy -------------------------------------------------------------------------------------------- */

#define COPY(word) VIR_DOMAIN_BLOCK_COPY_##word

/* The file is there as it has to be; *RET_NEW: it is to be made. */
static int
check_file(const char *disk, const struct qemu_block_copy *copy, bool *ret_new)
{
    bool reuse = copy->flags & COPY(REUSE_EXT);
    struct stat sb;

    *ret_new = false;
    if (vir_file_stat_in_time(copy->path, &sb) < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return vir_error_errno(errno, "unable to stat for disk %s: %s", disk, copy->path);
        if (reuse || copy->block)
            return vir_error_errno(errno, "missing destination file for disk %s: %s", disk, copy->path);
        *ret_new = true;
        return 0;
    }
    if (copy->block && !S_ISBLK(sb.st_mode))
        return vir_error(VIR_ERR_INVALID_ARG, "blockdev flag requested for disk %s, but file '%s' is not a block device", disk,
                         copy->path);
    if (!reuse && !S_ISBLK(sb.st_mode) && sb.st_size > 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "external destination file for disk %s already exists and is not a block "
                         "device: %s", disk, copy->path);
    return 0;
}

/* An empty image, in a file that is MADE or is there.  NEXT tells of it. */
static int
make_target(struct qemu_run *run, const struct chain *chain, const struct qemu_def *next, const struct qemu_disk_target *target,
            bool made)
{
    uint64_t size = qemu_images_size(run, chain->images[0].index);
    VIR_AUTO_CLOSE int fd = open(target->path, O_WRONLY | O_CLOEXEC | O_NOCTTY | (made ? O_CREAT | O_EXCL | O_NOFOLLOW : 0), 0600);
    bool below = target->shallow && chain->n > 1;

    if (fd < 0)
        return vir_error_errno(errno, "failed to create copy target");
    if (size == 0)
        return vir_error(VIR_ERR_OPERATION_FAILED, "QEMU does not say how large disk '%s' is", chain->disk);
    if (strcmp(target->format, "raw") == 0)
        return target->block || ftruncate(fd, (off_t)size) == 0 ? 0 : vir_error_errno(errno, "failed to create copy target");
    return qemu_images_format(run, qemu_disk_mirror_storage(next->doc, chain->disk), target->index, size,
                              below ? &chain->images[1] : NULL);
}

static int
mirror(struct qemu_run *run, const struct chain *chain, const struct qemu_block_copy *copy, struct qemu_def *next,
       unsigned int index)
{
    struct qemu_block_job *job = new_job(chain->disk, VIR_DOMAIN_BLOCK_JOB_TYPE_COPY);
    struct json_object *args = qmp_new_object();

    put_node(args, "device", chain->images[0].index);
    put_node(args, "target", index);
    qemu_put(args, "sync", copy->flags & COPY(SHALLOW) ? "top" : "full");
    if (copy->flags & COPY(SYNCHRONOUS_WRITES))
        qemu_put(args, "copy-mode", "write-blocking");
    if (copy->granularity > 0)
        qemu_put_number(args, "granularity", copy->granularity);
    if (copy->buffer > 0)
        qemu_put_number(args, "buf-size", (int64_t)copy->buffer);
    put_speed(args, copy->speed);
    qemu_block_jobs_add(run, job, "copy", chain->images[0].index);
    return begin(run, job, "blockdev-mirror", args, next);
}

/* NEXT, taken over, tells of the copy. */
static int
begin_copy(struct qemu_run *run, const struct chain *chain, const struct qemu_block_copy *copy, struct qemu_def *next,
           const struct qemu_disk_target *target, bool made)
{
    bool reuse = copy->flags & COPY(REUSE_EXT);
    int ret = reuse ? 0 : make_target(run, chain, next, target, made);

    if (ret == 0)
        ret = qemu_monitor_call(run->monitor, "blockdev-add", qemu_disk_mirror_image(next->doc, chain->disk), QEMU_COMMAND_MS, NULL);
    if (ret == 0)
        return mirror(run, chain, copy, next, target->index);
    qemu_def_unref(next);
    return -1;
}

static bool
is_persistent(struct qemu_run *run)
{
    bool ret;

    qemu_domain_lock(run->domain);
    ret = run->domain->persistent;
    qemu_domain_unlock(run->domain);
    return ret;
}

static int
check_copy(struct qemu_run *run, const struct chain *chain, const struct qemu_block_copy *copy, const char *format)
{
    if (!(copy->flags & COPY(TRANSIENT_JOB)) && is_persistent(run)) {
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is not transient");
        vir_error_hint("a copy that ends with the guest is allowed (virsh: --transient-job)");
        return -1;
    }
    if (chain->n == 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the drive '%s' is empty", chain->disk);
    if (copy->flags & COPY(SHALLOW) && strcmp(format, "raw") == 0 && chain->n > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "shallow copy of disk '%s' into a raw file is not possible", chain->disk);
    if (!(copy->flags & COPY(REUSE_EXT)) && strcmp(format, "raw") != 0 && strcmp(format, "qcow2") != 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a new image of the format '%s': only raw and qcow2 are made", format);
    return check_turns(chain);
}

static int
copy_to(struct qemu_run *run, const struct chain *chain, const struct qemu_block_copy *copy)
{
    bool reuse = copy->flags & COPY(REUSE_EXT), made = false;
    const char *probed = reuse && !copy->format ? qemu_image_is_qcow2(copy->path) ? "qcow2" : "raw" : copy->format;
    struct qemu_disk_target target = { .path = copy->path, .block = copy->block, .reuse = reuse,
                                       .shallow = copy->flags & COPY(SHALLOW),
                                       .format = probed ? probed : chain->n > 0 ? chain->images[0].format : "raw" };
    struct qemu_def *next;
    virErrorPtr error;

    if (check_copy(run, chain, copy, target.format) < 0 || check_file(chain->disk, copy, &made) < 0)
        return -1;
    target.index = qemu_images_new_number(run, chain->live->doc);
    next = qemu_def_copy(chain->live);
    if (qemu_disk_mirror_copy(next->doc, chain->disk, &target) < 0) {
        qemu_def_unref(next);
        return -1;
    }
    if (begin_copy(run, chain, copy, next, &target, made) == 0)
        return 0;
    error = vir_error_take();
    if (!qemu_block_job_find(run, chain->disk)) {       /* else nobody knows, and it is found out */
        qemu_images_sweep(run, chain->live->doc);
        if (made)
            unlink(copy->path);
    }
    vir_error_restore(error);
    return -1;
}

int
qemu_block_job_copy(struct qemu_run *run, const char *disk, const struct qemu_block_copy *copy)
{
    struct chain chain;
    int ret;

    if (qemu_chains_begin(run) < 0)     /* a node, and a job that makes an image, of which nothing else tells */
        return -1;
    ret = chain_open(&chain, run, disk);
    if (ret == 0)
        ret = qemu_block_job_check_none(run, disk);
    if (ret == 0)
        ret = copy_to(run, &chain, copy);
    chain_close(&chain);
    qemu_chains_end(run);
    return ret;
}
