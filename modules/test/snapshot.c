/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Snapshots: what a domain was at some moment, and going back to it.  They are
 * documents, in memory, as the domains are.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test.h"

struct vir_snapshots *
test_snapshots_of(struct vir_store_entry *entry)
{
    return ((struct test_domain *)entry)->snapshots;
}

static bool
is_off(const struct test_domainsnapshot_def *def)
{
    return def->state == TEST_DOMAINSNAPSHOT_STATE_SHUTOFF || def->state == TEST_DOMAINSNAPSHOT_STATE_CRASHED;
}

static unsigned int
facts_of(const struct test_domainsnapshot_def *def)
{
    bool external = def->memory.snapshot == TEST_DOMAINSNAPSHOT_MEMORY_SNAPSHOT_EXTERNAL;

    for (size_t i = 0; i < def->disks.n_disks; i++)
        external = external || def->disks.disks[i]->snapshot == TEST_SNAPSHOT_DISK_SNAPSHOT_EXTERNAL;
    return vir_snapshot_facts(vir_xml_enum_word(&test_domainsnapshot_state_words, def->state), external);
}

static struct vir_snapshot *
put(struct test_domain *td, struct test_domainsnapshot_def *def)
{
    return vir_snapshots_put(td->snapshots, def->name, def->parent.present ? def->parent.name : NULL, facts_of(def), def);
}

/* ---- making ------------------------------------------------------------------------------- */

/* Each disk that is said goes to ALL at its number. */
static int
match(const struct test_domainsnapshot_def *def, const struct vir_snapshot_disk *disks, size_t n,
      struct test_snapshot_disk_def **all)
{
    size_t n_said = def->disks.n_disks;
    VIR_AUTO_FREE const char **names = vir_alloc_array(n_said + 1, sizeof(*names));
    VIR_AUTO_FREE size_t *which = vir_alloc_array(n_said + 1, sizeof(*which));

    for (size_t k = 0; k < n_said; k++)
        names[k] = def->disks.disks[k]->name;
    if (vir_snapshot_match_disks(disks, n, names, n_said, which) < 0)
        return -1;
    for (size_t k = 0; k < n_said; k++)
        all[which[k]] = def->disks.disks[k];
    return 0;
}

/* All disks of the domain, in its order, in place of those that were said. */
static int
complete_disks(struct test_domainsnapshot_def *def, const struct test_domain_def *domain, bool external)
{
    size_t n = domain->devices.n_disks;
    VIR_AUTO_FREE struct vir_snapshot_disk *disks = vir_alloc_array(n + 1, sizeof(*disks));
    VIR_AUTO_FREE struct test_snapshot_disk_def **all = vir_alloc_array(n + 1, sizeof(*all));
    int ret;

    for (size_t i = 0; i < n; i++) {
        const struct test_disk_def *disk = domain->devices.disks[i];

        disks[i] = (struct vir_snapshot_disk){
            .target = disk->target.dev, .source = disk->source.file, .path = disk->source.file,
            .left_out = !disk->source.present || disk->readonly,
        };
    }
    if (match(def, disks, n, all) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!all[i])
            all[i] = test_snapshot_disk_def_new();
        free(all[i]->name);
        all[i]->name = vir_strdup(disks[i].target);
        disks[i].place = (int)all[i]->snapshot;
        disks[i].file = all[i]->source.file;
    }
    ret = vir_snapshot_complete_disks(disks, n, def->name, external ? VIR_SNAPSHOT_EXTERNAL : VIR_SNAPSHOT_INTERNAL, !external);
    for (size_t i = 0; i < n; i++) {
        all[i]->snapshot = (enum test_snapshot_disk_snapshot)disks[i].place;
        all[i]->source.file = disks[i].file;
        all[i]->source.present = disks[i].file != NULL;
    }
    free(def->disks.disks);             /* all that were in it are in the new list */
    def->disks.disks = vir_steal(&all);
    def->disks.n_disks = n;
    def->disks.present = n > 0;
    return ret;
}

static void
complete_state(struct test_domainsnapshot_def *def, const struct test_domain *td)
{
    def->state = td->state == VIR_DOMAIN_PAUSED ? TEST_DOMAINSNAPSHOT_STATE_PAUSED
        : test_domain_runs(td) ? TEST_DOMAINSNAPSHOT_STATE_RUNNING : TEST_DOMAINSNAPSHOT_STATE_SHUTOFF;
    if (!def->memory.snapshot)
        def->memory.snapshot = test_domain_runs(td) ? TEST_DOMAINSNAPSHOT_MEMORY_SNAPSHOT_INTERNAL
            : TEST_DOMAINSNAPSHOT_MEMORY_SNAPSHOT_NO;
    def->memory.present = true;
}

