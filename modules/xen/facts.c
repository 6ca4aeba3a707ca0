/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the xenstore says about domains: who they are and what they are like.
 * Everything read here was written by others and may change between two
 * reads; a domain that vanishes meanwhile counts as not there.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xen.h"

#define MAX_ID 32751                    /* higher numbers are reserved by the hypervisor */
#define MAX_NAME 255
#define MAX_VCPUS 512

static bool
parse_number(const char *text, unsigned long max, unsigned long *ret)
{
    unsigned long value;
    char *end;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno || *end || value > max)
        return false;
    *ret = value;
    return true;
}

/* A number in the store: 1, 0 (not there or no number), -1. */
static int
read_number(int id, const char *what, unsigned long *ret)
{
    VIR_AUTO_FREE char *text = NULL;
    int r = xen_store_read(&text, "/local/domain/%d/%s", id, what);

    return r <= 0 ? r : parse_number(text, ULONG_MAX / 1024, ret);
}

void
xen_identity_clear(struct xen_identity *who)
{
    free(who->name);
    who->name = NULL;
}

void
xen_facts_clear(struct xen_facts *facts)
{
    free(facts->type);
    free(facts->kernel);
    free(facts->ramdisk);
    free(facts->cmdline);
    free(facts->tty);
    *facts = (struct xen_facts){0};
}

/* The uuid is the end of the path to the domain's part of /vm; domain 0 has none. */
static int
read_uuid(int id, unsigned char *ret_uuid)
{
    VIR_AUTO_FREE char *vm = NULL;
    int r = xen_store_read(&vm, "/local/domain/%d/vm", id);

    if (r < 0)
        return -1;
    if (r == 0 || strncmp(vm, "/vm/", 4) != 0 || vir_uuid_parse(vm + 4, ret_uuid) < 0)
        memset(ret_uuid, 0, VIR_UUID_BUFLEN);
    return 0;
}

int
xen_identity_by_id(int id, struct xen_identity *ret_who)
{
    VIR_AUTO_FREE char *name = NULL;
    unsigned char uuid[VIR_UUID_BUFLEN];
    int r;

    if (id < 0 || id > MAX_ID)
        return 0;
    r = xen_store_read(&name, "/local/domain/%d/name", id);
    if (r <= 0)
        return r;
    if (!*name || strlen(name) > MAX_NAME)
        return 0;
    if (read_uuid(id, uuid) < 0)
        return -1;
    ret_who->id = id;
    ret_who->name = vir_steal(&name);
    memcpy(ret_who->uuid, uuid, sizeof(uuid));
    return 1;
}

