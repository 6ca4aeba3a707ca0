/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What one sees and touches, on the command line.
 */
#include "device/command-parts.h"

#include <stdio.h>
#include <stdlib.h>

int
qemu_add_input(const struct qemu_board *board, const struct qemu_input_def *input)
{
    struct json_object *device;
    char bus[32];

    if (input->bus == QEMU_INPUT_BUS_PS2)
        return 0;                       /* a PC has its pair */
    if (input->bus != QEMU_INPUT_BUS_USB)
        return qemu_refuse("input", "bus", vir_xml_enum_word(&qemu_input_bus_words, input->bus));
    device = qemu_object("driver", input->type == QEMU_INPUT_TYPE_TABLET ? "usb-tablet"
                         : input->type == QEMU_INPUT_TYPE_MOUSE ? "usb-mouse" : "usb-kbd");
    qemu_put(device, "id", input->device.alias.name);
    snprintf(bus, sizeof(bus), input->device.address->bus ? "usb%u.0" : "usb.0", input->device.address->bus);
    qemu_put(device, "bus", bus);
    qemu_put(device, "port", input->device.address->port);
    qemu_add_device(board, device);
    return 0;
}

static int
check_graphics(const struct qemu_board *board, const struct qemu_graphics_def *graphics)
{
    const struct qemu_graphics_listen_def *listen = graphics->n_listens ? graphics->listens[0] : NULL;

    if (graphics->type != QEMU_GRAPHICS_TYPE_VNC)
        return qemu_refuse("graphics", "type", vir_xml_enum_word(&qemu_graphics_type_words, graphics->type));
    if (board->doc->devices.n_graphics > 1 || graphics->n_listens > 1)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the qemu driver does one <graphics> with one <listen> only");
    if (graphics->socket || graphics->has_websocket || graphics->passwd_valid_to || graphics->connected ||
        graphics->power_control)
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED,
                         "the qemu driver does not do socket, websocket, passwdValidTo, connected and "
                         "powerControl of <graphics> yet");
    if (listen && listen->type != QEMU_GRAPHICS_LISTEN_TYPE_ADDRESS &&
        listen->type != QEMU_GRAPHICS_LISTEN_TYPE_NONE)
        return qemu_refuse("listen", "type", vir_xml_enum_word(&qemu_graphics_listen_type_words,
                                                               listen->type));
    return 0;
}

int
qemu_add_graphics(const struct qemu_board *board, const struct qemu_graphics_def *graphics)
{
    const struct qemu_graphics_listen_def *listen = graphics->n_listens ? graphics->listens[0] : NULL;
    const char *said = listen && listen->address ? listen->address : graphics->listen;
    const char *address = said && *said ? said : "127.0.0.1";   /* an empty one would be every address */
    bool v6 = strchr(address, ':') != NULL;
    struct vir_buf buf = { 0 };

    if (check_graphics(board, graphics) < 0)
        return -1;
    if (!qemu_is_ip_address(address))
        return vir_error(VIR_ERR_CONFIG_UNSUPPORTED, "graphics listen on '%s': an IP address is needed",
                         address);
    board->command->vnc_port = !listen || listen->type != QEMU_GRAPHICS_LISTEN_TYPE_NONE;
    if (!board->command->vnc_port)
        vir_buf_add(&buf, "none");
    else if (graphics->autoport == VIR_XML_YES)
        vir_buf_addf(&buf, v6 ? "[%s]:0,to=%d" : "%s:0,to=%d", address, 65535 - 5900);
    else
        vir_buf_addf(&buf, v6 ? "[%s]:%d" : "%s:%d", address, graphics->port - 5900);
    if (graphics->passwd)
        vir_buf_add(&buf, ",password=on");
    if (graphics->share_policy)
        vir_buf_addf(&buf, ",share=%s", vir_xml_enum_word(&qemu_graphics_share_policy_words,
                                                          graphics->share_policy));
    vir_buf_add(&buf, ",audiodev=audio1");
    if (graphics->keymap)
        qemu_command_add(board->command, "-k", graphics->keymap);
    qemu_command_add(board->command, "-vnc", buf.text);
    vir_buf_free(&buf);
    return 0;
}

int
qemu_add_video(const struct qemu_board *board, const struct qemu_video_def *video)
{
    static const struct { enum qemu_video_model_type type; const char *first, *other; } drivers[] = {
        { QEMU_VIDEO_MODEL_TYPE_CIRRUS, "cirrus-vga", NULL }, { QEMU_VIDEO_MODEL_TYPE_VGA, "VGA", NULL },
        { QEMU_VIDEO_MODEL_TYPE_QXL, "qxl-vga", "qxl" },
        { QEMU_VIDEO_MODEL_TYPE_VIRTIO, "virtio-vga", "virtio-gpu-pci" },
        { QEMU_VIDEO_MODEL_TYPE_BOCHS, "bochs-display", "bochs-display" },
    };
    enum qemu_video_model_type type = video->model.type;
    const char *driver = NULL;
    struct json_object *device;

    if (type == QEMU_VIDEO_MODEL_TYPE_NONE)
        return 0;
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
        if (drivers[i].type == type)
            driver = video->model.primary == VIR_XML_YES ? drivers[i].first : drivers[i].other;
    if (!driver)
        return qemu_refuse("model", "type", vir_xml_enum_word(&qemu_video_model_type_words, type));
    if (video->model.blob == VIR_XML_YES)
        return qemu_refuse("model", "blob", "on");
    device = qemu_pci_device(board, driver, &video->device);
    if (type == QEMU_VIDEO_MODEL_TYPE_VGA && video->model.vram >= 1024)
        qemu_put_number(device, "vgamem_mb", video->model.vram / 1024);
    if (type == QEMU_VIDEO_MODEL_TYPE_BOCHS)
        qemu_put_number(device, "vgamem", (int64_t)video->model.vram * 1024);
    if (type == QEMU_VIDEO_MODEL_TYPE_QXL) {
        qemu_put_number(device, "ram_size", (int64_t)video->model.ram * 1024);
        qemu_put_number(device, "vram_size", (int64_t)video->model.vram * 1024);
        qemu_put_number(device, "vgamem_mb", video->model.vgamem / 1024);
        if (video->model.has_vram64)
            qemu_put_number(device, "vram64_size_mb", video->model.vram64 / 1024);
    }
    if ((type == QEMU_VIDEO_MODEL_TYPE_QXL || type == QEMU_VIDEO_MODEL_TYPE_VIRTIO) && video->model.has_heads)
        qemu_put_number(device, "max_outputs", video->model.heads);
    qemu_add_device(board, device);
    return 0;
}
