/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Jobs: one at a time, deadlines, objects that go away meanwhile; long ones and what goes beside them. */
#include "unit-driver.h"
#include "../../driver/store-private.h"

#include <unistd.h>

static struct vir_store *store;
static struct vir_store_entry *entry;
static const struct vir_store_kind things = { "thing", VIR_FROM_TEST, VIR_ERR_NO_SECRET };

static void
entry_free(struct vir_store_entry *old)
{
    free(old->name);
    free(old);
}

static int
setup(void **state)
{
    (void)state;
    store = vir_store_new(&things, entry_free);
    entry = VIR_NEW(struct vir_store_entry);
    entry->name = vir_strdup("guest");
    entry->id = -1;
    return vir_store_add(store, entry);
}

static int
teardown(void **state)
{
    (void)state;
    vir_store_unref(entry);
    vir_store_free(store);
    return 0;
}

static void
busy_names_the_holder(void **state)
{
    int64_t start = vir_now_ms();

    (void)state;
    assert_int_equal(vir_job_begin(entry, "start", 100), 0);
    assert_int_equal(vir_job_begin(entry, "destroy", 100), -1);
    assert_true(vir_now_ms() - start >= 99 && vir_now_ms() - start < 2000);
    assert_error(VIR_ERR_OPERATION_TIMEOUT,
                 "cannot destroy thing 'guest': another call (start) has been changing it since ");
    assert_int_equal(vir_job_begin(entry, "destroy", 0), -1);
    vir_job_end(entry);
    assert_int_equal(vir_job_begin(entry, "destroy", 0), 0);
    vir_job_end(entry);
}

static int counter;

static void *
count(void *opaque)
{
    (void)opaque;
    for (int i = 0; i < 200; i++) {
        int before;

        if (vir_job_begin(entry, "count", 20000) < 0)
            return (void *)1;
        before = __atomic_load_n(&counter, __ATOMIC_RELAXED);
        if (i % 50 == 0)
            usleep(100);
        __atomic_store_n(&counter, before + 1, __ATOMIC_RELAXED);
        vir_job_end(entry);
    }
    return NULL;
}

static void
one_at_a_time(void **state)
{
    pthread_t threads[8];
    void *failed;

    (void)state;
    counter = 0;
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count, NULL), 0);
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    assert_int_equal(counter, 1600);
}

static void *
wait_for_it(void *opaque)
{
    const virError *error;

    (void)opaque;
    if (vir_job_begin(entry, "start", 20000) == 0)
        return NULL;
    error = virGetLastError();
    return (void *)(intptr_t)(error ? error->code : 0);
}

static void
removed_meanwhile(void **state)
{
    int64_t start = vir_now_ms();
    pthread_t thread;
    void *code;

    (void)state;
    assert_int_equal(vir_job_begin(entry, "undefine", 0), 0);
    assert_int_equal(pthread_create(&thread, NULL, wait_for_it, NULL), 0);
    usleep(20000);
    vir_store_remove(store, entry);
    vir_job_end(entry);
    pthread_join(thread, &code);
    assert_int_equal((intptr_t)code, VIR_ERR_NO_SECRET);
    assert_true(vir_now_ms() - start < 5000);
}

/* Whoever made a domain has its first job; whoever waits finds it gone, if the end of the job says so. */
static void
added_with_a_job(void **state)
{
    struct vir_store_entry *other = VIR_NEW(struct vir_store_entry);
    pthread_t thread;
    void *code;

    (void)state;
    other->name = vir_strdup("other");
    other->uuid[0] = 1;
    other->id = -1;
    assert_int_equal(vir_store_add_with_job(store, other, "define"), 0);
    assert_int_equal(vir_job_begin(other, "start", 0), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "another call (define)");
    vir_store_unref(entry);
    entry = other;
    assert_int_equal(pthread_create(&thread, NULL, wait_for_it, NULL), 0);
    usleep(20000);
    vir_store_lock(other);
    vir_job_end_locked(other);
    vir_store_remove(store, other);
    vir_store_unlock(other);
    pthread_join(thread, &code);
    assert_int_equal((intptr_t)code, VIR_ERR_NO_SECRET);
}

