/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading an element: what the module takes into its struct, the rest onto the pile. */
#include "reader.h"

#include <stdlib.h>

static bool
skipped(const struct reader *reader, const struct vir_xml_row *row)
{
    return row->flags & VIR_XML_LIVE && reader->flags & VIR_XML_INACTIVE;
}

/* ---- values: 1 where one is wrong, but left out all the same ------------------------------- */

static int
read_member(struct reader *reader, struct target *target, const struct vir_xml_row *row,
            const struct xml_node *node, const char *text, const char *unit)
{
    if (xml_value_read(row, target->base, text, unit, reader->flags & VIR_XML_VALIDATE) < 0)
        return xml_wrong_value(reader, row, node, text);
    if (row->has != VIR_XML_NO_MEMBER)
        MEMBER(bool, target->base, row->has) = true;
    return 0;
}

/* One more of them. */
static int
read_members(struct reader *reader, struct target *target, const struct vir_xml_row *row,
             const struct xml_node *node, const char *text, const char *unit)
{
    void *value = xml_values_add(row, target->base, reader->max_list);
    struct vir_xml_row one = *row;
    int rc;

    if (!value)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "more than %u elements <%s>", reader->max_list,
                           node->name);
    one.offset = 0;
    if (xml_value_read(&one, value, text, unit, reader->flags & VIR_XML_VALIDATE) == 0)
        return 0;
    rc = xml_wrong_value(reader, row, node, text);
    if (rc > 0)
        MEMBER(unsigned int, target->base, row->has)--;
    return rc;
}

static int
read_string_record(struct reader *reader, struct target *target, const struct slot *slot,
                   const struct xml_node *node, const char *text)
{
    size_t record;

    if (!xml_is_string(slot->row, text, reader->flags & VIR_XML_VALIDATE))
        return xml_wrong_value(reader, slot->row, node, text);
    if (xml_slot_record(reader, target, slot, node, &record) < 0)
        return -1;
    put_escaped(&reader->pile, text, slot->row->place == VIR_XML_ATTRIBUTE);
    xml_record_end(&reader->pile, record);
    return 0;
}

static int
read_record(struct reader *reader, struct target *target, const struct slot *slot,
            const struct xml_node *node, const char *text, const char *unit)
{
    union { unsigned char bytes[VIR_UUID_BUFLEN]; unsigned long long number; char *text; } value = { { 0 } };
    struct vir_xml_row row = *slot->row;
    size_t record;
    int rc = 0;

    row.flags &= ~(uint32_t)VIR_XML_MANY;
    if (xml_value_read(&row, &value, text, unit, reader->flags & VIR_XML_VALIDATE) < 0)
        rc = xml_wrong_value(reader, &row, node, text);
    else if ((rc = xml_slot_record(reader, target, slot, node, &record)) == 0) {
        xml_value_write(&row, &value, &reader->pile);
        xml_record_end(&reader->pile, record);
    }
    if (xml_is_text(&row))
        free(value.text);
    return rc;
}

/* The unit beside a number: NULL if there is none; -1: it is wrong. */
static int
find_unit(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node,
          const char **ret_unit)
{
    struct xml_attr *unit = xml_is_scaled(row) ? xml_attr_find(node, "unit") : NULL;

    *ret_unit = unit && *unit->value ? unit->value : NULL;
    if (unit)
        unit->used = true;
    if (*ret_unit && !xml_unit_bytes(unit->value))
        return xml_wrong_unit(reader, node, unit->value);
    return 0;
}

static int
read_value(struct reader *reader, struct target *target, const struct slot *slot, const struct xml_node *node,
           const char *text)
{
    const char *unit;
    int rc = find_unit(reader, slot->row, node, &unit);

    if (rc == 0 && !slot->taken && slot->row->kind == VIR_XML_STRING && !xml_in_capitals(slot->row))
        rc = read_string_record(reader, target, slot, node, text);
    else if (rc == 0 && !slot->taken)
        rc = read_record(reader, target, slot, node, text, unit);
    else if (rc == 0)
        rc = (slot->row->flags & VIR_XML_MANY ? read_members : read_member)(reader, target, slot->row, node,
                                                                            text, unit);
    if (rc > 0)
        xml_slot_unmark(target, slot);
    return rc;
}

/* ---- attributes -------------------------------------------------------------------------------- */

