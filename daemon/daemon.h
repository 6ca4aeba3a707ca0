/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirtd: listens, takes clients' messages, serves their calls through the
 * public API, sends replies and events.  One thread (the loop) receives and
 * serves what cannot wait; a pool that starts on demand serves the rest.
 *
 * Unless a comment says otherwise, a function belongs to the loop's thread.
 * Order of locks: a client's, then the pool's, then the loop's own.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#ifndef VIR_LOG_SOURCE
# define VIR_LOG_SOURCE "daemon"
#endif
#define VIR_MODULE_DOMAIN VIR_FROM_RPC
#include <libvirt/module.h>

#include <sys/socket.h>

#include "daemon/dispatch.h"
#include "daemon/client/user.h"
#include "rpc/input.h"

#include <time.h>

#define DAEMON_LOGIN_MS (30 * 1000)     /* from connect, or what polkit says, to CONNECT_OPEN */
#define DAEMON_MESSAGE_MS (30 * 1000)   /* from the first byte of a message to its last */
#define DAEMON_OUTPUT_MAX (16u * 1024 * 1024)   /* events that a client has not read */
#define DAEMON_AHEAD_MAX (256u * 1024)  /* calls read before their turn, so that a PING behind them is seen */
/* All clients: unfinished messages, waiting calls, unread replies, input of streams. */
#define DAEMON_HELD_MAX (256u * 1024 * 1024)
#define DAEMON_ROOT_SLOTS 16            /* connections per listener that only root gets */
#define DAEMON_UID_SLOTS 64             /* connections per listener and other user, at least */
#define DAEMON_FDS_MAX 512              /* all clients: descriptors that came with messages and wait */
#define DAEMON_STREAMS_MAX 2048         /* all clients: open streams */
#define DAEMON_REGISTRATIONS_MAX 32768  /* all clients: for events; each event goes through all that want it */

struct access_needs;
struct daemon_held_event;
struct daemon_job;
struct daemon_client;
union rpc_any_args;

struct daemon_listener {
    int sock;
    enum daemon_way way;
    bool activated;                     /* the socket was handed to us */
    char *name;                         /* a path, removed at the end unless activated; or address and port */
    unsigned int n_clients, n_anonymous;
    int pause_timer;                    /* 0: it listens */
};

struct daemon {
    struct vir_loop *loop;
    struct daemon_settings settings;    /* changed by the loop's thread, under settings_lock */
    pthread_mutex_t settings_lock;
    struct daemon_listener listeners[DAEMON_LISTENERS];
    size_t n_listeners;
    struct daemon_client *clients;      /* newest first */
    unsigned int n_clients;
    struct rpc_input spare;             /* lent to the client whose turn it is */
    struct rpc_buf reply;               /* of calls served in place */
    struct rpc_buf event;               /* that is on its way to a client */
    bool guarded;                       /* atomic; access_drivers: calls need permissions */
    int inhibitors;                     /* atomic: running guests */
    int sweep_timer, idle_timer;
    uint64_t refused;                   /* clients that could not come in */
    uint64_t calls, calls_failed, logins_failed;        /* atomic: since the start */
    bool draining;
};

extern struct daemon the_daemon;
/* Whether a pattern of LIST, which is one of the settings, fits NAME; without the list everybody's does. */
bool daemon_allows(const struct vir_texts *list, const char *name);

/* ---- serve/listen.c, serve/links.c, serve/listener.c ---- */
static inline enum daemon_server
daemon_way_server(enum daemon_way way)
{
    return way == DAEMON_UNIX_ADMIN ? DAEMON_ADMIN : DAEMON_MAIN;
}
/* Gets enough descriptors for every client of every listener, or allows fewer clients. */
void daemon_listen_fit(struct daemon_settings *settings);
int daemon_listen(void);
void daemon_listeners_end(void);
/* Beside the unix sockets, by modular_sockets. */
void daemon_links_make(void);
void daemon_links_remove(void);
/* Serves the socket SOCK, which is taken over, as the way that NAME tells of in messages. */
int daemon_listener_add(int sock, const char *name, enum daemon_way way);

/* ---- auth/tls.c ---- */
/* Reads the certificates; sessions keep those that they have. */
int daemon_tls_load(void);
/* The same where TLS is served; what cannot be read leaves the old in place. */
void daemon_tls_reload(void);
/* Any thread: -1, with an error, where it is not served or the files cannot be used; the old stay then. */
int daemon_tls_update(void);
void daemon_tls_end(void);
/* A session whose handshake is to be done, over SOCK, which is taken over; NULL: no memory. */
struct rpc_transport *daemon_tls_begin(int sock);
const char *daemon_tls_shake(struct daemon_client *client);

