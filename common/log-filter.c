/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One filter of the log. */
#include "log-filter.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

int
vir_log_filter_read(struct vir_log_filter *ret, const char *text)
{
    bool has_level = text[0] >= '1' && text[0] <= '4' && text[1] == ':';
    const char *word = has_level ? text + 2 : "";

    if (*word == '+')                   /* "with a stack trace": not kept any more */
        word++;
    if (!*word)
        return vir_fail(VIR_REPORT_INVALID, 0, "'%s' is not a log filter: expected LEVEL:NAME with a level from 1 to 4",
                        text);
    *ret = (struct vir_log_filter){ text[0] - '0', vir_strdup(word), strpbrk(word, "*?") != NULL };
    return 0;
}

bool
vir_log_filter_is_about(const struct vir_log_filter *filter, const char *source)
{
    VIR_AUTO_FREE char *pattern = NULL;

    if (!filter->wild)
        return strstr(source, filter->word);
    pattern = vir_strdup_printf("*%s*", filter->word);
    return fnmatch(pattern, source, FNM_NOESCAPE) == 0;
}
