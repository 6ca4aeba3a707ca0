/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What only QEMU has; the work is done in the part virsh-qemu. */
#include <stdlib.h>

#include "rows/qemu.h"
#include "fds.h"
#include "parts.h"

static int
print_answer(struct shell *vsh, const struct virsh_qemu_part *part, const char *answer,
             const struct qemu_monitor_command_args *args)
{
    VIR_AUTO_FREE char *text = NULL, *reason = NULL;

    if (!args->pretty && !args->return_value) {
        shell_print(vsh, "%s\n", answer);
        return 0;
    }
    if (part->json(answer, args->return_value, args->pretty, &text, &reason) < 0)
        return shell_error(vsh, "%s", reason ? reason : "out of memory");
    shell_print(vsh, "%s", text);
    return 0;
}

/* Words with a blank between them. Caller frees. */
static char *
join(char *const *words, size_t n)
{
    struct vir_buf buf = { 0 };

    for (size_t i = 0; i < n; i++)
        vir_buf_addf(&buf, "%s%s", i > 0 ? " " : "", words[i]);
    return vir_buf_steal(&buf);
}

/* NULL: reported. Caller frees. */
static char *
command_of(struct shell *vsh, const struct virsh_qemu_part *part, const struct qemu_monitor_command_args *args)
{
    VIR_AUTO_FREE char *arguments = NULL;
    char *command = NULL;

    if (args->hmp)
        return join(args->cmd, args->n_cmd);
    if (part->command(args->cmd, args->n_cmd, &command) == 0)
        return command;
    arguments = join(args->cmd + 1, args->n_cmd - 1);
    shell_error(vsh, "failed to wrap arguments '%s' into a QMP command wrapper", arguments);
    shell_hint(vsh, "the members of a JSON object, as '\"option\":\"memory\"'");
    return NULL;
}

int
run_qemu_monitor_command(struct shell *vsh, const struct qemu_monitor_command_args *args)
{
    const struct virsh_qemu_part *part = shell_part(vsh, "virsh-qemu");
    VIR_AUTO_FREE char *command = NULL, *answer = NULL;
    VIR_AUTO_FREE int *fds = NULL;
    unsigned int n_fds;

    if (!part || virsh_fds_read(vsh, args->pass_fds, &fds, &n_fds) < 0)
        return -1;
    command = command_of(vsh, part, args);
    if (!command)
        return -1;
    if (part->monitor_command(args->domain, command, n_fds, fds, &answer, args->flags) < 0)
        return -1;
    return print_answer(vsh, part, answer, args);
}
