/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What people and applications write down about a domain: its title, its description,
 * and elements below <metadata>, each in a namespace by which its application finds it.
 */
#include "edit.h"
#include "reader.h"
#include "scan.h"

#include <stdlib.h>

/* The prefix of an element's or attribute's name, and how long it is; 0: it has none. */
static size_t
prefix_of(const char *name)
{
    const char *colon = strchr(name, ':');

    return colon ? (size_t)(colon - name) : 0;
}

/* The name under which NODE's own namespace is declared: "xmlns:p", "xmlns". */
static const char *
declaration_of(struct xml_tree *tree, const char *name)
{
    size_t len = prefix_of(name);
    char *text;

    if (len == 0)
        return "xmlns";
    text = xml_arena_surely(&tree->arena, len + 7);
    memcpy(text, "xmlns:", 6);
    memcpy(text + 6, name, len);
    text[6 + len] = '\0';
    return text;
}

/* Where NODE declares NAME; NULL: it does not. */
static struct xml_attr **
declared_at(struct xml_node *node, const char *name)
{
    for (struct xml_attr **at = &node->attrs; *at; at = &(*at)->next)
        if ((*at)->declares && xml_same_name((*at)->name, name))
            return at;
    return NULL;
}

static const char *
namespace_of(struct xml_tree *tree, struct xml_node *node)
{
    const char *name = declaration_of(tree, node->written);
    struct xml_attr **at = NULL;

    for (; node && !at; node = node->parent)
        at = declared_at(node, name);
    return at ? (*at)->value : NULL;
}

static struct xml_node *
element_of(struct xml_tree *tree, const char *uri)
{
    for (struct xml_node *node = tree->root->first; node; node = node->next) {
        const char *own = node->kind == XML_NODE_ELEMENT ? namespace_of(tree, node) : NULL;

        if (own && strcmp(own, uri) == 0)
            return node;
    }
    return NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

static const char *
without(const char *name, const char *prefix, size_t len)
{
    return prefix_of(name) == len && strncmp(name, prefix, len) == 0 ? name + len + 1 : name;
}

static void
strip(struct xml_node *node, const char *prefix, size_t len)
{
    if (node->kind != XML_NODE_ELEMENT)
        return;
    node->written = without(node->written, prefix, len);
    for (struct xml_attr *attr = node->attrs; attr; attr = attr->next)
        attr->name = without(attr->name, prefix, len);
    for (struct xml_node *child = node->first; child; child = child->next)
        strip(child, prefix, len);
}

static char *
text_of(const struct xml_node *node, int depth)
{
    struct vir_buf buf = { 0 };
    char *text;

    xml_keep_element(&buf, node, depth, true);
    text = vir_buf_steal(&buf);
    return text;
}

static char *
element_text(const char *metadata, const char *uri)
{
    struct xml_tree tree = { 0 };
    struct xml_node *node = NULL;
    char *text = NULL;

    if (metadata && xml_tree_parse(&tree, metadata, XML_LOCAL_FACTOR) < 0)
        return NULL;
    if (metadata)
        node = element_of(&tree, uri);
    if (node) {
        struct xml_attr **at = declared_at(node, declaration_of(&tree, node->written));
        size_t len = prefix_of(node->written);

        if (at)
            *at = (*at)->next;
        if (len)
            strip(node, node->written, len);
        text = text_of(node, 0);
        text[strlen(text) - 1] = '\0';  /* the end of its line */
    }
    xml_tree_free(&tree);
    return text;
}

/* ---- writing -------------------------------------------------------------------------------- */

static bool
has_default_namespace(struct xml_node *node)
{
    struct xml_attr **at = declared_at(node, "xmlns");

    return at && *(*at)->value;
}

/* What is in no namespace yet comes into that of KEY. */
static void
give_prefix(struct xml_tree *tree, struct xml_node *node, const char *key)
{
    char *name;

    if (node->kind != XML_NODE_ELEMENT || has_default_namespace(node))
        return;
    if (prefix_of(node->written) == 0) {
        name = xml_arena_surely(&tree->arena, strlen(key) + strlen(node->written) + 2);
        strcat(strcat(strcpy(name, key), ":"), node->written);
        node->written = name;
    }
    for (struct xml_node *child = node->first; child; child = child->next)
        give_prefix(tree, child, key);
}

static int
check_key(const char *key)
{
    const char *const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_", *const more = "0123456789.-";
    size_t first = strspn(key, letters), i = first;

    while (key[i] && (strchr(letters, key[i]) || strchr(more, key[i])))
        i++;
    if (first && !key[i] && strcmp(key, "xml") != 0 && strcmp(key, "xmlns") != 0)
        return 0;
    return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "the key '%.80s' cannot be the prefix of a namespace", key);
}

