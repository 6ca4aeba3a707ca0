/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* undefine: taking a domain's definition away, and with it the volumes that only it used. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rows/undefine.h"

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
find_volume(struct shell *vsh, char *const *disk)
{
    virStorageVolPtr volume = NULL;
    virStoragePoolPtr pool;

    if (!*disk[POOL]) {
        volume = virStorageVolLookupByPath(vsh->conn, disk[SOURCE]);
    } else if ((pool = virStoragePoolLookupByName(vsh->conn, disk[POOL]))) {
        volume = virStorageVolLookupByName(pool, disk[VOLUME]);
        virStoragePoolFree(pool);
    } else {
        shell_error(vsh, "Storage pool '%s' for volume '%s' not found.", disk[POOL], disk[TARGET]);
        shell_error_forget(vsh);
        return NULL;
    }
    shell_error_forget(vsh);
    if (!volume) {
        shell_error(vsh, "Storage volume '%s'(%s) is not managed by libvirt. Remove it manually.",
                    disk[TARGET], disk[SOURCE]);
    }
    return volume;
}

/* WORDS NULL: all disks. */
static void
collect(struct shell *vsh, const struct virsh_rows *disks, char **words, size_t n_words,
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
find_doomed(struct shell *vsh, const struct undefine_args *args, struct doomed_list *list)
{
    static const char *const columns[] = {
        [TARGET] = "string(target/@dev)",
        [POOL] = "string(source/@pool)",
        [VOLUME] = "string(source/@volume)",
        [SOURCE] = "string(source/@file|source/@dev|source/@dir|source/@name|source/@volume|source/@path)",
        NULL
    };
    VIR_AUTO_FREE char *text = vir_strdup(args->storage);
    VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(args->domain, VIR_DOMAIN_XML_INACTIVE);
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
            result = shell_error(vsh, "Volume '%s' was not found in domain's definition.", words[i]);
    }
    virsh_rows_free(&disks);
    return result;
}

static int
remove_volume(struct shell *vsh, const struct undefine_args *args, const struct doomed *doomed)
{
    if (args->wipe_storage) {
        shell_print(vsh, "Wiping volume '%s'(%s) ... ", doomed->target, doomed->source);
        fflush(stdout);
        if (virStorageVolWipe(doomed->volume, 0) < 0)
            return shell_error(vsh, "Failed! Volume not removed.");
        shell_print(vsh, "Done.\n");
    }
    if (virStorageVolDelete(doomed->volume, args->delete_flags) < 0)
        return shell_error(vsh, "Failed to remove storage volume '%s'(%s)", doomed->target, doomed->source);
    shell_print_extra(vsh, "Volume '%s'(%s) removed.\n", doomed->target, doomed->source);
    return 0;
}

static bool
has_saved_image(struct shell *vsh, virDomainPtr dom)
{
    const bool has = virDomainHasManagedSaveImage(dom, 0) > 0;

    shell_error_forget(vsh);
    return has;
}

/* The flags that say something about this domain: drivers refuse those that they do not know. */
static unsigned int
undefine_flags(struct shell *vsh, virDomainPtr dom, unsigned int flags)
{
    if (flags & VIR_DOMAIN_UNDEFINE_MANAGED_SAVE && !has_saved_image(vsh, dom))
        flags &= ~(unsigned int)VIR_DOMAIN_UNDEFINE_MANAGED_SAVE;
    if (flags & VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA && virDomainSnapshotNum(dom, 0) <= 0)
        flags &= ~(unsigned int)VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
    shell_error_forget(vsh);
    return flags;
}

/* A driver that knows none of the flags has nothing for them to act on, but for firmware variables. */
static int
undefine(struct shell *vsh, virDomainPtr dom, unsigned int flags)
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
    shell_error_forget(vsh);
    return virDomainUndefine(dom);
}

static int
undefine_with(struct shell *vsh, const struct undefine_args *args, const struct doomed_list *list)
{
    const unsigned int flags = undefine_flags(vsh, args->domain, args->flags);
    int result = 0;

    if (flags == 0 && has_saved_image(vsh, args->domain))
        return shell_error(vsh, "Refusing to undefine while domain managed save image exists");
    if (undefine(vsh, args->domain, flags) < 0)
        return shell_error(vsh, "Failed to undefine domain '%s'", args->domain_text);
    shell_print_extra(vsh, "Domain '%s' has been undefined\n", args->domain_text);
    for (size_t i = 0; i < list->n; i++) {
        if (remove_volume(vsh, args, &list->items[i]) < 0) {
            shell_error_report(vsh);
            result = -1;
        }
    }
    return result;
}

int
run_undefine(struct shell *vsh, const struct undefine_args *args)
{
    const bool storage = args->storage || args->remove_all_storage;
    struct doomed_list list = { 0 };
    int result = 0;

    if (storage && virDomainIsActive(args->domain) != 0)
        return shell_error(vsh, "Storage volume deletion is supported only on stopped domains");
    if (storage)
        result = find_doomed(vsh, args, &list);
    if (result == 0)
        result = undefine_with(vsh, args, &list);
    doomed_free(&list);
    return result;
}
