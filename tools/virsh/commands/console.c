/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A session on a guest's console: what the user types goes to the guest, what
 * the guest says to standard output, until the escape character, the end of the
 * guest, or the end of whoever reads the output.  Neither end need be a
 * terminal; the end of piped input leaves the session open to listen.
 *
 * All moving of bytes is done by callbacks in the thread of the event loop; the
 * main thread waits.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "rows/console.h"
#include "console.h"

/* Enough for what one turn of the loop brings; reading pauses while it is full. */
#define ROOM 16384

struct fifo {
    char bytes[ROOM];
    size_t start, len;
};

struct console {
    struct shell *vsh;
    const struct virsh_line_ops *ops;
    void *line;                 /* of the transport */
    struct fifo to_guest, to_user;
    int stdin_watch, stdout_watch;      /* -1: none */
    bool leaving;               /* the escape character came: end when the guest has what was typed before */
    bool ended;
    bool guest_ended;           /* what it said last is still to be written */
    char *failure;              /* NULL: ended as wished */
};

static void
update_watches(struct console *console)
{
    const bool hear = console->to_user.len < ROOM, speak = console->to_guest.len > 0;

    if (console->ended)
        return;
    console->ops->want(console->line, hear, speak);
    if (console->stdin_watch >= 0)
        virEventUpdateHandle(console->stdin_watch,
                             console->to_guest.len < ROOM ? VIR_EVENT_HANDLE_READABLE : 0);
    virEventUpdateHandle(console->stdout_watch, console->to_user.len > 0 ? VIR_EVENT_HANDLE_WRITABLE : 0);
}

static void
end_session(struct console *console, const char *failure)
{
    if (console->ended)
        return;
    console->ended = true;
    console->failure = vir_strdup(failure);
    console->ops->want(console->line, false, false);
    if (console->stdin_watch >= 0)
        virEventUpdateHandle(console->stdin_watch, 0);
    if (console->stdout_watch >= 0)
        virEventUpdateHandle(console->stdout_watch, 0);
    shell_wait_end();
}

/* Space for as many bytes as there is room for at the end; *ret_room of them. */
static char *
fifo_tail(struct fifo *fifo, size_t *ret_room)
{
    if (fifo->start > 0) {
        memmove(fifo->bytes, fifo->bytes + fifo->start, fifo->len);
        fifo->start = 0;
    }
    *ret_room = ROOM - fifo->len;
    return fifo->bytes + fifo->len;
}

static void
fifo_take(struct fifo *fifo, size_t n)
{
    fifo->start += n;
    fifo->len -= n;
}

/* Writes as much of what the guest said as a pipe takes without blocking; false: nobody reads it any more. */
static bool
write_to_user(struct fifo *fifo)
{
    const ssize_t n = write(STDOUT_FILENO, fifo->bytes + fifo->start,
                            fifo->len < PIPE_BUF ? fifo->len : PIPE_BUF);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    fifo_take(fifo, (size_t)n);
    return true;
}

static void
line_ready(struct console *console, bool readable, bool writable)
{
    ssize_t n = 1;
    size_t room;

    if (console->ended)
        return;
    if (readable) {
        char *tail = fifo_tail(&console->to_user, &room);

        n = room > 0 ? console->ops->receive(console->line, tail, room) : -2;
        if (n > 0)
            console->to_user.len += (size_t)n;
        if (n == 0 || n == -1) {
            end_session(console, n < 0 ? console->ops->reason() : NULL);
            console->guest_ended = true;
            return;
        }
    }
    if (writable && console->to_guest.len > 0) {
        n = console->ops->send(console->line, console->to_guest.bytes + console->to_guest.start,
                               console->to_guest.len);
        if (n > 0)
            fifo_take(&console->to_guest, (size_t)n);
        if (n == -1) {
            end_session(console, console->ops->reason());
            return;
        }
    }
    if (console->leaving && console->to_guest.len == 0)
        end_session(console, NULL);
    update_watches(console);
}

static void
on_stdin(int watch, int fd, int events, void *opaque)
{
    struct console *console = opaque;
    size_t room;
    char *tail = fifo_tail(&console->to_guest, &room), *escape;
    ssize_t n;

    (void)events;
    if (console->ended || room == 0)
        return;
    n = read(fd, tail, room);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n <= 0) {
        virEventRemoveHandle(watch);
        console->stdin_watch = -1;
        if (isatty(STDIN_FILENO))
            end_session(console, NULL);
        return;
    }
    escape = memchr(tail, virsh_options.escape, (size_t)n);
    console->to_guest.len += escape ? (size_t)(escape - tail) : (size_t)n;
    if (escape && (console->leaving || console->to_guest.len == 0))
        end_session(console, NULL);
    console->leaving = console->leaving || escape;
    update_watches(console);
}

