/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory and scheduling a domain gets. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "rows/resource.h"

/* Rounded up. */
static unsigned long
to_kib(unsigned long long bytes)
{
    return (unsigned long)(bytes / 1024 + (bytes % 1024 != 0));
}

int
run_setmem(struct shell *vsh, const struct setmem_args *args)
{
    const bool asked = args->flags || args->current;

    (void)vsh;
    return virDomainSetMemoryFlags(args->domain, to_kib(args->size), asked ? args->flags : VIR_DOMAIN_AFFECT_LIVE);
}

int
run_setmaxmem(struct shell *vsh, const struct setmaxmem_args *args)
{
    return shell_did(vsh, virDomainSetMemoryFlags(args->domain, to_kib(args->size),
                                                  args->flags | VIR_DOMAIN_MEM_MAXIMUM),
                     NULL, NULL, "Unable to change MaxMemorySize");
}

enum { PARAMS_MAX = 1024 };             /* far more than any scheduler has */

/* A list of parameters as one of the calls without and with flags gives it; freed by virTypedParamsFree(). */
static int
scheduler_parameters(struct shell *vsh, virDomainPtr dom, bool plain, unsigned int affect,
                     virTypedParameterPtr *ret_params, int *ret_n)
{
    int n = 0, result;
    VIR_AUTO_FREE char *type = virDomainGetSchedulerType(dom, &n);

    if (!type) {
        shell_print(vsh, "%-15s: %s\n", "Scheduler", "Unknown");
        return -1;
    }
    if (n < 0 || n > PARAMS_MAX)
        return shell_error(vsh, "%d scheduler parameters cannot be", n);
    if (!*ret_params)
        shell_print(vsh, "%-15s: %s\n", "Scheduler", type);
    virTypedParamsFree(*ret_params, *ret_n);
    *ret_n = n;
    *ret_params = vir_alloc_array((size_t)*ret_n + 1, sizeof(**ret_params));
    result = plain ? virDomainGetSchedulerParameters(dom, *ret_params, ret_n)
                   : virDomainGetSchedulerParametersFlags(dom, *ret_params, ret_n, affect);
    if (result < 0)
        *ret_n = 0;
    return result;
}

/* NAME=VALUE is taken if the driver has a parameter of this name; 1: it has not. */
static int
add_setting(struct shell *vsh, const char *name, const char *value, const virTypedParameter *known,
            int n_known, virTypedParameterPtr *settings, int *n, int *max)
{
    for (int i = 0; i < n_known; i++) {
        if (strcmp(known[i].field, name) == 0) {
            if (virTypedParamsAddFromString(settings, n, max, name, known[i].type, value) < 0) {
                shell_error_report(vsh);
                return -1;
            }
            return 0;
        }
    }
    return 1;
}

static int
collect_settings(struct shell *vsh, const struct schedinfo_args *args, const virTypedParameter *known,
                 int n_known, virTypedParameterPtr *settings, int *n, int *max)
{
    const struct { const char *name; bool given; long long value; } named[] = {
        { "weight", args->has_weight, args->weight }, { "cap", args->has_cap, args->cap },
    };

    for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++) {
        VIR_AUTO_FREE char *value = vir_strdup_printf("%lld", named[i].value);

        if (named[i].given && add_setting(vsh, named[i].name, value, known, n_known, settings, n, max) < 0)
            return -1;
    }
    for (size_t i = 0; i < args->n_set; i++) {
        const char *word = args->set[i], *equals = strchr(word, '=');
        VIR_AUTO_FREE char *name = NULL;
        int found;

        if (!equals)
            return shell_error(vsh, "Invalid syntax for --set, expecting name=value");
        name = vir_strndup(word, (size_t)(equals - word));
        found = add_setting(vsh, name, equals + 1, known, n_known, settings, n, max);
        if (found != 0)
            return found < 0 ? -1 : shell_error(vsh, "invalid scheduler option: %s", name);
    }
    return 0;
}

