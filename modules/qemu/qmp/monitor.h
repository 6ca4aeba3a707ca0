/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A conversation with one QEMU.  Any thread may call; one loop thread reads all
 * monitors.  Every call has a deadline; a reply that comes after it is dropped
 * by its id.  When QEMU hangs up or says something that is no QMP, all calls
 * fail at once and the monitor stays broken.
 */
#ifndef QEMU_MONITOR_H
#define QEMU_MONITOR_H

#include "qmp/qmp.h"

/* Told from the loop's thread, without any lock held.  They must not wait. */
struct qemu_monitor_ops {
    void (*event)(struct qmp_message *event, void *opaque);     /* may take what EVENT holds */
    void (*broken)(const char *why, void *opaque);      /* once; not after qemu_monitor_close */
};

struct qemu_monitor;

/* Takes over FD, a connected socket.  GUEST is for messages.  OPAQUE must live until qemu_monitor_close. */
struct qemu_monitor *qemu_monitor_open(struct vir_loop *loop, int fd, const char *guest,
                                       const struct qemu_monitor_ops *ops, void *opaque);
struct qemu_monitor *qemu_monitor_ref(struct qemu_monitor *monitor);
struct qemu_monitor *qemu_monitor_unref(struct qemu_monitor *monitor);
/* Handles what has arrived, then ends the conversation; calls under way fail.
 * WHY is what they report.  After it returns no callback runs. */
void qemu_monitor_close(struct qemu_monitor *monitor, const char *why);

/* Sends a command and waits for its answer.  ARGS is taken over, may be NULL.
 * RET (may be NULL) gets the returned value, to be put by the caller. */
int qemu_monitor_call(struct qemu_monitor *monitor, const char *command, struct json_object *args,
                      int deadline_ms, struct json_object **ret);

/* The same, but RET gets QEMU's whole reply, also where QEMU refused the command.  With a copy of FD (-1: none). */
int qemu_monitor_pass(struct qemu_monitor *monitor, const char *command, struct json_object *args, int fd,
                      int deadline_ms, struct json_object **ret);

/* The same with a copy of FD, for a command that takes one. */
int qemu_monitor_call_with(struct qemu_monitor *monitor, const char *command, struct json_object *args, int fd,
                           int deadline_ms, struct json_object **ret);
/* QEMU keeps a copy of FD by that NAME until a command takes it. */
int qemu_monitor_give_fd(struct qemu_monitor *monitor, const char *name, int fd);

/* The two halves of qemu_monitor_call, to send several commands before the first
 * answer.  Each sent command must be waited for once, also after another failed. */
struct qemu_call;
struct qemu_call *qemu_monitor_send(struct qemu_monitor *monitor, const char *command,
                                    struct json_object *args);
int qemu_monitor_wait(struct qemu_monitor *monitor, struct qemu_call *call, int deadline_ms,
                      struct json_object **ret);

/* Waits for all of CALLS; the first failure is the error.  ANSWERS (may be NULL)
 * gets N values to be put, NULL where there is none. */
int qemu_monitor_wait_all(struct qemu_monitor *monitor, struct qemu_call **calls, size_t n, int deadline_ms,
                          struct json_object **answers);

/* Sends a command whose answer goes to DONE (may be NULL) in the loop's thread; VALUE is NULL
 * when QEMU refused it (ERROR says why).  DONE is not called when the monitor closes first. */
typedef void (*qemu_monitor_done_fn)(struct json_object *value, const char *error, void *opaque);
void qemu_monitor_post(struct qemu_monitor *monitor, const char *command, struct json_object *args,
                       qemu_monitor_done_fn done, void *opaque);

/* A call has run into its deadline and QEMU has said nothing since: for so many ms; 0: it speaks. */
int64_t qemu_monitor_silent(struct qemu_monitor *monitor);
bool qemu_monitor_usable(struct qemu_monitor *monitor);
bool qemu_monitor_busy(struct qemu_monitor *monitor);           /* it owes an answer */

/* ---- the sockets of monitors, by uuid, in the state directory (socket.c) ---- */

int qemu_socket_listen(const unsigned char *uuid);
int qemu_socket_connect(const unsigned char *uuid);
void qemu_socket_remove(const unsigned char *uuid);

#endif
