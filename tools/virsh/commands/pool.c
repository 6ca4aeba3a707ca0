/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage pools. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "object.h"

#define KIND pool
#define KIND_TYPE virStoragePoolPtr
#define KIND_NAME virStoragePoolGetName

static int
delete(virStoragePoolPtr pool)
{
    return virStoragePoolDelete(pool, 0);
}

static int
refresh(virStoragePoolPtr pool)
{
    return virStoragePoolRefresh(pool, 0);
}

VIRSH_FROM_FILE(run_pool_define, virStoragePoolDefineXML, VIR_STORAGE_POOL_DEFINE_VALIDATE,
                "Pool %s defined from %s\n", "Failed to define pool from %s")
VIRSH_ACTION(run_pool_delete, delete, "Pool %s deleted\n", "Failed to delete pool %s")
VIRSH_ACTION(run_pool_destroy, virStoragePoolDestroy, "Pool %s destroyed\n", "Failed to destroy pool %s")
VIRSH_ACTION(run_pool_refresh, refresh, "Pool %s refreshed\n", "Failed to refresh pool %s")
VIRSH_ACTION(run_pool_undefine, virStoragePoolUndefine, "Pool %s has been undefined\n",
             "Failed to undefine pool %s")
VIRSH_AUTOSTART(run_pool_autostart, virStoragePoolSetAutostart, "pool")
VIRSH_DUMPXML(run_pool_dumpxml, virStoragePoolGetXMLDesc, VIR_STORAGE_XML_INACTIVE)
VIRSH_PRINT_TEXT(run_pool_name, virStoragePoolGetName)
VIRSH_PRINT_UUID(run_pool_uuid, virStoragePoolGetUUIDString, "pool")
VIRSH_NAME_ORDER(by_name)

/* --build, --overwrite and --no-overwrite for the calls that start a pool. */
static int
create_flags(struct virsh *vsh, const struct virsh_call *call, unsigned int *ret_flags)
{
    if (virsh_exclusive(vsh, call, "overwrite", "no-overwrite") < 0)
        return -1;
    *ret_flags = VIRSH_BITS(call, { "build", VIR_STORAGE_POOL_CREATE_WITH_BUILD },
                            { "overwrite", VIR_STORAGE_POOL_CREATE_WITH_BUILD_OVERWRITE },
                            { "no-overwrite", VIR_STORAGE_POOL_CREATE_WITH_BUILD_NO_OVERWRITE });
    return 0;
}

static int
run_pool_create(struct virsh *vsh, const struct virsh_call *call)
{
    VIR_AUTO_FREE char *xml = NULL;
    VIRSH_AUTO(pool) virStoragePoolPtr pool = NULL;
    unsigned int flags;

    if (create_flags(vsh, call, &flags) < 0 || !(xml = virsh_file(vsh, call, "file")))
        return -1;
    pool = virStoragePoolCreateXML(vsh->conn, xml, flags);
    if (!pool)
        return virsh_error(vsh, "Failed to create pool from %s", virsh_text(call, "file"));
    virsh_print_extra(vsh, "Pool %s created from %s\n", virStoragePoolGetName(pool),
                      virsh_text(call, "file"));
    return 0;
}

static int
run_pool_start(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(pool) virStoragePoolPtr pool = NULL;
    unsigned int flags;

    if (create_flags(vsh, call, &flags) < 0 || !(pool = virsh_pool(vsh, call)))
        return -1;
    if (virStoragePoolCreate(pool, flags) < 0)
        return virsh_error(vsh, "Failed to start pool %s", virsh_typed(call));
    virsh_print_extra(vsh, "Pool %s started\n", virsh_typed(call));
    return 0;
}

static int
run_pool_build(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call, { "overwrite", VIR_STORAGE_POOL_BUILD_OVERWRITE },
                                          { "no-overwrite", VIR_STORAGE_POOL_BUILD_NO_OVERWRITE });
    VIRSH_AUTO(pool) virStoragePoolPtr pool = NULL;

    if (virsh_exclusive(vsh, call, "overwrite", "no-overwrite") < 0 || !(pool = virsh_pool(vsh, call)))
        return -1;
    if (virStoragePoolBuild(pool, flags) < 0)
        return virsh_error(vsh, "Failed to build pool %s", virsh_typed(call));
    virsh_print_extra(vsh, "Pool %s built\n", virsh_typed(call));
    return 0;
}

static const char *const states[] = { "inactive", "building", "running", "degraded", "inaccessible" };

