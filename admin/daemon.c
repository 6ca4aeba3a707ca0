/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What holds for a daemon as a whole: its log, and its end when nobody uses it. */
#include "admin/admin.h"

/* Hands over what was read, which the caller may not want. */
static int
give(char *text, unsigned int n, char **ret_text)
{
    VIR_AUTO_FREE char *own = text;

    if (ret_text)
        *ret_text = vir_steal(&own);
    return (int)n;
}

int
virAdmConnectGetLoggingOutputs(virAdmConnectPtr conn, char **outputs, unsigned int flags)
{
    struct admin_connect_get_logging_outputs_args args = { .flags = flags };
    struct admin_connect_get_logging_outputs_ret ret;

    if (!adm_enter(__func__, conn, ADM_CONNECT) ||
        adm_call(conn, ADMIN_PROC_CONNECT_GET_LOGGING_OUTPUTS, &args, &ret) < 0)
        return -1;
    return give(ret.outputs, ret.noutputs, outputs);
}

int
virAdmConnectGetLoggingFilters(virAdmConnectPtr conn, char **filters, unsigned int flags)
{
    struct admin_connect_get_logging_filters_args args = { .flags = flags };
    struct admin_connect_get_logging_filters_ret ret;

    if (!adm_enter(__func__, conn, ADM_CONNECT) ||
        adm_call(conn, ADMIN_PROC_CONNECT_GET_LOGGING_FILTERS, &args, &ret) < 0)
        return -1;
    return give(ret.filters, ret.nfilters, filters);
}

int
virAdmConnectSetLoggingOutputs(virAdmConnectPtr conn, const char *outputs, unsigned int flags)
{
    struct admin_connect_set_logging_outputs_args args = { .outputs = (char *)(uintptr_t)outputs, .flags = flags };

    if (!adm_enter(__func__, conn, ADM_CONNECT))
        return -1;
    return adm_call(conn, ADMIN_PROC_CONNECT_SET_LOGGING_OUTPUTS, &args, NULL);
}

int
virAdmConnectSetLoggingFilters(virAdmConnectPtr conn, const char *filters, unsigned int flags)
{
    struct admin_connect_set_logging_filters_args args = { .filters = (char *)(uintptr_t)filters, .flags = flags };

    if (!adm_enter(__func__, conn, ADM_CONNECT))
        return -1;
    return adm_call(conn, ADMIN_PROC_CONNECT_SET_LOGGING_FILTERS, &args, NULL);
}

int
virAdmConnectSetDaemonTimeout(virAdmConnectPtr conn, unsigned int timeout, unsigned int flags)
{
    struct admin_connect_set_daemon_timeout_args args = { .timeout = timeout, .flags = flags };

    if (!adm_enter(__func__, conn, ADM_CONNECT))
        return -1;
    return adm_call(conn, ADMIN_PROC_CONNECT_SET_DAEMON_TIMEOUT, &args, NULL);
}
