/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host and its hypervisor: what they are, and what they can do. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

/* Prints a text that a call returned, and frees it. */
static int
print_text(struct virsh *vsh, char *text, const char *failed, const char *end)
{
    if (!text)
        return failed ? virsh_error(vsh, "%s", failed) : -1;
    virsh_print(vsh, "%s%s", text, end);
    free(text);
    return 0;
}

static int
run_capabilities(struct virsh *vsh, const struct virsh_call *call)
{
    (void)call;
    return print_text(vsh, virConnectGetCapabilities(vsh->conn), "failed to get capabilities", "\n");
}

static int
run_hostname(struct virsh *vsh, const struct virsh_call *call)
{
    (void)call;
    return print_text(vsh, virConnectGetHostname(vsh->conn), "failed to get hostname", "\n");
}

static int
run_sysinfo(struct virsh *vsh, const struct virsh_call *call)
{
    (void)call;
    return print_text(vsh, virConnectGetSysinfo(vsh->conn, 0), "failed to get sysinfo", "");
}

static int
run_uri(struct virsh *vsh, const struct virsh_call *call)
{
    (void)call;
    return print_text(vsh, virConnectGetURI(vsh->conn), "failed to get URI", "\n");
}

static int
run_domcapabilities(struct virsh *vsh, const struct virsh_call *call)
{
    return print_text(vsh,
                      virConnectGetDomainCapabilities(vsh->conn, virsh_text(call, "emulatorbin"),
                                                      virsh_text(call, "arch"), virsh_text(call, "machine"),
                                                      virsh_text(call, "virttype"), 0),
                      "failed to get emulator capabilities", "\n");
}

/* What the driver says it can do, if it says anything, else what the connection promises. */
static int
run_maxvcpus(struct virsh *vsh, const struct virsh_call *call)
{
    const char *type = virsh_text(call, "type");
    VIR_AUTO_FREE char *xml = virConnectGetDomainCapabilities(vsh->conn, NULL, NULL, NULL, type, 0);
    VIR_AUTO_FREE char *max = NULL;
    int n;

    virsh_error_forget(vsh);
    max = xml ? virsh_xml_string(vsh, xml, "string(/domainCapabilities/vcpu/@max)") : NULL;
    if (max && *max) {
        virsh_print(vsh, "%s\n", max);
        return 0;
    }
    n = virConnectGetMaxVcpus(vsh->conn, type);
    if (n < 0)
        return -1;
    virsh_print(vsh, "%d\n", n);
    return 0;
}

static int
run_nodeinfo(struct virsh *vsh, const struct virsh_call *call)
{
    virNodeInfo info;

    (void)call;
    if (virNodeGetInfo(vsh->conn, &info) < 0)
        return virsh_error(vsh, "failed to get node information");
    virsh_print(vsh, "%-20s %s\n", "CPU model:", info.model);
    virsh_print(vsh, "%-20s %d\n", "CPU(s):", info.cpus);
    if (info.mhz != 0)
        virsh_print(vsh, "%-20s %d MHz\n", "CPU frequency:", info.mhz);
    virsh_print(vsh, "%-20s %d\n", "CPU socket(s):", info.sockets);
    virsh_print(vsh, "%-20s %d\n", "Core(s) per socket:", info.cores);
    virsh_print(vsh, "%-20s %d\n", "Thread(s) per core:", info.threads);
    virsh_print(vsh, "%-20s %d\n", "NUMA cell(s):", info.nodes);
    virsh_print(vsh, "%-20s %lu KiB\n", "Memory size:", info.memory);
    return 0;
}

static void
print_release(struct virsh *vsh, const char *label, const char *what, unsigned long number)
{
    virsh_print(vsh, "%s: %s%s%lu.%lu.%lu\n", label, what, *what ? " " : "",
                number / 1000000, number / 1000 % 1000, number % 1000);
}

static int
run_version(struct virsh *vsh, const struct virsh_call *call)
{
    const char *type = virConnectGetType(vsh->conn);
    unsigned long library, api, number;

    if (!type)
        return virsh_error(vsh, "failed to get hypervisor type");
    if (virGetVersion(&library, type, &api) < 0)
        return virsh_error(vsh, "failed to get the library version");
    print_release(vsh, "Compiled against library", "libvirt", LIBVIR_VERSION_NUMBER);
    print_release(vsh, "Using library", "libvirt", library);
    print_release(vsh, "Using API", type, api);
    if (virConnectGetVersion(vsh->conn, &number) < 0) {
        if (vsh->error_code != VIR_ERR_NO_SUPPORT)
            return virsh_error(vsh, "failed to get the hypervisor version");
        virsh_error_forget(vsh);
        number = 0;
    }
    if (number == 0)
        virsh_print(vsh, "Cannot extract running %s hypervisor version\n", type);
    else
        print_release(vsh, "Running hypervisor", type, number);
    if (virsh_flag(call, "daemon")) {
        if (virConnectGetLibVersion(vsh->conn, &number) < 0)
            return virsh_error(vsh, "failed to get the daemon version");
        print_release(vsh, "Running against daemon", "", number);
    }
    return 0;
}

