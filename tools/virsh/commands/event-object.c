/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* net-event, pool-event, nodedev-event, secret-event: alike but for the kind of object. */
#include <stdlib.h>
#include <string.h>

#include "event-wait.h"

/* What one of the four commands is about. */
struct kind {
    const char *option;         /* that names the object */
    const char *const *names;   /* of the events, by number */
    size_t n_names;
    /* Registers for event NUMBER of the object that the call names, or of all; -1: reported. */
    int (*watch)(struct virsh *vsh, const struct virsh_call *call, int number, struct virsh_events *events);
    int (*unwatch)(virConnectPtr conn, int id);
};

static int
run(struct virsh *vsh, const struct virsh_call *call, const struct kind *kind)
{
    struct virsh_events events = { 0 };
    int number, id, result = -1;

    if (virsh_flag(call, "list")) {
        for (size_t i = 0; i < kind->n_names; i++)
            virsh_print(vsh, "%s\n", kind->names[i]);
        return 0;
    }
    if (!virsh_text(call, "event"))
        return virsh_error(vsh, "either --list or --event <type> is required");
    number = virsh_event_number(vsh, call, kind->names, kind->n_names);
    if (number < 0 || virsh_events_begin(vsh, call, &events) < 0)
        return -1;
    id = kind->watch(vsh, call, number, &events);
    if (id >= 0) {
        result = virsh_events_wait(&events);
        kind->unwatch(vsh->conn, id);
        virsh_loop_settle();
    }
    virsh_wait_leave();
    return result;
}

/* Networks. */
static const char *const net_names[] = { "lifecycle" };

static void
on_network(virConnectPtr conn, virNetworkPtr net, int event, int detail, void *opaque)
{
    static const char *const words[] = { "Defined", "Undefined", "Started", "Stopped" };

    (void)conn;
    (void)detail;
    virsh_event_print(opaque, "event 'lifecycle' for network %s: %s\n", virNetworkGetName(net),
                      VIRSH_NAME_OF(words, event));
}

static int
watch_network(struct virsh *vsh, const struct virsh_call *call, int number, struct virsh_events *events)
{
    VIRSH_AUTO(network) virNetworkPtr net = NULL;

    if (virsh_text(call, "network") && !(net = virsh_network(vsh, call)))
        return -1;
    return virConnectNetworkEventRegisterAny(vsh->conn, net, number, VIR_NETWORK_EVENT_CALLBACK(on_network),
                                             events, NULL);
}

static int
run_net_event(struct virsh *vsh, const struct virsh_call *call)
{
    static const struct kind kind = {
        "network", net_names, 1, watch_network, virConnectNetworkEventDeregisterAny
    };

    return run(vsh, call, &kind);
}

/* Storage pools. */
static const char *const pool_names[] = { "lifecycle", "refresh" };

static void
on_pool(virConnectPtr conn, virStoragePoolPtr pool, int event, int detail, void *opaque)
{
    static const char *const words[] = { "Defined", "Undefined", "Started", "Stopped", "Created", "Deleted" };

    (void)conn;
    (void)detail;
    virsh_event_print(opaque, "event 'lifecycle' for storage pool %s: %s\n", virStoragePoolGetName(pool),
                      VIRSH_NAME_OF(words, event));
}

static void
on_pool_refresh(virConnectPtr conn, virStoragePoolPtr pool, void *opaque)
{
    (void)conn;
    virsh_event_print(opaque, "event 'refresh' for storage pool %s\n", virStoragePoolGetName(pool));
}

static int
watch_pool(struct virsh *vsh, const struct virsh_call *call, int number, struct virsh_events *events)
{
    VIRSH_AUTO(pool) virStoragePoolPtr pool = NULL;

    if (virsh_text(call, "pool") && !(pool = virsh_pool(vsh, call)))
        return -1;
    return virConnectStoragePoolEventRegisterAny(vsh->conn, pool, number,
        number == 0 ? VIR_STORAGE_POOL_EVENT_CALLBACK(on_pool) : on_pool_refresh, events, NULL);
}

static int
run_pool_event(struct virsh *vsh, const struct virsh_call *call)
{
    static const struct kind kind = {
        "pool", pool_names, 2, watch_pool, virConnectStoragePoolEventDeregisterAny
    };

    return run(vsh, call, &kind);
}

/* Node devices. */
static const char *const nodedev_names[] = { "lifecycle", "update" };

