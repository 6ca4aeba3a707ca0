/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of reading share: parse.c, rest.c, complain.c. */
#ifndef DRIVER_XML_READER_H
#define DRIVER_XML_READER_H

#include "engine.h"
#include "scan.h"
#include "vocabulary.h"

/* A value that no other may have. */
struct unique {
    const struct vir_xml_row *row;
    const struct xml_node *node, *ancestor;
    char *text;                         /* as it will be written */
};

struct reader {
    struct xml_tree tree;
    unsigned int flags;
    unsigned int warnings;
    unsigned int max_list;              /* items of a list, kept texts of an element */
    struct unique *uniques;
    size_t n_uniques;
};

#define MAX_ROWS 256                    /* of a table */

/* Where in the struct the element that is being read goes. */
struct target {
    const struct vir_xml_table *table;
    void *base;
    const struct xml_node *node, *part; /* the element, and that of the struct; NULL: it is absent */
    int depth;
    struct vir_xml_rest **rest_end;     /* behind the last kept text; until all are read, in the document's order */
    size_t n_rest, last_rest;           /* how many; the row of the last one */
    bool rest_mixed;                    /* that is not the order of writing */
};

/* ---- complain.c: all return -1 where the document is refused, 0 where it goes on --- */

int xml_fail_at(struct reader *reader, const struct xml_node *node, int code, const char *fmt, ...)
    VIR_PRINTF(4, 5);
/* CONTENT: what the vocabulary has at the parent; NULL: nothing. */
int xml_unknown_element(struct reader *reader, const struct xml_content *content,
                        const struct xml_node *node);
int xml_unknown_attribute(struct reader *reader, const struct xml_content *content,
                          const struct xml_node *node, const struct xml_attr *attr);
int xml_wrong_value(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node,
                    const char *text);
int xml_wrong_unit(struct reader *reader, const struct xml_node *node, const char *unit);
/* A second element where one is allowed; WRONG: not even with a warning. */
int xml_twice(struct reader *reader, const struct xml_node *node, bool wrong);
/* An attribute that was in an earlier element of that name; dropped. */
void xml_twice_attribute(struct reader *reader, const struct xml_node *node, const struct xml_attr *attr);
/* What is dropped because of the value of another attribute. */
void xml_meaningless(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node);
/* Says how many warnings were swallowed. */
void xml_complain_end(const struct reader *reader);

/* ---- twins.c: moves what later siblings of that name hold into NODE -------------------- */

int xml_merge_twins(struct reader *reader, struct xml_node *node);

/* ---- unique.c ------------------------------------------------------------------------ */

/* The value was read into BASE. */
void xml_unique_note(struct reader *reader, const struct vir_xml_row *row, const struct xml_node *node,
                     const void *base);
/* -1 with an error where two are equal. */
int xml_unique_check(struct reader *reader);
void xml_unique_end(struct reader *reader);

/* ---- rest.c: AT is the row that the text is written with ----------------------------- */

/* Takes out of a subtree what the vocabulary does not know. */
int xml_prune(struct reader *reader, const struct xml_content *content, struct xml_node *node);
/* listed: the table has a row for it, so that it need not be in the vocabulary. */
int xml_rest_element(struct reader *reader, struct target *target, struct xml_node *node, size_t at,
                     bool live, bool listed);
int xml_rest_attribute(struct reader *reader, struct target *target, const struct xml_node *node,
                       const struct xml_attr *attr, size_t at, enum xml_rest_place place, bool live);
/* The attributes of NODE that no row took; CONTENT: what the vocabulary has at NODE. */
int xml_rest_attributes(struct reader *reader, struct target *target, const struct xml_content *content,
                        const struct xml_node *node, size_t at, enum xml_rest_place place);
/* When all were read: puts them into the order of writing. */
void xml_rest_sort(struct target *target);

#endif
