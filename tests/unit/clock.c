/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deadlines, and waits that end at them. */
#include "unit.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond;

static void
deadlines(void **state)
{
    (void)state;
    assert_in_range(vir_deadline_left(vir_deadline(60000)), 59000, 60000);
    assert_int_equal(vir_deadline_left(vir_deadline(0)), 0);
    assert_int_equal(vir_deadline_left(vir_deadline(-5)), 0);
    assert_int_equal(vir_deadline_left(0), 0);
    assert_int_equal(vir_deadline_left(INT64_MAX), INT32_MAX);
}

static void
nobody_signals(void **state)
{
    int64_t began = vir_now_ms();

    (void)state;
    pthread_mutex_lock(&lock);
    while (vir_cond_wait_until(&cond, &lock, began + 30))
        ;
    assert_true(vir_now_ms() - began >= 30);
    assert_false(vir_cond_wait_until(&cond, &lock, began));     /* and does not wait again */
    pthread_mutex_unlock(&lock);
}

static void *
signaller(void *opaque)
{
    pthread_mutex_lock(&lock);
    *(bool *)opaque = true;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void
somebody_signals(void **state)
{
    int64_t deadline = vir_deadline(60000);
    bool happened = false, in_time = true;
    pthread_t thread;

    (void)state;
    pthread_mutex_lock(&lock);
    assert_int_equal(pthread_create(&thread, NULL, signaller, &happened), 0);
    while (!happened && in_time)
        in_time = vir_cond_wait_until(&cond, &lock, deadline);
    assert_true(in_time);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadlines), cmocka_unit_test(nobody_signals), cmocka_unit_test(somebody_signals),
    };

    vir_cond_init(&cond);
    return cmocka_run_group_tests_name("unit/clock", tests, NULL, NULL);
}
