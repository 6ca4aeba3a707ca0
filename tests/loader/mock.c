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
# ifdef BAD_TABLE
    .size = 7,
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
extern const struct vir_module JOIN(vir_module_, MODULE) __attribute__((visibility("default")));
const char vir_module_key = 0;
const struct vir_module JOIN(vir_module_, MODULE) = {
    .abi = VIR_MODULE_ABI,
# ifdef SHORT_STRUCT
    .size = offsetof(struct vir_module, load),
# else
    .size = sizeof(struct vir_module),
# endif
# ifdef WRONG_NAME
    .name = "somebody",
# else
    .name = TEXT(MODULE),
# endif
    .version = "1",
    .load = load,
    .connect = &connect_ops,
};
#endif
