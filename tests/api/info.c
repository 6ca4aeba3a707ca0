/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told of the host and of a domain, and what can be changed. */
#include <unistd.h>

#include "contract.h"

TEST(host)
{
    virConnectPtr conn = contract_open();
    unsigned long version;
    virNodeInfo node;
    char *text;

    CHECK_STR(virConnectGetType(conn), "TEST");
    CHECK_INT(virConnectGetVersion(conn, &version), 0);
    CHECK_INT(version, 2);
    CHECK_INT(virConnectGetLibVersion(conn, &version), 0);
    CHECK_INT(version, 9000000);
    CHECK((text = virConnectGetHostname(conn)) && *text);
    free(text);
    CHECK((text = virConnectGetURI(conn)));
    CHECK(strncmp(text, "test", 4) == 0);
    free(text);
    CHECK_INT(virConnectGetMaxVcpus(conn, "test"), 32);
    CHECK_INT(virConnectIsAlive(conn), 1);
    CHECK_INT(virConnectIsEncrypted(conn), contract_is_over("tls"));
    CHECK_INT(virConnectIsSecure(conn), !contract_is_over("tcp") && !contract_is_over("ext"));
    CHECK_INT(virNodeGetInfo(conn, &node), 0);
    CHECK_STR(node.model, "i686");
    CHECK_INT(node.memory, 3145728);
    CHECK_INT(node.cpus, 16);
    CHECK_INT(node.mhz, 1400);
    CHECK_INT(node.nodes, 2);
    CHECK_INT(node.sockets, 2);
    CHECK_INT(node.cores, 2);
    CHECK_INT(node.threads, 2);
    CHECK_INT(virNodeGetFreeMemory(conn), 3145728);
    contract_close(conn);
}

TEST(capabilities_name_the_guests)
{
    virConnectPtr conn = contract_open();
    char *caps = virConnectGetCapabilities(conn);

    CHECK(caps);
    CHECK(strncmp(caps, "<capabilities>\n", 15) == 0);
    CHECK(strstr(caps, "<os_type>hvm</os_type>"));
    CHECK(strstr(caps, "<emulator>/usr/bin/test-hv</emulator>"));
    free(caps);
    contract_close(conn);
}

TEST(cells)
{
    virConnectPtr conn = contract_open();
    unsigned long long free_memory[4];
    unsigned char *map = NULL;
    unsigned int online = 0;

    CHECK_INT(virNodeGetCPUMap(conn, &map, &online, 0), 8);
    CHECK_INT(online, 3);
    CHECK_INT(map ? map[0] : 0, 0x15);
    free(map);
    CHECK_INT(virNodeGetCPUMap(conn, NULL, NULL, 0), 8);
    CHECK_ERROR(virNodeGetCPUMap(conn, NULL, NULL, 1), -1, VIR_ERR_INVALID_ARG);
    CHECK_INT(virNodeGetCellsFreeMemory(conn, free_memory, 0, 4), 2);
    CHECK_INT(free_memory[1], 4194304);
    CHECK_INT(virNodeGetCellsFreeMemory(conn, free_memory, 1, 4), 1);
    CHECK_INT(free_memory[0], 4194304);
    CHECK_ERROR(virNodeGetCellsFreeMemory(conn, free_memory, 2, 4), -1, VIR_ERR_INVALID_ARG);
    contract_close(conn);
}

TEST(info_of_a_domain)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");
    virDomainInfo info;
    char *type;

    CHECK_INT(virDomainGetInfo(dom, &info), 0);
    CHECK_INT(info.state, VIR_DOMAIN_SHUTOFF);
    CHECK_INT(info.maxMem, 8192);
    CHECK_INT(info.memory, 8192);
    CHECK_INT(info.nrVirtCpu, 2);
    CHECK_INT(virDomainGetMaxMemory(dom), 8192);
    CHECK((type = virDomainGetOSType(dom)));
    CHECK_STR(type, "linux");
    free(type);
    CHECK_INT(virDomainHasManagedSaveImage(dom, 0), 0);
    CHECK_ERROR(virDomainGetInfo(dom, NULL), -1, VIR_ERR_INVALID_ARG);
    contract_remove(dom);
    contract_close(conn);
}

TEST(autostart)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");
    int on;

    CHECK_INT(virDomainGetAutostart(dom, &on), 0);
    CHECK_INT(on, 0);
    CHECK_INT(virDomainSetAutostart(dom, 1), 0);
    CHECK_INT(virDomainGetAutostart(dom, &on), 0);
    CHECK_INT(on, 1);
    contract_remove(dom);
    contract_close(conn);
}

