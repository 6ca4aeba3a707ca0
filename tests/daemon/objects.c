/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A driver for the tests of permissions: OBJECTS_N objects (2 without it) of every
 * kind that there are permissions on, "mine" with the uuid 01..., "yours" with the
 * uuid 02..., "o3" and so on.  It finds them, lists them and hands out one thing about
 * each; what it hands out tells by which name it was asked.
 */
#define VIR_MODULE_DOMAIN VIR_FROM_TEST
#include <libvirt/module.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct vir_event_hub *hub;
static int how_many = 2;

struct about { char name[16]; unsigned char uuid[VIR_UUID_BUFLEN]; };

static struct about
number(int i)
{
    struct about about = { .uuid = { (unsigned char)(i + 1), (unsigned char)((i + 1) >> 8) } };

    if (i < 2)
        strcpy(about.name, i ? "yours" : "mine");
    else
        snprintf(about.name, sizeof(about.name), "o%d", i + 1);
    return about;
}

/* ---- making, finding, listing: alike for all kinds ------------------------------ */

#define MAKE(kind, ptr, owner, made) \
    static ptr make_##kind(owner o, struct about a) { return made; }

MAKE(domain, virDomainPtr, virConnectPtr, vir_domain_new(o, a.name, a.uuid, a.uuid[0]))
MAKE(network, virNetworkPtr, virConnectPtr, vir_network_new(o, a.name, a.uuid))
MAKE(port, virNetworkPortPtr, virNetworkPtr, vir_network_port_new(o, a.uuid))
MAKE(pool, virStoragePoolPtr, virConnectPtr, vir_storage_pool_new(o, a.name, a.uuid))
MAKE(nwfilter, virNWFilterPtr, virConnectPtr, vir_nwfilter_new(o, a.name, a.uuid))
MAKE(binding, virNWFilterBindingPtr, virConnectPtr, vir_nwfilter_binding_new(o, a.name, "filter"))
MAKE(iface, virInterfacePtr, virConnectPtr, vir_interface_new(o, a.name, "52:54:00:00:00:01"))
MAKE(nodedev, virNodeDevicePtr, virConnectPtr, vir_node_device_new(o, a.name))

static virSecretPtr
make_secret(virConnectPtr conn, struct about a)
{
    int type = a.uuid[0] % 2 ? VIR_SECRET_USAGE_TYPE_VOLUME : VIR_SECRET_USAGE_TYPE_CEPH;

    return vir_secret_new(conn, a.uuid, type, a.name);
}

static virStorageVolPtr
make_vol(virStoragePoolPtr pool, struct about a)
{
    VIR_AUTO_FREE char *key = vir_strdup_printf("/%s/%s", vir_storage_pool_name(pool), a.name);

    return vir_storage_vol_new(vir_storage_pool_connect(pool), vir_storage_pool_name(pool), a.name, key);
}

#define BY_NAME(kind, ptr, owner, code)                                             \
    static ptr                                                                      \
    name_##kind(owner o, const char *name)                                          \
    {                                                                               \
        for (int i = 0; i < how_many; i++)                                          \
            if (strcmp(number(i).name, name) == 0)                                  \
                return make_##kind(o, number(i));                                   \
        return vir_error_null(code, "nothing has the name '%s'", name);             \
    }
#define BY_UUID(kind, ptr, owner, code)                                             \
    static ptr                                                                      \
    uuid_##kind(owner o, const unsigned char *uuid)                                 \
    {                                                                               \
        for (int i = 0; i < how_many; i++)                                          \
            if (memcmp(number(i).uuid, uuid, VIR_UUID_BUFLEN) == 0)                 \
                return make_##kind(o, number(i));                                   \
        return vir_error_null(code, "nothing has the uuid %02x...", uuid[0]);       \
    }
#define LIST(kind, ptr, owner)                                                      \
    static int                                                                      \
    list_##kind(owner o, ptr **ret, unsigned int flags)                             \
    {                                                                               \
        (void)flags;                                                                \
        if (ret)                                                                    \
            *ret = vir_alloc_array((size_t)how_many + 1, sizeof(**ret));            \
        for (int i = 0; ret && i < how_many; i++)                                   \
            (*ret)[i] = make_##kind(o, number(i));                                  \
        return how_many;                                                            \
    }
#define KIND(kind, ptr, owner, code) BY_NAME(kind, ptr, owner, code) LIST(kind, ptr, owner)

