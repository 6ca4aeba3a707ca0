/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The structs behind the tables: making, copying, comparing, releasing. */
#include "engine.h"

#include <stdlib.h>

/* ---- lists ---------------------------------------------------------------------- */

/* A new item at the end; NULL: the list is full. Room is a power of two. */
void *
xml_list_add(const struct vir_xml_row *row, void *base, size_t max)
{
    void ***items = &MEMBER(void **, base, row->offset);
    size_t *n = &MEMBER(size_t, base, row->has);

    if (*n >= max)
        return NULL;
    if (!(*n & (*n - 1)))
        *items = vir_realloc_array(*items, *n ? *n * 2 : 1, sizeof(**items));
    (*items)[*n] = vir_alloc(row->of.table->size);
    return (*items)[(*n)++];
}

/* ---- releasing ------------------------------------------------------------------- */

static void clear(const struct vir_xml_table *table, void *base);

static void
clear_rest(struct vir_xml_rest **rest)
{
    struct vir_xml_rest *next;

    for (; *rest; *rest = next) {
        next = (*rest)->next;
        free(*rest);
    }
}

static void
clear_list(const struct vir_xml_row *row, void *base)
{
    void **items = MEMBER(void **, base, row->offset);
    size_t n = MEMBER(size_t, base, row->has);

    for (size_t i = 0; i < n; i++)
        vir_xml_free(row->of.table, items[i]);
    free(items);
}

static void
clear(const struct vir_xml_table *table, void *base)
{
    clear_rest(&MEMBER(struct vir_xml_rest *, base, table->rest));
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        switch (row->kind) {
        case VIR_XML_STRING:
        case VIR_XML_NAME:
        case VIR_XML_CPUSET:
        case VIR_XML_VERBATIM:
            free(MEMBER(char *, base, row->offset));
            break;
        case VIR_XML_GROUP:
            clear(row->of.table, base);
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
    clear(table, def);
    free(def);
    return NULL;
}

/* ---- making ----------------------------------------------------------------------- */

void
xml_presets(const struct vir_xml_table *table, void *base)
{
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

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

/* ---- copying ----------------------------------------------------------------------- */

static void
copy_rest(struct vir_xml_rest **rest)
{
    const struct vir_xml_rest *from = *rest;
    struct vir_xml_rest **end = rest;

    *end = NULL;
    for (; from; from = from->next) {
        size_t size = sizeof(*from) + strlen(from->text) + 1;

        *end = vir_alloc(size);
        memcpy(*end, from, size);
        (*end)->next = NULL;
        end = &(*end)->next;
    }
}

static void
copy_list(const struct vir_xml_row *row, void *base)
{
    void ***items = &MEMBER(void **, base, row->offset), **from = *items;
    size_t n = MEMBER(size_t, base, row->has), room = 1;

    if (!n) {
        *items = NULL;
        return;
    }
    while (room < n)
        room *= 2;
    *items = vir_alloc_array(room, sizeof(**items));
    for (size_t i = 0; i < n; i++)
        (*items)[i] = vir_xml_copy(row->of.table, from[i]);
}

/* BASE is a bytewise copy: what it points to gets copies of its own. */
static void
copy_pointers(const struct vir_xml_table *table, void *base)
{
    copy_rest(&MEMBER(struct vir_xml_rest *, base, table->rest));
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        switch (row->kind) {
        case VIR_XML_STRING:
        case VIR_XML_NAME:
        case VIR_XML_CPUSET:
        case VIR_XML_VERBATIM:
            MEMBER(char *, base, row->offset) = vir_strdup(MEMBER(char *, base, row->offset));
            break;
        case VIR_XML_GROUP:
            copy_pointers(row->of.table, base);
            break;
        case VIR_XML_PART:
            MEMBER(void *, base, row->offset) =
                vir_xml_copy(row->of.table, MEMBER(void *, base, row->offset));
            break;
        case VIR_XML_LIST:
            copy_list(row, base);
            break;
        default:
            break;
        }
    }
}

void *
vir_xml_copy(const struct vir_xml_table *table, const void *def)
{
    void *copy;

    if (!def)
        return NULL;
    copy = vir_alloc(table->size);
    memcpy(copy, def, table->size);
    copy_pointers(table, copy);
    return copy;
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

/* ---- what is kept as text -------------------------------------------------------------- */

/* Tells one kept text: its parent's path and the name in it. */
static int
tell_rest(const struct vir_xml_table *table, const struct vir_xml_rest *rest, vir_xml_kept_fn each,
          void *opaque)
{
    const char *name = rest->text + strspn(rest->text, " <");
    size_t len = strcspn(name, rest->place == XML_REST_ELEMENT ? " />\n" : "=");
    VIR_AUTO_FREE char *told = vir_strndup(name, len);
    VIR_AUTO_FREE char *inside = NULL;

    if (rest->place == XML_REST_INSIDE)
        inside = vir_path_join(table->path, table->rows[rest->at].name);
    return each(inside ? inside : table->path, told, rest->text, opaque);
}

static int
tell_list(const struct vir_xml_row *row, const void *base, vir_xml_kept_fn each, void *opaque)
{
    void *const *items = CONST_MEMBER(void **, base, row->offset);
    size_t n = CONST_MEMBER(size_t, base, row->has);
    int rc = 0;

    for (size_t i = 0; i < n && rc >= 0; i++)
        rc = vir_xml_each_kept(row->of.table, items[i], each, opaque);
    return rc;
}

int
vir_xml_each_kept(const struct vir_xml_table *table, const void *def, vir_xml_kept_fn each, void *opaque)
{
    const struct vir_xml_rest *rest = CONST_MEMBER(struct vir_xml_rest *, def, table->rest);
    int rc = 0;

    for (; rest && rc >= 0; rest = rest->next)
        rc = tell_rest(table, rest, each, opaque);
    for (size_t i = 0; i < table->n_rows && rc >= 0; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        if (row->kind == VIR_XML_GROUP)
            rc = vir_xml_each_kept(row->of.table, def, each, opaque);
        else if (row->kind == VIR_XML_PART && CONST_MEMBER(void *, def, row->offset))
            rc = vir_xml_each_kept(row->of.table, CONST_MEMBER(void *, def, row->offset), each, opaque);
        else if (row->kind == VIR_XML_LIST)
            rc = tell_list(row, def, each, opaque);
    }
    return rc < 0 ? -1 : 0;
}
