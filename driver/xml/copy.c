/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copies of structs: one that can be changed, each thing in memory of its own, and one in one piece of
 * memory, which is smaller: structs and arrays from its beginning, texts behind them.
 */
#include "rest.h"

#include <stdlib.h>

/* Where a copy goes; all NULL: into memory of its own. */
struct room { char *at, *texts; };

static size_t
aligned(size_t size)
{
    return (size + 7) & ~(size_t)7;
}

/* ---- one thing ------------------------------------------------------------------------- */

static void *
copy_bytes(struct room *room, const void *from, size_t size)
{
    void *copy = room->at ? room->at : vir_alloc(size);

    if (room->at)
        room->at += aligned(size);
    return memcpy(copy, from, size);
}

static char *
copy_text(struct room *room, const char *text)
{
    size_t size;
    char *copy = room->texts;

    if (!text || !copy)
        return vir_strdup(text);
    size = strlen(text) + 1;
    room->texts += size;
    return memcpy(copy, text, size);
}

/* Room is a power of two where it may grow: see xml_array_grow. */
static void *
copy_array(struct room *room, const void *from, size_t n, size_t size)
{
    size_t most = 1;
    void *copy;

    if (!n)
        return NULL;
    if (room->at)
        return copy_bytes(room, from, n * size);
    while (most < n)
        most *= 2;
    copy = vir_alloc_array(most, size);
    return memcpy(copy, from, n * size);
}

static struct vir_xml_rest *
copy_rest(struct room *room, const struct vir_xml_rest *rest)
{
    struct vir_xml_rest *copy;

    if (!rest || !rest->size)
        return NULL;
    copy = copy_bytes(room, rest, sizeof(*rest) + rest->size);
    copy->packed = false;
    return copy;
}

/* ---- what a struct points to -------------------------------------------------------------- */

static void copy_pointers(struct room *room, const struct vir_xml_table *table, void *base);

static void *
copy_struct(struct room *room, const struct vir_xml_table *table, const void *from)
{
    void *copy = from ? copy_bytes(room, from, table->size) : NULL;

    if (copy)
        copy_pointers(room, table, copy);
    return copy;
}

static void
copy_values(struct room *room, const struct vir_xml_row *row, void *base)
{
    char ***values = &MEMBER(char **, base, row->offset);
    size_t n = MEMBER(unsigned int, base, row->has);

    *values = copy_array(room, *values, n, xml_value_size(row));
    for (size_t i = 0; xml_is_text(row) && i < n; i++)
        (*values)[i] = copy_text(room, (*values)[i]);
}

static void
copy_list(struct room *room, const struct vir_xml_row *row, void *base)
{
    void ***items = &MEMBER(void **, base, row->offset);
    size_t n = MEMBER(unsigned int, base, row->has);

    *items = copy_array(room, *items, n, sizeof(**items));
    for (size_t i = 0; i < n; i++)
        (*items)[i] = copy_struct(room, row->of.table, (*items)[i]);
}

/* BASE is a bytewise copy: what it points to gets copies of its own. */
static void
copy_pointers(struct room *room, const struct vir_xml_table *table, void *base)
{
    if (table->rest != VIR_XML_NO_MEMBER)
        MEMBER(struct vir_xml_rest *, base, table->rest) =
            copy_rest(room, MEMBER(struct vir_xml_rest *, base, table->rest));
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        if (row->flags & VIR_XML_MANY)
            copy_values(room, row, base);
        else if (xml_is_text(row))
            MEMBER(char *, base, row->offset) = copy_text(room, MEMBER(char *, base, row->offset));
        else if (row->kind == VIR_XML_GROUP)
            copy_pointers(room, row->of.table, base);
        else if (row->kind == VIR_XML_PART)
            MEMBER(void *, base, row->offset) = copy_struct(room, row->of.table, MEMBER(void *, base, row->offset));
        else if (row->kind == VIR_XML_LIST)
            copy_list(room, row, base);
    }
}

void *
vir_xml_copy(const struct vir_xml_table *table, const void *def)
{
    return copy_struct(&(struct room){ NULL, NULL }, table, def);
}

void
vir_xml_assign(const struct vir_xml_table *table, void *to, const void *from)
{
    xml_clear(table, to);
    memcpy(to, from, table->size);
    copy_pointers(&(struct room){ NULL, NULL }, table, to);
}

/* ---- one piece of memory --------------------------------------------------------------------- */

/* Bytes of structs and arrays, and of texts. */
struct need { size_t bytes, texts; };

static void
add_text(struct need *need, const char *text)
{
    need->texts += text ? strlen(text) + 1 : 0;
}

static void add_pointers(struct need *need, const struct vir_xml_table *table, const void *base);

static void
add_struct(struct need *need, const struct vir_xml_table *table, const void *base)
{
    if (!base)
        return;
    need->bytes += aligned(table->size);
    add_pointers(need, table, base);
}

static void
add_values(struct need *need, const struct vir_xml_row *row, const void *base)
{
    size_t n = CONST_MEMBER(unsigned int, base, row->has);

    need->bytes += aligned(n * xml_value_size(row));
    for (size_t i = 0; xml_is_text(row) && i < n; i++)
        add_text(need, CONST_MEMBER(char **, base, row->offset)[i]);
}

static void
add_list(struct need *need, const struct vir_xml_row *row, const void *base)
{
    size_t n = CONST_MEMBER(unsigned int, base, row->has);

    need->bytes += n * sizeof(void *);
    for (size_t i = 0; i < n; i++)
        add_struct(need, row->of.table, CONST_MEMBER(void **, base, row->offset)[i]);
}

static void
add_pointers(struct need *need, const struct vir_xml_table *table, const void *base)
{
    const struct vir_xml_rest *rest = table->rest == VIR_XML_NO_MEMBER ? NULL
        : CONST_MEMBER(struct vir_xml_rest *, base, table->rest);

    if (rest && rest->size)
        need->bytes += aligned(sizeof(*rest) + rest->size);
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        if (row->flags & VIR_XML_MANY)
            add_values(need, row, base);
        else if (xml_is_text(row))
            add_text(need, CONST_MEMBER(char *, base, row->offset));
        else if (row->kind == VIR_XML_GROUP)
            add_pointers(need, row->of.table, base);
        else if (row->kind == VIR_XML_PART)
            add_struct(need, row->of.table, CONST_MEMBER(void *, base, row->offset));
        else if (row->kind == VIR_XML_LIST)
            add_list(need, row, base);
    }
}

void *
vir_xml_pack(const struct vir_xml_table *table, void *def)
{
    static const struct vir_xml_rest none;
    struct vir_xml_rest **rest;
    struct need need = { 0 };
    struct room room;
    void *packed;

    if (!def || xml_is_packed(table, def))
        return def;
    rest = &MEMBER(struct vir_xml_rest *, def, table->rest);
    add_struct(&need, table, def);
    if (!*rest)
        need.bytes += sizeof(none);
    packed = vir_alloc(need.bytes + need.texts);
    room = (struct room){ packed, (char *)packed + need.bytes };
    copy_struct(&room, table, def);
    if (!*rest)
        MEMBER(struct vir_xml_rest *, packed, table->rest) = copy_bytes(&room, &none, sizeof(none));
    MEMBER(struct vir_xml_rest *, packed, table->rest)->packed = true;
    vir_xml_free(table, def);
    return packed;
}
