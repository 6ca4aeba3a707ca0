/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded into a program: counts the requests for memory that may fail (those of
 * vir_try_alloc, libxml2 and json-c), and lets one of them fail.  Which one is said in
 * the file that VIR_TORTURE names, from outside and at any time.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

/* The file; all processes that have it count together. */
struct control {
    uint64_t count, fails;              /* requests so far; the number of the one that fails */
    char where[112];                    /* the library that asked for that one */
};

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static struct control *control;

__attribute__((constructor)) static void
start(void)
{
    const char *path = getenv("VIR_TORTURE");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *bytes = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (bytes != MAP_FAILED)
        control = bytes;
    if (fd >= 0)
        close(fd);
}

/* Whether the caller at ADDRESS can do without.  _dl_find_object takes no lock. */
static bool
may_fail(void *address)
{
    struct dl_find_object found;
    const char *name;
    Dl_info info;

    if (_dl_find_object(address, &found) < 0)
        return false;
    name = strrchr(found.dlfo_link_map->l_name, '/');
    name = name ? name + 1 : found.dlfo_link_map->l_name;
    if (strncmp(name, "libxml2.", 8) == 0 || strncmp(name, "libjson-c.", 10) == 0)
        return true;
    return strncmp(name, "libvirt-driver.", 15) == 0 && dladdr(address, &info) && info.dli_sname &&
        strcmp(info.dli_sname, "vir_try_alloc") == 0;
}

static bool
fails(void *address)
{
    struct dl_find_object found;

    if (!control || !may_fail(address))
        return false;
    if (__atomic_add_fetch(&control->count, 1, __ATOMIC_ACQ_REL) != __atomic_load_n(&control->fails, __ATOMIC_ACQUIRE))
        return false;
    if (_dl_find_object(address, &found) == 0)
        strncpy(control->where, found.dlfo_link_map->l_name, sizeof(control->where) - 1);
    errno = ENOMEM;
    return true;
}

EXPORTED void *
malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

EXPORTED void *
calloc(size_t n, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

EXPORTED void *
realloc(void *p, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(p, size);
}
