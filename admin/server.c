/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Servers: found and listed, what they may have, how many threads serve them. */
#include "admin/admin.h"

#include <stdlib.h>

/* As an argument: the name stays the handle's. */
static struct admin_nonnull_server
lend(virAdmServerPtr srv)
{
    return (struct admin_nonnull_server){ .name = srv->name };
}

static virAdmServerPtr
make(virAdmConnectPtr conn, const struct admin_nonnull_server *wire)
{
    virAdmServerPtr srv = adm_handle_new(ADM_SERVER, sizeof(*srv));

    adm_handle_ref(conn);
    srv->conn = conn;
    srv->name = vir_strdup(wire->name);
    return srv;
}

int
virAdmConnectListServers(virAdmConnectPtr conn, virAdmServerPtr **servers, unsigned int flags)
{
    struct admin_connect_list_servers_args args = { .need_results = servers != NULL, .flags = flags };
    struct admin_connect_list_servers_ret ret;
    int n;

    if (!adm_enter(__func__, conn, ADM_CONNECT) ||
        adm_call(conn, ADMIN_PROC_CONNECT_LIST_SERVERS, &args, &ret) < 0)
        return -1;
    n = servers ? (int)ret.n_servers : (int)ret.ret;
    if (servers) {
        *servers = vir_alloc_array(ret.n_servers + 1, sizeof(**servers));
        for (unsigned int i = 0; i < ret.n_servers; i++)
            (*servers)[i] = make(conn, &ret.servers[i]);
    }
    xdr_free(admin_procedures[ADMIN_PROC_CONNECT_LIST_SERVERS].ret, &ret);
    return n;
}

virAdmServerPtr
virAdmConnectLookupServer(virAdmConnectPtr conn, const char *name, unsigned int flags)
{
    struct admin_connect_lookup_server_args args = { .name = (char *)(uintptr_t)name, .flags = flags };
    struct admin_connect_lookup_server_ret ret;
    virAdmServerPtr srv;

    if (!adm_enter(__func__, conn, ADM_CONNECT) || !adm_given(__func__, name, "name") ||
        adm_call(conn, ADMIN_PROC_CONNECT_LOOKUP_SERVER, &args, &ret) < 0)
        return NULL;
    srv = make(conn, &ret.srv);
    xdr_free(admin_procedures[ADMIN_PROC_CONNECT_LOOKUP_SERVER].ret, &ret);
    return srv;
}

const char *
virAdmServerGetName(virAdmServerPtr srv)
{
    return adm_enter(__func__, srv, ADM_SERVER) ? srv->name : NULL;
}

int
virAdmServerFree(virAdmServerPtr srv)
{
    virResetLastError();
    if (!srv)
        return 0;
    if (!adm_enter(__func__, srv, ADM_SERVER))
        return -1;
    adm_handle_unref(srv);
    return 0;
}

/* ---- figures: what is read is the caller's ---------------------------------------------- */

int
virAdmServerGetThreadPoolParameters(virAdmServerPtr srv, virTypedParameterPtr *params, int *nparams,
                                    unsigned int flags)
{
    struct admin_server_get_threadpool_parameters_args args = { .flags = flags };
    struct admin_server_get_threadpool_parameters_ret ret;

    if (!adm_enter(__func__, srv, ADM_SERVER) || !adm_given(__func__, params, "params") ||
        !adm_given(__func__, nparams, "nparams"))
        return -1;
    args.srv = lend(srv);
    if (adm_call(srv->conn, ADMIN_PROC_SERVER_GET_THREADPOOL_PARAMETERS, &args, &ret) < 0)
        return -1;
    *params = ret.params;
    *nparams = (int)ret.n_params;
    return 0;
}

int
virAdmServerGetClientLimits(virAdmServerPtr srv, virTypedParameterPtr *params, int *nparams, unsigned int flags)
{
    struct admin_server_get_client_limits_args args = { .flags = flags };
    struct admin_server_get_client_limits_ret ret;

    if (!adm_enter(__func__, srv, ADM_SERVER) || !adm_given(__func__, params, "params") ||
        !adm_given(__func__, nparams, "nparams"))
        return -1;
    args.srv = lend(srv);
    if (adm_call(srv->conn, ADMIN_PROC_SERVER_GET_CLIENT_LIMITS, &args, &ret) < 0)
        return -1;
    *params = ret.params;
    *nparams = (int)ret.n_params;
    return 0;
}

static bool
check_params(const char *call, virTypedParameterPtr params, int nparams)
{
    if (nparams >= 0)
        return nparams == 0 || adm_given(call, params, "params");
    vir_error(VIR_ERR_INVALID_ARG, "nparams in %s must be zero or greater", call);
    adm_failed();
    return false;
}

int
virAdmServerSetThreadPoolParameters(virAdmServerPtr srv, virTypedParameterPtr params, int nparams,
                                    unsigned int flags)
{
    struct admin_server_set_threadpool_parameters_args args = { .flags = flags };

    if (!adm_enter(__func__, srv, ADM_SERVER) || !check_params(__func__, params, nparams))
        return -1;
    args.srv = lend(srv);
    args.params = params;
    args.n_params = (unsigned int)nparams;
    return adm_call(srv->conn, ADMIN_PROC_SERVER_SET_THREADPOOL_PARAMETERS, &args, NULL);
}

int
virAdmServerSetClientLimits(virAdmServerPtr srv, virTypedParameterPtr params, int nparams, unsigned int flags)
{
    struct admin_server_set_client_limits_args args = { .flags = flags };

    if (!adm_enter(__func__, srv, ADM_SERVER) || !check_params(__func__, params, nparams))
        return -1;
    args.srv = lend(srv);
    args.params = params;
    args.n_params = (unsigned int)nparams;
    return adm_call(srv->conn, ADMIN_PROC_SERVER_SET_CLIENT_LIMITS, &args, NULL);
}

int
virAdmServerUpdateTlsFiles(virAdmServerPtr srv, unsigned int flags)
{
    struct admin_server_update_tls_files_args args = { .flags = flags };

    if (!adm_enter(__func__, srv, ADM_SERVER))
        return -1;
    args.srv = lend(srv);
    return adm_call(srv->conn, ADMIN_PROC_SERVER_UPDATE_TLS_FILES, &args, NULL);
}
