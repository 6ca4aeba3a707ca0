/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From XDR structs to handles and to the caller's memory; see wire.h. */
#include <stdlib.h>
#include <string.h>

#include "wire.h"

/* Defines remote_NAME_maker; W is the XDR struct, made with EXPRESSION. */
#define MAKER(ident, parent_type, free_function, expression)                  \
    static void *                                                             \
    make_##ident(void *parent_, const void *wire_)                            \
    {                                                                         \
        parent_type parent = parent_;                                         \
        const struct remote_nonnull_##ident *w = wire_;                       \
                                                                              \
        return expression;                                                    \
    }                                                                         \
                                                                              \
    static int                                                                \
    drop_##ident(void *handle)                                                \
    {                                                                         \
        return free_function(handle);                                         \
    }                                                                         \
                                                                              \
    const struct remote_maker remote_##ident##_maker = {                      \
        sizeof(struct remote_nonnull_##ident), make_##ident, drop_##ident,    \
    }

MAKER(domain, virConnectPtr, virDomainFree, vir_domain_new(parent, w->name, w->uuid, w->id));
MAKER(network, virConnectPtr, virNetworkFree, vir_network_new(parent, w->name, w->uuid));
MAKER(network_port, virNetworkPtr, virNetworkPortFree, vir_network_port_new(parent, w->uuid));
MAKER(interface, virConnectPtr, virInterfaceFree, vir_interface_new(parent, w->name, w->mac));
MAKER(storage_pool, virConnectPtr, virStoragePoolFree, vir_storage_pool_new(parent, w->name, w->uuid));
MAKER(storage_vol, virConnectPtr, virStorageVolFree, vir_storage_vol_new(parent, w->pool, w->name, w->key));
MAKER(node_device, virConnectPtr, virNodeDeviceFree, vir_node_device_new(parent, w->name));
MAKER(secret, virConnectPtr, virSecretFree, vir_secret_new(parent, w->uuid, w->usageType, w->usageID));
MAKER(nwfilter, virConnectPtr, virNWFilterFree, vir_nwfilter_new(parent, w->name, w->uuid));
MAKER(nwfilter_binding, virConnectPtr, virNWFilterBindingFree,
      vir_nwfilter_binding_new(parent, w->portdev, w->filtername));
MAKER(domain_snapshot, virDomainPtr, virDomainSnapshotFree, vir_snapshot_new(parent, w->name));
MAKER(domain_checkpoint, virDomainPtr, virDomainCheckpointFree, vir_checkpoint_new(parent, w->name));

/* The freeing of handles must not hide why the last one could not be made. */
static int
drop_list(const struct remote_maker *maker, void **handles, size_t n)
{
    virErrorPtr error = vir_error_take();

    while (n)
        maker->drop(handles[--n]);
    free(handles);
    vir_error_restore(error);
    return -1;
}

int
remote_take_list(const struct remote_maker *maker, void *parent, const void *wire, size_t n,
                 void *ret_handles)
{
    void **handles = calloc(n + 1, sizeof(*handles));

    if (!handles)
        return vir_error(VIR_ERR_NO_MEMORY, "a list of %zu handles", n);
    for (size_t i = 0; i < n; i++) {
        handles[i] = maker->make(parent, (const char *)wire + i * maker->size);
        if (!handles[i])
            return drop_list(maker, handles, i);
    }
    *(void ***)ret_handles = handles;
    return (int)n;
}

static int
check_room(size_t n, int max)
{
    if (max >= 0 && n <= (size_t)max)
        return 0;
    return vir_error(VIR_ERR_RPC, "server sent %zu items where at most %d were asked for", n, max);
}

int
remote_take_names(char **wire, size_t n, char **names, int max)
{
    if (check_room(n, max) < 0)
        return -1;
    if (n) {
        memcpy(names, wire, n * sizeof(*names));
        memset(wire, 0, n * sizeof(*wire));
    }
    return (int)n;
}

int
remote_take_array(void *wire, size_t n, size_t size, void *items, unsigned int max)
{
    if (n > max)
        return vir_error(VIR_ERR_RPC, "server sent %zu items where at most %u were asked for", n, max);
    if (n) {
        memcpy(items, wire, n * size);
        memset(wire, 0, n * size);
    }
    return (int)n;
}

int
remote_take_params(virTypedParameterPtr wire, size_t n, int number, virTypedParameterPtr params, int *nparams)
{
    if (*nparams == 0) {                /* the caller only asked how many there are */
        *nparams = number;
        return 0;
    }
    if (check_room(n, *nparams) < 0)
        return -1;
    *nparams = remote_take_array(wire, n, sizeof(*wire), params, (unsigned int)*nparams);
    return 0;
}

int
remote_take_buffer(const void *wire, size_t n, void *buffer, size_t size)
{
    if (n != size)
        return vir_error(VIR_ERR_RPC, "server sent %zu bytes where %zu were asked for", n, size);
    if (n)
        memcpy(buffer, wire, n);
    return 0;
}

int
remote_take_strings(char ***wire, size_t n, char ***ret_strings)
{
    char **strings = realloc(*wire, (n + 1) * sizeof(*strings));

    if (!strings)
        return vir_error(VIR_ERR_NO_MEMORY, "a list of %zu strings", n);
    strings[n] = NULL;
    *wire = NULL;
    *ret_strings = strings;
    return (int)n;
}
