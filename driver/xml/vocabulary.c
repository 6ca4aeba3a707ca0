/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking up names in the printed vocabulary. */
#include "vocabulary.h"

#include <stdlib.h>

const struct xml_document *
xml_document_of_kind(const char *kind)
{
    for (size_t i = 0; i < xml_n_documents; i++)
        if (strcmp(xml_texts + xml_documents[i].kind, kind) == 0)
            return &xml_documents[i];
    return NULL;
}

const struct xml_document *
xml_document_of_root(const char *root)
{
    for (size_t i = 0; i < xml_n_documents; i++)
        if (strcmp(xml_texts + xml_documents[i].root, root) == 0)
            return &xml_documents[i];
    return NULL;
}

int
xml_error_domain(const char *path)
{
    size_t len = strcspn(path, "/");

    for (size_t i = 0; i < xml_n_documents; i++) {
        const char *root = xml_texts + xml_documents[i].root;

        if (strncmp(root, path, len) == 0 && !root[len])
            return xml_documents[i].error_domain;
    }
    return VIR_FROM_XML;                /* a document of the module's own */
}

static const struct xml_item *
find_between(const struct xml_item *item, const struct xml_item *end, const char *name)
{
    for (; item < end; item++)
        if (item->initial == *name && strcmp(xml_texts + item->name, name) == 0)
            return item;
    return NULL;
}

/* Documents come mostly in the order of writing, and what may be there many times comes
 * in a row: the search goes on where the last one ended. */
const struct xml_item *
xml_item_find(const struct xml_content *content, enum vir_xml_place place, const char *name, size_t *hint)
{
    const struct xml_item *items = xml_items + content->items;
    const struct xml_item *first = items + (place == VIR_XML_ATTRIBUTE ? 0 : content->n_attributes);
    const struct xml_item *end = items + (place == VIR_XML_ATTRIBUTE ? content->n_attributes : content->n_items);
    const struct xml_item *hinted = items + *hint >= first && items + *hint < end ? items + *hint : first;
    const struct xml_item *found = find_between(hinted, end, name);

    if (!found)
        found = find_between(first, hinted, name);
    if (found)
        *hint = (size_t)(found - items) + !(found->flags & VIR_XML_MANY);
    return found;
}

const struct xml_item *
xml_item_text(const struct xml_content *content)
{
    const struct xml_item *item = xml_items + content->items + content->n_attributes;

    return content->n_items > content->n_attributes && !item->name ? item : NULL;
}

bool
xml_content_is_document(size_t content)
{
    for (size_t i = 0; i < xml_n_documents; i++)
        if (xml_documents[i].content == content)
            return true;
    return false;
}

const struct xml_content *
xml_content_at(const char *path)
{
    const struct xml_content *content = NULL;
    char name[64];

    for (;;) {
        size_t len = strcspn(path, "/"), hint = 0;
        const struct xml_document *document;
        const struct xml_item *item;

        if (len >= sizeof(name))
            return NULL;
        memcpy(name, path, len);
        name[len] = '\0';
        if (content) {
            item = xml_item_find(content, VIR_XML_ELEMENT, name, &hint);
            content = item && xml_item_holds(item) ? &xml_contents[item->of] : NULL;
        } else {
            document = xml_document_of_root(name);
            content = document ? &xml_contents[document->content] : NULL;
        }
        if (!content || !path[len])
            return content;
        path += len + 1;
    }
}

/* ---- an item as a row ------------------------------------------------------------------ */

bool
xml_item_is_hex(const struct xml_item *item, const struct xml_node *node, const struct xml_node *part)
{
    const struct xml_more *more = &xml_more[item->more];
    const struct xml_node *typed = more->hex_above ? part : node;
    const struct xml_attr *type = more->hex && typed ? xml_attr_find(typed, "type") : NULL;

    return more->hex && (!type || strcmp(type->value, xml_texts + more->hex_word) == 0);
}

