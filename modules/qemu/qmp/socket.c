/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Monitor sockets.  The emulator inherits a socket that already listens, so the
 * daemon connects at once, before the emulator has started, and a later daemon
 * connects again by the same name.  Names go through /proc/self/fd because the
 * state directory may be longer than a socket address.
 */
#include "qemu.h"
#include "qmp/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char *
socket_name(const unsigned char *uuid)
{
    char text[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(uuid, text);
    return vir_strdup_printf("%s.monitor", text);
}

/* A new socket that listens by that name, or is connected to who does; -1. */
static int
socket_by_name(const char *name, bool listens)
{
    VIR_AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | (listens ? 0 : SOCK_NONBLOCK), 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const struct sockaddr *at = (struct sockaddr *)&address;

    snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/%s", qemu_driver.state.dir.fd, name);
    if (fd >= 0 && (listens ? bind(fd, at, sizeof(address)) == 0 && listen(fd, 1) == 0
                            : connect(fd, at, sizeof(address)) == 0))
        return vir_steal_fd(&fd);
    return vir_error_errno(errno, "monitor socket '%s/%s'", qemu_driver.state.dir.path, name);
}

int
qemu_socket_listen(const unsigned char *uuid)
{
    VIR_AUTO_FREE char *name = socket_name(uuid);

    unlinkat(qemu_driver.state.dir.fd, name, 0);
    return socket_by_name(name, true);
}

int
qemu_socket_connect(const unsigned char *uuid)
{
    VIR_AUTO_FREE char *name = socket_name(uuid);

    return socket_by_name(name, false);
}

void
qemu_socket_remove(const unsigned char *uuid)
{
    VIR_AUTO_FREE char *name = socket_name(uuid);

    unlinkat(qemu_driver.state.dir.fd, name, 0);
}
