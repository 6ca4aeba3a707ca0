/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's log, and what others can make it say. */
#include "daemon/daemon.h"

#include <errno.h>
#include <unistd.h>

#include "core/private.h"

#define SELDOM_MS 10000
#define SELDOM_LINES 20                 /* in that time: one user's mistakes are all told */

/* Where it goes when nothing is said: a daemon in the background has no standard error. */
static char *
default_output(int level)
{
    const struct daemon_settings *settings = &the_daemon.settings;
    const struct vir_host *host = vir_core.host();
    const char *dir = settings->privileged ? host->log_dir : host->cache_dir;
    int fd;

    if (!settings->daemonize && isatty(STDIN_FILENO))
        return NULL;
    if (settings->privileged && access("/run/systemd/journal/socket", W_OK) == 0)
        return vir_strdup_printf("%d:journald", level);
    if (!settings->daemonize)
        return NULL;
    fd = vir_dir_open(dir, 0700);
    if (fd < 0)
        return NULL;
    close(fd);
    return vir_strdup_printf("%d:file:%s/libvirtd.log", level, dir);
}

int
daemon_log_set(void)
{
    const struct daemon_settings *settings = &the_daemon.settings;
    int level = settings->verbose ? VIR_LOG_INFO : settings->log_level;
    VIR_AUTO_FREE char *output = settings->log_outputs ? vir_strdup(settings->log_outputs) : default_output(level);

    if (vir_core.log_set_level(level) < 0 ||
        vir_core.log_set_filters(settings->log_filters ? settings->log_filters : "") < 0)
        return -1;
    return vir_core.log_set_outputs(output ? output : "");
}

bool
daemon_seldom(struct daemon_seldom *seldom, unsigned int *ret_unsaid)
{
    int64_t now = vir_now_ms(), since = __atomic_load_n(&seldom->since, __ATOMIC_RELAXED);

    if ((!since || now - since >= SELDOM_MS) &&
        __atomic_compare_exchange_n(&seldom->since, &since, now, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        __atomic_store_n(&seldom->said, 0, __ATOMIC_RELAXED);
    if (__atomic_fetch_add(&seldom->said, 1, __ATOMIC_RELAXED) >= SELDOM_LINES) {
        __atomic_add_fetch(&seldom->unsaid, 1, __ATOMIC_RELAXED);
        return false;
    }
    *ret_unsaid = __atomic_exchange_n(&seldom->unsaid, 0, __ATOMIC_RELAXED);
    return true;
}
