/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The host's end of a network card's cable: QEMU's own user network, its tunnels, another
 * program's switch, or a tap, which is made when the card comes and goes with QEMU.
 */
#include "device/interface.h"
#include "device/opened.h"
#include "host/link.h"
#include "qmp/qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRIPT_MS = 10000 };             /* a program that sets up the host's end */

/* ---- what can be done ---------------------------------------------------------------------------- */

int
qemu_interface_cable_startable(const struct qemu_interface_def *interface)
{
    bool queues = qemu_interface_is_tap(interface) || interface->type == QEMU_INTERFACE_TYPE_VHOSTUSER;

    switch (interface->type) {
    case QEMU_INTERFACE_TYPE_USER:
    case QEMU_INTERFACE_TYPE_BRIDGE:
    case QEMU_INTERFACE_TYPE_ETHERNET:
    case QEMU_INTERFACE_TYPE_SERVER:
    case QEMU_INTERFACE_TYPE_CLIENT:
    case QEMU_INTERFACE_TYPE_MCAST:
    case QEMU_INTERFACE_TYPE_UDP:
    case QEMU_INTERFACE_TYPE_VHOSTUSER:
        break;
    default:
        return qemu_refuse("interface", "type", WORD(interface_type, interface->type));
    }
    if (interface->driver.queues > 1 && !queues)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a card of the type '%s' has one queue only",
                         WORD(interface_type, interface->type));
    if (interface->driver.queues > QEMU_MAX_QUEUES)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%u queues of a card are more than %d", interface->driver.queues,
                         QEMU_MAX_QUEUES);
    if (interface->driver.name == QEMU_INTERFACE_DRIVER_NAME_VHOST && !qemu_interface_is_tap(interface))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a card of the type '%s' is not served by vhost",
                         WORD(interface_type, interface->type));
    return 0;
}

/* ---- taps ------------------------------------------------------------------------------------------ */

static bool
is_ours(const struct qemu_interface_def *interface)
{
    return interface->target.managed != VIR_XML_NO;
}

/* The host's end differs from the guest's in the first byte, so that a bridge never takes its own address from it. */
static int
set_mac(const struct qemu_interface_def *interface)
{
    unsigned char mac[6];

    memcpy(mac, interface->mac.address, sizeof(mac));
    mac[0] = mac[0] == 0xfe ? 0xfa : 0xfe;
    return qemu_link_set_mac(interface->target.dev, mac);
}

static int
run_script(const char *path, const char *name)
{
    const char *argv[] = { path, name, NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv };
    VIR_AUTO_FREE char *words = NULL;
    int status = 0;

    if (vir_child_run(&child, "", QEMU_MAX_WORDS, SCRIPT_MS, &words, &status) < 0)
        return -1;
    if (status == 0)
        return 0;
    return vir_error(VIR_ERR_INTERNAL_ERROR, "the script '%s' for the network device '%s' failed: %s", path, name,
                     words && *words ? words : "it says not why");
}

/* On the bridge, and frames no longer than those there. */
static int
plug_into_bridge(const struct qemu_interface_def *interface)
{
    const char *bridge = interface->source.bridge, *name = interface->target.dev;
    int mtu = interface->mtu.size ? (int)interface->mtu.size : qemu_link_mtu(bridge);

    return mtu < 0 || qemu_link_set_mtu(name, (unsigned int)mtu) < 0 ? -1 : qemu_bridge_add(bridge, name);
}

static int
set_up(const struct qemu_interface_def *interface)
{
    const char *name = interface->target.dev;

    if (set_mac(interface) < 0)
        return -1;
    if (interface->type == QEMU_INTERFACE_TYPE_BRIDGE && plug_into_bridge(interface) < 0)
        return -1;
    if (interface->type == QEMU_INTERFACE_TYPE_ETHERNET && interface->mtu.size &&
        qemu_link_set_mtu(name, interface->mtu.size) < 0)
        return -1;
    if (interface->coalesce.rx.frames.max && qemu_link_coalesce(name, interface->coalesce.rx.frames.max) < 0)
        return -1;
    if (qemu_link_set_up(name, true) < 0)
        return -1;
    return interface->script.path ? run_script(interface->script.path, name) : 0;
}

