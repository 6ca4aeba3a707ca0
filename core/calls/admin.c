/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt-admin: the calls exist and say clearly that no daemon serves them
 * yet.  The two that ask nobody are answered.
 */
#include <libvirt/libvirt-admin.h>

#include "admin.h"
#include "private.h"

static void
raise_error(int code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_core.vraise(VIR_FROM_ADMIN, code, fmt, args);
    va_end(args);
}

void
adm_refuse(const char *call)
{
    virResetLastError();
    raise_error(VIR_ERR_NO_SUPPORT, "%s: the daemon has no administration interface", call);
}

int
virAdmInitialize(void)
{
    return virInitialize();
}

int
virAdmGetVersion(unsigned long long *libVer)
{
    virResetLastError();
    if (!libVer) {
        raise_error(VIR_ERR_INVALID_ARG, "libVer in virAdmGetVersion must not be NULL");
        return -1;
    }
    *libVer = LIBVIR_VERSION_NUMBER;
    return 0;
}
