/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The registry of modules.  Each is known from its manifest, or from the note in its
 * file if it has none, and is opened when it is needed.  What is wrong with one costs
 * who needs it an error, and never the others.
 */
#define VIR_LOG_SOURCE "core.modules"
#include "registry.h"
#include "host.h"
#include "log.h"
#include "manifests.h"
#include "module-file.h"
#include "module-note.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ASKED_AT_ONCE 32

/* In the order in which they are asked; constant after the start. */
static struct VIR_VECTOR(, struct vir_driver *) drivers;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- what is there ---- */

static const struct vir_driver *
find_driver(const char *name)
{
    for (size_t i = 0; i < drivers.n; i++)
        if (!strcmp(drivers.items[i]->name, name))
            return drivers.items[i];
    return NULL;
}

/* A module that cannot be used, for the reason that is the thread's error, takes the URIs that
 * bear its name: who wants it is told why. */
static struct vir_driver *
new_refused(const char *file, const char *path)
{
    struct vir_manifest *manifest = vir_manifest_new(file);
    struct vir_driver *driver;

    manifest->module = vir_strndup(file, (size_t)(strrchr(file, '.') - file));
    manifest->provides = VIR_PROVIDES_CONNECTION;
    vir_vector_add(&manifest->schemes, vir_strdup(manifest->module));
    driver = vir_driver_new(manifest, path, false);
    vir_driver_refuse(driver);
    return driver;
}

/* The path of the module that a manifest names; NULL: it is not installed, and need not be. */
static char *
installed_path(const struct vir_manifest *manifest, const struct vir_words *files)
{
    VIR_AUTO_FREE char *file = vir_strdup_printf("%s.so", manifest->module);

    for (size_t i = 0; i < files->n; i++)
        if (!strcmp(files->items[i], file))
            return vir_path_join(vir_host_module_dir(), file);
    if (manifest->critical)
        return vir_path_join(vir_host_module_dir(), file);
    vir_info("module '%s' (%s) is not installed", manifest->module, manifest->path);
    return NULL;
}

/* Turns one manifest into a driver, if it can be one, and takes it over then. */
static void
add_manifest(struct vir_layers *layers, const struct vir_words *files)
{
    struct vir_manifest *manifest = layers->manifest;
    const struct vir_driver *same;
    VIR_AUTO_FREE char *path = NULL;

    if (layers->fault) {
        vir_error_restore(vir_steal(&layers->fault));
        vir_vector_add(&drivers, new_refused(manifest->file, manifest->file));
        return;
    }
    path = *manifest->module ? installed_path(manifest, files) : NULL;
    if (!path)
        return;                         /* switched off, or its package is not there */
    same = find_driver(manifest->module);
    if (!same)
        vir_vector_add(&drivers, vir_driver_new(vir_steal(&layers->manifest), path, true));
    else
        VIR_LOG_AT(vir_host()->daemon ? VIR_LOG_WARN : VIR_LOG_INFO,
                   "module manifest '%s' is not used: module '%s' has the manifest '%s' already",
                   manifest->path, manifest->module, same->manifest->path);
}

/* What the note in the module FILE says. */
static struct vir_driver *
new_noted(const char *file, const char *path)
{
    VIR_AUTO_FREE char *name = vir_strndup(file, (size_t)(strrchr(file, '.') - file));
    struct vir_manifest *manifest = vir_manifest_new(file);

    if (vir_module_read(path, name, manifest) == 0)
        return vir_driver_new(manifest, path, false);
    vir_manifest_free(manifest);
    return new_refused(file, path);
}

/* By priority; those with a manifest first; by name. */
static int
compare_rank(const void *a, const void *b)
{
    const struct vir_driver *one = *(struct vir_driver *const *)a, *other = *(struct vir_driver *const *)b;

    if (one->manifest->priority != other->manifest->priority)
        return other->manifest->priority - one->manifest->priority;
    if (one->has_manifest != other->has_manifest)
        return one->has_manifest ? -1 : 1;
    return strcmp(one->manifest->file, other->manifest->file);
}

