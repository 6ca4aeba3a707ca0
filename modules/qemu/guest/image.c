/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file of a saved guest; see image.h.
 */
#define VIR_LOG_SOURCE "qemu.save"
#include "guest/image.h"
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    VERSION = 2,
    SPARE = 64 * 1024,                  /* bytes by which a later document may be longer */
    FIRST_BYTE_MS = 10000,
    MAX_TEXT = 64 * 1024 * 1024,        /* bytes of the document and what else stands before QEMU's part */
};

static const char whole[] = "LibvirtQemudSave", part[] = "LibvirtQemudPart";

struct header {                         /* numbers as the host has them */
    char magic[16];
    uint32_t version;
    uint32_t room;                      /* bytes of text between it and QEMU's part */
    uint32_t runs;
    uint32_t packed;
    uint32_t cookie;                    /* where in the text libvirt has more of its own; 0: nowhere */
    uint32_t unused[14];
};

/* By their number in the file. */
static const char *const unpackers[] = { NULL, "gzip", "bzip2", "xz", "lzop" };
enum { PACKERS = sizeof(unpackers) / sizeof(unpackers[0]) };

/* ---- bytes -------------------------------------------------------------------------------- */

static int
write_at(int fd, const void *from, size_t len, off_t at, const char *path)
{
    const char *next = from;

    while (len > 0) {
        ssize_t n = pwrite(fd, next, len, at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return vir_error_errno(n < 0 ? errno : EIO, "cannot write the saved guest '%s'", path);
        next += n;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

/* As many bytes as there are, up to LEN. */
static size_t
read_at(int fd, void *to, size_t len, off_t at)
{
    size_t done = 0;

    while (done < len) {
        ssize_t n = pread(fd, (char *)to + done, len - done, at + (off_t)done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return done;
}

/* ---- writing ------------------------------------------------------------------------------ */

static int
write_header(const struct qemu_saved *image, const char *magic, const char *path)
{
    struct header header = { .version = VERSION, .room = (uint32_t)image->room, .runs = image->runs,
                             .packed = image->packed };

    memcpy(header.magic, magic, sizeof(header.magic));
    return write_at(image->fd, &header, sizeof(header), 0, path);
}

static int
write_text(const struct qemu_saved *image, const char *magic, const char *path)
{
    char *text = vir_alloc_array(image->room, 1);
    int ret;

    memcpy(text, image->xml, strlen(image->xml));
    ret = write_at(image->fd, text, image->room, sizeof(struct header), path);
    free(text);
    return ret < 0 ? -1 : write_header(image, magic, path);
}

static int
to_state(const struct qemu_saved *image)
{
    off_t at = (off_t)(sizeof(struct header) + image->room);

    return lseek(image->fd, at, SEEK_SET) == at ? 0 : vir_error_errno(errno, "the file of a saved guest");
}

int
qemu_image_create(struct qemu_saved *image, const char *path)
{
    image->room = strlen(image->xml) + 1 + SPARE;
    image->fd = qemu_file_open(path, O_RDWR | O_CREAT | O_TRUNC);
    return image->fd < 0 || write_text(image, part, path) < 0 ? -1 : to_state(image);
}

int
qemu_image_seal(const struct qemu_saved *image, const char *path)
{
    if (fsync(image->fd) < 0)           /* before it counts as whole */
        return vir_error_errno(errno, "cannot write the saved guest '%s'", path);
    if (write_header(image, whole, path) < 0)
        return -1;
    return fsync(image->fd) == 0 ? 0 : vir_error_errno(errno, "cannot write the saved guest '%s'", path);
}

int
qemu_image_change(const struct qemu_saved *image, const char *path)
{
    if (strlen(image->xml) >= image->room) {
        vir_error(VIR_ERR_OPERATION_FAILED, "the new document of %zu bytes does not fit into '%s', which has room for %zu",
                  strlen(image->xml), path, image->room - 1);
        vir_error_hint("give it when the guest is restored instead: 'virsh restore --xml'");
        return -1;
    }
    return write_text(image, whole, path);
}

/* ---- reading ------------------------------------------------------------------------------ */

static int
check_header(const struct header *header, size_t len, const char *path)
{
    const char *why = NULL;

    if (len < sizeof(*header))
        why = "failed to read its header";
    else if (memcmp(header->magic, part, sizeof(header->magic)) == 0)
        why = "save image is incomplete";
    else if (memcmp(header->magic, whole, sizeof(header->magic)) != 0)
        why = "image magic is incorrect";
    else if (header->room == 0 || header->room > MAX_TEXT || header->cookie >= header->room)
        why = "it gives no possible length of its document";
    if (why)
        return vir_error(VIR_ERR_OPERATION_FAILED, "'%s': %s", path, why);
    if (header->version == 0 || header->version > VERSION)
        return vir_error(VIR_ERR_OPERATION_FAILED, "'%s': image version is not supported (%u > %d)", path,
                         header->version, VERSION);
    if (header->packed >= PACKERS)
        return vir_error(VIR_ERR_OPERATION_FAILED, "'%s': Invalid compressed save format %u", path, header->packed);
    return 0;
}

/* No memory is asked for that the file cannot fill; a block device has no size here.  -1: no error is set. */
static int
read_text(struct qemu_saved *image)
{
    struct stat st;

    if (fstat(image->fd, &st) < 0 || (S_ISREG(st.st_mode) && (uint64_t)st.st_size < sizeof(struct header) + image->room))
        return -1;
    image->xml = vir_alloc_array(image->room + 1, 1);
    return read_at(image->fd, image->xml, image->room, sizeof(struct header)) < image->room ? -1 : 0;
}

int
qemu_image_open(struct qemu_saved *image, const char *path, bool for_writing)
{
    struct header header;

    *image = (struct qemu_saved)QEMU_IMAGE_INIT;
    image->fd = qemu_file_open(path, for_writing ? O_RDWR : O_RDONLY);
    if (image->fd < 0 || check_header(&header, read_at(image->fd, &header, sizeof(header), 0), path) < 0)
        return -1;
    image->room = header.room;
    image->runs = header.runs;
    image->packed = header.packed;
    return read_text(image) < 0
        ? vir_error(VIR_ERR_OPERATION_FAILED, "'%s': failed to read its document: the file is cut off", path)
        : to_state(image);
}

void
qemu_image_close(struct qemu_saved *image)
{
    vir_auto_close(&image->fd);
    free(image->xml);
    *image = (struct qemu_saved)QEMU_IMAGE_INIT;
}

enum qemu_image_look
qemu_image_look(const char *path)
{
    VIR_AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char magic[16];

    if (fd < 0)
        return errno == ENOENT ? QEMU_IMAGE_NONE : QEMU_IMAGE_OTHER;
    if (read_at(fd, magic, sizeof(magic), 0) < sizeof(magic))
        return QEMU_IMAGE_SHORT;
    return memcmp(magic, whole, sizeof(magic)) == 0 ? QEMU_IMAGE_WHOLE
        : memcmp(magic, part, sizeof(magic)) == 0 ? QEMU_IMAGE_PART : QEMU_IMAGE_OTHER;
}

/* QEMU would wait for ever for the first byte of a pipe that ends before it. */
static int
wait_for_first_byte(int fd, const char *program)
{
    struct pollfd pipe = { .fd = fd, .events = POLLIN };
    int n = poll(&pipe, 1, FIRST_BYTE_MS);

    if (n > 0 && pipe.revents & POLLIN)
        return 0;
    return vir_error(VIR_ERR_OPERATION_FAILED, n == 0 ? "'%s' does not unpack the saved guest: it gives nothing"
                     : "'%s' cannot unpack the saved guest", program);
}

int
qemu_image_unpack(const struct qemu_saved *image)
{
    const char *argv[] = { unpackers[image->packed], "-dc", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .orphan = true };
    VIR_AUTO_CLOSE int from = -1;
    VIR_AUTO_CLOSE int to = -1;
    VIR_AUTO_CLOSE int pidfd = -1;
    int ends[2];
    pid_t pid;

    if (!image->packed)
        return fcntl(image->fd, F_DUPFD_CLOEXEC, 0);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return vir_error_errno(errno, "a pipe to unpack a saved guest");
    from = ends[0];
    to = ends[1];
    child.stdin_fd = image->fd;
    child.stdout_fd = to;
    if (vir_child_start(&child, &pid, &pidfd) < 0) {
        vir_error_hint("the saved guest is packed: install '%s'", argv[0]);
        return -1;
    }
    close(vir_steal_fd(&to));
    return wait_for_first_byte(from, argv[0]) < 0 ? -1 : vir_steal_fd(&from);
}
