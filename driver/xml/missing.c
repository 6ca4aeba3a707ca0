/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a document lacks: presets take its place, and what must be there is missed. */
#include "edit.h"
#include "reader.h"
#include "value.h"

#include <stdio.h>

static bool
marked(const uint64_t *marks, size_t at)
{
    return marks[at / 64] >> at % 64 & 1;
}

/* NODE is the nearest element that is there. */
static int
missing(struct reader *reader, const struct target *target, const struct xml_node *node, const char *element,
        const struct vir_xml_row *row)
{
    static const char *const forms[] = {
        [VIR_XML_ATTRIBUTE] = "<%s> needs the attribute '%s'",
        [VIR_XML_TEXT] = "<%s> is missing or empty",
        [VIR_XML_ELEMENT] = "<%s> needs an element <%s>",
    };

    xml_fail_at(reader, node, row->extra && row->extra->error ? row->extra->error : VIR_ERR_XML_ERROR,
                forms[row->place], element, row->name);
    if (!target->node && target->table)
        vir_error_hint("it belongs at '%s'", target->table->path);
    return -1;
}

/* Where the element itself is absent, a preset serves also for what it would need. */
static bool
is_missed(const struct target *target, unsigned int flags)
{
    return flags & VIR_XML_REQUIRED && (target->node || !(flags & VIR_XML_PRESET));
}

/* What something else decides counts as said. */
static void
say(struct reader *reader, const struct target *target, const char *attribute, const char *text)
{
    if (target->node)
        xml_edit_set(&reader->tree, target->node, attribute, text);
}

/* ---- what the module takes -------------------------------------------------------------- */

static int read_missing(struct reader *reader, struct target *target, const struct xml_node *node,
                        const char *element);

/* The target of a group that the document lacks. */
static struct target
absent_group(const struct target *target, const struct vir_xml_row *row)
{
    struct target group = { .table = row->of.table, .base = target->base, .part = target->part,
                            .above = target->node };

    group.binding = xml_binding_of(group.table);
    group.content = group.binding->content;
    return group;
}

/* The document lacks a group: it is there all the same, or was something of it necessary? */
static int
read_missing_group(struct reader *reader, const struct target *target, const struct xml_node *node,
                   const struct vir_xml_row *row)
{
    struct target group = absent_group(target, row);
    size_t start = reader->pile.len;

    if (row->flags & VIR_XML_ALWAYS) {
        MEMBER(bool, target->base, row->has) = true;
        if (read_missing(reader, &group, node, row->name) < 0)
            return -1;
        xml_records_wrap(&reader->pile, start,
                         xml_binding_item(target->binding, (size_t)(row - target->table->rows)));
        return 0;
    }
    for (size_t i = 0; i < group.table->n_rows; i++)
        if (xml_is_needed(reader, &group, xml_row_needed(&group.table->rows[i])))
            return missing(reader, target, node, target->node ? target->node->name : row->name, row);
    return 0;
}

/* The value that the row has by what else the document says. */
static bool
read_choice(struct reader *reader, struct target *target, const struct vir_xml_row *row)
{
    const char *text = row->extra ? xml_choose(reader, target, row->extra->choices) : NULL;

    if (!text)
        return false;
    xml_value_read(row, target->base, text, NULL, false);
    if (row->has != VIR_XML_NO_MEMBER)
        MEMBER(bool, target->base, row->has) = true;
    if (row->place == VIR_XML_ATTRIBUTE)
        say(reader, target, row->name, text);
    return true;
}

/* A part of a PCI address is 0 where others are given. */
static bool
is_zero(const struct target *target, const struct vir_xml_row *row)
{
    if (!xml_is_hex(row) ||
        xml_hex_type(row, target->base) != row->extra->hex_value)
        return false;
    for (size_t i = 0; i < target->table->n_attributes; i++)
        if (xml_is_hex(&target->table->rows[i]) && marked(target->rows, i))
            return true;
    return false;
}

static int
read_missing_rows(struct reader *reader, struct target *target, const struct xml_node *node,
                  const char *element)
{
    for (size_t i = 0; i < target->binding->n_row_demands; i++) {
        size_t at = target->binding->row_demands[i];
        const struct vir_xml_row *row = &target->table->rows[at];

        if (marked(target->rows, at) ||
            xml_is_doubtful(reader, target, xml_row_when(row)) || read_choice(reader, target, row))
            continue;
        if (is_missed(target, row->flags) || xml_is_needed(reader, target, xml_row_needed(row)))
            return missing(reader, target, node, element, row);
        if (row->flags & VIR_XML_PRESET)
            xml_value_preset(row, target->base);
        else if (is_zero(target, row))
            MEMBER(bool, target->base, row->has) = true;
        else if (row->kind == VIR_XML_GROUP && read_missing_group(reader, target, node, row) < 0)
            return -1;
    }
    return 0;
}

/* ---- what it does not take ----------------------------------------------------------------- */

