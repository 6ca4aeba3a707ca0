/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One life of an emulator, watched: its process by a pidfd, its words by the
 * monitor.  Whatever ends it, the end is noticed here, at once, in the loop's
 * thread.
 */
#define VIR_LOG_SOURCE "qemu.process"
#include "guest/events.h"
#include "qmp/monitor.h"
#include "device/hotplug.h"
#include "guest/run.h"
#include "guest/state.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

struct qemu_run *
qemu_run_new(struct qemu_domain *domain, int id)
{
    struct qemu_run *run = VIR_NEW(struct qemu_run);

    run->refs = 1;
    run->id = id;
    run->process = (struct vir_process)VIR_PROCESS_INIT;
    run->domain = domain;
    vir_store_ref(&domain->entry);
    return run;
}

struct qemu_run *
qemu_run_ref(struct qemu_run *run)
{
    __atomic_fetch_add(&run->refs, 1, __ATOMIC_RELAXED);
    return run;
}

struct qemu_run *
qemu_run_unref(struct qemu_run *run)
{
    if (!run || __atomic_fetch_sub(&run->refs, 1, __ATOMIC_ACQ_REL) > 1)
        return NULL;
    qemu_monitor_unref(run->monitor);
    vir_process_log_close(run->log, true);
    vir_process_close(&run->process);
    qemu_events_forget(run);
    qemu_domain_unref(&run->domain);
    free(run);
    return NULL;
}

void
qemu_run_put(struct qemu_run **run)
{
    *run = qemu_run_unref(*run);
}

bool
qemu_run_wait_end(struct qemu_run *run, int deadline_ms)
{
    struct qemu_domain *domain = run->domain;
    int64_t deadline = vir_deadline(deadline_ms);
    bool ended;

    qemu_domain_lock(domain);
    while (!run->ended && vir_cond_wait_until(&domain->changed, domain->entry.lock, deadline))
        ;
    ended = run->ended;
    qemu_domain_unlock(domain);
    return ended;
}

/* ---- watching ------------------------------------------------------------------- */

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
int
qemu_run_reach(struct qemu_run *run)
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
    qemu_unplug_catch_up(run);
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
