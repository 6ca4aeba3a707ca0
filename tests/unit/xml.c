/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents in and out: form, order, what is kept, what is dropped, what is said. */
#include "unit-driver.h"

#include <stdio.h>

#include "unit-schema.h"

#define HEAD "<domain type='test'>\n  <name>x</name>\n  <memory unit='KiB'>1</memory>\n"
#define VCPU "  <vcpu placement='static'>1</vcpu>\n"
#define OS "  <os>\n    <type>hvm</type>\n  </os>\n"
#define CLOCK "  <clock offset='utc'/>\n"
#define ON "  <on_poweroff>destroy</on_poweroff>\n  <on_reboot>restart</on_reboot>\n" \
           "  <on_crash>destroy</on_crash>\n"
#define DEVICES "  <devices>\n  </devices>\n"
#define TAIL "</domain>\n"

/* A domain with MIDDLE in it, read with FLAGS. */
static struct unit_domain_def *
parse_with(const char *middle, unsigned int flags)
{
    struct unit_domain_def *def;
    char *xml = vir_strdup_printf("<domain type='test'><name>x</name><memory>1</memory>"
                                  "<os><type>hvm</type></os>%s</domain>", middle);

    def = unit_domain_def_parse(xml, flags);
    free(xml);
    return def;
}

/* MIDDLE comes out as the document EXPECTED, and stays so. */
static void
becomes(const char *middle, unsigned int flags, const char *expected)
{
    struct unit_domain_def *def = parse_with(middle, 0), *again, *copy;
    char *text, *text2;

    if (!def)
        fail_msg("%s", virGetLastErrorMessage());
    text = unit_domain_def_format(def, flags);
    assert_string_equal(text, expected);
    again = unit_domain_def_parse(text, VIR_XML_VALIDATE);
    if (!again)
        fail_msg("%s", virGetLastErrorMessage());
    text2 = unit_domain_def_format(again, flags);
    assert_string_equal(text2, text);
    copy = unit_domain_def_pack(unit_domain_def_copy(def));
    assert_true(unit_domain_def_equal(def, copy));
    assert_ptr_equal(unit_domain_def_pack(copy), copy);
    unit_domain_def_free(again);
    again = unit_domain_def_copy(copy);
    unit_domain_def_free(copy);
    assert_true(unit_domain_def_equal(def, again));
    unit_domain_def_free(again);
    unit_domain_def_free(def);
    free(text);
    free(text2);
}

/* What libvirt 9.0.0 refuses with a code of its own. */
static void
wrong_as(int code, const char *middle, const char *why)
{
    assert_null(parse_with(middle, 0));
    assert_error(code, why);
}

static void
wrong(const char *middle, unsigned int flags, const char *why)
{
    assert_null(parse_with(middle, flags));
    assert_error(flags & VIR_XML_VALIDATE ? VIR_ERR_XML_INVALID_SCHEMA : VIR_ERR_XML_ERROR, why);
}

static void
smallest(void **state)
{
    (void)state;
    becomes("", 0, HEAD VCPU OS CLOCK ON DEVICES TAIL);
}

static void
order_is_ours(void **state)
{
    (void)state;
    becomes("<devices><emulator>/q</emulator></devices><clock offset='localtime'/><vcpu current='1'>2</vcpu>"
            "<uuid>6695EB01F6A4830479AA97F2502E193F</uuid><title>a &lt; b</title>", 0,
            "<domain type='test'>\n  <name>x</name>\n  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>\n"
            "  <title>a &lt; b</title>\n  <memory unit='KiB'>1</memory>\n"
            "  <vcpu placement='static' current='1'>2</vcpu>\n" OS "  <clock offset='localtime'/>\n" ON
            "  <devices>\n    <emulator>/q</emulator>\n  </devices>\n" TAIL);
}

