/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
#ifndef WIRE_RECEIVE_H
#define WIRE_RECEIVE_H

#include "wire/protocol.h"

/* From a message's struct to an event, by number of the message; NULL: not an event. */
typedef struct vir_event *(*remote_receive_fn)(const void *msg);
extern const remote_receive_fn remote_receivers[], qemu_receivers[];
extern const int remote_n_receivers, qemu_n_receivers;

/* Room for any of these messages. */
union remote_any_event {
    struct remote_domain_event_callback_change_msg remote_domain_event_callback_change_msg;
    struct remote_domain_event_change_msg remote_domain_event_change_msg;
};

#endif
