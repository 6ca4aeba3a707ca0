/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The documents of snapshots, in memory and in files, which are those of libvirt 9.0.0:
 * NAME.xml in a folder of the domain's, and <active> says which one is the current one.
 */
#define VIR_LOG_SOURCE "qemu.snapshot"
#include "guest/snapshot.h"
#include "device/disk-images.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char header[] =
    "<!--\n"
    "This file belongs to libvirt: a change made here is seen only when the daemon\n"
    "starts and is lost with the next change through libvirt.  Use instead:\n"
    "  virsh snapshot-edit\n"
    "-->\n\n";

static const char end[] = "</domainsnapshot>";

/* ---- the set ------------------------------------------------------------------------------- */

struct vir_snapshots *
qemu_snapshots_of(struct vir_store_entry *entry)
{
    return ((struct qemu_domain *)entry)->snapshots;
}

unsigned int
qemu_snapshot_facts(const struct qemu_domainsnapshot_def *def)
{
    bool external = def->memory.snapshot == QEMU_DOMAINSNAPSHOT_MEMORY_SNAPSHOT_EXTERNAL;

    for (size_t i = 0; i < def->disks.n_disks; i++)
        external = external || def->disks.disks[i]->snapshot == QEMU_SNAPSHOT_DISK_SNAPSHOT_EXTERNAL;
    return vir_snapshot_facts(vir_xml_enum_word(&qemu_domainsnapshot_state_words, def->state), external);
}

char *
qemu_snapshot_format(const struct qemu_domainsnapshot_def *def, unsigned int flags)
{
    return qemu_domainsnapshot_def_format(def, VIR_XML_INACTIVE |
                                          (flags & VIR_DOMAIN_SNAPSHOT_XML_SECURE ? VIR_XML_SECURE : 0));
}

struct qemu_domainsnapshot_def *
qemu_snapshot_copy(struct qemu_domain *domain, const char *name)
{
    struct qemu_domainsnapshot_def *copy = NULL;
    struct vir_snapshot *found;

    qemu_domain_lock(domain);
    found = vir_snapshots_get(domain->snapshots, name);
    if (found)
        copy = qemu_domainsnapshot_def_copy(found->document);
    qemu_domain_unlock(domain);
    return copy;
}

/* ---- files --------------------------------------------------------------------------------- */

static char *
folder_of(const char *domain)
{
    return vir_strdup_printf("%s/qemu/snapshot/%s", qemu_driver.data_dir, domain);
}

/* To be closed. */
static int
open_keep(struct vir_keep *keep, const char *domain)
{
    VIR_AUTO_FREE char *below = vir_strdup_printf("qemu/snapshot/%s", domain);

    *keep = (struct vir_keep)VIR_KEEP_INIT("snapshot", false);
    return vir_keep_open(keep, qemu_driver.data_dir, below, NULL);
}

int
qemu_snapshots_rename(const char *old, const char *name)
{
    VIR_AUTO_FREE char *from = folder_of(old);
    VIR_AUTO_FREE char *to = folder_of(name);

    return rename(from, to) == 0 || errno == ENOENT ? 0 : vir_error_errno(errno, "cannot rename '%s' to '%s'", from, to);
}

static char *
text_of(const struct qemu_domainsnapshot_def *def, bool current)
{
    VIR_AUTO_FREE char *xml = qemu_snapshot_format(def, VIR_DOMAIN_SNAPSHOT_XML_SECURE);
    size_t before = 0;

    for (char *at = strstr(xml, end); at; at = strstr(at + 1, end))     /* the last one */
        before = (size_t)(at - xml);
    return vir_strdup_printf("%s%.*s  <active>%d</active>\n%s\n", header, (int)before, xml, current, end);
}

/* A snapshot that is there, with what is said of it now. */
static int
write_one(struct qemu_domain *domain, const struct vir_keep *keep, const char *name)
{
    VIR_AUTO_FREE char *text = NULL;
    struct vir_snapshot *snapshot;

    qemu_domain_lock(domain);
    snapshot = vir_snapshots_find(domain->snapshots, name);
    if (snapshot)
        text = text_of(snapshot->document, snapshot == vir_snapshots_current(domain->snapshots));
    qemu_domain_unlock(domain);
    return text ? vir_keep_write(keep, name, text) : 0;
}

static int
write_names(struct qemu_domain *domain, const char *const *names, size_t n)
{
    struct vir_keep keep;
    int ret = open_keep(&keep, domain->entry.name);

    for (size_t i = 0; i < n && ret == 0; i++)
        if (names[i])
            ret = write_one(domain, &keep, names[i]);
    vir_keep_close(&keep);
    return ret;
}

/* ---- changes ------------------------------------------------------------------------------- */

static char *
name_of_current(struct qemu_domain *domain)
{
    const struct vir_snapshot *current = vir_snapshots_current(domain->snapshots);

    return current ? vir_strdup(current->name) : NULL;
}

