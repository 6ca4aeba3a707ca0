/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any text as a domain document.  What is read is written, read again with
 * validation and written again: the same text, and equal structs.
 */
#include <stdlib.h>
#include <string.h>

#include "unit-schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
quiet(void *opaque, virErrorPtr error)
{
    (void)opaque;
    (void)error;
}

static void
round_trip(struct unit_domain_def *def)
{
    char *once = unit_domain_def_format(def, VIR_XML_SECURE), *twice;
    struct unit_domain_def *again = unit_domain_def_parse(once, 0), *copy = unit_domain_def_copy(def);

    if (!again || !unit_domain_def_equal(def, copy))
        abort();
    twice = unit_domain_def_format(again, VIR_XML_SECURE);
    if (strcmp(once, twice) != 0)
        abort();
    unit_domain_def_free(again);
    unit_domain_def_free(copy);
    free(once);
    free(twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct unit_domain_def *def;

    virSetErrorFunc(NULL, quiet);
    def = unit_domain_def_parse(text, size % 2 ? VIR_XML_VALIDATE : 0);
    if (def)
        round_trip(def);
    unit_domain_def_free(def);
    virResetLastError();
    free(text);
    return 0;
}
