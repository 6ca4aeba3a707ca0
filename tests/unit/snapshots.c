/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tree of a domain's snapshots, and what a new one leaves out. */
#include "unit-driver.h"

#include <stdio.h>
#include <unistd.h>

static int n_freed;

static void
free_document(void *document)
{
    n_freed += document != NULL;
}

static struct vir_snapshot *
put(struct vir_snapshots *set, const char *name, const char *parent)
{
    return vir_snapshots_put(set, name, parent, vir_snapshot_facts("running", false), (void *)&n_freed);
}

/* a - b - c
 *   - d - e     f */
static struct vir_snapshots *
forest(void)
{
    struct vir_snapshots *set = vir_snapshots_new(free_document);

    put(set, "a", NULL);
    put(set, "b", "a");
    put(set, "c", "b");
    put(set, "d", "a");
    put(set, "e", "d");
    put(set, "f", NULL);
    n_freed = 0;
    return set;
}

static void
below_are(struct vir_snapshots *set, const char *name, const char *wanted)
{
    struct vir_snapshot **list;
    size_t n = vir_snapshots_below(set, name ? vir_snapshots_find(set, name) : NULL, &list);
    char names[32] = "";

    for (size_t i = 0; i < n; i++)
        strcat(names, list[i]->name);
    free(list);
    assert_string_equal(names, wanted);
}

static void
parents_come_first(void **state)
{
    struct vir_snapshots *set = forest();

    (void)state;
    below_are(set, NULL, "abcdef");
    below_are(set, "a", "bcde");
    below_are(set, "d", "e");
    below_are(set, "c", "");
    assert_null(vir_snapshot_parent(set, vir_snapshots_find(set, "f")));
    assert_string_equal(vir_snapshot_parent(set, vir_snapshots_find(set, "e"))->name, "d");
    assert_null(vir_snapshots_find(set, "g"));
    vir_snapshots_free(set);
    assert_int_equal(n_freed, 6);
}

static void
children_go_to_the_parent(void **state)
{
    struct vir_snapshots *set = forest();

    (void)state;
    vir_snapshots_set_current(set, vir_snapshots_find(set, "d"));
    vir_snapshots_remove(set, vir_snapshots_find(set, "d"));
    below_are(set, "a", "bce");
    assert_string_equal(vir_snapshots_current(set)->name, "a");
    vir_snapshots_remove(set, vir_snapshots_find(set, "a"));
    below_are(set, NULL, "fbce");
    assert_null(vir_snapshots_current(set));
    assert_int_equal(vir_snapshots_count(set), 4);
    assert_int_equal(n_freed, 2);
    vir_snapshots_free(set);
}

static void
one_is_put_anew(void **state)
{
    struct vir_snapshots *set = forest();

    (void)state;
    vir_snapshots_put(set, "b", "f", 0, (void *)set);
    below_are(set, "f", "bc");
    assert_int_equal(n_freed, 1);
    vir_snapshots_put(set, "b", NULL, 0, (void *)set);          /* its own document stays */
    assert_int_equal(n_freed, 1);
    below_are(set, "b", "c");
    vir_snapshots_free(set);
}

static void
refused(const char *name, const char *parent, const char *says)
{
    struct vir_snapshots *set = forest();

    assert_int_equal(vir_snapshots_check_parent(set, name, parent), -1);
    assert_string_equal(virGetLastErrorMessage(), says);
    vir_snapshots_free(set);
}

static void
no_circle(void **state)
{
    (void)state;
    refused("a", "a", "invalid argument: cannot set moment a as its own parent");
    refused("a", "e", "invalid argument: parent e would create cycle to a");
    refused("a", "z", "invalid argument: parent z for moment a not found");
}

static void
other_domain_or_state(void **state)
{
    const unsigned char ours[VIR_UUID_BUFLEN] = { 1 }, theirs[VIR_UUID_BUFLEN] = { 2 };
    struct vir_snapshot_said said = {
        "a", NULL, true, true, theirs, "one", NULL, vir_snapshot_facts("running", false),
    };
    struct vir_snapshots *set = forest();

    (void)state;
    assert_int_equal(vir_snapshots_check_redefined(set, &said, ours), -1);
    said.uuid = ours;
    assert_int_equal(vir_snapshots_check_redefined(set, &said, ours), 0);
    said.domain_was = "two";
    assert_int_equal(vir_snapshots_check_redefined(set, &said, ours), -1);
    assert_string_equal(virGetLastErrorMessage(), "unsupported configuration: Target domain name 'one' does not match source 'two'");
    said.domain_was = "one";
    said.facts = vir_snapshot_facts("shutoff", false);
    assert_int_equal(vir_snapshots_check_redefined(set, &said, ours), -1);
    said.facts = vir_snapshot_facts("disk-snapshot", true);
    assert_int_equal(vir_snapshots_check_redefined(set, &said, ours), -1);
    said.name = "..";
    assert_int_equal(vir_snapshots_check_redefined(set, &said, ours), -1);
    vir_snapshots_free(set);
}

static void
disks_get_their_places(void **state)
{
    char source[] = "/tmp/unit-snapshots-XXXXXX";
    int fd = mkstemp(source);
    struct vir_snapshot_disk disks[] = {
        { .target = "vda", .source = source },
        { .target = "hda", .left_out = true },
        { .target = "vdb", .source = source, .domain_says = VIR_SNAPSHOT_NO },
        { .target = "vdc", .source = source, .file = (char *)"/new" },
    };

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(vir_snapshot_complete_disks(disks, 4, "s", VIR_SNAPSHOT_EXTERNAL, false), 0);
    assert_int_equal(disks[0].place, VIR_SNAPSHOT_EXTERNAL);
    assert_string_equal(disks[0].file + strlen(source), ".s");
    assert_int_equal(disks[1].place, VIR_SNAPSHOT_NO);
    assert_int_equal(disks[2].place, VIR_SNAPSHOT_NO);
    assert_int_equal(disks[3].place, VIR_SNAPSHOT_EXTERNAL);
    assert_int_equal(vir_snapshot_complete_disks(&disks[3], 1, "s", VIR_SNAPSHOT_INTERNAL, true), -1);
    free(disks[0].file);
    close(fd);
    unlink(source);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parents_come_first), cmocka_unit_test(children_go_to_the_parent), cmocka_unit_test(one_is_put_anew),
        cmocka_unit_test(no_circle), cmocka_unit_test(other_domain_or_state), cmocka_unit_test(disks_get_their_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
