/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64 (RFC 4648) into memory of the caller, who may want none else to have the bytes. */
#ifndef COMMON_BASE64_H
#define COMMON_BASE64_H

#include <stddef.h>
#include <sys/types.h>

/* How long the text of N bytes is, without a NUL. */
size_t vir_base64_length(size_t n);
/* Writes that many characters, and no NUL. */
void vir_base64_encode(const void *bytes, size_t n, char *ret_text);
/* Writes at most LEN bytes, may be into TEXT itself; how many, or -1: it is none.  Line breaks may stand at the end, and
 * what fills up the last four characters may be missing. */
ssize_t vir_base64_decode(const char *text, size_t len, void *ret_bytes);

#endif