static int
open_tap(const struct qemu_board *board, struct qemu_interface_def *interface)
{
    size_t n = interface->driver.queues > 1 ? interface->driver.queues : 1;
    bool virtio = qemu_interface_is_virtio(interface);
    int fds[QEMU_MAX_QUEUES];

    if (interface->type == QEMU_INTERFACE_TYPE_BRIDGE && !qemu_driver.host->privileged) {
        if (n > 1)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "QEMU's helper makes taps with one queue only");
        if (qemu_tap_by_helper(interface->source.bridge, &interface->target.dev, virtio, &fds[0]) < 0)
            return -1;
        qemu_opened_add(board, interface->device.alias.name, fds[0]);
    } else {
        if (!is_ours(interface) && !interface->target.dev)
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a tap of others has a name: <target dev='...' managed='no'/>");
        if (qemu_tap_open(interface->backend.tap ? interface->backend.tap : "/dev/net/tun", &interface->target.dev, virtio,
                          fds, n) < 0)
            return -1;
        for (size_t i = 0; i < n; i++)
            qemu_opened_add(board, interface->device.alias.name, fds[i]);
        if (is_ours(interface) && set_up(interface) < 0)
            return -1;
    }
    interface->target.present = true;
    return is_ours(interface) ? qemu_interface_shape(interface, true) : 0;
}

/* A descriptor of vhost for each queue; where nobody asks for it, only if it is there. */
static int
open_vhost(const struct qemu_board *board, const struct qemu_interface_def *interface)
{
    VIR_AUTO_FREE char *owner = vir_strdup_printf("vhost-%s", interface->device.alias.name);
    const char *path = interface->backend.vhost ? interface->backend.vhost : "/dev/vhost-net";
    bool asked = interface->driver.name == QEMU_INTERFACE_DRIVER_NAME_VHOST;
    unsigned int n = interface->driver.queues > 1 ? interface->driver.queues : 1;

    if (!qemu_interface_is_virtio(interface) || interface->driver.name == QEMU_INTERFACE_DRIVER_NAME_QEMU ||
        (!asked && board->doc->type != QEMU_DOMAIN_TYPE_KVM))
        return 0;
    for (unsigned int i = 0; i < n; i++) {
        int fd = open(path, O_RDWR | O_CLOEXEC);

        if (fd < 0 && asked) {
            vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a card is to be served by vhost, and '%s' cannot be opened: %s", path,
                      strerror(errno));
            vir_error_hint("'modprobe vhost_net' brings it; <driver name='qemu'/> does without");
            return -1;
        }
        if (fd < 0)
            return 0;
        qemu_opened_add(board, owner, fd);
    }
    return 0;
}

int
qemu_interface_cable_open(const struct qemu_board *board, struct qemu_interface_def *interface)
{
    if (!qemu_interface_is_tap(interface) && interface->bandwidth)
        vir_warn("a card of the type '%s' has no limits of what passes", WORD(interface_type, interface->type));
    if (!qemu_interface_is_tap(interface))
        return 0;
    return open_tap(board, interface) < 0 ? -1 : open_vhost(board, interface);
}

void
qemu_interface_cable_close(const struct qemu_interface_def *interface)
{
    if (!qemu_interface_is_tap(interface) || !interface->downscript.path || !interface->target.dev)
        return;
    if (run_script(interface->downscript.path, interface->target.dev) < 0)
        qemu_warn_error(interface->target.dev);
}

/* ---- for QEMU ----------------------------------------------------------------------------------------- */

static void
put_fds(struct json_object *netdev, const struct qemu_board *board, const char *owner, const char *one, const char *many)
{
    VIR_AUTO_FREE char *words = qemu_opened_words(board, owner);

    qemu_put(netdev, qemu_opened_count(board, owner) > 1 ? many : one, words);
}

