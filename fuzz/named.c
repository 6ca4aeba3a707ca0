/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any text as a document that names its object: what the daemon reads of it before
 * it asks for permissions is what the parser reads afterwards, or it was refused.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/access/document.h"
#include "driver/xml/tree.h"

#include <libvirt/module.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As the printed XDR structs. */
struct named { char *name, *attribute, *mac, *usage; unsigned char uuid[VIR_UUID_BUFLEN]; int word; };

static const char *const words[] = { "none", "volume", NULL };
static const struct access_part parts[] = {
    { "name", offsetof(struct named, name), 0, NULL },
    { "@name", offsetof(struct named, attribute), 0, NULL },
    { "mac/@address", offsetof(struct named, mac), 0, NULL },
    { "usage/*", offsetof(struct named, usage), 0, NULL },
    { "uuid", offsetof(struct named, uuid), 1, NULL },
    { "usage/@type", offsetof(struct named, word), 0, words },
    { NULL, 0, 0, NULL }
};

/* The next element of that name (NULL: of any) from NODE on. */
static const struct xml_node *
element(const struct xml_node *node, const char *name)
{
    while (node && (node->kind != XML_NODE_ELEMENT || (name && strcmp(node->name, name) != 0)))
        node = node->next;
    return node;
}

/* The only one below ABOVE, or NULL. */
static const struct xml_node *
only(const struct xml_node *above, const char *name)
{
    const struct xml_node *first = above ? element(above->first, name) : NULL;

    if (first && element(first->next, name))
        abort();                        /* it is there twice */
    return first;
}

static void
same(const char *ours, const char *theirs)
{
    if (theirs && !(ours && strcmp(ours, theirs) == 0))
        abort();
}

static void
compare(const struct named *named, struct xml_tree *tree)
{
    const struct xml_node *name = only(tree->root, "name"), *uuid = only(tree->root, "uuid");
    const struct xml_node *usage = element(tree->root->first, "usage"), *mac = element(tree->root->first, "mac");
    unsigned char bytes[VIR_UUID_BUFLEN];

    same(named->name, name ? xml_node_text(tree, name) : NULL);
    same(named->attribute, xml_attr_value(tree->root, "name"));
    if (uuid && vir_uuid_parse(xml_node_text(tree, uuid), bytes) == 0 &&
        memcmp(bytes, named->uuid, sizeof(bytes)) != 0)
        abort();
    for (; mac; mac = element(mac->next, "mac"))
        same(named->mac, xml_attr_value(mac, "address"));
    for (; usage; usage = element(usage->next, "usage")) {
        const struct xml_node *inner = only(usage, NULL);

        same(named->usage, inner ? xml_node_text(tree, inner) : NULL);
        if (xml_attr_value(usage, "type") && strcmp(xml_attr_value(usage, "type"), "volume") == 0 && named->word != 1)
            abort();
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct named named = { 0 };
    struct xml_tree tree;

    if (daemon_document_read(text, NULL, parts, &named) == 0 && xml_tree_parse(&tree, text, 1) == 0) {
        compare(&named, &tree);
        xml_tree_free(&tree);
    }
    daemon_document_clear(parts, &named);
    virResetLastError();
    free(text);
    return 0;
}
