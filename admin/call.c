/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call to the daemon. */
#include "admin/admin.h"

int
adm_call(virAdmConnectPtr conn, int procedure, const void *args, void *ret)
{
    return rpc_client_call(conn->client, &admin_procedures[procedure], args, ret) < 0 ? adm_failed() : 0;
}
