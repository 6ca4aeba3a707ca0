/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A loop that a thread of the program runs itself (libvirtd's main thread);
 * everything else about loops is in <libvirt/module-base.h>.
 */
#ifndef COMMON_LOOP_H
#define COMMON_LOOP_H

#include <libvirt/module-base.h>

/* A loop without a thread; released by vir_loop_free. */
struct vir_loop *vir_loop_make(void);
/* As vir_loop_add_fd; and between the callbacks of others, when a turn is long, it is asked whether it is ready. */
int vir_loop_add_urgent_fd(struct vir_loop *loop, int fd, uint32_t epoll_events, vir_loop_fd_fn fn, void *opaque);
/* Serves descriptors and timers in the calling thread until vir_loop_stop. */
int vir_loop_run(struct vir_loop *loop);
/* Makes vir_loop_run return. From any thread or signal handler. */
void vir_loop_stop(struct vir_loop *loop);

#endif
