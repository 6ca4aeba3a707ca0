/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of the driver libraries share. */
#ifndef TESTS_UNIT_DRIVER_H
#define TESTS_UNIT_DRIVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <libvirt/module.h>

/* The thread's error has CODE and its message holds TEXT. */
static inline void
assert_error(int code, const char *text)
{
    const virError *error = virGetLastError();

    assert_non_null(error);
    if (error->code != code || !strstr(error->message, text))
        fail_msg("error %d '%s', expected %d '%s'", error->code, error->message, code, text);
}

#endif