TEST(memory)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");
    virDomainInfo info;

    CHECK_ERROR(virDomainSetMemory(dom, 4096), -1, VIR_ERR_OPERATION_INVALID);      /* live, and it is off */
    CHECK_INT(virDomainSetMemoryFlags(dom, 4096, VIR_DOMAIN_AFFECT_CONFIG), 0);
    CHECK_INT(virDomainGetInfo(dom, &info), 0);
    CHECK_INT(info.memory, 4096);
    CHECK_INT(virDomainSetMaxMemory(dom, 2048), 0);
    CHECK_INT(virDomainGetInfo(dom, &info), 0);
    CHECK_INT(info.maxMem, 2048);
    CHECK_INT(info.memory, 2048);
    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainSetMemory(dom, 1024), 0);
    CHECK_INT(virDomainGetInfo(dom, &info), 0);
    CHECK_INT(info.memory, 1024);
    CHECK_ERROR(virDomainSetMemory(dom, 999999), -1, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virDomainSetMaxMemory(dom, 4096), -1, VIR_ERR_OPERATION_INVALID);
    CHECK_INT(virDomainDestroy(dom), 0);
    CHECK_INT(virDomainGetInfo(dom, &info), 0);
    CHECK_INT(info.memory, 2048);       /* what was changed live is gone */
    contract_remove(dom);
    contract_close(conn);
}

TEST(vcpus)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");

    CHECK_INT(virDomainCreate(dom), 0);
    CHECK_INT(virDomainGetMaxVcpus(dom), 2);
    CHECK_INT(virDomainGetVcpusFlags(dom, VIR_DOMAIN_VCPU_CONFIG), 2);
    CHECK_INT(virDomainIsUpdated(dom), 0);
    CHECK_INT(virDomainSetVcpus(dom, 1), 0);
    CHECK_INT(virDomainGetVcpusFlags(dom, VIR_DOMAIN_VCPU_LIVE), 1);
    CHECK_INT(virDomainGetVcpusFlags(dom, VIR_DOMAIN_VCPU_CONFIG), 2);
    CHECK_INT(virDomainGetVcpusFlags(dom, VIR_DOMAIN_VCPU_LIVE | VIR_DOMAIN_VCPU_MAXIMUM), 2);
    CHECK_ERROR(virDomainSetVcpus(dom, 3), -1, VIR_ERR_INVALID_ARG);
    CHECK_ERROR(virDomainSetVcpus(dom, 0), -1, VIR_ERR_INVALID_ARG);
    CHECK_INT(virDomainSetVcpusFlags(dom, 4, VIR_DOMAIN_VCPU_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM), 0);
    CHECK_INT(virDomainGetVcpusFlags(dom, VIR_DOMAIN_VCPU_CONFIG | VIR_DOMAIN_VCPU_MAXIMUM), 4);
    contract_remove(dom);
    contract_close(conn);
}

/* ---- documents --------------------------------------------------------------------- */

static void
check_dump(virDomainPtr dom, unsigned int flags, const char *has, const char *lacks)
{
    char *xml = virDomainGetXMLDesc(dom, flags);

    CHECK(xml);
    if (!strstr(xml, has))
        contract_fail(__FILE__, __LINE__, "the document lacks \"%s\":\n%s", has, xml);
    if (lacks && strstr(xml, lacks))
        contract_fail(__FILE__, __LINE__, "the document has \"%s\":\n%s", lacks, xml);
    free(xml);
}

TEST(document)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");

    check_dump(dom, 0, "<domain type='test'>\n  <name>contract-", " id='");
    check_dump(dom, 0, "<memory unit='KiB'>8192</memory>\n"
                       "  <currentMemory unit='KiB'>8192</currentMemory>\n", NULL);
    check_dump(dom, 0, "<on_reboot>restart</on_reboot>", NULL);
    CHECK_INT(virDomainCreate(dom), 0);
    check_dump(dom, 0, "<domain type='test' id='", NULL);
    check_dump(dom, VIR_DOMAIN_XML_INACTIVE, "<domain type='test'>", " id='");
    check_dump(dom, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_UPDATE_CPU | VIR_DOMAIN_XML_MIGRATABLE,
               "<domain", NULL);
    CHECK_ERROR(virDomainGetXMLDesc(dom, 1u << 30), NULL, VIR_ERR_INVALID_ARG);
    contract_remove(dom);
    contract_close(conn);
}

