/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The job of a domain, such as saving or migrating it. */
#include <stdlib.h>
#include <string.h>

#include "rows/job.h"

/* What the driver tells; the older call's answer is said in the words of the newer one. */
struct job {
    int type;
    virTypedParameterPtr params;
    int n;
};

enum kind { MS, SIZE, RATE, PAGES, BYTES, COUNT, LONG_COUNT };

enum when {
    ALWAYS,
    THERE,                              /* if the driver tells it */
    SOME,                               /* if it is not 0 */
    BOUND,                              /* if the end of the job can be foreseen */
    RUNNING, ENDED,                     /* if it is there and the job is so */
};

/* Figures of nothing that the job works on are not shown. */
enum work { ANY, DATA, MEMORY, DISK };

struct figure {
    const char *field, *label;
    enum kind kind;
    enum when when;
    enum work of;
};

static const struct figure figures[] = {
    { VIR_DOMAIN_JOB_TIME_ELAPSED, "Time elapsed:", MS, ALWAYS, ANY },
    { VIR_DOMAIN_JOB_TIME_ELAPSED_NET, "Time elapsed w/o network:", MS, THERE, ANY },
    { VIR_DOMAIN_JOB_TIME_REMAINING, "Time remaining:", MS, BOUND, ANY },
    { VIR_DOMAIN_JOB_DATA_PROCESSED, "Data processed:", SIZE, ALWAYS, DATA },
    { VIR_DOMAIN_JOB_DATA_REMAINING, "Data remaining:", SIZE, ALWAYS, DATA },
    { VIR_DOMAIN_JOB_DATA_TOTAL, "Data total:", SIZE, ALWAYS, DATA },
    { VIR_DOMAIN_JOB_MEMORY_PROCESSED, "Memory processed:", SIZE, ALWAYS, MEMORY },
    { VIR_DOMAIN_JOB_MEMORY_REMAINING, "Memory remaining:", SIZE, ALWAYS, MEMORY },
    { VIR_DOMAIN_JOB_MEMORY_TOTAL, "Memory total:", SIZE, ALWAYS, MEMORY },
    { VIR_DOMAIN_JOB_MEMORY_BPS, "Memory bandwidth:", RATE, SOME, MEMORY },
    { VIR_DOMAIN_JOB_MEMORY_DIRTY_RATE, "Dirty rate:", PAGES, THERE, MEMORY },
    { VIR_DOMAIN_JOB_MEMORY_PAGE_SIZE, "Page size:", BYTES, THERE, MEMORY },
    { VIR_DOMAIN_JOB_MEMORY_ITERATION, "Iteration:", COUNT, THERE, MEMORY },
    { VIR_DOMAIN_JOB_MEMORY_POSTCOPY_REQS, "Postcopy requests:", COUNT, THERE, MEMORY },
    { VIR_DOMAIN_JOB_DISK_PROCESSED, "File processed:", SIZE, ALWAYS, DISK },
    { VIR_DOMAIN_JOB_DISK_REMAINING, "File remaining:", SIZE, ALWAYS, DISK },
    { VIR_DOMAIN_JOB_DISK_TOTAL, "File total:", SIZE, ALWAYS, DISK },
    { VIR_DOMAIN_JOB_DISK_BPS, "File bandwidth:", RATE, SOME, DISK },
    { VIR_DOMAIN_JOB_MEMORY_CONSTANT, "Constant pages:", COUNT, THERE, ANY },
    { VIR_DOMAIN_JOB_MEMORY_NORMAL, "Normal pages:", COUNT, THERE, ANY },
    { VIR_DOMAIN_JOB_MEMORY_NORMAL_BYTES, "Normal data:", SIZE, THERE, ANY },
    { VIR_DOMAIN_JOB_DOWNTIME, "Total downtime:", MS, ENDED, ANY },
    { VIR_DOMAIN_JOB_DOWNTIME, "Expected downtime:", MS, RUNNING, ANY },
    { VIR_DOMAIN_JOB_DOWNTIME_NET, "Downtime w/o network:", MS, THERE, ANY },
    { VIR_DOMAIN_JOB_SETUP_TIME, "Setup time:", MS, THERE, ANY },
    { VIR_DOMAIN_JOB_COMPRESSION_CACHE, "Compression cache:", SIZE, THERE, ANY },
    { VIR_DOMAIN_JOB_COMPRESSION_BYTES, "Compressed data:", SIZE, THERE, ANY },
    { VIR_DOMAIN_JOB_COMPRESSION_PAGES, "Compressed pages:", LONG_COUNT, THERE, ANY },
    { VIR_DOMAIN_JOB_COMPRESSION_CACHE_MISSES, "Compression cache misses:", LONG_COUNT, THERE, ANY },
    { VIR_DOMAIN_JOB_COMPRESSION_OVERFLOW, "Compression overflows:", LONG_COUNT, THERE, ANY },
    { VIR_DOMAIN_JOB_AUTO_CONVERGE_THROTTLE, "Auto converge throttle:", LONG_COUNT, THERE, ANY },
    { VIR_DOMAIN_JOB_DISK_TEMP_USED, "Temporary disk space use:", SIZE, THERE, ANY },
    { VIR_DOMAIN_JOB_DISK_TEMP_TOTAL, "Temporary disk space total:", SIZE, THERE, ANY },
};

