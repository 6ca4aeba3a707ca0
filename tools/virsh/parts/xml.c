/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part virsh-xml: XPath on documents that the library gave, by libxml2. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>

#include "parts.h"

struct document {
    xmlDocPtr doc;
    xmlXPathContextPtr context;
};

static int
fail(char **ret_error, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    if (vasprintf(ret_error, fmt, args) < 0)
        *ret_error = NULL;
    va_end(args);
    return -1;
}

/* libxml2 would print to standard error; what it has to say is in the sentence of the failure. */
static void
keep_silent(void *context, xmlErrorPtr error)
{
    (void)context;
    (void)error;
}

static void
document_close(struct document *document)
{
    xmlXPathFreeContext(document->context);
    xmlFreeDoc(document->doc);
}

static int
document_open_as(struct document *document, const char *xml, int options, char **ret_error)
{
    xmlSetStructuredErrorFunc(NULL, keep_silent);
    document->context = NULL;
    document->doc = xmlReadMemory(xml, (int)strlen(xml), "document", NULL,
                                  XML_PARSE_NONET | options);
    if (document->doc)
        document->context = xmlXPathNewContext(document->doc);
    if (document->context)
        return 0;
    document_close(document);
    return fail(ret_error, "the document cannot be parsed as XML");
}

static int
document_open(struct document *document, const char *xml, char **ret_error)
{
    return document_open_as(document, xml, XML_PARSE_NOBLANKS, ret_error);
}

/* Like string(EXPRESSION) seen from NODE; NULL: no such expression. Caller frees. */
static char *
string_at(struct document *document, xmlNodePtr node, const char *expression)
{
    xmlXPathObjectPtr found;
    xmlChar *text;
    char *copy;

    document->context->node = node;
    found = xmlXPathEval((const xmlChar *)expression, document->context);
    if (!found)
        return NULL;
    text = xmlXPathCastToString(found);
    xmlXPathFreeObject(found);
    copy = text ? strdup((const char *)text) : NULL;
    xmlFree(text);
    return copy;
}

static int
fill_rows(struct document *document, xmlNodeSetPtr nodes, const char *const *columns, size_t n_columns,
          char **cells, char **ret_error)
{
    for (int row = 0; row < nodes->nodeNr; row++) {
        for (size_t i = 0; i < n_columns; i++) {
            char *text = string_at(document, nodes->nodeTab[row], columns[i]);

            if (!text)
                return fail(ret_error, "XPath expression '%s' cannot be evaluated", columns[i]);
            cells[(size_t)row * n_columns + i] = text;
        }
    }
    return 0;
}

static int
xml_rows(const char *xml, const char *path, const char *const *columns, size_t n_columns,
         char ***ret_cells, size_t *ret_n_rows, char **ret_error)
{
    struct document document;
    xmlXPathObjectPtr found;
    size_t n_rows = 0;
    char **cells = NULL;
    int result = 0;

    if (document_open(&document, xml, ret_error) < 0)
        return -1;
    found = xmlXPathEval((const xmlChar *)path, document.context);
    if (found && found->nodesetval)
        n_rows = (size_t)found->nodesetval->nodeNr;
    if (n_rows > 0) {
        cells = calloc(n_rows * n_columns, sizeof(*cells));
        result = cells ? fill_rows(&document, found->nodesetval, columns, n_columns, cells, ret_error)
                       : fail(ret_error, "out of memory");
    }
    xmlXPathFreeObject(found);
    document_close(&document);
    if (result < 0) {
        for (size_t i = 0; cells && i < n_rows * n_columns; i++)
            free(cells[i]);
        free(cells);
        return -1;
    }
    *ret_cells = cells;
    *ret_n_rows = n_rows;
    return 0;
}

static int
xml_string(const char *xml, const char *expression, char **ret_string, char **ret_error)
{
    struct document document;
    char *text;

    if (document_open(&document, xml, ret_error) < 0)
        return -1;
    text = string_at(&document, (xmlNodePtr)document.doc, expression);
    document_close(&document);
    if (!text)
        return fail(ret_error, "XPath expression '%s' cannot be evaluated", expression);
    *ret_string = text;
    return 0;
}

/* A node as it would stand in a document of its own. */
static void
print_node(xmlBufferPtr out, xmlDocPtr doc, xmlNodePtr node)
{
    xmlNodeDump(out, doc, node, 0, 1);
    xmlBufferCat(out, (const xmlChar *)"\n");
}

/* All nodes inside one new root; attributes become attributes of it. */
static void
print_wrapped(xmlBufferPtr out, xmlNodeSetPtr nodes)
{
    xmlDocPtr doc = xmlNewDoc((const xmlChar *)"1.0");
    xmlNodePtr root = xmlNewNode(NULL, (const xmlChar *)"nodes");

    xmlDocSetRootElement(doc, root);
    for (int i = 0; nodes && i < nodes->nodeNr; i++) {
        xmlNodePtr copy = xmlDocCopyNode(nodes->nodeTab[i], doc, 1);

        if (copy)
            xmlAddChild(root, copy);
    }
    print_node(out, doc, root);
    xmlFreeDoc(doc);
}

