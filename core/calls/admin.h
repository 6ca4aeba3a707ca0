/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every function of libvirt-admin does until a daemon serves them. */
#ifndef VIR_CALLS_ADMIN_H
#define VIR_CALLS_ADMIN_H

#include <libvirt/libvirt-admin.h>

/* Raises VIR_ERR_NO_SUPPORT for CALL. */
void adm_refuse(const char *call);

#endif