static int
run_cpu_models(struct virsh *vsh, const struct virsh_call *call)
{
    char **models = NULL;
    const int n = virConnectGetCPUModelNames(vsh->conn, virsh_text(call, "arch"), &models, 0);

    if (n < 0)
        return virsh_error(vsh, "failed to get CPU model names");
    if (n == 0)
        virsh_print(vsh, "all CPU models are accepted\n");
    for (int i = 0; i < n; i++) {
        virsh_print(vsh, "%s\n", models[i]);
        free(models[i]);
    }
    free(models);
    return 0;
}

static int
run_nodesuspend(struct virsh *vsh, const struct virsh_call *call)
{
    static const char *const targets[] = { "mem", "disk", "hybrid" };
    const char *target = virsh_text(call, "target");
    unsigned int number = 0;
    long long seconds = 0;

    while (number < 3 && strcmp(targets[number], target) != 0)
        number++;
    if (number == 3)
        return virsh_error(vsh, "Invalid target");
    if (virsh_number(vsh, call, "duration", 0, LLONG_MAX, &seconds) < 0)
        return -1;
    if (virNodeSuspendForDuration(vsh->conn, number, (unsigned long long)seconds, 0) < 0)
        return virsh_error(vsh, "The host was not suspended");
    return 0;
}

static int
run_nodesevinfo(struct virsh *vsh, const struct virsh_call *call)
{
    virTypedParameterPtr params = NULL;
    int n = 0;

    (void)call;
    if (virNodeGetSEVInfo(vsh->conn, &params, &n, 0) < 0)
        return virsh_error(vsh, "Unable to get host SEV information");
    for (int i = 0; i < n; i++) {
        VIR_AUTO_FREE char *text = virsh_param_text(&params[i]);

        virsh_print(vsh, "%-18s: %s\n", params[i].field, text);
    }
    virTypedParamsFree(params, n);
    return 0;
}

static const struct virsh_option cpu_models_options[] = {
    { "arch", VIRSH_STRING, VIRSH_REQUIRED, "architecture" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option domcapabilities_options[] = {
    { "virttype", VIRSH_STRING, 0, "kind of virtualization (domain/@type)" },
    { "emulatorbin", VIRSH_STRING, 0, "path of the emulator (domain/devices/emulator)" },
    { "arch", VIRSH_STRING, 0, "architecture of the guest (domain/os/type/@arch)" },
    { "machine", VIRSH_STRING, 0, "kind of machine (domain/os/type/@machine)" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option maxvcpus_options[] = {
    { "type", VIRSH_STRING, 0, "kind of domain" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option nodesuspend_options[] = {
    { "target", VIRSH_STRING, VIRSH_REQUIRED, "mem (to memory), disk or hybrid" },
    { "duration", VIRSH_NUMBER, VIRSH_REQUIRED, "seconds until it wakes up, at least 60" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option version_options[] = {
    { "daemon", VIRSH_BOOL, 0, "also of the daemon at the other end" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_host_commands[] = {
    { "capabilities", "document about the host and what its hypervisor can do", NULL,
      NULL, run_capabilities },
    { "cpu-models", "processor models of an architecture", NULL, cpu_models_options, run_cpu_models },
    { "domcapabilities", "document about what one kind of guest can have", NULL,
      domcapabilities_options, run_domcapabilities },
    { "hostname", "name of the host", NULL, NULL, run_hostname },
    { "maxvcpus", "how many virtual processors a guest can have", NULL, maxvcpus_options, run_maxvcpus },
    { "nodeinfo", "processors and memory of the host", NULL, NULL, run_nodeinfo },
    { "nodesevinfo", "what the host knows about AMD SEV", NULL, NULL, run_nodesevinfo },
    { "nodesuspend", "let the host sleep for a while", NULL, nodesuspend_options, run_nodesuspend },
    { "sysinfo", "document about the host's hardware (SMBIOS)", NULL, NULL, run_sysinfo },
    { "uri", "URI of the present connection", NULL, NULL, run_uri },
    { "version", "versions of library, hypervisor and daemon", NULL, version_options, run_version },
    { .name = NULL }
};
