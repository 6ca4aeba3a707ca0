/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Networks.  Printed from api/; part of libvirt. */
#ifndef LIBVIRT_NETWORK_H
# define LIBVIRT_NETWORK_H

# include <libvirt/libvirt-common.h>

# ifdef __cplusplus
extern "C" {
# endif
# if defined(__GNUC__) && defined(VIR_BUILDS_LIBVIRT)
#  pragma GCC visibility push(default)
# endif


/* A network. (Since 0.2.0) */
typedef struct _virNetwork virNetwork;
typedef virNetwork *virNetworkPtr;

typedef enum {
    VIR_LIST_NETWORKS_ACTIVE = 1 << 0, /* (Since 0.2.0) */
    VIR_LIST_NETWORKS_INACTIVE = 1 << 1, /* (Since 0.2.0) */
    VIR_LIST_NETWORKS_OLD = 1 << 2, /* (Since 0.2.0) */
    VIR_LIST_NETWORKS_NEW = 1 << 3, /* (Since 0.2.0) */
} virNetworkListFlags;

/* Return the networks. (Since 0.2.0) */
int virConnectListAllNetworks(virConnectPtr conn,
                              virNetworkPtr **networks,
                              unsigned int flags);

/* Count the networks. (Since 0.2.0) */
int virConnectNumOfNetworks(virConnectPtr conn);

/* Find a network. (Since 0.2.0) */
virNetworkPtr virNetworkLookupByUUID(virConnectPtr conn,
                                     const unsigned char *uuid);

/* Tell whether a network is up. (Since 0.2.0) */
int virNetworkIsActive(virNetworkPtr net);

# if defined(__GNUC__) && defined(VIR_BUILDS_LIBVIRT)
#  pragma GCC visibility pop
# endif
# ifdef __cplusplus
}
# endif

#endif
