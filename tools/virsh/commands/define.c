/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bringing domains into being from documents, and starting them. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

static int
run_define(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call, { "validate", VIR_DOMAIN_DEFINE_VALIDATE });
    VIR_AUTO_FREE char *xml = virsh_file(vsh, call, "file");
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;

    if (!xml)
        return -1;
    dom = flags ? virDomainDefineXMLFlags(vsh->conn, xml, flags) : virDomainDefineXML(vsh->conn, xml);
    if (!dom)
        return virsh_error(vsh, "Failed to define domain from %s", virsh_text(call, "file"));
    virsh_print_extra(vsh, "Domain '%s' defined from %s\n", virDomainGetName(dom), virsh_text(call, "file"));
    return 0;
}

/* --pass-fds N,M,…: descriptors that virsh was started with. Caller frees. */
static int
read_fds(struct virsh *vsh, const struct virsh_call *call, int **ret_fds, unsigned int *ret_n)
{
    const char *text = virsh_text(call, "pass-fds");
    VIR_AUTO_FREE char *copy = vir_strdup(text);
    VIR_AUTO_FREE int *fds = NULL;
    char *state = NULL, *end;
    unsigned int n = 0;

    for (char *word = copy ? strtok_r(copy, ",", &state) : NULL; word; word = strtok_r(NULL, ",", &state)) {
        long fd = strtol(word, &end, 10);

        if (end == word || *end != '\0' || fd < 0 || fd > INT_MAX)
            return virsh_error(vsh, "Unable to parse FD number '%s'", word);
        fds = vir_realloc_array(fds, n + 1, sizeof(*fds));
        fds[n++] = (int)fd;
    }
    *ret_fds = vir_steal(&fds);
    *ret_n = n;
    return 0;
}

static unsigned int
start_flags(const struct virsh_call *call)
{
    return VIRSH_BITS(call,
        { "paused", VIR_DOMAIN_START_PAUSED },
        { "autodestroy", VIR_DOMAIN_START_AUTODESTROY },
        { "bypass-cache", VIR_DOMAIN_START_BYPASS_CACHE },
        { "force-boot", VIR_DOMAIN_START_FORCE_BOOT },
        { "validate", VIR_DOMAIN_START_VALIDATE },
        { "reset-nvram", VIR_DOMAIN_START_RESET_NVRAM });
}

static int
run_create(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = start_flags(call);
    VIR_AUTO_FREE char *xml = virsh_file(vsh, call, "file");
    VIR_AUTO_FREE int *fds = NULL;
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    unsigned int n_fds;

    if (!xml || read_fds(vsh, call, &fds, &n_fds) < 0)
        return -1;
    dom = n_fds > 0 ? virDomainCreateXMLWithFiles(vsh->conn, xml, n_fds, fds, flags)
                    : virDomainCreateXML(vsh->conn, xml, flags);
    if (!dom)
        return virsh_error(vsh, "Failed to create domain from %s", virsh_text(call, "file"));
    virsh_print_extra(vsh, "Domain '%s' created from %s\n", virDomainGetName(dom), virsh_text(call, "file"));
    if (virsh_flag(call, "console") && virsh_console_run(vsh, dom, NULL, 0) < 0)
        virsh_error_report(vsh);        /* the domain was created all the same */
    return 0;
}

/* A driver that cannot boot afresh by a flag: its saved state is removed first. */
static int
start_afresh(struct virsh *vsh, virDomainPtr dom, unsigned int flags)
{
    int saved;

    if (virDomainCreateWithFlags(dom, flags) == 0)
        return 0;
    if (vsh->error_code != VIR_ERR_NO_SUPPORT && vsh->error_code != VIR_ERR_INVALID_ARG)
        return -1;
    virsh_error_forget(vsh);
    saved = virDomainHasManagedSaveImage(dom, 0);
    virsh_error_forget(vsh);
    if (saved > 0 && virDomainManagedSaveRemove(dom, 0) < 0)
        return -1;
    flags &= ~(unsigned int)VIR_DOMAIN_START_FORCE_BOOT;
    return flags ? virDomainCreateWithFlags(dom, flags) : virDomainCreate(dom);
}

static int
run_start(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = start_flags(call);
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain_by(vsh, call, VIRSH_BY_UUID | VIRSH_BY_NAME);
    VIR_AUTO_FREE int *fds = NULL;
    unsigned int n_fds;
    int result;

    if (!dom)
        return -1;
    if (virDomainGetID(dom) != (unsigned int)-1)
        return virsh_error(vsh, "Domain is already active");
    if (read_fds(vsh, call, &fds, &n_fds) < 0)
        return -1;
    if (n_fds > 0)
        result = virDomainCreateWithFiles(dom, n_fds, fds, flags);
    else if (flags & VIR_DOMAIN_START_FORCE_BOOT)
        result = start_afresh(vsh, dom, flags);
    else
        result = flags ? virDomainCreateWithFlags(dom, flags) : virDomainCreate(dom);
    if (result < 0)
        return virsh_error(vsh, "Failed to start domain '%s'", virDomainGetName(dom));
    virsh_print_extra(vsh, "Domain '%s' started\n", virDomainGetName(dom));
    return virsh_flag(call, "console") ? virsh_console_run(vsh, dom, NULL, 0) : 0;
}

#define OPTION_CONSOLE { "console", VIRSH_BOOL, 0, "show its console afterwards" }
#define OPTION_PAUSED { "paused", VIRSH_BOOL, 0, "leave it paused" }
#define OPTION_AUTODESTROY { "autodestroy", VIRSH_BOOL, 0, "destroy it when virsh ends" }
#define OPTION_PASS_FDS { "pass-fds", VIRSH_STRING, 0, "give it these descriptors, parted by commas" }
#define OPTION_RESET_NVRAM { "reset-nvram", VIRSH_BOOL, 0, "begin with fresh firmware variables" }

static const struct virsh_option define_options[] = {
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the domain's document" },
    VIRSH_OPTION_VALIDATE,
    VIRSH_OPTIONS_END
};

static const struct virsh_option create_options[] = {
    { "file", VIRSH_STRING, VIRSH_REQUIRED, "file with the domain's document" },
    OPTION_CONSOLE, OPTION_PAUSED, OPTION_AUTODESTROY, OPTION_PASS_FDS,
    VIRSH_OPTION_VALIDATE,
    OPTION_RESET_NVRAM,
    VIRSH_OPTIONS_END
};

static const struct virsh_option start_options[] = {
    { "domain", VIRSH_STRING, VIRSH_REQUIRED, "the inactive domain: its name or uuid" },
    OPTION_CONSOLE, OPTION_PAUSED, OPTION_AUTODESTROY,
    { "bypass-cache", VIRSH_BOOL, 0, "read a saved state past the file system's cache" },
    { "force-boot", VIRSH_BOOL, 0, "boot, and drop a saved state" },
    OPTION_PASS_FDS, OPTION_RESET_NVRAM,
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_define_commands[] = {
    { "create", "start a domain from a document",
      "It has no persistent definition: when it ends, it is gone.",
      create_options, run_create },
    { "define", "define a domain from a document",
      "It does not run yet. Of a domain that exists, the definition "
      "is replaced.", define_options, run_define },
    { "start", "start a defined domain", "From its saved state if there is one, else it boots.",
      start_options, run_start },
    { .name = NULL }
};
