/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest as a stream of bytes; see stream.h.  QEMU calls it a migration.
 */
#define VIR_LOG_SOURCE "qemu.stream"
#include "guest/stream.h"
#include "device/pieces.h"
#include "qmp/monitor.h"

#include <fcntl.h>
#include <unistd.h>

enum {
    TICK_MS = 250,                      /* from one look at it to the next */
    STALL_MS = 60000,                   /* no byte moved */
};

/* More than any disk takes: the next whole MiB below what QEMU's counter holds. */
static const int64_t without_limit = INT64_MAX / (1024 * 1024) * (1024 * 1024);

void
qemu_stream_event(struct qemu_run *run, const char *event, struct json_object *data)
{
    struct json_object *told = is(event, "DUMP_COMPLETED") ? qmp_get(data, "result") : data;
    const char *status = is(event, "DUMP_COMPLETED") || is(event, "MIGRATION") ? qmp_get_string(told, "status") : NULL;

    if (!status)
        return;
    qemu_domain_lock(run->domain);
    if (is(status, "completed"))
        run->stream = QEMU_STREAM_DONE;
    else if (is(status, "failed") || is(status, "cancelled"))
        run->stream = QEMU_STREAM_FAILED;
    pthread_cond_broadcast(&run->domain->changed);
    qemu_domain_unlock(run->domain);
}

/* ---- waiting ------------------------------------------------------------------------------- */

/* Up to a moment; true: it goes on. */
static bool
goes_on(struct qemu_run *run)
{
    struct qemu_domain *domain = run->domain;
    int64_t moment = vir_deadline(TICK_MS);
    bool going;

    qemu_domain_lock(domain);
    do
        going = run->stream == QEMU_STREAM_GOING && !run->gone && !run->destroyers;
    while (going && vir_cond_wait_until(&domain->changed, domain->entry.lock, moment));
    qemu_domain_unlock(domain);
    return going;
}

