/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a running guest is told from outside, without knowing of its system: an interrupt, to wake up; and
 * what happens when it ends.
 */
#include "calls/calls.h"
#include "document/domain-xml.h"
#include "guest/hotplug.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

/* With the job JOB; STATE: that the guest must be in, or -1. */
static int
tell(virDomainPtr dom, const char *job, const char *command, int state)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int ret = -1, now;

    if (!domain || qemu_job_begin(domain, job) < 0)
        return -1;
    run = qemu_domain_monitored(domain);
    qemu_domain_lock(domain);
    now = domain->state;
    qemu_domain_unlock(domain);
    if (run && state >= 0 && now != state)
        vir_error(VIR_ERR_OPERATION_INVALID, "the guest of domain '%s' does not sleep", domain->entry.name);
    else if (run)
        ret = qemu_monitor_call(run->monitor, command, NULL, QEMU_COMMAND_MS, NULL);
    qemu_job_end(domain);
    return ret;
}

int
qemu_domain_inject_nmi(virDomainPtr dom, unsigned int flags)
{
    (void)flags;                        /* none taken */
    return tell(dom, "inject-nmi", "inject-nmi", -1);
}

int
qemu_domain_pm_wakeup(virDomainPtr dom, unsigned int flags)
{
    (void)flags;                        /* none taken */
    return tell(dom, "pm-wakeup", "system_wakeup", VIR_DOMAIN_PMSUSPENDED);
}
