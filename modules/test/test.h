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
    size_t n_cells;                     /* NUMA cells: those of host.c, or none; constant */
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
    struct vir_snapshots *snapshots;
};

static inline struct test_host *
test_host_of(virConnectPtr conn)
{
    return vir_connect_data(conn);
}

/* Appends a new item to a list of a definition and gives it. */
#define TEST_APPEND(list, n, new_item) \
    ((list) = vir_realloc_array((list), (n) + 1, sizeof(*(list))), (list)[(n)++] = (new_item))

/* ---- the calls: module.c tells which the module has; connect.c, host.c, domain.c, domain-info.c
 * and stats.c have them ---- */

VIR_DECLARE_CALLS(test);

/* ---- connect.c ---------------------------------------------------------- */

int test_load(const struct vir_host *host);

/* ---- login.c ------------------------------------------------------------- */

/* Lets a program in that is one of the users of NODE; -1 with an error. */
int test_login(const struct test_node_def *node, virConnectAuthPtr auth);

/* ---- host.c ---------------------------------------------------------------- */

#define TEST_CELLS 2                    /* NUMA cells of test:///default */

/* ---- default-domain.c ------------------------------------------------------ */

/* The domain `test`, not yet completed. */
struct test_domain_def *test_default_domain(void);

/* ---- domain.c: one domain, and its life ---------------------------------------- */

/* The domain that a handle means, locked; NULL with VIR_ERR_NO_DOMAIN. */
struct test_domain *test_domain_get(virDomainPtr dom);
/* Unlocks a domain, if there is one, and lets go of it. */
void test_domain_done(struct test_domain **td);
/* A domain that is locked until the end of the scope. */
#define TEST_LOCKED __attribute__((cleanup(test_domain_done))) struct test_domain *
void test_domain_free(struct vir_store_entry *entry);
unsigned int test_domain_facts(const struct vir_store_entry *entry);   /* of struct vir_store_kind */
bool test_domain_runs(const struct test_domain *td);
/* -1 with VIR_ERR_OPERATION_INVALID unless it runs. */
int test_domain_must_run(const struct test_domain *td);
/* Adds what a node file gives; takes over DEF. */
int test_domain_add(struct test_host *host, struct test_domain_def *def);

/* With its lock.  ID -1: it does not run. */
void test_domain_set_id(struct test_host *host, struct test_domain *td, int id);
/* A transient one is gone afterwards.  REASON: virDomainShutoffReason, DETAIL: of the event. */
void test_domain_stop(struct test_host *host, struct test_domain *td, int reason, int detail);
/* The same of one that stays, to run again. */
void test_domain_halt(struct test_host *host, struct test_domain *td, int reason, int detail);
void test_domain_tell(struct test_host *host, const struct test_domain *td, int event, int detail);

/* ---- snapshot.c ------------------------------------------------------------------------ */

struct vir_snapshots *test_snapshots_of(struct vir_store_entry *entry);        /* of struct vir_store_kind */

/* ---- migratable.c ---------------------------------------------------------------------- */

/* For VIR_DOMAIN_XML_MIGRATABLE; HOW: flags of the engine. */
char *test_domain_format_migratable(const struct test_domain_def *def, unsigned int how);

/* ---- domain-defaults.c --------------------------------------------------------------- */

/* Completes a definition as the program wrote it. */
int test_domain_def_complete(struct test_domain_def *def);

/* ---- default-disks.c, default-characters.c, default-screens.c: its devices, in this order ---- */

int test_complete_disks(struct test_domain_def *def);
int test_complete_controllers(struct test_domain_def *def);
void test_complete_characters(struct test_domain_def *def);
int test_complete_screens(struct test_domain_def *def);
/* Adds a controller unless it is there. */
void test_add_controller(struct test_domain_def *def, enum test_controller_type type, unsigned int index);

#endif
