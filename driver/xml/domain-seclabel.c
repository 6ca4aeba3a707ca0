/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Labels of the host's security modules: one for each module at most. */
#include <stdlib.h>
#include <string.h>

#include "domain.h"
#include "edit.h"

static bool
is(const struct xml_node *node, const char *name, const char *word)
{
    const char *value = xml_edit_value(node, name);

    return value && strcmp(value, word) == 0;
}

/* Where guests run, a label is of a security module; of none, where it chooses or forbids all. */
static int
name_model(struct reader *reader, struct xml_node *node)
{
    bool dynamic = is(node, "type", "dynamic") && !xml_edit_child(node, "baselabel");

    if (!(reader->flags & VIR_XML_NEW) || xml_edit_value(node, "model"))
        return 0;
    if (!dynamic && !is(node, "type", "none"))
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "<seclabel> needs the attribute 'model'");
    xml_edit_set(&reader->tree, node, "type", "none");
    xml_edit_set(&reader->tree, node, "model", "none");
    return 0;
}

/* A label of no type means nothing, but that of the module 'none'. */
static bool
says_nothing(struct xml_tree *tree, struct xml_node *node)
{
    if (xml_edit_value(node, "type"))
        return false;
    if (!is(node, "model", "none"))
        return true;
    xml_edit_set(tree, node, "type", "none");
    return false;
}

static int
complete(struct reader *reader, struct xml_node *node)
{
    bool dynamic = is(node, "type", "dynamic"), fixed = is(node, "type", "static");

    if (is(node, "relabel", "yes") && is(node, "type", "none"))
        return xml_fail_at(reader, node, VIR_ERR_CONFIG_UNSUPPORTED, "a <seclabel> of type 'none' relabels nothing");
    if (is(node, "relabel", "no") && dynamic)
        return xml_fail_at(reader, node, VIR_ERR_CONFIG_UNSUPPORTED, "a <seclabel> of type 'dynamic' relabels");
    if (fixed && !xml_edit_child(node, "label"))
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "a <seclabel> of type 'static' needs a <label>");
    if (dynamic)
        xml_edit_remove_all(node, "label");         /* a running guest's */
    if ((dynamic || fixed) && !xml_edit_value(node, "relabel"))
        xml_edit_set(&reader->tree, node, "relabel", dynamic ? "yes" : "no");
    return 0;
}

static const char *
model_of(struct xml_tree *tree, const struct xml_node *node)
{
    (void)tree;
    return xml_edit_value(node, "model");
}

static int
check_models(struct reader *reader, const struct xml_node *first)
{
    const struct xml_node *same;

    for (const struct xml_node *node = first; node; node = xml_edit_twin(node))
        if (!model_of(NULL, node) && (node != first || xml_edit_twin(node)))
            return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "one of several <seclabel> names no model");
    same = xml_edit_same(&reader->tree, first, model_of);
    return !same ? 0 : xml_fail_at(reader, same, VIR_ERR_XML_DETAIL, "two <seclabel> are for the model '%s'",
                                   model_of(NULL, same));
}

/* ---- labels of one device ---------------------------------------------------------------- */

/* Of the domain. */
struct labels {
    const struct xml_node *first;
    const struct xml_node **by_model;   /* those that have one */
    size_t n;
};

static int
compare_models(const void *a, const void *b)
{
    const struct xml_node *const *one = a, *const *other = b;

    return strcmp(model_of(NULL, *one), model_of(NULL, *other));
}

static int
compare_with(const void *model, const void *label)
{
    const struct xml_node *const *node = label;

    return strcmp(model, model_of(NULL, *node));
}

static void
sort_labels(struct labels *labels)
{
    size_t n = 1;

    for (const struct xml_node *node = labels->first; node; node = xml_edit_twin(node))
        n++;
    labels->by_model = vir_alloc_array(n, sizeof(*labels->by_model));
    for (const struct xml_node *node = labels->first; node; node = xml_edit_twin(node))
        if (model_of(NULL, node))
            labels->by_model[labels->n++] = node;
    qsort(labels->by_model, labels->n, sizeof(*labels->by_model), compare_models);
}

/* That of MODEL; NULL: the first. */
static const struct xml_node *
label_of(const struct labels *labels, const char *model)
{
    const struct xml_node **found;

    if (!model)
        return labels->first;
    found = bsearch(model, labels->by_model, labels->n, sizeof(*found), compare_with);
    return found ? *found : NULL;
}

/* Where a security module labels nothing it labels no device either. */
static int
check_overrides(struct reader *reader, const struct xml_node *device, const struct labels *labels)
{
    const struct xml_node *source = xml_edit_child(device, "source");

    for (struct xml_node *label = source ? xml_edit_child(source, "seclabel") : NULL; label;
         label = xml_edit_twin(label)) {
        const struct xml_node *of = label_of(labels, xml_edit_value(label, "model"));

        if (of && (is(of, "relabel", "no") || is(of, "type", "none")))
            return xml_fail_at(reader, label, VIR_ERR_CONFIG_UNSUPPORTED,
                               "a device has a label of its own, and the <seclabel> of the domain relabels nothing");
    }
    return 0;
}

static int
check_devices(struct reader *reader, const struct xml_node *domain, const struct xml_node *first)
{
    const struct xml_node *devices = first ? xml_edit_child(domain, "devices") : NULL;
    struct labels labels = { .first = first };
    int rc = 0;

    if (!devices)
        return 0;
    sort_labels(&labels);
    for (const struct xml_node *device = devices->first; device && rc == 0; device = device->next)
        if (device->kind == XML_NODE_ELEMENT)
            rc = check_overrides(reader, device, &labels);
    free(labels.by_model);
    return rc;
}

int
xml_domain_seclabels(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *node = xml_edit_child(domain, "seclabel");

    if (check_models(reader, node) < 0)
        return -1;
    for (; node; node = xml_edit_twin(node)) {
        if (name_model(reader, node) < 0)
            return -1;
        node->dropped = says_nothing(&reader->tree, node);
        if (!node->dropped && complete(reader, node) < 0)
            return -1;
    }
    xml_edit_remove_dropped(domain);
    return check_devices(reader, domain, xml_edit_child(domain, "seclabel"));
}
