/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as an auth.conf: what it answers stands in it as one line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "modules/remote/auth-text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const hosts[] = { "", "h", "host.example.com", "default", "[" };
    static const char *const keys[] = { "", "authname", "password", "=" };
    char *text = strndup((const char *)data, size);

    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        for (size_t j = 0; j < sizeof(keys) / sizeof(keys[0]); j++) {
            char *value = remote_auth_text(text, hosts[i], keys[j]);

            if (value && (!strstr(text, value) || strchr(value, '\n')))
                abort();
            free(value);
        }
    }
    free(text);
    return 0;
}