static int
run_pool_info(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(pool) virStoragePoolPtr pool = virsh_pool(vsh, call);
    char uuid[VIR_UUID_STRING_BUFLEN];
    virStoragePoolInfo info;
    int persistent, autostart;

    if (!pool)
        return -1;
    virsh_print(vsh, "%-15s %s\n", "Name:", virStoragePoolGetName(pool));
    if (virStoragePoolGetUUIDString(pool, uuid) == 0)
        virsh_print(vsh, "%-15s %s\n", "UUID:", uuid);
    if (virStoragePoolGetInfo(pool, &info) < 0)
        return -1;
    virsh_print(vsh, "%-15s %s\n", "State:", VIRSH_NAME_OF(states, info.state));
    persistent = virStoragePoolIsPersistent(pool);
    virsh_print(vsh, "%-15s %s\n", "Persistent:", virsh_yes_no(persistent, "unknown"));
    if (virStoragePoolGetAutostart(pool, &autostart) < 0)
        autostart = -1;
    virsh_print(vsh, "%-15s %s\n", "Autostart:", virsh_yes_no(autostart, "no autostart"));
    if (info.state != VIR_STORAGE_POOL_RUNNING && info.state != VIR_STORAGE_POOL_DEGRADED)
        return 0;
    virsh_print_size(vsh, "Capacity:", info.capacity, virsh_flag(call, "bytes"));
    virsh_print_size(vsh, "Allocation:", info.allocation, virsh_flag(call, "bytes"));
    virsh_print_size(vsh, "Available:", info.available, virsh_flag(call, "bytes"));
    return 0;
}

/* Kinds of pools by the number of their bit, from the sixth on. */
static const char *const types[] = {
    "dir", "fs", "netfs", "logical", "disk", "iscsi", "scsi", "mpath", "rbd", "sheepdog", "gluster", "zfs",
    "vstorage", "iscsi-direct",
};
#define FIRST_TYPE_BIT 6

static int
list_filter(struct virsh *vsh, const struct virsh_call *call, unsigned int *ret_filter)
{
    VIR_AUTO_FREE char *copy = vir_strdup(virsh_text(call, "type"));
    unsigned int filter = VIRSH_BITS(call,
        { "inactive", VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE },
        { "persistent", VIR_CONNECT_LIST_STORAGE_POOLS_PERSISTENT },
        { "transient", VIR_CONNECT_LIST_STORAGE_POOLS_TRANSIENT },
        { "autostart", VIR_CONNECT_LIST_STORAGE_POOLS_AUTOSTART },
        { "no-autostart", VIR_CONNECT_LIST_STORAGE_POOLS_NO_AUTOSTART });
    char *state = NULL;

    if (!(filter & VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE))
        filter |= VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE;
    if (virsh_flag(call, "all"))
        filter |= VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE | VIR_CONNECT_LIST_STORAGE_POOLS_INACTIVE;
    for (char *word = copy ? strtok_r(copy, ",", &state) : NULL; word; word = strtok_r(NULL, ",", &state)) {
        size_t i = 0;

        while (i < sizeof(types) / sizeof(*types) && strcmp(types[i], word) != 0)
            i++;
        if (i == sizeof(types) / sizeof(*types))
            return virsh_error(vsh, "Invalid pool type '%s'", word);
        filter |= 1u << (FIRST_TYPE_BIT + i);
    }
    *ret_filter = filter;
    return 0;
}

static void
add_row(struct virsh_table *table, virStoragePoolPtr pool, bool details)
{
    VIR_AUTO_FREE char *capacity = NULL, *allocation = NULL, *available = NULL;
    const char *name = virStoragePoolGetName(pool), *autostart;
    virStoragePoolInfo info;
    bool sizes;
    int on;

    if (virStoragePoolGetAutostart(pool, &on) < 0)
        on = -1;
    autostart = virsh_yes_no(on, "no autostart");
    if (!details) {
        virsh_table_row(table, name, virStoragePoolIsActive(pool) > 0 ? "active" : "inactive", autostart,
                        NULL);
        return;
    }
    if (virStoragePoolGetInfo(pool, &info) < 0)
        info = (virStoragePoolInfo){ .state = -1 };
    sizes = info.state == VIR_STORAGE_POOL_RUNNING || info.state == VIR_STORAGE_POOL_DEGRADED;
    capacity = sizes ? virsh_size_text(info.capacity) : vir_strdup("-");
    allocation = sizes ? virsh_size_text(info.allocation) : vir_strdup("-");
    available = sizes ? virsh_size_text(info.available) : vir_strdup("-");
    virsh_table_row(table, name, VIRSH_NAME_OF(states, info.state), autostart,
                    virStoragePoolIsPersistent(pool) > 0 ? "yes" : "no", capacity, allocation, available,
                    NULL);
}

/* Names are padded here: scripts know it so. */
static void
print_item(struct virsh *vsh, const struct virsh_call *call, virStoragePoolPtr pool)
{
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    if (virsh_flag(call, "uuid") && virStoragePoolGetUUIDString(pool, uuid) == 0)
        virsh_print(vsh, "%s%s", uuid, virsh_flag(call, "name") ? " " : "");
    if (virsh_flag(call, "name"))
        virsh_print(vsh, "%-20s", virStoragePoolGetName(pool));
    virsh_print(vsh, "\n");
}