static void
on_stdout(int watch, int fd, int events, void *opaque)
{
    struct console *console = opaque;

    (void)watch;
    (void)fd;
    if (console->ended)
        return;
    if (events & (VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP) || !write_to_user(&console->to_user))
        end_session(console, NULL);
    else
        update_watches(console);
}

/* What the terminal was like, for the end of the session and for a signal that ends virsh. */
static struct termios terminal_before;
static bool terminal_is_raw;

static void
terminal_restore(void)
{
    if (terminal_is_raw)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
    terminal_is_raw = false;
}

static void
terminal_make_raw(void)
{
    struct termios raw;

    if (tcgetattr(STDIN_FILENO, &terminal_before) < 0)
        return;
    raw = terminal_before;
    cfmakeraw(&raw);
    terminal_is_raw = tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0;
}

static void
on_signal(int number)
{
    (void)number;
    shell_wait_end();
}

static const int ending_signals[] = { SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
#define N_SIGNALS (sizeof(ending_signals) / sizeof(*ending_signals))

/* A session that a signal ends still gives the terminal back. */
static void
catch_signals(struct sigaction *old)
{
    struct sigaction action = { .sa_handler = on_signal };

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < N_SIGNALS; i++)
        sigaction(ending_signals[i], &action, &old[i]);
}

static void
leave_signals(const struct sigaction *old)
{
    for (size_t i = 0; i < N_SIGNALS; i++)
        sigaction(ending_signals[i], &old[i], NULL);
}

/* Like all that touches the session, in the loop's thread. */
static void
start_session(void *opaque)
{
    struct console *console = opaque;

    if (console->ops->start(console->line, line_ready, console) < 0) {
        end_session(console, console->ops->reason());
        return;
    }
    console->stdout_watch = virEventAddHandle(STDOUT_FILENO, 0, on_stdout, console, NULL);
    console->stdin_watch = virEventAddHandle(STDIN_FILENO, VIR_EVENT_HANDLE_READABLE, on_stdin, console,
                                             NULL);
}

/* Behind this no callback of the session runs. */
static void
stop_session(void *opaque)
{
    struct console *console = opaque;

    if (console->stdin_watch >= 0)
        virEventRemoveHandle(console->stdin_watch);
    if (console->stdout_watch >= 0)
        virEventRemoveHandle(console->stdout_watch);
    console->ops->stop(console->line);
}

/* In the main thread: it may take as long as the user reads, or until a signal. */
static void
write_last_words(struct fifo *fifo)
{
    struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

    while (fifo->len > 0 && poll(&out, 1, -1) > 0 && write_to_user(fifo))
        ;
}

static int
run_session(struct shell *vsh, const struct virsh_line_ops *ops, void *line)
{
    struct console *console = VIR_NEW(struct console);
    struct sigaction old[N_SIGNALS];
    int result = 0;

    console->vsh = vsh;
    console->ops = ops;
    console->line = line;
    console->stdin_watch = console->stdout_watch = -1;
    catch_signals(old);
    terminal_make_raw();
    shell_loop_call(start_session, console);
    shell_wait(-1);
    shell_loop_call(stop_session, console);
    shell_loop_settle();
    if (console->guest_ended)
        write_last_words(&console->to_user);
    terminal_restore();
    leave_signals(old);
    if (console->failure)
        result = shell_error(vsh, "%s", console->failure);
    ops->close(line, result < 0);
    free(console->failure);
    free(console);
    return result;
}

static void
announce(struct shell *vsh, virDomainPtr dom)
{
    const char escape = virsh_options.escape;

    shell_print_extra(vsh, "Connected to domain '%s'\n", virDomainGetName(dom));
    if (escape > 0 && escape < 0x20)
        shell_print_extra(vsh, "Escape character is ^%c (Ctrl + %c)\n", escape ^ 0x40, escape ^ 0x40);
    else
        shell_print_extra(vsh, "Escape character is %c\n", escape);
    fflush(stdout);
}

int
virsh_console_run(struct shell *vsh, virDomainPtr dom, const char *device, unsigned int flags)
{
    const struct virsh_line_ops *ops;
    int state, result;
    void *line;

    if (virDomainGetState(dom, &state, NULL, 0) < 0)
        return shell_error(vsh, "Unable to get domain status");
    if (state == VIR_DOMAIN_SHUTOFF)
        return shell_error(vsh, "The domain is not running");
    line = virsh_line_open(vsh, dom, device, flags, &ops);
    if (!line)
        return -1;
    announce(vsh, dom);
    if (shell_wait_begin(vsh) < 0) {
        ops->close(line, true);
        return -1;
    }
    result = run_session(vsh, ops, line);
    shell_wait_leave();
    return result;
}

int
run_console(struct shell *vsh, const struct console_args *args)
{
    return virsh_console_run(vsh, args->domain, args->devname, args->flags);
}
