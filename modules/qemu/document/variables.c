/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory in which a guest's firmware keeps its variables: a file of the guest's own, made from a template.
 */
#include "document/machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MAX_VARIABLES = 64 * 1024 * 1024 };

char *
qemu_variables_file(const struct qemu_domain_def *doc)
{
    return vir_strdup_printf("%s/qemu/nvram/%s_VARS.fd", qemu_driver.data_dir, doc->name);
}

/* For firmware that the document names itself: Debian's and Fedora's pairs. */
static char *
usual_template(const char *loader)
{
    const char *code = strstr(loader, "_CODE"), *rest = code ? code + 5 : NULL;
    char *path;

    if (!code)
        return NULL;
    if (strstr(rest, ".secboot") && !strstr(rest, ".snakeoil"))
        path = vir_strdup_printf("%.*s_VARS%.*s.fd", (int)(code - loader), loader,
                                 (int)(strstr(rest, ".secboot") - rest), rest);
    else
        path = vir_strdup_printf("%.*s_VARS%s", (int)(code - loader), loader, rest);
    if (access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

static int
copy_variables(const char *from, const char *to)
{
    VIR_AUTO_FREE char *text = NULL;
    VIR_AUTO_FREE char *dir = vir_strdup(to);
    VIR_AUTO_CLOSE int dirfd = -1;
    size_t len;

    *strrchr(dir, '/') = '\0';
    if (vir_file_read_path(from, MAX_VARIABLES, &text, &len) < 0)
        return -1;
    dirfd = vir_dir_open(*dir ? dir : "/", 0711);
    return dirfd < 0 ? -1 : vir_file_write(dirfd, strrchr(to, '/') + 1, text, len, 0600);
}

int
qemu_variables_prepare(const struct qemu_domain_def *doc, bool anew)
{
    const struct qemu_nvram_file_def *nvram = doc->os.nvram;
    VIR_AUTO_FREE char *usual = NULL;
    const char *template;

    if (!nvram || !nvram->path || nvram->type || (!anew && access(nvram->path, F_OK) == 0))
        return 0;
    usual = nvram->template ? NULL : usual_template(doc->os.loader.path);
    template = nvram->template ? nvram->template : usual;
    if (!template)
        return vir_error(VIR_ERR_OPERATION_FAILED, "there is no template for the variables of '%s': say it as "
                         "<nvram template='...'>", doc->os.loader.path);
    return copy_variables(template, nvram->path);
}

static bool
is_file(const struct qemu_domain_def *doc)
{
    return doc->os.nvram && doc->os.nvram->path && (!doc->os.nvram->type || doc->os.nvram->type == QEMU_SOURCE_TYPE_FILE);
}

bool
qemu_variables_are_kept(const struct qemu_domain_def *doc)
{
    VIR_AUTO_FREE char *own = qemu_variables_file(doc);

    return access(is_file(doc) ? doc->os.nvram->path : own, F_OK) == 0 && (is_file(doc) || doc->os.firmware_kind);
}

int
qemu_variables_remove(const struct qemu_domain_def *doc)
{
    VIR_AUTO_FREE char *own = qemu_variables_file(doc);
    const char *path = is_file(doc) ? doc->os.nvram->path : own;

    if (unlink(path) == 0 || errno == ENOENT)
        return 0;
    return vir_error_errno(errno, "cannot remove the variables of the firmware, '%s'", path);
}
