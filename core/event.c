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
#define TURN_MAX 64                     /* callbacks in one turn of it: then others have theirs */

struct VIR_VECTOR(gone, struct vir_event_callback *);

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

static struct vir_event_state *
state_ref(struct vir_event_state *state)
{
    __atomic_add_fetch(&state->refs, 1, __ATOMIC_RELAXED);
    return state;
}

/* ---- its queue; called with the state's lock ---- */

static bool
is_queued(const struct vir_event_state *state)
{
    return state->first < state->queue.n;
}

static void
put_event(struct vir_event_state *state, struct vir_event *event)
{
    if (state->first > state->queue.n / 2) {    /* room that was left at the front */
        state->queue.n -= state->first;
        memmove(state->queue.items, state->queue.items + state->first,
                state->queue.n * sizeof(*state->queue.items));
        state->first = 0;
    }
    vir_vector_add(&state->queue, ((struct vir_event_due){ .event = event }));
}

/* The oldest one. */
static struct vir_event_due
take_event(struct vir_event_state *state)
{
    struct vir_event_due due = state->queue.items[state->first++];

    if (!is_queued(state)) {
        vir_vector_clear(&state->queue);
        state->first = 0;
    }
    return due;
}

/* DUE is the oldest one again. */
static void
put_back(struct vir_event_state *state, struct vir_event_due due)
{
    if (state->first == 0) {
        vir_vector_add(&state->queue, due);
        memmove(state->queue.items + 1, state->queue.items, (state->queue.n - 1) * sizeof(*state->queue.items));
        state->first = 1;
    }
    state->queue.items[--state->first] = due;
}

static void
drop_queue(struct vir_event_state *state)
{
    while (is_queued(state))
        event_unref(take_event(state).event);
}