/* What the document of a new one leaves out. */
static int
complete(struct test_domainsnapshot_def *def, const struct test_domain *td)
{
    const struct vir_snapshot *parent = vir_snapshots_current(td->snapshots);

    def->creation_time = (unsigned long long)time(NULL);
    def->has_creation_time = true;
    if (!def->name)
        def->name = vir_strdup_printf("%llu", def->creation_time);
    if (vir_snapshot_check_name(def->name) < 0 || vir_snapshots_check_new(td->snapshots, def->name) < 0)
        return -1;
    if (def->memory.snapshot == TEST_DOMAINSNAPSHOT_MEMORY_SNAPSHOT_EXTERNAL && !test_domain_runs(td))
        return vir_raise(VIR_FROM_DOMAIN_SNAPSHOT, VIR_ERR_XML_ERROR,
                         "memory state cannot be saved with offline or disk-only snapshot");
    complete_state(def, td);
    free(def->parent.name);
    def->parent.name = parent ? vir_strdup(parent->name) : NULL;
    def->parent.present = parent != NULL;
    test_domain_def_free(def->domain);
    def->domain = test_domain_def_copy(td->def);
    return complete_disks(def, td->def, def->memory.snapshot == TEST_DOMAINSNAPSHOT_MEMORY_SNAPSHOT_EXTERNAL);
}

static int
check_redefined(struct test_domainsnapshot_def *def, const struct test_domain *td)
{
    const struct vir_snapshot *old = def->name ? vir_snapshots_find(td->snapshots, def->name) : NULL;
    const struct test_domainsnapshot_def *was = old ? old->document : NULL;
    const struct vir_snapshot_said said = {
        .name = def->name, .parent = def->parent.present ? def->parent.name : NULL, .has_time = def->has_creation_time,
        .has_state = def->state, .uuid = def->domain ? def->domain->uuid : NULL,
        .facts = def->state ? facts_of(def) : 0, .domain = def->domain ? def->domain->name : NULL,
        .domain_was = was && was->domain ? was->domain->name : NULL,
    };

    if (vir_snapshots_check_redefined(td->snapshots, &said, td->entry.uuid) < 0)
        return -1;
    return complete_disks(def, def->domain, said.facts & VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL);
}

