/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program does when memory runs out, beside ending; the rest is in <libvirt/module-base.h>. */
#ifndef COMMON_ALLOC_H
#define COMMON_ALLOC_H

#include <stdbool.h>

/* A program that has this function is asked, in any thread, before it ends because a small
 * size cannot be had: true, some memory has been given back.  One for all copies of common/. */
bool vir_memory_rescue(void) __attribute__((weak, visibility("default")));

#endif
