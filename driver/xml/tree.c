/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents: what the parser tells goes into an arena of small nodes. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "part.h"
#include "scan.h"
#include "vocabulary.h"

/* ---- namespaces ----------------------------------------------------------------- */

const char *
xml_namespace_uri(const char *name)
{
    size_t len = strcspn(name, ":");

    for (const struct xml_namespace *one = xml_namespaces; name[len] && one->prefix; one++) {
        const char *prefix = xml_texts + one->prefix;

        if (strlen(prefix) == len && memcmp(prefix, name, len) == 0)
            return xml_texts + one->uri;
    }
    return NULL;
}

/* libvirt's own prefix of a namespace, else the one that was written; none that stands for another namespace here. */
static const char *
known_prefix(const char *prefix, const char *uri)
{
    bool ours = !prefix;                /* a name without one is in no namespace */

    for (const struct xml_namespace *one = xml_namespaces; one->prefix; one++) {
        if (strcmp(xml_texts + one->uri, uri) == 0)
            return xml_texts + one->prefix;
        ours = ours || strcmp(xml_texts + one->prefix, prefix) == 0;
    }
    return ours ? "" : prefix;
}

/* ---- what the parser tells: ignored once there is no memory for it ------------------------------- */

struct builder {
    struct xml_tree *tree;
    struct xml_node *open;              /* the innermost open element */
    uint32_t next_tag;
};

/* The element that something was told of; NULL: there is none, or no memory any more. */
static struct xml_node *
innermost(const struct builder *builder)
{
    return builder->tree->arena.no_memory ? NULL : builder->open;
}

/* Not among the parser's own names, whose table is slow when there are many. */
static const char *
qualified(struct builder *builder, const char *prefix, const char *local)
{
    size_t n, m;
    char *name;

    if (!prefix)
        return local;
    n = strlen(prefix);
    m = strlen(local);
    name = xml_arena_take(&builder->tree->arena, n + m + 2);
    if (!name)
        return NULL;
    memcpy(name, prefix, n);
    name[n] = ':';
    memcpy(name + n + 1, local, m + 1);
    return name;
}

static struct xml_node *
node_add(struct builder *builder, enum xml_node_kind kind)
{
    struct xml_node *node = xml_arena_take(&builder->tree->arena, sizeof(*node)), *parent = builder->open;

    if (!node)
        return NULL;
    memset(node, 0, sizeof(*node));
    node->kind = kind;
    node->parent = parent;
    if (!parent)
        builder->tree->root = node;
    else if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    if (parent)
        parent->last = node;
    return node;
}

static void
attr_add(struct builder *builder, struct xml_node *node, struct xml_attr with, size_t len)
{
    struct xml_attr *attr = xml_arena_take(&builder->tree->arena, sizeof(*attr) + len + 1);
    char *copy = (char *)(attr + 1);

    if (!attr)
        return;
    memcpy(copy, with.value, len);
    copy[len] = '\0';
    *attr = with;
    attr->value = copy;
    if (node->last_attr)
        node->last_attr->next = attr;
    else
        node->attrs = attr;
    node->last_attr = attr;
}

static void
on_start(void *opaque, const char *prefix, const char *local, const char *uri,
         const struct xml_parser_namespace *declared, size_t n_declared,
         const struct xml_parser_attribute *attributes, size_t n_attributes)
{
    struct builder *builder = opaque;
    struct xml_node *node = builder->tree->arena.no_memory ? NULL : node_add(builder, XML_NODE_ELEMENT);

    if (!node)
        return;
    node->tag = builder->next_tag++;
    node->written = qualified(builder, prefix, local);
    node->name = uri ? qualified(builder, known_prefix(prefix, uri), local) : node->written;
    if (node->parent)
        node->parent->names |= xml_name_bit(node->name);
    for (size_t i = 0; i < n_declared; i++) {
        const char *name = declared[i].prefix ? qualified(builder, "xmlns", declared[i].prefix) : "xmlns";
        const char *value = declared[i].uri ? declared[i].uri : "";

        attr_add(builder, node, (struct xml_attr){ .name = name, .value = value, .declares = true },
                 strlen(value));
    }
    for (size_t i = 0; i < n_attributes; i++)
        attr_add(builder, node, (struct xml_attr){
            .name = qualified(builder, attributes[i].prefix, attributes[i].local), .value = attributes[i].value,
        }, (size_t)(attributes[i].end - attributes[i].value));
    builder->open = node;
}

/* White space between elements is layout, unless there is other text. */
static void
drop_layout(struct xml_node *node)
{
    struct xml_node **link = &node->first;

    for (const struct xml_node *child = node->first; child; child = child->next)
        if (child->kind == XML_NODE_CDATA ||
            (child->kind == XML_NODE_TEXT && !xml_is_blank(child->text)))
            return;
    node->last = NULL;
    while (*link) {
        if ((*link)->kind == XML_NODE_TEXT) {
            *link = (*link)->next;
        } else {
            node->last = *link;
            link = &(*link)->next;
        }
    }
}

static void
on_end(void *opaque)
{
    struct builder *builder = opaque;
    struct xml_node *node = innermost(builder);

    if (!node)
        return;
    if (node->first != node->last)
        drop_layout(node);
    builder->open = node->parent;
}

