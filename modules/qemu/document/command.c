/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line of an emulator.  Values that can hold any character are given as
 * JSON, or as an argument of their own.
 */
#include "document/command.h"
#include "document/machine.h"
#include "document/vcpus.h"
#include "settings.h"

#include <stdlib.h>

static void
add_name(struct qemu_command *command, const char *name)
{
    struct vir_buf buf = { 0 };

    vir_buf_add(&buf, "guest=");
    qemu_buf_add_text(&buf, name);
    if (qemu_settings.set_process_name) {
        vir_buf_add(&buf, ",process=qemu:");
        qemu_buf_add_text(&buf, name);
    }
    vir_buf_add(&buf, ",debug-threads=on");
    qemu_command_add(command, "-name", buf.text);
    vir_buf_free(&buf);
}

static void
add_monitor(struct qemu_command *command, int fd)
{
    qemu_command_addf(command, "-chardev", "socket,id=charmonitor,fd=%d,server=on,wait=off", fd);
    qemu_command_add(command, "-mon", "chardev=charmonitor,id=monitor,mode=control");
}

static int
add_devices(struct qemu_command *command, const struct qemu_def *def, struct qemu_opened *opened)
{
    struct qemu_board board = qemu_board_of(def->doc);

    board.opened = opened;
    if (qemu_devices_build(&board, &command->pieces) < 0 || qemu_passed_override(def->doc, &command->pieces) < 0)
        return -1;
    qemu_command_pieces(command, &command->pieces);
    return 0;
}

int
qemu_command_make(const struct qemu_def *def, int monitor_fd, struct qemu_opened *opened, struct qemu_command *ret)
{
    struct qemu_domain_def *doc = def->doc;
    struct qemu_command command = { 0 };
    char uuid[VIR_UUID_STRING_BUFLEN];

    qemu_command_add(&command, doc->devices.emulator, NULL);
    add_name(&command, doc->name);
    qemu_command_add(&command, "-S", NULL);
    qemu_firmware_build(doc, &command);
    qemu_machine_build(def, &command);
    if (qemu_cpu_build(def, &command) < 0 || qemu_memory_build(doc, &command) < 0)
        goto fail;
    qemu_vcpus_build(doc, &command);
    qemu_iothreads_build(doc, &command);
    if (qemu_numa_build(doc, &command) < 0)
        goto fail;
    vir_uuid_format(doc->uuid, uuid);
    qemu_command_add(&command, "-uuid", uuid);
    qemu_smbios_build(doc, &command);
    qemu_command_add(&command, "-display", "none");
    qemu_command_add(&command, "-no-user-config", NULL);
    qemu_command_add(&command, "-nodefaults", NULL);
    qemu_passed_put_deprecation(doc, &command);
    add_monitor(&command, monitor_fd);
    qemu_clock_build(doc, &command);
    qemu_features_build(doc, &command);
    qemu_actions_build(doc, &command);
    qemu_boot_build(doc, &command);
    if (add_devices(&command, def, opened) < 0)
        goto fail;
    qemu_passed_build(doc, &command);
    if (qemu_settings.seccomp_sandbox)
        qemu_command_add(&command, "-sandbox",
                         "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    qemu_command_add(&command, "-msg", "timestamp=on");
    *ret = command;
    return 0;

fail:
    qemu_command_free(&command);
    return -1;
}