int
run_schedinfo(struct shell *vsh, const struct schedinfo_args *args)
{
    const unsigned int both = VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG, affect = args->flags;
    const unsigned int seen = (affect & both) == both ? affect & ~both : affect;       /* one of them is shown */
    const bool plain = affect == 0;
    virDomainPtr dom = args->domain;
    virTypedParameterPtr params = NULL, settings = NULL;
    int n = 0, n_settings = 0, max_settings = 0, result;

    result = scheduler_parameters(vsh, dom, plain, seen, &params, &n);
    if (result == 0)
        result = collect_settings(vsh, args, params, n, &settings, &n_settings, &max_settings);
    if (result == 0 && n_settings > 0) {
        result = plain ? virDomainSetSchedulerParameters(dom, settings, n_settings)
                       : virDomainSetSchedulerParametersFlags(dom, settings, n_settings, affect);
        if (result == 0)
            result = scheduler_parameters(vsh, dom, plain, seen, &params, &n);
    }
    if (result == 0)
        shell_print_params(vsh, params, n);
    virTypedParamsFree(settings, n_settings);
    virTypedParamsFree(params, n);
    return result;
}

typedef int (*get_params_fn)(virDomainPtr dom, virTypedParameterPtr params, int *nparams, unsigned int flags);

/* Asks how many there are, then for them; NULL: reported, as UNCOUNTED or UNREAD. */
static virTypedParameterPtr
read_params(struct shell *vsh, virDomainPtr dom, get_params_fn get, unsigned int affect, int *ret_n, const char *uncounted,
            const char *unread)
{
    virTypedParameterPtr params;

    *ret_n = 0;
    if (get(dom, NULL, ret_n, affect) < 0) {
        shell_error(vsh, "%s", uncounted);
        return NULL;
    }
    params = vir_alloc_array((size_t)*ret_n + 1, sizeof(*params));
    if (*ret_n > 0 && get(dom, params, ret_n, affect) < 0) {
        free(params);
        shell_error(vsh, "%s", unread);
        return NULL;
    }
    return params;
}

static void
print_limit(struct shell *vsh, const virTypedParameter *limit)
{
    if (limit->type == VIR_TYPED_PARAM_ULLONG && limit->value.ul >= VIR_DOMAIN_MEMORY_PARAM_UNLIMITED)
        shell_print(vsh, "%-15s: unlimited\n", limit->field);
    else
        shell_print_params(vsh, (virTypedParameterPtr)limit, 1);
}

static unsigned long long
limit_kib(unsigned long long bytes)
{
    return bytes == ULLONG_MAX ? VIR_DOMAIN_MEMORY_PARAM_UNLIMITED : bytes / 1024;
}

int
run_memtune(struct shell *vsh, const struct memtune_args *args)
{
    const struct { const char *field; bool given; unsigned long long bytes; } limits[] = {
        { VIR_DOMAIN_MEMORY_HARD_LIMIT, args->has_hard_limit, args->hard_limit },
        { VIR_DOMAIN_MEMORY_SOFT_LIMIT, args->has_soft_limit, args->soft_limit },
        { VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT, args->has_swap_hard_limit, args->swap_hard_limit },
        { VIR_DOMAIN_MEMORY_MIN_GUARANTEE, args->has_min_guarantee, args->min_guarantee },
    };
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0, result = 0;

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits) && result >= 0; i++) {
        if (limits[i].given)
            result = virTypedParamsAddULLong(&params, &n, &max, limits[i].field, limit_kib(limits[i].bytes));
    }
    if (result >= 0 && n > 0) {
        if (virDomainSetMemoryParameters(args->domain, params, n, args->flags) < 0)
            result = shell_error(vsh, "Unable to change memory parameters");
    } else if (result >= 0) {
        params = read_params(vsh, args->domain, virDomainGetMemoryParameters, args->flags, &n,
                             "Unable to get number of memory parameters", "Unable to get memory parameters");
        if (!params)
            return -1;
        for (int i = 0; i < n; i++)
            print_limit(vsh, &params[i]);
    }
    virTypedParamsFree(params, n);
    return result < 0 ? -1 : 0;
}

/* The mode is a number in the call and a word for people. */
static void
print_numa(struct shell *vsh, virTypedParameterPtr param)
{
    if (strcmp(param->field, VIR_DOMAIN_NUMA_MODE) == 0 && param->type == VIR_TYPED_PARAM_INT)
        shell_print(vsh, "%-15s: %s\n", param->field, shell_word(numatune_mode_words, param->value.i));
    else
        shell_print_params(vsh, param, 1);
}

