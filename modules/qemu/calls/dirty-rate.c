/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How fast a guest writes its memory: QEMU measures, and statistics tell what it found (stats.c).
 */
#include "calls/calls.h"
#include "document/domain-xml.h"
#include "qmp/monitor.h"

enum { MIN_SECONDS = 1, MAX_SECONDS = 60 };

/* What the guest lacks for the way that FLAGS say: their answer would be an error, or their QEMU's end. */
static int
check_way(const struct qemu_def *def, unsigned int flags)
{
    if (flags & VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING && def->doc->features.kvm.dirty_ring.state != VIR_XML_YES)
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "dirty-ring calculation mode requires dirty-ring feature enabled.");
    /* QEMU 7.2 aborts. */
    if (flags && !qemu_def_is_kvm(def))
        return vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "without KVM the dirty rate is measured by page-sampling only");
    return 0;
}

/* With the job. */
static int
start(struct qemu_domain *domain, int seconds, unsigned int flags)
{
    QEMU_AUTO_RUN run = qemu_domain_monitored(domain);
    struct qemu_def *def = run ? qemu_domain_meant(domain, VIR_DOMAIN_AFFECT_LIVE) : NULL;
    int ret = def ? check_way(def, flags) : -1;
    struct json_object *args;

    qemu_def_unref(def);
    if (ret < 0)
        return -1;
    qemu_domain_lock(domain);
    run->measures = true;
    qemu_domain_unlock(domain);
    args = qmp_new_object();
    qmp_add(args, "calc-time", qmp_new_int(seconds));
    qmp_add(args, "mode", qmp_new_string(flags & VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP ? "dirty-bitmap"
                                         : flags & VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING ? "dirty-ring" : "page-sampling"));
    return qemu_monitor_call(run->monitor, "calc-dirty-rate", args, QEMU_COMMAND_MS, NULL);
}

int
qemu_domain_start_dirty_rate_calc(virDomainPtr dom, int seconds, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = NULL;
    int ret;

    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "seconds=%d is invalid, please choose value within [%d, %d].",
                         seconds, MIN_SECONDS, MAX_SECONDS);
    domain = qemu_domain_of(dom);
    if (!domain || qemu_job_begin(domain, "dirty-rate") < 0)
        return -1;
    ret = start(domain, seconds, flags);
    qemu_job_end(domain);
    return ret;
}
