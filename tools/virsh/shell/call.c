/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running parsed calls one after the other, and what a handler asks of its
 * call: flags, texts, numbers, sizes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "virsh.h"

static double
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* No option is served by an empty text, unless its table says so. */
static int
check_empty(struct virsh *vsh, const struct virsh_call *call)
{
    for (size_t i = 0; i < call->n_values; i++) {
        const struct virsh_option *option = call->values[i].option;

        if (option->kind == VIRSH_STRING && !(option->flags & VIRSH_EMPTY_OK) && !*call->values[i].text)
            return virsh_error(vsh, "Failed to get option '%s': Option argument is empty", option->name);
    }
    return 0;
}

static int
run_one(struct virsh *vsh, const struct virsh_call *call)
{
    virsh_error_forget(vsh);
    if (!(call->command->flags & VIRSH_LOCAL) && virsh_connect_if_needed(vsh) < 0)
        return -1;
    if (check_empty(vsh, call) < 0)
        return -1;
    return call->command->run(vsh, call);
}

int
virsh_run(struct virsh *vsh, const struct virsh_call *calls)
{
    int result = 0;

    for (const struct virsh_call *call = calls; call; call = call->next) {
        const double began = now_ms();
        double took;

        result = run_one(vsh, call);
        took = now_ms() - began;
        if (result < 0)
            virsh_error_report(vsh);
        virsh_error_forget(vsh);
        if (vsh->ended)
            break;
        if (vsh->timing)
            virsh_print(vsh, "\n(Time: %.3f ms)\n\n", took);
        else
            virsh_print_extra(vsh, "\n");
    }
    return result;
}

static const struct virsh_value *
value_find(const struct virsh_call *call, const char *option)
{
    for (size_t i = 0; i < call->n_values; i++) {
        if (strcmp(call->values[i].option->name, option) == 0)
            return &call->values[i];
    }
    return NULL;
}

bool
virsh_flag(const struct virsh_call *call, const char *option)
{
    return value_find(call, option) != NULL;
}

const char *
virsh_text(const struct virsh_call *call, const char *option)
{
    const struct virsh_value *value = value_find(call, option);

    return value ? value->text : NULL;
}

const char *
virsh_typed(const struct virsh_call *call)
{
    const struct virsh_option *option = call->command->options;

    while (!(option->flags & VIRSH_REQUIRED))
        option++;
    return virsh_text(call, option->name);
}

const char *
virsh_rest(const struct virsh_call *call, size_t *position)
{
    return *position < call->n_rest ? call->rest[(*position)++] : NULL;
}

int
virsh_number(struct virsh *vsh, const struct virsh_call *call, const char *option,
             long long min, long long max, long long *ret)
{
    const char *text = virsh_text(call, option);
    char *end;
    long long number;

    if (!text)
        return 0;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < min || number > max) {
        return virsh_error(vsh, "Numeric value '%s' for <%s> option is malformed or out of range", text,
                           option);
    }
    *ret = number;
    return 1;
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

int
virsh_scaled(struct virsh *vsh, const struct virsh_call *call, const char *option,
             unsigned long long unit, unsigned long long max, unsigned long long *ret)
{
    const char *text = virsh_text(call, option);
    unsigned long long number, factor, bytes;
    bool is_number;
    char *end;

    if (!text)
        return 0;
    errno = 0;
    number = strtoull(text, &end, 10);
    is_number = errno == 0 && end != text && !strchr(text, '-');
    factor = is_number ? unit_factor(end, unit) : 0;
    if (factor != 0 && !__builtin_mul_overflow(number, factor, &bytes) && bytes <= max) {
        *ret = bytes;
        return 1;
    }
    virsh_error(vsh, "Scaled numeric value '%s' for <%s> option is malformed or out of range", text, option);
    if (!is_number)
        return -1;
    if (factor != 0)
        return virsh_error(vsh, "numerical overflow: value too large: %s", text);
    virsh_error(vsh, "invalid argument: unknown suffix '%s'", end);
    virsh_hint(vsh, "a whole number, then k, M, G, T, P or E alone (steps of 1024) or with B (of 1000)");
    return -1;
}

int
virsh_exclusive(struct virsh *vsh, const struct virsh_call *call, const char *a, const char *b)
{
    if (virsh_flag(call, a) && virsh_flag(call, b))
        return virsh_error(vsh, "Options --%s and --%s are mutually exclusive", a, b);
    return 0;
}

unsigned int
virsh_bits(const struct virsh_call *call, const struct virsh_bit *bits, size_t n)
{
    unsigned int all = 0;

    for (size_t i = 0; i < n; i++) {
        if (virsh_flag(call, bits[i].option))
            all |= bits[i].bit;
    }
    return all;
}

int
virsh_affect(struct virsh *vsh, const struct virsh_call *call, unsigned int *ret_flags)
{
    if (virsh_exclusive(vsh, call, "current", "live") < 0 ||
        virsh_exclusive(vsh, call, "current", "config") < 0)
        return -1;
    *ret_flags = VIRSH_BITS(call, { "live", VIR_DOMAIN_AFFECT_LIVE }, { "config", VIR_DOMAIN_AFFECT_CONFIG });
    return *ret_flags == 0 && !virsh_flag(call, "current");
}
