/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * When memory is short.  A small size that cannot be had ends the process, so that must not
 * come to pass because of what clients send.  Large arguments are served only if there is
 * memory for what they may become; and a reserve lies by: it goes to whoever could not have
 * a small size, and until it is whole again, only short calls are served.
 */
#include "daemon/daemon.h"

#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "common/alloc.h"

#define RESERVE_BYTES ((size_t)32 * 1024 * 1024)
#define SHORT_CALL 1024                 /* bytes of arguments: served when memory is low */
#define LARGE_CALL (32 * 1024)          /* these may become much more in memory: */
#define LARGE_MAX (4 * 1024 * 1024)     /* bytes of the longest document */
#define LARGE_FACTOR 12                 /* measured with documents of 4 MiB, */
#define LARGE_BASE ((size_t)16 * 1024 * 1024)   /* and with small ones of nothing but elements */
#define WORK_MAX ((size_t)1024 * 1024 * 1024)   /* all large calls together; less where memory is limited */

/* The reserve: one of them; atomic; both NULL: given away. */
static void *mapped, *allocated;
static size_t working;                  /* atomic: bytes set aside for large calls */

bool
vir_memory_rescue(void)
{
    void *pages = __atomic_exchange_n(&mapped, NULL, __ATOMIC_ACQ_REL);
    void *bytes = __atomic_exchange_n(&allocated, NULL, __ATOMIC_ACQ_REL);

    if (pages)
        munmap(pages, RESERVE_BYTES);
    free(bytes);
    return pages || bytes;
}

static bool
is_whole(void)
{
    return __atomic_load_n(&mapped, __ATOMIC_ACQUIRE) || __atomic_load_n(&allocated, __ATOMIC_ACQUIRE);
}

/* Untouched pages; NULL: there are none. */
static void *
map_pages(size_t bytes)
{
    void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return pages == MAP_FAILED ? NULL : pages;
}

/* False: there is no memory for it.  Where the address space is limited, much may be free in a heap
 * that the C library cannot give back, since something stands behind it. */
static bool
take_reserve(void)
{
    void *pages = map_pages(RESERVE_BYTES);
    void *bytes = pages ? NULL : malloc(RESERVE_BYTES);

    __atomic_store_n(&mapped, pages, __ATOMIC_RELEASE);
    __atomic_store_n(&allocated, bytes, __ATOMIC_RELEASE);
    return is_whole();
}

void
daemon_memory_start(void)
{
    take_reserve();
}

static int
too_little(size_t len)
{
    return vir_error(VIR_ERR_NO_MEMORY, "libvirtd has too little memory left for a call of %zu bytes", len);
}

int
daemon_memory_check(size_t len)
{
    if (len <= SHORT_CALL || is_whole())
        return 0;
    malloc_trim(0);
    return take_reserve() ? 0 : too_little(len);
}

/* Bytes of address space that there may be; RLIM_INFINITY: as many as there are. */
static rlim_t
most_memory(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_AS, &limit) < 0 ? RLIM_INFINITY : limit.rlim_cur;
}

bool
daemon_memory_is_limited(void)
{
    return most_memory() != RLIM_INFINITY;
}

static size_t
work_max(void)
{
    rlim_t most = most_memory() / 4;

    return most > WORK_MAX ? WORK_MAX : most;
}

bool
daemon_memory_is_large(size_t len)
{
    return len > LARGE_CALL;
}

int
daemon_memory_set_aside(size_t len, size_t *ret_bytes)
{
    size_t bytes = daemon_memory_is_large(len) ? LARGE_BASE + (len < LARGE_MAX ? len : LARGE_MAX) * LARGE_FACTOR : 0;
    void *room = NULL;

    *ret_bytes = 0;
    if (!bytes)
        return 0;
    if (__atomic_add_fetch(&working, bytes, __ATOMIC_ACQ_REL) <= work_max())
        room = map_pages(bytes);        /* only to see whether it is there */
    if (!room) {
        __atomic_sub_fetch(&working, bytes, __ATOMIC_ACQ_REL);
        return too_little(len);
    }
    munmap(room, bytes);
    *ret_bytes = bytes;
    return 0;
}

void
daemon_memory_give_back(size_t bytes)
{
    __atomic_sub_fetch(&working, bytes, __ATOMIC_ACQ_REL);
}
