/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's console or channel as a stream: the pty that QEMU made, opened by us, or the socket where it listens.
 * One reader at a time; a second one is refused unless it takes over by force.
 */
#define VIR_LOG_SOURCE "qemu.console"
#include "calls/calls.h"
#include "device/channel-told.h"
#include "device/character.h"
#include "document/domain-xml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What can be opened. */
struct kind {
    const char *noun, *taken;           /* TAKEN: why not again */
    int (*open)(const char *path);
};

struct console {
    struct console *next;               /* in OPEN */
    char *path;
    struct vir_fdstream *data;
    bool over;                          /* another has taken over */
};

/* All open consoles, so that a pty is not read by two. */
static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;
static struct console *open_consoles;   /* with the lock */

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

static int
open_socket(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    VIR_AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (strlen(path) > QEMU_MAX_SOCKET_PATH)
        return vir_error(VIR_ERR_OPERATION_FAILED, "the channel's socket has too long a path: %s", path);
    memcpy(address.sun_path, path, strlen(path));
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        return vir_error_errno(errno, "channel '%s'", path);
    return vir_steal_fd(&fd);
}

static const struct kind a_console = { "console", "Active console session exists for this domain", open_pty };
static const struct kind a_channel = { "channel", "Active channel stream exists for this domain", open_socket };

/* What the device called NAME is connected to or, without one, the first of the last kind that is a console:
 * on a PC the console, which says a serial port again.  NULL: there is none. */
static const struct qemu_character *
character_called(const struct qemu_domain_def *doc, const char *name)
{
    const struct qemu_device_type *last = NULL;
    const struct qemu_character *found = NULL;

    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); ) {
        bool meant = name ? each.type->opens && is(qemu_device_of(each.type, each.dev)->alias.name, name)
            : each.type->console;

        if (!meant || each.type == last)
            continue;
        last = each.type;
        found = qemu_character_of(each.type, each.dev);
    }
    return found;
}

static char *
pty_of(const struct qemu_domain_def *doc, const char *name)
{
    const struct qemu_character *character = character_called(doc, name);

    if (!character || !character->type)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "cannot find character device %s",
                              name ? name : "<null>");
    if (character->type != QEMU_CHARTYPE_PTY || !qemu_character_path(character))
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "character device %s is not using a PTY",
                              name ? name : "console");
    return vir_strdup(qemu_character_path(character));
}

/* ---- who reads it ------------------------------------------------------------------------ */

/* With the lock: ends another's use of PATH.  -1: it is in use. */
static int
take_over(const struct kind *kind, const char *path, bool force)
{
    for (struct console *console = open_consoles; console; console = console->next) {
        if (console->over || strcmp(console->path, path) != 0)
            continue;
        if (!force)
            return vir_error(VIR_ERR_OPERATION_FAILED, "%s", kind->taken);
        console->over = true;
        vir_fdstream_end(console->data, "was taken over by another");
    }
    return 0;
}

static void
console_closed(void *opaque)
{
    struct console *closed = opaque;
    struct console **at = &open_consoles;

    pthread_mutex_lock(&open_lock);
    while (*at != closed)
        at = &(*at)->next;
    *at = closed->next;
    pthread_mutex_unlock(&open_lock);
    free(closed->path);
    free(closed);
}

/* With the lock. */
static int
attach(virStreamPtr stream, const struct kind *kind, const char *path, bool force)
{
    VIR_AUTO_FREE char *name = vir_strdup_printf("%s '%s'", kind->noun, path);
    struct console *console;
    int fd;

    if (take_over(kind, path, force) < 0 || (fd = kind->open(path)) < 0)
        return -1;
    console = VIR_NEW(struct console);
    console->path = vir_strdup(path);
    console->data = vir_fdstream_open(stream, fd, name, console_closed, console);
    console->next = open_consoles;
    open_consoles = console;
    return 0;
}

static char *
socket_of(const struct qemu_domain_def *doc, const char *name)
{
    const char *path = qemu_channel_path(doc, name);

    return path ? vir_strdup(path) : NULL;
}

static int
open_one(virDomainPtr dom, const char *name, virStreamPtr stream, const struct kind *kind, bool force)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    VIR_AUTO_FREE char *path = NULL;
    int ret;

    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    if (!domain->live)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    else
        path = kind == &a_console ? pty_of(domain->live->doc, name) : socket_of(domain->live->doc, name);
    qemu_domain_unlock(domain);
    if (!path)
        return -1;
    pthread_mutex_lock(&open_lock);
    ret = attach(stream, kind, path, force);
    pthread_mutex_unlock(&open_lock);
    return ret;
}

int
qemu_domain_open_console(virDomainPtr dom, const char *name, virStreamPtr stream, unsigned int flags)
{
    return open_one(dom, name, stream, &a_console, flags & VIR_DOMAIN_CONSOLE_FORCE);
}

int
qemu_domain_open_channel(virDomainPtr dom, const char *name, virStreamPtr stream, unsigned int flags)
{
    return open_one(dom, name, stream, &a_channel, flags & VIR_DOMAIN_CHANNEL_FORCE);
}
