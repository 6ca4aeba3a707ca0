/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is refused at start.  A definition may hold everything that the document
 * knows; but a guest must never silently lack what was asked for.  Values of
 * single devices that cannot be done are refused where the command line is made.
 */
#include "device/command-parts.h"

#include <string.h>
#include <unistd.h>

#define WORD(words, value) (vir_xml_enum_word(&qemu_##words##_words, value))

/* ---- what is kept as text ------------------------------------------------------------ */

/* Kept text that a guest cannot notice, or that is only of a running guest. */
static const struct { const char *path, *name; } harmless[] = {
    { "domain", "resource" },
    { "domain", "perf" },
    { "domain/clock/timer", "tickpolicy" },
    { "domain/devices/disk", "backingStore" },
    { "domain/devices/disk", "snapshot" },
    { "domain/devices/disk/source", "index" },
    { "domain/devices/channel/target", "state" },
    { "domain/devices/memballoon", "stats" },
    { "domain/devices/controller", "ports" },
    { "domain/devices/controller", "vectors" },
};

static int
check_kept(const char *path, const char *name, const char *text, void *opaque)
{
    const char *in = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

    (void)opaque;
    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
        if (strcmp(harmless[i].path, path) == 0 && strcmp(harmless[i].name, name) == 0)
            return 0;
    if (strcmp(name, "seclabel") == 0 && strstr(text, "type='none'"))
        return 0;
    if (text[strspn(text, " \n")] == '<')
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does not do <%s> in <%s> yet", name, in);
    else
        vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the qemu driver does not do the attribute '%s' of <%s> yet",
                  name, in);
    vir_error_hint("to start the domain without it, take it out of what 'virsh dumpxml --inactive' prints, "
                   "and define that");
    return -1;
}

/* ---- what the module takes and cannot do yet ------------------------------------------ */

static int
check_machine(const struct qemu_domain_def *doc)
{
    enum qemu_domain_cpu_match match = doc->cpu.match;

    if (doc->vcpu.placement == QEMU_DOMAIN_VCPU_PLACEMENT_AUTO)
        return qemu_refuse("vcpu", "placement", "auto");
    if (match && match != QEMU_DOMAIN_CPU_MATCH_EXACT && doc->cpu.mode == QEMU_DOMAIN_CPU_MODE_CUSTOM)
        return qemu_refuse("cpu", "match", WORD(domain_cpu_match, match));
    if (doc->cpu.model.vendor_id)
        return qemu_refuse("model", "vendor_id", doc->cpu.model.vendor_id);
    if (doc->on_crash == QEMU_LIFECYCLE_COREDUMP_DESTROY || doc->on_crash == QEMU_LIFECYCLE_COREDUMP_RESTART)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the qemu driver does not do <on_crash>%s</on_crash> yet",
                         WORD(lifecycle, doc->on_crash));
    return 0;
}

static int
check_timers(const struct qemu_domain_def *doc)
{
    for (size_t i = 0; i < doc->clock.n_timers; i++) {
        enum qemu_domain_clock_timer_name name = doc->clock.timers[i]->name;

        if (doc->clock.timers[i]->shown == VIR_XML_YES &&
            (name == QEMU_DOMAIN_CLOCK_TIMER_NAME_HYPERVCLOCK ||
             (name == QEMU_DOMAIN_CLOCK_TIMER_NAME_KVMCLOCK && doc->type != QEMU_DOMAIN_TYPE_KVM)))
            return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                             "the qemu driver cannot give a domain of type '%s' the timer '%s'",
                             WORD(domain_type, doc->type), WORD(domain_clock_timer_name, name));
    }
    return 0;
}

/* Where a device is plugged in; without an address, it was placed well. */
static int
check_address(const char *element, const struct qemu_address_def *at, enum qemu_address_type wanted)
{
    if (!at || at->type == wanted)
        return 0;
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                     "<%s> has an address of type '%s'; the qemu driver can do '%s' only", element,
                     WORD(address_type, at->type), WORD(address_type, wanted));
}

static int
check_virtio_port(const char *element, const struct qemu_address_def *at)
{
    if (at && at->bus > 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "<%s>: a virtio-serial controller has no bus %u",
                         element, at->bus);
    return check_address(element, at, QEMU_ADDRESS_TYPE_VIRTIO_SERIAL);
}

/* The chipset's own controllers sit where they sit. */
static int
check_chipset(const struct qemu_domain_def *doc, const struct qemu_controller_def *controller)
{
    bool ide = controller->type == QEMU_CONTROLLER_TYPE_IDE;
    bool sata = controller->type == QEMU_CONTROLLER_TYPE_SATA && qemu_machine_is_q35(doc->os.type.machine);
    unsigned int slot = ide ? 1 : 31, function = ide ? 1 : 2;
    const struct qemu_address_def *at = controller->device.address;

    if (controller->index > 0 || !(ide || sata) || !at || at->type != QEMU_ADDRESS_TYPE_PCI ||
        !at->has_slot || (at->bus == 0 && at->slot == slot && at->function == function))
        return 0;
    return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                     "the first %s controller is part of the chipset, at the PCI address 00:%02x.%u",
                     ide ? "IDE" : "SATA", slot, function);
}