/* A dump can be defined again and gives the same dump. */
TEST(document_round_trip)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a"), again;
    char *first = virDomainGetXMLDesc(dom, 0), *second;

    CHECK(first);
    CHECK_INT(virDomainUndefine(dom), 0);
    virDomainFree(dom);
    CHECK((again = virDomainDefineXML(conn, first)));
    CHECK((second = virDomainGetXMLDesc(again, 0)));
    CHECK_STR(second, first);
    free(first);
    free(second);
    contract_remove(again);
    contract_close(conn);
}

/* A record has the domain's own id, whatever the handle remembers. */
TEST(statistics_of_a_domain_that_was_stopped)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a"), other;
    virDomainPtr few[] = { dom, NULL };
    virDomainStatsRecordPtr *records;

    CHECK_INT(virDomainCreate(dom), 0);
    CHECK((other = virDomainLookupByName(conn, virDomainGetName(dom))));
    CHECK_INT(virDomainDestroy(other), 0);
    CHECK(virDomainGetID(dom) != (unsigned int)-1);
    CHECK_INT(virDomainListGetStats(few, VIR_DOMAIN_STATS_STATE, &records, 0), 1);
    CHECK_INT(virDomainGetID(records[0]->dom), (unsigned int)-1);
    virDomainStatsRecordListFree(records);
    virDomainFree(other);
    contract_remove(dom);
    contract_close(conn);
}

TEST(statistics_of_all)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = contract_define(conn, "a");
    virDomainPtr few[] = { dom, NULL };
    virDomainStatsRecordPtr *records;
    int state = -1;

    CHECK(virConnectGetAllDomainStats(conn, 0, &records, 0) >= 2);
    virDomainStatsRecordListFree(records);
    CHECK_INT(virConnectGetAllDomainStats(conn, VIR_DOMAIN_STATS_STATE, &records,
                                          VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER), 0);
    virDomainStatsRecordListFree(records);
    CHECK_INT(virDomainListGetStats(few, VIR_DOMAIN_STATS_STATE, &records, 0), 1);
    CHECK_STR(virDomainGetName(records[0]->dom), contract_name("a"));
    CHECK_INT(virTypedParamsGetInt(records[0]->params, records[0]->nparams, "state.state", &state), 1);
    CHECK_INT(state, VIR_DOMAIN_SHUTOFF);
    virDomainStatsRecordListFree(records);
    /* a group that the driver has not is not told, but the domain is */
    CHECK_INT(virDomainListGetStats(few, VIR_DOMAIN_STATS_PERF, &records,
                                    VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING), 1);
    CHECK_INT(records[0]->nparams, 0);
    virDomainStatsRecordListFree(records);
    CHECK_ERROR(virDomainListGetStats(few, VIR_DOMAIN_STATS_STATE | 1u << 20, &records,
                                      VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS), -1,
                VIR_ERR_ARGUMENT_UNSUPPORTED);
    contract_remove(dom);
    contract_close(conn);
}

/* ---- a host from a file -------------------------------------------------------------- */

static void
write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");

    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

#define REST "<memory>4096</memory><os><type>hvm</type></os></domain>"

