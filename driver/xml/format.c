/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a struct as a document. */
#include "engine.h"

#include <stdlib.h>

struct writer {
    struct vir_buf *buf;
    unsigned int flags;
};

/* Elements that are written though they hold nothing. */
#define MAY_BE_EMPTY (VIR_XML_OPEN | VIR_XML_EMPTY | VIR_XML_ALWAYS | VIR_XML_REQUIRED)

static void write_element(struct writer *writer, const struct vir_xml_table *table, const char *name,
                          const void *base, int depth, const struct vir_xml_row *row);

static const char *
last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Whether ROW is an alias that the user chose. */
static bool
user_alias(const struct vir_xml_row *row, const void *base)
{
    const struct vir_xml_row *name = row->kind == VIR_XML_GROUP ? row->of.table->rows : NULL;
    const char *value = NULL;

    if (name && name->kind == VIR_XML_STRING)
        value = CONST_MEMBER(char *, base, name->offset);
    return value && strncmp(value, USER_ALIAS, strlen(USER_ALIAS)) == 0;
}

static bool
skipped(const struct writer *writer, const struct vir_xml_row *row, const void *base)
{
    return (row->flags & VIR_XML_LIVE && writer->flags & VIR_XML_INACTIVE && !user_alias(row, base)) ||
           (row->flags & VIR_XML_SECRET && !(writer->flags & VIR_XML_SECURE));
}

/* ---- kept text -------------------------------------------------------------------- */

/* Writes the kept texts that stand before row AT (at its place), and moves on. */
static void
write_rest(struct writer *writer, const struct vir_xml_rest **rest, size_t at, enum xml_rest_place place)
{
    for (; *rest && (*rest)->at <= at; *rest = (*rest)->next)
        if ((*rest)->place == place && !((*rest)->live && writer->flags & VIR_XML_INACTIVE))
            put_text(writer->buf, (*rest)->text);
}

/* Attributes of the leaf that row AT writes. */
static void
write_inside(struct writer *writer, const struct vir_xml_rest *rest, size_t at)
{
    for (; rest && rest->at <= at; rest = rest->next)
        if (rest->at == at && rest->place == XML_REST_INSIDE)
            put_text(writer->buf, rest->text);
}

/* ---- attributes -------------------------------------------------------------------- */

static void
put_unit(struct vir_buf *buf, const struct vir_xml_row *row)
{
    if (row->kind == VIR_XML_MEMORY)
        put_text(buf, " unit='KiB'");
    else if (row->kind == VIR_XML_BYTES)
        put_text(buf, " unit='bytes'");
}

/* Writes ` NAME='VALUE'`; takes it back if there is no value. */
static void
write_attribute(struct writer *writer, const struct vir_xml_row *row, const void *base)
{
    struct vir_buf *buf = writer->buf;
    size_t before = buf->len;

    put(buf, " ", 1);
    put_text(buf, row->name);
    put(buf, "='", 2);
    if (xml_value_write(row, base, buf)) {
        put(buf, "'", 1);
        put_unit(buf, row);
        return;
    }
    buf->len = before;
    buf->text[before] = '\0';
}

static void
write_attributes(struct writer *writer, const struct vir_xml_table *table, const void *base)
{
    const struct vir_xml_rest *rest = CONST_MEMBER(struct vir_xml_rest *, base, table->rest);

    for (size_t i = 0; i < table->n_attributes; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        write_rest(writer, &rest, i, XML_REST_ATTRIBUTE);
        if (row->kind != VIR_XML_KEEP && !skipped(writer, row, base))
            write_attribute(writer, row, base);
    }
    write_rest(writer, &rest, SIZE_MAX, XML_REST_ATTRIBUTE);
}

static bool
row_has_value(const struct vir_xml_row *row, const void *base)
{
    if (row->flags & VIR_XML_MANY)
        return CONST_MEMBER(size_t, base, row->has) != 0;
    if (xml_is_text(row))
        return CONST_MEMBER(void *, base, row->offset) != NULL;
    switch (row->kind) {
    case VIR_XML_PART:
        return CONST_MEMBER(void *, base, row->offset) != NULL;
    case VIR_XML_FLAG:
        return CONST_MEMBER(bool, base, row->offset);
    case VIR_XML_YESNO:
    case VIR_XML_ONOFF:
    case VIR_XML_ENUM:
        return CONST_MEMBER(unsigned int, base, row->offset) != 0;
    case VIR_XML_LIST:
        return CONST_MEMBER(size_t, base, row->has) != 0;
    case VIR_XML_KEEP:
        return false;
    default:
        return row->has == VIR_XML_NO_MEMBER || CONST_MEMBER(bool, base, row->has);
    }
}

/* ---- namespaces of libvirt ------------------------------------------------------------- */

struct namespaces {
    const char *uris[8];                /* declared so far */
    size_t n;
};

/* Declares the namespace of NAME (the text goes on behind the name), if it has one. */
static void
declare(struct writer *writer, struct namespaces *namespaces, const char *name)
{
    size_t prefix = strcspn(name, ": />");
    const char *uri = name[prefix] == ':' ? xml_namespace_uri(name) : NULL;

    for (size_t i = 0; i < namespaces->n; i++)
        if (namespaces->uris[i] == uri)
            return;
    if (!uri || namespaces->n == sizeof(namespaces->uris) / sizeof(namespaces->uris[0]))
        return;
    namespaces->uris[namespaces->n++] = uri;
    vir_buf_addf(writer->buf, " xmlns:%.*s='%s'", (int)prefix, name, uri);
}

