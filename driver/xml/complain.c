/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said about a document: line and column of the element, what is wrong, the nearest name. */
#include "reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "nearest.h"
#include "number.h"

/* With validation, whatever is wrong is a fault against the schema. */
int
xml_fail_at(struct reader *reader, const struct xml_node *node, int code, const char *fmt, ...)
{
    struct xml_place place = xml_place_of(reader->tree.text, reader->tree.tags[node->tag]);
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if (reader->flags & VIR_XML_VALIDATE)
        return vir_raise(VIR_FROM_XML, VIR_ERR_XML_INVALID_SCHEMA, "line %u, column %u: %s", place.line,
                         place.column, text);
    return vir_raise(reader->error_domain, code, "line %u, column %u: %s", place.line, place.column, text);
}

int
xml_rule_broken(struct reader *reader, const struct xml_node *node, int code, const char *says)
{
    struct xml_place place = xml_place_of(reader->tree.text, reader->tree.tags[node->tag]);

    return vir_raise(reader->error_domain, code, "line %u, column %u: <%s>: %s", place.line, place.column, node->name,
                     says);
}

/* How many bytes of a text from the document are shown: whole characters, 80 at most. */
static int
shown(const char *text)
{
    size_t n = strnlen(text, 80);

    while (n && (text[n] & 0xc0) == 0x80)
        n--;
    return (int)n;
}

/* A name that nobody knows. */
static int
unknown_name(struct reader *reader, const struct xml_node *at, const struct xml_node *parent,
             const char *kind, const char *name, const char *nearest)
{
    struct xml_place place;

    if (reader->flags & VIR_XML_VALIDATE) {
        xml_fail_at(reader, at, VIR_ERR_XML_INVALID_SCHEMA, "%s '%.*s' of <%s> is unknown", kind, shown(name),
                    name, parent->name);
        if (nearest)
            vir_error_hint("did you mean '%s'?", nearest);
        return -1;
    }
    place = xml_place_of(reader->tree.text, reader->tree.tags[at->tag]);
    vir_warn("line %u, column %u: %s '%.*s' of <%s> is unknown and is dropped%s%s%s", place.line,
             place.column, kind, shown(name), name, parent->name, nearest ? "; did you mean '" : "",
             nearest ? nearest : "", nearest ? "'?" : "");
    return 0;
}

static bool
worth_a_warning(struct reader *reader)
{
    return reader->flags & VIR_XML_VALIDATE || reader->warnings++ < XML_MAX_WARNINGS;
}

/* What is at PLACE of the target and resembles NAME; NULL: nothing. */
static const char *
nearest_name(const struct target *target, enum vir_xml_place place, const char *name)
{
    const struct xml_content *content = target->content;
    struct vir_nearest nearest = { .word = name };

    for (size_t i = 0; content && i < content->n_items; i++)
        if (xml_items[content->items + i].place == place)
            vir_nearest_try(&nearest, xml_texts + xml_items[content->items + i].name);
    for (size_t i = 0; target->table && i < target->table->n_rows; i++)
        if (target->table->rows[i].place == place)
            vir_nearest_try(&nearest, target->table->rows[i].name);
    return nearest.best;
}

int
xml_unknown_element(struct reader *reader, const struct target *target, const struct xml_node *node)
{
    if (!worth_a_warning(reader))
        return 0;
    return unknown_name(reader, node, target->node, "element", node->name,
                        nearest_name(target, VIR_XML_ELEMENT, node->name));
}

int
xml_unknown_attribute(struct reader *reader, const struct target *target, const struct xml_node *node,
                      const struct xml_attr *attr)
{
    if (!worth_a_warning(reader))
        return 0;
    return unknown_name(reader, node, node, "attribute", attr->name,
                        nearest_name(target, VIR_XML_ATTRIBUTE, attr->name));
}

/* In a file of our own, what would refuse a message is left out. */
static int
left_out(struct reader *reader, const struct xml_node *node)
{
    if (!(reader->flags & VIR_XML_OWN))
        return -1;
    xml_set_aside(reader, node);
    return 1;
}

