/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is to be known about a guest by who wonders at it.
 */
#include "calls/calls.h"
#include "document/domain-xml.h"
#include "guest/taint.h"

#include <stdlib.h>

struct told { char **texts; size_t n; };

/* Takes over TEXT. */
static void
tell(struct told *told, char *text)
{
    told->texts = vir_realloc_array(told->texts, told->n + 2, sizeof(*told->texts));
    told->texts[told->n++] = text;
    told->texts[told->n] = NULL;
}

static void
tell_taint(const char *word, const char *sentence, void *opaque)
{
    (void)word;
    tell(opaque, vir_strdup_printf("tainted: %s", sentence));
}

int
qemu_domain_get_messages(virDomainPtr dom, char ***msgs, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    struct told told = { VIR_NEW(char *), 0 };
    struct qemu_def *live = NULL;
    unsigned int taints = 0;

    if (!domain) {
        free(told.texts);
        return -1;
    }
    qemu_domain_lock(domain);
    live = domain->live ? qemu_def_ref(domain->live) : NULL;
    taints = domain->run ? domain->run->tainted : 0;
    qemu_domain_unlock(domain);
    if (live && (!flags || flags & VIR_DOMAIN_MESSAGE_TAINTING))
        qemu_taints_each(taints | qemu_taints_of(live->doc), tell_taint, &told);
    if (live && taints & QEMU_TAINT_DEPRECATED && (!flags || flags & VIR_DOMAIN_MESSAGE_DEPRECATION))
        tell(&told, vir_strdup_printf("deprecated configuration: machine type '%s'", live->doc->os.type.machine));
    qemu_def_unref(live);
    *msgs = told.texts;
    return (int)told.n;
}
