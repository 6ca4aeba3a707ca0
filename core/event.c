/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events on their way from modules to callbacks.  A module emits into its hub
 * and never waits; each attached connection queues what some callback of it
 * wants; a timer of the program's event loop delivers.  No lock is held while
 * code of the program runs, its event loop included.
 */
#define VIR_LOG_SOURCE "core.event"
#include "event-state.h"
#include "error.h"

#include <stdlib.h>
#include <string.h>

#include "lock.h"

#define QUEUE_MAX 65536                 /* events that wait for one program's event loop */

/* ---- one event ---- */

struct vir_event *
vir_event_new(const struct vir_event_type *type, const struct vir_event_object *object, const void *payload)
{
    size_t name_len = object->name ? strlen(object->name) + 1 : 0;
    size_t usage_len = object->usage_id ? strlen(object->usage_id) + 1 : 0;
    struct vir_event *event = vir_alloc(sizeof(*event) + type->payload + name_len + usage_len);
    char *text = (char *)event->payload + type->payload;

    event->refs = 1;
    event->type = type;
    event->object.id = object->id;
    if (name_len)
        event->object.name = memcpy(text, object->name, name_len);
    if (usage_len)
        event->object.usage_id = memcpy(text + name_len, object->usage_id, usage_len);
    if (object->uuid)
        event->object.uuid = memcpy(event->uuid, object->uuid, VIR_UUID_BUFLEN);
    if (type->payload)
        memcpy(event->payload, payload, type->payload);
    return event;
}

