/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Attributes that have to differ: noted while the document is read, compared at its end. */
#include "reader.h"

#include <stdlib.h>

void
xml_unique_note(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node,
                const char *text)
{
    const char *except = row->extra->unique_except;
    int code = row->extra->unique_error;
    const struct xml_node *ancestor = node;
    size_t n = reader->n_uniques;

    if (except && node->parent && strcmp(node->parent->name, except) == 0)
        return;
    while (ancestor->parent && strcmp(ancestor->name, row->extra->unique) != 0)
        ancestor = ancestor->parent;
    if (!(n & (n - 1)))                 /* room is a power of two */
        reader->uniques = vir_realloc_array(reader->uniques, n ? n * 2 : 1, sizeof(*reader->uniques));
    reader->uniques[reader->n_uniques++] = (struct unique){
        row->name, node, ancestor, code ? code : VIR_ERR_XML_ERROR, vir_strdup(text)
    };
}

void
xml_unique_end(struct reader *reader)
{
    for (size_t i = 0; i < reader->n_uniques; i++)
        free(reader->uniques[i].text);
    free(reader->uniques);
}

static int
by_number(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

/* Whether two are the same attribute of the same ancestor with the same value. */
static int
compare(const struct unique *one, const struct unique *other)
{
    int order = by_number(one->ancestor->tag, other->ancestor->tag);

    if (!order)
        order = strcmp(one->node->name, other->node->name);
    if (!order)
        order = strcmp(one->name, other->name);
    return order ? order : strcmp(one->text, other->text);
}

static int
compare_for_sort(const void *a, const void *b)
{
    const struct unique *one = a, *other = b;
    int order = compare(one, other);

    return order ? order : by_number(one->node->tag, other->node->tag);
}

int
xml_unique_check(struct reader *reader)
{
    if (reader->n_uniques > 1)
        qsort(reader->uniques, reader->n_uniques, sizeof(*reader->uniques), compare_for_sort);
    for (size_t i = 1; i < reader->n_uniques; i++) {
        const struct unique *unique = &reader->uniques[i];

        if (compare(unique - 1, unique) == 0)
            return xml_fail_at(reader, unique->node, unique->code,
                               "attribute '%s' of <%s> is '%.80s' a second time in this <%s>",
                               unique->name, unique->node->name, unique->text,
                               unique->ancestor->name);
    }
    return 0;
}