/* What listens at PATH with PERMS, and at an address, which NAME says in messages.  -1: error set. */
int daemon_socket_unix(const char *path, mode_t perms, unsigned int max_queued);
struct addrinfo;
int daemon_socket_tcp(const struct addrinfo *one, const char *name);

/* ---- serve/activated.c ---- */
/* Serves the sockets that the service manager has opened. */
int daemon_listen_activated(void);

/* ---- serve/listen-tcp.c ---- */
/* "ADDRESS:PORT"; NULL: it has none. */
char *daemon_address_name(const struct sockaddr *addr, socklen_t len);
/* A socket for each address of listen_addr. */
int daemon_listen_tcp(enum daemon_way way, const char *port);

/* ---- client/chunk.c ---- */
/* Part of a message that waits for the socket. */
struct daemon_chunk {
    struct daemon_chunk *next;
    struct daemon_block *block;         /* in which it lies; NULL: by itself */
    size_t len, done;
    int fd;                             /* goes out with the last byte; -1: none */
    bool reply;
    unsigned char bytes[];
};
/* To go behind what the client has not read, of LEN bytes; NULL: no memory.  Under its lock, as the next. */
struct daemon_chunk *daemon_chunk_new(const struct daemon_client *client, size_t len);
struct daemon_chunk *daemon_chunk_free(struct daemon_chunk *chunk);

/* ---- client/client.c ---- */
/* Goes on with a handshake and sets client->shake to NULL when it is done.  Returns what is wrong, or NULL. */
typedef const char *(*daemon_shake_fn)(struct daemon_client *client);

struct daemon_client {
    struct daemon_client *next, **link;
    int refs;                           /* atomic: the loop's, and one for each call and stream in flight */
    struct rpc_transport *transport;
    struct daemon_user *user;
    uid_t uid;                          /* of the user */
    pid_t pid;
    uint64_t start_time;                /* of that process, when it had connected, in ticks since boot; 0: not known */
    unsigned int id;
    enum daemon_server server;
    const struct daemon_limits *limits; /* of that server, in the settings */
    struct daemon_listener *listener;
    time_t since;                       /* connected */
    bool readonly;
    bool logged_in;                     /* or need not */
    bool wants_sasl;                    /* that is how it is to log in */
    daemon_shake_fn shake;              /* the handshake of its transport; NULL: it is done, or there is none */
    struct rpc_sasl *sasl;              /* its login; of who serves a turn of it */
    unsigned int failures;              /* to log in */
    int64_t login_until;                /* atomic: then it must have opened its connection */

    /* the loop's */
    struct rpc_input input;             /* has a buffer only while part of a message is there */
    size_t queued;                      /* bytes that its streams have not taken */
    size_t counted;                     /* bytes of both, in `held` */
    size_t held;                        /* atomic: all bytes that are counted for it */
    unsigned int holds[DAEMON_THINGS];  /* atomic; see daemon_client_hold */
    size_t input_fds;                   /* descriptors in `input` that are counted there */
    int64_t since_ms;                   /* connected */
    int64_t part_since_ms;              /* an incomplete message lies in `input`; 0: none */
    int64_t heard_ms;
    unsigned int missed;                /* PINGs without a sign of life */
    bool keepalive;                     /* knows the keepalive program */
    struct daemon_subscription **subscriptions;
    size_t n_subscriptions;
    bool close_callback;

    pthread_mutex_t lock;               /* all below */
    char *certificate_name, *user_name; /* that its certificate and its login tell; NULL: none */
    bool opening, opened, closing, closed;
    bool alone;                         /* a call is served beside which no other begins, and nothing is read; changed by the loop */
    struct rpc_transport *agreed;       /* is used behind the reply of that call; owns `transport` */
    virConnectPtr conn;                 /* set once; released with the client */
    unsigned int in_flight;             /* calls whose reply has not left yet */
    struct daemon_job *ahead, **ahead_tail;     /* read, but not begun */
    size_t ahead_bytes;
    bool stopped;                       /* not read from until calls have finished */
    unsigned int full_streams;          /* nor while these have more input than they take */
    bool resume_due;                    /* a worker finished: the loop is to look again */
    struct daemon_chunk *out, **out_tail;       /* what the socket did not take */
    size_t out_bytes;                   /* counted in `held` */
    bool cut;                           /* shut down: nothing is queued, and the loop closes it soon */
    uint32_t watched;                   /* what the loop watches the socket for */
    struct daemon_stream *streams;
    struct daemon_held_event *held_events, **held_events_tail;  /* of client/held-events.c */
    size_t held_event_bytes;            /* counted in `held` */
    bool events_errand;                 /* somebody asks about them */
};

