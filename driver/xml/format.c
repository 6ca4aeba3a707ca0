/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a struct, and the records that it has no members for, as a document. */
#include "rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of libvirt: those that the root declares, where in the text, and where the declarations end. */
struct namespaces {
    const char *uris[8];
    size_t at[8], n, end;
};

struct writer {
    struct vir_buf *buf;
    unsigned int flags;
    struct namespaces *namespaces;      /* NULL: nothing is declared */
};

/* An element to be written: rows of a struct, records, or both. */
struct source {
    const char *name;
    const struct vir_xml_table *table;  /* NULL: records only */
    const void *base;
    const struct xml_binding *binding;
    struct xml_records records;         /* that are not written yet */
    unsigned int flags;                 /* of its row or item */
};

/* Elements that are written though they hold nothing. */
#define MAY_BE_EMPTY (VIR_XML_OPEN | VIR_XML_EMPTY | VIR_XML_REQUIRED)

static void write_element(struct writer *writer, struct source *source, int depth, bool root);

static struct source
source_of(const char *name, const struct vir_xml_table *table, const void *base, struct xml_records records)
{
    return (struct source){
        .name = name, .table = table, .base = base, .binding = xml_binding_of(table), .records = records,
    };
}

static struct source
source_of_struct(const char *name, const struct vir_xml_table *table, const void *base)
{
    return source_of(name, table, base, xml_records_at(table, base));
}

static const char *
last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* ---- what is left out ------------------------------------------------------------- */

/* USER: it is an alias that the user chose. */
static bool
skipped(const struct writer *writer, unsigned int flags, bool user)
{
    return (flags & VIR_XML_LIVE && writer->flags & VIR_XML_INACTIVE && !user) ||
           (flags & VIR_XML_SECRET && !(writer->flags & VIR_XML_SECURE));
}

bool
xml_is_user_alias(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    return name && strncmp(name, "ua-", 3) == 0 && !name[strspn(name, letters)];
}

static bool
row_skipped(const struct writer *writer, const struct vir_xml_row *row, const void *base)
{
    const struct vir_xml_row *name = row->kind == VIR_XML_GROUP ? row->of.table->rows : NULL;
    bool user = name && name->kind == VIR_XML_STRING && xml_is_user_alias(CONST_MEMBER(char *, base, name->offset));

    return skipped(writer, row->flags, user);
}

static bool
record_skipped(const struct writer *writer, const struct xml_record *record)
{
    const struct xml_item *item = xml_record_item(record);
    const struct xml_record *name = xml_item_holds(item) ? xml_records_first(xml_records_in(record)) : NULL;

    return skipped(writer, item->flags, name && xml_is_user_alias(name->content));
}

/* ---- attributes -------------------------------------------------------------------- */

static void
put_unit(struct vir_buf *buf, enum vir_xml_kind kind)
{
    if (kind == VIR_XML_MEMORY)
        put_text(buf, " unit='KiB'");
    else if (kind == VIR_XML_BYTES)
        put_text(buf, " unit='bytes'");
    else if (kind == VIR_XML_MEGA)
        put_text(buf, " unit='M'");
}

static bool row_has_value(const struct vir_xml_row *row, const void *base);

/* Whether a later attribute has the same unit, which is written behind the last of them. */
static bool
has_unit_behind(const struct vir_xml_table *table, const struct vir_xml_row *row, const void *base)
{
    for (const struct vir_xml_row *other = row + 1; other < table->rows + table->n_attributes; other++)
        if (xml_is_scaled(other) && row_has_value(other, base))
            return true;
    return false;
}

static void
write_attribute(struct writer *writer, const struct vir_xml_table *table, const struct vir_xml_row *row,
                const void *base)
{
    struct vir_buf *buf = writer->buf;

    put(buf, " ", 1);
    put_text(buf, row->name);
    put(buf, "='", 2);
    xml_value_write(row, base, buf);
    put(buf, "'", 1);
    if (xml_is_scaled(row) && !has_unit_behind(table, row, base))
        put_unit(buf, row->kind);
}

