/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the agent inside a guest is asked: of its file systems, users, processors, and anything else. */
#include <stdlib.h>
#include <string.h>

#include "rows/agent.h"
#include "parts.h"

/* ---- anything --------------------------------------------------------------------------------------- */

/* -3: reported. */
static int
seconds_of(struct shell *vsh, const struct qemu_agent_command_args *args)
{
    if (args->has_timeout + args->async + args->block > 1) {
        shell_error(vsh, "timeout, async and block options are exclusive");
        return -3;
    }
    if (args->has_timeout && args->timeout < 1) {
        shell_error(vsh, "timeout must be positive");
        return -3;
    }
    return args->has_timeout ? (int)args->timeout : args->async ? VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_NOWAIT
        : args->block ? VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK : VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_DEFAULT;
}

int
run_qemu_agent_command(struct shell *vsh, const struct qemu_agent_command_args *args)
{
    const struct virsh_qemu_part *part = shell_part(vsh, "virsh-qemu");
    VIR_AUTO_FREE char *answer = NULL, *text = NULL, *reason = NULL;
    struct vir_buf words = { 0 };
    int seconds = part ? seconds_of(vsh, args) : -3;

    if (seconds == -3)
        return -1;
    for (size_t i = 0; i < args->n_cmd; i++)
        vir_buf_addf(&words, "%s%s", i > 0 ? " " : "", args->cmd[i]);
    answer = part->agent_command(args->domain, words.text, seconds);
    vir_buf_free(&words);
    if (!answer)
        return -1;
    if (args->pretty && part->json(answer, 0, 1, &text, &reason) < 0)
        return shell_error(vsh, "%s", reason ? reason : "out of memory");
    shell_print(vsh, "%s\n", args->pretty ? text : answer);
    return 0;
}

int
run_guestinfo(struct shell *vsh, const struct guestinfo_args *args)
{
    virTypedParameterPtr params = NULL;
    int n = 0;

    if (virDomainGetGuestInfo(args->domain, args->flags, &params, &n, 0) < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *text = shell_param_text(&params[i]);

        shell_print(vsh, "%-20s: %s\n", params[i].field, text);
    }
    virTypedParamsFree(params, n);
    return 0;
}

/* ---- file systems ----------------------------------------------------------------------------------- */

/* Those that they are disks of, parted by commas. */
static char *
targets_of(virDomainFSInfoPtr info)
{
    struct vir_buf buf = { 0 };

    for (size_t i = 0; i < info->ndevAlias; i++)
        vir_buf_addf(&buf, "%s%s", i > 0 ? "," : "", info->devAlias[i]);
    return vir_buf_steal(&buf);
}

int
run_domfsinfo(struct shell *vsh, const struct domfsinfo_args *args)
{
    virDomainFSInfoPtr *infos = NULL;
    int n = virDomainGetFSInfo(args->domain, &infos, 0);
    struct shell_table *table;

    if (n < 0)
        return shell_error(vsh, "Unable to get filesystem information");
    if (n == 0) {
        free(infos);
        shell_print_extra(vsh, "No filesystems are mounted in the domain");
        return 0;
    }
    table = shell_table_new(SHELL_TITLES("Mountpoint", "Name", "Type", "Target"));
    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *targets = targets_of(infos[i]);

        shell_table_row(table, infos[i]->mountpoint, infos[i]->name, infos[i]->fstype, targets, NULL);
        virDomainFSInfoFree(infos[i]);
    }
    free(infos);
    shell_table_print(vsh, table);
    return 0;
}

int
run_domfsfreeze(struct shell *vsh, const struct domfsfreeze_args *args)
{
    int n = virDomainFSFreeze(args->domain, (const char **)args->mountpoint, (unsigned int)args->n_mountpoint, 0);

    if (n < 0)
        return shell_error(vsh, "Unable to freeze filesystems");
    shell_print_extra(vsh, "Froze %d filesystem(s)\n", n);
    return 0;
}

int
run_domfsthaw(struct shell *vsh, const struct domfsthaw_args *args)
{
    int n = virDomainFSThaw(args->domain, (const char **)args->mountpoint, (unsigned int)args->n_mountpoint, 0);

    if (n < 0)
        return shell_error(vsh, "Unable to thaw filesystems");
    shell_print_extra(vsh, "Thawed %d filesystem(s)\n", n);
    return 0;
}

int
run_domfstrim(struct shell *vsh, const struct domfstrim_args *args)
{
    if (virDomainFSTrim(args->domain, args->mountpoint, (unsigned long long)args->minimum, 0) < 0)
        return shell_error(vsh, "Unable to invoke fstrim");
    return 0;
}

/* ---- users -------------------------------------------------------------------------------------------- */

int
run_set_user_password(struct shell *vsh, const struct set_user_password_args *args)
{
    if (virDomainSetUserPassword(args->domain, args->user, args->password, args->flags) < 0)
        return -1;
    shell_print_extra(vsh, "Password set successfully for %s in %s", args->user, virDomainGetName(args->domain));
    return 0;
}

int
run_get_user_sshkeys(struct shell *vsh, const struct get_user_sshkeys_args *args)
{
    char **keys = NULL;
    int n = virDomainAuthorizedSSHKeysGet(args->domain, args->user, &keys, 0);

    if (n < 0)
        return -1;
    for (int i = 0; i < n; i++) {
        shell_print(vsh, "%s", keys[i]);
        free(keys[i]);
    }
    free(keys);
    return 0;
}

/* The lines of TEXT, which becomes them; the caller frees. */
static const char **
lines_of(char *text, unsigned int *ret_n)
{
    const char **lines = vir_alloc(sizeof(*lines));
    unsigned int n = 0;

    for (char *line = text; line; ) {
        char *end = strchr(line, '\n');

        lines = vir_realloc_array(lines, n + 1, sizeof(*lines));
        lines[n++] = line;
        line = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
    }
    *ret_n = n;
    return lines;
}

int
run_set_user_sshkeys(struct shell *vsh, const struct set_user_sshkeys_args *args)
{
    VIR_AUTO_FREE const char **keys = NULL;
    unsigned int n = 0, how = args->remove ? VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_REMOVE
        : args->reset ? 0 : VIR_DOMAIN_AUTHORIZED_SSH_KEYS_SET_APPEND;

    if (!args->file && !args->reset)
        return shell_error(vsh, "Option --file is required");
    if (args->file)
        keys = lines_of(args->file, &n);
    return virDomainAuthorizedSSHKeysSet(args->domain, args->user, keys, n, how);
}

/* ---- processors ---------------------------------------------------------------------------------------- */

int
run_guestvcpus(struct shell *vsh, const struct guestvcpus_args *args)
{
    virTypedParameterPtr params = NULL;
    unsigned int n = 0;

    if (args->cpulist && !args->enable && !args->disable)
        return shell_error(vsh, "One of options --enable or --disable is required by option --cpulist");
    if (args->cpulist)
        return virDomainSetGuestVcpus(args->domain, args->cpulist, args->enable, 0);
    if (virDomainGetGuestVcpus(args->domain, &params, &n, 0) < 0)
        return -1;
    shell_print_params(vsh, params, (int)n);
    virTypedParamsFree(params, (int)n);
    return 0;
}