KIND(domain, virDomainPtr, virConnectPtr, VIR_ERR_NO_DOMAIN)
BY_UUID(domain, virDomainPtr, virConnectPtr, VIR_ERR_NO_DOMAIN)
KIND(network, virNetworkPtr, virConnectPtr, VIR_ERR_NO_NETWORK)
BY_UUID(network, virNetworkPtr, virConnectPtr, VIR_ERR_NO_NETWORK)
BY_UUID(port, virNetworkPortPtr, virNetworkPtr, VIR_ERR_NO_NETWORK_PORT)
LIST(port, virNetworkPortPtr, virNetworkPtr)
KIND(pool, virStoragePoolPtr, virConnectPtr, VIR_ERR_NO_STORAGE_POOL)
BY_UUID(pool, virStoragePoolPtr, virConnectPtr, VIR_ERR_NO_STORAGE_POOL)
KIND(vol, virStorageVolPtr, virStoragePoolPtr, VIR_ERR_NO_STORAGE_VOL)
KIND(nwfilter, virNWFilterPtr, virConnectPtr, VIR_ERR_NO_NWFILTER)
BY_UUID(nwfilter, virNWFilterPtr, virConnectPtr, VIR_ERR_NO_NWFILTER)
KIND(binding, virNWFilterBindingPtr, virConnectPtr, VIR_ERR_NO_NWFILTER_BINDING)
KIND(iface, virInterfacePtr, virConnectPtr, VIR_ERR_NO_INTERFACE)
KIND(nodedev, virNodeDevicePtr, virConnectPtr, VIR_ERR_NO_NODE_DEVICE)
BY_UUID(secret, virSecretPtr, virConnectPtr, VIR_ERR_NO_SECRET)
LIST(secret, virSecretPtr, virConnectPtr)

static virDomainPtr
id_domain(virConnectPtr conn, int id)
{
    return id > 0 && id <= how_many ? make_domain(conn, number(id - 1))
                                    : vir_error_null(VIR_ERR_NO_DOMAIN, "nothing has the id %d", id);
}

static virSecretPtr
usage_secret(virConnectPtr conn, int type, const char *id)
{
    (void)type;
    for (int i = 0; i < how_many; i++)
        if (strcmp(number(i).name, id) == 0)
            return make_secret(conn, number(i));
    return vir_error_null(VIR_ERR_NO_SECRET, "nothing is used by '%s'", id);
}

static virStoragePoolPtr
pool_of_vol(virStorageVolPtr vol)
{
    return name_pool(vir_storage_vol_connect(vol), vir_storage_vol_pool(vol));
}

/* Whatever else they are found by, it is their name. */
static virStorageVolPtr
vol_anywhere(virConnectPtr conn, const char *name)
{
    VIR_AUTO_FREE char *key = vir_strdup_printf("/mine/%s", name);

    return vir_storage_vol_new(conn, "mine", name, key);
}

