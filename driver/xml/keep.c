/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing a parsed element back as text.  Our own form: single quotes, two spaces
 * a level, no comments.  The foreign form (metadata) is what libxml2 writes:
 * double quotes, namespace declarations, comments.
 */
#include "engine.h"

struct keeper {
    struct vir_buf *buf;
    bool foreign;
};

void
put_indent(struct vir_buf *buf, int depth)
{
    static const char spaces[] = "                                ";

    for (size_t n = (size_t)depth * 2; n;) {
        size_t part = n < sizeof(spaces) - 1 ? n : sizeof(spaces) - 1;

        put(buf, spaces, part);
        n -= part;
    }
}

static void
put_special(struct vir_buf *buf, const char *text, const char *special)
{
    for (;;) {
        size_t plain = strcspn(text, special);

        put(buf, text, plain);
        text += plain;
        switch (*text++) {
        case '&': put_text(buf, "&amp;"); break;
        case '<': put_text(buf, "&lt;"); break;
        case '>': put_text(buf, "&gt;"); break;
        case '\'': put_text(buf, "&apos;"); break;
        case '"': put_text(buf, "&quot;"); break;
        case '\n': put_text(buf, "&#10;"); break;
        case '\t': put_text(buf, "&#9;"); break;
        case '\r': put_text(buf, "&#13;"); break;
        default: return;
        }
    }
}

/* Layout in an attribute would come back as spaces, a carriage return as a line
 * end: they are written as numbers. */
void
put_escaped(struct vir_buf *buf, const char *text, bool attribute)
{
    put_special(buf, text, attribute ? "&<>'\"\n\t\r" : "&<>'\"\r");
}

void
put_attribute(struct vir_buf *buf, const char *name, const char *value)
{
    put(buf, " ", 1);
    put_text(buf, name);
    put(buf, "='", 2);
    put_escaped(buf, value, true);
    put(buf, "'", 1);
}

/* As libxml2 escapes: in a text & < >, in an attribute the quote and layout too. */
static void
put_foreign(struct vir_buf *buf, const char *text, bool attribute)
{
    put_special(buf, text, attribute ? "&<>\"\n\t\r" : "&<>\r");
}

static void
keep_attributes(struct keeper *keeper, const struct xml_node *node)
{
    for (const struct xml_attr *attr = node->attrs; attr; attr = attr->next) {
        if (!keeper->foreign) {
            if (!attr->declares)
                put_attribute(keeper->buf, attr->name, attr->value);
            continue;
        }
        put(keeper->buf, " ", 1);
        put_text(keeper->buf, attr->name);
        put(keeper->buf, "=\"", 2);
        put_foreign(keeper->buf, attr->value, true);
        put(keeper->buf, "\"", 1);
    }
}

static bool
has_prefix(const char *name, const char *prefix)
{
    size_t len = strlen(prefix);

    return strncmp(name, prefix, len) == 0 && name[len] == ':';
}

/* Is there a name with PREFIX in NODE that no declaration in there is for? */
static bool
needs_prefix(const struct xml_node *node, const char *prefix)
{
    bool used = has_prefix(node->written, prefix);

    for (const struct xml_attr *attr = node->attrs; attr; attr = attr->next) {
        if (attr->declares && has_prefix(attr->name, "xmlns") && strcmp(attr->name + strlen("xmlns:"), prefix) == 0)
            return false;
        used |= !attr->declares && has_prefix(attr->name, prefix);
    }
    for (const struct xml_node *child = node->first; child && !used; child = child->next)
        used = child->kind == XML_NODE_ELEMENT && needs_prefix(child, prefix);
    return used;
}

/* Is it of an element nearer to NODE than AROUND? */
static bool
is_declared_nearer(const struct xml_node *node, const struct xml_node *around, const char *name)
{
    for (node = node->parent; node != around; node = node->parent)
        for (const struct xml_attr *attr = node->attrs; attr; attr = attr->next)
            if (attr->declares && strcmp(attr->name, name) == 0)
                return true;
    return false;
}

/* The namespaces that elements around a foreign one declare go with it where it has names of them. */
static void
keep_declarations(struct keeper *keeper, const struct xml_node *node)
{
    for (const struct xml_node *around = node->parent; around; around = around->parent)
        for (const struct xml_attr *attr = around->attrs; attr; attr = attr->next) {
            if (!attr->declares || !has_prefix(attr->name, "xmlns") ||
                !needs_prefix(node, attr->name + strlen("xmlns:")) || is_declared_nearer(node, around, attr->name))
                continue;
            put(keeper->buf, " ", 1);
            put_text(keeper->buf, attr->name);
            put(keeper->buf, "=\"", 2);
            put_foreign(keeper->buf, attr->value, true);
            put(keeper->buf, "\"", 1);
        }
}

static void
keep_text(struct keeper *keeper, const struct xml_node *node)
{
    struct vir_buf *buf = keeper->buf;

    switch (node->kind) {
    case XML_NODE_COMMENT:
        put_text(buf, "<!--");
        put(buf, node->text, node->len);
        put_text(buf, "-->");
        break;
    case XML_NODE_CDATA:
        if (keeper->foreign) {
            put_text(buf, "<![CDATA[");
            put(buf, node->text, node->len);
            put_text(buf, "]]>");
            break;
        }
        put_escaped(buf, node->text, false);
        break;
    default:
        if (keeper->foreign)
            put_foreign(buf, node->text, false);
        else
            put_escaped(buf, node->text, false);
    }
}

/* libxml2 stops at 60 columns, else a small deep document would become a huge one. */
#define MAX_FOREIGN_DEPTH 30

static void
put_line_end(struct keeper *keeper, int depth)
{
    put(keeper->buf, "\n", 1);
    put_indent(keeper->buf, keeper->foreign && depth > MAX_FOREIGN_DEPTH ? MAX_FOREIGN_DEPTH : depth);
}

static void
keep_element(struct keeper *keeper, const struct xml_node *node, int depth, bool inline_text, bool outermost)
{
    const char *name = keeper->foreign ? node->written : node->name;
    struct vir_buf *buf = keeper->buf;
    bool text_inside = inline_text || xml_node_has_text(node), content = false;

    put(buf, "<", 1);
    put_text(buf, name);
    if (outermost && keeper->foreign)
        keep_declarations(keeper, node);
    keep_attributes(keeper, node);
    for (const struct xml_node *child = node->first; child; child = child->next) {
        if (child->kind == XML_NODE_COMMENT && !keeper->foreign)
            continue;
        if (!content)
            put(buf, ">", 1);
        content = true;
        if (!text_inside)
            put_line_end(keeper, depth + 1);
        if (child->kind == XML_NODE_ELEMENT)
            keep_element(keeper, child, depth + 1, text_inside, false);
        else
            keep_text(keeper, child);
    }
    if (!content) {
        put(buf, "/>", 2);
        return;
    }
    if (!text_inside)
        put_line_end(keeper, depth);
    put(buf, "</", 2);
    put_text(buf, name);
    put(buf, ">", 1);
}

void
xml_keep_element(struct vir_buf *buf, const struct xml_node *node, int depth, bool foreign)
{
    struct keeper keeper = { buf, foreign };

    put_indent(buf, depth);
    keep_element(&keeper, node, depth, false, true);
    put(buf, "\n", 1);
}
