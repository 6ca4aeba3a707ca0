/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values encrypted by AES-256 in CBC mode: the last block is filled up as PKCS #7 says, with the number of bytes added. */
#include <string.h>

#include "cipher.h"

#include "common/part.h"

static const struct secret_cipher *
cipher(void)
{
    static const void *opened;
    const char *reason = NULL;
    const struct secret_cipher *part = vir_part_once(&opened, "secret-cipher", SECRET_CIPHER_VERSION, &reason);

    if (!part) {
        vir_error(VIR_ERR_INTERNAL_ERROR, "values cannot be encrypted: %s", reason);
        vir_error_hint("without a key in secret.conf and in the service's credentials they are written in base64");
    }
    return part;
}

struct secret_value *
secret_seal(const struct secret_value *key, const struct secret_value *value)
{
    const struct secret_cipher *part = cipher();
    const size_t pad = SECRET_BLOCK - value->size % SECRET_BLOCK;
    SECRET_AUTO_VALUE sealed = part ? secret_value_new(SECRET_BLOCK + value->size + pad) : NULL;
    const char *reason;

    if (!sealed)
        return NULL;
    memcpy(sealed->bytes + SECRET_BLOCK, value->bytes, value->size);
    memset(sealed->bytes + SECRET_BLOCK + value->size, (int)pad, pad);
    reason = part->encrypt(key->bytes, sealed->bytes, sealed->bytes + SECRET_BLOCK, value->size + pad);
    if (reason)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "the value cannot be encrypted: %s", reason);
    return vir_steal(&sealed);
}

/* How many bytes at the end of the last block are no value; 0: that is no such block. */
static size_t
padding(const unsigned char *bytes, size_t n)
{
    const size_t pad = bytes[n - 1];

    if (pad > SECRET_BLOCK)
        return 0;
    for (size_t i = 1; i <= pad; i++)
        if (bytes[n - i] != pad)
            return 0;
    return pad;
}

struct secret_value *
secret_unseal(const struct secret_value *key, const struct secret_value *sealed)
{
    const struct secret_cipher *part = cipher();
    SECRET_AUTO_VALUE bytes = NULL;
    const char *reason;
    size_t n, pad;

    if (!part)
        return NULL;
    if (sealed->size % SECRET_BLOCK || sealed->size < 2 * SECRET_BLOCK)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "it is not encrypted, or not whole");
    n = sealed->size - SECRET_BLOCK;
    bytes = secret_value_new(n);
    if (!bytes)
        return NULL;
    memcpy(bytes->bytes, sealed->bytes + SECRET_BLOCK, n);
    reason = part->decrypt(key->bytes, sealed->bytes, bytes->bytes, n);
    if (reason)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "it cannot be decrypted: %s", reason);
    pad = padding(bytes->bytes, n);
    if (pad == 0 || pad == n)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "it was encrypted with another key");
    return secret_value_resize(&bytes, n - pad);
}
