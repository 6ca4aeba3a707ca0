/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A life of an emulator, watched: its process by a pidfd, its words by the
 * monitor.  Whatever ends it, the end is noticed here, at once, in the loop's
 * thread.
 */
#define VIR_LOG_SOURCE "qemu.process"
#include "agent/agent.h"
#include "guest/events.h"
#include "guest/channels.h"
#include "guest/hotplug.h"
#include "guest/state.h"
#include "guest/watch.h"
#include "qmp/monitor.h"

#include <sys/epoll.h>
#include <unistd.h>

static void
process_ended(struct vir_loop *loop, int fd, uint32_t events, void *opaque)
{
    struct qemu_run *run = opaque;
    struct qemu_domain *domain = run->domain;
    int status;

    (void)events;
    vir_loop_remove_fd(loop, fd);
    qemu_domain_lock(domain);
    run->gone = true;
    qemu_domain_unlock(domain);
    if (run->monitor)
        qemu_monitor_close(run->monitor, "QEMU has ended");     /* its last events are handled first */
    qemu_agent_hang_up(run->agent);
    status = vir_process_reap(&run->process);
    vir_debug("%s: process %d ended with status 0x%x", domain->entry.name, (int)run->process.pid,
              (unsigned int)status);
    run->log = vir_process_log_close(run->log, true);
    qemu_socket_remove(domain->entry.uuid);
    run->over(run);
    qemu_run_unref(run);
}

static void
monitor_broken(const char *why, void *opaque)
{
    struct qemu_run *run = opaque;

    /* Usual when the process ends; the pidfd tells. Otherwise its calls say why they fail. */
    vir_debug("%s: monitor: %s", run->domain->entry.name, why);
}

static const struct qemu_monitor_ops monitor_ops = { qemu_event, monitor_broken };

int
qemu_run_watch(struct qemu_run *run, void (*over)(struct qemu_run *run))
{
    struct qemu_domain *domain = run->domain;
    int fd;

    run->over = over;
    if (run->log && vir_process_log_watch(run->log, qemu_driver.loop) < 0)
        qemu_warn_error(domain->entry.name);
    fd = qemu_socket_connect(domain->entry.uuid);
    if (fd >= 0)
        run->monitor = qemu_monitor_open(qemu_driver.loop, fd, domain->entry.name, &monitor_ops, run);
    if (!run->monitor && run->process.child)
        return -1;                      /* our own new process; an older one is kept without a monitor */
    if (!run->monitor)
        qemu_warn_error(domain->entry.name);
    qemu_run_ref(run);
    if (vir_loop_add_fd(qemu_driver.loop, run->process.pidfd, EPOLLIN, process_ended, run) < 0) {
        if (run->monitor)
            qemu_monitor_close(run->monitor, "cannot be watched");
        qemu_run_unref(run);
        return -1;
    }
    return 0;
}

/* A QEMU that was stopped while several daemons came and went has more callers waiting than its
 * socket takes. */
static int
reach(struct qemu_run *run)
{
    struct qemu_domain *domain = run->domain;
    bool reached;
    int fd, ret = 0;

    qemu_domain_lock(domain);
    reached = run->monitor != NULL;
    qemu_domain_unlock(domain);
    if (reached)
        return 0;
    fd = qemu_socket_connect(domain->entry.uuid);
    if (fd < 0) {
        vir_error_hint("'destroy' ends the domain in any case");
        return -1;
    }
    qemu_domain_lock(domain);           /* its first event may want to use it */
    if (run->gone) {
        close(fd);
        ret = vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    } else {
        run->monitor = qemu_monitor_open(qemu_driver.loop, fd, domain->entry.name, &monitor_ops, run);
        ret = run->monitor ? 0 : -1;
    }
    qemu_domain_unlock(domain);
    if (ret == 0)
        qemu_run_greet(run);
    return ret;
}

void
qemu_run_greet(struct qemu_run *run)
{
    qemu_monitor_post(run->monitor, "qmp_capabilities", NULL, NULL, NULL);
    qemu_ask_status(run);
    qemu_memory_ask(run);
    qemu_missed_ask(run);
    qemu_channels_ask(run);
}

void
qemu_run_forget(struct qemu_run *run)
{
    bool ended;

    vir_loop_remove_fd(qemu_driver.loop, run->process.pidfd);
    qemu_domain_lock(run->domain);
    ended = run->ended;
    qemu_domain_unlock(run->domain);
    if (ended)                          /* just now: nothing is left to let go of */
        return;
    if (run->monitor)
        qemu_monitor_close(run->monitor, "the daemon leaves");
    run->log = vir_process_log_close(run->log, false);
    qemu_run_unref(run);
}

struct qemu_run *
qemu_domain_monitored(struct qemu_domain *domain)
{
    QEMU_AUTO_RUN run = qemu_domain_run(domain);

    return run && reach(run) == 0 ? vir_steal(&run) : NULL;
}
