/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * list: the domains and their states.  Whatever their number, it asks at most
 * three times: for the list, for all states, for those with a saved image; of
 * another host for the first two at once.  The states alone would not do: who may
 * not read a domain sees it in the list.  Titles alone cost a call for each domain.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rows/list.h"

struct row {
    virDomainPtr dom;
    unsigned char uuid[VIR_UUID_BUFLEN];
    unsigned int id;            /* (unsigned int)-1: not active */
    int state;
    bool saved;
};

struct rows { struct row *rows; size_t n; };

/* What a thread of its own asks for while the list is asked for. */
struct states {
    virConnectPtr conn;
    unsigned int filter;
    virDomainStatsRecordPtr *records;
    int n;                      /* -1: there are none */
    pthread_t thread;
    bool asked;
};

#define FILTERS_STATS 0xff      /* that virConnectGetAllDomainStats has, too, by the same bits */

static int
by_id_then_name(const void *a, const void *b)
{
    const struct row *left = a, *right = b;

    if (left->id != right->id)
        return left->id < right->id ? -1 : 1;
    return left->id == (unsigned int)-1
        ? strcasecmp(virDomainGetName(left->dom), virDomainGetName(right->dom)) : 0;
}

static void
rows_free(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        virDomainFree(rows->rows[i].dom);
    free(rows->rows);
}

/* Looks from the row *NEXT on, for those who ask in the order of the rows. */
static struct row *
row_of(struct rows *rows, virDomainPtr dom, size_t *next)
{
    unsigned char wanted[VIR_UUID_BUFLEN];

    if (virDomainGetUUID(dom, wanted) < 0)
        return NULL;
    for (size_t i = 0; i < rows->n; i++) {
        struct row *row = &rows->rows[(*next + i) % rows->n];

        if (memcmp(row->uuid, wanted, sizeof(wanted)) == 0) {
            *next = (size_t)(row - rows->rows) + 1;
            return row;
        }
    }
    return NULL;
}

static int
load_rows(struct shell *vsh, unsigned int filter, struct rows *rows)
{
    virDomainPtr *doms = NULL;
    const int n = virConnectListAllDomains(vsh->conn, &doms, filter);

    if (n < 0)
        return shell_error(vsh, "Failed to list domains");
    rows->n = (size_t)n;
    rows->rows = vir_alloc_array(rows->n + 1, sizeof(*rows->rows));
    for (size_t i = 0; i < rows->n; i++) {
        rows->rows[i] = (struct row){ .dom = doms[i], .id = virDomainGetID(doms[i]), .state = -1 };
        virDomainGetUUID(doms[i], rows->rows[i].uuid);
    }
    free(doms);
    shell_error_forget(vsh);
    return 0;
}

/* ---- states ------------------------------------------------------------------ */

static void *
ask_for_states(void *opaque)
{
    struct states *states = opaque;

    states->n = virConnectGetAllDomainStats(states->conn, VIR_DOMAIN_STATS_STATE, &states->records,
                                            states->filter & FILTERS_STATS);
    return NULL;
}

/* Whether the URI names a transport or a host. */
static bool
is_far(virConnectPtr conn)
{
    VIR_AUTO_FREE char *uri = virConnectGetURI(conn);
    const char *host = uri ? strstr(uri, "://") : NULL;

    return host && (memchr(uri, '+', (size_t)(host - uri)) || (host[3] && host[3] != '/'));
}

static void
begin_states(struct states *states, virConnectPtr conn, unsigned int filter)
{
    *states = (struct states){ .conn = conn, .filter = filter, .n = -1 };
    states->asked = is_far(conn) && pthread_create(&states->thread, NULL, ask_for_states, states) == 0;
}

static void
await_states(struct states *states)
{
    if (states->asked)
        pthread_join(states->thread, NULL);
    states->asked = false;
}

static void
end_states(struct states *states)
{
    await_states(states);
    if (states->n >= 0)
        virDomainStatsRecordListFree(states->records);
}

/* Domains may be missing among the records, or be new there. */
static void
take_states(struct rows *rows, virDomainStatsRecordPtr *records, int n)
{
    size_t next = 0;
    int state;

    for (int i = 0; i < n; i++) {
        struct row *row = row_of(rows, records[i]->dom, &next);

        if (row && virTypedParamsGetInt(records[i]->params, records[i]->nparams, "state.state", &state) == 1)
            row->state = state;
    }
}

/* All by one call, which answers in the order of the question. */
static void
load_states_together(struct rows *rows)
{
    virDomainPtr *doms = vir_alloc_array(rows->n + 1, sizeof(*doms));
    virDomainStatsRecordPtr *records = NULL;
    int n;

    for (size_t i = 0; i < rows->n; i++)
        doms[i] = rows->rows[i].dom;
    n = virDomainListGetStats(doms, VIR_DOMAIN_STATS_STATE, &records, 0);
    take_states(rows, records, n);
    if (n >= 0)
        virDomainStatsRecordListFree(records);
    free(doms);
}

