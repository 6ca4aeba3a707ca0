/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told about the host: that it is this one, and that asking leaves no error behind. */
#include "unit-driver.h"

#include <sys/utsname.h>
#include <unistd.h>

static void
info(void **state)
{
    struct utsname name;
    virNodeInfo node, again;

    (void)state;
    vir_error(VIR_ERR_NO_NAME, "before");
    assert_int_equal(vir_node_info(&node), 0);
    assert_error(VIR_ERR_NO_NAME, "before");
    uname(&name);
    assert_string_equal(node.model, name.machine);
    assert_int_equal(node.cpus, sysconf(_SC_NPROCESSORS_ONLN));
    assert_int_equal(node.nodes * node.sockets * node.cores * node.threads, node.cpus);
    /* of the cells: a host that is a guest itself may have them grow while it runs */
    assert_in_range(node.memory, 1, (unsigned long)sysconf(_SC_PHYS_PAGES) * (unsigned long)(sysconf(_SC_PAGESIZE) / 1024));
    assert_int_equal(vir_node_info(&again), 0);
    assert_memory_equal(node.model, again.model, sizeof(node.model));
    assert_int_equal(node.cpus, again.cpus);
}

static void
hostname(void **state)
{
    char expected[256], *name;

    (void)state;
    assert_int_equal(gethostname(expected, sizeof(expected)), 0);
    assert_int_equal(vir_node_hostname(&name), 0);
    assert_true(strcmp(name, expected) == 0 || strchr(name, '.'));
    free(name);
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(info), cmocka_unit_test(hostname) };

    return cmocka_run_group_tests_name("node", tests, NULL, NULL);
}
