/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way into a module and out again, for every public call: see call.h.
 */
#include "call.h"
#include "connect.h"
#include "error.h"
#include "core/calls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VIR_LOG_CALL "call"

/* Error domains of the tables; of the others VIR_FROM_NONE. */
static const uint8_t table_domains[VIR_TABLE_LAST] = {
    [VIR_TABLE_CONNECT] = VIR_FROM_DOMAIN,
    [VIR_TABLE_DOMAIN] = VIR_FROM_DOMAIN,
    [VIR_TABLE_SNAPSHOT] = VIR_FROM_DOMAIN_SNAPSHOT,
    [VIR_TABLE_CHECKPOINT] = VIR_FROM_DOMAIN_CHECKPOINT,
    [VIR_TABLE_INTERFACE] = VIR_FROM_INTERFACE,
    [VIR_TABLE_NETWORK] = VIR_FROM_NETWORK,
    [VIR_TABLE_NODEDEV] = VIR_FROM_NODEDEV,
    [VIR_TABLE_NWFILTER] = VIR_FROM_NWFILTER,
    [VIR_TABLE_SECRET] = VIR_FROM_SECRET,
    [VIR_TABLE_STORAGE] = VIR_FROM_STORAGE,
    [VIR_TABLE_STREAM] = VIR_FROM_STREAMS,
};

static const char *
name_of(unsigned int call)
{
    return vir_call_names + vir_calls[call].name;
}

static int
domain_of(unsigned int call)
{
    return table_domains[vir_calls[call].table];
}

/* The connection that is told of failures with OBJECT, NULL for none. */
static virConnectPtr
connection_of(void *object)
{
    struct vir_object *header = object;

    if (!header || (header->magic & 0xffffff00u) != VIR_OBJECT_MAGIC)
        return NULL;
    return header->conn;
}

void
vir_call_failed(void *object)
{
    vir_error_dispatch(connection_of(object));
}

int
vir_call_int(void *object, int ret)
{
    if (ret < 0)
        vir_call_failed(object);
    return ret;
}

void *
vir_call_ptr(void *object, const void *ret)
{
    if (!ret)
        vir_call_failed(object);
    return (void *)ret;
}

unsigned long long
vir_call_number(void *object, unsigned long long ret)
{
    if (!ret)
        vir_call_failed(object);
    return ret;
}

/* Dispatches what was just raised. */
static int
refuse(void *object)
{
    vir_call_failed(object);
    return -1;
}

/* Refuses FLAGS that break a rule of CALL. */
static int
check_flags(unsigned int call, unsigned int flags)
{
    const struct vir_call_exclusive *rule = &vir_call_exclusives[vir_calls[call].exclusive];

    for (; rule->has; rule++) {
        if ((flags & rule->has) && (flags & rule->never))
            return vir_raise(domain_of(call), VIR_ERR_INVALID_ARG,
                             "flags 0x%x and 0x%x of %s exclude each other", flags & rule->has,
                             flags & rule->never, name_of(call));
        if ((flags & rule->has) && rule->needs && !(flags & rule->needs))
            return vir_raise(domain_of(call), VIR_ERR_INVALID_ARG, "flags 0x%x of %s need flag 0x%x",
                             flags & rule->has, name_of(call), rule->needs);
    }
    return 0;
}

static int
deny(unsigned int table, const char *name)
{
    return vir_raise(table_domains[table], VIR_ERR_OPERATION_DENIED, "read only access prevents %s", name);
}

int
vir_call_check(unsigned int call, void *object, unsigned int flags)
{
    const struct vir_call *row = &vir_calls[call];
    virConnectPtr conn;

    virResetLastError();
    if (vir_log_enabled(VIR_LOG_DEBUG, VIR_LOG_CALL))
        vir_log(VIR_LOG_DEBUG, VIR_LOG_CALL, __FILE__, name_of(call), 0, "object=%p flags=0x%x", object, flags);
    if (!vir_object_is(object, row->object)) {
        vir_raise(row->object == VIR_KIND_DOMAIN ? VIR_FROM_DOM : domain_of(call),
                  vir_kind_codes[row->object], "%s", name_of(call));
        return refuse(NULL);
    }
    conn = connection_of(object);
    if (conn->readonly && ((row->rules & VIR_CALL_WRITE) || (flags & row->write_flags))) {
        deny(row->table, name_of(call));
        return refuse(object);
    }
    if (row->exclusive && check_flags(call, flags) < 0)
        return refuse(object);
    return 0;
}

int
vir_call_no_support(unsigned int call, void *object)
{
    vir_raise(domain_of(call), VIR_ERR_NO_SUPPORT, "%s", name_of(call));
    return refuse(object);
}

static vir_fn
function_in(unsigned int call, void *object, unsigned int number)
{
    const struct vir_slot *slot = vir_connect_slot(connection_of(object), vir_calls[call].table, number);

    return slot ? slot->call : NULL;
}

vir_fn
vir_call_slot(unsigned int call, void *object)
{
    return function_in(call, object, vir_calls[call].slot);
}

vir_fn
vir_call_other_slot(unsigned int call, void *object)
{
    return function_in(call, object, vir_calls[call].other);
}

