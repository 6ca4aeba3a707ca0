/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether programs of the guest have opened its channels, as the document of a running guest says it.
 */
#include "device/channel-told.h"
#include "device/character.h"

/* By its name, or (NULL) the agent's; NULL: there is no such one. */
static struct qemu_channel_def *
find(const struct qemu_domain_def *doc, const char *alias)
{
    for (size_t i = 0; i < doc->devices.n_channels; i++) {
        struct qemu_channel_def *channel = doc->devices.channels[i];

        if (alias ? is(channel->device.alias.name, alias)
                  : channel->target.type == QEMU_CHANNEL_TARGET_TYPE_VIRTIO &&
                    is(channel->target.name, "org.qemu.guest_agent.0"))
            return channel;
    }
    return NULL;
}

bool
qemu_channel_is_agents(const struct qemu_domain_def *doc, const char *alias)
{
    const struct qemu_channel_def *agents = find(doc, NULL);

    return agents && (!alias || is(agents->device.alias.name, alias));
}

const char *
qemu_channel_of_agent(const struct qemu_domain_def *doc)
{
    const struct qemu_channel_def *channel = find(doc, NULL);

    return channel && channel->character.type == QEMU_CHARTYPE_UNIX ? qemu_character_path(&channel->character) : NULL;
}

const char *
qemu_channel_path(const struct qemu_domain_def *doc, const char *name)
{
    const struct qemu_channel_def *found = NULL;

    for (size_t i = 0; i < doc->devices.n_channels && !found; i++) {
        const struct qemu_channel_def *channel = doc->devices.channels[i];

        if (!name || is(channel->device.alias.name, name) ||
            (channel->target.type == QEMU_CHANNEL_TARGET_TYPE_VIRTIO && is(channel->target.name, name)))
            found = channel;
    }
    if (!found)
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "cannot find channel %s", name ? name : "<null>");
    if (found->character.type != QEMU_CHARTYPE_UNIX || !qemu_character_path(&found->character))
        return vir_error_null(VIR_ERR_INTERNAL_ERROR, "channel %s is not using a UNIX socket",
                              name ? name : found->device.alias.name);
    return qemu_character_path(&found->character);
}

bool
qemu_channel_agent_is_open(const struct qemu_domain_def *doc)
{
    const struct qemu_channel_def *channel = find(doc, NULL);

    return channel && channel->target.state == QEMU_CHANNEL_TARGET_STATE_CONNECTED;
}

static enum qemu_channel_target_state
state_of(bool open)
{
    return open ? QEMU_CHANNEL_TARGET_STATE_CONNECTED : QEMU_CHANNEL_TARGET_STATE_DISCONNECTED;
}

bool
qemu_channel_stays(const struct qemu_domain_def *doc, const char *alias, bool open)
{
    const struct qemu_channel_def *channel = find(doc, alias);

    if (!channel || channel->target.type != QEMU_CHANNEL_TARGET_TYPE_VIRTIO)
        return true;
    /* one that was plugged in is said to be closed only when it was open, as by libvirt 9.0.0 */
    return channel->target.state == state_of(open) || (!channel->target.state && !open);
}

void
qemu_channels_keep(const struct qemu_domain_def *from, struct qemu_domain_def *to)
{
    for (size_t i = 0; i < from->devices.n_channels; i++) {
        const struct qemu_channel_def *channel = from->devices.channels[i];
        struct qemu_channel_def *same = channel->device.alias.name ? find(to, channel->device.alias.name) : NULL;

        if (same)
            same->target.state = channel->target.state;
    }
}

void
qemu_channel_set_open(struct qemu_domain_def *doc, const char *alias, bool open)
{
    struct qemu_channel_def *channel = find(doc, alias);

    if (channel)
        channel->target.state = state_of(open);
}
