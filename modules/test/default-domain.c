/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The domain of test:///default.  It is made here and not read from a document:
 * whoever opens the host and only looks at it need not load an XML parser.
 */
#include <stdlib.h>

#include "test.h"

static struct test_address_def *
pci_address(unsigned int bus, unsigned int slot)
{
    struct test_address_def *address = test_address_def_new();

    address->type = TEST_ADDRESS_TYPE_PCI;
    address->has_domain = address->has_bus = address->has_slot = address->has_function = true;
    address->bus = bus;
    address->slot = slot;
    return address;
}

static struct test_disk_def *
disk(void)
{
    struct test_disk_def *def = test_disk_def_new();

    def->source.present = def->target.present = true;
    def->source.file = vir_strdup("/guest/diskimage1");
    def->target.dev = vir_strdup("vda");
    def->target.bus = TEST_DISK_TARGET_BUS_VIRTIO;
    def->device.address = pci_address(1, 0);
    return def;
}

static struct test_interface_def *
interface(void)
{
    static const unsigned char mac[] = { 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
    struct test_interface_def *def = test_interface_def_new();

    def->type = TEST_INTERFACE_TYPE_NETWORK;
    def->mac.present = def->source.present = def->target.present = true;
    memcpy(def->mac.address, mac, sizeof(mac));
    def->source.network = vir_strdup("default");
    def->target.dev = vir_strdup("testnet0");
    def->device.address = pci_address(0, 1);
    return def;
}

static struct test_memballoon_def *
memballoon(void)
{
    struct test_memballoon_def *def = test_memballoon_def_new();

    def->model = TEST_MEMBALLOON_MODEL_VIRTIO;
    def->device.address = pci_address(0, 2);
    return def;
}

struct test_domain_def *
test_default_domain(void)
{
    struct test_domain_def *def = test_domain_def_new();

    def->type = TEST_VIRT_TEST;
    def->name = vir_strdup("test");
    def->has_uuid = vir_uuid_parse("6695eb01-f6a4-8304-79aa-97f2502e193f", def->uuid) == 0;
    def->memory.size = 8388608;
    def->has_current_memory = def->vcpu.present = def->os.present = def->os.type.present = true;
    def->current_memory = 2097152;
    def->vcpu.count = 2;
    def->os.type.name = vir_strdup("hvm");
    def->devices.present = true;
    TEST_APPEND(def->devices.disks, def->devices.n_disks, disk());
    TEST_APPEND(def->devices.interfaces, def->devices.n_interfaces, interface());
    def->devices.memballoon = memballoon();
    return def;
}
