/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The thread's last error, as the rest of the core uses it (see error.c). */
#ifndef VIR_CORE_ERROR_H
#define VIR_CORE_ERROR_H

#include "object.h"

int vir_vraise(int domain, int code, const char *fmt, va_list args);
int vir_vraise_errno(int domain, int err, const char *fmt, va_list args);
void vir_verror_hint(const char *fmt, va_list args);

/* Releases what ERROR holds and zeroes it. */
void vir_error_clear(virErrorPtr error);
/* Makes TO, which holds nothing, a copy of FROM. */
void vir_error_copy(const virError *from, virErrorPtr to);
/* Hands the thread's error to CONN (may be NULL) and to the callback that is due. */
void vir_error_dispatch(virConnectPtr conn);

/* The phrase of CODE, NULL for an unknown one; "%s" in it stands for the text. */
const char *vir_error_phrase(int code);
/* The message of ERROR without that phrase, which another message will bring again. */
const char *vir_error_text(const virError *error);
const char *vir_error_domain_name(int domain);

#endif