static int
run_pool_list(struct virsh *vsh, const struct virsh_call *call)
{
    const bool items = virsh_flag(call, "name") || virsh_flag(call, "uuid"),
               details = virsh_flag(call, "details");
    struct virsh_table *table = NULL;
    virStoragePoolPtr *pools = NULL;
    unsigned int filter = 0;
    int n;

    if (virsh_exclusive(vsh, call, "all", "inactive") < 0 ||
        virsh_exclusive(vsh, call, "details", "uuid") < 0 ||
        virsh_exclusive(vsh, call, "details", "name") < 0 || list_filter(vsh, call, &filter) < 0)
        return -1;
    n = virConnectListAllStoragePools(vsh->conn, &pools, filter);
    if (n < 0)
        return virsh_error(vsh, "Failed to list pools");
    qsort(pools, (size_t)n, sizeof(*pools), by_name);
    if (!items)
        table = virsh_table_new(details
            ? VIRSH_TITLES("Name", "State", "Autostart", "Persistent", "Capacity", "Allocation", "Available")
            : VIRSH_TITLES("Name", "State", "Autostart"));
    for (int i = 0; i < n; i++) {
        if (table)
            add_row(table, pools[i], details);
        else
            print_item(vsh, call, pools[i]);
        virStoragePoolFree(pools[i]);
    }
    if (table)
        virsh_table_print(vsh, table);
    free(pools);
    return 0;
}

static int
run_pool_capabilities(struct virsh *vsh, const struct virsh_call *call)
{
    VIR_AUTO_FREE char *xml = virConnectGetStoragePoolCapabilities(vsh->conn, 0);

    (void)call;
    if (!xml)
        return virsh_error(vsh, "failed to get storage pool capabilities");
    virsh_print(vsh, "%s\n", xml);
    return 0;
}

#define OPTION_POOL { "pool", VIRSH_STRING, VIRSH_REQUIRED, "the pool: its name or uuid" }
#define OPTION_FILE { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the pool's document" }
#define OPTIONS_OVERWRITE \
    { "no-overwrite", VIRSH_BOOL, 0, "fail if there is something already" }, \
    { "overwrite", VIRSH_BOOL, 0, "lose what is there already" }
#define OPTION_BUILD { "build", VIRSH_BOOL, 0, "build it first" }

static const struct virsh_option pool_options[] = {
    OPTION_POOL,
    VIRSH_OPTIONS_END
};

static const struct virsh_option autostart_options[] = {
    OPTION_POOL,
    VIRSH_OPTION_DISABLE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option build_options[] = {
    OPTION_POOL, OPTIONS_OVERWRITE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option create_options[] = {
    OPTION_FILE, OPTION_BUILD, OPTIONS_OVERWRITE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option define_options[] = {
    OPTION_FILE, VIRSH_OPTION_VALIDATE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option dumpxml_options[] = {
    OPTION_POOL,
    VIRSH_OPTION_INACTIVE,
    VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

static const struct virsh_option info_options[] = {
    OPTION_POOL,
    { "bytes", VIRSH_BOOL, 0, "sizes in bytes" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option list_options[] = {
    VIRSH_OPTIONS_LIST_ACTIVE,
    VIRSH_OPTION_LIST_TRANSIENT,
    VIRSH_OPTION_LIST_PERSISTENT,
    VIRSH_OPTIONS_LIST_AUTOSTART,
    { "type", VIRSH_STRING, 0, "only of these types (dir, logical, ...), parted by commas" },
    { "details", VIRSH_BOOL, 0, "with sizes" },
    VIRSH_OPTIONS_LIST_NAMES,
    VIRSH_OPTIONS_END
};

static const struct virsh_option start_options[] = {
    OPTION_POOL, OPTION_BUILD, OPTIONS_OVERWRITE,
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_pool_commands[] = {
    { "pool-autostart", "start a pool whenever the host starts", NULL,
      autostart_options, run_pool_autostart },
    { "pool-build", "prepare the storage that a pool is made of", NULL, build_options, run_pool_build },
    { "pool-capabilities", "document about the pools that the host can have", NULL,
      NULL, run_pool_capabilities },
    { "pool-create", "start a pool from a document",
      "It has no persistent definition: when it ends, it is gone.",
      create_options, run_pool_create },
    { "pool-define", "define a pool from a document", NULL, define_options, run_pool_define },
    { "pool-delete", "remove the storage that a pool is made of (careful)", NULL,
      pool_options, run_pool_delete },
    { "pool-destroy", "end a pool", "Its storage and its definition stay.", pool_options, run_pool_destroy },
    { "pool-dumpxml", "document of a pool", NULL, dumpxml_options, run_pool_dumpxml },
    { "pool-info", "what a pool is and holds", NULL, info_options, run_pool_info },
    { "pool-list", "list the pools", "Those that run, unless an option asks for others.",
      list_options, run_pool_list },
    { "pool-name", "name of a pool", NULL, pool_options, run_pool_name },
    { "pool-refresh", "look again which volumes a pool has", NULL, pool_options, run_pool_refresh },
    { "pool-start", "start a defined pool", NULL, start_options, run_pool_start },
    { "pool-undefine", "remove the definition of a pool", NULL, pool_options, run_pool_undefine },
    { "pool-uuid", "uuid of a pool", NULL, pool_options, run_pool_uuid },
    { .name = NULL }
};
