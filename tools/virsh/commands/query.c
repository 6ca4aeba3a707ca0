/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names, numbers, texts and documents of a domain. */
#include <stdlib.h>
#include <string.h>

#include "rows/query.h"

int
run_domid(struct shell *vsh, const struct domid_args *args)
{
    const unsigned int id = virDomainGetID(args->domain);

    if (id == (unsigned int)-1)
        shell_print(vsh, "-\n");
    else
        shell_print(vsh, "%u\n", id);
    return 0;
}

int
run_domhostname(struct shell *vsh, const struct domhostname_args *args)
{
    static const unsigned int flags[] = { VIR_DOMAIN_GET_HOSTNAME_LEASE, VIR_DOMAIN_GET_HOSTNAME_AGENT };

    return shell_show_own_text(vsh, virDomainGetHostname(args->domain, args->source < 0 ? 0 : flags[args->source]),
                               "failed to get hostname");
}

/* Title or description: printed, or set from the words of --new-desc. */
static int
set_desc(struct shell *vsh, const struct desc_args *args, int type)
{
    const char *what = type == VIR_DOMAIN_METADATA_TITLE ? "title" : "description";
    struct vir_buf words = { 0 };
    VIR_AUTO_FREE char *text = NULL;

    for (size_t i = 0; i < args->n_new_desc; i++)
        vir_buf_addf(&words, "%s%s", i > 0 ? " " : "", args->new_desc[i]);
    text = vir_buf_steal(&words);
    if (virDomainSetMetadata(args->domain, type, text, NULL, NULL, args->flags) < 0)
        return shell_error(vsh, "Failed to set new domain %s", what);
    shell_print_extra(vsh, "Domain %s updated successfully", what);
    return 0;
}

int
run_desc(struct shell *vsh, const struct desc_args *args)
{
    const bool title = args->title;
    const int type = title ? VIR_DOMAIN_METADATA_TITLE : VIR_DOMAIN_METADATA_DESCRIPTION;
    VIR_AUTO_FREE char *text = NULL;

    if (args->edit)
        return shell_error(vsh, "editing is not supported yet: give the text as words of the command");
    if (args->n_new_desc > 0)
        return set_desc(vsh, args, type);
    text = virDomainGetMetadata(args->domain, type, NULL, args->flags);
    if (text) {
        shell_print(vsh, "%s", text);
    } else if (vsh->error_code == VIR_ERR_NO_DOMAIN_METADATA) {
        shell_print(vsh, "No %s for domain: %s", title ? "title" : "description", virDomainGetName(args->domain));
    } else {
        return -1;
    }
    return 0;
}

int
run_metadata(struct shell *vsh, const struct metadata_args *args)
{
    if (args->edit)
        return shell_error(vsh, "editing is not supported yet: give the element with --set");
    if (!args->set && !args->remove)
        return shell_show_own_text(vsh, virDomainGetMetadata(args->domain, VIR_DOMAIN_METADATA_ELEMENT, args->uri,
                                                             args->flags), NULL);
    if (virDomainSetMetadata(args->domain, VIR_DOMAIN_METADATA_ELEMENT, args->set, args->key, args->uri,
                             args->flags) < 0)
        return -1;
    shell_print(vsh, args->remove ? "Metadata removed\n" : "Metadata modified\n");
    return 0;
}
