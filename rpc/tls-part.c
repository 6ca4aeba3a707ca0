/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The part tls: GnuTLS on a socket.  The session never waits in the library: a
 * lock of ours is held around each of its calls, so that one thread can send
 * while another one waits for bytes.
 */
#include "certificate.h"

#include <libvirt/module-base.h>

#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

#define WAIT_MS 1000                    /* at most in a call that may wait */
#define AHEAD_ROOM 512                  /* a short message comes at once: the library asks for a record's header, then for the rest */
#define RECORD_HEADER 5
#define SHAKE_MAX (32 * 1024)           /* bytes of a message of the handshake: certificates are the longest */

struct rpc_tls {
    int refs;                           /* atomic */
    bool server;
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
};

struct session {
    struct rpc_transport transport;
    struct rpc_tls *tls;
    pthread_mutex_t lock;               /* all below */
    gnutls_session_t gnutls;
    bool unsent;                        /* the library has a record that the socket did not take */
    int fault;                          /* of the handshake, in the library's numbers */
    size_t ahead_from, ahead_to;        /* of what was received in advance */
    unsigned char ahead[AHEAD_ROOM];
};

/* ---- files ------------------------------------------------------------------- */

struct teller {
    rpc_tls_found_fn found;
    void *opaque;
};

static int __attribute__((format(printf, 3, 4)))
fail(const struct teller *teller, const char *hint, const char *fmt, ...)
{
    struct rpc_tls_finding finding = { .grave = true };
    va_list args;

    va_start(args, fmt);
    vsnprintf(finding.text, sizeof(finding.text), fmt, args);
    va_end(args);
    snprintf(finding.hint, sizeof(finding.hint), "%s", hint);
    teller->found(&finding, teller->opaque);
    return -1;
}

static int
load_ca(struct rpc_tls *tls, const struct rpc_tls_files *files, const struct teller *teller)
{
    int rc = gnutls_certificate_set_x509_trust_file(tls->credentials, files->ca, GNUTLS_X509_FMT_PEM);
    char hint[RPC_TLS_HINT];

    if (rc < 0)
        return fail(teller, "", "Unable to set x509 CA certificate: %s: %s", files->ca, gnutls_strerror(rc));
    if (!files->crl)
        return 0;
    rc = gnutls_certificate_set_x509_crl_file(tls->credentials, files->crl, GNUTLS_X509_FMT_PEM);
    if (rc >= 0)
        return 0;
    snprintf(hint, sizeof(hint), "make it anew: certtool --generate-crl --load-ca-certificate %s --load-ca-privkey "
             "cakey.pem --load-certificate revoked.pem --outfile %s", files->ca, files->crl);
    return fail(teller, hint, "Unable to set x509 certificate revocation list: %s: %s", files->crl,
                gnutls_strerror(rc));
}

static int
load_own(struct rpc_tls *tls, const struct rpc_tls_files *files, const struct teller *teller)
{
    char hint[RPC_TLS_HINT];
    int rc;

    if (!files->cert || !files->key)
        return 0;
    rc = gnutls_certificate_set_x509_key_file(tls->credentials, files->cert, files->key, GNUTLS_X509_FMT_PEM);
    if (rc >= 0)
        return 0;
    snprintf(hint, sizeof(hint), "both of these print the same Key ID if they belong together: certtool --key-info "
             "--infile %s; certtool -i --infile %s", files->key, files->cert);
    return fail(teller, hint, "Unable to set x509 key and certificate: %s, %s: %s", files->key, files->cert,
                gnutls_strerror(rc));
}

static struct rpc_tls *
tls_ref(struct rpc_tls *tls)
{
    __atomic_add_fetch(&tls->refs, 1, __ATOMIC_RELAXED);
    return tls;
}

