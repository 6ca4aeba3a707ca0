/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of reading share. */
#ifndef DRIVER_XML_READER_H
#define DRIVER_XML_READER_H

#include "rest.h"
#include "scan.h"

/* A value that no other may have. */
struct unique {
    const char *name;                   /* of the attribute */
    const struct xml_node *node, *ancestor;
    int code;                           /* virErrorNumber */
    char *text;                         /* as it will be written */
};

/* An element that rules speak of. */
struct ruled {
    const struct xml_node *node;
    const struct xml_content *content;  /* NULL: the module's own element */
    const struct vir_xml_table *table;  /* NULL: it goes onto the pile */
};

#define XML_MAX_WARNINGS 20             /* of one document; each costs a search for the nearest name */

struct reader {
    struct xml_tree tree;
    unsigned int flags;
    int error_domain;                   /* of the kind of document, when that is known */
    unsigned int warnings;
    unsigned int max_list;              /* items of a list, records of an element */
    struct unique *uniques;
    size_t n_uniques;
    struct ruled *ruled;
    size_t n_ruled;
    struct vir_buf pile;                /* of records */
};

#define MAX_ROWS 255                    /* of a table; and so many items of a content */

enum xml_answer { XML_UNSAID, XML_HOLDS, XML_FAILS };      /* to a condition */

/* The element that is being read, and where it goes: what TABLE has into BASE, all
 * else onto the pile of records. */
struct target {
    const struct vir_xml_table *table;  /* NULL: all onto the pile */
    const struct xml_binding *binding;  /* of the table */
    const struct xml_content *content;  /* NULL: the module's own element */
    void *base;
    struct xml_node *node;              /* the element; NULL: it is absent */
    const struct xml_node *part;        /* that of the struct */
    const struct xml_node *above;       /* of an absent element: the one around it; NULL: that is absent, too */
    int depth;
    size_t n_records;
    const char *asked;                  /* the last condition */
    enum xml_answer answer;
    uint64_t rows[MAX_ROWS / 64 + 1], items[MAX_ROWS / 64 + 1];        /* what was there */
};

/* What stands at one place of an element: a row of the module, an item of the vocabulary, or both. */
struct slot {
    const struct vir_xml_row *row;      /* the module's, or ITEM expanded */
    const struct xml_item *item;        /* NULL: the module's own */
    uint8_t at;                         /* in the table, or in the content if it is not taken */
    bool taken;                         /* the row has a member */
    bool again;                         /* an element of that name was there before */
    struct xml_expanded expanded;
};

/* parse.c: reads NODE, which the target is for; -1 with an error. */
int xml_read_element(struct reader *reader, struct target *target, struct xml_node *node);

/* ---- slot.c --------------------------------------------------------------------------- */

/* Finds what NAME is, at PLACE of the target's element; the hint is moved on. false: nobody knows. */
bool xml_slot_find(const struct target *target, enum vir_xml_place place, const char *name,
                   size_t *hint, struct slot *slot);
bool xml_slot_text(const struct target *target, struct slot *slot);
/* Marks it as there; returns whether it was before. */
bool xml_slot_mark(struct target *target, const struct slot *slot);
void xml_slot_unmark(struct target *target, const struct slot *slot);
/* Begins a record for the slot's item; -1 with an error: there are too many. */
int xml_slot_record(struct reader *reader, struct target *target, const struct slot *slot,
                    const struct xml_node *node, size_t *ret_record);

/* ---- condition.c ------------------------------------------------------------------------ */

/* Of what stands in an element. */
struct vir_xml_signs xml_signs_of(const struct xml_node *node);
/* Whether a rule's condition holds for NODE. */
bool xml_holds(struct xml_tree *tree, const struct xml_node *node, const char *condition);
/* The answer for an element that is being read. */
enum xml_answer xml_ask(struct reader *reader, struct target *target, const char *condition);
/* The first value whose condition holds; NULL: there is none. */
const char *xml_choose(struct reader *reader, const struct target *target, const char *choices);
/* The name of what it asks for first; NULL: it never holds. */
const char *xml_condition_name(const char *condition);

/* What something else makes necessary, or meaningless; NULL: nothing does. */
static inline bool
xml_is_needed(struct reader *reader, struct target *target, const char *needed)
{
    return needed && xml_ask(reader, target, needed) == XML_HOLDS;
}

static inline bool
xml_is_meaningless(struct reader *reader, struct target *target, const char *when)
{
    return when && xml_ask(reader, target, when) == XML_FAILS;
}

/* While it is not known to mean something, nothing stands in for it. */
static inline bool
xml_is_doubtful(struct reader *reader, struct target *target, const char *when)
{
    return when && xml_ask(reader, target, when) != XML_HOLDS;
}

static inline const char *
xml_row_needed(const struct vir_xml_row *row)
{
    return row->extra ? row->extra->needed : NULL;
}

static inline const char *
xml_row_when(const struct vir_xml_row *row)
{
    return row->extra ? row->extra->when : NULL;
}

/* Where nothing need be said, an empty text says nothing. */
bool xml_says_nothing(const struct vir_xml_row *row, const char *text);

/* ---- missing.c: what the document lacks: presets, and what must be there ------------------- */

int xml_read_missing(struct reader *reader, struct target *target, const struct xml_node *node);

/* ---- complain.c: all return -1 where the document is refused, 0 where it goes on --- */

int xml_fail_at(struct reader *reader, const struct xml_node *node, int code, const char *fmt, ...)
    VIR_PRINTF(4, 5);
/* What the document breaks. */
int xml_rule_broken(struct reader *reader, const struct xml_node *node, int code, const char *says);
int xml_unknown_element(struct reader *reader, const struct target *target, const struct xml_node *node);
int xml_unknown_attribute(struct reader *reader, const struct target *target, const struct xml_node *node,
                          const struct xml_attr *attr);
int xml_wrong_value(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node,
                    const char *text);
int xml_wrong_unit(struct reader *reader, const struct xml_node *node, const char *unit);
/* A second element where one is allowed; WRONG: not even with a warning. */
int xml_twice(struct reader *reader, const struct xml_node *node, bool wrong);
/* An attribute that was in an earlier element of that name; dropped. */
void xml_twice_attribute(struct reader *reader, const struct xml_node *node, const struct xml_attr *attr);
/* What is dropped because of the value of another attribute. */
void xml_meaningless(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node);
/* Own files: what is wrong with NODE was said by the last error; it is left out. */
void xml_set_aside(struct reader *reader, const struct xml_node *node);
/* Says how many warnings were swallowed. */
void xml_complain_end(const struct reader *reader);

/* ---- rules.c ------------------------------------------------------------------------- */

/* Notes the element, if rules speak of it. */
void xml_rules_note(struct reader *reader, const struct target *target);
/* -1 with an error where one is broken. */
int xml_rules_check(struct reader *reader);

/* ---- twins.c: moves what later siblings of that name hold into NODE -------------------- */

int xml_merge_twins(struct reader *reader, struct xml_node *node);

/* ---- unique.c ------------------------------------------------------------------------ */

/* TEXT is the value as it will be written. */
void xml_unique_note(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node,
                     const char *text);
/* -1 with an error where two are equal. */
int xml_unique_check(struct reader *reader);
void xml_unique_end(struct reader *reader);

#endif
