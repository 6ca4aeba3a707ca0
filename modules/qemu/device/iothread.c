/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads of QEMU that serve disks and controllers: which a document has, and
 * what they are called.
 */
#include "device/pieces.h"

static bool
is_numbered(const struct qemu_domain_def *doc, unsigned int id)
{
    for (size_t i = 0; i < doc->iothreadids.n_iothreads; i++)
        if (doc->iothreadids.iothreads[i]->id == id)
            return true;
    return false;
}

/* Those without a number get the lowest that are left: how many are below ID? */
static bool
is_given(const struct qemu_domain_def *doc, unsigned int id)
{
    size_t n = doc->iothreadids.n_iothreads, left = id - 1;

    for (size_t i = 0; i < n; i++)
        left -= doc->iothreadids.iothreads[i]->id < id;
    return doc->iothreads > n && left < doc->iothreads - n;
}

int
qemu_check_iothread(const struct qemu_board *board, const char *element, unsigned int id)
{
    if (is_numbered(board->doc, id) || is_given(board->doc, id))
        return 0;
    vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s> wants the thread for I/O %u, which the domain has not", element, id);
    vir_error_hint("say how many there are in <iothreads>, or name it: <iothreadids><iothread id='%u'/></iothreadids>",
                   id);
    return -1;
}

void
qemu_put_iothread(struct json_object *object, const char *key, unsigned int id)
{
    VIR_AUTO_FREE char *name = vir_strdup_printf("iothread%u", id);

    qemu_put(object, key, name);
}
