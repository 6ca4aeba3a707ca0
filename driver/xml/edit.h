/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing a parsed document before it is read. */
#ifndef DRIVER_XML_EDIT_H
#define DRIVER_XML_EDIT_H

#include "tree.h"

/* The first element of that name in NODE, which may be NULL; the next one of NODE's name beside it; NULL: none. */
struct xml_node *xml_edit_child(const struct xml_node *node, const char *name);
struct xml_node *xml_edit_twin(const struct xml_node *node);
/* An attribute's value; NULL: there is none, or it is empty. */
const char *xml_edit_value(const struct xml_node *node, const char *attribute);
/* A decimal number, at most MOST; false: the attribute, or the text, is none or not there. */
bool xml_edit_number(const struct xml_node *node, const char *attribute, uint64_t most, uint64_t *ret);
bool xml_edit_text_number(struct xml_tree *tree, const struct xml_node *node, uint64_t most, uint64_t *ret);

/* A new last element of PARENT, with no attributes; messages name the parent's place. */
struct xml_node *xml_edit_add(struct xml_tree *tree, struct xml_node *parent, const char *name);
/* NODE, which was removed, becomes the last of PARENT. */
void xml_edit_append(struct xml_node *parent, struct xml_node *node);
void xml_edit_remove(struct xml_node *node);
void xml_edit_remove_all(struct xml_node *parent, const char *name);
/* Those whose dropped is set: one by one, each would take as long as all. */
void xml_edit_remove_dropped(struct xml_node *parent);

/* What tells an element from others; NULL: nothing does. */
typedef const char *(*xml_edit_key)(struct xml_tree *tree, const struct xml_node *node);
/* FIRST or a twin of it, of whose key another one before it has; NULL: all differ.  FIRST may be NULL. */
const struct xml_node *xml_edit_same(struct xml_tree *tree, const struct xml_node *first, xml_edit_key key);

/* NAME lives as long as the tree; VALUE is copied. */
void xml_edit_set(struct xml_tree *tree, struct xml_node *node, const char *name, const char *value);
void xml_edit_set_number(struct xml_tree *tree, struct xml_node *node, const char *name, uint64_t value);
void xml_edit_unset(struct xml_node *node, const char *name);
/* The attributes of FROM, but for EXCEPT, stand in NODE too. */
void xml_edit_copy_attributes(struct xml_tree *tree, struct xml_node *node, const struct xml_node *from,
                              const char *except);
/* All that NODE holds goes, and TEXT stands there. */
void xml_edit_set_text(struct xml_tree *tree, struct xml_node *node, const char *text);

#endif
