/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory for values and keys: pages of its own, so that the kernel leaves it out of a core dump. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "secret.h"

struct secret_value *
secret_value_new(size_t size)
{
    struct secret_value *value = mmap(NULL, sizeof(*value) + size, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (value == MAP_FAILED) {
        vir_error_errno(errno, "memory for a value of %zu bytes", size);
        return NULL;
    }
    madvise(value, sizeof(*value) + size, MADV_DONTDUMP);
    value->size = size;
    return value;
}

struct secret_value *
secret_value_resize(struct secret_value **value, size_t size)
{
    SECRET_AUTO_VALUE old = vir_steal(value);
    struct secret_value *resized = secret_value_new(size);

    if (resized)
        memcpy(resized->bytes, old->bytes, size);
    return resized;
}

struct secret_value *
secret_value_free(struct secret_value *value)
{
    if (value) {
        const size_t room = sizeof(*value) + value->size;

        explicit_bzero(value, room);
        munmap(value, room);
    }
    return NULL;
}

void
secret_value_auto_free(struct secret_value **value)
{
    *value = secret_value_free(*value);
}