int
qemu_snapshot_check_keep(struct qemu_domain *domain)
{
    struct vir_keep keep;
    int ret = open_keep(&keep, domain->entry.name);

    vir_keep_close(&keep);
    return ret;
}

static int
write_new(struct qemu_domain *domain, const struct qemu_domainsnapshot_def *def, bool current)
{
    VIR_AUTO_FREE char *text = text_of(def, current);
    struct vir_keep keep;
    int ret = open_keep(&keep, domain->entry.name);

    if (ret == 0)
        ret = vir_keep_write(&keep, def->name, text);
    vir_keep_close(&keep);
    return ret;
}

/* With the lock held. */
static bool
is_current(struct qemu_domain *domain, const char *name)
{
    const struct vir_snapshot *current = vir_snapshots_current(domain->snapshots);

    return current && strcmp(current->name, name) == 0;
}

int
qemu_snapshot_keep(struct qemu_domain *domain, struct qemu_domainsnapshot_def *def, bool current)
{
    VIR_AUTO_FREE char *old = NULL;
    struct vir_snapshot *snapshot;
    bool stays;

    qemu_domain_lock(domain);
    stays = is_current(domain, def->name);
    qemu_domain_unlock(domain);
    if (write_new(domain, def, current || stays) < 0) {
        qemu_domainsnapshot_def_free(def);
        return -1;
    }
    qemu_domain_lock(domain);
    if (current && !stays)
        old = name_of_current(domain);
    snapshot = vir_snapshots_put(domain->snapshots, def->name, def->parent.present ? def->parent.name : NULL,
                                 qemu_snapshot_facts(def), def);
    if (current)
        vir_snapshots_set_current(domain->snapshots, snapshot);
    qemu_domain_unlock(domain);
    if (old && write_names(domain, (const char *const[]){ old }, 1) < 0)
        qemu_warn_error(domain->entry.name);            /* two files say that theirs is the current one */
    return 0;
}

int
qemu_snapshot_set_current(struct qemu_domain *domain, const char *name)
{
    VIR_AUTO_FREE char *old = NULL;

    qemu_domain_lock(domain);
    old = name_of_current(domain);
    vir_snapshots_set_current(domain->snapshots, name ? vir_snapshots_find(domain->snapshots, name) : NULL);
    qemu_domain_unlock(domain);
    return write_names(domain, (const char *const[]){ name, old && (!name || strcmp(old, name) != 0) ? old : NULL }, 2);
}

/* Its children descend from its parent; their names, and that of the current one if it was this; the caller frees. */
static char **
take_out(struct qemu_domain *domain, struct vir_snapshot *snapshot, size_t *ret_n)
{
    const struct vir_snapshot *parent = vir_snapshot_parent(domain->snapshots, snapshot);
    bool was_current = vir_snapshots_current(domain->snapshots) == snapshot;
    char **names = NULL;
    size_t n = 0;

    for (struct vir_snapshot *child = snapshot->first_child; child; child = child->next) {
        struct qemu_domainsnapshot_def *def = child->document;

        qemu_set_text(&def->parent.name, parent ? parent->name : NULL);
        def->parent.present = parent != NULL;
        names = vir_realloc_array(names, n + 2, sizeof(*names));
        names[n++] = vir_strdup(child->name);
    }
    if (was_current && parent) {
        names = vir_realloc_array(names, n + 1, sizeof(*names));
        names[n++] = vir_strdup(parent->name);
    }
    vir_snapshots_remove(domain->snapshots, snapshot);
    *ret_n = n;
    return names;
}

static int
remove_file(const char *domain, const char *name)
{
    struct vir_keep keep;
    int ret = open_keep(&keep, domain);

    if (ret == 0)
        ret = vir_keep_remove(&keep, name);
    if (ret == 0)
        rmdir(keep.dir.path);           /* if it is empty */
    vir_keep_close(&keep);
    return ret;
}

int
qemu_snapshot_forget(struct qemu_domain *domain, const char *name)
{
    struct vir_snapshot *snapshot;
    char **names = NULL;
    size_t n = 0;
    int ret = 0;

    qemu_domain_lock(domain);
    snapshot = vir_snapshots_find(domain->snapshots, name);
    if (snapshot)
        names = take_out(domain, snapshot, &n);
    qemu_domain_unlock(domain);
    if (n > 0)
        ret = write_names(domain, (const char *const *)names, n);
    while (n > 0)
        free(names[--n]);
    free(names);
    return remove_file(domain->entry.name, name) < 0 ? -1 : ret;
}

/* What the definition DOC of a snapshot says of the images of the one that is merged. */
static void
say_merged(struct qemu_domain_def *doc, const struct qemu_domainsnapshot_def *merged)
{
    for (size_t i = 0; doc && i < merged->disks.n_disks; i++) {
        const struct qemu_snapshot_disk_def *said = merged->disks.disks[i];

        if (said->snapshot == QEMU_SNAPSHOT_DISK_SNAPSHOT_EXTERNAL && said->source.file)
            qemu_disk_merged(doc, said->name, said->source.file, merged->domain);
    }
}

