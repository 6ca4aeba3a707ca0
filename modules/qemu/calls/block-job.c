/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls that begin, watch and end jobs on a guest's disks; what they do is in guest/block-jobs.h.
 */
#include "calls/params.h"
#include "device/disk-images.h"
#include "device/pieces.h"
#include "document/domain-xml.h"
#include "guest/block-job.h"
#include "guest/block-jobs.h"
#include "guest/hotplug.h"
#include "qmp/monitor.h"

#include <stdlib.h>

#define REBASE(word) VIR_DOMAIN_BLOCK_REBASE_##word

/* The target of the disk that is called NAME, by that or by its source; caller frees.  NULL: error set. */
static char *
target_of(const struct qemu_domain_def *doc, const char *name)
{
    int number = qemu_disk_number(doc, name);

    return number < 0 ? vir_error_null(VIR_ERR_INVALID_ARG, "disk '%s' not found in domain", name)
        : vir_strdup(qemu_disk_facts(doc, (size_t)number).place);
}

/* What is done to DISK, with the domain's job. */
typedef int work_fn(struct qemu_run *run, const char *disk, const void *args);

static int
work_on_run(struct qemu_run *run, const char *name, work_fn *fn, const void *args)
{
    struct qemu_def *live = qemu_live_now(run);
    VIR_AUTO_FREE char *disk = live ? target_of(live->doc, name) : NULL;

    qemu_def_unref(live);
    return disk && qemu_block_jobs_settle(run) == 0 ? fn(run, disk, args) : -1;
}

static int
work_on(virDomainPtr dom, const char *name, const char *what, work_fn *fn, const void *args)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int ret = -1;

    if (!domain || qemu_job_begin(domain, what) < 0)
        return -1;
    run = qemu_domain_monitored(domain);
    if (run)
        ret = work_on_run(run, name, fn, args);
    qemu_job_end(domain);
    return ret;
}

/* In bytes a second. */
static int
speed_of(unsigned long bandwidth, bool bytes, unsigned long long *ret)
{
    const unsigned long long most = INT64_MAX >> 20;

    if (!bytes && bandwidth > most)
        return vir_error(VIR_ERR_OVERFLOW, "bandwidth must be less than %llu", most);
    if (bytes && bandwidth > INT64_MAX)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "a speed of %lu bytes a second: QEMU counts to %lld", bandwidth,
                         (long long)INT64_MAX);
    *ret = bytes ? bandwidth : (unsigned long long)bandwidth << 20;
    return 0;
}

/* ---- pull -------------------------------------------------------------------------------------------- */

struct pull {
    const char *base;
    unsigned long long speed;
    bool relative;
};

static int
pull(struct qemu_run *run, const char *disk, const void *args)
{
    const struct pull *pull = args;

    return qemu_block_job_pull(run, disk, pull->base, pull->speed, pull->relative);
}

int
qemu_domain_block_pull(virDomainPtr dom, const char *disk, unsigned long bandwidth, unsigned int flags)
{
    struct pull args = { 0 };

    if (speed_of(bandwidth, flags & VIR_DOMAIN_BLOCK_PULL_BANDWIDTH_BYTES, &args.speed) < 0)
        return -1;
    return work_on(dom, disk, "block-pull", pull, &args);
}

/* ---- copy --------------------------------------------------------------------------------------------- */

static int
copy_disk(struct qemu_run *run, const char *disk, const void *args)
{
    return qemu_block_job_copy(run, disk, args);
}

/* The older form, in which the copy's PATH stands for a base. */
static int
rebase_as_copy(virDomainPtr dom, const char *disk, const char *path, unsigned long bandwidth, unsigned int flags)
{
    struct qemu_block_copy args = { .path = path, .block = flags & REBASE(COPY_DEV),
                                    .format = flags & REBASE(COPY_RAW) ? "raw" : NULL };

    if (flags & REBASE(SHALLOW))
        args.flags |= VIR_DOMAIN_BLOCK_COPY_SHALLOW;
    if (flags & REBASE(REUSE_EXT))
        args.flags |= VIR_DOMAIN_BLOCK_COPY_REUSE_EXT;
    if (flags & REBASE(RELATIVE))
        return vir_error(VIR_ERR_INVALID_ARG, "a copy has no base whose name could be kept");
    if (!path)
        return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "base in virDomainBlockRebase must not be NULL");
    if (speed_of(bandwidth, flags & REBASE(BANDWIDTH_BYTES), &args.speed) < 0)
        return -1;
    return work_on(dom, disk, "block-copy", copy_disk, &args);
}