static void
expand_more(const struct xml_more *more, struct xml_expanded *expanded)
{
    expanded->extra = (struct vir_xml_extra){
        .min = more->min, .max = more->max, .preset_text = xml_text_at(more->preset),
        .form = xml_text_at(more->form), .form_says = xml_text_at(more->form_says),
        .unsaid = xml_text_at(more->unsaid), .unique = xml_text_at(more->unique),
        .unique_except = xml_text_at(more->unique_except), .unique_error = more->unique_error,
        .error = more->error, .wrong = more->wrong, .capitals = more->capitals, .needed = xml_text_at(more->needed), .when = xml_text_at(more->when),
        .choices = xml_text_at(more->choices),
    };
    expanded->row.extra = &expanded->extra;
}

const struct vir_xml_row *
xml_item_expand(const struct xml_item *item, const struct xml_node *node, const struct xml_node *part,
                struct xml_expanded *expanded)
{
    expanded->row = (struct vir_xml_row){
        .name = xml_text_at(item->name), .place = item->place, .kind = item->kind, .width = item->width,
        .flags = item->flags, .has = VIR_XML_NO_MEMBER,
    };
    if (item->more)
        expand_more(&xml_more[item->more], expanded);
    if (xml_item_is_hex(item, node, part)) {
        expanded->row.kind = VIR_XML_HEX;
        expanded->row.width = (uint8_t)xml_more[item->more].hex;
        expanded->row.flags |= VIR_XML_BASED;
    }
    if (item->kind == VIR_XML_ENUM) {
        expanded->words = (struct vir_xml_enum){ .name = xml_texts + item->name, .words = xml_texts + item->of };
        expanded->row.of.words = &expanded->words;
    }
    return &expanded->row;
}

/* ---- a module's table -------------------------------------------------------------------- */

static bool
has_needed(const struct vir_xml_table *table)
{
    for (size_t i = 0; i < table->n_rows; i++)
        if (table->rows[i].extra && table->rows[i].extra->needed)
            return true;
    return false;
}

/* That most rows are absent says nothing. */
static bool
row_demands(const struct vir_xml_row *row)
{
    return row->flags & (VIR_XML_REQUIRED | VIR_XML_PRESET | VIR_XML_ALWAYS) ||
        (row->extra && (row->extra->needed || row->extra->choices || row->extra->hex)) ||
        (row->kind == VIR_XML_GROUP && has_needed(row->of.table));
}

static const struct xml_item *
item_of_row(const struct xml_content *content, const struct vir_xml_row *row, size_t *hint)
{
    if (!content)
        return NULL;
    return row->place == VIR_XML_TEXT ? xml_item_text(content)
                                      : xml_item_find(content, row->place, row->name, hint);
}

static struct xml_binding *
bind_table(const struct vir_xml_table *table)
{
    const struct xml_content *content = xml_content_at(table->path);
    size_t n_items = content ? content->n_items : 0, hint = 0;
    struct xml_binding *binding = vir_alloc(sizeof(*binding) + 2 * (table->n_rows + n_items));
    uint8_t *item_of = (uint8_t *)(binding + 1), *row_of = item_of + table->n_rows;
    uint8_t *rows = row_of + n_items, *items = rows + table->n_rows;

    *binding = (struct xml_binding){ content, item_of, row_of, rows, items };
    memset(item_of, XML_NOWHERE, table->n_rows + n_items);
    for (size_t i = 0; i < table->n_rows; i++) {
        const struct vir_xml_row *row = &table->rows[i];
        const struct xml_item *item = item_of_row(content, row, &hint);

        binding->alone = binding->alone || row->flags & VIR_XML_ALONE;
        if (row_demands(row))
            rows[binding->n_row_demands++] = (uint8_t)i;
        if (!item)
            continue;
        item_of[i] = (uint8_t)(item - xml_items - content->items);
        row_of[item_of[i]] = (uint8_t)i;
    }
    for (size_t i = 0; i < n_items; i++)
        if (row_of[i] == XML_NOWHERE && xml_items[content->items + i].flags & VIR_XML_DEMANDS)
            items[binding->n_item_demands++] = (uint8_t)i;
    return binding;
}

const struct xml_binding *
xml_binding_of(const struct vir_xml_table *table)
{
    struct xml_binding *binding = __atomic_load_n((struct xml_binding **)table->bound, __ATOMIC_ACQUIRE);
    void *none = NULL;

    if (binding)
        return binding;
    binding = bind_table(table);
    if (__atomic_compare_exchange_n(table->bound, &none, binding, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return binding;
    free(binding);                      /* another thread was faster */
    return none;
}
