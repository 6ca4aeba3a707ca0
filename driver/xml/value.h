/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files about values share. */
#ifndef DRIVER_XML_VALUE_H
#define DRIVER_XML_VALUE_H

#include "engine.h"

#define MAX_CPUS 16384                  /* of a host */

/* The smallest and the largest number; of an INT they are signed. */
uint64_t xml_least(const struct vir_xml_row *row);
uint64_t xml_most(const struct vir_xml_row *row);
/* The member of a number; of an INT it is signed. */
uint64_t xml_number(const struct vir_xml_row *row, const void *base);
void xml_set_number(const struct vir_xml_row *row, void *base, uint64_t value);
/* The enum that decides the notation of a number. */
unsigned int xml_hex_type(const struct vir_xml_row *row, const void *base);

#endif
