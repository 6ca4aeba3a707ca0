/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The emulators that are known, found and kept: in memory, and in the cache
 * directory for the next daemon.  An entry is never changed; when the program
 * on disk changes, a new entry takes its place and the old one stays for those
 * who hold it.
 */
#define VIR_LOG_SOURCE "qemu.capabilities"
#include "qemu.h"
#include "emulator/capabilities.h"
#include "emulator/failures.h"
#include "emulator/probe.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { MAX_CACHE_FILE = 4 * 1024 * 1024 };

struct entry {
    struct entry *next;
    struct qemu_emulator *emulator;
};

struct qemu_caps_store {
    struct vir_dir cache;
    pthread_mutex_t first;              /* held by who looks for the default emulators, the first time */
    bool looked;                        /* with FIRST */
    pthread_mutex_t lock;               /* for ENTRIES, held for moments */
    struct entry *entries;              /* newest first */
};

static const struct { const char *arch, *program; } defaults[] = {
    { "i686", "qemu-system-i386" },
    { "x86_64", "qemu-system-x86_64" },
};
enum { N_DEFAULTS = sizeof(defaults) / sizeof(defaults[0]) };

const char *
qemu_caps_host_arch(void)
{
    struct utsname host;

    uname(&host);
    return host.machine[0] == 'i' && strcmp(host.machine + 2, "86") == 0 ? "i686" : "x86_64";
}

/* ---- the cache on disk ----------------------------------------------------------- */

/* What the answers depend on: the program, and whether /dev/kvm can be used. */
static void
write_key(struct json_object *root, const char *path, const struct stat *sb)
{
    qmp_add(root, "path", qmp_new_string(path));
    qmp_add(root, "size", qmp_new_int(sb->st_size));
    qmp_add(root, "mtime", qmp_new_int(sb->st_mtim.tv_sec));
    qmp_add(root, "mtime-nsec", qmp_new_int(sb->st_mtim.tv_nsec));
    qmp_add(root, "kvm-device", qmp_new_bool(access("/dev/kvm", R_OK | W_OK) == 0));
}

static bool
key_matches(struct json_object *cached, const char *path, const struct stat *sb)
{
    struct json_object *wanted = qmp_new_object(), *value;
    bool same = true;

    write_key(wanted, path, sb);
    json_object_object_foreach(wanted, name, mine) {
        value = qmp_get(cached, name);
        same = same && value && json_object_equal(value, mine);
    }
    json_object_put(wanted);
    return same;
}

