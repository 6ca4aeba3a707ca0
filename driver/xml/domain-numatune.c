/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the host's NUMA nodes are chosen: memory and CPUs go together, so what one of
 * <numatune> and <vcpu> says holds for the other where it says nothing.
 */
#include <limits.h>
#include <stdlib.h>

#include "domain.h"
#include "edit.h"

static bool
is(const struct xml_node *node, const char *name, const char *word)
{
    const char *value = node ? xml_edit_value(node, name) : NULL;

    return value && strcmp(value, word) == 0;
}

/* ---- all of the memory ------------------------------------------------------------------- */

static void
choose_cpus(struct xml_tree *tree, struct xml_node *domain)
{
    struct xml_node *vcpu = xml_edit_child(domain, "vcpu");

    if (!vcpu) {
        vcpu = xml_edit_add(tree, domain, "vcpu");
        xml_edit_set_text(tree, vcpu, "1");
    }
    if (!xml_edit_value(vcpu, "placement") && !xml_edit_value(vcpu, "cpuset"))
        xml_edit_set(tree, vcpu, "placement", "auto");
}

static int
complete_memory(struct reader *reader, struct xml_node *domain, struct xml_node *memory)
{
    bool said = xml_edit_value(memory, "mode") || xml_edit_value(memory, "nodeset") ||
        xml_edit_value(memory, "placement");

    if (!xml_edit_value(memory, "placement") && !xml_edit_value(memory, "nodeset") &&
        is(xml_edit_child(domain, "vcpu"), "placement", "auto"))
        xml_edit_set(&reader->tree, memory, "placement", "auto");
    else if (!said) {
        xml_edit_remove_all(memory->parent, "memory");
        return 0;
    }
    if (is(memory, "placement", "auto")) {
        xml_edit_unset(memory, "nodeset");
        choose_cpus(&reader->tree, domain);
        return 0;
    }
    if (xml_edit_value(memory, "nodeset"))
        return 0;
    return xml_fail_at(reader, memory, VIR_ERR_CONFIG_UNSUPPORTED,
                       "<memory> of <numatune> needs a nodeset, or placement='auto'");
}

/* Where the CPUs are placed by advice, the memory is too. */
static void
follow_cpus(struct xml_tree *tree, struct xml_node *domain)
{
    struct xml_node *numatune = xml_edit_child(domain, "numatune"), *vcpu = xml_edit_child(domain, "vcpu");

    if (!vcpu || !is(vcpu, "placement", "auto"))
        return;
    xml_edit_unset(vcpu, "cpuset");
    if (!numatune)
        numatune = xml_edit_add(tree, domain, "numatune");
    if (!xml_edit_child(numatune, "memory") && !xml_edit_child(numatune, "memnode"))
        xml_edit_set(tree, xml_edit_add(tree, numatune, "memory"), "placement", "auto");
}

/* ---- that of single cells ------------------------------------------------------------------- */

static int
check_memnode(struct reader *reader, const struct xml_node *memory, const struct xml_node *node, size_t n_cells)
{
    uint64_t cell;

    if (!xml_edit_number(node, "cellid", UINT_MAX, &cell))
        return 0;
    if (n_cells == 0)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "<memnode> needs NUMA cells");
    if (cell >= n_cells)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "<memnode> is about NUMA cell %u, which is not there",
                           (unsigned int)cell);
    if (is(memory, "placement", "auto"))
        return xml_fail_at(reader, node, VIR_ERR_CONFIG_UNSUPPORTED,
                           "<memnode> goes not with the placement 'auto' of all memory");
    if (is(memory, "mode", "restrictive") && !is(node, "mode", "restrictive"))
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR,
                           "where all memory has the mode 'restrictive', each <memnode> has it");
    return 0;
}

/* In the order of the cells; each has one at most. */
static int
order_memnodes(struct reader *reader, struct xml_node *numatune, struct xml_node **by_cell, size_t n_cells)
{
    const struct xml_node *memory = xml_edit_child(numatune, "memory");
    uint64_t cell;

    for (struct xml_node *node = xml_edit_child(numatune, "memnode"); node; node = xml_edit_twin(node)) {
        if (check_memnode(reader, memory, node, n_cells) < 0)
            return -1;
        if (!xml_edit_number(node, "cellid", UINT_MAX, &cell))
            return 0;
        if (by_cell[cell])
            return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "two <memnode> are about the NUMA cell %u",
                               (unsigned int)cell);
        by_cell[cell] = node;
    }
    xml_edit_remove_all(numatune, "memnode");
    for (size_t i = 0; i < n_cells; i++)
        if (by_cell[i])
            xml_edit_append(numatune, by_cell[i]);
    return 0;
}

static int
complete_memnodes(struct reader *reader, struct xml_node *domain, struct xml_node *numatune)
{
    struct xml_node *cell = xml_edit_child(xml_edit_child(xml_edit_child(domain, "cpu"), "numa"), "cell");
    struct xml_node **by_cell;
    size_t n_cells = 0;
    int rc;

    if (!xml_edit_child(numatune, "memnode"))
        return 0;
    for (; cell; cell = xml_edit_twin(cell))
        n_cells++;
    by_cell = vir_alloc_array(n_cells + 1, sizeof(struct xml_node *));
    rc = order_memnodes(reader, numatune, by_cell, n_cells);
    free(by_cell);
    return rc;
}

int
xml_domain_numatune(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *numatune = xml_edit_child(domain, "numatune"), *memory = xml_edit_child(numatune, "memory");

    if ((memory && complete_memory(reader, domain, memory) < 0) || complete_memnodes(reader, domain, numatune) < 0)
        return -1;
    follow_cpus(&reader->tree, domain);
    return 0;
}
