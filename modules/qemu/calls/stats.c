/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statistics of many domains in one call.  QEMU is asked only for what it alone
 * knows, all guests at once, and a guest that does not answer in time is told
 * without that part.
 */
#include "calls/calls.h"
#include "device/interface-told.h"
#include "document/domain-xml.h"
#include "guest/taint.h"
#include "qmp/monitor.h"

#include <stdlib.h>
#include <string.h>

/* What was asked of one guest and is not waited for yet. */
struct asked {
    struct qemu_run *run;               /* a reference, or NULL */
    struct qemu_call *balloon, *dirty;  /* NULL: not asked */
    bool measures;                      /* its dirty rate may be known */
    int64_t until;
};

/* ---- asking ------------------------------------------------------------------------------- */

static void
ask(struct vir_store_entry *entry, unsigned int groups, unsigned int flags, void *opaque)
{
    struct qemu_domain *domain = (struct qemu_domain *)entry;
    struct asked *asked = opaque;
    bool balloon;

    (void)flags;                        /* none of them makes a question more */
    qemu_domain_lock(domain);
    asked->run = domain->live && domain->run && domain->run->monitor ? qemu_run_ref(domain->run) : NULL;
    balloon = asked->run && qemu_devices_asked(domain->live->doc, "query-balloon");
    asked->measures = asked->run && (asked->run->measures || asked->run->tainted & QEMU_TAINT_MONITOR);
    qemu_domain_unlock(domain);
    asked->until = vir_deadline(QEMU_STATS_MS);
    if (groups & VIR_DOMAIN_STATS_BALLOON && balloon && qemu_monitor_usable(asked->run->monitor) &&
        !qemu_monitor_silent(asked->run->monitor))
        asked->balloon = qemu_monitor_send(asked->run->monitor, "query-balloon", NULL);
    if (groups & VIR_DOMAIN_STATS_DIRTYRATE && asked->measures && qemu_monitor_usable(asked->run->monitor) &&
        !qemu_monitor_silent(asked->run->monitor))
        asked->dirty = qemu_monitor_send(asked->run->monitor, "query-dirty-rate", NULL);
}

static void
forget(void *opaque)
{
    struct asked *asked = opaque;

    qemu_run_unref(asked->run);
}

/* ---- telling -------------------------------------------------------------------------------- */

static void
tell_state(struct vir_stats *stats, struct vir_store_entry *entry, void *opaque)
{
    struct qemu_domain *domain = (struct qemu_domain *)entry;
    int state, reason;

    (void)opaque;
    qemu_domain_lock(domain);
    state = domain->state;
    reason = domain->reason;
    qemu_domain_unlock(domain);
    vir_stats_int(stats, state, "state.state");
    vir_stats_int(stats, reason, "state.reason");
}

/* What a guest without a control group has used, /proc tells. */
static int
used(const struct qemu_run *run, struct vir_cgroup_used *ret)
{
    struct vir_process_facts facts;

    if (vir_cgroup_has(run->cgroup, VIR_CGROUP_CPUACCT))
        return vir_cgroup_used(run->cgroup, ret);
    if (vir_process_read(run->process.pid, &facts) < 0)
        return -1;
    *ret = (struct vir_cgroup_used){ facts.cpu_ns, facts.user_ns, facts.cpu_ns - facts.user_ns };
    return 0;
}

static void
tell_cpu(struct vir_stats *stats, struct vir_store_entry *entry, void *opaque)
{
    struct qemu_domain *domain = (struct qemu_domain *)entry;
    struct asked *asked = opaque;
    struct vir_cgroup_used times;
    bool kvm;

    if (!asked->run)
        return;
    if (used(asked->run, &times) < 0) {
        virFreeError(vir_error_take());     /* it has just ended */
        return;
    }
    vir_stats_ullong(stats, times.all, "cpu.time");
    vir_stats_ullong(stats, times.user, "cpu.user");
    vir_stats_ullong(stats, times.system, "cpu.system");
    vir_stats_uint(stats, 0, "cpu.cache.monitor.count");        /* <cachetune>, which is refused */
    qemu_domain_lock(domain);
    kvm = domain->live && qemu_def_is_kvm(domain->live);
    qemu_domain_unlock(domain);
    if (!kvm) {                         /* KVM alone polls */
        vir_stats_ullong(stats, 0, "cpu.haltpoll.success.time");
        vir_stats_ullong(stats, 0, "cpu.haltpoll.fail.time");
    }
}