static const struct qemu_param copy_params[] = {
    { VIR_DOMAIN_BLOCK_COPY_BANDWIDTH, VIR_TYPED_PARAM_ULLONG },
    { VIR_DOMAIN_BLOCK_COPY_GRANULARITY, VIR_TYPED_PARAM_UINT },
    { VIR_DOMAIN_BLOCK_COPY_BUF_SIZE, VIR_TYPED_PARAM_ULLONG },
};

static int
read_params(const struct qemu_params *params, struct qemu_block_copy *args)
{
    const virTypedParameter *speed, *granularity, *buffer;

    if (qemu_params_check(params, copy_params, sizeof(copy_params) / sizeof(copy_params[0])) < 0)
        return -1;
    speed = qemu_params_find(params, VIR_DOMAIN_BLOCK_COPY_BANDWIDTH);
    granularity = qemu_params_find(params, VIR_DOMAIN_BLOCK_COPY_GRANULARITY);
    buffer = qemu_params_find(params, VIR_DOMAIN_BLOCK_COPY_BUF_SIZE);
    args->granularity = granularity ? granularity->value.ui : 0;
    args->buffer = buffer ? buffer->value.ul : 0;
    if (args->granularity & (args->granularity - 1))
        return vir_error(VIR_ERR_INVALID_ARG, "granularity must be power of 2");
    if (args->buffer > INT64_MAX)
        return vir_error(VIR_ERR_OVERFLOW, "buffer size must be less than %lld", (long long)INT64_MAX);
    return speed ? speed_of(speed->value.ul, true, &args->speed) : 0;
}

/* SAID stays with the caller, and lends its texts. */
static int
read_target(const struct qemu_blockcopy_def *said, struct qemu_block_copy *args)
{
    bool block = said->type == QEMU_SOURCE_TYPE_BLOCK;

    if (!block && said->type != QEMU_SOURCE_TYPE_FILE)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<disk type='%s'>: a copy goes to a file or a block device",
                         WORD(source_type, said->type));
    args->block = block;
    args->path = block ? said->source.dev : said->source.file;
    args->format = said->driver.type ? WORD(image, said->driver.type) : NULL;
    return args->path ? 0 : vir_raise(VIR_FROM_DOMAIN, VIR_ERR_NO_SOURCE, "the copy: <disk> says no source");
}

int
qemu_domain_block_copy(virDomainPtr dom, const char *disk, const char *xml, virTypedParameterPtr params, int n, unsigned int flags)
{
    struct qemu_blockcopy_def *said = qemu_blockcopy_def_parse(xml, VIR_XML_INACTIVE);
    struct qemu_block_copy args = { .flags = flags };
    int ret = said ? read_target(said, &args) : -1;

    if (ret == 0)
        ret = read_params(&(struct qemu_params){ params, n }, &args);
    if (ret == 0)
        ret = work_on(dom, disk, "block-copy", copy_disk, &args);
    qemu_blockcopy_def_free(said);
    return ret;
}

/* ---- pull, or copy ------------------------------------------------------------------------------------ */

int
qemu_domain_block_rebase(virDomainPtr dom, const char *disk, const char *base, unsigned long bandwidth, unsigned int flags)
{
    struct pull args = { .base = base, .relative = flags & REBASE(RELATIVE) };

    if (flags & REBASE(COPY))
        return rebase_as_copy(dom, disk, base, bandwidth, flags);
    if (args.relative && !base)
        return vir_error(VIR_ERR_INVALID_ARG, "flag VIR_DOMAIN_BLOCK_REBASE_RELATIVE is valid only with non-null base");
    if (speed_of(bandwidth, flags & REBASE(BANDWIDTH_BYTES), &args.speed) < 0)
        return -1;
    return work_on(dom, disk, "block-rebase", pull, &args);
}

/* ---- commit -------------------------------------------------------------------------------------------- */

struct commit {
    const char *base, *top;
    unsigned long long speed;
    unsigned int flags;
};

static int
commit(struct qemu_run *run, const char *disk, const void *args)
{
    const struct commit *commit = args;

    return qemu_block_job_commit(run, disk, commit->base, commit->top, commit->speed, commit->flags);
}

