/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows from a disk's name, the order of disks, sizes of screens' memory: the peer's values. */
#include "unit-driver.h"

#include <libvirt/module-hardware.h>

static void
letters(void **state)
{
    static const struct {
        const char *name;
        int index;
        const char *bus;
    } rows[] = {
        { "vda", 0, "virtio" }, { "vdz", 25, "virtio" }, { "vdaa", 26, "virtio" }, { "sdzz", 701, "scsi" },
        { "hdd", 3, "ide" }, { "fdb", 1, "fdc" }, { "xvdc", 2, "xen" }, { "ubda", 0, NULL }, { "vda12", 0, "virtio" },
        { "vdaaaaaa", 12356630, "virtio" }, { "vdzzzzzzz", -1, "virtio" }, { "vd", -1, "virtio" },
        { "vd1", -1, "virtio" }, { "vda1b", -1, "virtio" }, { "vdA", -1, "virtio" }, { "abc", -1, NULL },
        { "", -1, NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *bus = vir_hardware_disk_bus(rows[i].name);

        if (vir_hardware_disk_index(rows[i].name) != rows[i].index)
            fail_msg("'%s' has the number %d", rows[i].name, vir_hardware_disk_index(rows[i].name));
        if (rows[i].bus)
            assert_string_equal(bus, rows[i].bus);
        else
            assert_null(bus);
    }
}

static void
places(void **state)
{
    static const struct {
        const char *bus;
        unsigned int index, controller, on_bus, unit;
    } rows[] = {
        { "ide", 0, 0, 0, 0 }, { "ide", 1, 0, 0, 1 }, { "ide", 2, 0, 1, 0 }, { "ide", 7, 1, 1, 1 },
        { "scsi", 6, 0, 0, 6 }, { "scsi", 7, 1, 0, 0 }, { "sata", 5, 0, 0, 5 }, { "sata", 15, 2, 0, 3 },
        { "fdc", 1, 0, 0, 1 }, { "fdc", 2, 1, 0, 0 },
    };
    struct vir_hardware_drive at;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(vir_hardware_drive_place(rows[i].bus, rows[i].index, &at));
        assert_int_equal(at.controller, rows[i].controller);
        assert_int_equal(at.bus, rows[i].on_bus);
        assert_int_equal(at.target, 0);
        assert_int_equal(at.unit, rows[i].unit);
    }
    assert_false(vir_hardware_drive_place("virtio", 0, &at));
    assert_false(vir_hardware_drive_place(NULL, 0, &at));
    assert_string_equal(vir_hardware_drive_bus(0), "scsi");
    assert_string_equal(vir_hardware_drive_bus(3), "sata");
    assert_null(vir_hardware_drive_bus(4));
}

/* hda, hdc, vda, sda, fda without a bus, and one that says it, as libvirt 9.0.0 lists them. */
static void
order(void **state)
{
    enum { UNSAID, SATA };
    static const struct vir_hardware_device disks[] = {
        { UNSAID, 2 }, { SATA, 1 }, { UNSAID, 0 }, { UNSAID, 1 }, { SATA, 0 }, { UNSAID, 2 },
    };
    static const size_t wanted[] = { 2, 3, 0, 5, 4, 1 };
    size_t seen[6];

    (void)state;
    vir_hardware_order(disks, 6, seen);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(seen[i], wanted[i]);
}

static void
screens(void **state)
{
    (void)state;
    assert_int_equal(vir_hardware_video_memory("qxl"), 65536);
    assert_int_equal(vir_hardware_video_memory("cirrus"), 16384);
    assert_int_equal(vir_hardware_video_memory("xen"), 4096);
    assert_int_equal(vir_hardware_video_memory("virtio"), 0);
    assert_int_equal(vir_hardware_video_size(9216), 16384);
    assert_int_equal(vir_hardware_video_size(16384), 16384);
    assert_int_equal(vir_hardware_video_size(1), 1);
    assert_int_equal(vir_hardware_video_size(0), 0);
    assert_int_equal(vir_hardware_video_size(4294967295U), 2147483648U);
}

static void
addresses(void **state)
{
    static const unsigned char prefix[] = { 0x52, 0x54, 0x00 };
    unsigned char one[6], other[6];

    (void)state;
    vir_hardware_mac(prefix, one);
    vir_hardware_mac(prefix, other);
    assert_memory_equal(one, prefix, 3);
    assert_memory_equal(other, prefix, 3);
    for (int i = 0; memcmp(one, other, 6) == 0 && i < 3; i++)
        vir_hardware_mac(prefix, other);
    assert_memory_not_equal(one, other, 6);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters), cmocka_unit_test(places), cmocka_unit_test(order), cmocka_unit_test(screens),
        cmocka_unit_test(addresses),
    };

    return cmocka_run_group_tests_name("hardware", tests, NULL, NULL);
}