static void
note_unique(struct reader *reader, const struct target *target, const struct slot *slot,
            const struct xml_node *node)
{
    struct vir_buf text = { 0 };

    if (xml_value_write(slot->row, target->base, &text))
        xml_unique_note(reader, slot->row, node, text.text);
    vir_buf_free(&text);
}

/* What is asked of it from now on is answered as if it had not been written. */
static int
forget_attribute(struct target *target, struct xml_attr *attr)
{
    attr->dropped = true;
    target->asked = NULL;
    return 0;
}

static int
read_attribute(struct reader *reader, struct target *target, const struct slot *slot,
               const struct xml_node *node, struct xml_attr *attr)
{
    size_t record = reader->pile.len;
    int rc;

    if (skipped(reader, slot->row) || xml_says_nothing(slot->row, attr->value))
        return forget_attribute(target, attr);
    if (xml_is_meaningless(reader, target, xml_row_when(slot->row))) {
        xml_meaningless(reader, slot->row, node);
        return forget_attribute(target, attr);
    }
    xml_slot_mark(target, slot);
    rc = read_value(reader, target, slot, node, attr->value);
    if (rc != 0)
        return rc < 0 ? -1 : forget_attribute(target, attr);
    if (!slot->row->extra || !slot->row->extra->unique)
        return 0;
    if (slot->taken)
        note_unique(reader, target, slot, node);
    else if (reader->pile.len > record && !reader->pile.failed)
        xml_unique_note(reader, slot->row, node, reader->pile.text + record + sizeof(struct xml_record));
    return 0;
}

/* A unit belongs to a number of its element, which need not stand before it. */
static bool
is_unit(const struct target *target, const struct xml_attr *attr)
{
    const struct xml_content *content = target->content;

    if (strcmp(attr->name, "unit") != 0)
        return false;
    for (size_t i = 0; content && i < content->n_items; i++) {
        const struct xml_item *item = &xml_items[content->items + i];

        if (item->place != VIR_XML_ELEMENT && xml_kind_is_scaled(item->kind))
            return true;
    }
    for (size_t i = 0; target->table && i < target->table->n_rows; i++)
        if (target->table->rows[i].place != VIR_XML_ELEMENT && xml_is_scaled(&target->table->rows[i]))
            return true;
    return false;
}

/* HEX: only the members whose notation another one decides, or only the rest. */
static int
read_some_attributes(struct reader *reader, struct target *target, const struct xml_node *node, bool hex,
                     bool *ret_hex)
{
    size_t hint = 0;
    struct slot slot;

    for (struct xml_attr *attr = node->attrs; attr; attr = attr->next) {
        bool is_hex;

        if (attr->declares)
            continue;
        if (!xml_slot_find(target, VIR_XML_ATTRIBUTE, attr->name, &hint, &slot)) {
            if (!hex && !is_unit(target, attr) && xml_unknown_attribute(reader, target, node, attr) < 0)
                return -1;
            continue;
        }
        is_hex = slot.taken && xml_is_hex(slot.row);
        *ret_hex = *ret_hex || is_hex;
        if (hex == is_hex && read_attribute(reader, target, &slot, node, attr) < 0)
            return -1;
    }
    return 0;
}

static int
read_attributes(struct reader *reader, struct target *target, const struct xml_node *node)
{
    bool hex = false;

    if (!node->attrs)
        return 0;
    if (read_some_attributes(reader, target, node, false, &hex) < 0)
        return -1;
    return hex ? read_some_attributes(reader, target, node, true, &hex) : 0;
}

/* ---- elements that hold one value ------------------------------------------------------------------ */

/* What stands in or on an element that holds one value, and belongs to nobody. */
static int
drop_leaf_rest(struct reader *reader, struct xml_node *node)
{
    const struct target nothing = { .node = node };

    for (const struct xml_attr *attr = node->attrs; attr; attr = attr->next)
        if (!attr->used && !attr->declares && xml_unknown_attribute(reader, &nothing, node, attr) < 0)
            return -1;
    for (const struct xml_node *child = node->first; child; child = child->next)
        if (child->kind == XML_NODE_ELEMENT && xml_unknown_element(reader, &nothing, child) < 0)
            return -1;
    return 0;
}

static int
read_flag(struct reader *reader, struct target *target, const struct slot *slot, const struct xml_node *node)
{
    size_t record;

    if (slot->taken) {
        MEMBER(bool, target->base, slot->row->offset) = true;
        return 0;
    }
    if (xml_slot_record(reader, target, slot, node, &record) < 0)
        return -1;
    xml_record_end(&reader->pile, record);
    return 0;
}

