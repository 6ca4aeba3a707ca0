/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets: passphrases that domains and pools use, and whose values never stand in their documents. */
#include <stdlib.h>
#include <string.h>

#include "rows/secret.h"

#include "base64.h"

/* What somebody types at the terminal, unseen; the caller frees. */
static char *
ask(struct shell *vsh)
{
    virConnectCredential line = { .type = VIR_CRED_NOECHOPROMPT, .prompt = "Enter new value for secret" };

    if (virConnectAuthPtrDefault->cb(&line, 1, virConnectAuthPtrDefault->cbdata) < 0) {
        shell_error(vsh, "Failed to read secret");
        return NULL;
    }
    return line.result;
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
    if (args->interactive)
        return ask(vsh);
    shell_error(vsh, "Input secret value is missing");
    return NULL;
}

int
run_secret_set_value(struct shell *vsh, const struct secret_set_value_args *args)
{
    char *value = secret_input(vsh, args);
    size_t len = value ? strlen(value) : 0;
    ssize_t n;
    int result = -1;

    if (!value)
        return -1;
    n = args->plain || args->interactive ? (ssize_t)len : vir_base64_decode(value, len, value);
    if (n >= 0)
        result = virSecretSetValue(args->secret, (unsigned char *)value, (size_t)n, 0);
    explicit_bzero(value, len);
    free(value);
    if (n < 0)
        return shell_error(vsh, "Failed to decode base64 value");
    if (result < 0)
        return shell_error(vsh, "Failed to set secret value");
    shell_print_extra(vsh, "Secret value set\n");
    return 0;
}

int
run_secret_get_value(struct shell *vsh, const struct secret_get_value_args *args)
{
    unsigned char *value;
    char *text;
    size_t n;

    value = virSecretGetValue(args->secret, &n, 0);
    if (!value)
        return -1;
    text = vir_alloc((args->plain ? n : vir_base64_length(n)) + 1);
    if (args->plain)
        memcpy(text, value, n);
    else
        vir_base64_encode(value, n, text);
    explicit_bzero(value, n);
    free(value);
    shell_print(vsh, "%s", text);
    explicit_bzero(text, strlen(text));
    free(text);
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
