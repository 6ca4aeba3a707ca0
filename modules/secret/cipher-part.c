/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part secret-cipher: AES-256 in CBC mode, by GnuTLS. */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "cipher.h"

static const char *
run(int (*change)(gnutls_cipher_hd_t, void *, size_t), const unsigned char *key, const unsigned char *iv,
    unsigned char *bytes, size_t n)
{
    gnutls_datum_t key_datum = { (unsigned char *)key, SECRET_KEY_SIZE };
    gnutls_datum_t iv_datum = { (unsigned char *)iv, SECRET_BLOCK };
    gnutls_cipher_hd_t cipher;
    int rc = gnutls_cipher_init(&cipher, GNUTLS_CIPHER_AES_256_CBC, &key_datum, &iv_datum);

    if (rc == 0) {
        rc = change(cipher, bytes, n);
        gnutls_cipher_deinit(cipher);
    }
    return rc < 0 ? gnutls_strerror(rc) : NULL;
}

static const char *
encrypt_bytes(const unsigned char *key, unsigned char *ret_iv, unsigned char *bytes, size_t n)
{
    int rc = gnutls_rnd(GNUTLS_RND_NONCE, ret_iv, SECRET_BLOCK);

    return rc < 0 ? gnutls_strerror(rc) : run((int (*)(gnutls_cipher_hd_t, void *, size_t))gnutls_cipher_encrypt,
                                              key, ret_iv, bytes, n);
}

static const char *
decrypt_bytes(const unsigned char *key, const unsigned char *iv, unsigned char *bytes, size_t n)
{
    return run(gnutls_cipher_decrypt, key, iv, bytes, n);
}

extern const struct secret_cipher secret_cipher;
__attribute__((visibility("default")))
const struct secret_cipher secret_cipher = { SECRET_CIPHER_VERSION, encrypt_bytes, decrypt_bytes };
