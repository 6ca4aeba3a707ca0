/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The handles that programs hold.  Every handle begins with a struct
 * vir_object: what it is, how many own it, and the connection that it came
 * from (on which it holds a reference).  Only core/ sees inside; modules use
 * the accessors of <libvirt/module.h>.
 */
#ifndef VIR_CORE_OBJECT_H
#define VIR_CORE_OBJECT_H

#include <libvirt/module.h>

/* Kinds of handles: the low byte of the magic word. */
enum vir_kind {
    VIR_KIND_NONE,
    VIR_KIND_CONNECT,
    VIR_KIND_DOMAIN,
    VIR_KIND_SNAPSHOT,
    VIR_KIND_CHECKPOINT,
    VIR_KIND_NETWORK,
    VIR_KIND_NETWORK_PORT,
    VIR_KIND_INTERFACE,
    VIR_KIND_STORAGE_POOL,
    VIR_KIND_STORAGE_VOL,
    VIR_KIND_NODE_DEVICE,
    VIR_KIND_SECRET,
    VIR_KIND_NWFILTER,
    VIR_KIND_NWFILTER_BINDING,
    VIR_KIND_STREAM,
    VIR_KIND_LAST
};

#define VIR_OBJECT_MAGIC 0x76725100u    /* plus the kind; a freed handle has 0 here */

struct vir_object {
    uint32_t magic;
    int refs;                           /* atomic */
    virConnectPtr conn;                 /* a connection's own: itself, without a reference */
};

/* The text of a handle stands behind its struct, in the same allocation. */

struct _virDomain {
    struct vir_object object;
    int id;
    unsigned char uuid[VIR_UUID_BUFLEN];
    char name[];
};

struct _virNetwork {
    struct vir_object object;
    unsigned char uuid[VIR_UUID_BUFLEN];
    char name[];
};

struct _virNetworkPort {
    struct vir_object object;
    virNetworkPtr network;
    unsigned char uuid[VIR_UUID_BUFLEN];
};

struct _virInterface {
    struct vir_object object;
    const char *mac;                    /* behind the name */
    char name[];
};

struct _virStoragePool {
    struct vir_object object;
    unsigned char uuid[VIR_UUID_BUFLEN];
    char name[];
};

struct _virStorageVol {
    struct vir_object object;
    const char *name, *key;             /* behind the pool's name */
    char pool[];
};

struct _virNodeDevice {
    struct vir_object object;
    char *parent;                       /* asked once, kept for virNodeDeviceGetParent */
    char name[];
};

struct _virSecret {
    struct vir_object object;
    int usage_type;
    unsigned char uuid[VIR_UUID_BUFLEN];
    char usage_id[];
};

struct _virNWFilter {
    struct vir_object object;
    unsigned char uuid[VIR_UUID_BUFLEN];
    char name[];
};

struct _virNWFilterBinding {
    struct vir_object object;
    const char *filter;                 /* behind the port's name */
    char portdev[];
};

struct _virDomainSnapshot {
    struct vir_object object;
    virDomainPtr domain;
    char name[];
};

struct _virDomainCheckpoint {
    struct vir_object object;
    virDomainPtr domain;
    char name[];
};

struct _virStream {
    struct vir_object object;
    unsigned int flags;                 /* VIR_STREAM_NONBLOCK */
    const struct vir_stream_ops *ops;   /* of whoever opened it; NULL: not open */
    void *data;
};

/* Whether OBJECT is a live handle of KIND. */
static inline bool
vir_object_is(const void *object, enum vir_kind kind)
{
    return object && ((const struct vir_object *)object)->magic == VIR_OBJECT_MAGIC + kind;
}

/* A zeroed handle with room for TEXT_BYTES behind SIZE bytes of struct; takes
 * a reference on CONN. */
void *vir_object_new(enum vir_kind kind, size_t size, size_t text_bytes, virConnectPtr conn);
void vir_object_ref(void *object);
/* Takes a reference unless the last one is gone already. */
bool vir_object_try_ref(void *object);
/* Drops one reference; the last one frees the handle with all it holds.  Returns
 * how many are left. */
int vir_object_unref(void *object);
/* Ends an open stream of which the last handle goes (calls/stream.c). */
void vir_stream_destroy(virStreamPtr stream);

#endif
