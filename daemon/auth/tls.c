/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's end of TLS: its certificates, and whom it lets in by theirs. */
#include "daemon/daemon.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/tls.h"

#define ADDRESS 128                     /* bytes of one as text, with the name of an interface */

static const struct rpc_tls_part *part;         /* where TLS is served; set before other threads */
static pthread_mutex_t loaded_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rpc_tls *loaded;

/* A file that is not there is told before the library sees it: with the remedy. */
static int
check_readable(const char *key, const char *path)
{
    if (!path || access(path, R_OK) == 0)
        return 0;
    vir_error_errno(errno, "%s: cannot read the certificate file '%s'", key, path);
    vir_error_hint("make certificates, name them in libvirtd.conf, or set listen_tls = 0 there");
    return -1;
}

static int
check_files(const struct daemon_settings *settings)
{
    return check_readable("ca_file", settings->ca_file) < 0 ||
        check_readable("cert_file", settings->cert_file) < 0 ||
        check_readable("key_file", settings->key_file) < 0 ||
        check_readable("crl_file", settings->crl_file) < 0 ? -1 : 0;
}

/* Unless a file is named that the list would go with, the host's is used if there is one. */
static const char *
crl_file(const struct daemon_settings *settings)
{
    if (settings->crl_file || strcmp(settings->ca_file, RPC_TLS_CA) != 0)
        return settings->crl_file;
    return access(RPC_TLS_CRL, F_OK) == 0 ? RPC_TLS_CRL : NULL;
}

static int
load(const struct daemon_settings *settings)
{
    const struct rpc_tls_files files = { settings->ca_file, settings->cert_file, settings->key_file,
                                         crl_file(settings), settings->tls_priority, settings->tls_no_sanity };
    struct rpc_tls *fresh, *old;

    if (check_files(settings) < 0)
        return -1;
    fresh = rpc_tls_load(part, true, &files);
    if (!fresh)
        return -1;
    pthread_mutex_lock(&loaded_lock);
    old = loaded;
    loaded = fresh;
    pthread_mutex_unlock(&loaded_lock);
    part->unref(old);
    return 0;
}

int
daemon_tls_load(void)
{
    const char *reason;

    part = rpc_tls_part(&reason);
    return part ? load(&the_daemon.settings) : vir_error(VIR_ERR_NO_SUPPORT, "listen_tls: %s", reason);
}

void
daemon_tls_reload(void)
{
    if (part && load(&the_daemon.settings) < 0)
        vir_warn("the certificates stay as they were: %s", virGetLastErrorMessage());
}

/* What load() asks of the settings, for a thread that does not hold their lock while it reads files. */
static void
copy_settings(struct daemon_settings *ret_copy)
{
    const struct daemon_settings *settings = &the_daemon.settings;

    pthread_mutex_lock(&the_daemon.settings_lock);
    *ret_copy = (struct daemon_settings){
        .ca_file = vir_strdup(settings->ca_file), .cert_file = vir_strdup(settings->cert_file),
        .key_file = vir_strdup(settings->key_file), .crl_file = vir_strdup(settings->crl_file),
        .tls_priority = vir_strdup(settings->tls_priority), .tls_no_sanity = settings->tls_no_sanity,
    };
    pthread_mutex_unlock(&the_daemon.settings_lock);
}

int
daemon_tls_update(void)
{
    struct daemon_settings settings;
    int result;

    if (!part)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "no tls service found, unable to update tls files");
    copy_settings(&settings);
    result = load(&settings);
    daemon_settings_clear(&settings);
    return result;
}

void
daemon_tls_end(void)
{
    if (part)
        loaded = part->unref(loaded);
}

struct rpc_transport *
daemon_tls_begin(int sock)
{
    struct rpc_transport *transport;

    pthread_mutex_lock(&loaded_lock);
    transport = part->begin(loaded, sock, NULL);        /* has a reference of its own */
    pthread_mutex_unlock(&loaded_lock);
    return transport;
}

/* The address of the other end as tls_allowed_ip_list has it; an IPv4 one is that on an IPv6 socket, too. */
static const char *
address_of(int sock, char text[ADDRESS])
{
    struct sockaddr_storage end;
    socklen_t len = sizeof(end);
    bool mapped;

    if (getpeername(sock, (struct sockaddr *)&end, &len) < 0 ||
        getnameinfo((struct sockaddr *)&end, len, text, ADDRESS, NULL, 0, NI_NUMERICHOST) != 0)
        return "";
    mapped = strncmp(text, "::ffff:", 7) == 0 && strchr(text, '.');
    return mapped ? text + 7 : text;
}

/* What speaks against the client, in WHY. */
static int
judge(struct daemon_client *client, char *why)
{
    const struct daemon_settings *settings = &the_daemon.settings;
    char text[ADDRESS];
    const char *address = address_of(client->transport->sock, text);
    VIR_AUTO_FREE char *name = NULL;

    if (!settings->tls_no_verify_address && !daemon_allows(&settings->tls_addresses, address)) {
        snprintf(why, RPC_TLS_WHY, "tls_allowed_ip_list does not name its address %s", address);
        return -1;
    }
    if (settings->tls_no_verify)
        return 0;
    if (part->verify(client->transport, NULL, &name, why) < 0)
        return -1;
    if (!daemon_allows(&settings->tls_names, name ? name : "")) {
        snprintf(why, RPC_TLS_WHY, "tls_allowed_dn_list does not name '%s'", name ? name : "");
        return -1;
    }
    pthread_mutex_lock(&client->lock);
    client->certificate_name = vir_steal(&name);
    pthread_mutex_unlock(&client->lock);
    return 0;
}

static const char *
let_in(struct daemon_client *client)
{
    static struct daemon_seldom seldom;
    char why[RPC_TLS_WHY];
    unsigned int unsaid;

    if (judge(client, why) < 0) {
        __atomic_add_fetch(&the_daemon.logins_failed, 1, __ATOMIC_RELAXED);
        if (daemon_seldom(&seldom, &unsaid))
            vir_warn("a client on %s was refused: %s (%u more since the last such line)", client->listener->name, why,
                     unsaid);
        return "its certificate or address is refused";
    }
    /* one byte tells the client that it may begin; it fits into the empty socket */
    return rpc_transport_send(client->transport, "\1", 1, -1, MSG_DONTWAIT) == 1 ? NULL : "it cannot be told";
}

const char *
daemon_tls_shake(struct daemon_client *client)
{
    const char *wrong = NULL;

    if (client->transport->ops->handshake(client->transport) == 0) {
        wrong = let_in(client);
        client->shake = NULL;
    } else if (errno != EAGAIN) {
        vir_info("the TLS handshake of a client on %s failed: %s", client->listener->name,
                 part->explain(client->transport));
        return "the TLS handshake failed";
    }
    pthread_mutex_lock(&client->lock);
    daemon_client_watch(client);
    pthread_mutex_unlock(&client->lock);
    return wrong;
}
