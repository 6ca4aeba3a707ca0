/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Regular expressions for what a text looks like. */
#ifndef DRIVER_XML_FORM_H
#define DRIVER_XML_FORM_H

#include <stdbool.h>

/* Whether all of TEXT is as FORM says, an extended regular expression that lives on. */
bool xml_form_matches(const char *form, const char *text);

#endif