/* An amount that is a number is too large. */
static int
code_of(const struct vir_xml_row *row, const char *text)
{
    uint64_t number;

    if (*text && row->extra && row->extra->wrong)
        return row->extra->wrong;
    if (row->kind == VIR_XML_CPUSET)
        return VIR_ERR_INVALID_ARG;
    if (xml_is_scaled(row) && vir_parse_radix(text, 10, UINT64_MAX, &number) == 0 && number)
        return VIR_ERR_OVERFLOW;
    return !*text && row->extra && row->extra->error ? row->extra->error : VIR_ERR_XML_ERROR;
}

int
xml_wrong_value(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node,
                const char *text)
{
    const char *nearest = xml_value_nearest(row, text);
    struct vir_buf allowed = { 0 };
    int code = code_of(row, text);

    xml_value_allowed(row, &allowed);
    if (row->place == VIR_XML_ATTRIBUTE)
        xml_fail_at(reader, node, code, "attribute '%s' of <%s> is '%.*s'; it must be %s",
                    row->name, node->name, shown(text), text, allowed.text);
    else
        xml_fail_at(reader, node, code, "<%s> is '%.*s'; it must be %s", node->name, shown(text), text,
                    allowed.text);
    if (nearest)
        vir_error_hint("did you mean '%s'?", nearest);
    vir_buf_free(&allowed);
    return left_out(reader, node);
}

int
xml_wrong_unit(struct reader *reader, const struct xml_node *node, const char *unit)
{
    xml_fail_at(reader, node, VIR_ERR_INVALID_ARG, "attribute 'unit' of <%s> is '%.*s'; it must be bytes, "
                "KB, MB, GB, TB (powers of 1000), KiB, MiB, GiB or TiB (of 1024)", node->name,
                shown(unit), unit);
    return left_out(reader, node);
}

/* A second element where one is allowed. */
int
xml_twice(struct reader *reader, const struct xml_node *node, bool wrong)
{
    struct xml_place place;

    if ((wrong && !(reader->flags & VIR_XML_OWN)) || reader->flags & VIR_XML_VALIDATE)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "<%s> is there twice in <%s>",
                           node->name, node->parent->name);
    if (!worth_a_warning(reader))
        return 0;
    place = xml_place_of(reader->tree.text, reader->tree.tags[node->tag]);
    vir_warn("line %u, column %u: a second <%s> in <%s> is dropped", place.line, place.column, node->name,
             node->parent->name);
    return 0;
}

void
xml_twice_attribute(struct reader *reader, const struct xml_node *node, const struct xml_attr *attr)
{
    struct xml_place place;

    if (!worth_a_warning(reader))
        return;
    place = xml_place_of(reader->tree.text, reader->tree.tags[node->tag]);
    vir_warn("line %u, column %u: attribute '%.*s' of a second <%s> is dropped", place.line, place.column,
             shown(attr->name), attr->name, node->name);
}

void
xml_meaningless(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node)
{
    const char *why = xml_condition_name(row->extra->when);
    bool attribute = row->place == VIR_XML_ATTRIBUTE;
    struct xml_place place;

    if (reader->warnings++ >= XML_MAX_WARNINGS)
        return;
    place = xml_place_of(reader->tree.text, reader->tree.tags[node->tag]);
    vir_warn("line %u, column %u: %s%s%s of <%s> means nothing%s%s%s and is dropped", place.line,
             place.column, attribute ? "attribute '" : "<", row->name, attribute ? "'" : ">",
             attribute ? node->name : node->parent->name, why ? " with this '" : "", why ? why : "", why ? "'" : "");
}

void
xml_set_aside(struct reader *reader, const struct xml_node *node)
{
    virErrorPtr error = vir_error_take();

    if (reader->warnings++ < XML_MAX_WARNINGS)
        vir_warn("<%s>: left out of what was written before: %s", node->name,
                 error && error->message ? error->message : "wrong");
    vir_error_drop(error);
}

void
xml_complain_end(const struct reader *reader)
{
    if (reader->warnings > XML_MAX_WARNINGS)
        vir_warn("%u more things are unknown, wrong or there twice and are dropped", reader->warnings - XML_MAX_WARNINGS);
}