/* The next record at PLACE, if it is written before item LIMIT of the element. */
static const struct xml_record *
next_record(struct source *source, enum vir_xml_place place, size_t limit)
{
    const struct xml_record *record = xml_records_first(source->records);
    size_t first = source->binding && source->binding->content ? source->binding->content->items : 0;

    if (!record || xml_record_item(record)->place != place || record->item - first >= limit)
        return NULL;
    return xml_records_next(&source->records);
}

static void
write_attribute_records(struct writer *writer, struct source *source, size_t limit)
{
    const struct xml_record *record;

    while ((record = next_record(source, VIR_XML_ATTRIBUTE, limit))) {
        const struct xml_item *item = xml_record_item(record);

        if (record_skipped(writer, record))
            continue;
        put(writer->buf, " ", 1);
        put_text(writer->buf, xml_texts + item->name);
        put(writer->buf, "='", 2);
        put_text(writer->buf, record->content);
        put(writer->buf, "'", 1);
        record = xml_records_first(source->records);
        if (!record || xml_record_item(record)->place != VIR_XML_ATTRIBUTE ||
            xml_record_item(record)->kind != item->kind)
            put_unit(writer->buf, item->kind);
    }
}

static void
write_attributes(struct writer *writer, struct source *source)
{
    const struct vir_xml_table *table = source->table;

    for (size_t i = 0; table && i < table->n_attributes; i++) {
        if (source->records.at != source->records.end)
            write_attribute_records(writer, source, source->binding->item_of[i]);
        if (row_has_value(&table->rows[i], source->base) && !skipped(writer, table->rows[i].flags, false))
            write_attribute(writer, table, &table->rows[i], source->base);
    }
    write_attribute_records(writer, source, SIZE_MAX);
}

static bool
row_has_value(const struct vir_xml_row *row, const void *base)
{
    if (row->flags & VIR_XML_MANY)
        return CONST_MEMBER(unsigned int, base, row->has) != 0;
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
        return CONST_MEMBER(uint8_t, base, row->offset) != 0;
    case VIR_XML_LIST:
        return CONST_MEMBER(unsigned int, base, row->has) != 0;
    default:
        return row->has == VIR_XML_NO_MEMBER || CONST_MEMBER(bool, base, row->has);
    }
}

/* ---- namespaces of libvirt ------------------------------------------------------------- */

/* Declares the namespace of NAME (the text goes on behind the name), if it has one. */
static void
declare(struct writer *writer, const char *name)
{
    struct namespaces *namespaces = writer->namespaces;
    size_t prefix = strcspn(name, ": />");
    const char *uri = name[prefix] == ':' ? xml_namespace_uri(name) : NULL;

    for (size_t i = 0; i < namespaces->n; i++)
        if (namespaces->uris[i] == uri)
            return;
    if (!uri || namespaces->n == sizeof(namespaces->uris) / sizeof(namespaces->uris[0]))
        return;
    namespaces->at[namespaces->n] = writer->buf->len;
    namespaces->uris[namespaces->n++] = uri;
    vir_buf_addf(writer->buf, " xmlns:%.*s='%s'", (int)prefix, name, uri);
}

/* Those that children of the root use, and of a document within it. */
static void
write_namespaces(struct writer *writer, const struct source *source)
{
    const struct vir_xml_table *table = source->table;
    struct xml_records records = source->records;
    const struct xml_record *record;

    while ((record = xml_records_next(&records))) {
        const struct xml_item *item = xml_record_item(record);

        declare(writer, xml_texts + item->name);
        if (item->kind == VIR_XML_PART && xml_content_is_document(item->of))
            write_namespaces(writer, &(struct source){ .records = xml_records_in(record) });
    }
    for (size_t i = table ? table->n_attributes : 0; table && i < table->n_rows; i++)
        if (table->rows[i].name && row_has_value(&table->rows[i], source->base))
            declare(writer, table->rows[i].name);
}

