/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Standard error, files, the system's log and the journal.  The last two are
 * told by datagrams that the kernel takes at once or not at all: the C library's
 * syslog() and libsystemd would wait for a daemon that has stopped reading.
 */
#include "log-output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "report.h"

static const int syslog_priority[] = { 0, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR };
static const struct sockaddr_un journal_at = { AF_UNIX, "/run/systemd/journal/socket" };
static const struct sockaddr_un syslog_at = { AF_UNIX, "/dev/log" };

/* ---- lines ---- */

/* False: it would not take them, or only a part. */
static bool
write_bytes(int fd, const char *bytes, size_t len)
{
    struct pollfd room = { .fd = fd, .events = POLLOUT };

    return poll(&room, 1, 0) == 1 && write(fd, bytes, len) == (ssize_t)len;
}

static void
write_line(struct vir_log_output *output, const struct vir_log_entry *entry)
{
    unsigned int lost = __atomic_exchange_n(&output->lost, 0, __ATOMIC_RELAXED);
    VIR_AUTO_FREE char *line = lost ? vir_strdup_printf("\n%u lines could not be written here\n%s", lost, entry->whole)
                                    : vir_strdup(entry->whole);
    size_t len = strlen(line);

    if (len > PIPE_BUF) {               /* of more a pipe that has room might take only a part, and wait */
        len = PIPE_BUF;
        line[len - 1] = '\n';
    }
    if (!write_bytes(output->fd, line, len))
        __atomic_add_fetch(&output->lost, lost + 1, __ATOMIC_RELAXED);
}

static const char to_stderr[] = "stderr", to_syslog[] = "syslog", to_journal[] = "journald",
    to_file[] = "file";
struct vir_log_output vir_log_stderr = { .priority = 1, .fd = STDERR_FILENO, .write = write_line, .kind = to_stderr };

/* ---- datagrams ---- */

static void
send_text(int fd, const struct sockaddr_un *to, const char *text)
{
    sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)to, sizeof(*to));
}

static const char *
without_ups(const char *path)
{
    while (strncmp(path, "../", 3) == 0)
        path += 3;
    return path;
}

/* A source file's name without where the tree lay when it was built: what stands before the name of this one. */
static const char *
in_tree(const char *file)
{
    const char *own = without_ups(__FILE__);
    size_t outside = strlen(own) - strlen("common/log-output.c");

    file = without_ups(file);
    return strncmp(file, own, outside) == 0 ? file + outside : file;
}

static void
write_journal(struct vir_log_output *output, const struct vir_log_entry *entry)
{
    struct vir_buf buf = { 0 };
    VIR_AUTO_FREE char *text = NULL;

    vir_buf_addf(&buf, "MESSAGE=%s\nPRIORITY=%d\nSYSLOG_FACILITY=%d\nLIBVIRT_SOURCE=%s\nCODE_FILE=%s\nCODE_LINE=%d\n"
                 "CODE_FUNC=%s\n", entry->text, syslog_priority[entry->priority], LOG_DAEMON >> 3, entry->source,
                 in_tree(entry->file), entry->line, entry->function);
    if (entry->code)
        vir_buf_addf(&buf, "LIBVIRT_DOMAIN=%d\nLIBVIRT_CODE=%d\n", entry->domain, entry->code);
    text = vir_buf_steal(&buf);
    send_text(output->fd, &journal_at, text);
}

static void
write_syslog(struct vir_log_output *output, const struct vir_log_entry *entry)
{
    VIR_AUTO_FREE char *text = NULL;
    time_t now = time(NULL);
    char stamp[32];
    struct tm tm;

    localtime_r(&now, &tm);
    strftime(stamp, sizeof(stamp), "%h %e %T", &tm);
    text = vir_strdup_printf("<%d>%s %s[%d]: %s", LOG_DAEMON | syslog_priority[entry->priority], stamp, output->name,
                             (int)getpid(), entry->text);
    send_text(output->fd, &syslog_at, text);
}

static int
open_socket(const struct sockaddr_un *at)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || access(at->sun_path, W_OK) == 0)
        return fd;
    vir_fail(VIR_REPORT_SYSTEM, errno, "nobody keeps a log at %s", at->sun_path);
    close(fd);
    return -1;
}

/* ---- opening ---- */

/* A path is meant from where the process is now. */
static int
open_file(struct vir_log_output *output, const char *path)
{
    VIR_AUTO_FREE char *here = *path == '/' ? NULL : getcwd(NULL, 0);

    output->name = here ? vir_path_join(here, path) : vir_strdup(path);
    /* a FIFO that nobody reads is an error, not a wait */
    output->fd = open(output->name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    if (output->fd >= 0)
        return 0;
    vir_fail(VIR_REPORT_SYSTEM, errno, "cannot open log file '%s'", output->name);
    free(output->name);
    return -1;
}

int
vir_log_output_open(struct vir_log_output *ret, const char *word)
{
    bool has_level = word[0] >= '1' && word[0] <= '4' && word[1] == ':';
    const char *kind = has_level ? word + 2 : "";
    struct vir_log_output output = { .priority = word[0] - '0', .write = write_line, .kind = to_file };

    if (strncmp(kind, "file:", 5) == 0 && kind[5]) {
        if (open_file(&output, kind + 5) < 0)
            return -1;
    } else if (strcmp(kind, to_stderr) == 0) {
        output = vir_log_stderr;
        output.priority = word[0] - '0';
    } else if (strncmp(kind, "syslog:", 7) == 0 && kind[7]) {
        output.write = write_syslog;
        output.kind = to_syslog;
        output.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        output.name = vir_strdup(kind + 7);
    } else if (strcmp(kind, to_journal) == 0) {
        output.write = write_journal;
        output.kind = to_journal;
        output.fd = open_socket(&journal_at);
        if (output.fd < 0)
            return -1;
    } else {
        vir_fail(VIR_REPORT_INVALID, 0, "'%s' is not a log output", word);
        return vir_fail(VIR_REPORT_HINT, 0, "L:stderr, L:file:PATH, L:syslog:NAME or L:journald, with a level L from "
                        "1 to 4");
    }
    *ret = output;
    return 0;
}

void
vir_log_output_close(struct vir_log_output *output)
{
    if (output->fd > STDERR_FILENO)
        close(output->fd);
    free(output->name);
}

bool
vir_log_output_is_same(const struct vir_log_output *one, const struct vir_log_output *other)
{
    return one->kind == other->kind && (one->kind != to_file || strcmp(one->name, other->name) == 0);
}

void
vir_log_output_print(struct vir_buf *text, const struct vir_log_output *output, int priority)
{
    vir_buf_addf(text, "%s%d:%s", text->len ? " " : "", priority, output->kind);
    if (output->name)
        vir_buf_addf(text, ":%s", output->name);
}