/* Until N calls wait for the job. */
static void
until_waiting(unsigned int n)
{
    unsigned int waiting;

    do {
        usleep(1000);
        vir_store_lock(entry);
        waiting = store_part(entry)->n_waiting;
        vir_store_unlock(entry);
    } while (waiting != n);
}

static int order[6], n_order;           /* with the job */

static void *
take_a_turn(void *opaque)
{
    if (vir_job_begin(entry, "wait", 20000) == 0) {
        order[n_order++] = *(int *)opaque;
        vir_job_end(entry);
    }
    return NULL;
}

/* Whoever comes while others wait is behind them, also where the job is free at that moment; one that
 * gives up leaves its place. */
static void
in_order(void **state)
{
    static int numbers[5] = { 1, 2, 3, 4, 5 };
    pthread_t threads[5];

    (void)state;
    n_order = 0;
    assert_int_equal(vir_job_begin(entry, "start", 0), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_a_turn, &numbers[i]), 0);
        until_waiting((unsigned int)i + 1);
        assert_int_equal(vir_job_begin(entry, "impatient", 1), -1);
    }
    vir_job_end(entry);
    assert_int_equal(vir_job_begin(entry, "last", 20000), 0);
    assert_int_equal(n_order, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(order[i], i + 1);
    vir_job_end(entry);
    for (int i = 0; i < 5; i++)
        pthread_join(threads[i], NULL);
}

static void *
wait_in_vain(void *opaque)
{
    (void)opaque;
    assert_int_equal(vir_job_begin(entry, "wait", 20000), -1);
    return NULL;
}

static void
queue_is_bounded(void **state)
{
    pthread_t threads[100];
    int64_t began = vir_now_ms();

    (void)state;
    assert_int_equal(vir_job_begin(entry, "start", 0), 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, wait_in_vain, NULL), 0);
    until_waiting(100);
    assert_int_equal(vir_job_begin(entry, "destroy", 20000), -1);
    assert_error(VIR_ERR_OPERATION_FAILED, "cannot destroy thing 'guest': 100 other calls wait to change it");
    assert_true(vir_now_ms() - began < 10000);
    vir_store_lock(entry);
    vir_store_remove(store, entry);     /* all give up at once */
    vir_store_unlock(entry);
    for (int i = 0; i < 100; i++)
        pthread_join(threads[i], NULL);
    vir_job_end(entry);
}

/* ---- long jobs -------------------------------------------------------------------- */

static int n_aborts;

static int
note_abort(struct vir_store_entry *old)
{
    n_aborts += old == entry;
    return 0;
}

static const struct vir_job_long save = {
    .what = "save", .beside = VIR_JOB_QUERY | VIR_JOB_DESTROY, .operation = VIR_DOMAIN_JOB_OPERATION_SAVE,
    .abort = note_abort,
};

/* Beside a long job go the kinds that it allows, also past those which wait for its end. */
static void
beside_a_long_one(void **state)
{
    static int number = 1;
    pthread_t thread;

    (void)state;
    n_order = 0;
    assert_int_equal(vir_job_begin_long(entry, &save, 0), 0);
    assert_int_equal(vir_job_begin(entry, "change", 0), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "cannot change thing 'guest': another call (save) has been");
    assert_int_equal(vir_job_begin_long(entry, &save, 0), -1);
    assert_int_equal(vir_job_begin_kind(entry, VIR_JOB_SUSPEND, "suspend", 0), -1);
    assert_int_equal(pthread_create(&thread, NULL, take_a_turn, &number), 0);
    until_waiting(1);
    assert_int_equal(vir_job_begin_kind(entry, VIR_JOB_QUERY, "ask", 0), 0);
    assert_int_equal(vir_job_begin_kind(entry, VIR_JOB_DESTROY, "destroy", 0), -1);
    assert_error(VIR_ERR_OPERATION_TIMEOUT, "another call (ask)");
    vir_job_end(entry);
    assert_int_equal(vir_job_begin_kind(entry, VIR_JOB_DESTROY, "destroy", 0), 0);
    vir_job_end(entry);
    assert_int_equal(n_order, 0);
    vir_job_end_long(entry, VIR_DOMAIN_JOB_COMPLETED);
    pthread_join(thread, NULL);
    assert_int_equal(n_order, 1);
}