static void
load_states(struct shell *vsh, struct rows *rows, struct states *states)
{
    await_states(states);
    if (states->n >= 0)
        take_states(rows, states->records, states->n);
    else if (rows->n > 1)
        load_states_together(rows);
    for (size_t i = 0; i < rows->n; i++) {
        struct row *row = &rows->rows[i];

        if (row->state < 0 && virDomainGetState(row->dom, &row->state, NULL, 0) < 0)
            row->state = VIR_DOMAIN_NOSTATE;
    }
    shell_error_forget(vsh);
}

static void
mark_saved(struct shell *vsh, struct rows *rows)
{
    virDomainPtr *doms = NULL;
    const int n = virConnectListAllDomains(vsh->conn, &doms, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE);
    size_t next = 0;

    for (int i = 0; i < n; i++) {
        struct row *row = row_of(rows, doms[i], &next);

        if (row)
            row->saved = true;
        virDomainFree(doms[i]);
    }
    free(doms);
    shell_error_forget(vsh);
}

/* From the document where the driver knows no other way. Caller frees. */
static char *
title_of(struct shell *vsh, virDomainPtr dom)
{
    char *title = virDomainGetMetadata(dom, VIR_DOMAIN_METADATA_TITLE, NULL, 0);

    if (!title && vsh->error_code == VIR_ERR_NO_SUPPORT) {
        VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(dom, 0);

        title = xml ? virsh_xml_string(vsh, xml, "string(/domain/title)") : NULL;
    }
    shell_error_forget(vsh);
    return title ? title : vir_strdup("");
}

static const char *
state_text(const struct row *row)
{
    return row->saved && row->state == VIR_DOMAIN_SHUTOFF ? "saved" : virsh_state_name(row->state);
}

static void
print_table(struct shell *vsh, const struct rows *rows, bool titles)
{
    struct shell_table *table = shell_table_new(titles ? SHELL_TITLES("Id", "Name", "State", "Title")
                                                : SHELL_TITLES("Id", "Name", "State"));

    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = &rows->rows[i];
        VIR_AUTO_FREE char *title = titles ? title_of(vsh, row->dom) : NULL;
        char id[16] = "-";

        if (row->id != (unsigned int)-1)
            snprintf(id, sizeof(id), "%u", row->id);
        shell_table_row(table, id, virDomainGetName(row->dom), state_text(row), title, NULL);
    }
    shell_table_print(vsh, table);
}

/* Bare items, uuid before id before name; an inactive domain alone has no id to print. */
static void
print_items(struct shell *vsh, const struct list_args *args, const struct rows *rows)
{
    const bool uuids = args->uuid, ids = args->id, names = args->name;

    for (size_t i = 0; i < rows->n; i++) {
        const struct row *row = &rows->rows[i];
        char uuid[VIR_UUID_STRING_BUFLEN] = "", id[16] = "-";

        if (row->id != (unsigned int)-1)
            snprintf(id, sizeof(id), "%u", row->id);
        else if (ids && !uuids && !names)
            continue;
        if (uuids)
            virDomainGetUUIDString(row->dom, uuid);
        shell_print(vsh, "%s%s%s%s%s\n", uuid, uuids && (ids || names) ? " " : "",
                    ids ? id : "", ids && names ? " " : "", names ? virDomainGetName(row->dom) : "");
    }
}

static unsigned int
filter_of(const struct list_args *args)
{
    const unsigned int filter = args->flags;

    if (args->all)
        return filter | VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE;
    if (filter & VIR_CONNECT_LIST_DOMAINS_SHUTOFF)
        return filter | VIR_CONNECT_LIST_DOMAINS_INACTIVE;
    return filter & VIR_CONNECT_LIST_DOMAINS_INACTIVE ? filter : filter | VIR_CONNECT_LIST_DOMAINS_ACTIVE;
}

static int
list(struct shell *vsh, const struct list_args *args, bool bare, struct rows *rows, struct states *states)
{
    if (load_rows(vsh, filter_of(args), rows) < 0)
        return -1;
    if (!bare)
        load_states(vsh, rows, states);
    if (!bare && args->managed_save)
        mark_saved(vsh, rows);
    qsort(rows->rows, rows->n, sizeof(*rows->rows), by_id_then_name);
    if (bare)
        print_items(vsh, args, rows);
    else
        print_table(vsh, rows, args->title);
    return 0;
}

int
run_list(struct shell *vsh, const struct list_args *args)
{
    const bool bare = args->name || args->uuid || args->id;
    struct states states = { .n = -1 };
    struct rows rows = { 0 };
    int ret;

    if (!bare)
        begin_states(&states, vsh->conn, filter_of(args));
    ret = list(vsh, args, bare, &rows, &states);
    end_states(&states);
    rows_free(&rows);
    return ret;
}
