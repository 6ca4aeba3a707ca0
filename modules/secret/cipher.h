/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values as the disk has them where there is a key.  The part secret-cipher has
 * the library for it (GnuTLS); who has no key never opens it.
 */
#ifndef SECRET_CIPHER_H
#define SECRET_CIPHER_H

#include "secret.h"

#define SECRET_KEY_SIZE 32              /* bytes: AES with 256 bits */
#define SECRET_BLOCK 16                 /* bytes of a block, and of the initialization vector */

/* What the part exports as secret_cipher.  The bytes are changed in their place and are whole blocks; both give
 * NULL, or why it does not go. */
struct secret_cipher {
    uint32_t version;
    const char *(*encrypt)(const unsigned char *key, unsigned char *ret_iv, unsigned char *bytes, size_t n);
    const char *(*decrypt)(const unsigned char *key, const unsigned char *iv, unsigned char *bytes, size_t n);
};
#define SECRET_CIPHER_VERSION 1

/* The value encrypted, behind its initialization vector; and the other way. NULL with an error. */
struct secret_value *secret_seal(const struct secret_value *key, const struct secret_value *value);
struct secret_value *secret_unseal(const struct secret_value *key, const struct secret_value *sealed);

#endif