/* Less than a MiB is written as none, which says nothing when it is read again. */
static bool
is_rounded_away(const struct vir_xml_row *row, const struct xml_node *node, const char *text)
{
    const struct xml_attr *unit = row->kind == VIR_XML_MEGA ? xml_attr_find(node, "unit") : NULL;
    struct vir_xml_row one = { .kind = row->kind, .extra = row->extra };
    unsigned long long value;

    return row->kind == VIR_XML_MEGA && xml_says_nothing(row, "0") &&
        xml_value_read(&one, &value, text, unit && *unit->value ? unit->value : NULL, false) == 0 && value == 0;
}

static int
read_leaf(struct reader *reader, struct target *target, const struct slot *slot, struct xml_node *node)
{
    const char *text = xml_node_text(&reader->tree, node);
    bool flag = slot->row->kind == VIR_XML_FLAG;

    if (!flag && (xml_says_nothing(slot->row, text) || is_rounded_away(slot->row, node, text))) {
        node->dropped = true;
        if (!(slot->row->flags & VIR_XML_MANY))
            xml_slot_unmark(target, slot);
    } else if ((flag ? read_flag(reader, target, slot, node)
                     : read_value(reader, target, slot, node, text)) < 0) {
        return -1;
    }
    /* Nearly all have nothing but a text. */
    if ((node->attrs && (!node->attrs->used || node->attrs->next)) || node->first != node->last ||
        (node->first && node->first->kind == XML_NODE_ELEMENT))
        return drop_leaf_rest(reader, node);
    return 0;
}

static int
read_verbatim(struct reader *reader, struct target *target, const struct slot *slot, struct xml_node *node)
{
    bool foreign = slot->row->flags & VIR_XML_FOREIGN;
    struct vir_buf buf = { 0 };
    size_t record;

    if (slot->taken) {
        xml_keep_element(&buf, node, target->depth + 1, foreign);
        MEMBER(char *, target->base, slot->row->offset) = vir_buf_steal(&buf);
        return 0;
    }
    if (xml_slot_record(reader, target, slot, node, &record) < 0)
        return -1;
    xml_keep_element(&reader->pile, node, target->depth + 1, foreign);
    xml_record_end(&reader->pile, record);
    return 0;
}

/* ---- elements that hold items --------------------------------------------------------------------------- */

static void
remove_sub(const struct target *target, const struct vir_xml_row *row)
{
    if (row->kind == VIR_XML_LIST) {
        unsigned int *n = &MEMBER(unsigned int, target->base, row->has);

        vir_xml_free(row->of.table, MEMBER(void **, target->base, row->offset)[--*n]);
    } else {
        MEMBER(void *, target->base, row->offset) =
            vir_xml_free(row->of.table, MEMBER(void *, target->base, row->offset));
    }
}

/* The struct that the element goes to; NULL: there are too many. */
static void *
add_sub(const struct reader *reader, const struct target *target, const struct vir_xml_row *row)
{
    if (row->kind == VIR_XML_LIST)
        return xml_list_add(row, target->base, reader->max_list);
    if (row->kind == VIR_XML_PART)
        return MEMBER(void *, target->base, row->offset) = vir_alloc(row->of.table->size);
    MEMBER(bool, target->base, row->has) = true;
    return target->base;
}

/* What is left out is not there, and may be missed. */
static int
set_aside(struct reader *reader, struct target *target, const struct slot *slot, const struct xml_node *node)
{
    xml_set_aside(reader, node);
    if (!slot->again)
        xml_slot_unmark(target, slot);
    return 0;
}

static int
read_taken_sub(struct reader *reader, struct target *target, const struct slot *slot, struct xml_node *node)
{
    const struct vir_xml_row *row = slot->row;
    struct target sub = { .table = row->of.table, .base = add_sub(reader, target, row), .node = node,
                          .part = row->kind == VIR_XML_GROUP ? target->part : node, .depth = target->depth + 1 };
    size_t pile = reader->pile.len;

    if (!sub.base)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "more than %u elements <%s>", reader->max_list,
                           node->name);
    sub.binding = xml_binding_of(sub.table);
    sub.content = sub.binding->content;
    if (xml_read_element(reader, &sub, node) == 0) {
        if (row->kind == VIR_XML_GROUP)
            xml_records_wrap(&reader->pile, pile, slot->item);
        return 0;
    }
    if (!(reader->flags & VIR_XML_OWN) || row->kind == VIR_XML_GROUP)
        return -1;
    reader->pile.len = pile;
    remove_sub(target, row);
    return set_aside(reader, target, slot, node);
}

