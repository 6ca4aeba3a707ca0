/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots of domains. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "commands/snapshot-spec.h"
#include "commands/tree.h"
#include "rows/snapshot.h"

void *
virsh_snapshot_find(struct shell *vsh, const struct shell_call *call, const void *args, const char *text)
{
    (void)vsh;                          /* the library's error says it all */
    return virDomainSnapshotLookupByName(shell_argument_object(call, args, SHELL_DOMAIN), text, 0);
}

/* SNAPSHOT or, if that is NULL, the current one of DOM: a reference. */
static virDomainSnapshotPtr
chosen(virDomainPtr dom, virDomainSnapshotPtr snapshot)
{
    if (!snapshot)
        return virDomainSnapshotCurrent(dom, 0);
    virDomainSnapshotRef(snapshot);
    return snapshot;
}

/* The name of what SNAPSHOT descends from, caller frees; NULL: there is none, or it cannot be had. */
static char *
parent_of(struct shell *vsh, virDomainSnapshotPtr snapshot)
{
    virDomainSnapshotPtr parent = virDomainSnapshotGetParent(snapshot, 0);
    char *name = parent ? vir_strdup(virDomainSnapshotGetName(parent)) : NULL;

    if (parent)
        virDomainSnapshotFree(parent);
    else
        shell_error_forget(vsh);
    return name;
}

/* ---- making ---------------------------------------------------------------------------------- */

static int
create(struct shell *vsh, virDomainPtr dom, const char *xml, const char *from, unsigned int flags)
{
    virDomainSnapshotPtr made = virDomainSnapshotCreateXML(dom, xml, flags);

    if (!made)
        return -1;
    if (from)
        shell_print_extra(vsh, "Domain snapshot %s created from '%s'", virDomainSnapshotGetName(made), from);
    else
        shell_print_extra(vsh, "Domain snapshot %s created", virDomainSnapshotGetName(made));
    virDomainSnapshotFree(made);
    return 0;
}

int
run_snapshot_create(struct shell *vsh, const struct snapshot_create_args *args)
{
    return create(vsh, args->domain, args->xmlfile ? args->xmlfile : "<domainsnapshot/>", args->xmlfile_path, args->flags);
}

int
run_snapshot_create_as(struct shell *vsh, const struct snapshot_create_as_args *args)
{
    const struct snapshot_spec spec = { args->name, args->description, args->memspec, args->diskspec, args->n_diskspec };
    VIR_AUTO_FREE char *xml = virsh_snapshot_document(vsh, &spec);

    if (!xml)
        return -1;
    if (!args->print_xml)
        return create(vsh, args->domain, xml, NULL, args->flags);
    shell_print(vsh, "%s\n", xml);
    return 0;
}

/* ---- one ------------------------------------------------------------------------------------- */

/* Where its memory and its disks are, of which the document tells. */
static const char *
location_of(struct shell *vsh, const char *xml, const char *state)
{
    VIR_AUTO_FREE char *found = virsh_xml_string(vsh, xml, "string(/domainsnapshot/memory[@snapshot='external']/@snapshot | "
                                                 "/domainsnapshot/disks/disk[@snapshot='external']/@snapshot)");

    return strcmp(state, "disk-snapshot") == 0 || (found && *found) ? "external" : "internal";
}

static int
print_facts(struct shell *vsh, virDomainSnapshotPtr snapshot)
{
    VIR_AUTO_FREE char *xml = virDomainSnapshotGetXMLDesc(snapshot, 0);
    VIR_AUTO_FREE char *state = xml ? virsh_xml_string(vsh, xml, "string(/domainsnapshot/state)") : NULL;
    VIR_AUTO_FREE char *parent = NULL;
    int n;

    if (!state)
        return -1;
    shell_print_field(vsh, "State:", state);
    shell_print_field(vsh, "Location:", location_of(vsh, xml, state));
    parent = parent_of(vsh, snapshot);
    shell_print_field(vsh, "Parent:", parent ? parent : "-");
    n = virDomainSnapshotNumChildren(snapshot, 0);
    if (n < 0)
        return -1;
    shell_print(vsh, "%-15s %d\n", "Children:", n);
    n = virDomainSnapshotNumChildren(snapshot, VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS);
    if (n < 0)
        return -1;
    shell_print(vsh, "%-15s %d\n", "Descendants:", n);
    n = virDomainSnapshotHasMetadata(snapshot, 0);
    if (n >= 0)
        shell_print_field(vsh, "Metadata:", n ? "yes" : "no");
    return 0;
}

