/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains: the struct, and the calls that only read it.  None of these asks
 * QEMU; all are answered from kept state.
 */
#include "calls/calls.h"
#include "document/domain-xml.h"
#include "guest/run.h"

#include <stdlib.h>
#include <string.h>

/* ---- the struct ---------------------------------------------------------------------- */

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
    vir_cond_init(&domain->changed);
    return domain;
}

void
qemu_domain_free(struct vir_store_entry *entry)
{
    struct qemu_domain *domain = (struct qemu_domain *)entry;

    qemu_def_unref(domain->def);
    qemu_def_unref(domain->live);
    pthread_cond_destroy(&domain->changed);
    free(domain->entry.name);
    free(domain);
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
    return vir_job_begin(&domain->entry, what, QEMU_JOB_MS);
}

void
qemu_domain_settle(struct qemu_domain *domain)
{
    if (!domain->persistent && !domain->run && !domain->restarting && !domain->entry.job)
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

bool
qemu_domain_has_run(struct qemu_domain *domain)
{
    bool has;

    qemu_domain_lock(domain);
    has = domain->run != NULL;
    qemu_domain_unlock(domain);
    return has;
}

struct qemu_run *
qemu_domain_run(struct qemu_domain *domain)
{
    struct qemu_run *run;

    qemu_domain_lock(domain);
    run = domain->run ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    if (!run)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    return run;
}

struct qemu_run *
qemu_domain_monitored(struct qemu_domain *domain)
{
    QEMU_AUTO_RUN run = qemu_domain_run(domain);

    return run && qemu_run_reach(run) == 0 ? vir_steal(&run) : NULL;
}

/* ---- looking up ------------------------------------------------------------------------ */

/* The handle for what a look-up found; NULL: nothing, error set. */
static virDomainPtr
handle_of(virConnectPtr conn, struct vir_store_entry *entry)
{
    QEMU_AUTO_DOMAIN domain = (struct qemu_domain *)entry;

    return domain ? qemu_domain_handle(conn, domain) : NULL;
}

virDomainPtr
qemu_domain_lookup_by_id(virConnectPtr conn, int id)
{
    return handle_of(conn, vir_store_find_id(qemu_driver.store, id));
}

virDomainPtr
qemu_domain_lookup_by_name(virConnectPtr conn, const char *name)
{
    return handle_of(conn, vir_store_find_name(qemu_driver.store, name));
}

virDomainPtr
qemu_domain_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid)
{
    return handle_of(conn, vir_store_find_uuid(qemu_driver.store, uuid, NULL));
}

static void
facts_of(struct vir_store_entry *entry, struct vir_store_facts *ret)
{
    const struct qemu_domain *domain = (struct qemu_domain *)entry;

    ret->persistent = domain->persistent;
    ret->autostart = domain->autostart;
    ret->state = domain->state;
}

int
qemu_connect_list_all_domains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
    return vir_store_list_domains(qemu_driver.store, conn, domains, flags, facts_of);
}

/* ---- reading ------------------------------------------------------------------------------ */

int
qemu_domain_get_info(virDomainPtr dom, virDomainInfoPtr info)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct vir_process_facts facts = { 0 };
    pid_t pid;

    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    const struct qemu_def *def = qemu_domain_current(domain);
    pid = domain->live && domain->run ? domain->run->process.pid : 0;
    info->state = (unsigned char)domain->state;
    info->maxMem = def->doc->memory.size;
    info->memory = domain->live ? domain->live->doc->memory.size : def->doc->current_memory;
    info->nrVirtCpu = (unsigned short)qemu_def_vcpus_now(def);
    qemu_domain_unlock(domain);
    if (pid)
        vir_process_read(pid, &facts);
    info->cpuTime = facts.cpu_ns;
    return 0;
}

int
qemu_domain_get_state(virDomainPtr dom, int *state, int *reason, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    (void)flags;
    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    *state = domain->state;
    if (reason)
        *reason = domain->reason;
    qemu_domain_unlock(domain);
    return 0;
}

char *
qemu_domain_get_xml_desc(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def;
    char *xml;

    if (!domain)
        return NULL;
    if (flags & VIR_DOMAIN_XML_SECURE && vir_connect_readonly(vir_domain_connect(dom)))
        return vir_error_null(VIR_ERR_OPERATION_DENIED, "a read-only connection may not see secrets");
    qemu_domain_lock(domain);
    def = qemu_def_ref(domain->live && !(flags & VIR_DOMAIN_XML_INACTIVE) ? domain->live : domain->def);
    qemu_domain_unlock(domain);
    xml = qemu_def_format(def, flags);
    qemu_def_unref(def);
    return xml;
}

int
qemu_domain_is_active(virDomainPtr dom)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    int active;

    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    active = domain->live != NULL;
    qemu_domain_unlock(domain);
    return active;
}

/* What the list knows of one domain. */
static int
read_facts(virDomainPtr dom, struct vir_store_facts *ret)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    facts_of(&domain->entry, ret);
    qemu_domain_unlock(domain);
    return 0;
}

int
qemu_domain_is_persistent(virDomainPtr dom)
{
    struct vir_store_facts facts;

    return read_facts(dom, &facts) < 0 ? -1 : facts.persistent;
}

int
qemu_domain_is_updated(virDomainPtr dom)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    return domain ? 0 : -1;
}

char *
qemu_domain_get_os_type(virDomainPtr dom)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    return domain ? vir_strdup("hvm") : NULL;
}

unsigned long
qemu_domain_get_max_memory(virDomainPtr dom)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    unsigned long kib;

    if (!domain)
        return 0;
    qemu_domain_lock(domain);
    kib = qemu_domain_current(domain)->doc->memory.size;
    qemu_domain_unlock(domain);
    return kib;
}

int
qemu_domain_get_vcpus_flags(virDomainPtr dom, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    const struct qemu_def *def;
    int n = -1;

    if (!domain)
        return -1;
    qemu_domain_lock(domain);
    def = flags & VIR_DOMAIN_VCPU_CONFIG ? domain->def : qemu_domain_current(domain);
    if (flags & VIR_DOMAIN_VCPU_LIVE && !domain->live)
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    else
        n = (int)(flags & VIR_DOMAIN_VCPU_MAXIMUM ? def->doc->vcpu.count : qemu_def_vcpus_now(def));
    qemu_domain_unlock(domain);
    return n;
}

int
qemu_domain_get_autostart(virDomainPtr dom, int *autostart)
{
    struct vir_store_facts facts;

    if (read_facts(dom, &facts) < 0)
        return -1;
    *autostart = facts.autostart;
    return 0;
}
