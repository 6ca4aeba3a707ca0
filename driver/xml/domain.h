/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every driver makes of a domain's document before it is read: lists that are
 * written member by member, numbers that follow from others.  Where a value is wrong
 * nothing is done: reading tells it.  Each returns -1 with an error.
 */
#ifndef DRIVER_XML_DOMAIN_H
#define DRIVER_XML_DOMAIN_H

#include "reader.h"

int xml_domain_complete(struct reader *reader, const struct vir_xml_table *table, struct xml_node *domain);

/* ---- domain-amount.c ------------------------------------------------------------------- */

/* Rewrites an amount, the attribute or (NULL) the text, in the largest unit of which it is a multiple; UNIT
 * is what it is counted in where the document does not say. */
int xml_domain_amount(struct reader *reader, struct xml_node *node, const char *attribute, const char *unit);

/* ---- domain-vcpus.c: <vcpu>, <vcpus>, and what <cputune> says of them ---------------- */

int xml_domain_vcpus(struct reader *reader, struct xml_node *domain);
/* How many there can be; 0: the document says something else than a number. */
unsigned int xml_domain_vcpu_count(struct reader *reader, const struct xml_node *domain);

/* ---- domain-iothreads.c: <iothreads>, <iothreadids>, and what <cputune> says of them -- */

int xml_domain_iothreads(struct reader *reader, struct xml_node *domain);

/* ---- domain-numa.c, domain-numatune.c: the guest's NUMA cells, the host's nodes ---------- */

int xml_domain_numa(struct reader *reader, struct xml_node *domain);
int xml_domain_numatune(struct reader *reader, struct xml_node *domain);

/* ---- a file for each of the other sections -------------------------------------------------- */

/* What is said about one device; about all of a domain. */
int xml_device_complete(struct reader *reader, struct xml_node *device);
int xml_domain_devices(struct reader *reader, struct xml_node *domain);

int xml_domain_cpu(struct reader *reader, struct xml_node *domain);
int xml_domain_features(struct reader *reader, struct xml_node *domain);
int xml_domain_os(struct reader *reader, struct xml_node *domain);
int xml_domain_seclabels(struct reader *reader, struct xml_node *domain);
int xml_domain_sysinfo(struct reader *reader, struct xml_node *domain);
int xml_domain_tune(struct reader *reader, struct xml_node *domain);

/* ---- domain-threads.c ---------------------------------------------------------------------- */

/* Numbered threads of a kind, and where <cputune> speaks of them. */
struct xml_threads {
    const char *pin, *pin_id;           /* the element that pins one, its attribute */
    const char *sched, *sched_ids;      /* the element about the scheduler of some */
    const unsigned int *ids;            /* in the order of writing */
    size_t n;
    bool pin_must_exist;                /* else a pin of a thread that is not there is dropped */
};

/* One element for each thread, in the order of the threads. */
int xml_domain_threads(struct reader *reader, struct xml_node *cputune, const struct xml_threads *threads);

#endif
