/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The registry of modules.  A module with a manifest is known from it and is
 * opened when it is needed; a module without one is asked at once, by a child
 * process.  Whatever is wrong with one of them costs one warning, never the
 * others.
 */
#define VIR_LOG_SOURCE "core.modules"
#include "registry.h"
#include "ask.h"
#include "error.h"
#include "host.h"
#include "loader.h"
#include "log.h"
#include "module-file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lock.h"

static struct {
    pthread_mutex_t lock;               /* opening: libltdl is not thread-safe */
    struct VIR_VECTOR(, struct vir_driver *) drivers;   /* in order of priority; constant after the start */
} registry = { .lock = PTHREAD_MUTEX_INITIALIZER };

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The thread's error without the phrase of its code, which says nothing here. */
static const char *
reason(void)
{
    const char *phrase = vir_error_phrase(virGetLastErrorCode());
    const char *text = virGetLastErrorMessage();
    size_t len = phrase ? strlen(phrase) : 0;

    return len && !strncmp(text, phrase, len) && !strncmp(text + len, ": ", 2) ? text + len + 2 : text;
}

/* One warning from the thread's error, which ends here. */
#define warn_error(fmt, ...)                                                  \
    do {                                                                      \
        vir_warn(fmt ": %s", ##__VA_ARGS__, reason());                        \
        virResetLastError();                                                  \
    } while (0)

static uint32_t
this_process(void)
{
    return vir_host()->daemon ? VIR_LOAD_IN_DAEMON : VIR_LOAD_IN_CLIENT;
}

/* ---- names in directories ---- */

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_name(struct vir_words *names, const char *name, const char *suffix)
{
    size_t len = strlen(name), suffix_len = strlen(suffix);

    if (name[0] != '.' && len > suffix_len && !strcmp(name + len - suffix_len, suffix))
        vir_vector_add(names, vir_strdup(name));
}

/* The names in DIR that end in SUFFIX, sorted; false if it is not there.  Without readdir(3),
 * whose 32 KiB of heap cost every start more than the reading. */
static bool
list_names(const char *dir, const char *suffix, struct vir_words *names)
{
    VIR_AUTO_CLOSE int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _Alignas(struct dirent64) char entries[2048];
    ssize_t n;

    if (fd < 0)
        return false;
    while ((n = getdents64(fd, entries, sizeof(entries))) > 0) {
        for (ssize_t at = 0; at < n; ) {
            const struct dirent64 *entry = (const void *)(entries + at);

            add_name(names, entry->d_name, suffix);
            at += entry->d_reclen;
        }
    }
    if (names->n)
        qsort(names->items, names->n, sizeof(*names->items), compare_names);
    return true;
}

/* ---- the module directory ---- */

/* Why no file in it may be opened, NULL: they may.  Looked at when there is the first to
 * open, and said once.  Called at the start or with the lock. */
static const char *
directory_fault(void)
{
    static bool looked;
    static char *fault;

    if (!looked && vir_module_dir_check(vir_host_module_dir()) < 0) {
        fault = vir_strdup(reason());
        warn_error("no module is used");
    }
    looked = true;
    return fault;
}

/* ---- manifests ---- */

struct VIR_VECTOR(manifests, struct vir_manifest *);

static struct vir_manifest **
find_manifest(struct manifests *all, const char *file)
{
    for (size_t i = 0; i < all->n; i++)
        if (!strcmp(all->items[i]->file, file))
            return &all->items[i];
    return NULL;
}

static void
read_manifest(struct manifests *all, const char *dir, const char *file)
{
    VIR_AUTO_FREE char *path = vir_path_join(dir, file);
    VIR_AUTO_FREE char *text = NULL;
    struct vir_manifest **slot = find_manifest(all, file);
    size_t len;

    if (!slot) {
        vir_vector_add(all, vir_manifest_new(file));
        slot = &all->items[all->n - 1];
    }
    if (vir_file_read_path(path, VIR_MANIFEST_MAX, &text, &len) == 0 &&
        vir_manifest_read(*slot, text, len, path) == 0)
        return;
    warn_error("module manifest '%s' is not used", path);
    /* A later layer that reads well makes up for it. */
    vir_manifest_free(*slot);
    *slot = vir_manifest_new(file);
}

static int
compare_files(const void *a, const void *b)
{
    return strcmp((*(struct vir_manifest *const *)a)->file, (*(struct vir_manifest *const *)b)->file);
}

/* All layers, merged, in the order of the files' names. */
static void
read_manifests(struct manifests *all)
{
    for (const char *const *dir = vir_host_manifest_dirs(); *dir; dir++) {
        struct vir_words names = { 0 };

        list_names(*dir, ".module", &names);
        for (size_t i = 0; i < names.n; i++)
            read_manifest(all, *dir, names.items[i]);
        vir_words_clear(&names);
    }
    if (all->n)
        qsort(all->items, all->n, sizeof(*all->items), compare_files);
}

/* ---- drivers ---- */

static struct vir_driver *
find_driver(const char *name)
{
    for (size_t i = 0; i < registry.drivers.n; i++)
        if (!strcmp(registry.drivers.items[i]->name, name))
            return registry.drivers.items[i];
    return NULL;
}

static bool
takes_scheme(const struct vir_driver *driver, const char *scheme)
{
    for (size_t i = 0; i < driver->manifest->schemes.n; i++)
        if (!strcmp(driver->manifest->schemes.items[i], scheme))
            return true;
    return false;
}

/* The driver that has one of the schemes of MANIFEST in the same processes. */
static const struct vir_driver *
find_rival(const struct vir_manifest *manifest, const char **ret_scheme)
{
    for (size_t i = 0; i < registry.drivers.n; i++)
        for (size_t k = 0; k < manifest->schemes.n; k++)
            if ((registry.drivers.items[i]->manifest->load_in & manifest->load_in) &&
                takes_scheme(registry.drivers.items[i], manifest->schemes.items[k])) {
                *ret_scheme = manifest->schemes.items[k];
                return registry.drivers.items[i];
            }
    return NULL;
}

/* Whether FILE is called NAME with SUFFIX. */
static bool
is_called(const char *file, const char *name, const char *suffix)
{
    size_t len = strlen(name);

    return !strncmp(file, name, len) && !strcmp(file + len, suffix);
}

/* The path of the module that a manifest names; NULL: it is not installed, and need not be. */
static char *
installed_path(const struct vir_manifest *manifest, const struct vir_words *files)
{
    for (size_t i = 0; i < files->n; i++)
        if (is_called(files->items[i], manifest->module, ".so"))
            return vir_path_join(vir_host_module_dir(), files->items[i]);
    if (manifest->critical)
        return vir_strdup_printf("%s/%s.so", vir_host_module_dir(), manifest->module);
    vir_info("module '%s' (%s) is not installed", manifest->module, manifest->path);
    return NULL;
}

/* The new driver takes over MANIFEST; -1 (after a warning) leaves it to the caller. */
static int
add_driver(struct vir_manifest *manifest, const char *path, bool has_manifest)
{
    const struct vir_driver *rival;
    struct vir_driver *driver;
    const char *scheme;

    rival = find_driver(manifest->module);
    if (rival) {
        vir_warn("module manifest '%s' is not used: module '%s' has the manifest '%s' already",
                 manifest->path, manifest->module, rival->manifest->path);
        return -1;
    }
    rival = find_rival(manifest, &scheme);
    if (rival) {
        vir_warn("module '%s' (%s) is not used: module '%s' takes URIs '%s:' already", manifest->module,
                 manifest->path, rival->name, scheme);
        return -1;
    }
    driver = VIR_NEW(struct vir_driver);
    driver->name = vir_strdup(manifest->module);
    driver->path = vir_strdup(path);
    driver->manifest = manifest;
    driver->has_manifest = has_manifest;
    vir_vector_add(&registry.drivers, driver);
    return 0;
}

/* What the module FILE, which has no manifest, says about itself. */
static void
add_asked(const char *file, const char *name)
{
    VIR_AUTO_FREE char *path = vir_path_join(vir_host_module_dir(), file);
    struct vir_module_report report = { 0 };
    struct vir_manifest *manifest;
    VIR_AUTO_FREE char *text = NULL;

    if (!vir_module_name_ok(name)) {
        vir_warn("module file '%s' is not used: '%s' cannot be the name of a module", path, file);
        return;
    }
    if (vir_module_ask(path, name, &report) < 0) {
        warn_error("module '%s' (%s) is not used", name, path);
        return;
    }
    text = vir_strdup_printf("module: %s\nprovides: %s\nschemes: %s\n", name,
                             report.provides ? report.provides : "", report.schemes ? report.schemes : "");
    manifest = vir_manifest_new(file);
    if (vir_manifest_read(manifest, text, strlen(text), path) < 0 || vir_manifest_check(manifest) < 0) {
        warn_error("module '%s' is not used", name);
        vir_manifest_free(manifest);
    } else if (add_driver(manifest, path, false) < 0) {
        vir_manifest_free(manifest);
    }
    vir_module_report_clear(&report);
}

/* Whether a manifest speaks of the module: by naming it, or by its own file name
 * (switched off with an empty name, or not readable). */
static bool
has_manifest(const struct manifests *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++)
        if (is_called(all->items[i]->file, name, ".module") ||
            (all->items[i]->module && !strcmp(all->items[i]->module, name)))
            return true;
    return false;
}

