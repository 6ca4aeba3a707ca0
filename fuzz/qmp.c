/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes from QEMU's monitor: lines, messages, typed access. */
#include <string.h>

#include "../modules/qemu/qmp/qmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const char *line, size_t len)
{
    struct qmp_message message;
    const char *why;

    if (qmp_parse(line, len, &message, &why) < 0)
        return;
    qmp_get_string(message.value, "status");
    qmp_get_uint(message.value, "actual", UINT64_MAX, 0);
    qmp_get_bool(message.value, "guest");
    qmp_message_free(&message);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct qmp_reader reader = { 0 };
    size_t piece = size > 0 ? 1 + data[0] : 1;

    while (size > 0) {
        size_t room, len, n;
        const char *line;
        char *at;

        if (qmp_reader_space(&reader, &at, &room) < 0)
            break;
        n = piece < room ? piece : room;
        n = n < size ? n : size;
        memcpy(at, data, n);
        qmp_reader_added(&reader, n);
        data += n;
        size -= n;
        while ((line = qmp_reader_line(&reader, &len)))
            look_at(line, len);
    }
    qmp_reader_free(&reader);
    return 0;
}
