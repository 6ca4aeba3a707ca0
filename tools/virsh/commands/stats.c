/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Figures that change while domains run. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rows/stats.h"

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
print_block_figure(struct shell *vsh, const char *device, bool human, const struct figure *figure,
                   long long value)
{
    if (value < 0)
        return;
    if (human)
        shell_print(vsh, " %-31s %lld\n", figure->label, value);
    else
        shell_print(vsh, "%s%s%s %lld\n", device, *device ? " " : "", short_name(figure->name), value);
}

/* The older call; 0: it answered. */
static int
print_old_block_stats(struct shell *vsh, virDomainPtr dom, const char *device, bool human)
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
        shell_print(vsh, "Device: %s\n", device);
    for (size_t i = 0; i < 5; i++)
        print_block_figure(vsh, device, human, &block_figures[i], values[i]);
    return 0;
}

static void
print_block_stats(struct shell *vsh, const char *device, bool human, virTypedParameterPtr params, int n)
{
    if (human)
        shell_print(vsh, "Device: %s\n", device);
    for (size_t i = 0; i < sizeof(block_figures) / sizeof(*block_figures); i++) {
        long long value;

        if (virTypedParamsGetLLong(params, n, block_figures[i].name, &value) == 1)
            print_block_figure(vsh, device, human, &block_figures[i], value);
    }
}

int
run_domblkstat(struct shell *vsh, const struct domblkstat_args *args)
{
    const char *device = args->device ? args->device : "";
    virDomainPtr dom = args->domain;
    VIR_AUTO_FREE virTypedParameterPtr params = NULL;
    int n = 0;

    if (virDomainBlockStatsFlags(dom, device, NULL, &n, 0) < 0) {
        if (vsh->error_code == VIR_ERR_NO_SUPPORT) {
            shell_error_forget(vsh);
            if (print_old_block_stats(vsh, dom, device, args->human) == 0)
                return 0;
        }
        return shell_error(vsh, "Failed to get block stats %s %s", args->domain_text, device);
    }
    params = vir_alloc_array((size_t)n + 1, sizeof(*params));
    if (n > 0 && virDomainBlockStatsFlags(dom, device, params, &n, 0) < 0)     /* with 0 it would ask again */
        return shell_error(vsh, "Failed to get block stats for domain '%s' device '%s'",
                           args->domain_text, device);
    print_block_stats(vsh, device, args->human, params, n);
    virTypedParamsClear(params, n);
    return 0;
}

int
run_domifstat(struct shell *vsh, const struct domifstat_args *args)
{
    const char *device = args->interface;
    virDomainInterfaceStatsStruct stats;

    if (virDomainInterfaceStats(args->domain, device, &stats, sizeof(stats)) < 0)
        return shell_error(vsh, "Failed to get interface stats %s %s", args->domain_text, device);
    const struct { const char *name; long long value; } figures[] = {
        { "rx_bytes", stats.rx_bytes }, { "rx_packets", stats.rx_packets }, { "rx_errs", stats.rx_errs },
        { "rx_drop", stats.rx_drop }, { "tx_bytes", stats.tx_bytes }, { "tx_packets", stats.tx_packets },
        { "tx_errs", stats.tx_errs }, { "tx_drop", stats.tx_drop },
    };
    for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
        if (figures[i].value >= 0)
            shell_print(vsh, "%s %s %lld\n", device, figures[i].name, figures[i].value);
    }
    return 0;
}

int
run_dommemstat(struct shell *vsh, const struct dommemstat_args *args)
{
    static const char *const tags[VIR_DOMAIN_MEMORY_STAT_NR] = {
        "swap_in", "swap_out", "major_fault", "minor_fault", "unused", "available", "actual", "rss", "usable",
        "last_update", "disk_caches", "hugetlb_pgalloc", "hugetlb_pgfail",
    };
    /* scripts know this order */
    static const int order[] = { 6, 0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 7 };
    virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
    int n;

    if (args->period < 0)
        return shell_error(vsh, "Invalid collection period value '%lld'", args->period);
    if (args->has_period)
        return shell_did(vsh, virDomainSetMemoryStatsPeriod(args->domain, (int)args->period, args->flags),
                         NULL, NULL, "Unable to change balloon collection period.");
    n = virDomainMemoryStats(args->domain, stats, VIR_DOMAIN_MEMORY_STAT_NR, 0);
    if (n < 0)
        return shell_error(vsh, "Failed to get memory statistics for domain %s", args->domain_text);
    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
        for (int j = 0; j < n; j++) {
            if (stats[j].tag == order[i])
                shell_print(vsh, "%s %llu\n", tags[order[i]], stats[j].val);
        }
    }
    return 0;
}

static void
print_record(struct shell *vsh, const virDomainStatsRecord *record)
{
    shell_print(vsh, "Domain: '%s'\n", virDomainGetName(record->dom));
    for (int i = 0; i < record->nparams; i++) {
        VIR_AUTO_FREE char *text = shell_param_text(&record->params[i]);

        shell_print(vsh, "  %s=%s\n", record->params[i].field, text);
    }
}

int
run_domstats(struct shell *vsh, const struct domstats_args *args)
{
    virDomainStatsRecordPtr *records = NULL;
    /* which domains is said by their names, if there are any */
    const int n = args->n_domain > 0
        ? virDomainListGetStats(args->domain, args->groups, &records, args->flags)
        : virConnectGetAllDomainStats(vsh->conn, args->groups, &records, args->flags | args->only);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        if (i > 0)
            shell_print(vsh, "\n");
        print_record(vsh, records[i]);
    }
    virDomainStatsRecordListFree(records);
    return 0;
}

int
run_domdirtyrate_calc(struct shell *vsh, const struct domdirtyrate_calc_args *args)
{
    static const unsigned int modes[] = { VIR_DOMAIN_DIRTYRATE_MODE_PAGE_SAMPLING, VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_BITMAP,
                                          VIR_DOMAIN_DIRTYRATE_MODE_DIRTY_RING };

    if (virDomainStartDirtyRateCalc(args->domain, (int)args->seconds, args->mode < 0 ? 0 : modes[args->mode]) < 0)
        return -1;
    shell_print(vsh, "Start to calculate domain's memory dirty rate successfully.\n");
    return 0;
}
