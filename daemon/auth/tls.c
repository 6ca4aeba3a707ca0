/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon's end of TLS: its certificates, and whom it lets in by theirs. */
#include "daemon/daemon.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "rpc/tls.h"

static const struct rpc_tls_part *part;
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

int
daemon_tls_load(void)
{
    const struct daemon_settings *settings = &the_daemon.settings;
    const struct rpc_tls_files files = { settings->ca_file, settings->cert_file, settings->key_file,
                                         settings->crl_file, settings->tls_priority };
    struct rpc_tls *fresh;
    char why[RPC_TLS_WHY];
    const char *reason;

    if (check_files(settings) < 0)
        return -1;
    part = rpc_tls_part(&reason);
    if (!part)
        return vir_error(VIR_ERR_NO_SUPPORT, "listen_tls: %s", reason);
    fresh = part->load(true, &files, why);
    if (!fresh)
        return vir_error(VIR_ERR_SYSTEM_ERROR, "%s", why);
    part->unref(loaded);
    loaded = fresh;
    return 0;
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
    return part->begin(loaded, sock, NULL);
}

static bool
is_welcome(struct daemon_client *client)
{
    char why[RPC_TLS_WHY];

    if (part->verify(client->transport, NULL, &client->name, why) < 0) {
        vir_warn("a client on %s was refused: %s", client->listener->name, why);
        return false;
    }
    if (daemon_allows(&the_daemon.settings.tls_names, client->name ? client->name : ""))
        return true;
    vir_warn("a client on %s was refused: tls_allowed_dn_list does not name '%s'", client->listener->name,
             client->name ? client->name : "");
    return false;
}

static const char *
let_in(struct daemon_client *client)
{
    if (!the_daemon.settings.tls_no_verify && !is_welcome(client))
        return "its certificate is refused";
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