/* "qemu-system-x86_64.0123456789abcdef.json": the hash is of the whole path. */
static char *
cache_name(const char *path)
{
    const char *base = strrchr(path, '/');
    uint64_t hash = 14695981039346656037u;

    for (const char *c = path; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    return vir_strdup_printf("%.64s.%016" PRIx64 ".json", base ? base + 1 : path, hash);
}

static struct qemu_emulator *
read_cache(struct qemu_caps_store *store, const char *path, const struct stat *sb)
{
    VIR_AUTO_FREE char *name = cache_name(path);
    VIR_AUTO_FREE char *text = NULL;
    struct qemu_emulator *emulator = NULL;
    struct json_object *root;
    const char *why;
    size_t len;

    if (store->cache.fd < 0 || faccessat(store->cache.fd, name, F_OK, 0) < 0 ||
        vir_file_read(store->cache.fd, name, MAX_CACHE_FILE, &text, &len) < 0)
        return NULL;
    root = qmp_parse_object(text, len, &why);
    if (root && key_matches(root, path, sb))
        emulator = qemu_probe_read(root, path, sb);
    json_object_put(root);
    return emulator;
}

static void
write_cache(struct qemu_caps_store *store, struct json_object *root, const char *path, const struct stat *sb)
{
    VIR_AUTO_FREE char *name = cache_name(path);
    const char *text;

    write_key(root, path, sb);
    text = qmp_text(root, JSON_C_TO_STRING_PLAIN);
    if (store->cache.fd < 0 || vir_file_write(store->cache.fd, name, text, strlen(text), 0600) < 0)
        qemu_warn_error("an emulator's answers cannot be kept");
}

/* ---- finding ---------------------------------------------------------------------------- */

static bool
same_file(const struct stat *sb, off_t size, const struct timespec *mtime)
{
    return size == sb->st_size && mtime->tv_sec == sb->st_mtim.tv_sec && mtime->tv_nsec == sb->st_mtim.tv_nsec;
}

static struct qemu_emulator *
find_entry(struct qemu_caps_store *store, const char *path, const struct stat *sb)
{
    struct qemu_emulator *found = NULL;

    pthread_mutex_lock(&store->lock);
    for (struct entry *entry = store->entries; entry && !found; entry = entry->next) {
        struct qemu_emulator *e = entry->emulator;

        if (strcmp(e->path, path) == 0 && same_file(sb, e->size, &e->mtime))
            found = e;
    }
    pthread_mutex_unlock(&store->lock);
    return found;
}

static void
add_entry(struct qemu_caps_store *store, struct qemu_emulator *emulator)
{
    struct entry *entry = VIR_NEW(struct entry);

    entry->emulator = emulator;
    pthread_mutex_lock(&store->lock);
    entry->next = store->entries;
    store->entries = entry;
    pthread_mutex_unlock(&store->lock);
}

/* Asks the program itself. */
static struct qemu_emulator *
ask(struct qemu_caps_store *store, const char *path, const struct stat *sb)
{
    struct qemu_emulator *emulator;
    struct json_object *answers;

    if (qemu_failure_raise(path, sb))
        return NULL;
    answers = qemu_probe_ask(path);
    emulator = answers ? qemu_probe_read(answers, path, sb) : NULL;
    if (emulator)
        write_cache(store, answers, path, sb);
    else
        qemu_failure_note(path, sb);
    json_object_put(answers);
    return emulator;
}

const struct qemu_emulator *
qemu_caps_emulator_at(struct qemu_caps_store *store, const char *path)
{
    struct qemu_emulator *emulator;
    struct stat sb;

    if (path[0] != '/')
        return vir_error_null(VIR_ERR_XML_ERROR, "the emulator '%s' must be an absolute path", path);
    if (stat(path, &sb) < 0) {
        vir_error_errno(errno, "emulator '%s'", path);
        return NULL;
    }
    if (!S_ISREG(sb.st_mode) || access(path, X_OK) < 0)
        return vir_error_null(VIR_ERR_CONFIG_UNSUPPORTED,
                              "the emulator '%s' is not a program that can be run", path);
    emulator = find_entry(store, path, &sb);
    if (emulator)
        return emulator;
    emulator = read_cache(store, path, &sb);
    if (!emulator)
        emulator = ask(store, path, &sb);
    if (emulator)
        add_entry(store, emulator);
    return emulator;
}

/* Where the emulator of defaults[i] is; NULL: not installed. */
static char *
default_path(size_t i)
{
    static const char *const dirs[] = { "/usr/local/bin", "/usr/bin" };

    for (size_t d = 0; d < 2; d++) {
        char *path = vir_path_join(dirs[d], defaults[i].program);

        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

struct look {
    struct qemu_caps_store *store;
    char *path;
    pthread_t thread;
    bool started;
};

static void *
look_at(void *opaque)
{
    struct look *look = opaque;

    if (!qemu_caps_emulator_at(look->store, look->path))
        qemu_warn_error("an emulator is left out");
    return NULL;
}

/* All default emulators at once, each in its own thread, the first time only. */
static void
look_for_defaults(struct qemu_caps_store *store)
{
    struct look looks[N_DEFAULTS] = { 0 };

    pthread_mutex_lock(&store->first);
    for (size_t i = 0; i < N_DEFAULTS && !store->looked; i++) {
        looks[i].store = store;
        looks[i].path = default_path(i);
        looks[i].started = looks[i].path && pthread_create(&looks[i].thread, NULL, look_at, &looks[i]) == 0;
    }
    for (size_t i = 0; i < N_DEFAULTS; i++) {
        if (looks[i].started)
            pthread_join(looks[i].thread, NULL);
        free(looks[i].path);
    }
    store->looked = true;
    pthread_mutex_unlock(&store->first);
}

static const struct qemu_emulator *
default_emulator(struct qemu_caps_store *store, size_t i)
{
    VIR_AUTO_FREE char *path = default_path(i);

    if (!path) {
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                  "there is no emulator '%s' for the architecture '%s' on this host",
                  defaults[i].program, defaults[i].arch);
        vir_error_hint("install it (Debian: qemu-system-x86)");
        return NULL;
    }
    return qemu_caps_emulator_at(store, path);
}

const struct qemu_emulator *
qemu_caps_emulator(struct qemu_caps_store *store, const char *arch, const char *path)
{
    const struct qemu_emulator *emulator;
    size_t i = 0;

    while (i < N_DEFAULTS && strcmp(defaults[i].arch, arch) != 0)
        i++;
    if (i == N_DEFAULTS) {
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "guests of the architecture '%s'", arch);
        vir_error_hint("architectures of this driver are i686 and x86_64");
        return NULL;
    }
    if (!path)
        return default_emulator(store, i);
    emulator = qemu_caps_emulator_at(store, path);
    if (emulator && strcmp(emulator->arch, arch) != 0 && strcmp(arch, "i686") != 0)
        return vir_error_null(VIR_ERR_CONFIG_UNSUPPORTED, "the emulator '%s' is for '%s', not for '%s'",
                              path, emulator->arch, arch);
    return emulator;
}

const struct qemu_emulator *
qemu_caps_default(struct qemu_caps_store *store)
{
    const struct qemu_emulator *emulator = qemu_caps_emulator(store, qemu_caps_host_arch(), NULL);

    for (size_t i = 0; i < N_DEFAULTS && !emulator; i++)
        emulator = default_emulator(store, i);
    if (emulator)
        virFreeError(vir_error_take());
    return emulator;
}

const struct qemu_machine *
qemu_caps_machine(const struct qemu_emulator *emulator, const char *name)
{
    for (size_t i = 0; i < emulator->n_machines; i++) {
        const struct qemu_machine *machine = &emulator->machines[i];

        if (name ? strcmp(machine->name, name) == 0 || (machine->alias && strcmp(machine->alias, name) == 0)
                 : machine->is_default)
            return machine;
    }
    return NULL;
}

static int
compare_words(const void *wanted, const void *at)
{
    return strcmp(wanted, *(char *const *)at);
}

bool
qemu_emulator_word(char *const *words, size_t n, const char *word)
{
    return n && bsearch(word, words, n, sizeof(*words), compare_words) != NULL;
}

bool
qemu_emulator_makes(const struct qemu_emulator *emulator, const char *type)
{
    return qemu_emulator_word(emulator->types, emulator->n_types, type);
}

bool
qemu_emulator_shows(const struct qemu_emulator *emulator, const char *display)
{
    return qemu_emulator_word(emulator->displays, emulator->n_displays, display);
}

size_t
qemu_caps_all(struct qemu_caps_store *store, const struct qemu_emulator **ret, size_t max)
{
    size_t n = 0;

    look_for_defaults(store);
    for (size_t i = 0; i < N_DEFAULTS && n < max; i++) {
        VIR_AUTO_FREE char *path = default_path(i);
        const struct qemu_emulator *emulator = path ? qemu_caps_emulator_at(store, path) : NULL;

        if (emulator)
            ret[n++] = emulator;
    }
    virFreeError(vir_error_take());
    return n;
}

/* ---- life ----------------------------------------------------------------------------------- */

struct qemu_caps_store *
qemu_caps_new(const char *cache_dir)
{
    struct qemu_caps_store *store = VIR_NEW(struct qemu_caps_store);

    pthread_mutex_init(&store->first, NULL);
    pthread_mutex_init(&store->lock, NULL);
    if (vir_dir_enter(&store->cache, cache_dir, "qemu/capabilities", 0700) < 0)
        qemu_warn_error("emulators are asked anew each time");
    return store;
}

struct qemu_caps_store *
qemu_caps_free(struct qemu_caps_store *store)
{
    if (!store)
        return NULL;
    while (store->entries) {
        struct entry *entry = store->entries;

        store->entries = entry->next;
        qemu_emulator_free(entry->emulator);
        free(entry);
    }
    qemu_failures_forget();
    vir_dir_leave(&store->cache);
    pthread_mutex_destroy(&store->first);
    pthread_mutex_destroy(&store->lock);
    free(store);
    return NULL;
}