/* Whether each of its calls needs permissions, which its user may have or not; root has all. */
static inline bool
daemon_access_guards(const struct daemon_client *client)
{
    return __atomic_load_n(&the_daemon.guarded, __ATOMIC_RELAXED) && client->uid != 0 && client->server == DAEMON_MAIN;
}

/* The list of all clients. */
/* Client ID of SERVER, with a reference; NULL: there is none, no error set.  Any thread. */
struct daemon_client *daemon_client_find(enum daemon_server server, unsigned long long id);
/* Those of SERVER; *RET_ANONYMOUS: that have not opened a connection. */
unsigned int daemon_clients_count(enum daemon_server server, unsigned int *ret_anonymous);
void daemon_client_enlist(struct daemon_client *client);
void daemon_client_delist(struct daemon_client *client);
/* Once a second: calls that clients have left, and that were not begun, go with what was held for them. */
void daemon_clients_forget_gone(void);
/* No client has its turn: the loop's buffers are for the next one to make. */
void daemon_clients_free_buffers(void);
/* What follows, from any thread. */
void daemon_client_ref(struct daemon_client *client);
void daemon_client_unref(struct daemon_client *client);
bool daemon_client_opened(struct daemon_client *client);
/* Ends the connection: the loop does it soon. */
void daemon_client_doom(struct daemon_client *client, const char *why);
/* Under the client's lock. */
void daemon_client_drop_output(struct daemon_client *client);
/* Shuts the connection down and drops what is queued.  Under the client's lock. */
void daemon_client_cut(struct daemon_client *client);
/* Counts N more bytes for the client (fewer: N < 0); false: that is too much, for its user or for all.  Any thread. */
bool daemon_client_take(struct daemon_client *client, ssize_t n);
/* Counts what the client's buffer and the input of its streams take, and whether all that it and others hold is
 * bearable.  The loop's thread. */
bool daemon_client_count_held(struct daemon_client *client);
/* Counts N more of THING for the client (fewer: N < 0).  Any thread. */
void daemon_client_hold(struct daemon_client *client, enum daemon_thing thing, int n);
/* Whether the clients of its user, or all, hold more of THING than they may.  Any thread, not under its lock. */
bool daemon_client_holds_too_many(const struct daemon_client *client, enum daemon_thing thing);
/* A user, or all together, hold too much: of who holds most the largest client is cut off and
 * returned (for the loop's eyes only); NULL: it is not too much any more. */
struct daemon_client *daemon_client_cut_largest(void);

/* ---- client/output.c: any thread ---- */
/* Sends or queues one message (and a descriptor, taken over; -1: none).
 * LIMITED: dropped, with its client, when too much is queued. */
void daemon_client_send(struct daemon_client *client, const struct rpc_buf *message, int fd,
                        bool reply, bool limited);
void daemon_client_send_keepalive(struct daemon_client *client, int procedure);
/* The socket takes bytes again. */
void daemon_client_flush(struct daemon_client *client);
/* A reply has left, or was dropped. */
void daemon_client_finished(struct daemon_client *client);
/* When a call that is served alone has been answered: what was agreed on by it begins.  Returns what is wrong, or
 * NULL.  The loop's thread. */
const char *daemon_client_end_alone(struct daemon_client *client);
/* Tells the loop what the client waits for.  Under the client's lock. */
void daemon_client_watch(struct daemon_client *client);

/* ---- client/call.c ---- */
/* A call on its way; owns copies of what it needs. */
struct daemon_job {
    struct daemon_work work;
    struct daemon_job *next;            /* of those that the client sent ahead */
    struct daemon_client *client;
    struct rpc_header header;
    const struct rpc_procedure *procedure;      /* NULL: not looked up yet */
    daemon_serve_fn serve;
    const struct access_needs *needs;   /* permissions; NULL: none */
    bool in_loop;                       /* when it has them the loop serves it */
    struct daemon_slow *slow;           /* the loop would serve it, but for that; NULL: it would not */
    union rpc_any_args *admitted;       /* its arguments, once it has those; NULL: not yet */
    int fds[RPC_FDS_MAX];
    size_t n_fds;
    size_t memory;                      /* set aside for it */
    size_t came_with;                   /* descriptors; counted for the client as long as the job is there */
    size_t len;
    unsigned char body[];
};
/* Begins a call that the client may begin now; takes over PACKET's descriptors. */
void daemon_call_begin(struct daemon_client *client, struct rpc_packet *packet);
struct daemon_job *daemon_job_new(struct daemon_client *client, const struct rpc_packet *packet);
struct daemon_job *daemon_job_free(struct daemon_job *job);

