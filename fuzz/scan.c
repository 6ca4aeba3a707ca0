/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any text through the linear scan: every start tag that it notes is one, they
 * rise, and what libxml2 accepts afterwards has just as many elements.
 */
#include <stdlib.h>
#include <string.h>

#include "driver/xml/scan.h"
#include "driver/xml/tree.h"

#include <libvirt/module.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct xml_tree tree;
    uint32_t *tags;
    size_t n;

    if (xml_scan(text, strlen(text), 1, &tags, &n) == 0) {
        for (size_t i = 0; i < n; i++)
            if (text[tags[i]] != '<' || (i && tags[i] <= tags[i - 1]))
                abort();
        free(tags);
        if (xml_tree_parse(&tree, text, 1) == 0)
            xml_tree_free(&tree);
        else if (virGetLastErrorCode() == VIR_ERR_INTERNAL_ERROR)
            abort();                    /* scan and parser disagree on a well-formed document */
    }
    virResetLastError();
    free(text);
    return 0;
}
