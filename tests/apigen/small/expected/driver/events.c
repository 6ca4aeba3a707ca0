/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Constructors and deliverers of all events.  Printed from api/. */
#include <stdlib.h>

#include "core/private.h"

#define CB(type) ((type)callback)

static virTypedParameterPtr
copy_params(virTypedParameterPtr params, int nparams)
{
    virTypedParameterPtr copy = vir_alloc_array(nparams, sizeof(*copy));
    int i;

    for (i = 0; i < nparams; i++) {
        copy[i] = params[i];
        if (params[i].type == VIR_TYPED_PARAM_STRING)
            copy[i].value.s = vir_strdup(params[i].value.s);
    }
    return copy;
}

static virDomainEventGraphicsAddress
copy_address(const virDomainEventGraphicsAddress *from)
{
    return (virDomainEventGraphicsAddress){ from->family, vir_strdup(from->node), vir_strdup(from->service) };
}

static void
free_address(virDomainEventGraphicsAddress *address)
{
    free(address->node);
    free(address->service);
}

static virDomainEventGraphicsSubject
copy_subject(const virDomainEventGraphicsSubject *from)
{
    virDomainEventGraphicsSubject copy = { from->nidentity, NULL };
    int i;

    copy.identities = vir_alloc_array(from->nidentity, sizeof(*copy.identities));
    for (i = 0; i < from->nidentity; i++) {
        copy.identities[i].type = vir_strdup(from->identities[i].type);
        copy.identities[i].name = vir_strdup(from->identities[i].name);
    }
    return copy;
}

static void
free_subject(virDomainEventGraphicsSubject *subject)
{
    int i;

    for (i = 0; i < subject->nidentity; i++) {
        free(subject->identities[i].type);
        free(subject->identities[i].name);
    }
    free(subject->identities);
}

struct domain_change {
    int state;
    char *reason;
};

static void
deliver_domain_change(virConnectPtr conn, void *object, const void *payload, void (*callback)(void), void *opaque)
{
    struct domain_change *p = (struct domain_change *)payload;

    CB(virSmallCallback)(conn, object, p->state, p->reason, opaque);
}

static void
clear_domain_change(void *payload)
{
    struct domain_change *p = payload;

    free(p->reason);
}

static const struct vir_event_type type_domain_change = {
    VIR_EVENT_DOMAIN, 4, sizeof(struct domain_change),
    deliver_domain_change, clear_domain_change, NULL
};

struct vir_event *
vir_event_domain_change(const char *name, const unsigned char *uuid, int id, int state, const char
                        *reason)
{
    struct vir_event_object object = { .name = name, .uuid = uuid, .id = id };
    struct domain_change payload = {
        .state = state,
        .reason = vir_strdup(reason),
    };

    return vir_core.event_new(&type_domain_change, &object, &payload);
}
