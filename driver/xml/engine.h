/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the engine share. */
#ifndef DRIVER_XML_ENGINE_H
#define DRIVER_XML_ENGINE_H

#include <string.h>

#define VIR_MODULE_DOMAIN VIR_FROM_DOMAIN
#define VIR_LOG_SOURCE "xml"
#include <libvirt/module-xml.h>

#include "tree.h"

/* ---- members of a struct by table -------------------------------------------- */

#define MEMBER(type, base, offset) (*(type *)((char *)(base) + (offset)))
#define CONST_MEMBER(type, base, offset) (*(type const *)((const char *)(base) + (offset)))

/* What begins so in <alias name='...'> is the user's choice. */
#define USER_ALIAS "ua-"

/* ---- kept text ------------------------------------------------------------------ */

/* What a struct has no member for; a list in the order of writing. */
struct vir_xml_rest {
    struct vir_xml_rest *next;
    uint16_t at;                        /* the row that it is written with; see place */
    uint8_t place;                      /* enum xml_rest_place */
    bool live;
    char text[];                        /* as it is written */
};

enum xml_rest_place {
    XML_REST_ATTRIBUTE,                 /* of the element: before row `at` */
    XML_REST_ELEMENT,                   /* below the element: before row `at` */
    XML_REST_INSIDE,                    /* attribute of the element that row `at` writes */
};

/* ---- output ----------------------------------------------------------------------- */

/* Appends without vir_buf's indentation, which the engine does itself. */
static inline void
put(struct vir_buf *buf, const char *text, size_t n)
{
    if (n >= buf->room - buf->len) {
        vir_buf_add_mem(buf, text, n);
        return;
    }
    memcpy(buf->text + buf->len, text, n);
    buf->len += n;
    buf->text[buf->len] = '\0';
}

static inline void
put_text(struct vir_buf *buf, const char *text)
{
    put(buf, text, strlen(text));
}

void put_indent(struct vir_buf *buf, int depth);
void put_escaped(struct vir_buf *buf, const char *text, bool attribute);
void put_attribute(struct vir_buf *buf, const char *name, const char *value);

/* keep.c: the element as it will be written at DEPTH; foreign: in libxml2's own form. */
void xml_keep_element(struct vir_buf *buf, const struct xml_node *node, int depth, bool foreign);

/* ---- values ------------------------------------------------------------------------- */

bool xml_is_text(const struct vir_xml_row *row);                /* its member is a char * */
bool xml_is_scaled(const struct vir_xml_row *row);              /* a unit stands beside it */
bool xml_is_hex(const struct vir_xml_row *row);                 /* its notation depends on a type */
size_t xml_value_size(const struct vir_xml_row *row);           /* of the member */
bool xml_word_in(const char *words, const char *word);          /* words as in an enum */
/* value.c: reads TEXT into the row's member; UNIT for scaled ones (may be NULL);
 * VALIDATE: forms count.  -1: not such a value, no error set. */
int xml_value_read(const struct vir_xml_row *row, void *base, const char *text, const char *unit,
                   bool validate);
/* The same, and the value is forgotten. */
int xml_value_check(const struct vir_xml_row *row, const char *text, const char *unit, bool validate);
/* Bytes of one UNIT; 0: no such unit. Case does not matter. */
uint64_t xml_unit_bytes(const char *unit);
/* Writes the row's value to BUF as it stands in a document, escaped; false: there is none. */
bool xml_value_write(const struct vir_xml_row *row, const void *base, struct vir_buf *buf);
/* Puts the preset into the member. */
void xml_value_preset(const struct vir_xml_row *row, void *base);
/* What can stand there, for messages. */
void xml_value_allowed(const struct vir_xml_row *row, struct vir_buf *buf);
const char *xml_value_nearest(const struct vir_xml_row *row, const char *text);

/* struct.c: an array of N with room for one more. */
void *xml_array_grow(void **array, size_t n, size_t size);
/* A new item, a new value: a struct, or the place for one value; NULL: there are MAX already. */
void *xml_list_add(const struct vir_xml_row *row, void *base, size_t max);
void *xml_values_add(const struct vir_xml_row *row, void *base, size_t max);
void xml_presets(const struct vir_xml_table *table, void *base);

#endif
