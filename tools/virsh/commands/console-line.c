/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two ways to a guest's console.  A stream works over every transport; a
 * driver that offers none, on this host, still names the terminal device in the
 * domain's document.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "virsh.h"
#include "console.h"

/* A stream. */
struct stream_line {
    virStreamPtr stream;
    virsh_line_ready_fn *ready;
    struct console *console;
};

static void
on_stream(virStreamPtr stream, int events, void *opaque)
{
    struct stream_line *line = opaque;
    const int broken = VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP;

    (void)stream;
    line->ready(line->console, events & (VIR_STREAM_EVENT_READABLE | broken),
                events & VIR_STREAM_EVENT_WRITABLE);
}

static int
stream_start(void *opaque, virsh_line_ready_fn *ready, struct console *console)
{
    struct stream_line *line = opaque;

    line->ready = ready;
    line->console = console;
    return virStreamEventAddCallback(line->stream, VIR_STREAM_EVENT_READABLE, on_stream, line, NULL);
}

static void
stream_want(void *opaque, bool readable, bool writable)
{
    struct stream_line *line = opaque;

    virStreamEventUpdateCallback(line->stream, (readable ? VIR_STREAM_EVENT_READABLE : 0) |
                                 (writable ? VIR_STREAM_EVENT_WRITABLE : 0));
}

static ssize_t
stream_receive(void *opaque, char *bytes, size_t room)
{
    struct stream_line *line = opaque;

    return virStreamRecv(line->stream, bytes, room);
}

static ssize_t
stream_send(void *opaque, const char *bytes, size_t n)
{
    struct stream_line *line = opaque;

    return virStreamSend(line->stream, bytes, n);
}

static const char *
stream_reason(void)
{
    return virGetLastErrorMessage();
}

static void
stream_stop(void *opaque)
{
    struct stream_line *line = opaque;

    virStreamEventRemoveCallback(line->stream);
}

static void
stream_close(void *opaque, bool failed)
{
    struct stream_line *line = opaque;

    if (failed)
        virStreamAbort(line->stream);
    else
        virStreamFinish(line->stream);
    virStreamFree(line->stream);
    free(line);
}

static const struct virsh_line_ops stream_ops = {
    stream_start, stream_want, stream_receive, stream_send, stream_reason, stream_stop, stream_close
};

/* The terminal device. */
struct tty_line {
    int fd, watch;
    virsh_line_ready_fn *ready;
    struct console *console;
};

static void
on_tty(int watch, int fd, int events, void *opaque)
{
    struct tty_line *line = opaque;
    const int broken = VIR_EVENT_HANDLE_ERROR | VIR_EVENT_HANDLE_HANGUP;

    (void)watch;
    (void)fd;
    line->ready(line->console, events & (VIR_EVENT_HANDLE_READABLE | broken),
                events & VIR_EVENT_HANDLE_WRITABLE);
}

static int
tty_start(void *opaque, virsh_line_ready_fn *ready, struct console *console)
{
    struct tty_line *line = opaque;

    line->ready = ready;
    line->console = console;
    line->watch = virEventAddHandle(line->fd, VIR_EVENT_HANDLE_READABLE, on_tty, line, NULL);
    return line->watch < 0 ? -1 : 0;
}

static void
tty_want(void *opaque, bool readable, bool writable)
{
    struct tty_line *line = opaque;

    virEventUpdateHandle(line->watch, (readable ? VIR_EVENT_HANDLE_READABLE : 0) |
                         (writable ? VIR_EVENT_HANDLE_WRITABLE : 0));
}

/* The other side of a pseudo terminal that was closed is EIO here, not an end of file. */
static ssize_t
tty_result(ssize_t n)
{
    if (n >= 0)
        return n;
    if (errno == EAGAIN || errno == EINTR)
        return -2;
    return errno == EIO ? 0 : -1;
}

static ssize_t
tty_receive(void *opaque, char *bytes, size_t room)
{
    struct tty_line *line = opaque;

    return tty_result(read(line->fd, bytes, room));
}

static ssize_t
tty_send(void *opaque, const char *bytes, size_t n)
{
    struct tty_line *line = opaque;

    return tty_result(write(line->fd, bytes, n));
}

static const char *
tty_reason(void)
{
    return strerror(errno);
}

static void
tty_stop(void *opaque)
{
    struct tty_line *line = opaque;

    if (line->watch >= 0)
        virEventRemoveHandle(line->watch);
}

static void
tty_close(void *opaque, bool failed)
{
    struct tty_line *line = opaque;

    (void)failed;
    close(line->fd);
    free(line);
}

static const struct virsh_line_ops tty_ops = {
    tty_start, tty_want, tty_receive, tty_send, tty_reason, tty_stop, tty_close
};

/* The document's first console, or the character device with the alias DEVICE; caller frees. */
static char *
tty_path(struct shell *vsh, virDomainPtr dom, const char *device)
{
    VIR_AUTO_FREE char *xml = virDomainGetXMLDesc(dom, 0), *expression = NULL, *path = NULL;

    if (!xml)
        return NULL;
    if (device && strpbrk(device, "'\"")) {
        shell_error(vsh, "'%s' is no alias of a device", device);
        return NULL;
    }
    expression = device
        ? vir_strdup_printf("string(/domain/devices/*[@type='pty'][alias/@name='%s']/source/@path)", device)
        : vir_strdup("string((/domain/devices/console[@type='pty']/source/@path"
                     "|/domain/devices/serial[@type='pty']/source/@path)[1])");
    path = virsh_xml_string(vsh, xml, expression);
    if (!path || !*path)
        return NULL;
    return vir_steal(&path);
}

static struct tty_line *
tty_open(struct shell *vsh, virDomainPtr dom, const char *device)
{
    VIR_AUTO_FREE char *path = tty_path(vsh, dom, device);
    struct termios settings;
    struct tty_line *line;
    int fd;

    if (!path)
        return NULL;
    fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || tcgetattr(fd, &settings) < 0) {
        shell_error(vsh, "cannot open the console '%s': %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    cfmakeraw(&settings);
    tcsetattr(fd, TCSANOW, &settings);
    line = VIR_NEW(struct tty_line);
    *line = (struct tty_line){ .fd = fd, .watch = -1 };
    return line;
}

static struct stream_line *
stream_open(struct shell *vsh, virDomainPtr dom, const char *device, unsigned int flags)
{
    virStreamPtr stream = virStreamNew(vsh->conn, VIR_STREAM_NONBLOCK);
    struct stream_line *line;

    if (!stream)
        return NULL;
    if (virDomainOpenConsole(dom, device, stream, flags) < 0) {
        virStreamFree(stream);
        return NULL;
    }
    line = VIR_NEW(struct stream_line);
    line->stream = stream;
    return line;
}

/* A device of this name here belongs to the guest only where the guest runs here. */
static bool
guest_is_local(struct shell *vsh)
{
    VIR_AUTO_FREE char *uri = virConnectGetURI(vsh->conn);

    return uri && strstr(uri, ":///");
}

void *
virsh_line_open(struct shell *vsh, virDomainPtr dom, const char *device, unsigned int flags,
                const struct virsh_line_ops **ret_ops)
{
    void *line = stream_open(vsh, dom, device, flags);

    *ret_ops = &stream_ops;
    if (line || vsh->error_code != VIR_ERR_NO_SUPPORT || !guest_is_local(vsh))
        return line;
    *ret_ops = &tty_ops;
    return tty_open(vsh, dom, device);
}
