/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What people and applications write down about a domain.
 */
#include "calls/calls.h"
#include "document/domain-xml.h"
#include "guest/hotplug.h"

struct note {
    int type;
    const char *text, *key, *uri;
};

static struct vir_xml_notes
notes_of(const struct qemu_def *def)
{
    struct qemu_domain_def *doc = def->doc;

    return (struct vir_xml_notes){ &doc->title, &doc->description, &doc->metadata };
}

static struct qemu_def *
define(const struct qemu_def *def, const void *what)
{
    const struct note *note = what;
    struct qemu_def *now = qemu_def_copy(def);

    if (now) {
        const struct vir_xml_notes notes = notes_of(now);

        if (vir_xml_notes_set(&notes, note->type, note->text, note->key, note->uri) < 0)
            now = qemu_def_unref(now);
    }
    return now;
}

static int
set_live(struct qemu_run *run, const void *what)
{
    struct qemu_def *live = qemu_live_copy(run), *now = live ? define(live, what) : NULL;

    qemu_def_unref(live);
    if (now)
        qemu_live_show(run, now, NULL);
    return now ? 0 : -1;
}

static const struct qemu_verb set_metadata = { "set-metadata", define, set_live };

int
qemu_domain_set_metadata(virDomainPtr dom, int type, const char *metadata, const char *key, const char *uri,
                         unsigned int flags)
{
    const struct note note = { type, metadata, key, uri };
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);

    if (!domain || qemu_change_domain(dom, &set_metadata, &note, flags) < 0)
        return -1;
    vir_event_emit(qemu_driver.hub, vir_event_domain_metadata_change(domain->entry.name, domain->entry.uuid,
                                                                     qemu_domain_id(domain), type, uri));
    return 0;
}

char *
qemu_domain_get_metadata(virDomainPtr dom, int type, const char *uri, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct qemu_def *def = domain ? qemu_domain_meant(domain, flags) : NULL;
    char *text = NULL;

    if (def) {
        const struct vir_xml_notes notes = notes_of(def);

        text = vir_xml_notes_get(&notes, type, uri);
    }
    qemu_def_unref(def);
    return text;
}