static int
check_controller(const struct qemu_domain_def *doc, const struct qemu_controller_def *controller)
{
    const char *model = controller->model, *chip = controller->chip.name;
    bool port = is(model, "pcie-root-port");
    const char *known = is(model, "pcie-to-pci-bridge") ? "pcie-pci-bridge" : port ? "pcie-root-port" : NULL;

    if (model && ((controller->type == QEMU_CONTROLLER_TYPE_SATA) ||
                  (controller->type == QEMU_CONTROLLER_TYPE_IDE && !is(model, "piix3")) ||
                  (controller->type == QEMU_CONTROLLER_TYPE_VIRTIO_SERIAL && !is(model, "virtio"))))
        return qemu_refuse("controller", "model", model);
    if (chip && !is(known, chip))
        return qemu_refuse("model", "name", chip);
    if (controller->target.present && !port)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the qemu driver does not do <target> of a controller of type '%s' and model '%s'",
                         WORD(controller_type, controller->type), model ? model : "");
    if (check_chipset(doc, controller) < 0)
        return -1;
    return check_address("controller", controller->device.address, QEMU_ADDRESS_TYPE_PCI);
}

static int
check_protocol(const struct qemu_character *character)
{
    if (character->protocol.type > QEMU_CHARACTER_PROTOCOL_TYPE_RAW)
        return qemu_refuse("protocol", "type", WORD(character_protocol_type, character->protocol.type));
    return 0;
}

static int
check_serial(const struct qemu_serial_def *serial)
{
    if (serial->target.model.name && !is(serial->target.model.name, "isa-serial"))
        return qemu_refuse("model", "name", serial->target.model.name);
    return check_protocol(&serial->character);
}

static int
check_console(const struct qemu_console_def *console)
{
    if (console->target.type != QEMU_CONSOLE_TARGET_TYPE_VIRTIO)
        return 0;
    if (check_protocol(&console->character) < 0)
        return -1;
    return check_virtio_port("console", console->device.address);
}

static int
check_channel(const struct qemu_channel_def *channel)
{
    if (check_protocol(&channel->character) < 0)
        return -1;
    return channel->target.type == QEMU_CHANNEL_TARGET_TYPE_VIRTIO
        ? check_virtio_port("channel", channel->device.address) : 0;
}

static bool
lacks_optional(const struct qemu_disk_def *disk)
{
    const char *path = disk->type == QEMU_DISK_TYPE_BLOCK ? disk->source.dev : disk->source.file;

    return disk->source.present && path && access(path, F_OK) < 0 &&
        disk->source.startup_policy == QEMU_DISK_SOURCE_STARTUP_POLICY_OPTIONAL;
}

void
qemu_def_leave_out_missing(struct qemu_def *live)
{
    for (size_t i = 0; i < live->doc->devices.n_disks; i++)
        if (lacks_optional(live->doc->devices.disks[i]))
            live->doc->devices.disks[i]->source.present = false;
}

static int
check_disk(const struct qemu_disk_def *disk)
{
    if (lacks_optional(disk) && disk->kind != QEMU_DISK_KIND_CDROM)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "disk '%s': the source is missing, and the qemu driver cannot leave an optional "
                         "disk out yet", disk->target.dev);
    return disk->target.bus == QEMU_DISK_TARGET_BUS_VIRTIO
        ? check_address("disk", disk->device.address, QEMU_ADDRESS_TYPE_PCI) : 0;
}

static int
check_input(const struct qemu_input_def *input)
{
    return input->model ? qemu_refuse("input", "model", input->model) : 0;
}

static int
check_devices(const struct qemu_domain_def *doc)
{
    QEMU_EACH(controllers, check_controller(doc, doc->devices.controllers[i]));
    QEMU_EACH(disks, check_disk(doc->devices.disks[i]));
    QEMU_EACH(interfaces, check_address("interface", doc->devices.interfaces[i]->device.address,
                                        QEMU_ADDRESS_TYPE_PCI));
    QEMU_EACH(serials, check_serial(doc->devices.serials[i]));
    QEMU_EACH(consoles, check_console(doc->devices.consoles[i]));
    QEMU_EACH(channels, check_channel(doc->devices.channels[i]));
    QEMU_EACH(inputs, check_input(doc->devices.inputs[i]));
    QEMU_EACH(videos, check_address("video", doc->devices.videos[i]->device.address, QEMU_ADDRESS_TYPE_PCI));
    QEMU_EACH(rngs, check_address("rng", doc->devices.rngs[i]->device.address, QEMU_ADDRESS_TYPE_PCI));
    return doc->devices.memballoon
        ? check_address("memballoon", doc->devices.memballoon->device.address, QEMU_ADDRESS_TYPE_PCI) : 0;
}

int
qemu_def_check_startable(const struct qemu_def *def)
{
    const struct qemu_domain_def *doc = def->doc;

    if (qemu_doc_check_said(doc) < 0 || qemu_domain_def_each_kept(doc, check_kept, NULL) < 0)
        return -1;
    return check_machine(doc) < 0 || check_timers(doc) < 0 ? -1 : check_devices(doc);
}
