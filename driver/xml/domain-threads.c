/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What <cputune> says of numbered threads: an element for each of them. */
#include <limits.h>
#include <stdlib.h>

#include "domain.h"
#include "edit.h"
#include "value.h"

/* Where the thread ID is; n: nowhere. */
static size_t
find(const struct xml_threads *threads, uint64_t id)
{
    size_t i = 0;

    if (id < threads->n && threads->ids[id] == id)      /* all CPUs are there */
        return (size_t)id;
    while (i < threads->n && threads->ids[i] != id)
        i++;
    return i;
}

/* ---- pins ------------------------------------------------------------------------------ */

static int
note_pin(struct reader *reader, const struct xml_threads *threads, struct xml_node *pin, uint64_t id,
         struct xml_node **pins)
{
    size_t i = find(threads, id);

    if (i == threads->n && threads->pin_must_exist)
        return xml_fail_at(reader, pin, VIR_ERR_CONFIG_UNSUPPORTED, "there is no %s %u to pin", threads->pin_id,
                           (unsigned int)id);
    if (i == threads->n)
        return 0;
    if (pins[i])
        return xml_fail_at(reader, pin, VIR_ERR_INTERNAL_ERROR, "%s %u is pinned twice", threads->pin_id,
                           (unsigned int)id);
    pins[i] = pin;
    return 0;
}

static int
order_pins(struct reader *reader, struct xml_node *cputune, const struct xml_threads *threads,
           struct xml_node **pins)
{
    uint64_t id;

    for (struct xml_node *pin = xml_edit_child(cputune, threads->pin); pin; pin = xml_edit_twin(pin)) {
        if (!xml_edit_number(pin, threads->pin_id, UINT_MAX, &id))
            return 0;
        if (note_pin(reader, threads, pin, id, pins) < 0)
            return -1;
    }
    xml_edit_remove_all(cputune, threads->pin);
    for (size_t i = 0; i < threads->n; i++)
        if (pins[i])
            xml_edit_append(cputune, pins[i]);
    return 0;
}

/* ---- schedulers --------------------------------------------------------------------------- */

/* SCHED becomes that of all threads in IDS. */
static int
note_sched(struct reader *reader, const struct xml_threads *threads, struct xml_node *sched,
           const struct vir_bitmap *ids, struct xml_node **scheds)
{
    for (size_t id = 0; (id = vir_bitmap_next(ids, id)) < ids->n_bits; id++) {
        size_t i = find(threads, id);

        if (i == threads->n)
            return xml_fail_at(reader, sched, VIR_ERR_CONFIG_UNSUPPORTED, "<%s> is about the thread %zu, which "
                               "the domain has not", threads->sched, id);
        if (scheds[i])
            return xml_fail_at(reader, sched, VIR_ERR_XML_DETAIL, "two <%s> are about the thread %zu",
                               threads->sched, id);
        scheds[i] = sched;
    }
    return 0;
}

static int
split_scheds(struct reader *reader, struct xml_node *cputune, const struct xml_threads *threads,
             struct xml_node **scheds)
{
    for (struct xml_node *sched = xml_edit_child(cputune, threads->sched); sched; sched = xml_edit_twin(sched)) {
        const char *text = xml_edit_value(sched, threads->sched_ids);
        struct vir_bitmap *ids = text ? vir_bitmap_parse(text, MAX_CPUS) : NULL;
        int rc;

        if (!ids)
            return 0;
        rc = note_sched(reader, threads, sched, ids, scheds);
        vir_bitmap_free(ids);
        if (rc < 0)
            return -1;
    }
    xml_edit_remove_all(cputune, threads->sched);
    for (size_t i = 0; i < threads->n; i++) {
        struct xml_node *one = scheds[i] ? xml_edit_add(&reader->tree, cputune, threads->sched) : NULL;

        if (!one)
            continue;
        one->tag = scheds[i]->tag;
        xml_edit_set_number(&reader->tree, one, threads->sched_ids, threads->ids[i]);
        xml_edit_copy_attributes(&reader->tree, one, scheds[i], threads->sched_ids);
    }
    return 0;
}

int
xml_domain_threads(struct reader *reader, struct xml_node *cputune, const struct xml_threads *threads)
{
    struct xml_node **about;
    int rc = 0;

    if (!cputune)
        return 0;
    about = vir_alloc_array(threads->n + 1, sizeof(*about));
    if (order_pins(reader, cputune, threads, about) < 0)
        rc = -1;
    memset(about, 0, threads->n * sizeof(*about));
    if (rc == 0)
        rc = split_scheds(reader, cputune, threads, about);
    free(about);
    return rc;
}
