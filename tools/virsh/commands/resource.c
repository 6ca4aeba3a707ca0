/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory and scheduling a domain gets. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

static int
run_setmem(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    unsigned long long bytes;
    unsigned int affect;
    int given;

    if (!dom)
        return -1;
    given = virsh_affect(vsh, call, &affect);
    if (given < 0 || virsh_scaled(vsh, call, "size", 1024, ULLONG_MAX, &bytes) < 0)
        return -1;
    if (given > 0)
        affect = VIR_DOMAIN_AFFECT_LIVE;
    return virDomainSetMemoryFlags(dom, (unsigned long)((bytes + 1023) / 1024), affect);
}

static int
run_setmaxmem(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    unsigned long long bytes;
    unsigned int affect;

    if (!dom || virsh_affect(vsh, call, &affect) < 0 ||
        virsh_scaled(vsh, call, "size", 1024, ULLONG_MAX, &bytes) < 0)
        return -1;
    if (virDomainSetMemoryFlags(dom, (unsigned long)((bytes + 1023) / 1024),
                                affect | VIR_DOMAIN_MEM_MAXIMUM) < 0)
        return virsh_error(vsh, "Unable to change MaxMemorySize");
    return 0;
}

/* A list of parameters as one of the calls without and with flags gives it; freed by virTypedParamsFree(). */
static int
scheduler_parameters(struct virsh *vsh, virDomainPtr dom, bool plain, unsigned int affect,
                     virTypedParameterPtr *ret_params, int *ret_n)
{
    VIR_AUTO_FREE char *type = virDomainGetSchedulerType(dom, ret_n);
    int result;

    if (!type)
        return -1;
    if (!*ret_params)
        virsh_print(vsh, "%-15s: %s\n", "Scheduler", type);
    virTypedParamsFree(*ret_params, *ret_params ? *ret_n : 0);
    *ret_params = vir_alloc_array((size_t)*ret_n + 1, sizeof(**ret_params));
    result = plain ? virDomainGetSchedulerParameters(dom, *ret_params, ret_n)
                   : virDomainGetSchedulerParametersFlags(dom, *ret_params, ret_n, affect);
    if (result < 0)
        *ret_n = 0;
    return result;
}

/* NAME=VALUE is taken if the driver has a parameter of this name; 1: it has not. */
static int
add_setting(struct virsh *vsh, const char *name, const char *value, const virTypedParameter *known,
            int n_known, virTypedParameterPtr *settings, int *n, int *max)
{
    for (int i = 0; i < n_known; i++) {
        if (strcmp(known[i].field, name) == 0) {
            if (virTypedParamsAddFromString(settings, n, max, name, known[i].type, value) < 0) {
                virsh_error_report(vsh);
                return -1;
            }
            return 0;
        }
    }
    return 1;
}

static int
collect_settings(struct virsh *vsh, const struct virsh_call *call, const virTypedParameter *known,
                 int n_known, virTypedParameterPtr *settings, int *n, int *max)
{
    static const char *const named[] = { "weight", "cap" };
    const char *word;

    for (size_t i = 0; i < 2; i++) {
        const char *value = virsh_text(call, named[i]);
        long long number;

        if (value && (virsh_number(vsh, call, named[i], INT_MIN, UINT_MAX, &number) < 0 ||
                      add_setting(vsh, named[i], value, known, n_known, settings, n, max) < 0))
            return -1;
    }
    for (size_t position = 0; (word = virsh_rest(call, &position)); ) {
        const char *equals = strchr(word, '=');
        VIR_AUTO_FREE char *name = NULL;
        int found;

        if (!equals)
            return virsh_error(vsh, "Invalid syntax for --set, expecting name=value");
        name = vir_strndup(word, (size_t)(equals - word));
        found = add_setting(vsh, name, equals + 1, known, n_known, settings, n, max);
        if (found != 0)
            return found < 0 ? -1 : virsh_error(vsh, "invalid scheduler option: %s", name);
    }
    return 0;
}

