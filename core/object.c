/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Handles: made by modules, counted, and freed with the last reference.  The
 * texts of a handle follow its struct in one piece of memory.
 */
#include "object.h"

#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

/*
 * Handles come and go by the thousand: a thread cuts those of one owner from a block, one
 * behind the other, which is freed when the thread has left it for the next one and none of
 * its handles is left.  A block with handles holds one reference on their owner, for all of
 * them.  A connection lives long, and would keep a whole block: it has memory of its own, as
 * has everything where a sanitizer wants to see the end of each handle.
 */
#define BLOCK_SIZE 4096
#define BLOCK_PIECE_MAX 512
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAVE_BLOCKS 0
#else
#define HAVE_BLOCKS 1
#endif

/* In the count of a block's handles: a thread cuts from it. */
#define BLOCK_CURRENT (1 << 30)

struct vir_block {
    int count;                          /* atomic: its handles, and BLOCK_CURRENT */
    size_t used;                        /* of the thread that cuts, as the owner is */
    void *owner;
    _Alignas(max_align_t) char room[];
};

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static __thread struct vir_block *current __attribute__((tls_model("initial-exec")));

static void
leave_block(void *block)
{
    current = NULL;
    if (__atomic_sub_fetch(&((struct vir_block *)block)->count, BLOCK_CURRENT, __ATOMIC_ACQ_REL) == 0)
        free(block);
}

static void
make_key(void)
{
    pthread_key_create(&key, leave_block);
}

static struct vir_block *
new_block(void)
{
    struct vir_block *block = malloc(BLOCK_SIZE);

    if (!block)
        return NULL;
    block->count = BLOCK_CURRENT;
    pthread_once(&key_once, make_key);
    if (current)
        leave_block(current);
    current = block;
    pthread_setspecific(key, block);
    return block;
}

/* The block to cut SIZE bytes from for OWNER. */
static struct vir_block *
block_for(void *owner, size_t size)
{
    struct vir_block *block = current;

    if (block && __atomic_load_n(&block->count, __ATOMIC_ACQUIRE) != BLOCK_CURRENT) {
        if (block->owner == owner && sizeof(*block) + block->used + size <= BLOCK_SIZE)
            return block;
        block = NULL;
    }
    if (!block)
        block = new_block();
    if (block) {
        block->owner = owner;
        block->used = 0;
    }
    return block;
}

static struct vir_object *
cut(void *owner, size_t size)
{
    size_t padded = (size + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
    struct vir_block *block = block_for(owner, padded);
    struct vir_object *object;

    if (!block)
        return NULL;
    object = (void *)(block->room + block->used);
    memset(object, 0, size);
    object->block = block;
    block->used += padded;
    if (__atomic_fetch_add(&block->count, 1, __ATOMIC_RELAXED) == BLOCK_CURRENT)
        vir_object_ref(owner);
    return object;
}

/* Whether the block's reference on the owner goes with its last handle. */
static bool
release(struct vir_block *block)
{
    int left = __atomic_sub_fetch(&block->count, 1, __ATOMIC_ACQ_REL);

    if (left == 0)
        free(block);
    return left == 0 || left == BLOCK_CURRENT;
}

/* ---- counting ---- */

void *
vir_object_new(enum vir_kind kind, size_t size, void *owner)
{
    struct vir_object *object = HAVE_BLOCKS && owner && size <= BLOCK_PIECE_MAX ? cut(owner, size) : NULL;

    if (!object) {
        object = vir_alloc(size);
        if (owner)
            vir_object_ref(owner);
    }
    object->magic = VIR_OBJECT_MAGIC + kind;
    object->refs = 1;
    object->owner = owner;
    if (owner)
        object->conn = ((struct vir_object *)owner)->conn;
    return object;
}

void
vir_object_ref(void *object)
{
    __atomic_add_fetch(&((struct vir_object *)object)->refs, 1, __ATOMIC_RELAXED);
}

bool
vir_object_try_ref(void *handle)
{
    struct vir_object *object = handle;
    int refs = __atomic_load_n(&object->refs, __ATOMIC_RELAXED);

    while (refs > 0)
        if (__atomic_compare_exchange_n(&object->refs, &refs, refs + 1, true,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
    return false;
}

/* How many are left.  Who holds the only one of what has an owner need not ask the other processors:
 * nobody tries to take one more of it. */
static int
drop(struct vir_object *object)
{
    if (object->owner && __atomic_load_n(&object->refs, __ATOMIC_ACQUIRE) == 1)
        return 0;
    return __atomic_sub_fetch(&object->refs, 1, __ATOMIC_ACQ_REL);
}

int
vir_object_unref(void *handle)
{
    struct vir_object *object = handle;
    void *owner = object->owner;
    int left = drop(object);
    bool last = true;

    if (left > 0)
        return left;
    if (object->end)
        object->end(handle);
    object->magic = 0;
    free(object->asked);
    if (object->block)
        last = release(object->block);
    else
        free(object);
    if (owner && last)
        vir_object_unref(owner);
    return 0;
}

/* ---- for constructors ---- */

bool
vir_object_no_owner(enum vir_kind kind, const char *type)
{
    vir_raise(VIR_FROM_NONE, vir_kind_codes[kind], "a new %s", type);
    return false;
}

bool
vir_object_no_text(const char *type, const char *what)
{
    vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "the %s of a %s must not be empty", what, type);
    return false;
}

bool
vir_object_no_uuid(const char *type, const char *what)
{
    vir_raise(VIR_FROM_NONE, VIR_ERR_INVALID_ARG, "a %s must have a %s", type, what);
    return false;
}

size_t
vir_object_text_size(const char *text)
{
    return text ? strlen(text) + 1 : 1;
}

const char *
vir_object_put_text(char **place, const char *text)
{
    char *start = *place;

    *place = stpcpy(start, text ? text : "") + 1;
    return start;
}

/* The id is the one part of a handle that changes: a started domain has one. */
void
vir_domain_set_id(virDomainPtr dom, int id)
{
    __atomic_store_n(&dom->id, id, __ATOMIC_RELAXED);
}
