/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the words of a call to the arguments of its command's function.  The
 * rows say where each goes; in this order: what needs no reading, which options
 * go together, objects, numbers and words, files.
 */
#include <stdlib.h>
#include <string.h>

#include "shell.h"

#define NO_WORD (-1)

struct reading {
    struct shell *vsh;
    const struct shell_call *call;
    char *args;
};

static void
put(char *args, uint16_t place, const void *value, size_t size)
{
    if (place != SHELL_NOWHERE)
        memcpy(args + place, value, size);
}

static void
put_bool(char *args, uint16_t place)
{
    const bool yes = true;

    put(args, place, &yes, sizeof(yes));
}

static void *
pointer_at(const char *args, uint16_t place)
{
    void *pointer;

    memcpy(&pointer, args + place, sizeof(pointer));
    return pointer;
}

static const struct shell_value *
value_of(const struct shell_call *call, const struct shell_option *option)
{
    for (size_t i = 0; i < call->n_values; i++) {
        if (call->values[i].option == option)
            return &call->values[i];
    }
    return NULL;
}

/* What an option that is not given stands for. */
static void
put_default(char *args, const struct shell_option *option)
{
    const int none = NO_WORD;

    if (option->kind == SHELL_WORD)
        put(args, option->member, &none, sizeof(none));
    else if (option->kind == SHELL_NUMBER)
        put(args, option->member, &shell_limits[option->detail].otherwise, sizeof(long long));
}

static void
put_flag(char *args, const struct shell_option *option)
{
    unsigned int bits;

    put_bool(args, option->member);
    if (option->beside == SHELL_NOWHERE)
        return;
    memcpy(&bits, args + option->beside, sizeof(bits));
    bits |= option->detail;
    put(args, option->beside, &bits, sizeof(bits));
}

static void
put_plain(struct reading *reading)
{
    const struct shell_call *call = reading->call;

    SHELL_EACH_OPTION(option, call->command) {
        const struct shell_value *value = value_of(call, option);

        put_default(reading->args, option);
        if (option->kind == SHELL_REST) {
            put(reading->args, option->member, &call->rest, sizeof(call->rest));
            put(reading->args, option->beside, &call->n_rest, sizeof(call->n_rest));
        } else if (value && option->kind == SHELL_FLAG) {
            put_flag(reading->args, option);
        } else if (value && (option->kind == SHELL_STRING || option->kind == SHELL_COMMAND)) {
            put(reading->args, option->member, &value->text, sizeof(value->text));
        } else if (value && (option->kind == SHELL_FILE || option->kind == SHELL_OBJECT)) {
            put(reading->args, option->beside, &value->text, sizeof(value->text));
        }
    }
}

static int
check_rule(struct reading *reading, const struct shell_rule *rule)
{
    const struct shell_option *options = shell_options + reading->call->command->first_option;
    const struct shell_option *option = &options[rule->option], *other = &options[rule->other];
    const bool given = value_of(reading->call, option);
    const bool others = value_of(reading->call, other) || value_of(reading->call, &options[rule->third]);

    if (rule->verb == SHELL_RULE_REQUIRES ? given || others
                                          : !given || others != (rule->verb == SHELL_RULE_EXCLUDES))
        return 0;
    if (rule->text)
        return shell_error(reading->vsh, "%s", shell_strings + rule->text);
    if (rule->verb == SHELL_RULE_EXCLUDES)
        return shell_error(reading->vsh, "Options --%s and --%s are mutually exclusive",
                           shell_option_name(option), shell_option_name(other));
    return shell_error(reading->vsh, "Option --%s is required by option --%s", shell_option_name(other),
                       shell_option_name(option));
}

static int
check_rules(struct reading *reading)
{
    const struct shell_command *command = reading->call->command;

    for (size_t i = 0; i < command->n_rules; i++) {
        if (check_rule(reading, &shell_rules[command->first_rule + i]) < 0)
            return -1;
    }
    return 0;
}

static int
find_object(struct reading *reading, const struct shell_option *option)
{
    const struct shell_kind *kind = &shell_kinds[option->object];
    const struct shell_value *value = value_of(reading->call, option);
    void *object;

    if (!value)
        return 0;
    object = kind->find ? kind->find(reading->vsh, reading->call, reading->args, value->text)
                        : shell_object_find(reading->vsh, reading->call, option, value->text);
    put(reading->args, option->member, &object, sizeof(object));
    return object ? 0 : -1;
}

/* As many as words are left. */
static int
find_rest(struct reading *reading, const struct shell_option *option)
{
    const struct shell_call *call = reading->call;
    void **objects = call->n_rest > 0 ? vir_alloc_array(call->n_rest + 1, sizeof(*objects)) : NULL;

    put(reading->args, option->member, &objects, sizeof(objects));
    for (size_t i = 0; i < call->n_rest; i++) {
        const size_t n = i + 1;

        objects[i] = shell_object_find(reading->vsh, call, option, call->rest[i]);
        if (!objects[i])
            return -1;
        put(reading->args, option->beside, &n, sizeof(n));
    }
    return 0;
}

