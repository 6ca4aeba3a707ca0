/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What screens and graphics cards get that the author did not say.
 */
#include <stdlib.h>
#include <string.h>

#include <libvirt/module-hardware.h>

#include "test.h"

/* ---- screens ------------------------------------------------------------------------ */

/* -1 and 0 are how older documents say "chosen at start" and "none". */
static void
complete_spice(struct test_graphics_def *spice)
{
    bool chosen = (spice->port == -1 || !spice->has_port) && (spice->tls_port == -1 || !spice->has_tls_port);

    if (spice->autoport == VIR_XML_ABSENT && spice->has_port && spice->has_tls_port && chosen)
        spice->autoport = VIR_XML_YES;
    if (spice->autoport == VIR_XML_YES) {
        spice->has_port = spice->has_tls_port = false;
        return;
    }
    spice->has_port = spice->has_port && spice->port != 0;
    spice->has_tls_port = spice->has_tls_port && spice->tls_port != 0;
    spice->autoport = VIR_XML_NO;
}

static void
complete_vnc(struct test_graphics_def *vnc)
{
    if (!vnc->autoport)
        vnc->autoport = vnc->has_port && vnc->port != -1 ? VIR_XML_NO : VIR_XML_YES;
    if (vnc->autoport == VIR_XML_YES) {
        vnc->has_port = true;
        vnc->port = -1;
    }
    else if (vnc->port == -1)
        vnc->has_port = false;
    vnc->has_port = vnc->has_port && vnc->port != 0;
}

static void
complete_rdp(struct test_graphics_def *rdp)
{
    if (!rdp->has_port || rdp->port == -1)
        rdp->autoport = VIR_XML_YES;
    else if (rdp->autoport != VIR_XML_YES)
        rdp->autoport = VIR_XML_ABSENT;
    rdp->has_port = rdp->port != 0 || rdp->autoport == VIR_XML_YES;
    rdp->port = rdp->autoport == VIR_XML_YES ? 0 : rdp->port;
}

/* What other types of screens have, and this one does not. */
static void
drop_foreign(struct test_graphics_def *graphics)
{
    bool window = graphics->type == TEST_GRAPHICS_TYPE_SDL || graphics->type == TEST_GRAPHICS_TYPE_DESKTOP;

    if (window)
        return;
    free(vir_steal(&graphics->display));
    free(vir_steal(&graphics->xauth));
    graphics->fullscreen = VIR_XML_ABSENT;
}

/* The socket in the attribute is the first place, instead of an address. */
static int
complete_socket(const struct test_graphics_def *graphics, struct test_graphics_listen_def *first)
{
    if (first->socket && strcmp(first->socket, graphics->socket) != 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "a screen listens on '%s', but the socket of its first <listen> is '%s'",
                         graphics->socket, first->socket);
    if (first->type == TEST_GRAPHICS_LISTEN_TYPE_NONE)
        return 0;
    first->type = TEST_GRAPHICS_LISTEN_TYPE_SOCKET;
    free(vir_steal(&first->address));
    free(vir_steal(&first->network));
    free(vir_steal(&first->socket));
    first->socket = vir_strdup(graphics->socket);
    return 0;
}

