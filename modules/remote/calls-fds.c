/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stubs by hand: calls with file descriptors, which only a unix socket carries. */
#include <stdlib.h>
#include <unistd.h>

#include "modules/remote/wire.h"
#include "wire/stubs.h"

static void
close_all(int *fds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        close(fds[i]);
    free(fds);
}

/* A reply that must bring exactly one descriptor: it, or -1. */
static int
only_fd(int *fds, size_t n)
{
    int fd;

    if (n != 1) {
        close_all(fds, n);
        return vir_error(VIR_ERR_RPC, "server sent %zu descriptors instead of one", n);
    }
    fd = fds[0];
    free(fds);
    return fd;
}

int
remote_domain_open_graphics(virDomainPtr dom, unsigned int idx, int fd, unsigned int flags)
{
    struct remote_domain_open_graphics_args args = {
        .dom = rpc_lend_domain(dom), .idx = idx, .flags = flags,
    };

    return remote_call_fds(remote_of(vir_domain_connect(dom)),
                           &remote_procedures[REMOTE_PROC_DOMAIN_OPEN_GRAPHICS], &args, NULL,
                           &fd, 1, NULL, NULL);
}

int
remote_domain_open_graphics_fd(virDomainPtr dom, unsigned int idx, unsigned int flags)
{
    struct remote_domain_open_graphics_fd_args args = {
        .dom = rpc_lend_domain(dom), .idx = idx, .flags = flags,
    };
    int *fds = NULL;
    size_t n = 0;

    if (remote_call_fds(remote_of(vir_domain_connect(dom)),
                        &remote_procedures[REMOTE_PROC_DOMAIN_OPEN_GRAPHICS_FD], &args, NULL,
                        NULL, 0, &fds, &n) < 0)
        return -1;
    return only_fd(fds, n);
}

int
remote_domain_fd_associate(virDomainPtr domain, const char *name, unsigned int nfds, int *fds,
                           unsigned int flags)
{
    struct remote_domain_fd_associate_args args = {
        .dom = rpc_lend_domain(domain), .name = (char *)(uintptr_t)name, .flags = flags,
    };

    return remote_call_fds(remote_of(vir_domain_connect(domain)),
                           &remote_procedures[REMOTE_PROC_DOMAIN_FD_ASSOCIATE], &args, NULL,
                           fds, nfds, NULL, NULL);
}

virDomainPtr
remote_domain_create_xml_with_files(virConnectPtr conn, const char *xmlDesc, unsigned int nfiles, int *files,
                                    unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_CREATE_XML_WITH_FILES];
    struct remote_domain_create_xml_with_files_args args = {
        .xml_desc = (char *)(uintptr_t)xmlDesc, .flags = flags,
    };
    struct remote_domain_create_xml_with_files_ret ret;
    virDomainPtr dom;

    if (remote_call_fds(remote_of(conn), proc, &args, &ret, files, nfiles, NULL, NULL) < 0)
        return NULL;
    dom = rpc_domain.make(conn, &ret.dom);
    xdr_free(proc->ret, &ret);
    return dom;
}

int
remote_domain_create_with_files(virDomainPtr domain, unsigned int nfiles, int *files, unsigned int flags)
{
    const struct rpc_procedure *proc = &remote_procedures[REMOTE_PROC_DOMAIN_CREATE_WITH_FILES];
    struct remote_domain_create_with_files_args args = { .dom = rpc_lend_domain(domain), .flags = flags };
    struct remote_domain_create_with_files_ret ret;

    if (remote_call_fds(remote_of(vir_domain_connect(domain)), proc, &args, &ret,
                        files, nfiles, NULL, NULL) < 0)
        return -1;
    vir_domain_set_id(domain, ret.dom.id);
    xdr_free(proc->ret, &ret);
    return 0;
}

int
remote_domain_qemu_monitor_command_with_files(virDomainPtr domain, const char *cmd, unsigned int ninfiles,
                                              int *infiles, unsigned int *noutfiles, int **outfiles,
                                              char **result, unsigned int flags)
{
    struct qemu_domain_monitor_command_with_files_args args = {
        .dom = rpc_lend_domain(domain), .cmd = (char *)(uintptr_t)cmd, .flags = flags,
    };
    struct qemu_domain_monitor_command_with_files_ret ret;
    int *fds = NULL;
    size_t n = 0;

    if (remote_call_fds(remote_of(vir_domain_connect(domain)),
                        &qemu_procedures[QEMU_PROC_DOMAIN_MONITOR_COMMAND_WITH_FILES], &args, &ret,
                        infiles, ninfiles, &fds, &n) < 0)
        return -1;
    if (outfiles && noutfiles) {
        *outfiles = fds;
        *noutfiles = (unsigned int)n;
    } else {
        close_all(fds, n);
    }
    *result = ret.result;
    return 0;
}

int
remote_domain_lxc_open_namespace(virDomainPtr domain, int **fdlist, unsigned int flags)
{
    struct lxc_domain_open_namespace_args args = { .dom = rpc_lend_domain(domain), .flags = flags };
    int *fds = NULL;
    size_t n = 0;

    if (remote_call_fds(remote_of(vir_domain_connect(domain)),
                        &lxc_procedures[LXC_PROC_DOMAIN_OPEN_NAMESPACE], &args, NULL,
                        NULL, 0, &fds, &n) < 0)
        return -1;
    *fdlist = fds;
    return (int)n;
}
