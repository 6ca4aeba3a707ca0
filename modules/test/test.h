/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the test module share.
 */
#ifndef TEST_H
#define TEST_H

#include <stdatomic.h>

#define VIR_MODULE_DOMAIN VIR_FROM_TEST
#define VIR_LOG_SOURCE "test"
#include <libvirt/module.h>

#include "test-schema.h"                /* struct test_domain_def, struct test_node_def: from test.schema */

/* An imaginary host and its domains. test:///default is one for the whole
 * process, as long as a connection to it is open; each test:///FILE is its own. */
struct test_host {
    int refs;                           /* connections; protected by the lock in connect.c */
    virNodeInfo node;                   /* constant */
    struct vir_store *domains;
    struct vir_event_hub *events;
    atomic_int last_id;                 /* of a domain that was started */
};

/* A domain.  The entry's lock protects all of it. */
struct test_domain {
    struct vir_store_entry entry;       /* first, as the store wants it; id is -1 unless it runs */
    struct test_domain_def *def;        /* as it runs, or as it will start */
    struct test_domain_def *next;       /* of one that runs: as it will start, NULL: the same as def */
    bool persistent, autostart;
    int state, reason;                  /* virDomainState and its reason */
};

static inline struct test_host *
test_host_of(virConnectPtr conn)
{
    return vir_connect_data(conn);
}

/* Appends a new item to a list of a definition and gives it. */
#define TEST_APPEND(list, n, new_item) \
    ((list) = vir_realloc_array((list), (n) + 1, sizeof(*(list))), (list)[(n)++] = (new_item))

/* ---- connect.c ---------------------------------------------------------- */

int test_load(const struct vir_host *host);
int test_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags);
int test_connect_close(virConnectPtr conn);

/* ---- default-domain.c ------------------------------------------------------ */

/* The domain `test`, not yet completed. */
struct test_domain_def *test_default_domain(void);

/* ---- host.c: what is told about the imaginary host ------------------------ */

const char *test_connect_get_type(virConnectPtr conn);
int test_connect_get_version(virConnectPtr conn, unsigned long *ret_version);
int test_connect_get_max_vcpus(virConnectPtr conn, const char *type);
char *test_connect_get_capabilities(virConnectPtr conn);
int test_node_get_info(virConnectPtr conn, virNodeInfoPtr ret_info);
unsigned long long test_node_get_free_memory(virConnectPtr conn);
int test_node_get_cells_free_memory(virConnectPtr conn, unsigned long long *ret_free, int first, int max);
int test_node_get_security_model(virConnectPtr conn, virSecurityModelPtr ret_model);

/* ---- domain-list.c: finding domains, and bulk answers ----------------------- */

int test_connect_num_of_domains(virConnectPtr conn);
int test_connect_num_of_defined_domains(virConnectPtr conn);
int test_connect_list_all_domains(virConnectPtr conn, virDomainPtr **ret_domains, unsigned int flags);
int test_connect_get_all_domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int n_doms,
                                      unsigned int stats, virDomainStatsRecordPtr **ret_records,
                                      unsigned int flags);
virDomainPtr test_domain_lookup_by_id(virConnectPtr conn, int id);
virDomainPtr test_domain_lookup_by_name(virConnectPtr conn, const char *name);
virDomainPtr test_domain_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid);

/* ---- domain.c: one domain, and its life ---------------------------------------- */

/* The domain that a handle means, locked; NULL with VIR_ERR_NO_DOMAIN. */
struct test_domain *test_domain_get(virDomainPtr dom);
/* Unlocks a domain, if there is one, and lets go of it. */
void test_domain_done(struct test_domain **td);
/* A domain that is locked until the end of the scope. */
#define TEST_LOCKED __attribute__((cleanup(test_domain_done))) struct test_domain *
void test_domain_free(struct vir_store_entry *entry);
bool test_domain_runs(const struct test_domain *td);
/* -1 with VIR_ERR_OPERATION_INVALID unless it runs. */
int test_domain_must_run(const struct test_domain *td);
/* Adds what a node file gives; takes over DEF. */
int test_domain_add(struct test_host *host, struct test_domain_def *def);

virDomainPtr test_domain_define_xml_flags(virConnectPtr conn, const char *xml, unsigned int flags);
virDomainPtr test_domain_create_xml(virConnectPtr conn, const char *xml, unsigned int flags);
int test_domain_create_with_flags(virDomainPtr dom, unsigned int flags);
int test_domain_undefine_flags(virDomainPtr dom, unsigned int flags);
int test_domain_destroy_flags(virDomainPtr dom, unsigned int flags);
int test_domain_shutdown_flags(virDomainPtr dom, unsigned int flags);
int test_domain_reboot(virDomainPtr dom, unsigned int flags);
int test_domain_suspend(virDomainPtr dom);
int test_domain_resume(virDomainPtr dom);

/* ---- domain-info.c: reading and changing what a domain is like ------------------- */

int test_domain_get_info(virDomainPtr dom, virDomainInfoPtr ret_info);
int test_domain_get_state(virDomainPtr dom, int *ret_state, int *ret_reason, unsigned int flags);
char *test_domain_get_os_type(virDomainPtr dom);
char *test_domain_get_xml_desc(virDomainPtr dom, unsigned int flags);
unsigned long test_domain_get_max_memory(virDomainPtr dom);
int test_domain_set_memory_flags(virDomainPtr dom, unsigned long memory, unsigned int flags);
int test_domain_get_vcpus_flags(virDomainPtr dom, unsigned int flags);
int test_domain_set_vcpus_flags(virDomainPtr dom, unsigned int n, unsigned int flags);
int test_domain_get_autostart(virDomainPtr dom, int *ret_autostart);
int test_domain_set_autostart(virDomainPtr dom, int autostart);
int test_domain_is_active(virDomainPtr dom);
int test_domain_is_persistent(virDomainPtr dom);
int test_domain_is_updated(virDomainPtr dom);
int test_domain_has_managed_save_image(virDomainPtr dom, unsigned int flags);
int test_domain_get_security_label(virDomainPtr dom, virSecurityLabelPtr ret_label);

/* ---- domain-defaults.c --------------------------------------------------------------- */

/* Completes a definition as the program wrote it. */
int test_domain_def_complete(struct test_domain_def *def);

#endif
