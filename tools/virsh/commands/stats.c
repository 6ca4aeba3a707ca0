/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Figures that change while domains run. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

struct figure { const char *name, *label; };

/* Names of the flags form of the call, in the order in which they are printed. */
static const struct figure block_figures[] = {
    { VIR_DOMAIN_BLOCK_STATS_READ_REQ, "number of read operations:" },
    { VIR_DOMAIN_BLOCK_STATS_READ_BYTES, "number of bytes read:" },
    { VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, "number of write operations:" },
    { VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, "number of bytes written:" },
    { VIR_DOMAIN_BLOCK_STATS_ERRS, "error count:" },
    { VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, "number of flush operations:" },
    { VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, "total duration of reads (ns):" },
    { VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES, "total duration of writes (ns):" },
    { VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES, "total duration of flushes (ns):" },
};

/* The names that scripts know are older than those of the call. */
static const char *
short_name(const char *name)
{
    static const struct figure names[] = {
        { VIR_DOMAIN_BLOCK_STATS_READ_REQ, "rd_req" }, { VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, "wr_req" },
        { VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, "flush_operations" },
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].label;
    }
    return name;
}

static void
print_block_figure(struct virsh *vsh, const char *device, bool human, const struct figure *figure,
                   long long value)
{
    if (value < 0)
        return;
    if (human)
        virsh_print(vsh, " %-31s %lld\n", figure->label, value);
    else
        virsh_print(vsh, "%s%s%s %lld\n", device, *device ? " " : "", short_name(figure->name), value);
}

/* The older call; 0: it answered. */
static int
print_old_block_stats(struct virsh *vsh, virDomainPtr dom, const char *device, bool human)
{
    virDomainBlockStatsStruct stats;
    long long values[5];

    if (virDomainBlockStats(dom, device, &stats, sizeof(stats)) < 0)
        return -1;
    values[0] = stats.rd_req;
    values[1] = stats.rd_bytes;
    values[2] = stats.wr_req;
    values[3] = stats.wr_bytes;
    values[4] = stats.errs;
    if (human)
        virsh_print(vsh, "Device: %s\n", device);
    for (size_t i = 0; i < 5; i++)
        print_block_figure(vsh, device, human, &block_figures[i], values[i]);
    return 0;
}

static void
print_block_stats(struct virsh *vsh, const char *device, bool human, virTypedParameterPtr params, int n)
{
    if (human)
        virsh_print(vsh, "Device: %s\n", device);
    for (size_t i = 0; i < sizeof(block_figures) / sizeof(*block_figures); i++) {
        long long value;

        if (virTypedParamsGetLLong(params, n, block_figures[i].name, &value) == 1)
            print_block_figure(vsh, device, human, &block_figures[i], value);
    }
}

static int
run_domblkstat(struct virsh *vsh, const struct virsh_call *call)
{
    const char *device = virsh_text(call, "device") ? virsh_text(call, "device") : "";
    const bool human = virsh_flag(call, "human");
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    VIR_AUTO_FREE virTypedParameterPtr params = NULL;
    int n = 0;

    if (!dom)
        return -1;
    if (virDomainBlockStatsFlags(dom, device, NULL, &n, 0) < 0) {
        if (vsh->error_code == VIR_ERR_NO_SUPPORT) {
            virsh_error_forget(vsh);
            if (print_old_block_stats(vsh, dom, device, human) == 0)
                return 0;
        }
        return virsh_error(vsh, "Failed to get block stats %s %s", virsh_typed(call), device);
    }
    params = vir_alloc_array((size_t)n + 1, sizeof(*params));
    if (virDomainBlockStatsFlags(dom, device, params, &n, 0) < 0)
        return virsh_error(vsh, "Failed to get block stats for domain '%s' device '%s'",
                           virsh_typed(call), device);
    print_block_stats(vsh, device, human, params, n);
    virTypedParamsClear(params, n);
    return 0;
}

