/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of QEMU's machine protocol: lines of JSON in and out, without any
 * descriptor or wait.  The other end is a process that a guest may have taken
 * over, so everything it sends is limited and checked here.
 */
#ifndef QEMU_QMP_H
#define QEMU_QMP_H

#include <json-c/json.h>
#include "qemu.h"

enum {
    QMP_MAX_LINE = 10 * 1024 * 1024,    /* bytes of one message */
    QMP_MAX_DEPTH = 64,                 /* of nested arrays and objects */
    QMP_MAX_MEMORY = 64 * 1024 * 1024,  /* bytes of the values that a text becomes */
};

/* Collects bytes until they are whole lines.  All zeroes is a valid empty reader. */
struct qmp_reader {
    char *text;
    size_t len, room;
    size_t start;                       /* of the first line that was not handed out */
    size_t searched;                    /* no newline before this offset */
};

void qmp_reader_free(struct qmp_reader *reader);
/* Where the next bytes go; *ret_room > 0.  -1: the line is longer than QMP_MAX_LINE. */
int qmp_reader_space(struct qmp_reader *reader, char **ret_at, size_t *ret_room);
void qmp_reader_added(struct qmp_reader *reader, size_t n);
/* The next whole line, without its end; valid until the next call.  NULL: none yet. */
const char *qmp_reader_line(struct qmp_reader *reader, size_t *ret_len);

enum qmp_kind {
    QMP_GREETING,
    QMP_EVENT,
    QMP_RETURN,
    QMP_ERROR,
};

/* Borrowed values point into ROOT. */
struct qmp_message {
    enum qmp_kind kind;
    struct json_object *root;
    uint64_t id;                        /* 0: none or not one of ours */
    struct json_object *value;          /* what was returned, or an event's data; may be NULL */
    const char *name;                   /* of an event; class of an error */
    const char *text;                   /* description of an error */
};

/* The JSON object that TEXT is; NULL with *ret_why (static text) for anything else, or for one that
 * would take more than QMP_MAX_MEMORY. */
struct json_object *qmp_parse_object(const char *text, size_t len, const char **ret_why);
/* 0, or -1 with *ret_why (static text) for anything that is no QMP message. */
int qmp_parse(const char *line, size_t len, struct qmp_message *ret, const char **ret_why);
void qmp_message_free(struct qmp_message *message);
/* Takes what was returned, or the WHOLE answer, out of a message, for good: json-c's counts
 * are not atomic, so no two threads may hold parts of one message. */
struct json_object *qmp_message_take(struct qmp_message *message, bool whole);

/* Appends a command to BUF; ARGS may be NULL and is not taken over. */
void qmp_format(struct vir_buf *buf, const char *command, struct json_object *args, uint64_t id);

/* As what json-c calls so, for values that we make ourselves: there is memory for them, or the
 * process ends as in vir_alloc. */
struct json_object *qmp_new_object(void);
struct json_object *qmp_new_string(const char *text);
struct json_object *qmp_new_int(int64_t value);
struct json_object *qmp_new_bool(bool value);
void qmp_add(struct json_object *object, const char *key, struct json_object *value);
struct json_object *qmp_new_array(void);
void qmp_append(struct json_object *array, struct json_object *value);
/* Owned by the value, until the next call or its end. */
const char *qmp_text(struct json_object *value, int flags);

/* Typed access that takes NULL and other types for "not there". */
struct json_object *qmp_get(struct json_object *object, const char *key);
const char *qmp_get_string(struct json_object *object, const char *key);
bool qmp_get_bool(struct json_object *object, const char *key);
/* The number if it is an integer in 0..MAX; else OTHERWISE. */
uint64_t qmp_as_uint(struct json_object *value, uint64_t max, uint64_t otherwise);
uint64_t qmp_get_uint(struct json_object *object, const char *key, uint64_t max, uint64_t otherwise);

#endif
