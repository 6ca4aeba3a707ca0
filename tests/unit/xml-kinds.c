/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds of values and what options make of them; what a module refuses; lists by a mixin. */
#include "unit-driver.h"

#include "unit-schema.h"

#define DOMAIN(devices) "<domain type='test'><name>x</name><memory>1</memory><os><type>hvm</type></os>" \
                        "<devices>" devices "</devices></domain>"

static struct unit_kinds_def *
parse(const char *xml, unsigned int flags)
{
    struct unit_kinds_def *def = unit_kinds_def_parse(xml, flags);

    if (!def)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    return def;
}

/* XML comes out as EXPECTED, also from a copy, and stays so. */
static void
becomes(const char *xml, const char *expected)
{
    struct unit_kinds_def *def = parse(xml, 0), *copy = unit_kinds_def_copy(def), *again;
    VIR_AUTO_FREE char *text = unit_kinds_def_format(def, 0);

    assert_string_equal(text, expected);
    assert_true(unit_kinds_def_equal(def, copy));
    unit_kinds_def_free(def);
    again = parse(text, VIR_XML_VALIDATE);
    assert_true(unit_kinds_def_equal(again, copy));
    unit_kinds_def_free(again);
    unit_kinds_def_free(copy);
}

static void
wrong(const char *xml, unsigned int flags, const char *why)
{
    assert_null(unit_kinds_def_parse(xml, flags));
    assert_error(flags & VIR_XML_VALIDATE ? VIR_ERR_XML_INVALID_SCHEMA : VIR_ERR_XML_ERROR, why);
}

static void
values(void **state)
{
    (void)state;
    becomes("<kinds size='2' unit='KiB' mode='644' host='192.168.122.1' far='-1099511627776'/>",
            "<kinds size='2048' unit='bytes' mode='0644' host='192.168.122.1' far='-1099511627776'/>\n");
    becomes("<kinds rights='7' tag='a1b' bits='0xab'/>",
            "<kinds rights='0007' tag='A1B' bits='0x00AB'/>\n");
    becomes("<kinds><store unit='KiB'>4097</store></kinds>", "<kinds>\n  <store unit='M'>4</store>\n</kinds>\n");
    becomes("<kinds><store>0</store></kinds>", "<kinds/>\n");
    assert_null(unit_kinds_def_parse("<kinds level='10'/>", 0));
    assert_error(VIR_ERR_CONFIG_UNSUPPORTED, "it must be a decimal number from 1 to 9");
    becomes("<kinds host='FD00:0:0::1' four='10.0.0.1' six='::ffff:1.2.3.4'/>",
            "<kinds host='fd00::1' four='10.0.0.1' six='::ffff:1.2.3.4'/>\n");
    becomes("<kinds size='18446744073709551615'/>", "<kinds size='18446744073709551615' unit='bytes'/>\n");
    assert_null(unit_kinds_def_parse("<kinds size='1' unit='parsec'/>", 0));
    assert_error(VIR_ERR_INVALID_ARG, "attribute 'unit' of <kinds> is 'parsec'");
    wrong("<kinds size='18446744073709551616'/>", 0, "it must be a whole decimal number, from 0 to");
    assert_null(unit_kinds_def_parse("<kinds size='18446744073709551615' unit='k'/>", 0));
    assert_error(VIR_ERR_OVERFLOW, "it must be a whole decimal number, from 0 to");
    wrong("<kinds mode='1000'/>", 0, "it must be an octal number from 00 to 0777");
    wrong("<kinds mode='8'/>", 0, "it must be an octal number");
    wrong("<kinds host='1.2.3'/>", 0, "it must be an IP address like");
    wrong("<kinds four='::1'/>", 0, "it must be an IPv4 address like");
    wrong("<kinds six='1.2.3.4'/>", 0, "it must be an IPv6 address like");
    wrong("<kinds far='1099511627777'/>", 0, "it must be a decimal number from -1099511627776 to 1099511627776");
    wrong("<kinds far='9223372036854775808'/>", 0, "it must be a decimal number from");
}

