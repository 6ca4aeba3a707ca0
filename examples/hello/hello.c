/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hello: a libvirt driver module, complete and small.  Its hypervisor is imaginary:
 * hello:///NAME has one domain called NAME, which can be started and switched off.
 * Everything that it uses is in <libvirt/module.h> and what that includes.
 */
#define VIR_MODULE_DOMAIN VIR_FROM_NONE         /* errors of ours are nobody else's */
#define VIR_LOG_SOURCE "hello"                  /* LIBVIRT_LOG_FILTERS="1:hello" */
#include <libvirt/module.h>

#include <stdlib.h>
#include <string.h>

/* A function for every slot; those that are below exist. */
VIR_DECLARE_CALLS(hello);

/* What a list with filters wants to know of a domain, beside what its id says. */
static unsigned int
facts_of(const struct vir_store_entry *entry)
{
    return VIR_CONNECT_LIST_DOMAINS_PERSISTENT |
        vir_domain_state_flag(entry->id > 0 ? VIR_DOMAIN_RUNNING : VIR_DOMAIN_SHUTOFF);
}

/* What the objects of the store are, and the error where there is none. */
static const struct vir_store_kind domains = {
    "domain", VIR_MODULE_DOMAIN, VIR_ERR_NO_DOMAIN, .facts = facts_of,
};

/* What belongs to one connection. */
struct hello {
    struct vir_store *domains;
    struct vir_event_hub *events;
};

/* A domain: whether it runs is its id in the entry. */
struct hello_domain {
    struct vir_store_entry entry;               /* first, as the store wants it */
};

static struct hello *
hello_of(virConnectPtr conn)
{
    return vir_connect_data(conn);
}

/* ---- connections ---- */

static void
domain_free(struct vir_store_entry *entry)
{
    free(entry->name);
    free(entry);
}

static int
add_domain(struct hello *hello, const char *name)
{
    struct hello_domain *domain = VIR_NEW(struct hello_domain);

    domain->entry.name = vir_strdup(name);
    domain->entry.id = -1;
    if (vir_uuid_generate(domain->entry.uuid) < 0 || vir_store_add(hello->domains, &domain->entry) < 0) {
        domain_free(&domain->entry);
        return -1;
    }
    vir_store_unref(&domain->entry);            /* the store has its own reference */
    return 0;
}

int
hello_connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    const char *path = vir_connect_uri(conn)->path;
    struct hello *hello;

    (void)auth, (void)flags;
    if (strlen(path) < 2 || strchr(path + 1, '/')) {
        vir_error(VIR_ERR_INVALID_ARG, "'%s' is no name of a domain", path);
        vir_error_hint("hello:///NAME");
        return -1;
    }
    hello = VIR_NEW(struct hello);
    hello->domains = vir_store_new(&domains, domain_free);
    hello->events = vir_event_hub_new();
    vir_connect_set_data(conn, hello);
    vir_connect_set_domain_store(conn, hello->domains);
    vir_connect_set_events(conn, hello->events);
    if (add_domain(hello, path + 1) == 0)
        return 0;
    hello_connect_close(conn);                  /* nobody calls it after a failure */
    return -1;
}

int
hello_connect_close(virConnectPtr conn)
{
    struct hello *hello = hello_of(conn);

    vir_event_hub_free(hello->events);
    vir_store_free(hello->domains);
    free(hello);
    return 0;
}

const char *
hello_connect_get_type(virConnectPtr conn)
{
    (void)conn;
    return "hello";
}

/* ---- domains ---- */

int
hello_domain_get_state(virDomainPtr dom, int *state, int *reason, unsigned int flags)
{
    struct vir_store_entry *entry = vir_store_of(hello_of(vir_domain_connect(dom))->domains, dom);

    (void)flags;
    if (!entry)
        return -1;
    vir_store_lock(entry);
    *state = entry->id > 0 ? VIR_DOMAIN_RUNNING : VIR_DOMAIN_SHUTOFF;
    vir_store_unlock(entry);
    if (reason)
        *reason = 0;
    vir_store_unref(entry);
    return 0;
}

/* Gives the domain another id and tells who listens. */
static int
change(virDomainPtr dom, int id, int event)
{
    struct hello *hello = hello_of(vir_domain_connect(dom));
    struct vir_store_entry *entry = vir_store_of(hello->domains, dom);
    int rc = -1;

    if (!entry)
        return -1;
    vir_store_lock(entry);
    if ((entry->id > 0) == (id > 0)) {
        vir_error(VIR_ERR_OPERATION_INVALID, "domain '%s' is %s", entry->name, id > 0 ? "running" : "not running");
    } else {
        vir_store_set_id(hello->domains, entry, id);
        vir_domain_set_id(dom, id);
        rc = 0;
    }
    vir_store_unlock(entry);
    if (rc == 0)
        vir_event_emit(hello->events, vir_event_domain_lifecycle(entry->name, entry->uuid, id, event, 0));
    vir_store_unref(entry);
    return rc;
}

int
hello_domain_create_with_flags(virDomainPtr dom, unsigned int flags)
{
    (void)flags;
    return change(dom, 1, VIR_DOMAIN_EVENT_STARTED);
}

int
hello_domain_destroy_flags(virDomainPtr dom, unsigned int flags)
{
    (void)flags;
    return change(dom, -1, VIR_DOMAIN_EVENT_STOPPED);
}

/* ---- what the core sees ---- */

#define NO_WAIT VIR_SLOT_NONBLOCKING            /* memory only: libvirtd needs no thread for it */

/* { function, flags that it takes, traits }.  The plain forms (virDomainCreate, ...) come to those
 * with flags by themselves. */
static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = { hello_connect_open, 0, 0 },
    .connect_close = { hello_connect_close, 0, 0 },
    .connect_get_type = { hello_connect_get_type, 0, NO_WAIT },
};

static const struct vir_domain_ops domain_ops = {
    VIR_OPS(vir_domain_ops),
    VIR_STORED_DOMAIN(NO_WAIT),                 /* lists and look-ups */
    .domain_get_state = { hello_domain_get_state, 0, NO_WAIT },
    .domain_create_with_flags = { hello_domain_create_with_flags, 0, NO_WAIT },
    .domain_destroy_flags = { hello_domain_destroy_flags, VIR_DOMAIN_DESTROY_GRACEFUL, NO_WAIT },
};

VIR_MODULE_DEFINE(hello,
    "provides: connection\n"
    "schemes: hello\n"
    "description: the example for authors of modules\n",
    .version = "1",
    .connect = &connect_ops,
    .domain = &domain_ops,
);
