/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names, numbers, texts and documents of a domain. */
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

/* Whoever asks for one of id, uuid and name gives one of the two others. */
static int
run_domid(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain_by(vsh, call, VIRSH_BY_UUID | VIRSH_BY_NAME);
    unsigned int id;

    if (!dom)
        return -1;
    id = virDomainGetID(dom);
    if (id == (unsigned int)-1)
        virsh_print(vsh, "-\n");
    else
        virsh_print(vsh, "%u\n", id);
    return 0;
}

static int
run_domname(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain_by(vsh, call, VIRSH_BY_ID | VIRSH_BY_UUID);

    if (!dom)
        return -1;
    virsh_print(vsh, "%s\n", virDomainGetName(dom));
    return 0;
}

static int
run_domuuid(struct virsh *vsh, const struct virsh_call *call)
{
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain_by(vsh, call, VIRSH_BY_ID | VIRSH_BY_NAME);
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (!dom)
        return -1;
    if (virDomainGetUUIDString(dom, uuid) < 0)
        return virsh_error(vsh, "failed to get domain UUID");
    virsh_print(vsh, "%s\n", uuid);
    return 0;
}

static int
run_domhostname(struct virsh *vsh, const struct virsh_call *call)
{
    const char *source = virsh_text(call, "source");
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);
    VIR_AUTO_FREE char *name = NULL;
    unsigned int flags = 0;

    if (!dom)
        return -1;
    if (source && strcmp(source, "lease") == 0)
        flags = VIR_DOMAIN_GET_HOSTNAME_LEASE;
    else if (source && strcmp(source, "agent") == 0)
        flags = VIR_DOMAIN_GET_HOSTNAME_AGENT;
    else if (source)
        return virsh_error(vsh, "Unknown data source '%s'", source);
    name = virDomainGetHostname(dom, flags);
    if (!name)
        return virsh_error(vsh, "failed to get hostname");
    virsh_print(vsh, "%s\n", name);
    return 0;
}

static int
run_dumpxml(struct virsh *vsh, const struct virsh_call *call)
{
    const unsigned int flags = VIRSH_BITS(call,
        { "inactive", VIR_DOMAIN_XML_INACTIVE },
        { "security-info", VIR_DOMAIN_XML_SECURE },
        { "update-cpu", VIR_DOMAIN_XML_UPDATE_CPU },
        { "migratable", VIR_DOMAIN_XML_MIGRATABLE });
    VIRSH_AUTO(domain) virDomainPtr dom = virsh_domain(vsh, call);

    return dom ? virsh_xml_print(vsh, call, virDomainGetXMLDesc(dom, flags)) : -1;
}

/* Title or description: printed, or set from the words of --new-desc. */
static int
set_desc(struct virsh *vsh, const struct virsh_call *call, virDomainPtr dom, int type, unsigned int affect)
{
    const char *what = type == VIR_DOMAIN_METADATA_TITLE ? "title" : "description";
    struct vir_buf words = { 0 };
    VIR_AUTO_FREE char *text = NULL;
    const char *word, *gap = "";

    for (size_t position = 0; (word = virsh_rest(call, &position)); gap = " ") {
        vir_buf_add(&words, gap);
        vir_buf_add(&words, word);
    }
    text = vir_buf_steal(&words);
    if (virDomainSetMetadata(dom, type, text, NULL, NULL, affect) < 0)
        return virsh_error(vsh, "Failed to set new domain %s", what);
    virsh_print_extra(vsh, "Domain %s updated successfully", what);
    return 0;
}

static int
run_desc(struct virsh *vsh, const struct virsh_call *call)
{
    const bool title = virsh_flag(call, "title");
    const int type = title ? VIR_DOMAIN_METADATA_TITLE : VIR_DOMAIN_METADATA_DESCRIPTION;
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    VIR_AUTO_FREE char *text = NULL;
    unsigned int affect;
    size_t position = 0;

    if (virsh_affect(vsh, call, &affect) < 0 || !(dom = virsh_domain(vsh, call)))
        return -1;
    if (virsh_flag(call, "edit"))
        return virsh_error(vsh, "editing is not supported yet: give the text as words of the command");
    if (virsh_rest(call, &position))
        return set_desc(vsh, call, dom, type, affect);
    text = virDomainGetMetadata(dom, type, NULL, affect);
    if (text) {
        virsh_print(vsh, "%s", text);
    } else if (vsh->error_code == VIR_ERR_NO_DOMAIN_METADATA) {
        virsh_print(vsh, "No %s for domain: %s", title ? "title" : "description", virDomainGetName(dom));
    } else {
        return -1;
    }
    return 0;
}

