/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part virsh-qemu: QEMU's monitor by libvirt-qemu, and its answers by json-c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <json-c/json.h>
#include <libvirt/libvirt.h>
#include <libvirt/libvirt-qemu.h>

#include "parts.h"

static int
monitor_command(virDomainPtr dom, const char *command, unsigned int n_fds, int *fds, char **ret_answer,
                unsigned int flags)
{
    return n_fds > 0 ? virDomainQemuMonitorCommandWithFiles(dom, command, n_fds, fds, NULL, NULL, ret_answer, flags)
                     : virDomainQemuMonitorCommand(dom, command, ret_answer, flags);
}

static char *
agent_command(virDomainPtr dom, const char *command, int seconds)
{
    return virDomainQemuAgentCommand(dom, command, seconds, 0);
}

/* NULL: TEXT is no JSON, or more than that. */
static struct json_object *
parse(const char *text)
{
    struct json_tokener *tokener = json_tokener_new();
    const size_t len = strlen(text);
    struct json_object *value;

    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT);
    value = json_tokener_parse_ex(tokener, text, (int)len + 1);
    json_tokener_free(tokener);
    return value;
}

/* Caller frees. */
static char *
join(char *const *words, size_t n, const char *begin, const char *gap, const char *end)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);

    fputs(begin, out);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s%s", i > 0 ? gap : "", words[i]);
    fputs(end, out);
    fclose(out);
    return text;
}

static struct json_object *
parse_joined(char *const *words, size_t n, const char *begin, const char *gap, const char *end)
{
    char *text = join(words, n, begin, gap, end);
    struct json_object *value = parse(text);

    free(text);
    if (json_object_is_type(value, json_type_object))
        return value;
    json_object_put(value);
    return NULL;
}

static int
command(char *const *words, size_t n, char **ret_command)
{
    struct json_object *whole = parse_joined(words, n, "", " ", ""), *arguments;

    if (whole) {
        json_object_put(whole);
        *ret_command = join(words, n, "", " ", "");
        return 0;
    }
    whole = json_object_new_object();
    json_object_object_add(whole, "execute", json_object_new_string(words[0]));
    if (n > 1) {
        arguments = parse_joined(words + 1, n - 1, "", " ", "");
        if (!arguments)
            arguments = parse_joined(words + 1, n - 1, "{", ",", "}");
        if (!arguments) {
            json_object_put(whole);
            return -1;
        }
        json_object_object_add(whole, "arguments", arguments);
    }
    *ret_command = strdup(json_object_to_json_string_ext(whole, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(whole);
    return 0;
}

static void
print(FILE *out, struct json_object *value, int depth);

static void
print_item(FILE *out, const char *gap, const char *key, struct json_object *value, int depth)
{
    fprintf(out, "%s%*s", gap, 2 * depth, "");
    if (key) {
        struct json_object *name = json_object_new_string(key);

        fprintf(out, "%s: ", json_object_to_json_string_ext(name, JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(name);
    }
    print(out, value, depth);
}

/* A line for each item, two blanks deeper than what it is in. */
static void
print(FILE *out, struct json_object *value, int depth)
{
    const enum json_type type = json_object_get_type(value);
    const char *gap = "\n";

    if (type == json_type_object) {
        fputs("{", out);
        json_object_object_foreach(value, key, item) {
            print_item(out, gap, key, item, depth + 1);
            gap = ",\n";
        }
    } else if (type == json_type_array) {
        fputs("[", out);
        for (size_t i = 0; i < json_object_array_length(value); i++, gap = ",\n")
            print_item(out, gap, NULL, json_object_array_get_idx(value, i), depth + 1);
    } else {
        fputs(json_object_to_json_string_ext(value, JSON_C_TO_STRING_NOSLASHESCAPE), out);
        return;
    }
    /* nothing inside leaves an empty line */
    fprintf(out, "%s\n%*s%s", *gap == '\n' ? "\n" : "", 2 * depth, "", type == json_type_object ? "}" : "]");
}

static int
json(const char *answer, int return_value, int pretty, char **ret_text, char **ret_error)
{
    struct json_object *whole = parse(answer), *value = whole;
    size_t len;
    FILE *out;

    if (!whole || (return_value && !json_object_object_get_ex(whole, "return", &value))) {
        *ret_error = strdup(whole ? "'return' member missing" : "the answer is no JSON");
        json_object_put(whole);
        return -1;
    }
    out = open_memstream(ret_text, &len);
    if (!out) {
        json_object_put(whole);
        return -1;
    }
    if (pretty) {
        print(out, value, 0);
    } else {
        fputs(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE), out);
    }
    fclose(out);
    json_object_put(whole);
    return 0;
}

__attribute__((visibility("default")))
extern const struct virsh_qemu_part virsh_qemu;
const struct virsh_qemu_part virsh_qemu = {
    .version = SHELL_PART_VERSION,
    .monitor_command = monitor_command,
    .agent_command = agent_command,
    .command = command,
    .json = json,
};
