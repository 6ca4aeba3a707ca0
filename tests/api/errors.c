/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Errors: code, domain, level, words; where they are kept and who is told. */
#include <pthread.h>

#include "contract.h"

TEST(an_error_has_all_its_parts)
{
    virConnectPtr conn = contract_open();
    virErrorPtr err;

    CHECK(!virDomainLookupByName(conn, contract_name("nobody")));
    CHECK((err = virGetLastError()));
    CHECK_INT(err->code, VIR_ERR_NO_DOMAIN);
    CHECK_INT(err->domain, VIR_FROM_TEST);
    CHECK_INT(err->level, VIR_ERR_ERROR);
    CHECK(strncmp(err->message, "Domain not found: ", 18) == 0);
    CHECK(strstr(err->message, contract_name("nobody")));
    CHECK_INT(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
    CHECK_INT(virGetLastErrorDomain(), VIR_FROM_TEST);
    CHECK_STR(virGetLastErrorMessage(), err->message);
    contract_close(conn);
}

TEST(the_connection_keeps_its_last_error)
{
    virConnectPtr conn = contract_open();
    virError copy;
    virErrorPtr err;

    CHECK(!virDomainLookupByName(conn, contract_name("nobody")));
    virResetLastError();
    CHECK_INT(virGetLastErrorCode(), VIR_ERR_OK);
    CHECK((err = virConnGetLastError(conn)));
    CHECK_INT(err->code, VIR_ERR_NO_DOMAIN);
    memset(&copy, 0, sizeof(copy));
    CHECK(virConnCopyLastError(conn, &copy) >= 0);
    CHECK_INT(copy.code, VIR_ERR_NO_DOMAIN);
    virResetError(&copy);
    virConnResetLastError(conn);
    err = virConnGetLastError(conn);
    CHECK(!err || err->code == VIR_ERR_OK);
    contract_close(conn);
}

TEST(success_clears_the_last_error)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom;

    CHECK(!virDomainLookupByName(conn, contract_name("nobody")));
    CHECK((dom = virDomainLookupByName(conn, "test")));
    CHECK_INT(virGetLastErrorCode(), VIR_ERR_OK);
    virDomainFree(dom);
    contract_close(conn);
}

TEST(an_error_can_be_kept)
{
    virConnectPtr conn = contract_open();
    virErrorPtr saved;

    CHECK(!virDomainLookupByName(conn, contract_name("nobody")));
    CHECK((saved = virSaveLastError()));
    virResetLastError();
    CHECK_INT(saved->code, VIR_ERR_NO_DOMAIN);
    CHECK(strstr(saved->message, contract_name("nobody")));
    virFreeError(saved);
    contract_close(conn);
}

static int heard, heard_code;

static void
hear(void *opaque, virErrorPtr err)
{
    CHECK(opaque == &heard);
    heard++;
    heard_code = err->code;
}

TEST(callbacks_hear_of_errors)
{
    virConnectPtr conn = contract_open();

    virSetErrorFunc(&heard, hear);
    CHECK(!virDomainLookupByName(conn, contract_name("nobody")));
    CHECK_INT(heard, 1);
    CHECK_INT(heard_code, VIR_ERR_NO_DOMAIN);
    virConnSetErrorFunc(conn, &heard, hear);
    CHECK(!virDomainLookupByID(conn, -1));
    CHECK_INT(heard, 2);
    CHECK_INT(heard_code, VIR_ERR_INVALID_ARG);
    contract_close(conn);
}

static void *
fail_elsewhere(void *opaque)
{
    virConnectPtr conn = opaque;

    CHECK_INT(virGetLastErrorCode(), VIR_ERR_OK);
    CHECK(!virDomainLookupByID(conn, -1));
    CHECK_INT(virGetLastErrorCode(), VIR_ERR_INVALID_ARG);
    return NULL;
}

