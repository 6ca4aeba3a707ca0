/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Disks of a domain that come, go and change their medium. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rows/disk.h"
#include "address.h"
#include "change.h"

enum source { SOURCE_FILE, SOURCE_BLOCK, SOURCE_NETWORK };

static int
source_type(struct shell *vsh, const struct attach_disk_args *args)
{
    struct stat st;
    int type = args->sourcetype;

    if (type < 0 && args->source_protocol)
        type = SOURCE_NETWORK;
    else if (type < 0)
        type = stat(args->source, &st) == 0 && S_ISBLK(st.st_mode) ? SOURCE_BLOCK : SOURCE_FILE;
    if ((type == SOURCE_NETWORK) != (args->source_protocol != NULL))
        return shell_error(vsh, "--source-protocol option requires --sourcetype network");
    return type;
}

static void
add_source(struct vir_buf *buf, const struct attach_disk_args *args, int type)
{
    static const char *const attributes[] = { "file", "dev", "name" };
    const char *host = args->source_host_name, *port = host ? strchr(host, ':') : NULL;
    VIR_AUTO_FREE char *name = host ? vir_strndup(host, port ? (size_t)(port - host) : strlen(host)) : NULL;

    vir_buf_add(buf, "  <source");
    virsh_add_attribute(buf, "protocol", args->source_protocol);
    virsh_add_attribute(buf, attributes[type], args->source);
    if (!host && !args->source_host_transport && !args->source_host_socket) {
        vir_buf_add(buf, "/>\n");
        return;
    }
    vir_buf_add(buf, ">\n    <host");
    virsh_add_attribute(buf, "transport", args->source_host_transport);
    virsh_add_attribute(buf, "name", name);
    virsh_add_attribute(buf, "port", port ? port + 1 : NULL);
    virsh_add_attribute(buf, "socket", args->source_host_socket);
    vir_buf_add(buf, "/>\n  </source>\n");
}

static void
add_driver(struct vir_buf *buf, const struct attach_disk_args *args)
{
    if (!args->driver && !args->subdriver && !args->iothread && !args->cache && !args->io)
        return;
    vir_buf_add(buf, "  <driver");
    virsh_add_attribute(buf, "name", args->driver);
    virsh_add_attribute(buf, "type", args->subdriver);
    virsh_add_attribute(buf, "iothread", args->iothread);
    virsh_add_attribute(buf, "cache", args->cache);
    virsh_add_attribute(buf, "io", args->io);
    vir_buf_add(buf, "/>\n");
}

static void
add_text(struct vir_buf *buf, const char *element, const char *text)
{
    if (!text)
        return;
    vir_buf_addf(buf, "  <%s>", element);
    vir_buf_add_escaped(buf, text);
    vir_buf_addf(buf, "</%s>\n", element);
}

/* Sixteen digits in base 16. */
static bool
is_wwn(const char *text)
{
    if (strncmp(text, "0x", 2) == 0)
        text += 2;
    return strspn(text, "0123456789abcdefABCDEF") == 16 && text[16] == '\0';
}

/* The document that the options describe; NULL: reported. Caller frees. */
static char *
describe_disk(struct shell *vsh, const struct attach_disk_args *args)
{
    static const char *const types[] = { "file", "block", "network" };
    static const char *const modes[] = { "readonly", "shareable" };
    const int type = source_type(vsh, args);
    struct virsh_address address = { 0 };
    struct vir_buf buf = { 0 };

    if (type < 0 || (args->address && virsh_address_read(vsh, args->address, args->target, &address) < 0))
        return NULL;
    if (args->wwn && !is_wwn(args->wwn)) {
        shell_error(vsh, "internal error: Malformed wwn: %s", args->wwn);
        return NULL;
    }
    vir_buf_addf(&buf, "<disk type='%s'", types[type]);
    virsh_add_attribute(&buf, "device", args->type);
    virsh_add_attribute(&buf, "rawio", args->rawio ? "yes" : NULL);
    vir_buf_add(&buf, ">\n");
    add_driver(&buf, args);
    add_source(&buf, args, type);
    vir_buf_add(&buf, "  <target");
    virsh_add_attribute(&buf, "dev", args->target);
    virsh_add_attribute(&buf, "bus", args->targetbus);
    vir_buf_add(&buf, "/>\n");
    if (args->mode >= 0)
        vir_buf_addf(&buf, "  <%s/>\n", modes[args->mode]);
    add_text(&buf, "serial", args->serial);
    if (args->alias) {
        vir_buf_add(&buf, "  <alias");
        virsh_add_attribute(&buf, "name", args->alias);
        vir_buf_add(&buf, "/>\n");
    }
    add_text(&buf, "wwn", args->wwn);
    if (args->address) {
        vir_buf_add(&buf, "  ");
        virsh_address_add(&buf, &address, args->multifunction);
    }
    vir_buf_add(&buf, "</disk>\n");
    return vir_buf_steal(&buf);
}

