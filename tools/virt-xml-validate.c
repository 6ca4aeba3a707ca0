/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virt-xml-validate FILE [KIND]: whether a document is what the schema says.  Exit
 * status as of the script of old: 1 not used well or not well-formed, 2 no such file,
 * 3 not valid or of no known kind, 4 no such kind.
 */
#include <libvirt/module-xml.h>

#include <errno.h>
#include <getopt.h>
#include <libvirt/libvirt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VALID, USAGE, NO_FILE, INVALID, NO_KIND };

static const char program[] = "virt-xml-validate";

static void
quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

static void
usage(FILE *stream)
{
    fprintf(stream, "Usage:\n  %s [--canonical] FILE [KIND]\n\n"
            "Checks an XML document of libvirt against its schema; FILE - is standard input.\n"
            "Without KIND the root element tells what it is.\n\nOptions:\n"
            "  -c | --canonical   print the document as libvirt writes it\n"
            "  -h | --help        print this\n"
            "  -V | --version     print the version\n\nKinds:\n", program);
    for (size_t i = 0; vir_xml_kind(i); i++)
        fprintf(stream, "%s%s", i ? " " : "  ", vir_xml_kind(i));
    fprintf(stream, "\n");
}

/* The whole of the stream, or more of it than a document may have; NULL: it cannot be read. */
static char *
read_all(FILE *stream, size_t *ret_len)
{
    struct vir_buf buf = { 0 };
    char piece[8192];
    size_t n;

    while (buf.len <= VIR_KEEP_MAX && (n = fread(piece, 1, sizeof(piece), stream)) > 0)
        vir_buf_add_mem(&buf, piece, n);
    if (ferror(stream)) {
        vir_buf_free(&buf);
        return NULL;
    }
    *ret_len = buf.len;
    return vir_buf_steal(&buf);
}

static char *
read_file(const char *path, size_t *ret_len)
{
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *text = stream ? read_all(stream, ret_len) : NULL;

    if (!text)
        fprintf(stderr, "%s: document %s cannot be read: %s\n", program, path, strerror(errno));
    if (stream && stream != stdin)
        fclose(stream);
    return text;
}

static int
status_of(const virError *error)
{
    return !error || error->code == VIR_ERR_XML_DETAIL ? USAGE
        : error->code == VIR_ERR_INVALID_ARG && error->domain != VIR_FROM_XML ? NO_KIND : INVALID;
}

static int
validate(const char *path, const char *kind, bool canonical)
{
    size_t len = 0;
    VIR_AUTO_FREE char *text = read_file(path, &len), *written = NULL;

    if (!text)
        return NO_FILE;
    if (strlen(text) < len) {
        fprintf(stderr, "%s: there is a NUL behind %zu bytes\n%s fails to validate\n", path, strlen(text),
                path);
        return USAGE;
    }
    written = vir_xml_canonical(text, kind, VIR_XML_VALIDATE | VIR_XML_SECURE | VIR_XML_LOCAL);
    if (!written) {
        fprintf(stderr, "%s: %s\n%s fails to validate\n", path, virGetLastErrorMessage(), path);
        return status_of(virGetLastError());
    }
    if (canonical)
        fputs(written, stdout);
    fprintf(stderr, "%s validates\n", path);
    return VALID;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {
        { "canonical", no_argument, NULL, 'c' }, { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 },
    };
    bool canonical = false;
    int option;

    virSetErrorFunc(NULL, quiet);
    while ((option = getopt_long(argc, argv, "chV", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            canonical = true;
            break;
        case 'h':
            usage(stdout);
            return VALID;
        case 'V':
            printf("%s\n", VIR_VERSION);
            return VALID;
        default:
            return USAGE;
        }
    }
    if (argc - optind < 1 || argc - optind > 2) {
        usage(stderr);
        return USAGE;
    }
    return validate(argv[optind], argv[optind + 1], canonical);
}
