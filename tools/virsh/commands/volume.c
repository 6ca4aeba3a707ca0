/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Storage volumes. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "object.h"

#define KIND volume
#define KIND_TYPE virStorageVolPtr
#define KIND_NAME virStorageVolGetName

static bool
takes_pool(const struct virsh_command *command)
{
    const struct virsh_option *option = command->options;

    while (option->name && strcmp(option->name, "pool") != 0)
        option++;
    return option->name != NULL;
}

/* By name in --pool, else by key or path anywhere. */
static virStorageVolPtr
virsh_volume(struct virsh *vsh, const struct virsh_call *call)
{
    const char *text = virsh_text(call, "vol");
    VIRSH_AUTO(pool) virStoragePoolPtr pool = NULL;
    virStorageVolPtr volume = NULL;

    if (virsh_text(call, "pool")) {
        pool = virsh_pool(vsh, call);
        if (!pool)
            return NULL;
        if (virStoragePoolIsActive(pool) != 1) {
            virsh_error(vsh, "pool '%s' is not active", virStoragePoolGetName(pool));
            return NULL;
        }
        volume = virStorageVolLookupByName(pool, text);
    }
    if (!volume)
        volume = virStorageVolLookupByKey(vsh->conn, text);
    if (!volume)
        volume = virStorageVolLookupByPath(vsh->conn, text);
    if (volume)
        virsh_error_forget(vsh);
    else
        virsh_error(vsh, "failed to get vol '%s'%s", text,
                    !pool && takes_pool(call->command) ? ", specifying --pool might help" : "");
    return volume;
}

VIRSH_DUMPXML(run_vol_dumpxml, virStorageVolGetXMLDesc, 0)
VIRSH_PRINT_TEXT(run_vol_key, virStorageVolGetKey)
VIRSH_PRINT_TEXT(run_vol_name, virStorageVolGetName)
VIRSH_NAME_ORDER(by_name)

static int
run_vol_path(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(volume) virStorageVolPtr volume = virsh_volume(vsh, call);
    VIR_AUTO_FREE char *path = volume ? virStorageVolGetPath(volume) : NULL;

    if (!path)
        return -1;
    virsh_print(vsh, "%s\n", path);
    return 0;
}

static int
run_vol_pool(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(volume) virStorageVolPtr volume = virsh_volume(vsh, call);
    VIRSH_AUTO(pool) virStoragePoolPtr pool = volume ? virStoragePoolLookupByVolume(volume) : NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (!volume)
        return -1;
    if (!pool)
        return virsh_error(vsh, "failed to get parent pool");
    if (!virsh_flag(call, "uuid"))
        virsh_print(vsh, "%s\n", virStoragePoolGetName(pool));
    else if (virStoragePoolGetUUIDString(pool, uuid) == 0)
        virsh_print(vsh, "%s\n", uuid);
    return 0;
}

static const char *const types[] = { "file", "block", "dir", "network", "netdir", "ploop" };

static int
run_vol_info(struct virsh *vsh, const struct virsh_call *call)
{
    const bool physical = virsh_flag(call, "physical"), bytes = virsh_flag(call, "bytes");
    VIRSH_AUTO(volume) virStorageVolPtr volume = virsh_volume(vsh, call);
    virStorageVolInfo info;
    int result;

    if (!volume)
        return -1;
    virsh_print(vsh, "%-15s %s\n", "Name:", virStorageVolGetName(volume));
    result = physical ? virStorageVolGetInfoFlags(volume, &info, VIR_STORAGE_VOL_GET_PHYSICAL)
                      : virStorageVolGetInfo(volume, &info);
    if (result < 0)
        return -1;
    virsh_print(vsh, "%-15s %s\n", "Type:", VIRSH_NAME_OF(types, info.type));
    if (bytes) {
        virsh_print(vsh, "%-15s %llu %s\n", "Capacity:", info.capacity, "bytes");
        virsh_print(vsh, "%-15s %llu %s\n", physical ? "Physical:" : "Allocation:", info.allocation, "bytes");
    } else {
        virsh_print_size(vsh, "Capacity:", info.capacity, false);
        virsh_print_size(vsh, physical ? "Physical:" : "Allocation:", info.allocation, false);
    }
    return 0;
}

static void
add_row(struct virsh_table *table, virStorageVolPtr volume, bool details)
{
    VIR_AUTO_FREE char *path = virStorageVolGetPath(volume), *capacity = NULL, *allocation = NULL;
    virStorageVolInfo info;
    bool known;

    if (!details) {
        virsh_table_row(table, virStorageVolGetName(volume), path ? path : "-", NULL);
        return;
    }
    known = virStorageVolGetInfo(volume, &info) == 0;
    capacity = known ? virsh_size_text(info.capacity) : vir_strdup("unknown");
    allocation = known ? virsh_size_text(info.allocation) : vir_strdup("unknown");
    virsh_table_row(table, virStorageVolGetName(volume), path ? path : "-",
                    known ? VIRSH_NAME_OF(types, info.type) : "unknown", capacity, allocation, NULL);
}

