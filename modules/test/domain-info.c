/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a domain is like: reading it and changing it.
 */
#include <stdlib.h>
#include <time.h>

#include "test.h"

/* Virtual CPUs in use: all, unless the document says fewer. */
static unsigned int
vcpus_of(const struct test_domain_def *def)
{
    return def->vcpu.has_current ? def->vcpu.current : def->vcpu.count;
}

int
test_domain_get_info(virDomainPtr dom, virDomainInfoPtr ret_info)
{
    TEST_LOCKED td = test_domain_get(dom);
    struct timespec now;

    if (!td)
        return -1;
    clock_gettime(CLOCK_REALTIME, &now);
    *ret_info = (virDomainInfo){
        .state = (unsigned char)td->state,
        .maxMem = td->def->memory.size,
        .memory = td->def->current_memory,
        .nrVirtCpu = (unsigned short)vcpus_of(td->def),
        .cpuTime = (unsigned long long)now.tv_sec * 1000000000ULL + (unsigned long long)now.tv_nsec,
    };
    return 0;
}

int
test_domain_get_state(virDomainPtr dom, int *ret_state, int *ret_reason, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(dom);

    (void)flags;                        /* none taken */
    if (!td)
        return -1;
    *ret_state = td->state;
    if (ret_reason)
        *ret_reason = td->reason;
    return 0;
}

/* Nothing is between us and the domain: its control is free. */
int
test_domain_get_control_info(virDomainPtr dom, virDomainControlInfoPtr ret_info, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(dom);

    (void)flags;                        /* none taken */
    if (!td || test_domain_must_run(td) < 0)
        return -1;
    *ret_info = (virDomainControlInfo){ .state = VIR_DOMAIN_CONTROL_OK };
    return 0;
}

/* Always "linux", whatever the definition says: programs have come to expect it here. */
char *
test_domain_get_os_type(virDomainPtr dom)
{
    TEST_LOCKED td = test_domain_get(dom);

    return td ? vir_strdup("linux") : NULL;
}

/* Takes INACTIVE; SECURE shows passwords; UPDATE_CPU and MIGRATABLE change nothing here. */
char *
test_domain_get_xml_desc(virDomainPtr dom, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(dom);
    unsigned int how = flags & VIR_DOMAIN_XML_SECURE ? VIR_XML_SECURE : 0;
    const struct test_domain_def *def;

    if (!td)
        return NULL;
    def = td->def;
    if (flags & VIR_DOMAIN_XML_INACTIVE || !test_domain_runs(td)) {
        def = td->next ? td->next : td->def;
        how |= VIR_XML_INACTIVE;
    }
    return flags & VIR_DOMAIN_XML_MIGRATABLE ? test_domain_format_migratable(def, how)
                                             : test_domain_def_format(def, how);
}

/* ---- which definition a call means ------------------------------------------------ */

/* The definitions that VIR_DOMAIN_AFFECT_* mean: the one that runs and the one
 * that the next start takes, either may be NULL. With neither flag: the one that
 * runs, else the other.  CHANGE: they are to differ from now on; FIXED, if not
 * NULL, is what cannot change in one that runs. */
static int
affected(struct test_domain *td, unsigned int flags, bool change, const char *fixed,
         struct test_domain_def **ret_live, struct test_domain_def **ret_config)
{
    bool live = flags & VIR_DOMAIN_AFFECT_LIVE, config = flags & VIR_DOMAIN_AFFECT_CONFIG;

    if (!live && !config) {
        live = test_domain_runs(td);
        config = !live;
    }
    if (live && test_domain_must_run(td) < 0)
        return -1;
    if (live && fixed)
        return vir_error(VIR_ERR_OPERATION_INVALID, "the %s of domain '%s' is fixed: it runs", fixed,
                         td->entry.name);
    if (config && !td->persistent)
        return vir_error(VIR_ERR_OPERATION_INVALID, "domain '%s' is transient: it has no other definition",
                         td->entry.name);
    if (change && test_domain_runs(td) && td->persistent && !td->next)
        td->next = test_domain_def_copy(td->def);
    *ret_live = live ? td->def : NULL;
    *ret_config = !config ? NULL : td->next ? td->next : td->def;
    return 0;
}

/* ---- title, description, and what applications store ---------------------------- */

static struct vir_xml_notes
notes_of(struct test_domain_def *def)
{
    return (struct vir_xml_notes){ &def->title, &def->description, &def->metadata };
}

char *
test_domain_get_metadata(virDomainPtr dom, int type, const char *uri, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(dom);
    struct test_domain_def *live, *config;
    struct vir_xml_notes notes;

    if (!td || affected(td, flags, false, NULL, &live, &config) < 0)
        return NULL;
    notes = notes_of(live ? live : config);
    return vir_xml_notes_get(&notes, type, uri);
}

