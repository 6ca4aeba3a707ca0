/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents in the user's editor: from where they are read, and where they go. */
#include "rows/edit.h"

#define EDIT(word, ...) \
    virsh_edit(&(struct virsh_editing){ .vsh = vsh, .read = read_##word, .write = write_##word, .done = tell_##word, __VA_ARGS__ })

static const char *
what_came_of_it(bool changed)
{
    return changed ? "edited" : "not changed";
}

/* ---- domains --------------------------------------------------------------------------------- */

static char *
read_domain(const struct virsh_editing *editing)
{
    return virDomainGetXMLDesc(editing->object, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE);
}

static int
write_domain(const struct virsh_editing *editing, const char *xml, bool validate)
{
    virConnectPtr conn = editing->vsh->conn;
    virDomainPtr made = validate ? virDomainDefineXMLFlags(conn, xml, VIR_DOMAIN_DEFINE_VALIDATE)
                                 : virDomainDefineXML(conn, xml);

    return made ? virDomainFree(made) : -1;
}

static void
tell_domain(const struct virsh_editing *editing, bool changed)
{
    shell_print_extra(editing->vsh, "Domain '%s' XML configuration %s.\n", virDomainGetName(editing->object),
                      what_came_of_it(changed));
}

int
run_edit(struct shell *vsh, const struct edit_args *args)
{
    return EDIT(domain, .object = args->domain, .validate = !args->skip_validate);
}

/* ---- saved domains ---------------------------------------------------------------------------- */

static char *
read_managed(const struct virsh_editing *editing)
{
    return virDomainManagedSaveGetXMLDesc(editing->object, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE);
}

static int
write_managed(const struct virsh_editing *editing, const char *xml, bool validate)
{
    (void)validate;
    return virDomainManagedSaveDefineXML(editing->object, xml, editing->flags);
}

static void
tell_managed(const struct virsh_editing *editing, bool changed)
{
    shell_print_extra(editing->vsh, changed ? "Managed save image of Domain '%s' XML configuration edited.\n"
                      : "Managed save image of domain '%s' XML configuration not changed.\n",
                      virDomainGetName(editing->object));
}

int
run_managedsave_edit(struct shell *vsh, const struct managedsave_edit_args *args)
{
    return EDIT(managed, .object = args->domain, .flags = args->flags);
}

static char *
read_image(const struct virsh_editing *editing)
{
    return virDomainSaveImageGetXMLDesc(editing->vsh->conn, editing->text, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE);
}

static int
write_image(const struct virsh_editing *editing, const char *xml, bool validate)
{
    (void)validate;
    return virDomainSaveImageDefineXML(editing->vsh->conn, editing->text, xml, editing->flags);
}

static void
tell_image(const struct virsh_editing *editing, bool changed)
{
    shell_print_extra(editing->vsh, changed ? "State file %s edited.\n" : "Saved image %s XML configuration not changed.\n",
                      editing->text);
}

int
run_save_image_edit(struct shell *vsh, const struct save_image_edit_args *args)
{
    return EDIT(image, .text = args->file, .flags = args->flags);
}

/* ---- what a host has --------------------------------------------------------------------------- */

static char *
read_network(const struct virsh_editing *editing)
{
    return virNetworkGetXMLDesc(editing->object, VIR_NETWORK_XML_INACTIVE);
}

static int
write_network(const struct virsh_editing *editing, const char *xml, bool validate)
{
    virNetworkPtr made = virNetworkDefineXML(editing->vsh->conn, xml);

    (void)validate;
    return made ? virNetworkFree(made) : -1;
}

static void
tell_network(const struct virsh_editing *editing, bool changed)
{
    shell_print_extra(editing->vsh, "Network %s XML configuration %s.\n", virNetworkGetName(editing->object),
                      what_came_of_it(changed));
}

int
run_net_edit(struct shell *vsh, const struct net_edit_args *args)
{
    return EDIT(network, .object = args->network);
}

static char *
read_pool(const struct virsh_editing *editing)
{
    return virStoragePoolGetXMLDesc(editing->object, VIR_STORAGE_XML_INACTIVE);
}

static int
write_pool(const struct virsh_editing *editing, const char *xml, bool validate)
{
    virStoragePoolPtr made = virStoragePoolDefineXML(editing->vsh->conn, xml, 0);

    (void)validate;
    return made ? virStoragePoolFree(made) : -1;
}

static void
tell_pool(const struct virsh_editing *editing, bool changed)
{
    shell_print_extra(editing->vsh, "Pool %s XML configuration %s.\n", virStoragePoolGetName(editing->object),
                      what_came_of_it(changed));
}

int
run_pool_edit(struct shell *vsh, const struct pool_edit_args *args)
{
    return EDIT(pool, .object = args->pool);
}

static char *
read_interface(const struct virsh_editing *editing)
{
    return virInterfaceGetXMLDesc(editing->object, VIR_INTERFACE_XML_INACTIVE);
}

static int
write_interface(const struct virsh_editing *editing, const char *xml, bool validate)
{
    virInterfacePtr made = virInterfaceDefineXML(editing->vsh->conn, xml, 0);

    (void)validate;
    return made ? virInterfaceFree(made) : -1;
}

static void
tell_interface(const struct virsh_editing *editing, bool changed)
{
    shell_print_extra(editing->vsh, "Interface %s XML configuration %s.\n", virInterfaceGetName(editing->object),
                      what_came_of_it(changed));
}

int
run_iface_edit(struct shell *vsh, const struct iface_edit_args *args)
{
    return EDIT(interface, .object = args->interface);
}

static char *
read_filter(const struct virsh_editing *editing)
{
    return virNWFilterGetXMLDesc(editing->object, 0);
}

static int
write_filter(const struct virsh_editing *editing, const char *xml, bool validate)
{
    virNWFilterPtr made = virNWFilterDefineXML(editing->vsh->conn, xml);

    (void)validate;
    return made ? virNWFilterFree(made) : -1;
}

static void
tell_filter(const struct virsh_editing *editing, bool changed)
{
    shell_print_extra(editing->vsh, "Network filter %s XML configuration %s.\n", virNWFilterGetName(editing->object),
                      what_came_of_it(changed));
}

int
run_nwfilter_edit(struct shell *vsh, const struct nwfilter_edit_args *args)
{
    return EDIT(filter, .object = args->nwfilter);
}
