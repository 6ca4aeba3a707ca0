/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Typed parameters on the wire: a name and a union whose discriminant is the
 * public type number.  Nothing else in the protocol has a union.
 */
#include "rpc/xdr-private.h"
#include "rpc/params.h"
#include "rpc/xdr-table.h"

#define VALUE(kind, member) \
    { kind, XDR_MEMBER_SIZE(virTypedParameter, value.member), 0, 0, 0, 0, NULL }

static const struct xdr_field xdr_param_values[] = {
    [VIR_TYPED_PARAM_INT - 1] = VALUE(XDR_INT, i),
    [VIR_TYPED_PARAM_UINT - 1] = VALUE(XDR_UINT, ui),
    [VIR_TYPED_PARAM_LLONG - 1] = VALUE(XDR_HYPER, l),
    [VIR_TYPED_PARAM_ULLONG - 1] = VALUE(XDR_UHYPER, ul),
    [VIR_TYPED_PARAM_DOUBLE - 1] = VALUE(XDR_UHYPER, d),
    [VIR_TYPED_PARAM_BOOLEAN - 1] = VALUE(XDR_INT, b),
    [VIR_TYPED_PARAM_STRING - 1] = { XDR_STRING, 0, 0, 0, 0, 4194304, NULL },
};

static const struct xdr_type xdr_param_value =
    XDR_TYPE(__typeof__(((virTypedParameter *)NULL)->value), 4, true, xdr_param_values);

static const struct xdr_field xdr_param_fields[] = {
    XDR_SHORT_NAME(virTypedParameter, field),
    XDR_CHOICE(virTypedParameter, value, type, &xdr_param_value),
};

const struct xdr_type xdr_remote_typed_param = XDR_TYPE(virTypedParameter, 12, true, xdr_param_fields);
