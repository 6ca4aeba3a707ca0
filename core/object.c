/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handles: made by modules, counted, and freed with the last reference.  The
 * texts of a handle follow its struct in one allocation, so making one costs a
 * single malloc.
 */
#include "object.h"

#include <stdlib.h>
#include <string.h>

void *
vir_object_new(enum vir_kind kind, size_t size, void *owner)
{
    struct vir_object *object = vir_alloc(size);

    object->magic = VIR_OBJECT_MAGIC + kind;
    object->refs = 1;
    object->owner = owner;
    if (owner) {
        object->conn = ((struct vir_object *)owner)->conn;
        vir_object_ref(owner);
    }
    return object;
}

void
vir_object_ref(void *object)
{
    __atomic_add_fetch(&((struct vir_object *)object)->refs, 1, __ATOMIC_RELAXED);
}

bool
vir_object_try_ref(void *handle)
{
    struct vir_object *object = handle;
    int refs = __atomic_load_n(&object->refs, __ATOMIC_RELAXED);

    while (refs > 0)
        if (__atomic_compare_exchange_n(&object->refs, &refs, refs + 1, true,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
    return false;
}

int
vir_object_unref(void *handle)
{
    struct vir_object *object = handle;
    void *owner = object->owner;
    int left = __atomic_sub_fetch(&object->refs, 1, __ATOMIC_ACQ_REL);

    if (left > 0)
        return left;
    if (object->end)
        object->end(handle);
    object->magic = 0;
    free(object->asked);
    free(object);
    if (owner)
        vir_object_unref(owner);
    return 0;
}

/* ---- for constructors ---- */

bool
vir_object_may_own(const void *owner, enum vir_kind kind, const char *type)
{
    if (!vir_object_is(owner, kind))
        vir_raise(VIR_FROM_NONE, vir_kind_codes[kind], "a new %s", type);
    return vir_object_is(owner, kind);
}

bool
vir_object_text_ok(const char *text, const char *type, const char *what)
{
    if (!text || !*text)
        vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "the %s of a %s must not be empty", what, type);
    return text && *text;
}

bool
vir_object_uuid_ok(const unsigned char *uuid, const char *type, const char *what)
{
    if (!uuid)
        vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "a %s must have a %s", type, what);
    return uuid;
}

size_t
vir_object_text_size(const char *text)
{
    return text ? strlen(text) + 1 : 1;
}

const char *
vir_object_put_text(char **place, const char *text)
{
    char *start = *place;

    *place = stpcpy(start, text ? text : "") + 1;
    return start;
}

/* The id is the one part of a handle that changes: a started domain has one. */
void
vir_domain_set_id(virDomainPtr dom, int id)
{
    __atomic_store_n(&dom->id, id, __ATOMIC_RELAXED);
}
