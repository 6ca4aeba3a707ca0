/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The virtual CPUs of a document; see vcpus.h.
 */
#include "device/pieces.h"
#include "document/vcpus.h"

typedef struct qemu_domain_vcpus_vcpu_def vcpu_def;

/* NULL: the document says only how many there are. */
static vcpu_def *
vcpu_of(const struct qemu_domain_def *doc, unsigned int id)
{
    return id < doc->vcpus.n_vcpus ? doc->vcpus.vcpus[id] : NULL;
}

static unsigned int
online_of(const struct qemu_domain_def *doc)
{
    return doc->vcpu.has_current ? doc->vcpu.current : doc->vcpu.count;
}

bool
qemu_vcpu_is_online(const struct qemu_domain_def *doc, unsigned int id)
{
    const vcpu_def *vcpu = vcpu_of(doc, id);

    return vcpu ? vcpu->enabled == VIR_XML_YES : id < online_of(doc);
}

bool
qemu_vcpu_is_hotpluggable(const struct qemu_domain_def *doc, unsigned int id)
{
    const vcpu_def *vcpu = vcpu_of(doc, id);

    return vcpu ? vcpu->hotpluggable == VIR_XML_YES : id >= online_of(doc);
}

/* ---- rules ---------------------------------------------------------------------------------- */

static int
check_listed(const struct qemu_domain_def *doc)
{
    size_t n = doc->vcpus.n_vcpus, online = 0, ordered = 0;

    if (n && doc->vcpus.vcpus[0]->hotpluggable == VIR_XML_YES)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "vcpu 0 is there from the start: it is not hotpluggable");
    for (size_t i = 0; i < n; i++) {
        const vcpu_def *vcpu = doc->vcpus.vcpus[i];

        online += vcpu->enabled == VIR_XML_YES;
        ordered += vcpu->enabled == VIR_XML_YES && vcpu->has_order;
    }
    return ordered == 0 || ordered == online ? 0
        : vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "all vcpus that are online have an order, or none has");
}

int
qemu_vcpus_check(const struct qemu_domain_def *doc)
{
    if (doc->vcpu.has_current && doc->vcpu.current > doc->vcpu.count)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%u vcpus cannot be online of %u", doc->vcpu.current,
                         doc->vcpu.count);
    return check_listed(doc);
}

/* ---- for QEMU --------------------------------------------------------------------------------- */

void
qemu_vcpus_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    unsigned int sockets = doc->vcpu.count, dies = 1, cores = 1, threads = 1, n = 0;

    for (unsigned int id = 0; id < doc->vcpu.count; id++)
        n += qemu_vcpu_is_online(doc, id) && !qemu_vcpu_is_hotpluggable(doc, id);
    if (doc->cpu.topology.present) {
        sockets = doc->cpu.topology.sockets;
        dies = doc->cpu.topology.has_dies ? doc->cpu.topology.dies : 1;
        cores = doc->cpu.topology.cores;
        threads = doc->cpu.topology.threads;
    }
    qemu_command_addf(command, "-smp", "%u,maxcpus=%u,sockets=%u,dies=%u,cores=%u,threads=%u", n, doc->vcpu.count,
                      sockets, dies, cores, threads);
}

unsigned int
qemu_vcpu_next_plugged(const struct qemu_domain_def *doc, unsigned int *from)
{
    unsigned int found = doc->vcpu.count, least = 0;

    for (unsigned int id = 0; id < doc->vcpus.n_vcpus; id++) {
        const vcpu_def *vcpu = doc->vcpus.vcpus[id];
        unsigned int order = vcpu->has_order ? vcpu->order : id + 1;

        if (vcpu->enabled != VIR_XML_YES || vcpu->hotpluggable != VIR_XML_YES || order <= *from)
            continue;
        if (found == doc->vcpu.count || order < least) {
            found = id;
            least = order;
        }
    }
    *from = least;
    return found;
}

/* ---- changes ------------------------------------------------------------------------------------ */

static void
count_online(struct qemu_domain_def *doc)
{
    unsigned int online = 0;

    for (size_t i = 0; i < doc->vcpus.n_vcpus; i++)
        online += doc->vcpus.vcpus[i]->enabled == VIR_XML_YES;
    doc->vcpu.current = online;
    doc->vcpu.has_current = online < doc->vcpu.count;
}

static unsigned int
last_order(const struct qemu_domain_def *doc)
{
    unsigned int last = 0;

    for (size_t i = 0; i < doc->vcpus.n_vcpus; i++)
        if (doc->vcpus.vcpus[i]->has_order && doc->vcpus.vcpus[i]->order > last)
            last = doc->vcpus.vcpus[i]->order;
    return last;
}

/* Those that were there from the start came first. */
static void
order_those_without(struct qemu_domain_def *doc)
{
    unsigned int next = last_order(doc) + 1;

    for (int plugged = 0; plugged <= 1; plugged++)
        for (size_t i = 0; i < doc->vcpus.n_vcpus; i++) {
            vcpu_def *vcpu = doc->vcpus.vcpus[i];

            if (vcpu->enabled != VIR_XML_YES || vcpu->has_order ||
                (vcpu->hotpluggable == VIR_XML_YES) != (plugged == 1))
                continue;
            vcpu->has_order = true;
            vcpu->order = next++;
        }
}

