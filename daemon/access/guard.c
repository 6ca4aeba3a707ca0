/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is asked about a call, by the printed tables.  A handle from a client is
 * only what it says: each is looked up in the driver by its key, and replaced by
 * the driver's own name and uuid, so that what was asked about is what the call
 * acts on, by whichever of them the driver finds it.
 */
#include "daemon/access/guard.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/access/ask.h"
#include "daemon/access/document.h"
#include "daemon/wire.h"
#include "wire/dispatch.h"

#define ABSENT 0xffff                   /* an offset: it is not there */
#define RULES_MAX 8                     /* of one call */

/* Room for the XDR struct of any object. */
union any_object {
    struct remote_nonnull_domain domain;
    struct remote_nonnull_network_port port;
    struct remote_nonnull_storage_vol vol;
    struct remote_nonnull_secret secret;
    struct remote_nonnull_interface interface;
};

static void *
at(const void *base, uint16_t offset)
{
    return (char *)(uintptr_t)base + offset;
}

static const struct access_needs *
needs_of(const struct rpc_procedure *procedure)
{
    return &(procedure->program == rpc_remote_program.id ? remote_access :
             procedure->program == rpc_qemu_program.id ? qemu_access : lxc_access)[procedure->number];
}

const struct access_needs *
daemon_access_needs(const struct daemon_client *client, const struct rpc_procedure *procedure)
{
    const struct access_needs *needs;

    if (!daemon_access_guards(client) || procedure->flags & RPC_BEFORE_OPEN)     /* CONNECT_OPEN asks by itself */
        return NULL;
    needs = needs_of(procedure);
    return needs->n_rules || needs->filter ? needs : NULL;
}

const struct access_rule *
daemon_access_filter(const struct rpc_procedure *procedure)
{
    return needs_of(procedure)->filter;
}

/* ---- handles ------------------------------------------------------------------ */

static int
look_up(virConnectPtr conn, enum access_kind kind, void *wire)
{
    const struct access_object *object = &access_objects[kind];
    void *handle = object->find(conn, wire);

    if (!handle)
        return -1;
    object->clear(wire);
    object->handles->put(wire, handle);
    object->handles->drop(&handle);
    return 0;
}

/* The first struct of a place in the arguments, and how many there are. */
static char *
structs_of(const struct access_handle *handle, const void *args, size_t *ret_n)
{
    char *place = at(args, handle->offset);

    *ret_n = 1;
    if (handle->shape == ACCESS_HERE)
        return place;
    memcpy(&place, at(args, handle->offset), sizeof(place));
    *ret_n = handle->shape == ACCESS_LIST ? *(unsigned int *)at(args, handle->count) : place != NULL;
    return place;
}

static int
look_up_all(virConnectPtr conn, const struct access_needs *needs, const void *args)
{
    for (size_t i = 0; i < needs->n_handles; i++) {
        const struct access_handle *handle = &needs->handles[i];
        size_t n;
        char *place = structs_of(handle, args, &n);

        for (size_t j = 0; j < n; j++)
            if (look_up(conn, handle->kind, place + j * access_objects[handle->kind].size) < 0)
                return -1;
    }
    return 0;
}

/* The first object of a kind that the arguments name; NULL: none. */
static const void *
named(const struct access_needs *needs, const void *args, enum access_kind kind)
{
    for (size_t i = 0; i < needs->n_handles; i++) {
        size_t n;
        const void *place = structs_of(&needs->handles[i], args, &n);

        if (needs->handles[i].kind == kind && n > 0)
            return place;
    }
    return NULL;
}

/* ---- what a call is about -------------------------------------------------------- */

static const char *
text_of(const struct access_text *text, const void *args)
{
    const virTypedParameter *params;
    const char *found;

    if (text->offset == ABSENT)
        return NULL;
    memcpy(&found, at(args, text->offset), sizeof(found));
    if (!text->param)
        return found;
    params = (const virTypedParameter *)(const void *)found;
    found = NULL;
    for (unsigned int i = 0, n = *(unsigned int *)at(args, text->count); i < n; i++) {
        if (params[i].type != VIR_TYPED_PARAM_STRING || strcmp(params[i].field, text->param) != 0)
            continue;
        if (found) {
            vir_error(VIR_ERR_INVALID_ARG, "the parameter '%s' is there twice", text->param);
            return NULL;
        }
        found = params[i].value.s;
    }
    return found;
}

/* A document describes it: tells its name and uuid. */
static int
tell_document(virConnectPtr conn, const struct access_needs *needs, const void *args, struct access_details *details)
{
    const struct access_object *object = &access_objects[needs->about->kind];
    const char *document = text_of(&needs->about->text, args), *name = text_of(&needs->about->name, args);
    const void *owner = object->owner_kind != ACCESS_CONNECT ? named(needs, args, object->owner_kind) : NULL;
    union any_object wire = { 0 };
    int rc;

    rc = document ? daemon_document_read(document, name, object->parts, &wire) : 0;
    if (rc == 0) {
        union any_object whole = wire;

        if (owner)
            object->set_owner(&whole, owner);
        object->tell(conn, &whole, details);
    }
    daemon_document_clear(object->parts, &wire);
    return rc;
}

