/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The head of a disk's image, which says what is below it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../modules/qemu/host/image-head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("image", MFD_CLOEXEC), ret;
    struct qemu_image_head head;
    char path[40];

    if (fd < 0)
        return 0;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (write(fd, data, size) == (ssize_t)size) {
        ret = qemu_image_head_read(path, "qcow2", &head);
        if (ret == 1 && head.backing && (head.backing[0] != '/' || !head.format))
            abort();                    /* a path from / on, and what is in it */
        qemu_image_head_free(&head);
    }
    close(fd);
    return 0;
}