static int
run_schedinfo(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    virTypedParameterPtr params = NULL, settings = NULL;
    int n = 0, n_settings = 0, max_settings = 0, result;
    unsigned int affect;
    bool plain;

    if (!dom)
        return -1;
    result = virsh_affect(vsh, call, &affect);
    if (result < 0)
        return -1;
    plain = result > 0 || affect == 0;
    result = scheduler_parameters(vsh, dom, plain, affect, &params, &n);
    if (result == 0)
        result = collect_settings(vsh, call, params, n, &settings, &n_settings, &max_settings);
    if (result == 0 && n_settings > 0) {
        result = plain ? virDomainSetSchedulerParameters(dom, settings, n_settings)
                       : virDomainSetSchedulerParametersFlags(dom, settings, n_settings, affect);
        if (result == 0)
            result = scheduler_parameters(vsh, dom, plain, affect, &params, &n);
    }
    if (result == 0)
        virsh_print_params(vsh, params, n);
    virTypedParamsFree(settings, n_settings);
    virTypedParamsFree(params, n);
    return result;
}

typedef int (*get_params_fn)(virDomainPtr dom, virTypedParameterPtr params, int *nparams, unsigned int flags);

/* Asks how many there are, then for them; NULL: reported. */
static virTypedParameterPtr
read_params(virDomainPtr dom, get_params_fn get, unsigned int affect, int *ret_n)
{
    virTypedParameterPtr params;

    *ret_n = 0;
    if (get(dom, NULL, ret_n, affect) < 0)
        return NULL;
    params = vir_alloc_array((size_t)*ret_n + 1, sizeof(*params));
    if (*ret_n > 0 && get(dom, params, ret_n, affect) < 0) {
        free(params);
        return NULL;
    }
    return params;
}

static void
print_limit(struct virsh *vsh, const virTypedParameter *limit)
{
    if (limit->type == VIR_TYPED_PARAM_ULLONG && limit->value.ul >= VIR_DOMAIN_MEMORY_PARAM_UNLIMITED)
        virsh_print(vsh, "%-15s: unlimited\n", limit->field);
    else
        virsh_print_params(vsh, (virTypedParameterPtr)limit, 1);
}

/* A limit in KiB; a negative number means none. */
static int
read_limit(struct virsh *vsh, const struct virsh_call *call, const char *option, unsigned long long *ret_kib)
{
    const char *text = virsh_text(call, option);
    unsigned long long bytes;
    int given;

    if (text && text[0] == '-' && text[1] >= '0' && text[1] <= '9') {
        *ret_kib = VIR_DOMAIN_MEMORY_PARAM_UNLIMITED;
        return 1;
    }
    given = virsh_scaled(vsh, call, option, 1024, ULLONG_MAX, &bytes);
    if (given > 0)
        *ret_kib = bytes / 1024;
    return given;
}

static int
run_memtune(struct virsh *vsh, const struct virsh_call *call)
{
    static const struct { const char *option, *field; } limits[] = {
        { "hard-limit", VIR_DOMAIN_MEMORY_HARD_LIMIT },
        { "soft-limit", VIR_DOMAIN_MEMORY_SOFT_LIMIT },
        { "swap-hard-limit", VIR_DOMAIN_MEMORY_SWAP_HARD_LIMIT },
        { "min-guarantee", VIR_DOMAIN_MEMORY_MIN_GUARANTEE },
    };
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    virTypedParameterPtr params = NULL;
    int n = 0, max = 0, result = 0;
    unsigned int affect;

    if (virsh_affect(vsh, call, &affect) < 0 || !(dom = virsh_domain(vsh, call)))
        return -1;
    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits) && result >= 0; i++) {
        unsigned long long kib;

        result = read_limit(vsh, call, limits[i].option, &kib);
        if (result > 0)
            result = virTypedParamsAddULLong(&params, &n, &max, limits[i].field, kib);
    }
    if (result >= 0 && n > 0) {
        if (virDomainSetMemoryParameters(dom, params, n, affect) < 0)
            result = virsh_error(vsh, "Unable to change memory parameters");
    } else if (result >= 0) {
        params = read_params(dom, virDomainGetMemoryParameters, affect, &n);
        if (!params)
            return virsh_error(vsh, "Unable to get memory parameters");
        for (int i = 0; i < n; i++)
            print_limit(vsh, &params[i]);
    }
    virTypedParamsFree(params, n);
    return result < 0 ? -1 : 0;
}

/* The mode is a number in the call and a word for people. */
static const char *const numa_modes[] = { "strict", "preferred", "interleave", "restrictive" };

