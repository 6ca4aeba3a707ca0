/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the engine share. */
#ifndef DRIVER_XML_ENGINE_H
#define DRIVER_XML_ENGINE_H

#include <string.h>

#define VIR_MODULE_DOMAIN VIR_FROM_XML
#define VIR_LOG_SOURCE "xml"
#include <libvirt/module-xml.h>

#include "tree.h"

/* ---- members of a struct by table -------------------------------------------- */

#define MEMBER(type, base, offset) (*(type *)((char *)(base) + (offset)))
#define CONST_MEMBER(type, base, offset) (*(type const *)((const char *)(base) + (offset)))

/* Whether the NAME of an <alias>, or NULL, is the user's choice: that is no matter of the running guest alone. */
bool xml_is_user_alias(const char *name);

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

#define KIND_BIT(kind) (1u << VIR_XML_##kind)
#define TEXT_KINDS (KIND_BIT(STRING) | KIND_BIT(NAME) | KIND_BIT(CPUSET) | KIND_BIT(IP) | \
                    KIND_BIT(IPV4) | KIND_BIT(IPV6) | KIND_BIT(VERBATIM))

/* Its member is a char *. */
static inline bool
xml_is_text(const struct vir_xml_row *row)
{
    return TEXT_KINDS >> row->kind & 1;
}

/* An enum or boolean: its member is one byte. */
static inline bool
xml_is_word(const struct vir_xml_row *row)
{
    return (KIND_BIT(ENUM) | KIND_BIT(YESNO) | KIND_BIT(ONOFF)) >> row->kind & 1;
}

static inline bool
xml_is_blank(const char *text)
{
    while (*text == ' ' || *text == '\n' || *text == '\t' || *text == '\r')
        text++;
    return !*text;
}

/* A unit stands beside one of that kind. */
static inline bool
xml_kind_is_scaled(unsigned int kind)
{
    return kind == VIR_XML_MEMORY || kind == VIR_XML_BYTES || kind == VIR_XML_MEGA;
}

static inline bool
xml_is_scaled(const struct vir_xml_row *row)
{
    return xml_kind_is_scaled(row->kind);
}

/* Its notation depends on a type. */
static inline bool
xml_is_hex(const struct vir_xml_row *row)
{
    return row->extra && row->extra->hex;
}

/* Its letters are written large. */
static inline bool
xml_in_capitals(const struct vir_xml_row *row)
{
    return row->extra && row->extra->capitals;
}

size_t xml_value_size(const struct vir_xml_row *row);           /* of the member */
bool xml_word_in(const char *words, const char *word);          /* words as in an enum */
/* Reads TEXT into the row's member; UNIT for scaled ones (may be NULL);
 * VALIDATE: forms count.  -1: not such a value, no error set. */
int xml_value_read(const struct vir_xml_row *row, void *base, const char *text, const char *unit,
                   bool validate);
/* Whether TEXT is a value of the row, a STRING: it is written as it is read. */
bool xml_is_string(const struct vir_xml_row *row, const char *text, bool validate);
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
