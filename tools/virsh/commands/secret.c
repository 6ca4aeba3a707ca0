/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets: passphrases that domains and pools use, and whose values never stand in their documents. */
#include <stdlib.h>
#include <string.h>

#include "rows/secret.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static char *
base64_text(const unsigned char *bytes, size_t n)
{
    struct vir_buf buf = { 0 };

    for (size_t i = 0; i < n; i += 3) {
        const size_t left = n - i;
        const uint32_t three = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? bytes[i + 2] : 0);

        vir_buf_addf(&buf, "%c%c%c%c", digits[three >> 18], digits[three >> 12 & 63],
                     left > 1 ? digits[three >> 6 & 63] : '=', left > 2 ? digits[three & 63] : '=');
    }
    return vir_buf_steal(&buf);
}

/* Into the same bytes; -1: it is none. */
static ssize_t
base64_bytes(char *text)
{
    unsigned char *out = (unsigned char *)text;
    size_t len = strcspn(text, "\n="), n = 0;
    uint32_t bits = 0;

    if (strspn(text + len, "\n=") != strlen(text + len) || len % 4 == 1)
        return -1;
    for (size_t i = 0; i < len; i++) {
        const char *digit = strchr(digits, text[i]);

        if (!digit)
            return -1;
        bits = bits << 6 | (uint32_t)(digit - digits);
        if (i % 4 != 0)
            out[n++] = (unsigned char)(bits >> (6 - 2 * (i % 4)));
    }
    return (ssize_t)n;
}

/* The value as text, which the caller frees. */
static char *
secret_input(struct shell *vsh, const struct secret_set_value_args *args)
{
    if (args->base64) {
        shell_error(vsh, "Passing secret value as command-line argument is insecure!");
        return vir_strdup(args->base64);
    }
    if (args->file)
        return vir_strdup(args->file);
    shell_error(vsh, args->interactive ? "reading a secret from the terminal is not supported yet"
                                       : "Input secret value is missing");
    return NULL;
}

int
run_secret_set_value(struct shell *vsh, const struct secret_set_value_args *args)
{
    VIR_AUTO_FREE char *value = secret_input(vsh, args);
    ssize_t n;
    int result;

    if (!value)
        return -1;
    n = args->plain ? (ssize_t)strlen(value) : base64_bytes(value);
    if (n < 0)
        return shell_error(vsh, "Failed to decode base64 value");
    result = virSecretSetValue(args->secret, (unsigned char *)value, (size_t)n, 0);
    explicit_bzero(value, (size_t)n);
    if (result < 0)
        return shell_error(vsh, "Failed to set secret value");
    shell_print_extra(vsh, "Secret value set\n");
    return 0;
}

int
run_secret_get_value(struct shell *vsh, const struct secret_get_value_args *args)
{
    VIR_AUTO_FREE char *text = NULL;
    unsigned char *value;
    size_t n;

    value = virSecretGetValue(args->secret, &n, 0);
    if (!value)
        return -1;
    text = args->plain ? vir_strndup((const char *)value, n) : base64_text(value, n);
    explicit_bzero(value, n);
    free(value);
    shell_print(vsh, "%s", text);
    explicit_bzero(text, strlen(text));
    return 0;
}

static void
add_row(struct shell_table *table, void *secret)
{
    static const char *const types[] = { "none", "volume", "ceph", "iscsi", "tls", "vtpm" };
    const int type = virSecretGetUsageType(secret);
    const char *id = virSecretGetUsageID(secret);
    VIR_AUTO_FREE char *usage = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    usage = type == VIR_SECRET_USAGE_TYPE_NONE ? vir_strdup("Unused")
        : vir_strdup_printf("%s %s", SHELL_NAME_OF(types, type), id ? id : "");
    virSecretGetUUIDString(secret, uuid);
    shell_table_row(table, uuid, usage, NULL);
}

int
run_secret_list(struct shell *vsh, const struct secret_list_args *args)
{
    return shell_show_table(vsh, SHELL_SECRET, args->flags, "Failed to list node secrets",
                            SHELL_TITLES("UUID", "Usage"), add_row);
}
