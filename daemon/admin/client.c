/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clients of a server: which there are, who they are, and their end. */
#include "daemon/admin/admin.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>

#include "daemon/client/identity.h"

#define CLIENTS_MAX 16384               /* in one reply */
#define NAMES_ROOM 16384                /* for what a directory of users says about one */
#define GROUP_ROOM_MAX (1024 * 1024)

static unsigned int
transport_of(const struct daemon_client *client)
{
    switch (client->listener->way) {
    case DAEMON_TCP:
        return VIR_CLIENT_TRANS_TCP;
    case DAEMON_TLS:
        return VIR_CLIENT_TRANS_TLS;
    default:
        return VIR_CLIENT_TRANS_UNIX;
    }
}

/* The name is lent. */
static struct admin_nonnull_client
describe(const struct daemon_client *client)
{
    return (struct admin_nonnull_client){
        .srv = { .name = (char *)(uintptr_t)daemon_server_name(client->server) },
        .id = client->id, .timestamp = client->since, .transport = transport_of(client),
    };
}

/* A reference to the client that a call names; NULL: error set. */
static struct daemon_client *
find(const struct admin_nonnull_server *srv, unsigned long long id)
{
    struct daemon_client *client;
    enum daemon_server server;

    if (daemon_admin_server(srv, &server) < 0)
        return NULL;
    client = daemon_client_find(server, id);
    return client ? client : vir_error_null(VIR_ERR_NO_CLIENT, "No client with matching ID '%llu'", id);
}

/* ---- which there are ----------------------------------------------------------------------- */

/* The oldest first. */
static void
list(enum daemon_server server, unsigned int n, struct admin_nonnull_client *ret)
{
    for (const struct daemon_client *client = the_daemon.clients; client; client = client->next)
        if (client->server == server && n > 0)
            ret[--n] = describe(client);
}

DAEMON_SERVE(admin_server_list_clients)
{
    const struct admin_server_list_clients_args *in = args;
    struct admin_server_list_clients_ret *out = ret;
    enum daemon_server server;
    unsigned int n, anonymous;

    if (daemon_admin_flags(call, in->flags) < 0 || daemon_admin_server(&in->srv, &server) < 0)
        return -1;
    n = daemon_clients_count(server, &anonymous);
    if (in->need_results && daemon_room("clients", n, CLIENTS_MAX, sizeof(*out->clients), &out->clients) < 0)
        return -1;
    out->ret = n;
    if (!in->need_results)
        return 0;
    out->n_clients = n;
    list(server, n, out->clients);
    return 0;
}

DAEMON_SERVE(admin_server_lookup_client)
{
    const struct admin_server_lookup_client_args *in = args;
    struct admin_server_lookup_client_ret *out = ret;
    struct daemon_client *client;

    if (daemon_admin_flags(call, in->flags) < 0)
        return -1;
    client = find(&in->srv, in->id);
    if (!client)
        return -1;
    out->clnt = describe(client);
    out->clnt.srv.name = vir_strdup(out->clnt.srv.name);
    daemon_client_unref(client);
    return 0;
}

/* ---- who it is: in a thread of the pool, for a directory of users may be asked --------------- */

struct told { virTypedParameterPtr *params; int n, room; };

static void
tell_text(struct told *told, const char *name, const char *text)
{
    if (text && *text)
        virTypedParamsAddString(told->params, &told->n, &told->room, name, text);
}

static void
tell_number(struct told *told, const char *name, int number)
{
    virTypedParamsAddInt(told->params, &told->n, &told->room, name, number);
}

/* A group brings its members along, of which there may be many. */
static void
tell_group(struct told *told, gid_t gid)
{
    struct group group, *found = NULL;

    for (size_t room = NAMES_ROOM; room <= GROUP_ROOM_MAX; room *= 2) {
        VIR_AUTO_FREE char *names = vir_alloc_array(room, 1);
        int err = getgrgid_r(gid, &group, names, room, &found);

        if (err == 0 && found)
            tell_text(told, VIR_CLIENT_INFO_UNIX_GROUP_NAME, group.gr_name);
        if (err != ERANGE)
            return;
    }
    vir_warn("group %u has more members than %d bytes hold: its name is not told", gid, GROUP_ROOM_MAX);
}

static void
tell_process(struct told *told, const struct daemon_identity *identity)
{
    char names[NAMES_ROOM];
    struct passwd user, *found_user = NULL;

    tell_number(told, VIR_CLIENT_INFO_UNIX_USER_ID, (int)identity->uid);
    if (getpwuid_r(identity->uid, &user, names, sizeof(names), &found_user) == 0 && found_user)
        tell_text(told, VIR_CLIENT_INFO_UNIX_USER_NAME, user.pw_name);
    tell_number(told, VIR_CLIENT_INFO_UNIX_GROUP_ID, (int)identity->gid);
    tell_group(told, identity->gid);
    tell_number(told, VIR_CLIENT_INFO_UNIX_PROCESS_ID, identity->pid);
}

DAEMON_SERVE(admin_client_get_info)
{
    const struct admin_client_get_info_args *in = args;
    struct admin_client_get_info_ret *out = ret;
    struct told told = { .params = &out->params };
    struct daemon_identity identity;
    struct daemon_client *client;

    if (daemon_admin_flags(call, in->flags) < 0)
        return -1;
    client = find(&in->clnt.srv, in->clnt.id);
    if (!client)
        return -1;
    daemon_identity_read(client, &identity);
    daemon_client_unref(client);
    virTypedParamsAddBoolean(told.params, &told.n, &told.room, VIR_CLIENT_INFO_READONLY, identity.readonly);
    tell_text(&told, VIR_CLIENT_INFO_SASL_USER_NAME, identity.user_name);
    if (identity.local)
        tell_process(&told, &identity);
    else
        tell_text(&told, VIR_CLIENT_INFO_SOCKET_ADDR, identity.address);
    tell_text(&told, VIR_CLIENT_INFO_X509_DISTINGUISHED_NAME, identity.certificate_name);
    tell_text(&told, VIR_CLIENT_INFO_SELINUX_CONTEXT, identity.label);
    daemon_identity_clear(&identity);
    out->n_params = (unsigned int)told.n;
    return 0;
}

/* ---- its end --------------------------------------------------------------------------------- */

/* Who ends the own connection gets no answer any more. */
DAEMON_SERVE(admin_client_close)
{
    const struct admin_client_close_args *in = args;
    struct daemon_client *client;

    (void)ret;
    if (daemon_admin_flags(call, in->flags) < 0)
        return -1;
    client = find(&in->clnt.srv, in->clnt.id);
    if (!client)
        return -1;
    vir_info("the administrator ends client %u of the server %s", client->id, daemon_server_name(client->server));
    if (client == call->client)
        daemon_client_doom(client, "the administrator has ended the own connection");
    else
        daemon_client_close(client, "the administrator has ended it");
    daemon_client_unref(client);
    return 0;
}
