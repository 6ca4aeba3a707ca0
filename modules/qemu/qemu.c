/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The driver's one state, and small things that several files need.
 */
#include "qemu.h"

#include <stdlib.h>
#include <string.h>

struct qemu_driver qemu_driver;

void
qemu_set_text(char **at, const char *value)
{
    char *old = *at;

    *at = vir_strdup(value);
    free(old);
}

char *
qemu_words(const char *text, size_t len)
{
    struct vir_buf buf = { 0 };

    vir_buf_add_printable(&buf, text, len < QEMU_MAX_WORDS ? len : QEMU_MAX_WORDS);
    return vir_buf_steal(&buf);
}

void
qemu_warn_error(const char *what)
{
    virErrorPtr error = vir_error_take();

    vir_warn("%s: %s", what, error && error->message ? error->message : "unknown error");
    virFreeError(error);
}
