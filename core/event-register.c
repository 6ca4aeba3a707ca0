/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Registering callbacks for events, and telling the module when the first of a kind
 * comes and the last one goes.
 */
#include "event-state.h"
#include "error.h"

#include <stdlib.h>
#include <string.h>

#include "lock.h"

int
vir_event_tell_module(virConnectPtr conn, bool wanted, int family, int id)
{
    const struct vir_slot *slot = vir_connect_slot(conn, VIR_TABLE_CONNECT,
                                                   wanted ? VIR_SLOT_connect_event_subscribe
                                                          : VIR_SLOT_connect_event_unsubscribe);
    int (*call)(virConnectPtr, int, int);

    if (!slot)
        return 0;
    call = (__typeof__(call))slot->call;
    return call(conn, family, id);
}

/* Whether anything can come: a module that emits, or one that can be told. */
static bool
has_source(virConnectPtr conn, struct vir_event_state *state)
{
    VIR_LOCKED(&state->lock);

    return state->hubs.n || vir_connect_slot(conn, VIR_TABLE_CONNECT, VIR_SLOT_connect_event_subscribe);
}

/* Called with the state's lock. */
static bool
has_callback(const struct vir_event_state *state, int family, int id)
{
    for (size_t i = 0; i < state->callbacks.n; i++) {
        const struct vir_event_callback *callback = state->callbacks.items[i];

        if (!callback->gone && callback->family == family && callback->id == id)
            return true;
    }
    return false;
}

/* Called with the state's lock. */
static struct vir_event_callback *
find_callback(const struct vir_event_state *state, int family, int number)
{
    size_t low = 0, high = state->callbacks.n;
    struct vir_event_callback *callback;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (state->callbacks.items[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    callback = low < state->callbacks.n ? state->callbacks.items[low] : NULL;
    return callback && callback->number == number && callback->family == family && !callback->gone ? callback : NULL;
}

/* Adds CALLBACK, and then the timer, which a sweep takes away where there is no callback.  The
 * module is told when it is the first of its kind. */
static int
add_callback(virConnectPtr conn, struct vir_event_state *state, struct vir_event_callback *callback)
{
    bool first;
    int number;

    pthread_mutex_lock(&state->changing);
    pthread_mutex_lock(&state->lock);
    first = !has_callback(state, callback->family, callback->id);
    number = callback->number = state->next_number++;
    vir_vector_add(&state->callbacks, callback);
    pthread_mutex_unlock(&state->lock);
    if (vir_event_need_timer(state) < 0 ||
        (first && vir_event_tell_module(conn, true, callback->family, callback->id) < 0)) {
        pthread_mutex_lock(&state->lock);
        vir_event_leave(state, callback);
        callback->freecb = NULL;        /* the program keeps what it could not register */
        pthread_mutex_unlock(&state->lock);
        number = -1;
    }
    pthread_mutex_unlock(&state->changing);
    return number;
}

int
vir_event_register(virConnectPtr conn, int family, int id, void *object, const char *key,
                   unsigned int flags, void (*fn)(void), void *opaque, virFreeCallback freecb)
{
    static const uint8_t family_tables[] = {
        [VIR_EVENT_DOMAIN] = VIR_TABLE_DOMAIN,
        [VIR_EVENT_NETWORK] = VIR_TABLE_NETWORK,
        [VIR_EVENT_STORAGE_POOL] = VIR_TABLE_STORAGE,
        [VIR_EVENT_NODE_DEVICE] = VIR_TABLE_NODEDEV,
        [VIR_EVENT_SECRET] = VIR_TABLE_SECRET,
        [VIR_EVENT_QEMU_MONITOR] = VIR_TABLE_QEMU,
    };
    struct vir_event_state *state = vir_event_state_of(conn);
    struct vir_event_callback *callback;
    int number;

    /* who provides the family joins now */
    if (!vir_connect_table(conn, family_tables[family])->n || !has_source(conn, state))
        return vir_raise(VIR_FROM_EVENT, VIR_ERR_NO_SUPPORT, "events of this kind");
    callback = vir_event_callback_new(family, id, object, key, flags);
    if (!callback)
        return -1;
    callback->fn = fn;
    callback->opaque = opaque;
    callback->by_function = flags & VIR_EVENT_BY_FUNCTION;
    callback->freecb = freecb;
    number = add_callback(conn, state, callback);
    if (number < 0)
        vir_event_sweep(state);
    return number;
}

int
vir_event_deregister(virConnectPtr conn, int family, int number)
{
    struct vir_event_state *state = vir_event_state_of(conn);
    struct vir_event_callback *found = NULL;
    int id = -1, rc = 0;
    bool last;

    pthread_mutex_lock(&state->changing);
    pthread_mutex_lock(&state->lock);
    found = find_callback(state, family, number);
    if (found) {
        vir_event_leave(state, found);
        id = found->id;                 /* whoever delivers may free it from now on */
    }
    last = found && !has_callback(state, family, id);
    pthread_mutex_unlock(&state->lock);
    if (last)
        rc = vir_event_tell_module(conn, false, family, id);
    pthread_mutex_unlock(&state->changing);
    if (!found)
        return vir_raise(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG, "could not find event callback %d for deletion",
                         number);
    vir_event_sweep(state);
    return rc;
}

int
vir_event_find(virConnectPtr conn, void (*fn)(void))
{
    struct vir_event_state *state = vir_event_state_of(conn);
    VIR_LOCKED(&state->lock);

    for (size_t i = 0; i < state->callbacks.n; i++)
        if (state->callbacks.items[i]->by_function && state->callbacks.items[i]->fn == fn &&
            !state->callbacks.items[i]->gone)
            return state->callbacks.items[i]->number;
    return -1;
}
