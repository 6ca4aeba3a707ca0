/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The structs behind the tables: making, comparing, releasing. */
#include "rest.h"

#include <stdlib.h>

/* ---- lists ---------------------------------------------------------------------- */

/* Room is a power of two, so that the count alone tells it; but never less than N + 1. */
void *
xml_array_grow(void **array, size_t n, size_t size)
{
    if (!(n & (n - 1)))
        *array = vir_realloc_array(*array, n ? n * 2 : 1, size);
    return *array;
}

void *
xml_list_add(const struct vir_xml_row *row, void *base, size_t max)
{
    unsigned int *n = &MEMBER(unsigned int, base, row->has);
    void **items;

    if (*n >= max)
        return NULL;
    items = xml_array_grow(&MEMBER(void *, base, row->offset), *n, sizeof(*items));
    items[*n] = vir_alloc(row->of.table->size);
    return items[(*n)++];
}

void *
xml_values_add(const struct vir_xml_row *row, void *base, size_t max)
{
    unsigned int *n = &MEMBER(unsigned int, base, row->has);
    size_t size = xml_value_size(row);
    char *values;

    if (*n >= max)
        return NULL;
    values = xml_array_grow(&MEMBER(void *, base, row->offset), *n, size);
    return memset(values + (*n)++ * size, 0, size);
}

/* ---- releasing ------------------------------------------------------------------- */

static void
clear_list(const struct vir_xml_row *row, void *base)
{
    void **items = MEMBER(void **, base, row->offset);
    size_t n = MEMBER(unsigned int, base, row->has);

    for (size_t i = 0; i < n; i++)
        vir_xml_free(row->of.table, items[i]);
    free(items);
}

static void
clear_values(const struct vir_xml_row *row, void *base)
{
    void *values = MEMBER(void *, base, row->offset);
    size_t n = MEMBER(unsigned int, base, row->has);

    for (size_t i = 0; xml_is_text(row) && i < n; i++)
        free(((char **)values)[i]);
    free(values);
}

void
xml_clear(const struct vir_xml_table *table, void *base)
{
    if (table->rest != VIR_XML_NO_MEMBER)
        free(MEMBER(struct vir_xml_rest *, base, table->rest));
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        if (row->flags & VIR_XML_MANY)
            clear_values(row, base);
        else if (xml_is_text(row))
            free(MEMBER(char *, base, row->offset));
        switch (row->kind) {
        case VIR_XML_GROUP:
            xml_clear(row->of.table, base);
            break;
        case VIR_XML_PART:
            vir_xml_free(row->of.table, MEMBER(void *, base, row->offset));
            break;
        case VIR_XML_LIST:
            clear_list(row, base);
            break;
        default:
            break;
        }
    }
}

void *
vir_xml_free(const struct vir_xml_table *table, void *def)
{
    if (!def)
        return NULL;
    if (!xml_is_packed(table, def))
        xml_clear(table, def);
    free(def);
    return NULL;
}

/* ---- making ----------------------------------------------------------------------- */

void
xml_presets(const struct vir_xml_table *table, void *base)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        if (row->extra && row->extra->when)
            continue;
        if (row->flags & VIR_XML_PRESET) {
            xml_value_preset(row, base);
        } else if (row->kind == VIR_XML_GROUP && row->flags & VIR_XML_ALWAYS) {
            MEMBER(bool, base, row->has) = true;
            xml_presets(row->of.table, base);
        }
    }
}

void *
vir_xml_new(const struct vir_xml_table *table)
{
    void *def = vir_alloc(table->size);

    xml_presets(table, def);
    return def;
}

/* ---- comparing ---------------------------------------------------------------------- */

/* Two structs are equal if they write the same document. */
bool
vir_xml_equal(const struct vir_xml_table *table, const void *a, const void *b)
{
    struct vir_buf one = { 0 }, other = { 0 };
    bool equal;

    if (!a || !b)
        return a == b;
    vir_xml_format(table, a, 0, &one, VIR_XML_SECURE);
    vir_xml_format(table, b, 0, &other, VIR_XML_SECURE);
    equal = one.len == other.len && memcmp(one.text, other.text, one.len) == 0;
    vir_buf_free(&one);
    vir_buf_free(&other);
    return equal;
}
