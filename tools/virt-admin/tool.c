/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What makes the shell virt-admin. */
#include <getopt.h>

#include "virt-admin.h"

static const struct option options[] = { SHELL_OPTIONS, { 0 } };

static const char usage[] =
    "    -c | --connect=URI      the daemon to talk to\n"
    "    -d | --debug=NUM        say more: 0 everything, 4 errors only\n"
    "    -h | --help             this text\n"
    "    -l | --log=FILE         append what is said to FILE\n"
    "    -q | --quiet            results only\n"
    "    -v                      version\n"
    "    -V                      version and build\n"
    "         --version[=TYPE]   short (default) or long\n";

static const char *
prompt(const struct shell *vsh)
{
    (void)vsh;
    return "virt-admin # ";
}

/* Which daemon is meant where nothing says so, the library knows. */
const struct shell_tool shell_tool = {
    .name = "virt-admin", .title = "Virt-admin", .what = "administrating virtualization",
    .variables = "VIRT_ADMIN", .usage = usage, .options = options, .prompt = prompt,
    .connect = admin_open, .connect_to_look = admin_open_to_look, .is_alive = admin_is_alive, .disconnect = admin_close,
};