/* Takes out the declarations of what was left out. */
static void
forget_unused(struct vir_buf *buf, const struct namespaces *namespaces)
{
    size_t end = namespaces->end, body = end;

    for (size_t i = namespaces->n; i-- > 0; end = namespaces->at[i]) {
        const char *prefix = buf->text + namespaces->at[i] + strlen(" xmlns:");
        char tag[32];

        snprintf(tag, sizeof(tag), "<%.*s:", (int)strcspn(prefix, "="), prefix);
        if (strstr(buf->text + body, tag))
            continue;
        memmove(buf->text + namespaces->at[i], buf->text + end, buf->len + 1 - end);
        buf->len -= end - namespaces->at[i];
        body -= end - namespaces->at[i];
    }
}

/* ---- elements ------------------------------------------------------------------------ */

/* `<NAME`, with the unit of a value of KIND. */
static void
begin_leaf(struct writer *writer, const char *name, enum vir_xml_kind kind, int depth)
{
    put_indent(writer->buf, depth);
    put(writer->buf, "<", 1);
    put_text(writer->buf, name);
    put_unit(writer->buf, kind);
    if (kind == VIR_XML_FLAG)
        put(writer->buf, "/>\n", 3);
    else
        put(writer->buf, ">", 1);
}

static void
end_element(struct writer *writer, const char *name)
{
    put(writer->buf, "</", 2);
    put_text(writer->buf, name);
    put(writer->buf, ">\n", 2);
}

static void
write_leaf(struct writer *writer, const struct vir_xml_row *row, const void *base, int depth)
{
    begin_leaf(writer, row->name, row->kind, depth);
    if (row->kind == VIR_XML_FLAG)
        return;
    xml_value_write(row, base, writer->buf);
    end_element(writer, row->name);
}

/* An element for each value. */
static void
write_values(struct writer *writer, const struct vir_xml_row *row, const void *base, int depth)
{
    const char *values = CONST_MEMBER(char *, base, row->offset);
    size_t n = CONST_MEMBER(unsigned int, base, row->has);
    struct vir_xml_row one = *row;

    one.offset = 0;
    for (size_t i = 0; i < n; i++)
        write_leaf(writer, &one, values + i * xml_value_size(row), depth);
}

static void
write_group(struct writer *writer, const struct vir_xml_row *row, const void *base, struct xml_records records,
            int depth)
{
    struct source source = source_of(row->name, row->of.table, base, records);

    source.flags = row->flags;
    write_element(writer, &source, depth, false);
}

static void
write_sub(struct writer *writer, const struct vir_xml_row *row, const void *base, int depth)
{
    struct source source = source_of_struct(row->name, row->of.table, base);

    source.flags = row->flags;
    write_element(writer, &source, depth, false);
}

/* RECORDS: what a group has no members for. */
static void
write_child(struct writer *writer, const struct vir_xml_row *row, const void *base, struct xml_records records,
            int depth)
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
        write_group(writer, row, base, records, depth);
        break;
    case VIR_XML_PART:
        write_sub(writer, row, CONST_MEMBER(void *, base, row->offset), depth);
        break;
    case VIR_XML_LIST:
        items = CONST_MEMBER(void **, base, row->offset);
        n = CONST_MEMBER(unsigned int, base, row->has);
        for (size_t i = 0; i < n; i++)
            write_sub(writer, row, items[i], depth);
        break;
    default:
        write_leaf(writer, row, base, depth);
        break;
    }
}

static void
write_record(struct writer *writer, const struct xml_record *record, int depth)
{
    const struct xml_item *item = xml_record_item(record);
    const char *name = xml_texts + item->name;
    struct source source;

    switch (item->kind) {
    case VIR_XML_VERBATIM:
        put_text(writer->buf, record->content);
        break;
    case VIR_XML_GROUP:
    case VIR_XML_PART:
        source = (struct source){ .name = name, .records = xml_records_in(record), .flags = item->flags };
        write_element(writer, &source, depth, false);
        break;
    default:
        begin_leaf(writer, name, item->kind, depth);
        if (item->kind == VIR_XML_FLAG)
            break;
        put_text(writer->buf, record->content);
        end_element(writer, name);
        break;
    }
}

static void
write_child_records(struct writer *writer, struct source *source, size_t limit, int depth)
{
    const struct xml_record *record;

    while ((record = next_record(source, VIR_XML_ELEMENT, limit)))
        if (!record_skipped(writer, record))
            write_record(writer, record, depth);
}