static void
tell_balloon(struct vir_stats *stats, struct vir_store_entry *entry, void *opaque)
{
    struct qemu_domain *domain = (struct qemu_domain *)entry;
    struct asked *asked = opaque;
    struct json_object *answer = NULL;
    const struct qemu_def *def;
    uint64_t current, maximum;
    int left = vir_deadline_left(asked->until);

    qemu_domain_lock(domain);
    def = qemu_domain_current(domain);
    maximum = def->doc->memory.size;
    current = def->doc->current_memory;
    qemu_domain_unlock(domain);
    if (asked->balloon) {
        if (qemu_monitor_wait(asked->run->monitor, vir_steal(&asked->balloon), left > 1 ? left : 1, &answer) == 0)
            current = qmp_get_uint(answer, "actual", UINT64_MAX, current * 1024) / 1024;
        else
            virFreeError(vir_error_take());     /* the guest is told without it */
        json_object_put(answer);
    }
    vir_stats_ullong(stats, current, "balloon.current");
    vir_stats_ullong(stats, maximum, "balloon.maximum");
}

static void
tell_vcpu(struct vir_stats *stats, struct vir_store_entry *entry, void *opaque)
{
    struct qemu_domain *domain = (struct qemu_domain *)entry;
    const struct qemu_def *def;
    unsigned int now, maximum;

    (void)opaque;
    qemu_domain_lock(domain);
    def = qemu_domain_current(domain);
    now = qemu_def_vcpus_now(def);
    maximum = def->doc->vcpu.count;
    qemu_domain_unlock(domain);
    vir_stats_uint(stats, now, "vcpu.current");
    vir_stats_uint(stats, maximum, "vcpu.maximum");
}

/* Cards without a device on the host count nothing. */
static void
tell_interface(struct vir_stats *stats, struct vir_store_entry *entry, void *opaque)
{
    struct qemu_domain *domain = (struct qemu_domain *)entry;
    struct qemu_def *live;
    size_t n = 0;
    char **taps;

    (void)opaque;
    qemu_domain_lock(domain);
    live = domain->live ? qemu_def_ref(domain->live) : NULL;
    qemu_domain_unlock(domain);
    if (!live)
        return;
    taps = qemu_interface_told_taps(live->doc, &n);
    vir_stats_uint(stats, (unsigned int)n, "net.count");
    for (size_t i = 0; i < n; i++) {
        virDomainInterfaceStatsStruct seen;

        if (taps[i] && qemu_interface_told_figures(live->doc, taps[i], &seen) == 0) {
            vir_stats_text(stats, taps[i], "net.%zu.name", i);
            vir_stats_ullong(stats, (unsigned long long)seen.rx_bytes, "net.%zu.rx.bytes", i);
            vir_stats_ullong(stats, (unsigned long long)seen.rx_packets, "net.%zu.rx.pkts", i);
            vir_stats_ullong(stats, (unsigned long long)seen.rx_errs, "net.%zu.rx.errs", i);
            vir_stats_ullong(stats, (unsigned long long)seen.rx_drop, "net.%zu.rx.drop", i);
            vir_stats_ullong(stats, (unsigned long long)seen.tx_bytes, "net.%zu.tx.bytes", i);
            vir_stats_ullong(stats, (unsigned long long)seen.tx_packets, "net.%zu.tx.pkts", i);
            vir_stats_ullong(stats, (unsigned long long)seen.tx_errs, "net.%zu.tx.errs", i);
            vir_stats_ullong(stats, (unsigned long long)seen.tx_drop, "net.%zu.tx.drop", i);
        } else if (taps[i]) {
            virFreeError(vir_error_take());     /* it has just gone */
        }
        free(taps[i]);
    }
    free(taps);
    qemu_def_unref(live);
}

