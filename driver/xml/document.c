/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents as wholes: into a module's struct, or by the vocabulary alone. */
#include "domain.h"
#include "reader.h"

#include <stdlib.h>

#include "nearest.h"

static int
complete(struct reader *reader, const struct vir_xml_table *table, struct xml_node *root)
{
    if (strcmp(table->path, "domain") == 0)
        return xml_domain_complete(reader, table, root);
    return strncmp(table->path, "domain/devices/", strlen("domain/devices/")) == 0 ?
        xml_device_complete(reader, root) : 0;
}

/* Reads a document whose root is the last name of PATH. */
static int
read_document(struct reader *reader, struct target *target, const char *path)
{
    const char *slash = strrchr(path, '/'), *root = slash ? slash + 1 : path;
    struct xml_node *node = reader->tree.root;

    if (strcmp(node->name, root) != 0)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "the document is <%.80s>, not <%s>", node->name,
                           root);
    reader->error_domain = xml_error_domain(path);
    target->node = node;
    target->part = node;
    if (target->table && !(reader->flags & VIR_XML_OWN) && complete(reader, target->table, node) < 0)
        return -1;
    if (xml_read_element(reader, target, node) < 0)
        return -1;
    if (reader->tree.arena.no_memory || reader->pile.failed)
        return xml_no_memory();
    return xml_unique_check(reader) < 0 ? -1 : xml_rules_check(reader);
}

static void
reader_end(struct reader *reader)
{
    xml_unique_end(reader);
    free(reader->ruled);
    xml_complain_end(reader);
    xml_tree_free(&reader->tree);
    vir_buf_free(&reader->pile);
}

static unsigned int
limit_factor(unsigned int flags)
{
    return flags & VIR_XML_LOCAL ? XML_LOCAL_FACTOR : 1;
}

static struct reader
reader_begin(unsigned int flags)
{
    return (struct reader){ .flags = flags, .error_domain = VIR_FROM_XML, .pile.may_fail = true,
                            .max_list = XML_MAX_LIST * limit_factor(flags) };
}

void *
vir_xml_parse(const struct vir_xml_table *table, const char *text, unsigned int flags)
{
    struct reader reader = reader_begin(flags);
    struct target target = { .table = table, .binding = xml_binding_of(table) };
    int rc;

    if (xml_tree_parse(&reader.tree, text, limit_factor(flags)) < 0)
        return NULL;
    target.base = vir_alloc(table->size);
    target.content = target.binding->content;
    rc = read_document(&reader, &target, table->path);
    reader_end(&reader);
    return rc < 0 ? vir_xml_free(table, target.base) : target.base;
}

static const struct xml_document *
find_kind(const char *kind)
{
    const struct xml_document *document = xml_document_of_kind(kind);
    struct vir_nearest nearest = { .word = kind };

    if (!document)
        document = xml_document_of_root(kind);
    if (document)
        return document;
    for (size_t i = 0; i < xml_n_documents; i++)
        vir_nearest_try(&nearest, xml_texts + xml_documents[i].kind);
    vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "'%.80s' is no kind of document", kind);  /* no document's fault */
    if (nearest.best)
        vir_error_hint("did you mean '%s'?", nearest.best);
    return NULL;
}

static const struct xml_document *
find_root(struct reader *reader)
{
    const struct xml_node *root = reader->tree.root;
    const struct xml_document *document = xml_document_of_root(root->name);
    struct vir_nearest nearest = { .word = root->name };

    if (document)
        return document;
    for (size_t i = 0; i < xml_n_documents; i++)
        vir_nearest_try(&nearest, xml_texts + xml_documents[i].root);
    xml_fail_at(reader, root, VIR_ERR_XML_ERROR, "no kind of document begins with <%.80s>", root->name);
    if (nearest.best)
        vir_error_hint("did you mean '%s'?", nearest.best);
    return NULL;
}

char *
vir_xml_canonical(const char *text, const char *kind, unsigned int flags)
{
    struct reader reader = reader_begin(flags);
    const struct xml_document *document;
    struct target target = { 0 };
    struct vir_buf buf = { 0 };
    int rc = -1;

    document = kind ? find_kind(kind) : NULL;
    if ((kind && !document) || xml_tree_parse(&reader.tree, text, limit_factor(flags)) < 0)
        return NULL;
    if (!document)
        document = find_root(&reader);
    if (document) {
        target.content = &xml_contents[document->content];
        rc = read_document(&reader, &target, xml_texts + document->root);
    }
    if (rc == 0)
        xml_format_records(&buf, xml_texts + document->root, xml_records_on(&reader.pile, 0), flags);
    reader_end(&reader);
    return rc < 0 ? NULL : vir_buf_steal(&buf);
}

const char *
vir_xml_kind(size_t i)
{
    return i < xml_n_documents ? xml_texts + xml_documents[i].kind : NULL;
}
