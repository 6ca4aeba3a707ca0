/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The head of an image: raw ones have none, that of qcow2 is docs/interop/qcow2.txt of QEMU.
 * A guest does not write it, but whoever made the image did.
 */
#include "host/image-head.h"

#include "host/file.h"

#include <endian.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAX_NAME = 1023,                    /* bytes of a backing file's name */
    BEFORE_NAME = 64 * 1024,            /* all of the head that is looked at */
    FORMAT_EXTENSION = (int)0xe2792aca,
};

static uint32_t
number_at(const unsigned char *head, size_t at)
{
    uint32_t value;

    memcpy(&value, head + at, sizeof(value));
    return be32toh(value);
}

static uint64_t
long_at(const unsigned char *head, size_t at)
{
    return (uint64_t)number_at(head, at) << 32 | number_at(head, at + 4);
}

/* The format that an extension names; NULL: none does. */
static char *
format_in(const unsigned char *head, size_t len)
{
    size_t at = number_at(head, 4) >= 3 ? number_at(head, 100) : 72;

    while (at < len && len - at >= 8) {
        uint32_t kind = number_at(head, at), size = number_at(head, at + 4);

        if (kind == 0 || size > len - at - 8)
            break;
        if (kind == (uint32_t)FORMAT_EXTENSION)
            return vir_strndup((const char *)head + at + 8, size);
        at += 8 + (((size_t)size + 7) & ~(size_t)7);
    }
    return NULL;
}

/* NAME as the image PATH means it; NULL: it is no file. */
static char *
path_of(const char *name, const char *path)
{
    const char *colon = strchr(name, ':'), *slash = strchr(name, '/');

    if (name[0] == '/')
        return vir_strdup(name);
    if (colon && (!slash || colon < slash))
        return NULL;
    slash = strrchr(path, '/');
    return vir_strdup_printf("%.*s/%s", slash ? (int)(slash - path) : 0, path, name);
}

static int
read_qcow2(const char *path, const unsigned char *head, size_t len, struct qemu_image_head *ret)
{
    uint64_t at = long_at(head, 8);
    uint32_t size = number_at(head, 16);
    VIR_AUTO_FREE char *name = NULL;
    struct stat sb;

    if (at == 0 || size == 0)
        return 1;
    if (size > MAX_NAME || at > len || size > len - at)
        return 0;
    name = vir_strndup((const char *)head + at, size);
    ret->backing = path_of(name, path);
    ret->format = format_in(head, len);
    ret->written = vir_strdup(name);
    if (!ret->backing)
        return 0;
    if (!ret->format) {
        vir_error(VIR_ERR_OPERATION_INVALID, "format of backing image '%s' of image '%s' was not specified in the image metadata",
                  name, path);
        vir_error_hint("'qemu-img rebase -u -F FORMAT -b FILE IMAGE' writes it there, or describe it with <backingStore>");
        return -1;
    }
    ret->block = stat(ret->backing, &sb) == 0 && S_ISBLK(sb.st_mode);
    return 1;
}

static const unsigned char magic[] = { 'Q', 'F', 'I', 0xfb };

bool
qemu_image_is_qcow2(const char *path)
{
    VIR_AUTO_CLOSE int fd = qemu_file_open(path, O_RDONLY);
    unsigned char head[sizeof(magic)];

    if (fd >= 0)
        return pread(fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) && memcmp(head, magic, sizeof(magic)) == 0;
    virResetLastError();                /* QEMU says what is wrong with the file */
    return false;
}

int
qemu_image_head_read(const char *path, const char *format, struct qemu_image_head *ret)
{
    VIR_AUTO_FREE unsigned char *head = NULL;
    VIR_AUTO_CLOSE int fd = -1;
    ssize_t len;

    *ret = (struct qemu_image_head){ 0 };
    if (strcmp(format, "raw") == 0)
        return 1;
    if (strcmp(format, "qcow2") != 0 || (fd = qemu_file_open(path, O_RDONLY)) < 0) {
        virResetLastError();            /* QEMU says what is wrong with the file */
        return 0;
    }
    head = vir_alloc(BEFORE_NAME);
    len = pread(fd, head, BEFORE_NAME, 0);
    if (len < 104 || memcmp(head, magic, sizeof(magic)) != 0 || number_at(head, 4) < 2)
        return 0;
    return read_qcow2(path, head, (size_t)len, ret);
}

void
qemu_image_head_free(struct qemu_image_head *head)
{
    free(head->backing);
    free(head->written);
    free(head->format);
}
