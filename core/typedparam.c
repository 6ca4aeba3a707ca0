/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Typed parameters: reading them by name, and lists that grow.
 */
#include "error.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARAMS_MAX 65536

static const char *const type_names[] = {
    [VIR_TYPED_PARAM_INT] = "int",
    [VIR_TYPED_PARAM_UINT] = "unsigned int",
    [VIR_TYPED_PARAM_LLONG] = "long long",
    [VIR_TYPED_PARAM_ULLONG] = "unsigned long long",
    [VIR_TYPED_PARAM_DOUBLE] = "double",
    [VIR_TYPED_PARAM_BOOLEAN] = "boolean",
    [VIR_TYPED_PARAM_STRING] = "string",
};

static const char *
type_name(int type)
{
    if (type < VIR_TYPED_PARAM_INT || type > VIR_TYPED_PARAM_STRING)
        return "unknown";
    return type_names[type];
}

/* Every public function ends here when it fails. */
static int VIR_PRINTF(1, 2)
refuse(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vir_vraise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, fmt, args);
    va_end(args);
    vir_error_dispatch(NULL);
    return -1;
}

/* ---- reading ---- */

/* Without an error: not there. */
static virTypedParameterPtr
find(virTypedParameterPtr params, int nparams, const char *name)
{
    for (int i = 0; params && i < nparams; i++)
        if (!strncmp(params[i].field, name, VIR_TYPED_PARAM_FIELD_LENGTH))
            return &params[i];
    return NULL;
}

virTypedParameterPtr
virTypedParamsGet(virTypedParameterPtr params, int nparams, const char *name)
{
    return params && name ? find(params, nparams, name) : NULL;
}

/* 1: *RET is the parameter NAME, which has TYPE; 0: not there. */
static int
get(virTypedParameterPtr params, int nparams, const char *name, int type, virTypedParameterPtr *ret)
{
    virTypedParameterPtr param;

    virResetLastError();
    if (!name)
        return refuse("name in virTypedParamsGet must not be NULL");
    param = find(params, nparams, name);
    if (!param)
        return 0;
    if (param->type != type)
        return refuse("Invalid type '%s' requested for parameter '%s', actual type is '%s'",
                      type_name(type), name, type_name(param->type));
    *ret = param;
    return 1;
}

#define GET(suffix, ctype, number, result)                                                  \
    int                                                                                     \
    virTypedParamsGet##suffix(virTypedParameterPtr params, int nparams, const char *name,   \
                              ctype *value)                                                 \
    {                                                                                       \
        virTypedParameterPtr param;                                                         \
        int rc = get(params, nparams, name, number, &param);                                \
                                                                                            \
        if (rc == 1 && value)                                                               \
            *value = param->value.result;                                                   \
        return rc;                                                                          \
    }

GET(Int, int, VIR_TYPED_PARAM_INT, i)
GET(UInt, unsigned int, VIR_TYPED_PARAM_UINT, ui)
GET(LLong, long long, VIR_TYPED_PARAM_LLONG, l)
GET(ULLong, unsigned long long, VIR_TYPED_PARAM_ULLONG, ul)
GET(Double, double, VIR_TYPED_PARAM_DOUBLE, d)
GET(Boolean, int, VIR_TYPED_PARAM_BOOLEAN, b != 0)
GET(String, const char *, VIR_TYPED_PARAM_STRING, s)

/* ---- growing ---- */

/* A new parameter NAME at the end of the list; several may have the same name. */
static virTypedParameterPtr
append(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name)
{
    virTypedParameterPtr param;

    virResetLastError();
    if (!params || !nparams || !maxparams || !name || *nparams < 0 || *maxparams < *nparams) {
        refuse("the list of parameters cannot be one");
        return NULL;
    }
    if (strlen(name) >= VIR_TYPED_PARAM_FIELD_LENGTH) {
        refuse("Parameter name '%.100s' too long", name);
        return NULL;
    }
    if (*nparams >= PARAMS_MAX) {
        refuse("a list has at most %d parameters", PARAMS_MAX);
        return NULL;
    }
    if (*nparams == *maxparams) {
        int room = *maxparams ? *maxparams * 2 : 8;

        *params = vir_realloc_array(*params, (size_t)room, sizeof(**params));
        *maxparams = room;
    }
    param = &(*params)[(*nparams)++];
    memset(param, 0, sizeof(*param));
    strcpy(param->field, name);
    return param;
}

