/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All memory of the tree.  Small sizes that we chose ourselves never fail: the
 * process ends, because no caller could go on.  Sizes that came from outside
 * go through vir_try_alloc, which refuses them as an error.
 */
#include "alloc.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Returns when it is worth another attempt. */
static void
out_of_memory(void)
{
    static const char text[] = "libvirt: out of memory\n";
    ssize_t ignored;

    if (vir_memory_rescue && vir_memory_rescue())
        return;
    ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void)ignored;
    abort();
}

/* The value of CALL, which is NULL when there is no memory. */
#define SURELY(call)                            \
    __extension__ ({                            \
        void *_got;                             \
        while (!(_got = (call)))                \
            out_of_memory();                    \
        _got;                                   \
    })

void *
vir_alloc(size_t size)
{
    return SURELY(calloc(1, size ? size : 1));
}

void *
vir_alloc_array(size_t n, size_t size)
{
    return SURELY(calloc(n ? n : 1, size ? size : 1));
}

void *
vir_realloc_array(void *p, size_t n, size_t size)
{
    return SURELY(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *
vir_strdup(const char *s)
{
    return s ? SURELY(strdup(s)) : NULL;
}

char *
vir_strndup(const char *s, size_t n)
{
    return SURELY(strndup(s, n));
}

char *
vir_path_join(const char *dir, const char *name)
{
    size_t len = strlen(dir), rest = strlen(name) + 1;
    char *path = SURELY(malloc(len + 1 + rest));

    memcpy(path, dir, len);
    path[len] = '/';
    memcpy(path + len + 1, name, rest);
    return path;
}

static char *
try_printf(const char *fmt, va_list args)
{
    va_list again;
    char *text;
    int len;

    va_copy(again, args);
    len = vasprintf(&text, fmt, again);
    va_end(again);
    return len < 0 ? NULL : text;
}

char *
vir_strdup_printf(const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = SURELY(try_printf(fmt, args));
    va_end(args);
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
