/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands that change a domain's devices share. */
#ifndef VIRSH_CHANGE_H
#define VIRSH_CHANGE_H

#include "parts.h"
#include "virsh.h"

/* Where a change is made. */
struct virsh_change {
    virDomainPtr dom;
    unsigned int flags;         /* VIR_DOMAIN_AFFECT_* */
    bool plain;                 /* nobody said: by the calls that take no flags */
};

/* FLAGS with those of --persistent: the definition, and the domain too if it runs. */
struct virsh_change virsh_change(struct shell *vsh, virDomainPtr dom, unsigned int flags, bool persistent,
                                 bool current);
int virsh_attach(const struct virsh_change *change, const char *xml);
int virsh_detach(const struct virsh_change *change, const char *xml);
/* Of the arguments of a command that has all these options. */
#define VIRSH_CHANGE(vsh, args) \
    virsh_change(vsh, (args)->domain, (args)->flags, (args)->persistent, (args)->current)
/* Makes the change by one of the two calls and tells so, or only prints XML (NULL: reported). */
int virsh_change_or_print(struct shell *vsh, const struct virsh_change *change, const char *xml, bool print,
                          int (*call)(const struct virsh_change *change, const char *xml),
                          const char *done, const char *failed);

/* The domain's document, or that of its definition; NULL: reported. Caller frees. */
char *virsh_change_document(virDomainPtr dom, bool definition);

/* The place of a disk with this target or source; only_media: of one whose medium can change.
 * NULL: reported. Caller frees. */
char *virsh_disk_path(struct shell *vsh, const char *xml, const char *name, bool only_media);
/* What stands as a disk's source, as XPath. */
#define VIRSH_DISK_SOURCE \
    "string(source/@*[contains('|file|dev|dir|name|volume|path|', concat('|', name(), '|'))])"

#endif
