/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fuzz target: whatever somebody sends to libvirtd who has not opened a connection.
 * The first byte says to which socket, and in what pieces it comes.
 */
#include <stdint.h>

#include "served.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t step = size ? (size_t)data[0] * 16 + 1 : 1;
    int sock = served_connect(size && data[0] & 1 ? SERVED_CALLS : SERVED_ADMIN);

    for (size_t i = 1; i < size; i += step)
        served_say(sock, data + i, step < size - i ? step : size - i);
    served_end(sock);
    return 0;
}
