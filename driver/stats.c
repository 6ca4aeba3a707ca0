/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statistics of many domains in one call: which domains, which groups, their records.  All are asked
 * before the first is told, so that none waits for another.
 */
#include "store-private.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_DOMAINS = 16384 };           /* of one call; what the wire takes */

struct vir_stats {
    struct vir_store_entry *entry;      /* a reference */
    void *asked;                        /* the module's, zeroed */
    virDomainStatsRecordPtr record;
    int room;                           /* of its parameters */
};

/* ---- figures ------------------------------------------------------------------ */

/* A figure that is called as FMT says. */
#define ADD(stats, fmt, call, value)                                          \
    do {                                                                      \
        char name_[VIR_TYPED_PARAM_FIELD_LENGTH];                             \
        va_list args_;                                                        \
        va_start(args_, fmt);                                                 \
        vsnprintf(name_, sizeof(name_), fmt, args_);                          \
        va_end(args_);                                                        \
        call(&(stats)->record->params, &(stats)->record->nparams, &(stats)->room, name_, value); \
    } while (0)

void
vir_stats_int(struct vir_stats *stats, int value, const char *fmt, ...)
{
    ADD(stats, fmt, virTypedParamsAddInt, value);
}

void
vir_stats_uint(struct vir_stats *stats, unsigned int value, const char *fmt, ...)
{
    ADD(stats, fmt, virTypedParamsAddUInt, value);
}

void
vir_stats_llong(struct vir_stats *stats, long long value, const char *fmt, ...)
{
    ADD(stats, fmt, virTypedParamsAddLLong, value);
}

void
vir_stats_ullong(struct vir_stats *stats, unsigned long long value, const char *fmt, ...)
{
    ADD(stats, fmt, virTypedParamsAddULLong, value);
}

void
vir_stats_bool(struct vir_stats *stats, bool value, const char *fmt, ...)
{
    ADD(stats, fmt, virTypedParamsAddBoolean, value);
}

void
vir_stats_text(struct vir_stats *stats, const char *value, const char *fmt, ...)
{
    ADD(stats, fmt, virTypedParamsAddString, value);
}

/* ---- which domains ------------------------------------------------------------- */

static bool
is_wanted(struct vir_store_entry *entry, unsigned int flags)
{
    const struct vir_store_kind *kind = store_part(entry)->kind;
    bool wanted;

    vir_store_lock(entry);
    wanted = !entry->dead &&
        vir_domain_listed(kind->facts(entry) | (entry->id >= 0 ? VIR_CONNECT_LIST_DOMAINS_ACTIVE : 0), flags);
    vir_store_unlock(entry);
    return wanted;
}

/* Those asked for, or all; each with a reference.  Who is gone is left out. */
static struct vir_stats *
collect(struct vir_store *store, virDomainPtr *doms, unsigned int n_doms, unsigned int flags, size_t *ret_n)
{
    struct vir_store_entry **list = NULL;
    size_t all = n_doms ? n_doms : vir_store_list(store, &list), n = 0;
    struct vir_stats *stats = vir_alloc_array(all + 1, sizeof(*stats));

    for (size_t i = 0; i < all; i++) {
        struct vir_store_entry *entry = n_doms ? vir_store_by_uuid(store, vir_domain_uuid(doms[i])) : list[i];

        if (entry && is_wanted(entry, flags))
            stats[n++].entry = entry;
        else
            vir_store_unref(entry);
    }
    free(list);
    *ret_n = n;
    return stats;
}

/* ---- the call ------------------------------------------------------------------- */

static unsigned int
known_groups(const struct vir_stats_table *table)
{
    unsigned int known = 0;

    for (size_t i = 0; i < table->n_groups; i++)
        known |= table->groups[i].bit;
    return known;
}

static void
tell(const struct vir_stats_table *table, struct vir_stats *stats, virConnectPtr conn, unsigned int groups)
{
    struct vir_store_entry *entry = stats->entry;

    stats->record = VIR_NEW(virDomainStatsRecord);
    vir_store_lock(entry);
    stats->record->dom = vir_domain_new(conn, entry->name, entry->uuid, entry->id);
    vir_store_unlock(entry);
    for (size_t i = 0; i < table->n_groups; i++)
        if (groups & table->groups[i].bit && table->groups[i].tell)
            table->groups[i].tell(stats, entry, stats->asked);
}

int
vir_stats_collect(const struct vir_stats_table *table, struct vir_store *store, virConnectPtr conn,
                  virDomainPtr *doms, unsigned int n_doms, unsigned int groups,
                  virDomainStatsRecordPtr **ret_records, unsigned int flags)
{
    const unsigned int known = known_groups(table);
    virDomainStatsRecordPtr *records;
    struct vir_stats *stats;
    size_t n;

    if (flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS && groups & ~known)
        return vir_raise(table->error_domain, VIR_ERR_ARGUMENT_UNSUPPORTED,
                         "of the groups of statistics 0x%x the bits 0x%x are not told here", groups,
                         groups & ~known);
    if (n_doms > MAX_DOMAINS)
        return vir_raise(table->error_domain, VIR_ERR_INVALID_ARG, "%u domains are more than %d", n_doms,
                         MAX_DOMAINS);
    groups = groups ? groups & known : known;
    stats = collect(store, doms, n_doms, flags & VIR_DOMAIN_LIST_FLAGS, &n);
    for (size_t i = 0; i < n && table->ask; i++) {
        stats[i].asked = vir_alloc(table->asked_size);
        table->ask(stats[i].entry, groups, flags, stats[i].asked);
    }
    records = vir_alloc_array(n + 1, sizeof(*records));
    for (size_t i = 0; i < n; i++) {
        tell(table, &stats[i], conn, groups);
        records[i] = stats[i].record;
        if (table->forget)
            table->forget(stats[i].asked);
        free(stats[i].asked);
        vir_store_unref(stats[i].entry);
    }
    free(stats);
    *ret_records = records;
    return (int)n;
}