static int
run_domifstat(struct virsh *vsh, const struct virsh_call *call)
{
    const char *device = virsh_text(call, "interface");
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    virDomainInterfaceStatsStruct stats;

    if (!dom)
        return -1;
    if (virDomainInterfaceStats(dom, device, &stats, sizeof(stats)) < 0)
        return virsh_error(vsh, "Failed to get interface stats %s %s", virsh_typed(call), device);
    const struct { const char *name; long long value; } figures[] = {
        { "rx_bytes", stats.rx_bytes }, { "rx_packets", stats.rx_packets }, { "rx_errs", stats.rx_errs },
        { "rx_drop", stats.rx_drop }, { "tx_bytes", stats.tx_bytes }, { "tx_packets", stats.tx_packets },
        { "tx_errs", stats.tx_errs }, { "tx_drop", stats.tx_drop },
    };
    for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
        if (figures[i].value >= 0)
            virsh_print(vsh, "%s %s %lld\n", device, figures[i].name, figures[i].value);
    }
    return 0;
}

static int
run_dommemstat(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const tags[VIR_DOMAIN_MEMORY_STAT_NR] = {
        "swap_in", "swap_out", "major_fault", "minor_fault", "unused", "available", "actual", "rss", "usable",
        "last_update", "disk_caches", "hugetlb_pgalloc", "hugetlb_pgfail",
    };
    /* scripts know this order */
    static const int order[] = { 6, 0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 7 };
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
    unsigned int affect;
    long long period;
    int n;

    if (!dom || virsh_affect(vsh, call, &affect) < 0)
        return -1;
    if (virsh_flag(call, "period")) {
        if (virsh_number(vsh, call, "period", INT_MIN, INT_MAX, &period) < 0)
            return -1;
        if (period < 0)
            return virsh_error(vsh, "Invalid collection period value '%lld'", period);
        if (virDomainSetMemoryStatsPeriod(dom, (int)period, affect) < 0)
            return virsh_error(vsh, "Unable to change balloon collection period.");
        return 0;
    }
    n = virDomainMemoryStats(dom, stats, VIR_DOMAIN_MEMORY_STAT_NR, 0);
    if (n < 0)
        return virsh_error(vsh, "Failed to get memory statistics for domain %s", virsh_typed(call));
    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
        for (int j = 0; j < n; j++) {
            if (stats[j].tag == order[i])
                virsh_print(vsh, "%s %llu\n", tags[order[i]], stats[j].val);
        }
    }
    return 0;
}

static void
print_record(struct virsh *vsh, const virDomainStatsRecord *record)
{
    virsh_print(vsh, "Domain: '%s'\n", virDomainGetName(record->dom));
    for (int i = 0; i < record->nparams; i++) {
        VIR_AUTO_FREE char *text = virsh_param_text(&record->params[i]);

        virsh_print(vsh, "  %s=%s\n", record->params[i].field, text);
    }
}

static unsigned int
wanted_groups(const struct virsh_call *call)
{
    return VIRSH_BITS(call,
        { "state", VIR_DOMAIN_STATS_STATE }, { "cpu-total", VIR_DOMAIN_STATS_CPU_TOTAL },
        { "balloon", VIR_DOMAIN_STATS_BALLOON }, { "vcpu", VIR_DOMAIN_STATS_VCPU },
        { "interface", VIR_DOMAIN_STATS_INTERFACE }, { "block", VIR_DOMAIN_STATS_BLOCK },
        { "perf", VIR_DOMAIN_STATS_PERF }, { "iothread", VIR_DOMAIN_STATS_IOTHREAD },
        { "memory", VIR_DOMAIN_STATS_MEMORY }, { "dirtyrate", VIR_DOMAIN_STATS_DIRTYRATE },
        { "vm", VIR_DOMAIN_STATS_VM });
}

static unsigned int
stats_flags(const struct virsh_call *call)
{
    return VIRSH_BITS(call,
        { "list-active", VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE },
        { "list-inactive", VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE },
        { "list-persistent", VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT },
        { "list-transient", VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT },
        { "list-running", VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING },
        { "list-paused", VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED },
        { "list-shutoff", VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF },
        { "list-other", VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER },
        { "enforce", VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS },
        { "backing", VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING },
        { "nowait", VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT });
}

/* Of the domains that the command names, NULL-terminated; NULL: none named, or reported (*ret_failed). */
static virDomainPtr *
named_domains(struct virsh *vsh, const struct virsh_call *call, bool *ret_failed)
{
    virDomainPtr *doms = NULL;
    const char *name;
    size_t n = 0;

    for (size_t position = 0; (name = virsh_rest(call, &position)); n++) {
        doms = vir_realloc_array(doms, n + 2, sizeof(*doms));
        doms[n] = virsh_domain_named(vsh, call, name, VIRSH_BY_ANY);
        if (!doms[n]) {
            *ret_failed = true;
            break;
        }
        doms[n + 1] = NULL;
    }
    return doms;
}

