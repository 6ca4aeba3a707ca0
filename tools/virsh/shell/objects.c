/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of the objects that a connection has, for completion and for whoever mistyped one. */
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

struct names { char **items; size_t n; };

/* Appends a copy; NULL ends the list. */
static void
add(struct names *names, const char *name)
{
    names->items = vir_realloc_array(names->items, names->n + 1, sizeof(*names->items));
    names->items[names->n++] = vir_strdup(name);
}

/* A secret goes by its uuid; valid until the next call. */
static const char *
secret_name(virSecretPtr secret)
{
    static char uuid[VIR_UUID_STRING_BUFLEN];

    return virSecretGetUUIDString(secret, uuid) < 0 ? "" : uuid;
}

#define ADD_ALL(function, type, list_all, name_of, release) \
    static void \
    function(virConnectPtr conn, struct names *names) \
    { \
        type *objects = NULL; \
        const int n = list_all(conn, &objects, 0); \
        \
        for (int i = 0; i < n; i++) { \
            add(names, name_of(objects[i])); \
            release(objects[i]); \
        } \
        free(objects); \
    }

ADD_ALL(add_domains, virDomainPtr, virConnectListAllDomains, virDomainGetName, virDomainFree)
ADD_ALL(add_networks, virNetworkPtr, virConnectListAllNetworks, virNetworkGetName, virNetworkFree)
ADD_ALL(add_pools, virStoragePoolPtr, virConnectListAllStoragePools, virStoragePoolGetName,
        virStoragePoolFree)
ADD_ALL(add_interfaces, virInterfacePtr, virConnectListAllInterfaces, virInterfaceGetName, virInterfaceFree)
ADD_ALL(add_nodedevs, virNodeDevicePtr, virConnectListAllNodeDevices, virNodeDeviceGetName, virNodeDeviceFree)
ADD_ALL(add_filters, virNWFilterPtr, virConnectListAllNWFilters, virNWFilterGetName, virNWFilterFree)
ADD_ALL(add_secrets, virSecretPtr, virConnectListAllSecrets, secret_name, virSecretFree)

char **
virsh_names(struct virsh *vsh, const struct virsh_command *command, const char *option)
{
    /* An interface of a domain is not one of the host, so some count for one family of commands only. */
    static const struct {
        const char *option, *family;
        void (*add_all)(virConnectPtr conn, struct names *names);
    } kinds[] = {
        { "domain", "", add_domains }, { "network", "", add_networks }, { "pool", "", add_pools },
        { "interface", "iface-", add_interfaces }, { "device", "nodedev-", add_nodedevs },
        { "nwfilter", "", add_filters }, { "secret", "", add_secrets },
    };
    struct names names = { 0 };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(kinds[i].option, option) == 0 &&
            strncmp(kinds[i].family, command->name, strlen(kinds[i].family)) == 0)
            kinds[i].add_all(vsh->conn, &names);
    }
    virsh_error_forget(vsh);
    add(&names, NULL);
    return names.items;
}

void
virsh_names_free(char **names)
{
    for (char **name = names; name && *name; name++)
        free(*name);
    free(names);
}
