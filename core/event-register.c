/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Callbacks for events: what each wants to hear of, and telling the module when
 * the first of a kind comes and the last one goes.
 */
#include "event-state.h"
#include "error.h"

#include <stdlib.h>
#include <string.h>

#include "lock.h"

enum { MATCH_REGEX = 1 << 0, MATCH_NOCASE = 1 << 1 };   /* flags of monitor events */

/* ---- callbacks ---- */

struct vir_event_callback *
vir_event_callback_free(struct vir_event_callback *callback)
{
    if (!callback)
        return NULL;
    if (callback->freecb)
        callback->freecb(callback->opaque);
    if (callback->pattern) {
        regfree(callback->pattern);
        free(callback->pattern);
    }
    free(callback->name);
    free(callback->key);
    free(callback);
    return NULL;
}

static bool
same_object(const struct vir_event_callback *callback, const struct vir_event *event)
{
    if (!callback->for_one)
        return true;
    if (callback->name)
        return event->object.name && !strcmp(callback->name, event->object.name);
    return event->object.uuid && !memcmp(callback->uuid, event->object.uuid, VIR_UUID_BUFLEN);
}

static bool
same_key(const struct vir_event_callback *callback, const struct vir_event *event)
{
    const char *key = event->type->key ? event->type->key(event->payload) : NULL;

    if (callback->pattern)
        return key && regexec(callback->pattern, key, 0, NULL, 0) == 0;
    if (callback->key)
        return key && (callback->nocase ? strcasecmp(callback->key, key) : strcmp(callback->key, key)) == 0;
    return true;
}

bool
vir_event_wanted(const struct vir_event_callback *callback, const struct vir_event *event)
{
    return !callback->gone && callback->family == event->type->family && callback->id == event->type->id &&
           same_object(callback, event) && same_key(callback, event);
}

/* Remembers which OBJECT of FAMILY the callback is about. */
static void
set_object(struct vir_event_callback *callback, void *object)
{
    static const uint8_t uuid_offsets[] = {
        [VIR_EVENT_DOMAIN] = offsetof(struct _virDomain, uuid),
        [VIR_EVENT_NETWORK] = offsetof(struct _virNetwork, uuid),
        [VIR_EVENT_STORAGE_POOL] = offsetof(struct _virStoragePool, uuid),
        [VIR_EVENT_SECRET] = offsetof(struct _virSecret, uuid),
        [VIR_EVENT_QEMU_MONITOR] = offsetof(struct _virDomain, uuid),
    };

    callback->for_one = object;
    if (object && callback->family == VIR_EVENT_NODE_DEVICE)
        callback->name = vir_strdup(vir_node_device_name(object));
    else if (object)
        memcpy(callback->uuid, (char *)object + uuid_offsets[callback->family], VIR_UUID_BUFLEN);
}

static int
set_key(struct vir_event_callback *callback, const char *key, unsigned int flags)
{
    int rc;

    callback->nocase = flags & MATCH_NOCASE;
    if (!key)
        return 0;
    if (!(flags & MATCH_REGEX)) {
        callback->key = vir_strdup(key);
        return 0;
    }
    callback->pattern = VIR_NEW(regex_t);
    rc = regcomp(callback->pattern, key, REG_EXTENDED | REG_NOSUB | (callback->nocase ? REG_ICASE : 0));
    if (rc != 0) {
        free(callback->pattern);
        callback->pattern = NULL;
        return vir_raise(VIR_FROM_EVENT, VIR_ERR_INVALID_ARG, "'%.100s' is not a regular expression", key);
    }
    return 0;
}

/* ---- registration ---- */

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
static size_t
count_callbacks(const struct vir_event_state *state, int family, int id)
{
    size_t n = 0;

    for (size_t i = 0; i < state->callbacks.n; i++)
        n += !state->callbacks.items[i]->gone && state->callbacks.items[i]->family == family &&
             state->callbacks.items[i]->id == id;
    return n;
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
    first = count_callbacks(state, callback->family, callback->id) == 0;
    number = callback->number = state->next_number++;
    vir_vector_add(&state->callbacks, callback);
    pthread_mutex_unlock(&state->lock);
    if (vir_event_need_timer(state) < 0 ||
        (first && vir_event_tell_module(conn, true, callback->family, callback->id) < 0)) {
        pthread_mutex_lock(&state->lock);
        callback->gone = true;
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
    callback = VIR_NEW(struct vir_event_callback);
    callback->family = family;
    callback->id = id;
    callback->fn = fn;
    callback->opaque = opaque;
    set_object(callback, object);
    if (set_key(callback, key, flags) < 0) {
        vir_event_callback_free(callback);
        return -1;
    }
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
    for (size_t i = 0; i < state->callbacks.n && !found; i++)
        if (state->callbacks.items[i]->number == number && state->callbacks.items[i]->family == family &&
            !state->callbacks.items[i]->gone)
            found = state->callbacks.items[i];
    if (found) {
        found->gone = true;
        id = found->id;                 /* whoever delivers may free it from now on */
    }
    last = found && count_callbacks(state, family, id) == 0;
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
