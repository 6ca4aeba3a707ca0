/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for events, for the event commands of all kinds of objects. */
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include "event-wait.h"

static void
print_now(void)
{
    struct timespec now;
    struct tm tm;
    char text[32];

    clock_gettime(CLOCK_REALTIME, &now);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", gmtime_r(&now.tv_sec, &tm));
    printf("%s.%03ld+0000: ", text, now.tv_nsec / 1000000);
}

/* Called in the loop's thread only, while the main thread waits. */
void
virsh_event_print(struct virsh_events *events, const char *fmt, ...)
{
    va_list args;

    if (events->over)
        return;
    if (events->timestamp)
        print_now();
    va_start(args, fmt);
    shell_vprint(fmt, args);
    va_end(args);
    fflush(stdout);
    events->count++;
    if (!events->loop) {
        events->over = true;
        shell_wait_end();
    }
}

int
virsh_events_begin(struct shell *vsh, long long seconds, struct virsh_events *events)
{
    events->vsh = vsh;
    events->timeout_ms = seconds < 0 ? -1 : (int)seconds * 1000;
    return shell_wait_begin(vsh);
}

/* Before it the caller registers callbacks, behind it removes them and calls shell_wait_leave(). */
int
virsh_events_wait(struct virsh_events *events)
{
    struct shell *vsh = events->vsh;
    enum shell_wait end;

    shell_debug(vsh, 1, "waiting for events\n");
    fflush(stdout);
    end = shell_wait(events->timeout_ms);
    events->over = true;
    switch (end) {
    case SHELL_WAIT_INTERRUPT:
        shell_print(vsh, "event loop interrupted\n");
        break;
    case SHELL_WAIT_TIMEOUT:
        shell_print(vsh, "event loop timed out\n");
        break;
    case SHELL_WAIT_DONE:
        break;
    case SHELL_WAIT_FAILED:
        return shell_error(vsh, "cannot wait for events");
    }
    shell_print(vsh, "events received: %d\n", events->count);
    return events->count > 0 ? 0 : -1;
}