/* Those that are found by way of others come last. */
static int
find_objects(struct reading *reading, bool last)
{
    SHELL_EACH_OPTION(option, reading->call->command) {
        if (option->kind == SHELL_OBJECT && (shell_kinds[option->object].find != NULL) == last &&
            find_object(reading, option) < 0)
            return -1;
        if (option->kind == SHELL_OBJECTS && last && find_rest(reading, option) < 0)
            return -1;
    }
    return 0;
}

/* Its number in the list of OPTION, which may be typed instead where that is NUMBERED; NO_WORD: reported. */
static int
word_number(struct shell *vsh, const struct shell_option *option, const char *word)
{
    int number = 0;

    for (const char *known = shell_strings + option->detail; *known; known += strlen(known) + 1, number++) {
        const char digit[] = { (char)('0' + number), '\0' };

        if (strcmp(known, word) == 0 || (option->flags & SHELL_NUMBERED && number < 10 && strcmp(digit, word) == 0))
            return number;
    }
    shell_error(vsh, shell_strings + option->refused, word);
    return NO_WORD;
}

static int
read_words(struct shell *vsh, const struct shell_option *option, const char *text, unsigned int *ret_bits)
{
    VIR_AUTO_FREE char *copy = vir_strdup(text);
    char *rest = copy, *word;

    while ((word = strsep(&rest, ","))) {       /* an empty one is no word either */
        const int number = word_number(vsh, option, word);

        if (number < 0)
            return -1;
        *ret_bits |= 1u << number;
    }
    return 0;
}

static int
read_value(struct reading *reading, const struct shell_option *option, const char *text)
{
    const char *name = shell_option_name(option);
    struct shell *vsh = reading->vsh;
    unsigned long long size;
    unsigned int bits = 0;
    long long number;
    int word;

    if (option->kind == SHELL_NUMBER) {
        if (shell_number(vsh, name, text, &shell_limits[option->detail], &number) < 0)
            return option->refused ? shell_error(vsh, "%s", shell_strings + option->refused) : -1;
        put(reading->args, option->member, &number, sizeof(number));
    } else if (option->kind == SHELL_SIZE) {
        if (shell_scaled(vsh, option, text, &size) < 0)
            return -1;
        put(reading->args, option->member, &size, sizeof(size));
    } else if (option->kind == SHELL_WORD) {
        word = word_number(vsh, option, text);
        put(reading->args, option->member, &word, sizeof(word));
        return word < 0 ? -1 : 0;
    } else if (option->kind == SHELL_WORDS) {
        if (read_words(vsh, option, text, &bits) < 0)
            return -1;
        put(reading->args, option->member, &bits, sizeof(bits));
    } else {
        return 0;
    }
    put_bool(reading->args, option->beside);
    return 0;
}

static int
read_values(struct reading *reading)
{
    SHELL_EACH_OPTION(option, reading->call->command) {
        const struct shell_value *value = value_of(reading->call, option);

        if (value && value->text && read_value(reading, option, value->text) < 0)
            return -1;
    }
    return 0;
}

static int
read_files(struct reading *reading)
{
    SHELL_EACH_OPTION(option, reading->call->command) {
        const struct shell_value *value = value_of(reading->call, option);
        char *text;

        if (!value || option->kind != SHELL_FILE)
            continue;
        text = shell_file(reading->vsh, value->text);
        if (!text)
            return -1;
        put(reading->args, option->member, &text, sizeof(text));
    }
    return 0;
}

/* An option with this flag was given. */
static bool
has_flagged(const struct shell_call *call, enum shell_option_flag flag)
{
    for (size_t i = 0; i < call->n_values; i++) {
        if (call->values[i].option->flags & flag)
            return true;
    }
    return false;
}

int
shell_arguments_read(struct shell *vsh, const struct shell_call *call, void *args)
{
    struct reading reading = { vsh, call, args };

    put_plain(&reading);
    if (check_rules(&reading) < 0)
        return -1;
    if (has_flagged(call, SHELL_ALONE))
        return 0;
    if (!has_flagged(call, SHELL_UNFOUND) && (find_objects(&reading, false) < 0 || find_objects(&reading, true) < 0))
        return -1;
    return read_values(&reading) < 0 ? -1 : read_files(&reading);
}

void
shell_arguments_release(const struct shell_call *call, void *args)
{
    SHELL_EACH_OPTION(option, call->command) {
        void *pointer;
        size_t n;

        if (option->kind != SHELL_OBJECT && option->kind != SHELL_OBJECTS && option->kind != SHELL_FILE)
            continue;
        pointer = pointer_at(args, option->member);
        if (option->kind == SHELL_FILE) {
            free(pointer);
        } else if (option->kind == SHELL_OBJECTS) {
            memcpy(&n, (const char *)args + option->beside, sizeof(n));
            shell_objects_free(option->object, pointer, (int)n);
        } else if (pointer) {
            shell_kinds[option->object].release(pointer);
        }
    }
}

void *
shell_argument_object(const struct shell_call *call, const void *args, unsigned int kind)
{
    SHELL_EACH_OPTION(option, call->command) {
        if (option->kind == SHELL_OBJECT && option->object == kind)
            return pointer_at(args, option->member);
    }
    return NULL;
}
