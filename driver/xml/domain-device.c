/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a device's element says in another way than it is kept, and what it gets that follows from it. */
#include "domain.h"

#include <stdio.h>

#include "edit.h"

static bool
is(const struct xml_node *node, const char *name, const char *word)
{
    const char *value = xml_edit_value(node, name);

    return value && strcmp(value, word) == 0;
}

static int
add_uuid(struct reader *reader, struct xml_node *parameters, const char *name)
{
    unsigned char uuid[VIR_UUID_BUFLEN];
    char text[VIR_UUID_STRING_BUFLEN];

    if (xml_edit_value(parameters, name))
        return 0;
    if (vir_uuid_generate(uuid) < 0)
        return -1;
    vir_uuid_format(uuid, text);
    xml_edit_set(&reader->tree, parameters, name, text);
    return 0;
}

/* What has a maker and a model is on USB. */
static void
complete_lent(struct xml_tree *tree, const struct xml_node *interface)
{
    const struct xml_node *source = xml_edit_child(interface, "source");
    struct xml_node *address = source ? xml_edit_child(source, "address") : NULL;

    if (address && xml_edit_child(source, "vendor") && !xml_edit_value(address, "type"))
        xml_edit_set(tree, address, "type", "usb");
}

/* A port is known to its switch by an identity; where the network chooses the kind of switch, by all kinds. */
static int
complete_interface(struct reader *reader, struct xml_node *interface)
{
    struct xml_node *port = xml_edit_child(interface, "virtualport"), *parameters;
    const char *type = port ? xml_edit_value(port, "type") : NULL;
    bool instance = !type || strcmp(type, "802.1Qbg") == 0, any = !type || strcmp(type, "openvswitch") == 0;

    complete_lent(&reader->tree, interface);
    if (!port || (!instance && !any) || (!type && !is(interface, "type", "network")))
        return 0;
    parameters = xml_edit_child(port, "parameters");
    if (!parameters)
        parameters = xml_edit_add(&reader->tree, port, "parameters");
    if (instance && add_uuid(reader, parameters, "instanceid") < 0)
        return -1;
    return any ? add_uuid(reader, parameters, "interfaceid") : 0;
}

/* The size of a file system in memory is kept in KiB. */
static int
complete_filesystem(struct reader *reader, struct xml_node *filesystem)
{
    struct xml_node *source = xml_edit_child(filesystem, "source");
    const char *unit = source ? xml_edit_value(source, "units") : NULL;
    uint64_t scale, usage;

    if (!unit || !is(filesystem, "type", "ram") || !xml_edit_number(source, "usage", UINT64_MAX, &usage))
        return 0;
    scale = xml_unit_bytes(unit);
    if (!scale)
        return xml_fail_at(reader, source, VIR_ERR_INVALID_ARG, "'%.20s' is no unit of an amount", unit);
    if (__builtin_mul_overflow(usage, scale, &usage))
        return xml_fail_at(reader, source, VIR_ERR_OVERFLOW, "the usage of <source> is too large");
    xml_edit_set_number(&reader->tree, source, "usage", usage / 1024);
    xml_edit_set(&reader->tree, source, "units", "KiB");
    return 0;
}

/* A target of iSCSI without a unit is its unit 0. */
static int
complete_hostdev(struct reader *reader, struct xml_node *hostdev)
{
    struct xml_node *source = xml_edit_child(hostdev, "source");
    const char *name = source ? xml_edit_value(source, "name") : NULL;
    VIR_AUTO_FREE char *text = NULL;

    if (!name || !is(source, "protocol", "iscsi") || strchr(name, '/'))
        return 0;
    text = vir_strdup_printf("%s/0", name);
    xml_edit_set(&reader->tree, source, "name", text);
    return 0;
}

/* What is fixed has settings, if only those that the other end prefers. */
static int
complete_audio(struct reader *reader, struct xml_node *audio)
{
    static const char *const names[] = { "input", "output" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct xml_node *end = xml_edit_child(audio, names[i]);

        if (end && is(end, "fixedSettings", "yes") && !xml_edit_child(end, "settings"))
            xml_edit_add(&reader->tree, end, "settings");
    }
    return 0;
}

/* A channel in any mode does not differ from the others. */
static int
drop_channels(struct reader *reader, struct xml_node *graphics)
{
    struct xml_node *channel = xml_edit_child(graphics, "channel");

    (void)reader;
    if (!channel)
        return 0;
    for (; channel; channel = xml_edit_twin(channel))
        channel->dropped = is(channel, "mode", "any") && xml_edit_value(channel, "name");
    xml_edit_remove_dropped(graphics);
    return 0;
}

/* UDP has a source where it listens, if it does, and one where it sends to; others have one. */
static int
complete_sources(struct reader *reader, struct xml_node *end)
{
    bool udp = is(end, "type", "udp");
    struct xml_node *listens = NULL, *sends = NULL;
    size_t n = 0;

    for (struct xml_node *source = xml_edit_child(end, "source"); source; source = xml_edit_twin(source), n++) {
        struct xml_node **which = is(source, "mode", "bind") ? &listens : &sends;

        if (*which)
            source->dropped = true;
        else
            *which = source;
    }
    if (n > (udp ? 2 : 1))
        return xml_fail_at(reader, end, VIR_ERR_XML_ERROR, "<%s> has %zu <source>; it can have %d", end->name, n,
                           udp ? 2 : 1);
    if (!udp)
        return 0;
    if (!sends || !xml_edit_value(sends, "service"))
        return xml_fail_at(reader, end, VIR_ERR_INTERNAL_ERROR, "<%s> of type 'udp' has no service to send to",
                           end->name);
    if (listens && !xml_edit_value(listens, "host") && !xml_edit_value(listens, "service"))
        listens->dropped = true;
    xml_edit_remove_dropped(end);
    xml_edit_remove(sends);
    xml_edit_append(end, sends);
    return 0;
}

/* Labels are for the files of ports and channels alone.  The host's terminal is another one at each start. */
static int
complete_end(struct reader *reader, struct xml_node *device)
{
    struct xml_node *backend = xml_edit_child(device, "backend"), *end = backend ? backend : device;

    if (reader->flags & VIR_XML_INACTIVE && is(end, "type", "pty"))
        xml_edit_remove_all(end, "source");
    for (struct xml_node *source = xml_edit_child(end, "source"); source; source = xml_edit_twin(source))
        xml_edit_remove_all(source, "seclabel");
    return complete_sources(reader, end);
}

int
xml_device_complete(struct reader *reader, struct xml_node *device)
{
    static const struct {
        const char *name;
        int (*complete)(struct reader *, struct xml_node *);
    } kinds[] = {
        { "interface", complete_interface }, { "filesystem", complete_filesystem }, { "hostdev", complete_hostdev },
        { "audio", complete_audio }, { "graphics", drop_channels },
        { "redirdev", complete_end }, { "smartcard", complete_end }, { "rng", complete_end },
        { "serial", complete_sources }, { "parallel", complete_sources }, { "console", complete_sources },
        { "channel", complete_sources },
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(device->name, kinds[i].name) == 0)
            return kinds[i].complete(reader, device);
    return 0;
}

int
xml_domain_devices(struct reader *reader, struct xml_node *domain)
{
    for (struct xml_node *devices = xml_edit_child(domain, "devices"); devices; devices = xml_edit_twin(devices))
        for (struct xml_node *device = devices->first; device; device = device->next)
            if (device->kind == XML_NODE_ELEMENT && xml_device_complete(reader, device) < 0)
                return -1;
    return 0;
}