static void
put_preset(struct reader *reader, const struct xml_item *item, const char *text)
{
    size_t record = xml_record_begin(&reader->pile, item);

    put_escaped(&reader->pile, text, item->place == VIR_XML_ATTRIBUTE);
    xml_record_end(&reader->pile, record);
}

/* A part of a PCI address that is not said, as above. */
static bool
is_zero_item(const struct target *target, const struct xml_item *item)
{
    const struct xml_content *content = target->content;

    if (!target->node || !xml_item_is_hex(item, target->node, target->part))
        return false;
    for (size_t i = 0; i < content->n_attributes; i++) {
        const struct xml_item *other = &xml_items[content->items + i];

        if (other->more && xml_more[other->more].hex && marked(target->items, i))
            return xml_attr_find(target->node, "type") != NULL;
    }
    return false;
}

static bool
item_is_needed(struct reader *reader, struct target *target, const struct xml_item *item)
{
    return xml_is_needed(reader, target, xml_text_at(xml_more[item->more].needed));
}

/* Its absence means nothing unless a choice is made. */
static bool
only_choices(const struct xml_item *item)
{
    const struct xml_more *more = &xml_more[item->more];

    return more->choices && !more->needed && !more->preset && !more->hex && item->kind != VIR_XML_GROUP &&
        !(item->flags & VIR_XML_REQUIRED);
}

static int
missing_item(struct reader *reader, const struct target *target, const struct xml_node *node,
             const char *element, const struct xml_item *item)
{
    struct xml_expanded expanded;

    return missing(reader, target, node, element, xml_item_expand(item, target->node, target->part, &expanded));
}

static int
read_missing_group_item(struct reader *reader, const struct target *target, const struct xml_node *node,
                        const struct xml_item *item)
{
    struct target group = { .content = &xml_contents[item->of], .part = target->part, .above = target->node };
    const char *name = xml_texts + item->name;
    size_t record;

    if (item->flags & VIR_XML_ALWAYS) {
        record = xml_record_begin(&reader->pile, item);
        if (read_missing(reader, &group, node, name) < 0)
            return -1;
        xml_record_end(&reader->pile, record);
        return 0;
    }
    for (size_t i = 0; i < group.content->n_items; i++)
        if (item_is_needed(reader, &group, &xml_items[group.content->items + i]))
            return missing_item(reader, target, node, target->node ? target->node->name : name, item);
    return 0;
}

static int
read_missing_item(struct reader *reader, struct target *target, const struct xml_node *node,
                  const char *element, const struct xml_item *item)
{
    const struct xml_more *more = &xml_more[item->more];
    const char *preset = xml_choose(reader, target, xml_text_at(more->choices));
    char zero[16];

    if (!preset && only_choices(item))
        return 0;
    if (xml_is_doubtful(reader, target, xml_text_at(more->when)))
        return 0;
    if (preset) {
        if (item->place == VIR_XML_ATTRIBUTE)
            say(reader, target, xml_texts + item->name, preset);
        put_preset(reader, item, preset);
        return 0;
    }
    if (is_missed(target, item->flags) || item_is_needed(reader, target, item))
        return missing_item(reader, target, node, element, item);
    if (more->preset) {
        put_preset(reader, item, xml_texts + more->preset);
    } else if (is_zero_item(target, item)) {
        snprintf(zero, sizeof(zero), "0x%0*x", more->hex, 0);
        put_preset(reader, item, zero);
    } else if (item->kind == VIR_XML_GROUP) {
        return read_missing_group_item(reader, target, node, item);
    }
    return 0;
}

static int
read_missing_items(struct reader *reader, struct target *target, const struct xml_node *node,
                   const char *element)
{
    const struct xml_content *content = target->content;
    const struct xml_binding *binding = target->binding;
    size_t n = !content ? 0 : binding ? binding->n_item_demands : content->n_items;

    for (size_t i = 0; i < n; i++) {
        size_t at = binding ? binding->item_demands[i] : i;
        const struct xml_item *item = &xml_items[content->items + at];

        if (item->flags & VIR_XML_DEMANDS && !marked(target->items, at) &&
            read_missing_item(reader, target, node, element, item) < 0)
            return -1;
    }
    return 0;
}

static int
read_missing(struct reader *reader, struct target *target, const struct xml_node *node, const char *element)
{
    return (target->table && read_missing_rows(reader, target, node, element) < 0) ||
        read_missing_items(reader, target, node, element) < 0 ? -1 : 0;
}

/* Whether something is there that may stand alone. */
static bool
stands_alone(const struct target *target)
{
    for (size_t i = 0; target->table && target->binding->alone && i < target->table->n_rows; i++)
        if (target->table->rows[i].flags & VIR_XML_ALONE && marked(target->rows, i))
            return true;
    return false;
}

int
xml_read_missing(struct reader *reader, struct target *target, const struct xml_node *node)
{
    return stands_alone(target) ? 0 : read_missing(reader, target, node, node->name);
}