/* 0: not told. */
static unsigned long long
value_of(const struct job *job, const char *field, bool *ret_there)
{
    unsigned long long value = 0;
    int number = 0;
    const virTypedParameter *param = virTypedParamsGet(job->params, job->n, field);

    *ret_there = param != NULL;
    if (param && param->type == VIR_TYPED_PARAM_INT)
        virTypedParamsGetInt(job->params, job->n, field, &number);
    else if (param)
        virTypedParamsGetULLong(job->params, job->n, field, &value);
    return value ? value : (unsigned long long)number;
}

static void
print_figure(struct shell *vsh, const struct figure *figure, unsigned long long value)
{
    static const char *const units[] = { [MS] = " ms", [PAGES] = " pages/s", [BYTES] = " bytes", [COUNT] = "" };
    VIR_AUTO_FREE char *size = figure->kind == SIZE || figure->kind == RATE ? shell_size_text(value, 3) : NULL;

    if (size)
        shell_print(vsh, "%-17s %s%s\n", figure->label, size, figure->kind == RATE ? "/s" : "");
    else if (figure->kind == LONG_COUNT)
        shell_print(vsh, "%-17s %-13llu\n", figure->label, value);
    else
        shell_print(vsh, "%-17s %-12llu%s\n", figure->label, value, units[figure->kind]);
}

/* Does the job work on any WORK? */
static bool
works_on(const struct job *job, enum work work)
{
    bool there;

    for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++)
        if (figures[i].of == work && figures[i].when == ALWAYS && value_of(job, figures[i].field, &there))
            return true;
    return false;
}

static bool
is_shown(const struct job *job, enum when when, unsigned long long value, bool there)
{
    switch (when) {
    case ALWAYS:
        return true;
    case SOME:
        return value != 0;
    case BOUND:
        return job->type == VIR_DOMAIN_JOB_BOUNDED;
    case RUNNING:
        return there && job->type != VIR_DOMAIN_JOB_COMPLETED;
    case ENDED:
        return there && job->type == VIR_DOMAIN_JOB_COMPLETED;
    default:
        return there;
    }
}

static void
print_figures(struct shell *vsh, const struct job *job)
{
    for (size_t i = 0; i < sizeof(figures) / sizeof(*figures); i++) {
        const struct figure *figure = &figures[i];
        bool there;
        unsigned long long value = value_of(job, figure->field, &there);

        if ((figure->of == ANY || works_on(job, figure->of)) && is_shown(job, figure->when, value, there))
            print_figure(vsh, figure, value);
    }
}

static void
print_raw(struct shell *vsh, const struct job *job)
{
    shell_print(vsh, "Job type: %d\n\n", job->type);
    for (int i = 0; i < job->n; i++) {
        const virTypedParameter *param = &job->params[i];
        VIR_AUTO_FREE char *text = param->type == VIR_TYPED_PARAM_BOOLEAN
            ? vir_strdup(param->value.b ? "1" : "0") : shell_param_text(param);

        shell_print(vsh, "%s: %s\n", param->field, text);
    }
}