int
run_attach_disk(struct shell *vsh, const struct attach_disk_args *args)
{
    const struct virsh_change change = VIRSH_CHANGE(vsh, args);
    VIR_AUTO_FREE char *xml = describe_disk(vsh, args);

    return virsh_change_or_print(vsh, &change, xml, args->print_xml, virsh_attach, "Disk attached successfully\n",
                                 "Failed to attach disk");
}

int
run_detach_disk(struct shell *vsh, const struct detach_disk_args *args)
{
    const bool definition = args->persistent || args->flags == VIR_DOMAIN_AFFECT_CONFIG;
    const struct virsh_change change = VIRSH_CHANGE(vsh, args);
    VIR_AUTO_FREE char *document = virsh_change_document(args->domain, definition);
    VIR_AUTO_FREE char *path = document ? virsh_disk_path(vsh, document, args->target, false) : NULL;
    VIR_AUTO_FREE char *xml = path ? virsh_xml_change(vsh, document, path, NULL, 0) : NULL;

    return virsh_change_or_print(vsh, &change, xml, args->print_xml, virsh_detach, "Disk detached successfully\n",
                                 "Failed to detach disk");
}

/* The drive with its new medium, or without one; NULL: reported. Caller frees. */
static char *
changed_drive(struct shell *vsh, const struct change_media_args *args, bool eject, const char *document,
              const char *path)
{
    const struct virsh_xml_change changes[] = {
        { .verb = VIRSH_XML_REMOVE, .child = "source" },
        { .verb = VIRSH_XML_REMOVE, .child = "backingStore" },
        { .verb = VIRSH_XML_SET, .attribute = "type", .value = args->block ? "block" : "file" },
        { .verb = VIRSH_XML_INSERT, .child = "source", .other = "target",
          .attribute = args->block ? "dev" : "file", .value = args->source },
    };
    static const char *const columns[] = {
        "string(count(source))", VIRSH_DISK_SOURCE, "string(source/@protocol)", "string(target/@dev)", NULL
    };
    enum { SOURCES, SOURCE, PROTOCOL, TARGET };
    const size_t n = sizeof(changes) / sizeof(*changes);
    struct virsh_rows drive;
    char *xml = NULL;

    if (virsh_xml_rows(vsh, document, path, columns, &drive) < 0)
        return NULL;
    if (eject && *drive.cells[SOURCES] == '0')
        shell_error(vsh, "The disk device '%s' doesn't have media", drive.cells[TARGET]);
    else if (!eject && !args->source)
        shell_error(vsh, "New disk media source was not specified");
    else if (args->insert && (*drive.cells[SOURCE] || *drive.cells[PROTOCOL]))
        shell_error(vsh, "The disk device '%s' already has media", drive.cells[TARGET]);
    else
        xml = virsh_xml_change(vsh, document, path, changes, eject ? n - 1 : n);
    virsh_rows_free(&drive);
    return xml;
}

int
run_change_media(struct shell *vsh, const struct change_media_args *args)
{
    const bool eject = args->eject || (args->update && !args->source);
    const char *action = eject ? "eject" : args->insert ? "insert" : "update";
    VIR_AUTO_FREE char *document = virsh_change_document(args->domain, args->flags & VIR_DOMAIN_AFFECT_CONFIG);
    VIR_AUTO_FREE char *path = document ? virsh_disk_path(vsh, document, args->path, true) : NULL;
    VIR_AUTO_FREE char *xml = path ? changed_drive(vsh, args, eject, document, path) : NULL;

    if (!xml)
        return -1;
    if (args->print_xml) {
        shell_print(vsh, "%s", xml);
        return 0;
    }
    if (virDomainUpdateDeviceFlags(args->domain, xml, args->flags) < 0)
        return shell_error(vsh, "Failed to complete action %s on media", action);
    shell_print(vsh, "Successfully %s media.", eject ? "ejected" : args->insert ? "inserted" : "updated");
    return 0;
}
