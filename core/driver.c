/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opens one module when it is needed.  What fails may pass (a helper that was slow,
 * a library that comes, a file that is repaired), so a refused module is tried again
 * by who wants it a moment later; each reason costs one warning.
 */
#define VIR_LOG_SOURCE "core.modules"
#include "driver.h"
#include "ask.h"
#include "error.h"
#include "host.h"
#include "loader.h"
#include "log.h"
#include "module-file.h"
#include "module-note.h"

#include <stdlib.h>
#include <string.h>

#include "lock.h"

#define RETRY_MS 1000                   /* not more often, or a hanging module is all that is done */

struct vir_driver *
vir_driver_new(struct vir_manifest *manifest, const char *path, bool has_manifest)
{
    struct vir_driver *driver = VIR_NEW(struct vir_driver);

    pthread_mutex_init(&driver->lock, NULL);
    driver->name = vir_strdup(manifest->module);
    driver->path = vir_strdup(path);
    driver->manifest = manifest;
    driver->has_manifest = has_manifest;
    return driver;
}

/* ---- refusing ---- */

void
vir_driver_warn(struct vir_driver *driver)
{
    if (!driver->warned)
        vir_warn("module '%s' (%s) is not used: %s", driver->name, driver->path, vir_error_text(driver->refusal));
    driver->warned = true;
}

void
vir_driver_refuse(struct vir_driver *driver)
{
    driver->refusal = vir_error_take();
    driver->retry_at = VIR_DRIVER_NEVER;
}

/* The thread's error is why; called with the lock.  FILE: what was tried, taken over. */
static void
refuse(struct vir_driver *driver, char *file)
{
    virErrorPtr before = driver->refusal;

    driver->refusal = vir_error_take();
    driver->retry_at = vir_now_ms() + RETRY_MS;
    driver->asked = false;
    free(driver->refused_file);
    driver->refused_file = file;
    if (!before || strcmp(before->message, driver->refusal->message) != 0)
        driver->warned = false;
    virFreeError(before);
}

/* Called with the lock. */
static int
raise_refusal(struct vir_driver *driver)
{
    const virError *refusal = driver->refusal;

    vir_driver_warn(driver);
    vir_raise(refusal->domain, refusal->code, "module '%s' cannot be used: %s", driver->name,
              vir_error_text(refusal));
    if (!strstr(refusal->message, "\nhint: "))
        vir_error_hint("'libvirt-module --check %s' tries it again", driver->path);
    return -1;
}

/* ---- opening ---- */

/* The daemon must not die from a module, nor a client from one that nobody installed
 * with a manifest: a child tries each of these before we do. */
static int
ask_first(const struct vir_driver *driver)
{
    if (driver->asked || (!vir_host()->daemon && driver->has_manifest))
        return 0;
    return vir_module_ask(driver->path);
}

static int
look_first(const struct vir_driver *driver)
{
    if (vir_module_dir_check(vir_host_module_dir()) < 0)
        return -1;
    if (driver->has_manifest && driver->manifest->abi != VIR_MODULE_ABI)
        return unfit("its manifest says driver ABI %u; this libvirt has driver ABI %u",
                     driver->manifest->abi, VIR_MODULE_ABI);
    return vir_module_look(driver->path, driver->name);
}

/* Code that came into this process stays, so load() alone is tried again. */
static int
bring_in(struct vir_driver *driver)
{
    if (!driver->mapped && (look_first(driver) < 0 || ask_first(driver) < 0 ||
                            vir_module_map(driver->path, driver->name, &driver->found) < 0))
        return -1;
    driver->mapped = true;
    return vir_module_start(driver->found, driver->name, driver->manifest->provides, vir_host(), &driver->entry);
}

/* Called with the lock. */
static void
try_open(struct vir_driver *driver)
{
    char *file = vir_module_identity(driver->path);
    VIR_LOG_HELD;

    if (bring_in(driver) < 0) {
        refuse(driver, file);
        return;
    }
    free(file);
    free(vir_steal(&driver->refused_file));
    virFreeError(vir_steal(&driver->refusal));
    __atomic_store_n(&driver->open, true, __ATOMIC_RELEASE);
    vir_info("module '%s' opened from '%s'", driver->name, driver->path);
}

void
vir_driver_ask(struct vir_driver *driver)
{
    VIR_LOCKED(&driver->lock);
    VIR_LOG_HELD;

    if (driver->refusal)
        return;
    driver->asked = look_first(driver) == 0 && ask_first(driver) == 0;
    if (!driver->asked)
        refuse(driver, vir_module_identity(driver->path));
}

/* Whether it is worth trying.  Called with the lock. */
static bool
is_due(const struct vir_driver *driver)
{
    VIR_AUTO_FREE char *file = NULL;

    if (!driver->refusal || vir_now_ms() >= driver->retry_at)
        return true;
    if (driver->mapped || driver->retry_at == VIR_DRIVER_NEVER)
        return false;
    file = vir_module_identity(driver->path);
    return file && (!driver->refused_file || strcmp(file, driver->refused_file) != 0);
}

bool
vir_driver_is_open(const struct vir_driver *driver)
{
    return __atomic_load_n(&driver->open, __ATOMIC_ACQUIRE);
}

int
vir_driver_open(const struct vir_driver *known)
{
    struct vir_driver *driver = (struct vir_driver *)known;

    if (vir_driver_is_open(driver))
        return 0;
    VIR_LOCKED(&driver->lock);
    if (!driver->open && is_due(driver))
        try_open(driver);
    return driver->open ? 0 : raise_refusal(driver);
}

void
vir_driver_unload(struct vir_driver *driver)
{
    VIR_LOG_HELD;

    if (vir_driver_is_open(driver) && driver->entry.unload)
        driver->entry.unload();
    VIR_LOCKED(&driver->lock);
    virFreeError(driver->refusal);
    unfit("the daemon ends");
    vir_driver_refuse(driver);
    __atomic_store_n(&driver->open, false, __ATOMIC_RELEASE);
}

/* ---- asking ---- */

bool
vir_driver_loads_here(const struct vir_driver *driver)
{
    return driver->manifest->load_in & (vir_host()->daemon ? VIR_LOAD_IN_DAEMON : VIR_LOAD_IN_CLIENT);
}

bool
vir_driver_takes(const struct vir_driver *driver, const char *scheme)
{
    const struct vir_words *schemes = &driver->manifest->schemes;

    for (size_t i = 0; i < schemes->n; i++)
        if (!strcmp(schemes->items[i], scheme))
            return true;
    return false;
}
