/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a new emulator is told and asked first; see first-words.h.
 */
#define VIR_LOG_SOURCE "qemu.process"
#include "document/machine.h"
#include "guest/first-words.h"

#include <stdlib.h>
#include <string.h>

struct qemu_words {
    struct qemu_monitor *monitor;
    const struct qemu_pieces *pieces;
    struct qemu_call **calls;           /* qmp_capabilities, what the pieces say, cont */
    size_t n;
};

static void
say(struct qemu_words *words, const char *command, struct json_object *args)
{
    words->calls = vir_realloc_array(words->calls, words->n + 1, sizeof(*words->calls));
    words->calls[words->n++] = qemu_monitor_send(words->monitor, command, args);
}

static bool
is_for_monitor(const struct qemu_piece *piece)
{
    return piece->kind == QEMU_SETTING || piece->kind == QEMU_QUESTION;
}

struct qemu_words *
qemu_words_say(struct qemu_monitor *monitor, const struct qemu_command *command, bool run)
{
    struct qemu_words *words = VIR_NEW(struct qemu_words);

    words->monitor = monitor;
    words->pieces = &command->pieces;
    say(words, "qmp_capabilities", NULL);
    for (size_t i = 0; i < words->pieces->n; i++)
        if (is_for_monitor(&words->pieces->list[i]))
            say(words, words->pieces->list[i].name, json_object_get(words->pieces->list[i].args));
    if (run)
        say(words, "cont", NULL);
    return words;
}

/* ANSWERS: in the order of the calls; each question's, by its name. */
static struct json_object *
answers_by_name(const struct qemu_words *words, struct json_object **answers)
{
    struct json_object *named = qmp_new_object();
    size_t call = 1;

    for (size_t i = 0; i < words->pieces->n; i++) {
        const struct qemu_piece *piece = &words->pieces->list[i];

        if (piece->kind == QEMU_QUESTION)
            qmp_add(named, piece->text ? piece->text : piece->name, json_object_get(answers[call]));
        call += is_for_monitor(piece);
    }
    return named;
}

int
qemu_words_answered(struct qemu_words *words, struct qemu_def *def)
{
    struct json_object **answers = vir_alloc_array(words->n, sizeof(*answers));
    int ret = qemu_monitor_wait_all(words->monitor, words->calls, words->n, QEMU_START_MS, answers);

    if (ret == 0) {
        struct json_object *named = answers_by_name(words, answers);

        qemu_devices_learn(def->doc, named);
        ret = qemu_cpu_learn(def, named);
        json_object_put(named);
    }
    for (size_t i = 0; i < words->n; i++)
        json_object_put(answers[i]);
    free(answers);
    free(words->calls);
    free(words);
    return ret;
}
