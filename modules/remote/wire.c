/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From XDR structs to the caller's memory; see wire.h. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

static int
drop_list(void **handles, size_t n)
{
    while (n)
        vir_object_unref(handles[--n]);
    free(handles);
    return -1;
}

int
remote_take_list(const struct rpc_object *object, void *owner, const void *wire, size_t n,
                 void *ret_handles)
{
    void **handles = calloc(n + 1, sizeof(*handles));

    if (!handles)
        return vir_error(VIR_ERR_NO_MEMORY, "a list of %zu handles", n);
    for (size_t i = 0; i < n; i++) {
        handles[i] = object->make(owner, (const char *)wire + i * object->size);
        if (!handles[i])
            return drop_list(handles, i);
    }
    *(void ***)ret_handles = handles;
    return (int)n;
}

static int
check_room(size_t n, int max)
{
    if (max >= 0 && n <= (size_t)max)
        return 0;
    return vir_error(VIR_ERR_RPC, "server sent %zu items where at most %d were asked for", n, max);
}

int
remote_take_names(char **wire, size_t n, char **names, int max)
{
    if (check_room(n, max) < 0)
        return -1;
    if (n) {
        memcpy(names, wire, n * sizeof(*names));
        memset(wire, 0, n * sizeof(*wire));
    }
    return (int)n;
}

int
remote_take_array(void *wire, size_t n, size_t size, void *items, unsigned int max)
{
    if (n > max)
        return vir_error(VIR_ERR_RPC, "server sent %zu items where at most %u were asked for", n, max);
    if (n) {
        memcpy(items, wire, n * size);
        memset(wire, 0, n * size);
    }
    return (int)n;
}

#define NUMBER_MAX 65536                /* far more than any call has */

int
remote_room(int number)
{
    if (number < 0 || number > NUMBER_MAX)
        return vir_error(VIR_ERR_RPC, "server has %d items, which cannot be", number);
    return number;
}

int
remote_natural(int64_t number)
{
    if (number < 0 || number > INT_MAX)
        return vir_error(VIR_ERR_RPC, "server answered with number %lld, which cannot be", (long long)number);
    return (int)number;
}

int
remote_take_number(int number, int *ret_number)
{
    if (remote_room(number) < 0)
        return -1;
    if (ret_number)
        *ret_number = number;
    return 0;
}

int
remote_take_params(virTypedParameterPtr wire, size_t n, int number, virTypedParameterPtr params, int *nparams)
{
    if (*nparams == 0)                  /* the caller only asked how many there are */
        return remote_take_number(number, nparams);
    if (check_room(n, *nparams) < 0)
        return -1;
    *nparams = remote_take_array(wire, n, sizeof(*wire), params, (unsigned int)*nparams);
    return 0;
}

int
remote_take_buffer(const void *wire, size_t n, void *buffer, size_t size)
{
    if (n != size)
        return vir_error(VIR_ERR_RPC, "server sent %zu bytes where %zu were asked for", n, size);
    if (n)
        memcpy(buffer, wire, n);
    return 0;
}

int
remote_take_strings(char ***wire, size_t n, char ***ret_strings)
{
    char **strings = realloc(*wire, (n + 1) * sizeof(*strings));

    if (!strings)
        return vir_error(VIR_ERR_NO_MEMORY, "a list of %zu strings", n);
    strings[n] = NULL;
    *wire = NULL;
    *ret_strings = strings;
    return (int)n;
}