static void
halt(virDomainPtr dom, struct test_domain *td)
{
    test_domain_stop(test_host_of(vir_domain_connect(dom)), td, VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT,
                     VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
    vir_domain_set_id(dom, -1);
}

virDomainSnapshotPtr
test_domain_snapshot_create_xml(virDomainPtr dom, const char *xml, unsigned int flags)
{
    bool anew = flags & VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE;
    struct test_domainsnapshot_def *def = test_domainsnapshot_def_parse(
        xml, VIR_XML_INACTIVE | (flags & VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE ? VIR_XML_VALIDATE : 0));
    TEST_LOCKED td = def ? test_domain_get(dom) : NULL;
    struct vir_snapshot *snapshot;

    if (!td || (anew ? check_redefined(def, td) : complete(def, td)) < 0) {
        test_domainsnapshot_def_free(def);
        return NULL;
    }
    snapshot = put(td, def);
    if (!anew || flags & VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT)
        vir_snapshots_set_current(td->snapshots, snapshot);
    if (!anew && flags & VIR_DOMAIN_SNAPSHOT_CREATE_HALT && test_domain_runs(td))
        halt(dom, td);
    return vir_snapshot_new(dom, snapshot->name);
}

/* ---- looking ---------------------------------------------------------------------------------- */

char *
test_domain_snapshot_get_xml_desc(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(vir_snapshot_domain(snapshot));
    struct vir_snapshot *found = td ? vir_snapshots_get(td->snapshots, vir_snapshot_name(snapshot)) : NULL;

    return !found ? NULL : test_domainsnapshot_def_format(
        found->document, VIR_XML_INACTIVE | (flags & VIR_DOMAIN_SNAPSHOT_XML_SECURE ? VIR_XML_SECURE : 0));
}

/* ---- going back ------------------------------------------------------------------------------- */

static void
run(struct test_host *host, struct test_domain *td, bool paused)
{
    bool ran = test_domain_runs(td), was_paused = td->state == VIR_DOMAIN_PAUSED;

    test_domain_set_id(host, td, ran ? td->entry.id : atomic_fetch_add(&host->last_id, 1) + 1);
    td->state = paused ? VIR_DOMAIN_PAUSED : VIR_DOMAIN_RUNNING;
    td->reason = paused ? VIR_DOMAIN_PAUSED_FROM_SNAPSHOT : VIR_DOMAIN_RUNNING_FROM_SNAPSHOT;
    if (!ran)
        test_domain_tell(host, td, VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT);
    if (paused && (!ran || !was_paused))
        test_domain_tell(host, td, VIR_DOMAIN_EVENT_SUSPENDED, VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT);
    else if (!paused && ran && was_paused)
        test_domain_tell(host, td, VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT);
}

/* The definition that the domain had then. */
static void
take_definition(struct test_domain *td, const struct test_domainsnapshot_def *def)
{
    struct test_domain_def *next = test_domain_runs(td) && !td->next ? test_domain_def_copy(td->def) : NULL;

    if (next)
        td->next = next;                /* what it will start as stays */
    test_domain_def_free(td->def);
    td->def = test_domain_def_copy(def->domain);
    free(td->def->name);                /* the document may know it by another one */
    td->def->name = vir_strdup(td->entry.name);
}

static int
revert(virDomainPtr dom, struct test_domain *td, struct vir_snapshot *snapshot, unsigned int flags)
{
    struct test_host *host = test_host_of(vir_domain_connect(dom));
    const struct test_domainsnapshot_def *def = snapshot->document;
    bool running = flags & VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING, paused = flags & VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED;

    if (!td->persistent && is_off(def) && !running && !paused)
        return vir_error(VIR_ERR_OPERATION_INVALID, "transient domain needs to request run or pause to revert to inactive "
                         "snapshot");
    if (test_domain_runs(td) && is_off(def) && (running || paused) && !(flags & VIR_DOMAIN_SNAPSHOT_REVERT_FORCE))
        return vir_error(VIR_ERR_SNAPSHOT_REVERT_RISKY, "must respawn guest to start inactive snapshot");
    vir_snapshots_set_current(td->snapshots, snapshot);
    if (is_off(def) && test_domain_runs(td))
        test_domain_halt(host, td, VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT, VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT);
    take_definition(td, def);
    if (!is_off(def) || running || paused)
        run(host, td, paused || (def->state == TEST_DOMAINSNAPSHOT_STATE_PAUSED && !running));
    else
        test_domain_set_id(host, td, -1);
    vir_domain_set_id(dom, td->entry.id);
    return 0;
}

int
test_domain_revert_to_snapshot(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    virDomainPtr dom = vir_snapshot_domain(snapshot);
    TEST_LOCKED td = test_domain_get(dom);
    struct vir_snapshot *found = td ? vir_snapshots_get(td->snapshots, vir_snapshot_name(snapshot)) : NULL;

    return found ? revert(dom, td, found, flags) : -1;
}

/* ---- deleting --------------------------------------------------------------------------------- */

/* Their documents name what they descend from. */
static void
rename_parents(const struct vir_snapshot *of, const struct vir_snapshot *parent)
{
    for (struct vir_snapshot *child = of->first_child; child; child = child->next) {
        struct test_domainsnapshot_def *def = child->document;

        free(def->parent.name);
        def->parent.name = parent ? vir_strdup(parent->name) : NULL;
        def->parent.present = parent != NULL;
    }
}

int
test_domain_snapshot_delete(virDomainSnapshotPtr snapshot, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(vir_snapshot_domain(snapshot));
    struct vir_snapshot *found = td ? vir_snapshots_get(td->snapshots, vir_snapshot_name(snapshot)) : NULL;
    VIR_AUTO_FREE struct vir_snapshot **below = NULL;
    size_t n = 0;

    if (!found)
        return -1;
    if (flags & (VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN | VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY))
        n = vir_snapshots_below(td->snapshots, found, &below);
    while (n > 0)
        vir_snapshots_remove(td->snapshots, below[--n]);
    if (flags & VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY)
        return 0;
    rename_parents(found, vir_snapshot_parent(td->snapshots, found));
    vir_snapshots_remove(td->snapshots, found);
    return 0;
}
