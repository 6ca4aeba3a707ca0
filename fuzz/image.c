/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of a saved guest, up to where QEMU's part begins. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../modules/qemu/guest/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was opened can be changed, and opened again with the same in it. */
static void
change(struct qemu_saved *image, const char *path)
{
    struct qemu_saved again;

    if (qemu_image_change(image, path) < 0)
        return;
    if (qemu_image_open(&again, path, false) < 0 || strcmp(again.xml, image->xml) != 0 || again.room != image->room)
        abort();
    qemu_image_close(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("image", MFD_CLOEXEC);
    struct qemu_saved image;
    char path[40];

    if (fd < 0)
        return 0;
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    if (write(fd, data, size) == (ssize_t)size) {
        qemu_image_look(path);
        if (qemu_image_open(&image, path, true) == 0)
            change(&image, path);
        qemu_image_close(&image);
    }
    close(fd);
    return 0;
}