int
run_snapshot_info(struct shell *vsh, const struct snapshot_info_args *args)
{
    virDomainSnapshotPtr snapshot = chosen(args->domain, args->snapshotname);
    int current, ret;

    if (!snapshot)
        return -1;
    shell_print_field(vsh, "Name:", virDomainSnapshotGetName(snapshot));
    shell_print_field(vsh, "Domain:", virDomainGetName(args->domain));
    current = virDomainSnapshotIsCurrent(snapshot, 0);
    shell_print_field(vsh, "Current:", current > 0 ? "yes" : "no");
    ret = current < 0 ? -1 : print_facts(vsh, snapshot);
    virDomainSnapshotFree(snapshot);
    return ret;
}

int
run_snapshot_parent(struct shell *vsh, const struct snapshot_parent_args *args)
{
    virDomainSnapshotPtr snapshot = chosen(args->domain, args->snapshotname);
    VIR_AUTO_FREE char *parent = snapshot ? parent_of(vsh, snapshot) : NULL;

    if (!snapshot)
        return -1;
    if (parent)
        shell_print(vsh, "%s", parent);
    else
        shell_error(vsh, "snapshot '%s' has no parent", virDomainSnapshotGetName(snapshot));
    virDomainSnapshotFree(snapshot);
    return parent ? 0 : -1;
}

static int
make_current(struct shell *vsh, virDomainPtr dom, virDomainSnapshotPtr snapshot)
{
    VIR_AUTO_FREE char *xml = virDomainSnapshotGetXMLDesc(snapshot, VIR_DOMAIN_SNAPSHOT_XML_SECURE);
    virDomainSnapshotPtr made = !xml ? NULL
        : virDomainSnapshotCreateXML(dom, xml, VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE | VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT);

    if (!made)
        return -1;
    virDomainSnapshotFree(made);
    shell_print_extra(vsh, "Snapshot %s set as current", virDomainSnapshotGetName(snapshot));
    return 0;
}

int
run_snapshot_current(struct shell *vsh, const struct snapshot_current_args *args)
{
    virDomainSnapshotPtr current;
    VIR_AUTO_FREE char *xml = NULL;
    int has;

    if (args->snapshotname)
        return make_current(vsh, args->domain, args->snapshotname);
    has = virDomainHasCurrentSnapshot(args->domain, 0);
    if (has < 0)
        return -1;
    if (has == 0)
        return shell_error(vsh, "domain '%s' has no current snapshot", args->domain_text);
    current = virDomainSnapshotCurrent(args->domain, 0);
    if (!current)
        return -1;
    if (args->name)
        shell_print(vsh, "%s", virDomainSnapshotGetName(current));
    else
        xml = virDomainSnapshotGetXMLDesc(current, args->flags);
    virDomainSnapshotFree(current);
    if (xml)
        shell_print(vsh, "%s", xml);
    return args->name || xml ? 0 : -1;
}

int
run_snapshot_revert(struct shell *vsh, const struct snapshot_revert_args *args)
{
    virDomainSnapshotPtr snapshot = chosen(args->domain, args->snapshotname);
    int ret;

    if (!snapshot)
        return -1;
    ret = shell_did(vsh, virDomainRevertToSnapshot(snapshot, args->flags), virDomainSnapshotGetName(snapshot),
                    "Domain snapshot %s reverted\n", "Failed to revert snapshot %s");
    virDomainSnapshotFree(snapshot);
    return ret;
}

