/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A descriptor as a stream.
 */
#include <libvirt/module.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct vir_fdstream {
    virStreamPtr stream;
    int fd;
    char *name;
    void (*closed)(void *opaque);
    void *closed_opaque;
    bool file;                          /* FD never waits, and no event loop can watch it: the bell does */
    int watch;                          /* of the program's event loop, for FD; -1: none */
    virStreamEventCallback callback;
    void *opaque;
    virFreeCallback free_opaque;
    int wanted;                         /* virStreamEventType that CALLBACK waits for */
    pthread_mutex_t lock;               /* for what follows; held for moments */
    const char *over;                   /* why there is nothing more to read or write; atomic; NULL: there is */
    int bell;                           /* the loop's timer that tells that it is over; -1: none */
};

static const char *
over(const struct vir_fdstream *data)
{
    return __atomic_load_n(&data->over, __ATOMIC_ACQUIRE);
}

void
vir_fdstream_end(struct vir_fdstream *data, const char *why)
{
    pthread_mutex_lock(&data->lock);
    __atomic_store_n(&data->over, why, __ATOMIC_RELEASE);
    if (data->bell >= 0)
        virEventUpdateTimeout(data->bell, 0);
    pthread_mutex_unlock(&data->lock);
}

/* ---- bytes -------------------------------------------------------------------- */

static int
send_bytes(virStreamPtr stream, const char *bytes, size_t n)
{
    struct vir_fdstream *data = vir_stream_data(stream);
    const char *why = over(data);
    ssize_t done;

    if (why)
        return vir_error(VIR_ERR_OPERATION_FAILED, "%s %s", data->name, why);
    done = write(data->fd, bytes, n);
    if (done >= 0)
        return (int)done;
    if (errno == EAGAIN || errno == EINTR)
        return -2;
    return vir_error(VIR_ERR_OPERATION_FAILED, "%s was closed", data->name);
}

static int
recv_bytes(virStreamPtr stream, char *bytes, size_t n, unsigned int flags)
{
    struct vir_fdstream *data = vir_stream_data(stream);
    ssize_t done;

    (void)flags;                        /* none taken */
    if (over(data))
        return 0;
    done = read(data->fd, bytes, n);
    if (done >= 0)
        return (int)done;
    if (errno == EAGAIN || errno == EINTR)
        return -2;
    if (errno == EIO)                   /* the other end of a pty is gone */
        return 0;
    return vir_error_errno(errno, "%s", data->name);
}

/* ---- events ------------------------------------------------------------------- */

static int
handle_events(int stream_events)
{
    return (stream_events & VIR_STREAM_EVENT_READABLE ? VIR_EVENT_HANDLE_READABLE : 0) |
        (stream_events & VIR_STREAM_EVENT_WRITABLE ? VIR_EVENT_HANDLE_WRITABLE : 0);
}

static void
ready(int watch, int fd, int events, void *opaque)
{
    struct vir_fdstream *data = opaque;
    int told = (events & VIR_EVENT_HANDLE_READABLE ? VIR_STREAM_EVENT_READABLE : 0) |
        (events & VIR_EVENT_HANDLE_WRITABLE ? VIR_STREAM_EVENT_WRITABLE : 0) |
        (events & VIR_EVENT_HANDLE_ERROR ? VIR_STREAM_EVENT_ERROR : 0) |
        (events & VIR_EVENT_HANDLE_HANGUP ? VIR_STREAM_EVENT_HANGUP : 0);

    (void)watch;
    (void)fd;
    if (data->callback)
        data->callback(data->stream, told, data->opaque);
}

/* The end is told once; a reader that pauses and comes back hears it again.  A file is always ready. */
static void
ring(int timer, void *opaque)
{
    struct vir_fdstream *data = opaque;
    bool ended = over(data) != NULL;

    if (ended)
        virEventUpdateTimeout(timer, -1);
    if (data->callback)
        data->callback(data->stream, ended ? VIR_STREAM_EVENT_HANGUP : data->wanted, data->opaque);
}

static int
bell_interval(const struct vir_fdstream *data)
{
    if (over(data))
        return data->wanted & VIR_STREAM_EVENT_READABLE ? 0 : -1;
    return data->file && data->wanted ? 0 : -1;
}

static int
add_callback(virStreamPtr stream, int events, virStreamEventCallback callback, void *opaque,
             virFreeCallback free_opaque)
{
    struct vir_fdstream *data = vir_stream_data(stream);

    if (data->bell >= 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "stream already has a callback registered");
    data->callback = callback;
    data->opaque = opaque;
    data->free_opaque = free_opaque;
    data->wanted = events;
    if (!data->file)
        data->watch = virEventAddHandle(data->fd, handle_events(events), ready, data, NULL);
    if (!data->file && data->watch < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "the program has no event loop for streams");
    pthread_mutex_lock(&data->lock);
    data->bell = virEventAddTimeout(bell_interval(data), ring, data, NULL);
    pthread_mutex_unlock(&data->lock);
    return 0;
}

static int
update_callback(virStreamPtr stream, int events)
{
    struct vir_fdstream *data = vir_stream_data(stream);

    if (data->bell < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "stream does not have a callback registered");
    data->wanted = events;
    if (!data->file)
        virEventUpdateHandle(data->watch, handle_events(events));
    if (data->file || over(data))
        virEventUpdateTimeout(data->bell, bell_interval(data));
    return 0;
}

static int
remove_callback(virStreamPtr stream)
{
    struct vir_fdstream *data = vir_stream_data(stream);
    int bell;

    if (data->bell < 0)
        return vir_error(VIR_ERR_INTERNAL_ERROR, "stream does not have a callback registered");
    if (!data->file)
        virEventRemoveHandle(data->watch);
    data->watch = -1;
    pthread_mutex_lock(&data->lock);
    bell = data->bell;
    data->bell = -1;
    pthread_mutex_unlock(&data->lock);
    virEventRemoveTimeout(bell);
    data->callback = NULL;
    if (data->free_opaque)
        data->free_opaque(data->opaque);
    return 0;
}

/* ---- life --------------------------------------------------------------------- */

/* The stream's end, however it comes about. */
static int
end(virStreamPtr stream)
{
    struct vir_fdstream *data = vir_stream_data(stream);

    if (data->bell >= 0)
        remove_callback(stream);
    if (data->closed)
        data->closed(data->closed_opaque);
    pthread_mutex_destroy(&data->lock);
    close(data->fd);
    free(data->name);
    free(data);
    return 0;
}

static const struct vir_stream_ops ops = {
    VIR_OPS(vir_stream_ops),
    .stream_send = { send_bytes, 0, 0 },
    .stream_recv_flags = { recv_bytes, 0, 0 },
    .stream_event_add_callback = { add_callback, 0, 0 },
    .stream_event_update_callback = { update_callback, 0, 0 },
    .stream_event_remove_callback = { remove_callback, 0, 0 },
    .stream_finish = { end, 0, 0 },
    .stream_abort = { end, 0, 0 },
};

struct vir_fdstream *
vir_fdstream_open(virStreamPtr stream, int fd, const char *name, void (*closed)(void *opaque), void *opaque)
{
    struct vir_fdstream *data = VIR_NEW(struct vir_fdstream);
    struct stat st;

    data->stream = stream;
    data->fd = fd;
    data->file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    data->name = vir_strdup(name);
    data->closed = closed;
    data->closed_opaque = opaque;
    data->watch = data->bell = -1;
    pthread_mutex_init(&data->lock, NULL);
    vir_stream_set_ops(stream, &ops, data);
    return data;
}
