/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Network interfaces of a domain that come, go and lose their cable. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rows/link.h"
#include "address.h"
#include "change.h"

enum { AVERAGE, PEAK, BURST, FLOOR, N_RATES };
static const char *const rate_names[] = { "average", "peak", "burst", "floor" };

/* Fields parted by commas, none of which must be there; -1: reported. */
static int
read_rates(struct shell *vsh, const char *text, unsigned long long *rates)
{
    const char *field = text;

    for (int i = 0; field; i++) {
        const char *comma = strchr(field, ',');
        char *end = (char *)field;

        if (i == N_RATES)
            return shell_error(vsh, "Rate string '%s' has too many fields", text);
        errno = 0;
        rates[i] = *field != ',' && *field != '\0' ? strtoull(field, &end, 10) : 0;
        if (errno != 0 || end != (comma ? comma : field + strlen(field)) || memchr(field, '-', (size_t)(end - field)))
            return shell_error(vsh, "field '%s' is malformed", rate_names[i]);
        field = comma ? comma + 1 : NULL;
    }
    return 0;
}

static void
add_rates(struct vir_buf *buf, const char *element, const unsigned long long *rates)
{
    vir_buf_addf(buf, "    <%s", element);
    for (int i = 0; i < N_RATES; i++) {
        if (rates[i] != 0)
            vir_buf_addf(buf, " %s='%llu'", rate_names[i], rates[i]);
    }
    vir_buf_add(buf, "/>\n");
}

static int
add_bandwidth(struct shell *vsh, struct vir_buf *buf, const char *inbound, const char *outbound)
{
    unsigned long long in[N_RATES] = { 0 }, out[N_RATES] = { 0 };

    if ((inbound && read_rates(vsh, inbound, in) < 0) || (outbound && read_rates(vsh, outbound, out) < 0))
        return -1;
    if (inbound && in[AVERAGE] == 0 && in[FLOOR] == 0)
        return shell_error(vsh, "either inbound average or floor is mandatory");
    if (outbound && out[AVERAGE] == 0)
        return shell_error(vsh, "outbound average is mandatory");
    if (out[FLOOR] != 0)
        return shell_error(vsh, "outbound floor is unsupported yet");
    if (!inbound && !outbound)
        return 0;
    vir_buf_add(buf, "  <bandwidth>\n");
    if (inbound)
        add_rates(buf, "inbound", in);
    if (outbound)
        add_rates(buf, "outbound", out);
    vir_buf_add(buf, "  </bandwidth>\n");
    return 0;
}

enum type { NETWORK, BRIDGE, DIRECT, HOSTDEV, VHOSTUSER };

static int
add_source(struct shell *vsh, struct vir_buf *buf, const struct attach_interface_args *args)
{
    static const char *const attributes[] = { "network", "bridge", "dev", NULL, "path" };
    static const char *const modes[] = { "server", "client" };
    struct virsh_address address;

    if (args->type == HOSTDEV) {
        if (!virsh_address_read_pci(args->source, &address))
            return shell_error(vsh, "cannot parse pci address '%s' for network interface", args->source);
        vir_buf_add(buf, "  <source>\n    ");
        virsh_address_add(buf, &address, false);
        vir_buf_add(buf, "  </source>\n");
        return 0;
    }
    if (args->type == VHOSTUSER && args->source_mode < 0)
        return shell_error(vsh, "source-mode is mandatory");
    vir_buf_add(buf, "  <source");
    virsh_add_attribute(buf, "type", args->type == VHOSTUSER ? "unix" : NULL);
    virsh_add_attribute(buf, attributes[args->type], args->source);
    virsh_add_attribute(buf, "mode", args->type == VHOSTUSER ? modes[args->source_mode] : NULL);
    vir_buf_add(buf, "/>\n");
    return 0;
}

static void
add_element(struct vir_buf *buf, const char *element, const char *attribute, const char *value)
{
    if (!value)
        return;
    vir_buf_addf(buf, "  <%s", element);
    virsh_add_attribute(buf, attribute, value);
    vir_buf_add(buf, "/>\n");
}

/* The document that the options describe; NULL: reported. Caller frees. */
static char *
describe_link(struct shell *vsh, const struct attach_interface_args *args)
{
    struct vir_buf buf = { 0 };

    vir_buf_add(&buf, "<interface");
    virsh_add_attribute(&buf, "type", shell_word(attach_interface_type_words, args->type));
    virsh_add_attribute(&buf, "managed", args->managed ? "yes" : NULL);
    vir_buf_add(&buf, ">\n");
    if (add_source(vsh, &buf, args) < 0)
        goto fail;
    add_element(&buf, "target", "dev", args->target);
    add_element(&buf, "mac", "address", args->mac);
    add_element(&buf, "script", "path", args->script);
    add_element(&buf, "model", "type", args->model);
    add_element(&buf, "alias", "name", args->alias);
    if (add_bandwidth(vsh, &buf, args->inbound, args->outbound) < 0)
        goto fail;
    vir_buf_add(&buf, "</interface>\n");
    return vir_buf_steal(&buf);
fail:
    vir_buf_free(&buf);
    return NULL;
}

