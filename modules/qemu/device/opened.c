/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Descriptors of the host that devices get when they come; see opened.h.
 */
#include "device/opened.h"
#include "qmp/monitor.h"

#include <stdlib.h>

void
qemu_opened_add(const struct qemu_board *board, const char *owner, int fd)
{
    struct qemu_opened *opened = board->opened;

    opened->list = vir_realloc_array(opened->list, opened->n + 1, sizeof(*opened->list));
    opened->list[opened->n] = (struct qemu_opened_fd){ vir_strdup_printf("fd-%s-%zu", owner, opened->n),
                                                       vir_strdup(owner), fd };
    opened->n++;
}

/* A new QEMU has them under their numbers. */
char *
qemu_opened_words(const struct qemu_board *board, const char *owner)
{
    struct vir_buf buf = { 0 };

    for (size_t i = 0; board->opened && i < board->opened->n; i++) {
        const struct qemu_opened_fd *one = &board->opened->list[i];

        if (!is(one->owner, owner))
            continue;
        vir_buf_add(&buf, buf.len ? ":" : "");
        if (board->running)
            vir_buf_add(&buf, one->name);
        else
            vir_buf_addf(&buf, "%d", one->fd);
    }
    return buf.text ? vir_buf_steal(&buf) : vir_strdup("");
}

size_t
qemu_opened_count(const struct qemu_board *board, const char *owner)
{
    size_t n = 0;

    for (size_t i = 0; board->opened && i < board->opened->n; i++)
        n += is(board->opened->list[i].owner, owner);
    return n;
}

int
qemu_opened_give(const struct qemu_opened *opened, struct qemu_monitor *monitor)
{
    for (size_t i = 0; i < opened->n; i++)
        if (qemu_monitor_give_fd(monitor, opened->list[i].name, opened->list[i].fd) < 0)
            return -1;
    return 0;
}

void
qemu_opened_close(struct qemu_opened *opened)
{
    for (size_t i = 0; i < opened->n; i++) {
        free(opened->list[i].name);
        free(opened->list[i].owner);
        vir_auto_close(&opened->list[i].fd);
    }
    free(opened->list);
    memset(opened, 0, sizeof(*opened));
}
