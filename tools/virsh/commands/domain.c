/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting domains, and putting guests to sleep: what takes more than one public call. */
#include <stdlib.h>

#include "rows/domain.h"
#include "fds.h"

int
run_create(struct shell *vsh, const struct create_args *args)
{
    VIR_AUTO_FREE int *fds = NULL;
    unsigned int n_fds;
    virDomainPtr dom;

    if (virsh_fds_read(vsh, args->pass_fds, &fds, &n_fds) < 0)
        return -1;
    dom = n_fds > 0 ? virDomainCreateXMLWithFiles(vsh->conn, args->file, n_fds, fds, args->flags)
                    : virDomainCreateXML(vsh->conn, args->file, args->flags);
    if (!dom)
        return shell_error(vsh, "Failed to create domain from %s", args->file_path);
    shell_print_extra(vsh, "Domain '%s' created from %s\n", virDomainGetName(dom), args->file_path);
    if (args->console && virsh_console_run(vsh, dom, NULL, 0) < 0)
        shell_error_report(vsh);        /* the domain was created all the same */
    virDomainFree(dom);
    return 0;
}

/* A driver that cannot boot afresh by a flag: its saved state is removed first. */
static int
start_afresh(struct shell *vsh, virDomainPtr dom, unsigned int flags)
{
    int saved;

    if (virDomainCreateWithFlags(dom, flags) == 0)
        return 0;
    if (vsh->error_code != VIR_ERR_NO_SUPPORT && vsh->error_code != VIR_ERR_INVALID_ARG)
        return -1;
    shell_error_forget(vsh);
    saved = virDomainHasManagedSaveImage(dom, 0);
    shell_error_forget(vsh);
    if (saved > 0 && virDomainManagedSaveRemove(dom, 0) < 0)
        return -1;
    flags &= ~(unsigned int)VIR_DOMAIN_START_FORCE_BOOT;
    return flags ? virDomainCreateWithFlags(dom, flags) : virDomainCreate(dom);
}

int
run_start(struct shell *vsh, const struct start_args *args)
{
    const unsigned int flags = args->flags;
    virDomainPtr dom = args->domain;
    VIR_AUTO_FREE int *fds = NULL;
    unsigned int n_fds;
    int result;

    if (virDomainGetID(dom) != (unsigned int)-1)
        return shell_error(vsh, "Domain is already active");
    if (virsh_fds_read(vsh, args->pass_fds, &fds, &n_fds) < 0)
        return -1;
    if (n_fds > 0)
        result = virDomainCreateWithFiles(dom, n_fds, fds, flags);
    else if (flags & VIR_DOMAIN_START_FORCE_BOOT)
        result = start_afresh(vsh, dom, flags);
    else
        result = flags ? virDomainCreateWithFlags(dom, flags) : virDomainCreate(dom);
    if (result < 0)
        return shell_error(vsh, "Failed to start domain '%s'", virDomainGetName(dom));
    shell_print_extra(vsh, "Domain '%s' started\n", virDomainGetName(dom));
    return args->console ? virsh_console_run(vsh, dom, NULL, 0) : 0;
}

/* Told with the domain's own name, whatever was typed. */
int
run_dompmsuspend(struct shell *vsh, const struct dompmsuspend_args *args)
{
    const int result = virDomainPMSuspendForDuration(args->domain, (unsigned int)args->target,
                                                     (unsigned long long)args->duration, 0);

    return shell_did(vsh, result, virDomainGetName(args->domain), "Domain '%s' successfully suspended\n",
                     "Domain '%s' could not be suspended");
}

/* ---- guests whose memory the host cannot read ---------------------------------------------- */

int
run_domlaunchsecinfo(struct shell *vsh, const struct domlaunchsecinfo_args *args)
{
    virTypedParameterPtr params = NULL;
    int n = 0;

    if (virDomainGetLaunchSecurityInfo(args->domain, &params, &n, 0) < 0)
        return shell_error(vsh, "Unable to get launch security parameters");
    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *text = shell_param_text(&params[i]);

        shell_print(vsh, "%-15s: %s\n", params[i].field, text);
    }
    virTypedParamsFree(params, n);
    return 0;
}

int
run_domsetlaunchsecstate(struct shell *vsh, const struct domsetlaunchsecstate_args *args)
{
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0, result;

    if (!args->secrethdr || !args->secret)
        return shell_error(vsh, "Both secret and the secret header are required");
    result = virTypedParamsAddString(&params, &n, &max, VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_HEADER, args->secrethdr);
    if (result == 0)
        result = virTypedParamsAddString(&params, &n, &max, VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET, args->secret);
    if (result == 0 && args->has_set_address)
        result = virTypedParamsAddULLong(&params, &n, &max, VIR_DOMAIN_LAUNCH_SECURITY_SEV_SECRET_SET_ADDRESS,
                                         (unsigned long long)args->set_address);
    if (result == 0)
        result = virDomainSetLaunchSecurityState(args->domain, params, n, 0);
    virTypedParamsFree(params, n);
    return result < 0 ? shell_error(vsh, "Unable to set launch security state") : 0;
}
