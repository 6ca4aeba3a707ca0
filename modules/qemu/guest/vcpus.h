/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Vcpus of a running guest that come and go. */
#ifndef QEMU_GUEST_VCPUS_H
#define QEMU_GUEST_VCPUS_H

#include "document/vcpus.h"

#include <json-c/json.h>

/* Before the guest runs: those that are plugged in, in their order. */
int qemu_vcpus_begin(struct qemu_run *run, const struct qemu_domain_def *doc);

/* DOC's vcpus IDS come; none of those does where one cannot. */
int qemu_vcpus_plug(struct qemu_run *run, const struct qemu_domain_def *doc, const unsigned int *ids, size_t n);

/* The number of the vcpu that QEMU calls ALIAS; -1: it is none. */
int qemu_vcpu_number(const char *alias);
/* The live document's vcpu is online or not from now on. */
int qemu_vcpu_show(struct qemu_run *run, unsigned int id, bool online);

/* Does QEMU, with PERIPHERALS, have other vcpus than DOC?  And has the live document say the same. */
bool qemu_vcpus_differ(const struct qemu_domain_def *doc, struct json_object *peripherals);
int qemu_vcpus_agree(struct qemu_run *run, struct json_object *peripherals);

#endif
