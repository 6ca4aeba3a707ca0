/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A change of one device of a document: which device is meant, and what the
 * new one takes over.
 */
#include "device/change.h"

#include <ctype.h>
#include <stdlib.h>

/* The name of the first element of XML. */
static char *
root_element(const char *xml)
{
    size_t len = 0;

    while ((xml = strchr(xml, '<')) && !isalpha((unsigned char)xml[1]))
        xml++;
    if (!xml)
        return NULL;
    while (isalnum((unsigned char)xml[1 + len]) || xml[1 + len] == '-')
        len++;
    return vir_strdup_printf("%.*s", (int)len, xml + 1);
}

int
qemu_device_code(const struct qemu_device_type *type, enum qemu_fault fault)
{
    return type->codes[fault] ? type->codes[fault] : fault == QEMU_THERE_LIVE ? VIR_ERR_OPERATION_INVALID
        : fault == QEMU_NO_PLUG ? VIR_ERR_OPERATION_UNSUPPORTED : VIR_ERR_DEVICE_MISSING;
}

void *
qemu_device_parse(const char *xml, unsigned int flags, const struct qemu_device_type **ret_type)
{
    VIR_AUTO_FREE char *element = root_element(xml);

    *ret_type = element ? qemu_device_type(element) : qemu_device_types[0];     /* which says what is wrong */
    if (!*ret_type)
        return vir_error_null(VIR_ERR_CONFIG_UNSUPPORTED, "unknown device type '%s'", element);
    return vir_xml_parse((*ret_type)->list->table, xml, flags);
}

static bool
same_place(const struct qemu_address_def *one, const struct qemu_address_def *other)
{
    return one && one->type == other->type && one->domain == other->domain && one->bus == other->bus &&
        one->slot == other->slot && one->function == other->function &&
        one->controller == other->controller && one->target == other->target && one->unit == other->unit &&
        (!other->port || is(one->port, other->port));
}

/* Does it say the same, but for what WANTED leaves to the driver? */
static bool
says_the_same(const struct qemu_device_type *type, const void *dev, const void *wanted)
{
    void *copy = vir_xml_copy(type->list->table, wanted);
    bool ret;

    qemu_device_take_over(type, dev, copy);
    ret = vir_xml_equal(type->list->table, dev, copy);
    vir_xml_free(type->list->table, copy);
    return ret;
}

/* Is DEV what WANTED describes? */
static bool
is_meant(const struct qemu_device_type *type, const void *dev, const void *wanted)
{
    const struct qemu_device *one = qemu_device_of(type, dev), *other = qemu_device_of(type, wanted);

    if (other && other->alias.name && !is(one->alias.name, other->alias.name))
        return false;
    if (other && other->address && !same_place(one->address, other->address))
        return false;
    return type->same ? type->same(dev, wanted) : says_the_same(type, dev, wanted);
}

void *
qemu_device_find(const struct qemu_device_type *type, const struct qemu_domain_def *doc, const void *wanted,
                 bool *ret_many)
{
    void *found = NULL;

    *ret_many = false;
    for (size_t i = 0; i < vir_xml_list_count(type->list, doc); i++) {
        void *dev = vir_xml_list_at(type->list, doc, i);

        if (!is_meant(type, dev, wanted))
            continue;
        *ret_many = found != NULL;
        if (found)
            return vir_error_null(VIR_ERR_OPERATION_FAILED, "several devices <%s> are like that",
                                  qemu_device_element(type));
        found = dev;
        if (!type->told_apart)
            break;
    }
    return found;
}

static void
say_missing(const struct qemu_device_type *type, enum qemu_fault fault)
{
    vir_error(qemu_device_code(type, fault), "the domain has no such <%s>", qemu_device_element(type));
    vir_error_hint("its document (virsh: dumpxml) shows what it has; an address or alias tells one from others");
}

void *
qemu_device_need(const struct qemu_device_type *type, const struct qemu_domain_def *doc, const void *wanted,
                 enum qemu_fault fault)
{
    bool many;
    void *dev = qemu_device_find(type, doc, wanted, &many);

    if (!dev && !many)
        say_missing(type, fault);
    return dev;
}

int
qemu_device_not_live(int code, const struct qemu_device_type *type, const char *verb)
{
    vir_error(code, "this <%s> cannot be %s while the guest runs", qemu_device_element(type), verb);
    vir_error_hint("affect the configuration (virsh: --config): so it will be at the next start");
    return -1;
}

int
qemu_device_not_alone(const struct qemu_device_type *type, const char *verb)
{
    vir_error(VIR_ERR_OPERATION_UNSUPPORTED, "a <%s> alone cannot be %s", qemu_device_element(type), verb);
    vir_error_hint("define the domain anew as it shall be (virsh: edit)");
    return -1;
}

