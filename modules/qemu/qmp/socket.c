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
#include <string.h>
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

static void
socket_address(const char *name, struct sockaddr_un *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->sun_family = AF_UNIX;
    snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/%s", qemu_driver.state.dir.fd, name);
}

int
qemu_socket_listen(const unsigned char *uuid)
{
    VIR_AUTO_FREE char *name = socket_name(uuid);
    VIR_AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address;

    socket_address(name, &address);
    unlinkat(qemu_driver.state.dir.fd, name, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 1) < 0) {
        vir_error_errno(errno, "monitor socket '%s/%s'", qemu_driver.state.dir.path, name);
        return -1;
    }
    return vir_steal_fd(&fd);
}

int
qemu_socket_connect(const unsigned char *uuid)
{
    VIR_AUTO_FREE char *name = socket_name(uuid);
    VIR_AUTO_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address;

    socket_address(name, &address);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        vir_error_errno(errno, "monitor socket '%s/%s'", qemu_driver.state.dir.path, name);
        return -1;
    }
    return vir_steal_fd(&fd);
}

void
qemu_socket_remove(const unsigned char *uuid)
{
    VIR_AUTO_FREE char *name = socket_name(uuid);

    unlinkat(qemu_driver.state.dir.fd, name, 0);
}
