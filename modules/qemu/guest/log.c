/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log file of a domain; see log.h.
 */
#include "guest/log.h"
#include "guest/taint.h"
#include "host/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *
log_name(const char *guest)
{
    return vir_strdup_printf("%s.log", guest);
}

static char *
fifo_name(const unsigned char *uuid)
{
    char text[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(uuid, text);
    return vir_strdup_printf("%s.output", text);
}

struct vir_process_log *
qemu_log_open(const struct qemu_domain_def *doc, int *ret_fd)
{
    VIR_AUTO_FREE char *file = log_name(doc->name);
    VIR_AUTO_FREE char *fifo = fifo_name(doc->uuid);

    return vir_process_log_open(&qemu_driver.log, file, &qemu_driver.state.dir, fifo, ret_fd);
}

int
qemu_log_file(const char *guest)
{
    VIR_AUTO_FREE char *file = log_name(guest);

    return vir_process_log_file(&qemu_driver.log, file);
}

/* As a shell would take it, so that it can be tried by hand. */
static void
add_quoted(struct vir_buf *buf, const char *arg)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,+-@%";

    if (*arg && !arg[strspn(arg, plain)]) {
        vir_buf_add(buf, arg);
        return;
    }
    vir_buf_add(buf, "'");
    for (const char *c = arg; *c; c++)
        vir_buf_add_mem(buf, *c == '\'' ? "'\\''" : c, *c == '\'' ? 4 : 1);
    vir_buf_add(buf, "'");
}

struct taints_log { struct vir_buf buf; const struct qemu_domain_def *doc; char stamp[64]; };

static void
log_taint(const char *word, const char *sentence, void *opaque)
{
    struct taints_log *log = opaque;

    (void)sentence;
    vir_buf_addf(&log->buf, "%s: Domain id=%d is tainted: %s\n", log->stamp, (int)log->doc->id, word);
}

off_t
qemu_log_begin(struct vir_process_log *log, int fd, const struct qemu_domain_def *doc, unsigned int tainted,
               const struct qemu_command *command)
{
    struct taints_log taints = { .doc = doc };
    struct vir_buf buf = { 0 };
    time_t now = time(NULL);
    struct stat sb;
    struct tm tm;

    if (gmtime_r(&now, &tm))
        strftime(taints.stamp, sizeof(taints.stamp), "%Y-%m-%d %H:%M:%S+0000", &tm);
    qemu_taints_each(tainted | qemu_taints_of(doc), log_taint, &taints);
    vir_buf_addf(&buf, "%s%s: starting", taints.buf.len ? taints.buf.text : "", taints.stamp);
    vir_buf_free(&taints.buf);
    for (size_t i = 0; i < command->n; i++) {
        vir_buf_add(&buf, command->argv[i][0] == '-' && i > 0 ? " \\\n" : " ");
        add_quoted(&buf, command->argv[i]);
    }
    vir_buf_add(&buf, "\n");
    vir_process_log_write(log, buf.text, buf.len);
    vir_buf_free(&buf);
    return fstat(fd, &sb) == 0 ? sb.st_size : 0;
}

/* What descriptor FD of process PID is called may begin with PREFIX (NULL: with anything). */
static bool
holds(pid_t pid, int fd, const struct vir_dir *dir, const char *prefix)
{
    VIR_AUTO_FREE char *name = vir_process_file_name(pid, fd);

    return name && (!prefix || strncmp(name, prefix, strlen(prefix)) == 0) &&
        vir_process_holds(pid, fd, dir, name);
}

bool
qemu_log_is_of(pid_t pid, const char *guest, const unsigned char *uuid)
{
    VIR_AUTO_FREE char *file = guest ? log_name(guest) : NULL;
    VIR_AUTO_FREE char *fifo = uuid ? fifo_name(uuid) : NULL;

    return holds(pid, STDIN_FILENO, &qemu_driver.log, file) ||
        holds(pid, STDOUT_FILENO, &qemu_driver.state.dir, fifo);
}

char *
qemu_log_last_line(const char *name, off_t from)
{
    VIR_AUTO_CLOSE int fd = qemu_log_file(name);

    if (fd < 0)
        virFreeError(vir_error_take());
    return fd < 0 ? NULL : qemu_file_last_line(fd, from);
}
