/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Network links of the host; see link.h.
 */
#include "host/link.h"
#include "qemu.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define HELPER "/usr/lib/qemu/qemu-bridge-helper"
enum { HELPER_MS = 10000 };

/* -1: no link has such a name. */
static int
name_into(struct ifreq *request, const char *name)
{
    memset(request, 0, sizeof(*request));
    if (strlen(name) >= sizeof(request->ifr_name))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the name '%s' of a network device has %zu bytes, more than %zu", name,
                         strlen(name), sizeof(request->ifr_name) - 1);
    strcpy(request->ifr_name, name);
    return 0;
}

/* CALL of any socket for REQUEST. */
static int
ask(unsigned long call, void *request, const char *what, const char *name)
{
    VIR_AUTO_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && ioctl(fd, call, request) == 0)
        return 0;
    return vir_error_errno(errno, "cannot %s the network device '%s'", what, name);
}

/* ---- taps ---------------------------------------------------------------------------------------- */

static int
open_queue(const char *device, struct ifreq *request)
{
    VIR_AUTO_CLOSE int fd = open(device, O_RDWR | O_CLOEXEC);
    bool refused;

    if (fd < 0)
        return vir_error_errno(errno, "cannot open '%s', which makes taps", device);
    if (ioctl(fd, TUNSETIFF, request) == 0)
        return vir_steal_fd(&fd);
    refused = errno == EPERM;
    vir_error_errno(errno, "cannot make the tap '%s'", request->ifr_name);
    if (refused)
        vir_error_hint("a user's own daemon may make none: use a card of the type 'user', or 'bridge' with QEMU's helper");
    return -1;
}

int
qemu_tap_open(const char *device, char **name, bool headers, int *fds, size_t n)
{
    struct ifreq request;
    size_t i = 0;

    if (name_into(&request, *name ? *name : "vnet%d") < 0)
        return -1;
    request.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | (headers ? IFF_VNET_HDR : 0) | (n > 1 ? IFF_MULTI_QUEUE : 0));
    for (; i < n; i++)                  /* the first gives it its name */
        if ((fds[i] = open_queue(device, &request)) < 0)
            break;
    if (i == n) {
        qemu_set_text(name, request.ifr_name);
        return 0;
    }
    while (i-- > 0)
        close(fds[i]);
    return -1;
}

/* The descriptor that comes over SOCKET; -1: none does. */
static int
receive(int socket)
{
    union { struct cmsghdr header; char room[CMSG_SPACE(sizeof(int))]; } control;
    char byte;
    struct iovec bytes = { &byte, 1 };
    struct msghdr message = { .msg_iov = &bytes, .msg_iovlen = 1, .msg_control = &control,
                              .msg_controllen = sizeof(control) };
    struct cmsghdr *header;
    int fd = -1;

    if (recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
        return -1;
    header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int)))
        memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    return fd;
}

static int
run_helper(const char *bridge, bool headers, int socket)
{
    VIR_AUTO_FREE char *of = vir_strdup_printf("--br=%s", bridge), *to = vir_strdup_printf("--fd=%d", socket);
    const char *argv[] = { HELPER, of, to, headers ? "--use-vnet" : NULL, NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .keep_fds = &socket, .n_keep_fds = 1 };
    VIR_AUTO_FREE char *words = NULL;
    int status = 0;

    if (vir_child_run(&child, "", QEMU_MAX_WORDS, HELPER_MS, &words, &status) < 0)
        return -1;
    if (status == 0)
        return 0;
    vir_error(VIR_ERR_INTERNAL_ERROR, "QEMU's helper made no tap on the bridge '%s'%s%s", bridge, words && *words ? ": " : "",
              words ? words : "");
    vir_error_hint("/etc/qemu/bridge.conf must have the line 'allow %s'", bridge);
    return -1;
}

