/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything that documents may hold, whatever a module does with it.  The tables are
 * printed from schema/parts, without pointers: texts are offsets in xml_texts, 0 is none.
 */
#ifndef DRIVER_XML_VOCABULARY_H
#define DRIVER_XML_VOCABULARY_H

#include "engine.h"

/* What an element may hold: items in the order of writing. */
struct xml_content {
    uint16_t items;                     /* the first, in xml_items */
    uint16_t rules;                     /* the first, in xml_rules */
    uint8_t n_rules, n_items, n_attributes;
};

/* A row without a member. */
struct xml_item {
    uint16_t name;                      /* 0: the element's text */
    char initial;                       /* of the name */
    uint8_t place, kind, width;
    uint16_t flags;
    uint16_t of;                        /* group, part: in xml_contents; enum: the words */
    uint16_t more;                      /* in xml_more; 0: nothing */
};

/* See struct vir_xml_rule. */
struct xml_rule {
    uint16_t condition, says, code;
    struct vir_xml_signs wants;
};

/* What only some items have: see struct vir_xml_extra. */
struct xml_more {
    uint64_t min, max;
    uint16_t preset, form, form_says, unsaid;
    uint16_t unique, unique_except, unique_error, error, wrong;
    bool capitals;
    uint16_t hex, hex_word;             /* digits; the word of @type */
    bool hex_above;                     /* of the part's @type */
    uint16_t needed, when, choices;
};

struct xml_document {
    uint16_t kind, root, content;       /* its name, the root element's name */
    uint16_t error_domain;              /* virErrorDomain of what is wrong in it */
};

/* A prefix, whichever a document uses for the namespace. */
struct xml_namespace { uint16_t prefix, uri; };

extern const char xml_texts[];
extern const struct xml_namespace xml_namespaces[];     /* behind the last: no prefix */
extern const struct xml_item xml_items[];
extern const struct xml_content xml_contents[];
extern const struct xml_more xml_more[];
extern const struct xml_rule xml_rules[];
extern const struct xml_document xml_documents[];
extern const size_t xml_n_documents;

/* ---- looking up ------------------------------------------------------------------- */

/* The document of that KIND; the one that begins with that element; NULL: none. */
const struct xml_document *xml_document_of_kind(const char *kind);
const struct xml_document *xml_document_of_root(const char *root);
/* The virErrorDomain of the document that the element at PATH ("domain/devices/disk") is of. */
int xml_error_domain(const char *path);
/* Whether a document consists of it: an index of xml_contents. */
bool xml_content_is_document(size_t content);
/* The content of the element at PATH ("domain/devices/disk"); NULL: unknown. */
const struct xml_content *xml_content_at(const char *path);
/* The item of that name, among attributes or elements; HINT: where it may be, moved on. */
const struct xml_item *xml_item_find(const struct xml_content *content, enum vir_xml_place place,
                                     const char *name, size_t *hint);
/* The element's text; NULL: it has none. */
const struct xml_item *xml_item_text(const struct xml_content *content);

static inline const char *
xml_text_at(uint16_t text)
{
    return text ? xml_texts + text : NULL;
}

static inline bool
xml_item_holds(const struct xml_item *item)
{
    return item->kind == VIR_XML_GROUP || item->kind == VIR_XML_PART;
}

/* ---- an item as a row ----------------------------------------------------------------- */

struct xml_expanded {
    struct vir_xml_row row;
    struct vir_xml_extra extra;
    struct vir_xml_enum words;
};

/* For the functions of values; NODE, the element that has it, or PART, that of the part
 * around it, decide the notation. */
const struct vir_xml_row *xml_item_expand(const struct xml_item *item, const struct xml_node *node,
                                          const struct xml_node *part, struct xml_expanded *expanded);
/* Whether the type makes the number hexadecimal; also where it is not said. */
bool xml_item_is_hex(const struct xml_item *item, const struct xml_node *node, const struct xml_node *part);

/* ---- a module's table and the vocabulary -------------------------------------------------- */

#define XML_NOWHERE 0xff

/* Which row is which item, found when the table is first used. */
struct xml_binding {
    const struct xml_content *content;  /* NULL: the vocabulary does not have the element */
    const uint8_t *item_of;             /* by row; XML_NOWHERE: the module's own */
    const uint8_t *row_of;              /* by item; XML_NOWHERE: not taken */
    /* Rows, and items that are not taken, whose absence may mean something. */
    const uint8_t *row_demands, *item_demands;
    size_t n_row_demands, n_item_demands;
    bool alone;                         /* a row may stand alone */
};

/* The item of a row; NULL: it is the module's own. */
static inline const struct xml_item *
xml_binding_item(const struct xml_binding *binding, size_t row)
{
    return binding->item_of[row] == XML_NOWHERE ? NULL
        : &xml_items[binding->content->items + binding->item_of[row]];
}

const struct xml_binding *xml_binding_of(const struct vir_xml_table *table);

#endif
