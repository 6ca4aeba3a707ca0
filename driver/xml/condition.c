/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What other attributes, or the text itself, say about a value. */
#include "reader.h"

static enum xml_answer
answer_of(const struct target *target, const struct vir_xml_condition *condition)
{
    const struct xml_node *node = condition->above ? target->part : target->node;
    const struct xml_attr *attr = node ? xml_attr_find(node, condition->attribute) : NULL;
    const char *word = attr ? attr->value : condition->preset;

    return !word ? XML_UNSAID : xml_word_in(condition->words, word) ? XML_HOLDS : XML_FAILS;
}

/* Neighbours have mostly the same condition. */
enum xml_answer
xml_ask(struct target *target, const struct vir_xml_condition *condition)
{
    const struct vir_xml_condition *asked = &target->asked;

    if (asked->words != condition->words || asked->attribute != condition->attribute ||
        asked->above != condition->above) {
        target->answer = answer_of(target, condition);
        target->asked = *condition;
    }
    return target->answer;
}

bool
xml_item_is_needed(struct target *target, const struct xml_item *item)
{
    struct vir_xml_condition needed;

    return xml_condition_expand(&xml_more[item->more].needed, &needed) && xml_ask(target, &needed) == XML_HOLDS;
}

bool
xml_item_is_meaningless(struct target *target, const struct xml_item *item)
{
    struct vir_xml_condition when;

    return xml_condition_expand(&xml_more[item->more].when, &when) && xml_ask(target, &when) == XML_FAILS;
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