/* The first place where it listens is also in the attribute. */
static int
complete_listens(struct test_graphics_def *graphics)
{
    bool closed = graphics->type == TEST_GRAPHICS_TYPE_SPICE && !graphics->has_port && !graphics->has_tls_port &&
                  graphics->autoport == VIR_XML_NO;
    struct test_graphics_listen_def *first;

    if (graphics->n_listens == 0) {
        first = TEST_APPEND(graphics->listens, graphics->n_listens, test_graphics_listen_def_new());
        first->type = TEST_GRAPHICS_LISTEN_TYPE_ADDRESS;
    }
    first = graphics->listens[0];
    if (graphics->socket && complete_socket(graphics, first) < 0)
        return -1;
    if (closed && first->type == TEST_GRAPHICS_LISTEN_TYPE_ADDRESS) {
        free(vir_steal(&first->address));
        free(vir_steal(&graphics->listen));
        first->type = TEST_GRAPHICS_LISTEN_TYPE_NONE;
    }
    if (first->type == TEST_GRAPHICS_LISTEN_TYPE_ADDRESS && !first->address)
        first->address = vir_strdup(graphics->listen);
    if (first->type == TEST_GRAPHICS_LISTEN_TYPE_ADDRESS && first->address && graphics->listen &&
        strcmp(first->address, graphics->listen) != 0)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "a screen listens on '%s', but the address of its first <listen> is '%s'",
                         graphics->listen, first->address);
    free(vir_steal(&graphics->listen));
    free(vir_steal(&graphics->socket));
    if (first->type == TEST_GRAPHICS_LISTEN_TYPE_ADDRESS)
        graphics->listen = vir_strdup(first->address);
    if (first->type == TEST_GRAPHICS_LISTEN_TYPE_SOCKET && graphics->type == TEST_GRAPHICS_TYPE_VNC)
        graphics->socket = vir_strdup(first->socket);
    for (size_t i = 0; i < graphics->n_listens; i++)
        if (graphics->listens[i]->type == TEST_GRAPHICS_LISTEN_TYPE_NETWORK)
            free(vir_steal(&graphics->listens[i]->address));
    return 0;
}

static void
drop_ports(struct test_graphics_def *graphics)
{
    graphics->has_port = graphics->has_tls_port = false;
    graphics->autoport = VIR_XML_ABSENT;
}

static int
complete_graphics(struct test_graphics_def *graphics)
{
    drop_foreign(graphics);
    switch (graphics->type) {
    case TEST_GRAPHICS_TYPE_SPICE:
        complete_spice(graphics);
        break;
    case TEST_GRAPHICS_TYPE_VNC:
        complete_vnc(graphics);
        break;
    case TEST_GRAPHICS_TYPE_RDP:
        complete_rdp(graphics);
        break;
    default:
        return 0;
    }
    if (complete_listens(graphics) < 0)
        return -1;
    if (graphics->listens[0]->type == TEST_GRAPHICS_LISTEN_TYPE_NONE ||
        graphics->listens[0]->type == TEST_GRAPHICS_LISTEN_TYPE_SOCKET)
        drop_ports(graphics);
    return 0;
}

/* ---- graphics cards -------------------------------------------------------------------- */

/* The primary one is the first. */
static void
order_videos(struct test_domain_def *def)
{
    struct test_video_def **videos = def->devices.videos, *primary;

    for (size_t i = 1; i < def->devices.n_videos; i++) {
        if (videos[i]->model.primary != VIR_XML_YES)
            continue;
        primary = videos[i];
        memmove(videos + 1, videos, i * sizeof(*videos));
        videos[0] = primary;
        return;
    }
}

static struct test_video_def *
new_video(void)
{
    struct test_video_def *video = test_video_def_new();

    video->model.has_heads = true;
    video->model.heads = 1;
    return video;
}

static void
complete_video(struct test_video_def *video, bool primary)
{
    unsigned int memory = vir_hardware_video_memory(vir_xml_enum_word(&test_video_model_type_words, video->model.type));

    if (video->model.type == TEST_VIDEO_MODEL_TYPE_NONE)
        return;
    video->model.primary = primary ? VIR_XML_YES : VIR_XML_ABSENT;
    if (!video->model.has_vram && memory > 0) {
        video->model.has_vram = true;
        video->model.vram = memory;
    }
    if (!video->model.has_ram && video->model.type == TEST_VIDEO_MODEL_TYPE_QXL) {
        video->model.has_ram = true;
        video->model.ram = memory;
    }
    video->model.vram = vir_hardware_video_size(video->model.vram);
    video->model.ram = vir_hardware_video_size(video->model.ram);
}

int
test_complete_screens(struct test_domain_def *def)
{
    for (size_t i = 0; i < def->devices.n_graphics; i++)
        if (complete_graphics(def->devices.graphics[i]) < 0)
            return -1;
    if (def->devices.n_graphics > 0 && def->devices.n_videos == 0)
        TEST_APPEND(def->devices.videos, def->devices.n_videos, new_video());
    order_videos(def);
    for (size_t i = 0; i < def->devices.n_videos; i++)
        complete_video(def->devices.videos[i], i == 0);
    return 0;
}
