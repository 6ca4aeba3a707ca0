/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The calls that a driver module implements.  Printed from api/.
 *
 * Every slot is a function with what the module promises about it: `flags` is
 * the mask of flags that the function takes (the core refuses all others),
 * `traits` are enum vir_slot_traits.  An empty slot is answered with
 * VIR_ERR_NO_SUPPORT.  A slot's number never changes; new ones are appended.
 *
 * What holds for all: -1, 0 or NULL with the thread's error is failure, as the public
 * call has it.  Handles are live ones of this connection, pointers are not NULL where no
 * word says that they may be, counts are not negative.  Arguments are borrowed for the
 * call; "new" is from malloc and the caller frees it.  Results are written on success
 * only.  Slots are called from any thread, several at a time.
 */
#ifndef LIBVIRT_MODULE_CALLS_H
#define LIBVIRT_MODULE_CALLS_H

/* The tables by number. */
enum vir_table {
    VIR_TABLE_CONNECT,
    VIR_TABLE_DOMAIN,
    VIR_TABLE_SNAPSHOT,
    VIR_TABLE_CHECKPOINT,
    VIR_TABLE_INTERFACE,
    VIR_TABLE_NETWORK,
    VIR_TABLE_NODEDEV,
    VIR_TABLE_NWFILTER,
    VIR_TABLE_SECRET,
    VIR_TABLE_STORAGE,
    VIR_TABLE_QEMU,
    VIR_TABLE_LXC,
    VIR_TABLE_STREAM,
    VIR_TABLE_LAST
};

/* Those of a module, in the order of struct vir_module. */
#define VIR_TABLES(TABLE) \
    TABLE(connect) TABLE(domain) TABLE(snapshot) TABLE(checkpoint) TABLE(interface) TABLE(network) TABLE(nodedev) TABLE(nwfilter) TABLE(secret) TABLE(storage) TABLE(qemu) TABLE(lxc)

struct vir_connect_ops {
    uint32_t size, reserved;
};

struct vir_domain_ops {
    uint32_t size, reserved;
    struct { virDomainPtr (*call)(virConnectPtr conn, const char *name);
             uint32_t flags, traits; } domain_lookup_by_name; /* 0 */
    struct { int (*call)(virDomainPtr domain, virSmallInfoPtr info);
             uint32_t flags, traits; } domain_get_info; /* 1 */
    /* to is absolute */
    struct { int (*call)(virDomainPtr domain, const char *to); uint32_t flags, traits; } domain_save; /* 2 */
    /* to is absolute */
    struct { int (*call)(virDomainPtr domain, const char *to, unsigned int flags);
             uint32_t flags, traits; } domain_save_flags; /* 3 */
    /* domains becomes a new array of handles, NULL behind the last; NULL only counts; gives their
     * number */
    struct { int (*call)(virConnectPtr conn, virDomainPtr **domains, unsigned int flags);
             uint32_t flags, traits; } connect_list_all_domains; /* 4 */
    struct { int (*call)(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap, int maplen);
             uint32_t flags, traits; } domain_pin; /* 5 */
    /* gives a new text */
    struct { char *(*call)(virDomainPtr domain, virDomainPtr to);
             uint32_t flags, traits; } domain_move; /* 6 */
    struct { virDomainPtr (*call)(virConnectPtr conn, int id);
             uint32_t flags, traits; } domain_lookup_by_id; /* 7 */
    struct { int (*call)(virDomainPtr domain, const char *name, unsigned int way);
             uint32_t flags, traits; } domain_rename; /* 8 */
    struct { int (*call)(virConnectPtr conn); uint32_t flags, traits; } num_of_domains; /* 9 */
    /* names takes at most maxnames new texts; gives their number */
    struct { int (*call)(virConnectPtr conn, char ** const names, int maxnames);
             uint32_t flags, traits; } list_domain_names; /* 10 */
};

struct vir_snapshot_ops {
    uint32_t size, reserved;
};

struct vir_checkpoint_ops {
    uint32_t size, reserved;
};

struct vir_interface_ops {
    uint32_t size, reserved;
};

struct vir_network_ops {
    uint32_t size, reserved;
    /* networks becomes a new array of handles, NULL behind the last; NULL only counts; gives their
     * number */
    struct { int (*call)(virConnectPtr conn, virNetworkPtr **networks, unsigned int flags);
             uint32_t flags, traits; } connect_list_all_networks; /* 0 */
    struct { int (*call)(virConnectPtr conn); uint32_t flags, traits; } connect_num_of_networks; /* 1 */
    struct { virNetworkPtr (*call)(virConnectPtr conn, const unsigned char *uuid);
             uint32_t flags, traits; } network_lookup_by_uuid; /* 2 */
    /* gives 1 or 0 */
    struct { int (*call)(virNetworkPtr net); uint32_t flags, traits; } network_is_active; /* 3 */
};