static int
run_vol_list(struct virsh *vsh, const struct virsh_call *call)
{
    const bool details = virsh_flag(call, "details");
    VIRSH_AUTO(pool) virStoragePoolPtr pool = virsh_pool(vsh, call);
    virStorageVolPtr *volumes = NULL;
    struct virsh_table *table;
    int n;

    if (!pool)
        return -1;
    n = virStoragePoolListAllVolumes(pool, &volumes, 0);
    if (n < 0)
        return virsh_error(vsh, "Failed to list volumes");
    qsort(volumes, (size_t)n, sizeof(*volumes), by_name);
    table = virsh_table_new(details ? VIRSH_TITLES("Name", "Path", "Type", "Capacity", "Allocation")
                                    : VIRSH_TITLES("Name", "Path"));
    for (int i = 0; i < n; i++) {
        add_row(table, volumes[i], details);
        virStorageVolFree(volumes[i]);
    }
    virsh_table_print(vsh, table);
    free(volumes);
    return 0;
}

static int
run_vol_create(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call,
                                          { "prealloc-metadata", VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA },
                                          { "validate", VIR_STORAGE_VOL_CREATE_VALIDATE });
    VIRSH_AUTO(pool) virStoragePoolPtr pool = virsh_pool(vsh, call);
    VIRSH_AUTO(volume) virStorageVolPtr volume = NULL;
    VIR_AUTO_FREE char *xml = pool ? virsh_file(vsh, call, "file") : NULL;

    if (!xml)
        return -1;
    volume = virStorageVolCreateXML(pool, xml, flags);
    if (!volume)
        return virsh_error(vsh, "Failed to create vol from %s", virsh_text(call, "file"));
    virsh_print_extra(vsh, "Vol %s created from %s\n", virStorageVolGetName(volume),
                      virsh_text(call, "file"));
    return 0;
}

/* The document that the options of vol-create-as describe; caller frees. */
static char *
describe_volume(struct virsh *vsh, const struct virsh_call *call)
{
    const char *format = virsh_text(call, "format");
    unsigned long long capacity, allocation = 0;
    struct vir_buf buf = { 0 };

    if (virsh_scaled(vsh, call, "capacity", 1, ULLONG_MAX, &capacity) < 0 ||
        virsh_scaled(vsh, call, "allocation", 1, ULLONG_MAX, &allocation) < 0)
        return NULL;
    vir_buf_add(&buf, "<volume>\n  <name>");
    vir_buf_add_escaped(&buf, virsh_text(call, "name"));
    vir_buf_addf(&buf, "</name>\n  <capacity>%llu</capacity>\n", capacity);
    if (virsh_text(call, "allocation"))
        vir_buf_addf(&buf, "  <allocation>%llu</allocation>\n", allocation);
    if (format) {
        vir_buf_add(&buf, "  <target>\n    <format type='");
        vir_buf_add_escaped(&buf, format);
        vir_buf_add(&buf, "'/>\n  </target>\n");
    }
    vir_buf_add(&buf, "</volume>\n");
    return vir_buf_steal(&buf);
}

static int
run_vol_create_as(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call,
                                          { "prealloc-metadata", VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA });
    const char *name = virsh_text(call, "name");
    VIRSH_AUTO(pool) virStoragePoolPtr pool = virsh_pool(vsh, call);
    VIRSH_AUTO(volume) virStorageVolPtr volume = NULL;
    VIR_AUTO_FREE char *xml = pool ? describe_volume(vsh, call) : NULL;

    if (!xml)
        return -1;
    if (virsh_flag(call, "print-xml")) {
        virsh_print(vsh, "%s", xml);
        return 0;
    }
    volume = virStorageVolCreateXML(pool, xml, flags);
    if (!volume)
        return virsh_error(vsh, "Failed to create vol %s", name);
    virsh_print_extra(vsh, "Vol %s created\n", name);
    return 0;
}

static int
run_vol_delete(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call,
                                          { "delete-snapshots", VIR_STORAGE_VOL_DELETE_WITH_SNAPSHOTS });
    VIRSH_AUTO(volume) virStorageVolPtr volume = virsh_volume(vsh, call);

    if (!volume)
        return -1;
    if (virStorageVolDelete(volume, flags) < 0)
        return virsh_error(vsh, "Failed to delete vol %s", virsh_typed(call));
    virsh_print_extra(vsh, "Vol %s deleted\n", virsh_typed(call));
    return 0;
}

