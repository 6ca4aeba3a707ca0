/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store: look-ups, refusals, lists, and many threads at once. */
#include "unit-driver.h"

#include <stdio.h>

struct item {
    struct vir_store_entry entry;
    bool persistent;
    int state;
};

static unsigned int
facts(const struct vir_store_entry *entry)
{
    const struct item *item = (const struct item *)entry;

    return vir_domain_state_flag(item->state) | (item->persistent ? VIR_CONNECT_LIST_DOMAINS_PERSISTENT : 0);
}

static const struct vir_store_kind things = { "thing", VIR_FROM_TEST, VIR_ERR_NO_SECRET, .facts = facts };
static int n_freed;

static void
item_free(struct vir_store_entry *entry)
{
    free(entry->name);
    free(entry);
    __atomic_add_fetch(&n_freed, 1, __ATOMIC_SEQ_CST);
}

/* Number N tells name, uuid and state of an item. */
static struct item *
item_new(int n)
{
    struct item *item = VIR_NEW(struct item);

    item->entry.name = vir_strdup_printf("guest%d", n);
    memcpy(item->entry.uuid, &n, sizeof(n));
    item->entry.id = n % 2 ? n : -1;
    item->persistent = n % 3 == 0;
    item->state = n % 2 ? VIR_DOMAIN_RUNNING : VIR_DOMAIN_SHUTOFF;
    return item;
}

static struct vir_store_entry *
add(struct vir_store *store, int n)
{
    struct item *item = item_new(n);

    assert_int_equal(vir_store_add(store, &item->entry), 0);
    return &item->entry;
}

/* What is not there is called by the noun of the kind, with its error. */
static void
not_found(void **state)
{
    const unsigned char uuid[VIR_UUID_BUFLEN] = { 9 };
    struct vir_store *store = vir_store_new(&things, item_free);
    struct vir_store_entry *entry = add(store, 7);

    (void)state;
    assert_null(vir_store_find_name(store, "none"));
    assert_error(VIR_ERR_NO_SECRET, "no thing with matching name 'none'");
    assert_int_equal(virGetLastErrorDomain(), VIR_FROM_TEST);
    assert_null(vir_store_find_uuid(store, uuid, NULL));
    assert_error(VIR_ERR_NO_SECRET, "no thing with matching uuid '09000000-0000-0000-0000-000000000000'");
    assert_null(vir_store_find_uuid(store, uuid, "old"));
    assert_error(VIR_ERR_NO_SECRET, "000000000000' (old)");
    assert_null(vir_store_find_id(store, 8));
    assert_error(VIR_ERR_NO_SECRET, "no thing with matching id 8");
    assert_ptr_equal(vir_store_find_name(store, "guest7"), entry);
    assert_ptr_equal(vir_store_find_uuid(store, entry->uuid, "another"), entry);
    assert_ptr_equal(vir_store_find_id(store, 7), entry);
    for (int i = 0; i < 4; i++)
        vir_store_unref(entry);
    vir_store_free(store);
}

static void
look_ups(void **state)
{
    struct vir_store *store = vir_store_new(&things, item_free);
    struct vir_store_entry *entry = add(store, 7), *found;

    (void)state;
    n_freed = 0;
    found = vir_store_by_name(store, "guest7");
    assert_ptr_equal(found, entry);
    vir_store_unref(found);
    found = vir_store_by_uuid(store, entry->uuid);
    assert_ptr_equal(found, entry);
    vir_store_unref(found);
    found = vir_store_by_id(store, 7);
    assert_ptr_equal(found, entry);
    vir_store_unref(found);
    assert_null(vir_store_by_name(store, "guest8"));
    assert_null(vir_store_by_id(store, -1));
    vir_store_lock(entry);
    vir_store_set_id(store, entry, 9);
    vir_store_unlock(entry);
    assert_null(vir_store_by_id(store, 7));
    assert_int_equal(vir_store_count(store, true), 1);
    vir_store_set_id(store, entry, -1);
    assert_null(vir_store_by_id(store, 9));
    assert_int_equal(vir_store_count(store, false), 1);
    vir_store_remove(store, entry);
    vir_store_remove(store, entry);
    assert_true(entry->dead);
    assert_null(vir_store_by_name(store, "guest7"));
    assert_int_equal(n_freed, 0);
    assert_null(vir_store_unref(entry));
    assert_int_equal(n_freed, 1);
    assert_null(vir_store_free(store));
}

static void
no_twins(void **state)
{
    struct vir_store *store = vir_store_new(&things, item_free);
    struct vir_store_entry *first = add(store, 1);
    struct item *twin = item_new(2);

    (void)state;
    free(twin->entry.name);
    twin->entry.name = vir_strdup("guest1");
    assert_int_equal(vir_store_add(store, &twin->entry), -1);
    assert_error(VIR_ERR_OPERATION_FAILED, "thing 'guest1' already exists with uuid 01000000-0000-");
    free(twin->entry.name);
    twin->entry.name = vir_strdup("other");
    memcpy(twin->entry.uuid, first->uuid, sizeof(first->uuid));
    assert_int_equal(vir_store_add(store, &twin->entry), -1);
    assert_error(VIR_ERR_OPERATION_FAILED, "thing 'guest1' is already defined with uuid 01000000-");
    item_free(&twin->entry);
    vir_store_unref(first);
    n_freed = 0;
    vir_store_free(store);
    assert_int_equal(n_freed, 1);
}

