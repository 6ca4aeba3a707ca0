/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virsh: global options, and what is to be run: one command, a command string, or the shell. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "virsh.h"

#define SEE_WEB "See web site at https://libvirt.org/\n"

enum { OPTION_VERSION = 256 };

static const struct option long_options[] = {
    { "connect", required_argument, NULL, 'c' },
    { "debug", required_argument, NULL, 'd' },
    { "escape", required_argument, NULL, 'e' },
    { "help", no_argument, NULL, 'h' },
    { "keepalive-interval", required_argument, NULL, 'k' },
    { "keepalive-count", required_argument, NULL, 'K' },
    { "log", required_argument, NULL, 'l' },
    { "quiet", no_argument, NULL, 'q' },
    { "readonly", no_argument, NULL, 'r' },
    { "timing", no_argument, NULL, 't' },
    { "version", optional_argument, NULL, OPTION_VERSION },
    { 0 },
};

/* What the program is, and the version of the interface that it speaks. */
static void
print_version(struct virsh *vsh, bool details)
{
    const int number = LIBVIR_VERSION_NUMBER;

    if (details)
        virsh_print(vsh, "Virsh command line tool of libvirt ");
    virsh_print(vsh, "%d.%d.%d\n", number / 1000000, number / 1000 % 1000, number % 1000);
    if (details) {
        virsh_print(vsh, SEE_WEB "\nDrivers are modules: libvirt-module --list names those of this machine.\n"
                    " Line editing: %s\n", access(VIR_PARTSDIR "/virsh-edit.so", R_OK) == 0 ? "yes" : "no");
    }
}

#define DEBUG_MAX 4

