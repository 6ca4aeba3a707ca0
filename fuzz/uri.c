/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as a URI: parts lie inside the one allocation and hold no NUL. */
#include <stdlib.h>
#include <string.h>

#include "core/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
touch(const char *part)
{
    return part ? strlen(part) : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct vir_uri *uri = vir_uri_parse(text);
    volatile size_t sum = 0;

    if (uri) {
        sum += touch(uri->scheme) + touch(uri->transport) + touch(uri->user) + touch(uri->server) +
               touch(uri->path) + touch(uri->query) + touch(uri->fragment);
        for (size_t i = 0; i < uri->nparams; i++)
            sum += touch(uri->params[i].name) + touch(uri->params[i].value);
        if (sum > 2 * strlen(text) || uri->port < 0 || uri->port > 65535)
            abort();
        if (uri->server && *uri->server == '-')
            abort();
        free(uri);
    }
    virResetLastError();
    free(text);
    return 0;
}
