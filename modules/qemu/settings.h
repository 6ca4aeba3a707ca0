/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What qemu.conf says, since the module was loaded; qemu.keys tells it. */
#ifndef QEMU_SETTINGS_H
#define QEMU_SETTINGS_H

struct qemu_settings {
    char *vnc_listen, *spice_listen;
    char *vnc_password, *spice_password;        /* NULL: none */
    unsigned int remote_display_port_min, remote_display_port_max;
    unsigned int max_processes, max_files;      /* 0: as the host has it */
    int max_core;                               /* bytes; -1: unlimited */
    unsigned int seccomp_sandbox, set_process_name, auto_start_bypass_cache;
};

extern struct qemu_settings qemu_settings;      /* valid between load and unload */

int qemu_settings_load(void);
void qemu_settings_unload(void);

#endif
