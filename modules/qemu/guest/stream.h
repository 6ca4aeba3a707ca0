/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest is at one moment, its memory and its devices, as the bytes that QEMU
 * makes of it: out of a guest that stands still, into an emulator started for them.
 */
#ifndef QEMU_STREAM_H
#define QEMU_STREAM_H

#include "qemu.h"

struct json_object;

/* QEMU's part of a file. */
struct qemu_stream {
    int fd;                             /* what QEMU is given */
    int file;                           /* the file behind it, whose place shows that bytes move */
    bool past_cache;                    /* leave none of it in the host's cache */
};

/* With a long job of RUN's domain, which is shown how far it is and may be aborted. */
int qemu_stream_out(struct qemu_run *run, const struct qemu_stream *stream);
int qemu_stream_abort(struct vir_store_entry *entry);           /* for struct vir_job_long */
/* With a long job, too: QEMU writes the memory alone, as ARGS (taken over) of its command say. */
int qemu_stream_dump(struct qemu_run *run, struct json_object *args);
/* Waits until RUN, which was told to read STREAM, has done so. */
int qemu_stream_in(struct qemu_run *run, const struct qemu_stream *stream);
bool qemu_stream_failed(struct qemu_run *run);

/* In the loop's thread, without the lock: QEMU tells how far a stream or a dump is. */
void qemu_stream_event(struct qemu_run *run, const char *event, struct json_object *data);

#endif
