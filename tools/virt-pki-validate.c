/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virt-pki-validate [--system | --user | --path DIR]: what is wrong with the
 * certificates there, as libvirtd and a client find it, and what mends it.
 */
#include <libvirt/module-base.h>

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpc/tls.h"

enum { RIGHT, WRONG, USAGE };

static const struct rpc_tls_part *part;
static int status = RIGHT;
static unsigned int n_findings;
static struct vir_buf told;             /* the findings; both ends have the same ones of their CA */

static void
tell(const struct rpc_tls_finding *finding, void *opaque)
{
    (void)opaque;
    n_findings++;
    if (told.len && strstr(told.text, finding->text))
        return;
    vir_buf_addf(&told, "%s\n", finding->text);
    printf("%s: %s\n", finding->grave ? "wrong" : "doubtful", finding->text);
    if (*finding->hint)
        printf("  hint: %s\n", finding->hint);
    if (finding->grave)
        status = WRONG;
}

static void
tell_wrong(const char *path, const char *what, const char *command)
{
    struct rpc_tls_finding finding = { .grave = true };

    snprintf(finding.text, sizeof(finding.text), "%s %s", path, what);
    snprintf(finding.hint, sizeof(finding.hint), "%s %s", command, path);
    tell(&finding, NULL);
}

static bool
is_there(const char *path)
{
    return access(path, F_OK) == 0 || errno == EACCES;
}

/* Tells what is not so. */
static bool
can_read(const char *path)
{
    if (access(path, R_OK) == 0)
        return true;
    tell_wrong(path, "cannot be read by this user", "let it: setfacl -m u:$USER:r");
    return false;
}

/* Tells what is wrong when they are loaded, or that nothing is. */
static void
try(const char *noun, bool server, const struct rpc_tls_files *files)
{
    const char *path = files->cert ? files->cert : files->ca;
    VIR_AUTO_FREE char *name = NULL;
    char why[RPC_TLS_WHY];
    unsigned int before = n_findings;

    part->unref(part->load(server, files, tell, NULL));
    if (n_findings > before)
        return;
    name = part->name_of_file(path, why);
    printf("right: the %s certificate %s names '%s'\n", noun, path, name ? name : "");
}

/* The certificate and the key of one end, which need not be there. */
static void
check_end(bool server, const struct rpc_tls_place *place, const char *crl)
{
    const struct rpc_tls_files files = { place->ca, place->cert, place->key, crl, NULL, false };
    const char *noun = server ? "server" : "client";

    if (!is_there(place->cert) && !is_there(place->key))
        printf("none: there is no %s certificate %s: nothing here can be a %s\n", noun, place->cert, noun);
    else if (!is_there(place->key))
        tell_wrong(place->key, "is missing, the key of the certificate",
                   "copy it from where it was made: install -m 600 key.pem");
    else if (!is_there(place->cert))
        tell_wrong(place->cert, "is missing, the certificate of the key",
                   "copy it from where it was signed: install -m 644 cert.pem");
    else if (can_read(place->cert) && can_read(place->key))
        try(noun, server, &files);
}

static void
check(struct rpc_tls_place *server, struct rpc_tls_place *client)
{
    const char *crl = is_there(server->crl) ? server->crl : NULL;
    const struct rpc_tls_files alone = { .ca = server->ca, .crl = crl };

    if (!is_there(server->ca)) {
        tell_wrong(server->ca, "is missing, the certificate of who signs others",
                   "copy it there: install -D -m 644 cacert.pem");
    } else if (can_read(server->ca) && (!crl || can_read(crl))) {
        try("CA", false, &alone);
        check_end(true, server, crl);
        check_end(false, client, crl);
    }
    rpc_tls_place_clear(server);
    rpc_tls_place_clear(client);
}

static void
check_folder(const char *folder)
{
    struct rpc_tls_place server, client;

    rpc_tls_place_folder(&server, folder, true);
    rpc_tls_place_folder(&client, folder, false);
    check(&server, &client);
}

static void
check_host(void)
{
    struct rpc_tls_place server, client;

    rpc_tls_place_host(&server, true);
    rpc_tls_place_host(&client, false);
    check(&server, &client);
}

/* Without a CA of his own a user trusts the host's. */
static void
check_user(const char *folder)
{
    struct rpc_tls_place host, server, client;

    rpc_tls_place_folder(&server, folder, true);
    rpc_tls_place_folder(&client, folder, false);
    rpc_tls_place_host(&host, false);
    if (!is_there(server.ca) && is_there(host.ca)) {
        free(server.ca);
        free(server.crl);
        free(client.ca);
        server.ca = vir_strdup(host.ca);
        server.crl = vir_steal(&host.crl);
        client.ca = vir_strdup(host.ca);
    }
    rpc_tls_place_clear(&host);
    check(&server, &client);
}

static void
print_help(void)
{
    puts("Usage: virt-pki-validate [--system | --user | --path DIR]\n"
         "\n"
         "Checks the certificates and keys for TLS and says of each thing that is wrong\n"
         "how to mend it. Without an option those of this host and, if there are some, of\n"
         "the user.\n"
         "\n"
         "  -s, --system    those of this host: " VIR_SYSCONFDIR "/pki\n"
         "  -u, --user      those of the user: ~/.pki/libvirt\n"
         "  -p, --path DIR  those in DIR, as ?pkipath=DIR of a URI has them\n"
         "  -h, --help      this text\n"
         "  -V, --version   the version\n"
         "\n"
         "Exit status: 0 they can be used, 1 something is wrong, 2 wrong usage.");
}

static int
usage(void)
{
    fputs("Try 'virt-pki-validate --help'.\n", stderr);
    return USAGE;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "system", no_argument, NULL, 's' }, { "user", no_argument, NULL, 'u' },
        { "path", required_argument, NULL, 'p' }, { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
    };
    bool system = false, user = false;
    const char *path = NULL, *reason;
    VIR_AUTO_FREE char *folder = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "sup:hV", options, NULL)) != -1) {
        switch (option) {
        case 's':
            system = true;
            break;
        case 'u':
            user = true;
            break;
        case 'p':
            path = optarg;
            break;
        case 'h':
            print_help();
            return RIGHT;
        case 'V':
            puts("virt-pki-validate (libvirt) " VIR_VERSION);
            return RIGHT;
        default:
            return usage();
        }
    }
    if (optind != argc || system + user + !!path > 1)
        return usage();
    folder = rpc_tls_user_folder();
    if (user && !folder) {
        fputs("virt-pki-validate: HOME is not set\n", stderr);
        return USAGE;
    }
    part = rpc_tls_part(&reason);
    if (!part) {
        fprintf(stderr, "virt-pki-validate: TLS cannot be had: %s\n", reason);
        return WRONG;
    }
    if (path)
        check_folder(path);
    if (system || (!user && !path))
        check_host();
    if (folder && (user || (!system && !path && is_there(folder))))
        check_user(folder);
    vir_buf_free(&told);
    return status;
}