static int
read_sub_record(struct reader *reader, struct target *target, const struct slot *slot, struct xml_node *node)
{
    struct target sub = { .content = &xml_contents[slot->item->of], .node = node, .depth = target->depth + 1,
                          .part = slot->row->kind == VIR_XML_GROUP ? target->part : node };
    size_t record;

    if (xml_slot_record(reader, target, slot, node, &record) < 0)
        return -1;
    if (xml_read_element(reader, &sub, node) < 0) {
        if (!(reader->flags & VIR_XML_OWN))
            return -1;
        reader->pile.len = record;
        return set_aside(reader, target, slot, node);
    }
    xml_record_end(&reader->pile, record);
    return 0;
}

static bool
is_many(const struct slot *slot)
{
    return slot->row->kind == VIR_XML_LIST || slot->row->flags & VIR_XML_MANY;
}

/* Also one that is apart. */
static bool
is_group(const struct slot *slot)
{
    return slot->row->kind == VIR_XML_GROUP || (slot->item && slot->item->kind == VIR_XML_GROUP);
}

static int
read_child(struct reader *reader, struct target *target, struct slot *slot, struct xml_node *node)
{
    const struct vir_xml_row *row = slot->row;

    node->dropped = skipped(reader, row) && !xml_is_user_alias(xml_attr_value(node, "name"));
    if (node->dropped)
        return 0;
    node->dropped = xml_is_meaningless(reader, target, xml_row_when(slot->row));
    if (node->dropped) {
        xml_meaningless(reader, slot->row, node);
        return 0;
    }
    slot->again = xml_slot_mark(target, slot);
    node->dropped = slot->again && !is_many(slot);
    if (node->dropped)
        return xml_twice(reader, node, row->flags & VIR_XML_ONCE);
    switch (row->kind) {
    case VIR_XML_VERBATIM:
        return read_verbatim(reader, target, slot, node);
    case VIR_XML_GROUP:
    case VIR_XML_PART:
        if (is_group(slot) && !(row->flags & (VIR_XML_ONCE | VIR_XML_MANY)) && xml_merge_twins(reader, node) < 0)
            return -1;
        /* fall through */
    case VIR_XML_LIST:
        return slot->taken ? read_taken_sub(reader, target, slot, node)
                           : read_sub_record(reader, target, slot, node);
    default:
        return read_leaf(reader, target, slot, node);
    }
}

static int
read_text(struct reader *reader, struct target *target, const struct xml_node *node)
{
    const char *text;
    struct slot slot;

    if (!xml_slot_text(target, &slot))
        return 0;
    text = xml_node_text(&reader->tree, node);
    if (xml_is_blank(text))
        return 0;
    xml_slot_mark(target, &slot);
    return read_value(reader, target, &slot, node, text) < 0 ? -1 : 0;
}

static int
read_children(struct reader *reader, struct target *target, const struct xml_node *node)
{
    size_t hint = 0;
    struct slot slot;

    for (struct xml_node *child = node->first; child; child = child->next) {
        if (child->kind != XML_NODE_ELEMENT)
            continue;
        if (xml_slot_find(target, VIR_XML_ELEMENT, child->name, &hint, &slot)
                ? read_child(reader, target, &slot, child) < 0
                : xml_unknown_element(reader, target, child) < 0)
            return -1;
    }
    return 0;
}

int
xml_read_element(struct reader *reader, struct target *target, struct xml_node *node)
{
    size_t start = reader->pile.len;

    xml_rules_note(reader, target);
    if (read_attributes(reader, target, node) < 0 || read_text(reader, target, node) < 0 ||
        read_children(reader, target, node) < 0 || xml_read_missing(reader, target, node) < 0)
        return -1;
    xml_records_sort(&reader->pile, start);
    if (target->table && target->table->rest != VIR_XML_NO_MEMBER)
        MEMBER(struct vir_xml_rest *, target->base, target->table->rest) =
            xml_records_take(&reader->pile, start);
    return 0;
}
