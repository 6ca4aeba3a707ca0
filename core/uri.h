/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* URIs in the form of RFC 3986, as far as connections need them. */
#ifndef VIR_CORE_URI_H
#define VIR_CORE_URI_H

#include <libvirt/module.h>

#define VIR_URI_MAX 8192                /* bytes of a whole URI */
#define VIR_URI_SCHEME_MAX 64
#define VIR_URI_HOST_MAX 255
#define VIR_URI_PARAMS_MAX 64

/* Splits TEXT and decodes its parts.  One allocation, for free(); NULL with an error. */
struct vir_uri *vir_uri_parse(const char *text);

#endif
