/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What makes the shell virsh, and the options that it alone has. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

static const struct option options[] = {
    SHELL_OPTIONS,
    { "escape", required_argument, NULL, 'e' },
    { "keepalive-interval", required_argument, NULL, 'k' },
    { "keepalive-count", required_argument, NULL, 'K' },
    { "readonly", no_argument, NULL, 'r' },
    { "timing", no_argument, NULL, 't' },
    { 0 },
};

static const char usage[] =
    "    -c | --connect=URI      the hypervisor to talk to\n"
    "    -d | --debug=NUM        say more: 0 everything, 4 errors only\n"
    "    -e | --escape <char>    what ends a console session (^]: ctrl and ])\n"
    "    -h | --help             this text\n"
    "    -k | --keepalive-interval=NUM\n"
    "                            probe the other side every NUM seconds, 0: never\n"
    "    -K | --keepalive-count=NUM\n"
    "                            give up after NUM unanswered probes\n"
    "    -l | --log=FILE         append what is said to FILE\n"
    "    -q | --quiet            results only\n"
    "    -r | --readonly         refuse everything that changes something\n"
    "    -t | --timing           show how long each command took\n"
    "    -v                      version\n"
    "    -V                      version and build\n"
    "         --version[=TYPE]   short (default) or long\n";

/* & the control character, any other single byte is meant as it is. */
static int
set_escape(struct shell *vsh, const char *text)
{
    const size_t len = strlen(text);

    if (len == 2 && text[0] == '^' && toupper((unsigned char)text[1]) >= '@' &&
        toupper((unsigned char)text[1]) <= '_')
        virsh_options.escape = (char)(toupper((unsigned char)text[1]) ^ 0x40);
    else if (len == 1 && *text != '^')
        virsh_options.escape = *text;
    else
        return shell_error(vsh, "Invalid string '%s' for escape sequence", text);
    return 0;
}

static int
set_keepalive(struct shell *vsh, char option, const char *text, int *ret)
{
    long number;

    if (!shell_read_long(text, &number) || number > INT_MAX || number < INT_MIN)
        return shell_error(vsh, "Invalid value for option -%c", option);
    if (number < 0)
        return shell_error(vsh, "option -%c requires a positive integer argument", option);
    *ret = (int)number;
    if (option == 'k')
        virsh_options.keepalive_asked = true;
    vsh->wants_loop = vsh->wants_loop || (option == 'k' && number > 0);
    return 0;
}

static int
set_option(struct shell *vsh, int code, const char *text)
{
    switch (code) {
    case 'e':
        return set_escape(vsh, text);
    case 'k':
        return set_keepalive(vsh, 'k', text, &virsh_options.keepalive_interval);
    case 'K':
        return set_keepalive(vsh, 'K', text, &virsh_options.keepalive_count);
    case 'r':
        virsh_options.readonly = true;
        return 0;
    default:                            /* -t */
        vsh->timing = true;
        return 0;
    }
}

static const char *
prompt(const struct shell *vsh)
{
    (void)vsh;
    return virsh_options.readonly ? "virsh > " : "virsh # ";
}

const struct shell_tool shell_tool = {
    .name = "virsh", .title = "Virsh", .what = "virtualization", .variables = "VIRSH",
    .uri_variable = "VIRSH_DEFAULT_CONNECT_URI", .usage = usage, .options = options, .set_option = set_option,
    .prompt = prompt, .connect = virsh_open, .connect_to_look = virsh_open_to_look, .is_alive = virsh_is_alive,
    .disconnect = virsh_close,
};