/* The driver has only the older call. */
static int
ask_old(virDomainPtr dom, struct job *ret)
{
    virDomainJobInfo info;
    int max = 0;

    if (virDomainGetJobInfo(dom, &info) < 0)
        return -1;
    const struct { const char *field; unsigned long long value; } told[] = {
        { VIR_DOMAIN_JOB_TIME_ELAPSED, info.timeElapsed }, { VIR_DOMAIN_JOB_TIME_REMAINING, info.timeRemaining },
        { VIR_DOMAIN_JOB_DATA_TOTAL, info.dataTotal }, { VIR_DOMAIN_JOB_DATA_PROCESSED, info.dataProcessed },
        { VIR_DOMAIN_JOB_DATA_REMAINING, info.dataRemaining }, { VIR_DOMAIN_JOB_MEMORY_TOTAL, info.memTotal },
        { VIR_DOMAIN_JOB_MEMORY_PROCESSED, info.memProcessed },
        { VIR_DOMAIN_JOB_MEMORY_REMAINING, info.memRemaining }, { VIR_DOMAIN_JOB_DISK_TOTAL, info.fileTotal },
        { VIR_DOMAIN_JOB_DISK_PROCESSED, info.fileProcessed }, { VIR_DOMAIN_JOB_DISK_REMAINING, info.fileRemaining },
    };
    ret->type = info.type;
    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
        virTypedParamsAddULLong(&ret->params, &ret->n, &max, told[i].field, told[i].value);
    return 0;
}

static int
ask(struct shell *vsh, const struct domjobinfo_args *args, struct job *ret)
{
    if (virDomainGetJobStats(args->domain, &ret->type, &ret->params, &ret->n, args->flags) == 0)
        return 0;
    if (vsh->error_code != VIR_ERR_NO_SUPPORT)
        return -1;
    if (args->flags || args->rawstats)
        return shell_error(vsh, "Optional flags or --rawstats are not supported by the daemon");
    shell_error_forget(vsh);
    return ask_old(args->domain, ret);
}

static bool
is_told_of(const struct job *job, const struct domjobinfo_args *args)
{
    return job->type == VIR_DOMAIN_JOB_BOUNDED || job->type == VIR_DOMAIN_JOB_UNBOUNDED || args->anystats ||
        (args->completed && job->type == VIR_DOMAIN_JOB_COMPLETED);
}

static void
print(struct shell *vsh, const struct job *job, const struct domjobinfo_args *args)
{
    static const char *const types[] = { "None", "Bounded", "Unbounded", "Completed", "Failed", "Cancelled" };
    static const char *const operations[] = {
        "Unknown", "Start", "Save", "Restore", "Incoming migration", "Outgoing migration", "Snapshot",
        "Snapshot revert", "Dump", "Backup", "Snapshot delete",
    };
    const char *message;
    int operation = VIR_DOMAIN_JOB_OPERATION_UNKNOWN;

    shell_print(vsh, "%-17s %-12s\n", "Job type:", SHELL_NAME_OF(types, job->type));
    if (job->type == VIR_DOMAIN_JOB_NONE)
        return;
    virTypedParamsGetInt(job->params, job->n, VIR_DOMAIN_JOB_OPERATION, &operation);
    shell_print(vsh, "%-17s %-12s\n", "Operation:", SHELL_NAME_OF(operations, operation));
    if (!is_told_of(job, args))
        return;
    print_figures(vsh, job);
    if (virTypedParamsGetString(job->params, job->n, VIR_DOMAIN_JOB_ERRMSG, &message) == 1)
        shell_print(vsh, "%-17s %s\n", "Error message:", message);
}

int
run_domjobinfo(struct shell *vsh, const struct domjobinfo_args *args)
{
    struct job job = { .type = VIR_DOMAIN_JOB_NONE };
    const int ret = ask(vsh, args, &job);

    if (ret == 0 && args->rawstats)
        print_raw(vsh, &job);
    else if (ret == 0)
        print(vsh, &job, args);
    virTypedParamsFree(job.params, job.n);
    return ret;
}
