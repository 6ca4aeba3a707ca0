/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making records. */
#include "rest.h"

#include <stdlib.h>

#define ALIGNMENT _Alignof(struct xml_record)

size_t
xml_record_begin(struct vir_buf *pile, const struct xml_item *item)
{
    const struct xml_record head = { .item = (uint32_t)(item - xml_items) };
    size_t record = pile->len;

    put(pile, (const char *)&head, sizeof(head));
    return record;
}

void
xml_record_end(struct vir_buf *pile, size_t record)
{
    static const char nothing[ALIGNMENT];

    if (pile->failed)
        return;
    if (!xml_item_holds(&xml_items[((struct xml_record *)(pile->text + record))->item]))
        put(pile, nothing, 1);
    put(pile, nothing, -(pile->len - record) % ALIGNMENT);
    if (!pile->failed)
        ((struct xml_record *)(pile->text + record))->size = (uint32_t)(pile->len - record);
}

void
xml_records_wrap(struct vir_buf *pile, size_t start, const struct xml_item *item)
{
    const struct xml_record head = { .item = (uint32_t)(item - xml_items) };
    size_t len = pile->len - start;

    if (!len)
        return;
    put(pile, (const char *)&head, sizeof(head));
    if (pile->failed)
        return;
    memmove(pile->text + start + sizeof(head), pile->text + start, len);
    memcpy(pile->text + start, &head, sizeof(head));
    xml_record_end(pile, start);
}

static int
compare(const void *a, const void *b)
{
    const struct xml_record *one = *(const struct xml_record *const *)a;
    const struct xml_record *other = *(const struct xml_record *const *)b;

    if (one->item != other->item)
        return one->item < other->item ? -1 : 1;
    return one < other ? -1 : one > other;
}

void
xml_records_sort(struct vir_buf *pile, size_t start)
{
    size_t len = pile->len - start, n = 0, last = 0;
    const struct xml_record *record, **order;
    struct xml_records records = xml_records_on(pile, start);
    bool sorted = true;
    char *copy, *to;

    while (!pile->failed && (record = xml_records_next(&records))) {
        sorted = sorted && record->item >= last;
        last = record->item;
        n++;
    }
    if (sorted)
        return;
    copy = vir_try_alloc(len, 1, SIZE_MAX);
    order = copy ? vir_try_alloc(n, sizeof(*order), SIZE_MAX) : NULL;
    if (!order) {
        free(copy);
        pile->failed = true;
        return;
    }
    memcpy(copy, pile->text + start, len);
    records = (struct xml_records){ copy, copy + len };
    for (size_t i = 0; i < n; i++)
        order[i] = xml_records_next(&records);
    qsort(order, n, sizeof(*order), compare);
    to = pile->text + start;
    for (size_t i = 0; i < n; to += order[i]->size, i++)
        memcpy(to, order[i], order[i]->size);
    free(order);
    free(copy);
}

struct vir_xml_rest *
xml_records_take(struct vir_buf *pile, size_t start)
{
    size_t size = pile->len - start;
    struct vir_xml_rest *rest;

    rest = size && !pile->failed ? vir_try_alloc(sizeof(*rest) + size, 1, SIZE_MAX) : NULL;
    if (rest) {
        rest->size = (uint32_t)size;
        memcpy(rest->records, pile->text + start, size);
    } else if (size) {
        pile->failed = true;
    }
    pile->len = start;
    return rest;
}

const struct vir_xml_table *
xml_record_group(const struct vir_xml_table *table, const struct xml_record *record)
{
    const struct xml_binding *binding = xml_binding_of(table);
    uint8_t row = binding->row_of[record->item - binding->content->items];

    return row == XML_NOWHERE ? NULL : table->rows[row].of.table;
}