int
run_snapshot_delete(struct shell *vsh, const struct snapshot_delete_args *args)
{
    virDomainSnapshotPtr snapshot = chosen(args->domain, args->snapshotname);
    int ret;

    if (!snapshot)
        return -1;
    ret = shell_did(vsh, virDomainSnapshotDelete(snapshot, args->flags), virDomainSnapshotGetName(snapshot),
                    args->children_only ? "Domain snapshot %s children deleted\n" : "Domain snapshot %s deleted\n",
                    "Failed to delete snapshot %s");
    virDomainSnapshotFree(snapshot);
    return ret;
}

/* ---- in an editor ---------------------------------------------------------------------------- */

struct editing {
    virDomainPtr dom;
    virDomainSnapshotPtr snapshot;      /* as it was */
    char *made;                         /* the name that it has now */
    bool current, rename, clone;
};

static char *
read_snapshot(const struct virsh_editing *editing)
{
    return virDomainSnapshotGetXMLDesc(((struct editing *)editing->object)->snapshot, VIR_DOMAIN_SNAPSHOT_XML_SECURE);
}

/* The document has another name: that is one more, or the old one goes. */
static int
renamed(const struct virsh_editing *editing, virDomainSnapshotPtr made)
{
    const struct editing *what = editing->object;
    const char *was = virDomainSnapshotGetName(what->snapshot), *is = virDomainSnapshotGetName(made);
    virDomainSnapshotPtr superfluous = what->rename ? what->snapshot : made;

    if (strcmp(was, is) == 0 || what->clone)
        return 0;
    if (virDomainSnapshotDelete(superfluous, VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY) < 0)
        return shell_error(editing->vsh, "Failed to clean up %s", virDomainSnapshotGetName(superfluous));
    if (what->rename)
        return 0;
    return shell_error(editing->vsh, "Must use --rename or --clone to change %s to %s", was, is);
}

static int
write_snapshot(const struct virsh_editing *editing, const char *xml, bool validate)
{
    struct editing *what = editing->object;
    virDomainSnapshotPtr made = virDomainSnapshotCreateXML(what->dom, xml, editing->flags);
    int ret;

    (void)validate;
    if (!made)
        return -1;
    ret = renamed(editing, made);
    free(what->made);
    what->made = vir_strdup(virDomainSnapshotGetName(made));
    virDomainSnapshotFree(made);
    return ret;
}

static void
tell_snapshot(const struct virsh_editing *editing, bool changed)
{
    const struct editing *what = editing->object;
    const char *was = virDomainSnapshotGetName(what->snapshot), *is = changed ? what->made : was;

    if (strcmp(was, is) != 0)
        shell_print_extra(editing->vsh, what->clone ? "Snapshot %s cloned to %s.\n" : "Snapshot %s renamed to %s.\n", was, is);
    else
        shell_print_extra(editing->vsh, changed ? "Snapshot %s edited.\n" : "Snapshot %s XML configuration not changed.\n", was);
}

int
run_snapshot_edit(struct shell *vsh, const struct snapshot_edit_args *args)
{
    struct editing what = { args->domain, chosen(args->domain, args->snapshotname), NULL, args->current, args->rename, args->clone };
    bool current = args->current || (what.snapshot && virDomainSnapshotIsCurrent(what.snapshot, 0) == 1);
    int ret;

    if (!what.snapshot)
        return -1;
    ret = virsh_edit(&(struct virsh_editing){
        .vsh = vsh, .object = &what, .read = read_snapshot, .write = write_snapshot, .done = tell_snapshot,
        .flags = VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE | (current ? VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT : 0),
    });
    virDomainSnapshotFree(what.snapshot);
    free(what.made);
    return ret;
}

/* ---- lists ----------------------------------------------------------------------------------- */

struct list { virDomainSnapshotPtr *snapshots; int n; };

static int
by_name(const void *a, const void *b)
{
    virDomainSnapshotPtr left = *(virDomainSnapshotPtr const *)a, right = *(virDomainSnapshotPtr const *)b;

    return strcasecmp(virDomainSnapshotGetName(left), virDomainSnapshotGetName(right));
}

