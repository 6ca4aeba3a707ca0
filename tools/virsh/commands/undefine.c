/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* undefine: taking a domain's definition away, and with it the volumes that only it used. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

/* A volume that goes with its domain. */
struct doomed {
    virStorageVolPtr volume;
    char *target, *source;
};

struct doomed_list { struct doomed *items; size_t n; };

static void
doomed_free(struct doomed_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        virStorageVolFree(list->items[i].volume);
        free(list->items[i].target);
        free(list->items[i].source);
    }
    free(list->items);
}

/* One of the words of --storage is this disk's target or source; the word is struck out. */
static bool
named_among(char **words, size_t n, const char *target, const char *source)
{
    for (size_t i = 0; i < n; i++) {
        if (words[i] && (strcmp(words[i], target) == 0 || strcmp(words[i], source) == 0)) {
            words[i] = NULL;
            return true;
        }
    }
    return false;
}

enum { TARGET, POOL, VOLUME, SOURCE, N_COLUMNS };

static virStorageVolPtr
find_volume(struct virsh *vsh, char *const *disk)
{
    VIRSH_AUTO(pool) virStoragePoolPtr pool = NULL;
    virStorageVolPtr volume = NULL;

    if (!*disk[POOL]) {
        volume = virStorageVolLookupByPath(vsh->conn, disk[SOURCE]);
    } else if ((pool = virStoragePoolLookupByName(vsh->conn, disk[POOL]))) {
        volume = virStorageVolLookupByName(pool, disk[VOLUME]);
    } else {
        virsh_error(vsh, "Storage pool '%s' for volume '%s' not found.", disk[POOL], disk[TARGET]);
        virsh_error_forget(vsh);
        return NULL;
    }
    virsh_error_forget(vsh);
    if (!volume) {
        virsh_error(vsh, "Storage volume '%s'(%s) is not managed by libvirt. Remove it manually.",
                    disk[TARGET], disk[SOURCE]);
    }
    return volume;
}

/* WORDS NULL: all disks. */
static void
collect(struct virsh *vsh, const struct virsh_rows *disks, char **words, size_t n_words,
        struct doomed_list *list)
{
    for (size_t i = 0; i < disks->n_rows; i++) {
        char **disk = disks->cells + i * N_COLUMNS;
        virStorageVolPtr volume;

        if (!*disk[SOURCE] || (words && !named_among(words, n_words, disk[TARGET], disk[SOURCE])))
            continue;
        volume = find_volume(vsh, disk);
        if (!volume)
            continue;
        list->items = vir_realloc_array(list->items, list->n + 1, sizeof(*list->items));
        list->items[list->n++] = (struct doomed){ volume, vir_strdup(disk[TARGET]),
                                                  vir_strdup(disk[SOURCE]) };
    }
}

/* Finds every volume before anything is done, so that a wrong name loses nothing. */
static int
find_doomed(struct virsh *vsh, const struct virsh_call *call, virDomainPtr dom, struct doomed_list *list)
{
    static const char *const columns[] = {
        [TARGET] = "string(target/@dev)",
        [POOL] = "string(source/@pool)",
        [VOLUME] = "string(source/@volume)",
        [SOURCE] = "string(source/@file|source/@dev|source/@dir|source/@name|source/@volume|source/@path)",
        NULL
    };
    VIR_AUTO_FREE char *text = vir_strdup(virsh_text(call, "storage"));
    VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(dom, VIR_DOMAIN_XML_INACTIVE);
    VIR_AUTO_FREE char **words = NULL;
    struct virsh_rows disks;
    char *state = NULL;
    size_t n = 0;
    int result = 0;

    if (!xml || virsh_xml_rows(vsh, xml, "/domain/devices/disk", columns, &disks) < 0)
        return -1;
    for (char *word = text ? strtok_r(text, ",", &state) : NULL; word; word = strtok_r(NULL, ",", &state)) {
        words = vir_realloc_array(words, n + 1, sizeof(*words));
        words[n++] = word;
    }
    collect(vsh, &disks, words, n, list);
    for (size_t i = 0; i < n; i++) {
        if (words[i])
            result = virsh_error(vsh, "Volume '%s' was not found in domain's definition.", words[i]);
    }
    virsh_rows_free(&disks);
    return result;
}

static int
remove_volume(struct virsh *vsh, const struct virsh_call *call, const struct doomed *doomed)
{
    const unsigned int flags = VIRSH_BITS(call,
        { "delete-storage-volume-snapshots", VIR_STORAGE_VOL_DELETE_WITH_SNAPSHOTS });

    if (virsh_flag(call, "wipe-storage")) {
        virsh_print(vsh, "Wiping volume '%s'(%s) ... ", doomed->target, doomed->source);
        fflush(stdout);
        if (virStorageVolWipe(doomed->volume, 0) < 0)
            return virsh_error(vsh, "Failed! Volume not removed.");
        virsh_print(vsh, "Done.\n");
    }
    if (virStorageVolDelete(doomed->volume, flags) < 0)
        return virsh_error(vsh, "Failed to remove storage volume '%s'(%s)", doomed->target, doomed->source);
    virsh_print_extra(vsh, "Volume '%s'(%s) removed.\n", doomed->target, doomed->source);
    return 0;
}

