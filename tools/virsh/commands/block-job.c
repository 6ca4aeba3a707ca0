/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs on the images of a domain's disks. */
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows/block-job.h"
#include "address.h"

enum { LOOK_MS = 500 };                 /* how often is asked how far it is */

/* What is asked of the one who waits, too. */
struct job {
    struct shell *vsh;
    virDomainPtr dom;
    const char *path;
    const char *title;                  /* before the per cent */
    bool verbose, async;
    int timeout;                        /* seconds; 0: none */
    int callbacks[2];                   /* of the events by path and by target; -1: none */
    atomic_int status;                  /* virConnectDomainEventBlockJobStatus that was told; -1: none */
};

/* ---- speed ---------------------------------------------------------------------------------------- */

/* A number counts MiB, or with BYTES bytes; with a unit it is in bytes: then *FLAGS gets FLAG. */
static int
read_bandwidth(struct shell *vsh, const char *text, bool bytes, unsigned int flag, unsigned int *flags, unsigned long *ret)
{
    unsigned long long size;
    char *end;

    *ret = 0;
    if (bytes)
        *flags |= flag;
    if (!text)
        return 0;
    errno = 0;
    *ret = strtoul(text, &end, 10);
    if (!bytes && errno == 0 && end != text && *end == '\0')
        return 0;
    if (shell_read_size(text, 1, &size) < 0 || size > ULONG_MAX)
        return shell_error(vsh, "Scaled numeric value '%s' for <--bandwidth> option is malformed or out of range", text);
    *flags |= flag;
    *ret = (unsigned long)size;
    return 0;
}

/* ---- waiting -------------------------------------------------------------------------------------- */

static void
on_event(virConnectPtr conn, virDomainPtr dom, const char *disk, int type, int status, void *opaque)
{
    struct job *job = opaque;
    char uuid[2][VIR_UUID_STRING_BUFLEN];

    (void)conn;
    (void)type;
    if (strcmp(disk, job->path) != 0 || virDomainGetUUIDString(dom, uuid[0]) < 0 ||
        virDomainGetUUIDString(job->dom, uuid[1]) < 0 || strcmp(uuid[0], uuid[1]) != 0)
        return;
    job->status = status;
    shell_wait_end();
}

/* Before the job begins: 0, or -1, reported. */
static int
watch(struct job *job)
{
    static const int events[] = { VIR_DOMAIN_EVENT_ID_BLOCK_JOB, VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2 };

    job->status = -1;
    for (size_t i = 0; i < 2; i++)
        job->callbacks[i] = virConnectDomainEventRegisterAny(job->vsh->conn, job->dom, events[i],
                                                             VIR_DOMAIN_EVENT_CALLBACK(on_event), job, NULL);
    shell_error_forget(job->vsh);       /* one of them will do, and asking will */
    return shell_wait_begin(job->vsh);
}

static void
unwatch(struct job *job)
{
    for (size_t i = 0; i < 2; i++)
        if (job->callbacks[i] >= 0)
            virConnectDomainEventDeregisterAny(job->vsh->conn, job->callbacks[i]);
    shell_loop_settle();
    shell_wait_leave();
}

static void
print_progress(struct shell *vsh, const char *title, unsigned long long cur, unsigned long long end)
{
    unsigned int percent = end == 0 || cur == end ? 100 : (unsigned int)((double)cur / (double)end * 100);

    if (cur < end && percent > 99)
        percent = 99;
    fflush(stdout);
    shell_print(vsh, "\r%s: [%3u %%]", title, percent);
    fflush(stdout);
}

/* 1: it goes on; 0: no more; -1: reported. */
static int
look(struct job *job)
{
    virDomainBlockJobInfo info;
    int ret = virDomainGetBlockJobInfo(job->dom, job->path, &info, 0);

    if (ret > 0 && job->verbose)
        print_progress(job->vsh, job->title, info.cur, info.end);
    return ret;
}

static int
give_up(struct job *job)
{
    if (virDomainBlockJobAbort(job->dom, job->path, job->async ? VIR_DOMAIN_BLOCK_JOB_ABORT_ASYNC : 0) < 0)
        return -1;
    return VIR_DOMAIN_BLOCK_JOB_CANCELED;
}

