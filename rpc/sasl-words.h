/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RPC_SASL_WORDS_H
#define RPC_SASL_WORDS_H

#include <stdbool.h>

/* As a sentence in WHY: WHAT ("" or what ends with ": ") and the library's DETAIL. */
void rpc_sasl_say(char *why, const char *what, const char *detail);
/* What mends what WHY tells of; NULL: not known. */
const char *rpc_sasl_remedy(const char *why, bool server);

#endif
