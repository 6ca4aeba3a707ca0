/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A domain's document before it is read: its sections in turn, and those that need no file. */
#include "domain.h"

#include <inttypes.h>
#include <stdio.h>

#include "edit.h"
#include "number.h"

/* An empty <genid> gets an identity. */
static int
complete_genid(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *genid = xml_edit_child(domain, "genid");
    unsigned char uuid[VIR_UUID_BUFLEN];
    char text[VIR_UUID_STRING_BUFLEN];

    if (!genid)
        return 0;
    if (genid->first)
        return vir_uuid_parse(xml_node_text(&reader->tree, genid), uuid) == 0 ? 0 :
            xml_fail_at(reader, genid, VIR_ERR_INTERNAL_ERROR, "<genid> is no UUID");
    if (vir_uuid_generate(uuid) < 0)
        return -1;
    vir_uuid_format(uuid, text);
    xml_edit_set_text(&reader->tree, genid, text);
    return 0;
}

/* Seconds beside the clock of the host make an offset variable, counted from that clock. */
static int
complete_clock(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *clock = xml_edit_child(domain, "clock");
    const char *offset = clock ? xml_edit_value(clock, "offset") : NULL;
    const char *adjustment = clock ? xml_edit_value(clock, "adjustment") : NULL;
    bool variable = offset && strcmp(offset, "variable") == 0;
    int64_t seconds = 0;
    char text[24];

    if (!offset || (!variable && (!adjustment || strcmp(adjustment, "reset") == 0)))
        return 0;
    if (!variable && strcmp(offset, "utc") != 0 && strcmp(offset, "localtime") != 0)
        return 0;
    if (adjustment && vir_parse_int(adjustment, INT64_MIN, INT64_MAX, &seconds) < 0 && !variable)
        return xml_fail_at(reader, clock, VIR_ERR_XML_ERROR, "the adjustment of <clock> is seconds, or 'reset'");
    if (!variable) {
        xml_edit_set(&reader->tree, clock, "basis", offset);
        xml_edit_set(&reader->tree, clock, "offset", "variable");
    }
    snprintf(text, sizeof(text), "%" PRId64, seconds);
    xml_edit_set(&reader->tree, clock, "adjustment", text);
    return 0;
}

static bool
takes(const struct vir_xml_table *table, const char *name)
{
    for (size_t i = 0; i < table->n_rows; i++)
        if (table->rows[i].name && strcmp(table->rows[i].name, name) == 0)
            return true;
    return false;
}

/* What stands in the namespace of a hypervisor, only its own driver reads. */
static void
drop_foreign(struct reader *reader, const struct vir_xml_table *table, struct xml_node *domain)
{
    struct xml_node *next, *node = domain->first;

    domain->first = domain->last = NULL;
    for (; node; node = next) {
        struct xml_place place;

        next = node->next;
        if (node->kind != XML_NODE_ELEMENT || !xml_namespace_uri(node->name) || takes(table, node->name)) {
            xml_edit_append(domain, node);
            continue;
        }
        if (reader->warnings++ >= XML_MAX_WARNINGS)
            continue;
        place = xml_place_of(reader->tree.text, reader->tree.tags[node->tag]);
        vir_warn("line %u, column %u: <%s> is for another driver and is dropped", place.line, place.column,
                 node->name);
    }
}

/* A section that is there twice is one. */
static int
merge_sections(struct reader *reader, struct xml_node *domain)
{
    static const char *const names[] = {
        "blkiotune", "memoryBacking", "vcpu", "vcpus", "iothreadids", "cputune", "numatune", "os", "features", "cpu",
        "clock",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct xml_node *node = xml_edit_child(domain, names[i]);

        if (node && xml_merge_twins(reader, node) < 0)
            return -1;
    }
    return 0;
}

/* What is longer, reading refuses: here it would take the square of its length until then. */
static int
check_lengths(struct reader *reader, const struct xml_node *domain)
{
    static const struct {
        const char *section, *name;     /* NULL: the domain itself */
    } lists[] = {
        { NULL, "seclabel" }, { "blkiotune", "device" }, { "cputune", "cachetune" }, { "cputune", "memorytune" },
        { "cputune", "vcpusched" }, { "cputune", "iothreadsched" }, { "iothreadids", "iothread" },
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        const struct xml_node *in = lists[i].section ? xml_edit_child(domain, lists[i].section) : domain;
        size_t n = 0;

        for (const struct xml_node *node = xml_edit_child(in, lists[i].name); node; node = xml_edit_twin(node))
            if (++n > reader->max_list)
                return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "more than %u elements in <%s>",
                                   reader->max_list, in->name);
    }
    return 0;
}

int
xml_domain_complete(struct reader *reader, const struct vir_xml_table *table, struct xml_node *domain)
{
    static int (*const steps[])(struct reader *, struct xml_node *) = {
        complete_genid, xml_domain_tune, xml_domain_vcpus, xml_domain_iothreads, xml_domain_cpu, xml_domain_numa,
        xml_domain_numatune, xml_domain_sysinfo, xml_domain_os, xml_domain_features, complete_clock,
        xml_domain_seclabels, xml_domain_devices,
    };

    drop_foreign(reader, table, domain);
    if (merge_sections(reader, domain) < 0 || check_lengths(reader, domain) < 0)
        return -1;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (steps[i](reader, domain) < 0)
            return -1;
    return 0;
}
