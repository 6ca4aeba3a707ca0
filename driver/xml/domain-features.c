/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Features of the board: figures that mean something only while their feature is on. */
#include "domain.h"
#include "edit.h"

#define LEAST_RETRIES 4095              /* of a spinlock */
#define MOST_VENDOR_ID 12               /* characters */
#define LEAST_RING 1024                 /* entries */
#define MOST_RING 65536

static bool
is_on(const struct xml_node *node)
{
    const char *state = xml_edit_value(node, "state");

    return state && strcmp(state, "on") == 0;
}

/* Takes NAME off a feature that is not on; else it has to be there.  1: nothing more to look at. */
static int
needs_value(struct reader *reader, struct xml_node *node, const char *name)
{
    if (!node)
        return 1;
    if (!is_on(node)) {
        xml_edit_unset(node, name);
        return 1;
    }
    if (!xml_attr_find(node, name))
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "<%s> needs the attribute '%s'", node->name, name);
    return 0;
}

static int
complete_spinlocks(struct reader *reader, struct xml_node *hyperv)
{
    struct xml_node *node = xml_edit_child(hyperv, "spinlocks");
    int rc = needs_value(reader, node, "retries");
    uint64_t retries;

    if (rc)
        return rc < 0 ? -1 : 0;
    if (xml_edit_number(node, "retries", UINT32_MAX, &retries) && retries < LEAST_RETRIES)
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "<spinlocks> has at least %d retries", LEAST_RETRIES);
    return 0;
}

static int
complete_vendor_id(struct reader *reader, struct xml_node *hyperv)
{
    struct xml_node *node = xml_edit_child(hyperv, "vendor_id");
    int rc = needs_value(reader, node, "value");
    const char *value;

    if (rc)
        return rc < 0 ? -1 : 0;
    value = xml_attr_find(node, "value")->value;
    if (strlen(value) > MOST_VENDOR_ID || strchr(value, ','))
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "<vendor_id> has %d characters at most, and no comma",
                           MOST_VENDOR_ID);
    return 0;
}

static int
complete_ring(struct reader *reader, struct xml_node *kvm)
{
    struct xml_node *node = xml_edit_child(kvm, "dirty-ring");
    int rc = needs_value(reader, node, "size");
    uint64_t size;

    if (rc)
        return rc < 0 ? -1 : 0;
    if (xml_edit_number(node, "size", UINT32_MAX, &size) &&
        (size < LEAST_RING || size > MOST_RING || (size & (size - 1))))
        return xml_fail_at(reader, node, VIR_ERR_XML_ERROR, "<dirty-ring> has a power of two of entries, %d to %d",
                           LEAST_RING, MOST_RING);
    return 0;
}

/* A feature that is off has nothing in it. */
static void
drop_off(struct xml_node *feature, const char *child)
{
    if (feature && xml_edit_value(feature, "state") && !is_on(feature))
        xml_edit_remove_all(feature, child);
}

/* The default of capabilities says nothing where none is named. */
static void
drop_capabilities(struct xml_node *features)
{
    struct xml_node *node = xml_edit_child(features, "capabilities");
    const char *policy = node ? xml_edit_value(node, "policy") : NULL;

    if (node && !node->first && (!policy || strcmp(policy, "default") == 0))
        xml_edit_remove(node);
}

int
xml_domain_features(struct reader *reader, struct xml_node *domain)
{
    struct xml_node *features = xml_edit_child(domain, "features"), *hyperv = xml_edit_child(features, "hyperv");
    struct xml_node *passthrough = xml_edit_child(xml_edit_child(features, "xen"), "passthrough");
    struct xml_node *smm = xml_edit_child(features, "smm"), *tseg;

    if (!features)
        return 0;
    if (complete_spinlocks(reader, hyperv) < 0 || complete_vendor_id(reader, hyperv) < 0 ||
        complete_ring(reader, xml_edit_child(features, "kvm")) < 0)
        return -1;
    if (passthrough && !is_on(passthrough))
        xml_edit_unset(passthrough, "mode");
    drop_off(smm, "tseg");
    tseg = xml_edit_child(smm, "tseg");
    if (tseg && xml_domain_amount(reader, tseg, NULL, "MiB") < 0)
        return -1;
    drop_off(xml_edit_child(hyperv, "stimer"), "direct");
    drop_capabilities(features);
    return 0;
}
