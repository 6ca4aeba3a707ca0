/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's console as a stream: the pty that QEMU made, opened by us.  One
 * reader at a time; a second one is refused unless it takes over by force.
 */
#define VIR_LOG_SOURCE "qemu.console"
#include "calls/calls.h"
#include "document/domain-xml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct console {
    struct console *next;               /* in OPEN */
    char *path;
    int fd;
    bool over;                          /* atomic: another has taken over; there is nothing more to read */
    int watch;                          /* of the program's event loop, for FD; -1: none */
    int bell;                           /* its timer that tells that it is over; -1: none; under the lock */
    virStreamPtr stream;
    virStreamEventCallback callback;
    void *opaque;
    virFreeCallback free_opaque;
};

/* All open consoles, so that a pty is not read by two. */
static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static struct console *open_consoles;

/* ---- the pty ------------------------------------------------------------------------- */

static int
open_pty(const char *path)
{
    VIR_AUTO_CLOSE int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    struct stat sb;

    if (fd < 0 || fstat(fd, &sb) < 0)
        return vir_error_errno(errno, "console '%s'", path);
    if (!S_ISCHR(sb.st_mode))
        return vir_error(VIR_ERR_OPERATION_FAILED, "console '%s' is not a terminal", path);
    return vir_steal_fd(&fd);
}

/* Whether a device with that alias is the one that is wanted; NAME NULL: any. */
static bool
is_called(const char *alias, const char *name)
{
    return !name || (alias && strcmp(alias, name) == 0);
}

/* The pty of the device called NAME, or of the first console or serial port. */
static char *
pty_of(const struct qemu_domain_def *doc, const char *name)
{
    enum qemu_chartype type = QEMU_CHARTYPE_ABSENT;
    const char *path = NULL;

    for (size_t i = doc->devices.n_channels; name && i-- > 0; )
        if (is_called(doc->devices.channels[i]->device.alias.name, name)) {
            type = doc->devices.channels[i]->character.type;
            path = doc->devices.channels[i]->character.source.path;
        }
    for (size_t i = doc->devices.n_serials; i-- > 0; )
        if (is_called(doc->devices.serials[i]->device.alias.name, name)) {
            type = doc->devices.serials[i]->character.type;
            path = doc->devices.serials[i]->character.source.path;
        }
    for (size_t i = doc->devices.n_consoles; i-- > 0; )
        if (is_called(doc->devices.consoles[i]->device.alias.name, name)) {
            type = doc->devices.consoles[i]->character.type;
            path = doc->devices.consoles[i]->character.source.path;
        }
    if (!type)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "cannot find character device %s",
                              name ? name : "<null>");
    if (type != QEMU_CHARTYPE_PTY || !path)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "character device %s is not using a PTY",
                              name ? name : "console");
    return vir_strdup(path);
}

static bool
is_over(const struct console *console)
{
    return __atomic_load_n(&console->over, __ATOMIC_ACQUIRE);
}

/* With the lock: ends another's use of PATH.  -1: it is in use. */
static int
take_over(const char *path, bool force)
{
    for (struct console *console = open_consoles; console; console = console->next) {
        if (is_over(console) || strcmp(console->path, path) != 0)
            continue;
        if (!force)
            return vir_error(VIR_ERR_OPERATION_FAILED, "Active console session exists for this domain");
        __atomic_store_n(&console->over, true, __ATOMIC_RELEASE);
        if (console->bell >= 0)
            virEventUpdateTimeout(console->bell, 0);
    }
    return 0;
}

/* ---- the stream's calls ------------------------------------------------------------------ */

static int
console_send(virStreamPtr stream, const char *data, size_t n)
{
    struct console *console = vir_stream_data(stream);
    ssize_t done;

    if (is_over(console))
        return vir_error(VIR_ERR_OPERATION_FAILED, "console '%s' was taken over by another", console->path);
    done = write(console->fd, data, n);
    if (done >= 0)
        return (int)done;
    if (errno == EAGAIN || errno == EINTR)
        return -2;
    return vir_error(VIR_ERR_OPERATION_FAILED, "console '%s' was closed", console->path);
}

static int
console_recv(virStreamPtr stream, char *data, size_t n, unsigned int flags)
{
    struct console *console = vir_stream_data(stream);
    ssize_t done;

    (void)flags;
    if (is_over(console))
        return 0;
    done = read(console->fd, data, n);
    if (done >= 0)
        return (int)done;
    if (errno == EAGAIN || errno == EINTR)
        return -2;
    if (errno == EIO)                   /* the other end of the pty is gone */
        return 0;
    return vir_error_errno(errno, "console '%s'", console->path);
}

static int
handle_events(int stream_events)
{
    return (stream_events & VIR_STREAM_EVENT_READABLE ? VIR_EVENT_HANDLE_READABLE : 0) |
        (stream_events & VIR_STREAM_EVENT_WRITABLE ? VIR_EVENT_HANDLE_WRITABLE : 0);
}