static void
event_unref(struct vir_event *event)
{
    if (!event || __atomic_sub_fetch(&event->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (event->type->clear)
        event->type->clear(event->payload);
    free(event);
}

/* A handle for what EVENT is about. */
static void *
event_handle(virConnectPtr conn, const struct vir_event *event)
{
    const struct vir_event_object *object = &event->object;

    switch (event->type->family) {
    case VIR_EVENT_NETWORK:
        return vir_network_new(conn, object->name, object->uuid);
    case VIR_EVENT_STORAGE_POOL:
        return vir_storage_pool_new(conn, object->name, object->uuid);
    case VIR_EVENT_NODE_DEVICE:
        return vir_node_device_new(conn, object->name);
    case VIR_EVENT_SECRET:
        return vir_secret_new(conn, object->uuid, object->id, object->usage_id);
    default:
        return vir_domain_new(conn, object->name, object->uuid, object->id);
    }
}

/* ---- the state of a connection ---- */

static void
state_unref(void *opaque)
{
    struct vir_event_state *state = opaque;

    if (__atomic_sub_fetch(&state->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < state->callbacks.n; i++)
        vir_event_callback_free(state->callbacks.items[i]);
    for (size_t i = 0; i < state->queue.n; i++)
        event_unref(state->queue.items[i]);
    vir_vector_clear(&state->callbacks);
    vir_vector_clear(&state->queue);
    vir_vector_clear(&state->hubs);
    pthread_mutex_destroy(&state->changing);
    pthread_mutex_destroy(&state->lock);
    free(state);
}

struct vir_event_state *
vir_event_state_of(virConnectPtr conn)
{
    struct vir_event_state *state;
    VIR_LOCKED(&conn->lock);

    if (!conn->events) {
        state = VIR_NEW(struct vir_event_state);
        pthread_mutex_init(&state->changing, NULL);
        pthread_mutex_init(&state->lock, NULL);
        state->refs = 1;
        state->conn = conn;
        state->timer = -1;
        conn->events = state;
    }
    return conn->events;
}

void
vir_event_sweep(struct vir_event_state *state)
{
    struct vir_event_callback *gone[16];
    int timer = -1;
    size_t n;

    do {
        n = 0;
        pthread_mutex_lock(&state->lock);
        for (size_t i = 0; i < state->callbacks.n && n < 16 && !state->delivering; )
            if (state->callbacks.items[i]->gone) {
                gone[n++] = state->callbacks.items[i];
                vir_vector_remove(&state->callbacks, i);
            } else {
                i++;
            }
        if (!state->callbacks.n && !state->closed && !state->delivering) {
            timer = state->timer;
            state->timer = -1;
        }
        pthread_mutex_unlock(&state->lock);
        for (size_t i = 0; i < n; i++)
            vir_event_callback_free(gone[i]);
    } while (n);
    if (timer >= 0)
        virEventRemoveTimeout(timer);
}

/* ---- delivery ---- */

/* Calls whoever wants EVENT.  Called with the state's lock, which it releases
 * while the program's function runs. */
static void
deliver(struct vir_event_state *state, virConnectPtr conn, const struct vir_event *event)
{
    size_t n = state->callbacks.n;      /* those that a callback adds come later */

    for (size_t i = 0; i < n; i++) {
        struct vir_event_callback *callback = state->callbacks.items[i];
        void *handle;

        if (!vir_event_wanted(callback, event))
            continue;
        pthread_mutex_unlock(&state->lock);
        handle = event_handle(conn, event);
        if (handle) {
            event->type->deliver(conn, handle, event->payload, callback->fn, callback->opaque);
            vir_object_unref(handle);
        }
        pthread_mutex_lock(&state->lock);
    }
}

static void
deliver_close(virConnectPtr conn)
{
    virConnectCloseFunc fn;
    void *opaque;
    int reason;

    pthread_mutex_lock(&conn->lock);
    fn = conn->close_callback;
    opaque = conn->close_data;
    reason = conn->close_reason;
    pthread_mutex_unlock(&conn->lock);
    if (fn)
        fn(conn, reason, opaque);
}

/* Runs in the program's event loop. */
static void
on_timer(int timer, void *opaque)
{
    struct vir_event_state *state = opaque;
    __typeof__(state->queue) queue;
    virConnectPtr conn;
    bool closed;

    virEventUpdateTimeout(timer, -1);
    pthread_mutex_lock(&state->lock);
    conn = state->conn && vir_object_try_ref(state->conn) ? state->conn : NULL;
    queue = state->queue;
    memset(&state->queue, 0, sizeof(state->queue));
    closed = state->closed;
    state->closed = false;
    state->delivering++;
    __atomic_add_fetch(&state->refs, 1, __ATOMIC_RELAXED);
    for (size_t i = 0; i < queue.n; i++) {
        if (conn)
            deliver(state, conn, queue.items[i]);
        event_unref(queue.items[i]);
    }
    state->delivering--;
    pthread_mutex_unlock(&state->lock);
    vir_vector_clear(&queue);
    if (closed && conn)
        deliver_close(conn);
    if (conn)
        vir_event_sweep(state);
    if (conn)
        vir_object_unref(conn);
    state_unref(state);
}

int
vir_event_need_timer(struct vir_event_state *state)
{
    int timer, other;

    pthread_mutex_lock(&state->lock);
    timer = state->timer;
    pthread_mutex_unlock(&state->lock);
    if (timer >= 0)
        return timer;
    __atomic_add_fetch(&state->refs, 1, __ATOMIC_RELAXED);
    timer = virEventAddTimeout(-1, on_timer, state, state_unref);
    if (timer < 0) {
        __atomic_sub_fetch(&state->refs, 1, __ATOMIC_RELAXED);
        vir_raise(VIR_FROM_EVENT, VIR_ERR_INTERNAL_ERROR, "could not initialize domain event timer");
        vir_error_hint("events need an event loop: virEventRegisterDefaultImpl or virEventRegisterImpl");
        return -1;
    }
    pthread_mutex_lock(&state->lock);
    other = state->timer;
    if (other < 0)
        state->timer = timer;
    pthread_mutex_unlock(&state->lock);
    if (other < 0)
        return timer;
    virEventRemoveTimeout(timer);       /* another thread was faster */
    return other;
}

/* Queues EVENT (a reference of its own) if some callback wants it. */
static void
enqueue(struct vir_event_state *state, struct vir_event *event)
{
    bool wanted = false;
    int timer;

    pthread_mutex_lock(&state->lock);
    for (size_t i = 0; i < state->callbacks.n && !wanted; i++)
        wanted = vir_event_wanted(state->callbacks.items[i], event);
    if (wanted && state->queue.n >= QUEUE_MAX) {
        if (!state->overflow)
            vir_warn("a program does not run its event loop: events beyond %d are dropped", QUEUE_MAX);
        state->overflow = true;
        wanted = false;
    }
    if (wanted) {
        __atomic_add_fetch(&event->refs, 1, __ATOMIC_RELAXED);
        vir_vector_add(&state->queue, event);
    }
    timer = state->timer;
    pthread_mutex_unlock(&state->lock);
    if (wanted && timer >= 0)
        virEventUpdateTimeout(timer, 0);
}

void
vir_connect_emit(virConnectPtr conn, struct vir_event *event)
{
    struct vir_event_state *state;

    if (!event)
        return;
    pthread_mutex_lock(&conn->lock);
    state = conn->events;
    if (state)
        __atomic_add_fetch(&state->refs, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&conn->lock);
    if (state) {
        enqueue(state, event);
        state_unref(state);
    }
    event_unref(event);
}

void
vir_event_queue_close(virConnectPtr conn)
{
    struct vir_event_state *state;
    bool anybody;
    int timer;

    pthread_mutex_lock(&conn->lock);
    anybody = conn->close_callback;
    pthread_mutex_unlock(&conn->lock);
    if (!anybody)
        return;
    state = vir_event_state_of(conn);
    timer = vir_event_need_timer(state);
    if (timer < 0) {
        virResetLastError();            /* no event loop: now is as good as ever */
        deliver_close(conn);
        return;
    }
    pthread_mutex_lock(&state->lock);
    state->closed = true;
    pthread_mutex_unlock(&state->lock);
    virEventUpdateTimeout(timer, 0);
}

/* ---- hubs ---- */

struct vir_event_hub *
vir_event_hub_new(void)
{
    struct vir_event_hub *hub = VIR_NEW(struct vir_event_hub);

    pthread_mutex_init(&hub->lock, NULL);
    return hub;
}

/* Forgets HUB in STATE. */
static void
leave_hub(struct vir_event_state *state, const struct vir_event_hub *hub)
{
    VIR_LOCKED(&state->lock);

    for (size_t i = 0; i < state->hubs.n; i++)
        if (state->hubs.items[i] == hub) {
            vir_vector_remove(&state->hubs, i);
            return;
        }
}

struct vir_event_hub *
vir_event_hub_free(struct vir_event_hub *hub)
{
    if (!hub)
        return NULL;
    for (size_t i = 0; i < hub->states.n; i++) {
        leave_hub(hub->states.items[i], hub);
        state_unref(hub->states.items[i]);
    }
    vir_vector_clear(&hub->states);
    pthread_mutex_destroy(&hub->lock);
    free(hub);
    return NULL;
}

void
vir_connect_set_events(virConnectPtr conn, struct vir_event_hub *hub)
{
    struct vir_event_state *state = vir_event_state_of(conn);

    __atomic_add_fetch(&state->refs, 1, __ATOMIC_RELAXED);
    pthread_mutex_lock(&hub->lock);
    vir_vector_add(&hub->states, state);
    pthread_mutex_unlock(&hub->lock);
    pthread_mutex_lock(&state->lock);
    vir_vector_add(&state->hubs, hub);
    pthread_mutex_unlock(&state->lock);
}

void
vir_event_emit(struct vir_event_hub *hub, struct vir_event *event)
{
    struct vir_event_state *few[16], **states = few;
    size_t n;

    if (!event)
        return;
    pthread_mutex_lock(&hub->lock);
    n = hub->states.n;
    if (n > sizeof(few) / sizeof(few[0]))
        states = vir_alloc_array(n, sizeof(*states));
    for (size_t i = 0; i < n; i++) {
        states[i] = hub->states.items[i];
        __atomic_add_fetch(&states[i]->refs, 1, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&hub->lock);
    for (size_t i = 0; i < n; i++) {
        enqueue(states[i], event);
        state_unref(states[i]);
    }
    if (states != few)
        free(states);
    event_unref(event);
}

/* Takes STATE out of HUB. */
static void
hub_remove(struct vir_event_hub *hub, struct vir_event_state *state)
{
    bool found = false;

    pthread_mutex_lock(&hub->lock);
    for (size_t i = 0; i < hub->states.n && !found; i++)
        if (hub->states.items[i] == state) {
            vir_vector_remove(&hub->states, i);
            found = true;
        }
    pthread_mutex_unlock(&hub->lock);
    if (found)
        state_unref(state);
}

void
vir_event_detach(virConnectPtr conn)
{
    struct vir_event_state *state = conn->events;
    __typeof__(state->hubs) hubs;
    int timer;

    if (!state)
        return;
    conn->events = NULL;
    pthread_mutex_lock(&state->lock);
    state->conn = NULL;
    timer = state->timer;
    state->timer = -1;
    hubs = state->hubs;
    memset(&state->hubs, 0, sizeof(state->hubs));
    for (size_t i = 0; i < state->callbacks.n; i++)
        state->callbacks.items[i]->gone = true;
    pthread_mutex_unlock(&state->lock);
    for (size_t i = 0; i < hubs.n; i++)
        hub_remove(hubs.items[i], state);
    vir_vector_clear(&hubs);
    vir_event_sweep(state);
    if (timer >= 0)
        virEventRemoveTimeout(timer);
    state_unref(state);
}
