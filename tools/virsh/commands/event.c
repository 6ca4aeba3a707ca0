/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* event: waiting for one kind of domain event or for all. */
#include <stdlib.h>
#include <string.h>

#include "rows/event.h"
#include "event-text.h"
#include "nearest.h"

static int
list_events(struct shell *vsh)
{
    for (int id = 0; id < VIRSH_DOMAIN_EVENTS; id++)
        shell_print(vsh, "%s\n", virsh_domain_events[id].name);
    return 0;
}

/* The number that --event names, -1 for --all; -2: reported. */
static int
which_event(struct shell *vsh, const struct event_args *args)
{
    const char *name = args->event;
    struct vir_nearest nearest = { .word = name };

    if (args->all)
        return -1;
    for (int id = 0; id < VIRSH_DOMAIN_EVENTS; id++) {
        if (strcmp(virsh_domain_events[id].name, name) == 0)
            return id;
        vir_nearest_try(&nearest, virsh_domain_events[id].name);
    }
    shell_error(vsh, "unknown event type %s", name);
    if (nearest.best)
        shell_hint(vsh, "did you mean '%s'?", nearest.best);
    else
        shell_hint(vsh, "'event --list' lists them");
    return -2;
}

/* With --all, an event that the driver does not know is left out. */
static int
watch_events(struct shell *vsh, virDomainPtr dom, int only, struct virsh_events *events,
             struct virsh_domain_watch *watches)
{
    int n = 0;

    for (int id = 0; id < VIRSH_DOMAIN_EVENTS; id++) {
        struct virsh_domain_watch *watch = &watches[id];

        *watch = (struct virsh_domain_watch){ events, &virsh_domain_events[id], -1 };
        if (only >= 0 && id != only)
            continue;
        watch->callback_id = virConnectDomainEventRegisterAny(vsh->conn, dom, id,
                                                              virsh_domain_events[id].callback, watch, NULL);
        if (watch->callback_id >= 0)
            n++;
    }
    if (n == 0)
        return -1;
    shell_error_forget(vsh);
    return 0;
}

static void
unwatch_events(struct shell *vsh, struct virsh_domain_watch *watches)
{
    for (int id = 0; id < VIRSH_DOMAIN_EVENTS; id++) {
        if (watches[id].callback_id >= 0)
            virConnectDomainEventDeregisterAny(vsh->conn, watches[id].callback_id);
    }
    shell_loop_settle();
}

int
run_event(struct shell *vsh, const struct event_args *args)
{
    struct virsh_domain_watch watches[VIRSH_DOMAIN_EVENTS];
    struct virsh_events events = { .loop = args->loop, .timestamp = args->timestamp };
    int which, result;

    if (args->list)
        return list_events(vsh);
    which = which_event(vsh, args);
    if (which < -1 || virsh_events_begin(vsh, args->timeout, &events) < 0)
        return -1;
    result = watch_events(vsh, args->domain, which, &events, watches);
    if (result == 0)
        result = virsh_events_wait(&events);
    unwatch_events(vsh, watches);
    shell_wait_leave();
    return result;
}
