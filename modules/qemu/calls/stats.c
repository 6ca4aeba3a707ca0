/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statistics of many domains in one call.  QEMU is asked only for what it alone
 * knows, all guests at once, and a guest that does not answer in time is told
 * without that part.
 */
#include "calls/calls.h"
#include "device/device.h"
#include "document/domain-xml.h"
#include "qmp/monitor.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_DOMAINS = 16384 };

/* One domain of a bulk call. */
struct item {
    struct qemu_domain *domain;         /* a reference */
    struct qemu_run *run;               /* a reference, or NULL */
    struct qemu_call *balloon;          /* asked, not waited for; NULL: not asked */
    virDomainStatsRecordPtr record;
    int room;
};

static void
add_int(struct item *item, const char *name, int value)
{
    virTypedParamsAddInt(&item->record->params, &item->record->nparams, &item->room, name, value);
}

static void
add_uint(struct item *item, const char *name, unsigned int value)
{
    virTypedParamsAddUInt(&item->record->params, &item->record->nparams, &item->room, name, value);
}

static void
add_ullong(struct item *item, const char *name, unsigned long long value)
{
    virTypedParamsAddULLong(&item->record->params, &item->record->nparams, &item->room, name, value);
}

/* ---- asking ------------------------------------------------------------------------------- */

static void
ask_balloon(struct item *item)
{
    struct qemu_domain *domain = item->domain;
    bool wanted;

    qemu_domain_lock(domain);
    wanted = domain->live && domain->run && domain->run->monitor &&
        qemu_devices_asked(domain->live->doc, "query-balloon");
    item->run = domain->run ? qemu_run_ref(domain->run) : NULL;
    qemu_domain_unlock(domain);
    if (wanted && qemu_monitor_usable(item->run->monitor) &&
        !qemu_monitor_silent(item->run->monitor))
        item->balloon = qemu_monitor_send(item->run->monitor, "query-balloon", NULL);
}

/* ---- telling -------------------------------------------------------------------------------- */

static void
tell_state(struct item *item)
{
    qemu_domain_lock(item->domain);
    int state = item->domain->state, reason = item->domain->reason;
    qemu_domain_unlock(item->domain);
    add_int(item, "state.state", state);
    add_int(item, "state.reason", reason);
}

static void
tell_balloon(struct item *item, int64_t until)
{
    const struct qemu_def *def;
    struct json_object *answer = NULL;
    uint64_t current, maximum;
    int left = vir_deadline_left(until);

    qemu_domain_lock(item->domain);
    def = qemu_domain_current(item->domain);
    maximum = def->doc->memory.size;
    current = item->domain->live ? def->doc->memory.size : def->doc->current_memory;
    qemu_domain_unlock(item->domain);
    if (item->balloon) {
        if (qemu_monitor_wait(item->run->monitor, vir_steal(&item->balloon), left > 1 ? left : 1,
                              &answer) == 0)
            current = qmp_get_uint(answer, "actual", UINT64_MAX, current * 1024) / 1024;
        else
            virFreeError(vir_error_take());     /* the guest is told without it */
        json_object_put(answer);
    }
    add_ullong(item, "balloon.current", current);
    add_ullong(item, "balloon.maximum", maximum);
}

static void
tell_vcpu(struct item *item)
{
    const struct qemu_def *def;
    unsigned int now, maximum;

    qemu_domain_lock(item->domain);
    def = qemu_domain_current(item->domain);
    now = qemu_def_vcpus_now(def);
    maximum = def->doc->vcpu.count;
    qemu_domain_unlock(item->domain);
    add_uint(item, "vcpu.current", now);
    add_uint(item, "vcpu.maximum", maximum);
}

static bool
is_wanted(struct qemu_domain *domain, unsigned int flags)
{
    const unsigned int on = VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE,
        off = VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE;
    const unsigned int kept = VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT;
    const unsigned int passing = VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT;
    const unsigned int running = VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING;
    const unsigned int paused = VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED;
    const unsigned int shutoff = VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF;
    const unsigned int other = VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER;
    unsigned int state;
    bool wanted;

    qemu_domain_lock(domain);
    state = domain->state == VIR_DOMAIN_RUNNING ? running : domain->state == VIR_DOMAIN_PAUSED ? paused
        : domain->state == VIR_DOMAIN_SHUTOFF ? shutoff : other;
    wanted = (!(flags & (on | off)) || flags & (domain->live ? on : off)) &&
        (!(flags & (kept | passing)) || flags & (domain->persistent ? kept : passing)) &&
        (!(flags & (running | paused | shutoff | other)) || flags & state);
    qemu_domain_unlock(domain);
    return wanted;
}

/* ---- the call --------------------------------------------------------------------------------- */

/* The domains asked for; each item has a reference to its own. */
static size_t
collect(virDomainPtr *doms, unsigned int ndoms, unsigned int flags, struct item **ret_items)
{
    struct vir_store_entry **list = NULL;
    size_t all = ndoms ? ndoms : vir_store_list(qemu_driver.store, &list), n = 0;
    struct item *items = vir_alloc_array(all + 1, sizeof(*items));

    for (size_t i = 0; i < all; i++) {
        struct vir_store_entry *entry = ndoms ? vir_store_by_uuid(qemu_driver.store,
                                                                  vir_domain_uuid(doms[i])) : list[i];

        if (!entry)
            continue;
        if (!ndoms)
            vir_store_ref(entry);
        if (is_wanted((struct qemu_domain *)entry, flags))
            items[n++].domain = (struct qemu_domain *)entry;
        else
            vir_store_unref(entry);
    }
    if (!ndoms)
        vir_store_list_free(list, all);
    *ret_items = items;
    return n;
}

static virDomainStatsRecordPtr
tell(struct item *item, virConnectPtr conn, unsigned int stats, int64_t until)
{
    item->record = vir_alloc(sizeof(*item->record));
    item->record->dom = qemu_domain_handle(conn, item->domain);
    if (stats & VIR_DOMAIN_STATS_STATE)
        tell_state(item);
    if (stats & VIR_DOMAIN_STATS_BALLOON)
        tell_balloon(item, until);
    if (stats & VIR_DOMAIN_STATS_VCPU)
        tell_vcpu(item);
    return item->record;
}

int
qemu_connect_get_all_domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int ndoms,
                                  unsigned int stats,
                                  virDomainStatsRecordPtr **records, unsigned int flags)
{
    const unsigned int known = VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU;
    int64_t until = vir_deadline(QEMU_STATS_MS);
    virDomainStatsRecordPtr *list;
    struct item *items;
    size_t n;

    if (stats & ~known && flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "statistics groups 0x%x are not known here",
                         stats & ~known);
    if (ndoms > MAX_DOMAINS)
        return vir_error(VIR_ERR_INVALID_ARG, "%u domains are more than %d", ndoms, MAX_DOMAINS);
    if (stats == 0)
        stats = known;
    n = collect(doms, ndoms, flags, &items);
    for (size_t i = 0; i < n && stats & VIR_DOMAIN_STATS_BALLOON; i++)
        ask_balloon(&items[i]);
    list = vir_alloc_array(n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        list[i] = tell(&items[i], conn, stats, until);
        qemu_run_unref(items[i].run);
        qemu_domain_unref(&items[i].domain);
    }
    free(items);
    *records = list;
    return (int)n;
}
