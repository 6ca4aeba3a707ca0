/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the xen module share.
 */
#ifndef XEN_H
#define XEN_H

#define VIR_MODULE_DOMAIN VIR_FROM_XEN
#define VIR_LOG_SOURCE "xen.store"
#include <libvirt/module.h>

/* ---- store.c: the xenstore, asked with a deadline ----------------------- */
/* Each call ends within XEN_STORE_DEADLINE_MS, whatever the store's daemon
 * does, and holds no lock while it waits. */

#define XEN_STORE_DEADLINE_MS 2000
#define XEN_STORE_PATH_MAX 256          /* longest path that we ask for, with its NUL */

/* The value at a path as text: 1 found (caller frees), 0 not there, -1 error. */
int xen_store_read(char **ret_value, const char *path_format, ...) VIR_PRINTF(2, 3);
/* The names below a path, in one block that the caller frees: 1, 0, -1 likewise. */
int xen_store_list(char ***ret_names, size_t *ret_n, const char *path_format, ...) VIR_PRINTF(3, 4);
/* Ends the store's thread. */
void xen_store_stop(void);

/* ---- facts.c: what the store says about domains ---------------------------- */

/* Who a domain is; enough for a handle. */
struct xen_identity {
    int id;
    char *name;
    unsigned char uuid[VIR_UUID_BUFLEN];
};

/* What a domain is like. Memory in KiB. */
struct xen_facts {
    unsigned long memory, max_memory;
    unsigned int vcpus, max_vcpus;
    int state, reason;                  /* virDomainState and its reason */
    char *type;                         /* pv, pvh or hvm; NULL: not told */
    char *kernel, *ramdisk, *cmdline;   /* direct boot; NULL: none */
    char *tty;                          /* of the console; NULL: none yet */
};

void xen_identity_clear(struct xen_identity *who);
void xen_facts_clear(struct xen_facts *facts);
/* 1 found, 0 no such domain, -1 error. */
int xen_identity_by_id(int id, struct xen_identity *ret_who);
int xen_identity_by_name(const char *name, struct xen_identity *ret_who);
int xen_identity_by_uuid(const unsigned char *uuid, struct xen_identity *ret_who);
/* All domains, ascending by id; xen_identities_free releases them. */
int xen_identities(struct xen_identity **ret_all, size_t *ret_n);
void xen_identities_free(struct xen_identity *all, size_t n);
/* The domain that a handle means, by uuid and, for domain 0 and the like that
 * have none, by name: 0, or -1 with VIR_ERR_NO_DOMAIN. */
int xen_identity_of(virDomainPtr dom, struct xen_identity *ret_who);
/* Running, or asked to power off; the store does not tell a paused domain from
 * a running one. */
int xen_state_read(const struct xen_identity *who, int *ret_state, int *ret_reason);
int xen_facts_read(const struct xen_identity *who, struct xen_facts *ret_facts);
/* "linux" or "hvm"; "xen" for domain 0. */
const char *xen_os_type(const struct xen_identity *who, const struct xen_facts *facts);

/* ---- domain-xml.c ------------------------------------------------------------- */

char *xen_domain_format(const struct xen_identity *who, const struct xen_facts *facts);

/* ---- the calls: module.c tells which the module has ------------------------------ */

VIR_DECLARE_CALLS(xen);

#endif