/* What has moved so far goes out of the cache: to the disk, if it was written. */
static void
drop_cache(int file, off_t until)
{
    sync_file_range(file, 0, until, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
    posix_fadvise(file, 0, until, POSIX_FADV_DONTNEED);
}

static void
show_progress(struct qemu_run *run)
{
    struct vir_job_progress progress = { 0 };
    struct json_object *answer = NULL, *ram;

    if (qemu_monitor_call(run->monitor, "query-migrate", NULL, QEMU_STATS_MS, &answer) < 0) {
        virFreeError(vir_error_take());         /* it is asked again */
        return;
    }
    ram = qmp_get(answer, "ram");
    progress.memory.total = qmp_get_uint(ram, "total", INT64_MAX, 0);
    progress.memory.processed = qmp_get_uint(ram, "transferred", INT64_MAX, 0);
    progress.memory.remaining = qmp_get_uint(ram, "remaining", INT64_MAX, 0);
    vir_job_set_progress(&run->domain->entry, &progress);
    json_object_put(answer);
}

/* -1: no byte moved for too long. */
static int
wait_for_bytes(struct qemu_run *run, const struct qemu_stream *stream, bool show)
{
    off_t at = lseek(stream->file, 0, SEEK_CUR), now;
    int64_t since = vir_now_ms();

    while (goes_on(run)) {
        now = lseek(stream->file, 0, SEEK_CUR);
        if (now != at)
            since = vir_now_ms();
        at = now;
        if (vir_now_ms() - since > STALL_MS)
            return vir_error(VIR_ERR_OPERATION_TIMEOUT, "no byte of domain '%s' was read or written for %d s",
                             run->domain->entry.name, STALL_MS / 1000);
        if (show)
            show_progress(run);
        if (stream->past_cache)
            drop_cache(stream->file, at);
    }
    if (show)
        show_progress(run);
    if (stream->past_cache)
        drop_cache(stream->file, lseek(stream->file, 0, SEEK_CUR));
    return 0;
}

/* ---- out ----------------------------------------------------------------------------------- */

static struct json_object *
telling_events(void)
{
    struct json_object *args = qmp_new_object(), *one = qemu_object("capability", "events"), *list = qmp_new_array();

    qemu_put_bool(one, "state", true);
    qmp_append(list, one);
    qmp_add(args, "capabilities", list);
    return args;
}

static void
set_going(struct qemu_run *run, enum qemu_streaming how)
{
    qemu_domain_lock(run->domain);
    run->stream = how;
    qemu_domain_unlock(run->domain);
}

static int
begin(struct qemu_run *run, int fd)
{
    struct json_object *limit = qmp_new_object();
    struct qemu_call *calls[2];

    qemu_put_number(limit, "max-bandwidth", without_limit);
    calls[0] = qemu_monitor_send(run->monitor, "migrate-set-capabilities", telling_events());
    calls[1] = qemu_monitor_send(run->monitor, "migrate-set-parameters", limit);
    if (qemu_monitor_wait_all(run->monitor, calls, 2, QEMU_COMMAND_MS, NULL) < 0 ||
        qemu_monitor_give_fd(run->monitor, "state", fd) < 0)
        return -1;
    set_going(run, QEMU_STREAM_GOING);
    return qemu_monitor_call(run->monitor, "migrate", qemu_object("uri", "fd:state"), QEMU_COMMAND_MS, NULL);
}

/* Why it did not come to its end. */
static int
explain(struct qemu_run *run)
{
    const char *name = run->domain->entry.name, *why;
    struct json_object *answer = NULL;
    bool gone;

    qemu_domain_lock(run->domain);
    gone = run->gone || run->destroyers;
    qemu_domain_unlock(run->domain);
    if (gone)
        return vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' is not running any more", name);
    if (vir_job_is_aborted(&run->domain->entry))
        return vir_error(VIR_ERR_OPERATION_ABORTED, "domain '%s': canceled by client", name);
    if (qemu_monitor_call(run->monitor, "query-migrate", NULL, QEMU_COMMAND_MS, &answer) < 0)
        return -1;
    why = qmp_get_string(answer, "error-desc");
    vir_error(VIR_ERR_OPERATION_FAILED, "the state of domain '%s' was not written: %s", name,
              why ? why : "is the disk full?");
    json_object_put(answer);
    return -1;
}

static bool
is_done(struct qemu_run *run)
{
    bool done;

    qemu_domain_lock(run->domain);
    done = run->stream == QEMU_STREAM_DONE && !run->gone;
    qemu_domain_unlock(run->domain);
    return done;
}

static void
tell_completed(struct qemu_run *run)
{
    struct vir_store_entry *entry = &run->domain->entry;
    virTypedParameterPtr params = NULL;
    int type, n = 0;

    if (vir_job_stats(entry, &type, &params, &n, 0) == 0)
        vir_event_emit(qemu_driver.hub, vir_event_domain_job_completed(entry->name, entry->uuid, run->id, params, n));
    virTypedParamsFree(params, n);
}

int
qemu_stream_out(struct qemu_run *run, const struct qemu_stream *stream)
{
    int ret = begin(run, stream->fd);

    if (ret == 0)
        ret = wait_for_bytes(run, stream, true);
    if (ret < 0)                        /* whether it began or not */
        qemu_monitor_post(run->monitor, "migrate_cancel", NULL, NULL, NULL);
    else if (!is_done(run))
        ret = explain(run);
    else
        tell_completed(run);
    set_going(run, QEMU_STREAM_NONE);
    return ret;
}

/* How many bytes are written; *AT stays where QEMU does not say. */
static void
show_dumped(struct qemu_run *run, unsigned long long *at)
{
    struct vir_job_progress progress = { 0 };
    struct json_object *answer = NULL;

    if (qemu_monitor_call(run->monitor, "query-dump", NULL, QEMU_STATS_MS, &answer) < 0) {
        virFreeError(vir_error_take());
        return;
    }
    progress.memory.total = qmp_get_uint(answer, "total", INT64_MAX, 0);
    progress.memory.processed = qmp_get_uint(answer, "completed", INT64_MAX, 0);
    progress.memory.remaining = progress.memory.total - progress.memory.processed;
    vir_job_set_progress(&run->domain->entry, &progress);
    *at = progress.memory.processed;
    json_object_put(answer);
}

/* -1: nothing more was written for too long. */
static int
wait_for_dump(struct qemu_run *run)
{
    unsigned long long at = 0, now = 0;
    int64_t since = vir_now_ms();

    while (goes_on(run)) {
        show_dumped(run, &now);
        if (now != at)
            since = vir_now_ms();
        at = now;
        if (!qemu_monitor_usable(run->monitor) || vir_now_ms() - since > STALL_MS)
            return vir_error(VIR_ERR_OPERATION_TIMEOUT, "no byte of the memory of domain '%s' was written for %d s",
                             run->domain->entry.name, STALL_MS / 1000);
    }
    if (is_done(run))
        show_dumped(run, &now);
    return 0;
}

int
qemu_stream_dump(struct qemu_run *run, struct json_object *args)
{
    int ret;

    set_going(run, QEMU_STREAM_GOING);
    ret = qemu_monitor_call(run->monitor, "dump-guest-memory", args, QEMU_COMMAND_MS, NULL);
    if (ret == 0)
        ret = wait_for_dump(run);
    if (ret == 0 && !is_done(run))
        ret = vir_error(VIR_ERR_OPERATION_FAILED, "the memory of domain '%s' was not written: is the disk full?",
                        run->domain->entry.name);
    set_going(run, QEMU_STREAM_NONE);
    return ret;
}

int
qemu_stream_abort(struct vir_store_entry *entry)
{
    QEMU_AUTO_RUN run = qemu_domain_run((struct qemu_domain *)entry);

    return run ? qemu_monitor_call(run->monitor, "migrate_cancel", NULL, QEMU_COMMAND_MS, NULL) : -1;
}

/* ---- in ------------------------------------------------------------------------------------ */

int
qemu_stream_in(struct qemu_run *run, const struct qemu_stream *stream)
{
    VIR_AUTO_FREE char *uri = vir_strdup_printf("fd:%d", stream->fd);
    struct qemu_call *calls[2];

    set_going(run, QEMU_STREAM_GOING);
    calls[0] = qemu_monitor_send(run->monitor, "migrate-set-capabilities", telling_events());
    calls[1] = qemu_monitor_send(run->monitor, "migrate-incoming", qemu_object("uri", uri));
    if (qemu_monitor_wait_all(run->monitor, calls, 2, QEMU_START_MS, NULL) < 0 ||
        wait_for_bytes(run, stream, false) < 0)
        return -1;
    if (is_done(run))
        return 0;
    return vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' could not be restored", run->domain->entry.name);
}

bool
qemu_stream_failed(struct qemu_run *run)
{
    bool failed;

    qemu_domain_lock(run->domain);
    failed = run->stream == QEMU_STREAM_FAILED;
    qemu_domain_unlock(run->domain);
    return failed;
}
