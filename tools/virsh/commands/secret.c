/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Secrets: passphrases that domains and pools use, and whose values never stand in their documents. */
#include <stdlib.h>
#include <string.h>

#include "object.h"

#define KIND secret
#define KIND_TYPE virSecretPtr

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

static int
run_secret_define(struct virsh *vsh, const struct virsh_call *call)
{
    VIR_AUTO_FREE char *xml = virsh_file(vsh, call, "file");
    VIRSH_AUTO(secret) virSecretPtr secret = NULL;
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (!xml)
        return -1;
    secret = virSecretDefineXML(vsh->conn, xml,
                                virsh_flag(call, "validate") ? VIR_SECRET_DEFINE_VALIDATE : 0);
    if (!secret)
        return virsh_error(vsh, "Failed to set attributes from %s", virsh_text(call, "file"));
    if (virSecretGetUUIDString(secret, uuid) < 0)
        return virsh_error(vsh, "Failed to get UUID of created secret");
    virsh_print_extra(vsh, "Secret %s created\n", uuid);
    return 0;
}

VIRSH_DUMPXML(run_secret_dumpxml, virSecretGetXMLDesc, 0)

/* The value as text; caller frees. */
static char *
secret_input(struct virsh *vsh, const struct virsh_call *call)
{
    if (virsh_text(call, "base64")) {
        virsh_error(vsh, "Passing secret value as command-line argument is insecure!");
        return vir_strdup(virsh_text(call, "base64"));
    }
    if (virsh_text(call, "file"))
        return virsh_file(vsh, call, "file");
    virsh_error(vsh, virsh_flag(call, "interactive")
                         ? "reading a secret from the terminal is not supported yet"
                         : "Input secret value is missing");
    return NULL;
}

static int
run_secret_set_value(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(secret) virSecretPtr secret = NULL;
    VIR_AUTO_FREE char *value = NULL;
    ssize_t n;
    int result;

    if (virsh_exclusive(vsh, call, "file", "base64") < 0 || !(secret = virsh_secret(vsh, call)) ||
        !(value = secret_input(vsh, call)))
        return -1;
    n = virsh_flag(call, "plain") ? (ssize_t)strlen(value) : base64_bytes(value);
    if (n < 0)
        return virsh_error(vsh, "Failed to decode base64 value");
    result = virSecretSetValue(secret, (unsigned char *)value, (size_t)n, 0);
    explicit_bzero(value, (size_t)n);
    if (result < 0)
        return virsh_error(vsh, "Failed to set secret value");
    virsh_print_extra(vsh, "Secret value set\n");
    return 0;
}

static int
run_secret_get_value(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(secret) virSecretPtr secret = virsh_secret(vsh, call);
    VIR_AUTO_FREE char *text = NULL;
    unsigned char *value;
    size_t n;

    value = secret ? virSecretGetValue(secret, &n, 0) : NULL;
    if (!value)
        return -1;
    text = virsh_flag(call, "plain") ? vir_strndup((const char *)value, n) : base64_text(value, n);
    explicit_bzero(value, n);
    free(value);
    virsh_print(vsh, "%s", text);
    explicit_bzero(text, strlen(text));
    return 0;
}

static int
run_secret_undefine(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(secret) virSecretPtr secret = virsh_secret(vsh, call);

    if (!secret)
        return -1;
    if (virSecretUndefine(secret) < 0)
        return virsh_error(vsh, "Failed to delete secret %s", virsh_text(call, "secret"));
    virsh_print_extra(vsh, "Secret %s deleted\n", virsh_text(call, "secret"));
    return 0;
}

static int
by_uuid(const void *a, const void *b)
{
    char left[VIR_UUID_STRING_BUFLEN] = "", right[VIR_UUID_STRING_BUFLEN] = "";

    virSecretGetUUIDString(*(const virSecretPtr *)a, left);
    virSecretGetUUIDString(*(const virSecretPtr *)b, right);
    return strcmp(left, right);
}

static int
run_secret_list(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const types[] = { "none", "volume", "ceph", "iscsi", "tls", "vtpm" };
    const unsigned int filter = VIRSH_BITS(call,
        { "ephemeral", VIR_CONNECT_LIST_SECRETS_EPHEMERAL },
        { "no-ephemeral", VIR_CONNECT_LIST_SECRETS_NO_EPHEMERAL },
        { "private", VIR_CONNECT_LIST_SECRETS_PRIVATE },
        { "no-private", VIR_CONNECT_LIST_SECRETS_NO_PRIVATE });
    virSecretPtr *secrets = NULL;
    struct virsh_table *table;
    const int n = virConnectListAllSecrets(vsh->conn, &secrets, filter);

    if (n < 0)
        return virsh_error(vsh, "Failed to list node secrets");
    qsort(secrets, (size_t)n, sizeof(*secrets), by_uuid);
    table = virsh_table_new(VIRSH_TITLES("UUID", "Usage"));
    for (int i = 0; i < n; i++) {
        const int type = virSecretGetUsageType(secrets[i]);
        const char *id = virSecretGetUsageID(secrets[i]);
        VIR_AUTO_FREE char *usage = NULL;
        char uuid[VIR_UUID_STRING_BUFLEN] = "";

        usage = type == VIR_SECRET_USAGE_TYPE_NONE ? vir_strdup("Unused")
            : vir_strdup_printf("%s %s", VIRSH_NAME_OF(types, type), id ? id : "");
        virSecretGetUUIDString(secrets[i], uuid);
        virsh_table_row(table, uuid, usage, NULL);
        virSecretFree(secrets[i]);
    }
    virsh_table_print(vsh, table);
    free(secrets);
    return 0;
}

#define OPTION_SECRET { "secret", VIRSH_STRING, VIRSH_REQUIRED, "the secret: its uuid" }

static const struct virsh_option define_options[] = {
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the secret's document" },
    VIRSH_OPTION_VALIDATE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option dumpxml_options[] = {
    OPTION_SECRET, VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

static const struct virsh_option get_options[] = {
    OPTION_SECRET,
    { "plain", VIRSH_BOOL, 0, "as it is, not in base64" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option list_options[] = {
    { "ephemeral", VIRSH_BOOL, 0, "only those that are never written to disk" },
    { "no-ephemeral", VIRSH_BOOL, 0, "only those that are written to disk" },
    { "private", VIRSH_BOOL, 0, "only those whose value cannot be read back" },
    { "no-private", VIRSH_BOOL, 0, "only those whose value can be read back" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option set_options[] = {
    OPTION_SECRET,
    { "file", VIRSH_STRING, VIRSH_NAMED, "file with the value" },
    { "plain", VIRSH_BOOL, 0, "the value is as it is, not in base64" },
    { "interactive", VIRSH_BOOL, 0, "ask for the value on the terminal" },
    { "base64", VIRSH_STRING, 0, "the value in base64; other users see it while the command runs" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option secret_options[] = {
    OPTION_SECRET,
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_secret_commands[] = {
    { "secret-define", "define a secret from a document", NULL, define_options, run_secret_define },
    { "secret-dumpxml", "document of a secret", NULL, dumpxml_options, run_secret_dumpxml },
    { "secret-get-value", "print the value of a secret", NULL, get_options, run_secret_get_value },
    { "secret-list", "list the secrets", NULL, list_options, run_secret_list },
    { "secret-set-value", "set the value of a secret", NULL, set_options, run_secret_set_value },
    { "secret-undefine", "remove a secret", NULL, secret_options, run_secret_undefine },
    { .name = NULL }
};
