/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Secrets on disk, where libvirt keeps them: UUID.xml, and the value beside it as
 * UUID.base64 or, where there is a key, as UUID.aes256cbc: in base64 as well, the
 * initialization vector and what the cipher made of the value.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "secret.h"
#include "cipher.h"

#include "common/base64.h"

#define MAX_FILE (2 * SECRET_MAX_VALUE) /* bytes of a value's file */

static const char plain[] = ".base64", sealed[] = ".aes256cbc";

int
secret_config_open(void)
{
    secret_driver.keep = (struct vir_keep)VIR_KEEP_INIT("secret", false);
    return vir_keep_open(&secret_driver.keep, secret_driver.host->config_dir, "secrets", NULL);
}

void
secret_config_close(void)
{
    vir_keep_close(&secret_driver.keep);
}

/* ---- writing --------------------------------------------------------------------- */

int
secret_config_write(const struct secret *secret, const struct secret_secret_def *def)
{
    VIR_AUTO_FREE char *xml = secret_secret_def_format(def, 0);

    return vir_keep_write(&secret_driver.keep, secret->entry.name, xml);
}

static int
remove_file(const char *uuid, const char *suffix)
{
    VIR_AUTO_FREE char *file = vir_strdup_printf("%s%s", uuid, suffix);

    return vir_file_remove(secret_driver.keep.dir.fd, file);
}

int
secret_config_write_value(const struct secret *secret, const struct secret_value *value)
{
    const char *suffix = secret_driver.key ? sealed : plain;
    VIR_AUTO_FREE char *file = vir_strdup_printf("%s%s", secret->entry.name, suffix);
    SECRET_AUTO_VALUE bytes = secret_driver.key ? secret_seal(secret_driver.key, value) : NULL;
    SECRET_AUTO_VALUE text = NULL;

    if (secret_driver.key && !bytes)
        return -1;
    if (bytes)
        value = bytes;
    text = secret_value_new(vir_base64_length(value->size));
    if (!text)
        return -1;
    vir_base64_encode(value->bytes, value->size, (char *)text->bytes);
    if (vir_file_write(secret_driver.keep.dir.fd, file, (const char *)text->bytes, text->size, 0600) < 0)
        return -1;
    /* What stands in the other form is old from now on. */
    return remove_file(secret->entry.name, secret_driver.key ? plain : sealed);
}

int
secret_config_remove(const struct secret *secret)
{
    const char *uuid = secret->entry.name;

    /* The value first: none shall be left that belongs to nobody. */
    if (remove_file(uuid, plain) < 0 || remove_file(uuid, sealed) < 0)
        return -1;
    return vir_keep_remove(&secret_driver.keep, uuid);
}

/* ---- reading ----------------------------------------------------------------------- */

/* What a file of base64 says; NULL with an error. */
static struct secret_value *
read_base64(const char *file)
{
    SECRET_AUTO_VALUE value = NULL;
    char *text;
    size_t len;
    ssize_t n = -1;

    if (vir_file_read(secret_driver.keep.dir.fd, file, MAX_FILE, &text, &len) < 0)
        return NULL;
    value = secret_value_new(len);
    if (value)
        n = vir_base64_decode(text, len, value->bytes);
    explicit_bzero(text, len);
    free(text);
    if (value && n < 0)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "it is not in base64");
    if (value && n > 0)
        return secret_value_resize(&value, (size_t)n);
    return value ? vir_error_null(VIR_ERR_INTERNAL_ERROR, "it is empty") : NULL;
}

static bool
is_there(const char *file)
{
    struct stat info;

    return fstatat(secret_driver.keep.dir.fd, file, &info, AT_SYMLINK_NOFOLLOW) == 0;
}

static struct secret_value *
read_sealed(const char *file)
{
    SECRET_AUTO_VALUE bytes = NULL;

    if (!secret_driver.key)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "it is encrypted, and there is no key: see secret.conf");
    bytes = read_base64(file);
    return bytes ? secret_unseal(secret_driver.key, bytes) : NULL;
}

/* The value of UUID; NULL if there is none, or none that can be read, which is told in the log. */
static struct secret_value *
read_value(const char *uuid)
{
    VIR_AUTO_FREE char *open = vir_strdup_printf("%s%s", uuid, plain);
    VIR_AUTO_FREE char *shut = vir_strdup_printf("%s%s", uuid, sealed);
    /* Of both, that which would be written now is the newer one. */
    const bool is_sealed = is_there(shut) && (secret_driver.key || !is_there(open));
    const char *file = is_sealed ? shut : open;
    struct secret_value *value = NULL;
    virErrorPtr error;

    if (is_sealed)
        value = read_sealed(file);
    else if (is_there(file))
        value = read_base64(file);
    error = vir_error_take();
    if (error)
        vir_warn("the value in '%s/%s' is not used: %s", secret_driver.keep.dir.path, file, error->message);
    vir_error_drop(error);
    return value;
}

static int
load(const char *name, const char *text, void *opaque)
{
    struct secret_secret_def *def = secret_read(text, VIR_XML_OWN);
    struct secret *secret;
    int ret = -1;

    (void)opaque;
    if (!def)
        return -1;
    secret = secret_new(def, NULL);
    if (strcmp(secret->entry.name, name) != 0)
        vir_error(VIR_ERR_INTERNAL_ERROR, "the file holds the secret %s", secret->entry.name);
    else
        ret = vir_store_add(secret_driver.store, &secret->entry);
    if (ret < 0) {
        secret_free(&secret->entry);
        return -1;
    }
    vir_store_lock(&secret->entry);
    secret->value = read_value(name);
    vir_store_unlock(&secret->entry);
    vir_store_unref(&secret->entry);
    return 0;
}

void
secret_config_load_all(void)
{
    vir_keep_load(&secret_driver.keep, load, NULL);
}
