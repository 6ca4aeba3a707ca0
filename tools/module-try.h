/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A module opened to see what it is. */
#ifndef TOOLS_MODULE_TRY_H
#define TOOLS_MODULE_TRY_H

#include <stdio.h>

#include "core/private.h"

#define MODULE_ANSWER_MAX 8192

/* "/dir/NAME.so" gives "NAME"; the caller frees. */
char *module_name(const char *path);
/* Opens the module NAME as the library does, in the linker's own words; load() is told HOST,
 * NULL: it is not called.  -1 with the reason as the thread's error. */
int module_try(const char *path, const char *name, const struct vir_host *host, struct vir_module *ret_entry);
/* The thread's error; the phrase of its code says nothing here. */
const char *module_reason(void);

/* What the entry and the note say, as lines key=value; and single ones. */
void module_print(FILE *out, const char *path, const struct vir_module *entry);
void module_print_words(FILE *out, const char *key, const char *const *words);
void module_print_provides(FILE *out, uint32_t provides);

/* Tries PATH in a process that may die of it.  ANSWER (MODULE_ANSWER_MAX bytes): lines that end with
 * ok=yes, or error= with code=, domain= and hint=.  What the module writes goes to standard error, or
 * is lost if QUIET.  -1 with errno. */
int module_check(const char *path, bool quiet, char *answer);

#endif