static void
text_add(struct builder *builder, enum xml_node_kind kind, const char *text, size_t len)
{
    struct xml_node *node = node_add(builder, kind);

    if (!node)
        return;
    node->text = xml_arena_text(&builder->tree->arena, text, len);
    node->len = len;
    node->room = len + 1;
}

static void
on_text(void *opaque, const char *text, size_t len)
{
    struct builder *builder = opaque;
    struct xml_node *parent = innermost(builder), *node;

    if (!parent)
        return;
    node = parent->last;
    if (!node || node->kind != XML_NODE_TEXT) {
        text_add(builder, XML_NODE_TEXT, text, len);
        return;
    }
    /* A text comes in pieces: room doubles. */
    if (node->len + len + 1 > node->room) {
        char *old = node->text;

        node->room = (node->len + len + 1) * 2;
        node->text = xml_arena_take(&builder->tree->arena, node->room);
        if (!node->text)
            return;
        memcpy(node->text, old, node->len);
    }
    memcpy(node->text + node->len, text, len);
    node->len += len;
    node->text[node->len] = '\0';
}

static void
on_cdata(void *opaque, const char *text, size_t len)
{
    struct builder *builder = opaque;

    if (innermost(builder))
        text_add(builder, XML_NODE_CDATA, text, len);
}

static void
on_comment(void *opaque, const char *text)
{
    struct builder *builder = opaque;

    if (innermost(builder))
        text_add(builder, XML_NODE_COMMENT, text, strlen(text));
}

static const struct xml_parser_events events = {
    .start = on_start,
    .end = on_end,
    .text = on_text,
    .cdata = on_cdata,
    .comment = on_comment,
};

/* ---- parsing ------------------------------------------------------------------------ */

/* The part, opened for the first document; NULL with an error. */
static const struct xml_parser_part *
parser_part(void)
{
    static const void *opened;
    const char *reason;
    const struct xml_parser_part *part = vir_part_once(&opened, "xml-parser", XML_PARSER_VERSION, &reason);

    if (part)
        return part;
    vir_error(VIR_ERR_OPERATION_FAILED, "documents cannot be read: %s", reason);
    vir_error_hint("xml-parser.so is installed with libvirt-driver-xml, in '%s'", vir_part_directory());
    return NULL;
}

int
xml_no_memory(void)
{
    return vir_error(VIR_ERR_NO_MEMORY, "no memory for what the document holds");
}

static int
not_well_formed(const struct xml_parser_fault *fault)
{
    if (fault->no_memory)
        return xml_no_memory();
    return vir_error(VIR_ERR_XML_DETAIL, "line %d, column %d: %.*s", fault->line, fault->column,
                     (int)strcspn(fault->why, "\n"), fault->why);
}

static int
tree_build(struct xml_tree *tree, const char *text, size_t len)
{
    struct builder builder = { .tree = tree };
    struct xml_parser_fault fault;

    tree->part = parser_part();
    if (!tree->part)
        return -1;
    tree->parser = tree->part->open(text, len, &events, &builder);
    if (!tree->parser)
        return len ? xml_no_memory() : vir_error(VIR_ERR_XML_DETAIL, "the document is empty");
    if (tree->part->run(tree->parser, &fault) < 0)
        return not_well_formed(&fault);
    if (tree->arena.no_memory)
        return xml_no_memory();
    if (builder.next_tag != tree->n_tags)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the scan found %zu elements, the parser %u", tree->n_tags,
                         builder.next_tag);
    return 0;
}

int
xml_tree_parse(struct xml_tree *tree, const char *text, unsigned int factor)
{
    size_t len = strlen(text);

    memset(tree, 0, sizeof(*tree));
    tree->text = text;
    if (xml_scan(text, len, factor, &tree->tags, &tree->n_tags) < 0)
        return -1;
    if (tree_build(tree, text, len) < 0) {
        xml_tree_free(tree);
        return -1;
    }
    return 0;
}

void
xml_tree_free(struct xml_tree *tree)
{
    xml_arena_free(&tree->arena);
    if (tree->parser)
        tree->part->close(tree->parser);
    free(tree->tags);
    memset(tree, 0, sizeof(*tree));
}

/* ---- looking ------------------------------------------------------------------------ */

struct xml_attr *
xml_attr_find(const struct xml_node *node, const char *name)
{
    for (struct xml_attr *attr = node->attrs; attr; attr = attr->next)
        if (!attr->declares && !attr->dropped && xml_same_name(attr->name, name))
            return attr;
    return NULL;
}

static bool
is_text(const struct xml_node *node)
{
    return node->kind == XML_NODE_TEXT || node->kind == XML_NODE_CDATA;
}

const char *
xml_node_text(struct xml_tree *tree, const struct xml_node *node)
{
    const struct xml_node *child = node->first;
    size_t len = 0;
    char *text, *to;

    if (!child)
        return "";
    if (!child->next && is_text(child))
        return child->text;
    for (child = node->first; child; child = child->next)
        len += is_text(child) ? child->len : 0;
    text = to = xml_arena_take(&tree->arena, len + 1);
    if (!text)
        return "";
    for (child = node->first; child; child = child->next) {
        if (is_text(child)) {
            memcpy(to, child->text, child->len);
            to += child->len;
        }
    }
    *to = '\0';
    return text;
}

bool
xml_node_has_text(const struct xml_node *node)
{
    for (const struct xml_node *child = node->first; child; child = child->next)
        if (child->kind == XML_NODE_TEXT || child->kind == XML_NODE_CDATA)
            return true;
    return false;
}
