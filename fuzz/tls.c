/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The receiving side of TLS.  The first byte says what the other end's bytes
 * are: all that we get as a server, or as a client; or what comes within a
 * session after a right handshake, to either.  What is no TLS ends the session,
 * and never waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <libvirt/module.h>

#include "rpc/tls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rpc_tls_part *part;
static struct rpc_tls *server, *client;

/* ---- a certificate for both ends --------------------------------------------- */

static void
write_pem(const char *path, const gnutls_datum_t *pem)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, pem->data, pem->size) != (ssize_t)pem->size)
        abort();
    close(fd);
}

static void
make_certificate(const char *cert_path, const char *key_path)
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
    gnutls_datum_t pem;

    gnutls_x509_privkey_init(&key);
    gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    gnutls_x509_crt_init(&cert);
    gnutls_x509_crt_set_version(cert, 3);
    gnutls_x509_crt_set_serial(cert, "\1", 1);
    gnutls_x509_crt_set_dn_by_oid(cert, GNUTLS_OID_X520_COMMON_NAME, 0, "localhost", 9);
    gnutls_x509_crt_set_activation_time(cert, time(NULL) - 1);
    gnutls_x509_crt_set_expiration_time(cert, time(NULL) + 24 * 3600);
    gnutls_x509_crt_set_basic_constraints(cert, 1, -1);
    gnutls_x509_crt_set_key(cert, key);
    if (gnutls_x509_crt_sign2(cert, cert, key, GNUTLS_DIG_SHA256, 0) < 0 ||
        gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &pem) < 0)
        abort();
    write_pem(cert_path, &pem);
    gnutls_free(pem.data);
    if (gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem) < 0)
        abort();
    write_pem(key_path, &pem);
    gnutls_free(pem.data);
    gnutls_x509_crt_deinit(cert);
    gnutls_x509_privkey_deinit(key);
}

static void
found(const struct rpc_tls_finding *finding, void *opaque)
{
    (void)opaque;
    fprintf(stderr, "%s\n", finding->text);
    abort();
}

/* Once: false where there is no TLS. */
static bool
get_ready(void)
{
    char dir[] = "/tmp/fuzz-tls.XXXXXX", cert[64], key[64];
    struct rpc_tls_files files = { .ca = cert, .cert = cert, .key = key, .no_sanity = true };
    const char *reason;

    if (part)
        return true;
    part = rpc_tls_part(&reason);
    if (!part)
        return false;
    if (!mkdtemp(dir))
        abort();
    snprintf(cert, sizeof(cert), "%s/cert", dir);
    snprintf(key, sizeof(key), "%s/key", dir);
    make_certificate(cert, key);
    server = part->load(true, &files, found, NULL);
    client = part->load(false, &files, found, NULL);
    unlink(cert);
    unlink(key);
    rmdir(dir);
    return true;
}

/* ---- sessions ------------------------------------------------------------------- */

/* Until it waits for the other end, or is over. */
static int
shake(struct rpc_transport *way)
{
    int rc;

    while ((rc = way->ops->handshake(way)) < 0 && errno == EINTR)
        ;
    return rc == 0 ? 0 : errno == EAGAIN ? 1 : -1;
}

static void
receive_all(struct rpc_transport *way)
{
    char bytes[4096], *name = NULL, why[RPC_TLS_WHY];
    ssize_t n;

    while ((n = way->ops->receive(way, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
        ;
    if (n < 0 && errno != EAGAIN && errno != EPROTO && errno != ENOMEM)
        abort();
    if (way->ops->pending(way))
        abort();                        /* nobody would look for it */
    part->verify(way, "localhost", &name, why);
    free(name);
}

/* All that one end gets. */
static void
alone(struct rpc_tls *tls, const uint8_t *data, size_t size)
{
    int ends[2], rc = 1;
    struct rpc_transport *way;
    char drain[65536];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) < 0)
        abort();
    way = part->begin(tls, ends[1], "localhost");
    for (size_t at = 0, step; at < size && rc == 1; at += step) {
        step = size - at < 4096 ? size - at : 4096;
        if (send(ends[0], data + at, step, MSG_NOSIGNAL) != (ssize_t)step)
            break;
        rc = shake(way);
        while (recv(ends[0], drain, sizeof(drain), 0) > 0)
            ;
    }
    if (rc == 0)
        abort();                        /* keys that nobody has would have been agreed on */
    if (rc < 0 && !part->explain(way))
        abort();
    shutdown(ends[0], SHUT_WR);
    if (shake(way) == 0)
        abort();
    close(ends[0]);
    rpc_transport_free(way);
}

/* What comes to one end of a session. */
static void
within(bool to_server, const uint8_t *data, size_t size)
{
    struct rpc_transport *near, *far, *way;
    int ends[2], a = 1, b = 1;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) < 0)
        abort();
    near = part->begin(client, ends[0], "localhost");
    far = part->begin(server, ends[1], NULL);
    while (a == 1 || b == 1) {
        a = a == 1 ? shake(near) : a;
        b = b == 1 ? shake(far) : b;
    }
    if (a < 0 || b < 0 || rpc_transport_bits(near) < 128 || rpc_transport_bits(near) != rpc_transport_bits(far))
        abort();
    way = to_server ? far : near;
    if (send(to_server ? ends[0] : ends[1], data, size, MSG_NOSIGNAL) == (ssize_t)size)
        receive_all(way);
    rpc_transport_free(near);
    rpc_transport_free(far);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 60000 || !get_ready())
        return 0;
    if (data[0] & 2)
        within(data[0] & 1, data + 1, size - 1);
    else
        alone(data[0] & 1 ? server : client, data + 1, size - 1);
    virResetLastError();
    return 0;
}