static int
run_domstats(struct virsh *vsh, const struct virsh_call *call)
{
    bool failed = false;
    virDomainPtr *doms = named_domains(vsh, call, &failed);
    virDomainStatsRecordPtr *records = NULL;
    unsigned int flags = stats_flags(call);
    int n = -1;

    if (doms) {
        /* which domains is said by their names */
        flags &= VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS | VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING |
                 VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT;
        if (!failed)
            n = virDomainListGetStats(doms, wanted_groups(call), &records, flags);
        for (virDomainPtr *dom = doms; *dom; dom++)
            virDomainFree(*dom);
        free(doms);
    } else {
        n = virConnectGetAllDomainStats(vsh->conn, wanted_groups(call), &records, flags);
    }
    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        if (i > 0)
            virsh_print(vsh, "\n");
        print_record(vsh, records[i]);
    }
    virDomainStatsRecordListFree(records);
    return 0;
}

static const struct virsh_option domblkstat_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "device", VIRSH_STRING, VIRSH_EMPTY_OK, "target or source of the disk (default: all together)" },
    { "human", VIRSH_BOOL, 0, "in words for people" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option domifstat_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "interface", VIRSH_STRING, VIRSH_REQUIRED, "target device or MAC address" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option dommemstat_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "period", VIRSH_NUMBER, VIRSH_NAMED, "let the guest count every so many seconds; 0: not at all" },
    VIRSH_OPTION_CONFIG, VIRSH_OPTION_LIVE, VIRSH_OPTION_CURRENT,
    VIRSH_OPTIONS_END
};

static const struct virsh_option domstats_options[] = {
    { "state", VIRSH_BOOL, 0, "state" },
    { "cpu-total", VIRSH_BOOL, 0, "time on the host's processors" },
    { "balloon", VIRSH_BOOL, 0, "memory balloon" },
    { "vcpu", VIRSH_BOOL, 0, "each virtual processor" },
    { "interface", VIRSH_BOOL, 0, "each network interface" },
    { "block", VIRSH_BOOL, 0, "each disk" },
    { "perf", VIRSH_BOOL, 0, "performance counters" },
    { "iothread", VIRSH_BOOL, 0, "each I/O thread" },
    { "memory", VIRSH_BOOL, 0, "memory bandwidth" },
    { "dirtyrate", VIRSH_BOOL, 0, "how fast memory is written" },
    { "vm", VIRSH_BOOL, 0, "what the hypervisor counts of its own" },
    { "list-active", VIRSH_BOOL, 0, "only domains that run" },
    { "list-inactive", VIRSH_BOOL, 0, "only domains that do not run" },
    { "list-persistent", VIRSH_BOOL, 0, "only domains with a persistent definition" },
    { "list-transient", VIRSH_BOOL, 0, "only domains without a persistent definition" },
    { "list-running", VIRSH_BOOL, 0, "only domains in state running" },
    { "list-paused", VIRSH_BOOL, 0, "only paused domains" },
    { "list-shutoff", VIRSH_BOOL, 0, "only domains that are shut off" },
    { "list-other", VIRSH_BOOL, 0, "only domains in none of these states" },
    { "raw", VIRSH_BOOL, 0, "numbers as the driver gives them" },
    { "enforce", VIRSH_BOOL, 0, "fail if the driver lacks one of these groups" },
    { "backing", VIRSH_BOOL, 0, "with each image that a disk is based on" },
    { "nowait", VIRSH_BOOL, 0, "only what can be had without waiting" },
    { "domain", VIRSH_REST, 0, "domains: names, ids or uuids (default: all)" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_stats_commands[] = {
    { "domblkstat", "what a domain read and wrote on a disk", NULL, domblkstat_options, run_domblkstat },
    { "domifstat", "what a domain sent and received on an interface", NULL,
      domifstat_options, run_domifstat },
    { "dommemstat", "memory of a domain as the guest sees it", NULL, dommemstat_options, run_dommemstat },
    { "domstats", "all figures of domains",
      "One group of figures for each option; none means all that the driver "
      "has.", domstats_options, run_domstats },
    { .name = NULL }
};
