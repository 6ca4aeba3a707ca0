/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list-all call of a driver: handles for the domains that match a mask of flags. */
#include "store-private.h"

#include <stdlib.h>

#define LIST(flag) VIR_CONNECT_LIST_DOMAINS_##flag

/* A group of flags filters only if one of its flags is given. */
static bool
pair_matches(unsigned int flags, unsigned int yes, unsigned int no, bool fact)
{
    return !(flags & (yes | no)) || flags & (fact ? yes : no);
}

static unsigned int
state_flag(int state)
{
    switch (state) {
    case VIR_DOMAIN_RUNNING:
        return LIST(RUNNING);
    case VIR_DOMAIN_PAUSED:
        return LIST(PAUSED);
    case VIR_DOMAIN_SHUTOFF:
        return LIST(SHUTOFF);
    default:
        return LIST(OTHER);
    }
}

static bool
entry_matches(unsigned int flags, const struct vir_store_facts *facts, bool active)
{
    const unsigned int states = LIST(RUNNING) | LIST(PAUSED) | LIST(SHUTOFF) | LIST(OTHER);

    return pair_matches(flags, LIST(ACTIVE), LIST(INACTIVE), active) &&
           pair_matches(flags, LIST(PERSISTENT), LIST(TRANSIENT), facts->persistent) &&
           pair_matches(flags, LIST(MANAGEDSAVE), LIST(NO_MANAGEDSAVE), facts->managed_save) &&
           pair_matches(flags, LIST(AUTOSTART), LIST(NO_AUTOSTART), facts->autostart) &&
           pair_matches(flags, LIST(HAS_SNAPSHOT), LIST(NO_SNAPSHOT), facts->has_snapshot) &&
           pair_matches(flags, LIST(HAS_CHECKPOINT), LIST(NO_CHECKPOINT), facts->has_checkpoint) &&
           (!(flags & states) || flags & state_flag(facts->state));
}

int
vir_store_list_domains(struct vir_store *store, virConnectPtr conn, virDomainPtr **ret_domains,
                       unsigned int flags,
                       void (*facts)(struct vir_store_entry *entry, struct vir_store_facts *ret))
{
    struct vir_store_entry **list;
    size_t n = vir_store_list(store, &list), found = 0;
    virDomainPtr *domains = ret_domains ? vir_alloc_array(n + 1, sizeof(*domains)) : NULL;

    for (size_t i = 0; i < n; i++) {
        struct vir_store_facts fact = { .persistent = true };
        bool matches;
        int id;

        vir_store_lock(list[i]);
        facts(list[i], &fact);
        id = list[i]->id;
        matches = !list[i]->dead && entry_matches(flags, &fact, id >= 0);
        vir_store_unlock(list[i]);
        if (matches && domains)
            domains[found] = vir_domain_new(conn, list[i]->name, list[i]->uuid, id);
        if (matches && (!domains || domains[found]))
            found++;
    }
    vir_store_list_free(list, n);
    if (ret_domains)
        *ret_domains = domains;
    return (int)found;
}
