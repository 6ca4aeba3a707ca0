/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Documents that somebody made to hurt: each is an error, and soon. */
#include "unit-driver.h"

#include <libxml/parser.h>
#include <malloc.h>
#include <time.h>
#include <unistd.h>

#include "unit-schema.h"

/* Milliseconds; sanitizers take longer. */
#if defined(__SANITIZE_ADDRESS__)
# define LIMIT_MS 3000
#else
# define LIMIT_MS 100
#endif

#define HEAD "<domain type='test'><name>x</name><memory>1</memory><os><type>hvm</type></os>"

static struct vir_buf buf;

static void
repeat(const char *text, int n)
{
    for (int i = 0; i < n; i++)
        vir_buf_add(&buf, text);
}

/* Of this thread: others on the machine do not count. */
static int64_t
cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How long the library below takes for the text in BUF alone, in ms: what the machine can do now. */
static int64_t
floor_ms(void)
{
    int64_t start = cpu_ms();

    xmlFreeDoc(xmlReadMemory(buf.text, (int)buf.len, NULL, NULL, XML_PARSE_HUGE | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    return cpu_ms() - start;
}

/* The best of twenty; where the machine is slow or busy, three times what libxml2 takes there. */
static void *
parsed_in_time(unsigned int flags)
{
    void *def = NULL;
    int64_t took = 0, limit = 0;

    for (int i = 0; i < 20 && (i == 0 || took > limit); i++) {
        int64_t start;

        usleep((useconds_t)i * 50000);
        start = cpu_ms();
        unit_domain_def_free(def);
        def = unit_domain_def_parse(buf.text, flags);
        took = cpu_ms() - start;
        limit = took <= LIMIT_MS ? LIMIT_MS : 3 * floor_ms();
    }
    if (took > limit)
        fail_msg("'%.80s...' took %lld ms, more than %lld", buf.text, (long long)took, (long long)limit);
    return def;
}

/* What stands in BUF is refused in time with an error that holds WHY: DETAIL if it is not
 * well-formed or goes over a limit, ERROR if its content is wrong. */
static void
refused(int code, const char *why)
{
    assert_null(parsed_in_time(0));
    assert_error(code, why);
    vir_buf_free(&buf);
}

static void
accepted(void)
{
    struct unit_domain_def *def = unit_domain_def_parse(buf.text, 0);

    if (!def)
        fail_msg("%s", virGetLastErrorMessage());
    unit_domain_def_free(def);
    vir_buf_free(&buf);
}

static void
size(void **state)
{
    (void)state;
    vir_buf_add(&buf, HEAD "<description>");
    repeat("0123456789abcdef", 4 * 1024 * 1024 / 16);
    vir_buf_add(&buf, "</description></domain>");
    refused(VIR_ERR_XML_DETAIL, "the limit is 4194304");
    vir_buf_add(&buf, HEAD "<description>");
    repeat("0123456789abcdef", 4 * 1024 * 1024 / 16 - 20);
    vir_buf_add(&buf, "</description></domain>");
    accepted();
}

/* Long, and still nothing that may take long. */
static void
cpusets(void **state)
{
    struct unit_domain_def *def;

    (void)state;
    vir_buf_add(&buf, HEAD "<vcpu cpuset='");
    repeat("0-16383,", 500000);
    vir_buf_add(&buf, "1'>1</vcpu></domain>");
    def = parsed_in_time(0);
    assert_non_null(def);
    assert_string_equal(def->vcpu.cpuset, "0-16383");
    unit_domain_def_free(def);
    vir_buf_free(&buf);
}

static void
depth(void **state)
{
    struct unit_domain_def *def;

    (void)state;
    vir_buf_add(&buf, HEAD "<metadata>");
    repeat("<a>", 10000);
    repeat("</a>", 10000);
    vir_buf_add(&buf, "</metadata></domain>");
    refused(VIR_ERR_XML_DETAIL, "nested more than 256 deep");
    vir_buf_add(&buf, HEAD "<metadata>");
    repeat("<a>", 253);
    repeat("</a>", 253);
    vir_buf_add(&buf, "</metadata></domain>");
    accepted();
    vir_buf_add(&buf, HEAD "<metadata>");       /* not much longer when it is written */
    repeat("<a>", 250);
    repeat("<b/>", 1000);
    repeat("</a>", 250);
    vir_buf_add(&buf, "</metadata></domain>");
    def = parsed_in_time(0);
    assert_non_null(def);
    assert_true(strlen(def->metadata) < 100000);
    unit_domain_def_free(def);
    vir_buf_free(&buf);
}

static void
attributes(void **state)
{
    (void)state;
    vir_buf_add(&buf, "<domain");
    for (int i = 0; i < 200000; i++)
        vir_buf_addf(&buf, " a%d=''", i);
    vir_buf_add(&buf, "/>");
    refused(VIR_ERR_XML_DETAIL, "more than 256 attributes");
    vir_buf_add(&buf, HEAD "<metadata><a ");
    for (int i = 0; i < 256; i++)
        vir_buf_addf(&buf, " a%d='='", i);
    vir_buf_add(&buf, "/></metadata></domain>");
    accepted();
}

static void
declare(unsigned int depth, unsigned int each)
{
    for (unsigned int i = 0; i < depth; i++) {
        vir_buf_add(&buf, "<n");
        for (unsigned int j = 0; j < each; j++)
            vir_buf_addf(&buf, " xmlns:p%u='u'", i * each + j);
        vir_buf_add(&buf, ">");
    }
}

static void
namespaces(void **state)
{
    (void)state;
    vir_buf_add(&buf, HEAD "<metadata>");
    declare(240, 250);
    repeat("<a p0:b=''/>", 90000);
    repeat("</n>", 240);
    vir_buf_add(&buf, "</metadata></domain>");
    refused(VIR_ERR_XML_DETAIL, "more than 256 namespaces at once");
    vir_buf_add(&buf, HEAD "<metadata>");
    declare(64, 4);
    repeat("</n>", 64);
    repeat("<m xmlns='m' xmlns:p='p'/>", 1000);
    vir_buf_add(&buf, "</metadata></domain>");
    accepted();
}

/* The parser's table of names does not grow with them. */
static void
many_names(void **state)
{
    (void)state;
    vir_buf_add(&buf, HEAD "<metadata>");
    for (int i = 0; i < 90000; i++)
        vir_buf_addf(&buf, "<a%d:b xmlns:a%d='u%d'/>", i, i, i);
    vir_buf_add(&buf, "</metadata></domain>");
    refused(VIR_ERR_XML_DETAIL, "more than 8192 different names");
    vir_buf_add(&buf, HEAD "<metadata>");
    for (int i = 0; i < 1700; i++) {
        vir_buf_add(&buf, "<a");
        for (int j = 0; j < 50; j++)
            vir_buf_addf(&buf, " x%d = ''", i * 50 + j);
        vir_buf_add(&buf, "/>");
    }
    vir_buf_add(&buf, "</metadata></domain>");
    refused(VIR_ERR_XML_DETAIL, "more than 8192 different names");
    vir_buf_add(&buf, HEAD "<metadata>");
    repeat("<a b='' c='' d='' e=''/>", 30000);
    vir_buf_add(&buf, "</metadata></domain>");
    refused(VIR_ERR_XML_DETAIL, "more than 100000 attributes");
    vir_buf_add(&buf, HEAD "<metadata>");
    repeat("<a:b xmlns:a='u'/>", 90000);
    vir_buf_add(&buf, "</metadata></domain>");
    unit_domain_def_free(parsed_in_time(0));
    vir_buf_free(&buf);
}

/* Sections that are there many times are one. */
static void
twins(void **state)
{
    (void)state;
    vir_buf_add(&buf, HEAD);
    repeat("<clock/><devices><disk><target dev='a'/></disk></devices>", 30000);
    vir_buf_add(&buf, "</domain>");
    refused(VIR_ERR_XML_DETAIL, "more than 100000 elements");
    vir_buf_add(&buf, HEAD);
    for (int i = 0; i < 380; i++) {
        vir_buf_add(&buf, "<clock");
        for (int j = 0; j < 250; j++)
            vir_buf_addf(&buf, " x%d=''", (i * 250 + j) % 8000);
        vir_buf_add(&buf, "/>");
    }
    vir_buf_add(&buf, "</domain>");
    unit_domain_def_free(parsed_in_time(0));
    vir_buf_free(&buf);
    vir_buf_add(&buf, HEAD);
    repeat("<clock/><cpu/>", 45000);
    vir_buf_add(&buf, "</domain>");
    unit_domain_def_free(parsed_in_time(0));
    vir_buf_free(&buf);
}

static void
comments(void **state)
{
    (void)state;
    vir_buf_add(&buf, HEAD);
    repeat("x<!---->", 500000);
    vir_buf_add(&buf, "</domain>");
    refused(VIR_ERR_XML_DETAIL, "more than 100000 elements, comments and CDATA sections");
    vir_buf_add(&buf, HEAD);
    repeat("x<![CDATA[]]>", 300000);
    vir_buf_add(&buf, "</domain>");
    refused(VIR_ERR_XML_DETAIL, "more than 100000 elements, comments and CDATA sections");
}

static void
add_disks(unsigned int n)
{
    for (unsigned int i = 0; i < n; i++)
        vir_buf_addf(&buf, "<disk><target dev='x%u'/></disk>", i);
}

static void
disks(void **state)
{
    (void)state;
    vir_buf_add(&buf, HEAD "<devices>");
    for (int i = 0; i < 40000; i++)
        vir_buf_addf(&buf, "<disk><source file='/x%d'/><target dev='vd%d'/></disk>", i, i);
    vir_buf_add(&buf, "</devices></domain>");
    refused(VIR_ERR_XML_DETAIL, "more than 100000 elements");
    vir_buf_add(&buf, HEAD "<devices>");
    add_disks(40000);
    vir_buf_add(&buf, "</devices></domain>");
    refused(VIR_ERR_XML_ERROR, "more than 4096 elements <disk>");
    vir_buf_add(&buf, HEAD "<devices>");
    add_disks(4096);
    vir_buf_add(&buf, "</devices></domain>");
    accepted();
}

/* A file of the user's own may be larger. */
static void
local_files(void **state)
{
    struct unit_domain_def *def;

    (void)state;
    vir_buf_add(&buf, HEAD "<devices>");
    add_disks(60000);
    vir_buf_add(&buf, "</devices></domain>");
    def = unit_domain_def_parse(buf.text, VIR_XML_LOCAL);
    assert_non_null(def);
    assert_int_equal(def->devices.n_disks, 60000);
    unit_domain_def_free(def);
    vir_buf_free(&buf);
    vir_buf_add(&buf, HEAD "<description>");
    repeat("0123456789abcdef", 12 * 1024 * 1024 / 16);
    vir_buf_add(&buf, "</description></domain>");
    def = unit_domain_def_parse(buf.text, VIR_XML_LOCAL);
    assert_non_null(def);
    unit_domain_def_free(def);
    repeat("0123456789abcdef", 53 * 1024 * 1024 / 16);
    assert_null(unit_domain_def_parse(buf.text, VIR_XML_LOCAL));
    assert_error(VIR_ERR_XML_DETAIL, "the limit is 67108864");
    vir_buf_free(&buf);
}

#define GID "<gid start='0' target='1' count='1'/>"
#define UID "<uid start='0' target='1' count='1'/>"

/* What no member is there for, and what is unknown, in the order that is worst for us. */
static void
rest_and_unknown(void **state)
{
    struct unit_domain_def *def;
    char *text;

    (void)state;
    vir_buf_add(&buf, HEAD "<idmap>");
    repeat(GID UID, 32000);
    vir_buf_add(&buf, "</idmap></domain>");
    def = parsed_in_time(VIR_XML_LOCAL);
    assert_non_null(def);
    text = unit_domain_def_format(def, 0);
    assert_non_null(strstr(text, GID "\n    " GID));
    assert_non_null(strstr(text, UID "\n    " UID));
    assert_null(strstr(text, GID "\n    " UID));
    free(text);
    unit_domain_def_free(def);
    vir_buf_free(&buf);
    vir_buf_add(&buf, HEAD "<idmap>");
    repeat(GID UID, 49000);
    vir_buf_add(&buf, "</idmap></domain>");
    refused(VIR_ERR_XML_DETAIL, "more than 100000 attributes");
    vir_buf_add(&buf, HEAD "<cputune>");
    repeat("<vcpupin/>", 5000);
    vir_buf_add(&buf, "</cputune></domain>");
    refused(VIR_ERR_XML_ERROR, "<vcpupin> needs the attribute 'vcpu'");
    vir_buf_add(&buf, HEAD "<idmap>");
    repeat(UID, 5000);
    vir_buf_add(&buf, "</idmap></domain>");
    refused(VIR_ERR_XML_ERROR, "more than 4096 elements in <idmap>");
    vir_buf_add(&buf, HEAD);
    repeat("<seclabell/>", 90000);
    vir_buf_add(&buf, "<memory>1</memory></domain>");
    accepted();
    vir_buf_add(&buf, HEAD);
    repeat("<memory>1</memory>", 90000);
    vir_buf_add(&buf, "<vcpu>x</vcpu></domain>");
    refused(VIR_ERR_XML_ERROR, "<vcpu> is 'x'");
}

static void
repeat_numbered(const char *before, int n, const char *after)
{
    for (int i = 0; i < n; i++)
        vir_buf_addf(&buf, "%s%d%s", before, i + 1, after);
}

/* Sections that are completed with a look at all that stands beside. */
static void
long_sections(void **state)
{
    (void)state;
    vir_buf_add(&buf, HEAD);
    repeat_numbered("<seclabel type='none' model='m", 40000, "'/>");
    vir_buf_add(&buf, "</domain>");
    refused(VIR_ERR_XML_ERROR, "more than 4096 elements in <domain>");
    vir_buf_add(&buf, HEAD "<blkiotune>");
    repeat_numbered("<device><path>/", 40000, "</path></device>");
    vir_buf_add(&buf, "</blkiotune></domain>");
    refused(VIR_ERR_XML_ERROR, "more than 4096 elements in <blkiotune>");
    vir_buf_add(&buf, HEAD);
    repeat_numbered("<seclabel model='m", 4090, "'/>");
    repeat("<z/>", 85000);
    vir_buf_add(&buf, "</domain>");
    accepted();
    vir_buf_add(&buf, HEAD "<blkiotune>");
    repeat("<z/>", 85000);
    repeat_numbered("<device><path>/", 4090, "</path></device>");
    vir_buf_add(&buf, "</blkiotune></domain>");
    accepted();
    vir_buf_add(&buf, HEAD "<iothreadids>");
    repeat_numbered("<iothread id='", 90000, "'/>");
    vir_buf_add(&buf, "</iothreadids></domain>");
    refused(VIR_ERR_XML_ERROR, "more than 4096 elements in <iothreadids>");
    vir_buf_add(&buf, HEAD "<cputune>");
    repeat("<cachetune vcpus='5'><a/></cachetune>", 48000);
    vir_buf_add(&buf, "</cputune></domain>");
    refused(VIR_ERR_XML_ERROR, "more than 4096 elements in <cputune>");
    vir_buf_add(&buf, HEAD "<iothreads>9</iothreads><cputune>");
    repeat("<iothreadsched iothreads='^1' scheduler='batch'/>", 45000);
    vir_buf_add(&buf, "</cputune></domain>");
    refused(VIR_ERR_XML_ERROR, "more than 4096 elements in <cputune>");
    vir_buf_add(&buf, "<domain type='test' xmlns:xen='http://libvirt.org/schemas/domain/xen/1.0'><name>x</name>"
                      "<memory>1</memory><os><type>hvm</type></os>");
    repeat("<title/>", 48000);
    repeat("<xen:x/>", 48000);
    vir_buf_add(&buf, "</domain>");
    unit_domain_def_free(parsed_in_time(0));
    vir_buf_free(&buf);
}

static void
entities(void **state)
{
    (void)state;
    vir_buf_add(&buf,
                "<!DOCTYPE d [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
                HEAD "</domain>");
    refused(VIR_ERR_XML_DETAIL, "line 1, column 1: a document type declaration is not allowed");
    vir_buf_add(&buf, "<!DOCTYPE d SYSTEM 'file:///etc/passwd'>" HEAD "</domain>");
    refused(VIR_ERR_XML_DETAIL, "document type");
    vir_buf_add(&buf, HEAD "<title>&unknown;</title></domain>");
    refused(VIR_ERR_XML_DETAIL, "unknown");
    vir_buf_add(&buf, HEAD "<title>");
    repeat("&#65;", 200000);
    vir_buf_add(&buf, "</title></domain>");
    accepted();
}

static void
not_xml(void **state)
{
    static const char *const cases[] = {
        "", " ", "x", "<", "<domain", "<domain>", "</domain>", "<domain/><domain/>", "<domain a='1' a='2'/>",
        "<domain a=1/>", "<domain><name></domain>",
        "<domain><![CDATA[</domain>", "<domain><!-- </domain>", "<domain>\xff</domain>",
        "<domain>\xc0\x80</domain>", "<domain>\xed\xa0\x80</domain>", "<domain>\x01</domain>",
        "<domain>&#0;</domain>", "<?pi", "<domain x='", "<!ELEMENT",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        vir_buf_add(&buf, cases[i]);
        if (!buf.text)
            buf.text = vir_strdup("");
        refused(VIR_ERR_XML_DETAIL, "");
    }
}

/* Another encoding could hide from the scan what it refuses: the text is UTF-8, whatever it says. */
static void
encodings(void **state)
{
    (void)state;
    vir_buf_add(&buf, "<?xml version='1.0' encoding='UTF-16'?>" HEAD "</domain>");
    accepted();
    vir_buf_add(&buf, "<?xml version='1.0' encoding='UTF-7'?>+ADwAIQ-DOCTYPE a+AD4-" HEAD "</domain>");
    refused(VIR_ERR_XML_DETAIL, "");
    vir_buf_add(&buf, "<?xml version='1.0' encoding='ISO-8859-1'?>" HEAD "<title>\xe9</title></domain>");
    refused(VIR_ERR_XML_DETAIL, "not UTF-8");
}

static void
numbers(void **state)
{
    static const char *const bad[] = { "2147483648", "-1", "0", "99999999999999999999", "1x", "", "0x10000" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (!*bad[i])
            continue;
        vir_buf_addf(&buf, HEAD "<vcpu>%s</vcpu></domain>", bad[i]);
        refused(VIR_ERR_XML_ERROR, "it must be a decimal number from 1 to 65535");
    }
    vir_buf_add(&buf,
                "<domain type='test'><name>x</name><memory unit='EiB'>18446744073709551615</memory>"
                "</domain>");
    refused(VIR_ERR_OVERFLOW, "<memory> is '18446744073709551615'; it must be");
    vir_buf_add(&buf, "<domain type='test'><name>x</name><memory unit='quux'>1</memory></domain>");
    refused(VIR_ERR_INVALID_ARG, "attribute 'unit' of <memory> is 'quux'; it must be bytes");
}

static void
names(void **state)
{
    static const char *const bad[] = { ".", "..", "a/b", "a&#10;b", "/", "a&#9;" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        vir_buf_addf(&buf, "<domain type='test'><name>%s</name><memory>1</memory></domain>", bad[i]);
        refused(VIR_ERR_XML_ERROR, "<name> is ");
    }
    vir_buf_add(&buf, "<domain type='test'><name></name><memory>1</memory></domain>");
    refused(VIR_ERR_NO_NAME, "<name> is ''");
    vir_buf_add(&buf, "<network/>");
    refused(VIR_ERR_XML_ERROR, "the document is <network>, not <domain>");
    vir_buf_add(&buf, "<domain type='test'><memory>1</memory></domain>");
    refused(VIR_ERR_NO_NAME, "<domain> needs an element <name>");
    vir_buf_add(&buf, "<domain type='test'><name>a</name><memory>1</memory></domain>");
    refused(VIR_ERR_XML_ERROR, "<type> is missing or empty\nhint: it belongs at 'domain/os/type'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(size), cmocka_unit_test(cpusets), cmocka_unit_test(depth),
        cmocka_unit_test(attributes), cmocka_unit_test(namespaces), cmocka_unit_test(comments),
        cmocka_unit_test(many_names), cmocka_unit_test(twins), cmocka_unit_test(disks),
        cmocka_unit_test(local_files), cmocka_unit_test(rest_and_unknown), cmocka_unit_test(long_sections),
        cmocka_unit_test(entities), cmocka_unit_test(not_xml), cmocka_unit_test(encodings), cmocka_unit_test(numbers),
        cmocka_unit_test(names),
    };

    mallopt(M_PERTURB, 0);              /* filling memory takes time of its own */
    return cmocka_run_group_tests_name("xml-hostile", tests, NULL, NULL);
}
