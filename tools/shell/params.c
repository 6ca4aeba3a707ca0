/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of the library in words: typed parameters, sizes. */
#include <stdlib.h>

#include "shell.h"

/* A number that is younger than the table is unknown, not an error. */
const char *
shell_name_of(const char *const *names, size_t n, int number)
{
    return number >= 0 && (size_t)number < n && names[number] ? names[number] : "unknown";
}

char *
shell_param_text(const virTypedParameter *param)
{
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        return vir_strdup_printf("%d", param->value.i);
    case VIR_TYPED_PARAM_UINT:
        return vir_strdup_printf("%u", param->value.ui);
    case VIR_TYPED_PARAM_LLONG:
        return vir_strdup_printf("%lld", param->value.l);
    case VIR_TYPED_PARAM_ULLONG:
        return vir_strdup_printf("%llu", param->value.ul);
    case VIR_TYPED_PARAM_DOUBLE:
        return vir_strdup_printf("%f", param->value.d);
    case VIR_TYPED_PARAM_BOOLEAN:
        return vir_strdup(param->value.b ? "yes" : "no");
    case VIR_TYPED_PARAM_STRING:
        return vir_strdup(param->value.s);
    default:
        return vir_strdup_printf("unknown type %d", param->type);
    }
}

void
shell_print_params(struct shell *vsh, virTypedParameterPtr params, int n)
{
    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *text = shell_param_text(&params[i]);

        shell_print(vsh, "%-15s: %s\n", params[i].field, text);
    }
}

/* In the largest unit that leaves a digit before the point. */
char *
shell_size_text(unsigned long long bytes, int digits)
{
    static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
    double size = (double)bytes;
    size_t unit = 0;

    while (size >= 1024 && unit + 1 < sizeof(units) / sizeof(*units)) {
        size /= 1024;
        unit++;
    }
    return vir_strdup_printf("%.*f %s", digits, size, units[unit]);
}

void
shell_print_field(struct shell *vsh, const char *label, const char *text)
{
    shell_print(vsh, "%-15s %s\n", label, text);
}

void
shell_print_size(struct shell *vsh, const char *label, unsigned long long bytes, bool plain)
{
    VIR_AUTO_FREE char *text = plain ? vir_strdup_printf("%llu", bytes) : shell_size_text(bytes, 2);

    shell_print_field(vsh, label, text);
}
