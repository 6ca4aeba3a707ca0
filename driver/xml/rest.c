/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What no row knows: the vocabulary decides whether it is kept as text or dropped. */
#include "reader.h"

/* Takes over what BUF holds as a kept text at row AT. */
static int
rest_add(struct reader *reader, struct target *target, const struct xml_node *node, size_t at,
         enum xml_rest_place place, bool live, struct vir_buf *buf)
{
    struct vir_xml_rest *rest;

    if (++target->n_rest > reader->max_list) {
        vir_buf_free(buf);
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "more than %u elements in <%s>", reader->max_list,
                           node->parent ? node->parent->name : node->name);
    }
    rest = vir_alloc(sizeof(*rest) + buf->len + 1);
    rest->at = (uint16_t)at;
    rest->place = (uint8_t)place;
    rest->live = live;
    memcpy(rest->text, buf->text, buf->len);
    vir_buf_free(buf);
    *target->rest_end = rest;
    target->rest_end = &rest->next;
    target->rest_mixed = target->rest_mixed || at < target->last_rest;
    target->last_rest = at;
    return 0;
}

void
xml_rest_sort(struct target *target)
{
    struct vir_xml_rest *first[MAX_ROWS + 1] = { NULL }, **end[MAX_ROWS + 1];
    struct vir_xml_rest **link = &MEMBER(struct vir_xml_rest *, target->base, target->table->rest);

    if (!target->rest_mixed)
        return;
    for (size_t at = 0; at <= MAX_ROWS; at++)
        end[at] = &first[at];
    for (struct vir_xml_rest *rest = *link; rest; rest = rest->next) {
        *end[rest->at] = rest;
        end[rest->at] = &rest->next;
    }
    for (size_t at = 0; at <= MAX_ROWS; at++) {
        if (first[at]) {
            *link = first[at];
            link = end[at];
        }
    }
    *link = NULL;
}

int
xml_rest_attribute(struct reader *reader, struct target *target, const struct xml_node *node,
                   const struct xml_attr *attr, size_t at, enum xml_rest_place place, bool live)
{
    struct vir_buf buf = { 0 };

    put_attribute(&buf, attr->name, attr->value);
    return rest_add(reader, target, node, at, place, live, &buf);
}

int
xml_prune(struct reader *reader, const struct xml_content *content, struct xml_node *node)
{
    struct xml_attr **attr = &node->attrs;
    struct xml_node **child = &node->first;

    if (content->any)
        return 0;
    while (*attr) {
        if ((*attr)->declares || xml_content_attribute(content, (*attr)->name)) {
            attr = &(*attr)->next;
            continue;
        }
        if (xml_unknown_attribute(reader, content, node, *attr) < 0)
            return -1;
        *attr = (*attr)->next;
    }
    while (*child) {
        const struct xml_content *below = NULL;

        if ((*child)->kind == XML_NODE_ELEMENT) {
            below = xml_content_child(content, (*child)->name);
            if (!below) {
                if (xml_unknown_element(reader, content, *child) < 0)
                    return -1;
                *child = (*child)->next;
                continue;
            }
            if (xml_prune(reader, below, *child) < 0)
                return -1;
        }
        child = &(*child)->next;
    }
    return 0;
}

int
xml_rest_element(struct reader *reader, struct target *target, struct xml_node *node, size_t at, bool live,
                 bool listed)
{
    const struct xml_content *parent = xml_content_at(target->table->path);
    const struct xml_content *content = parent ? xml_content_child(parent, node->name) : NULL;
    struct vir_buf buf = { 0 };

    if (!content && !listed)
        return xml_unknown_element(reader, parent, node);
    if (content && xml_prune(reader, content, node) < 0)
        return -1;
    xml_keep_element(&buf, node, target->depth + 1, content && content->any);
    return rest_add(reader, target, node, at, XML_REST_ELEMENT, live, &buf);
}

int
xml_rest_attributes(struct reader *reader, struct target *target, const struct xml_content *content,
                    const struct xml_node *node, size_t at, enum xml_rest_place place)
{
    for (const struct xml_attr *attr = node->attrs; attr; attr = attr->next) {
        if (attr->used || attr->declares)
            continue;
        if (!content || !xml_content_attribute(content, attr->name)) {
            if (xml_unknown_attribute(reader, content, node, attr) < 0)
                return -1;
        } else if (xml_rest_attribute(reader, target, node, attr, at, place, false) < 0) {
            return -1;
        }
    }
    return 0;
}
