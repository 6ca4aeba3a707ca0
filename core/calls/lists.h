/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The old calls that count and name objects; printed functions come here. */
#ifndef VIR_CALLS_LISTS_H
#define VIR_CALLS_LISTS_H

#include "../call.h"

/* What an old call gives of a handle, and where in its struct that is. */
enum vir_list_item {
    VIR_LIST_NAME,                      /* a text */
    VIR_LIST_UUID,                      /* a uuid, given as text */
    VIR_LIST_ID,                        /* a number */
};

/* WHICH: flags of the call that lists handles, for those that the old call is about. */
int vir_list_count(unsigned int call, void *from, unsigned int which);
int vir_list_items(unsigned int call, void *from, void *items, int max, unsigned int which,
                   enum vir_list_item item, size_t offset);
/* The same for calls that take its flags themselves. */
int vir_list_count_flags(unsigned int call, void *from, unsigned int flags);
int vir_list_items_flags(unsigned int call, void *from, void *items, int max, unsigned int flags,
                         enum vir_list_item item, size_t offset);

#endif
