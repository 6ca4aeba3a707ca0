/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The parts of a machine that are no devices: a file for each, which completes
 * what the document leaves out, checks it, and tells QEMU.
 */
#ifndef QEMU_MACHINE_H
#define QEMU_MACHINE_H

#include "document/domain-xml.h"

struct json_object;
struct qemu_command;
struct qemu_cpu_wanted;
struct qemu_emulator;
struct qemu_machine;
struct qemu_pieces;

/* The board, number of CPUs, what happens at the end (machine.c). */
int qemu_machine_complete(struct qemu_domain_def *doc, const struct qemu_machine *machine);
int qemu_machine_check(const struct qemu_domain_def *doc);
int qemu_machine_startable(const struct qemu_domain_def *doc);
void qemu_machine_build(const struct qemu_def *def, struct qemu_command *command);
void qemu_actions_build(const struct qemu_domain_def *doc, struct qemu_command *command);
/* The same for a QEMU that runs: arguments of set-action. */
struct json_object *qemu_actions_say(const struct qemu_domain_def *doc);

/* memory.c */
int qemu_memory_complete(struct qemu_domain_def *doc);
int qemu_memory_startable(const struct qemu_domain_def *doc);
/* What QEMU gives to a guest that is about to start. */
void qemu_memory_round(struct qemu_domain_def *doc);
/* What it has on the host: directories of files. */
int qemu_memory_open(const struct qemu_domain_def *doc);
void qemu_memory_close(const struct qemu_domain_def *doc);
void qemu_memory_put_machine(const struct qemu_domain_def *doc, struct vir_buf *buf);
int qemu_memory_build(const struct qemu_domain_def *doc, struct qemu_command *command);
int qemu_memory_build_cell(const struct qemu_domain_def *doc, unsigned int cell, struct qemu_command *command);

/* iothreads.c */
int qemu_iothreads_startable(const struct qemu_domain_def *doc);
/* Of the I-th of them. */
unsigned int qemu_iothread_number(const struct qemu_domain_def *doc, unsigned int i);
struct json_object *qemu_iothread_object(const struct qemu_domain_def *doc, unsigned int i);
void qemu_iothreads_build(const struct qemu_domain_def *doc, struct qemu_command *command);

/* numa.c */
int qemu_numa_build(const struct qemu_domain_def *doc, struct qemu_command *command);
/* The same without what is of the host. */
int qemu_numa_build_seen(const struct qemu_domain_def *doc, struct qemu_command *command);
bool qemu_numa_has_hmat(const struct qemu_domain_def *doc);

/* cpu.c */
void qemu_cpu_complete(struct qemu_domain_def *doc, const struct qemu_machine *machine);
int qemu_cpu_check(const struct qemu_domain_def *doc);
int qemu_cpu_build(const struct qemu_def *def, struct qemu_command *command);

/* cpu-start.c */
/* In its place, or behind the others. */
void qemu_cpu_set_feature(struct qemu_domain_def *doc, const char *name, enum qemu_domain_cpu_feature_policy policy);
/* Of a processor that is, or becomes, one of a model; as long as DOC. */
int qemu_cpu_read_wanted(const struct qemu_domain_def *doc, struct qemu_cpu_wanted *ret);
/* What the document leaves to the host is said in it. */
int qemu_cpu_expand(struct qemu_domain_def *doc, const struct qemu_emulator *emulator);
/* The same for a guest that starts, if there can be such a processor. */
int qemu_cpu_begin(struct qemu_domain_def *doc, const struct qemu_emulator *emulator);

