/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is read of a guest from outside, behind its back: its memory, and disks that are raw.
 */
#include "calls/calls.h"
#include "device/disk-images.h"
#include "device/pieces.h"
#include "document/domain-xml.h"
#include "host/file.h"
#include "qmp/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SIZE bytes of the file FD from OFFSET on; how many there were, -1 with an error. */
static ssize_t
read_all(int fd, uint64_t offset, size_t size, char *buffer, const char *what)
{
    size_t done = 0;

    while (done < size) {
        ssize_t n = pread(fd, buffer + done, size - done, (off_t)(offset + done));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return vir_error_errno(errno, "cannot read '%s'", what);
        if (n == 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

/* ---- disks ------------------------------------------------------------------------------------------- */

static int
peek_disk(const struct qemu_domain_def *doc, const char *name, uint64_t offset, size_t size, void *buffer)
{
    int number = qemu_disk_number(doc, name);
    struct qemu_disk_facts disk;
    VIR_AUTO_CLOSE int fd = -1;
    off_t end;

    if (number < 0)
        return vir_error(VIR_ERR_INVALID_ARG, "disk '%s' not found in domain", name);
    disk = qemu_disk_facts(doc, (size_t)number);
    if (!disk.path || strcmp(disk.format, "raw") != 0)
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "peeking is only supported for disk with 'raw' format not '%s'",
                         disk.path ? disk.format : "none");
    fd = qemu_file_open(disk.path, O_RDONLY);
    end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    if (fd < 0)
        return -1;
    if (end < 0)
        return vir_error_errno(errno, "cannot read '%s'", disk.path);
    if (offset > (uint64_t)end || size > (uint64_t)end - offset)
        return vir_error(VIR_ERR_INVALID_ARG, "'%s' starting from %llu has only %llu bytes available", name,
                         (unsigned long long)offset, offset > (uint64_t)end ? 0ull : (unsigned long long)((uint64_t)end - offset));
    return read_all(fd, offset, size, buffer, disk.path) < 0 ? -1 : 0;
}

int
qemu_domain_block_peek(virDomainPtr dom, const char *disk, unsigned long long offset, size_t size, void *buffer,
                       unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def;
    int ret;

    (void)flags;                        /* none taken */
    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    def = qemu_def_ref(domain->live ? domain->live : domain->def);
    qemu_domain_unlock(domain);
    ret = peek_disk(def->doc, disk, offset, size, buffer);
    qemu_def_unref(def);
    return ret;
}

/* ---- memory -------------------------------------------------------------------------------------------- */

/* QEMU writes it to the file FD, which it opens by its PATH. */
static int
peek_memory(struct qemu_run *run, int fd, const char *path, uint64_t start, size_t size, char *buffer, const char *command)
{
    struct json_object *args = qemu_object("filename", path);
    ssize_t n;

    qemu_put_number(args, "val", (int64_t)start);
    qemu_put_number(args, "size", (int64_t)size);
    if (qemu_monitor_call(run->monitor, command, args, QEMU_COMMAND_MS, NULL) < 0)
        return -1;
    n = read_all(fd, 0, size, buffer, path);
    if (n >= 0 && (size_t)n < size)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "QEMU wrote %zd of %zu bytes of the memory of domain '%s'", n, size,
                         run->domain->entry.name);
    return n < 0 ? -1 : 0;
}

static int
peek_into_file(struct qemu_run *run, uint64_t start, size_t size, char *buffer, const char *command)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("%s/peek.XXXXXX", qemu_driver.state.dir.path);
    VIR_AUTO_CLOSE int fd = mkostemp(path, O_CLOEXEC);
    int ret;

    if (fd < 0)
        return vir_error_errno(errno, "cannot create the file '%s'", path);
    ret = peek_memory(run, fd, path, start, size, buffer, command);
    unlink(path);
    return ret;
}

int
qemu_domain_memory_peek(virDomainPtr dom, unsigned long long start, size_t size, void *buffer, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int ret = -1;

    if (!(flags & (VIR_MEMORY_VIRTUAL | VIR_MEMORY_PHYSICAL)))
        return vir_error(VIR_ERR_INVALID_ARG, "flags parameter must be VIR_MEMORY_VIRTUAL or VIR_MEMORY_PHYSICAL");
    if (start > INT64_MAX)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "QEMU counts addresses to %lld", (long long)INT64_MAX);
    if (!domain || qemu_job_begin_kind(domain, VIR_JOB_QUERY, "memory-peek") < 0)
        return -1;
    run = qemu_domain_monitored(domain);
    if (run)
        ret = peek_into_file(run, start, size, buffer, flags & VIR_MEMORY_VIRTUAL ? "memsave" : "pmemsave");
    qemu_job_end(domain);
    return ret;
}