/* Those of FILES that have no manifest. */
static void
ask_others(const struct manifests *all, const struct vir_words *files)
{
    for (size_t i = 0; i < files->n; i++) {
        VIR_AUTO_FREE char *name = vir_strndup(files->items[i], strlen(files->items[i]) - strlen(".so"));

        if (!has_manifest(all, name) && !directory_fault())
            add_asked(files->items[i], name);
    }
}

static int
compare_priority(const void *a, const void *b)
{
    const struct vir_driver *one = *(struct vir_driver *const *)a, *other = *(struct vir_driver *const *)b;

    if (one->manifest->priority != other->manifest->priority)
        return other->manifest->priority - one->manifest->priority;
    return strcmp(one->name, other->name);
}

/* Turns one manifest into a driver, if it can be one. */
static int
use_manifest(struct vir_manifest *manifest, const struct vir_words *files)
{
    VIR_AUTO_FREE char *path = NULL;

    if (!manifest->path)
        return -1;                      /* the warning was given */
    if (vir_manifest_check(manifest) < 0) {
        warn_error("module manifest is not used");
        return -1;
    }
    path = *manifest->module ? installed_path(manifest, files) : NULL;
    if (!path)
        return -1;                      /* switched off, or its package is not there */
    return add_driver(manifest, path, true);
}

