/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command line of libvirtd.
 */
#include "daemon/daemon.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/number.h"

static const struct option options[] = {
    { "config", required_argument, NULL, 'f' },
    { "pid-file", required_argument, NULL, 'p' },
    { "daemon", no_argument, NULL, 'd' },
    { "timeout", required_argument, NULL, 't' },
    { "verbose", no_argument, NULL, 'v' },
    { "listen", no_argument, NULL, 'l' },
    { "session", no_argument, NULL, 's' },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { NULL, 0, NULL, 0 },
};

static void
print_help(void)
{
    puts("Usage: libvirtd [OPTION]...\n"
         "\n"
         "Serves the drivers of libvirt to other programs.\n"
         "\n"
         "  -f, --config FILE      settings (default: libvirtd.conf in the configuration directory)\n"
         "  -p, --pid-file FILE    where to write the process number\n"
         "  -d, --daemon           run in the background\n"
         "  -t, --timeout SECONDS  leave after so long without clients and running guests\n"
         "  -v, --verbose          log more\n"
         "  -l, --listen           listen for other hosts too, as listen_tcp says\n"
         "      --session          serve the own session even as root\n"
         "  -h, --help             this text\n"
         "  -V, --version          the version\n"
         "\n"
         "Root runs the system's daemon, everybody else one for the own session.\n"
         "Signals: TERM ends it (guests live on), HUP reads the settings again.");
}

/* Relative names are meant from here, wherever the daemon goes later. */
static char *
absolute(const char *path)
{
    VIR_AUTO_FREE char *here = *path == '/' ? NULL : getcwd(NULL, 0);

    return here ? vir_path_join(here, path) : vir_strdup(path);
}

static int
use(struct daemon_settings *settings, int option, const char *value)
{
    uint64_t number;

    switch (option) {
    case 'f':
        free(settings->config_file);
        settings->config_file = absolute(value);
        settings->config_given = true;
        return 0;
    case 'p':
        free(settings->pid_file);
        settings->pid_file = absolute(value);
        return 0;
    case 'd':
        settings->daemonize = true;
        return 0;
    case 't':
        if (vir_parse_uint(value, DAEMON_IDLE_MAX, &number) == 0) {
            settings->timeout_s = (int)number;
            return 0;
        }
        fprintf(stderr, "libvirtd: --timeout needs a number of seconds, not '%s'\n", value);
        return -1;
    case 'v':
        settings->verbose = true;
        return 0;
    case 'l':
        settings->listen = true;
        return 0;
    case 's':
        settings->privileged = false;
        return 0;
    default:
        fputs("Try 'libvirtd --help'.\n", stderr);
        return -1;
    }
}

int
daemon_settings_options(struct daemon_settings *settings, int argc, char **argv, int *ret_exit)
{
    int option;

    settings->privileged = geteuid() == 0;
    while ((option = getopt_long(argc, argv, "f:p:dt:vlhV", options, NULL)) != -1) {
        *ret_exit = 0;
        if (option == 'h') {
            print_help();
            return -1;
        }
        if (option == 'V') {
            printf("libvirtd (libvirt) %d.%d.%d\n", LIBVIR_VERSION_NUMBER / 1000000,
                   LIBVIR_VERSION_NUMBER / 1000 % 1000, LIBVIR_VERSION_NUMBER % 1000);
            return -1;
        }
        *ret_exit = 1;
        if (use(settings, option, optarg) < 0)
            return -1;
    }
    if (optind < argc) {
        fprintf(stderr, "libvirtd: unexpected argument '%s'\n", argv[optind]);
        *ret_exit = 1;
        return -1;
    }
    return 0;
}
