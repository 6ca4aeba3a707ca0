/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens modules whose files were looked at.  What is in one counts only after its entry
 * was found to fit.  libltdl does the opening: with local scope, and for good, because
 * threads and callbacks may point into a module for ever.
 */
#include "loader.h"
#include "ask.h"
#include "error.h"
#include "host.h"
#include "module-file.h"
#include "private.h"

#include <ltdl.h>
#include <string.h>

#include "lock.h"

#define TABLE_BYTES_MAX 65536

/* ---- the entry ---- */

/* Tables are opaque here but for their sizes; they stand in a row behind `unload`. */
static int
tables_check(const struct vir_module *entry)
{
#define NAME(table) #table,
    static const char *const names[] = { VIR_TABLES(NAME) };
#undef NAME
    const void *tables[VIR_TABLE_STREAM];

    memcpy(tables, (const char *)entry + offsetof(struct vir_module, connect), sizeof(tables));
    for (unsigned int i = 0; i < VIR_TABLE_STREAM; i++) {
        uint32_t size;

        if (!tables[i])
            continue;
        memcpy(&size, tables[i], sizeof(size));
        if (size < 8 || size > TABLE_BYTES_MAX || (size - 8) % 16)
            return unfit("its table '%s' says that it has %u bytes, which cannot be", names[i], size);
    }
    return 0;
}

static int
entry_check(const struct vir_module *found, const char *name, uint32_t provides, struct vir_module *entry)
{
    if (!found)
        return unfit("it has no entry '" VIR_MODULE_SYMBOL "': it was built under another name", name);
    if (found->abi != VIR_MODULE_ABI)
        return unfit("its entry was built for driver ABI %u; this libvirt has driver ABI %u", found->abi,
                     VIR_MODULE_ABI);
    if (found->size < offsetof(struct vir_module, connect) + sizeof(entry->connect) || found->size > 4096)
        return unfit("its entry says that it has %u bytes; that of this libvirt has %zu", found->size,
                     sizeof(*entry));
    memcpy(entry, found, found->size < sizeof(*entry) ? found->size : sizeof(*entry));
    if (!entry->name || strcmp(entry->name, name))
        return unfit("the file is called '%s', but its entry has the name '%.64s'", name,
                     entry->name ? entry->name : "");
    if ((provides & VIR_PROVIDES_CONNECTION) && !entry->connect)
        return unfit("it provides connections but its entry has no table 'connect'");
    return tables_check(entry);
}

static int
call_load(const struct vir_module *entry, const struct vir_host *host)
{
    virErrorPtr error;

    virResetLastError();
    if (!entry->load || entry->load(host) >= 0)
        return 0;
    error = vir_error_take();
    if (!error)
        return unfit("its load() failed and did not say why");
    vir_raise(error->domain, error->code, "its load() failed: %s", vir_error_text(error));
    virFreeError(error);
    return -1;
}

int
vir_module_start(const struct vir_module *found, const char *name, uint32_t provides,
                 const struct vir_host *host, struct vir_module *ret_entry)
{
    struct vir_module entry = { 0 };

    if (entry_check(found, name, provides, &entry) < 0 || (host && call_load(&entry, host) < 0))
        return -1;
    *ret_entry = entry;
    return 0;
}

/* ---- opening ---- */

/* libltdl with local scope; it says "file not found" for whatever is wrong. */
static lt_dlhandle
open_local(const char *path)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;    /* libltdl is not thread-safe */
    static bool ready;
    lt_dladvise advise;
    lt_dlhandle handle = NULL;

    VIR_LOCKED(&lock);
    if (!ready && lt_dlinit() != 0)
        return NULL;
    ready = true;
    if (lt_dladvise_init(&advise) != 0)
        return NULL;
    if (lt_dladvise_local(&advise) == 0)
        handle = lt_dlopenadvise(path, advise);
    lt_dladvise_destroy(&advise);
    if (handle)
        lt_dlmakeresident(handle);
    return handle;
}

int
vir_module_map(const char *path, const char *name, const struct vir_module **ret_found)
{
    VIR_AUTO_FREE char *symbol = vir_strdup_printf(VIR_MODULE_SYMBOL, name);
    lt_dlhandle handle = open_local(path);

    if (!handle)                        /* a child may get the linker's own words */
        return vir_module_ask(path) < 0 ? -1 : unfit("it cannot be opened in this process");
    *ret_found = lt_dlsym(handle, symbol);
    return 0;
}
