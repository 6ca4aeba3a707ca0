/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets of small numbers (CPUs, NUMA nodes) and their text "0-3,^2,8". */
#ifndef COMMON_BITMAP_H
#define COMMON_BITMAP_H

#include <stdbool.h>
#include <stddef.h>

struct vir_bitmap { unsigned long *words; size_t n_bits; };

/* An empty set of the numbers 0 .. n_bits-1. */
struct vir_bitmap *vir_bitmap_new(size_t n_bits);
struct vir_bitmap *vir_bitmap_free(struct vir_bitmap *bitmap);
/* -1: BIT is outside the set's range. */
int vir_bitmap_set(struct vir_bitmap *bitmap, size_t bit, bool value);
bool vir_bitmap_get(const struct vir_bitmap *bitmap, size_t bit);
/* The first number of the set from FROM on; n_bits: there is none. */
size_t vir_bitmap_next(const struct vir_bitmap *bitmap, size_t from);
size_t vir_bitmap_count(const struct vir_bitmap *bitmap);
/* NULL: not such a text, or a number of N_BITS or more (no error is set). */
struct vir_bitmap *vir_bitmap_parse(const char *text, size_t n_bits);
/* Canonical: rising, ranges joined. The caller frees. */
char *vir_bitmap_format(const struct vir_bitmap *bitmap);

#endif
