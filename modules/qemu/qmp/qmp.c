/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines and messages of QEMU's machine protocol; see qmp.h.
 */
#include "qmp/qmp.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4096, KEEP_ROOM = 65536 };

void
qmp_reader_free(struct qmp_reader *reader)
{
    free(reader->text);
    memset(reader, 0, sizeof(*reader));
}

/* Moves what is left to the front and gives back the memory of a long line. */
static void
reader_compact(struct qmp_reader *reader)
{
    size_t left = reader->len - reader->start;

    if (reader->start == 0)
        return;
    memmove(reader->text, reader->text + reader->start, left);
    reader->searched -= reader->start;
    reader->len = left;
    reader->start = 0;
    if (left == 0 && reader->room > KEEP_ROOM)
        qmp_reader_free(reader);
}

int
qmp_reader_space(struct qmp_reader *reader, char **ret_at, size_t *ret_room)
{
    reader_compact(reader);
    if (reader->len == reader->room) {
        size_t room = reader->room ? reader->room * 2 : FIRST_ROOM;
        char *text;

        if (reader->len >= QMP_MAX_LINE)
            return -1;
        if (room > QMP_MAX_LINE)
            room = QMP_MAX_LINE;
        text = realloc(reader->text, room);
        if (!text)
            return -1;
        reader->text = text;
        reader->room = room;
    }
    *ret_at = reader->text + reader->len;
    *ret_room = reader->room - reader->len;
    return 0;
}

void
qmp_reader_added(struct qmp_reader *reader, size_t n)
{
    reader->len += n;
}

const char *
qmp_reader_line(struct qmp_reader *reader, size_t *ret_len)
{
    const char *line, *end;

    if (reader->searched < reader->start)
        reader->searched = reader->start;
    if (reader->searched == reader->len)
        return NULL;
    end = memchr(reader->text + reader->searched, '\n', reader->len - reader->searched);
    if (!end) {
        reader->searched = reader->len;
        return NULL;
    }
    line = reader->text + reader->start;
    *ret_len = (size_t)(end - line);
    if (*ret_len > 0 && end[-1] == '\r')
        (*ret_len)--;
    reader->start = reader->searched = (size_t)(end - reader->text) + 1;
    return line;
}

/* The memory that TEXT takes as values, in bytes, estimated high. */
static size_t
memory_of(const char *text, size_t len)
{
    enum { OBJECT = 800, ARRAY = 400, MEMBER = 160 };   /* of json-c 0.16, empty */
    size_t bytes = len;
    bool quoted = false;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (c == '"')
            quoted = !quoted;
        else if (quoted)
            i += c == '\\';
        else
            bytes += c == '{' ? OBJECT : c == '[' ? ARRAY : c == ',' ? MEMBER : 0;
    }
    return bytes;
}

