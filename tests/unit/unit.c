/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the tests of common/ link in the place of libvirt's errors. */
#include "unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

char reported[1024], warned[1024];
int reported_kind, n_warned;

int
vir_report(enum vir_report_kind kind, int err, const char *text)
{
    if (kind == VIR_REPORT_WARNING) {
        snprintf(warned, sizeof(warned), "%s", text);
        n_warned++;
        return -1;
    }
    reported_kind = (int)kind;
    snprintf(reported, sizeof(reported), err ? "%s: %s" : "%s", text, strerror(err));
    return -1;
}

void
reported_clear(void)
{
    reported[0] = warned[0] = '\0';
    n_warned = 0;
}

int
temp_dir(char *path, size_t size)
{
    const char *base = getenv("TMPDIR");
    int fd;

    snprintf(path, size, "%s/libvirt-unit-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(path));
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

void
temp_dir_remove(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int64_t
ms_since(int64_t start)
{
    return vir_now_ms() - start;
}