TEST(every_thread_has_its_own)
{
    virConnectPtr conn = contract_open();
    pthread_t thread;

    CHECK(!virDomainLookupByName(conn, contract_name("nobody")));
    CHECK_INT(pthread_create(&thread, NULL, fail_elsewhere, conn), 0);
    CHECK_INT(pthread_join(thread, NULL), 0);
    CHECK_INT(virGetLastErrorCode(), VIR_ERR_NO_DOMAIN);
    contract_close(conn);
}

TEST(what_nobody_implements)
{
    virConnectPtr conn = contract_open();
    virDomainPtr dom = virDomainLookupByName(conn, "test");

    CHECK(dom);
    CHECK_ERROR(virDomainInjectNMI(dom, 0), -1, VIR_ERR_NO_SUPPORT);
    CHECK(strstr(virGetLastErrorMessage(), "this function is not supported by the connection driver"));
    virDomainFree(dom);
    contract_close(conn);
}

TEST(a_uri_that_nobody_takes)
{
    CHECK(!virConnectOpen("nosuchscheme:///"));
    CHECK(virGetLastErrorCode() != VIR_ERR_OK);
    CHECK_ERROR(virConnectOpen(contract_uri_of("/")), NULL, VIR_ERR_INVALID_ARG);
}

/* ---- documents that cannot be ---------------------------------------------------- */

static void
refused(virConnectPtr conn, const char *xml, int code)
{
    CHECK_ERROR(virDomainDefineXML(conn, xml), NULL, code);
}

#define OS "<os><type>hvm</type></os></domain>"
#define WITH_DISK(disk) \
    "<domain type='test'><name>x</name><memory>1</memory><os><type>hvm</type></os><devices>" \
    "<disk type='file'>" disk "</disk></devices></domain>"

TEST(wrong_documents)
{
    virConnectPtr conn = contract_open();

    refused(conn, "", VIR_ERR_XML_DETAIL);
    refused(conn, "<domain", VIR_ERR_XML_DETAIL);
    refused(conn, "<network><name>x</name></network>", VIR_ERR_XML_ERROR);
    refused(conn, "<domain type='test'><memory>1</memory>" OS, VIR_ERR_NO_NAME);
    refused(conn, "<domain type='test'><name>x/y</name><memory>1</memory>" OS, VIR_ERR_XML_ERROR);
    refused(conn, "<domain type='test'><name>x</name><memory>0</memory>" OS, VIR_ERR_XML_ERROR);
    refused(conn, "<domain type='test'><name>x</name><memory unit='furlong'>1</memory>" OS,
            VIR_ERR_INVALID_ARG);
    refused(conn, "<domain type='nonesuch'><name>x</name><memory>1</memory>" OS, VIR_ERR_CONFIG_UNSUPPORTED);
    refused(conn, "<domain type='test'><name>x</name><uuid>no</uuid><memory>1</memory>" OS,
            VIR_ERR_INTERNAL_ERROR);
    refused(conn, WITH_DISK("<target dev='vda'/>"), VIR_ERR_NO_SOURCE);
    /* at once, not after a controller for every number */
    refused(conn, WITH_DISK("<source file='/x'/><target dev='sda' bus='scsi'/><address type='drive' "
                            "controller='4000000000' bus='0' target='0' unit='0'/>"), VIR_ERR_XML_ERROR);
    CHECK_ERROR(virDomainLookupByName(conn, "x"), NULL, VIR_ERR_NO_DOMAIN);
    contract_close(conn);
}

TEST(unknown_names_in_documents)
{
    virConnectPtr conn = contract_open();
    char xml[512];
    virDomainPtr dom;

    snprintf(xml, sizeof(xml), "<domain type='test'><name>%s</name><memory>8192</memory><nmae>x</nmae>"
             "<os><type>hvm</type></os></domain>", contract_name("a"));
    CHECK(!virDomainDefineXMLFlags(conn, xml, VIR_DOMAIN_DEFINE_VALIDATE));
    CHECK(strstr(virGetLastErrorMessage(), "nmae"));
    CHECK((dom = virDomainDefineXML(conn, xml)));
    contract_remove(dom);
    contract_close(conn);
}