struct json_object *
qmp_parse_object(const char *text, size_t len, const char **ret_why)
{
    struct json_tokener *tokener;
    struct json_object *root;

    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        len--;
    if (memory_of(text, len) > QMP_MAX_MEMORY) {
        *ret_why = "a message has too many values";
        return NULL;
    }
    tokener = json_tokener_new_ex(QMP_MAX_DEPTH);
    if (!tokener) {
        *ret_why = "out of memory";
        return NULL;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    root = json_tokener_parse_ex(tokener, text, (int)len);
    if (json_tokener_get_error(tokener) != json_tokener_success) {
        *ret_why = json_tokener_get_error(tokener) == json_tokener_continue
            ? "incomplete JSON" : json_tokener_error_desc(json_tokener_get_error(tokener));
        json_object_put(root);
        root = NULL;
    } else if (!json_object_is_type(root, json_type_object)) {
        *ret_why = "not a JSON object";
        json_object_put(root);
        root = NULL;
    }
    json_tokener_free(tokener);
    return root;
}

static int
classify(struct qmp_message *message)
{
    struct json_object *root = message->root, *value;

    message->id = qmp_get_uint(root, "id", INT64_MAX, 0);
    if (json_object_object_get_ex(root, "return", &value)) {
        message->kind = QMP_RETURN;
        message->value = value;
        return 0;
    }
    if ((value = qmp_get(root, "error"))) {
        message->kind = QMP_ERROR;
        message->name = qmp_get_string(value, "class");
        message->text = qmp_get_string(value, "desc");
        if (!message->text)
            message->text = "error without description";
        return 0;
    }
    if ((message->name = qmp_get_string(root, "event"))) {
        message->kind = QMP_EVENT;
        message->value = qmp_get(root, "data");
        return 0;
    }
    if ((value = qmp_get(root, "QMP"))) {
        message->kind = QMP_GREETING;
        message->value = value;
        return 0;
    }
    return -1;
}

int
qmp_parse(const char *line, size_t len, struct qmp_message *ret, const char **ret_why)
{
    struct qmp_message message = { .root = qmp_parse_object(line, len, ret_why) };

    if (!message.root)
        return -1;
    if (classify(&message) < 0) {
        *ret_why = "a JSON object of no known kind";
        qmp_message_free(&message);
        return -1;
    }
    *ret = message;
    return 0;
}

struct json_object *
qmp_message_take(struct qmp_message *message, bool whole)
{
    struct json_object *taken = whole ? vir_steal(&message->root) : json_object_get(message->value);

    if (!whole)
        json_object_object_del(message->root, "return");
    message->value = NULL;
    return taken ? taken : qmp_new_object();    /* a JSON null is an answer, too */
}

void
qmp_message_free(struct qmp_message *message)
{
    json_object_put(message->root);
    memset(message, 0, sizeof(*message));
}

/* ---- values that we make -------------------------------------------------------------- */

/* More than any of them takes: the program gives back what it keeps in reserve, or ends. */
static void
make_room(void)
{
    free(vir_alloc(64 * 1024));
}

/* The value of CALL, which is NULL when there is no memory. */
#define SURELY(call)                            \
    __extension__ ({                            \
        __typeof__(call) _got;                  \
        while (!(_got = (call)))                \
            make_room();                        \
        _got;                                   \
    })

struct json_object *
qmp_new_object(void)
{
    return SURELY(json_object_new_object());
}

struct json_object *
qmp_new_string(const char *text)
{
    return SURELY(json_object_new_string(text));
}

struct json_object *
qmp_new_int(int64_t value)
{
    return SURELY(json_object_new_int64(value));
}

struct json_object *
qmp_new_bool(bool value)
{
    return SURELY(json_object_new_boolean(value));
}

void
qmp_add(struct json_object *object, const char *key, struct json_object *value)
{
    while (json_object_object_add(object, key, value) < 0)
        make_room();
}

struct json_object *
qmp_new_array(void)
{
    return SURELY(json_object_new_array());
}

void
qmp_append(struct json_object *array, struct json_object *value)
{
    while (json_object_array_add(array, value) < 0)
        make_room();
}

const char *
qmp_text(struct json_object *value, int flags)
{
    return SURELY(json_object_to_json_string_ext(value, flags));
}

void
qmp_format(struct vir_buf *buf, const char *command, struct json_object *args, uint64_t id)
{
    vir_buf_addf(buf, "{\"execute\":\"%s\"", command);
    if (args)                           /* few bytes: QEMU reads each of them alone */
        vir_buf_addf(buf, ",\"arguments\":%s",
                     qmp_text(args, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    vir_buf_addf(buf, ",\"id\":%" PRIu64 "}\r\n", id);
}

struct json_object *
qmp_get(struct json_object *object, const char *key)
{
    struct json_object *value = NULL;

    if (json_object_is_type(object, json_type_object))
        json_object_object_get_ex(object, key, &value);
    return value;
}

const char *
qmp_get_string(struct json_object *object, const char *key)
{
    struct json_object *value = qmp_get(object, key);

    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

bool
qmp_get_bool(struct json_object *object, const char *key)
{
    struct json_object *value = qmp_get(object, key);

    return json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}

uint64_t
qmp_as_uint(struct json_object *value, uint64_t max, uint64_t otherwise)
{
    uint64_t number;

    if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
        return otherwise;
    number = json_object_get_uint64(value);
    return number <= max ? number : otherwise;
}

uint64_t
qmp_get_uint(struct json_object *object, const char *key, uint64_t max, uint64_t otherwise)
{
    return qmp_as_uint(qmp_get(object, key), max, otherwise);
}
