/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* net-event, pool-event, nodedev-event, secret-event: alike but for the kind of object. */
#include "rows/network.h"
#include "rows/nodedev.h"
#include "rows/pool.h"
#include "rows/secret.h"
#include "event-wait.h"

/* What one of the four commands is about. */
struct kind {
    /* Registers for event NUMBER of OBJECT, or of all (NULL). */
    int (*watch)(virConnectPtr conn, void *object, int number, struct virsh_events *events);
    int (*unwatch)(virConnectPtr conn, int id);
};

static int
wait_for(struct shell *vsh, const struct kind *kind, void *object, int number, long long seconds,
         struct virsh_events *events)
{
    int id, result = -1;

    if (virsh_events_begin(vsh, seconds, events) < 0)
        return -1;
    id = kind->watch(vsh->conn, object, number, events);
    if (id >= 0) {
        result = virsh_events_wait(events);
        kind->unwatch(vsh->conn, id);
        shell_loop_settle();
    }
    shell_wait_leave();
    return result;
}

static int
list_words(struct shell *vsh, unsigned int words)
{
    const char *word;

    for (int i = 0; *(word = shell_word(words, i)); i++)
        shell_print(vsh, "%s\n", word);
    return 0;
}

/* The four calls have the same options but for their object. */
#define RUN(command, object) \
    int \
    run_##command(struct shell *vsh, const struct command##_args *args) \
    { \
        struct virsh_events events = { .loop = args->loop, .timestamp = args->timestamp }; \
        \
        if (args->list) \
            return list_words(vsh, command##_event_words); \
        return wait_for(vsh, &command##_kind, args->object, args->event, args->timeout, &events); \
    }

/* Networks. */
static void
on_network(virConnectPtr conn, virNetworkPtr net, int event, int detail, void *opaque)
{
    static const char *const words[] = { "Defined", "Undefined", "Started", "Stopped" };

    (void)conn;
    (void)detail;
    virsh_event_print(opaque, "event 'lifecycle' for network %s: %s\n", virNetworkGetName(net),
                      SHELL_NAME_OF(words, event));
}

static int
watch_network(virConnectPtr conn, void *net, int number, struct virsh_events *events)
{
    return virConnectNetworkEventRegisterAny(conn, net, number, VIR_NETWORK_EVENT_CALLBACK(on_network),
                                             events, NULL);
}

static const struct kind net_event_kind = { watch_network, virConnectNetworkEventDeregisterAny };
RUN(net_event, network)

/* Storage pools. */
static void
on_pool(virConnectPtr conn, virStoragePoolPtr pool, int event, int detail, void *opaque)
{
    static const char *const words[] = { "Defined", "Undefined", "Started", "Stopped", "Created", "Deleted" };

    (void)conn;
    (void)detail;
    virsh_event_print(opaque, "event 'lifecycle' for storage pool %s: %s\n", virStoragePoolGetName(pool),
                      SHELL_NAME_OF(words, event));
}

static void
on_pool_refresh(virConnectPtr conn, virStoragePoolPtr pool, void *opaque)
{
    (void)conn;
    virsh_event_print(opaque, "event 'refresh' for storage pool %s\n", virStoragePoolGetName(pool));
}

static int
watch_pool(virConnectPtr conn, void *pool, int number, struct virsh_events *events)
{
    return virConnectStoragePoolEventRegisterAny(conn, pool, number,
        number == 0 ? VIR_STORAGE_POOL_EVENT_CALLBACK(on_pool) : on_pool_refresh, events, NULL);
}

static const struct kind pool_event_kind = { watch_pool, virConnectStoragePoolEventDeregisterAny };
RUN(pool_event, pool)

/* Node devices. */
static void
on_nodedev(virConnectPtr conn, virNodeDevicePtr dev, int event, int detail, void *opaque)
{
    static const char *const words[] = { "Created", "Deleted", "Defined", "Undefined" };

    (void)conn;
    (void)detail;
    virsh_event_print(opaque, "event 'lifecycle' for node device %s: %s\n", virNodeDeviceGetName(dev),
                      SHELL_NAME_OF(words, event));
}

static void
on_nodedev_update(virConnectPtr conn, virNodeDevicePtr dev, void *opaque)
{
    (void)conn;
    virsh_event_print(opaque, "event 'update' for node device %s\n", virNodeDeviceGetName(dev));
}

static int
watch_nodedev(virConnectPtr conn, void *dev, int number, struct virsh_events *events)
{
    return virConnectNodeDeviceEventRegisterAny(conn, dev, number,
        number == 0 ? VIR_NODE_DEVICE_EVENT_CALLBACK(on_nodedev) : on_nodedev_update, events, NULL);
}

static const struct kind nodedev_event_kind = { watch_nodedev, virConnectNodeDeviceEventDeregisterAny };
RUN(nodedev_event, device)

/* Secrets. */
static void
on_secret(virConnectPtr conn, virSecretPtr secret, int event, int detail, void *opaque)
{
    static const char *const words[] = { "Defined", "Undefined" };
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    (void)conn;
    (void)detail;
    virSecretGetUUIDString(secret, uuid);
    virsh_event_print(opaque, "event 'lifecycle' for secret %s: %s\n", uuid, SHELL_NAME_OF(words, event));
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
watch_secret(virConnectPtr conn, void *secret, int number, struct virsh_events *events)
{
    return virConnectSecretEventRegisterAny(conn, secret, number,
        number == 0 ? VIR_SECRET_EVENT_CALLBACK(on_secret) : on_secret_value, events, NULL);
}

static const struct kind secret_event_kind = { watch_secret, virConnectSecretEventDeregisterAny };
RUN(secret_event, secret)
