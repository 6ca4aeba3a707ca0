/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client as everybody knows it: who has a hold on it, what it and all of them
 * together keep in memory, and how any thread can end it.
 */
#include "daemon/daemon.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/sasl.h"

#define GONE_MAX 64                     /* so many, and somebody looks at once */

static unsigned int n_gone;             /* clients that have left calls since somebody looked for these; the loop's */

/* The list of clients, for other threads than the loop's; comes before a client's lock. */
static pthread_mutex_t clients_lock = PTHREAD_MUTEX_INITIALIZER;

void
daemon_client_enlist(struct daemon_client *client)
{
    pthread_mutex_lock(&clients_lock);
    client->next = the_daemon.clients;
    client->link = &the_daemon.clients;
    if (client->next)
        client->next->link = &client->next;
    the_daemon.clients = client;
    pthread_mutex_unlock(&clients_lock);
    the_daemon.n_clients++;
    client->listener->n_clients++;
    client->user->clients[client->listener - the_daemon.listeners]++;
}

void
daemon_client_delist(struct daemon_client *client)
{
    pthread_mutex_lock(&clients_lock);
    *client->link = client->next;
    if (client->next)
        client->next->link = client->link;
    pthread_mutex_unlock(&clients_lock);
    the_daemon.n_clients--;
    client->listener->n_clients--;
    client->user->clients[client->listener - the_daemon.listeners]--;
    if (__atomic_load_n(&client->refs, __ATOMIC_RELAXED) > 1 && ++n_gone >= GONE_MAX)
        daemon_clients_forget_gone();
}

void
daemon_clients_free_buffers(void)
{
    rpc_buf_free(&the_daemon.reply);
    rpc_buf_free(&the_daemon.event);
    rpc_input_clear(&the_daemon.spare);
}

void
daemon_clients_forget_gone(void)
{
    if (n_gone)
        daemon_servers_forget();
    n_gone = 0;
}

void
daemon_client_ref(struct daemon_client *client)
{
    __atomic_add_fetch(&client->refs, 1, __ATOMIC_RELAXED);
}

static void
client_free(struct daemon_client *client)
{
    const char *reason;

    if (client->conn)
        virConnectClose(client->conn);
    rpc_transport_free(client->agreed ? client->agreed : client->transport);
    if (client->sasl)                   /* then its part is there */
        rpc_sasl_part(&reason)->free(client->sasl);
    daemon_user_unref(client->user);
    free(client->certificate_name);
    free(client->user_name);
    pthread_mutex_destroy(&client->lock);
    free(client);
}

struct last_work {
    struct daemon_work work;
    struct daemon_client *client;
};

static void
free_it(struct daemon_work *work)
{
    struct last_work *last = (struct last_work *)work;

    client_free(last->client);
    free(last);
}

void
daemon_client_unref(struct daemon_client *client)
{
    struct last_work *last;

    if (__atomic_sub_fetch(&client->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    if (!client->conn || (vir_connect_slot_traits(client->conn, VIR_TABLE_CONNECT, VIR_SLOT_connect_close) &
                          VIR_SLOT_NONBLOCKING)) {
        client_free(client);
        return;
    }
    /* closing the connection may wait: not in the loop */
    last = VIR_NEW(struct last_work);
    last->client = client;
    last->work.run = last->work.drop = free_it;
    last->work.high = true;
    if (daemon_pool_push(daemon_server_pool(client->server), &last->work) < 0) {
        virResetLastError();
        free_it(&last->work);
    }
}

bool
daemon_client_opened(struct daemon_client *client)
{
    bool opened;

    pthread_mutex_lock(&client->lock);
    opened = client->opened;
    pthread_mutex_unlock(&client->lock);
    return opened;
}

struct daemon_client *
daemon_client_find(enum daemon_server server, unsigned long long id)
{
    struct daemon_client *client;

    pthread_mutex_lock(&clients_lock);
    for (client = the_daemon.clients; client; client = client->next)
        if (client->server == server && client->id == id)
            break;
    if (client)
        daemon_client_ref(client);
    pthread_mutex_unlock(&clients_lock);
    return client;
}

unsigned int
daemon_clients_count(enum daemon_server server, unsigned int *ret_anonymous)
{
    unsigned int n = 0;

    *ret_anonymous = 0;
    for (size_t i = 0; i < the_daemon.n_listeners; i++) {
        const struct daemon_listener *listener = &the_daemon.listeners[i];

        if (daemon_way_server(listener->way) != server)
            continue;
        n += listener->n_clients;
        *ret_anonymous += __atomic_load_n(&listener->n_anonymous, __ATOMIC_RELAXED);
    }
    return n;
}

/* ---- the end -------------------------------------------------------------- */

void
daemon_client_doom(struct daemon_client *client, const char *why)
{
    vir_debug("client %u: %s", client->id, why);
    shutdown(client->transport->sock, SHUT_RDWR);
}

void
daemon_client_drop_output(struct daemon_client *client)
{
    while (client->out) {
        struct daemon_chunk *chunk = client->out;

        client->out = chunk->next;
        daemon_chunk_free(chunk);
    }
    client->out_tail = &client->out;
    daemon_client_take(client, -(ssize_t)client->out_bytes);
    client->out_bytes = 0;
}

void
daemon_client_cut(struct daemon_client *client)
{
    client->cut = true;
    shutdown(client->transport->sock, SHUT_RDWR);
    daemon_client_drop_output(client);
}

/* ---- what is held --------------------------------------------------------- */

bool
daemon_client_take(struct daemon_client *client, ssize_t n)
{
    if (n)
        __atomic_add_fetch(&client->held, (size_t)n, __ATOMIC_RELAXED);
    return daemon_user_take(client->user, n);
}

bool
daemon_client_count_held(struct daemon_client *client)
{
    size_t bytes = client->input.room + client->queued;
    ssize_t more = (ssize_t)bytes - (ssize_t)client->counted;

    client->counted = bytes;
    return daemon_client_take(client, more);
}

void
daemon_client_hold(struct daemon_client *client, enum daemon_thing thing, int n)
{
    __atomic_add_fetch(&client->holds[thing], (unsigned int)n, __ATOMIC_RELAXED);
    daemon_user_hold(client->user, thing, n);
}

/* What it holds; 0 if it was cut off already. */
static size_t
weigh(struct daemon_client *client)
{
    size_t bytes;

    pthread_mutex_lock(&client->lock);
    bytes = client->cut ? 0 : __atomic_load_n(&client->held, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&client->lock);
    return bytes;
}

struct daemon_client *
daemon_client_cut_largest(void)
{
    struct daemon_client *largest = NULL;
    const struct daemon_user *user;
    size_t most = 0;

    pthread_mutex_lock(&clients_lock);
    user = daemon_user_largest();
    for (struct daemon_client *c = the_daemon.clients; user && c; c = c->next) {
        size_t bytes = c->user == user ? weigh(c) : 0;

        if (bytes > most) {
            largest = c;
            most = bytes;
        }
    }
    if (largest) {
        pthread_mutex_lock(&largest->lock);
        daemon_client_cut(largest);
        pthread_mutex_unlock(&largest->lock);
    }
    pthread_mutex_unlock(&clients_lock);
    return largest;
}