static void
lists(void **state)
{
    struct vir_store *store = vir_store_new(&things, item_free);
    struct vir_store_entry **list;
    size_t n;

    (void)state;
    for (int i = 0; i < 12; i++)
        vir_store_unref(add(store, i));
    n = vir_store_list(store, &list);
    assert_int_equal(n, 12);
    for (int i = 0; i < 12; i++)
        assert_int_equal(memcmp(list[i]->uuid, &i, sizeof(i)), 0);
    vir_store_list_free(list, n);
#define COUNT(flags) vir_store_list_domains(store, NULL, NULL, flags)
    assert_int_equal(COUNT(0), 12);
    assert_int_equal(COUNT(VIR_CONNECT_LIST_DOMAINS_ACTIVE), 6);
    assert_int_equal(COUNT(VIR_CONNECT_LIST_DOMAINS_ACTIVE | VIR_CONNECT_LIST_DOMAINS_INACTIVE), 12);
    assert_int_equal(COUNT(VIR_CONNECT_LIST_DOMAINS_PERSISTENT), 4);
    assert_int_equal(COUNT(VIR_CONNECT_LIST_DOMAINS_PERSISTENT | VIR_CONNECT_LIST_DOMAINS_RUNNING), 2);
    assert_int_equal(COUNT(VIR_CONNECT_LIST_DOMAINS_PAUSED | VIR_CONNECT_LIST_DOMAINS_OTHER), 0);
    assert_int_equal(COUNT(VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT), 0);
    assert_int_equal(COUNT(VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE), 12);
    vir_store_free(store);
}

/* Threads add, look up, list, change ids and remove their own and each other's. */
enum { THREADS = 8, ROUNDS = 3000 };

struct worker { struct vir_store *store; int number, added, removed; };

static void
one_round(struct worker *worker, unsigned int *seed)
{
    int n = rand_r(seed) % 64;
    struct item *item = item_new(n);
    char name[32];
    struct vir_store_entry *entry, **list;

    if (vir_store_add(worker->store, &item->entry) == 0) {
        worker->added++;
        vir_store_unref(&item->entry);
    } else {
        item_free(&item->entry);
        __atomic_sub_fetch(&n_freed, 1, __ATOMIC_SEQ_CST);
    }
    snprintf(name, sizeof(name), "guest%d", rand_r(seed) % 64);
    entry = vir_store_by_name(worker->store, name);
    if (entry) {
        vir_store_lock(entry);
        vir_store_set_id(worker->store, entry, entry->id < 0 ? worker->number * ROUNDS + n + 1000 : -1);
        vir_store_unlock(entry);
        if (rand_r(seed) % 4 == 0)
            vir_store_remove(worker->store, entry);
        vir_store_unref(entry);
    }
    if (rand_r(seed) % 50 == 0) {
        size_t count = vir_store_list(worker->store, &list);

        vir_store_list_free(list, count);
    }
}

static void *
work(void *opaque)
{
    struct worker *worker = opaque;
    unsigned int seed = (unsigned int)worker->number;

    for (int i = 0; i < ROUNDS; i++)
        one_round(worker, &seed);
    return NULL;
}

/* What takes an entry's place has its uuid, and its own name; who waits for the entry's job gives up. */
static void
replacing(void **state)
{
    struct vir_store *store = vir_store_new(&things, item_free);
    struct vir_store_entry *first = add(store, 1), *entry = add(store, 2), *last = add(store, 3), **list;
    struct vir_store_entry *taken = &item_new(3)->entry, *now = &item_new(2)->entry;

    (void)state;
    n_freed = 0;
    assert_int_equal(vir_job_begin(entry, "rename", 1000), 0);
    assert_int_equal(vir_store_replace(store, entry, taken, "rename"), -1);
    assert_error(VIR_ERR_OPERATION_INVALID, "thing with name 'guest3' already exists");
    item_free(taken);
    free(now->name);
    now->name = vir_strdup("another");
    for (int back = 0; back < 2; back++) {
        assert_int_equal(vir_store_replace(store, entry, now, "rename"), 0);
        assert_true(entry->dead && !now->dead);
        assert_null(vir_store_by_name(store, "guest2"));
        assert_ptr_equal(vir_store_by_name(store, "another"), now);
        assert_ptr_equal(vir_store_by_uuid(store, entry->uuid), now);
        assert_int_equal(vir_store_list(store, &list), 3);
        assert_true(list[0] == first && list[1] == now && list[2] == last);
        vir_store_list_free(list, 3);
        assert_int_equal(vir_job_begin(now, "another", 0), -1);         /* the caller has it */
        vir_store_unref(now);
        vir_store_unref(now);
        if (back == 0) {
            assert_int_equal(vir_store_replace(store, now, entry, NULL), 0);
            assert_ptr_equal(vir_store_by_name(store, "guest2"), entry);
            vir_store_unref(entry);
        }
    }
    vir_job_end(entry);
    assert_int_equal(vir_job_begin(entry, "late", 1000), -1);
    assert_error(VIR_ERR_NO_SECRET, "was removed meanwhile");
    vir_store_unref(entry);
    assert_int_equal(n_freed, 2);
    vir_store_unref(now);
    vir_store_unref(first);
    vir_store_unref(last);
    vir_store_free(store);
    assert_int_equal(n_freed, 5);
}

static void
many_threads(void **state)
{
    struct vir_store *store = vir_store_new(&things, item_free);
    struct worker workers[THREADS] = { { 0 } };
    pthread_t threads[THREADS];
    int added = 0;

    (void)state;
    n_freed = 0;
    for (int i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ .store = store, .number = i };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        added += workers[i].added;
    }
    vir_store_free(store);
    assert_true(added > 100);
    assert_int_equal(n_freed, added);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_found), cmocka_unit_test(look_ups), cmocka_unit_test(no_twins), cmocka_unit_test(replacing), cmocka_unit_test(lists),
        cmocka_unit_test(many_threads),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
