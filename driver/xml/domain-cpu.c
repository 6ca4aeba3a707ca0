/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processor that a guest sees: what a model goes with, and what stands for nothing without one. */
#include "domain.h"
#include "edit.h"

#define VENDOR_ID_LENGTH 12

static bool
has_text(struct xml_tree *tree, const struct xml_node *node)
{
    return node && !xml_is_blank(xml_node_text(tree, node));
}

/* What is said of the model. */
static int
check_model(struct reader *reader, const struct xml_node *cpu, const struct xml_node *model, bool named, bool custom)
{
    const char *vendor_id = model ? xml_edit_value(model, "vendor_id") : NULL;

    if (vendor_id && (strlen(vendor_id) != VENDOR_ID_LENGTH || strchr(vendor_id, ',')))
        return xml_fail_at(reader, model, VIR_ERR_XML_ERROR, "the vendor_id of <model> has %d characters, and no comma",
                           VENDOR_ID_LENGTH);
    if (xml_edit_child(cpu, "vendor") && !named)
        return xml_fail_at(reader, cpu, VIR_ERR_XML_ERROR, "<cpu> has a <vendor> and no <model> that it makes");
    if (xml_edit_child(cpu, "feature") && custom && !named)
        return xml_fail_at(reader, cpu, VIR_ERR_XML_ERROR, "<cpu> has a <feature> and no <model> that it belongs to");
    return 0;
}

int
xml_domain_cpu(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *cpu = xml_edit_child(domain, "cpu"), *model = xml_edit_child(cpu, "model");
    const char *mode = cpu ? xml_edit_value(cpu, "mode") : NULL;
    bool custom = !mode || strcmp(mode, "custom") == 0, hosts = mode && strcmp(mode, "host-model") == 0;
    bool named = has_text(&reader->tree, model);

    if (!cpu)
        return 0;
    if ((custom || hosts) && xml_edit_value(cpu, "migratable"))
        return xml_fail_at(reader, cpu, VIR_ERR_CONFIG_UNSUPPORTED, "the attribute 'migratable' of <cpu> needs "
                           "mode='host-passthrough' or mode='maximum'");
    if (check_model(reader, cpu, model, named, custom) < 0)
        return -1;
    if (custom && named) {
        xml_edit_set(&reader->tree, cpu, "mode", "custom");
        if (!xml_edit_value(cpu, "match"))
            xml_edit_set(&reader->tree, cpu, "match", "exact");
        return 0;
    }
    xml_edit_unset(cpu, "match");
    if (custom)
        xml_edit_unset(cpu, "mode");
    if (!custom && !hosts) {
        xml_edit_remove_all(cpu, "model");
        xml_edit_remove_all(cpu, "vendor");
    } else if (model && !named && xml_edit_value(model, "vendor_id")) {
        xml_edit_unset(model, "fallback");
    } else if (model && !named) {
        xml_edit_remove(model);
    }
    return 0;
}
