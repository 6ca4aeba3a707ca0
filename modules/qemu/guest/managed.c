/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Saved images of the driver's own; see managed.h.  They lie where libvirt 9.0.0 has them.
 */
#define VIR_LOG_SOURCE "qemu.save"
#include "guest/managed.h"
#include "guest/image.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static char *
directory(void)
{
    return vir_strdup_printf("%s/qemu/save", qemu_driver.data_dir);
}

char *
qemu_managed_path(const char *name)
{
    VIR_AUTO_FREE char *dir = directory();

    return vir_strdup_printf("%s/%s.save", dir, name);
}

int
qemu_managed_prepare(void)
{
    VIR_AUTO_FREE char *dir = directory();
    VIR_AUTO_CLOSE int fd = vir_dir_open(dir, 0700);

    return fd < 0 ? -1 : 0;
}

void
qemu_managed_set(struct qemu_domain *domain, bool saved)
{
    qemu_domain_lock(domain);
    domain->saved = saved;
    qemu_domain_unlock(domain);
}

bool
qemu_managed_is_there(struct qemu_domain *domain)
{
    bool saved;

    qemu_domain_lock(domain);
    saved = domain->saved;
    qemu_domain_unlock(domain);
    return saved;
}

int
qemu_managed_remove(struct qemu_domain *domain)
{
    VIR_AUTO_FREE char *path = qemu_managed_path(domain->entry.name);

    if (unlink(path) < 0 && (errno != ENOENT || !qemu_managed_is_there(domain)))
        return vir_error_errno(errno, "Failed to remove managed save file '%s'", path);
    qemu_managed_set(domain, false);
    return 0;
}

void
qemu_managed_find(struct qemu_domain *domain)
{
    VIR_AUTO_FREE char *path = qemu_managed_path(domain->entry.name);
    enum qemu_image_look look = qemu_image_look(path);

    domain->saved = look == QEMU_IMAGE_WHOLE || look == QEMU_IMAGE_OTHER;
    if ((look != QEMU_IMAGE_PART && look != QEMU_IMAGE_SHORT) || domain->run)
        return;
    vir_warn("'%s' was not written to its end and is removed", path);
    unlink(path);
}
