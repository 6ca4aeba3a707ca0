/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dispatch by hand: calls with file descriptors.  The descriptors that came
 * with a call stay the call's: whoever sent it closes them.
 */
#include <stdlib.h>
#include <unistd.h>

#include "daemon/wire.h"
#include "wire/dispatch.h"

/* Sends what a public call handed out with the reply: at most one descriptor fits. */
static int
reply_with(struct daemon_call *call, int *fds, int n)
{
    if (n == 1) {
        call->reply_fd = fds[0];
        n = 0;
    }
    for (int i = 0; i < n; i++)
        close(fds[i]);
    free(fds);
    return n > 0 ? vir_error(VIR_ERR_NO_SUPPORT, "a reply with %d descriptors", n) : 0;
}

int
daemon_serve_domain_open_graphics(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_open_graphics_args *args = args_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);

    (void)ret_;
    if (!dom)
        return -1;
    if (call->n_fds != 1)
        return vir_error(VIR_ERR_RPC, "%zu descriptors where one is needed", call->n_fds);
    return virDomainOpenGraphics(dom, args->idx, call->fds[0], args->flags) < 0 ? -1 : 0;
}

int
daemon_serve_domain_open_graphics_fd(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_open_graphics_fd_args *args = args_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);
    int fd;

    (void)ret_;
    if (!dom)
        return -1;
    fd = virDomainOpenGraphicsFD(dom, args->idx, args->flags);
    if (fd < 0)
        return -1;
    call->reply_fd = fd;
    return 0;
}

int
daemon_serve_domain_fd_associate(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_fd_associate_args *args = args_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);

    (void)ret_;
    if (!dom)
        return -1;
    return virDomainFDAssociate(dom, args->name, (unsigned int)call->n_fds, call->fds, args->flags);
}

int
daemon_serve_domain_create_xml_with_files(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_create_xml_with_files_args *args = args_;
    struct remote_domain_create_xml_with_files_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = NULL;

    if (!conn)
        return -1;
    dom = virDomainCreateXMLWithFiles(conn, args->xml_desc, (unsigned int)call->n_fds, call->fds,
                                      args->flags);
    if (!dom)
        return -1;
    rpc_put_domain(&ret->dom, dom);
    return 0;
}

int
daemon_serve_domain_create_with_files(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct remote_domain_create_with_files_args *args = args_;
    struct remote_domain_create_with_files_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);

    if (!dom || virDomainCreateWithFiles(dom, (unsigned int)call->n_fds, call->fds, args->flags) < 0)
        return -1;
    rpc_put_domain(&ret->dom, dom);
    return 0;
}

int
daemon_serve_qemu_domain_monitor_command_with_files(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct qemu_domain_monitor_command_with_files_args *args = args_;
    struct qemu_domain_monitor_command_with_files_ret *ret = ret_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);
    unsigned int n = 0;
    int *fds = NULL;

    if (!dom)
        return -1;
    if (virDomainQemuMonitorCommandWithFiles(dom, args->cmd, (unsigned int)call->n_fds, call->fds,
                                             &n, &fds, &ret->result, args->flags) < 0)
        return -1;
    return reply_with(call, fds, (int)n);
}

int
daemon_serve_lxc_domain_open_namespace(struct daemon_call *call, const void *args_, void *ret_)
{
    const struct lxc_domain_open_namespace_args *args = args_;
    virConnectPtr conn = daemon_call_conn(call);
    RPC_AUTO(domain) virDomainPtr dom = rpc_get_domain(conn, &args->dom);
    int *fds = NULL;
    int n;

    (void)ret_;
    if (!dom)
        return -1;
    n = virDomainLxcOpenNamespace(dom, &fds, args->flags);
    return n < 0 ? -1 : reply_with(call, fds, n);
}
