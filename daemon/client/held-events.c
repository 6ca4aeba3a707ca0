/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events wait with their client while a thread of the pool, one for each client,
 * asks for permissions; those that came meanwhile are asked about together.
 */
#include "daemon/client/held-events.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/access/ask.h"

struct daemon_held_event {
    struct daemon_held_event *next;
    struct access_details details;
    const struct access_rule *filter;
    struct rpc_buf message;             /* lies in `bytes` */
    unsigned char bytes[];
};

/* Asks about the events of one client. */
struct errand {
    struct daemon_work work;
    struct daemon_client *client;
};

static size_t
weight(const struct daemon_held_event *event)
{
    return sizeof(*event) + event->message.len;
}

static struct daemon_held_event *
event_free(struct daemon_held_event *event)
{
    struct daemon_held_event *next = event->next;

    access_details_clear(&event->details);
    free(event);
    return next;
}

/* All that wait, or NULL: the errand is done.  FOR_GOOD: it is over in any case. */
static struct daemon_held_event *
take_all(struct daemon_client *client, bool for_good)
{
    struct daemon_held_event *events;

    pthread_mutex_lock(&client->lock);
    events = client->held_events;
    client->held_events = NULL;
    client->held_events_tail = &client->held_events;
    client->events_errand = events && !for_good;
    daemon_client_take(client, -(ssize_t)client->held_event_bytes);
    client->held_event_bytes = 0;
    pthread_mutex_unlock(&client->lock);
    return events;
}

/* The first of the events; returns what is left. */
static struct daemon_held_event *
ask_about(struct daemon_client *client, struct daemon_held_event *events)
{
    struct access_question questions[ACCESS_AT_ONCE];
    size_t n = 0;

    for (struct daemon_held_event *event = events; event && n < ACCESS_AT_ONCE; event = event->next) {
        questions[n++] = (struct access_question){ .rule = event->filter, .details = event->details };
        event->details.n = 0;
    }
    daemon_access_ask(client, client->conn, questions, n);
    for (size_t i = 0; i < n; i++) {
        if (questions[i].allowed)
            daemon_client_send(client, &events->message, -1, false, true);
        access_details_clear(&questions[i].details);
        events = event_free(events);
    }
    return events;
}

static bool
is_gone(struct daemon_client *client)
{
    bool gone;

    pthread_mutex_lock(&client->lock);
    gone = client->closed || client->cut;
    pthread_mutex_unlock(&client->lock);
    return gone;
}

static void
end_errand(struct errand *errand)
{
    daemon_client_unref(errand->client);
    free(errand);
}

static void
run(struct daemon_work *work)
{
    struct errand *errand = (struct errand *)work;
    struct daemon_held_event *events;

    while ((events = take_all(errand->client, false)))
        while (events)
            events = is_gone(errand->client) ? event_free(events) : ask_about(errand->client, events);
    end_errand(errand);
}

static void
drop(struct daemon_work *work)
{
    struct errand *errand = (struct errand *)work;
    struct daemon_held_event *events = take_all(errand->client, true);

    while (events)
        events = event_free(events);
    end_errand(errand);
}

static void
send_errand(struct daemon_client *client)
{
    struct errand *errand = VIR_NEW(struct errand);

    daemon_client_ref(client);
    errand->client = client;
    errand->work.run = run;
    errand->work.drop = drop;
    errand->work.lanes = client->user->lanes;
    daemon_user_queue(client->user, &errand->work);
    if (daemon_pool_push(daemon_server_pool(client->server), &errand->work) == 0)
        return;
    vir_warn("events for client %u are lost: %s", client->id, virGetLastErrorMessage());
    drop(&errand->work);
}

void
daemon_event_hold(struct daemon_client *client, const struct access_rule *filter, const void *wire,
                  const struct rpc_buf *message)
{
    struct daemon_held_event *event = vir_try_alloc(1, sizeof(*event) + message->len, SIZE_MAX);
    bool begin, bearable;

    if (!event) {
        daemon_client_doom(client, "no memory for an event");
        return;
    }
    memcpy(event->bytes, message->data, message->len);
    event->message = (struct rpc_buf){ .data = event->bytes, .len = message->len, .room = message->len };
    event->filter = filter;
    access_objects[filter->kind].tell(client->conn, wire, &event->details);
    pthread_mutex_lock(&client->lock);
    if (client->held_event_bytes + weight(event) > DAEMON_OUTPUT_MAX)
        daemon_client_cut(client);
    begin = !client->events_errand;
    client->events_errand = true;
    *client->held_events_tail = event;
    client->held_events_tail = &event->next;
    client->held_event_bytes += weight(event);
    bearable = daemon_client_take(client, (ssize_t)weight(event));
    pthread_mutex_unlock(&client->lock);
    if (begin)
        send_errand(client);
    if (!bearable)
        daemon_client_cut_largest();
}
