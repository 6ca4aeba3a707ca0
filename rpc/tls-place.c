/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where certificates lie, and how they are loaded from there: the same for both ends. */
#define VIR_LOG_SOURCE "rpc"
#define VIR_MODULE_DOMAIN VIR_FROM_RPC
#include <libvirt/module.h>

#include "tls.h"

#include <stdlib.h>
#include <unistd.h>

void
rpc_tls_place_host(struct rpc_tls_place *place, bool server)
{
    *place = (struct rpc_tls_place){
        .ca = vir_strdup(RPC_TLS_CA),
        .crl = vir_strdup(RPC_TLS_CRL),
        .cert = vir_strdup(server ? RPC_TLS_HOST "/servercert.pem" : RPC_TLS_HOST "/clientcert.pem"),
        .key = vir_strdup(server ? RPC_TLS_HOST "/private/serverkey.pem" : RPC_TLS_HOST "/private/clientkey.pem"),
    };
}

void
rpc_tls_place_folder(struct rpc_tls_place *place, const char *folder, bool server)
{
    *place = (struct rpc_tls_place){
        .ca = vir_path_join(folder, "cacert.pem"),
        .crl = vir_path_join(folder, "cacrl.pem"),
        .cert = vir_path_join(folder, server ? "servercert.pem" : "clientcert.pem"),
        .key = vir_path_join(folder, server ? "serverkey.pem" : "clientkey.pem"),
    };
}

char *
rpc_tls_user_folder(void)
{
    const char *home = secure_getenv("HOME");

    return home ? vir_path_join(home, ".pki/libvirt") : NULL;
}

static void
keep_present(char **path, int how)
{
    if (!*path || access(*path, how) == 0)
        return;
    free(*path);
    *path = NULL;
}

void
rpc_tls_place_keep_present(struct rpc_tls_place *place)
{
    keep_present(&place->crl, F_OK);    /* one that cannot be read does not pass for none */
    keep_present(&place->cert, R_OK);
    keep_present(&place->key, R_OK);
}

void
rpc_tls_place_clear(struct rpc_tls_place *place)
{
    free(place->ca);
    free(place->crl);
    free(place->cert);
    free(place->key);
    *place = (struct rpc_tls_place){ NULL, NULL, NULL, NULL };
}

/* The first grave one is the error. */
static void
say(const struct rpc_tls_finding *finding, void *opaque)
{
    bool *raised = opaque;

    if (!finding->grave) {
        vir_warn("%s (%s)", finding->text, finding->hint);
    } else if (!*raised) {
        *raised = true;
        vir_error(VIR_ERR_SYSTEM_ERROR, "%s", finding->text);
        if (*finding->hint)
            vir_error_hint("%s", finding->hint);
    }
}

struct rpc_tls *
rpc_tls_load(const struct rpc_tls_part *part, bool server, const struct rpc_tls_files *files)
{
    bool raised = false;

    return part->load(server, files, say, &raised);
}
