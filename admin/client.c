/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clients of a server: found and listed, who they are, and their end. */
#include "admin/admin.h"

/* As an argument: the name of its server stays the handle's. */
static struct admin_nonnull_client
lend(virAdmClientPtr client)
{
    return (struct admin_nonnull_client){
        .srv = { .name = client->srv->name }, .id = client->id, .timestamp = client->timestamp,
        .transport = client->transport,
    };
}

static virAdmClientPtr
make(virAdmServerPtr srv, const struct admin_nonnull_client *wire)
{
    virAdmClientPtr client = adm_handle_new(ADM_CLIENT, sizeof(*client));

    adm_handle_ref(srv);
    client->srv = srv;
    client->id = wire->id;
    client->timestamp = wire->timestamp;
    client->transport = wire->transport;
    return client;
}

int
virAdmServerListClients(virAdmServerPtr srv, virAdmClientPtr **clients, unsigned int flags)
{
    struct admin_server_list_clients_args args = { .need_results = clients != NULL, .flags = flags };
    struct admin_server_list_clients_ret ret;
    int n;

    if (!adm_enter(__func__, srv, ADM_SERVER))
        return -1;
    args.srv.name = srv->name;
    if (adm_call(srv->conn, ADMIN_PROC_SERVER_LIST_CLIENTS, &args, &ret) < 0)
        return -1;
    n = clients ? (int)ret.n_clients : (int)ret.ret;
    if (clients) {
        *clients = vir_alloc_array(ret.n_clients + 1, sizeof(**clients));
        for (unsigned int i = 0; i < ret.n_clients; i++)
            (*clients)[i] = make(srv, &ret.clients[i]);
    }
    xdr_free(admin_procedures[ADMIN_PROC_SERVER_LIST_CLIENTS].ret, &ret);
    return n;
}

virAdmClientPtr
virAdmServerLookupClient(virAdmServerPtr srv, unsigned long long id, unsigned int flags)
{
    struct admin_server_lookup_client_args args = { .id = id, .flags = flags };
    struct admin_server_lookup_client_ret ret;
    virAdmClientPtr client;

    if (!adm_enter(__func__, srv, ADM_SERVER))
        return NULL;
    args.srv.name = srv->name;
    if (adm_call(srv->conn, ADMIN_PROC_SERVER_LOOKUP_CLIENT, &args, &ret) < 0)
        return NULL;
    client = make(srv, &ret.clnt);
    xdr_free(admin_procedures[ADMIN_PROC_SERVER_LOOKUP_CLIENT].ret, &ret);
    return client;
}

unsigned long long
virAdmClientGetID(virAdmClientPtr client)
{
    return adm_enter(__func__, client, ADM_CLIENT) ? client->id : (unsigned long long)-1;
}

long long
virAdmClientGetTimestamp(virAdmClientPtr client)
{
    return adm_enter(__func__, client, ADM_CLIENT) ? client->timestamp : -1;
}

int
virAdmClientGetTransport(virAdmClientPtr client)
{
    return adm_enter(__func__, client, ADM_CLIENT) ? (int)client->transport : -1;
}

int
virAdmClientFree(virAdmClientPtr client)
{
    virResetLastError();
    if (!client)
        return 0;
    if (!adm_enter(__func__, client, ADM_CLIENT))
        return -1;
    adm_handle_unref(client);
    return 0;
}

int
virAdmClientGetInfo(virAdmClientPtr client, virTypedParameterPtr *params, int *nparams, unsigned int flags)
{
    struct admin_client_get_info_args args = { .flags = flags };
    struct admin_client_get_info_ret ret;

    if (!adm_enter(__func__, client, ADM_CLIENT) || !adm_given(__func__, params, "params") ||
        !adm_given(__func__, nparams, "nparams"))
        return -1;
    args.clnt = lend(client);
    if (adm_call(client->srv->conn, ADMIN_PROC_CLIENT_GET_INFO, &args, &ret) < 0)
        return -1;
    *params = ret.params;
    *nparams = (int)ret.n_params;
    return 0;
}

int
virAdmClientClose(virAdmClientPtr client, unsigned int flags)
{
    struct admin_client_close_args args = { .flags = flags };

    if (!adm_enter(__func__, client, ADM_CLIENT))
        return -1;
    args.clnt = lend(client);
    return adm_call(client->srv->conn, ADMIN_PROC_CLIENT_CLOSE, &args, NULL);
}
