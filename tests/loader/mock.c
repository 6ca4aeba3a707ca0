/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A module that is good, or has the one defect that the Makefile names.  Its
 * hypervisor has no guests; what it is asked, it answers "mock".
 */
#include <libvirt/module.h>

#undef NDEBUG
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

#ifndef SCHEME
# define SCHEME MODULE
#endif
#ifdef BAD_WORDS
# define NOTE "module: " TEXT(MODULE) "\nprovides: connection\nskeme: " TEXT(SCHEME) "\n"
#else
# define NOTE "module: " TEXT(MODULE) "\nprovides: connection\nschemes: " TEXT(SCHEME) "\n"
#endif

#ifdef NO_ENTRY
int mock_is_here;
#else

static const char *
get_type(virConnectPtr conn)
{
    (void)conn;
    return "mock";
}

static const struct vir_connect_ops connect_ops = {
# if defined(BAD_TABLE)
    .size = 7,
# elif defined(OLDER)
    .size = 8 + 16 * (VIR_SLOT_connect_get_type + 1),
# else
    VIR_OPS(vir_connect_ops),
# endif
    .connect_get_type = { get_type, 0, VIR_SLOT_NONBLOCKING },
};

static int
load(const struct vir_host *host)
{
# if defined(LOAD_FAILS)
    (void)host;
    vir_raise(VIR_FROM_NONE, VIR_ERR_CONFIG_UNSUPPORTED, "the mock wants no work");
    vir_error_hint("give it some");
    return -1;
# elif defined(LOAD_ASSERTS)
    assert(!"the mock has a bad day" && host);
    return 0;
# elif defined(LOAD_FAILS_ONCE)
    static int n;

    if (!host->inhibit || n++)          /* in a trial it works */
        return 0;
    return vir_raise(VIR_FROM_NONE, VIR_ERR_OPERATION_FAILED, "the mock is not awake yet");
# elif defined(LOAD_HANGS)
    while (host)
        pause();
    return 0;
# elif defined(LOAD_CRASHES)
    *(volatile int *)(uintptr_t)(host->size - sizeof(*host)) = 1;
    return 0;
# else
    return host->size >= sizeof(*host) && host->state_dir ? 0 : -1;
# endif
}

# if defined(CONSTRUCTOR_ABORTS)
__attribute__((constructor)) static void
constructor(void)
{
    abort();
}
# elif defined(CONSTRUCTOR_HANGS)
__attribute__((constructor)) static void
constructor(void)
{
    for (;;)
        pause();
}
# elif defined(CONSTRUCTOR_TALKS)
__attribute__((constructor)) static void
constructor(void)
{
    static const char noise[] = "error=this is no answer\n";

    if (write(STDOUT_FILENO, noise, strlen(noise)) < 0 || write(STDERR_FILENO, noise, strlen(noise)) < 0)
        abort();
}
# elif defined(UNRESOLVED)
int mock_symbol_that_nobody_has(void);
int (*mock_pointer)(void) = mock_symbol_that_nobody_has;
# endif

# ifdef NEW_ABI
VIR_MODULE_DEFINE_NOTE(VIR_MODULE_ABI + 7, NOTE);
# else
VIR_MODULE_DEFINE_NOTE(VIR_MODULE_ABI, NOTE);
# endif
# ifdef NEWER
struct newer { struct vir_module known; void *unknown[8]; };
#  define ENTRY const struct newer JOIN(vir_module_, MODULE)
#  define ENTRY_SIZE sizeof(struct newer)
# else
#  define ENTRY const struct vir_module JOIN(vir_module_, MODULE)
#  define ENTRY_SIZE sizeof(struct vir_module)
# endif

extern ENTRY __attribute__((visibility("default")));
const char vir_module_key = 0;
ENTRY = {
# ifdef NEWER
    .known = {
# endif
    .abi = VIR_MODULE_ABI,
# if defined(OLDER)
    .size = offsetof(struct vir_module, domain),
# elif defined(SHORT_STRUCT)
    .size = offsetof(struct vir_module, load),
# else
    .size = ENTRY_SIZE,
# endif
# ifdef WRONG_NAME
    .name = "somebody",
# else
    .name = TEXT(MODULE),
# endif
    .version = "1",
    .load = load,
    .connect = &connect_ops,
# ifdef NEWER
    },
    .unknown = { (void *)1 },
# endif
};
#endif
