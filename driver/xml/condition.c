/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What other attributes, or the text itself, say about a value. */
#include "reader.h"

static const struct xml_attr *
find_attribute(const struct target *target, const struct vir_xml_condition *condition)
{
    const struct xml_node *node = condition->above ? target->part : target->node;

    return node ? xml_attr_find(node, condition->attribute) : NULL;
}

/* No condition: false. */
static bool
holds(const struct target *target, const struct vir_xml_condition *condition)
{
    const struct xml_attr *attr = condition ? find_attribute(target, condition) : NULL;
    const char *word = attr ? attr->value : condition ? condition->preset : NULL;

    return word && xml_word_in(condition->words, word);
}

static bool
fails(const struct target *target, const struct vir_xml_condition *condition)
{
    return condition && !holds(target, condition) && (condition->preset || find_attribute(target, condition));
}

bool
xml_is_needed(const struct target *target, const struct vir_xml_row *row)
{
    return row->extra && holds(target, row->extra->needed);
}

bool
xml_is_meaningless(const struct target *target, const struct vir_xml_row *row)
{
    return row->extra && fails(target, row->extra->when);
}

bool
xml_item_is_needed(const struct target *target, const struct xml_item *item)
{
    struct vir_xml_condition needed;

    return holds(target, xml_condition_expand(&xml_more[item->more].needed, &needed));
}

bool
xml_item_is_meaningless(const struct target *target, const struct xml_item *item)
{
    struct vir_xml_condition when;

    return fails(target, xml_condition_expand(&xml_more[item->more].when, &when));
}

bool
xml_says_nothing(const struct vir_xml_row *row, const char *text)
{
    if (row->extra && row->extra->unsaid && xml_word_in(row->extra->unsaid, text))
        return true;
    return xml_is_blank(text) && !(row->flags & (VIR_XML_REQUIRED | VIR_XML_EMPTY)) &&
        !(row->extra && row->extra->needed);
}

bool
xml_is_user_alias(const struct xml_node *node)
{
    const struct xml_attr *name = xml_attr_find(node, "name");

    return name && strncmp(name->value, USER_ALIAS, strlen(USER_ALIAS)) == 0;
}
