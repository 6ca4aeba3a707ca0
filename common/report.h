/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How code in common/ says why it failed.  common/ knows no errors of libvirt:
 * each library or program that links it defines vir_report(), and so decides
 * what becomes of the text (libvirt's own libraries set the thread's error).
 */
#ifndef COMMON_REPORT_H
#define COMMON_REPORT_H

#include <stdarg.h>

#include <libvirt/module-base.h>

enum vir_report_kind {
    VIR_REPORT_SYSTEM,          /* a system call failed; err is the errno value */
    VIR_REPORT_INVALID,         /* the caller's argument cannot be */
    VIR_REPORT_CONFIG,          /* a configuration file is wrong: "FILE:LINE: ..." */
    VIR_REPORT_MEMORY,          /* a size that came from outside could not be had */
    VIR_REPORT_TIMEOUT,         /* a deadline passed */
    VIR_REPORT_FAILED,          /* a helper program or a file's content */
    VIR_REPORT_HINT,            /* remedy for the error that was just reported */
    VIR_REPORT_WARNING,         /* for the log; nothing failed */
};

/* Defined by whoever links common/.  TEXT is complete but for the text of ERR
 * (0: none).  Returns -1. */
int vir_report(enum vir_report_kind kind, int err, const char *text);

/* Formats and reports; returns -1. */
int vir_fail(enum vir_report_kind kind, int err, const char *fmt, ...) VIR_PRINTF(3, 4);

#endif
