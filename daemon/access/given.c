/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a call gives to a client that may not see everything: an object that it
 * finds is asked about when it is there, a list is left with what may be seen.
 * Old calls that count or name are answered from the list of all, for what they
 * say otherwise counts what the client may not see.
 */
#include "daemon/access/guard.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/access/ask.h"
#include "wire/protocol.h"

static int
serve_found(struct daemon_call *call, const struct access_needs *needs, daemon_serve_fn serve, const void *args,
            void *ret)
{
    struct access_question question = { .rule = needs->rules };
    int rc = serve(call, args, ret);

    if (rc < 0)
        return -1;
    while (!daemon_access_is_of_result(needs, question.rule))
        question.rule++;
    access_objects[needs->about->kind].tell(call->conn, access_at(ret, needs->about->offset), &question.details);
    rc = daemon_access_demand(call->client, call->conn, &question, 1);
    daemon_access_release(&question, 1);
    if (rc < 0)
        xdr_free(call->procedure->ret, ret);
    return rc;
}

/* Not to be seen: every object has a name or a uuid. */
static bool
is_zero(const char *bytes, size_t n)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0;
}

/* Zeroes an item of the list, whose texts may be lent. */
static void
hide(const struct access_needs *needs, char *item)
{
    const struct xdr_field *list = remote_procedures[needs->items->procedure].ret->fields;

    while (list->offset != needs->items->list)
        list++;
    if (list->flags & XDR_PACKED)
        memset(item, 0, needs->items->element);
    else
        xdr_free(list->type, item);
}

/* Asks about N items of the list; what the client may not see is zeroed. */
static void
filter_some(struct daemon_call *call, const struct access_needs *needs, char *list, size_t n)
{
    struct access_question questions[ACCESS_AT_ONCE] = { { .rule = NULL } };

    for (size_t i = 0; i < n; i++) {
        questions[i].rule = needs->filter;
        access_objects[needs->filter->kind].tell(call->conn, list + i * needs->items->element, &questions[i].details);
    }
    daemon_access_ask(call->client, call->conn, questions, n);
    for (size_t i = 0; i < n; i++)
        if (!questions[i].allowed)
            hide(needs, list + i * needs->items->element);
    daemon_access_release(questions, n);
}

/* Leaves what the client may see in the list of RET; returns how many. */
static unsigned int
filter(struct daemon_call *call, const struct access_needs *needs, void *ret)
{
    size_t size = needs->items->element;
    unsigned int *n = access_at(ret, needs->items->n), kept = 0;
    char *list;

    memcpy(&list, access_at(ret, needs->items->list), sizeof(list));
    for (size_t i = 0; i < *n; i += ACCESS_AT_ONCE)
        filter_some(call, needs, list + i * size, *n - i < ACCESS_AT_ONCE ? *n - i : ACCESS_AT_ONCE);
    for (size_t i = 0; i < *n; i++) {
        if (is_zero(list + i * size, size))
            continue;
        if (kept < i) {
            memcpy(list + kept * size, list + i * size, size);
            memset(list + i * size, 0, size);
        }
        kept++;
    }
    *n = kept;
    return kept;
}

/* Names, uuids or numbers of the first of N objects go into the call's own result. */
static int
give(const struct access_items *items, const char *list, unsigned int n, const void *args, void *ret)
{
    int room = *(const int *)access_at(args, items->room);
    size_t size = items->form == ACCESS_IDS ? sizeof(int) : sizeof(char *);
    char uuid[VIR_UUID_STRING_BUFLEN], *given = NULL;

    if (room < 0)
        return vir_error(VIR_ERR_INVALID_ARG, "room for %d items", room);
    if (n > (unsigned int)room)
        n = (unsigned int)room;
    if (n > 0)
        given = vir_alloc_array(n, size);
    for (unsigned int i = 0; i < n; i++) {
        char *part = access_at(list + (size_t)i * items->element, items->part), *text = NULL;

        if (items->form == ACCESS_IDS) {
            memcpy(given + i * size, part, size);
            continue;
        }
        if (items->form == ACCESS_UUIDS) {
            vir_uuid_format((const unsigned char *)part, uuid);
            text = vir_strdup(uuid);
        } else {
            memcpy(&text, part, sizeof(text));
            text = vir_strdup(text);
        }
        memcpy(given + i * size, &text, size);
    }
    memcpy(access_at(ret, items->given), &given, sizeof(given));
    *(unsigned int *)access_at(ret, items->n_given) = n;
    return 0;
}

/* Counts and names, from the list of all. */
static int
serve_part_of_list(struct daemon_call *call, const struct access_needs *needs, const void *args, void *ret)
{
    const struct access_items *items = needs->items;
    const struct rpc_procedure *procedure = &remote_procedures[items->procedure];
    union rpc_any_args all_args;
    union rpc_any_ret all;
    unsigned int n;
    char *list;
    int rc;

    items->prepare(args, &all_args);
    memset(&all, 0, procedure->ret->size);
    rc = daemon_remote_serve[items->procedure](call, &all_args, &all);
    if (rc == 0) {
        n = filter(call, needs, &all);
        memcpy(&list, access_at(&all, items->list), sizeof(list));
        if (items->form == ACCESS_COUNT)
            *(int *)access_at(ret, items->number) = (int)n;
        else
            rc = give(items, list, n, args, ret);
    }
    xdr_free(procedure->ret, &all);
    return rc;
}

static int
serve_list(struct daemon_call *call, const struct access_needs *needs, daemon_serve_fn serve, void *args, void *ret)
{
    const struct access_items *items = needs->items;
    int *need = items->need == ACCESS_ABSENT ? NULL : access_at(args, items->need);
    bool wanted = !need || *need;
    unsigned int n;

    if (items->prepare)
        return serve_part_of_list(call, needs, args, ret);
    if (need)
        *need = 1;                      /* who only counts counts what he may see */
    if (serve(call, args, ret) < 0)
        return -1;
    n = filter(call, needs, ret);
    if (!wanted)
        xdr_free(call->procedure->ret, ret);
    if (items->number != ACCESS_ABSENT)
        *(int *)access_at(ret, items->number) = (int)n;
    return 0;
}

int
daemon_access_serve(struct daemon_call *call, const struct access_needs *needs, daemon_serve_fn serve, void *args,
                    void *ret)
{
    if (needs->items)
        return serve_list(call, needs, serve, args, ret);
    if (needs->about && needs->about->how == ACCESS_RESULT)
        return serve_found(call, needs, serve, args, ret);
    if (needs->about && needs->about->how == ACCESS_NOTHING)
        return daemon_access_serve_asking(call, needs, serve, args, ret);
    return serve(call, args, ret);
}