int
run_numatune(struct shell *vsh, const struct numatune_args *args)
{
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0, result = 0;

    if (args->nodeset)
        result = virTypedParamsAddString(&params, &n, &max, VIR_DOMAIN_NUMA_NODESET, args->nodeset);
    if (result == 0 && args->mode >= 0)
        result = virTypedParamsAddInt(&params, &n, &max, VIR_DOMAIN_NUMA_MODE, args->mode);
    if (result == 0 && n > 0) {
        if (virDomainSetNumaParameters(args->domain, params, n, args->flags) < 0)
            result = shell_error(vsh, "Unable to change numa parameters");
    } else if (result == 0) {
        params = read_params(vsh, args->domain, virDomainGetNumaParameters, args->flags, &n,
                             "Unable to get number of memory parameters", "Unable to get numa parameters");
        if (!params)
            return -1;
        for (int i = 0; i < n; i++)
            print_numa(vsh, &params[i]);
    }
    virTypedParamsFree(params, n);
    return result;
}

/* ---- disks ---- */

int
run_blkiotune(struct shell *vsh, const struct blkiotune_args *args)
{
    const struct { const char *field, *value; } texts[] = {
        { VIR_DOMAIN_BLKIO_DEVICE_WEIGHT, args->device_weights },
        { VIR_DOMAIN_BLKIO_DEVICE_READ_IOPS, args->device_read_iops_sec },
        { VIR_DOMAIN_BLKIO_DEVICE_WRITE_IOPS, args->device_write_iops_sec },
        { VIR_DOMAIN_BLKIO_DEVICE_READ_BPS, args->device_read_bytes_sec },
        { VIR_DOMAIN_BLKIO_DEVICE_WRITE_BPS, args->device_write_bytes_sec },
    };
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0, result = 0;

    if (args->has_weight && args->weight < 0)
        return shell_error(vsh, "Invalid value of %lld for I/O weight", args->weight);
    if (args->has_weight)
        result = virTypedParamsAddUInt(&params, &n, &max, VIR_DOMAIN_BLKIO_WEIGHT, (unsigned int)args->weight);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts) && result == 0; i++)
        if (texts[i].value)
            result = virTypedParamsAddString(&params, &n, &max, texts[i].field, texts[i].value);
    if (result == 0 && n > 0) {
        if (virDomainSetBlkioParameters(args->domain, params, n, args->flags) < 0)
            result = shell_error(vsh, "Unable to change blkio parameters");
    } else if (result == 0) {
        params = read_params(vsh, args->domain, virDomainGetBlkioParameters, args->flags, &n,
                             "Unable to get blkio parameters", "Unable to get blkio parameters");
        if (!params)
            return -1;
        shell_print_params(vsh, params, n);
    }
    virTypedParamsFree(params, n);
    return result;
}

/* ---- processors ---- */

static void
print_figures(struct shell *vsh, virTypedParameterPtr params, int n)
{
    for (int i = 0; i < n; i++) {
        const virTypedParameter *param = &params[i];
        VIR_AUTO_FREE char *text = NULL;

        if (param->field[0] == '\0')
            continue;
        if (param->type == VIR_TYPED_PARAM_ULLONG)
            shell_print(vsh, "\t%-12s %9llu.%09llu seconds\n", param->field, param->value.ul / 1000000000ull,
                        param->value.ul % 1000000000ull);
    }
}

static int
print_each(struct shell *vsh, virDomainPtr dom, int start, int count, int n)
{
    virTypedParameterPtr params = vir_alloc_array((size_t)n, sizeof(*params));
    int got = virDomainGetCPUStats(dom, params, (unsigned int)n, start, 1, 0);

    for (int cpu = start; got > 0 && cpu < start + count; cpu++) {
        got = virDomainGetCPUStats(dom, params, (unsigned int)n, cpu, 1, 0);
        if (got > 0) {
            shell_print(vsh, "CPU%d:\n", cpu);
            print_figures(vsh, params, got);
        }
        virTypedParamsClear(params, n);
        memset(params, 0, (size_t)n * sizeof(*params));
    }
    free(params);
    return got < 0 ? -1 : 0;
}

