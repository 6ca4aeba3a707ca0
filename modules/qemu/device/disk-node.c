/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How QEMU reaches the bytes of a disk: a file, a device, a directory, a server.
 */
#include "device/disk.h"
#include "qmp/qmp.h"

#include <stdlib.h>

#define PROTOCOL(word) QEMU_DISK_SOURCE_PROTOCOL_##word

const char *
qemu_disk_source_path(const struct qemu_disk_def *disk)
{
    return disk->type == QEMU_SOURCE_TYPE_FILE ? disk->source.file
        : disk->type == QEMU_SOURCE_TYPE_BLOCK ? disk->source.dev
        : disk->type == QEMU_SOURCE_TYPE_DIR ? disk->source.dir : "of another kind";
}

/* ---- what can be done ---- */

static bool
is_url(enum qemu_disk_source_protocol protocol)
{
    return protocol == PROTOCOL(HTTP) || protocol == PROTOCOL(HTTPS) || protocol == PROTOCOL(FTP) ||
        protocol == PROTOCOL(FTPS);
}

static int
network_startable(const struct qemu_disk_def *disk)
{
    enum qemu_disk_source_protocol protocol = disk->source.protocol;

    if (protocol != PROTOCOL(NBD) && protocol != PROTOCOL(SSH) && protocol != PROTOCOL(ISCSI) && !is_url(protocol))
        return qemu_refuse("source", "protocol", WORD(disk_source_protocol, protocol));
    if (disk->source.n_hosts != 1)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "disk '%s': %s needs one <host>, and there are %u",
                         disk->target.dev, WORD(disk_source_protocol, protocol), disk->source.n_hosts);
    if (!disk->source.name && protocol != PROTOCOL(NBD))
        return vir_error(VIR_ERR_XML_ERROR, "disk '%s': <source protocol='%s'> has no name", disk->target.dev,
                         WORD(disk_source_protocol, protocol));
    if (!disk->source.hosts[0]->name && disk->source.hosts[0]->transport != QEMU_DISK_SOURCE_HOST_TRANSPORT_UNIX)
        return vir_error(VIR_ERR_XML_ERROR, "disk '%s': its <host> has no name", disk->target.dev);
    if (disk->source.hosts[0]->transport == QEMU_DISK_SOURCE_HOST_TRANSPORT_RDMA ||
        (disk->source.hosts[0]->transport == QEMU_DISK_SOURCE_HOST_TRANSPORT_UNIX && protocol != PROTOCOL(NBD)))
        return qemu_refuse("host", "transport",
                           WORD(disk_source_host_transport, disk->source.hosts[0]->transport));
    return 0;
}

int
qemu_disk_node_startable(const struct qemu_disk_def *disk)
{
    switch (disk->type) {
    case QEMU_SOURCE_TYPE_FILE:
    case QEMU_SOURCE_TYPE_BLOCK:
    case QEMU_SOURCE_TYPE_DIR:
        return 0;
    case QEMU_SOURCE_TYPE_NETWORK:
        return network_startable(disk);
    default:
        return qemu_refuse("disk", "type", WORD(source_type, disk->type));
    }
}

/* ---- nodes ---- */

static void
put_port(struct json_object *object, const struct qemu_disk_source_host_def *host)
{
    VIR_AUTO_FREE char *port = vir_strdup_printf("%u", host->port);

    qemu_put(object, "port", port);
}

static struct json_object *
nbd_node(const struct qemu_disk_def *disk)
{
    const struct qemu_disk_source_host_def *host = disk->source.hosts[0];
    struct json_object *node = qemu_object("driver", "nbd"), *server;

    if (host->transport == QEMU_DISK_SOURCE_HOST_TRANSPORT_UNIX) {
        server = qemu_object("type", "unix");
        qemu_put(server, "path", host->socket);
    } else {
        server = qemu_object("type", "inet");
        qemu_put(server, "host", host->name);
        put_port(server, host);
    }
    qmp_add(node, "server", server);
    qemu_put(node, "export", disk->source.name);
    return node;
}