static void
memory_units(void **state)
{
    static const struct { const char *unit, *value; unsigned long long kib; } cases[] = {
        { "b", "1000001", 977 }, { "bytes", "1", 1 }, { "KB", "8192", 8000 }, { "k", "7", 7 }, { "KiB", "7",
                                                                                                7 },
        { "M", "1", 1024 }, { "mib", "1", 1024 }, { "MB", "1", 977 }, { "G", "1", 1048576 }, { "TiB", "1",
                                                                                              1 << 30 },
        { "GB", "1", 976563 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[128];
        struct unit_domain_def *def;

        snprintf(text, sizeof(text), "<currentMemory unit='%s'>%s</currentMemory>", cases[i].unit,
                 cases[i].value);
        def = parse_with(text, 0);
        assert_non_null(def);
        assert_true(def->has_current_memory);
        assert_int_equal(def->current_memory, cases[i].kib);
        unit_domain_def_free(def);
    }
}

static void
metadata_is_libxml2s(void **state)
{
    (void)state;
    becomes("<metadata><a:b xmlns:a='urn:a' c='&quot;'><!-- d --><a:e>'f'</a:e><a:g/></a:b></metadata>", 0,
            "<domain type='test'>\n  <name>x</name>\n"
            "  <metadata>\n    <a:b xmlns:a=\"urn:a\" c=\"&quot;\">\n      <!-- d -->\n"
            "      <a:e>'f'</a:e>\n      <a:g/>\n    </a:b>\n  </metadata>\n"
            "  <memory unit='KiB'>1</memory>\n" VCPU OS CLOCK ON DEVICES TAIL);
}

/* Known to the vocabulary, not to the module: kept in place, attributes of leaves too. */
static void
kept(void **state)
{
    (void)state;
    becomes("<seclabel type='none'/><currentMemory unit='KiB'>1</currentMemory>"
            "<blkiotune> <weight>5</weight></blkiotune>"
            "<devices><sound model='ich6'/><tpm model='tpm-tis'><backend type=\"emulator\"/></tpm>"
            "</devices>", 0,
            HEAD "  <currentMemory unit='KiB'>1</currentMemory>\n"
            "  <blkiotune>\n    <weight>5</weight>\n  </blkiotune>\n" VCPU OS CLOCK ON
            "  <devices>\n    <tpm model='tpm-tis'>\n      <backend type='emulator'/>\n    </tpm>\n"
            "    <sound model='ich6'/>\n  </devices>\n  <seclabel type='none'/>\n" TAIL);
    becomes("<vcpu>3</vcpu><features><capabilities policy='deny'/><hap state='on'/><acpi/></features>", 0,
            HEAD "  <vcpu placement='static'>3</vcpu>\n" OS "  <features>\n"
            "    <acpi/>\n    <hap state='on'/>\n    <capabilities policy='deny'/>\n  </features>\n" CLOCK ON DEVICES TAIL);
}

static void
namespaces(void **state)
{
    (void)state;
    becomes("<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-s'/>"
            "</q:commandline>", 0,
            "<domain type='test' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
            "  <name>x</name>\n  <memory unit='KiB'>1</memory>\n" VCPU OS CLOCK ON DEVICES
            "  <qemu:commandline>\n    <qemu:arg value='-s'/>\n  </qemu:commandline>\n" TAIL);
    /* Not of what is left out. */
    becomes("<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'/>", 0,
            HEAD VCPU OS CLOCK ON DEVICES TAIL);
}

/* What elements of a document within a document need. */
static void
namespaces_within(void **state)
{
    VIR_AUTO_FREE char *text = vir_xml_canonical(
        "<domaincheckpoint><name>c</name><domain type='test'><name>x</name><memory>1</memory><os><type>hvm</type>"
        "</os><q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-s'/>"
        "</q:commandline></domain></domaincheckpoint>", NULL, 0);
    VIR_AUTO_FREE char *again = text ? vir_xml_canonical(text, NULL, VIR_XML_VALIDATE) : NULL;

    (void)state;
    assert_non_null(again);
    assert_string_equal(text, again);
    assert_non_null(strstr(text, "<domaincheckpoint xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"));
    assert_non_null(strstr(text, "<qemu:arg value='-s'/>"));
}

/* What is wrong in a document is an error of its kind; what is no such document is none of any. */
static void
error_domains(void **state)
{
    static const struct { const char *kind, *text; int domain; } wrong[] = {
        { "domain", "<domain><vcpu>x</vcpu></domain>", VIR_FROM_DOMAIN },
        { "network", "<network><name/></network>", VIR_FROM_NETWORK },
        { "storagepool", "<pool type='q'/>", VIR_FROM_STORAGE },
        { "storagevol", "<volume><capacity>x</capacity></volume>", VIR_FROM_STORAGE },
        { "secret", "<secret private='q'/>", VIR_FROM_SECRET },
        { "nwfilter", "<filter/>", VIR_FROM_NWFILTER },
        { "nwfilterbinding", "<filterbinding/>", VIR_FROM_NWFILTER },
        { "nodedev", "<device><capability type='q'/></device>", VIR_FROM_NODEDEV },
        { "interface", "<interface type='q'/>", VIR_FROM_INTERFACE },
        { "domainsnapshot", "<domainsnapshot><memory snapshot='q'/></domainsnapshot>", VIR_FROM_DOMAIN_SNAPSHOT },
        { "domaincheckpoint", "<domaincheckpoint><creationTime>x</creationTime></domaincheckpoint>",
          VIR_FROM_DOMAIN_CHECKPOINT },
        { "cpu", "<cpu mode='q'/>", VIR_FROM_CPU },
        { "network", "<domain/>", VIR_FROM_XML },
        { "network", "<network>", VIR_FROM_XML },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_null(vir_xml_canonical(wrong[i].text, wrong[i].kind, 0));
        if (virGetLastErrorDomain() != wrong[i].domain)
            fail_msg("%s: %d: %s", wrong[i].text, virGetLastErrorDomain(), virGetLastErrorMessage());
    }
}

static void
live_and_secret(void **state)
{
    const char *graphics = "<devices><graphics type='vnc' passwd='p'/>"
                           "<memballoon model='xen'><alias name='b'/></memballoon>"
                           "<video><alias name='ua-mine'/></video></devices>";
    struct unit_domain_def *def;
    char *text;

    (void)state;
    becomes(graphics, VIR_XML_INACTIVE, HEAD VCPU OS CLOCK ON
            "  <devices>\n    <graphics type='vnc'/>\n    <video>\n      <model type='cirrus' heads='1'/>\n"
            "      <alias name='ua-mine'/>\n    </video>\n    <memballoon model='xen'/>\n  </devices>\n" TAIL);
    becomes("<devices><video><alias name='ua-m/../n'/></video></devices>", VIR_XML_INACTIVE, HEAD VCPU OS CLOCK ON
            "  <devices>\n    <video>\n      <model type='cirrus' heads='1'/>\n    </video>\n  </devices>\n" TAIL);
    becomes(graphics, VIR_XML_SECURE, HEAD VCPU OS CLOCK ON
            "  <devices>\n    <graphics type='vnc' passwd='p'/>\n"
            "    <video>\n      <model type='cirrus' heads='1'/>\n      <alias name='ua-mine'/>\n    </video>\n"
            "    <memballoon model='xen'>\n      <alias name='b'/>\n    </memballoon>\n  </devices>\n" TAIL);
    def = parse_with(graphics, VIR_XML_INACTIVE);
    text = unit_domain_def_format(def, 0);
    assert_null(strstr(text, "'b'"));
    assert_non_null(strstr(text, "ua-mine"));
    free(text);
    def->has_id = true;
    def->id = 12;
    text = unit_domain_def_format(def, 0);
    assert_int_equal(strncmp(text, "<domain type='test' id='12'>", 28), 0);
    free(text);
    text = unit_domain_def_format(def, VIR_XML_INACTIVE);
    assert_int_equal(strncmp(text, "<domain type='test'>", 20), 0);
    free(text);
    unit_domain_def_free(def);
}

static void
devices(void **state)
{
    (void)state;
    becomes("<devices><disk><target dev='vda'/><address type='pci' slot='5' function='1'/></disk>"
            "<disk type='block' device='cdrom'><readonly/><source dev='/dev/sr0'/>"
            "<target bus='ide' dev='hdc'/>"
            "<address type='drive' unit='1' controller='0' bus='1'/></disk>"
            "<interface type='user'><mac address='52:54:00:AB:cd:ef'/></interface><console/></devices>", 0,
            HEAD VCPU OS CLOCK ON "  <devices>\n"
            "    <disk type='file' device='disk'>\n      <target dev='vda' bus='virtio'/>\n"
            "      <address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x1'/>\n    </disk>\n"
            "    <disk type='block' device='cdrom'>\n      <source dev='/dev/sr0'/>\n"
            "      <target dev='hdc' bus='ide'/>\n      <readonly/>\n"
            "      <address type='drive' controller='0' bus='1' target='0' unit='1'/>\n    </disk>\n"
            "    <interface type='user'>\n      <mac address='52:54:00:ab:cd:ef'/>\n    </interface>\n"
            "    <console type='pty'/>\n  </devices>\n" TAIL);
}

static void
own_items(void **state)
{
    struct unit_domain_def *def = parse_with("<test:things xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>"
                                             "<thing>a</thing><thing>b</thing></test:things>", 0);

    (void)state;
    assert_non_null(def);
    assert_true(def->test_things.present);
    assert_int_equal(def->test_things.level, -1);
    assert_int_equal(def->test_things.n_things, 2);
    assert_string_equal(def->test_things.things[1]->text, "b");
    unit_domain_def_free(def);
}

/* Two of an element are one, also where its struct is apart. */
static void
apart(void **state)
{
    struct unit_domain_def *def = parse_with("<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
                                             "<q:arg value='a'/></q:commandline>"
                                             "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
                                             "<q:arg value='b'/><q:env name='c'/></q:commandline>", 0);
    struct unit_domain_def *none = parse_with("", 0);

    (void)state;
    assert_non_null(def);
    assert_int_equal(def->qemu_commandline->n_qemu_args, 2);
    assert_string_equal(def->qemu_commandline->qemu_args[1]->value, "b");
    assert_int_equal(def->qemu_commandline->n_qemu_envs, 1);
    assert_null(none->qemu_commandline);
    unit_domain_def_free(def);
    unit_domain_def_free(none);
}

static void
messages(void **state)
{
    (void)state;
    wrong("<devices>\n <disk type='fil'><target dev='x'/></disk></devices>", 0,
          "line 2, column 2: attribute 'type' of <disk> is 'fil'; it must be file, block, dir, network, "
          "volume, nvme or vhostuser");
    assert_error(VIR_ERR_XML_ERROR, "hint: did you mean 'file'?");
    wrong_as(VIR_ERR_NO_TARGET, "<devices><disk/></devices>", "<disk> needs an element <target>");
    wrong_as(VIR_ERR_NO_TARGET, "<devices><disk><target bus='ide'/></disk></devices>", "<target> needs the attribute 'dev'");
    wrong("<devices><disk><target dev='x'/><boot order='0'/></disk></devices>", 0,
          "attribute 'order' of <boot> is '0'; it must be a decimal number from 1 to 4294967295");
    wrong_as(VIR_ERR_INTERNAL_ERROR, "<uuid>12</uuid>", "<uuid> is '12'; it must be a UUID");
    wrong_as(VIR_ERR_CONFIG_UNSUPPORTED, "<on_crash>explode</on_crash>", "it must be destroy, restart, preserve");
    wrong("<devices><memballon model='none'/></devices>", VIR_XML_VALIDATE,
          "element 'memballon' of <devices> is unknown");
    assert_error(VIR_ERR_XML_INVALID_SCHEMA, "hint: did you mean 'memballoon'?");
    wrong("<vcpu plcement='static'>1</vcpu>", VIR_XML_VALIDATE, "attribute 'plcement' of <vcpu> is unknown");
    wrong("<blkiotune><weigth>5</weigth></blkiotune>", VIR_XML_VALIDATE,
          "element 'weigth' of <blkiotune> is unknown");
    wrong("<on_crash>explode</on_crash>", VIR_XML_VALIDATE, "it must be destroy, restart, preserve");
    assert_int_equal(virGetLastError()->domain, VIR_FROM_XML);
    wrong("<title>a<b/></title>", VIR_XML_VALIDATE, "element 'b' of <title> is unknown");
    wrong("<title a='b'>a</title>", VIR_XML_VALIDATE, "attribute 'a' of <title> is unknown");
    wrong("<test:things xmlns:test='http://libvirt.org/schemas/domain/test/1.0' levl='1'/>", VIR_XML_VALIDATE,
    "attribute 'levl' of <test:things> is unknown");
    wrong("<title>a</title><title>b</title>", VIR_XML_VALIDATE, "<title> is there twice in <domain>");
}

static void
dropped(void **state)
{
    (void)state;
    becomes("<memori>5</memori><devices><disk typ='x'><target dev='a' foo='b'/><targt/></disk></devices>", 0,
            HEAD VCPU OS CLOCK ON "  <devices>\n    <disk type='file' device='disk'>\n"
                                  "      <target dev='a'/>\n"
            "    </disk>\n  </devices>\n" TAIL);
    becomes("<title>a</title><title>b</title>", 0,
            "<domain type='test'>\n  <name>x</name>\n  <title>a</title>\n"
            "  <memory unit='KiB'>1</memory>\n" VCPU OS CLOCK ON DEVICES TAIL);
}

/* Both count; of what both say, the first. */
static void
sections_twice(void **state)
{
    (void)state;
    becomes("<devices><emulator>/a</emulator><disk><target dev='a'/></disk></devices><vcpu>2</vcpu>"
            "<devices><emulator>/b</emulator><disk><target dev='b'/></disk></devices>"
            "<vcpu placement='auto'>3</vcpu><clock offset='localtime'/><clock offset='utc'/>", 0,
            HEAD "  <vcpu placement='auto'>2</vcpu>\n  <numatune>\n    <memory mode='strict' placement='auto'/>\n"
            "  </numatune>\n" OS "  <clock offset='localtime'/>\n" ON
            "  <devices>\n    <emulator>/a</emulator>\n"
            "    <disk type='file' device='disk'>\n      <target dev='a'/>\n    </disk>\n"
            "    <disk type='file' device='disk'>\n      <target dev='b'/>\n    </disk>\n  </devices>\n" TAIL);
    wrong("<devices/><devices/>", VIR_XML_VALIDATE, "<devices> is there twice in <domain>");
    /* What says nothing is taken out of the first, too. */
    becomes("<blkiotune/><blkiotune><device><path>/a</path></device></blkiotune>"
            "<cputune/><cputune><cachetune vcpus='0'/></cputune>", 0, HEAD VCPU OS CLOCK ON DEVICES TAIL);
}

static void
parts_alone(void **state)
{
    struct unit_disk_def *disk = unit_disk_def_parse("<disk><target dev='sda'/></disk>", 0);
    struct unit_domain_def *empty = unit_domain_def_new();
    char *text;

    (void)state;
    assert_non_null(disk);
    disk->source.present = true;
    disk->source.file = vir_strdup("/it's.img");
    text = unit_disk_def_format(disk, 0);
    assert_string_equal(text, "<disk type='file' device='disk'>\n  <source file='/it&apos;s.img'/>\n"
                              "  <target dev='sda' bus='scsi'/>\n</disk>\n");
    free(text);
    unit_disk_def_free(disk);
    assert_int_equal(empty->on_reboot, UNIT_LIFECYCLE_RESTART);
    assert_int_equal(empty->vcpu.count, 1);
    unit_domain_def_free(empty);
    assert_null(unit_domain_def_free(NULL));
    assert_null(unit_domain_def_copy(NULL));
}

static void
words(void **state)
{
    (void)state;
    assert_int_equal(vir_xml_enum_value(&unit_disk_kind_words, "cdrom"), UNIT_DISK_KIND_CDROM);
    assert_int_equal(vir_xml_enum_value(&unit_disk_kind_words, "CDROM"), 0);
    assert_string_equal(vir_xml_enum_word(&unit_disk_kind_words, UNIT_DISK_KIND_LUN), "lun");
    assert_null(vir_xml_enum_word(&unit_disk_kind_words, 0));
    assert_null(vir_xml_enum_word(&unit_disk_kind_words, 99));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smallest), cmocka_unit_test(order_is_ours), cmocka_unit_test(memory_units),
        cmocka_unit_test(metadata_is_libxml2s), cmocka_unit_test(kept), cmocka_unit_test(namespaces),
        cmocka_unit_test(namespaces_within), cmocka_unit_test(error_domains),
        cmocka_unit_test(live_and_secret), cmocka_unit_test(devices), cmocka_unit_test(own_items), cmocka_unit_test(apart),
        cmocka_unit_test(messages), cmocka_unit_test(dropped), cmocka_unit_test(sections_twice),
        cmocka_unit_test(parts_alone), cmocka_unit_test(words),
    };

    return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
