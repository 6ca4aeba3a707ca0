/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding what a name of the document is, for the module and for the vocabulary. */
#include "reader.h"

/* The module's row of NAME: documents come mostly in the tables' order, so the search
 * goes on where the last one ended. */
static const struct vir_xml_row *
find_row(const struct vir_xml_table *table, enum vir_xml_place place, const char *name, size_t *hint)
{
    size_t first = place == VIR_XML_ATTRIBUTE ? 0 : table->n_attributes;
    size_t end = place == VIR_XML_ATTRIBUTE ? table->n_attributes : table->n_rows;
    size_t i = *hint >= first && *hint < end ? *hint : first;

    for (size_t n = first; n < end; n++) {
        const char *known = table->rows[i].name;

        if (known && known[0] == name[0] && strcmp(known, name) == 0) {
            *hint = i + 1;
            return &table->rows[i];
        }
        i = i + 1 < end ? i + 1 : first;
    }
    return NULL;
}

static void
take_row(const struct target *target, const struct vir_xml_row *row, struct slot *slot)
{
    uint8_t item = target->binding->item_of[row - target->table->rows];

    slot->row = row;
    slot->taken = true;
    slot->item = item == XML_NOWHERE ? NULL : xml_items + target->content->items + item;
}

static void
take_item(const struct target *target, const struct xml_item *item, struct slot *slot)
{
    slot->item = item;
    slot->taken = false;
    slot->row = xml_item_expand(item, target->node, target->part, &slot->expanded);
}

bool
xml_slot_find(const struct target *target, enum vir_xml_place place, const char *name, size_t hints[2],
              struct slot *slot)
{
    const struct vir_xml_row *row = target->table ? find_row(target->table, place, name, &hints[0]) : NULL;
    const struct xml_item *item = NULL;

    if (row)
        take_row(target, row, slot);
    else if (target->content && (item = xml_item_find(target->content, place, name, &hints[1])))
        take_item(target, item, slot);
    return row || item;
}

bool
xml_slot_text(const struct target *target, struct slot *slot)
{
    const struct vir_xml_table *table = target->table;
    const struct xml_item *item = target->content ? xml_item_text(target->content) : NULL;

    if (table && table->n_rows > table->n_attributes && !table->rows[table->n_attributes].name)
        take_row(target, &table->rows[table->n_attributes], slot);
    else if (item)
        take_item(target, item, slot);
    else
        return false;
    return true;
}

/* The word and bit of the slot. */
static uint64_t *
mark_of(struct target *target, const struct slot *slot, uint64_t *ret_bit)
{
    size_t at = slot->taken ? (size_t)(slot->row - target->table->rows)
                            : (size_t)(slot->item - xml_items) - target->content->items;

    *ret_bit = (uint64_t)1 << at % 64;
    return &(slot->taken ? target->rows : target->items)[at / 64];
}

bool
xml_slot_mark(struct target *target, const struct slot *slot)
{
    uint64_t bit, *mark = mark_of(target, slot, &bit);
    bool before = *mark & bit;

    *mark |= bit;
    return before;
}

void
xml_slot_unmark(struct target *target, const struct slot *slot)
{
    uint64_t bit, *mark = mark_of(target, slot, &bit);

    *mark &= ~bit;
}

int
xml_slot_record(struct reader *reader, struct target *target, const struct slot *slot,
                const struct xml_node *node, size_t *ret_record)
{
    if (++target->n_records > reader->max_list)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "more than %u elements in <%s>", reader->max_list,
                           target->node ? target->node->name : node->name);
    *ret_record = xml_record_begin(&reader->pile, slot->item);
    return 0;
}
