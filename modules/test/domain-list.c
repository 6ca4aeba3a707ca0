/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Finding domains, and answers about many of them at once.
 */
#include <stdlib.h>

#include "test.h"

int
test_connect_num_of_domains(virConnectPtr conn)
{
    return (int)vir_store_count(test_host_of(conn)->domains, true);
}

int
test_connect_num_of_defined_domains(virConnectPtr conn)
{
    return (int)vir_store_count(test_host_of(conn)->domains, false);
}

static void
facts(struct vir_store_entry *entry, struct vir_store_facts *ret)
{
    struct test_domain *td = (struct test_domain *)entry;

    *ret = (struct vir_store_facts){
        .persistent = td->persistent, .autostart = td->autostart, .state = td->state,
    };
}

/* Takes every flag of the call. */
int
test_connect_list_all_domains(virConnectPtr conn, virDomainPtr **ret_domains, unsigned int flags)
{
    return vir_store_list_domains(test_host_of(conn)->domains, conn, ret_domains, flags, facts);
}

/* The handle for what a look-up found; takes over the reference.  NULL: nothing, error set. */
static virDomainPtr
found(virConnectPtr conn, struct vir_store_entry *entry)
{
    virDomainPtr dom;

    if (!entry)
        return NULL;
    vir_store_lock(entry);
    dom = vir_domain_new(conn, entry->name, entry->uuid, entry->id);
    vir_store_unlock(entry);
    vir_store_unref(entry);
    return dom;
}

virDomainPtr
test_domain_lookup_by_id(virConnectPtr conn, int id)
{
    return found(conn, vir_store_find_id(test_host_of(conn)->domains, id));
}

virDomainPtr
test_domain_lookup_by_name(virConnectPtr conn, const char *name)
{
    return found(conn, vir_store_find_name(test_host_of(conn)->domains, name));
}

virDomainPtr
test_domain_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid)
{
    return found(conn, vir_store_find_uuid(test_host_of(conn)->domains, uuid, NULL));
}

/* ---- statistics ---------------------------------------------------------------- */

/* One domain's record with the group of its state, or with none; NULL with an error if it is gone. */
static virDomainStatsRecordPtr
record(virDomainPtr dom, bool with_state)
{
    virDomainStatsRecordPtr rec;
    TEST_LOCKED td = test_domain_get(dom);
    int max = 0;

    if (!td)
        return NULL;
    rec = VIR_NEW(virDomainStatsRecord);
    rec->dom = vir_domain_new(vir_domain_connect(dom), td->entry.name, td->entry.uuid, td->entry.id);
    if (with_state &&
        (virTypedParamsAddInt(&rec->params, &rec->nparams, &max, "state.state", td->state) < 0 ||
         virTypedParamsAddInt(&rec->params, &rec->nparams, &max, "state.reason", td->reason) < 0)) {
        virTypedParamsFree(rec->params, rec->nparams);
        virDomainFree(rec->dom);
        free(rec);
        return NULL;
    }
    return rec;
}

/* Takes the flags of the list that are about states, NOWAIT (nothing ever waits),
 * BACKING (no disk has a chain) and ENFORCE_STATS.  There is one group, the state;
 * domains that vanish meanwhile are left out. */
int
test_connect_get_all_domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int n_doms,
                                  unsigned int stats, virDomainStatsRecordPtr **ret_records,
                                  unsigned int flags)
{
    const unsigned int enforce = VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS;
    const unsigned int not_of_list = enforce | VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT |
                                     VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING;
    virDomainPtr *all = NULL;
    virDomainStatsRecordPtr *records;
    int n = (int)n_doms, kept = 0;

    if (flags & enforce && stats & ~VIR_DOMAIN_STATS_STATE)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "statistics groups 0x%x: only the state (0x%x) is told",
                         stats, VIR_DOMAIN_STATS_STATE);
    if (n_doms == 0) {
        n = test_connect_list_all_domains(conn, &all, flags & ~not_of_list);
        if (n < 0)
            return -1;
        doms = all;
    }
    records = vir_alloc_array((size_t)n + 1, sizeof(*records));
    for (int i = 0; i < n; i++) {
        records[kept] = record(doms[i], stats == 0 || stats & VIR_DOMAIN_STATS_STATE);
        kept += records[kept] != NULL;
    }
    for (int i = 0; all && i < n; i++)
        virDomainFree(all[i]);
    free(all);
    virResetLastError();                /* of domains that vanished */
    *ret_records = records;
    return kept;
}
