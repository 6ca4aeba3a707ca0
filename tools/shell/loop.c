/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The event loop, run by a thread of its own, and waiting for it.  It costs a
 * thread, so it is started only for commands that receive events or console
 * output, and for the shell, where somebody has to answer keepalive probes
 * while the user thinks.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "shell.h"

static pthread_t loop_thread;
static bool loop_runs;
static atomic_bool loop_quits;

/* Both are written to end shell_wait(): by the loop's thread, by the signal handler. */
static int wait_done = -1;
static int wait_interrupt = -1;
static struct sigaction wait_old_action;

static void *
loop_main(void *opaque)
{
    (void)opaque;
    while (!loop_quits) {
        if (virEventRunDefaultImpl() < 0)
            break;
    }
    return NULL;
}

int
shell_loop_start(struct shell *vsh)
{
    sigset_t all, old;
    int err;

    if (loop_runs)
        return 0;
    if (virEventRegisterDefaultImpl() < 0)
        return -1;
    /* signals belong to the main thread */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(&loop_thread, NULL, loop_main, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (err != 0)
        return shell_error(vsh, "cannot start the thread of the event loop: %s", strerror(err));
    loop_runs = true;
    return 0;
}

static void
on_wakeup(int timer, void *opaque)
{
    (void)timer;
    (void)opaque;
}

void
shell_loop_stop(void)
{
    int timer;

    if (!loop_runs)
        return;
    loop_quits = true;
    timer = virEventAddTimeout(0, on_wakeup, NULL, NULL);
    pthread_join(loop_thread, NULL);
    virEventRemoveTimeout(timer);
    loop_runs = false;
}

struct visit { void (*fn)(void *opaque); void *opaque; sem_t over; };

static void
on_visit(int timer, void *opaque)
{
    struct visit *visit = opaque;

    virEventRemoveTimeout(timer);
    visit->fn(visit->opaque);
    sem_post(&visit->over);
}

/* A timer's turn comes when every callback that had begun is over. */
void
shell_loop_call(void (*fn)(void *opaque), void *opaque)
{
    struct visit visit = { .fn = fn, .opaque = opaque };

    if (!loop_runs) {
        fn(opaque);
        return;
    }
    sem_init(&visit.over, 0, 0);
    if (virEventAddTimeout(0, on_visit, &visit, NULL) >= 0) {
        while (sem_wait(&visit.over) < 0 && errno == EINTR)
            ;
    }
    sem_destroy(&visit.over);
}

static void
nothing(void *opaque)
{
    (void)opaque;
}

void
shell_loop_settle(void)
{
    shell_loop_call(nothing, NULL);
}

static void
signal_fd(int fd)
{
    const uint64_t one = 1;
    const int saved = errno;

    /* an eventfd takes eight bytes or is full, which is as good */
    while (write(fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
    errno = saved;
}

static void
on_interrupt(int number)
{
    (void)number;
    signal_fd(wait_interrupt);
}

int
shell_wait_begin(struct shell *vsh)
{
    struct sigaction action = { .sa_handler = on_interrupt };

    wait_done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    wait_interrupt = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wait_done < 0 || wait_interrupt < 0)
        return shell_error(vsh, "cannot wait for events: %s", strerror(errno));
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &wait_old_action);
    return 0;
}

void
shell_wait_end(void)
{
    signal_fd(wait_done);
}

enum shell_wait
shell_wait(int timeout_ms)
{
    struct pollfd fds[] = { { .fd = wait_done, .events = POLLIN },
                            { .fd = wait_interrupt, .events = POLLIN } };
    const int64_t deadline = vir_now_ms() + timeout_ms;
    int n;

    do {
        int64_t left = timeout_ms < 0 ? -1 : deadline - vir_now_ms();

        n = poll(fds, 2, timeout_ms < 0 ? -1 : left < 0 ? 0 : (int)left);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return SHELL_WAIT_FAILED;
    if (fds[0].revents)
        return SHELL_WAIT_DONE;
    return fds[1].revents ? SHELL_WAIT_INTERRUPT : SHELL_WAIT_TIMEOUT;
}

/* Nothing of the loop's thread may call shell_wait_end() any more. */
void
shell_wait_leave(void)
{
    sigaction(SIGINT, &wait_old_action, NULL);
    close(wait_done);
    close(wait_interrupt);
    wait_done = wait_interrupt = -1;
}
