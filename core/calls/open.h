/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The URIs that a client's configuration file knows. */
#ifndef VIR_CALLS_OPEN_H
#define VIR_CALLS_OPEN_H

/* What uri_default and uri_aliases of FILE say about NAME (NULL: the program has no wish):
 * *RET_TEXT stays NULL if that is nothing.  The caller frees it. */
int vir_open_conf_uri(const char *file, const char *name, char **ret_text);

#endif