/* ---- the call --------------------------------------------------------------------------------- */

/* -1: QEMU has another word. */
static int
status_of(const char *word)
{
    static const struct { const char *word; int status; } rows[] = {
        { "unstarted", VIR_DOMAIN_DIRTYRATE_UNSTARTED }, { "measuring", VIR_DOMAIN_DIRTYRATE_MEASURING },
        { "measured", VIR_DOMAIN_DIRTYRATE_MEASURED },
    };

    for (size_t i = 0; word && i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].word, word) == 0)
            return rows[i].status;
    return -1;
}

static void
tell_rates(struct vir_stats *stats, struct json_object *answer)
{
    struct json_object *vcpus = qmp_get(answer, "vcpu-dirty-rate");

    vir_stats_llong(stats, (long long)qmp_get_uint(answer, "dirty-rate", INT64_MAX, 0), "dirtyrate.megabytes_per_second");
    for (size_t i = 0; json_object_is_type(vcpus, json_type_array) && i < json_object_array_length(vcpus); i++) {
        struct json_object *one = json_object_array_get_idx(vcpus, i);

        vir_stats_llong(stats, (long long)qmp_get_uint(one, "dirty-rate", INT64_MAX, 0), "dirtyrate.vcpu.%d.megabytes_per_second",
                         (int)qmp_get_uint(one, "id", INT32_MAX, 0));
    }
}

static void
tell_dirty_rate(struct vir_stats *stats, struct vir_store_entry *entry, void *opaque)
{
    struct asked *asked = opaque;
    struct json_object *answer = NULL;
    int left = vir_deadline_left(asked->until), status;
    const char *mode;

    (void)entry;
    if (!asked->run || (asked->measures && !asked->dirty))
        return;
    if (asked->dirty && qemu_monitor_wait(asked->run->monitor, vir_steal(&asked->dirty), left > 1 ? left : 1, &answer) < 0) {
        virFreeError(vir_error_take());
        return;
    }
    status = asked->measures ? status_of(qmp_get_string(answer, "status")) : VIR_DOMAIN_DIRTYRATE_UNSTARTED;
    mode = qmp_get_string(answer, "mode");
    if (status >= 0) {
        vir_stats_int(stats, status, "dirtyrate.calc_status");
        vir_stats_llong(stats, (long long)qmp_get_uint(answer, "start-time", INT64_MAX, 0), "dirtyrate.calc_start_time");
        vir_stats_int(stats, (int)qmp_get_uint(answer, "calc-time", INT32_MAX, 0), "dirtyrate.calc_period");
        vir_stats_text(stats, mode ? mode : "page-sampling", "dirtyrate.calc_mode");
    }
    if (status == VIR_DOMAIN_DIRTYRATE_MEASURED)
        tell_rates(stats, answer);
    json_object_put(answer);
}

static const struct vir_stats_group groups[] = {
    { VIR_DOMAIN_STATS_STATE, tell_state },
    { VIR_DOMAIN_STATS_CPU_TOTAL, tell_cpu },
    { VIR_DOMAIN_STATS_BALLOON, tell_balloon },
    { VIR_DOMAIN_STATS_VCPU, tell_vcpu },
    { VIR_DOMAIN_STATS_INTERFACE, tell_interface },
    { VIR_DOMAIN_STATS_DIRTYRATE, tell_dirty_rate },
};

static const struct vir_stats_table table = {
    .error_domain = VIR_MODULE_DOMAIN, .groups = groups, .n_groups = sizeof(groups) / sizeof(groups[0]),
    .ask = ask, .forget = forget, .asked_size = sizeof(struct asked),
};

int
qemu_connect_get_all_domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int ndoms,
                                  unsigned int stats,
                                  virDomainStatsRecordPtr **records, unsigned int flags)
{
    return vir_stats_collect(&table, qemu_driver.store, conn, doms, ndoms, stats, records, flags);
}
