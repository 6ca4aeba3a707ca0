/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats what failed and hands it to the one who linked us. */
#include "report.h"

#include <stdio.h>

/* Longer explanations are cut: nobody reads them. */
#define REPORT_MAX 1024

int
vir_fail(enum vir_report_kind kind, int err, const char *fmt, ...)
{
    char text[REPORT_MAX];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    return vir_report(kind, err, text);
}
