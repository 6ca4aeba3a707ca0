/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole public interface of libvirt.so.0 but for errors (virterror.h).
 * Printed from api/. */
#ifndef LIBVIRT_H
# define LIBVIRT_H

# include <libvirt/libvirt-common.h>
# include <libvirt/libvirt-network.h>

#endif