static bool
read_long(const char *text, long *ret)
{
    char *end;

    errno = 0;
    *ret = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static int
set_debug(struct virsh *vsh, const char *text)
{
    long level;

    if (!read_long(text, &level))
        return virsh_error(vsh, "option -d takes a numeric argument");
    if (level < 0 || level > DEBUG_MAX)
        virsh_error(vsh, "ignoring debug level %ld out of range [0-%d]", level, DEBUG_MAX);
    else
        vsh->debug = (int)level;
    return 0;
}

/* & the control character, any other single byte is meant as it is. */
static int
set_escape(struct virsh *vsh, const char *text)
{
    const size_t len = strlen(text);

    if (len == 2 && text[0] == '^' && toupper((unsigned char)text[1]) >= '@' &&
        toupper((unsigned char)text[1]) <= '_')
        vsh->escape = (char)(toupper((unsigned char)text[1]) ^ 0x40);
    else if (len == 1 && *text != '^')
        vsh->escape = *text;
    else
        return virsh_error(vsh, "Invalid string '%s' for escape sequence", text);
    return 0;
}

static int
set_keepalive(struct virsh *vsh, char option, const char *text, int *ret)
{
    long number;

    if (!read_long(text, &number) || number > INT_MAX || number < INT_MIN)
        return virsh_error(vsh, "Invalid value for option -%c", option);
    if (number < 0)
        return virsh_error(vsh, "option -%c requires a positive integer argument", option);
    *ret = (int)number;
    if (option == 'k')
        vsh->keepalive_asked = true;
    vsh->wants_loop = vsh->wants_loop || (option == 'k' && number > 0);
    return 0;
}

static int
bad_option(struct virsh *vsh, int code, char *const *argv)
{
    const struct option *option = long_options;

    if (code == ':') {
        while (option->name && option->val != optopt)
            option++;
        return virsh_error(vsh, "option '-%c'/'--%s' requires an argument", optopt, option->name);
    }
    if (optopt != 0 && optopt < OPTION_VERSION && strncmp(argv[optind - 1], "--", 2) != 0)
        return virsh_error(vsh, "unsupported option '-%c'. See --help.", optopt);
    return virsh_error(vsh, "unsupported option '%s'. See --help.", argv[optind - 1]);
}

/* One global option. 1: it was answered, nothing is left to do; -1: it is wrong. */
static int
set_option(struct virsh *vsh, int code, char *const *argv)
{
    switch (code) {
    case 'c':
        free(vsh->uri);
        vsh->uri = vir_strdup(optarg);
        vsh->connects_at_once = true;
        return 0;
    case 'd':
        return set_debug(vsh, optarg);
    case 'e':
        return set_escape(vsh, optarg);
    case 'k':
        return set_keepalive(vsh, 'k', optarg, &vsh->keepalive_interval);
    case 'K':
        return set_keepalive(vsh, 'K', optarg, &vsh->keepalive_count);
    case 'l':
        return virsh_log_open(vsh, optarg);
    case 'q':
        vsh->quiet = true;
        return 0;
    case 'r':
        vsh->readonly = true;
        return 0;
    case 't':
        vsh->timing = true;
        return 0;
    case 'h':
        virsh_usage(vsh);
        return 1;
    case 'v':
    case 'V':
    case OPTION_VERSION:
        print_version(vsh, code == 'V' || (optarg && strcmp(optarg, "long") == 0));
        return 1;
    default:
        return bad_option(vsh, code, argv);
    }
}

static int
read_options(struct virsh *vsh, int argc, char **argv)
{
    int code, result = 0;

    opterr = 0;
    while (result == 0 && (code = getopt_long(argc, argv, "+:c:d:e:hk:K:l:qrtvV", long_options, NULL)) >= 0)
        result = set_option(vsh, code, argv);
    return result;
}

static int
read_environment(struct virsh *vsh)
{
    const char *debug = getenv("VIRSH_DEBUG"), *log = getenv("VIRSH_LOG_FILE");
    const char *uri = getenv("VIRSH_DEFAULT_CONNECT_URI");
    long level = vsh->debug;

    if (debug && *debug && (!read_long(debug, &level) || level < 0 || level > DEBUG_MAX))
        virsh_error(vsh, "VIRSH_DEBUG not set with a valid numeric value");
    else
        vsh->debug = (int)level;
    if (uri && *uri)
        vsh->uri = vir_strdup(uri);
    return log && *log ? virsh_log_open(vsh, log) : 0;
}

static bool
needs_loop(const struct virsh_call *call)
{
    bool loops = call->command->flags & VIRSH_LOOP;

    for (size_t i = 0; i < call->n_values; i++)
        loops = loops || call->values[i].option->flags & VIRSH_LOOPS;
    return loops;
}

static int
run_calls(struct virsh *vsh, const struct virsh_call *calls)
{
    for (const struct virsh_call *call = calls; call; call = call->next)
        vsh->wants_loop = vsh->wants_loop || needs_loop(call);
    if (vsh->connects_at_once && virsh_connect(vsh, vsh->uri, vsh->readonly) < 0) {
        virsh_error_report(vsh);
        return -1;
    }
    return virsh_run(vsh, calls);
}

/* One argument is a command string, several are one command. */
static int
run_arguments(struct virsh *vsh, char *const *words, size_t n)
{
    struct virsh_call *calls = NULL;
    int result;

    if (n == 1) {
        if (*words[0] == '\0')
            return -1;
        virsh_debug(vsh, 1, "commands: \"%s\"\n", words[0]);
        result = virsh_parse_text(vsh, words[0], &calls);
    } else {
        result = virsh_parse_words(vsh, words, n, &calls);
    }
    if (result == 0)
        result = run_calls(vsh, calls);
    virsh_calls_free(calls);
    return result;
}

static int
run_shell(struct virsh *vsh)
{
    vsh->wants_loop = true;
    return run_calls(vsh, NULL) < 0 ? -1 : virsh_shell(vsh);
}

int
main(int argc, char **argv)
{
    struct virsh vsh = {
        .log_fd = -1, .debug = 4, .escape = ']' ^ 0x40, .keepalive_interval = 5, .keepalive_count = 6,
        .main_thread = pthread_self(),
    };
    int result = read_environment(&vsh);

    if (result == 0)
        result = read_options(&vsh, argc, argv);
    if (result == 0) {
        virSetErrorFunc(&vsh, virsh_error_handler);
        result = optind < argc ? run_arguments(&vsh, argv + optind, (size_t)(argc - optind))
                               : run_shell(&vsh);
        virsh_disconnect(&vsh);
        virsh_loop_stop();
    }
    virsh_error_forget(&vsh);
    free(vsh.uri);
    if (fflush(stdout) != 0 && result >= 0)
        result = virsh_error(&vsh, "cannot write to standard output: %s", strerror(errno));
    if (vsh.log_fd >= 0)
        close(vsh.log_fd);
    return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
