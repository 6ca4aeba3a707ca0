/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's end of a character device, which all kinds of them have (character.c). */
#ifndef QEMU_CHARACTER_H
#define QEMU_CHARACTER_H

#include "device/pieces.h"

/* What the guest's end is, where the host's differs by that. */
enum qemu_character_use {
    QEMU_CHARACTER_AGENT,               /* a channel */
    QEMU_CHARACTER_USB,                 /* a port for lent devices */
    QEMU_CHARACTER_SERIAL,
    QEMU_CHARACTER_PARALLEL,
    QEMU_CHARACTER_SMARTCARD,           /* another program's */
    QEMU_CHARACTER_USES,
};

/* Where it is, which UDP alone says twice: NULL: it does not say. */
static inline struct qemu_character_source_def *
qemu_character_source(const struct qemu_character *end)
{
    return end->n_sources ? end->sources[0] : NULL;
}

static inline const char *
qemu_character_path(const struct qemu_character *end)
{
    return end->n_sources ? end->sources[0]->path : NULL;
}

/* NULL: it does not say any more where it is. */
void qemu_character_set_path(struct qemu_character *end, const char *path);
/* What an earlier run has left in a definition goes. */
void qemu_character_complete(const struct qemu_board *board, struct qemu_character *end);
/* ELEMENT: for messages. */
int qemu_character_startable(const char *element, enum qemu_character_use use, const struct qemu_character *end);
void qemu_character_build(const struct qemu_device *of, enum qemu_character_use use, const struct qemu_character *end,
                          struct qemu_pieces *pieces);
/* The guest's end. */
struct json_object *qemu_character_device(const char *driver, const struct qemu_device *of);
/* The terminal that QEMU has chosen. */
void qemu_character_learn(const struct qemu_device *of, struct qemu_character *end,
                          struct json_object *answers);

#endif