#define ADD(suffix, ctype, number, member, as)                                              \
    int                                                                                     \
    virTypedParamsAdd##suffix(virTypedParameterPtr *params, int *nparams, int *maxparams,   \
                              const char *name, ctype value)                                \
    {                                                                                       \
        virTypedParameterPtr param = append(params, nparams, maxparams, name);              \
                                                                                            \
        if (!param)                                                                         \
            return -1;                                                                      \
        param->type = number;                                                               \
        param->value.member = as;                                                           \
        return 0;                                                                           \
    }

ADD(Int, int, VIR_TYPED_PARAM_INT, i, value)
ADD(UInt, unsigned int, VIR_TYPED_PARAM_UINT, ui, value)
ADD(LLong, long long, VIR_TYPED_PARAM_LLONG, l, value)
ADD(ULLong, unsigned long long, VIR_TYPED_PARAM_ULLONG, ul, value)
ADD(Double, double, VIR_TYPED_PARAM_DOUBLE, d, value)
ADD(Boolean, int, VIR_TYPED_PARAM_BOOLEAN, b, value != 0)
ADD(String, const char *, VIR_TYPED_PARAM_STRING, s, vir_strdup(value ? value : ""))

int
virTypedParamsAddStringList(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                            const char **values)
{
    for (size_t i = 0; values && values[i]; i++)
        if (virTypedParamsAddString(params, nparams, maxparams, name, values[i]) < 0)
            return -1;
    return 0;
}

/* ---- from text ---- */

/* A whole decimal number between MIN and MAX. */
static int
parse_number(const char *name, int type, const char *text, long long min, unsigned long long max,
             unsigned long long *ret)
{
    bool negative = text[strspn(text, " \t")] == '-';
    char *end = NULL;

    errno = 0;
    *ret = negative ? (unsigned long long)strtoll(text, &end, 10) : strtoull(text, &end, 10);
    if (end == text || *end || errno || (negative ? (long long)*ret < min : *ret > max))
        return refuse("Invalid value for field '%s': expected %s", name, type_name(type));
    return 0;
}

static int
parse_value(virTypedParameterPtr param, const char *text)
{
    unsigned long long number = 0;
    char *end;

    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        if (parse_number(param->field, param->type, text, INT_MIN, INT_MAX, &number) < 0)
            return -1;
        param->value.i = (int)number;
        return 0;
    case VIR_TYPED_PARAM_UINT:
        if (parse_number(param->field, param->type, text, 0, UINT_MAX, &number) < 0)
            return -1;
        param->value.ui = (unsigned int)number;
        return 0;
    case VIR_TYPED_PARAM_LLONG:
        if (parse_number(param->field, param->type, text, LLONG_MIN, LLONG_MAX, &number) < 0)
            return -1;
        param->value.l = (long long)number;
        return 0;
    case VIR_TYPED_PARAM_ULLONG:
        if (parse_number(param->field, param->type, text, 0, ULLONG_MAX, &number) < 0)
            return -1;
        param->value.ul = number;
        return 0;
    case VIR_TYPED_PARAM_DOUBLE:
        errno = 0;
        param->value.d = strtod(text, &end);
        if (end == text || *end || errno)
            return refuse("Invalid value for field '%s': expected double", param->field);
        return 0;
    case VIR_TYPED_PARAM_BOOLEAN:
        param->value.b = !strcmp(text, "1") || !strcasecmp(text, "true");
        if (!param->value.b && strcmp(text, "0") && strcasecmp(text, "false"))
            return refuse("Invalid boolean value for field '%s'", param->field);
        return 0;
    case VIR_TYPED_PARAM_STRING:
        param->value.s = vir_strdup(text);
        return 0;
    }
    return refuse("unexpected type %d for field %s", param->type, param->field);
}

int
virTypedParamsAddFromString(virTypedParameterPtr *params, int *nparams, int *maxparams, const char *name,
                            int type, const char *value)
{
    virTypedParameterPtr param = append(params, nparams, maxparams, name);

    if (!param)
        return -1;
    param->type = type;
    if (!value)
        refuse("value in virTypedParamsAddFromString must not be NULL");
    else if (parse_value(param, value) == 0)
        return 0;
    (*nparams)--;
    return -1;
}

/* ---- the end ---- */

void
virTypedParamsClear(virTypedParameterPtr params, int nparams)
{
    for (int i = 0; params && i < nparams; i++)
        if (params[i].type == VIR_TYPED_PARAM_STRING) {
            free(params[i].value.s);
            params[i].value.s = NULL;
        }
}

void
virTypedParamsFree(virTypedParameterPtr params, int nparams)
{
    virTypedParamsClear(params, nparams);
    free(params);
}
