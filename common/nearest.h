/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which known name somebody may have meant. */
#ifndef COMMON_NEAREST_H
#define COMMON_NEAREST_H

#include <stddef.h>

/* One name at a time, for tables of any shape: start with distance 0 and best NULL. */
struct vir_nearest { const char *word; const char *best; unsigned int distance; };
void vir_nearest_try(struct vir_nearest *nearest, const char *known);

/* The name in the NULL-terminated list that WORD resembles, or NULL. */
const char *vir_nearest_name(const char *word, const char *const *known);

#endif
