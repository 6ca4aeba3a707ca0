/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The key by which values are encrypted on disk: a file that secret.conf names,
 * else the credential of the service.  Where values shall be encrypted and the key
 * will not do, the module is not used: nothing is written in the open then.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "secret.h"
#include "cipher.h"

#define CREDENTIAL "secrets-encryption-key"

struct settings {
    unsigned int encrypt_data;
    char *secrets_encryption_key;
};

#define S(member) offsetof(struct settings, member)

static const struct vir_setting keys[] = {
#include "keys.h"
};

/* The path of the key; NULL: there is none.  The caller frees. */
static char *
key_path(const char *from_conf)
{
    const char *directory = secure_getenv("CREDENTIALS_DIRECTORY");
    VIR_AUTO_FREE char *path = NULL;

    if (from_conf && *from_conf)
        return vir_strdup(from_conf);
    path = directory ? vir_path_join(directory, CREDENTIAL) : NULL;
    return path && access(path, F_OK) == 0 ? vir_steal(&path) : NULL;
}

static int
read_key(const char *path)
{
    char *text;
    size_t len;

    if (vir_file_read_path(path, SECRET_KEY_SIZE, &text, &len) < 0)
        return -1;
    if (len == SECRET_KEY_SIZE)
        secret_driver.key = secret_value_new(len);
    else
        vir_error(VIR_ERR_CONF_SYNTAX, "the key '%s' has %zu bytes, and %d are wanted", path, len, SECRET_KEY_SIZE);
    if (secret_driver.key)
        memcpy(secret_driver.key->bytes, text, len);
    explicit_bzero(text, len);
    free(text);
    return secret_driver.key ? 0 : -1;
}

/* SAID: that there shall be one. */
static int
load_key(const struct settings *settings, bool said)
{
    VIR_AUTO_FREE char *path = NULL;

    if (!settings->encrypt_data)
        return 0;
    path = key_path(settings->secrets_encryption_key);
    if (path)
        return read_key(path);
    if (!said)
        return 0;                       /* base64 */
    vir_error(VIR_ERR_CONF_SYNTAX, "encrypt_data of secret.conf is 1, and there is no key");
    vir_error_hint("name one there: secrets_encryption_key = \"PATH\", made by dd if=/dev/random of=PATH bs=%d count=1",
                   SECRET_KEY_SIZE);
    return -1;
}

int
secret_key_load(void)
{
    VIR_AUTO_FREE char *path = vir_path_join(secret_driver.host->config_dir, "secret.conf");
    struct settings settings = { 0 };
    struct vir_settings *file = vir_settings_read(keys, path, &settings);
    int ret = -1;

    if (file) {
        vir_settings_warn(file);
        ret = load_key(&settings, vir_settings_line(file, "encrypt_data") > 0);
    }
    vir_settings_clear(keys, &settings);
    vir_settings_close(file);
    return ret;
}
