/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The virtual CPUs of a document: which are online, which can come and go; and where
 * they and QEMU's other threads run on the host.
 */
#ifndef QEMU_VCPUS_H
#define QEMU_VCPUS_H

#include "document/domain-xml.h"

struct qemu_command;

int qemu_vcpus_check(const struct qemu_domain_def *doc);
/* Those that are there when the machine is made; others that are online come before it runs. */
void qemu_vcpus_build(const struct qemu_domain_def *doc, struct qemu_command *command);

bool qemu_vcpu_is_online(const struct qemu_domain_def *doc, unsigned int id);
/* It can come and go while the guest runs. */
bool qemu_vcpu_is_hotpluggable(const struct qemu_domain_def *doc, unsigned int id);
/* The one that is online and comes next in the order in which they came, of those that are plugged in;
 * FROM: the order of the one before, at first 0.  The number of all where there is none. */
unsigned int qemu_vcpu_next_plugged(const struct qemu_domain_def *doc, unsigned int *from);
/* Has the document say each of them: of a guest that is STARTED, with the order in which they came. */
void qemu_vcpus_list(struct qemu_domain_def *doc, bool started);
void qemu_vcpu_set_online(struct qemu_domain_def *doc, unsigned int id, bool online);
/* How many are online is N from now on, HOTPLUGGABLE those that come; of a definition. */
void qemu_vcpus_set_number(struct qemu_domain_def *doc, unsigned int n, bool hotpluggable);
int qemu_vcpus_set_most(struct qemu_domain_def *doc, unsigned int n);

/* ---- where they run (pins.c): the host's CPUs as a text, NULL where nothing is said ---- */

const char *qemu_pin_of_vcpu(const struct qemu_domain_def *doc, unsigned int id);
const char *qemu_pin_of_iothread(const struct qemu_domain_def *doc, unsigned int id);
const char *qemu_pin_of_emulator(const struct qemu_domain_def *doc);
void qemu_pin_vcpu(struct qemu_domain_def *doc, unsigned int id, const char *cpus);
void qemu_pin_iothread(struct qemu_domain_def *doc, unsigned int id, const char *cpus);
void qemu_pin_emulator(struct qemu_domain_def *doc, const char *cpus);
/* What was said of threads that are gone: the vcpus from FROM on. */
void qemu_unpin_vcpus(struct qemu_domain_def *doc, unsigned int from);
void qemu_unpin_iothread(struct qemu_domain_def *doc, unsigned int id);

#endif
