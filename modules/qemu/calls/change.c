/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What several calls change: the definition, the running guest, or both.  Both are
 * tried before either is kept: the definition is made first, and written when the
 * guest has followed.
 */
#include "calls/calls.h"
#include "guest/hotplug.h"
#include "guest/state.h"

/* What FLAGS mean for the domain as it is now; with the job.  DEF, a reference, is the definition. */
static int
what_is_meant(struct qemu_domain *domain, unsigned int flags, bool *ret_live, struct qemu_def **ret_def)
{
    bool active, persistent, config = flags & VIR_DOMAIN_AFFECT_CONFIG;

    qemu_domain_lock(domain);
    active = domain->live != NULL;
    persistent = domain->persistent;
    *ret_live = flags & VIR_DOMAIN_AFFECT_LIVE || (!config && active);
    config = config || !*ret_live;
    *ret_def = config ? qemu_def_ref(domain->def) : NULL;
    qemu_domain_unlock(domain);
    if (*ret_live && !active) {
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
        vir_error_hint("to change what its next start finds, affect the configuration (virsh: --config)");
        return -1;
    }
    if (config && !persistent)
        return vir_error(VIR_ERR_OPERATION_INVALID, "a transient domain has no persistent definition");
    return 0;
}

struct qemu_def *
qemu_meant_def(struct qemu_domain *domain, unsigned int flags, struct qemu_run **ret_run)
{
    bool live, config = flags & VIR_DOMAIN_AFFECT_CONFIG;
    struct qemu_def *def = NULL;

    qemu_domain_lock(domain);
    live = flags & VIR_DOMAIN_AFFECT_LIVE || (!config && domain->live);
    if (live && !domain->live)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    else if (!live && !domain->persistent && domain->live)
        vir_error(VIR_ERR_OPERATION_INVALID, "a transient domain has no persistent definition");
    else
        def = qemu_def_ref(live ? domain->live : domain->def);
    if (ret_run)
        *ret_run = def && live && domain->run ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    return def;
}

static int
do_live(struct qemu_domain *domain, const struct qemu_verb *verb, const void *what)
{
    QEMU_AUTO_RUN run = qemu_domain_monitored(domain);

    return run && qemu_missed_finish(run) == 0 ? verb->live(run, what) : -1;
}

static int
do_change(struct qemu_domain *domain, const struct qemu_verb *verb, const void *what,
          unsigned int flags)
{
    struct qemu_def *def = NULL, *now = NULL;
    bool live;
    int ret = what_is_meant(domain, flags, &live, &def);

    if (ret == 0 && def) {
        now = verb->define(def, what);
        ret = now ? 0 : -1;
    }
    if (ret == 0 && live)
        ret = do_live(domain, verb, what);
    if (ret == 0 && now)
        ret = qemu_config_keep(domain, now);
    qemu_def_unref(def);
    qemu_def_unref(now);
    return ret;
}

int
qemu_change_domain(virDomainPtr dom, const struct qemu_verb *verb, const void *what, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    int ret;

    if (!domain || qemu_job_begin(domain, verb->name) < 0)
        return -1;
    ret = do_change(domain, verb, what, flags);
    qemu_job_end(domain);
    return ret;
}