static int
tell_name(virConnectPtr conn, const struct access_needs *needs, const void *args, struct access_details *details)
{
    const struct access_object *object = &access_objects[needs->about->kind];
    const char *name = text_of(&needs->about->text, args);
    void *handle = name ? object->find_by_name(conn, name) : NULL;
    union any_object wire;

    if (!handle)
        return name ? -1 : vir_error(VIR_ERR_INVALID_ARG, "the call does not say what it is about");
    object->handles->put(&wire, handle);
    object->handles->drop(&handle);
    object->tell(conn, &wire, details);
    object->clear(&wire);
    return 0;
}

static int
refuse_unknown(const struct daemon_call *call)
{
    vir_raise(VIR_FROM_ACCESS, VIR_ERR_ACCESS_DENIED, "'%s' denied access", virConnectGetType(call->conn));
    vir_error_hint("which %s '%s' is about can only be seen when it is served: with access_drivers in libvirtd.conf "
                   "root alone may call it", "object", call->procedure->name);
    return -1;
}

/* Tells of the object of RULE. */
static int
tell(struct daemon_call *call, const struct access_needs *needs, const struct access_rule *rule, const void *args,
     struct access_details *details)
{
    const void *wire;

    if (rule->kind == ACCESS_CONNECT)
        return 0;
    switch (needs->about ? needs->about->how : ACCESS_HANDLE) {
    case ACCESS_HANDLE:
        wire = named(needs, args, rule->kind);
        if (!wire)
            return refuse_unknown(call);
        access_objects[rule->kind].tell(call->conn, wire, details);
        return 0;
    case ACCESS_DOCUMENT:
        return tell_document(call->conn, needs, args, details);
    case ACCESS_NAME:
        return tell_name(call->conn, needs, args, details);
    default:
        return refuse_unknown(call);
    }
}

/* ---- before it is served ---------------------------------------------------------- */

static bool
holds(const struct access_condition *condition, const void *args)
{
    uint32_t value = *(const uint32_t *)at(args, condition->offset);

    switch (condition->test) {
    case ACCESS_ANY:
        return value & condition->value;
    case ACCESS_NONE:
        return !(value & condition->value);
    default:
        return value == condition->value;
    }
}

static bool
is_needed(const struct access_rule *rule, const void *args)
{
    const struct access_condition *conditions = rule->conditions;

    return !conditions[0].test || holds(&conditions[0], args) || (conditions[1].test && holds(&conditions[1], args));
}

static bool
is_of_result(const struct access_needs *needs, const struct access_rule *rule)
{
    return needs->about && needs->about->how == ACCESS_RESULT && rule->kind == needs->about->kind;
}

/* The first of the questions that was answered with a no refuses the call. */
static int
ask(struct daemon_call *call, struct access_question *questions, size_t n)
{
    daemon_access_ask(call->client, call->conn, questions, n);
    for (size_t i = 0; i < n; i++)
        if (!questions[i].allowed)
            return daemon_access_refuse(call->client, call->conn, &questions[i]);
    return 0;
}

static void
clear(struct access_question *questions, size_t n)
{
    for (size_t i = 0; i < n; i++)
        access_details_clear(&questions[i].details);
}

int
daemon_access_admit(struct daemon_call *call, const struct access_needs *needs, void *args)
{
    struct access_question questions[RULES_MAX] = { { .rule = NULL } };
    size_t n = 0;
    int rc = 0;

    if (!call->conn)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "hypervisor connection not open");
    if (look_up_all(call->conn, needs, args) < 0)
        return -1;
    for (size_t i = 0; i < needs->n_rules && rc == 0; i++) {
        const struct access_rule *rule = &needs->rules[i];

        if (!is_needed(rule, args) || is_of_result(needs, rule))
            continue;
        if (n == RULES_MAX)
            abort();                    /* no call has so many */
        questions[n].rule = rule;
        rc = tell(call, needs, rule, args, &questions[n++].details);
    }
    if (rc == 0)
        rc = ask(call, questions, n);
    clear(questions, n);
    return rc;
}

int
daemon_access_open(struct daemon_client *client, virConnectPtr conn)
{
    struct access_question question = { .rule = &remote_access[REMOTE_PROC_CONNECT_OPEN].rules[0] };

    if (!daemon_access_guards(client))
        return 0;
    daemon_access_ask(client, conn, &question, 1);
    access_details_clear(&question.details);
    return question.allowed ? 0 : daemon_access_refuse(client, conn, &question);
}

