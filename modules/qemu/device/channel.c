/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sockets of channels for which the document names none: they lie in the state
 * directory, the live document tells where, and they go with the run.
 */
#include "guest/state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Below the guest's name or, where that is too long for a socket, its uuid. */
static char *
own_path(const struct qemu_domain_def *doc, const struct qemu_channel_def *channel)
{
    const char *alias = channel->device.alias.name;
    char *path = vir_strdup_printf("%s/%s-%s.sock", qemu_driver.state.dir.path, doc->name, alias);
    char uuid[VIR_UUID_STRING_BUFLEN];

    if (strlen(path) <= QEMU_MAX_SOCKET_PATH)
        return path;
    free(path);
    vir_uuid_format(doc->uuid, uuid);
    return vir_strdup_printf("%s/%s-%s.sock", qemu_driver.state.dir.path, uuid, alias);
}

void
qemu_channels_place(struct qemu_def *live)
{
    struct qemu_domain_def *doc = live->doc;

    for (size_t i = 0; i < doc->devices.n_channels; i++) {
        struct qemu_channel_def *channel = doc->devices.channels[i];

        if (channel->character.type != QEMU_CHARTYPE_UNIX || channel->character.source.path ||
            channel->character.source.mode == QEMU_CHARACTER_SOURCE_MODE_CONNECT)
            continue;
        channel->character.source.present = true;
        channel->character.source.mode = QEMU_CHARACTER_SOURCE_MODE_BIND;
        channel->character.source.path = own_path(doc, channel);
    }
}

void
qemu_channels_remove(const struct qemu_def *live)
{
    const struct qemu_domain_def *doc = live->doc;

    for (size_t i = 0; i < doc->devices.n_channels; i++) {
        const struct qemu_channel_def *channel = doc->devices.channels[i];
        VIR_AUTO_FREE char *own = own_path(doc, channel);

        if (channel->character.source.path && strcmp(channel->character.source.path, own) == 0)
            unlink(own);
    }
}
