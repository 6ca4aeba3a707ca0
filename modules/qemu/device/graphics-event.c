/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Clients of a guest's screen: they connect, log in and leave.
 */
#include "device/graphics.h"
#include "qmp/qmp.h"

/* Points into END. */
static virDomainEventGraphicsAddress
address_of(struct json_object *end)
{
    const char *family = qmp_get_string(end, "family");

    return (virDomainEventGraphicsAddress){
        .family = is(family, "ipv6") ? VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6
            : is(family, "unix") ? VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX : VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4,
        .node = (char *)qmp_get_string(end, "host"), .service = (char *)qmp_get_string(end, "service"),
    };
}

static void
emit(const struct qemu_told *told, int phase)
{
    struct json_object *server = qmp_get(told->data, "server"), *client = qmp_get(told->data, "client");
    const virDomainEventGraphicsAddress here = address_of(server), there = address_of(client);
    static const char *const names[][2] = { { "x509_dname", "x509dname" }, { "sasl_username", "saslUsername" } };
    virDomainEventGraphicsSubjectIdentity who[2];
    virDomainEventGraphicsSubject subject = { .identities = who };
    const char *auth = qmp_get_string(server, "auth");

    if (!here.node || !here.service || !there.node || !there.service)
        return;
    for (size_t i = 0; i < 2; i++) {
        const char *name = qmp_get_string(client, names[i][0]);

        if (name)
            who[subject.nidentity++] = (virDomainEventGraphicsSubjectIdentity){ (char *)names[i][1], (char *)name };
    }
    vir_event_emit(qemu_driver.hub, vir_event_domain_graphics(told->name, told->uuid, told->id, phase, &here, &there,
                                                              auth ? auth : "", &subject));
}

void
qemu_graphics_event(const struct qemu_told *told)
{
    if (is(told->event, "VNC_CONNECTED"))
        emit(told, VIR_DOMAIN_EVENT_GRAPHICS_CONNECT);
    else if (is(told->event, "VNC_INITIALIZED"))
        emit(told, VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE);
    else if (is(told->event, "VNC_DISCONNECTED"))
        emit(told, VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT);
}