static int
print_total(struct shell *vsh, virDomainPtr dom)
{
    int n = virDomainGetCPUStats(dom, NULL, 0, -1, 1, 0);
    virTypedParameterPtr params;

    if (n < 0)
        return -1;
    if (n == 0) {
        shell_print(vsh, "No total stats available\n");
        return 0;
    }
    params = vir_alloc_array((size_t)n, sizeof(*params));
    n = virDomainGetCPUStats(dom, params, (unsigned int)n, -1, 1, 0);
    if (n >= 0) {
        shell_print(vsh, "Total:\n");
        print_figures(vsh, params, n);
    }
    virTypedParamsFree(params, n < 0 ? 0 : n);
    return n < 0 ? -1 : 0;
}

int
run_cpu_stats(struct shell *vsh, const struct cpu_stats_args *args)
{
    bool each = !args->total || args->has_start || args->has_count;
    int start = args->has_start ? (int)args->start : 0, count = args->has_count ? (int)args->count : -1, most, n;

    if (start < 0)
        return shell_error(vsh, "Invalid value for start CPU");
    if (args->has_count && count < 0)
        return shell_error(vsh, "Invalid value for number of CPUs to show");
    if (each) {
        most = virDomainGetCPUStats(args->domain, NULL, 0, 0, 0, 0);
        if (most < 0)
            goto failed;
        if (start >= most)
            return shell_error(vsh, "Start CPU %d is out of range (min: 0, max: %d)", start, most > 0 ? most - 1 : 0);
        if (count < 0 || count > most - start)
            count = most - start;
        n = virDomainGetCPUStats(args->domain, NULL, 0, 0, 1, 0);
        if (n < 0)
            goto failed;
        if (n == 0)
            shell_print(vsh, "No per-CPU stats available\n");
        else if (print_each(vsh, args->domain, start, count, n) < 0)
            goto failed;
    }
    if ((!each || args->total || (!args->has_start && !args->has_count)) && print_total(vsh, args->domain) < 0)
        goto failed;
    return 0;

failed:
    return shell_error(vsh, "Failed to retrieve CPU statistics for domain '%s'", virDomainGetName(args->domain));
}

/* ---- limits of devices ---- */

/* What is asked of one DEVICE. */
typedef int (*device_get_fn)(virDomainPtr dom, const char *device, virTypedParameterPtr params, int *nparams,
                             unsigned int flags);

static int
print_device(struct shell *vsh, virDomainPtr dom, const char *device, device_get_fn get, unsigned int affect,
             const char *uncounted, const char *unread)
{
    virTypedParameterPtr params;
    int n = 0;

    if (get(dom, device, NULL, &n, affect) < 0)
        return shell_error(vsh, "%s", uncounted);
    params = vir_alloc_array((size_t)n + 1, sizeof(*params));
    if (n > 0 && get(dom, device, params, &n, affect) < 0) {
        free(params);
        return shell_error(vsh, "%s", unread);
    }
    shell_print_params(vsh, params, n);
    virTypedParamsFree(params, n);
    return 0;
}

#define LIMIT(field, name) { VIR_DOMAIN_BLOCK_IOTUNE_##field, args->has_##name, args->name }

