/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What options give as text, as numbers, sizes and the text of files. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell.h"

#define FILE_MAX (10 * 1024 * 1024)

int
shell_number(struct shell *vsh, const char *option, const char *text, const struct shell_limits *limits,
             long long *ret)
{
    char *end;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < limits->low ||
        number > (long long)limits->high) {
        return shell_error(vsh, "Numeric value '%s' for <%s> option is malformed or out of range", text,
                           option);
    }
    *ret = number;
    return 0;
}

/* k, KiB, M, … count in steps of 1024, KB, MB, … of 1000; 0: no such unit. */
static unsigned long long
unit_factor(const char *unit, unsigned long long plain)
{
    static const char steps[] = "KMGTPE";
    const char *step;
    unsigned long long base, factor = 1;

    if (*unit == '\0')
        return plain;
    if (strcasecmp(unit, "b") == 0 || strcasecmp(unit, "byte") == 0 || strcasecmp(unit, "bytes") == 0)
        return 1;
    step = memchr(steps, *unit & ~0x20, strlen(steps));
    if (!step)
        return 0;
    if (unit[1] == '\0' || strcasecmp(unit + 1, "ib") == 0)
        base = 1024;
    else if (strcasecmp(unit + 1, "b") == 0)
        base = 1000;
    else
        return 0;
    for (const char *p = steps; p <= step; p++)
        factor *= base;
    return factor;
}

/* Each kind of size has a phrase of its own. */
static void
refuse_size(struct shell *vsh, const struct shell_option *option, const char *text)
{
    if (option->flags & SHELL_UNLIMITED)
        shell_error(vsh, "Unable to parse integer parameter %s", shell_option_name(option));
    else if (option->flags & SHELL_AS_STRING)
        shell_error(vsh, "Malformed size %s", text);
    else
        shell_error(vsh, "Scaled numeric value '%s' for <%s> option is malformed or out of range", text,
                    shell_option_name(option));
}

int
shell_read_size(const char *text, unsigned long long unit, unsigned long long *ret)
{
    unsigned long long number, factor;
    char *end;

    errno = 0;
    number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || strchr(text, '-'))
        return -1;
    factor = unit_factor(end, unit);
    return factor != 0 && !__builtin_mul_overflow(number, factor, ret) ? 0 : -1;
}

int
shell_scaled(struct shell *vsh, const struct shell_option *option, const char *text, unsigned long long *ret)
{
    const struct shell_limits *limits = &shell_limits[option->detail];
    unsigned long long unit = (unsigned long long)limits->low, bytes;
    bool is_number;
    char *end;

    if (option->flags & SHELL_UNLIMITED && text[0] == '-' && text[1] >= '0' && text[1] <= '9') {
        *ret = ULLONG_MAX;
        return 0;
    }
    if (shell_read_size(text, unit, &bytes) == 0 && bytes <= limits->high) {
        *ret = bytes;
        return 0;
    }
    refuse_size(vsh, option, text);
    errno = 0;
    strtoull(text, &end, 10);
    is_number = errno == 0 && end != text && !strchr(text, '-');
    if (!is_number)
        return -1;
    if (unit_factor(end, unit) != 0)
        return shell_error(vsh, "numerical overflow: value too large: %s", text);
    shell_error(vsh, "invalid argument: unknown suffix '%s'", end);
    shell_hint(vsh, "a whole number, then k, M, G, T, P or E alone (steps of 1024) or with B (of 1000)");
    return -1;
}

/* Pipes and devices too: their size shows while reading. */
static int
read_all(int fd, struct vir_buf *buf)
{
    char part[8192];
    ssize_t n;

    while ((n = read(fd, part, sizeof(part))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if (buf->len + (size_t)n > FILE_MAX) {
            errno = EOVERFLOW;
            return -1;
        }
        vir_buf_add_mem(buf, part, (size_t)n);
    }
    return 0;
}

char *
shell_file(struct shell *vsh, const char *path)
{
    VIR_AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct vir_buf buf = { 0 };

    if (fd < 0) {
        shell_error(vsh, "Failed to open file '%s': %s", path, strerror(errno));
        return NULL;
    }
    if (read_all(fd, &buf) < 0) {
        shell_error(vsh, "Failed to read file '%s': %s", path, strerror(errno));
        vir_buf_free(&buf);
        return NULL;
    }
    if (buf.len && strlen(buf.text) != buf.len) {
        shell_error(vsh, "Failed to read file '%s': it has a byte 0, and is no text", path);
        shell_hint(vsh, "a value with such bytes goes as base64, where the command takes that");
        vir_buf_free(&buf);
        return NULL;
    }
    return vir_buf_steal(&buf);
}

const char *
shell_word(unsigned int words, int number)
{
    const char *word = shell_strings + words;

    for (; number > 0 && *word; number--)
        word += strlen(word) + 1;
    return word;
}
