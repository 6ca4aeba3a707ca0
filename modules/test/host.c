/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is told about the imaginary host.  The figures are libvirt's of old:
 * other projects' tests compare them.
 */
#include <string.h>

#include "test.h"

#define CPUS_PER_CELL 8

/* The NUMA cells: memory in KiB, the size of their small pages and how many those are. */
static const struct {
    unsigned long long memory;
    unsigned int page_size, pages;
} cells[TEST_CELLS] = {
    { 2048 * 1024, 4, 524288 },
    { 4096 * 1024, 8, 524288 },
};

const char *
test_connect_get_type(virConnectPtr conn)
{
    (void)conn;
    return "TEST";
}

int
test_connect_get_version(virConnectPtr conn, unsigned long *ret_version)
{
    (void)conn;
    *ret_version = 2;
    return 0;
}

int
test_connect_get_max_vcpus(virConnectPtr conn, const char *type)
{
    (void)conn;
    (void)type;
    return 32;
}

int
test_node_get_info(virConnectPtr conn, virNodeInfoPtr ret_info)
{
    *ret_info = test_host_of(conn)->node;
    return 0;
}

unsigned long long
test_node_get_free_memory(virConnectPtr conn)
{
    unsigned long long sum = 0;

    for (size_t i = 0; i < test_host_of(conn)->n_cells; i++)
        sum += cells[i].memory / 2;
    return sum;
}

int
test_node_get_cells_free_memory(virConnectPtr conn, unsigned long long *ret_free, int first, int max)
{
    int n = 0, n_cells = (int)test_host_of(conn)->n_cells;

    if (first < 0 || first >= n_cells)
        return vir_error(VIR_ERR_INVALID_ARG, "no cell %d: the host has %d", first, n_cells);
    for (int i = first; i < n_cells && n < max; i++)
        ret_free[n++] = cells[i].memory;
    return n;
}

/* Every second one of the first is on, so that programs meet both. */
int
test_node_get_cpu_map(virConnectPtr conn, unsigned char **cpumap, unsigned int *online, unsigned int flags)
{
    (void)conn;
    (void)flags;                        /* none taken */
    if (cpumap) {
        *cpumap = vir_alloc(1);
        **cpumap = 1 << 0 | 1 << 2 | 1 << 4;
    }
    if (online)
        *online = 3;
    return 8;
}

int
test_node_get_security_model(virConnectPtr conn, virSecurityModelPtr ret_model)
{
    (void)conn;
    *ret_model = (virSecurityModel){ .model = "testSecurity", .doi = "" };
    return 0;
}

/* ---- capabilities ---------------------------------------------------------- */

static void
add_cell(struct vir_buf *buf, int cell)
{
    vir_buf_addf(buf, "        <cell id='%d'>\n", cell);
    vir_buf_addf(buf, "          <memory unit='KiB'>%llu</memory>\n", cells[cell].memory);
    vir_buf_addf(buf, "          <pages unit='KiB' size='%u'>%u</pages>\n", cells[cell].page_size,
                 cells[cell].pages);
    vir_buf_add(buf, "          <pages unit='KiB' size='2048'>0</pages>\n");
    vir_buf_add(buf, "          <pages unit='KiB' size='1048576'>0</pages>\n");
    vir_buf_addf(buf, "          <cpus num='%d'>\n", CPUS_PER_CELL);
    for (int i = 0; i < CPUS_PER_CELL; i++) {
        int id = cell * CPUS_PER_CELL + i;

        vir_buf_addf(buf, "            <cpu id='%d' socket_id='%d' die_id='0' core_id='%d' siblings='%d'/>\n",
                     id, cell, i, id);
    }
    vir_buf_add(buf, "          </cpus>\n        </cell>\n");
}

static void
add_guest(struct vir_buf *buf, const char *type)
{
    vir_buf_addf(buf,
                 "\n  <guest>\n"
                 "    <os_type>%s</os_type>\n"
                 "    <arch name='i686'>\n"
                 "      <wordsize>32</wordsize>\n"
                 "      <emulator>/usr/bin/test-hv</emulator>\n"
                 "      <domain type='test'/>\n"
                 "    </arch>\n"
                 "    <features>\n"
                 "      <pae/>\n"
                 "      <nonpae/>\n"
                 "    </features>\n"
                 "  </guest>\n", type);
}

char *
test_connect_get_capabilities(virConnectPtr conn)
{
    size_t n_cells = test_host_of(conn)->n_cells;
    struct vir_buf buf = {0};

    vir_buf_add(&buf,
                "<capabilities>\n\n"
                "  <host>\n"
                "    <cpu>\n"
                "      <arch>i686</arch>\n"
                "      <features>\n"
                "        <pae/>\n"
                "        <nonpae/>\n"
                "      </features>\n"
                "      <pages unit='KiB' size='4'/>\n"
                "      <pages unit='KiB' size='8'/>\n"
                "      <pages unit='KiB' size='2048'/>\n"
                "      <pages unit='KiB' size='1048576'/>\n"
                "    </cpu>\n"
                "    <power_management/>\n"
                "    <iommu support='no'/>\n"
                "    <topology>\n");
    vir_buf_addf(&buf, "      <cells num='%zu'>\n", n_cells);
    for (size_t i = 0; i < n_cells; i++)
        add_cell(&buf, (int)i);
    vir_buf_add(&buf,
                "      </cells>\n"
                "    </topology>\n"
                "    <secmodel>\n"
                "      <model>testSecurity</model>\n"
                "      <doi></doi>\n"
                "    </secmodel>\n"
                "  </host>\n");
    add_guest(&buf, "hvm");
    add_guest(&buf, "xen");
    vir_buf_add(&buf, "\n</capabilities>\n");
    return vir_buf_steal(&buf);
}