/* Without validation a form is advice, unless it is strict. */
static void
forms(void **state)
{
    (void)state;
    becomes("<kinds code='AB1' strict='XY22'/>", "<kinds code='AB1' strict='XY22'/>\n");
    unit_kinds_def_free(parse("<kinds code='ab'/>", 0));
    wrong("<kinds code='ab'/>", VIR_XML_VALIDATE, "'ab'; it must be two letters and a number");
    wrong("<kinds code='xAB1'/>", VIR_XML_VALIDATE, "it must be two letters and a number");
    wrong("<kinds strict='AB1 '/>", 0, "it must be two letters and a number");
}

static void
many(void **state)
{
    struct unit_kinds_def *def;

    (void)state;
    becomes("<kinds><number>7</number><word>a</word><room unit='MiB'>1</room><word>b &amp; c</word>"
            "<number>1</number><number>9</number></kinds>",
            "<kinds>\n  <word>a</word>\n  <word>b &amp; c</word>\n  <number>7</number>\n  <number>1</number>\n"
            "  <number>9</number>\n  <room unit='KiB'>1024</room>\n</kinds>\n");
    def = parse("<kinds><word>a</word><word/><word>b</word><number>3</number></kinds>", 0);
    assert_int_equal(def->n_words, 2);
    assert_string_equal(def->words[1], "b");
    assert_int_equal(def->n_numbers, 1);
    assert_int_equal(def->numbers[0], 3);
    unit_kinds_def_free(def);
    wrong("<kinds><number>3</number><number>10</number></kinds>", 0, "<number> is '10'");
}

static void
nothing_said(void **state)
{
    (void)state;
    becomes("<kinds colour='plain' code='' size='' host=''><note/><blue/></kinds>",
            "<kinds>\n  <note></note>\n</kinds>\n");
}

/* What another attribute makes meaningless is dropped, not refused. */
static void
only_when(void **state)
{
    (void)state;
    becomes("<kinds colour='red' shade='3'><blue>a</blue></kinds>", "<kinds colour='red' shade='3'/>\n");
    becomes("<kinds shade='3' colour='blue'><blue>a</blue></kinds>",
            "<kinds colour='blue'>\n  <blue>a</blue>\n</kinds>\n");
    unit_kinds_def_free(parse("<kinds colour='blue' shade='3'/>", VIR_XML_VALIDATE));
    becomes("<kinds shade='3'/>", "<kinds shade='3'/>\n");
}

static void
within_itself(void **state)
{
    (void)state;
    becomes("<kinds><box size='1'><box size='2'><box unit='MiB'>3</box></box></box></kinds>",
            "<kinds>\n  <box size='1'>\n    <box size='2'>\n      <box unit='KiB'>3072</box>\n"
            "    </box>\n  </box>\n</kinds>\n");
}

/* In a file that we wrote ourselves, what cannot be read is left out. */
static void
own_files(void **state)
{
    struct unit_kinds_def *def = parse("<kinds colour='pink' mode='9' host='::1'><number>3</number>"
                                       "<number>x</number><box size='y'>1</box></kinds>", VIR_XML_OWN);
    struct unit_domain_def *domain;

    (void)state;
    assert_int_equal(def->colour, UNIT_KINDS_COLOUR_ABSENT);
    assert_false(def->has_mode);
    assert_string_equal(def->host, "::1");
    assert_int_equal(def->n_numbers, 1);
    assert_non_null(def->box);
    assert_false(def->box->has_size);
    unit_kinds_def_free(def);
    domain = unit_domain_def_parse(DOMAIN("<disk><target bus='ide'/></disk><disk><target dev='b'/></disk>"),
                                   VIR_XML_OWN);
    assert_non_null(domain);
    assert_int_equal(domain->devices.n_disks, 1);
    assert_string_equal(domain->devices.disks[0]->target.dev, "b");
    unit_domain_def_free(domain);
    assert_null(unit_domain_def_parse("<domain type='test'/>", VIR_XML_OWN));
}

/* ---- refused ------------------------------------------------------------------------------- */

static int
refused(const char *xml)
{
    struct unit_domain_def *def = unit_domain_def_parse(xml, 0);
    int rc;

    if (!def)
        fail_msg("%s", virGetLastErrorMessage());
    rc = unit_domain_def_refused(def);
    unit_domain_def_free(def);
    return rc;
}

