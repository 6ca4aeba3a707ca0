/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document in the user's editor. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "virsh.h"

/* A new file of the user's own that holds XML; its name, caller frees, or NULL: reported. */
static char *
file_with(struct shell *vsh, const char *xml)
{
    const char *dir = getenv("TMPDIR");
    char *name = vir_strdup_printf("%s/virshXXXXXX.xml", dir && *dir == '/' ? dir : "/tmp");
    int fd = mkostemps(name, 4, O_CLOEXEC);
    bool done = fd >= 0 && write(fd, xml, strlen(xml)) == (ssize_t)strlen(xml);

    if (fd >= 0 && close(fd) == 0 && done)
        return name;
    shell_error(vsh, "cannot write the document to '%s': %s", name, strerror(errno));
    if (fd >= 0)
        unlink(name);
    free(name);
    return NULL;
}

/* -1: reported. */
static int
run_editor(struct shell *vsh, const char *file)
{
    const char *editor = getenv("VISUAL");
    VIR_AUTO_FREE char *command = NULL;
    int status;

    if (!editor || !*editor)
        editor = getenv("EDITOR");
    if (!editor || !*editor)
        editor = "vi";
    command = vir_strdup_printf("%s '%s'", editor, file);       /* mkostemps and TMPDIR make no ' */
    status = system(command);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    shell_error(vsh, "the editor '%s' failed", editor);
    shell_hint(vsh, "the environment's VISUAL or EDITOR names another");
    return -1;
}

/* What the user wants after a document was refused. */
static int
ask(struct shell *vsh, bool can_relax)
{
    char answer[16];

    for (;;) {
        shell_print(vsh, can_relax ? "Failed. Try again? [y,n,i,?]: " : "Failed. Try again? [y,n,?]: ");
        fflush(stdout);
        if (!fgets(answer, sizeof(answer), stdin))
            return 'n';
        if (answer[0] == 'y' || answer[0] == 'n' || (answer[0] == 'i' && can_relax))
            return answer[0];
        shell_print(vsh, "y - yes, edit the document again\nn - no, keep what there was\n%s",
                    can_relax ? "i - define it without looking whether it follows the schema\n" : "");
    }
}

/* -1: reported, and the user's work is in FILE.  1: it is to be edited again. */
static int
write_back(const struct virsh_editing *editing, const char *file, const char *xml)
{
    struct shell *vsh = editing->vsh;
    bool validate = editing->validate;
    int choice;

    for (;;) {
        if (editing->write(editing, xml, validate) == 0)
            return 0;
        shell_error(vsh, "the document was not taken");
        choice = isatty(STDIN_FILENO) ? ask(vsh, validate) : 'n';
        if (choice == 'y')
            return 1;
        if (choice == 'n')
            break;
        validate = false;
    }
    shell_hint(vsh, "what you wrote is in '%s'", file);
    return -1;
}

/* Somebody may have changed the same meanwhile. */
static int
check_unchanged(const struct virsh_editing *editing, const char *before, const char *file)
{
    VIR_AUTO_FREE char *now = editing->read(editing);

    if (!now)
        return -1;
    if (strcmp(now, before) == 0)
        return 0;
    shell_error(editing->vsh, "the XML configuration was changed by another user");
    shell_hint(editing->vsh, "what you wrote is in '%s'", file);
    return -1;
}

/* Until the document is taken or given up: 1 changed, 0 as it was, -1. */
static int
edit_file(const struct virsh_editing *editing, const char *before, const char *file, bool *ret_keep)
{
    int ret = 1;

    while (ret > 0) {
        VIR_AUTO_FREE char *after = NULL;

        *ret_keep = false;
        if (run_editor(editing->vsh, file) < 0)
            return -1;
        after = shell_file(editing->vsh, file);
        if (!after)
            return -1;
        if (strcmp(after, before) == 0)
            return 0;
        *ret_keep = true;
        ret = check_unchanged(editing, before, file) < 0 ? -1 : write_back(editing, file, after);
    }
    *ret_keep = ret < 0;
    return ret < 0 ? -1 : 1;
}

int
virsh_edit(const struct virsh_editing *editing)
{
    VIR_AUTO_FREE char *before = editing->read(editing);
    VIR_AUTO_FREE char *file = before ? file_with(editing->vsh, before) : NULL;
    bool keep = false;
    int ret;

    if (!file)
        return -1;
    ret = edit_file(editing, before, file, &keep);
    if (!keep)
        unlink(file);
    if (ret >= 0)
        editing->done(editing, ret);
    return ret < 0 ? -1 : 0;
}
