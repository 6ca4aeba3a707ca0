/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as the file of a module, whose note is read before the dynamic linker sees it. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/module-note.h"
#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "fuzz-note.XXXXXX", path[PATH_MAX];

static void
remove_file(void)
{
    unlink(path);
    rmdir(dir);
}

static void
make_file(void)
{
    char here[PATH_MAX - sizeof(dir) - 8];

    if (!getcwd(here, sizeof(here)) || !mkdtemp(dir))
        abort();
    snprintf(path, sizeof(path), "%s/%s/x.so", here, dir);
    atexit(remove_file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vir_manifest *manifest = vir_manifest_new("x.so");
    int fd;

    if (!*path)
        make_file();
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    close(fd);
    if (vir_module_read(path, "x", manifest) == 0 && strcmp(manifest->module, "x") != 0)
        abort();
    vir_module_look(path, "x");
    vir_manifest_free(manifest);
    virResetLastError();
    return 0;
}