static void
console_ready(int watch, int fd, int events, void *opaque)
{
    struct console *console = opaque;
    int told = (events & VIR_EVENT_HANDLE_READABLE ? VIR_STREAM_EVENT_READABLE : 0) |
        (events & VIR_EVENT_HANDLE_WRITABLE ? VIR_STREAM_EVENT_WRITABLE : 0) |
        (events & VIR_EVENT_HANDLE_ERROR ? VIR_STREAM_EVENT_ERROR : 0) |
        (events & VIR_EVENT_HANDLE_HANGUP ? VIR_STREAM_EVENT_HANGUP : 0);

    (void)watch;
    (void)fd;
    if (console->callback)
        console->callback(console->stream, told, console->opaque);
}

/* Rings once; a reader that pauses and comes back hears it again. */
static void
console_over(int timer, void *opaque)
{
    struct console *console = opaque;

    virEventUpdateTimeout(timer, -1);
    if (console->callback)
        console->callback(console->stream, VIR_STREAM_EVENT_HANGUP, console->opaque);
}

static int
bell_interval(const struct console *console, int stream_events)
{
    return is_over(console) && (stream_events & VIR_STREAM_EVENT_READABLE) ? 0 : -1;
}

static int
console_add_callback(virStreamPtr stream, int events, virStreamEventCallback callback, void *opaque,
                     virFreeCallback free_opaque)
{
    struct console *console = vir_stream_data(stream);

    if (console->watch >= 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "stream already has a callback registered");
    console->callback = callback;
    console->opaque = opaque;
    console->free_opaque = free_opaque;
    console->watch = virEventAddHandle(console->fd, handle_events(events), console_ready, console, NULL);
    if (console->watch < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the program has no event loop for streams");
    pthread_mutex_lock(&open_lock);
    console->bell = virEventAddTimeout(bell_interval(console, events), console_over, console, NULL);
    pthread_mutex_unlock(&open_lock);
    return 0;
}

static int
console_update_callback(virStreamPtr stream, int events)
{
    struct console *console = vir_stream_data(stream);

    if (console->watch < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "stream does not have a callback registered");
    virEventUpdateHandle(console->watch, handle_events(events));
    if (is_over(console))
        virEventUpdateTimeout(console->bell, bell_interval(console, events));
    return 0;
}

static int
console_remove_callback(virStreamPtr stream)
{
    struct console *console = vir_stream_data(stream);
    int bell;

    if (console->watch < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "stream does not have a callback registered");
    virEventRemoveHandle(console->watch);
    console->watch = -1;
    pthread_mutex_lock(&open_lock);
    bell = console->bell;
    console->bell = -1;
    pthread_mutex_unlock(&open_lock);
    virEventRemoveTimeout(bell);
    console->callback = NULL;
    if (console->free_opaque)
        console->free_opaque(console->opaque);
    return 0;
}

/* The stream's end, however it comes about. */
static int
console_close(virStreamPtr stream)
{
    struct console *console = vir_stream_data(stream);

    if (console->watch >= 0)
        console_remove_callback(stream);
    pthread_mutex_lock(&open_lock);
    for (struct console **at = &open_consoles; *at; at = &(*at)->next) {
        if (*at == console) {
            *at = console->next;
            break;
        }
    }
    pthread_mutex_unlock(&open_lock);
    close(console->fd);
    free(console->path);
    free(console);
    return 0;
}

static const struct vir_stream_ops console_ops = {
    VIR_OPS(vir_stream_ops),
    .stream_send = { console_send, 0, 0 },
    .stream_recv_flags = { console_recv, 0, 0 },
    .stream_event_add_callback = { console_add_callback, 0, 0 },
    .stream_event_update_callback = { console_update_callback, 0, 0 },
    .stream_event_remove_callback = { console_remove_callback, 0, 0 },
    .stream_finish = { console_close, 0, 0 },
    .stream_abort = { console_close, 0, 0 },
};

/* ---- opening ----------------------------------------------------------------------------------- */

static int
attach(virStreamPtr stream, char *path, bool force)
{
    struct console *console = NULL;
    int fd = -1;

    pthread_mutex_lock(&open_lock);
    if (take_over(path, force) == 0)
        fd = open_pty(path);
    if (fd >= 0) {
        console = VIR_NEW(struct console);
        console->fd = fd;
        console->watch = console->bell = -1;
        console->path = path;
        console->stream = stream;
        console->next = open_consoles;
        open_consoles = console;
    }
    pthread_mutex_unlock(&open_lock);
    if (!console) {
        free(path);
        return -1;
    }
    vir_stream_set_ops(stream, &console_ops, console);
    return 0;
}

int
qemu_domain_open_console(virDomainPtr dom, const char *name, virStreamPtr stream, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    char *path = NULL;

    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    if (!domain->live)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    else
        path = pty_of(domain->live->doc, name);
    qemu_domain_unlock(domain);
    if (!path)
        return -1;
    return attach(stream, path, flags & VIR_DOMAIN_CONSOLE_FORCE);
}