static void
init_once(void)
{
    struct vir_words files = { 0 };
    struct manifests all = { 0 };
    struct manifests rest = { 0 };

    if (!list_names(vir_host_module_dir(), ".so", &files))
        return;
    read_manifests(&all);
    for (size_t i = 0; i < all.n; i++)
        if (use_manifest(all.items[i], &files) < 0)
            vir_vector_add(&rest, all.items[i]);
    ask_others(&all, &files);
    for (size_t i = 0; i < rest.n; i++)
        vir_manifest_free(rest.items[i]);
    vir_vector_clear(&rest);
    vir_vector_clear(&all);
    vir_words_clear(&files);
    if (registry.drivers.n)
        qsort(registry.drivers.items, registry.drivers.n, sizeof(*registry.drivers.items), compare_priority);
    virResetLastError();
}

void
vir_registry_init(void)
{
    VIR_LOG_HELD;

    pthread_once(&once, init_once);
}

/* ---- opening ---- */

static void
set_refused(struct vir_driver *driver, const char *why)
{
    free(driver->refusal);
    driver->refusal = vir_strdup(why);
    __atomic_store_n(&driver->state, VIR_DRIVER_REFUSED, __ATOMIC_RELEASE);
}

/* Gives the module up, for the reason that is the thread's error. */
static void
refuse_driver(struct vir_driver *driver)
{
    set_refused(driver, reason());
    warn_error("module '%s' (%s) is not used", driver->name, driver->path);
}

/* The daemon must not die from a module: a child tries each before we do. */
static int
ask_first(const struct vir_driver *driver)
{
    struct vir_module_report report = { 0 };

    if (!vir_host()->daemon)
        return 0;
    if (vir_module_ask(driver->path, driver->name, &report) < 0)
        return -1;
    vir_module_report_clear(&report);
    return 0;
}

/* Called with the lock. */
static void
open_driver(struct vir_driver *driver)
{
    VIR_AUTO_FREE char *file = vir_module_identity(driver->path);
    bool mapped = false;

    if (directory_fault()) {
        set_refused(driver, directory_fault());
        return;
    }
    if (driver->manifest->abi != VIR_MODULE_ABI) {
        vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED,
                  "its manifest says driver ABI %u; this libvirt has driver ABI %u",
                  driver->manifest->abi, VIR_MODULE_ABI);
    } else if (ask_first(driver) < 0 ||
               vir_module_open(driver->path, driver->name, &driver->entry, &mapped) < 0) {
        if (!mapped)                    /* else its code stays in this process, whatever the file is */
            driver->refused_file = file ? vir_steal(&file) : vir_strdup("");
    } else {
        __atomic_store_n(&driver->state, VIR_DRIVER_OPEN, __ATOMIC_RELEASE);
        vir_info("module '%s' opened from '%s'", driver->name, driver->path);
        return;
    }
    refuse_driver(driver);
}

