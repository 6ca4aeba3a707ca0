/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Registration of callbacks for events (see event.c). */
#ifndef VIR_CORE_EVENT_H
#define VIR_CORE_EVENT_H

#include "connect.h"

/* A callback for events (family, id) of CONN, about OBJECT only if it is not
 * NULL.  KEY and FLAGS are for monitor events, see
 * virConnectDomainQemuMonitorEventRegister, or FLAGS is VIR_EVENT_BY_FUNCTION.
 * Returns its number (>= 0), or -1 with an error that was not dispatched. */
#define VIR_EVENT_BY_FUNCTION (1u << 31)
int vir_event_register(virConnectPtr conn, int family, int id, void *object, const char *key,
                       unsigned int flags, void (*callback)(void), void *opaque, virFreeCallback freecb);
int vir_event_deregister(virConnectPtr conn, int family, int callback_id);
/* The number of the callback that is known by this function; -1: none, no error. */
int vir_event_find(virConnectPtr conn, void (*callback)(void));

/* Tells CONN's module that events (family, id) are wanted, or no longer, if it has to know. */
int vir_event_tell_module(virConnectPtr conn, bool wanted, int family, int id);

/* Whom CONN tells of its end: the connection has one reference, who calls FN another. */
struct vir_close_callback {
    int refs;                           /* atomic */
    virConnectCloseFunc fn;
    void *opaque;
    virFreeCallback freecb;
};
struct vir_close_callback *vir_close_callback_unref(struct vir_close_callback *callback);  /* returns NULL */
/* Has CONN's close callback called from the event loop. */
void vir_event_queue_close(virConnectPtr conn);
/* CONN goes: nothing is delivered to it any more. */
void vir_event_detach(virConnectPtr conn);

struct vir_event *vir_event_new(const struct vir_event_type *type, const struct vir_event_object *object,
                                const void *payload);

#endif
