/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The frame of the API contract tests.  TEST(name) { ... } is all that a test
 * needs: it registers itself, runs in a process of its own with a time limit,
 * and fails if it leaves descriptors open.  A failed CHECK ends it.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

struct contract_test {
    const char *name;
    void (*run)(void);
    bool events;                        /* the default event loop is registered before */
    void *reserved;                     /* rows of 32 bytes: no gaps between them in the section */
};

#define CONTRACT_TEST(ident, with_events)                                     \
    static void test_##ident(void);                                           \
    static const struct contract_test row_##ident                             \
        __attribute__((used, no_reorder, section("contract_tests"), aligned(8))) =        \
        { #ident, test_##ident, with_events, NULL };                          \
    static void test_##ident(void)
#define TEST(ident) CONTRACT_TEST(ident, false)
#define EVENT_TEST(ident) CONTRACT_TEST(ident, true)

/* The URI under test, and the same with another path ("/tmp/node.xml"). */
extern const char *contract_uri;
const char *contract_uri_of(const char *path);
/* How it gets to the daemon: "unix", "tcp", "tls", "ssh", "ext" ...; "": in process. */
const char *contract_transport(void);
bool contract_is_over(const char *transport);

void contract_fail(const char *file, int line, const char *fmt, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

#define CHECK(condition)                                                      \
    do {                                                                      \
        if (!(condition))                                                     \
            contract_fail(__FILE__, __LINE__, "%s (last error: %s)", #condition, virGetLastErrorMessage()); \
    } while (0)
#define CHECK_INT(got, wanted)                                                \
    do {                                                                      \
        long long g_ = (got), w_ = (wanted);                                  \
        if (g_ != w_)                                                         \
            contract_fail(__FILE__, __LINE__, "%s is %lld, not %lld (last error: %s)", #got, g_, w_, \
                          virGetLastErrorMessage());                          \
    } while (0)
#define CHECK_STR(got, wanted)                                                \
    do {                                                                      \
        const char *g_ = (got), *w_ = (wanted);                               \
        if (!g_ || strcmp(g_, w_) != 0)                                       \
            contract_fail(__FILE__, __LINE__, "%s is '%s', not '%s'", #got, g_ ? g_ : "(null)", w_); \
    } while (0)
/* The call fails (its result compares equal to FAILURE) with that code, and says so. */
#define CHECK_ERROR(call, failure, wanted_code)                               \
    do {                                                                      \
        virResetLastError();                                                  \
        if ((call) != (failure))                                              \
            contract_fail(__FILE__, __LINE__, "%s succeeded", #call);         \
        if (virGetLastErrorCode() != (wanted_code))                           \
            contract_fail(__FILE__, __LINE__, "%s gives error %d (%s), not %d", #call, \
                          virGetLastErrorCode(), virGetLastErrorMessage(), wanted_code); \
        if (!*virGetLastErrorMessage())                                       \
            contract_fail(__FILE__, __LINE__, "%s fails without a message", #call); \
    } while (0)

/* ---- fixtures: they fail the test themselves ------------------------------- */

virConnectPtr contract_open(void);
virConnectPtr contract_open_read_only(void);
void contract_close(virConnectPtr conn);        /* the last reference */
/* A document of a small domain whose name begins with this process's own prefix;
 * in a static buffer of a few turns. */
const char *contract_name(const char *name);
const char *contract_xml(const char *name);
virDomainPtr contract_define(virConnectPtr conn, const char *name);
/* Stops and undefines, whatever state it is in, and frees the handle. */
void contract_remove(virDomainPtr dom);
void contract_state(virDomainPtr dom, int state, int reason);
/* Runs the event loop until *COUNT reaches WANTED; false after five seconds. */
bool contract_pump(const int *count, int wanted);
/* Runs it for a moment, for events that must not come. */
void contract_pump_some(void);

#endif