static int
run_metadata(struct virsh *vsh, const struct virsh_call *call)
{
    const char *uri = virsh_text(call, "uri"), *key = virsh_text(call, "key"), *set = virsh_text(call, "set");
    const bool remove = virsh_flag(call, "remove");
    VIRSH_AUTO(domain) virDomainPtr dom = NULL;
    VIR_AUTO_FREE char *text = NULL;
    unsigned int affect;

    if (virsh_affect(vsh, call, &affect) < 0 || virsh_exclusive(vsh, call, "edit", "set") < 0 ||
        virsh_exclusive(vsh, call, "remove", "set") < 0 || !(dom = virsh_domain(vsh, call)))
        return -1;
    if (virsh_flag(call, "edit"))
        return virsh_error(vsh, "editing is not supported yet: give the element with --set");
    if (set && !key)
        return virsh_error(vsh, "namespace key is required when modifying metadata");
    if (set || remove) {
        if (virDomainSetMetadata(dom, VIR_DOMAIN_METADATA_ELEMENT, set, key, uri, affect) < 0)
            return -1;
        virsh_print(vsh, remove ? "Metadata removed\n" : "Metadata modified\n");
        return 0;
    }
    text = virDomainGetMetadata(dom, VIR_DOMAIN_METADATA_ELEMENT, uri, affect);
    if (!text)
        return -1;
    virsh_print(vsh, "%s\n", text);
    return 0;
}

static const struct virsh_option domain_options[] = {
    VIRSH_OPTION_DOMAIN,
    VIRSH_OPTIONS_END
};

static const struct virsh_option desc_options[] = {
    VIRSH_OPTION_DOMAIN,
    VIRSH_OPTION_LIVE, VIRSH_OPTION_CONFIG, VIRSH_OPTION_CURRENT,
    { "title", VIRSH_BOOL, 0, "the title instead of the description" },
    { "edit", VIRSH_BOOL, 0, "open an editor on it" },
    { "new-desc", VIRSH_REST, 0, "the words of the new one" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option domhostname_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "source", VIRSH_STRING, 0, "who is asked: lease (of a network) or agent (inside the guest)" },
    VIRSH_OPTIONS_END
};

static const struct virsh_option dumpxml_options[] = {
    VIRSH_OPTION_DOMAIN,
    VIRSH_OPTION_INACTIVE,
    { "security-info", VIRSH_BOOL, 0, "with passwords" },
    { "update-cpu", VIRSH_BOOL, 0, "with the processor completed for this host" },
    { "migratable", VIRSH_BOOL, 0, "as another host needs it" },
    VIRSH_OPTION_XPATH, VIRSH_OPTION_WRAP,
    VIRSH_OPTIONS_END
};

static const struct virsh_option metadata_options[] = {
    VIRSH_OPTION_DOMAIN,
    { "uri", VIRSH_STRING, VIRSH_REQUIRED, "namespace of the element" },
    VIRSH_OPTION_LIVE, VIRSH_OPTION_CONFIG, VIRSH_OPTION_CURRENT,
    { "edit", VIRSH_BOOL, 0, "open an editor on it" },
    { "key", VIRSH_STRING, 0, "prefix of the namespace" },
    { "set", VIRSH_STRING, 0, "the new element" },
    { "remove", VIRSH_BOOL, 0, "remove the element" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_query_commands[] = {
    { "desc", "show or set the description or title of a domain", NULL, desc_options, run_desc },
    { "domhostname", "name that the guest gives itself", NULL, domhostname_options, run_domhostname },
    { "domid", "id of a domain", "An inactive one has none; then it is '-'.", domain_options, run_domid },
    { "domname", "name of a domain", NULL, domain_options, run_domname },
    { "domuuid", "uuid of a domain", NULL, domain_options, run_domuuid },
    { "dumpxml", "document of a domain", NULL, dumpxml_options, run_dumpxml },
    { "metadata", "show or set an element of your own in a domain", NULL, metadata_options, run_metadata },
    { .name = NULL }
};
