/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The domain events by number: their names on the command line and their callbacks. */
#ifndef VIRSH_EVENT_TEXT_H
#define VIRSH_EVENT_TEXT_H

#include "event-wait.h"

struct virsh_domain_event {
    const char *name;
    virConnectDomainEventGenericCallback callback;      /* of the event's own type */
};

/* What a callback gets as opaque. */
struct virsh_domain_watch {
    struct virsh_events *events;
    const struct virsh_domain_event *event;
    int callback_id;
};

#define VIRSH_DOMAIN_EVENTS (VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE + 1)
extern const struct virsh_domain_event virsh_domain_events[VIRSH_DOMAIN_EVENTS];

#endif