int
qemu_tap_by_helper(const char *bridge, char **name, bool headers, int *ret_fd)
{
    struct ifreq request = { 0 };
    int ends[2], fd = -1;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return vir_error_errno(errno, "sockets for QEMU's helper");
    if (run_helper(bridge, headers, ends[1]) == 0) {
        fd = receive(ends[0]);
        if (fd < 0 || ioctl(fd, TUNGETIFF, &request) < 0) {
            vir_auto_close(&fd);
            vir_error(VIR_ERR_INTERNAL_ERROR, "QEMU's helper gave no tap on the bridge '%s'", bridge);
        }
    }
    close(ends[0]);
    close(ends[1]);
    if (fd < 0)
        return -1;
    qemu_set_text(name, request.ifr_name);
    *ret_fd = fd;
    return 0;
}

/* ---- any link --------------------------------------------------------------------------------------- */

int
qemu_link_set_mac(const char *name, const unsigned char *mac)
{
    struct ifreq request;

    if (name_into(&request, name) < 0)
        return -1;
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    memcpy(request.ifr_hwaddr.sa_data, mac, 6);
    return ask(SIOCSIFHWADDR, &request, "give a MAC address to", name);
}

int
qemu_link_set_up(const char *name, bool up)
{
    struct ifreq request;

    if (name_into(&request, name) < 0 || ask(SIOCGIFFLAGS, &request, "look at", name) < 0)
        return -1;
    request.ifr_flags = (short)(up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP);
    return ask(SIOCSIFFLAGS, &request, up ? "bring up" : "take down", name);
}

int
qemu_link_set_mtu(const char *name, unsigned int bytes)
{
    struct ifreq request;

    if (name_into(&request, name) < 0)
        return -1;
    request.ifr_mtu = (int)bytes;
    return ask(SIOCSIFMTU, &request, "set the largest frame of", name);
}

int
qemu_link_mtu(const char *name)
{
    struct ifreq request;

    if (name_into(&request, name) < 0 || ask(SIOCGIFMTU, &request, "look at", name) < 0)
        return -1;
    return request.ifr_mtu;
}

int
qemu_link_coalesce(const char *name, unsigned int frames)
{
    struct ethtool_coalesce how = { .cmd = ETHTOOL_GCOALESCE };
    struct ifreq request;

    if (name_into(&request, name) < 0)
        return -1;
    request.ifr_data = (char *)&how;
    if (ask(SIOCETHTOOL, &request, "look at how interrupts are gathered for", name) < 0)
        return -1;
    how.cmd = ETHTOOL_SCOALESCE;
    how.rx_max_coalesced_frames = frames;
    return ask(SIOCETHTOOL, &request, "gather interrupts for", name);
}

int
qemu_bridge_add(const char *bridge, const char *name)
{
    struct ifreq request;

    if (name_into(&request, bridge) < 0)
        return -1;
    request.ifr_ifindex = (int)if_nametoindex(name);
    return ask(SIOCBRADDIF, &request, "plug a card into", bridge);
}

int
qemu_link_figures(const char *name, virDomainInterfaceStatsPtr ret)
{
    FILE *file = fopen("/proc/thread-self/net/dev", "re");
    char line[512], *colon;
    bool found = false;

    if (!file)
        return vir_error_errno(errno, "cannot read what the host's network devices count");
    while (!found && fgets(line, sizeof(line), file)) {
        const char *at = line + strspn(line, " ");

        colon = strchr(line, ':');
        if (!colon || (size_t)(colon - at) != strlen(name) || strncmp(at, name, strlen(name)) != 0)
            continue;
        found = sscanf(colon + 1, "%lld %lld %lld %lld %*d %*d %*d %*d %lld %lld %lld %lld", &ret->tx_bytes, &ret->tx_packets,
                       &ret->tx_errs, &ret->tx_drop, &ret->rx_bytes, &ret->rx_packets, &ret->rx_errs, &ret->rx_drop) == 8;
    }
    fclose(file);
    return found ? 0 : vir_error(VIR_ERR_INTERNAL_ERROR, "the host has no network device '%s'", name);
}
