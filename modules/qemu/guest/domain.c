/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains: the struct, its lock and its job.
 */
#include "document/domain-xml.h"

#include <stdlib.h>
#include <string.h>

/* ---- the struct ---------------------------------------------------------------------- */

static void
free_snapshot(void *document)
{
    qemu_domainsnapshot_def_free(document);
}

struct qemu_domain *
qemu_domain_new(struct qemu_def *def)
{
    struct qemu_domain *domain = VIR_NEW(struct qemu_domain);

    domain->entry.name = vir_strdup(def->doc->name);
    memcpy(domain->entry.uuid, def->doc->uuid, VIR_UUID_BUFLEN);
    domain->entry.id = -1;
    domain->def = def;
    domain->state = VIR_DOMAIN_SHUTOFF;
    domain->reason = VIR_DOMAIN_SHUTOFF_UNKNOWN;
    domain->snapshots = vir_snapshots_new(free_snapshot);
    domain->agent_seconds = VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK;
    vir_cond_init(&domain->changed);
    return domain;
}

void
qemu_domain_free(struct vir_store_entry *entry)
{
    struct qemu_domain *domain = (struct qemu_domain *)entry;

    qemu_def_unref(domain->def);
    qemu_def_unref(domain->live);
    vir_snapshots_free(domain->snapshots);
    pthread_cond_destroy(&domain->changed);
    free(domain->entry.name);
    free(domain);
}

unsigned int
qemu_domain_facts(const struct vir_store_entry *entry)
{
    const struct qemu_domain *domain = (const struct qemu_domain *)entry;

    return vir_domain_state_flag(domain->state) |
        (domain->persistent ? VIR_CONNECT_LIST_DOMAINS_PERSISTENT : 0) |
        (domain->autostart ? VIR_CONNECT_LIST_DOMAINS_AUTOSTART : 0) |
        (domain->saved ? VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE : 0) |
        (vir_snapshots_count(domain->snapshots) > 0 ? VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT : 0);
}

int
qemu_domain_add(struct qemu_domain *domain)
{
    if (vir_store_add(qemu_driver.store, &domain->entry) == 0)
        return 0;
    qemu_domain_free(&domain->entry);
    return -1;
}

struct qemu_domain *
qemu_domain_make(struct qemu_def *def, const char *what)
{
    struct qemu_domain *domain = qemu_domain_new(qemu_def_ref(def));

    if (vir_store_add_with_job(qemu_driver.store, &domain->entry, what) == 0)
        return domain;
    qemu_domain_free(&domain->entry);
    return NULL;
}

struct qemu_domain *
qemu_domain_for_run(struct qemu_def *def, const char *what)
{
    QEMU_AUTO_DOMAIN domain = (struct qemu_domain *)vir_store_by_uuid(qemu_driver.store, def->doc->uuid);
    bool went;

    if (!domain || strcmp(domain->entry.name, def->doc->name) != 0)
        return qemu_domain_make(def, what);
    if (qemu_job_begin(domain, what) == 0)
        return vir_steal(&domain);
    qemu_domain_lock(domain);
    went = domain->entry.dead;
    qemu_domain_unlock(domain);
    if (!went)
        return NULL;
    virResetLastError();
    return qemu_domain_make(def, what);
}

struct qemu_domain *
qemu_domain_of(virDomainPtr dom)
{
    return (struct qemu_domain *)vir_store_of(qemu_driver.store, dom);
}

void
qemu_domain_lock(struct qemu_domain *domain)
{
    vir_store_lock(&domain->entry);
}

void
qemu_domain_unlock(struct qemu_domain *domain)
{
    vir_store_unlock(&domain->entry);
}

void
qemu_domain_unref(struct qemu_domain **domain)
{
    if (*domain)
        vir_store_unref(&(*domain)->entry);
    *domain = NULL;
}

virDomainPtr
qemu_domain_handle(virConnectPtr conn, struct qemu_domain *domain)
{
    return vir_domain_new(conn, domain->entry.name, domain->entry.uuid, qemu_domain_id(domain));
}

int
qemu_domain_id(struct qemu_domain *domain)
{
    int id;

    qemu_domain_lock(domain);
    id = domain->entry.id;
    qemu_domain_unlock(domain);
    return id;
}

/* ---- jobs ------------------------------------------------------------------------------- */

int
qemu_job_begin(struct qemu_domain *domain, const char *what)
{
    return qemu_job_begin_kind(domain, VIR_JOB_CHANGE, what);
}

int
qemu_job_begin_kind(struct qemu_domain *domain, enum vir_job_kind kind, const char *what)
{
    return vir_job_begin_kind(&domain->entry, kind, what, QEMU_JOB_MS);
}

void
qemu_domain_settle(struct qemu_domain *domain)
{
    if (!domain->persistent && !domain->run && !domain->restarting && !domain->forgetting &&
        !vir_job_is_held(&domain->entry))
        vir_store_remove(qemu_driver.store, &domain->entry);
}

void
qemu_job_end(struct qemu_domain *domain)
{
    qemu_domain_lock(domain);
    vir_job_end_locked(&domain->entry);
    qemu_domain_settle(domain);         /* who waited for the job finds it gone */
    qemu_domain_unlock(domain);
}

int
qemu_job_begin_long(struct qemu_domain *domain, const struct vir_job_long *job)
{
    return vir_job_begin_long(&domain->entry, job, QEMU_JOB_MS);
}

void
qemu_job_end_long(struct qemu_domain *domain, int ret)
{
    bool aborted = ret < 0 && vir_job_is_aborted(&domain->entry);

    vir_job_end_long(&domain->entry, ret == 0 ? VIR_DOMAIN_JOB_COMPLETED
                     : aborted ? VIR_DOMAIN_JOB_CANCELLED : VIR_DOMAIN_JOB_FAILED);
    qemu_domain_lock(domain);
    qemu_domain_settle(domain);
    qemu_domain_unlock(domain);
}

/* ---- state ------------------------------------------------------------------------------ */

void
qemu_domain_set_state(struct qemu_domain *domain, int state, int reason)
{
    domain->state = state;
    domain->reason = reason;
}

void
qemu_domain_emit(struct qemu_domain *domain, int event, int detail)
{
    vir_event_emit(qemu_driver.hub, vir_event_domain_lifecycle(domain->entry.name, domain->entry.uuid,
                                                               domain->entry.id, event, detail));
}

const struct qemu_def *
qemu_domain_current(const struct qemu_domain *domain)
{
    return domain->live ? domain->live : domain->def;
}

struct qemu_def *
qemu_domain_meant(struct qemu_domain *domain, unsigned int flags)
{
    struct qemu_def *def = NULL;

    qemu_domain_lock(domain);
    if (flags & VIR_DOMAIN_AFFECT_LIVE && !domain->live)
        vir_raise(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain is not running");
    else if (flags & VIR_DOMAIN_AFFECT_CONFIG && !domain->persistent)
        vir_raise(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "transient domains do not have any persistent config");
    else
        def = qemu_def_ref(domain->live && !(flags & VIR_DOMAIN_AFFECT_CONFIG) ? domain->live : domain->def);
    qemu_domain_unlock(domain);
    return def;
}

bool
qemu_domain_has_run(struct qemu_domain *domain)
{
    bool has;

    qemu_domain_lock(domain);
    has = domain->run != NULL;
    qemu_domain_unlock(domain);
    return has;
}
