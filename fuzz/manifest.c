/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as a manifest, read twice as two layers: a module's name is never a path. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/manifest.h"
#include "report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
vir_report(enum vir_report_kind kind, int err, const char *text)
{
    (void)kind, (void)err, (void)text;
    return -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vir_manifest *manifest = vir_manifest_new("fuzz.module");

    for (int layer = 0; layer < 2; layer++)
        if (vir_manifest_read(manifest, (const char *)data, size, "fuzz.module") == 0)
            vir_manifest_check(manifest);
    if (manifest->module && (strchr(manifest->module, '/') || strlen(manifest->module) > VIR_MODULE_NAME_MAX))
        abort();
    vir_manifest_free(manifest);
    virResetLastError();
    return 0;
}