static void
state_unref(void *opaque)
{
    struct vir_event_state *state = opaque;

    if (__atomic_sub_fetch(&state->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    for (size_t i = 0; i < state->callbacks.n; i++)
        vir_event_callback_free(state->callbacks.items[i]);
    drop_queue(state);
    vir_vector_clear(&state->callbacks);
    vir_vector_clear(&state->hubs);
    pthread_mutex_destroy(&state->changing);
    pthread_mutex_destroy(&state->lock);
    free(state);
}

/* Called with CONN's lock. */
static struct vir_event_state *
state_of(virConnectPtr conn)
{
    struct vir_event_state *state;

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

struct vir_event_state *
vir_event_state_of(virConnectPtr conn)
{
    VIR_LOCKED(&conn->lock);

    return state_of(conn);
}

void
vir_event_leave(struct vir_event_state *state, struct vir_event_callback *callback)
{
    state->n_gone += !callback->gone;
    callback->gone = true;
}

/* The callbacks that went, while nobody delivers.  Mostly they stand at the end.  Under lock. */
static struct gone
take_gone(struct vir_event_state *state)
{
    struct gone gone = { 0 };
    size_t from = state->callbacks.n, n = from;

    if (state->delivering)
        return gone;
    for (; state->n_gone; from--)
        state->n_gone -= state->callbacks.items[from - 1]->gone;
    state->callbacks.n = from;
    for (size_t i = from; i < n; i++) {
        struct vir_event_callback *callback = state->callbacks.items[i];

        if (callback->gone)
            vir_vector_add(&gone, callback);
        else
            state->callbacks.items[state->callbacks.n++] = callback;
    }
    return gone;
}

/* The timer, if nothing needs it.  Under lock. */
static int
take_timer(struct vir_event_state *state)
{
    int timer = state->timer;

    if (state->callbacks.n || state->closed || state->delivering)
        return -1;
    state->timer = -1;
    drop_queue(state);
    return timer;
}

void
vir_event_sweep(struct vir_event_state *state)
{
    struct gone gone;
    int timer;

    pthread_mutex_lock(&state->lock);
    gone = take_gone(state);
    timer = take_timer(state);
    pthread_mutex_unlock(&state->lock);
    for (size_t i = 0; i < gone.n; i++)
        vir_event_callback_free(gone.items[i]);
    vir_vector_clear(&gone);
    if (timer >= 0)
        virEventRemoveTimeout(timer);
}

/* ---- delivery ---- */

/* Calls whoever wants the event, *LEFT of them at most, which it counts down; false: there are more.  Called with the
 * state's lock, which it releases while the program's function runs. */
static bool
deliver(struct vir_event_state *state, virConnectPtr conn, struct vir_event_due *due, int *left)
{
    const struct vir_event *event = due->event;

    if (!due->end)
        due->end = state->next_number;  /* those that a callback adds come later */
    for (size_t i = 0; i < state->callbacks.n; i++) {
        struct vir_event_callback *callback = state->callbacks.items[i];
        void *handle;

        if (callback->number < due->next || callback->number >= due->end || !vir_event_wanted(callback, event))
            continue;
        if (*left == 0)
            return false;
        --*left;
        due->next = callback->number + 1;
        pthread_mutex_unlock(&state->lock);
        handle = event_handle(conn, event);
        if (handle) {
            event->type->deliver(conn, handle, event->payload, callback->fn, callback->opaque);
            vir_object_unref(handle);
        }
        pthread_mutex_lock(&state->lock);
    }
    return true;
}

struct vir_close_callback *
vir_close_callback_unref(struct vir_close_callback *callback)
{
    if (!callback || __atomic_sub_fetch(&callback->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    if (callback->freecb)
        callback->freecb(callback->opaque);
    free(callback);
    return NULL;
}

static void
deliver_close(virConnectPtr conn)
{
    struct vir_close_callback *callback;
    int reason;

    pthread_mutex_lock(&conn->lock);
    callback = conn->close_callback;
    if (callback)
        __atomic_add_fetch(&callback->refs, 1, __ATOMIC_RELAXED);
    reason = conn->close_reason;
    pthread_mutex_unlock(&conn->lock);
    if (callback)
        callback->fn(conn, reason, callback->opaque);
    vir_close_callback_unref(callback);
}

/* Runs in the program's event loop. */
static void
on_timer(int timer, void *opaque)
{
    struct vir_event_state *state = opaque;
    virConnectPtr conn;
    bool closed = false, more;
    int left = TURN_MAX;

    virEventUpdateTimeout(timer, -1);
    pthread_mutex_lock(&state->lock);
    conn = state->conn && vir_object_try_ref(state->conn) ? state->conn : NULL;
    state->delivering++;
    state_ref(state);
    if (!conn)
        drop_queue(state);
    while (left > 0 && is_queued(state)) {
        struct vir_event_due due = take_event(state);

        if (deliver(state, conn, &due, &left))
            event_unref(due.event);
        else
            put_back(state, due);
    }
    more = is_queued(state) && state->timer == timer;
    if (!more) {                        /* the close comes behind all events */
        closed = state->closed;
        state->closed = false;
    }
    state->delivering--;
    pthread_mutex_unlock(&state->lock);
    if (more)
        virEventUpdateTimeout(timer, 0);
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
    bool due;

    pthread_mutex_lock(&state->lock);
    timer = state->timer;
    pthread_mutex_unlock(&state->lock);
    if (timer >= 0)
        return timer;
    timer = virEventAddTimeout(-1, on_timer, state_ref(state), state_unref);
    if (timer < 0) {
        state_unref(state);
        vir_raise(VIR_FROM_EVENT, VIR_ERR_INTERNAL_ERROR, "could not initialize domain event timer");
        vir_error_hint("events need an event loop: virEventRegisterDefaultImpl or virEventRegisterImpl");
        return -1;
    }
    pthread_mutex_lock(&state->lock);
    other = state->timer;
    if (other < 0)
        state->timer = timer;
    due = is_queued(state) || state->closed;      /* before there was a timer to set off */
    pthread_mutex_unlock(&state->lock);
    if (other >= 0)
        virEventRemoveTimeout(timer);           /* another thread was faster */
    else if (due)
        virEventUpdateTimeout(timer, 0);
    return other < 0 ? timer : other;
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
    if (wanted && state->queue.n - state->first >= QUEUE_MAX) {
        if (!state->overflow)
            vir_warn("a program does not run its event loop: events beyond %d are dropped", QUEUE_MAX);
        state->overflow = true;
        wanted = false;
    }
    if (wanted) {
        __atomic_add_fetch(&event->refs, 1, __ATOMIC_RELAXED);
        put_event(state, event);
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
    state = conn->events ? state_ref(conn->events) : NULL;
    pthread_mutex_unlock(&conn->lock);
    if (state) {
        enqueue(state, event);
        state_unref(state);
    }
    event_unref(event);
}

/* Whether the close callback is due. */
static void
set_closed(struct vir_event_state *state, bool closed)
{
    VIR_LOCKED(&state->lock);

    state->closed = closed;
}

void
vir_event_queue_close(virConnectPtr conn)
{
    struct vir_event_state *state = NULL;
    int timer;

    pthread_mutex_lock(&conn->lock);
    if (conn->close_callback)
        state = state_ref(state_of(conn));
    pthread_mutex_unlock(&conn->lock);
    if (!state)
        return;
    set_closed(state, true);
    timer = vir_event_need_timer(state);
    if (timer >= 0) {
        virEventUpdateTimeout(timer, 0);
    } else {
        virResetLastError();            /* no event loop: now is as good as ever */
        set_closed(state, false);
        deliver_close(conn);
    }
    state_unref(state);
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

    pthread_mutex_lock(&hub->lock);
    vir_vector_add(&hub->states, state_ref(state));
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
    for (size_t i = 0; i < n; i++)
        states[i] = state_ref(hub->states.items[i]);
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
    struct vir_close_callback *close_callback;
    struct vir_event_state *state;
    __typeof__(state->hubs) hubs;
    int timer;

    /* Its module may still emit, and say that the other end closed. */
    pthread_mutex_lock(&conn->lock);
    close_callback = vir_steal(&conn->close_callback);
    state = vir_steal(&conn->events);
    pthread_mutex_unlock(&conn->lock);
    vir_close_callback_unref(close_callback);
    if (!state)
        return;
    pthread_mutex_lock(&state->lock);
    state->conn = NULL;
    timer = state->timer;
    state->timer = -1;
    hubs = state->hubs;
    memset(&state->hubs, 0, sizeof(state->hubs));
    for (size_t i = 0; i < state->callbacks.n; i++)
        vir_event_leave(state, state->callbacks.items[i]);
    pthread_mutex_unlock(&state->lock);
    for (size_t i = 0; i < hubs.n; i++)
        hub_remove(hubs.items[i], state);
    vir_vector_clear(&hubs);
    vir_event_sweep(state);
    if (timer >= 0)
        virEventRemoveTimeout(timer);
    state_unref(state);
}
