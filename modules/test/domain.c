/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One domain and its life: define, start, suspend, resume, stop, undefine.  Each
 * call takes the domain's lock, changes it, says so by an event and lets go.
 */
#include <stdlib.h>
#include <string.h>

#include "test.h"

/* ---- helpers ---------------------------------------------------------------- */

/* Locks what a look-up found; NULL if it was removed while we waited for the lock. */
static struct test_domain *
lock(struct vir_store_entry *entry)
{
    struct test_domain *td = (struct test_domain *)entry;

    if (!td)
        return NULL;
    vir_store_lock(entry);
    if (entry->dead)
        test_domain_done(&td);
    return td;
}

struct test_domain *
test_domain_get(virDomainPtr dom)
{
    struct test_host *host = test_host_of(vir_domain_connect(dom));
    struct vir_store_entry *entry;
    struct test_domain *td = NULL;

    while (!td && (entry = vir_store_of(host->domains, dom)))
        td = lock(entry);
    return td;
}

void
test_domain_done(struct test_domain **td)
{
    if (!*td)
        return;
    vir_store_unlock(&(*td)->entry);
    vir_store_unref(&(*td)->entry);
    *td = NULL;
}

void
test_domain_free(struct vir_store_entry *entry)
{
    struct test_domain *td = (struct test_domain *)entry;

    test_domain_def_free(td->def);
    test_domain_def_free(td->next);
    vir_snapshots_free(td->snapshots);
    free(td->entry.name);
    free(td);
}

unsigned int
test_domain_facts(const struct vir_store_entry *entry)
{
    const struct test_domain *td = (const struct test_domain *)entry;

    return vir_domain_state_flag(td->state) | (td->persistent ? VIR_CONNECT_LIST_DOMAINS_PERSISTENT : 0) |
        (td->autostart ? VIR_CONNECT_LIST_DOMAINS_AUTOSTART : 0) |
        (vir_snapshots_count(td->snapshots) > 0 ? VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT : 0);
}

bool
test_domain_runs(const struct test_domain *td)
{
    return td->entry.id >= 0;
}

int
test_domain_must_run(const struct test_domain *td)
{
    if (test_domain_runs(td))
        return 0;
    return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_OPERATION_INVALID, "domain '%s' is not running", td->entry.name);
}

void
test_domain_tell(struct test_host *host, const struct test_domain *td, int event, int detail)
{
    vir_event_emit(host->events, vir_event_domain_lifecycle(td->entry.name, td->entry.uuid, td->entry.id,
                                                            event, detail));
}

/* A handle for a locked domain. */
static virDomainPtr
handle(virConnectPtr conn, const struct test_domain *td)
{
    return vir_domain_new(conn, td->entry.name, td->entry.uuid, td->entry.id);
}

/* ---- changes of state, with the domain's lock held ------------------------------ */

/* -1: it does not run. */
void
test_domain_set_id(struct test_host *host, struct test_domain *td, int id)
{
    vir_store_set_id(host->domains, &td->entry, id);
    td->def->has_id = id >= 0;
    td->def->id = id;
}