static struct json_object *
url_node(const struct qemu_disk_def *disk)
{
    const struct qemu_disk_source_host_def *host = disk->source.hosts[0];
    const char *protocol = WORD(disk_source_protocol, disk->source.protocol);
    bool v6 = strchr(host->name, ':') != NULL;
    VIR_AUTO_FREE char *url = vir_strdup_printf("%s://%s%s%s:%u/%s%s%s", protocol, v6 ? "[" : "", host->name,
                                                v6 ? "]" : "", host->port, disk->source.name,
                                                disk->source.query ? "?" : "",
                                                disk->source.query ? disk->source.query : "");
    struct json_object *node = qemu_object("driver", protocol);

    qemu_put(node, "url", url);
    if (disk->source.timeout.has_seconds)
        qemu_put_number(node, "timeout", (int64_t)disk->source.timeout.seconds);
    if (disk->source.readahead.has_size)
        qemu_put_number(node, "readahead", (int64_t)disk->source.readahead.size);
    return node;
}

static struct json_object *
ssh_node(const struct qemu_disk_def *disk)
{
    struct json_object *node = qemu_object("driver", "ssh"), *server = qemu_object("host", disk->source.hosts[0]->name);

    put_port(server, disk->source.hosts[0]);
    qemu_put(node, "path", disk->source.name);
    qmp_add(node, "server", server);
    return node;
}

/* NAME is a target, and behind a '/' the number of its unit. */
static struct json_object *
iscsi_node(const struct qemu_disk_def *disk)
{
    const struct qemu_disk_source_host_def *host = disk->source.hosts[0];
    VIR_AUTO_FREE char *portal = vir_strdup_printf("%s:%u", host->name, host->port);
    const char *slash = strrchr(disk->source.name, '/');
    VIR_AUTO_FREE char *target = vir_strndup(disk->source.name, slash ? (size_t)(slash - disk->source.name)
                                             : strlen(disk->source.name));
    struct json_object *node = qemu_object("driver", "iscsi");

    qemu_put(node, "portal", portal);
    qemu_put(node, "target", target);
    qemu_put_number(node, "lun", slash ? strtol(slash + 1, NULL, 10) : 0);
    qemu_put(node, "transport", "tcp");
    return node;
}

static struct json_object *
network_node(const struct qemu_disk_def *disk)
{
    switch (disk->source.protocol) {
    case PROTOCOL(NBD):
        return nbd_node(disk);
    case PROTOCOL(SSH):
        return ssh_node(disk);
    case PROTOCOL(ISCSI):
        return iscsi_node(disk);
    default:
        return url_node(disk);
    }
}

/* A file system of the kind fat is made of it. */
static struct json_object *
directory_node(const struct qemu_disk_def *disk)
{
    struct json_object *node = qemu_object("driver", "vvfat");

    qemu_put(node, "dir", disk->source.dir);
    qemu_put_bool(node, "floppy", disk->kind == QEMU_DISK_KIND_FLOPPY);
    qemu_put_bool(node, "rw", !disk->readonly);
    return node;
}

static struct json_object *
file_node(const struct qemu_disk_def *disk)
{
    struct json_object *node = qemu_object("driver", disk->type == QEMU_SOURCE_TYPE_BLOCK ? "host_device" : "file");

    qemu_put(node, "filename", qemu_disk_source_path(disk));
    if (disk->driver.io)
        qemu_put(node, "aio", WORD(disk_driver_io, disk->driver.io));
    return node;
}

void
qemu_disk_put_cache(struct json_object *node, enum qemu_disk_driver_cache cache)
{
    struct json_object *options;

    if (!cache || cache == QEMU_DISK_DRIVER_CACHE_DEFAULT)
        return;
    options = qmp_new_object();
    qemu_put_bool(options, "direct", cache == QEMU_DISK_DRIVER_CACHE_NONE ||
                  cache == QEMU_DISK_DRIVER_CACHE_DIRECTSYNC);
    qemu_put_bool(options, "no-flush", cache == QEMU_DISK_DRIVER_CACHE_UNSAFE);
    qmp_add(node, "cache", options);
}

struct json_object *
qemu_disk_node_storage(const struct qemu_disk_def *disk)
{
    return disk->type == QEMU_SOURCE_TYPE_NETWORK ? network_node(disk)
        : disk->type == QEMU_SOURCE_TYPE_DIR ? directory_node(disk) : file_node(disk);
}
