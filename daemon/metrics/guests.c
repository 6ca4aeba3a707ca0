/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The figures of one driver's guests: those that virConnectGetAllDomainStats
 * tells without waiting, under names that say their unit.
 */
#include "daemon/metrics/metrics.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>
#include <libvirt/module-base.h>
#include <libvirt/virterror.h>

#define GROUPS (VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | \
                VIR_DOMAIN_STATS_VCPU | VIR_DOMAIN_STATS_INTERFACE | VIR_DOMAIN_STATS_BLOCK)

/* FIELD: a figure's name in the record, with # for a number; LABEL: what that number becomes, by the field NAME of
 * the same number if there is one. */
static const struct family {
    const char *name, *type, *help;
    const char *field;
    double unit;                        /* of the field, in units of the metric */
    const char *label, *label_field;
} families[] = {
#include "daemon/metrics/families.h"
};

#define N_FAMILIES (sizeof(families) / sizeof(families[0]))

/* Families that are no field of a record. */
enum { ANSWERS = N_FAMILIES, N_TEXTS };

struct daemon_guests { struct vir_buf texts[N_TEXTS]; };

struct daemon_guests *
daemon_guests_free(struct daemon_guests *guests)
{
    for (size_t i = 0; guests && i < N_TEXTS; i++)
        vir_buf_free(&guests->texts[i]);
    free(guests);
    return NULL;
}

/* ---- one figure ---- */

/* Whether FIELD is NAME, where # stands for digits, which *RET_NUMBER begins. */
static bool
is_field(const char *field, const char *name, const char **ret_number)
{
    *ret_number = NULL;
    for (; *field; field++) {
        if (*field != '#') {
            if (*field != *name++)
                return false;
            continue;
        }
        if (!isdigit((unsigned char)*name))
            return false;
        *ret_number = name;
        while (isdigit((unsigned char)*name))
            name++;
    }
    return !*name;
}

static double
value_of(const virTypedParameter *param)
{
    switch (param->type) {
    case VIR_TYPED_PARAM_INT:
        return param->value.i;
    case VIR_TYPED_PARAM_UINT:
        return param->value.ui;
    case VIR_TYPED_PARAM_LLONG:
        return (double)param->value.l;
    case VIR_TYPED_PARAM_ULLONG:
        return (double)param->value.ul;
    case VIR_TYPED_PARAM_DOUBLE:
        return param->value.d;
    default:
        return param->value.b;
    }
}

/* Labels that all samples of a guest have; open at the end. */
static void
print_labels(struct vir_buf *text, const char *driver, virDomainPtr dom)
{
    char uuid[VIR_UUID_STRING_BUFLEN] = "";

    virDomainGetUUIDString(dom, uuid);
    vir_buf_add(text, "{driver=\"");
    daemon_label_print(text, driver);
    vir_buf_add(text, "\",domain=\"");
    daemon_label_print(text, virDomainGetName(dom));
    vir_buf_addf(text, "\",uuid=\"%s\"", uuid);
}

/* "hda" of the block device whose number NUMBER begins; else the number itself. */
static void
print_label(struct vir_buf *text, const struct family *family, const virDomainStatsRecord *record, const char *number)
{
    int digits = (int)strspn(number, "0123456789");
    char field[VIR_TYPED_PARAM_FIELD_LENGTH];
    const char *name = NULL;

    if (family->label_field) {
        snprintf(field, sizeof(field), "%.*s%.*s.%s", (int)strcspn(family->field, "#"), family->field, digits, number,
                 family->label_field);
        virTypedParamsGetString(record->params, record->nparams, field, &name);
    }
    vir_buf_addf(text, ",%s=\"", family->label);
    if (name)
        daemon_label_print(text, name);
    else
        vir_buf_add_mem(text, number, (size_t)digits);
    vir_buf_add(text, "\"");
}

static void
print_param(struct daemon_guests *guests, const virDomainStatsRecord *record, const virTypedParameter *param,
            const char *labels)
{
    const char *number;
    size_t i;

    for (i = 0; i < N_FAMILIES && !is_field(families[i].field, param->field, &number); i++) {}
    if (i == N_FAMILIES || param->type == VIR_TYPED_PARAM_STRING)
        return;
    vir_buf_addf(&guests->texts[i], "%s%s", families[i].name, labels);
    if (number)
        print_label(&guests->texts[i], &families[i], record, number);
    vir_buf_add(&guests->texts[i], "}");
    daemon_value_print(&guests->texts[i], value_of(param) * families[i].unit);
}

/* ---- all ---- */

/* Whether the hypervisor answers for the guest; asked of what is known, not of the guest. */
static void
print_answers(struct daemon_guests *guests, virDomainPtr dom, const char *labels)
{
    virDomainControlInfo info;

    if (virDomainGetControlInfo(dom, &info, 0) < 0)
        return;                         /* a guest that does not run, a driver that does not know */
    vir_buf_addf(&guests->texts[ANSWERS], "libvirt_domain_answers%s} %d\n", labels,
                 info.state == VIR_DOMAIN_CONTROL_OK || info.state == VIR_DOMAIN_CONTROL_JOB);
}

static void
print_record(struct daemon_guests *guests, const char *driver, const virDomainStatsRecord *record)
{
    struct vir_buf buf = { 0 };
    VIR_AUTO_FREE char *labels = NULL;

    print_labels(&buf, driver, record->dom);
    labels = vir_buf_steal(&buf);
    for (int i = 0; i < record->nparams; i++)
        print_param(guests, record, &record->params[i], labels);
    print_answers(guests, record->dom, labels);
}

struct daemon_guests *
daemon_guests_collect(const char *driver, const char *uri, void **conn)
{
    virDomainStatsRecordPtr *records = NULL;
    struct daemon_guests *guests;
    int n;

    if (*conn && virConnectIsAlive(*conn) != 1) {
        virConnectClose(*conn);
        *conn = NULL;
    }
    if (!*conn)
        *conn = virConnectOpenReadOnly(uri);
    if (!*conn)
        return NULL;
    n = virConnectGetAllDomainStats(*conn, GROUPS, &records, VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);
    if (n < 0)
        return NULL;
    guests = VIR_NEW(struct daemon_guests);
    for (int i = 0; i < n; i++)
        print_record(guests, driver, records[i]);
    virDomainStatsRecordListFree(records);
    return guests;
}

static void
print_family(struct vir_buf *page, const char *name, const char *type, const char *help, size_t text,
             struct daemon_guests *const *guests, size_t n)
{
    bool any = false;

    for (size_t i = 0; i < n; i++) {
        const struct vir_buf *own = guests[i] ? &guests[i]->texts[text] : NULL;

        if (!own || !own->len)
            continue;
        if (!any)
            daemon_family_print(page, name, type, help);
        any = true;
        vir_buf_add_mem(page, own->text, own->len);
    }
}

void
daemon_guests_print(struct vir_buf *page, struct daemon_guests *const *guests, size_t n)
{
    print_family(page, "libvirt_domain_answers", "gauge", "Whether the hypervisor answers for this running guest.",
                 ANSWERS, guests, n);
    for (size_t i = 0; i < N_FAMILIES; i++)
        print_family(page, families[i].name, families[i].type, families[i].help, i, guests, n);
}