/* SLOT's function if it takes FLAGS. */
static vir_fn
take_slot(unsigned int call, void *object, const struct vir_slot *slot, unsigned int flags)
{
    if (!slot) {
        vir_call_no_support(call, object);
        return NULL;
    }
    if (flags & ~slot->flags) {
        vir_raise(domain_of(call), VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s",
                  flags & ~slot->flags, name_of(call));
        refuse(object);
        return NULL;
    }
    return slot->call;
}

vir_fn
vir_call_enter(unsigned int call, void *object, unsigned int flags)
{
    const struct vir_call *row = &vir_calls[call];

    if (vir_call_check(call, object, flags) < 0)
        return NULL;
    return take_slot(call, object, vir_connect_slot(connection_of(object), row->table, row->slot), flags);
}

/* The call that SLOT is for (of two, the one that is not the old name); VIR_CALL_LAST: none. */
static unsigned int
call_of_slot(unsigned int table, unsigned int slot)
{
    for (unsigned int call = VIR_CALL_LAST; call-- > 0; )
        if (vir_calls[call].slot == slot && vir_calls[call].table == table)
            return call;
    return VIR_CALL_LAST;
}

int
vir_call_deny_slot(unsigned int table, unsigned int slot, const char *name)
{
    unsigned int call = call_of_slot(table, slot);

    return deny(table, call < VIR_CALL_LAST ? name_of(call) : name);
}

const struct vir_slot *
vir_connect_slot_row(virConnectPtr conn, unsigned int table, unsigned int slot)
{
    const struct vir_slot *found = vir_connect_slot(conn, table, slot);
    unsigned int call;

    if (!found && (call = call_of_slot(table, slot)) < VIR_CALL_LAST)
        found = vir_connect_slot(conn, table, vir_calls[call].other);
    return found;
}

uint32_t
vir_connect_slot_traits(virConnectPtr conn, unsigned int table, unsigned int slot)
{
    const struct vir_slot *found;

    /* Only what is there already: joining a module is not for an event loop. */
    if (table >= VIR_TABLE_LAST || __atomic_load_n(&conn->unresolved, __ATOMIC_ACQUIRE) & 1u << table)
        return 0;
    found = vir_connect_slot_row(conn, table, slot);
    return found ? found->traits : VIR_SLOT_NONBLOCKING;        /* it is refused at once */
}

vir_fn
vir_call_enter_as(unsigned int call, void *object, unsigned int flags, bool *ret_other)
{
    const struct vir_call *row = &vir_calls[call];
    const struct vir_slot *slot;

    if (vir_call_check(call, object, flags) < 0)
        return NULL;
    slot = vir_connect_slot(connection_of(object), row->table, row->slot);
    *ret_other = !slot;
    if (!slot)
        slot = vir_connect_slot(connection_of(object), row->table, row->other);
    return take_slot(call, object, slot, flags);
}

int
vir_call_bad(unsigned int call, void *object, const char *what, int why)
{
    static const char *const reasons[] = {
        [VIR_BAD_NULL] = "must not be NULL",
        [VIR_BAD_NEGATIVE] = "must be zero or greater",
        [VIR_BAD_ZERO] = "must be greater than zero",
        [VIR_BAD_TOO_BIG] = "is too large",
        [VIR_BAD_EMPTY] = "must not be empty",
        [VIR_BAD_NOT_NULL] = "must be NULL",
        [VIR_BAD_CONNECTION] = "belongs to another connection",
        [VIR_BAD_UNKNOWN] = "is not known",
    };

    vir_raise(domain_of(call), VIR_ERR_INVALID_ARG, "%s in %s %s", what, name_of(call), reasons[why]);
    return refuse(object);
}

int
vir_call_other(unsigned int call, void *object, void *other, enum vir_kind kind, const char *what)
{
    if (!vir_object_is(other, kind)) {
        vir_raise(domain_of(call), vir_kind_codes[kind], "%s in %s", what, name_of(call));
        return refuse(object);
    }
    if (connection_of(other) != connection_of(object))
        return vir_call_bad(call, object, what, VIR_BAD_CONNECTION);
    return 0;
}

int
vir_call_write(unsigned int call, void *object)
{
    if (!connection_of(object)->readonly)
        return 0;
    deny(vir_calls[call].table, name_of(call));
    return refuse(object);
}

int
vir_call_uuid(unsigned int call, void *object, const char *text, unsigned char *uuid)
{
    if (vir_uuid_parse(text, uuid) == 0)
        return 0;
    vir_raise(domain_of(call), VIR_ERR_INVALID_ARG, "'%.64s' is not a UUID", text);
    return refuse(object);
}

char *
vir_call_path(void *object, const char *path)
{
    VIR_AUTO_FREE char *cwd = NULL;

    if (path[0] == '/')
        return vir_strdup(path);
    cwd = getcwd(NULL, 0);
    if (!cwd) {
        vir_raise_errno(VIR_FROM_NONE, errno, "cannot tell which directory '%s' is relative to", path);
        refuse(object);
        return NULL;
    }
    return vir_path_join(cwd, path);
}