struct vir_nodedev_ops {
    uint32_t size, reserved;
};

struct vir_nwfilter_ops {
    uint32_t size, reserved;
};

struct vir_secret_ops {
    uint32_t size, reserved;
};

struct vir_storage_ops {
    uint32_t size, reserved;
};

struct vir_qemu_ops {
    uint32_t size, reserved;
};

struct vir_lxc_ops {
    uint32_t size, reserved;
};

struct vir_stream_ops {
    uint32_t size, reserved;
};

/* Slots by number. */
#define VIR_SLOTS_CONNECT 0

#define VIR_SLOT_domain_lookup_by_name 0
#define VIR_SLOT_domain_get_info 1
#define VIR_SLOT_domain_save 2
#define VIR_SLOT_domain_save_flags 3
#define VIR_SLOT_connect_list_all_domains 4
#define VIR_SLOT_domain_pin 5
#define VIR_SLOT_domain_move 6
#define VIR_SLOT_domain_lookup_by_id 7
#define VIR_SLOT_domain_rename 8
#define VIR_SLOT_num_of_domains 9
#define VIR_SLOT_list_domain_names 10
#define VIR_SLOTS_DOMAIN 11

#define VIR_SLOTS_SNAPSHOT 0

#define VIR_SLOTS_CHECKPOINT 0

#define VIR_SLOTS_INTERFACE 0

#define VIR_SLOT_connect_list_all_networks 0
#define VIR_SLOT_connect_num_of_networks 1
#define VIR_SLOT_network_lookup_by_uuid 2
#define VIR_SLOT_network_is_active 3
#define VIR_SLOTS_NETWORK 4

#define VIR_SLOTS_NODEDEV 0

#define VIR_SLOTS_NWFILTER 0

#define VIR_SLOTS_SECRET 0

#define VIR_SLOTS_STORAGE 0

#define VIR_SLOTS_QEMU 0

#define VIR_SLOTS_LXC 0

#define VIR_SLOTS_STREAM 0

/* Declares a function for every slot: VIR_DECLARE_CALLS(test); declares test_domain_suspend and
 * all others, of which the module defines those that it has. */
#define VIR_DECLARE_CALLS(module) \
    virDomainPtr module##_domain_lookup_by_name(virConnectPtr conn, const char *name); \
    int module##_domain_get_info(virDomainPtr domain, virSmallInfoPtr info); \
    int module##_domain_save(virDomainPtr domain, const char *to); \
    int module##_domain_save_flags(virDomainPtr domain, const char *to, unsigned int flags); \
    int module##_connect_list_all_domains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags); \
    int module##_domain_pin(virDomainPtr domain, unsigned int vcpu, unsigned char *cpumap, int maplen); \
    char *module##_domain_move(virDomainPtr domain, virDomainPtr to); \
    virDomainPtr module##_domain_lookup_by_id(virConnectPtr conn, int id); \
    int module##_domain_rename(virDomainPtr domain, const char *name, unsigned int way); \
    int module##_num_of_domains(virConnectPtr conn); \
    int module##_list_domain_names(virConnectPtr conn, char ** const names, int maxnames); \
    int module##_connect_list_all_networks(virConnectPtr conn, virNetworkPtr **networks, unsigned int flags); \
    int module##_connect_num_of_networks(virConnectPtr conn); \
    virNetworkPtr module##_network_lookup_by_uuid(virConnectPtr conn, const unsigned char *uuid); \
    int module##_network_is_active(virNetworkPtr net)

/* ---- events ---- */

/* Families of events; their numbers are those of the public
 * enums, a QEMU monitor event has number 0. */
enum vir_event_family {
    VIR_EVENT_DOMAIN,
    VIR_EVENT_NETWORK,
    VIR_EVENT_STORAGE_POOL,
    VIR_EVENT_NODE_DEVICE,
    VIR_EVENT_SECRET,
    VIR_EVENT_QEMU_MONITOR,
    VIR_EVENT_CONNECTION, /* that it closed: vir_connect_closed */
    VIR_EVENT_FAMILIES
};

/* Constructors: strings and arrays are copied; never NULL. */
struct vir_event *vir_event_domain_change(const char *name, const unsigned char *uuid, int id, int state,
        const char *reason);

#endif
