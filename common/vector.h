/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Growing arrays.  VIR_VECTOR(struct names, char *) declares the type; a vector
 * of zeroes is empty and valid; items move when the array grows.
 */
#ifndef COMMON_VECTOR_H
#define COMMON_VECTOR_H

#include <stdlib.h>
#include <string.h>

#include <libvirt/module-base.h>

#define VIR_VECTOR(name, type) name { type *items; size_t n, room; }

/* Appends ITEM. */
#define vir_vector_add(vector, item)                                            \
    do {                                                                        \
        vir_vector_grow((void **)&(vector)->items, (vector)->n, &(vector)->room, \
                        sizeof(*(vector)->items));                              \
        (vector)->items[(vector)->n++] = (item);                                \
    } while (0)

/* Takes out item I; the order of the others stays. */
#define vir_vector_remove(vector, i)                                            \
    do {                                                                        \
        size_t _i = (i);                                                        \
        (vector)->n--;                                                          \
        memmove(&(vector)->items[_i], &(vector)->items[_i + 1],                 \
                ((vector)->n - _i) * sizeof(*(vector)->items));                 \
    } while (0)

/* Releases the array, not what the items point to. */
#define vir_vector_clear(vector)                                                \
    do {                                                                        \
        free((vector)->items);                                                  \
        (vector)->items = NULL;                                                 \
        (vector)->n = (vector)->room = 0;                                       \
    } while (0)

static inline void
vir_vector_grow(void **items, size_t n, size_t *room, size_t size)
{
    if (n < *room)
        return;
    *room = *room ? *room * 2 : 8;
    *items = vir_realloc_array(*items, *room, size);
}

#endif
