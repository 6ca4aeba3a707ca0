/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What handles are; object.h includes it.  Printed from api/. */

/* Kinds of handles: the low byte of the magic word. */
enum vir_kind {
    VIR_KIND_NONE,
    VIR_KIND_CONNECT,
    VIR_KIND_DOMAIN,
    VIR_KIND_SNAPSHOT,
    VIR_KIND_NETWORK,
    VIR_KIND_LAST
};

struct _virDomain {
    struct vir_object object;
    const char *name;
    unsigned char uuid[VIR_UUID_BUFLEN];
    int id;
};

struct _virDomainSnapshot {
    struct vir_object object;
    const char *name;
    const char *note;
};

struct _virNetwork {
    struct vir_object object;
    const char *name;
    unsigned char uuid[VIR_UUID_BUFLEN];
};
