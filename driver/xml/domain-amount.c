/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Amounts that are written in the largest unit of which they are a multiple. */
#include <inttypes.h>
#include <stdio.h>

#include "domain.h"
#include "edit.h"

int
xml_domain_amount(struct reader *reader, struct xml_node *node, const char *attribute, const char *unit)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    const char *said = xml_edit_value(node, "unit");
    uint64_t scale = xml_unit_bytes(said ? said : unit), amount;
    char text[24];
    size_t i = 0;

    if (attribute ? !xml_edit_number(node, attribute, UINT64_MAX, &amount)
                  : !xml_edit_text_number(&reader->tree, node, UINT64_MAX, &amount))
        return 0;
    if (!scale)
        return xml_fail_at(reader, node, VIR_ERR_INVALID_ARG, "'%.20s' is no unit of an amount", said);
    if (__builtin_mul_overflow(amount, scale, &amount))
        return xml_fail_at(reader, node, VIR_ERR_OVERFLOW, "<%s> is too large", node->name);
    for (; amount && amount % 1024 == 0; amount /= 1024)
        i++;
    snprintf(text, sizeof(text), "%" PRIu64, amount);
    if (attribute)
        xml_edit_set(&reader->tree, node, attribute, text);
    else
        xml_edit_set_text(&reader->tree, node, text);
    xml_edit_set(&reader->tree, node, "unit", units[i]);
    return 0;
}