int
qemu_domain_block_commit(virDomainPtr dom, const char *disk, const char *base, const char *top, unsigned long bandwidth,
                         unsigned int flags)
{
    struct commit args = { .base = base, .top = top, .flags = flags };

    if (speed_of(bandwidth, flags & VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES, &args.speed) < 0)
        return -1;
    return work_on(dom, disk, "block-commit", commit, &args);
}

/* ---- a job that goes on ---------------------------------------------------------------------------------- */

static int
abort_job(struct qemu_run *run, const char *disk, const void *args)
{
    return qemu_block_job_abort(run, disk, *(const unsigned int *)args);
}

int
qemu_domain_block_job_abort(virDomainPtr dom, const char *disk, unsigned int flags)
{
    return work_on(dom, disk, "block-job-abort", abort_job, &flags);
}

static int
set_speed(struct qemu_run *run, const char *disk, const void *args)
{
    const struct qemu_block_job *job = qemu_block_job_find(run, disk);
    struct json_object *said;

    if (!job)
        return vir_error(VIR_ERR_INVALID_ARG, "disk %s does not have an active block job", disk);
    said = qemu_object("device", job->id);
    qemu_put_number(said, "speed", (int64_t)*(const unsigned long long *)args);
    return qemu_monitor_call(run->monitor, "block-job-set-speed", said, QEMU_COMMAND_MS, NULL);
}

int
qemu_domain_block_job_set_speed(virDomainPtr dom, const char *disk, unsigned long bandwidth, unsigned int flags)
{
    unsigned long long speed;

    if (speed_of(bandwidth, flags & VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES, &speed) < 0)
        return -1;
    return work_on(dom, disk, "block-job-set-speed", set_speed, &speed);
}

/* The name of the job on the disk called NAME, caller frees; NULL with *RET 0: none, or -1: error set. */
static char *
job_on(struct qemu_run *run, const char *name, int *ret_type, bool *ret_ready, int *ret)
{
    struct qemu_def *live = qemu_live_now(run);
    VIR_AUTO_FREE char *disk = live ? target_of(live->doc, name) : NULL;
    const struct qemu_block_job *job;
    char *id = NULL;

    qemu_def_unref(live);
    *ret = disk ? 0 : -1;
    if (!disk)
        return NULL;
    qemu_domain_lock(run->domain);
    job = qemu_block_job_find(run, disk);
    if (job) {
        id = vir_strdup(job->id);
        *ret_type = job->type;
        *ret_ready = job->ready;
    }
    qemu_domain_unlock(run->domain);
    return id;
}

/* QEMU tells of the end of a copy before it is ready: that is said only when it is. */
static void
put_figures(struct json_object *told, bool may_end, bool bytes, virDomainBlockJobInfoPtr info)
{
    unsigned long long speed = qmp_get_uint(told, "speed", INT64_MAX, 0);

    info->cur = qmp_get_uint(told, "offset", INT64_MAX, 0);
    info->end = qmp_get_uint(told, "len", INT64_MAX, 0);
    info->bandwidth = (unsigned long)(bytes ? speed : (speed >> 20) + ((speed & 0xfffff) != 0));
    if (!may_end && info->cur == info->end) {
        if (info->cur > 0)
            info->cur--;
        else
            info->end = 1;
    }
}

int
qemu_domain_get_block_job_info(virDomainPtr dom, const char *disk, virDomainBlockJobInfoPtr info, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = domain ? qemu_domain_monitored(domain) : NULL;
    struct json_object *jobs = NULL;
    VIR_AUTO_FREE char *id = NULL;
    bool ready = false;
    int ret;

    *info = (virDomainBlockJobInfo){ 0 };
    if (!run)
        return -1;
    id = job_on(run, disk, &info->type, &ready, &ret);
    if (!id)
        return ret;
    if (qemu_monitor_call(run->monitor, "query-block-jobs", NULL, QEMU_COMMAND_MS, &jobs) < 0)
        return -1;
    for (size_t i = 0; json_object_is_type(jobs, json_type_array) && i < json_object_array_length(jobs); i++) {
        struct json_object *told = json_object_array_get_idx(jobs, i);

        if (is(qmp_get_string(told, "device"), id))
            put_figures(told, ready, flags & VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES, info);
    }
    json_object_put(jobs);
    return 1;
}
