/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a struct has no member for: a tree in one piece of memory.  A record is an item
 * of the vocabulary with its value as it stands in a document, escaped, or, for an
 * element that holds items, with records in it.  All are in the order of writing.  A group
 * whose members lie in the struct has a record where something of it has no member.
 */
#ifndef DRIVER_XML_REST_H
#define DRIVER_XML_REST_H

#include "vocabulary.h"

struct vir_xml_rest {
    uint32_t size;                      /* of the records */
    bool packed;                        /* it is within the memory of its struct, and so is all that this points to */
    _Alignas(uint32_t) char records[];
};

struct xml_record {
    uint32_t size;                      /* with this head, a multiple of its alignment */
    uint32_t item;                      /* in xml_items */
    char content[];                     /* a text with its NUL, or records */
};

/* Records that follow each other. */
struct xml_records { const char *at, *end; };

static inline struct xml_records
xml_records_of(const struct vir_xml_rest *rest)
{
    return rest ? (struct xml_records){ rest->records, rest->records + rest->size }
                : (struct xml_records){ NULL, NULL };
}

/* Its memory is one piece, by vir_xml_pack. */
static inline bool
xml_is_packed(const struct vir_xml_table *table, const void *base)
{
    const struct vir_xml_rest *rest = CONST_MEMBER(struct vir_xml_rest *, base, table->rest);

    return rest && rest->packed;
}

/* Those of the struct BASE; what a group or mixin has is with the struct that it lies in. */
static inline struct xml_records
xml_records_at(const struct vir_xml_table *table, const void *base)
{
    return xml_records_of(table->rest == VIR_XML_NO_MEMBER ? NULL
                          : CONST_MEMBER(struct vir_xml_rest *, base, table->rest));
}

static inline const struct xml_record *
xml_records_first(struct xml_records records)
{
    return records.at < records.end ? (const struct xml_record *)records.at : NULL;
}

/* Takes the first off. */
static inline const struct xml_record *
xml_records_next(struct xml_records *records)
{
    const struct xml_record *record = xml_records_first(*records);

    if (record)
        records->at += record->size;
    return record;
}

/* Those in a record whose item holds items. */
static inline struct xml_records
xml_records_in(const struct xml_record *record)
{
    return (struct xml_records){ record->content, (const char *)record + record->size };
}

static inline const struct xml_item *
xml_record_item(const struct xml_record *record)
{
    return &xml_items[record->item];
}

/* Takes the record of ITEM, a group, off, if it is the first. */
static inline struct xml_records
xml_records_of_group(struct xml_records *records, const struct xml_item *item)
{
    const struct xml_record *record = item ? xml_records_first(*records) : NULL;

    return record && xml_record_item(record) == item ? xml_records_in(xml_records_next(records))
                                                     : (struct xml_records){ NULL, NULL };
}

/* ---- making: records are put on a pile, one behind the other -------------------------- */

/* Those on PILE from START on; it may have no memory yet. */
static inline struct xml_records
xml_records_on(const struct vir_buf *pile, size_t start)
{
    return pile->len > start ? (struct xml_records){ pile->text + start, pile->text + pile->len }
                             : (struct xml_records){ NULL, NULL };
}

/* Begins a record; what is put into PILE until xml_record_end is its content.  PILE has failed where
 * there was no memory for all of them. */
size_t xml_record_begin(struct vir_buf *pile, const struct xml_item *item);
void xml_record_end(struct vir_buf *pile, size_t record);
/* Puts the records from START on, if there are any, into one for ITEM, a group that has members. */
void xml_records_wrap(struct vir_buf *pile, size_t start, const struct xml_item *item);
/* Puts the records from START on into the order of writing; equal ones stay as they are. */
void xml_records_sort(struct vir_buf *pile, size_t start);
/* Takes those records off the pile; NULL: there are none. */
struct vir_xml_rest *xml_records_take(struct vir_buf *pile, size_t start);
/* struct.c: releases what BASE points to. */
void xml_clear(const struct vir_xml_table *table, void *base);
/* The table of the group of TABLE that the record is of; NULL: it is of an item without a member. */
const struct vir_xml_table *xml_record_group(const struct vir_xml_table *table, const struct xml_record *record);

/* format.c: writes the document whose root ROOT holds RECORDS. */
void xml_format_records(struct vir_buf *buf, const char *root, struct xml_records records, unsigned int flags);

#endif
