/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage volumes. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rows/volume.h"

static bool
takes_pool(const struct shell_command *command)
{
    SHELL_EACH_OPTION(option, command) {
        if (option->kind == SHELL_OBJECT && option->object == SHELL_POOL)
            return true;
    }
    return false;
}

/* By name in --pool, else by key or path anywhere. */
void *
virsh_volume_find(struct shell *vsh, const struct shell_call *call, const void *args, const char *text)
{
    virStoragePoolPtr pool = shell_argument_object(call, args, SHELL_POOL);
    virStorageVolPtr volume = NULL;

    if (pool && virStoragePoolIsActive(pool) != 1) {
        shell_error(vsh, "pool '%s' is not active", virStoragePoolGetName(pool));
        return NULL;
    }
    if (pool)
        volume = virStorageVolLookupByName(pool, text);
    if (!volume)
        volume = virStorageVolLookupByKey(vsh->conn, text);
    if (!volume)
        volume = virStorageVolLookupByPath(vsh->conn, text);
    if (volume)
        shell_error_forget(vsh);
    else
        shell_error(vsh, "failed to get vol '%s'%s", text,
                    !pool && takes_pool(call->command) ? ", specifying --pool might help" : "");
    return volume;
}

int
run_vol_pool(struct shell *vsh, const struct vol_pool_args *args)
{
    virStoragePoolPtr pool = virStoragePoolLookupByVolume(args->vol);
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (!pool)
        return shell_error(vsh, "failed to get parent pool");
    if (!args->uuid)
        shell_print(vsh, "%s\n", virStoragePoolGetName(pool));
    else if (virStoragePoolGetUUIDString(pool, uuid) == 0)
        shell_print(vsh, "%s\n", uuid);
    virStoragePoolFree(pool);
    return 0;
}

static const char *const types[] = { "file", "block", "dir", "network", "netdir", "ploop" };

int
run_vol_info(struct shell *vsh, const struct vol_info_args *args)
{
    const bool physical = args->physical;
    virStorageVolPtr volume = args->vol;
    virStorageVolInfo info;
    int result;

    shell_print(vsh, "%-15s %s\n", "Name:", virStorageVolGetName(volume));
    result = physical ? virStorageVolGetInfoFlags(volume, &info, VIR_STORAGE_VOL_GET_PHYSICAL)
                      : virStorageVolGetInfo(volume, &info);
    if (result < 0)
        return -1;
    shell_print(vsh, "%-15s %s\n", "Type:", SHELL_NAME_OF(types, info.type));
    if (args->bytes) {
        shell_print(vsh, "%-15s %llu %s\n", "Capacity:", info.capacity, "bytes");
        shell_print(vsh, "%-15s %llu %s\n", physical ? "Physical:" : "Allocation:", info.allocation, "bytes");
    } else {
        shell_print_size(vsh, "Capacity:", info.capacity, false);
        shell_print_size(vsh, physical ? "Physical:" : "Allocation:", info.allocation, false);
    }
    return 0;
}

static void
add_row(struct shell_table *table, virStorageVolPtr volume, bool details)
{
    VIR_AUTO_FREE char *path = virStorageVolGetPath(volume), *capacity = NULL, *allocation = NULL;
    virStorageVolInfo info;
    bool known;

    if (!details) {
        shell_table_row(table, virStorageVolGetName(volume), path ? path : "-", NULL);
        return;
    }
    known = virStorageVolGetInfo(volume, &info) == 0;
    capacity = known ? shell_size_text(info.capacity, 2) : vir_strdup("unknown");
    allocation = known ? shell_size_text(info.allocation, 2) : vir_strdup("unknown");
    shell_table_row(table, virStorageVolGetName(volume), path ? path : "-",
                    known ? SHELL_NAME_OF(types, info.type) : "unknown", capacity, allocation, NULL);
}

static int
by_name(const void *a, const void *b)
{
    return strcasecmp(virStorageVolGetName(*(const virStorageVolPtr *)a),
                      virStorageVolGetName(*(const virStorageVolPtr *)b));
}

/* Volumes are not listed from a connection as the other kinds are, but from their pool. */
int
run_vol_list(struct shell *vsh, const struct vol_list_args *args)
{
    virStorageVolPtr *volumes = NULL;
    const int n = virStoragePoolListAllVolumes(args->pool, &volumes, 0);
    struct shell_table *table;

    if (n < 0)
        return shell_error(vsh, "Failed to list volumes");
    qsort(volumes, (size_t)n, sizeof(*volumes), by_name);
    table = shell_table_new(args->details ? SHELL_TITLES("Name", "Path", "Type", "Capacity", "Allocation")
                                          : SHELL_TITLES("Name", "Path"));
    for (int i = 0; i < n; i++) {
        add_row(table, volumes[i], args->details);
        virStorageVolFree(volumes[i]);
    }
    shell_table_print(vsh, table);
    free(volumes);
    return 0;
}

/* The document that the options of vol-create-as describe; caller frees. */
static char *
describe_volume(const struct vol_create_as_args *args)
{
    struct vir_buf buf = { 0 };

    vir_buf_add(&buf, "<volume>\n  <name>");
    vir_buf_add_escaped(&buf, args->name);
    vir_buf_addf(&buf, "</name>\n  <capacity>%llu</capacity>\n", args->capacity);
    if (args->has_allocation)
        vir_buf_addf(&buf, "  <allocation>%llu</allocation>\n", args->allocation);
    if (args->format) {
        vir_buf_add(&buf, "  <target>\n    <format type='");
        vir_buf_add_escaped(&buf, args->format);
        vir_buf_add(&buf, "'/>\n  </target>\n");
    }
    vir_buf_add(&buf, "</volume>\n");
    return vir_buf_steal(&buf);
}

int
run_vol_create_as(struct shell *vsh, const struct vol_create_as_args *args)
{
    VIR_AUTO_FREE char *xml = describe_volume(args);
    virStorageVolPtr volume;

    if (args->print_xml) {
        shell_print(vsh, "%s", xml);
        return 0;
    }
    volume = virStorageVolCreateXML(args->pool, xml, args->flags);
    if (!volume)
        return shell_error(vsh, "Failed to create vol %s", args->name);
    shell_print_extra(vsh, "Vol %s created\n", args->name);
    virStorageVolFree(volume);
    return 0;
}

int
run_vol_wipe(struct shell *vsh, const struct vol_wipe_args *args)
{
    const int result = args->algorithm < 0 ? virStorageVolWipe(args->vol, 0)
                                           : virStorageVolWipePattern(args->vol, (unsigned int)args->algorithm, 0);

    return shell_did(vsh, result, args->vol_text, "Vol %s wiped\n", "Failed to wipe vol %s");
}
