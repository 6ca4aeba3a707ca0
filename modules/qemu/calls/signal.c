/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a running guest is told from outside, without knowing of its system: an interrupt, to wake up, keys.
 */
#include "calls/calls.h"
#include "document/domain-xml.h"
#include "guest/hotplug.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

/* With the job JOB; STATE: that the guest must be in, or -1.  Takes over ARGUMENTS. */
static int
tell(virDomainPtr dom, const char *job, const char *command, struct json_object *arguments, int state)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    int ret = -1, now;

    if (!domain || qemu_job_begin(domain, job) < 0) {
        json_object_put(arguments);
        return -1;
    }
    run = qemu_domain_monitored(domain);
    qemu_domain_lock(domain);
    now = domain->state;
    qemu_domain_unlock(domain);
    if (run && state >= 0 && now != state)
        vir_error(VIR_ERR_OPERATION_INVALID, "the guest of domain '%s' does not sleep", domain->entry.name);
    else if (run)
        ret = qemu_monitor_call(run->monitor, command, json_object_get(arguments), QEMU_COMMAND_MS, NULL);
    qemu_job_end(domain);
    json_object_put(arguments);
    return ret;
}

int
qemu_domain_inject_nmi(virDomainPtr dom, unsigned int flags)
{
    (void)flags;                        /* none taken */
    return tell(dom, "inject-nmi", "inject-nmi", NULL, -1);
}

int
qemu_domain_pm_wakeup(virDomainPtr dom, unsigned int flags)
{
    (void)flags;                        /* none taken */
    return tell(dom, "pm-wakeup", "system_wakeup", NULL, VIR_DOMAIN_PMSUSPENDED);
}

int
qemu_domain_send_key(virDomainPtr dom, unsigned int codeset, unsigned int holdtime, unsigned int *codes, int n,
                     unsigned int flags)
{
    struct json_object *arguments = qmp_new_object(), *keys = qmp_new_array();

    (void)flags;                        /* none taken */
    qmp_add(arguments, "keys", keys);
    if (holdtime)
        qmp_add(arguments, "hold-time", qmp_new_int(holdtime));
    for (int i = 0; i < n; i++) {
        int number = vir_key_to_qnum(codeset, codes[i]);
        struct json_object *key;

        if (number < 0) {
            json_object_put(arguments);
            return -1;
        }
        key = qmp_new_object();
        qmp_add(key, "type", qmp_new_string("number"));
        qmp_add(key, "data", qmp_new_int(number));
        qmp_append(keys, key);
    }
    return tell(dom, "send-key", "send-key", arguments, -1);
}
