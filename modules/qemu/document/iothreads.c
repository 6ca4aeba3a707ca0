/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The threads that serve disks.
 */
#include "device/pieces.h"
#include "document/machine.h"

#include <limits.h>

enum { MOST_IOTHREADS = 1024 };

typedef struct qemu_domain_iothreadids_iothread_def thread_def;

/* ---- rules ---------------------------------------------------------------------------------- */

int
qemu_iothreads_startable(const struct qemu_domain_def *doc)
{
    return doc->iothreads <= MOST_IOTHREADS ? 0
        : vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%u <iothreads> are more than %d", doc->iothreads, MOST_IOTHREADS);
}

unsigned int
qemu_iothread_number(const struct qemu_domain_def *doc, unsigned int i)
{
    return i < doc->iothreadids.n_iothreads ? doc->iothreadids.iothreads[i]->id : i + 1;
}

/* ---- for QEMU --------------------------------------------------------------------------------- */

/* Not said is not told. */
static void
put_pool(struct json_object *thread, bool has_min, int min, bool has_max, int max)
{
    if (has_min)
        qemu_put_number(thread, "thread-pool-min", min);
    if (has_max)
        qemu_put_number(thread, "thread-pool-max", max);
}

struct json_object *
qemu_iothread_object(const struct qemu_domain_def *doc, unsigned int i)
{
    const thread_def *said = i < doc->iothreadids.n_iothreads ? doc->iothreadids.iothreads[i] : NULL;
    struct json_object *thread = qemu_object("qom-type", "iothread");

    qemu_put_iothread(thread, "id", qemu_iothread_number(doc, i));
    if (said)
        put_pool(thread, said->has_thread_pool_min, said->thread_pool_min, said->has_thread_pool_max,
                 said->thread_pool_max);
    return thread;
}

void
qemu_iothreads_build(const struct qemu_domain_def *doc, struct qemu_command *command)
{
    for (unsigned int i = 0; i < doc->iothreads; i++)
        qemu_command_json(command, "-object", qemu_iothread_object(doc, i));
    if (doc->defaultiothread.has_thread_pool_min || doc->defaultiothread.has_thread_pool_max) {
        struct json_object *loop = qemu_object("qom-type", "main-loop");

        qemu_put(loop, "id", "main-loop");
        put_pool(loop, doc->defaultiothread.has_thread_pool_min, doc->defaultiothread.thread_pool_min,
                 doc->defaultiothread.has_thread_pool_max, doc->defaultiothread.thread_pool_max);
        qemu_command_json(command, "-object", loop);
    }
}