/* ---- client/session.c, events.c, stream.c ---- */
/* Whether a new client has to log in before it may open a connection. */
bool daemon_must_log_in(const struct daemon_client *client);
/* It has MS from now on to open its connection.  Any thread. */
void daemon_client_login_until(struct daemon_client *client, int ms);
/* It could not log in; when that has come too often its connection ends.  Of who serves the login. */
void daemon_client_login_failed(struct daemon_client *client);
/* Whether a CONNECT_OPEN with these arguments is known not to wait. */
bool daemon_open_in_place(const unsigned char *body, size_t len);
/* Ends all registrations of a client. */
void daemon_events_drop(struct daemon_client *client);
/* Forgets the client's close callback. */
void daemon_session_drop(struct daemon_client *client);
void daemon_stream_packet(struct daemon_client *client, struct rpc_packet *packet);
/* The call that opened STREAM has been answered. Any thread. */
void daemon_stream_settle(struct daemon_stream *stream, bool succeeded);
void daemon_streams_drop(struct daemon_client *client);
/* The client has read what it had to: its streams go on. */
void daemon_streams_resume(struct daemon_client *client);
/* A stream waits until the client has fetched what is on its way.  The loop's thread. */
bool daemon_streams_behind(struct daemon_client *client);

/* ---- client/receive.c ---- */
/* Takes over TRANSPORT and the reference to USER; SHAKE: the handshake to be done, or NULL. */
void daemon_client_new(struct daemon_listener *listener, struct rpc_transport *transport, daemon_shake_fn shake,
                       struct daemon_user *user, pid_t pid);
/* Ends the connection; calls in flight run on and their replies are dropped. */
void daemon_client_close(struct daemon_client *client, const char *why);

/* ---- memory.c: any thread ---- */
/* Whether the process may have only so much address space. */
bool daemon_memory_is_limited(void);
/* Before other threads. */
void daemon_memory_start(void);
/* Whether a call with LEN bytes of arguments is served now; -1: memory is low. */
int daemon_memory_check(size_t len);
/* Whether it may need much memory, which is to be set aside before it is served. */
bool daemon_memory_is_large(size_t len);
int daemon_memory_set_aside(size_t len, size_t *ret_bytes);
void daemon_memory_give_back(size_t bytes);

/* ---- serve/sweep.c, idle.c ---- */
/* Deadlines and keepalive, once a second while there are clients. */
void daemon_sweep_start(void);
/* Starts or stops the countdown of --timeout. */
void daemon_idle_check(void);
/* From now on it has SECONDS; 0: the daemon never leaves by itself. */
int daemon_idle_limit(unsigned int seconds);

/* ---- public-loop.c ---- */
/* The public event loop of this process is the daemon's. */
void daemon_public_loop(void);

/* ---- pidfile.c, systemd.c ---- */
/* Takes the pid file, kept locked until the process ends. */
int daemon_pidfile_take(const char *path);
void daemon_pidfile_write(void);
void daemon_pidfile_remove(void);
/* Sockets that were handed to us: how many, and the I-th of them with the name that it has there. */
int daemon_systemd_sockets(void);
int daemon_systemd_socket(int i, char **ret_name);
void daemon_systemd_notify(const char *state);
void daemon_systemd_reloading(void);
void daemon_systemd_ready(void);
/* As long as the loop turns. */
void daemon_systemd_watchdog(void);

/* ---- metrics/metrics.c ---- */
/* Serves figures where metrics_listen says, from now on. */
int daemon_metrics_set(void);
/* They are not served any more; and, when no thread of the pool is left, connections are closed. */
void daemon_metrics_end(void);
void daemon_metrics_close(void);

/* ---- log.c ---- */
/* Where the log goes, and from which level on, as the settings say; files are opened again. */
int daemon_log_set(void);
/* What others can make us say as often as they like is said a few times, then once in a while.  Static, zeroed. */
struct daemon_seldom { int64_t since; unsigned int said, unsaid; };
/* Whether it may be said now, with how many were not since the last; else it is counted.  Any thread. */
bool daemon_seldom(struct daemon_seldom *seldom, unsigned int *ret_unsaid);

#endif
