/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the unit tests share: cmocka's headers in their order, and what common/ reported. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/module-base.h>

#include "report.h"

/* The texts of the last failure, hint and warning; "" if there was none. */
extern char reported[1024], warned[1024];
extern int reported_kind, n_warned;
void reported_clear(void);

/* A new empty directory that is gone after the test; returns its descriptor. */
int temp_dir(char *path, size_t size);
void temp_dir_remove(const char *path);

/* Milliseconds that have passed since START. */
int64_t ms_since(int64_t start);

#endif
