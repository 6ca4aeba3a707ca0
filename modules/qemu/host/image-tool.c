/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Images that no emulator has open; see image-tool.h. */
#include "host/image-tool.h"
#include "qemu.h"

#include <stdlib.h>
#include <string.h>

#define TOOL "qemu-img"

enum {
    LIMIT_MS = 30 * 60 * 1000,          /* a commit copies what a disk has */
    MAX_OUTPUT = 16 * 1024,             /* bytes */
};

static int
run(const char *const *argv, const char *path)
{
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv };
    VIR_AUTO_FREE char *output = NULL;
    VIR_AUTO_FREE char *words = NULL;
    int status = -1;

    if (vir_child_run(&child, NULL, MAX_OUTPUT, LIMIT_MS, &output, &status) < 0)
        return -1;
    if (status == 0)
        return 0;
    words = qemu_words(output ? output : "", output ? strlen(output) : 0);
    return vir_error(VIR_ERR_INTERNAL_ERROR, "%s %s '%s' failed: %s", argv[0], argv[1], path, words);
}

int
qemu_image_tool_snapshot(const char *path, const char *how, const char *name)
{
    return run((const char *const[]){ TOOL, "snapshot", how, name, "--", path, NULL }, path);
}

int
qemu_image_tool_overlay(const char *path, const char *backing, const char *backing_format)
{
    return run((const char *const[]){ TOOL, "create", "-q", "-f", "qcow2", "-F", backing_format, "-b", backing, "--", path, NULL },
               path);
}

int
qemu_image_tool_commit(const char *path, const char *format)
{
    return run((const char *const[]){ TOOL, "commit", "-q", "-d", "-f", format, "--", path, NULL }, path);
}

int
qemu_image_tool_rebase(const char *path, const char *format, const char *backing, const char *backing_format)
{
    return run((const char *const[]){ TOOL, "rebase", "-u", "-f", format, "-F", backing_format, "-b", backing, "--", path, NULL },
               path);
}
