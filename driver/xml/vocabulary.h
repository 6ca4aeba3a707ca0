/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names that a document may hold at all, whatever a module does with them.
 * The tables are printed from schema/vocabulary; lists are sorted by name.
 */
#ifndef DRIVER_XML_VOCABULARY_H
#define DRIVER_XML_VOCABULARY_H

#include <stdbool.h>
#include <stdint.h>

#include <nearest.h>

/* What an element may hold.  Elements with the same content share one entry. */
struct xml_content {
    uint16_t children, n_children;      /* in xml_children */
    uint16_t attributes, n_attributes;  /* in xml_attributes */
    bool any;                           /* foreign content: not ours to judge */
};

struct xml_child {
    uint16_t name;                      /* in xml_names */
    uint16_t content;                   /* in xml_contents */
};

extern const char xml_names[];
extern const uint16_t xml_attributes[];
extern const struct xml_child xml_children[];
extern const struct xml_content xml_contents[];        /* [0]: what holds the roots */

/* The content of the element at PATH ("domain/devices/disk"); NULL: unknown. */
const struct xml_content *xml_content_at(const char *path);
const struct xml_content *xml_content_child(const struct xml_content *content, const char *name);
bool xml_content_attribute(const struct xml_content *content, const char *name);
/* The name of a child (attribute) that NAME resembles, or NULL. */
const char *xml_nearest_child(const struct xml_content *content, const char *name);
const char *xml_nearest_attribute(const struct xml_content *content, const char *name);

#endif
