/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a document names what it describes, read before a driver parses it.
 */
#ifndef DAEMON_ACCESS_DOCUMENT_H
#define DAEMON_ACCESS_DOCUMENT_H

#include "wire/access.h"

/* Fills in the PARTS of the XDR struct WIRE (all zeroes before) that the document has; NAME, if not NULL, is the
 * name in place of its own.  -1: it does not name it clearly; an error is set.  In either case cleared below. */
int daemon_document_read(const char *document, const char *name, const struct access_part *parts, void *wire);
void daemon_document_clear(const struct access_part *parts, void *wire);

#endif
