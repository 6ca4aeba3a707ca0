/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing a parsed document before it is read. */
#include "edit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <libvirt/module.h>

#include "number.h"

/* ---- looking ------------------------------------------------------------------------ */

static struct xml_node *
first_of(struct xml_node *node, const char *name)
{
    while (node && (node->kind != XML_NODE_ELEMENT || !xml_same_name(node->name, name)))
        node = node->next;
    return node;
}

struct xml_node *
xml_edit_child(const struct xml_node *node, const char *name)
{
    return node && node->names & xml_name_bit(name) ? first_of(node->first, name) : NULL;
}

struct xml_node *
xml_edit_twin(const struct xml_node *node)
{
    return first_of(node->next, node->name);
}

const char *
xml_edit_value(const struct xml_node *node, const char *attribute)
{
    const struct xml_attr *attr = xml_attr_find(node, attribute);

    return attr && *attr->value ? attr->value : NULL;
}

bool
xml_edit_number(const struct xml_node *node, const char *attribute, uint64_t most, uint64_t *ret)
{
    const char *value = xml_edit_value(node, attribute);

    return value && vir_parse_radix(value, 10, most, ret) == 0;
}

bool
xml_edit_text_number(struct xml_tree *tree, const struct xml_node *node, uint64_t most, uint64_t *ret)
{
    return vir_parse_radix(xml_node_text(tree, node), 10, most, ret) == 0;
}

/* ---- elements ------------------------------------------------------------------------- */

void
xml_edit_append(struct xml_node *parent, struct xml_node *node)
{
    node->parent = parent;
    node->next = NULL;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    if (node->kind == XML_NODE_ELEMENT)
        parent->names |= xml_name_bit(node->name);
}

struct xml_node *
xml_edit_add(struct xml_tree *tree, struct xml_node *parent, const char *name)
{
    struct xml_node *node = xml_arena_surely(&tree->arena, sizeof(*node));

    *node = (struct xml_node){ .kind = XML_NODE_ELEMENT, .tag = parent->tag, .name = name, .written = name };
    xml_edit_append(parent, node);
    return node;
}

void
xml_edit_remove(struct xml_node *node)
{
    struct xml_node *parent = node->parent, *before = NULL;

    for (struct xml_node *child = parent->first; child != node; child = child->next)
        before = child;
    if (before)
        before->next = node->next;
    else
        parent->first = node->next;
    if (parent->last == node)
        parent->last = before;
}

void
xml_edit_remove_all(struct xml_node *parent, const char *name)
{
    struct xml_node *next, *child = parent->first;

    parent->first = parent->last = NULL;
    for (; child; child = next) {
        next = child->next;
        if (child->kind != XML_NODE_ELEMENT || !xml_same_name(child->name, name))
            xml_edit_append(parent, child);
    }
}

void
xml_edit_remove_dropped(struct xml_node *parent)
{
    struct xml_node *next, *child = parent->first;

    parent->first = parent->last = NULL;
    for (; child; child = next) {
        next = child->next;
        if (!child->dropped)
            xml_edit_append(parent, child);
    }
}

/* ---- elements that are alike ---------------------------------------------------------------- */

struct keyed {
    const struct xml_node *node;
    const char *key;
};

/* Those of one key in the order of the document. */
static int
by_key(const void *a, const void *b)
{
    const struct keyed *one = a, *other = b;
    int order = strcmp(one->key, other->key);

    return order ? order : one->node->tag < other->node->tag ? -1 : one->node->tag > other->node->tag;
}

const struct xml_node *
xml_edit_same(struct xml_tree *tree, const struct xml_node *first, xml_edit_key key)
{
    const struct xml_node *same = NULL;
    struct keyed *all = NULL;
    size_t n = 0;

    for (const struct xml_node *node = first; node; node = xml_edit_twin(node)) {
        const char *text = key(tree, node);

        if (!text)
            continue;
        if (!(n & (n - 1)))             /* room is a power of two */
            all = vir_realloc_array(all, n ? n * 2 : 1, sizeof(*all));
        all[n++] = (struct keyed){ node, text };
    }
    if (n > 1)
        qsort(all, n, sizeof(*all), by_key);
    for (size_t i = 1; i < n && !same; i++)
        if (strcmp(all[i - 1].key, all[i].key) == 0)
            same = all[i].node;
    free(all);
    return same;
}

/* ---- what they say --------------------------------------------------------------------- */

static const char *
copied(struct xml_tree *tree, const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(xml_arena_surely(&tree->arena, size), text, size);
}

void
xml_edit_set(struct xml_tree *tree, struct xml_node *node, const char *name, const char *value)
{
    struct xml_attr *attr = xml_attr_find(node, name);

    value = copied(tree, value);
    if (attr) {
        attr->value = value;
        return;
    }
    attr = xml_arena_surely(&tree->arena, sizeof(*attr));
    *attr = (struct xml_attr){ .name = name, .value = value };
    if (node->last_attr)
        node->last_attr->next = attr;
    else
        node->attrs = attr;
    node->last_attr = attr;
}

void
xml_edit_set_number(struct xml_tree *tree, struct xml_node *node, const char *name, uint64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, value);
    xml_edit_set(tree, node, name, text);
}

void
xml_edit_unset(struct xml_node *node, const char *name)
{
    struct xml_attr *gone = xml_attr_find(node, name), *before = NULL;

    if (!gone)
        return;
    for (struct xml_attr *attr = node->attrs; attr != gone; attr = attr->next)
        before = attr;
    if (before)
        before->next = gone->next;
    else
        node->attrs = gone->next;
    if (node->last_attr == gone)
        node->last_attr = before;
}

void
xml_edit_copy_attributes(struct xml_tree *tree, struct xml_node *node, const struct xml_node *from,
                         const char *except)
{
    for (const struct xml_attr *attr = from->attrs; attr; attr = attr->next)
        if (!attr->declares && !xml_same_name(attr->name, except))
            xml_edit_set(tree, node, attr->name, attr->value);
}

void
xml_edit_set_text(struct xml_tree *tree, struct xml_node *node, const char *text)
{
    struct xml_node *child = xml_arena_surely(&tree->arena, sizeof(*child));
    size_t len = strlen(text);

    *child = (struct xml_node){ .kind = XML_NODE_TEXT, .len = len, .room = len + 1,
                                .text = (char *)copied(tree, text) };
    node->first = node->last = NULL;
    xml_edit_append(node, child);
}
