/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading, holding and writing the document of a domain.
 */
#include "device/device.h"
#include "document/machine.h"

#include <stdlib.h>
#include <string.h>

/* File names, the log and the emulator's command line carry the name. */
int
qemu_check_name(const char *name)
{
    if (!vir_file_name_ok(name))
        return vir_error(VIR_ERR_XML_ERROR, "invalid domain name '%s': '.', '..' and '/' are not allowed",
                         name);
    if (strlen(name) > QEMU_MAX_NAME)
        return vir_error(VIR_ERR_XML_ERROR, "the domain name has %zu bytes; at most %d are allowed",
                         strlen(name), QEMU_MAX_NAME);
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        if (*c < 0x20 && *c != '\t')
            return vir_error(VIR_ERR_XML_ERROR, "the domain name has the control character 0x%02x", *c);
    return 0;
}

static int
check_complete(const struct qemu_domain_def *doc)
{
    if (qemu_check_name(doc->name) < 0)
        return -1;
    if (!doc->has_uuid || !doc->has_current_memory || doc->memory.size == 0 || doc->vcpu.count == 0 ||
        !doc->os.type.arch || !doc->os.type.machine || !doc->devices.emulator)
        return vir_error(VIR_ERR_XML_ERROR, "the document of domain '%s' is not complete", doc->name);
    return 0;
}

struct qemu_def *
qemu_def_take(struct qemu_domain_def *doc)
{
    struct qemu_def *def = VIR_NEW(struct qemu_def);

    def->refs = 1;
    def->doc = doc;
    return check_complete(doc) < 0 ? qemu_def_unref(def) : def;
}

struct qemu_def *
qemu_def_parse(const char *xml, struct qemu_caps_store *caps, unsigned int flags)
{
    unsigned int how = VIR_XML_INACTIVE | VIR_XML_NEW | (flags & VIR_DOMAIN_DEFINE_VALIDATE ? VIR_XML_VALIDATE : 0);
    struct qemu_domain_def *doc = qemu_domain_def_parse(xml, how);

    if (!doc)
        return NULL;
    if (qemu_check_name(doc->name) < 0 || qemu_doc_complete(doc, caps) < 0) {
        qemu_domain_def_free(doc);
        return NULL;
    }
    return qemu_def_take(doc);
}

struct qemu_def *
qemu_def_read(const char *xml)
{
    struct qemu_domain_def *doc = qemu_domain_def_parse(xml, VIR_XML_INACTIVE | VIR_XML_LOCAL | VIR_XML_OWN);

    return doc ? qemu_def_take(doc) : NULL;
}

int
qemu_doc_check_kept(const struct qemu_domain_def *doc, bool live)
{
    unsigned int how = live ? 0 : VIR_XML_INACTIVE;
    VIR_AUTO_FREE char *text = qemu_domain_def_format(doc, how | VIR_XML_SECURE);
    struct qemu_domain_def *again = qemu_domain_def_parse(text, how | VIR_XML_LOCAL | VIR_XML_OWN);
    int ret = again ? 0 : -1;

    qemu_domain_def_free(again);
    return ret;
}

struct qemu_def *
qemu_def_ref(struct qemu_def *def)
{
    __atomic_fetch_add(&def->refs, 1, __ATOMIC_RELAXED);
    return def;
}

struct qemu_def *
qemu_def_unref(struct qemu_def *def)
{
    if (!def || __atomic_fetch_sub(&def->refs, 1, __ATOMIC_ACQ_REL) > 1)
        return NULL;
    qemu_domain_def_free(def->doc);
    qemu_domstatus_asked_def_free(def->asked);
    free(def);
    return NULL;
}

void
qemu_def_pack(struct qemu_def *def)
{
    if (__atomic_load_n(&def->refs, __ATOMIC_ACQUIRE) == 1)
        def->doc = qemu_domain_def_pack(def->doc);
}

struct qemu_def *
qemu_def_copy(const struct qemu_def *def)
{
    struct qemu_def *copy = qemu_def_take(qemu_domain_def_copy(def->doc));

    if (copy && def->asked)
        copy->asked = qemu_domstatus_asked_def_copy(def->asked);
    return copy;
}

static char *
format_migratable(const struct qemu_def *def, unsigned int how)
{
    struct qemu_domain_def *copy = qemu_domain_def_copy(def->doc);
    struct qemu_board board = qemu_board_of(copy);
    char *text;

    qemu_devices_make_migratable(&board);
    qemu_cpu_say_asked(def, copy);
    text = qemu_domain_def_format(copy, how | VIR_XML_SECURE);
    qemu_domain_def_free(copy);
    return text;
}

char *
qemu_def_format(const struct qemu_def *def, unsigned int flags)
{
    unsigned int how = (flags & VIR_DOMAIN_XML_INACTIVE ? VIR_XML_INACTIVE : 0) |
        (flags & VIR_DOMAIN_XML_SECURE ? VIR_XML_SECURE : 0);

    return flags & VIR_DOMAIN_XML_MIGRATABLE ? format_migratable(def, how)
        : qemu_domain_def_format(def->doc, how);
}