/* cpu-told.c */
/* QEMU is asked which processor it gave... */
void qemu_cpu_ask(const struct qemu_domain_def *doc, const struct qemu_emulator *emulator, struct qemu_pieces *pieces);
/* ...and if that can end the start, the guest does not run before it answered. */
bool qemu_cpu_is_verified(const struct qemu_domain_def *doc);
/* The document tells what there is; -1: it must not be another than was asked for. */
int qemu_cpu_learn(struct qemu_def *def, struct json_object *answers);
struct qemu_domstatus_asked_def *qemu_cpu_keep_asked(const struct qemu_domain_def *doc);
/* DOC, a copy of DEF's, asks for the processor that DEF asked for. */
void qemu_cpu_say_asked(const struct qemu_def *def, struct qemu_domain_def *doc);

/* clock.c */
int qemu_clock_check(const struct qemu_domain_def *doc);
int qemu_clock_startable(const struct qemu_domain_def *doc);
void qemu_clock_build(const struct qemu_domain_def *doc, struct qemu_command *command);
/* The variable of the emulator's environment that names the zone of its local time; NULL: the host's. */
char *qemu_clock_zone(const struct qemu_domain_def *doc);
/* What of it belongs into -machine and -cpu. */
bool qemu_clock_without_hpet(const struct qemu_domain_def *doc);
void qemu_clock_put_cpu(const struct qemu_domain_def *doc, struct vir_buf *buf);

/* features.c: parts of -machine, -accel and -cpu, and options of their own. */
int qemu_features_startable(const struct qemu_domain_def *doc);
void qemu_features_put_machine(const struct qemu_domain_def *doc, struct vir_buf *buf);
void qemu_features_put_accel(const struct qemu_domain_def *doc, struct vir_buf *buf);
void qemu_features_put_cpu(const struct qemu_domain_def *doc, struct vir_buf *buf);
void qemu_features_build(struct qemu_domain_def *doc, struct qemu_command *command);

/* boot.c */
int qemu_boot_complete(struct qemu_domain_def *doc);
int qemu_boot_startable(const struct qemu_domain_def *doc);
void qemu_boot_put_machine(const struct qemu_domain_def *doc, struct vir_buf *buf);
void qemu_boot_build(const struct qemu_domain_def *doc, struct qemu_command *command);

/* firmware.c */
/* Files for the kind of firmware that the document asks for; the document names them then. */
int qemu_firmware_choose(struct qemu_domain_def *doc);
/* What the host has for a machine; the caller frees FILES and its N_FILES paths. */
struct qemu_firmware_found {
    bool bios, efi, secure;
    char **files;
    size_t n_files;
};
void qemu_firmware_find(const char *arch, const char *machine, struct qemu_firmware_found *found);
int qemu_firmware_startable(const struct qemu_domain_def *doc);
void qemu_firmware_put_machine(const struct qemu_domain_def *doc, struct vir_buf *buf);
void qemu_firmware_build(const struct qemu_domain_def *doc, struct qemu_command *command);

/* variables.c: what the firmware remembers. */
/* Where that is kept if nothing is said; the caller frees. */
char *qemu_variables_file(const struct qemu_domain_def *doc);
/* The file is there, as it was or (ANEW, too) as the template is. */
int qemu_variables_prepare(const struct qemu_domain_def *doc, bool anew);
bool qemu_variables_are_kept(const struct qemu_domain_def *doc);
int qemu_variables_remove(const struct qemu_domain_def *doc);

/* passed.c: what goes to QEMU behind our back. */
enum { QEMU_MAX_ENV = 60 };
int qemu_passed_startable(const struct qemu_domain_def *doc);
/* Words of the command line; variables of its environment, NULL-terminated, the caller frees the list and each. */
void qemu_passed_build(const struct qemu_domain_def *doc, struct qemu_command *command);
char **qemu_passed_env(const struct qemu_domain_def *doc);
void qemu_passed_put_deprecation(const struct qemu_domain_def *doc, struct qemu_command *command);
/* Other properties of devices. */
int qemu_passed_override(const struct qemu_domain_def *doc, struct qemu_pieces *pieces);

/* smbios.c */
int qemu_smbios_startable(const struct qemu_domain_def *doc);
void qemu_smbios_build(const struct qemu_domain_def *doc, struct qemu_command *command);

#endif
