/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host and its hypervisor: what they are, and what they can do. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rows/host.h"

/* What the driver says it can do, if it says anything, else what the connection promises. */
int
run_maxvcpus(struct shell *vsh, const struct maxvcpus_args *args)
{
    VIR_AUTO_FREE char *xml = virConnectGetDomainCapabilities(vsh->conn, NULL, NULL, NULL, args->type, 0);
    VIR_AUTO_FREE char *max = NULL;
    int n;

    shell_error_forget(vsh);
    max = xml ? virsh_xml_string(vsh, xml, "string(/domainCapabilities/vcpu/@max)") : NULL;
    if (max && *max) {
        shell_print(vsh, "%s\n", max);
        return 0;
    }
    n = virConnectGetMaxVcpus(vsh->conn, args->type);
    if (n < 0)
        return -1;
    shell_print(vsh, "%d\n", n);
    return 0;
}

int
run_nodeinfo(struct shell *vsh)
{
    virNodeInfo info;

    if (virNodeGetInfo(vsh->conn, &info) < 0)
        return shell_error(vsh, "failed to get node information");
    shell_print(vsh, "%-20s %s\n", "CPU model:", info.model);
    shell_print(vsh, "%-20s %d\n", "CPU(s):", info.cpus);
    if (info.mhz != 0)
        shell_print(vsh, "%-20s %d MHz\n", "CPU frequency:", info.mhz);
    shell_print(vsh, "%-20s %d\n", "CPU socket(s):", info.sockets);
    shell_print(vsh, "%-20s %d\n", "Core(s) per socket:", info.cores);
    shell_print(vsh, "%-20s %d\n", "Thread(s) per core:", info.threads);
    shell_print(vsh, "%-20s %d\n", "NUMA cell(s):", info.nodes);
    shell_print(vsh, "%-20s %lu KiB\n", "Memory size:", info.memory);
    return 0;
}

static void
print_release(struct shell *vsh, const char *label, const char *what, unsigned long number)
{
    shell_print(vsh, "%s: %s%s%lu.%lu.%lu\n", label, what, *what ? " " : "",
                number / 1000000, number / 1000 % 1000, number % 1000);
}

int
run_version(struct shell *vsh, const struct version_args *args)
{
    const char *type = virConnectGetType(vsh->conn);
    unsigned long library, api, number;

    if (!type)
        return shell_error(vsh, "failed to get hypervisor type");
    if (virGetVersion(&library, type, &api) < 0)
        return shell_error(vsh, "failed to get the library version");
    print_release(vsh, "Compiled against library", "libvirt", LIBVIR_VERSION_NUMBER);
    print_release(vsh, "Using library", "libvirt", library);
    print_release(vsh, "Using API", type, api);
    if (virConnectGetVersion(vsh->conn, &number) < 0) {
        if (vsh->error_code != VIR_ERR_NO_SUPPORT)
            return shell_error(vsh, "failed to get the hypervisor version");
        shell_error_forget(vsh);
        number = 0;
    }
    if (number == 0)
        shell_print(vsh, "Cannot extract running %s hypervisor version\n", type);
    else
        print_release(vsh, "Running hypervisor", type, number);
    if (args->daemon) {
        if (virConnectGetLibVersion(vsh->conn, &number) < 0)
            return shell_error(vsh, "failed to get the daemon version");
        print_release(vsh, "Running against daemon", "", number);
    }
    return 0;
}

int
run_cpu_models(struct shell *vsh, const struct cpu_models_args *args)
{
    char **models = NULL;
    const int n = virConnectGetCPUModelNames(vsh->conn, args->arch, &models, 0);

    if (n < 0)
        return shell_error(vsh, "failed to get CPU model names");
    if (n == 0)
        shell_print(vsh, "all CPU models are accepted\n");
    for (int i = 0; i < n; i++) {
        shell_print(vsh, "%s\n", models[i]);
        free(models[i]);
    }
    free(models);
    return 0;
}

int
run_nodesevinfo(struct shell *vsh)
{
    virTypedParameterPtr params = NULL;
    int n = 0;

    if (virNodeGetSEVInfo(vsh->conn, &params, &n, 0) < 0)
        return shell_error(vsh, "Unable to get host SEV information");
    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *text = shell_param_text(&params[i]);

        shell_print(vsh, "%-18s: %s\n", params[i].field, text);
    }
    virTypedParamsFree(params, n);
    return 0;
}