static struct rpc_tls *
tls_unref(struct rpc_tls *tls)
{
    if (!tls || __atomic_sub_fetch(&tls->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return NULL;
    if (tls->priority)
        gnutls_priority_deinit(tls->priority);
    if (tls->credentials)
        gnutls_certificate_free_credentials(tls->credentials);
    free(tls);
    return NULL;
}

static int
fill(struct rpc_tls *tls, const struct rpc_tls_files *files, const struct teller *teller)
{
    const char *priority = files->priority ? files->priority : "NORMAL", *at;

    if (gnutls_certificate_allocate_credentials(&tls->credentials) < 0)
        return fail(teller, "", "no memory");
    if (gnutls_priority_init(&tls->priority, priority, &at) < 0)
        return fail(teller, "'gnutls-cli --list' prints the words there are",
                    "Failed to set TLS session priority to %s: it goes wrong at '%s'", priority, at);
    return load_ca(tls, files, teller) < 0 ? -1 : load_own(tls, files, teller);
}

static struct rpc_tls *
tls_load(bool server, const struct rpc_tls_files *files, rpc_tls_found_fn found, void *opaque)
{
    const struct teller teller = { found, opaque };
    struct rpc_tls *tls;

    if (!files->no_sanity && rpc_certificate_check(server, files, found, opaque) > 0)
        return NULL;
    tls = VIR_NEW(struct rpc_tls);
    tls->refs = 1;
    tls->server = server;
    return fill(tls, files, &teller) == 0 ? tls : tls_unref(tls);
}

/* ---- bytes --------------------------------------------------------------------- */

static ssize_t
pull(gnutls_transport_ptr_t opaque, void *bytes, size_t room)
{
    struct session *session = opaque;
    size_t n = session->ahead_to - session->ahead_from;

    if (n == 0) {
        bool direct = room >= AHEAD_ROOM;
        ssize_t got = recv(session->transport.sock, direct ? bytes : session->ahead, direct ? room : AHEAD_ROOM, MSG_DONTWAIT);

        if (direct || got <= 0)
            return got;
        session->ahead_from = 0;
        session->ahead_to = n = (size_t)got;
    }
    if (n > room)
        n = room;
    memcpy(bytes, session->ahead + session->ahead_from, n);
    session->ahead_from += n;
    return (ssize_t)n;
}

/* Of a part of one a poll will tell when the rest comes. */
static bool
has_record_ahead(const struct session *session)
{
    const unsigned char *record = session->ahead + session->ahead_from;
    size_t n = session->ahead_to - session->ahead_from;

    return n >= RECORD_HEADER && n >= RECORD_HEADER + (size_t)(record[3] << 8 | record[4]);
}

static ssize_t
push(gnutls_transport_ptr_t opaque, const giovec_t *pieces, int n)
{
    const struct session *session = opaque;
    struct msghdr msg = { .msg_iov = (struct iovec *)pieces, .msg_iovlen = (size_t)n };

    return sendmsg(session->transport.sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static bool
is_again(ssize_t rc)
{
    return rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED;
}

static int
errno_of(ssize_t rc)
{
    return is_again(rc) ? EAGAIN : rc == GNUTLS_E_MEMORY_ERROR ? ENOMEM : EPROTO;
}

/* False: FLAGS do not want to wait, or it took too long. */
static bool
wait_for(const struct session *session, short events, int flags)
{
    struct pollfd socket = { .fd = session->transport.sock, .events = events };

    return !(flags & MSG_DONTWAIT) && poll(&socket, 1, WAIT_MS) > 0;
}

/* The library comes back behind a record of its own, a ticket, though another one is there already: once when it has
 * received it, and once when it has looked at it.  Under lock. */
static ssize_t
receive_record(struct session *session, void *bytes, size_t room)
{
    unsigned int in_vain = 0;
    ssize_t n;

    do {
        size_t before = session->ahead_from;

        n = gnutls_record_recv(session->gnutls, bytes, room);
        in_vain = session->ahead_from == before ? in_vain + 1 : 0;
    } while (is_again(n) && has_record_ahead(session) && in_vain < 2);
    return n;
}

static ssize_t
receive(struct rpc_transport *transport, void *bytes, size_t room, int flags)
{
    struct session *session = (struct session *)transport;
    ssize_t n;

    do {
        pthread_mutex_lock(&session->lock);
        n = receive_record(session, bytes, room);
        pthread_mutex_unlock(&session->lock);
    } while (is_again(n) && wait_for(session, POLLIN, flags));
    if (n >= 0)
        return n;
    if (n == GNUTLS_E_PREMATURE_TERMINATION)
        return 0;                       /* half a message would be seen */
    errno = errno_of(n);
    return -1;
}

/* Sends what the library has kept: at least 0, or its error.  Under lock. */
static ssize_t
flush(struct session *session)
{
    ssize_t n = session->unsent ? gnutls_record_send(session->gnutls, NULL, 0) : 0;

    if (n >= 0)
        session->unsent = false;
    return n;
}

/* Under lock: what was taken, or the library's error. */
static ssize_t
send_record(struct session *session, const void *bytes, size_t len)
{
    size_t max = gnutls_record_get_max_size(session->gnutls);
    ssize_t n = flush(session);

    if (n < 0 || len == 0)
        return n < 0 ? n : 0;
    if (len > max)
        len = max;
    n = gnutls_record_send(session->gnutls, bytes, len);
    if (!is_again(n))
        return n;
    session->unsent = true;             /* all of it is encrypted, and will go */
    return (ssize_t)len;
}

/* Of no bytes: sends only what is kept. */
static ssize_t
transmit(struct rpc_transport *transport, const void *bytes, size_t len, int flags)
{
    struct session *session = (struct session *)transport;
    ssize_t n, taken = 0;
    bool kept;

    do {
        pthread_mutex_lock(&session->lock);
        n = taken ? flush(session) : send_record(session, bytes, len);
        kept = session->unsent;
        pthread_mutex_unlock(&session->lock);
        if (!taken && n > 0)
            taken = n;
    } while ((is_again(n) || (n >= 0 && kept)) && wait_for(session, POLLOUT, flags));
    if (taken || n >= 0)
        return taken;
    errno = errno_of(n);
    return -1;
}

static bool
pending(const struct rpc_transport *transport)
{
    const struct session *session = (const struct session *)transport;

    return gnutls_record_check_pending(session->gnutls) > 0 || has_record_ahead(session);
}

static bool
unsent(const struct rpc_transport *transport)
{
    return ((const struct session *)transport)->unsent;
}

static unsigned int
bits(const struct rpc_transport *transport)
{
    return 8 * (unsigned int)gnutls_cipher_get_key_size(gnutls_cipher_get(((const struct session *)transport)->gnutls));
}

/* ---- the handshake ------------------------------------------------------------------ */

static int
handshake(struct rpc_transport *transport)
{
    struct session *session = (struct session *)transport;
    int rc;

    pthread_mutex_lock(&session->lock);
    rc = gnutls_handshake(session->gnutls);
    if (rc < 0 && gnutls_error_is_fatal(rc))
        session->fault = rc;
    pthread_mutex_unlock(&session->lock);
    if (rc == GNUTLS_E_SUCCESS)
        return 0;
    errno = gnutls_error_is_fatal(rc) ? EPROTO : EAGAIN;
    return -1;
}

static uint32_t
wants(const struct rpc_transport *transport)
{
    const struct session *session = (const struct session *)transport;

    return gnutls_record_get_direction(session->gnutls) ? EPOLLOUT : EPOLLIN;
}

static const char *
explain(const struct rpc_transport *transport)
{
    const struct session *session = (const struct session *)transport;
    const char *name;

    if (session->fault == GNUTLS_E_FATAL_ALERT_RECEIVED || session->fault == GNUTLS_E_WARNING_ALERT_RECEIVED) {
        name = gnutls_alert_get_name(gnutls_alert_get(session->gnutls));
        return name ? name : "the other end sent an alert of an unknown number";
    }
    return session->fault ? gnutls_strerror(session->fault) : "it took too long";
}

/* ---- sessions --------------------------------------------------------------------------- */

static void
session_free(struct rpc_transport *transport)
{
    struct session *session = (struct session *)transport;

    gnutls_deinit(session->gnutls);
    tls_unref(session->tls);
    pthread_mutex_destroy(&session->lock);
    free(session);
}

static const struct rpc_transport_ops ops = {
    .receive = receive,
    .send = transmit,
    .handshake = handshake,
    .pending = pending,
    .unsent = unsent,
    .bits = bits,
    .wants = wants,
    .free = session_free,
};

static struct rpc_transport *
tls_begin(struct rpc_tls *tls, int sock, const char *host)
{
    struct session *session = VIR_NEW(struct session);
    unsigned int flags = (tls->server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL;

    if (gnutls_init(&session->gnutls, flags) < 0) {
        free(session);
        close(sock);
        return NULL;
    }
    session->transport = (struct rpc_transport){ .ops = &ops, .sock = sock };
    session->tls = tls_ref(tls);
    pthread_mutex_init(&session->lock, NULL);
    gnutls_priority_set(session->gnutls, tls->priority);
    gnutls_credentials_set(session->gnutls, GNUTLS_CRD_CERTIFICATE, tls->credentials);
    if (tls->server)
        gnutls_certificate_server_set_request(session->gnutls, GNUTLS_CERT_REQUEST);
    else if (host && !strchr(host, ':') && strspn(host, "0123456789.") != strlen(host))     /* an address is no name */
        gnutls_server_name_set(session->gnutls, GNUTLS_NAME_DNS, host, strlen(host));
    gnutls_transport_set_ptr(session->gnutls, session);
    gnutls_transport_set_pull_function(session->gnutls, pull);
    gnutls_transport_set_vec_push_function(session->gnutls, push);
    gnutls_handshake_set_timeout(session->gnutls, 0);
    gnutls_handshake_set_max_packet_length(session->gnutls, SHAKE_MAX);
    return &session->transport;
}

/* ---- whom the other end's certificate names -------------------------------------------------- */

static int
check_chain(const struct session *session, char *why)
{
    gnutls_datum_t text = { NULL, 0 };
    unsigned int status = 0;
    int rc = gnutls_certificate_verify_peers2(session->gnutls, &status);

    if (rc < 0)
        snprintf(why, RPC_TLS_WHY, "%s", gnutls_strerror(rc));
    else if (status == 0)
        return 0;
    else if (gnutls_certificate_verification_status_print(status, GNUTLS_CRT_X509, &text, 0) == 0)
        snprintf(why, RPC_TLS_WHY, "%s", (const char *)text.data);
    gnutls_free(text.data);
    return -1;
}

static int
check_first(const struct session *session, gnutls_x509_crt_t crt, const char *host, char *why)
{
    if (host && !gnutls_x509_crt_check_hostname(crt, host)) {
        snprintf(why, RPC_TLS_WHY, "its certificate is not for '%s'", host);
        return -1;
    }
    return rpc_certificate_usable(crt, !session->tls->server, why);
}

/* Behind a sentence. */
static void
add_name(char *why, const char *name)
{
    size_t len = strlen(why);

    while (len && why[len - 1] == ' ')
        len--;
    snprintf(why + len, RPC_TLS_WHY - len, " (it names '%s')", name ? name : "");
}

static int
tls_verify(struct rpc_transport *transport, const char *host, char **ret_name, char *why)
{
    const struct session *session = (const struct session *)transport;
    unsigned int n = 0;
    const gnutls_datum_t *list = gnutls_certificate_get_peers(session->gnutls, &n);
    VIR_AUTO_FREE char *name = NULL;
    gnutls_x509_crt_t crt;
    int ret = -1;

    if (!list || !n || gnutls_x509_crt_init(&crt) < 0) {
        snprintf(why, RPC_TLS_WHY, "it sent no certificate");
        return -1;
    }
    if (gnutls_x509_crt_import(crt, &list[0], GNUTLS_X509_FMT_DER) < 0) {
        snprintf(why, RPC_TLS_WHY, "its certificate cannot be read");
    } else {
        name = rpc_certificate_name(crt);
        if (check_chain(session, why) < 0 || check_first(session, crt, host, why) < 0) {
            add_name(why, name);
        } else {
            *ret_name = vir_steal(&name);
            ret = 0;
        }
    }
    gnutls_x509_crt_deinit(crt);
    return ret;
}

extern const struct rpc_tls_part tls;
__attribute__((visibility("default")))
const struct rpc_tls_part tls = {
    .version = RPC_TLS_VERSION,
    .load = tls_load,
    .ref = tls_ref,
    .unref = tls_unref,
    .begin = tls_begin,
    .verify = tls_verify,
    .explain = explain,
    .name_of_file = rpc_certificate_name_of_file,
};
