/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
/* Events from the messages of a daemon. */
#include "modules/remote/wire.h"
#include "wire/receive.h"

static struct vir_event *
receive_domain_change(const void *msg_)
{
    const struct remote_domain_event_callback_change_msg *msg = msg_;

    return vir_event_domain_change(msg->msg.dom.name, msg->msg.dom.uuid, msg->msg.dom.id, msg->msg.state,
            msg->msg.reason);
}

static struct vir_event *
receive_old_domain_change(const void *msg_)
{
    const struct remote_domain_event_change_msg *msg = msg_;

    return vir_event_domain_change(msg->dom.name, msg->dom.uuid, msg->dom.id, msg->state, msg->reason);
}

const remote_receive_fn remote_receivers[] = {
    [11] = receive_old_domain_change,
    [12] = receive_domain_change,
};

const int remote_n_receivers = 13;

const remote_receive_fn qemu_receivers[] = {
};

const int qemu_n_receivers = 1;