static void
start(struct test_host *host, struct test_domain *td, bool paused)
{
    test_domain_set_id(host, td, atomic_fetch_add(&host->last_id, 1) + 1);
    td->state = VIR_DOMAIN_RUNNING;
    td->reason = VIR_DOMAIN_RUNNING_BOOTED;
    test_domain_tell(host, td, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED);
    if (!paused)
        return;
    td->state = VIR_DOMAIN_PAUSED;
    td->reason = VIR_DOMAIN_PAUSED_USER;
    test_domain_tell(host, td, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
}

/* A transient domain is gone afterwards. */
void
test_domain_halt(struct test_host *host, struct test_domain *td, int reason, int detail)
{
    if (td->next) {
        test_domain_def_free(td->def);
        td->def = vir_steal(&td->next);
    }
    test_domain_set_id(host, td, -1);
    td->state = VIR_DOMAIN_SHUTOFF;
    td->reason = reason;
    test_domain_tell(host, td, VIR_DOMAIN_EVENT_STOPPED, detail);
}

void
test_domain_stop(struct test_host *host, struct test_domain *td, int reason, int detail)
{
    test_domain_halt(host, td, reason, detail);
    if (!td->persistent)
        vir_store_remove(host->domains, &td->entry);
}

/* ---- from a document to a domain ---------------------------------------------------- */

/* The domain of that uuid, locked, or NULL.  -1: it has another name. */
static int
find_same(struct test_host *host, const struct test_domain_def *def, struct test_domain **ret_td)
{
    TEST_LOCKED td = lock(vir_store_by_uuid(host->domains, def->uuid));
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (!td || strcmp(td->entry.name, def->name) == 0) {
        *ret_td = vir_steal(&td);
        return 0;
    }
    vir_uuid_format(def->uuid, uuid);
    return vir_error(VIR_ERR_OPERATION_FAILED, "domain '%s' is already defined with uuid %s",
                     td->entry.name, uuid);
}

/* What a program's document says, completed, and the domain that it means if there
 * is one, locked.  FLAGS: VIR_XML_VALIDATE. */
static struct test_domain_def *
parse(struct test_host *host, const char *xml, unsigned int flags, struct test_domain **ret_td)
{
    struct test_domain_def *def = test_domain_def_parse(xml, flags | VIR_XML_INACTIVE);

    if (def && (test_domain_def_complete(def) < 0 || find_same(host, def, ret_td) < 0))
        def = test_domain_def_free(def);
    return def;
}

static void
free_snapshot(void *document)
{
    test_domainsnapshot_def_free(document);
}

/* A new domain of that definition, locked; takes over DEF, whatever happens. */
static struct test_domain *
add(struct test_host *host, struct test_domain_def *def, bool persistent)
{
    struct test_domain *td = VIR_NEW(struct test_domain);

    td->entry.name = vir_strdup(def->name);
    memcpy(td->entry.uuid, def->uuid, sizeof(td->entry.uuid));
    td->entry.id = -1;
    td->def = def;
    td->persistent = persistent;
    td->state = VIR_DOMAIN_SHUTOFF;
    td->reason = VIR_DOMAIN_SHUTOFF_UNKNOWN;
    td->snapshots = vir_snapshots_new(free_snapshot);
    if (vir_store_add_locked(host->domains, &td->entry) < 0) {
        test_domain_free(&td->entry);
        return NULL;
    }
    return td;
}

/* It runs, unless the file says something else. */
int
test_domain_add(struct test_host *host, struct test_domain_def *def)
{
    int state = def->has_test_runstate ? (int)def->test_runstate : VIR_DOMAIN_RUNNING;
    bool persistent = !def->test_transient;
    TEST_LOCKED td = NULL;

    if (test_domain_def_complete(def) < 0) {
        test_domain_def_free(def);
        return -1;
    }
    td = add(host, def, persistent);
    if (!td)
        return -1;
    if (state != VIR_DOMAIN_SHUTOFF)
        start(host, td, false);
    else if (!persistent)
        return vir_error(VIR_ERR_XML_ERROR, "domain '%s' is transient and shut off at once", td->entry.name);
    td->state = state;
    td->reason = 0;                     /* unknown, in every state */
    return 0;
}

/* Gives a domain that is there another definition, which it takes over. */
static void
redefine(struct test_domain *td, struct test_domain_def *def)
{
    struct test_domain_def **place = test_domain_runs(td) ? &td->next : &td->def;

    test_domain_def_free(*place);
    *place = def;
    td->persistent = true;
}

virDomainPtr
test_domain_define_xml_flags(virConnectPtr conn, const char *xml, unsigned int flags)
{
    struct test_host *host = test_host_of(conn);
    unsigned int how = flags & VIR_DOMAIN_DEFINE_VALIDATE ? VIR_XML_VALIDATE : 0;
    int detail = VIR_DOMAIN_EVENT_DEFINED_UPDATED;
    TEST_LOCKED td = NULL;
    struct test_domain_def *def = parse(host, xml, how, &td);

    if (!def)
        return NULL;
    if (td) {
        redefine(td, def);
    } else {
        td = add(host, def, true);
        if (!td)
            return NULL;
        detail = VIR_DOMAIN_EVENT_DEFINED_ADDED;
    }
    test_domain_tell(host, td, VIR_DOMAIN_EVENT_DEFINED, detail);
    return handle(conn, td);
}

/* Makes a transient domain, or starts one that is defined by another document. */
virDomainPtr
test_domain_create_xml(virConnectPtr conn, const char *xml, unsigned int flags)
{
    struct test_host *host = test_host_of(conn);
    unsigned int how = flags & VIR_DOMAIN_START_VALIDATE ? VIR_XML_VALIDATE : 0;
    TEST_LOCKED td = NULL;
    struct test_domain_def *def = parse(host, xml, how, &td);

    if (!def)
        return NULL;
    if (td && test_domain_runs(td)) {
        vir_error(VIR_ERR_OPERATION_INVALID, "domain '%s' is already active", td->entry.name);
        test_domain_def_free(def);
        return NULL;
    }
    if (td) {
        td->next = td->def;
        td->def = def;
    } else {
        td = add(host, def, false);
        if (!td)
            return NULL;
    }
    start(host, td, flags & VIR_DOMAIN_START_PAUSED);
    return handle(conn, td);
}

int
test_domain_undefine_flags(virDomainPtr dom, unsigned int flags)
{
    struct test_host *host = test_host_of(vir_domain_connect(dom));
    TEST_LOCKED td = test_domain_get(dom);

    if (!td)
        return -1;
    if (!td->persistent)
        return vir_error(VIR_ERR_OPERATION_INVALID, "domain '%s' is transient: it has no definition",
                         td->entry.name);
    if (!test_domain_runs(td) && vir_snapshots_count(td->snapshots) > 0 && !(flags & VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA))
        return vir_error(VIR_ERR_OPERATION_INVALID, "cannot delete inactive domain with %zu snapshots",
                         vir_snapshots_count(td->snapshots));
    td->persistent = td->autostart = false;
    td->next = test_domain_def_free(td->next);
    test_domain_tell(host, td, VIR_DOMAIN_EVENT_UNDEFINED, VIR_DOMAIN_EVENT_UNDEFINED_REMOVED);
    if (!test_domain_runs(td))
        vir_store_remove(host->domains, &td->entry);
    return 0;
}

/* ---- life -------------------------------------------------------------------------------- */

int
test_domain_create_with_flags(virDomainPtr dom, unsigned int flags)
{
    struct test_host *host = test_host_of(vir_domain_connect(dom));
    TEST_LOCKED td = test_domain_get(dom);

    if (!td)
        return -1;
    if (test_domain_runs(td))
        return vir_error(VIR_ERR_OPERATION_INVALID, "domain '%s' is already running", td->entry.name);
    start(host, td, flags & VIR_DOMAIN_START_PAUSED);
    vir_domain_set_id(dom, td->entry.id);
    return 0;
}

static bool
restarts(const struct test_domain *td)
{
    return td->def->on_reboot == TEST_LIFECYCLE_RESTART ||
           td->def->on_reboot == TEST_LIFECYCLE_RENAME_RESTART;
}

/* Stops a domain, which must run; a REBOOT leaves one that starts again as it is. */
static int
end(virDomainPtr dom, int reason, int detail, bool reboot)
{
    struct test_host *host = test_host_of(vir_domain_connect(dom));
    TEST_LOCKED td = test_domain_get(dom);

    if (!td || test_domain_must_run(td) < 0)
        return -1;
    if (reboot && restarts(td)) {
        td->state = VIR_DOMAIN_RUNNING;
        td->reason = VIR_DOMAIN_RUNNING_BOOTED;
        return 0;
    }
    test_domain_stop(host, td, reason, detail);
    vir_domain_set_id(dom, -1);
    return 0;
}

int
test_domain_destroy_flags(virDomainPtr dom, unsigned int flags)
{
    (void)flags;                        /* GRACEFUL: nobody inside needs time */
    return end(dom, VIR_DOMAIN_SHUTOFF_DESTROYED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED, false);
}

/* The guest obeys at once. */
int
test_domain_shutdown_flags(virDomainPtr dom, unsigned int flags)
{
    (void)flags;                        /* none taken */
    return end(dom, VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN, false);
}

int
test_domain_reboot(virDomainPtr dom, unsigned int flags)
{
    (void)flags;                        /* every way of asking is as good */
    return end(dom, VIR_DOMAIN_SHUTOFF_SHUTDOWN, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN, true);
}

/* Goes from one state to another. */
static int
change(virDomainPtr dom, int from, int to, int reason, int event, int detail)
{
    struct test_host *host = test_host_of(vir_domain_connect(dom));
    TEST_LOCKED td = test_domain_get(dom);

    if (!td)
        return -1;
    if (td->state != from)
        return vir_error(VIR_ERR_OPERATION_INVALID, "domain '%s' is not %s", td->entry.name,
                         from == VIR_DOMAIN_PAUSED ? "paused" : "running");
    td->state = to;
    td->reason = reason;
    test_domain_tell(host, td, event, detail);
    return 0;
}

int
test_domain_suspend(virDomainPtr dom)
{
    return change(dom, VIR_DOMAIN_RUNNING, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_USER,
                  VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_PAUSED);
}

int
test_domain_resume(virDomainPtr dom)
{
    return change(dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED,
                  VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED);
}