static void
init_once(void)
{
    struct vir_words files = { 0 };
    struct vir_manifests all = { 0 };

    if (!vir_module_names(vir_host_module_dir(), ".so", &files))
        return;
    vir_manifests_read(&all);
    for (size_t i = 0; i < files.n; i++) {
        VIR_AUTO_FREE char *name = vir_strndup(files.items[i], strlen(files.items[i]) - strlen(".so"));
        VIR_AUTO_FREE char *path = vir_path_join(vir_host_module_dir(), files.items[i]);

        if (!vir_manifests_tell(&all, name))
            vir_vector_add(&drivers, new_noted(files.items[i], path));
    }
    for (size_t i = 0; i < all.n; i++)
        add_manifest(&all.items[i], &files);
    vir_manifests_clear(&all);
    vir_words_clear(&files);
    if (drivers.n)
        qsort(drivers.items, drivers.n, sizeof(*drivers.items), compare_rank);
}

void
vir_registry_init(void)
{
    VIR_LOG_HELD;

    pthread_once(&once, init_once);
}

/* ---- choosing ---- */

/* A scheme of DRIVER that an open module, asked before it, takes; NULL: none. */
static const char *
taken_scheme(const struct vir_driver *driver, const struct vir_driver **ret_taker)
{
    const struct vir_words *schemes = &driver->manifest->schemes;

    for (size_t i = 0; i < drivers.n && drivers.items[i] != driver; i++)
        for (size_t k = 0; k < schemes->n && vir_driver_is_open(drivers.items[i]); k++)
            if (vir_driver_takes(drivers.items[i], schemes->items[k])) {
                *ret_taker = drivers.items[i];
                return schemes->items[k];
            }
    return NULL;
}

/* Whether another module serves instead; says so. */
static bool
is_shadowed(const struct vir_driver *driver)
{
    const struct vir_driver *taker;
    const char *scheme = taken_scheme(driver, &taker);

    if (scheme)
        vir_warn("module '%s' (%s) is not used: module '%s' takes URIs '%s:' already", driver->name,
                 driver->path, taker->name, scheme);
    return scheme;
}

int
vir_registry_open(const char *scheme, const struct vir_driver **ret_driver)
{
    virErrorPtr error = NULL;

    for (size_t i = 0; i < drivers.n; i++) {
        const struct vir_driver *driver = drivers.items[i];

        if (!vir_driver_loads_here(driver) || !vir_driver_takes(driver, scheme))
            continue;
        if (vir_driver_open(driver) == 0) {
            virFreeError(error);
            virResetLastError();
            *ret_driver = driver;
            return 1;
        }
        if (error)
            virResetLastError();
        else
            error = vir_error_take();
    }
    if (!error)
        return 0;
    vir_error_restore(error);
    return -1;
}

static void *
ask_one(void *driver)
{
    vir_driver_ask(driver);
    return NULL;
}

/* Has children try all modules of this process, several at a time: a module that never returns
 * delays the others once. */
static void
ask_all(void)
{
    pthread_t threads[ASKED_AT_ONCE];

    for (size_t i = 0; i < drivers.n; ) {
        size_t n = 0;

        for (; i < drivers.n && n < ASKED_AT_ONCE; i++)
            if (vir_driver_loads_here(drivers.items[i]) &&
                pthread_create(&threads[n], NULL, ask_one, drivers.items[i]) == 0)
                n++;                    /* else it is asked when it is opened */
        while (n > 0)
            pthread_join(threads[--n], NULL);
    }
}

/* What is wrong costs a warning, not an error as well. */
static int
open_at_start(const struct vir_driver *driver)
{
    VIR_LOG_HELD;

    return vir_driver_open(driver);
}

int
vir_registry_open_all(void)
{
    vir_registry_init();
    ask_all();
    for (size_t i = 0; i < drivers.n; i++) {
        struct vir_driver *driver = drivers.items[i];

        if (!vir_driver_loads_here(driver) || is_shadowed(driver) || open_at_start(driver) == 0)
            continue;
        if (driver->manifest->critical) {
            vir_error_hint("the manifest '%s' says that it is critical", driver->manifest->path);
            return -1;
        }
        virResetLastError();
    }
    return 0;
}

