/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Conditions: defaults by what else is said, what is needed or dropped, and rules. */
#include "unit-driver.h"

#include "unit-schema.h"

static void
becomes(const char *xml, const char *expected)
{
    struct unit_yard_def *def = unit_yard_def_parse(xml, 0);
    VIR_AUTO_FREE char *text = NULL;

    if (!def)
        fail_msg("%s: %s", xml, virGetLastErrorMessage());
    text = unit_yard_def_format(def, 0);
    assert_string_equal(text, expected);
    unit_yard_def_free(def);
}

static void
refused(const char *xml, int code, const char *why)
{
    assert_null(unit_yard_def_parse(xml, 0));
    assert_error(code, why);
}

static void
defaults(void **state)
{
    (void)state;
    becomes("<yard/>", "<yard kind='open' depth='1'/>\n");
    becomes("<yard><gate height='2'/></yard>", "<yard kind='open' depth='2'>\n  <gate height='2'/>\n</yard>\n");
    becomes("<yard kind='walled' depth='7'><gate height='2'/></yard>",
            "<yard kind='walled' depth='7'>\n  <gate height='2'/>\n</yard>\n");
    becomes("<yard kind='walled' guard='x'><shed name='new' roof='tin'/><shed name='oldest' roof='tin'/></yard>",
            "<yard kind='walled' depth='5' guard='x'>\n  <shed name='new' roof='tin'/>\n"
            "  <shed name='oldest' roof='tin'/>\n</yard>\n");
    becomes("<yard><shed name='old'/></yard>", "<yard kind='open' depth='1'>\n  <shed name='old' roof='tin'/>\n</yard>\n");
}

static void
needs(void **state)
{
    (void)state;
    becomes("<yard owner='x'/>", "<yard kind='open' depth='1'/>\n");
    becomes("<yard owner='x'><shed name='y'/><gate height='1'/></yard>",
            "<yard kind='open' depth='2'>\n  <gate height='1'/>\n  <shed name='y' roof='tin'/>\n</yard>\n");
    becomes("<yard owner='x'><gate height='1'/></yard>",
            "<yard kind='open' depth='2' owner='x'>\n  <gate height='1'/>\n</yard>\n");
    becomes("<yard guard='nobody'/>", "<yard kind='open' depth='1'/>\n");
    becomes("<yard guard='nobody else'/>", "<yard kind='open' depth='1' guard='nobody else'/>\n");
    refused("<yard kind='walled'/>", VIR_ERR_XML_ERROR, "<yard> needs the attribute 'guard'");
    becomes("<yard kind='walled'><gate height='1'/></yard>",
            "<yard kind='walled' depth='2'>\n  <gate height='1'/>\n</yard>\n");
}

/* They see defaults, and not what is as good as absent. */
static void
rules(void **state)
{
    (void)state;
    refused("<yard>\n <shed><note>new one</note></shed></yard>", VIR_ERR_NO_SUPPORT,
            "line 2, column 2: <shed>: tin rusts");
    refused("<yard><shed/><shed><note>wet</note></shed></yard>", VIR_ERR_NO_SUPPORT, "tin rusts");
    becomes("<yard><shed roof='slate'><note>wet</note></shed></yard>",
            "<yard kind='open' depth='1'>\n  <shed roof='slate'>\n    <note>wet</note>\n  </shed>\n</yard>\n");
    refused("<yard><gate lock='yes'/><shed/><shed><note>x</note></shed></yard>", VIR_ERR_CONFIG_UNSUPPORTED,
            "line 1, column 1: <yard>: notes need a gate that is open");
    becomes("<yard><gate lock='no'/><shed><note>x</note></shed></yard>",
            "<yard kind='open' depth='2'>\n  <shed roof='tin'>\n    <note>x</note>\n  </shed>\n</yard>\n");
    refused("<yard owner='ghost'><gate height='1'/></yard>", VIR_ERR_CONFIG_UNSUPPORTED, "<gate>: ghosts need no gate");
    refused("<yard><shed><note>secret</note></shed></yard>", VIR_ERR_OPERATION_DENIED, "this module keeps no secrets");
}

/* Code and words of a rule are the same with validation; our own files break none. */
static void
rules_and_flags(void **state)
{
    static const char xml[] = "<yard><shed><note>wet</note></shed></yard>";
    struct unit_yard_def *def;

    (void)state;
    assert_null(unit_yard_def_parse(xml, VIR_XML_VALIDATE));
    assert_error(VIR_ERR_NO_SUPPORT, "tin rusts");
    virResetLastError();
    def = unit_yard_def_parse(xml, VIR_XML_OWN);
    assert_non_null(def);
    unit_yard_def_free(def);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults), cmocka_unit_test(needs), cmocka_unit_test(rules),
        cmocka_unit_test(rules_and_flags),
    };

    return cmocka_run_group_tests_name("xml-rules", tests, NULL, NULL);
}
