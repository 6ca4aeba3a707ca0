/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The handles that programs hold.  Every handle begins with a struct
 * vir_object: what it is, how many own it, and the connection that it came
 * from.  Only core/ sees inside; modules use the accessors of <libvirt/module.h>.
 * What each kind remembers, and its functions, are printed from api/.
 */
#ifndef VIR_CORE_OBJECT_H
#define VIR_CORE_OBJECT_H

#include <libvirt/module.h>

#define VIR_OBJECT_MAGIC 0x76725100u    /* plus the kind; a freed handle has 0 here */

struct vir_object {
    uint32_t magic;
    int refs;                           /* atomic */
    virConnectPtr conn;                 /* a connection's own: itself */
    void *owner;                        /* holds a reference on it: the connection, or the object it is part of */
    char *asked;                        /* what a getter asked the driver for, kept for the program */
    struct vir_block *block;            /* that it is cut from; NULL: it has memory of its own */
    void (*end)(void *handle);          /* the last reference goes; NULL: nothing beside the memory */
};

#include "core/handles.h"

struct _virStream {
    struct vir_object object;
    unsigned int flags;                 /* VIR_STREAM_NONBLOCK */
    const struct vir_stream_ops *ops;   /* atomic; of whoever opened it; NULL: not open */
    void *data;
    bool ending;                        /* atomic: some thread is in stream_finish or stream_abort */
};

/* Whether OBJECT is a live handle of KIND. */
static inline bool
vir_object_is(const void *object, enum vir_kind kind)
{
    return object && ((const struct vir_object *)object)->magic == VIR_OBJECT_MAGIC + kind;
}

/* The error for something that is no handle of a kind. */
extern const uint8_t vir_kind_codes[VIR_KIND_LAST];

/* A zeroed handle of SIZE bytes; takes a reference on OWNER, which may be NULL. */
void *vir_object_new(enum vir_kind kind, size_t size, void *owner);
void vir_object_ref(void *object);
/* Takes a reference unless the last one is gone already. */
bool vir_object_try_ref(void *object);

/* For constructors.  Whether OWNER is of KIND, a text not empty, a uuid there: false
 * with an error that names the public TYPE of the new handle. */
bool vir_object_no_owner(enum vir_kind kind, const char *type);
bool vir_object_no_text(const char *type, const char *what);
bool vir_object_no_uuid(const char *type, const char *what);

static inline bool
vir_object_may_own(const void *owner, enum vir_kind kind, const char *type)
{
    return vir_object_is(owner, kind) || vir_object_no_owner(kind, type);
}

static inline bool
vir_object_text_ok(const char *text, const char *type, const char *what)
{
    return (text && *text) || vir_object_no_text(type, what);
}

static inline bool
vir_object_uuid_ok(const unsigned char *uuid, const char *type, const char *what)
{
    return uuid || vir_object_no_uuid(type, what);
}

/* Bytes of TEXT behind a handle, and TEXT put there; PLACE moves behind it.  NULL is
 * the empty text. */
size_t vir_object_text_size(const char *text);
const char *vir_object_put_text(char **place, const char *text);

#endif
