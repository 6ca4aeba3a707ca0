/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any text as a document of any kind, by the vocabulary alone.  What is read is written,
 * read again and written again: the same text, also by another reader's rules.  A file of
 * our own from which something wrong was left out may lose at the next reading what meant
 * something with it alone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>
#include <libvirt/module-xml.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

static void
again(const char *once, unsigned int flags)
{
    char *twice = vir_xml_canonical(once, NULL, flags | VIR_XML_SECURE);

    if (!twice || strcmp(once, twice) != 0)
        abort();
    free(twice);
}

static char *
replaced(char *once, unsigned int flags)
{
    char *twice = vir_xml_canonical(once, NULL, flags | VIR_XML_SECURE);

    if (!twice)
        abort();
    free(once);
    return twice;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size), *once;
    static const unsigned int flags[] = { 0, VIR_XML_VALIDATE, VIR_XML_OWN };

    virSetErrorFunc(NULL, quiet);
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        once = vir_xml_canonical(text, NULL, flags[i] | VIR_XML_SECURE);
        if (once && flags[i] & VIR_XML_OWN)
            once = replaced(once, flags[i]);
        if (once)
            again(once, flags[i]);
        free(once);
        free(vir_xml_canonical(text, NULL, flags[i] | VIR_XML_INACTIVE));
    }
    virResetLastError();
    free(text);
    return 0;
}