void
qemu_vcpus_list(struct qemu_domain_def *doc, bool started)
{
    unsigned int online = online_of(doc);

    if (doc->vcpus.n_vcpus == 0) {
        doc->vcpus.present = true;
        doc->vcpus.vcpus = vir_alloc_array(doc->vcpu.count, sizeof(*doc->vcpus.vcpus));
        for (; doc->vcpus.n_vcpus < doc->vcpu.count; doc->vcpus.n_vcpus++) {
            vcpu_def *vcpu = qemu_domain_vcpus_vcpu_def_new();

            vcpu->id = (unsigned int)doc->vcpus.n_vcpus;
            vcpu->enabled = vcpu->id < online ? VIR_XML_YES : VIR_XML_NO;
            vcpu->hotpluggable = vcpu->id < online ? VIR_XML_NO : VIR_XML_YES;
            doc->vcpus.vcpus[vcpu->id] = vcpu;
        }
    }
    if (started)
        order_those_without(doc);
}

void
qemu_vcpu_set_online(struct qemu_domain_def *doc, unsigned int id, bool online)
{
    vcpu_def *vcpu = doc->vcpus.vcpus[id];
    unsigned int gap = !online && vcpu->has_order ? vcpu->order : 0, next = last_order(doc) + 1;

    vcpu->enabled = online ? VIR_XML_YES : VIR_XML_NO;
    vcpu->hotpluggable = VIR_XML_YES;
    if (online && next > 1) {          /* else none has an order */
        vcpu->has_order = true;
        vcpu->order = next;
    } else if (!online) {
        vcpu->has_order = false;
        vcpu->order = 0;
    }
    for (size_t i = 0; gap && i < doc->vcpus.n_vcpus; i++)
        doc->vcpus.vcpus[i]->order -= doc->vcpus.vcpus[i]->has_order && doc->vcpus.vcpus[i]->order > gap;
    count_online(doc);
}

static void
forget_orders(struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->vcpus.n_vcpus; i++) {
        doc->vcpus.vcpus[i]->has_order = false;
        doc->vcpus.vcpus[i]->order = 0;
    }
}

void
qemu_vcpus_set_number(struct qemu_domain_def *doc, unsigned int n, bool hotpluggable)
{
    unsigned int online = online_of(doc);

    if (doc->vcpus.n_vcpus == 0 && !hotpluggable) {
        doc->vcpu.current = n;
        doc->vcpu.has_current = n < doc->vcpu.count;
        return;
    }
    qemu_vcpus_list(doc, false);
    forget_orders(doc);
    for (unsigned int id = 0; id < doc->vcpu.count && online < n; id++) {
        vcpu_def *vcpu = doc->vcpus.vcpus[id];

        if (vcpu->enabled == VIR_XML_YES)
            continue;
        vcpu->enabled = VIR_XML_YES;
        vcpu->hotpluggable = hotpluggable ? VIR_XML_YES : VIR_XML_NO;
        online++;
    }
    for (unsigned int id = doc->vcpu.count; id-- > 1 && online > n; ) {
        vcpu_def *vcpu = doc->vcpus.vcpus[id];

        if (vcpu->enabled != VIR_XML_YES)
            continue;
        vcpu->enabled = VIR_XML_NO;
        vcpu->hotpluggable = VIR_XML_YES;
        online--;
    }
    count_online(doc);
}

int
qemu_vcpus_set_most(struct qemu_domain_def *doc, unsigned int n)
{
    unsigned int online = online_of(doc);

    if (doc->cpu.topology.present)
        return vir_error(VIR_ERR_INVALID_ARG, "the cpu topology makes %u vcpus, and not %u: define another one",
                         doc->vcpu.count, n);
    while (doc->vcpus.n_vcpus > n)
        qemu_domain_vcpus_vcpu_def_free(doc->vcpus.vcpus[--doc->vcpus.n_vcpus]);
    if (doc->vcpus.n_vcpus)
        doc->vcpus.vcpus = vir_realloc_array(doc->vcpus.vcpus, n, sizeof(*doc->vcpus.vcpus));
    for (bool listed = doc->vcpus.n_vcpus; listed && doc->vcpus.n_vcpus < n; doc->vcpus.n_vcpus++) {
        vcpu_def *vcpu = qemu_domain_vcpus_vcpu_def_new();

        vcpu->id = (unsigned int)doc->vcpus.n_vcpus;
        vcpu->enabled = VIR_XML_NO;
        vcpu->hotpluggable = VIR_XML_YES;
        doc->vcpus.vcpus[vcpu->id] = vcpu;
    }
    doc->vcpu.count = n;
    qemu_unpin_vcpus(doc, n);
    if (doc->vcpus.n_vcpus) {
        count_online(doc);
    } else {
        doc->vcpu.current = online < n ? online : n;
        doc->vcpu.has_current = online < n;
    }
    return 0;
}
