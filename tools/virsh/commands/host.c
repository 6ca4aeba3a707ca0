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

/* ---- processors in documents ----------------------------------------------------------------------------- */

#define CPUS "(/all/cpu|/all/domain/cpu|/all/capabilities/host/cpu|" \
    "/all/domainCapabilities/cpu/mode[@name='host-model' and @supported='yes'])"

enum { MAX_CPUS = 256 };

struct cpus {
    char *xml[MAX_CPUS];
    unsigned int n;
};

static void
cpus_free(struct cpus *cpus)
{
    for (unsigned int i = 0; i < cpus->n; i++)
        free(cpus->xml[i]);
}

/* The processor that a hypervisor calls host-model is a <mode> there. */
static char *
as_cpu(char *xml)
{
    const char *inner = strchr(xml, '>');
    char *cpu;

    if (strncmp(xml, "<mode", 5) != 0 || !inner || strlen(inner) < 9)
        return xml;
    cpu = vir_strdup_printf("<cpu%.*s</cpu>", (int)(strstr(inner, "</mode>") - inner), inner);
    free(xml);
    return cpu;
}

/* Those in the TEXT of a file: several documents may stand in it; -1: reported. */
static int
cpus_find(struct shell *vsh, const char *text, const char *path, struct cpus *ret)
{
    const char *declared = strncmp(text, "<?xml", 5) == 0 ? strstr(text, "?>") : NULL;
    VIR_AUTO_FREE char *all = vir_strdup_printf("<all>%s</all>", declared ? declared + 2 : text);
    VIR_AUTO_FREE char *count = virsh_xml_string(vsh, all, "count(" CPUS ")");
    unsigned long n = count ? strtoul(count, NULL, 10) : 0;

    ret->n = 0;
    if (!count)
        return -1;
    if (n == 0)
        return shell_error(vsh, "File '%s' does not contain any <cpu> element or valid domain XML, host capabilities "
                           "XML, or domain capabilities XML", path);
    for (unsigned long i = 1; i <= n && i <= MAX_CPUS; i++) {
        VIR_AUTO_FREE char *expression = vir_strdup_printf("%s[%lu]", CPUS, i);
        char *xml = virsh_xml_text(vsh, all, expression);

        if (!xml) {
            cpus_free(ret);
            return -1;
        }
        ret->xml[ret->n++] = as_cpu(xml);
    }
    return 0;
}

/* RESULT: virCPUCompareResult; the words for what PATH is compared with: at the end and the beginning of a line. */
static int
say_compared(struct shell *vsh, int result, const char *path, const char *what, const char *What)
{
    switch (result) {
    case VIR_CPU_COMPARE_INCOMPATIBLE:
        shell_print(vsh, "CPU described in %s is incompatible with %s\n", path, what);
        return -1;
    case VIR_CPU_COMPARE_IDENTICAL:
        shell_print(vsh, "CPU described in %s is identical to %s\n", path, what);
        return 0;
    case VIR_CPU_COMPARE_SUPERSET:
        shell_print(vsh, "%s is a superset of CPU described in %s\n", What, path);
        return 0;
    default:
        return -1;
    }
}

int
run_cpu_compare(struct shell *vsh, const struct cpu_compare_args *args)
{
    struct cpus cpus;
    int result;

    if (cpus_find(vsh, args->file, args->file_path, &cpus) < 0)
        return -1;
    result = virConnectCompareCPU(vsh->conn, cpus.xml[0], args->flags);
    cpus_free(&cpus);
    if (result < 0)
        return shell_error(vsh, "Failed to compare host CPU with %s", args->file_path);
    return say_compared(vsh, result, args->file_path, "host CPU", "Host CPU");
}

int
run_hypervisor_cpu_compare(struct shell *vsh, const struct hypervisor_cpu_compare_args *args)
{
    struct cpus cpus;
    int result;

    if (cpus_find(vsh, args->file, args->file_path, &cpus) < 0)
        return -1;
    result = virConnectCompareHypervisorCPU(vsh->conn, args->emulator, args->arch, args->machine, args->virttype,
                                            cpus.xml[0], args->flags);
    cpus_free(&cpus);
    if (result < 0)
        return shell_error(vsh, "Failed to compare hypervisor CPU with %s", args->file_path);
    return say_compared(vsh, result, args->file_path, "the CPU provided by hypervisor on the host",
                        "The CPU provided by hypervisor on the host");
}

/* Prints XML, which is taken over; NULL: the call failed, and its own words say all. */
static int
show(struct shell *vsh, char *xml)
{
    if (!xml)
        return -1;
    shell_print(vsh, "%s", xml);
    free(xml);
    return 0;
}

int
run_cpu_baseline(struct shell *vsh, const struct cpu_baseline_args *args)
{
    struct cpus cpus;
    char *xml;

    if (cpus_find(vsh, args->file, args->file_path, &cpus) < 0)
        return -1;
    xml = virConnectBaselineCPU(vsh->conn, (const char **)cpus.xml, cpus.n, args->flags);
    cpus_free(&cpus);
    return show(vsh, xml);
}

int
run_hypervisor_cpu_baseline(struct shell *vsh, const struct hypervisor_cpu_baseline_args *args)
{
    struct cpus cpus = { .n = 1 };
    char *xml;

    if (!args->file && !args->model)
        return shell_error(vsh, "either --file or --model is required");
    if (args->model)
        cpus.xml[0] = vir_strdup_printf("<cpu><model>%s</model></cpu>", args->model);
    else if (cpus_find(vsh, args->file, args->file_path, &cpus) < 0)
        return -1;
    xml = virConnectBaselineHypervisorCPU(vsh->conn, args->emulator, args->arch, args->machine, args->virttype,
                                          (const char **)cpus.xml, cpus.n, args->flags);
    cpus_free(&cpus);
    return show(vsh, xml);
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
