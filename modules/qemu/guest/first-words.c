/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a new emulator is told and asked first; see first-words.h.
 */
#define VIR_LOG_SOURCE "qemu.process"
#include "guest/first-words.h"

#include <stdlib.h>
#include <string.h>

struct qemu_words {
    struct qemu_monitor *monitor;
    struct qemu_call **calls;
    size_t n;
    size_t chardev, vnc;                /* numbers of their calls; 0: not asked */
};

/* The number of the call. */
static size_t
say(struct qemu_words *words, const char *command, struct json_object *args)
{
    words->calls = vir_realloc_array(words->calls, words->n + 1, sizeof(*words->calls));
    words->calls[words->n] = qemu_monitor_send(words->monitor, command, args);
    return words->n++;
}

/* What the command line cannot say. */
static void
say_settings(struct qemu_words *words, const struct qemu_domain_def *doc)
{
    struct json_object *args;

    for (size_t i = 0; i < doc->devices.n_interfaces; i++) {
        const struct qemu_interface_def *interface = doc->devices.interfaces[i];

        if (interface->link.state != QEMU_INTERFACE_LINK_STATE_DOWN)
            continue;
        args = json_object_new_object();
        json_object_object_add(args, "name", json_object_new_string(interface->device.alias.name));
        json_object_object_add(args, "up", json_object_new_boolean(false));
        say(words, "set_link", args);
    }
    if (doc->current_memory < doc->memory && doc->devices.memballoon->model == QEMU_MEMBALLOON_MODEL_VIRTIO) {
        args = json_object_new_object();
        json_object_object_add(args, "value", json_object_new_int64((int64_t)(doc->current_memory * 1024)));
        say(words, "balloon", args);
    }
    if (doc->devices.n_graphics && doc->devices.graphics[0]->passwd) {
        args = json_object_new_object();
        json_object_object_add(args, "protocol", json_object_new_string("vnc"));
        json_object_object_add(args, "password", json_object_new_string(doc->devices.graphics[0]->passwd));
        say(words, "set_password", args);
    }
}

/* The path in what QEMU calls the file of a character device; NULL: it is no pty.  The daemon
 * opens that path. */
static const char *
pty_of_file(const char *file)
{
    static const char start[] = "pty:/dev/pts/";
    const char *number = file + sizeof(start) - 1;

    if (strncmp(file, start, sizeof(start) - 1) != 0 || !*number || number[strspn(number, "0123456789")])
        return NULL;
    return file + 4;
}

/* The path of the pty behind the device ALIAS in the answer to query-chardev; NULL: none. */
static const char *
pty_path(struct json_object *answer, const char *alias)
{
    size_t n = json_object_is_type(answer, json_type_array) ? json_object_array_length(answer) : 0;

    for (size_t i = 0; i < n; i++) {
        struct json_object *one = json_object_array_get_idx(answer, i);
        const char *label = qmp_get_string(one, "label"), *file = qmp_get_string(one, "filename");

        if (label && file && strncmp(label, "char", 4) == 0 && strcmp(label + 4, alias) == 0)
            return pty_of_file(file);
    }
    return NULL;
}

static void
learn_pty(const struct qemu_device *device, struct qemu_character *character, struct json_object *answer)
{
    const char *path = pty_path(answer, device->alias.name);

    if (path && character->type == QEMU_CHARTYPE_PTY) {
        character->source.present = true;
        qemu_set_text(&character->source.path, path);
    }
}

static void
learn_ptys(struct qemu_domain_def *doc, struct json_object *answer)
{
    for (size_t i = 0; i < doc->devices.n_serials; i++)
        learn_pty(&doc->devices.serials[i]->device, &doc->devices.serials[i]->character, answer);
    for (size_t i = 0; i < doc->devices.n_channels; i++)
        learn_pty(&doc->devices.channels[i]->device, &doc->devices.channels[i]->character, answer);
    for (size_t i = 0; i < doc->devices.n_consoles; i++) {
        struct qemu_console_def *console = doc->devices.consoles[i];

        learn_pty(&console->device, &console->character, answer);
        if (console->character.type == QEMU_CHARTYPE_PTY)
            qemu_set_text(&console->character.tty, console->character.source.path);
    }
}

static void
learn_vnc(struct qemu_graphics_def *graphics, struct json_object *answer)
{
    const char *service = qmp_get_string(answer, "service"), *host = qmp_get_string(answer, "host");
    long port = service ? strtol(service, NULL, 10) : 0;

    if (!host || port < 1 || port > 65535 || !qemu_is_ip_address(host)) {
        vir_warn("QEMU does not say where its VNC server listens");
        return;
    }
    graphics->port = (int)port;
    qemu_set_text(&graphics->listen, host);
    if (graphics->n_listens)
        qemu_set_text(&graphics->listens[0]->address, host);
}

struct qemu_words *
qemu_words_say(struct qemu_monitor *monitor, const struct qemu_command *command,
               const struct qemu_domain_def *doc, bool run)
{
    struct qemu_words *words = VIR_NEW(struct qemu_words);

    words->monitor = monitor;
    say(words, "qmp_capabilities", NULL);
    if (command->n_ptys)
        words->chardev = say(words, "query-chardev", NULL);
    if (command->vnc_port)
        words->vnc = say(words, "query-vnc", NULL);
    say_settings(words, doc);
    if (run)
        say(words, "cont", NULL);
    return words;
}

int
qemu_words_answered(struct qemu_words *words, struct qemu_domain_def *doc)
{
    struct json_object **answers = vir_alloc_array(words->n, sizeof(*answers));
    int ret = qemu_monitor_wait_all(words->monitor, words->calls, words->n, QEMU_START_MS, answers);

    if (ret == 0 && words->chardev)
        learn_ptys(doc, answers[words->chardev]);
    if (ret == 0 && words->vnc)
        learn_vnc(doc->devices.graphics[0], answers[words->vnc]);
    for (size_t i = 0; i < words->n; i++)
        json_object_put(answers[i]);
    free(answers);
    free(words->calls);
    free(words);
    return ret;
}