/* virConnectDomainEventBlockJobStatus that it comes to; -1: reported. */
static int
await(struct job *job)
{
    const int64_t until = vir_now_ms() + job->timeout * INT64_C(1000);

    while (job->status < 0) {
        int there = look(job);

        if (there < 0)
            return -1;
        if (there == 0 && job->status < 0 && job->callbacks[0] < 0 && job->callbacks[1] < 0)
            return VIR_DOMAIN_BLOCK_JOB_COMPLETED;      /* nobody tells more */
        switch (shell_wait(LOOK_MS)) {
        case SHELL_WAIT_INTERRUPT:
            return give_up(job);
        case SHELL_WAIT_FAILED:
            return shell_error(job->vsh, "cannot wait for events");
        default:
            if (job->status < 0 && job->timeout > 0 && vir_now_ms() > until)
                return give_up(job);
        }
    }
    if (job->verbose && (job->status == VIR_DOMAIN_BLOCK_JOB_COMPLETED || job->status == VIR_DOMAIN_BLOCK_JOB_READY))
        print_progress(job->vsh, job->title, 1, 1);
    return job->status;
}

/* What it came to, told; 0: it is done, or ready. */
static int
tell(struct shell *vsh, int status, const char *noun, const char *done)
{
    switch (status) {
    case VIR_DOMAIN_BLOCK_JOB_CANCELED:
        shell_print(vsh, "\n%s aborted", noun);
        return -1;
    case VIR_DOMAIN_BLOCK_JOB_FAILED:
        shell_print(vsh, "\n%s failed", noun);
        return -1;
    case VIR_DOMAIN_BLOCK_JOB_READY:
    case VIR_DOMAIN_BLOCK_JOB_COMPLETED:
        shell_print_extra(vsh, "\n%s", done);
        return 0;
    default:
        return -1;
    }
}

/* ---- pull ------------------------------------------------------------------------------------------- */

static int
pull(struct shell *vsh, const struct blockpull_args *args)
{
    unsigned int flags = args->flags;
    unsigned long bandwidth;

    if (read_bandwidth(vsh, args->bandwidth, args->bytes, VIR_DOMAIN_BLOCK_REBASE_BANDWIDTH_BYTES, &flags, &bandwidth) < 0)
        return -1;
    if (args->base || flags)
        return virDomainBlockRebase(args->domain, args->path, args->base, bandwidth, flags);
    return virDomainBlockPull(args->domain, args->path, bandwidth, 0);
}

int
run_blockpull(struct shell *vsh, const struct blockpull_args *args)
{
    struct job job = { .vsh = vsh, .dom = args->domain, .path = args->path, .title = "Block Pull", .verbose = args->verbose,
                       .async = args->async, .timeout = args->has_timeout ? (int)args->timeout : 0 };
    int ret;

    if (!args->wait) {
        ret = pull(vsh, args);
        if (ret == 0)
            shell_print_extra(vsh, "Block Pull started");
        return ret;
    }
    ret = watch(&job);
    if (ret == 0)
        ret = pull(vsh, args);
    if (ret == 0)
        ret = tell(vsh, await(&job), "Pull", "Pull complete");
    unwatch(&job);
    return ret;
}

/* ---- commit ----------------------------------------------------------------------------------------- */

static int
commit(struct shell *vsh, const struct blockcommit_args *args)
{
    unsigned int flags = args->flags;
    unsigned long bandwidth;

    if (read_bandwidth(vsh, args->bandwidth, args->bytes, VIR_DOMAIN_BLOCK_COMMIT_BANDWIDTH_BYTES, &flags, &bandwidth) < 0)
        return -1;
    return virDomainBlockCommit(args->domain, args->path, args->base, args->top, bandwidth, flags);
}

/* JOB is ready: the disk goes on in what it made, or the job ends. */
static int
end(struct job *job, bool pivot, const char *done)
{
    if (virDomainBlockJobAbort(job->dom, job->path, pivot ? VIR_DOMAIN_BLOCK_JOB_ABORT_PIVOT : 0) < 0)
        return shell_error(job->vsh, pivot ? "failed to pivot job for disk %s" : "failed to finish job for disk %s", job->path);
    shell_print_extra(job->vsh, "\n%s", done);
    return 0;
}

