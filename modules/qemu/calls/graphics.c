/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A viewer of a guest's screen that comes by an open socket.
 */
#include "calls/calls.h"
#include "device/device.h"
#include "document/domain-xml.h"
#include "qmp/monitor.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* The protocol of the screen number INDEX; NULL: error set. */
static const char *
protocol_of(const struct qemu_domain_def *doc, unsigned int index)
{
    unsigned int n = 0;

    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); ) {
        if (!each.type->viewer || n++ != index)
            continue;
        return each.type->viewer(each.dev) ? each.type->viewer(each.dev)
            : vir_error_null(VIR_ERR_INTERNAL_ERROR, "Can only open VNC or SPICE graphics backends");
    }
    return vir_error_null(VIR_ERR_INTERNAL_ERROR, "No graphics backend with index %u", index);
}

/* With the job: QEMU takes a copy of FD. */
static int
add_client(struct qemu_domain *domain, unsigned int index, int fd, unsigned int flags)
{
    QEMU_AUTO_RUN run = qemu_domain_monitored(domain);
    struct json_object *args;
    const char *protocol = NULL;

    if (!run)
        return -1;
    qemu_domain_lock(domain);
    if (domain->live)
        protocol = protocol_of(domain->live->doc, index);
    else
        vir_error(VIR_ERR_OPERATION_INVALID, "domain is not running");
    qemu_domain_unlock(domain);
    if (!protocol || qemu_monitor_give_fd(run->monitor, "graphicsfd", fd) < 0)
        return -1;
    args = qmp_new_object();
    qmp_add(args, "protocol", qmp_new_string(protocol));
    qmp_add(args, "fdname", qmp_new_string("graphicsfd"));
    qmp_add(args, "skipauth", qmp_new_bool(flags & VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH));
    return qemu_monitor_call(run->monitor, "add_client", args, QEMU_COMMAND_MS, NULL);
}

static int
open_screen(virDomainPtr dom, unsigned int index, int fd, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    int ret;

    if (!domain || qemu_job_begin(domain, "open-graphics") < 0)
        return -1;
    ret = add_client(domain, index, fd, flags);
    qemu_job_end(domain);
    return ret;
}

int
qemu_domain_open_graphics(virDomainPtr dom, unsigned int idx, int fd, unsigned int flags)
{
    struct stat sb;

    if (fstat(fd, &sb) < 0 || !S_ISSOCK(sb.st_mode))
        return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "fd %d must be a socket", fd);
    return open_screen(dom, idx, fd, flags);
}

int
qemu_domain_open_graphics_fd(virDomainPtr dom, unsigned int idx, unsigned int flags)
{
    VIR_AUTO_CLOSE int ours = -1, theirs = -1;
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return vir_error_errno(errno, "a pair of sockets");
    ours = pair[0];
    theirs = pair[1];
    return open_screen(dom, idx, theirs, flags) < 0 ? -1 : vir_steal_fd(&ours);
}