/* Those that children of the root use. */
static void
write_namespaces(struct writer *writer, const struct vir_xml_table *table, const void *base)
{
    const struct vir_xml_rest *rest = CONST_MEMBER(struct vir_xml_rest *, base, table->rest);
    struct namespaces namespaces = { .n = 0 };

    for (; rest; rest = rest->next)
        if (rest->place == XML_REST_ELEMENT)
            declare(writer, &namespaces, rest->text + strspn(rest->text, " <"));
    for (size_t i = table->n_attributes; i < table->n_rows; i++)
        if (table->rows[i].name && row_has_value(&table->rows[i], base))
            declare(writer, &namespaces, table->rows[i].name);
}

/* ---- elements ------------------------------------------------------------------------ */

static void
write_leaf(struct writer *writer, const struct vir_xml_row *row, const struct vir_xml_rest *rest, size_t at,
           const void *base, int depth)
{
    struct vir_buf *buf = writer->buf;

    put_indent(buf, depth);
    put(buf, "<", 1);
    put_text(buf, row->name);
    put_unit(buf, row);
    write_inside(writer, rest, at);
    if (row->kind == VIR_XML_FLAG) {
        put(buf, "/>\n", 3);
        return;
    }
    put(buf, ">", 1);
    xml_value_write(row, base, buf);
    put(buf, "</", 2);
    put_text(buf, row->name);
    put(buf, ">\n", 2);
}

/* An element for each value. */
static void
write_values(struct writer *writer, const struct vir_xml_row *row, const void *base, int depth)
{
    const char *values = CONST_MEMBER(char *, base, row->offset);
    size_t n = CONST_MEMBER(size_t, base, row->has);
    struct vir_xml_row one = *row;

    one.offset = 0;
    for (size_t i = 0; i < n; i++)
        write_leaf(writer, &one, NULL, 0, values + i * xml_value_size(row), depth);
}

static void
write_child(struct writer *writer, const struct vir_xml_row *row, const struct vir_xml_rest *rest, size_t at,
            const void *base, int depth)
{
    void *const *items;
    size_t n;

    if (row->flags & VIR_XML_MANY) {
        write_values(writer, row, base, depth);
        return;
    }
    switch (row->kind) {
    case VIR_XML_VERBATIM:
        put_text(writer->buf, CONST_MEMBER(char *, base, row->offset));
        break;
    case VIR_XML_GROUP:
        write_element(writer, row->of.table, row->name, base, depth, row);
        break;
    case VIR_XML_PART:
        write_element(writer, row->of.table, row->name, CONST_MEMBER(void *, base, row->offset), depth, row);
        break;
    case VIR_XML_LIST:
        items = CONST_MEMBER(void **, base, row->offset);
        n = CONST_MEMBER(size_t, base, row->has);
        for (size_t i = 0; i < n; i++)
            write_element(writer, row->of.table, row->name, items[i], depth, row);
        break;
    default:
        write_leaf(writer, row, rest, at, base, depth);
        break;
    }
}

/* Text and children; the start tag is closed by the first of them.  Returns
 * whether there was any. */
static bool
write_content(struct writer *writer, const struct vir_xml_table *table, const void *base, int depth)
{
    const struct vir_xml_rest *all = CONST_MEMBER(struct vir_xml_rest *, base, table->rest), *rest = all;
    struct vir_buf *buf = writer->buf;
    size_t start = buf->len, i = table->n_attributes;

    if (i < table->n_rows && table->rows[i].place == VIR_XML_TEXT) {
        put(buf, ">", 1);
        if (xml_value_write(&table->rows[i], base, buf))
            return true;
        buf->len = start;
        i++;
    }
    put(buf, ">\n", 2);
    for (; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        write_rest(writer, &rest, i, XML_REST_ELEMENT);
        if (row_has_value(row, base) && !skipped(writer, row, base))
            write_child(writer, row, all, i, base, depth + 1);
    }
    write_rest(writer, &rest, SIZE_MAX, XML_REST_ELEMENT);
    if (buf->len > start + 2) {
        put_indent(buf, depth);
        return true;
    }
    buf->len = start;
    return false;
}

/* ROW is the row of the element in its parent's table; NULL for a root. */
static void
write_element(struct writer *writer, const struct vir_xml_table *table, const char *name, const void *base,
              int depth, const struct vir_xml_row *row)
{
    struct vir_buf *buf = writer->buf;
    size_t before = buf->len, named;

    put_indent(buf, depth);
    put(buf, "<", 1);
    put_text(buf, name);
    named = buf->len;
    write_attributes(writer, table, base);
    if (table->n_rows > table->n_attributes && table->rows[table->n_attributes].place == VIR_XML_TEXT &&
        row_has_value(&table->rows[table->n_attributes], base))
        put_unit(buf, &table->rows[table->n_attributes]);
    if (!row)
        write_namespaces(writer, table, base);
    if (!write_content(writer, table, base, depth)) {
        if (row && buf->len == named && !(row->flags & MAY_BE_EMPTY)) {
            buf->len = before;
            buf->text[before] = '\0';
            return;
        }
        if (!row || !(row->flags & VIR_XML_OPEN)) {
            put(buf, "/>\n", 3);
            return;
        }
        put(buf, ">\n", 2);
        put_indent(buf, depth);
    }
    put(buf, "</", 2);
    put_text(buf, name);
    put(buf, ">\n", 2);
}

/* Most documents fit into the first allocation. */
#define FIRST_ROOM 2048

void
vir_xml_format(const struct vir_xml_table *table, const void *def, int depth, struct vir_buf *buf,
               unsigned int flags)
{
    struct writer writer = { buf, flags };
    int indent = buf->indent;

    buf->indent = 0;
    if (!buf->room) {
        buf->text = vir_alloc(FIRST_ROOM);
        buf->room = FIRST_ROOM;
    }
    write_element(&writer, table, last_name(table->path), def, depth, NULL);
    buf->indent = indent;
}
