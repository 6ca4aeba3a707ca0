/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All memory of the tree.  Small sizes that we chose ourselves never fail: the
 * process ends, because no caller could go on.  Sizes that came from outside
 * go through vir_try_alloc, which refuses them as an error.
 */
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void __attribute__((noreturn))
out_of_memory(void)
{
    static const char text[] = "libvirt: out of memory\n";
    ssize_t ignored = write(STDERR_FILENO, text, sizeof(text) - 1);

    (void)ignored;
    abort();
}

void *
vir_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);

    if (!p)
        out_of_memory();
    return p;
}

void *
vir_alloc_array(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size ? size : 1);

    if (!p)
        out_of_memory();
    return p;
}

void *
vir_realloc_array(void *p, size_t n, size_t size)
{
    p = reallocarray(p, n ? n : 1, size ? size : 1);
    if (!p)
        out_of_memory();
    return p;
}

char *
vir_strdup(const char *s)
{
    char *copy;

    if (!s)
        return NULL;
    copy = strdup(s);
    if (!copy)
        out_of_memory();
    return copy;
}

char *
vir_strndup(const char *s, size_t n)
{
    char *copy = strndup(s, n);

    if (!copy)
        out_of_memory();
    return copy;
}

char *
vir_path_join(const char *dir, const char *name)
{
    size_t len = strlen(dir), rest = strlen(name) + 1;
    char *path = malloc(len + 1 + rest);

    if (!path)
        out_of_memory();
    memcpy(path, dir, len);
    path[len] = '/';
    memcpy(path + len + 1, name, rest);
    return path;
}

char *
vir_strdup_printf(const char *fmt, ...)
{
    va_list args;
    char *text;
    int len;

    va_start(args, fmt);
    len = vasprintf(&text, fmt, args);
    va_end(args);
    if (len < 0)
        out_of_memory();
    return text;
}

void *
vir_try_alloc(size_t n, size_t size, size_t max_bytes)
{
    size_t bytes;
    void *p;

    if (__builtin_mul_overflow(n, size, &bytes) || bytes > max_bytes) {
        vir_fail(VIR_REPORT_MEMORY, 0, "%zu items of %zu bytes are more than the limit of %zu bytes",
                 n, size, max_bytes);
        return NULL;
    }
    p = calloc(1, bytes ? bytes : 1);
    if (!p)
        vir_fail(VIR_REPORT_MEMORY, 0, "no memory for %zu bytes", bytes);
    return p;
}

void
vir_auto_free(void *p)
{
    free(*(void **)p);
}

void
vir_auto_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}