int
test_domain_set_metadata(virDomainPtr dom, int type, const char *metadata, const char *key, const char *uri,
                         unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(dom);
    struct test_domain_def *meant[2];

    if (!td || affected(td, flags, true, NULL, &meant[0], &meant[1]) < 0)
        return -1;
    for (int i = 0; i < 2; i++) {
        struct vir_xml_notes notes;

        if (!meant[i])
            continue;
        notes = notes_of(meant[i]);
        if (vir_xml_notes_set(&notes, type, metadata, key, uri) < 0)
            return -1;
    }
    vir_event_emit(test_host_of(vir_domain_connect(dom))->events,
                   vir_event_domain_metadata_change(td->entry.name, td->entry.uuid, td->entry.id, type, uri));
    return 0;
}

/* ---- memory and virtual CPUs --------------------------------------------------- */

unsigned long
test_domain_get_max_memory(virDomainPtr dom)
{
    TEST_LOCKED td = test_domain_get(dom);

    return td ? td->def->memory.size : 0;
}

static int
set_memory(const struct test_domain *td, struct test_domain_def *def, unsigned long memory, bool maximum)
{
    if (!def)
        return 0;
    if (!maximum && memory > def->memory.size)
        return vir_error(VIR_ERR_INVALID_ARG, "%lu KiB is more than the maximum of domain '%s', %llu KiB",
                         memory, td->entry.name, def->memory.size);
    if (maximum)
        def->memory.size = memory;
    if (!maximum || def->current_memory > memory)
        def->current_memory = memory;
    return 0;
}

/* Takes LIVE, CONFIG; with MAXIMUM the maximum is meant, which is fixed while the domain runs. */
int
test_domain_set_memory_flags(virDomainPtr dom, unsigned long memory, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(dom);
    struct test_domain_def *live, *config;
    bool maximum = flags & VIR_DOMAIN_MEM_MAXIMUM;

    if (!td || affected(td, flags, true, maximum ? "maximum memory" : NULL, &live, &config) < 0)
        return -1;
    return set_memory(td, config, memory, maximum) < 0 ? -1 : set_memory(td, live, memory, maximum);
}

/* Takes LIVE or CONFIG; MAXIMUM asks for the most that can be. */
int
test_domain_get_vcpus_flags(virDomainPtr dom, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(dom);
    struct test_domain_def *live, *config, *def;

    if (!td || affected(td, flags, false, NULL, &live, &config) < 0)
        return -1;
    def = live ? live : config;
    return (int)(flags & VIR_DOMAIN_VCPU_MAXIMUM ? def->vcpu.count : vcpus_of(def));
}

static int
set_vcpus(struct test_domain_def *def, unsigned int n, bool maximum)
{
    if (!def)
        return 0;
    if (!maximum && n > def->vcpu.count)
        return vir_error(VIR_ERR_INVALID_ARG, "requested cpu amount exceeds maximum (%u > %u)",
                         n, def->vcpu.count);
    def->vcpu.current = maximum && vcpus_of(def) < n ? vcpus_of(def) : n;
    if (maximum)
        def->vcpu.count = n;
    def->vcpu.has_current = def->vcpu.current < def->vcpu.count;
    return 0;
}

/* Takes LIVE, CONFIG; with MAXIMUM the most that can be is meant, which is fixed while the domain runs. */
int
test_domain_set_vcpus_flags(virDomainPtr dom, unsigned int n, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(dom);
    struct test_domain_def *live, *config;
    bool maximum = flags & VIR_DOMAIN_VCPU_MAXIMUM;

    if (!td || affected(td, flags, true, maximum ? "maximum of vcpus" : NULL, &live, &config) < 0)
        return -1;
    return set_vcpus(config, n, maximum) < 0 ? -1 : set_vcpus(live, n, maximum);
}

/* ---- the rest ---------------------------------------------------------------------- */

/* Remembered, though nothing ever boots this host. */
int
test_domain_set_autostart(virDomainPtr dom, int autostart)
{
    TEST_LOCKED td = test_domain_get(dom);

    if (!td)
        return -1;
    if (!td->persistent)
        return vir_error(VIR_ERR_OPERATION_INVALID, "domain '%s' is transient: it cannot start by itself",
                         td->entry.name);
    td->autostart = autostart;
    return 0;
}

/* Whether the next start may take another definition. */
int
test_domain_is_updated(virDomainPtr dom)
{
    TEST_LOCKED td = test_domain_get(dom);

    return td ? td->next != NULL : -1;
}

/* No image is ever made. */
int
test_domain_has_managed_save_image(virDomainPtr dom, unsigned int flags)
{
    TEST_LOCKED td = test_domain_get(dom);

    (void)flags;                        /* none taken */
    return td ? 0 : -1;
}

int
test_domain_get_security_label(virDomainPtr dom, virSecurityLabelPtr ret_label)
{
    TEST_LOCKED td = test_domain_get(dom);

    if (!td)
        return -1;
    *ret_label = (virSecurityLabel){ .label = "" };
    if (test_domain_runs(td))
        *ret_label = (virSecurityLabel){ .label = "libvirt-test", .enforcing = 1 };
    return 0;
}
