/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a daemon that nobody uses (--timeout). */
#include "daemon/daemon.h"

#include "common/loop.h"

static bool
is_idle(void)
{
    return the_daemon.n_clients == 0 && __atomic_load_n(&the_daemon.inhibitors, __ATOMIC_RELAXED) == 0;
}

static void
idle_long_enough(struct vir_loop *loop, void *opaque)
{
    (void)opaque;
    the_daemon.idle_timer = 0;
    if (!is_idle()) {
        daemon_idle_check();
        return;
    }
    vir_info("nothing to do for %d s: leaving", the_daemon.settings.timeout_s);
    vir_loop_stop(loop);
}

int
daemon_idle_limit(unsigned int seconds)
{
    if (seconds > DAEMON_IDLE_MAX)
        return vir_error(VIR_ERR_INVALID_ARG, "a timeout of %u s is longer than %d s", seconds, DAEMON_IDLE_MAX);
    the_daemon.settings.timeout_s = (int)seconds;
    if (the_daemon.idle_timer)
        vir_loop_remove_timer(the_daemon.loop, the_daemon.idle_timer);
    the_daemon.idle_timer = 0;
    daemon_idle_check();
    return 0;
}

void
daemon_idle_check(void)
{
    int delay = the_daemon.settings.timeout_s * 1000;

    if (delay <= 0 || the_daemon.draining)
        return;
    if (the_daemon.n_clients == 0 && !the_daemon.idle_timer) {
        the_daemon.idle_timer = vir_loop_add_timer(the_daemon.loop, delay, idle_long_enough, NULL);
    } else if (the_daemon.n_clients > 0 && the_daemon.idle_timer) {
        vir_loop_remove_timer(the_daemon.loop, the_daemon.idle_timer);
        the_daemon.idle_timer = 0;
    }
}
