/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest holds in its memory, written to a file for those who look for its faults.
 */
#include "calls/calls.h"
#include "device/disk-images.h"
#include "device/pieces.h"
#include "guest/halt.h"
#include "guest/hotplug.h"
#include "guest/stream.h"
#include "host/file.h"
#include "qmp/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int
no_abort(struct vir_store_entry *entry)
{
    return vir_error(VIR_ERR_OPERATION_INVALID, "QEMU does not stop a dump of the memory of domain '%s'", entry->name);
}

static const struct vir_job_long dump_job = {
    "dump", VIR_JOB_QUERY | VIR_JOB_DESTROY, VIR_DOMAIN_JOB_OPERATION_DUMP, qemu_stream_abort,
};
static const struct vir_job_long dump_memory_job = {
    "dump", VIR_JOB_QUERY | VIR_JOB_DESTROY, VIR_DOMAIN_JOB_OPERATION_DUMP, no_abort,
};

/* QEMU's words for the numbers of virDomainCoreDumpFormat. */
static const char *const formats[] = {
    "elf", "kdump-zlib", "kdump-lzo", "kdump-snappy", "win-dmp",
};
enum { FORMATS = sizeof(formats) / sizeof(formats[0]) };

/* The memory alone, in a form that debuggers read. */
static int
write_memory(struct qemu_run *run, int fd, unsigned int format)
{
    struct json_object *args = qemu_object("protocol", "fd:dump");

    qemu_put_bool(args, "paging", false);
    qemu_put_bool(args, "detach", true);
    qemu_put(args, "format", formats[format]);
    if (qemu_monitor_give_fd(run->monitor, "dump", fd) < 0) {
        json_object_put(args);
        return -1;
    }
    return qemu_stream_dump(run, args);
}

static int
write_core(struct qemu_run *run, int fd, unsigned int format, unsigned int flags)
{
    const struct qemu_stream stream = { fd, fd, flags & VIR_DUMP_BYPASS_CACHE };

    if (flags & VIR_DUMP_MEMORY_ONLY)
        return write_memory(run, fd, format);
    return qemu_stream_out(run, &stream);
}

/* What the guest does when its memory is written. */
static int
go_on(struct qemu_run *run, bool ran, int ret, unsigned int flags)
{
    if (ret == 0 && flags & VIR_DUMP_CRASH)
        return qemu_halt_over(run, VIR_DOMAIN_SHUTOFF_CRASHED);
    if (ret == 0 && flags & VIR_DUMP_RESET)
        ret = qemu_monitor_call(run->monitor, "system_reset", NULL, QEMU_COMMAND_MS, NULL);
    qemu_halt_end(run, ran || (ret == 0 && flags & VIR_DUMP_RESET), VIR_DOMAIN_RUNNING_UNPAUSED);
    return ret;
}

static int
check_movable(struct qemu_run *run)
{
    struct qemu_def *live = qemu_live_now(run);
    int ret = live ? qemu_disks_check_movable(live->doc) : -1;

    qemu_def_unref(live);
    return ret;
}

static int
dump_run(struct qemu_run *run, const char *path, unsigned int format, unsigned int flags)
{
    VIR_AUTO_CLOSE int fd = -1;
    bool ran = false;
    int ret;

    if (!(flags & VIR_DUMP_MEMORY_ONLY) && check_movable(run) < 0)
        return -1;
    fd = qemu_file_open(path, O_RDWR | O_CREAT | O_TRUNC);
    if (fd < 0)
        return -1;
    ret = qemu_halt_begin(run, flags & VIR_DUMP_LIVE ? 0 : VIR_DOMAIN_PAUSED_DUMP, NULL, &ran);
    if (ret == 0) {
        ret = write_core(run, fd, format, flags);
        if (ret == 0 && fsync(fd) < 0)
            ret = vir_error_errno(errno, "cannot write the file '%s'", path);
        ret = go_on(run, ran, ret, flags);
    }
    if (ret < 0)
        qemu_file_discard(path);
    return ret;
}

int
qemu_domain_core_dump_with_format(virDomainPtr dom, const char *to, unsigned int format, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int ret = -1;

    if (!domain)
        return -1;
    if (format >= FORMATS)
        return vir_error(VIR_ERR_INVALID_ARG, "there is no format %u of a core file", format);
    if (format != VIR_DOMAIN_CORE_DUMP_FORMAT_RAW && !(flags & VIR_DUMP_MEMORY_ONLY))
        return vir_error(VIR_ERR_OPERATION_INVALID, "only the memory alone (VIR_DUMP_MEMORY_ONLY) has a format");
    if (qemu_job_begin_long(domain, flags & VIR_DUMP_MEMORY_ONLY ? &dump_memory_job : &dump_job) < 0)
        return -1;
    run = qemu_domain_monitored(domain);
    if (run)
        ret = dump_run(run, to, format, flags);
    qemu_job_end_long(domain, ret);
    return ret;
}
