/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens modules.  A file is opened only after it was found to be one that nobody else
 * can change; what is in it counts only after its entry was found to fit.  libltdl
 * does the opening: with local scope, and for good, because threads and callbacks may
 * point into a module for ever.
 */
#include "loader.h"
#include "ask.h"
#include "host.h"
#include "module-file.h"

#include <dlfcn.h>
#include <ltdl.h>
#include <string.h>

#define TABLE_BYTES_MAX 65536

_Static_assert(offsetof(struct vir_module, lxc) - offsetof(struct vir_module, connect) ==
               VIR_TABLE_LXC * sizeof(void *), "the tables of an entry in the order of enum vir_table");

/* ---- the entry ---- */

/* Tables are opaque here but for their sizes; they stand in a row behind `unload`. */
static int
tables_check(const struct vir_module *entry)
{
    const void *tables[VIR_TABLE_STREAM];

    memcpy(tables, (const char *)entry + offsetof(struct vir_module, connect), sizeof(tables));
    for (unsigned int i = 0; i < VIR_TABLE_STREAM; i++) {
        uint32_t size;

        if (!tables[i])
            continue;
        memcpy(&size, tables[i], sizeof(size));
        if (size < 8 || size > TABLE_BYTES_MAX || (size - 8) % 16)
            return unfit("its table %u of calls says that it has %u bytes, which cannot be", i, size);
    }
    if ((entry->provides & VIR_PROVIDES_CONNECTION) && !entry->connect)
        return unfit("its entry provides connections but has no connect table");
    if ((entry->provides & VIR_PROVIDES_CONNECTION) && (!entry->schemes || !entry->schemes[0]))
        return unfit("its entry provides connections but names no scheme");
    if (!entry->provides)
        return unfit("its entry provides nothing");
    return 0;
}

int
vir_module_entry_check(const struct vir_module *found, const char *name, struct vir_module *ret_entry)
{
    struct vir_module entry = { 0 };

    if (found->abi != VIR_MODULE_ABI)
        return unfit("it was built for driver ABI %u; this libvirt has driver ABI %u", found->abi,
                     VIR_MODULE_ABI);
    if (found->size < offsetof(struct vir_module, connect) + sizeof(entry.connect) || found->size > 4096)
        return unfit("its entry says that it has %u bytes; that of this libvirt has %zu", found->size,
                     sizeof(entry));
    memcpy(&entry, found, found->size < sizeof(entry) ? found->size : sizeof(entry));
    if (!entry.name || strcmp(entry.name, name))
        return unfit("the file is called '%s', but its entry has the name '%.64s'", name,
                     entry.name ? entry.name : "");
    if (tables_check(&entry) < 0)
        return -1;
    *ret_entry = entry;
    return 0;
}

static int
find_entry(const void *symbol, const char *name, struct vir_module *ret_entry)
{
    if (!symbol)
        return unfit("it has no entry 'vir_module_%s': no libvirt module, or built under another name", name);
    return vir_module_entry_check(symbol, name, ret_entry);
}

static int
call_load(const struct vir_module *entry, const struct vir_host *host)
{
    virErrorPtr error;

    virResetLastError();
    if (!entry->load || entry->load(host) >= 0)
        return 0;
    error = vir_error_take();
    unfit("its load() failed: %s", error && error->message ? error->message : "it did not say why");
    virFreeError(error);
    return -1;
}

/* ---- opening ---- */

/* libltdl with local scope; it says "file not found" for whatever is wrong. */
static lt_dlhandle
open_local(const char *path)
{
    static bool ready;
    lt_dladvise advise;
    lt_dlhandle handle = NULL;

    if (!ready && lt_dlinit() != 0)
        return NULL;
    ready = true;
    if (lt_dladvise_init(&advise) != 0)
        return NULL;
    if (lt_dladvise_local(&advise) == 0)
        handle = lt_dlopenadvise(path, advise);
    lt_dladvise_destroy(&advise);
    return handle;
}

/* Why libltdl could not open PATH, in the linker's words if a child can get them. */
static int
open_failed(const char *path, const char *name, const char *said)
{
    struct vir_module_report report = { 0 };

    if (vir_module_ask(path, name, &report) < 0)
        return -1;
    vir_module_report_clear(&report);
    return unfit("it cannot be opened here: %s", said ? said : "libltdl does not say why");
}

int
vir_module_open(const char *path, const char *name, struct vir_module *ret_entry, bool *ret_mapped)
{
    VIR_AUTO_FREE char *symbol = vir_strdup_printf("vir_module_%s", name);
    struct vir_module entry;
    lt_dlhandle handle;

    if (vir_module_file_check(path) < 0)
        return -1;
    handle = open_local(path);
    if (!handle)
        return open_failed(path, name, lt_dlerror());
    lt_dlmakeresident(handle);
    *ret_mapped = true;
    if (find_entry(lt_dlsym(handle, symbol), name, &entry) < 0 || call_load(&entry, vir_host()) < 0)
        return -1;
    *ret_entry = entry;
    return 0;
}

/* As ours, but all directories lie below ROOT: no guest is found again there,
 * and none is started. */
static void
trial_host(struct vir_host *host, const char *root)
{
    *host = *vir_host();
    host->config_dir = vir_strdup_printf("%s/config", root);
    host->state_dir = vir_strdup_printf("%s/state", root);
    host->data_dir = vir_strdup_printf("%s/data", root);
    host->cache_dir = vir_strdup_printf("%s/cache", root);
    host->log_dir = vir_strdup_printf("%s/log", root);
    host->inhibit = NULL;
}

int
vir_module_try(const char *path, const char *name, const char *root, struct vir_module *ret_entry)
{
    static struct vir_host host;        /* the module may keep the pointer */
    VIR_AUTO_FREE char *symbol = vir_strdup_printf("vir_module_%s", name);
    void *handle;

    if (vir_module_file_check(path) < 0)
        return -1;
    handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return unfit("the dynamic linker says: %s", dlerror());
    if (find_entry(dlsym(handle, symbol), name, ret_entry) < 0)
        return -1;
    if (!root)
        return 0;
    trial_host(&host, root);
    return call_load(ret_entry, &host);
}
