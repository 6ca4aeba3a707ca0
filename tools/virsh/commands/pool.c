/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage pools: what they are and hold. */
#include "rows/pool.h"

static const char *const states[] = { "inactive", "building", "running", "degraded", "inaccessible" };

static bool
has_sizes(const virStoragePoolInfo *info)
{
    return info->state == VIR_STORAGE_POOL_RUNNING || info->state == VIR_STORAGE_POOL_DEGRADED;
}

static const char *
autostart_text(virStoragePoolPtr pool)
{
    int on;

    return shell_yes_no(virStoragePoolGetAutostart(pool, &on) < 0 ? -1 : on, "no autostart");
}

int
run_pool_info(struct shell *vsh, const struct pool_info_args *args)
{
    virStoragePoolPtr pool = args->pool;
    char uuid[VIR_UUID_STRING_BUFLEN];
    virStoragePoolInfo info;

    shell_print_field(vsh, "Name:", virStoragePoolGetName(pool));
    if (virStoragePoolGetUUIDString(pool, uuid) == 0)
        shell_print_field(vsh, "UUID:", uuid);
    if (virStoragePoolGetInfo(pool, &info) < 0)
        return -1;
    shell_print_field(vsh, "State:", SHELL_NAME_OF(states, info.state));
    shell_print_field(vsh, "Persistent:", shell_yes_no(virStoragePoolIsPersistent(pool), "unknown"));
    shell_print_field(vsh, "Autostart:", autostart_text(pool));
    if (!has_sizes(&info))
        return 0;
    shell_print_size(vsh, "Capacity:", info.capacity, args->bytes);
    shell_print_size(vsh, "Allocation:", info.allocation, args->bytes);
    shell_print_size(vsh, "Available:", info.available, args->bytes);
    return 0;
}

static unsigned int
list_filter(const struct pool_list_args *args)
{
    const unsigned int types = args->type * VIR_CONNECT_LIST_STORAGE_POOLS_DIR;     /* its words begin with dir */

    if (args->all)
        return args->flags | types | VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE | VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE;
    return args->flags | types | (args->inactive ? 0 : VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE);
}

static void
add_row(struct shell_table *table, void *pool)
{
    shell_table_row(table, virStoragePoolGetName(pool), virStoragePoolIsActive(pool) > 0 ? "active" : "inactive",
                    autostart_text(pool), NULL);
}

static void
add_details(struct shell_table *table, void *pool)
{
    VIR_AUTO_FREE char *capacity = NULL, *allocation = NULL, *available = NULL;
    virStoragePoolInfo info;
    bool sizes;

    if (virStoragePoolGetInfo(pool, &info) < 0)
        info = (virStoragePoolInfo){ .state = -1 };
    sizes = has_sizes(&info);
    capacity = sizes ? shell_size_text(info.capacity, 2) : vir_strdup("-");
    allocation = sizes ? shell_size_text(info.allocation, 2) : vir_strdup("-");
    available = sizes ? shell_size_text(info.available, 2) : vir_strdup("-");
    shell_table_row(table, virStoragePoolGetName(pool), SHELL_NAME_OF(states, info.state), autostart_text(pool),
                    virStoragePoolIsPersistent(pool) > 0 ? "yes" : "no", capacity, allocation, available, NULL);
}

/* Names are padded here: scripts know it so. */
static void
print_name(struct shell *vsh, void *pool)
{
    shell_print(vsh, "%-20s\n", virStoragePoolGetName(pool));
}

static void
print_uuid(struct shell *vsh, void *pool)
{
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    virStoragePoolGetUUIDString(pool, uuid);
    shell_print(vsh, "%s\n", uuid);
}

static void
print_both(struct shell *vsh, void *pool)
{
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    virStoragePoolGetUUIDString(pool, uuid);
    shell_print(vsh, "%s %-20s\n", uuid, virStoragePoolGetName(pool));
}

int
run_pool_list(struct shell *vsh, const struct pool_list_args *args)
{
    static const char failed[] = "Failed to list pools";
    const unsigned int filter = list_filter(args);

    if (args->name || args->uuid)
        return shell_show_each(vsh, SHELL_POOL, filter, failed,
                               !args->uuid ? print_name : !args->name ? print_uuid : print_both);
    return shell_show_table(vsh, SHELL_POOL, filter, failed, args->details
        ? SHELL_TITLES("Name", "State", "Autostart", "Persistent", "Capacity", "Allocation", "Available")
        : SHELL_TITLES("Name", "State", "Autostart"), args->details ? add_details : add_row);
}
