/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The network cards that a guest has, as its agent tells. */
#ifndef QEMU_ADDRESSES_H
#define QEMU_ADDRESSES_H

#include "guest/agent.h"

struct qemu_guest_cards {
    virDomainInterfacePtr *list;
    size_t n;
};

enum qemu_agent_end qemu_guest_cards(struct qemu_domain *domain, struct qemu_guest_cards *ret);
/* They are empty then. */
void qemu_guest_cards_free(struct qemu_guest_cards *cards);

#endif