static virStoragePoolPtr
pool_at(virConnectPtr conn, const char *path)
{
    return name_pool(conn, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
}

static virNodeDevicePtr
nodedev_by_wwn(virConnectPtr conn, const char *wwnn, const char *wwpn, unsigned int flags)
{
    (void)wwpn;
    (void)flags;
    return name_nodedev(conn, wwnn);
}

/* ---- what tells by which name it was asked ---------------------------------------- */

static char *
domain_xml(virDomainPtr dom, unsigned int flags)
{
    (void)flags;
    return vir_strdup(vir_domain_name(dom));
}

static char *
network_xml(virNetworkPtr network, unsigned int flags)
{
    (void)flags;
    return vir_strdup(vir_network_name(network));
}

static char *
vol_path(virStorageVolPtr vol)
{
    return vir_strdup(vir_storage_vol_key(vol));
}

static virDomainPtr
domain_define(virConnectPtr conn, const char *xml, unsigned int flags)
{
    (void)flags;
    (void)xml;
    return make_domain(conn, number(0));
}

static int
domain_stats(virConnectPtr conn, virDomainPtr *doms, unsigned int n, unsigned int stats, virDomainStatsRecordPtr **ret,
             unsigned int flags)
{
    unsigned int all = doms ? n : (unsigned int)how_many;

    (void)flags;
    (void)stats;
    *ret = vir_alloc_array(all + 1, sizeof(**ret));
    for (unsigned int i = 0; i < all; i++) {
        (*ret)[i] = VIR_NEW(virDomainStatsRecord);
        (*ret)[i]->dom = doms ? doms[i] : make_domain(conn, number((int)i));
        if (doms)
            virDomainRef(doms[i]);
    }
    return (int)all;
}

/* ---- descriptors: each that comes is told the guest's name ----------------------- */

static int
tell(virDomainPtr dom, const int *fds, unsigned int n)
{
    const char *name = vir_domain_name(dom);

    for (unsigned int i = 0; i < n; i++)
        if (write(fds[i], name, strlen(name)) < 0)
            return vir_error_errno(errno, "descriptor %u of %u", i, n);
    return 0;
}

static int
domain_open_graphics(virDomainPtr dom, unsigned int idx, int fd, unsigned int flags)
{
    (void)idx;
    (void)flags;
    return tell(dom, &fd, 1);
}

static int
domain_open_graphics_fd(virDomainPtr dom, unsigned int idx, unsigned int flags)
{
    (void)dom;
    (void)idx;
    (void)flags;
    return open("/dev/null", O_WRONLY | O_CLOEXEC);
}

static int
domain_fd_associate(virDomainPtr dom, const char *name, unsigned int n, int *fds, unsigned int flags)
{
    (void)name;
    (void)flags;
    return tell(dom, fds, n);
}

static int
domain_create_with_files(virDomainPtr dom, unsigned int n, int *fds, unsigned int flags)
{
    (void)flags;
    return tell(dom, fds, n);
}

static virDomainPtr
domain_create_xml_with_files(virConnectPtr conn, const char *xml, unsigned int n, int *fds, unsigned int flags)
{
    virDomainPtr dom = make_domain(conn, number(0));

    (void)xml;
    (void)flags;
    tell(dom, fds, n);
    return dom;
}

static int
monitor_command_with_files(virDomainPtr dom, const char *cmd, unsigned int n, int *fds, unsigned int *ret_n, int **ret_fds,
                           char **ret_result, unsigned int flags)
{
    (void)cmd;
    (void)flags;
    *ret_n = 1;
    *ret_fds = vir_alloc_array(1, sizeof(int));
    **ret_fds = domain_open_graphics_fd(dom, 0, 0);
    *ret_result = vir_strdup("{}");
    return tell(dom, fds, n);
}

/* Events about every guest. */
static int
domain_resume(virDomainPtr dom)
{
    (void)dom;
    for (int i = 0; i < how_many; i++) {
        struct about a = number(i);

        vir_event_emit(hub, vir_event_domain_lifecycle(a.name, a.uuid, i + 1, VIR_DOMAIN_EVENT_RESUMED, 0));
    }
    for (int i = 0; i < how_many; i++) {
        struct about a = number(i);

        vir_event_emit(hub, vir_event_network_lifecycle(a.name, a.uuid, VIR_NETWORK_EVENT_STARTED, 0));
    }
    return 0;
}

/* ---- files that name guests: by their own names -------------------------------------- */

static const struct vir_host *host;

/* The guest of a file; -1: who calls may not.  About that of "silent" nobody is asked. */
static int
guest_of(const char *file)
{
    const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
    struct about about = number(strcmp(name, "mine") != 0);

    return host->admit && strcmp(name, "silent") != 0 ? host->admit(name, about.uuid) : 0;
}

static int
domain_restore_flags(virConnectPtr conn, const char *file, const char *dxml, unsigned int flags)
{
    (void)conn;
    (void)dxml;
    (void)flags;
    return guest_of(file);
}

static char *
domain_save_image_get_xml_desc(virConnectPtr conn, const char *file, unsigned int flags)
{
    (void)conn;
    (void)flags;
    return guest_of(file) < 0 ? NULL : vir_strdup("<domain/>");
}

/* ---- the module --------------------------------------------------------------------- */

static int
load(const struct vir_host *told)
{
    host = told;
    if (getenv("OBJECTS_N"))
        how_many = atoi(getenv("OBJECTS_N"));
    hub = vir_event_hub_new();
    return 0;
}

static int
connect_open(virConnectPtr conn, virConnectAuthPtr auth, unsigned int flags)
{
    (void)auth;
    (void)flags;
    vir_connect_set_events(conn, hub);
    return 0;
}

static const char *
connect_get_type(virConnectPtr conn)
{
    (void)conn;
    return "Objects";
}

static int
node_get_info(virConnectPtr conn, virNodeInfoPtr info)
{
    (void)conn;
    memset(info, 0, sizeof(*info));
    strcpy(info->model, "objects");
    info->cpus = info->nodes = info->sockets = info->cores = info->threads = 1;
    return 0;
}

#define SLOT(fn) { fn, ~0u, VIR_SLOT_NONBLOCKING }
#define ASKING(fn) { fn, ~0u, VIR_SLOT_ASKS }

static const struct vir_connect_ops connect_ops = {
    VIR_OPS(vir_connect_ops),
    .connect_open = SLOT(connect_open),
    .connect_get_type = SLOT(connect_get_type),
    .node_get_info = SLOT(node_get_info),
};

static const struct vir_domain_ops domain_ops = {
    VIR_OPS(vir_domain_ops),
    .connect_list_all_domains = SLOT(list_domain),
    .domain_lookup_by_name = SLOT(name_domain),
    .domain_lookup_by_uuid = SLOT(uuid_domain),
    .domain_lookup_by_id = SLOT(id_domain),
    .domain_get_xml_desc = SLOT(domain_xml),
    .domain_define_xml_flags = SLOT(domain_define),
    .domain_resume = SLOT(domain_resume),
    .domain_restore_flags = ASKING(domain_restore_flags),
    .domain_save_image_get_xml_desc = ASKING(domain_save_image_get_xml_desc),
    .domain_open_graphics = SLOT(domain_open_graphics),
    .domain_open_graphics_fd = SLOT(domain_open_graphics_fd),
    .domain_fd_associate = SLOT(domain_fd_associate),
    .domain_create_with_files = SLOT(domain_create_with_files),
    .domain_create_xml_with_files = SLOT(domain_create_xml_with_files),
    .connect_get_all_domain_stats = SLOT(domain_stats),
};

static const struct vir_qemu_ops qemu_ops = {
    VIR_OPS(vir_qemu_ops),
    .domain_qemu_monitor_command_with_files = SLOT(monitor_command_with_files),
};

static const struct vir_network_ops network_ops = {
    VIR_OPS(vir_network_ops),
    .connect_list_all_networks = SLOT(list_network),
    .network_lookup_by_name = SLOT(name_network),
    .network_lookup_by_uuid = SLOT(uuid_network),
    .network_get_xml_desc = SLOT(network_xml),
    .network_list_all_ports = SLOT(list_port),
    .network_port_lookup_by_uuid = SLOT(uuid_port),
};

static const struct vir_storage_ops storage_ops = {
    VIR_OPS(vir_storage_ops),
    .connect_list_all_storage_pools = SLOT(list_pool),
    .storage_pool_lookup_by_name = SLOT(name_pool),
    .storage_pool_lookup_by_uuid = SLOT(uuid_pool),
    .storage_pool_lookup_by_volume = SLOT(pool_of_vol),
    .storage_pool_list_all_volumes = SLOT(list_vol),
    .storage_vol_lookup_by_name = SLOT(name_vol),
    .storage_vol_lookup_by_key = SLOT(vol_anywhere),
    .storage_vol_lookup_by_path = SLOT(vol_anywhere),
    .storage_pool_lookup_by_target_path = SLOT(pool_at),
    .storage_vol_get_path = SLOT(vol_path),
};

static const struct vir_nodedev_ops nodedev_ops = {
    VIR_OPS(vir_nodedev_ops),
    .connect_list_all_node_devices = SLOT(list_nodedev),
    .node_device_lookup_by_name = SLOT(name_nodedev),
    .node_device_lookup_scsi_host_by_wwn = SLOT(nodedev_by_wwn),
};

static const struct vir_interface_ops interface_ops = {
    VIR_OPS(vir_interface_ops),
    .connect_list_all_interfaces = SLOT(list_iface),
    .interface_lookup_by_name = SLOT(name_iface),
    .interface_lookup_by_mac_string = SLOT(name_iface),
};

static const struct vir_secret_ops secret_ops = {
    VIR_OPS(vir_secret_ops),
    .connect_list_all_secrets = SLOT(list_secret),
    .secret_lookup_by_uuid = SLOT(uuid_secret),
    .secret_lookup_by_usage = SLOT(usage_secret),
};

static const struct vir_nwfilter_ops nwfilter_ops = {
    VIR_OPS(vir_nwfilter_ops),
    .connect_list_all_nwfilters = SLOT(list_nwfilter),
    .nwfilter_lookup_by_name = SLOT(name_nwfilter),
    .nwfilter_lookup_by_uuid = SLOT(uuid_nwfilter),
    .connect_list_all_nwfilter_bindings = SLOT(list_binding),
    .nwfilter_binding_lookup_by_port_dev = SLOT(name_binding),
};

VIR_MODULE_DEFINE(objects,
    "provides: connection\n"
    "schemes: objects\n",
    .version = "1",
    .load = load,
    .connect = &connect_ops,
    .domain = &domain_ops,
    .qemu = &qemu_ops,
    .network = &network_ops,
    .storage = &storage_ops,
    .nodedev = &nodedev_ops,
    .interface = &interface_ops,
    .secret = &secret_ops,
    .nwfilter = &nwfilter_ops);
