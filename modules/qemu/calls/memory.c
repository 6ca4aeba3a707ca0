/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory that a guest has and uses: the balloon, and what the guest tells by it.
 */
#include "calls/calls.h"
#include "device/memballoon.h"
#include "document/domain-xml.h"
#include "guest/hotplug.h"
#include "qmp/monitor.h"
#include "qmp/qmp.h"

/* ---- how much it has ---- */

struct memory {
    unsigned long kib;
    bool maximum;
};

static int
check_maximum(const struct qemu_domain_def *doc, unsigned long kib)
{
    return kib <= doc->memory.size ? 0
        : vir_error(VIR_ERR_INVALID_ARG, "%lu KiB are more than the maximum of the domain, %llu KiB", kib, doc->memory.size);
}

static struct qemu_def *
define_memory(const struct qemu_def *def, const void *what)
{
    const struct memory *memory = what;
    struct qemu_def *now;

    if (!memory->maximum && check_maximum(def->doc, memory->kib) < 0)
        return NULL;
    if (memory->maximum && def->doc->cpu.numa.n_cells)
        return vir_error_null(VIR_ERR_OPERATION_INVALID, "the memory of a domain with NUMA cells is theirs: define it anew");
    now = qemu_def_copy(def);
    if (!now)
        return NULL;
    if (memory->maximum)
        now->doc->memory.size = memory->kib;
    if (!memory->maximum || now->doc->current_memory > memory->kib)
        now->doc->current_memory = memory->kib;
    return now;
}

static int
set_live(struct qemu_run *run, const void *what)
{
    const struct memory *memory = what;
    struct qemu_def *live = qemu_live_copy(run);
    struct json_object *args;
    int ret = -1;

    if (!live)
        return -1;
    if (memory->maximum)
        vir_error(VIR_ERR_OPERATION_INVALID, "cannot resize the maximum memory on an active domain");
    else if (!qemu_devices_asked(live->doc, "query-balloon"))
        vir_error(VIR_ERR_OPERATION_INVALID, "the memory of a running guest without a memballoon cannot be changed");
    else
        ret = check_maximum(live->doc, memory->kib);
    if (ret == 0) {
        args = qmp_new_object();
        qmp_add(args, "value", qmp_new_int((int64_t)memory->kib * 1024));
        ret = qemu_monitor_call(run->monitor, "balloon", args, QEMU_COMMAND_MS, NULL);
    }
    qemu_def_unref(live);               /* the guest tells what it has let go */
    return ret;
}

static const struct qemu_verb set_memory = { "set-memory", define_memory, set_live };

int
qemu_domain_set_memory_flags(virDomainPtr dom, unsigned long kib, unsigned int flags)
{
    struct memory memory = { kib, flags & VIR_DOMAIN_MEM_MAXIMUM };

    return qemu_change_domain(dom, &set_memory, &memory, flags);
}

/* ---- what it tells ---- */

struct filling {
    virDomainMemoryStatPtr stats;
    unsigned int n, room;
};

static void
put_stat(struct filling *filling, int tag, unsigned long long value)
{
    if (filling->n < filling->room)
        filling->stats[filling->n++] = (virDomainMemoryStatStruct){ .tag = tag, .val = value };
}

/* QEMU's -1: the guest does not tell it. */
static void
put_told(struct filling *filling, int tag, struct json_object *stats, const char *key, unsigned int unit)
{
    uint64_t value = qmp_get_uint(stats, key, UINT64_MAX, UINT64_MAX);

    if (value != UINT64_MAX)
        put_stat(filling, tag, value / unit);
}