TEST(host_from_a_file)
{
    char dir[] = "/tmp/contract-XXXXXX", node[64], domain[64], *text;
    virConnectPtr conn;
    virNodeInfo info;
    virDomainPtr dom;

    CHECK(mkdtemp(dir));
    CHECK(chdir(dir) == 0);
    snprintf(node, sizeof(node), "%s/node.xml", dir);
    snprintf(domain, sizeof(domain), "%s/domain.xml", dir);
    write_file(domain, "<domain type='test'><name>beside</name>" REST);
    write_file(node,
               "<node><cpu><mhz>6000</mhz><model>i986</model><active>50</active><nodes>4</nodes>"
               "<sockets>2</sockets><cores>4</cores><threads>2</threads></cpu><memory>6000000</memory>"
               "<domain file='domain.xml'/><domain type='test'><name>inline</name>" REST "</node>");
    CHECK((conn = virConnectOpen(contract_uri_of(node))));
    CHECK_INT(virNodeGetInfo(conn, &info), 0);
    CHECK_STR(info.model, "i986");
    CHECK_INT(info.cpus, 50);
    CHECK_INT(info.mhz, 6000);
    CHECK_INT(info.nodes, 4);
    CHECK_INT(info.memory, 6000000);
    CHECK_INT(virConnectNumOfDomains(conn), 2);
    CHECK((dom = virDomainLookupByName(conn, "beside")));
    CHECK_INT(virDomainGetID(dom), 1);
    virDomainFree(dom);
    CHECK((dom = virDomainLookupByID(conn, 2)));
    CHECK_STR(virDomainGetName(dom), "inline");
    virDomainFree(dom);
    contract_close(conn);

    write_file(node,
               "<node xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>"
               "<domain type='test'><name>off</name><test:runstate>5</test:runstate>" REST
               "<domain type='test'><name>paused</name><test:runstate>3</test:runstate><test:transient/>" REST
               "</node>");
    CHECK((conn = virConnectOpen(contract_uri_of(node))));
    CHECK_INT(virConnectNumOfDomains(conn), 1);
    CHECK((dom = virDomainLookupByName(conn, "off")));
    contract_state(dom, VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_SHUTOFF_UNKNOWN);
    virDomainFree(dom);
    CHECK((dom = virDomainLookupByName(conn, "paused")));
    contract_state(dom, VIR_DOMAIN_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN);
    CHECK_INT(virDomainIsPersistent(dom), 0);
    check_dump(dom, 0, "<domain type='test' id='1'>\n  <name>paused</name>", "test:");
    virDomainFree(dom);
    contract_close(conn);

    write_file(node, "<node/>");
    CHECK((conn = virConnectOpen(contract_uri_of(node))));
    CHECK_INT(virNodeGetInfo(conn, &info), 0);
    CHECK_INT(info.cpus, 16);
    CHECK_INT(virConnectNumOfDomains(conn), 0);
    CHECK((text = virConnectGetCapabilities(conn)));
    CHECK(strstr(text, "<cells num='0'>"));     /* however many it says */
    free(text);
    contract_close(conn);

    write_file(node, "<node><domain file='missing.xml'/></node>");
    CHECK(!virConnectOpen(contract_uri_of(node)));
    CHECK(strstr(virGetLastErrorMessage(), "missing.xml"));
    write_file(node, "<node><memory>much</memory></node>");
    CHECK_ERROR(virConnectOpen(contract_uri_of(node)), NULL, VIR_ERR_XML_ERROR);
    write_file(node, "<host/>");
    CHECK_ERROR(virConnectOpen(contract_uri_of(node)), NULL, VIR_ERR_XML_ERROR);
    CHECK_ERROR(virConnectOpen(contract_uri_of("/none/of/these.xml")), NULL, VIR_ERR_XML_ERROR);
    unlink(node);
    unlink(domain);
    rmdir(dir);
}

/* NAMES: what the program says, first the name, then the password. */
static int
say(virConnectCredentialPtr asked, unsigned int n, void *names)
{
    const char **said = names;

    CHECK_INT(n, 1);
    asked->result = strdup(said[asked->type == VIR_CRED_AUTHNAME ? 0 : 1]);
    asked->resultlen = (unsigned int)strlen(asked->result);
    return 0;
}

TEST(users_of_a_node_file)
{
    static int types[] = { VIR_CRED_AUTHNAME, VIR_CRED_PASSPHRASE };
    const char *said[2] = { "bob", "secret" };
    virConnectAuth auth = { .credtype = types, .ncredtype = 2, .cb = say, .cbdata = said };
    char node[] = "/tmp/contract-XXXXXX";
    int fd = mkstemp(node);
    virConnectPtr conn;

    CHECK(fd >= 0);
    close(fd);
    write_file(node, "<node><auth><user password='secret'>bob</user><user>eve</user></auth></node>");
    CHECK_ERROR(virConnectOpen(contract_uri_of(node)), NULL, VIR_ERR_INVALID_ARG);
    if (!contract_is_over("")) {        /* the daemon has nobody to ask */
        CHECK_ERROR(virConnectOpenAuth(contract_uri_of(node), &auth, 0), NULL, VIR_ERR_INVALID_ARG);
        unlink(node);
        return;
    }
    CHECK((conn = virConnectOpenAuth(contract_uri_of(node), &auth, 0)));
    contract_close(conn);
    said[1] = "wrong";
    CHECK_ERROR(virConnectOpenAuth(contract_uri_of(node), &auth, 0), NULL, VIR_ERR_AUTH_FAILED);
    said[0] = "joe";
    CHECK_ERROR(virConnectOpenAuth(contract_uri_of(node), &auth, 0), NULL, VIR_ERR_AUTH_FAILED);
    said[0] = "eve";
    CHECK((conn = virConnectOpenAuth(contract_uri_of(node), &auth, 0)));
    contract_close(conn);
    unlink(node);
}
