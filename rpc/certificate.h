/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is wrong with certificates, of the part tls: our own when they are
 * loaded, the other end's behind the handshake.
 */
#ifndef RPC_CERTIFICATE_H
#define RPC_CERTIFICATE_H

#include "tls.h"

#include <gnutls/x509.h>

/* Checks the files as they lie there: how many findings are grave. */
unsigned int rpc_certificate_check(bool server, const struct rpc_tls_files *files, rpc_tls_found_fn found,
                                   void *opaque);
/* Whether CRT, the other end's, may be used by a server or by a client. */
int rpc_certificate_usable(gnutls_x509_crt_t crt, bool server, char *why);
/* Whom it names; NULL: nobody. The caller frees. */
char *rpc_certificate_name(gnutls_x509_crt_t crt);
/* Whom the first certificate of the file names; NULL: WHY says why not. */
char *rpc_certificate_name_of_file(const char *path, char *why);

#endif