/* Of these XML has none declared by a prefix: who reads the document again would not find the element. */
static int
check_uri(const char *uri)
{
    if (*uri && strcmp(uri, "http://www.w3.org/XML/1998/namespace") != 0 && strcmp(uri, "http://www.w3.org/2000/xmlns/") != 0)
        return 0;
    return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INTERNAL_ERROR, "'%s' cannot be the namespace of an element", uri);
}

/* XML as an element of the namespace URI, which KEY stands for, at the end of METADATA's root. */
static int
append(struct xml_tree *metadata, struct xml_tree *tree, const char *key, const char *uri, const char *xml)
{
    char *declaration;

    if (check_key(key) < 0 || check_uri(uri) < 0 || xml_tree_parse(tree, xml, 1) < 0)
        return -1;
    declaration = xml_arena_surely(&tree->arena, strlen(key) + 7);
    strcat(strcpy(declaration, "xmlns:"), key);
    give_prefix(tree, tree->root, key);
    xml_edit_set(tree, tree->root, declaration, uri);
    xml_edit_append(metadata->root, tree->root);
    return 0;
}

static int
set_element(char **metadata, const char *key, const char *uri, const char *xml)
{
    struct xml_tree tree = { 0 }, added = { 0 };
    struct xml_node *old;
    int ret = xml_tree_parse(&tree, *metadata ? *metadata : "<metadata/>", XML_LOCAL_FACTOR);

    if (ret == 0) {
        old = element_of(&tree, uri);
        if (old)
            xml_edit_remove(old);
        if (xml)
            ret = append(&tree, &added, key, uri, xml);
    }
    if (ret == 0) {
        free(*metadata);
        *metadata = tree.root->first ? text_of(tree.root, 1) : NULL;
    }
    xml_tree_free(&added);
    xml_tree_free(&tree);
    return ret;
}

/* ---- by the words of the calls ------------------------------------------------------------------ */

static int
check_names(int type, const char *metadata, const char *key, const char *uri)
{
    if (type != VIR_DOMAIN_METADATA_DESCRIPTION && type != VIR_DOMAIN_METADATA_TITLE && type != VIR_DOMAIN_METADATA_ELEMENT)
        return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "unknown metadata type '%d'", type);
    if (type == VIR_DOMAIN_METADATA_ELEMENT && (!uri || (metadata && !key)))
        return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "an element has a %s", uri ? "key" : "namespace (uri)");
    if (type == VIR_DOMAIN_METADATA_TITLE && metadata && strchr(metadata, '\n'))
        return vir_raise(VIR_FROM_DOMAIN, VIR_ERR_INVALID_ARG, "metadata title can't contain newlines");
    return 0;
}

char *
vir_xml_notes_get(const struct vir_xml_notes *notes, int type, const char *uri)
{
    char *text = NULL;

    if (check_names(type, NULL, NULL, uri) < 0)
        return NULL;
    if (type == VIR_DOMAIN_METADATA_ELEMENT)
        text = element_text(*notes->metadata, uri);
    else if (type == VIR_DOMAIN_METADATA_TITLE ? *notes->title : *notes->description)
        text = vir_strdup(type == VIR_DOMAIN_METADATA_TITLE ? *notes->title : *notes->description);
    if (!text)
        vir_raise(VIR_FROM_DOMAIN, VIR_ERR_NO_DOMAIN_METADATA, "Requested metadata element is not present");
    return text;
}

int
vir_xml_notes_set(const struct vir_xml_notes *notes, int type, const char *metadata, const char *key, const char *uri)
{
    char **text = type == VIR_DOMAIN_METADATA_TITLE ? notes->title : notes->description;

    if (check_names(type, metadata, key, uri) < 0)
        return -1;
    if (type == VIR_DOMAIN_METADATA_ELEMENT)
        return set_element(notes->metadata, key, uri, metadata);
    free(*text);
    *text = metadata && *metadata ? vir_strdup(metadata) : NULL;
    return 0;
}
