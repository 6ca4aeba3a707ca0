/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-pki-query-dn FILE: whom a certificate names, as tls_allowed_dn_list of libvirtd.conf takes it. */
#include <libvirt/module-base.h>

#include <getopt.h>
#include <stdio.h>

#include "rpc/tls.h"

static void
print_help(void)
{
    puts("Usage: virt-pki-query-dn FILE\n"
         "\n"
         "Prints whom the certificate in FILE (PEM) names, as tls_allowed_dn_list of\n"
         "libvirtd.conf takes it.\n"
         "\n"
         "  -h, --help     this text\n"
         "  -v, --version  the version");
}

static int
print_name(const char *path)
{
    const char *reason;
    const struct rpc_tls_part *part = rpc_tls_part(&reason);
    VIR_AUTO_FREE char *name = NULL;
    char why[RPC_TLS_WHY];

    if (!part) {
        fprintf(stderr, "virt-pki-query-dn: TLS cannot be had: %s\n", reason);
        return 1;
    }
    name = part->name_of_file(path, why);
    if (!name) {
        fprintf(stderr, "virt-pki-query-dn: %s\n", why);
        return 1;
    }
    puts(name);
    return 0;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'v' }, { NULL, 0, NULL, 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "hv", options, NULL)) != -1) {
        if (option == 'h') {
            print_help();
        } else if (option == 'v') {
            puts("virt-pki-query-dn (libvirt) " VIR_VERSION);
        } else {
            fputs("Try 'virt-pki-query-dn --help'.\n", stderr);
            return 1;
        }
        return 0;
    }
    if (optind != argc - 1) {
        fputs("virt-pki-query-dn: which FILE?\nTry 'virt-pki-query-dn --help'.\n", stderr);
        return 1;
    }
    return print_name(argv[optind]);
}