void *
qemu_device_by_alias(const struct qemu_domain_def *doc, const char *alias,
                     const struct qemu_device_type **ret_type)
{
    for (struct qemu_each each = { 0 }; qemu_each_device(doc, &each); ) {
        const struct qemu_device *device = qemu_device_of(each.type, each.dev);

        if (device && is(device->alias.name, alias)) {
            *ret_type = each.type;
            return each.dev;
        }
    }
    return NULL;
}

void *
qemu_device_meant(const struct qemu_domain_def *doc, const struct qemu_change *change, bool live,
                  const struct qemu_device_type **ret_type)
{
    void *wanted, *dev;

    if (change->alias) {
        dev = qemu_device_by_alias(doc, change->alias, ret_type);
        return dev ? dev : vir_error_null(VIR_ERR_INTERNAL_ERROR, "no device found with alias %s",
                                          change->alias);
    }
    wanted = qemu_device_parse(change->xml, VIR_XML_MEANT, ret_type);
    if (!wanted)
        return NULL;
    if ((*ret_type)->soldered || (live && qemu_device_stays(*ret_type, wanted)))
        dev = vir_error_null(VIR_ERR_OPERATION_UNSUPPORTED, "a <%s> cannot be detached",
                             qemu_device_element(*ret_type));
    else
        dev = qemu_device_need(*ret_type, doc, wanted, live ? QEMU_NONE_TO_DETACH_LIVE : QEMU_NONE_TO_DETACH);
    vir_xml_free((*ret_type)->list->table, wanted);
    return dev;
}

static size_t
index_of(const struct qemu_device_type *type, const struct qemu_domain_def *doc, const void *dev)
{
    size_t i = 0;

    while (vir_xml_list_at(type->list, doc, i) != dev)
        i++;
    return i;
}

bool
qemu_device_plugs(const struct qemu_device_type *type, const void *dev)
{
    return type->plugs || (type->plugs_as && type->plugs_as(dev));
}

bool
qemu_device_stays(const struct qemu_device_type *type, const void *dev)
{
    return type->stays && type->stays(dev);
}

/* Together they would be a definition that nobody may define. */
static int
check_boot(const struct qemu_device_type *type, const struct qemu_domain_def *doc, const void *dev)
{
    const struct qemu_device *of = qemu_device_of(type, dev);

    if (!of || !of->boot.present || !doc->os.n_boots)
        return 0;
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "a <%s> with a place in the order to boot from, which <os> says",
              qemu_device_element(type));
    vir_error_hint("leave out its <boot>, or all <boot> of <os>");
    return -1;
}

int
qemu_device_check(struct qemu_board *board, const struct qemu_device_type *type, const void *dev)
{
    void *copy = vir_xml_copy(type->list->table, dev);
    int ret = check_boot(type, board->doc, dev);

    if (ret == 0 && type->complete)
        ret = type->complete(board, copy);
    if (ret == 0 && type->check)
        ret = type->check(board, copy);
    vir_xml_free(type->list->table, copy);
    return ret;
}

void
qemu_device_take_over(const struct qemu_device_type *type, const void *old, void *now)
{
    const struct qemu_device *from = qemu_device_of(type, old);
    struct qemu_device *to = qemu_device_of(type, now);

    if (!from)
        return;
    if (from->alias.name && !to->alias.name)
        qemu_alias_set(to, "%s", from->alias.name);
    if (from->address && !to->address)
        to->address = qemu_address_def_copy(from->address);
}

void
qemu_device_replace(const struct qemu_device_type *type, struct qemu_domain_def *doc, void *old, void *now)
{
    size_t i = index_of(type, doc, old);

    vir_xml_free(type->list->table, vir_xml_list_remove(type->list, doc, i));
    vir_xml_list_insert(type->list, doc, i, now);
}

int
qemu_device_check_new(const struct qemu_device_type *type, const struct qemu_domain_def *doc, const void *dev,
                      bool live)
{
    int code = live ? qemu_device_code(type, QEMU_THERE_LIVE) : VIR_ERR_OPERATION_INVALID;

    if (check_boot(type, doc, dev) < 0)
        return -1;
    for (size_t i = 0; type->unique && i < vir_xml_list_count(type->list, doc); i++)
        if (type->same(vir_xml_list_at(type->list, doc, i), dev))
            return vir_error(code, "the domain has such a <%s> already", qemu_device_element(type));
    for (size_t i = 0; type->collides && i < vir_xml_list_count(type->list, doc); i++)
        if (type->collides(vir_xml_list_at(type->list, doc, i), dev))
            return vir_error(VIR_ERR_OPERATION_INVALID, "the domain has a <%s> at that address already",
                             qemu_device_element(type));
    return 0;
}
