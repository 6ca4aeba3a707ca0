/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any text as a configuration file: read, then every getter on a few keys. */
#include <string.h>

#include <libvirt/module.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = { "a", "unix_sock_group", "max_clients", "listen_tls", "k", NULL };
    struct vir_conf *conf = vir_conf_parse((const char *)data, size, "fuzz.conf");

    for (size_t i = 0; conf && keys[i]; i++) {
        unsigned long long number;
        const char *const *list;
        const char *text;
        size_t n;

        vir_conf_get_uint(conf, keys[i], 100, &number);
        if (vir_conf_get_string(conf, keys[i], &text) == 1 && strlen(text) > size)
            __builtin_trap();
        if (vir_conf_get_list(conf, keys[i], &list, &n) == 1 && list[n])
            __builtin_trap();
    }
    vir_conf_free(conf);
    virResetLastError();
    return 0;
}
