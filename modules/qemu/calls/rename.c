/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Another name for a domain that is off.  An entry's name never changes, since who reads it has no lock: one with the
 * new name takes its place.
 */
#include "calls/calls.h"
#include "document/domain-xml.h"
#include "guest/managed.h"
#include "guest/snapshot.h"
#include "guest/state.h"

#include <string.h>

/* With the job. */
static int
check(struct qemu_domain *domain, const char *name)
{
    QEMU_AUTO_DOMAIN other = NULL;

    if (qemu_domain_has_run(domain))
        return vir_error(VIR_ERR_OPERATION_INVALID, "cannot rename active domain");
    if (!domain->persistent)
        return vir_error(VIR_ERR_OPERATION_INVALID, "cannot rename a transient domain");
    if (qemu_managed_is_there(domain)) {
        vir_error(VIR_ERR_OPERATION_INVALID, "domain with a managed saved state can't be renamed");
        vir_error_hint("start it, or remove what was saved: 'virsh managedsave-remove'");
        return -1;
    }
    if (strcmp(domain->entry.name, name) == 0)
        return vir_error(VIR_ERR_OPERATION_INVALID, "Can't rename domain to itself");
    other = (struct qemu_domain *)vir_store_by_name(qemu_driver.store, name);
    if (other)
        return vir_error(VIR_ERR_OPERATION_INVALID, "domain with name '%s' already exists", name);
    return qemu_check_name(name);
}

/* What DOMAIN will be with the definition DEF, which is taken over; nobody sees it yet. */
static struct qemu_domain *
heir_of(struct qemu_domain *domain, struct qemu_def *def)
{
    struct qemu_domain *heir = qemu_domain_new(def);

    qemu_domain_lock(domain);
    heir->persistent = true;
    heir->autostart = domain->autostart;
    heir->agent_seconds = domain->agent_seconds;
    qemu_domain_set_state(heir, domain->state, domain->reason);
    qemu_domain_unlock(domain);
    return heir;
}

static void
exchange_snapshots(struct qemu_domain *a, struct qemu_domain *b)
{
    struct vir_snapshots *moved;

    qemu_domain_lock(a);
    qemu_domain_lock(b);                /* no other place locks two: each has the job of both */
    moved = a->snapshots;
    a->snapshots = b->snapshots;
    b->snapshots = moved;
    qemu_domain_unlock(b);
    qemu_domain_unlock(a);
}

/* The old definition goes last: whenever the daemon ends, there is one. */
static int
move_files(const struct qemu_domain *from, const struct qemu_domain *to)
{
    const char *old = from->entry.name, *name = to->entry.name;

    if (qemu_config_save(to->def) < 0 ||
        (to->autostart && vir_keep_set_autostart(&qemu_driver.config, name, true) < 0) ||
        qemu_snapshots_rename(old, name) < 0)
        return -1;
    if (vir_keep_remove(&qemu_driver.config, old) == 0)
        return 0;
    qemu_snapshots_rename(name, old);
    return -1;
}

/* With the jobs of both, HEIR in DOMAIN's place. */
static int
hand_over(struct qemu_domain *domain, struct qemu_domain *heir)
{
    exchange_snapshots(domain, heir);
    if (move_files(domain, heir) < 0) {
        virErrorPtr error = vir_error_take();

        exchange_snapshots(heir, domain);
        if (vir_keep_remove(&qemu_driver.config, heir->entry.name) < 0)
            qemu_warn_error(heir->entry.name);
        if (vir_store_replace(qemu_driver.store, &heir->entry, &domain->entry, NULL) < 0)
            qemu_warn_error(domain->entry.name);
        vir_error_restore(error);
        return -1;
    }
    qemu_domain_emit(domain, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_RENAMED);
    qemu_domain_emit(heir, VIR_DOMAIN_EVENT_DEFINED, VIR_DOMAIN_EVENT_DEFINED_RENAMED);
    return 0;
}

static int
do_rename(struct qemu_domain *domain, const char *name)
{
    QEMU_AUTO_DOMAIN heir = NULL;
    struct qemu_def *def;
    int ret;

    if (check(domain, name) < 0)
        return -1;
    def = qemu_def_copy(domain->def);
    if (!def)
        return -1;
    qemu_set_text(&def->doc->name, name);
    qemu_def_pack(def);
    heir = heir_of(domain, def);
    if (vir_store_replace(qemu_driver.store, &domain->entry, &heir->entry, "rename") < 0) {
        qemu_domain_free(&vir_steal(&heir)->entry);
        return -1;
    }
    ret = hand_over(domain, heir);
    qemu_job_end(heir);
    return ret;
}

int
qemu_domain_rename(virDomainPtr dom, const char *new_name, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    int ret;

    (void)flags;
    if (!domain || qemu_job_begin(domain, "rename") < 0)
        return -1;
    ret = do_rename(domain, new_name);
    qemu_job_end(domain);
    return ret;
}