int
run_blockcommit(struct shell *vsh, const struct blockcommit_args *args)
{
    struct job job = { .vsh = vsh, .dom = args->domain, .path = args->path, .title = "Block commit", .verbose = args->verbose,
                       .async = args->async, .timeout = args->has_timeout ? (int)args->timeout : 0 };
    const bool active = args->active || args->pivot || args->keep_overlay;
    int ret, status;

    if (!args->wait && !args->has_timeout && !args->pivot && !args->keep_overlay) {
        ret = commit(vsh, args);
        if (ret == 0)
            shell_print_extra(vsh, "%s started", active ? "Active Block Commit" : "Block Commit");
        return ret;
    }
    ret = watch(&job);
    if (ret == 0)
        ret = commit(vsh, args);
    if (ret == 0) {
        status = await(&job);
        if (status == VIR_DOMAIN_BLOCK_JOB_READY && args->pivot)
            ret = end(&job, true, "Successfully pivoted");
        else if (status == VIR_DOMAIN_BLOCK_JOB_READY && args->keep_overlay)
            ret = end(&job, false, "Commit complete, overlay image kept");
        else
            ret = tell(vsh, status, "Commit", status == VIR_DOMAIN_BLOCK_JOB_READY ? "Now in synchronized phase" : "Commit complete");
    }
    unwatch(&job);
    return ret;
}

/* ---- copy ------------------------------------------------------------------------------------------- */

/* Where it goes, as a document; caller frees. */
static char *
describe_target(const struct blockcopy_args *args)
{
    struct vir_buf buf = { 0 };

    if (args->xml)
        return vir_strdup(args->xml);
    vir_buf_addf(&buf, "<disk type='%s'>\n  <source", args->blockdev ? "block" : "file");
    virsh_add_attribute(&buf, args->blockdev ? "dev" : "file", args->dest);
    vir_buf_add(&buf, "/>\n");
    if (args->format) {
        vir_buf_add(&buf, "  <driver");
        virsh_add_attribute(&buf, "type", args->format);
        vir_buf_add(&buf, "/>\n");
    }
    vir_buf_add(&buf, "</disk>\n");
    return vir_buf_steal(&buf);
}

/* The parameter counts bytes. */
static int
bandwidth_in_bytes(struct shell *vsh, const struct blockcopy_args *args, unsigned long long *ret)
{
    const unsigned long long most = LLONG_MAX >> 20;
    unsigned int in_bytes = 0;
    unsigned long bandwidth;

    if (read_bandwidth(vsh, args->bandwidth, args->bytes, 1, &in_bytes, &bandwidth) < 0)
        return -1;
    if (!in_bytes && bandwidth > most)
        return shell_error(vsh, "numerical overflow: bandwidth must be less than %llu", most);
    *ret = in_bytes ? bandwidth : (unsigned long long)bandwidth << 20;
    return 0;
}

static int
copy(struct shell *vsh, const struct blockcopy_args *args, const char *xml)
{
    virTypedParameterPtr params = NULL;
    unsigned long long bandwidth = 0;
    int n = 0, max = 0, ret;

    if (bandwidth_in_bytes(vsh, args, &bandwidth) < 0)
        return -1;
    if (bandwidth > 0)
        virTypedParamsAddULLong(&params, &n, &max, VIR_DOMAIN_BLOCK_COPY_BANDWIDTH, bandwidth);
    if (args->granularity > 0)
        virTypedParamsAddUInt(&params, &n, &max, VIR_DOMAIN_BLOCK_COPY_GRANULARITY, (unsigned int)args->granularity);
    if (args->buf_size > 0)
        virTypedParamsAddULLong(&params, &n, &max, VIR_DOMAIN_BLOCK_COPY_BUF_SIZE, (unsigned long long)args->buf_size);
    ret = virDomainBlockCopy(args->domain, args->path, xml, params, n, args->flags);
    virTypedParamsFree(params, n);
    return ret;
}