int
qemu_snapshots_merged(struct qemu_domain *domain, const struct qemu_domainsnapshot_def *def)
{
    VIR_AUTO_FREE struct vir_snapshot **below = NULL;
    char **names;
    struct vir_snapshot *snapshot;
    size_t n = 0;
    int ret;

    qemu_domain_lock(domain);
    snapshot = vir_snapshots_find(domain->snapshots, def->name);
    if (snapshot)
        n = vir_snapshots_below(domain->snapshots, snapshot, &below);
    names = vir_alloc_array(n + 1, sizeof(*names));
    for (size_t i = 0; i < n; i++) {
        struct qemu_domainsnapshot_def *child = below[i]->document;

        say_merged(child->domain, def);
        say_merged(child->inactive_domain, def);
        names[i] = vir_strdup(below[i]->name);
    }
    qemu_domain_unlock(domain);
    ret = n > 0 ? write_names(domain, (const char *const *)names, n) : 0;
    while (n > 0)
        free(names[--n]);
    free(names);
    return ret;
}

int
qemu_snapshots_forget(struct qemu_domain *domain)
{
    int ret = 0;

    while (ret == 0) {
        VIR_AUTO_FREE struct vir_snapshot **all = NULL;
        VIR_AUTO_FREE char *name = NULL;
        size_t n;

        qemu_domain_lock(domain);
        n = vir_snapshots_below(domain->snapshots, NULL, &all);
        name = n > 0 ? vir_strdup(all[n - 1]->name) : NULL;     /* from the leaves on */
        qemu_domain_unlock(domain);
        if (!name)
            break;
        ret = qemu_snapshot_forget(domain, name);
    }
    return ret;
}

/* ---- when the daemon begins -------------------------------------------------------------------- */

struct loading { struct qemu_domain *domain; char *current; };

static bool
is_marked(const char *text)
{
    const char *last = NULL;

    for (const char *at = strstr(text, "<active>"); at; at = strstr(at + 1, "<active>"))
        last = at;
    return last && last[strlen("<active>")] == '1';
}

static int
check_kept(const struct qemu_domainsnapshot_def *def, const char *name, const struct qemu_domain *domain)
{
    if (!def->name || strcmp(def->name, name) != 0)
        return vir_error(VIR_ERR_XML_ERROR, "the file is of the snapshot '%s'", def->name ? def->name : "");
    if (def->domain && memcmp(def->domain->uuid, domain->entry.uuid, VIR_UUID_BUFLEN) != 0)
        return vir_error(VIR_ERR_XML_ERROR, "the snapshot is of another domain that was called '%s'", domain->entry.name);
    return def->state && def->has_creation_time ? 0
        : vir_error(VIR_ERR_XML_ERROR, "the file does not say when the snapshot was made, and of what state");
}

static int
load(const char *name, const char *text, void *opaque)
{
    struct loading *loading = opaque;
    struct qemu_domainsnapshot_def *def = qemu_domainsnapshot_def_parse(text, VIR_XML_INACTIVE | VIR_XML_LOCAL | VIR_XML_OWN);

    if (!def || check_kept(def, name, loading->domain) < 0) {
        qemu_domainsnapshot_def_free(def);
        return -1;
    }
    vir_snapshots_put(loading->domain->snapshots, name, NULL, qemu_snapshot_facts(def), def);
    if (is_marked(text))
        qemu_set_text(&loading->current, name);
    return 0;
}

/* All are there: each goes below the one that it says. */
static void
hang(struct qemu_domain *domain)
{
    VIR_AUTO_FREE struct vir_snapshot **all = NULL;
    size_t n = vir_snapshots_below(domain->snapshots, NULL, &all);

    for (size_t i = 0; i < n; i++) {
        struct qemu_domainsnapshot_def *def = all[i]->document;

        if (!def->parent.present)
            continue;
        if (vir_snapshots_check_parent(domain->snapshots, def->name, def->parent.name) < 0)
            qemu_warn_error(domain->entry.name);        /* and it is a root */
        else
            vir_snapshots_put(domain->snapshots, def->name, def->parent.name, all[i]->facts, def);
    }
}

void
qemu_snapshots_load(struct qemu_domain *domain)
{
    VIR_AUTO_FREE char *path = folder_of(domain->entry.name);
    struct loading loading = { domain, NULL };
    struct vir_keep keep;

    if (access(path, F_OK) < 0)
        return;
    if (open_keep(&keep, domain->entry.name) < 0) {
        qemu_warn_error(domain->entry.name);
    } else {
        vir_keep_load(&keep, load, &loading);
        hang(domain);
        if (loading.current)
            vir_snapshots_set_current(domain->snapshots, vir_snapshots_find(domain->snapshots, loading.current));
    }
    free(loading.current);
    vir_keep_close(&keep);
}