static int
read_numa(struct virsh *vsh, const struct virsh_call *call, virTypedParameterPtr *params, int *n)
{
    const char *mode = virsh_text(call, "mode"), *nodes = virsh_text(call, "nodeset");
    int max = 0, number = 0;

    if (nodes && virTypedParamsAddString(params, n, &max, VIR_DOMAIN_NUMA_NODESET, nodes) < 0)
        return -1;
    if (!mode)
        return 0;
    while (number < 4 && strcmp(numa_modes[number], mode) != 0)
        number++;
    if (number == 4)
        return virsh_error(vsh, "Invalid mode: %s", mode);
    return virTypedParamsAddInt(params, n, &max, VIR_DOMAIN_NUMA_MODE, number);
}

static int
run_numatune(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    virTypedParameterPtr params = NULL;
    int n = 0, result;
    unsigned int affect;

    if (virsh_affect(vsh, call, &affect) < 0 || !(dom = virsh_domain(vsh, call)))
        return -1;
    result = read_numa(vsh, call, &params, &n);
    if (result == 0 && n > 0) {
        if (virDomainSetNumaParameters(dom, params, n, affect) < 0)
            result = virsh_error(vsh, "Unable to change numa parameters");
    } else if (result == 0) {
        params = read_params(dom, virDomainGetNumaParameters, affect, &n);
        if (!params)
            return virsh_error(vsh, "Unable to get numa parameters");
        for (int i = 0; i < n; i++) {
            if (strcmp(params[i].field, VIR_DOMAIN_NUMA_MODE) == 0 && params[i].type == VIR_TYPED_PARAM_INT)
                virsh_print(vsh, "%-15s: %s\n", params[i].field,
                            VIRSH_NAME_OF(numa_modes, params[i].value.i));
            else
                virsh_print_params(vsh, &params[i], 1);
        }
    }
    virTypedParamsFree(params, n);
    return result;
}

static const struct virsh_option size_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "kilobytes", VIRSH_ALIAS, 0, "size" },
    { "size", VIRSH_NUMBER, VIRSH_REQUIRED, "how much, with a unit (M, GiB, GB, ...) or in KiB" },
    VIRSH_OPTION_CONFIG, VIRSH_OPTION_LIVE, VIRSH_OPTION_CURRENT,
    VIRSH_OPTIONS_END
};

static const struct virsh_option schedinfo_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "weight", VIRSH_NUMBER, VIRSH_NAMED, "its share, as Xen's credit scheduler counts it" },
    { "cap", VIRSH_NUMBER, VIRSH_NAMED, "its limit, as Xen's credit scheduler counts it" },
    VIRSH_OPTION_CURRENT, VIRSH_OPTION_CONFIG, VIRSH_OPTION_LIVE,
    { "set", VIRSH_REST, 0, "NAME=VALUE of any parameter that the scheduler has" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option memtune_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "hard-limit", VIRSH_NUMBER, 0, "at most so much memory, with a unit or in KiB; -1: no limit" },
    { "soft-limit", VIRSH_NUMBER, 0, "the same, where memory is scarce" },
    { "swap-hard-limit", VIRSH_NUMBER, 0, "at most so much memory and swap together" },
    { "min-guarantee", VIRSH_NUMBER, 0, "at least so much memory" },
    VIRSH_OPTION_CONFIG, VIRSH_OPTION_LIVE, VIRSH_OPTION_CURRENT,
    VIRSH_OPTIONS_END
};

static const struct virsh_option numatune_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "mode", VIRSH_STRING, 0, "how memory is taken: strict, preferred, interleave or restrictive" },
    { "nodeset", VIRSH_STRING, 0, "from these host nodes, as 0-3,^2" },
    VIRSH_OPTION_CONFIG, VIRSH_OPTION_LIVE, VIRSH_OPTION_CURRENT,
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_resource_commands[] = {
    { "memtune", "show or set limits of a domain's memory", NULL, memtune_options, run_memtune },
    { "numatune", "show or set from which host nodes a domain's memory comes", NULL,
      numatune_options, run_numatune },
    { "schedinfo", "show or set how a domain is scheduled", NULL, schedinfo_options, run_schedinfo },
    { "setmaxmem", "set how much memory a domain can have", NULL, size_options, run_setmaxmem },
    { "setmem", "set how much memory a domain has", "The guest's balloon gives back or takes the difference.",
      size_options, run_setmem },
    { .name = NULL }
};
