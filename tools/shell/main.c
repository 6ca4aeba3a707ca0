/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Global options, and what is to be run: one command, a command string, or the shell. */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell.h"

#define SEE_WEB "See web site at https://libvirt.org/\n"

/* What the program is, and the version of the interface that it speaks. */
static void
print_version(struct shell *vsh, bool details)
{
    const int number = LIBVIR_VERSION_NUMBER;

    if (details)
        shell_print(vsh, "%s command line tool of libvirt ", shell_tool.title);
    shell_print(vsh, "%d.%d.%d\n", number / 1000000, number / 1000 % 1000, number % 1000);
    if (details) {
        shell_print(vsh, SEE_WEB "\nDrivers are modules: libvirt-module --list names those of this machine.\n"
                    " Line editing: %s\n", access(VIR_PARTSDIR "/shell-edit.so", R_OK) == 0 ? "yes" : "no");
    }
}

#define DEBUG_MAX 4

bool
shell_read_long(const char *text, long *ret)
{
    char *end;

    errno = 0;
    *ret = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static int
set_debug(struct shell *vsh, const char *text)
{
    long level;

    if (!shell_read_long(text, &level))
        return shell_error(vsh, "option -d takes a numeric argument");
    if (level < 0 || level > DEBUG_MAX)
        shell_error(vsh, "ignoring debug level %ld out of range [0-%d]", level, DEBUG_MAX);
    else
        vsh->debug = (int)level;
    return 0;
}

static int
bad_option(struct shell *vsh, int code, char *const *argv)
{
    const struct option *option = shell_tool.options;

    if (code == ':') {
        while (option->name && option->val != optopt)
            option++;
        return shell_error(vsh, "option '-%c'/'--%s' requires an argument", optopt, option->name);
    }
    if (optopt != 0 && optopt < SHELL_LONG_VERSION && strncmp(argv[optind - 1], "--", 2) != 0)
        return shell_error(vsh, "unsupported option '-%c'. See --help.", optopt);
    return shell_error(vsh, "unsupported option '%s'. See --help.", argv[optind - 1]);
}

/* One global option. 1: it was answered, nothing is left to do; -1: it is wrong. */
static int
set_option(struct shell *vsh, int code, char *const *argv)
{
    switch (code) {
    case 'c':
        free(vsh->uri);
        vsh->uri = vir_strdup(optarg);
        vsh->connects_at_once = true;
        return 0;
    case 'd':
        return set_debug(vsh, optarg);
    case 'l':
        return shell_log_open(vsh, optarg);
    case 'q':
        vsh->quiet = true;
        return 0;
    case 'h':
        shell_usage(vsh);
        return 1;
    case 'v':
    case 'V':
    case SHELL_LONG_VERSION:
        print_version(vsh, code == 'V' || (optarg && strcmp(optarg, "long") == 0));
        return 1;
    case ':':
    case '?':
        return bad_option(vsh, code, argv);
    default:
        return shell_tool.set_option(vsh, code, optarg);
    }
}

/* Each long option has a letter but --version, which has two. */
static char *
letters_of(const struct option *options)
{
    struct vir_buf letters = { 0 };

    vir_buf_add(&letters, "+:vV");
    for (; options->name; options++)
        if (options->val < SHELL_LONG_VERSION)
            vir_buf_addf(&letters, "%c%s", options->val, options->has_arg ? ":" : "");
    return vir_buf_steal(&letters);
}

static int
read_options(struct shell *vsh, int argc, char **argv)
{
    VIR_AUTO_FREE char *letters = letters_of(shell_tool.options);
    int code, result = 0;

    opterr = 0;
    while (result == 0 && (code = getopt_long(argc, argv, letters, shell_tool.options, NULL)) >= 0)
        result = set_option(vsh, code, argv);
    return result;
}

static const char *
variable(const char *end)
{
    VIR_AUTO_FREE char *name = vir_strdup_printf("%s_%s", shell_tool.variables, end);
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

static int
read_environment(struct shell *vsh)
{
    const char *debug = variable("DEBUG"), *log = variable("LOG_FILE");
    const char *uri = shell_tool.uri_variable ? getenv(shell_tool.uri_variable) : NULL;
    long level = vsh->debug;

    if (debug && (!shell_read_long(debug, &level) || level < 0 || level > DEBUG_MAX))
        shell_error(vsh, "%s_DEBUG not set with a valid numeric value", shell_tool.variables);
    else
        vsh->debug = (int)level;
    if (uri && *uri)
        vsh->uri = vir_strdup(uri);
    return log ? shell_log_open(vsh, log) : 0;
}

static bool
needs_loop(const struct shell_call *call)
{
    bool loops = call->command->flags & SHELL_LOOP;

    for (size_t i = 0; i < call->n_values; i++)
        loops = loops || call->values[i].option->flags & SHELL_LOOPS;
    return loops;
}

static int
run_calls(struct shell *vsh, const struct shell_call *calls)
{
    for (const struct shell_call *call = calls; call; call = call->next)
        vsh->wants_loop = vsh->wants_loop || needs_loop(call);
    if (vsh->connects_at_once && shell_tool.connect(vsh, SHELL_AT_ONCE) < 0) {
        shell_error_report(vsh);
        return -1;
    }
    return shell_run(vsh, calls);
}

/* One argument is a command string, several are one command. */
static int
run_arguments(struct shell *vsh, char *const *words, size_t n)
{
    struct shell_call *calls = NULL;
    int result;

    if (n == 1) {
        if (*words[0] == '\0')
            return -1;
        shell_debug(vsh, 1, "commands: \"%s\"\n", words[0]);
        result = shell_parse_text(vsh, words[0], &calls);
    } else {
        result = shell_parse_words(vsh, words, n, &calls);
    }
    if (result == 0)
        result = run_calls(vsh, calls);
    shell_calls_free(calls);
    return result;
}

static int
run_shell(struct shell *vsh)
{
    vsh->wants_loop = true;
    return run_calls(vsh, NULL) < 0 ? -1 : shell_interactive(vsh);
}

int
main(int argc, char **argv)
{
    struct shell vsh = {
        .log_fd = -1, .debug = 4, .main_thread = pthread_self(),
    };
    int result = read_environment(&vsh);

    if (result == 0)
        result = read_options(&vsh, argc, argv);
    if (result == 0) {
        virSetErrorFunc(&vsh, shell_error_handler);
        result = optind < argc ? run_arguments(&vsh, argv + optind, (size_t)(argc - optind))
                               : run_shell(&vsh);
        if (vsh.conn)
            shell_tool.disconnect(&vsh, vsh.conn);
        shell_loop_stop();
    }
    shell_error_forget(&vsh);
    free(vsh.uri);
    if (fflush(stdout) != 0 && result >= 0)
        result = shell_error(&vsh, "cannot write to standard output: %s", strerror(errno));
    if (vsh.log_fd >= 0)
        close(vsh.log_fd);
    return result < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
