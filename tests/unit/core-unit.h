/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the unit tests of the core share: cmocka's headers in their order, and errors. */
#ifndef TESTS_CORE_UNIT_H
#define TESTS_CORE_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/module.h>

/* The thread's error has CODE and TEXT in its message; resets it. */
#define assert_error(expected_code, expected_text)                                          \
    do {                                                                                    \
        assert_int_equal(virGetLastErrorCode(), expected_code);                             \
        if (!strstr(virGetLastErrorMessage(), expected_text))                               \
            fail_msg("'%s' is not in '%s'", expected_text, virGetLastErrorMessage());       \
        virResetLastError();                                                                \
    } while (0)

static inline void
keep_silent(void *opaque, virErrorPtr error)
{
    (void)opaque, (void)error;
}

#endif