static int
compare_ids(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The ids of all domains that the store knows, ascending; the caller frees them. */
static int
list_ids(int **ret_ids, size_t *ret_n)
{
    VIR_AUTO_FREE char **names = NULL;
    size_t n_names, n = 0;
    unsigned long id;
    int r = xen_store_list(&names, &n_names, "/local/domain");

    if (r < 0)
        return -1;
    if (r == 0)
        n_names = 0;
    int *ids = vir_alloc_array(n_names + 1, sizeof(*ids));
    for (size_t i = 0; i < n_names; i++) {
        if (parse_number(names[i], MAX_ID, &id))
            ids[n++] = (int)id;
    }
    qsort(ids, n, sizeof(*ids), compare_ids);
    *ret_ids = ids;
    *ret_n = n;
    return 0;
}

/* The first domain for which WANTED is true. */
static int
find(bool (*wanted)(const struct xen_identity *who, const void *key), const void *key,
     struct xen_identity *ret_who)
{
    VIR_AUTO_FREE int *ids = NULL;
    struct xen_identity who;
    size_t n;

    if (list_ids(&ids, &n) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int r = xen_identity_by_id(ids[i], &who);

        if (r < 0)
            return -1;
        if (r == 0)
            continue;
        if (wanted(&who, key)) {
            *ret_who = who;
            return 1;
        }
        xen_identity_clear(&who);
    }
    return 0;
}

static bool
has_name(const struct xen_identity *who, const void *name)
{
    return strcmp(who->name, name) == 0;
}

static bool
has_uuid(const struct xen_identity *who, const void *uuid)
{
    return memcmp(who->uuid, uuid, VIR_UUID_BUFLEN) == 0;
}

int
xen_identity_by_name(const char *name, struct xen_identity *ret_who)
{
    return find(has_name, name, ret_who);
}

int
xen_identity_by_uuid(const unsigned char *uuid, struct xen_identity *ret_who)
{
    return find(has_uuid, uuid, ret_who);
}

int
xen_identities(struct xen_identity **ret_all, size_t *ret_n)
{
    VIR_AUTO_FREE int *ids = NULL;
    struct xen_identity *all;
    size_t n, kept = 0;

    if (list_ids(&ids, &n) < 0)
        return -1;
    all = vir_alloc_array(n + 1, sizeof(*all));
    for (size_t i = 0; i < n; i++) {
        int r = xen_identity_by_id(ids[i], &all[kept]);

        if (r < 0) {
            xen_identities_free(all, kept);
            return -1;
        }
        kept += r;
    }
    *ret_all = all;
    *ret_n = kept;
    return 0;
}

void
xen_identities_free(struct xen_identity *all, size_t n)
{
    for (size_t i = 0; i < n; i++)
        xen_identity_clear(&all[i]);
    free(all);
}

/* The uuid does not tell those that have none from each other. */
static bool
is_meant(const struct xen_identity *who, const void *handle)
{
    static const unsigned char none[VIR_UUID_BUFLEN];
    virDomainPtr dom = (virDomainPtr)handle;

    return has_uuid(who, vir_domain_uuid(dom)) &&
           (!has_uuid(who, none) || has_name(who, vir_domain_name(dom)));
}

int
xen_identity_of(virDomainPtr dom, struct xen_identity *ret_who)
{
    char text[VIR_UUID_STRING_BUFLEN];
    int r = xen_identity_by_id(vir_domain_id(dom), ret_who);

    if (r > 0) {
        if (is_meant(ret_who, dom))
            return 0;
        xen_identity_clear(ret_who);    /* the number was given to another domain meanwhile */
    }
    if (r >= 0)
        r = find(is_meant, dom, ret_who);
    if (r > 0) {
        vir_domain_set_id(dom, ret_who->id);
        return 0;
    }
    if (r == 0) {
        vir_uuid_format(vir_domain_uuid(dom), text);
        vir_error(VIR_ERR_NO_DOMAIN, "no domain '%s' with uuid %s in the xenstore",
                  vir_domain_name(dom), text);
    }
    return -1;
}

/* One entry below cpu/ for each virtual CPU.  Domain 0 has none there: it is
 * where we run. */
static int
read_vcpus(int id, struct xen_facts *facts)
{
    VIR_AUTO_FREE char **names = NULL;
    size_t n = 0;
    unsigned long cpu;

    if (xen_store_list(&names, &n, "/local/domain/%d/cpu", id) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        VIR_AUTO_FREE char *state = NULL;

        if (!parse_number(names[i], MAX_VCPUS - 1, &cpu))
            continue;
        if (xen_store_read(&state, "/local/domain/%d/cpu/%lu/availability", id, cpu) < 0)
            return -1;
        facts->max_vcpus++;
        facts->vcpus += state && strcmp(state, "online") == 0;
    }
    if (facts->max_vcpus == 0 && id == 0) {
        facts->vcpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
        facts->max_vcpus = (unsigned int)sysconf(_SC_NPROCESSORS_CONF);
    }
    return 0;
}

static int
read_memory(int id, struct xen_facts *facts)
{
    if (read_number(id, "memory/target", &facts->memory) < 0 ||
        read_number(id, "memory/static-max", &facts->max_memory) < 0)
        return -1;
    if (facts->max_memory < facts->memory)
        facts->max_memory = facts->memory;
    return 0;
}

int
xen_state_read(const struct xen_identity *who, int *ret_state, int *ret_reason)
{
    VIR_AUTO_FREE char *request = NULL;

    if (xen_store_read(&request, "/local/domain/%d/control/shutdown", who->id) < 0)
        return -1;
    if (request && (strcmp(request, "poweroff") == 0 || strcmp(request, "halt") == 0)) {
        *ret_state = VIR_DOMAIN_SHUTDOWN;
        *ret_reason = VIR_DOMAIN_SHUTDOWN_USER;
    } else {
        *ret_state = VIR_DOMAIN_RUNNING;
        *ret_reason = VIR_DOMAIN_RUNNING_UNKNOWN;
    }
    return 0;
}

static int
read_image(const struct xen_identity *who, struct xen_facts *facts)
{
    char uuid[VIR_UUID_STRING_BUFLEN];

    vir_uuid_format(who->uuid, uuid);
    if (xen_store_read(&facts->type, "/libxl/%d/type", who->id) < 0 ||
        xen_store_read(&facts->kernel, "/vm/%s/image/kernel", uuid) < 0 ||
        xen_store_read(&facts->ramdisk, "/vm/%s/image/ramdisk", uuid) < 0 ||
        xen_store_read(&facts->cmdline, "/vm/%s/image/cmdline", uuid) < 0 ||
        xen_store_read(&facts->tty, "/local/domain/%d/console/tty", who->id) < 0)
        return -1;
    return 0;
}

int
xen_facts_read(const struct xen_identity *who, struct xen_facts *ret_facts)
{
    struct xen_facts facts = {0};

    if (read_memory(who->id, &facts) < 0 || read_vcpus(who->id, &facts) < 0 ||
        xen_state_read(who, &facts.state, &facts.reason) < 0 || read_image(who, &facts) < 0) {
        xen_facts_clear(&facts);
        return -1;
    }
    *ret_facts = facts;
    return 0;
}

const char *
xen_os_type(const struct xen_identity *who, const struct xen_facts *facts)
{
    if (who->id == 0)
        return "xen";
    return facts->type && strcmp(facts->type, "hvm") == 0 ? "hvm" : "linux";
}
