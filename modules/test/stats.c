/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics of many domains in one call. */
#include "test.h"

static void
tell_state(struct vir_stats *stats, struct vir_store_entry *entry, void *asked)
{
    const struct test_domain *td = (const struct test_domain *)entry;
    int state, reason;

    (void)asked;
    vir_store_lock(entry);
    state = td->state;
    reason = td->reason;
    vir_store_unlock(entry);
    vir_stats_int(stats, state, "state.state");
    vir_stats_int(stats, reason, "state.reason");
}

static const struct vir_stats_group groups[] = {
    { VIR_DOMAIN_STATS_STATE, tell_state },
    { VIR_DOMAIN_STATS_IOTHREAD, NULL },        /* no domain has such threads */
};

static const struct vir_stats_table table = {
    .error_domain = VIR_MODULE_DOMAIN, .groups = groups, .n_groups = sizeof(groups) / sizeof(groups[0]),
};

int
test_connect_get_all_domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int n_doms,
                                  unsigned int stats, virDomainStatsRecordPtr **ret_records,
                                  unsigned int flags)
{
    return vir_stats_collect(&table, test_host_of(conn)->domains, conn, doms, n_doms, stats, ret_records, flags);
}
