/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sections that are written twice (two <devices>): what the later ones hold counts as
 * if it stood in the first.  Where both say the same thing, the first one's counts.
 */
#include "edit.h"
#include "reader.h"

/* As many as one element may have, so that looking for them stays short. */
static void
move_attributes(struct reader *reader, struct xml_node *first, struct xml_node *twin)
{
    struct xml_attr *next;
    size_t n = 0;

    for (const struct xml_attr *attr = first->attrs; attr; attr = attr->next)
        n++;
    for (struct xml_attr *attr = twin->attrs; attr; attr = next) {
        next = attr->next;
        if (attr->declares)
            continue;
        if (n >= XML_MAX_ATTRIBUTES || xml_attr_find(first, attr->name)) {
            xml_twice_attribute(reader, twin, attr);
            continue;
        }
        attr->next = NULL;
        if (first->last_attr)
            first->last_attr->next = attr;
        else
            first->attrs = attr;
        first->last_attr = attr;
        n++;
    }
}

/* *TEXT: whether the first one holds some. */
static void
move_children(struct xml_node *first, struct xml_node *twin, bool *text)
{
    bool had_text = *text;
    struct xml_node *next;

    *text = had_text || xml_node_has_text(twin);
    for (struct xml_node *child = twin->first; child; child = next) {
        next = child->next;
        if (had_text && child->kind != XML_NODE_ELEMENT)
            continue;
        xml_edit_append(first, child);
    }
    twin->first = twin->last = NULL;
}

int
xml_merge_twins(struct reader *reader, struct xml_node *node)
{
    struct xml_node *before = node;
    bool text = xml_node_has_text(node);

    for (struct xml_node *other = node->next; other; other = before->next) {
        if (other->kind != XML_NODE_ELEMENT || !xml_same_name(other->name, node->name)) {
            before = other;
            continue;
        }
        if (reader->flags & VIR_XML_VALIDATE)
            return xml_twice(reader, other, true);
        move_attributes(reader, node, other);
        move_children(node, other, &text);
        before->next = other->next;
        if (node->parent && node->parent->last == other)
            node->parent->last = before;
    }
    return 0;
}
