/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef REMOTE_AUTH_TEXT_H
#define REMOTE_AUTH_TEXT_H

/* What TEXT, that of an auth.conf, answers for HOST when it is asked for KEY; NULL: nothing.  The caller frees. */
char *remote_auth_text(const char *text, const char *host, const char *key);

#endif