static unsigned long long
figure(virTypedParameterPtr params, int n, const char *name)
{
    unsigned long long value = ~0ull;

    assert_int_equal(virTypedParamsGetULLong(params, n, name, &value), 1);
    return value;
}

/* What is told of a long job while it goes and, once, when it has ended. */
static void
progress_is_told(void **state)
{
    const struct vir_job_progress progress = { .memory = { 100, 60, 40 }, .file = { 7, 3, 4 } };
    virTypedParameterPtr params;
    virDomainJobInfo info;
    int type, n;

    (void)state;
    assert_int_equal(vir_job_held_ms(entry), -1);
    vir_job_info(entry, &info);
    assert_int_equal(info.type, VIR_DOMAIN_JOB_NONE);
    assert_int_equal(vir_job_begin_long(entry, &save, 0), 0);
    usleep(3000);
    vir_job_set_progress(entry, &progress);
    vir_job_info(entry, &info);
    assert_int_equal(info.type, VIR_DOMAIN_JOB_UNBOUNDED);
    assert_true(info.timeElapsed >= 3 && info.timeElapsed < 5000 && vir_job_held_ms(entry) >= 3);
    assert_int_equal(info.dataTotal, 107);
    assert_int_equal(info.memProcessed, 60);
    assert_int_equal(info.fileRemaining, 4);
    assert_int_equal(vir_job_stats(entry, &type, &params, &n, VIR_DOMAIN_JOB_STATS_COMPLETED), 0);
    assert_true(type == VIR_DOMAIN_JOB_NONE && n == 0);
    vir_job_end_long(entry, VIR_DOMAIN_JOB_FAILED);
    assert_int_equal(vir_job_stats(entry, &type, &params, &n, VIR_DOMAIN_JOB_STATS_COMPLETED |
                                   VIR_DOMAIN_JOB_STATS_KEEP_COMPLETED), 0);
    assert_int_equal(type, VIR_DOMAIN_JOB_FAILED);
    assert_int_equal(figure(params, n, VIR_DOMAIN_JOB_DATA_PROCESSED), 63);
    assert_int_equal(figure(params, n, VIR_DOMAIN_JOB_DISK_TOTAL), 7);
    virTypedParamsFree(params, n);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(vir_job_stats(entry, &type, &params, &n, VIR_DOMAIN_JOB_STATS_COMPLETED), 0);
        assert_int_equal(type, i == 0 ? VIR_DOMAIN_JOB_FAILED : VIR_DOMAIN_JOB_NONE);
        virTypedParamsFree(params, n);
    }
}

static void
abort_reaches_it(void **state)
{
    (void)state;
    n_aborts = 0;
    assert_int_equal(vir_job_begin(entry, "short", 0), 0);
    assert_int_equal(vir_job_abort(entry), -1);
    assert_error(VIR_ERR_OPERATION_INVALID, "no job is active on thing 'guest'");
    vir_job_end(entry);
    assert_int_equal(vir_job_begin_long(entry, &save, 0), 0);
    assert_false(vir_job_is_aborted(entry));
    assert_int_equal(vir_job_abort(entry), 0);
    assert_true(vir_job_is_aborted(entry) && n_aborts == 1);
    vir_job_end_long(entry, VIR_DOMAIN_JOB_CANCELLED);
    assert_int_equal(vir_job_begin_long(entry, &save, 0), 0);
    assert_false(vir_job_is_aborted(entry));
    vir_job_end_long(entry, VIR_DOMAIN_JOB_COMPLETED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(busy_names_the_holder, setup, teardown),
        cmocka_unit_test_setup_teardown(one_at_a_time, setup, teardown),
        cmocka_unit_test_setup_teardown(removed_meanwhile, setup, teardown),
        cmocka_unit_test_setup_teardown(added_with_a_job, setup, teardown),
        cmocka_unit_test_setup_teardown(in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(queue_is_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(beside_a_long_one, setup, teardown),
        cmocka_unit_test_setup_teardown(progress_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(abort_reaches_it, setup, teardown),
    };

    return cmocka_run_group_tests_name("jobs", tests, NULL, NULL);
}
