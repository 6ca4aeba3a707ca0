/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors that virsh was started with. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fds.h"

int
virsh_fds_read(struct shell *vsh, const char *text, int **ret_fds, unsigned int *ret_n)
{
    VIR_AUTO_FREE char *copy = vir_strdup(text);
    VIR_AUTO_FREE int *fds = NULL;
    char *state = NULL, *end;
    unsigned int n = 0;

    for (char *word = copy ? strtok_r(copy, ",", &state) : NULL; word; word = strtok_r(NULL, ",", &state)) {
        long fd = strtol(word, &end, 10);

        if (end == word || *end != '\0' || fd < 0 || fd > INT_MAX)
            return shell_error(vsh, "Unable to parse FD number '%s'", word);
        fds = vir_realloc_array(fds, n + 1, sizeof(*fds));
        fds[n++] = (int)fd;
    }
    *ret_fds = vir_steal(&fds);
    *ret_n = n;
    return 0;
}
