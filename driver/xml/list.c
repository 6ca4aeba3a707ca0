/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of elements that have a mixin in common, by the printed rows. */
#include "engine.h"

#include <stdlib.h>

static bool
is_one(const struct vir_xml_list *list)
{
    return list->count == VIR_XML_NO_MEMBER;
}

size_t
vir_xml_list_count(const struct vir_xml_list *list, const void *def)
{
    if (is_one(list))
        return CONST_MEMBER(void *, def, list->items) != NULL;
    return CONST_MEMBER(unsigned int, def, list->count);
}

void *
vir_xml_list_at(const struct vir_xml_list *list, const void *def, size_t i)
{
    return is_one(list) ? CONST_MEMBER(void *, def, list->items) : CONST_MEMBER(void **, def, list->items)[i];
}

void
vir_xml_list_insert(const struct vir_xml_list *list, void *def, size_t i, void *item)
{
    void **items;
    unsigned int *n;

    if (is_one(list)) {
        MEMBER(void *, def, list->items) = item;
        return;
    }
    n = &MEMBER(unsigned int, def, list->count);
    items = xml_array_grow(&MEMBER(void *, def, list->items), *n, sizeof(*items));
    memmove(items + i + 1, items + i, (*n - i) * sizeof(*items));
    items[i] = item;
    ++*n;
}

void *
vir_xml_list_remove(const struct vir_xml_list *list, void *def, size_t i)
{
    void *item = vir_xml_list_at(list, def, i), **items;
    unsigned int *n;

    if (is_one(list)) {
        MEMBER(void *, def, list->items) = NULL;
        return item;
    }
    n = &MEMBER(unsigned int, def, list->count);
    items = MEMBER(void **, def, list->items);
    --*n;
    memmove(items + i, items + i + 1, (*n - i) * sizeof(*items));
    return item;
}
