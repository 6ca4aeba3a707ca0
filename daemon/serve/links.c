/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * modular_sockets: libvirt's clients of later versions look for a daemon of each
 * driver (virtqemud, virtnetworkd ...).  A link beside our socket has them find
 * this one, which serves all drivers.
 */
#include "daemon/daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rpc/place.h"

/* Where the link of DAEMON lies for LISTENER; the caller frees.  NULL: it has none. */
static char *
link_of(const struct daemon_listener *listener, const char *daemon)
{
    static const char *const ends[DAEMON_WAYS] = {
        [DAEMON_UNIX_RW] = "-sock", [DAEMON_UNIX_RO] = "-sock-ro", [DAEMON_UNIX_ADMIN] = "-admin-sock",
    };
    const char *slash = ends[listener->way] ? strrchr(listener->name, '/') : NULL;

    return slash ? vir_strdup_printf("%.*s/%s%s", (int)(slash - listener->name), listener->name, daemon, ends[listener->way])
                 : NULL;
}

static bool
is_ours(const char *path, const char *target)
{
    char text[256];
    ssize_t n = readlink(path, text, sizeof(text));

    return n > 0 && (size_t)n == strlen(target) && memcmp(text, target, (size_t)n) == 0;
}

/* Whether nothing is at PATH, or what a daemon that has gone left there. */
static bool
is_free(const char *path)
{
    struct stat there;
    int sock;

    if (lstat(path, &there) < 0)
        return errno == ENOENT;
    if (!S_ISSOCK(there.st_mode) && !S_ISLNK(there.st_mode))
        return false;
    sock = rpc_place_connect(path);
    if (sock >= 0)
        close(sock);
    return sock < 0 && (errno == ECONNREFUSED || errno == ENOENT);
}

static void
make_link(const struct daemon_listener *listener, const char *daemon)
{
    VIR_AUTO_FREE char *path = link_of(listener, daemon);
    const char *target = path ? strrchr(listener->name, '/') + 1 : NULL;

    if (!path || is_ours(path, target))
        return;
    if (!is_free(path))
        vir_warn("modular_sockets: %s is another daemon's, and stays: stop that one, or take '%s' out of the list", path,
                 daemon);
    else if ((unlink(path) < 0 && errno != ENOENT) || symlink(target, path) < 0)
        vir_warn("modular_sockets: cannot make the link %s: %s", path, strerror(errno));
}

static void
remove_link(const struct daemon_listener *listener, const char *daemon)
{
    VIR_AUTO_FREE char *path = link_of(listener, daemon);

    if (path && is_ours(path, strrchr(listener->name, '/') + 1))
        unlink(path);
}

/* What is no name of a daemon would be a path to somewhere else; and two of them speak otherwise. */
static bool
is_daemon(const char *name)
{
    return strncmp(name, "virt", 4) == 0 && name[4] && strspn(name, "abcdefghijklmnopqrstuvwxyz") == strlen(name) &&
        strcmp(name, "virtlogd") != 0 && strcmp(name, "virtlockd") != 0;
}

static void
each_link(void (*act)(const struct daemon_listener *listener, const char *daemon))
{
    const struct vir_texts *names = &the_daemon.settings.modular_sockets;

    for (size_t j = 0; j < names->n; j++)
        for (size_t i = 0; i < the_daemon.n_listeners && is_daemon(names->list[j]); i++)
            act(&the_daemon.listeners[i], names->list[j]);
}

void
daemon_links_make(void)
{
    const struct vir_texts *names = &the_daemon.settings.modular_sockets;

    for (size_t i = 0; i < names->n; i++)
        if (!is_daemon(names->list[i]))
            vir_warn("modular_sockets: '%s' is no daemon of libvirt's, such as virtqemud", names->list[i]);
    each_link(make_link);
}

void
daemon_links_remove(void)
{
    each_link(remove_link);
}