static int
xml_print(const char *xml, const char *expression, int wrap, char **ret_text, char **ret_error)
{
    struct document document;
    xmlXPathObjectPtr found;
    xmlBufferPtr out;
    int result = 0;

    if (document_open(&document, xml, ret_error) < 0)
        return -1;
    found = xmlXPathEval((const xmlChar *)expression, document.context);
    if (!found || found->type != XPATH_NODESET) {
        result = fail(ret_error, found ? "Incorrect xpath '%s'" : "XPath expression '%s' is malformed",
                      expression);
    } else {
        out = xmlBufferCreate();
        if (wrap) {
            print_wrapped(out, found->nodesetval);
        } else {
            for (int i = 0; found->nodesetval && i < found->nodesetval->nodeNr; i++)
                print_node(out, document.doc, found->nodesetval->nodeTab[i]);
        }
        *ret_text = strdup((const char *)xmlBufferContent(out));
        xmlBufferFree(out);
    }
    xmlXPathFreeObject(found);
    document_close(&document);
    return result;
}

static xmlNodePtr
child_of(xmlNodePtr node, const char *name)
{
    for (xmlNodePtr child = node->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && strcmp((const char *)child->name, name) == 0)
            return child;
    }
    return NULL;
}

static void
set(xmlNodePtr node, const struct virsh_xml_change *change)
{
    xmlNodePtr child = change->child ? child_of(node, change->child) : node;

    if (!child)
        child = xmlNewChild(node, NULL, (const xmlChar *)change->child, NULL);
    xmlSetProp(child, (const xmlChar *)change->attribute, (const xmlChar *)change->value);
}

/* On a line of its own, as deep as the one behind it. */
static void
insert(xmlNodePtr node, const struct virsh_xml_change *change)
{
    xmlNodePtr behind = child_of(node, change->other), child;
    xmlChar *blanks;

    child = xmlNewNode(NULL, (const xmlChar *)change->child);
    xmlSetProp(child, (const xmlChar *)change->attribute, (const xmlChar *)change->value);
    if (!behind) {
        xmlAddChild(node, child);
        return;
    }
    xmlAddPrevSibling(behind, child);
    blanks = child->prev && child->prev->type == XML_TEXT_NODE ? xmlNodeGetContent(child->prev) : NULL;
    if (blanks)
        xmlAddPrevSibling(behind, xmlNewText(blanks));
    xmlFree(blanks);
}

static void
write_text(xmlNodePtr node, const struct virsh_xml_change *change)
{
    xmlNodePtr parent = child_of(node, change->other), child = parent ? child_of(parent, change->child) : NULL;

    if (child)
        xmlNodeSetContent(child, (const xmlChar *)change->value);
}

static void
remove_child(xmlNodePtr node, const char *name)
{
    xmlNodePtr child = child_of(node, name);

    if (child) {
        xmlUnlinkNode(child);
        xmlFreeNode(child);
    }
}

static void
apply(xmlNodePtr node, const struct virsh_xml_change *change)
{
    switch (change->verb) {
    case VIRSH_XML_SET:
        set(node, change);
        break;
    case VIRSH_XML_REMOVE:
        remove_child(node, change->child);
        break;
    case VIRSH_XML_INSERT:
        insert(node, change);
        break;
    case VIRSH_XML_WRITE:
        write_text(node, change);
        break;
    }
}

static int
xml_change(const char *xml, const char *path, const struct virsh_xml_change *changes, size_t n,
           char **ret_text, char **ret_error)
{
    struct document document;
    xmlXPathObjectPtr found;
    xmlBufferPtr out;
    int result = 0;

    if (document_open_as(&document, xml, 0, ret_error) < 0)
        return -1;
    found = xmlXPathEval((const xmlChar *)path, document.context);
    if (found && found->nodesetval && found->nodesetval->nodeNr > 0) {
        xmlNodePtr node = found->nodesetval->nodeTab[0];

        for (size_t i = 0; i < n; i++)
            apply(node, &changes[i]);
        out = xmlBufferCreate();
        xmlNodeDump(out, document.doc, node, 0, 0);
        *ret_text = strdup((const char *)xmlBufferContent(out));
        xmlBufferFree(out);
    } else {
        result = fail(ret_error, "the document has no '%s'", path);
    }
    xmlXPathFreeObject(found);
    document_close(&document);
    return result;
}

__attribute__((visibility("default")))
extern const struct virsh_xml_part virsh_xml;
const struct virsh_xml_part virsh_xml = {
    .version = SHELL_PART_VERSION,
    .rows = xml_rows,
    .string = xml_string,
    .print = xml_print,
    .change = xml_change,
};
