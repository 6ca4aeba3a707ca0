/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clients of a server: which there are, who they are, and their end. */
#include "rows/client.h"

#include <stdlib.h>
#include <time.h>

#define TIME_SIZE 64

static const char *
transport_name(int transport)
{
    static const char *const names[] = {
        [VIR_CLIENT_TRANS_UNIX] = "unix", [VIR_CLIENT_TRANS_TCP] = "tcp", [VIR_CLIENT_TRANS_TLS] = "tls",
    };

    return SHELL_NAME_OF(names, transport);
}

/* When it connected, in the time of who asks. */
static const char *
time_text(virAdmClientPtr client, char *text)
{
    const time_t stamp = (time_t)virAdmClientGetTimestamp(client);
    struct tm tm;

    if (!localtime_r(&stamp, &tm) || strftime(text, TIME_SIZE, "%Y-%m-%d %H:%M:%S%z", &tm) == 0)
        return "unknown";
    return text;
}

static void
add_row(struct shell_table *table, virAdmClientPtr client)
{
    VIR_AUTO_FREE char *number = vir_strdup_printf("%llu", virAdmClientGetID(client));
    char since[TIME_SIZE];

    shell_table_row(table, number, transport_name(virAdmClientGetTransport(client)), time_text(client, since),
                    NULL);
}

int
run_client_list(struct shell *vsh, const struct client_list_args *args)
{
    virAdmServerPtr srv = virAdmConnectLookupServer(vsh->conn, args->server_text, 0);
    virAdmClientPtr *clients = NULL;
    struct shell_table *table;
    int n;

    if (!srv)
        return -1;
    n = virAdmServerListClients(srv, &clients, 0);
    virAdmServerFree(srv);
    if (n < 0)
        return shell_error(vsh, "failed to obtain list of connected clients from server '%s'", args->server_text);
    table = shell_table_new(SHELL_TITLES("Id", "Transport", "Connected since"));
    for (int i = 0; i < n; i++) {
        add_row(table, clients[i]);
        virAdmClientFree(clients[i]);
    }
    free(clients);
    shell_table_print(vsh, table);
    return 0;
}

/* NULL: the library has said why. */
static virAdmClientPtr
find(struct shell *vsh, const char *server, long long number)
{
    virAdmServerPtr srv = virAdmConnectLookupServer(vsh->conn, server, 0);
    virAdmClientPtr client;

    if (!srv)
        return NULL;
    client = virAdmServerLookupClient(srv, (unsigned long long)number, 0);
    virAdmServerFree(srv);
    return client;
}

static void
show(struct shell *vsh, virAdmClientPtr client, virTypedParameterPtr params, int n)
{
    char since[TIME_SIZE];

    shell_print(vsh, "%-15s: %llu\n", "id", virAdmClientGetID(client));
    shell_print(vsh, "%-15s: %s\n", "connection_time", time_text(client, since));
    shell_print(vsh, "%-15s: %s\n", "transport", transport_name(virAdmClientGetTransport(client)));
    shell_print_params(vsh, params, n);
}

int
run_client_info(struct shell *vsh, const struct client_info_args *args)
{
    virAdmClientPtr client = find(vsh, args->server_text, args->client);
    virTypedParameterPtr params = NULL;
    int n = 0, rc;

    if (!client)
        return -1;
    rc = virAdmClientGetInfo(client, &params, &n, 0);
    if (rc == 0)
        show(vsh, client, params, n);
    else
        shell_error(vsh, "failed to retrieve client identity information for client '%llu' "
                    "connected to server '%s'", virAdmClientGetID(client), args->server_text);
    virTypedParamsFree(params, n);
    virAdmClientFree(client);
    return rc < 0 ? -1 : 0;
}

int
run_client_disconnect(struct shell *vsh, const struct client_disconnect_args *args)
{
    const unsigned long long number = (unsigned long long)args->client;
    virAdmClientPtr client = find(vsh, args->server_text, args->client);
    int rc;

    if (!client)
        return -1;
    rc = virAdmClientClose(client, 0);
    virAdmClientFree(client);
    if (rc < 0)
        return shell_error(vsh, "Failed to disconnect client '%llu' from server %s", number,
                           args->server_text);
    shell_print(vsh, "Client '%llu' disconnected\n", number);
    return 0;
}