int
run_blkdeviotune(struct shell *vsh, const struct blkdeviotune_args *args)
{
    const struct { const char *field; bool given; unsigned long long value; } limits[] = {
        LIMIT(TOTAL_BYTES_SEC, total_bytes_sec), LIMIT(READ_BYTES_SEC, read_bytes_sec),
        LIMIT(WRITE_BYTES_SEC, write_bytes_sec), LIMIT(TOTAL_IOPS_SEC, total_iops_sec),
        LIMIT(READ_IOPS_SEC, read_iops_sec), LIMIT(WRITE_IOPS_SEC, write_iops_sec),
        LIMIT(TOTAL_BYTES_SEC_MAX, total_bytes_sec_max), LIMIT(READ_BYTES_SEC_MAX, read_bytes_sec_max),
        LIMIT(WRITE_BYTES_SEC_MAX, write_bytes_sec_max), LIMIT(TOTAL_IOPS_SEC_MAX, total_iops_sec_max),
        LIMIT(READ_IOPS_SEC_MAX, read_iops_sec_max), LIMIT(WRITE_IOPS_SEC_MAX, write_iops_sec_max),
        LIMIT(SIZE_IOPS_SEC, size_iops_sec), LIMIT(TOTAL_BYTES_SEC_MAX_LENGTH, total_bytes_sec_max_length),
        LIMIT(READ_BYTES_SEC_MAX_LENGTH, read_bytes_sec_max_length),
        LIMIT(WRITE_BYTES_SEC_MAX_LENGTH, write_bytes_sec_max_length),
        LIMIT(TOTAL_IOPS_SEC_MAX_LENGTH, total_iops_sec_max_length),
        LIMIT(READ_IOPS_SEC_MAX_LENGTH, read_iops_sec_max_length),
        LIMIT(WRITE_IOPS_SEC_MAX_LENGTH, write_iops_sec_max_length),
    };
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0, result = 0;

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits) && result == 0; i++)
        if (limits[i].given)
            result = virTypedParamsAddULLong(&params, &n, &max, limits[i].field, limits[i].value);
    if (result == 0 && args->group_name)
        result = virTypedParamsAddString(&params, &n, &max, VIR_DOMAIN_BLOCK_IOTUNE_GROUP_NAME, args->group_name);
    if (result == 0 && n > 0)
        result = shell_did(vsh, virDomainSetBlockIoTune(args->domain, args->device, params, n, args->flags), NULL, NULL,
                           "Unable to change block I/O throttle");
    else if (result == 0)
        result = print_device(vsh, args->domain, args->device, virDomainGetBlockIoTune, args->flags,
                              "Unable to get number of block I/O throttle parameters",
                              "Unable to get block I/O throttle parameters");
    virTypedParamsFree(params, n);
    return result;
}

static const char *const rate_words[] = { "average", "peak", "burst", "floor" };

/* TEXT, "AVERAGE,PEAK,BURST,FLOOR" of which N at most are said, into FIELDS; what is not said is 0. */
static int
add_rates(struct shell *vsh, const char *way, const char *text, const char *const *fields, size_t n,
          virTypedParameterPtr *params, int *n_params, int *max)
{
    unsigned long long rates[4] = { 0 };

    for (size_t i = 0; i < n && text; i++) {
        size_t len = strcspn(text, ",");
        char *end = NULL;

        rates[i] = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
        if (len && end != text + len)
            return shell_error(vsh, "field '%s' is malformed", rate_words[i]);
        text = text[len] ? text + len + 1 : NULL;
    }
    if (text)
        return shell_error(vsh, "'%s' is too much for the option --%s", text, way);
    for (size_t i = 0; i < n; i++)
        if (rates[i] > UINT_MAX)
            return shell_error(vsh, "%s rate larger than maximum %u", way, UINT_MAX);
    if (rates[0] == 0 && (rates[1] || rates[2]))
        return shell_error(vsh, n > 3 ? "either %s average or floor is mandatory" : "%s average is mandatory", way);
    for (size_t i = 0; i < n; i++)
        if ((i == 0 || rates[i]) &&
            virTypedParamsAddUInt(params, n_params, max, fields[i], (unsigned int)rates[i]) < 0)
            return -1;
    return 0;
}

int
run_domiftune(struct shell *vsh, const struct domiftune_args *args)
{
    static const char *const in[] = { VIR_DOMAIN_BANDWIDTH_IN_AVERAGE, VIR_DOMAIN_BANDWIDTH_IN_PEAK,
                                      VIR_DOMAIN_BANDWIDTH_IN_BURST, VIR_DOMAIN_BANDWIDTH_IN_FLOOR };
    static const char *const out[] = { VIR_DOMAIN_BANDWIDTH_OUT_AVERAGE, VIR_DOMAIN_BANDWIDTH_OUT_PEAK,
                                       VIR_DOMAIN_BANDWIDTH_OUT_BURST };
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0, result = 0;

    if (args->inbound)
        result = add_rates(vsh, "inbound", args->inbound, in, 4, &params, &n, &max);
    if (result == 0 && args->outbound)
        result = add_rates(vsh, "outbound", args->outbound, out, 3, &params, &n, &max);
    if (result == 0 && n > 0)
        result = shell_did(vsh, virDomainSetInterfaceParameters(args->domain, args->interface, params, n, args->flags), NULL,
                           NULL, "Unable to set interface parameters");
    else if (result == 0)
        result = print_device(vsh, args->domain, args->interface, virDomainGetInterfaceParameters, args->flags,
                              "Unable to get interface parameters", "Unable to get interface parameters");
    virTypedParamsFree(params, n);
    return result;
}