/* Whether there is another file now than the one that was refused.  Called with the lock. */
static bool
is_repaired(struct vir_driver *driver)
{
    VIR_AUTO_FREE char *file = driver->refused_file ? vir_module_identity(driver->path) : NULL;

    if (!file || !strcmp(file, driver->refused_file))
        return false;
    free(vir_steal(&driver->refused_file));
    return true;
}

static int
raise_refusal(const struct vir_driver *driver)
{
    vir_raise(VIR_FROM_NONE, VIR_ERR_NO_CONNECT, "this connection: module '%s' cannot be used: %s",
              driver->name, driver->refusal);
    if (driver->refused_file)
        vir_error_hint("it is tried again when another file is in its place");
    else if (vir_host()->daemon)
        vir_error_hint("libvirtd tries it again when it is started anew");
    return -1;
}

int
vir_driver_open(const struct vir_driver *known)
{
    struct vir_driver *driver = (struct vir_driver *)known;

    if (__atomic_load_n(&driver->state, __ATOMIC_ACQUIRE) == VIR_DRIVER_OPEN)
        return 0;
    VIR_LOCKED(&registry.lock);
    if (driver->state == VIR_DRIVER_KNOWN || (driver->state == VIR_DRIVER_REFUSED && is_repaired(driver))) {
        VIR_LOG_HELD;

        open_driver(driver);
    }
    return driver->state == VIR_DRIVER_OPEN ? 0 : raise_refusal(driver);
}

static bool
loads_here(const struct vir_driver *driver)
{
    return driver->manifest->load_in & this_process();
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
    for (size_t i = 0; i < registry.drivers.n; i++) {
        struct vir_driver *driver = registry.drivers.items[i];

        if (!loads_here(driver) || open_at_start(driver) == 0)
            continue;
        if (driver->manifest->critical)
            return vir_raise(VIR_FROM_NONE, VIR_ERR_NO_CONNECT,
                             "module '%s', which is critical, cannot be used: %s", driver->name,
                             driver->refusal);
        virResetLastError();
    }
    return 0;
}

void
vir_registry_unload(void)
{
    for (size_t i = registry.drivers.n; i > 0; i--) {
        struct vir_driver *driver = registry.drivers.items[i - 1];

        if (driver->state == VIR_DRIVER_OPEN && driver->entry.unload)
            driver->entry.unload();
        free(vir_steal(&driver->refused_file));
        set_refused(driver, "the daemon ends");
    }
}

/* ---- choosing ---- */

const struct vir_driver *
vir_registry_by_scheme(const char *scheme)
{
    for (size_t i = 0; i < registry.drivers.n; i++) {
        const struct vir_driver *driver = registry.drivers.items[i];

        if (loads_here(driver) && takes_scheme(driver, scheme))
            return driver;
    }
    return NULL;
}

const struct vir_driver *
vir_registry_provider(uint32_t provides, const struct vir_driver *last)
{
    bool behind = !last;

    for (size_t i = 0; i < registry.drivers.n; i++) {
        const struct vir_driver *driver = registry.drivers.items[i];

        if (behind && loads_here(driver) && (driver->manifest->provides & provides) &&
            !(driver->manifest->provides & VIR_PROVIDES_CONNECTION))
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
    for (size_t i = 0; i < registry.drivers.n; i++)
        if (takes_scheme(registry.drivers.items[i], scheme))
            return default_uri(registry.drivers.items[i]->manifest);
    return NULL;
}

const char *
vir_registry_default_uri(void)
{
    for (size_t i = 0; i < registry.drivers.n; i++) {
        const struct vir_manifest *manifest = registry.drivers.items[i]->manifest;

        for (size_t k = 0; manifest->default_uri.n && k < manifest->probe.n; k++)
            if (access(manifest->probe.items[k], F_OK) == 0)
                return default_uri(manifest);
    }
    return NULL;
}

/* ---- telling ---- */

int
vir_registry_list(int (*each)(const struct vir_module_facts *facts, void *opaque), void *opaque)
{
    vir_registry_init();
    for (size_t i = 0; i < registry.drivers.n; i++) {
        const struct vir_driver *driver = registry.drivers.items[i];
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

        if (each(&facts, opaque) < 0)
            return -1;
    }
    return 0;
}