/* The unit, the end of the start tag and the text, if there is one. */
static bool
write_text(struct writer *writer, struct source *source)
{
    const struct vir_xml_table *table = source->table;
    const struct vir_xml_row *row = table && table->n_rows > table->n_attributes &&
        table->rows[table->n_attributes].place == VIR_XML_TEXT ? &table->rows[table->n_attributes] : NULL;
    const struct xml_record *record = next_record(source, VIR_XML_TEXT, SIZE_MAX);

    if (row && row_has_value(row, source->base)) {
        put_unit(writer->buf, row->kind);
        put(writer->buf, ">", 1);
        xml_value_write(row, source->base, writer->buf);
        return true;
    }
    if (!record)
        return false;
    put_unit(writer->buf, xml_record_item(record)->kind);
    put(writer->buf, ">", 1);
    put_text(writer->buf, record->content);
    return true;
}

/* The start tag is closed by the first child.  Returns whether there was any. */
static bool
write_children(struct writer *writer, struct source *source, int depth)
{
    const struct vir_xml_table *table = source->table;
    struct vir_buf *buf = writer->buf;
    size_t start = buf->len;

    put(buf, ">\n", 2);
    for (size_t i = table ? table->n_attributes : 0; table && i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];

        struct xml_records of_group = { NULL, NULL };

        if (source->records.at != source->records.end) {
            write_child_records(writer, source, source->binding->item_of[i], depth + 1);
            of_group = xml_records_of_group(&source->records, xml_binding_item(source->binding, i));
        }
        if (row->name && row_has_value(row, source->base) && !row_skipped(writer, row, source->base))
            write_child(writer, row, source->base, of_group, depth + 1);
    }
    write_child_records(writer, source, SIZE_MAX, depth + 1);
    if (buf->len > start + 2) {
        put_indent(buf, depth);
        return true;
    }
    buf->len = start;
    buf->text[start] = '\0';
    return false;
}

/* What has nothing in it is not written, unless that says something. */
static void
write_element(struct writer *writer, struct source *source, int depth, bool root)
{
    struct vir_buf *buf = writer->buf;
    size_t before = buf->len, named;

    put_indent(buf, depth);
    put(buf, "<", 1);
    put_text(buf, source->name);
    named = buf->len;
    write_attributes(writer, source);
    if (root) {
        write_namespaces(writer, source);
        writer->namespaces->end = buf->len;
    }
    if (!write_text(writer, source) && !write_children(writer, source, depth)) {
        if (!root && buf->len == named && !(source->flags & MAY_BE_EMPTY)) {
            buf->len = before;
            buf->text[before] = '\0';
            return;
        }
        if (!(source->flags & VIR_XML_OPEN)) {
            put(buf, "/>\n", 3);
            return;
        }
        put(buf, ">\n", 2);
        put_indent(buf, depth);
    }
    end_element(writer, source->name);
}

/* ---- documents -------------------------------------------------------------------------- */

/* Most documents fit into the first allocation. */
#define FIRST_ROOM 2048

static void
write_document(struct source *source, int depth, struct vir_buf *buf, unsigned int flags)
{
    struct namespaces namespaces = { .n = 0 };
    struct writer writer = { buf, flags, &namespaces };
    int indent = buf->indent;

    buf->indent = 0;
    if (!buf->room) {
        buf->text = vir_alloc(FIRST_ROOM);
        buf->room = FIRST_ROOM;
    }
    write_element(&writer, source, depth, true);
    forget_unused(buf, &namespaces);
    buf->indent = indent;
}

void
vir_xml_format(const struct vir_xml_table *table, const void *def, int depth, struct vir_buf *buf,
               unsigned int flags)
{
    struct source source = source_of_struct(last_name(table->path), table, def);

    write_document(&source, depth, buf, flags);
}

void
xml_format_records(struct vir_buf *buf, const char *root, struct xml_records records, unsigned int flags)
{
    struct source source = { .name = root, .records = records };

    write_document(&source, 0, buf, flags);
}
