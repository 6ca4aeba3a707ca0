/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The administrator's connection, and what holds for the daemon as a whole. */
#include "daemon/admin/admin.h"

#include "core/private.h"

int
daemon_admin_flags(const struct daemon_call *call, unsigned int flags)
{
    if (!flags)
        return 0;
    return vir_error(VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s", flags, call->procedure->name);
}

/* ---- the connection ------------------------------------------------------------------- */

DAEMON_SERVE(admin_connect_open)
{
    const struct admin_connect_open_args *in = args;
    struct daemon_client *client = call->client;

    (void)ret;
    if (daemon_admin_flags(call, in->flags) < 0)
        return -1;
    pthread_mutex_lock(&client->lock);
    if (!client->opened)
        __atomic_sub_fetch(&client->listener->n_anonymous, 1, __ATOMIC_RELAXED);
    client->opened = true;
    pthread_mutex_unlock(&client->lock);
    return 0;
}

DAEMON_SERVE(admin_connect_close)
{
    (void)args;
    (void)ret;
    pthread_mutex_lock(&call->client->lock);
    call->client->closing = true;
    pthread_mutex_unlock(&call->client->lock);
    return 0;
}

DAEMON_SERVE(admin_connect_get_lib_version)
{
    struct admin_connect_get_lib_version_ret *out = ret;

    (void)call;
    (void)args;
    out->libVer = LIBVIR_VERSION_NUMBER;
    return 0;
}

/* ---- the log ------------------------------------------------------------------------------ */

DAEMON_SERVE(admin_connect_get_logging_outputs)
{
    const struct admin_connect_get_logging_outputs_args *in = args;
    struct admin_connect_get_logging_outputs_ret *out = ret;

    if (daemon_admin_flags(call, in->flags) < 0)
        return -1;
    out->noutputs = (unsigned int)vir_core.log_outputs(&out->outputs);
    return 0;
}

DAEMON_SERVE(admin_connect_get_logging_filters)
{
    const struct admin_connect_get_logging_filters_args *in = args;
    struct admin_connect_get_logging_filters_ret *out = ret;

    if (daemon_admin_flags(call, in->flags) < 0)
        return -1;
    out->nfilters = (unsigned int)vir_core.log_filters(&out->filters);
    return 0;
}

DAEMON_SERVE(admin_connect_set_logging_outputs)
{
    const struct admin_connect_set_logging_outputs_args *in = args;
    const char *outputs = in->outputs ? in->outputs : "";

    (void)ret;
    if (daemon_admin_flags(call, in->flags) < 0 || vir_core.log_change_outputs(outputs) < 0)
        return -1;
    vir_info("the administrator has set the log's outputs: %s", outputs);
    return 0;
}

DAEMON_SERVE(admin_connect_set_logging_filters)
{
    const struct admin_connect_set_logging_filters_args *in = args;
    const char *filters = in->filters ? in->filters : "";

    (void)ret;
    if (daemon_admin_flags(call, in->flags) < 0 || vir_core.log_change_filters(filters) < 0)
        return -1;
    vir_info("the administrator has set the log's filters: %s", filters);
    return 0;
}

/* ---- the end ---------------------------------------------------------------------------------- */

DAEMON_SERVE(admin_connect_set_daemon_timeout)
{
    const struct admin_connect_set_daemon_timeout_args *in = args;

    (void)ret;
    if (daemon_admin_flags(call, in->flags) < 0 || daemon_idle_limit(in->timeout) < 0)
        return -1;
    vir_info("the administrator has set the timeout: %u s", in->timeout);
    return 0;
}
