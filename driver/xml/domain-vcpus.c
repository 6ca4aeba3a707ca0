/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Virtual CPUs.  Where <vcpus> names one of them, all that it does not name are
 * offline, and each is written; <vcpu current> is then how many are online.
 */
#include <stdlib.h>

#include "domain.h"
#include "edit.h"

#define MOST_VCPUS 65535

struct vcpu {
    bool online;
    enum vir_xml_bool hotpluggable;
    unsigned int order;                 /* 0: it has none */
};

unsigned int
xml_domain_vcpu_count(struct reader *reader, const struct xml_node *domain)
{
    const struct xml_node *vcpu = xml_edit_child(domain, "vcpu");
    uint64_t count;

    if (!vcpu)
        return 1;
    return xml_edit_text_number(&reader->tree, vcpu, MOST_VCPUS, &count) ? (unsigned int)count : 0;
}

static enum vir_xml_bool
yes_or_no(const struct xml_node *node, const char *name)
{
    const char *value = xml_edit_value(node, name);

    return !value ? VIR_XML_ABSENT : strcmp(value, "yes") == 0 ? VIR_XML_YES : VIR_XML_NO;
}

/* 1: it is not said rightly which one NODE is about. */
static int
note_vcpu(struct reader *reader, const struct xml_node *node, struct vcpu *vcpus, unsigned int count)
{
    uint64_t id, order = 0;
    struct vcpu *vcpu;

    if (!xml_edit_number(node, "id", UINT32_MAX, &id) || !xml_edit_value(node, "enabled"))
        return 1;
    if (xml_edit_value(node, "order") && !xml_edit_number(node, "order", UINT32_MAX, &order))
        return 1;
    if (id >= count)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "the domain has %u vcpus, and no vcpu %u", count,
                           (unsigned int)id);
    vcpu = &vcpus[id];
    vcpu->online = yes_or_no(node, "enabled") == VIR_XML_YES;
    if (yes_or_no(node, "hotpluggable"))
        vcpu->hotpluggable = yes_or_no(node, "hotpluggable");
    if (order)
        vcpu->order = (unsigned int)order;
    return 0;
}

static int
complete_vcpu(struct reader *reader, const struct xml_node *node, struct vcpu *vcpu, unsigned int id)
{
    if (!vcpu->hotpluggable)
        vcpu->hotpluggable = vcpu->online ? VIR_XML_NO : VIR_XML_YES;
    if (!vcpu->online && vcpu->hotpluggable == VIR_XML_NO)
        return xml_fail_at(reader, node, VIR_ERR_CONFIG_UNSUPPORTED,
                           "vcpu %u is offline and could never come: it is not hotpluggable", id);
    return 0;
}

static void
write_vcpus(struct xml_tree *tree, struct xml_node *list, const struct vcpu *vcpus, unsigned int count)
{
    xml_edit_remove_all(list, "vcpu");
    for (unsigned int i = 0; i < count; i++) {
        struct xml_node *node = xml_edit_add(tree, list, "vcpu");

        xml_edit_set_number(tree, node, "id", i);
        xml_edit_set(tree, node, "enabled", vcpus[i].online ? "yes" : "no");
        xml_edit_set(tree, node, "hotpluggable", vcpus[i].hotpluggable == VIR_XML_YES ? "yes" : "no");
        if (vcpus[i].order)
            xml_edit_set_number(tree, node, "order", vcpus[i].order);
    }
}

static int
complete_list(struct reader *reader, struct xml_node *domain, struct xml_node *list, struct vcpu *vcpus,
              unsigned int count)
{
    struct xml_node *vcpu = xml_edit_child(domain, "vcpu");
    unsigned int online = 0;

    for (struct xml_node *node = xml_edit_child(list, "vcpu"); node; node = xml_edit_twin(node)) {
        int rc = note_vcpu(reader, node, vcpus, count);

        if (rc)
            return rc < 0 ? -1 : 0;
    }
    for (unsigned int i = 0; i < count; i++) {
        if (complete_vcpu(reader, list, &vcpus[i], i) < 0)
            return -1;
        online += vcpus[i].online;
    }
    write_vcpus(&reader->tree, list, vcpus, count);
    if (!vcpu)
        return 0;
    if (online < count)
        xml_edit_set_number(&reader->tree, vcpu, "current", online);
    else
        xml_edit_unset(vcpu, "current");
    return 0;
}

/* All CPUs have the numbers from 0 on. */
static int
complete_tune(struct reader *reader, struct xml_node *domain, unsigned int count)
{
    struct xml_node *cputune = xml_edit_child(domain, "cputune");
    struct xml_threads threads = {
        .pin = "vcpupin", .pin_id = "vcpu", .sched = "vcpusched", .sched_ids = "vcpus", .n = count,
    };
    unsigned int *ids;
    int rc;

    if (!cputune)
        return 0;
    threads.ids = ids = vir_alloc_array(count, sizeof(*ids));
    for (unsigned int i = 0; i < count; i++)
        ids[i] = i;
    rc = xml_domain_threads(reader, cputune, &threads);
    free(ids);
    return rc;
}

int
xml_domain_vcpus(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *list = xml_edit_child(domain, "vcpus");
    unsigned int count = xml_domain_vcpu_count(reader, domain);
    struct vcpu *vcpus;
    int rc;

    if (count == 0)
        return 0;
    if (list && list->first) {
        vcpus = vir_alloc_array(count, sizeof(*vcpus));
        rc = complete_list(reader, domain, list, vcpus, count);
        free(vcpus);
        if (rc < 0)
            return -1;
    }
    return complete_tune(reader, domain, count);
}