static void
put_guest_stats(struct filling *filling, struct json_object *answer)
{
    static const struct { int tag; const char *key; unsigned int unit; } rows[] = {
        { VIR_DOMAIN_MEMORY_STAT_SWAP_IN, "stat-swap-in", 1024 },
        { VIR_DOMAIN_MEMORY_STAT_SWAP_OUT, "stat-swap-out", 1024 },
        { VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT, "stat-major-faults", 1 },
        { VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT, "stat-minor-faults", 1 },
        { VIR_DOMAIN_MEMORY_STAT_UNUSED, "stat-free-memory", 1024 },
        { VIR_DOMAIN_MEMORY_STAT_AVAILABLE, "stat-total-memory", 1024 },
        { VIR_DOMAIN_MEMORY_STAT_USABLE, "stat-available-memory", 1024 },
        { VIR_DOMAIN_MEMORY_STAT_DISK_CACHES, "stat-disk-caches", 1024 },
        { VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC, "stat-htlb-pgalloc", 1 },
        { VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL, "stat-htlb-pgfail", 1 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        put_told(filling, rows[i].tag, qmp_get(answer, "stats"), rows[i].key, rows[i].unit);
    put_told(filling, VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE, answer, "last-update", 1);
}

static int
ask_balloon(struct qemu_run *run, const struct qemu_domain_def *doc, struct filling *filling)
{
    struct qemu_call *calls[] = {
        qemu_monitor_send(run->monitor, "query-balloon", NULL),
        qemu_monitor_send(run->monitor, "qom-get", qemu_memballoon_property(doc, "guest-stats")),
    };
    struct json_object *answers[2] = { NULL, NULL };
    int ret = qemu_monitor_wait_all(run->monitor, calls, 2, QEMU_COMMAND_MS, answers);

    if (ret == 0) {
        put_told(filling, VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON, answers[0], "actual", 1024);
        put_guest_stats(filling, answers[1]);
    }
    json_object_put(answers[0]);
    json_object_put(answers[1]);
    return ret;
}

int
qemu_domain_memory_stats(virDomainPtr dom, virDomainMemoryStatPtr stats, unsigned int n_stats, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    struct filling filling = { stats, 0, n_stats };
    struct vir_process_facts facts = { 0 };
    struct qemu_def *live;
    int ret = 0;

    (void)flags;                        /* none taken */
    if (!domain || !(run = qemu_domain_monitored(domain)))
        return -1;
    live = qemu_live_now(run);
    if (!live)
        return -1;
    if (qemu_devices_asked(live->doc, "query-balloon"))
        ret = ask_balloon(run, live->doc, &filling);
    qemu_def_unref(live);
    if (ret < 0)
        return -1;
    if (vir_process_read(run->process.pid, &facts) == 0)
        put_stat(&filling, VIR_DOMAIN_MEMORY_STAT_RSS, facts.rss_kib);
    return (int)filling.n;
}

/* ---- how often ---- */

static struct qemu_def *
define_period(const struct qemu_def *def, const void *what)
{
    const unsigned int *period = what;
    struct qemu_def *now = qemu_def_copy(def);

    if (!now || qemu_memballoon_set_period(now->doc, *period) == 0)
        return now;
    qemu_def_unref(now);
    return NULL;
}

static int
set_period(struct qemu_run *run, const void *what)
{
    const unsigned int *period = what;
    struct qemu_def *live = qemu_live_now(run), *now;
    struct json_object *args;
    int ret;

    now = live ? define_period(live, what) : NULL;
    qemu_def_unref(live);
    if (!now)
        return -1;
    args = qemu_memballoon_property(now->doc, "guest-stats-polling-interval");
    qmp_add(args, "value", qmp_new_int(*period));
    ret = qemu_monitor_call(run->monitor, "qom-set", args, QEMU_COMMAND_MS, NULL);
    if (ret == 0)
        qemu_live_show(run, now, NULL);
    else
        qemu_def_unref(now);
    return ret;
}

static const struct qemu_verb tell_memory = { "set-memory-stats-period", define_period, set_period };

int
qemu_domain_set_memory_stats_period(virDomainPtr dom, int period, unsigned int flags)
{
    unsigned int seconds = (unsigned int)period;

    if (period < 0)
        return vir_error(VIR_ERR_INVALID_ARG, "a period of %d seconds", period);
    return qemu_change_domain(dom, &tell_memory, &seconds, flags);
}
