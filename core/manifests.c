/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the manifests of an installation: packages have one directory, the
 * administrator another, and files of the same name are merged.
 */
#include "manifests.h"
#include "host.h"
#include "module-file.h"

#include <stdlib.h>
#include <string.h>

static struct vir_layers *
layers_of(struct vir_manifests *all, const char *file)
{
    for (size_t i = 0; i < all->n; i++)
        if (!strcmp(all->items[i].manifest->file, file))
            return &all->items[i];
    vir_vector_add(all, ((struct vir_layers){ .manifest = vir_manifest_new(file) }));
    return &all->items[all->n - 1];
}

/* One more layer.  One that reads well makes up for a lower one that does not. */
static void
read_layer(struct vir_manifests *all, const char *dir, const char *file)
{
    VIR_AUTO_FREE char *path = vir_path_join(dir, file);
    VIR_AUTO_FREE char *text = NULL;
    struct vir_layers *layers = layers_of(all, file);
    size_t len;

    virFreeError(vir_steal(&layers->fault));
    if (vir_file_read_path(path, VIR_MANIFEST_MAX, &text, &len) == 0 &&
        vir_manifest_read(layers->manifest, text, len, path) == 0)
        return;
    layers->fault = vir_error_take();
    vir_manifest_free(layers->manifest);
    layers->manifest = vir_manifest_new(file);
}

static int
compare_files(const void *a, const void *b)
{
    return strcmp(((const struct vir_layers *)a)->manifest->file, ((const struct vir_layers *)b)->manifest->file);
}

void
vir_manifests_read(struct vir_manifests *all)
{
    for (const char *const *dir = vir_host_manifest_dirs(); *dir; dir++) {
        struct vir_words names = { 0 };

        vir_module_names(*dir, ".module", &names);
        for (size_t i = 0; i < names.n; i++)
            read_layer(all, *dir, names.items[i]);
        vir_words_clear(&names);
    }
    if (all->n)
        qsort(all->items, all->n, sizeof(*all->items), compare_files);
    for (size_t i = 0; i < all->n; i++)
        if (!all->items[i].fault && vir_manifest_check(all->items[i].manifest) < 0)
            all->items[i].fault = vir_error_take();
}

void
vir_manifests_clear(struct vir_manifests *all)
{
    for (size_t i = 0; i < all->n; i++) {
        vir_manifest_free(all->items[i].manifest);
        virFreeError(all->items[i].fault);
    }
    vir_vector_clear(all);
}

/* Whether FILE is called NAME.module. */
static bool
is_of(const char *file, const char *name)
{
    size_t len = strlen(name);

    return !strncmp(file, name, len) && !strcmp(file + len, ".module");
}

bool
vir_manifests_tell(const struct vir_manifests *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct vir_manifest *manifest = all->items[i].manifest;

        if (is_of(manifest->file, name) || (manifest->module && !strcmp(manifest->module, name)))
            return true;
    }
    return false;
}