static int
copy_and_wait(struct shell *vsh, const struct blockcopy_args *args, const char *xml)
{
    struct job job = { .vsh = vsh, .dom = args->domain, .path = args->path, .title = "Block Copy", .verbose = args->verbose,
                       .async = args->async, .timeout = args->has_timeout ? (int)args->timeout : 0 };
    int ret = watch(&job), status;

    if (ret == 0)
        ret = copy(vsh, args, xml);
    if (ret == 0) {
        status = await(&job);
        if (status == VIR_DOMAIN_BLOCK_JOB_READY && (args->pivot || args->finish))
            ret = end(&job, args->pivot, args->pivot ? "Successfully pivoted" : "Successfully copied");
        else
            ret = tell(vsh, status, "Copy", "Now in mirroring phase");
    }
    unwatch(&job);
    return ret;
}

int
run_blockcopy(struct shell *vsh, const struct blockcopy_args *args)
{
    VIR_AUTO_FREE char *xml = NULL;
    int ret;

    if (!args->dest && !args->xml)
        return shell_error(vsh, "need either --dest or --xml");
    xml = describe_target(args);
    if (args->print_xml) {
        shell_print(vsh, "%s", xml);
        return 0;
    }
    if (args->wait || args->has_timeout || args->pivot || args->finish)
        return copy_and_wait(vsh, args, xml);
    ret = copy(vsh, args, xml);
    if (ret == 0)
        shell_print_extra(vsh, "Block Copy started");
    return ret;
}

/* ---- a job that goes on ------------------------------------------------------------------------------ */

static const char *
title_of(int type)
{
    static const char *const titles[] = {
        "Unknown job", "Block Pull", "Block Copy", "Block Commit", "Active Block Commit", "Backup",
    };

    return SHELL_NAME_OF(titles, type);
}

static void
print_raw(struct shell *vsh, const virDomainBlockJobInfo *info)
{
    shell_print(vsh, " type=%s\n bandwidth=%lu\n cur=%llu\n end=%llu\n", title_of(info->type), info->bandwidth, info->cur,
                info->end);
}

static void
print_info(struct shell *vsh, const virDomainBlockJobInfo *info, bool bytes)
{
    unsigned long long speed = bytes ? info->bandwidth : (unsigned long long)info->bandwidth << 20;
    VIR_AUTO_FREE char *text = shell_size_text(speed, 3);

    print_progress(vsh, title_of(info->type), info->cur, info->end);
    if (speed > 0)
        shell_print(vsh, "    Bandwidth limit: %llu bytes/s (%s/s)", speed, text);
    shell_print(vsh, "\n");
}

/* Bytes are asked for where the server can tell them; *BYTES: it did. */
static int
ask(struct shell *vsh, const struct blockjob_args *args, virDomainBlockJobInfoPtr info, bool *bytes)
{
    int ret;

    *bytes = args->bytes || !args->raw;
    ret = virDomainGetBlockJobInfo(args->domain, args->path, info, *bytes ? VIR_DOMAIN_BLOCK_JOB_INFO_BANDWIDTH_BYTES : 0);
    if (ret >= 0 || args->bytes || !*bytes || vsh->error_code != VIR_ERR_INVALID_ARG)
        return ret;
    shell_error_forget(vsh);            /* or the disk is not there: then that is said again */
    *bytes = false;
    return virDomainGetBlockJobInfo(args->domain, args->path, info, 0);
}

static int
show(struct shell *vsh, const struct blockjob_args *args)
{
    virDomainBlockJobInfo info;
    bool bytes;
    int ret = ask(vsh, args, &info, &bytes);

    if (ret == 0 && !args->raw)
        shell_print_extra(vsh, "No current block job for %s", args->path);
    else if (ret > 0 && args->raw)
        print_raw(vsh, &info);
    else if (ret > 0)
        print_info(vsh, &info, bytes);
    return ret < 0 ? -1 : 0;
}

static int
set_speed(struct shell *vsh, const struct blockjob_args *args)
{
    unsigned int flags = 0;
    unsigned long bandwidth;

    if (read_bandwidth(vsh, args->bandwidth, args->bytes, VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES, &flags, &bandwidth) < 0)
        return -1;
    return virDomainBlockJobSetSpeed(args->domain, args->path, bandwidth, flags);
}

int
run_blockjob(struct shell *vsh, const struct blockjob_args *args)
{
    if (args->abort || args->async || args->pivot)
        return virDomainBlockJobAbort(args->domain, args->path, args->flags);
    if (args->bandwidth)
        return set_speed(vsh, args);
    return show(vsh, args);
}