static void
on_nodedev(virConnectPtr conn, virNodeDevicePtr dev, int event, int detail, void *opaque)
{
    static const char *const words[] = { "Created", "Deleted", "Defined", "Undefined" };

    (void)conn;
    (void)detail;
    virsh_event_print(opaque, "event 'lifecycle' for node device %s: %s\n", virNodeDeviceGetName(dev),
                      VIRSH_NAME_OF(words, event));
}

static void
on_nodedev_update(virConnectPtr conn, virNodeDevicePtr dev, void *opaque)
{
    (void)conn;
    virsh_event_print(opaque, "event 'update' for node device %s\n", virNodeDeviceGetName(dev));
}

static int
watch_nodedev(struct virsh *vsh, const struct virsh_call *call, int number, struct virsh_events *events)
{
    VIRSH_AUTO(nodedev) virNodeDevicePtr dev = NULL;

    if (virsh_text(call, "device") && !(dev = virsh_nodedev(vsh, call)))
        return -1;
    return virConnectNodeDeviceEventRegisterAny(vsh->conn, dev, number,
        number == 0 ? VIR_NODE_DEVICE_EVENT_CALLBACK(on_nodedev) : on_nodedev_update, events, NULL);
}

static int
run_nodedev_event(struct virsh *vsh, const struct virsh_call *call)
{
    static const struct kind kind = {
        "device", nodedev_names, 2, watch_nodedev, virConnectNodeDeviceEventDeregisterAny
    };

    return run(vsh, call, &kind);
}

/* Secrets. */
static const char *const secret_names[] = { "lifecycle", "value-changed" };

static void
on_secret(virConnectPtr conn, virSecretPtr secret, int event, int detail, void *opaque)
{
    static const char *const words[] = { "Defined", "Undefined" };
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    (void)conn;
    (void)detail;
    virSecretGetUUIDString(secret, uuid);
    virsh_event_print(opaque, "event 'lifecycle' for secret %s: %s\n", uuid, VIRSH_NAME_OF(words, event));
}

static void
on_secret_value(virConnectPtr conn, virSecretPtr secret, void *opaque)
{
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    (void)conn;
    virSecretGetUUIDString(secret, uuid);
    virsh_event_print(opaque, "event 'value-changed' for secret %s\n", uuid);
}

static int
watch_secret(struct virsh *vsh, const struct virsh_call *call, int number, struct virsh_events *events)
{
    VIRSH_AUTO(secret) virSecretPtr secret = NULL;

    if (virsh_text(call, "secret") && !(secret = virsh_secret(vsh, call)))
        return -1;
    return virConnectSecretEventRegisterAny(vsh->conn, secret, number,
        number == 0 ? VIR_SECRET_EVENT_CALLBACK(on_secret) : on_secret_value, events, NULL);
}

static int
run_secret_event(struct virsh *vsh, const struct virsh_call *call)
{
    static const struct kind kind = {
        "secret", secret_names, 2, watch_secret, virConnectSecretEventDeregisterAny
    };

    return run(vsh, call, &kind);
}

#define OPTIONS(name, what) \
    { name, VIRSH_STRING, 0, "only of this " what }, \
    { "event", VIRSH_STRING, 0, "kind of event to wait for" }, \
    VIRSH_EVENT_OPTIONS, \
    { "list", VIRSH_BOOL, 0, "list the kinds" }, \
    { "timestamp", VIRSH_BOOL, 0, "show when it came" }, \
    VIRSH_OPTIONS_END

static const struct virsh_option net_options[] = { OPTIONS("network", "network: its name or uuid") };
static const struct virsh_option pool_options[] = { OPTIONS("pool", "pool: its name or uuid") };
static const struct virsh_option nodedev_options[] = { OPTIONS("device", "device: its name") };
static const struct virsh_option secret_options[] = { OPTIONS("secret", "secret: its uuid") };

#define TEXT "Succeeds if at least one came."

const struct virsh_command virsh_network_event_commands[] = {
    { "net-event", "wait for events of networks", TEXT, net_options, run_net_event, VIRSH_LOOP },
    { .name = NULL }
};

const struct virsh_command virsh_pool_event_commands[] = {
    { "pool-event", "wait for events of storage pools", TEXT, pool_options, run_pool_event, VIRSH_LOOP },
    { .name = NULL }
};

const struct virsh_command virsh_nodedev_event_commands[] = {
    { "nodedev-event", "wait for events of node devices",
      TEXT, nodedev_options, run_nodedev_event, VIRSH_LOOP },
    { .name = NULL }
};

const struct virsh_command virsh_secret_event_commands[] = {
    { "secret-event", "wait for events of secrets", TEXT, secret_options, run_secret_event, VIRSH_LOOP },
    { .name = NULL }
};
