/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding what a name of the document is, for the module and for the vocabulary. */
#include "reader.h"

/* The module's row of a NAME that the vocabulary does not have. */
static const struct vir_xml_row *
find_row(const struct vir_xml_table *table, enum vir_xml_place place, const char *name)
{
    size_t first = place == VIR_XML_ATTRIBUTE ? 0 : table->n_attributes;
    size_t end = place == VIR_XML_ATTRIBUTE ? table->n_attributes : table->n_rows;

    for (size_t i = first; i < end; i++)
        if (table->rows[i].name && strcmp(table->rows[i].name, name) == 0)
            return &table->rows[i];
    return NULL;
}

/* ITEM: the vocabulary's, if it has it. */
static void
take_row(const struct target *target, size_t at, const struct xml_item *item, struct slot *slot)
{
    slot->row = &target->table->rows[at];
    slot->item = item;
    slot->at = (uint8_t)at;
    slot->taken = true;
}

static void
take_item(const struct target *target, const struct xml_item *item, struct slot *slot)
{
    size_t at = (size_t)(item - xml_items) - target->content->items;
    uint8_t row = target->binding ? target->binding->row_of[at] : XML_NOWHERE;

    if (row != XML_NOWHERE) {
        take_row(target, row, item, slot);
        return;
    }
    slot->row = xml_item_expand(item, target->node, target->part, &slot->expanded);
    slot->item = item;
    slot->at = (uint8_t)at;
    slot->taken = false;
}

bool
xml_slot_find(const struct target *target, enum vir_xml_place place, const char *name, size_t *hint,
              struct slot *slot)
{
    const struct xml_item *item = target->content ? xml_item_find(target->content, place, name, hint) : NULL;
    const struct vir_xml_row *row = !item && target->table ? find_row(target->table, place, name) : NULL;

    if (item)
        take_item(target, item, slot);
    else if (row)
        take_row(target, (size_t)(row - target->table->rows), NULL, slot);
    return item || row;
}

bool
xml_slot_text(const struct target *target, struct slot *slot)
{
    const struct vir_xml_table *table = target->table;
    const struct xml_item *item = target->content ? xml_item_text(target->content) : NULL;

    if (item)
        take_item(target, item, slot);
    else if (table && table->n_rows > table->n_attributes && !table->rows[table->n_attributes].name)
        take_row(target, table->n_attributes, NULL, slot);
    else
        return false;
    return true;
}

/* The word and bit of the slot. */
static uint64_t *
mark_of(struct target *target, const struct slot *slot, uint64_t *ret_bit)
{
    *ret_bit = (uint64_t)1 << slot->at % 64;
    return &(slot->taken ? target->rows : target->items)[slot->at / 64];
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
