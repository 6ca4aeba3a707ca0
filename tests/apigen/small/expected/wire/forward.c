/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Printed from api/ by print_protocol.py. */
/* The callbacks that libvirtd registers for its clients. */
#include "daemon/wire.h"

#define FORWARD(f) ((virConnectDomainEventGenericCallback)(void (*)(void))(f))

static void
forward_domain_change(virConnectPtr conn, virDomainPtr dom, int state, const char *reason, void *opaque)
{
    struct daemon_subscription *sub = opaque;
    struct remote_domain_event_callback_change_msg msg = {
        .callbackID = sub->callback,
        .msg.dom = rpc_lend_domain(dom),
    };

    (void)conn;
    msg.msg.state = state;
    msg.msg.reason = (char *)(uintptr_t)reason;
    if (sub->old)
        daemon_event_send(sub, &remote_procedures[REMOTE_PROC_DOMAIN_EVENT_CHANGE], &msg.msg, &msg.msg.dom);
    else
        daemon_event_send(sub, &remote_procedures[REMOTE_PROC_DOMAIN_EVENT_CALLBACK_CHANGE], &msg, &msg.msg.dom);
}

static const virConnectDomainEventGenericCallback forward_domain[] = {
    [4] = FORWARD(forward_domain_change),
};

static const virConnectDomainEventGenericCallback forward_network[] = {
};

static const virConnectDomainEventGenericCallback forward_storage_pool[] = {
};

static const virConnectDomainEventGenericCallback forward_node_device[] = {
};

static const virConnectDomainEventGenericCallback forward_secret[] = {
};

const struct daemon_forwarders daemon_forwarders[DAEMON_FAMILIES] = {
    [DAEMON_FAMILY_DOMAIN] = {
        sizeof(forward_domain) / sizeof(forward_domain[0]), forward_domain,
    },
    [DAEMON_FAMILY_NETWORK] = {
        sizeof(forward_network) / sizeof(forward_network[0]), forward_network,
    },
    [DAEMON_FAMILY_STORAGE] = {
        sizeof(forward_storage_pool) / sizeof(forward_storage_pool[0]), forward_storage_pool,
    },
    [DAEMON_FAMILY_NODEDEV] = {
        sizeof(forward_node_device) / sizeof(forward_node_device[0]), forward_node_device,
    },
    [DAEMON_FAMILY_SECRET] = {
        sizeof(forward_secret) / sizeof(forward_secret[0]), forward_secret,
    },
};
