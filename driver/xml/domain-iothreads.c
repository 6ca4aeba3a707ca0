/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * I/O threads.  <iothreads> is how many there are, at least those that <iothreadids>
 * names; where it names some, the others get the lowest free numbers and are written too.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain.h"
#include "edit.h"

struct list {
    unsigned int *ids;
    size_t n, n_named;                  /* those that <iothreadids> names come first */
};

static bool
is_named(const struct list *list, unsigned int id)
{
    for (size_t i = 0; i < list->n_named; i++)
        if (list->ids[i] == id)
            return true;
    return false;
}

/* How many threads help: not said is less than any number. */
static int
check_pool(struct reader *reader, const struct xml_node *node)
{
    uint64_t least, most;

    if (!xml_edit_number(node, "thread_pool_min", INT_MAX, &least))
        return 0;
    if (xml_edit_number(node, "thread_pool_max", INT_MAX, &most) && least <= most)
        return 0;
    if (xml_edit_value(node, "thread_pool_max") && !xml_edit_number(node, "thread_pool_max", INT_MAX, &most))
        return 0;
    return xml_fail_at(reader, node, VIR_ERR_CONFIG_UNSUPPORTED, "thread_pool_min of <%s> is more than its "
                       "thread_pool_max", node->name);
}

/* 1: one is named wrongly. */
static int
read_ids(struct reader *reader, const struct xml_node *named, struct list *list)
{
    for (struct xml_node *node = xml_edit_child(named, "iothread"); node; node = xml_edit_twin(node)) {
        uint64_t id;

        if (!xml_edit_number(node, "id", UINT_MAX, &id) || id == 0)
            return 1;
        if (is_named(list, (unsigned int)id))
            return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "two I/O threads have the id %u",
                               (unsigned int)id);
        list->ids[list->n_named++] = (unsigned int)id;
        if (check_pool(reader, node) < 0)
            return -1;
    }
    return 0;
}

static void
number_others(struct list *list, size_t count)
{
    list->n = list->n_named;
    for (unsigned int id = 1; list->n < count; id++)
        if (!is_named(list, id))
            list->ids[list->n++] = id;
}

static void
write_all(struct xml_tree *tree, struct xml_node *domain, struct xml_node *named, const struct list *list)
{
    struct xml_node *count = xml_edit_child(domain, "iothreads");
    char text[24];

    if (!count)
        count = xml_edit_add(tree, domain, "iothreads");
    snprintf(text, sizeof(text), "%zu", list->n);
    xml_edit_set_text(tree, count, text);
    for (size_t i = list->n_named; i < list->n; i++)
        xml_edit_set_number(tree, xml_edit_add(tree, named, "iothread"), "id", list->ids[i]);
}

static int
complete(struct reader *reader, struct xml_node *domain, struct list *list, size_t count)
{
    struct xml_node *named = xml_edit_child(domain, "iothreadids");
    struct xml_threads threads = {
        .pin = "iothreadpin", .pin_id = "iothread", .sched = "iothreadsched", .sched_ids = "iothreads",
        .pin_must_exist = true,
    };
    int rc = read_ids(reader, named, list);

    if (rc)
        return rc < 0 ? -1 : 0;
    number_others(list, count);
    if (list->n_named)
        write_all(&reader->tree, domain, named, list);
    threads.ids = list->ids;
    threads.n = list->n;
    return xml_domain_threads(reader, xml_edit_child(domain, "cputune"), &threads);
}

int
xml_domain_iothreads(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *node = xml_edit_child(domain, "iothreads"), *rest = xml_edit_child(domain, "defaultiothread");
    struct xml_node *named = xml_edit_child(xml_edit_child(domain, "iothreadids"), "iothread");
    struct list list = { 0 };
    uint64_t count = 0;
    size_t room;
    int rc;

    if (rest && check_pool(reader, rest) < 0)
        return -1;
    if (node && (!xml_edit_text_number(&reader->tree, node, UINT_MAX, &count) || count > reader->max_list))
        return 0;
    for (room = (size_t)count; named; named = xml_edit_twin(named))
        room++;
    list.ids = vir_alloc_array(room + 1, sizeof(*list.ids));
    rc = complete(reader, domain, &list, (size_t)count);
    free(list.ids);
    return rc;
}
