/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Addresses of names: what is known at once, what comes later, and what never comes in time. */
#include "unit-driver.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/socket.h>

#include "rpc/resolve.h"

/* In place of the library's: "slow.test" waits until it may go on, "six.test" has no address by ADDRCONFIG. */
static sem_t may_go_on, was_freed;
static pthread_t asked_by;
static int n_asked;                     /* atomic */

int
getaddrinfo(const char *restrict host, const char *restrict service, const struct addrinfo *restrict want,
            struct addrinfo **restrict ret)
{
    static const struct addrinfo found = { .ai_family = AF_INET6, .ai_socktype = SOCK_STREAM };

    asked_by = pthread_self();
    __atomic_add_fetch(&n_asked, 1, __ATOMIC_SEQ_CST);
    if (strcmp(service, "16509") != 0 || want->ai_socktype != SOCK_STREAM)
        return EAI_SERVICE;
    if (want->ai_flags & AI_NUMERICHOST && *host != '1')
        return EAI_NONAME;
    if (strcmp(host, "slow.test") == 0)
        sem_wait(&may_go_on);
    if (strcmp(host, "six.test") == 0 && want->ai_flags & AI_ADDRCONFIG)
        return EAI_ADDRFAMILY;
    if (strcmp(host, "nobody.test") == 0)
        return EAI_NONAME;
    errno = EIO;
    if (strcmp(host, "broken.test") == 0)
        return EAI_SYSTEM;
    *ret = malloc(sizeof(found));
    **ret = found;
    return 0;
}

void
freeaddrinfo(struct addrinfo *list)
{
    free(list);
    sem_post(&was_freed);
}

static void
addresses(void **state)
{
    struct addrinfo *list;

    (void)state;
    assert_int_equal(rpc_resolve("192.0.2.1", 16509, vir_deadline(0), &list), 0);
    assert_int_equal(n_asked, 1);
    assert_true(pthread_equal(asked_by, pthread_self()));       /* an address costs no thread */
    freeaddrinfo(list);
}

static void
names(void **state)
{
    struct addrinfo *list;

    (void)state;
    assert_int_equal(rpc_resolve("host.test", 16509, vir_deadline(20000), &list), 0);
    assert_int_equal(list->ai_family, AF_INET6);
    freeaddrinfo(list);
    assert_int_equal(rpc_resolve("six.test", 16509, vir_deadline(20000), &list), 0);
    freeaddrinfo(list);
    assert_int_equal(rpc_resolve("nobody.test", 16509, vir_deadline(20000), &list), EAI_NONAME);
    assert_null(list);
    assert_int_equal(rpc_resolve("broken.test", 16509, vir_deadline(20000), &list), EAI_SYSTEM);
    assert_int_equal(errno, EIO);
}

static void
late(void **state)
{
    int64_t began = vir_deadline(0);
    struct addrinfo *list;

    (void)state;
    while (sem_trywait(&was_freed) == 0)
        ;
    assert_int_equal(rpc_resolve("slow.test", 16509, vir_deadline(50), &list), EAI_SYSTEM);
    assert_int_equal(errno, ETIMEDOUT);
    assert_null(list);
    assert_true(vir_deadline(0) - began < 5000);
    sem_post(&may_go_on);
    sem_wait(&was_freed);               /* by the thread, for nobody waits any more */
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(addresses), cmocka_unit_test(names), cmocka_unit_test(late) };

    sem_init(&may_go_on, 0, 0);
    sem_init(&was_freed, 0, 0);
    return cmocka_run_group_tests_name("resolve", tests, NULL, NULL);
}