static void
print_names(struct shell *vsh, const struct list *list)
{
    for (int i = 0; i < list->n; i++)
        shell_print(vsh, "%s\n", virDomainSnapshotGetName(list->snapshots[i]));
}

/* ROOT (NULL: none) stands above them. */
static void
print_tree(struct shell *vsh, const struct list *list, const char *root)
{
    struct tree_item *items = vir_alloc_array((size_t)list->n + 1, sizeof(*items));
    char **parents = vir_alloc_array((size_t)list->n + 1, sizeof(*parents));
    size_t n = 0;

    if (root)
        items[n++] = (struct tree_item){ root, NULL };
    for (int i = 0; i < list->n; i++) {
        parents[i] = parent_of(vsh, list->snapshots[i]);
        items[n++] = (struct tree_item){ virDomainSnapshotGetName(list->snapshots[i]), parents[i] };
    }
    virsh_print_trees(vsh, items, n);
    for (int i = 0; i < list->n; i++)
        free(parents[i]);
    free(parents);
    free(items);
}

/* When it was made, as people say it; caller frees. */
static char *
time_of(struct shell *vsh, const char *xml)
{
    VIR_AUTO_FREE char *text = virsh_xml_string(vsh, xml, "string(/domainsnapshot/creationTime)");
    time_t when = text ? (time_t)strtoll(text, NULL, 10) : 0;
    struct tm parts;
    char shown[64] = "";

    if (localtime_r(&when, &parts))
        strftime(shown, sizeof(shown), "%Y-%m-%d %H:%M:%S %z", &parts);
    return vir_strdup(shown);
}

static void
print_table(struct shell *vsh, const struct list *list, bool parents)
{
    struct shell_table *table = shell_table_new(parents ? SHELL_TITLES("Name", "Creation Time", "State", "Parent")
                                                : SHELL_TITLES("Name", "Creation Time", "State"));

    for (int i = 0; i < list->n; i++) {
        VIR_AUTO_FREE char *xml = virDomainSnapshotGetXMLDesc(list->snapshots[i], 0);
        VIR_AUTO_FREE char *state = xml ? virsh_xml_string(vsh, xml, "string(/domainsnapshot/state)") : NULL;
        VIR_AUTO_FREE char *when = xml ? time_of(vsh, xml) : NULL;
        VIR_AUTO_FREE char *parent = parents ? parent_of(vsh, list->snapshots[i]) : NULL;

        if (state)                      /* else it is gone meanwhile */
            shell_table_row(table, virDomainSnapshotGetName(list->snapshots[i]), when, state, parent ? parent : "", NULL);
    }
    shell_error_forget(vsh);
    shell_table_print(vsh, table);
}

static void
print_list(struct shell *vsh, const struct snapshot_list_args *args, struct list *list, const char *root)
{
    if (!args->topological && list->n > 0)
        qsort(list->snapshots, (size_t)list->n, sizeof(*list->snapshots), by_name);
    if (args->tree)
        print_tree(vsh, list, root);
    else if (args->name)
        print_names(vsh, list);
    else
        print_table(vsh, list, args->parent);
}

int
run_snapshot_list(struct shell *vsh, const struct snapshot_list_args *args)
{
    virDomainSnapshotPtr from = args->current || args->from ? chosen(args->domain, args->from) : NULL;
    unsigned int deep = args->descendants ? VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS : 0;
    struct list list = { NULL, -1 };

    if ((args->current || args->from) && !from)
        return -1;
    list.n = from ? virDomainSnapshotListAllChildren(from, &list.snapshots, args->flags | deep)
        : virDomainListAllSnapshots(args->domain, &list.snapshots, args->flags);
    if (list.n >= 0)
        print_list(vsh, args, &list, from ? virDomainSnapshotGetName(from) : NULL);
    for (int i = 0; i < list.n; i++)
        virDomainSnapshotFree(list.snapshots[i]);
    free(list.snapshots);
    if (from)
        virDomainSnapshotFree(from);
    return list.n < 0 ? -1 : 0;
}
