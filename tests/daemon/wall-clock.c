/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded into a program: its wall clock is wrong by as many seconds as stand in the
 * file that VIR_CLOCK names, a 64-bit integer that changes at any time.  Its other
 * clocks are right.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

#define EXPORTED __attribute__((visibility("default")))

static const volatile int64_t *wrong_by;

__attribute__((constructor)) static void
start(void)
{
    const char *path = getenv("VIR_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *bytes = mmap(NULL, sizeof(*wrong_by), PROT_READ, MAP_SHARED, fd, 0);

    if (bytes != MAP_FAILED)
        wrong_by = bytes;
}

EXPORTED int
clock_gettime(clockid_t clock, struct timespec *ts)
{
    static int (*real)(clockid_t, struct timespec *);
    int rc;

    if (!real)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    rc = real(clock, ts);
    if (rc == 0 && wrong_by && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        ts->tv_sec += *wrong_by;
    return rc;
}

EXPORTED time_t
time(time_t *ret)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (ret)
        *ret = now.tv_sec;
    return now.tv_sec;
}

EXPORTED int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    struct timespec now;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *tv = (struct timeval){ now.tv_sec, now.tv_nsec / 1000 };
    return 0;
}