static int
check_options(struct virsh *vsh, const struct virsh_call *call)
{
    const bool named = virsh_flag(call, "storage"), all = virsh_flag(call, "remove-all-storage");

    if (virsh_exclusive(vsh, call, "nvram", "keep-nvram") < 0 ||
        virsh_exclusive(vsh, call, "tpm", "keep-tpm") < 0)
        return -1;
    if (virsh_flag(call, "delete-storage-volume-snapshots") && !all)
        return virsh_error(
            vsh, "Option --remove-all-storage is required by option --delete-storage-volume-snapshots");
    if (named && all)
        return virsh_error(vsh, "Specified both --storage and --remove-all-storage");
    if (virsh_flag(call, "wipe-storage") && !named && !all)
        return virsh_error(vsh, "'--wipe-storage' requires '--storage <string>' or '--remove-all-storage'");
    return 0;
}

/* The flags that say something about this domain: drivers refuse those that they do not know. */
static unsigned int
undefine_flags(struct virsh *vsh, const struct virsh_call *call, virDomainPtr dom)
{
    unsigned int flags = VIRSH_BITS(call,
        { "managed-save", VIR_DOMAIN_UNDEFINE_MANAGED_SAVE },
        { "snapshots-metadata", VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA },
        { "checkpoints-metadata", VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA },
        { "nvram", VIR_DOMAIN_UNDEFINE_NVRAM },
        { "keep-nvram", VIR_DOMAIN_UNDEFINE_KEEP_NVRAM },
        { "tpm", VIR_DOMAIN_UNDEFINE_TPM },
        { "keep-tpm", VIR_DOMAIN_UNDEFINE_KEEP_TPM });

    if (flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE && virDomainHasManagedSaveImage(dom, 0) <= 0)
        flags &= ~(unsigned int)VIR_DOMAIN_UNDEFINE_MANAGED_SAVE;
    if (flags & VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA && virDomainSnapshotNum(dom, 0) <= 0)
        flags &= ~(unsigned int)VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
    virsh_error_forget(vsh);
    return flags;
}

/* A driver that knows none of the flags has nothing for them to act on, but for firmware variables. */
static int
undefine(struct virsh *vsh, virDomainPtr dom, unsigned int flags)
{
    if (flags == 0)
        return virDomainUndefine(dom);
    if (virDomainUndefineFlags(dom, flags) == 0)
        return 0;
    if (flags & VIR_DOMAIN_UNDEFINE_NVRAM ||
        (vsh->error_code != VIR_ERR_NO_SUPPORT && vsh->error_code != VIR_ERR_INVALID_ARG))
        return -1;
    if (flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE && virDomainManagedSaveRemove(dom, 0) < 0)
        return -1;
    virsh_error_forget(vsh);
    return virDomainUndefine(dom);
}

static int
undefine_with(struct virsh *vsh, const struct virsh_call *call, virDomainPtr dom,
              const struct doomed_list *list)
{
    int result = 0;

    if (undefine(vsh, dom, undefine_flags(vsh, call, dom)) < 0)
        return virsh_error(vsh, "Failed to undefine domain '%s'", virsh_typed(call));
    virsh_print_extra(vsh, "Domain '%s' has been undefined\n", virsh_typed(call));
    for (size_t i = 0; i < list->n; i++) {
        if (remove_volume(vsh, call, &list->items[i]) < 0) {
            virsh_error_report(vsh);
            result = -1;
        }
    }
    return result;
}

static int
run_undefine(struct virsh *vsh, const struct virsh_call *call)
{
    const bool storage = virsh_flag(call, "storage") || virsh_flag(call, "remove-all-storage");
    struct doomed_list list = { 0 };
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    int result = 0;

    if (check_options(vsh, call) < 0 || !(dom = virsh_domain(vsh, call)))
        return -1;
    if (storage && virDomainIsActive(dom) != 0)
        return virsh_error(vsh, "Storage volume deletion is supported only on stopped domains");
    if (storage)
        result = find_doomed(vsh, call, dom, &list);
    if (result == 0)
        result = undefine_with(vsh, call, dom, &list);
    doomed_free(&list);
    return result;
}

static const struct virsh_option undefine_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "managed-save", VIRSH_BOOL, 0, "remove its saved state too" },
    { "storage", VIRSH_STRING, 0, "remove these volumes too: targets or sources of disks, parted by commas" },
    { "remove-all-storage", VIRSH_BOOL, 0, "remove all its volumes too (careful)" },
    { "delete-snapshots", VIRSH_ALIAS, 0, "delete-storage-volume-snapshots" },
    { "delete-storage-volume-snapshots", VIRSH_BOOL, 0, "remove the snapshots of these volumes too" },
    { "wipe-storage", VIRSH_BOOL, 0, "overwrite these volumes first" },
    { "snapshots-metadata", VIRSH_BOOL, 0, "forget its snapshots too" },
    { "checkpoints-metadata", VIRSH_BOOL, 0, "forget its checkpoints too" },
    { "nvram", VIRSH_BOOL, 0, "remove its firmware variables too" },
    { "keep-nvram", VIRSH_BOOL, 0, "keep its firmware variables" },
    { "tpm", VIRSH_BOOL, 0, "remove its TPM's state too" },
    { "keep-tpm", VIRSH_BOOL, 0, "keep its TPM's state" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_undefine_commands[] = {
    { "undefine", "remove the definition of a domain", "A running domain goes on and is gone when it ends.",
      undefine_options, run_undefine },
    { .name = NULL }
};
