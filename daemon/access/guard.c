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
#include "wire/objects.h"

#define RULES_MAX 8                     /* of one call */

/* Room for the XDR struct of any object. */
union any_object {
    struct remote_nonnull_domain domain;
    struct remote_nonnull_network_port port;
    struct remote_nonnull_storage_vol vol;
    struct remote_nonnull_secret secret;
    struct remote_nonnull_interface interface;
};

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
    vir_object_unref(handle);
    return 0;
}

/* The first struct of a place in the arguments, and how many there are. */
static char *
structs_of(const struct access_handle *handle, const void *args, size_t *ret_n)
{
    char *place = access_at(args, handle->offset);

    *ret_n = 1;
    if (handle->shape == ACCESS_HERE)
        return place;
    memcpy(&place, access_at(args, handle->offset), sizeof(place));
    *ret_n = handle->shape == ACCESS_LIST ? *(unsigned int *)access_at(args, handle->count) : place != NULL;
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

/* A text of the arguments into *ret, or NULL; -1: it is there twice. */
static int
get_text(const struct access_text *text, const void *args, const char **ret)
{
    const virTypedParameter *params;

    *ret = NULL;
    if (text->offset == ACCESS_ABSENT)
        return 0;
    if (!text->param) {
        memcpy(ret, access_at(args, text->offset), sizeof(*ret));
        return 0;
    }
    memcpy(&params, access_at(args, text->offset), sizeof(params));
    for (unsigned int i = 0, n = *(unsigned int *)access_at(args, text->count); i < n; i++) {
        if (params[i].type != VIR_TYPED_PARAM_STRING || strcmp(params[i].field, text->param) != 0)
            continue;
        if (*ret)
            return vir_error(VIR_ERR_INVALID_ARG, "the parameter '%s' is there twice", text->param);
        *ret = params[i].value.s;
    }
    return 0;
}

/* The same for one that tells what the call is about. */
static int
need_text(const struct access_text *text, const void *args, const char **ret)
{
    if (get_text(text, args, ret) < 0)
        return -1;
    return *ret ? 0 : vir_error(VIR_ERR_INVALID_ARG, "the call does not say what it is about");
}

/* A document describes it: tells its name and uuid. */
static int
tell_document(virConnectPtr conn, const struct access_needs *needs, const void *args, struct access_details *details)
{
    const struct access_object *object = &access_objects[needs->about->kind];
    const char *document, *name;
    const void *owner = object->owner_kind != ACCESS_CONNECT ? named(needs, args, object->owner_kind) : NULL;
    union any_object wire = { 0 };
    int rc;

    if (need_text(&needs->about->text, args, &document) < 0 || get_text(&needs->about->name, args, &name) < 0)
        return -1;
    rc = daemon_document_read(document, name, object->parts, &wire);
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
    union any_object wire;
    const char *name;
    void *handle;

    if (need_text(&needs->about->text, args, &name) < 0)
        return -1;
    handle = object->find_by_name(conn, name);
    if (!handle)
        return -1;
    object->handles->put(&wire, handle);
    vir_object_unref(handle);
    object->tell(conn, &wire, details);
    object->clear(&wire);
    return 0;
}

static int
refuse_unknown(const struct daemon_call *call)
{
    vir_raise(VIR_FROM_ACCESS, VIR_ERR_ACCESS_DENIED, "'%s' denied access", virConnectGetType(call->conn));
    vir_error_hint("what %s is about can only be seen when it is served: with access_drivers in libvirtd.conf root "
                   "alone may call it", call->procedure->name);
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
    uint32_t value = *(const uint32_t *)access_at(args, condition->offset);

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

/* Whether the driver asks about RULE, when it knows what the call is about. */
static bool
is_of_driver(const struct daemon_call *call, const struct access_needs *needs, const struct access_rule *rule)
{
    return needs->about && needs->about->how == ACCESS_NOTHING && rule->kind == needs->about->kind &&
        vir_connect_slot_traits(call->conn, call->procedure->table, call->procedure->slot) & VIR_SLOT_ASKS;
}

/* Asks about what is known before the call is served; or, if FOUND is not NULL, about that object of the driver's. */
static int
demand(struct daemon_call *call, const struct access_needs *needs, const void *args, const void *found)
{
    struct access_question questions[RULES_MAX] = { { .rule = NULL } };
    size_t n = 0;
    int rc = 0;

    for (size_t i = 0; i < needs->n_rules && rc == 0; i++) {
        const struct access_rule *rule = &needs->rules[i];

        if (!is_needed(rule, args) || daemon_access_is_of_result(needs, rule) ||
            is_of_driver(call, needs, rule) != (found != NULL))
            continue;
        if (n == RULES_MAX)
            abort();                    /* no call has so many */
        questions[n].rule = rule;
        if (found)
            access_objects[rule->kind].tell(call->conn, found, &questions[n].details);
        else
            rc = tell(call, needs, rule, args, &questions[n].details);
        n++;
    }
    if (rc == 0)
        rc = daemon_access_demand(call->client, call->conn, questions, n);
    daemon_access_release(questions, n);
    return rc;
}

int
daemon_access_admit(struct daemon_call *call, const struct access_needs *needs, void *args)
{
    if (!call->conn)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "hypervisor connection not open");
    if (look_up_all(call->conn, needs, args) < 0)
        return -1;
    return demand(call, needs, args, NULL);
}

/* ---- while it is served: what only the driver knows --------------------------------- */

static __thread struct asking {
    struct daemon_call *call;
    const struct access_needs *needs;
    const void *args;
    bool admitted;
} *asking;                              /* what this thread serves; NULL: no such call */

int
daemon_access_admit_found(const char *name, const unsigned char *uuid)
{
    struct remote_nonnull_domain found = { .name = (char *)(uintptr_t)name, .id = -1 };

    if (!asking)
        return 0;
    memcpy(found.uuid, uuid, sizeof(found.uuid));
    asking->admitted = demand(asking->call, asking->needs, asking->args, &found) == 0;
    return asking->admitted ? 0 : -1;
}

int
daemon_access_serve_asking(struct daemon_call *call, const struct access_needs *needs, daemon_serve_fn serve,
                           const void *args, void *ret)
{
    struct asking now = { .call = call, .needs = needs, .args = args };
    int rc;

    asking = &now;
    rc = serve(call, args, ret);
    asking = NULL;
    if (rc < 0 || now.admitted)
        return rc;
    if (call->procedure->ret)
        xdr_free(call->procedure->ret, ret);
    return vir_error(VIR_ERR_INTERNAL_ERROR, "the driver did not ask who may call %s", call->procedure->name);
}

int
daemon_access_open(struct daemon_client *client, virConnectPtr conn)
{
    struct access_question question = { .rule = &remote_access[REMOTE_PROC_CONNECT_OPEN].rules[0] };
    int rc;

    if (!daemon_access_guards(client))
        return 0;
    rc = daemon_access_demand(client, conn, &question, 1);
    daemon_access_release(&question, 1);
    return rc;
}
