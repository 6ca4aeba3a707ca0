/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A parsed document: small nodes in one arena, built from what the parser tells.
 * Names are the parser's; all lives until xml_tree_free.
 */
#ifndef DRIVER_XML_TREE_H
#define DRIVER_XML_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "arena.h"

enum xml_node_kind { XML_NODE_ELEMENT, XML_NODE_TEXT, XML_NODE_CDATA, XML_NODE_COMMENT };

struct xml_attr {
    const char *name;                   /* with the prefix as written; "xmlns:p" for a declaration */
    const char *value;
    bool declares;                      /* a namespace */
    bool used;                          /* the reader knew it */
    bool dropped;                       /* it counts as absent: nobody finds it any more */
    struct xml_attr *next;
};

struct xml_node {
    enum xml_node_kind kind;
    bool dropped;                       /* element: counts as absent */
    uint32_t tag;                       /* element: its number in document order */
    uint32_t names;                     /* element: xml_name_bit of each element that is in it, or was */
    const char *name;                   /* element: with libvirt's prefix for libvirt's namespaces */
    const char *written;                /* element: with the prefix as written */
    char *text;                         /* other kinds */
    size_t len, room;
    struct xml_attr *attrs, *last_attr;
    struct xml_node *parent, *first, *last, *next;
};

struct xml_tree {
    const char *text;                   /* the document */
    uint32_t *tags;                     /* offsets of the start tags */
    size_t n_tags;
    struct xml_node *root;
    struct xml_arena arena;             /* of all the nodes */
    const struct xml_parser_part *part;
    void *parser;                       /* of the part */
};

/* FACTOR: of the limits, see xml_scan. -1: an error with line and column is set. */
int xml_tree_parse(struct xml_tree *tree, const char *text, unsigned int factor);
void xml_tree_free(struct xml_tree *tree);
/* -1 with the error. */
int xml_no_memory(void);
static inline bool
xml_same_name(const char *a, const char *b)
{
    return *a == *b && strcmp(a, b) == 0;
}

/* That most names do not share: of a long list it tells without a walk that somebody is not in it. */
static inline uint32_t
xml_name_bit(const char *name)
{
    return 1u << ((unsigned int)(name[0] * 7 + name[1]) % 32);
}

struct xml_attr *xml_attr_find(const struct xml_node *node, const char *name);
/* NULL: it is not there. */
static inline const char *
xml_attr_value(const struct xml_node *node, const char *name)
{
    const struct xml_attr *attr = xml_attr_find(node, name);

    return attr ? attr->value : NULL;
}

/* The text of an element, without that of its children; in the arena, never NULL. */
const char *xml_node_text(struct xml_tree *tree, const struct xml_node *node);
/* Whether a text stands directly below it. */
bool xml_node_has_text(const struct xml_node *node);

/* Prefix and address of libvirt's own namespaces. */
const char *xml_namespace_uri(const char *name);

#endif