void
vir_registry_unload(void)
{
    for (size_t i = drivers.n; i > 0; i--)
        vir_driver_unload(drivers.items[i - 1]);
}

/* A module with connections of its own has its families for these, unless they are nothing else: then a scheme
 * bears the family's name, as in secret:///system. */
static bool
serves_others(const struct vir_driver *driver, uint32_t provides)
{
    return !(driver->manifest->provides & VIR_PROVIDES_CONNECTION) ||
        vir_driver_takes(driver, vir_provides_name((unsigned int)__builtin_ctz(provides)));
}

const struct vir_driver *
vir_registry_provider(uint32_t provides, const struct vir_driver *last)
{
    bool behind = !last;

    for (size_t i = 0; i < drivers.n; i++) {
        const struct vir_driver *driver = drivers.items[i];

        if (behind && vir_driver_loads_here(driver) && (driver->manifest->provides & provides) &&
            serves_others(driver, provides))
            return driver;
        behind = behind || driver == last;
    }
    return NULL;
}

/* The system's default URI of MANIFEST, or a user's; NULL if it has none. */
static const char *
default_uri(const struct vir_manifest *manifest)
{
    size_t n = manifest->default_uri.n;

    return n ? manifest->default_uri.items[vir_host()->privileged ? 0 : n - 1] : NULL;
}

const char *
vir_registry_scheme_uri(const char *scheme)
{
    for (size_t i = 0; i < drivers.n; i++)
        if (vir_driver_takes(drivers.items[i], scheme))
            return default_uri(drivers.items[i]->manifest);
    return NULL;
}

const char *
vir_registry_default_uri(void)
{
    for (size_t i = 0; i < drivers.n; i++) {
        const struct vir_manifest *manifest = drivers.items[i]->manifest;

        for (size_t k = 0; manifest->default_uri.n && k < manifest->probe.n; k++)
            if (access(manifest->probe.items[k], F_OK) == 0)
                return default_uri(manifest);
    }
    return NULL;
}

/* ---- telling ---- */

static int
tell(const struct vir_driver *driver, vir_module_facts_fn each, void *opaque)
{
    const struct vir_manifest *manifest = driver->manifest;
    const struct vir_words *uris = &manifest->default_uri;
    struct vir_module_facts facts = {
        .name = driver->name,
        .path = driver->path,
        .manifest = driver->has_manifest ? manifest->path : NULL,
        .description = manifest->description,
        .schemes = (const char *const *)manifest->schemes.items,
        .abi = manifest->abi,
        .provides = manifest->provides,
        .load_in = (int)manifest->load_in,
        .priority = manifest->priority,
        .critical = manifest->critical,
        .probe = (const char *const *)manifest->probe.items,
        .default_uri = uris->n ? uris->items[0] : NULL,
        .default_user_uri = uris->n ? uris->items[uris->n - 1] : NULL,
    };

    return each(&facts, opaque);
}

int
vir_registry_list(vir_module_facts_fn each, void *opaque)
{
    vir_registry_init();
    for (size_t i = 0; i < drivers.n; i++) {
        if (drivers.items[i]->refusal)
            vir_driver_warn(drivers.items[i]);
        else if (tell(drivers.items[i], each, opaque) < 0)
            return -1;
    }
    return 0;
}

int
vir_registry_look(const char *path, const char *name, vir_module_facts_fn each, void *opaque)
{
    VIR_AUTO_FREE char *dir = vir_strndup(path, (size_t)(strrchr(path, '/') - path));
    struct vir_manifest *manifest = vir_manifest_new(name);
    struct vir_driver seen = { .name = (char *)name, .path = (char *)path, .manifest = manifest };
    int rc = strcmp(dir, vir_host_module_dir()) ? 0 : vir_module_dir_check(dir);

    if (rc == 0)
        rc = vir_module_look(path, name);
    if (rc == 0)
        rc = vir_module_read(path, name, manifest);
    if (rc == 0)
        rc = tell(&seen, each, opaque);
    vir_manifest_free(manifest);
    return rc;
}
