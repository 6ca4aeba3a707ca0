/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One life of an emulator: references, and the wait for its end.
 */
#include "agent/agent.h"
#include "guest/block-jobs.h"
#include "guest/run.h"
#include "qmp/monitor.h"

#include <stdlib.h>

struct qemu_run *
qemu_run_new(struct qemu_domain *domain, int id)
{
    struct qemu_run *run = VIR_NEW(struct qemu_run);

    run->refs = 1;
    run->id = id;
    run->process = (struct vir_process)VIR_PROCESS_INIT;
    run->domain = domain;
    vir_store_ref(&domain->entry);
    run->agent = qemu_agent_new(domain->entry.name);
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
    qemu_agent_unref(run->agent);
    vir_process_log_close(run->log, true);
    vir_process_close(&run->process);
    vir_cgroup_free(run->cgroup);
    qemu_run_drop_early(run);
    qemu_domain_unref(&run->domain);
    free(run->image);
    qemu_block_jobs_free(run->block_jobs);
    free(run);
    return NULL;
}

void
qemu_run_drop_early(struct qemu_run *run)
{
    while (run->n_early > 0)
        qmp_message_free(&run->early[--run->n_early]);
    free(run->early);
    run->early = NULL;
}

void
qemu_run_put(struct qemu_run **run)
{
    *run = qemu_run_unref(*run);
}

struct qemu_run *
qemu_domain_run(struct qemu_domain *domain)
{
    struct qemu_run *run;

    qemu_domain_lock(domain);
    run = domain->run ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    if (!run)
        vir_raise(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain is not running");
    return run;
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
