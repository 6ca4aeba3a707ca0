/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rewrite [inactive]: documents of any kind through the vocabulary, as a driver would write
 * them; inactive: without what only a running one has.  Reads documents, each ended by a NUL, and answers each with a line "CODE
 * MICROSECONDS" (the thread's own), then the document or the error, and a NUL.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libvirt/module-xml.h>
#include <libvirt/virterror.h>

static int64_t
microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
answer(const char *document, unsigned int flags)
{
    int64_t begin = microseconds();
    char *text = vir_xml_canonical(document, NULL, flags);
    int64_t took = microseconds() - begin;

    printf("%d %lld\n%s%c", text ? 0 : virGetLastErrorCode(), (long long)took,
           text ? text : virGetLastErrorMessage(), '\0');
    virResetLastError();
    free(text);
}

int
main(int argc, char **argv)
{
    unsigned int flags = VIR_XML_SECURE | (argc > 1 && strcmp(argv[1], "inactive") == 0 ? VIR_XML_INACTIVE : 0);
    char *document = NULL;
    size_t room = 0;

    if (virInitialize() < 0)
        return 1;
    virSetErrorFunc(NULL, NULL);
    while (getdelim(&document, &room, '\0', stdin) > 0)
        answer(document, flags);
    free(document);
    return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
