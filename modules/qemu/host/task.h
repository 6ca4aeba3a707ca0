/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads of other processes: where the host runs them, how, and what they have used. */
#ifndef QEMU_TASK_H
#define QEMU_TASK_H

#include "qemu.h"

/* The thread of PID that is called NAME (at most 15 bytes, the kernel's limit); 0: there is none, no error set. */
pid_t qemu_task_named(pid_t pid, const char *name);

struct qemu_task_facts {
    uint64_t cpu_ns;
    int cpu;                            /* where it ran last */
};
/* -1, no error set: there is no such thread. */
int qemu_task_read(pid_t pid, pid_t task, struct qemu_task_facts *ret);

/* CPUS as a text; WHAT is for messages. */
int qemu_task_pin(pid_t task, const char *cpus, const char *what);
/* PRIORITY means something with fifo and rr only. */
int qemu_task_schedule(pid_t task, const char *policy, int priority, const char *what);

/* How many CPUs the host has, be they online or not. */
unsigned int qemu_host_cpus(void);
/* Those that are online, as a text; NULL: the host does not say.  The caller frees it. */
char *qemu_cpus_online(void);
/* A map of the calls from a text (NULL: all of the host); and the text of a map; NULL with an error: an empty one.
 * The caller frees it. */
void qemu_cpus_to_map(const char *cpus, unsigned char *map, int maplen);
char *qemu_cpus_from_map(const unsigned char *map, int maplen);

#endif
