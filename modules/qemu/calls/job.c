/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told of a guest's jobs and of the way to its monitor, and ending a job early. */
#include "calls/calls.h"
#include "qmp/monitor.h"

static int
must_run(struct qemu_domain *domain)
{
    bool runs;

    qemu_domain_lock(domain);
    runs = domain->live != NULL;
    qemu_domain_unlock(domain);
    return runs ? 0 : vir_raise(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain is not running");
}

int
qemu_domain_get_job_info(virDomainPtr dom, virDomainJobInfoPtr info)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    if (!domain || must_run(domain) < 0)
        return -1;
    vir_job_info(&domain->entry, info);
    return 0;
}

/* How the last job ended is known of a guest that is off, too. */
int
qemu_domain_get_job_stats(virDomainPtr dom, int *type, virTypedParameterPtr *params, int *nparams,
                          unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    if (!domain || (!(flags & VIR_DOMAIN_JOB_STATS_COMPLETED) && must_run(domain) < 0))
        return -1;
    return vir_job_stats(&domain->entry, type, params, nparams, flags);
}

int
qemu_domain_abort_job_flags(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    if (!domain || must_run(domain) < 0)
        return -1;
    if (flags & VIR_DOMAIN_ABORT_JOB_POSTCOPY)
        return vir_error(VIR_ERR_OPERATION_INVALID, "no migration of domain '%s' is in its post-copy phase",
                         domain->entry.name);
    return vir_job_abort(&domain->entry);
}

int
qemu_domain_get_control_info(virDomainPtr dom, virDomainControlInfoPtr info, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int64_t held, silent;

    (void)flags;                        /* none taken */
    if (!domain || must_run(domain) < 0)
        return -1;
    qemu_domain_lock(domain);
    run = domain->run && domain->run->monitor ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    *info = (virDomainControlInfo){ .state = VIR_DOMAIN_CONTROL_OK };
    if (!run || !qemu_monitor_usable(run->monitor)) {
        info->state = VIR_DOMAIN_CONTROL_ERROR;
        info->details = VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR;
        return 0;
    }
    held = vir_job_held_ms(&domain->entry);
    silent = qemu_monitor_silent(run->monitor);         /* to a question without a job, as statistics are, too */
    if (held < 0 && silent == 0)
        return 0;
    info->state = silent > 0 || qemu_monitor_busy(run->monitor) ? VIR_DOMAIN_CONTROL_OCCUPIED : VIR_DOMAIN_CONTROL_JOB;
    info->stateTime = (unsigned long long)(held >= 0 ? held : silent);
    return 0;
}