static int
run_vol_wipe(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const algorithms[] = {
        "zero", "nnsa", "dod", "bsi", "gutmann", "schneier", "pfitzner7", "pfitzner33", "random", "trim",
    };
    const char *algorithm = virsh_text(call, "algorithm");
    VIRSH_AUTO(volume) virStorageVolPtr volume = virsh_volume(vsh, call);
    unsigned int number = 0;

    if (!volume)
        return -1;
    while (algorithm && number < 10 && strcmp(algorithms[number], algorithm) != 0)
        number++;
    if (number == 10)
        return virsh_error(vsh, "Unsupported algorithm '%s'", algorithm);
    if ((algorithm ? virStorageVolWipePattern(volume, number, 0) : virStorageVolWipe(volume, 0)) < 0)
        return virsh_error(vsh, "Failed to wipe vol %s", virsh_typed(call));
    virsh_print_extra(vsh, "Vol %s wiped\n", virsh_typed(call));
    return 0;
}

#define OPTION_VOL { "vol", VIRSH_STRING, VIRSH_REQUIRED, "the volume: its name, key or path" }
#define OPTION_POOL { "pool", VIRSH_STRING, 0, "the pool that it is in: its name or uuid" }
#define OPTION_IN_POOL { "pool", VIRSH_STRING, VIRSH_REQUIRED, "the pool: its name or uuid" }

static const struct virsh_option vol_options[] = {
    OPTION_VOL, OPTION_POOL,
    VIRSH_OPTIONS_END
};

static const struct virsh_option name_options[] = {
    { "vol", VIRSH_STRING, VIRSH_REQUIRED, "the volume: its key or path" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option create_options[] = {
    OPTION_IN_POOL,
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the volume's document" },
    { "prealloc-metadata", VIRSH_BOOL, 0, "write its tables at once" },
    VIRSH_OPTION_VALIDATE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option create_as_options[] = {
    OPTION_IN_POOL,
    { "name", VIRSH_STRING, VIRSH_REQUIRED, "its name" },
    { "capacity", VIRSH_STRING, VIRSH_REQUIRED, "its size, with a unit (M, GiB, GB, ...) or in bytes" },
    { "allocation", VIRSH_STRING, 0, "how much of it is taken at once" },
    { "format", VIRSH_STRING, 0, "raw, qcow2, ..." },
    { "prealloc-metadata", VIRSH_BOOL, 0, "write its tables at once" },
    { "print-xml", VIRSH_BOOL, 0, "print the document instead" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option delete_options[] = {
    OPTION_VOL, OPTION_POOL,
    { "delete-snapshots", VIRSH_BOOL, 0, "its snapshots too" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option dumpxml_options[] = {
    OPTION_VOL, OPTION_POOL, VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

static const struct virsh_option info_options[] = {
    OPTION_VOL, OPTION_POOL,
    { "bytes", VIRSH_BOOL, 0, "sizes in bytes" },
    { "physical", VIRSH_BOOL, 0, "what it takes on the host instead of what is allocated" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option list_options[] = {
    OPTION_IN_POOL,
    { "details", VIRSH_BOOL, 0, "with types and sizes" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option pool_options[] = {
    OPTION_VOL,
    { "uuid", VIRSH_BOOL, 0, "its uuid instead of its name" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option wipe_options[] = {
    OPTION_VOL, OPTION_POOL,
    { "algorithm", VIRSH_STRING, 0, "what it is overwritten with (zero, random, trim, dod, ...)" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_volume_commands[] = {
    { "vol-create", "make a volume from a document", NULL, create_options, run_vol_create },
    { "vol-create-as", "make a volume as the options say", NULL, create_as_options, run_vol_create_as },
    { "vol-delete", "remove a volume and what is on it", NULL, delete_options, run_vol_delete },
    { "vol-dumpxml", "document of a volume", NULL, dumpxml_options, run_vol_dumpxml },
    { "vol-info", "what a volume is and takes", NULL, info_options, run_vol_info },
    { "vol-key", "key of a volume", NULL, vol_options, run_vol_key },
    { "vol-list", "list the volumes of a pool", NULL, list_options, run_vol_list },
    { "vol-name", "name of a volume", NULL, name_options, run_vol_name },
    { "vol-path", "path of a volume", NULL, vol_options, run_vol_path },
    { "vol-pool", "pool that a volume is in", NULL, pool_options, run_vol_pool },
    { "vol-wipe", "overwrite what is on a volume", NULL, wipe_options, run_vol_wipe },
    { .name = NULL }
};