static void
refusals(void **state)
{
    (void)state;
    assert_int_equal(refused(DOMAIN("<disk><target dev='a'/></disk>")), 0);
    assert_int_equal(refused(DOMAIN("<disk><driver io='native'/><target dev='a'/></disk>")), -1);
    assert_error(VIR_ERR_CONFIG_UNSUPPORTED, "the unit driver does not do the attribute 'io' of <driver> yet");
    assert_error(VIR_ERR_CONFIG_UNSUPPORTED, "it stands at 'devices/disk/driver/@io'");
    assert_int_equal(refused(DOMAIN("<video><model type='vga'/></video>")), 0);
    assert_int_equal(refused(DOMAIN("<video><model type='qxl'/></video>")), -1);
    assert_error(VIR_ERR_CONFIG_UNSUPPORTED, "does not do the attribute 'type' with 'qxl' in <model> yet");
}

/* ---- lists ------------------------------------------------------------------------------------- */

static void
lists(void **state)
{
    struct unit_domain_def *def = unit_domain_def_parse(
        DOMAIN("<disk><target dev='a'/><address type='isa'/></disk><disk><target dev='b'/></disk>"
               "<memballoon model='none'/><serial type='pty'/>"), 0);
    const struct vir_xml_list *disks = &unit_domain_device_lists[UNIT_DOMAIN_DEVICE_LIST_DISK];
    const struct vir_xml_list *balloon = &unit_domain_device_lists[UNIT_DOMAIN_DEVICE_LIST_MEMBALLOON];
    struct unit_device *common;
    void *disk;
    size_t n = 0;

    (void)state;
    assert_non_null(def);
    assert_string_equal(disks->path, "devices/disk");
    assert_int_equal(vir_xml_list_count(disks, def), 2);
    common = vir_xml_list_mixin(disks, vir_xml_list_at(disks, def, 0));
    assert_int_equal(common->address->type, UNIT_ADDRESS_TYPE_ISA);
    disk = vir_xml_list_remove(disks, def, 0);
    assert_int_equal(def->devices.n_disks, 1);
    for (int i = 0; i < 5; i++)
        vir_xml_list_insert(disks, def, 1, vir_xml_copy(disks->table, disk));
    vir_xml_list_insert(disks, def, 0, disk);
    assert_int_equal(def->devices.n_disks, 7);
    assert_string_equal(def->devices.disks[1]->target.dev, "b");
    assert_string_equal(def->devices.disks[6]->target.dev, "a");
    assert_int_equal(vir_xml_list_count(balloon, def), 1);
    vir_xml_free(balloon->table, vir_xml_list_remove(balloon, def, 0));
    assert_int_equal(vir_xml_list_count(balloon, def), 0);
    assert_null(def->devices.memballoon);
    for (const struct vir_xml_list *list = unit_domain_device_lists; list->path; list++)
        n += vir_xml_list_count(list, def);
    assert_int_equal(n, 8);
    unit_domain_def_free(def);
}

/* The host's end of one character device for another. */
static void
assigned(void **state)
{
    struct unit_domain_def *def = unit_domain_def_parse(
        DOMAIN("<serial type='tcp'><source mode='bind' host='h' service='1'/><protocol type='telnet'/></serial>"
               "<console type='file'><source path='/a'/></console>"), 0);
    struct unit_character *to;

    (void)state;
    assert_non_null(def);
    to = &def->devices.consoles[0]->character;
    unit_character_assign(to, &def->devices.serials[0]->character);
    assert_int_equal(to->type, UNIT_CHARTYPE_TCP);
    assert_int_equal(to->n_sources, 1);
    assert_null(to->sources[0]->path);
    assert_string_equal(to->sources[0]->host, "h");
    assert_ptr_not_equal(to->sources[0]->host, def->devices.serials[0]->character.sources[0]->host);
    assert_int_equal(to->protocol.type, UNIT_CHARACTER_PROTOCOL_TYPE_TELNET);
    unit_domain_def_free(def);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values), cmocka_unit_test(forms), cmocka_unit_test(many),
        cmocka_unit_test(nothing_said), cmocka_unit_test(only_when), cmocka_unit_test(within_itself), cmocka_unit_test(own_files),
        cmocka_unit_test(refusals), cmocka_unit_test(lists), cmocka_unit_test(assigned),
    };

    return cmocka_run_group_tests_name("xml-kinds", tests, NULL, NULL);
}
