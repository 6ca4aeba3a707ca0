/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of the shell that needs a heavy library. */
#ifndef SHELL_EDIT_H
#define SHELL_EDIT_H

#include "shell-part.h"

/* Line editing, by libedit. */
struct shell_edit_part {
    uint32_t version;
    /* NAME: of the tool.  DIRECTORY: where LIMIT lines of former sessions are kept, or NULL.  COMPLETE gives the
     * words that the last word of LINE may become (NULL, or NULL-terminated, both levels freed by the part). */
    void (*begin)(const char *name, const char *directory, int limit,
                  char **(*complete)(void *opaque, const char *line), void *opaque);
    char *(*read_line)(const char *prompt);     /* NULL: end of input; caller frees */
    void (*remember)(const char *line);
    void (*end)(void);
};

#endif
