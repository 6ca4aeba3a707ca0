/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One pass over a document before libxml2 sees it: limits, and where each start
 * tag begins.
 */
#ifndef DRIVER_XML_SCAN_H
#define DRIVER_XML_SCAN_H

#include <stddef.h>
#include <stdint.h>

#define XML_MAX_BYTES (4 * 1024 * 1024)
#define XML_MAX_DEPTH 256
#define XML_MAX_ATTRIBUTES 256          /* of one element; libxml2's check for doubles is quadratic */
#define XML_MAX_NAMESPACES 256          /* declared by open elements; libxml2 looks them up one by one */
#define XML_MAX_NODES 100000            /* elements, comments, CDATA sections; and so many attributes */
#define XML_MAX_NAMES 8192              /* different ones behind the first so many; libxml2's table of them does not grow */
#define XML_MAX_LIST 4096               /* items of a list, kept texts of an element */
#define XML_LOCAL_FACTOR 16             /* bytes, nodes and items of a file of the user's own */

struct xml_place { unsigned int line, column; };        /* from 1; columns count bytes */

/* FACTOR times the limits of bytes and nodes are allowed.
 * TEXT ends with a NUL at LEN. ret_tags: the offset of every start tag, in document order; the caller frees.
 * -1: an error with line and column is set. */
int xml_scan(const char *text, size_t len, unsigned int factor, uint32_t **ret_tags, size_t *ret_n);
struct xml_place xml_place_of(const char *text, size_t offset);

#endif
