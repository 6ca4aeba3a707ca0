/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What no document may be: asked when all of it is read, and only of documents from outside. */
#include "reader.h"

void
xml_rules_note(struct reader *reader, const struct target *target)
{
    size_t n = reader->n_ruled;

    if (reader->flags & (VIR_XML_OWN | VIR_XML_MEANT) || ((!target->content || !target->content->n_rules) &&
                                        (!target->table || !target->table->n_rules)))
        return;
    if (!(n & (n - 1)))                 /* room is a power of two */
        reader->ruled = vir_realloc_array(reader->ruled, n ? n * 2 : 1, sizeof(*reader->ruled));
    reader->ruled[reader->n_ruled++] = (struct ruled){ target->node, target->content, target->table };
}

/* Whether all that is wanted may be there. */
static bool
has(const struct vir_xml_signs *signs, const struct vir_xml_signs *wanted)
{
    return !(wanted->here & ~signs->here) && !(wanted->below[0] & ~signs->below[0]) &&
        !(wanted->below[1] & ~signs->below[1]);
}

static int
check_element(struct reader *reader, const struct ruled *ruled)
{
    const struct xml_rule *common = ruled->content ? &xml_rules[ruled->content->rules] : NULL;
    const struct vir_xml_rule *own = ruled->table ? ruled->table->rules : NULL;
    const struct vir_xml_signs signs = xml_signs_of(ruled->node);

    for (size_t i = 0; common && i < ruled->content->n_rules; i++)
        if (has(&signs, &common[i].wants) &&
            xml_holds(&reader->tree, ruled->node, xml_texts + common[i].condition))
            return xml_rule_broken(reader, ruled->node, common[i].code, xml_texts + common[i].says);
    for (size_t i = 0; own && i < ruled->table->n_rules; i++)
        if (has(&signs, &own[i].wants) && xml_holds(&reader->tree, ruled->node, own[i].condition))
            return xml_rule_broken(reader, ruled->node, own[i].code, own[i].says);
    return 0;
}

int
xml_rules_check(struct reader *reader)
{
    for (size_t i = 0; i < reader->n_ruled; i++)
        if (check_element(reader, &reader->ruled[i]) < 0)
            return -1;
    return 0;
}
