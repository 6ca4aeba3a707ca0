/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as typed parameters. */
#include "daemon/admin/admin.h"

#include <string.h>

static const char *const types[] = {
    [VIR_TYPED_PARAM_INT] = "int", [VIR_TYPED_PARAM_UINT] = "uint", [VIR_TYPED_PARAM_LLONG] = "llong",
    [VIR_TYPED_PARAM_ULLONG] = "ullong", [VIR_TYPED_PARAM_DOUBLE] = "double",
    [VIR_TYPED_PARAM_BOOLEAN] = "boolean", [VIR_TYPED_PARAM_STRING] = "string",
};

static const struct daemon_admin_number *
find(const struct daemon_admin_number *numbers, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(numbers[i].name, name) == 0)
            return &numbers[i];
    return vir_error_null(VIR_ERR_ARGUMENT_UNSUPPORTED, "parameter '%s' not supported", name);
}

int
daemon_admin_take(const virTypedParameter *params, unsigned int n, const struct daemon_admin_number *numbers,
                  size_t n_numbers, struct daemon_limits *limits)
{
    for (unsigned int i = 0; i < n; i++) {
        const struct daemon_admin_number *number = find(numbers, n_numbers, params[i].field);

        if (!number)
            return -1;
        if (params[i].type != VIR_TYPED_PARAM_UINT)
            return vir_error(VIR_ERR_INVALID_ARG, "invalid type '%s' for parameter '%s', expected 'uint'",
                             types[params[i].type], params[i].field);
        for (unsigned int j = 0; j < i; j++)
            if (strcmp(params[j].field, params[i].field) == 0)
                return vir_error(VIR_ERR_INVALID_ARG, "parameter '%s' occurs multiple times", params[i].field);
        *(unsigned int *)((char *)limits + number->place) = params[i].value.ui;
    }
    return 0;
}

void
daemon_admin_tell(virTypedParameterPtr *params, unsigned int *n, const char *name, unsigned int number)
{
    int count = (int)*n, room = count;

    if (virTypedParamsAddUInt(params, &count, &room, name, number) == 0)
        *n = (unsigned int)count;
}