int
run_attach_interface(struct shell *vsh, const struct attach_interface_args *args)
{
    const struct virsh_change change = VIRSH_CHANGE(vsh, args);
    VIR_AUTO_FREE char *xml = describe_link(vsh, args);

    return virsh_change_or_print(vsh, &change, xml, args->print_xml, virsh_attach,
                                 "Interface attached successfully\n", "Failed to attach interface");
}

enum { TYPE, MAC, TARGET, N_COLUMNS };

static int
read_links(struct shell *vsh, const char *document, struct virsh_rows *ret_links)
{
    static const char *const columns[] = {
        [TYPE] = "string(@type)", [MAC] = "string(mac/@address)", [TARGET] = "string(target/@dev)", NULL
    };

    return virsh_xml_rows(vsh, document, "/domain/devices/interface", columns, ret_links);
}

static char *
link_path(size_t number)
{
    return vir_strdup_printf("/domain/devices/interface[%zu]", number + 1);
}

/* The place of the one of this type, and with this address if one is given; NULL: reported. Caller frees. */
static char *
path_of_type(struct shell *vsh, const char *document, const char *type, const char *mac)
{
    struct virsh_rows links;
    size_t found = 0, of_type = 0, last = 0;

    if (read_links(vsh, document, &links) < 0)
        return NULL;
    for (size_t i = 0; i < links.n_rows; i++) {
        char **link = links.cells + i * N_COLUMNS;

        if (strcmp(link[TYPE], type) != 0)
            continue;
        of_type++;
        if (!mac || strcasecmp(link[MAC], mac) == 0)
            last = found++ == 0 ? i : last;
    }
    virsh_rows_free(&links);
    if (of_type == 0)
        shell_error(vsh, "No interface found whose type is %s", type);
    else if (mac && found == 0)
        shell_error(vsh, "No interface with MAC address %s was found", mac);
    else if (!mac && found > 1)
        shell_error(vsh, "Domain has %zu interfaces. Please specify which one to detach using --mac", found);
    else
        return link_path(last);
    return NULL;
}

/* From the domain or its definition, as their documents have it. */
static int
detach_from(struct shell *vsh, const struct detach_interface_args *args, const struct virsh_change *change)
{
    VIR_AUTO_FREE char *document = virsh_change_document(args->domain, change->flags & VIR_DOMAIN_AFFECT_CONFIG);
    VIR_AUTO_FREE char *path = document ? path_of_type(vsh, document, args->type, args->mac) : NULL;
    VIR_AUTO_FREE char *xml = path ? virsh_xml_change(vsh, document, path, NULL, 0) : NULL;

    if (!xml)
        return -1;
    if (!args->print_xml)
        return virsh_detach(change, xml);
    shell_print(vsh, "%s", xml);
    return 0;
}

int
run_detach_interface(struct shell *vsh, const struct detach_interface_args *args)
{
    const unsigned int both = VIR_DOMAIN_AFFECT_CONFIG | VIR_DOMAIN_AFFECT_LIVE;
    struct virsh_change change = VIRSH_CHANGE(vsh, args);
    int result = 0;

    if (change.flags == both) {         /* each knows it by its own address */
        change.flags = VIR_DOMAIN_AFFECT_CONFIG;
        result = detach_from(vsh, args, &change);
        change.flags = VIR_DOMAIN_AFFECT_LIVE;
    }
    if (result == 0)
        result = detach_from(vsh, args, &change);
    if (args->print_xml)
        return result;
    return shell_did(vsh, result, NULL, "Interface detached successfully\n", "Failed to detach interface");
}

/* The place of the one with this target or address; NULL: reported. Caller frees. */
static char *
path_of_name(struct shell *vsh, const char *document, const char *name)
{
    struct virsh_rows links;
    char *path = NULL;

    if (read_links(vsh, document, &links) < 0)
        return NULL;
    for (size_t i = 0; i < links.n_rows && !path; i++) {
        char **link = links.cells + i * N_COLUMNS;

        if (strcmp(link[TARGET], name) == 0 || strcasecmp(link[MAC], name) == 0)
            path = link_path(i);
    }
    virsh_rows_free(&links);
    if (!path)
        shell_error(vsh, "interface '%s' not found", name);
    return path;
}

/* In the domain if it runs, else in its definition. */
int
run_domif_setlink(struct shell *vsh, const struct domif_setlink_args *args)
{
    const bool in_definition = args->config || virDomainIsActive(args->domain) == 0;
    const struct virsh_xml_change change = {
        .verb = VIRSH_XML_SET, .child = "link", .attribute = "state",
        .value = shell_word(domif_setlink_state_words, args->state),
    };
    VIR_AUTO_FREE char *document = virsh_change_document(args->domain, args->flags & VIR_DOMAIN_AFFECT_CONFIG);
    VIR_AUTO_FREE char *path = document ? path_of_name(vsh, document, args->interface) : NULL;
    VIR_AUTO_FREE char *xml = path ? virsh_xml_change(vsh, document, path, &change, 1) : NULL;

    if (!xml)
        return -1;
    if (args->print_xml) {
        shell_print(vsh, "%s", xml);
        return 0;
    }
    return shell_did(vsh, virDomainUpdateDeviceFlags(args->domain, xml, in_definition ? VIR_DOMAIN_AFFECT_CONFIG
                                                                                     : VIR_DOMAIN_AFFECT_LIVE),
                     NULL, "Device updated successfully\n", "Failed to update interface link state");
}
