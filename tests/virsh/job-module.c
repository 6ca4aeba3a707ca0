/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A driver for jobs.py: job:///FILE has one domain, "one", whose job FILE tells:
 * a line "FLAGS TYPE" for each value of the flags, under it lines "KIND FIELD VALUE".
 */
#define VIR_MODULE_DOMAIN VIR_FROM_NONE
#define VIR_LOG_SOURCE "job"
#include <libvirt/module.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

VIR_DECLARE_CALLS(job);

static const unsigned char uuid[VIR_UUID_BUFLEN] = { 1 };

int
job_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    (void)conn, (void)auth, (void)flags;
    return 0;
}

const char *
job_connect_get_type(virConnectPtr conn)
{
    (void)conn;
    return "job";
}

virDomainPtr
job_domain_lookup_by_name(virConnectPtr conn, const char *name)
{
    if (strcmp(name, "one") == 0)
        return vir_domain_new(conn, "one", uuid, 1);
    vir_error(VIR_ERR_NO_DOMAIN, "no domain '%s'", name);
    return NULL;
}

/* With the positions after the line of FLAGS; NULL: there is none. */
static FILE *
open_at(virDomainPtr dom, unsigned int flags, int *ret_type)
{
    FILE *file = fopen(vir_connect_uri(vir_domain_connect(dom))->path, "r");
    unsigned int of;
    char line[256];

    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "%u %d", &of, ret_type) == 2 && of == flags)
            return file;
    if (file)
        fclose(file);
    return NULL;
}

static int
add(virTypedParameterPtr *params, int *n, int *max, const char *kind, const char *field, const char *value)
{
    if (strcmp(kind, "int") == 0)
        return virTypedParamsAddInt(params, n, max, field, atoi(value));
    if (strcmp(kind, "boolean") == 0)
        return virTypedParamsAddBoolean(params, n, max, field, atoi(value));
    if (strcmp(kind, "string") == 0)
        return virTypedParamsAddString(params, n, max, field, value);
    return virTypedParamsAddULLong(params, n, max, field, strtoull(value, NULL, 10));
}

int
job_domain_get_job_stats(virDomainPtr dom, int *type, virTypedParameterPtr *params, int *nparams,
                         unsigned int flags)
{
    FILE *file = open_at(dom, flags, type);
    char line[256], kind[16], field[64], value[64];
    int max = 0;

    *params = NULL;
    *nparams = 0;
    if (!file)
        return vir_error(VIR_ERR_NO_SUPPORT, "virDomainGetJobStats");
    while (fgets(line, sizeof(line), file) && sscanf(line, "%15s %63s %63s", kind, field, value) == 3)
        add(params, nparams, &max, kind, field, value);
    fclose(file);
    return 0;
}

/* The older call: of what is told for flags 99. */
int
job_domain_get_job_info(virDomainPtr dom, virDomainJobInfoPtr info)
{
    FILE *file = open_at(dom, 99, &info->type);

    if (!file)
        return vir_error(VIR_ERR_NO_SUPPORT, "virDomainGetJobInfo");
    fclose(file);
    info->timeElapsed = 1;
    info->timeRemaining = 2;
    info->dataTotal = 3;
    info->dataProcessed = 4 << 10;
    info->dataRemaining = 5 << 20;
    info->memTotal = 6;
    info->memProcessed = 7;
    info->memRemaining = 8;
    info->fileTotal = 9;
    info->fileProcessed = 10;
    info->fileRemaining = 11;
    return 0;
}

int
job_domain_abort_job_flags(virDomainPtr dom, unsigned int flags)
{
    (void)dom;
    return vir_error(VIR_ERR_OPERATION_INVALID, "flags %u", flags);
}

static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = { job_connect_open, 0, 0 },
    .connect_get_type = { job_connect_get_type, 0, 0 },
};

static const struct vir_domain_ops domain_ops = {
    VIR_OPS(vir_domain_ops),
    .domain_lookup_by_name = { job_domain_lookup_by_name, 0, 0 },
    .domain_get_job_info = { job_domain_get_job_info, 0, 0 },
    .domain_get_job_stats = { job_domain_get_job_stats, 3, 0 },
    .domain_abort_job_flags = { job_domain_abort_job_flags, 1, 0 },
};

VIR_MODULE_DEFINE(job,
    "provides: connection\n"
    "schemes: job\n"
    "description: a job that a file tells\n",
    .version = "1",
    .connect = &connect_ops,
    .domain = &domain_ops,
);
