/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a definition gets that its author did not say: identity, processors, boot
 * device, network cards; files beside this one do the other devices.  Values that do
 * not depend on others stand in the schema.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/module-hardware.h>

#include "test.h"

/* Disks, or interfaces; what is looked up among them is looked up one by one. */
#define MAX_DEVICES 4096

static int
complete_head(struct test_domain_def *def)
{
    if (!def->has_current_memory || def->current_memory > def->memory.size)
        def->current_memory = def->memory.size;
    def->has_current_memory = true;
    if (def->vcpu.has_current && def->vcpu.current > def->vcpu.count)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "%u vcpus cannot be online of %u", def->vcpu.current,
                         def->vcpu.count);
    if (def->vcpu.current == def->vcpu.count)
        def->vcpu.has_current = false;
    if (def->type == TEST_VIRT_XEN && strcmp(def->os.type.name, "xen") == 0) {
        free(def->os.type.name);
        def->os.type.name = vir_strdup("linux");
    }
    return 0;
}

static int
is_of_cpu(const char *path, const char *name, const struct vir_xml_kept *kept, void *opaque)
{
    (void)name, (void)kept, (void)opaque;
    return strcmp(path, "domain/cpu") == 0 ? -1 : 0;
}

/* An element that says nothing is none. */
static int
complete_cpu(struct test_domain_def *def)
{
    if (def->cpu.model.present || def->cpu.mode > TEST_DOMAIN_CPU_MODE_CUSTOM)
        return 0;
    if (def->cpu.check)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "the attribute 'check' of <cpu> needs a <model>");
    if (def->cpu.present && !def->cpu.topology.present && test_domain_def_each_kept(def, is_of_cpu, NULL) == 0)
        def->cpu.present = false;
    return 0;
}

/* A fully virtualised machine boots from its disk unless something else is said. */
static void
complete_boot(struct test_domain_def *def)
{
    bool ordered = strcmp(def->os.type.name, "hvm") != 0 || def->os.n_boots > 0 || def->bootloader;
    struct test_domain_os_boot_def *boot;

    for (size_t i = 0; i < def->devices.n_disks; i++)
        ordered = ordered || def->devices.disks[i]->device.boot.present;
    for (size_t i = 0; i < def->devices.n_interfaces; i++)
        ordered = ordered || def->devices.interfaces[i]->device.boot.present;
    for (size_t i = 0; i < def->devices.n_hostdevs; i++)
        ordered = ordered || def->devices.hostdevs[i]->device.boot.present;
    for (size_t i = 0; i < def->devices.n_redirdevs; i++)
        ordered = ordered || def->devices.redirdevs[i]->device.boot.present;
    for (size_t i = 0; i < def->devices.n_filesystems; i++)
        ordered = ordered || def->devices.filesystems[i]->device.boot.present;
    if (ordered)
        return;
    boot = TEST_APPEND(def->os.boots, def->os.n_boots, test_domain_os_boot_def_new());
    boot->dev = TEST_DOMAIN_OS_BOOT_DEV_HD;
}

/* ---- other devices --------------------------------------------------------------- */

static bool
has_interface(const struct test_domain_def *def, const char *name)
{
    for (size_t i = 0; i < def->devices.n_interfaces; i++) {
        const char *known = def->devices.interfaces[i]->target.dev;

        if (known && strcmp(known, name) == 0)
            return true;
    }
    return false;
}

/* Names that begin with vnet are made up at every start elsewhere, so they count as not given. */
static void
complete_interfaces(struct test_domain_def *def)
{
    static const unsigned char ours[] = { 0x52, 0x54, 0x00 };
    unsigned int next = 0;

    for (size_t i = 0; i < def->devices.n_interfaces; i++) {
        struct test_interface_def *net = def->devices.interfaces[i];
        char name[32];

        if (!net->mac.present) {
            net->mac.present = true;
            vir_hardware_mac(ours, net->mac.address);
        }
        if (net->target.dev && strncmp(net->target.dev, "vnet", 4) != 0)
            continue;
        do
            snprintf(name, sizeof(name), "testnet%u", next++);
        while (has_interface(def, name));
        net->target.present = true;
        free(net->target.dev);
        net->target.dev = vir_strdup(name);
    }
}

static int
complete_inputs(struct test_domain_def *def)
{
    for (size_t i = 0; i < def->devices.n_inputs; i++) {
        struct test_input_def *input = def->devices.inputs[i];

        if (!input->bus && input->type != TEST_INPUT_TYPE_EVDEV)
            input->bus = input->type == TEST_INPUT_TYPE_TABLET ? TEST_INPUT_BUS_USB : TEST_INPUT_BUS_PS2;
        if (input->bus == TEST_INPUT_BUS_XEN)
            return vir_error(VIR_ERR_INTERNAL_ERROR, "the test machine has no input bus xen");
        if (input->bus == TEST_INPUT_BUS_PS2 && input->type == TEST_INPUT_TYPE_TABLET)
            return vir_error(VIR_ERR_INTERNAL_ERROR, "a tablet cannot be on the ps2 bus");
    }
    return 0;
}

static int
check_audio(const struct test_domain_def *def, bool present, unsigned int id)
{
    for (size_t i = 0; present && i < def->devices.n_audios; i++)
        if (def->devices.audios[i]->id == id)
            return 0;
    return present ? vir_error(VIR_ERR_XML_ERROR, "there is no <audio> with the id %u", id) : 0;
}

/* What sounds leads to an <audio>. */
static int
check_audios(const struct test_domain_def *def)
{
    for (size_t i = 0; i < def->devices.n_sounds; i++)
        if (check_audio(def, def->devices.sounds[i]->audio.present, def->devices.sounds[i]->audio.id) < 0)
            return -1;
    for (size_t i = 0; i < def->devices.n_graphics; i++)
        if (check_audio(def, def->devices.graphics[i]->type == TEST_GRAPHICS_TYPE_VNC &&
                        def->devices.graphics[i]->audio.present, def->devices.graphics[i]->audio.id) < 0)
            return -1;
    return 0;
}

int
test_domain_def_complete(struct test_domain_def *def)
{
    if (def->devices.n_disks > MAX_DEVICES || def->devices.n_interfaces > MAX_DEVICES)
        return vir_error(VIR_ERR_XML_ERROR, "domain '%s' has more than %d disks or interfaces", def->name,
                         MAX_DEVICES);
    if (!def->has_uuid && vir_uuid_generate(def->uuid) < 0)
        return -1;
    def->has_uuid = true;
    def->has_test_runstate = def->test_transient = false;       /* of node files, never written back */
    if (complete_head(def) < 0 || complete_cpu(def) < 0)
        return -1;
    complete_boot(def);
    if (test_complete_disks(def) < 0 || test_complete_controllers(def) < 0)
        return -1;
    complete_interfaces(def);
    test_complete_characters(def);
    if (complete_inputs(def) < 0)
        return -1;
    return test_complete_screens(def) < 0 ? -1 : check_audios(def);
}