/* ---- what it gives ----------------------------------------------------------------- */

static int
serve_found(struct daemon_call *call, const struct access_needs *needs, daemon_serve_fn serve, const void *args,
            void *ret)
{
    const struct access_rule *rule = needs->rules;
    struct access_question question = { .rule = rule };
    int rc = serve(call, args, ret);

    if (rc < 0)
        return -1;
    while (!is_of_result(needs, question.rule))
        question.rule++;
    access_objects[needs->about->kind].tell(call->conn, at(ret, needs->about->offset), &question.details);
    rc = ask(call, &question, 1);
    access_details_clear(&question.details);
    if (rc < 0)
        xdr_free(call->procedure->ret, ret);
    return rc;
}

/* Released: every object has a name or a uuid. */
static bool
is_zero(const char *bytes, size_t n)
{
    return bytes[0] == 0 && memcmp(bytes, bytes + 1, n - 1) == 0;
}

/* The XDR type of the list's elements. */
static const struct xdr_type *
element_type(const struct xdr_type *ret, uint16_t offset)
{
    for (size_t i = 0; i < ret->nfields; i++)
        if (ret->fields[i].offset == offset)
            return ret->fields[i].type;
    abort();                            /* both are printed from one entry */
}

/* Asks about N items of the list; what the client may not see is released and zeroed. */
static void
filter_some(struct daemon_call *call, const struct access_needs *needs, const struct xdr_type *element, char *list,
            size_t n)
{
    struct access_question questions[ACCESS_AT_ONCE] = { { .rule = NULL } };

    for (size_t i = 0; i < n; i++) {
        questions[i].rule = needs->filter;
        access_objects[needs->filter->kind].tell(call->conn, list + i * needs->items->element, &questions[i].details);
    }
    daemon_access_ask(call->client, call->conn, questions, n);
    for (size_t i = 0; i < n; i++)
        if (!questions[i].allowed)
            xdr_free(element, list + i * needs->items->element);
    clear(questions, n);
}

/* Leaves what the client may see in the list of RET, which is of the XDR type TYPE; returns how many. */
static unsigned int
filter(struct daemon_call *call, const struct access_needs *needs, const struct xdr_type *type, void *ret)
{
    const struct xdr_type *element = element_type(type, needs->items->list);
    size_t size = needs->items->element;
    unsigned int *n = at(ret, needs->items->n), kept = 0;
    char *list;

    memcpy(&list, at(ret, needs->items->list), sizeof(list));
    for (size_t i = 0; i < *n; i += ACCESS_AT_ONCE)
        filter_some(call, needs, element, list + i * size, *n - i < ACCESS_AT_ONCE ? *n - i : ACCESS_AT_ONCE);
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
    int room = *(const int *)at(args, items->room);
    size_t size = items->form == ACCESS_IDS ? sizeof(int) : sizeof(char *);
    char uuid[VIR_UUID_STRING_BUFLEN], *given = NULL, *none = NULL;

    if (room < 0)
        return vir_error(VIR_ERR_INVALID_ARG, "room for %d items", room);
    if (n > (unsigned int)room)
        n = (unsigned int)room;
    if (n > 0)
        given = vir_alloc_array(n, size);
    for (unsigned int i = 0; i < n; i++) {
        char *part = at(list + (size_t)i * items->element, items->part), *text = NULL;

        if (items->form == ACCESS_IDS) {
            memcpy(given + i * size, part, size);
            continue;
        }
        if (items->form == ACCESS_UUIDS) {
            vir_uuid_format((const unsigned char *)part, uuid);
            text = vir_strdup(uuid);
        } else {
            memcpy(&text, part, sizeof(text));
            memcpy(part, &none, sizeof(none));      /* ours now */
        }
        memcpy(given + i * size, &text, size);
    }
    memcpy(at(ret, items->given), &given, sizeof(given));
    *(unsigned int *)at(ret, items->n_given) = n;
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
        n = filter(call, needs, procedure->ret, &all);
        memcpy(&list, at(&all, items->list), sizeof(list));
        if (items->form == ACCESS_COUNT)
            *(int *)at(ret, items->number) = (int)n;
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
    int *need = items->need == ABSENT ? NULL : at(args, items->need);
    bool wanted = !need || *need;
    unsigned int n;

    if (items->prepare)
        return serve_part_of_list(call, needs, args, ret);
    if (need)
        *need = 1;                      /* who only counts counts what he may see */
    if (serve(call, args, ret) < 0)
        return -1;
    n = filter(call, needs, call->procedure->ret, ret);
    if (!wanted)
        xdr_free(call->procedure->ret, ret);
    if (items->number != ABSENT)
        *(int *)at(ret, items->number) = (int)n;
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
    return serve(call, args, ret);
}