static struct json_object *
tap(const struct qemu_board *board, const struct qemu_interface_def *interface)
{
    VIR_AUTO_FREE char *vhost = vir_strdup_printf("vhost-%s", interface->device.alias.name);
    struct json_object *netdev = qemu_object("type", "tap");

    put_fds(netdev, board, interface->device.alias.name, "fd", "fds");
    if (interface->tune.sndbuf)
        qemu_put_number(netdev, "sndbuf", (int64_t)interface->tune.sndbuf);
    if (qemu_opened_count(board, vhost) > 0) {
        qemu_put_bool(netdev, "vhost", true);
        put_fds(netdev, board, vhost, "vhostfd", "vhostfds");
    }
    return netdev;
}

static struct json_object *
user(const struct qemu_interface_def *interface)
{
    struct json_object *netdev = qemu_object("type", "user");

    for (size_t i = 0; i < interface->n_ips; i++) {
        const struct qemu_interface_ip_def *ip = interface->ips[i];
        VIR_AUTO_FREE char *net = ip->has_prefix ? vir_strdup_printf("%s/%u", ip->address, ip->prefix)
            : vir_strdup(ip->address);

        if (strchr(ip->address, ':')) {
            qemu_put(netdev, "ipv6-prefix", ip->address);
            if (ip->has_prefix)
                qemu_put_number(netdev, "ipv6-prefixlen", ip->prefix);
        } else {
            qemu_put(netdev, "net", net);
        }
    }
    return netdev;
}

static void
put_end(struct json_object *netdev, const char *key, const char *address, unsigned int port)
{
    VIR_AUTO_FREE char *text = vir_strdup_printf("%s:%u", address ? address : "", port);

    qemu_put(netdev, key, text);
}

static struct json_object *
tunnel(const struct qemu_interface_def *interface)
{
    struct json_object *netdev = qemu_object("type", "socket");
    const char *key = interface->type == QEMU_INTERFACE_TYPE_SERVER ? "listen"
        : interface->type == QEMU_INTERFACE_TYPE_CLIENT ? "connect"
        : interface->type == QEMU_INTERFACE_TYPE_MCAST ? "mcast" : "udp";

    put_end(netdev, key, interface->source.address, interface->source.port);
    if (interface->type == QEMU_INTERFACE_TYPE_UDP)
        put_end(netdev, "localaddr", interface->source.local.address, (unsigned int)interface->source.local.port);
    return netdev;
}

static struct json_object *
another_program(const struct qemu_interface_def *interface, struct qemu_pieces *pieces)
{
    VIR_AUTO_FREE char *id = vir_strdup_printf("char%s", interface->device.alias.name);
    struct json_object *args = qemu_object("id", id), *backend = qemu_object("type", "socket");
    struct json_object *data = qmp_new_object(), *at = qemu_object("type", "unix"), *netdev;
    bool server = interface->source.mode == QEMU_INTERFACE_SOURCE_MODE_SERVER;

    qmp_add(at, "data", qemu_object("path", interface->source.path));
    qmp_add(data, "addr", at);
    qemu_put_bool(data, "server", server);
    if (!server && interface->source.reconnect.enabled == VIR_XML_YES)
        qemu_put_number(data, "reconnect", interface->source.reconnect.timeout);
    qmp_add(backend, "data", data);
    qmp_add(args, "backend", backend);
    qemu_pieces_add(pieces, QEMU_CHARDEV, args);
    netdev = qemu_object("type", "vhost-user");
    qemu_put(netdev, "chardev", id);
    if (interface->driver.queues > 1)
        qemu_put_number(netdev, "queues", interface->driver.queues);
    return netdev;
}

void
qemu_interface_cable_build(const struct qemu_board *board, const struct qemu_interface_def *interface, const char *host,
                           struct qemu_pieces *pieces)
{
    struct json_object *netdev;

    switch (interface->type) {
    case QEMU_INTERFACE_TYPE_BRIDGE:
    case QEMU_INTERFACE_TYPE_ETHERNET:
        netdev = tap(board, interface);
        break;
    case QEMU_INTERFACE_TYPE_USER:
        netdev = user(interface);
        break;
    case QEMU_INTERFACE_TYPE_VHOSTUSER:
        netdev = another_program(interface, pieces);
        break;
    default:
        netdev = tunnel(interface);
    }
    qemu_put(netdev, "id", host);
    qemu_pieces_add(pieces, QEMU_NETDEV, netdev);
}
