/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From what was typed to calls.  Words come from a command string, read as a
 * shell would read it, or from the argument vector as they are; the grammar
 * behind is the same: command, then options and values.
 */
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "virsh.h"

enum word { WORD, WORD_COMMAND_END, WORD_END, WORD_ERROR };

struct words {
    enum word (*next)(struct virsh *vsh, struct words *words, char **ret_word);
    const char *text;           /* what is left of a command string */
    char *const *list;          /* or of an argument vector */
    size_t n_list;
};

static enum word
next_listed(struct virsh *vsh, struct words *words, char **ret_word)
{
    (void)vsh;
    if (words->n_list == 0)
        return WORD_END;
    words->n_list--;
    *ret_word = vir_strdup(*words->list++);
    return WORD;
}

/* Reads quoted text up to QUOTE; NULL: it has no end. */
static const char *
read_quoted(const char *p, char quote, struct vir_buf *word)
{
    for (; *p != quote; p++) {
        if (*p == '\0')
            return NULL;
        if (quote == '"' && *p == '\\' && *++p == '\0')
            return NULL;
        vir_buf_add_mem(word, p, 1);
    }
    return p + 1;
}

static enum word
next_of_text(struct virsh *vsh, struct words *words, char **ret_word)
{
    struct vir_buf word = { 0 };
    const char *p = words->text;

    while (*p == ' ' || *p == '\t')
        p++;
    if (*p == '#')
        p += strcspn(p, "\n");
    if (*p == '\0' || *p == ';' || *p == '\n') {
        words->text = *p == '\0' ? p : p + 1;
        return *p == '\0' ? WORD_END : WORD_COMMAND_END;
    }
    while (*p != '\0' && !strchr(" \t\n;", *p)) {
        if (*p == '\'' || *p == '"') {
            const char quote = *p;

            p = read_quoted(p + 1, quote, &word);
            if (!p) {
                virsh_error(vsh, "missing %c", quote);
                goto fail;
            }
            continue;
        }
        if (*p == '\\' && *++p == '\0') {
            virsh_error(vsh, "dangling \\");
            goto fail;
        }
        if (*p != '\n')         /* behind a backslash: the line goes on */
            vir_buf_add_mem(&word, p, 1);
        p++;
    }
    words->text = p;
    *ret_word = vir_buf_steal(&word);
    return WORD;
fail:
    vir_buf_free(&word);
    return WORD_ERROR;
}

bool
virsh_is_rest(const struct virsh_option *option)
{
    return option->kind == VIRSH_REST || option->kind == VIRSH_OBJECTS;
}

bool
virsh_is_string(const struct virsh_option *option)
{
    if (option->kind == VIRSH_FLAG || option->kind == VIRSH_NUMBER || virsh_is_rest(option))
        return false;
    return option->kind != VIRSH_SIZE || option->flags & VIRSH_AS_STRING;
}

const char *
virsh_value_type(const struct virsh_option *option)
{
    return virsh_is_string(option) || virsh_is_rest(option) ? "string" : "number";
}

/* An alias is the command that it stands for. */
const struct virsh_command *
virsh_command_find(const char *name)
{
    for (unsigned int i = 0; i < virsh_n_commands; i++) {
        const struct virsh_command *command = &virsh_commands[i];

        if (strcmp(virsh_command_name(command), name) == 0)
            return command->run ? command : virsh_command_find(virsh_strings + command->title);
    }
    return NULL;
}

static const struct virsh_command *
command_or_error(struct virsh *vsh, const char *name)
{
    const struct virsh_command *command = virsh_command_find(name);
    struct vir_nearest nearest = { .word = name };

    if (command)
        return command;
    virsh_error(vsh, "unknown command: '%s'", name);
    for (unsigned int i = 0; i < virsh_n_commands; i++) {
        if (!(virsh_commands[i].flags & VIRSH_HIDDEN))
            vir_nearest_try(&nearest, virsh_command_name(&virsh_commands[i]));
    }
    if (nearest.best)
        virsh_hint(vsh, "did you mean '%s'?", nearest.best);
    return NULL;
}

static bool
has_value(const struct virsh_call *call, const struct virsh_option *option)
{
    for (size_t i = 0; i < call->n_values; i++) {
        if (call->values[i].option == option)
            return true;
    }
    return virsh_is_rest(option) && call->n_rest > 0;
}

/* Takes TEXT over. */
static void
add_value(struct virsh *vsh, struct virsh_call *call, const struct virsh_option *option, char *text)
{
    if (virsh_is_rest(option)) {
        if (!(call->n_rest & (call->n_rest - 1)))       /* room is a power of two */
            call->rest = vir_realloc_array(call->rest, call->n_rest ? call->n_rest * 2 : 1, sizeof(*call->rest));
        call->rest[call->n_rest++] = text;
    } else {
        call->values = vir_realloc_array(call->values, call->n_values + 1, sizeof(*call->values));
        call->values[call->n_values++] = (struct virsh_value){ option, text };
    }
    virsh_debug(vsh, 1, "%s: %s(%s): %s\n", virsh_command_name(call->command), virsh_option_name(option),
                option->kind == VIRSH_FLAG ? "bool" : "optdata", text ? text : "(none)");
}

static const struct virsh_option *
option_find(const struct virsh_command *command, const char *name, size_t len)
{
    VIRSH_EACH_OPTION(option, command) {
        const char *known = virsh_option_name(option);

        if (strncmp(known, name, len) == 0 && known[len] == '\0')
            return option;
    }
    return NULL;
}

/* The option that the word --NAME[=VALUE] means; *ret_value: what stands behind '=', or NULL. */
static const struct virsh_option *
option_named(struct virsh *vsh, const struct virsh_call *call, const char *word, const char **ret_value)
{
    const struct virsh_command *command = call->command;
    const size_t len = strcspn(word, "=");
    const struct virsh_option *option = option_find(command, word, len);
    struct vir_nearest nearest = { 0 };
    VIR_AUTO_FREE char *name = NULL;

    *ret_value = word[len] == '=' ? word + len + 1 : NULL;
    if (option && option->kind == VIRSH_ALIAS) {
        const char *target = virsh_strings + option->text;

        option = option_find(command, target, strcspn(target, "="));
        if (strchr(target, '='))
            *ret_value = strchr(target, '=') + 1;
    }
    if (option)
        return option;
    name = vir_strndup(word, len);
    virsh_error(vsh, "command '%s' doesn't support option --%s", virsh_command_name(command), name);
    nearest.word = name;
    VIRSH_EACH_OPTION(known, command)
        vir_nearest_try(&nearest, virsh_option_name(known));
    if (nearest.best)
        virsh_hint(vsh, "did you mean '--%s'?", nearest.best);
    return NULL;
}

/* The word behind the option's name is its value when '=' gave none. */
static int
parse_option(struct virsh *vsh, struct virsh_call *call, struct words *words, const char *word)
{
    const char *given;
    const struct virsh_option *option = option_named(vsh, call, word, &given);
    char *value = NULL;

    if (!option)
        return -1;
    if (!virsh_is_rest(option) && has_value(call, option))
        return virsh_error(vsh, "option --%s already seen", virsh_option_name(option));
    if (option->kind == VIRSH_FLAG) {
        if (given)
            return virsh_error(vsh, "invalid '=' after option --%s", virsh_option_name(option));
    } else if (given) {
        value = vir_strdup(given);
    } else if (words->next(vsh, words, &value) != WORD) {
        return virsh_error(vsh, "expected syntax: --%s <%s>", virsh_option_name(option),
                           virsh_value_type(option));
    }
    add_value(vsh, call, option, value);
    return 0;
}

/* A word without a name fills the next free position. */
static int
parse_positional(struct virsh *vsh, struct virsh_call *call, char *word)
{
    VIRSH_EACH_OPTION(option, call->command) {
        if (option->kind == VIRSH_FLAG || option->kind == VIRSH_ALIAS || (option->flags & VIRSH_NAMED))
            continue;
        if (virsh_is_rest(option) || !has_value(call, option)) {
            add_value(vsh, call, option, word);
            return 0;
        }
    }
    virsh_error(vsh, "unexpected data '%s'", word);
    free(word);
    return -1;
}

static int
check_required(struct virsh *vsh, const struct virsh_call *call)
{
    int result = 0;

    VIRSH_EACH_OPTION(option, call->command) {
        if (!(option->flags & VIRSH_REQUIRED) || has_value(call, option))
            continue;
        result = virsh_error(vsh, virsh_is_string(option) || virsh_is_rest(option)
                             ? "command '%s' requires <%s> option"
                             : "command '%s' requires --%s option", virsh_command_name(call->command),
                             virsh_option_name(option));
    }
    return result;
}

static void
drop_values(struct virsh_call *call)
{
    while (call->n_values > 0)
        free(call->values[--call->n_values].text);
    while (call->n_rest > 0)
        free(call->rest[--call->n_rest]);
}

/* "COMMAND --help" is "help COMMAND". */
static void
turn_to_help(struct virsh *vsh, struct virsh_call *call)
{
    const struct virsh_command *asked = call->command;
    const struct virsh_command *help = virsh_command_find("help");

    drop_values(call);
    call->command = help;
    add_value(vsh, call, virsh_options + help->first_option, vir_strdup(virsh_command_name(asked)));
}

static bool
names_option(const char *word)
{
    return strncmp(word, "--", 2) == 0 && word[2] != '\0' && !strchr("-=_", word[2]);
}

/* One word behind the command; takes it over. */
static int
parse_word(struct virsh *vsh, struct virsh_call *call, struct words *words, char *word, bool *only_data)
{
    int result = 0;

    if (*only_data)
        return parse_positional(vsh, call, word);
    if (strcmp(word, "--") == 0) {
        *only_data = true;
    } else if (strcmp(word, "--help") == 0) {
        turn_to_help(vsh, call);
        *only_data = true;
    } else if (names_option(word)) {
        result = parse_option(vsh, call, words, word + 2);
    } else {
        return parse_positional(vsh, call, word);
    }
    free(word);
    return result;
}

/* "help" takes one name and lets everything else pass. */
static bool
ignored(const struct virsh_call *call, const char *word)
{
    if (!(call->command->flags & VIRSH_LENIENT) || strcmp(word, "--help") == 0)
        return false;
    return call->n_values > 0 || (names_option(word) && strcmp(word, "--command") != 0);
}

/* Reads one command to its end; *ret_end says what ended it. */
static struct virsh_call *
parse_call(struct virsh *vsh, struct words *words, char *name, enum word *ret_end)
{
    const struct virsh_command *command = command_or_error(vsh, name);
    struct virsh_call *call;
    bool only_data = false;
    char *word;

    free(name);
    if (!command)
        return NULL;
    call = VIR_NEW(struct virsh_call);
    call->command = command;
    while ((*ret_end = words->next(vsh, words, &word)) == WORD) {
        if (ignored(call, word)) {
            free(word);
            continue;
        }
        if (parse_word(vsh, call, words, word, &only_data) < 0)
            return virsh_calls_free(call);
    }
    if (*ret_end == WORD_ERROR || check_required(vsh, call) < 0)
        return virsh_calls_free(call);
    return call;
}

static int
parse(struct virsh *vsh, struct words *words, struct virsh_call **ret_calls)
{
    struct virsh_call *first = NULL, **last = &first;
    enum word end = WORD_COMMAND_END;
    char *name;

    while (end == WORD_COMMAND_END) {
        while ((end = words->next(vsh, words, &name)) == WORD_COMMAND_END)
            ;
        if (end == WORD_END)
            break;
        if (end == WORD) {
            *last = parse_call(vsh, words, name, &end);
            if (!*last)
                end = WORD_ERROR;
        }
        if (end == WORD_ERROR) {
            virsh_calls_free(first);
            return -1;
        }
        last = &(*last)->next;
    }
    *ret_calls = first;
    return 0;
}

int
virsh_parse_text(struct virsh *vsh, const char *text, struct virsh_call **ret_calls)
{
    struct words words = { .next = next_of_text, .text = text };

    return parse(vsh, &words, ret_calls);
}

int
virsh_parse_words(struct virsh *vsh, char *const *list, size_t n, struct virsh_call **ret_calls)
{
    struct words words = { .next = next_listed, .list = list, .n_list = n };

    return parse(vsh, &words, ret_calls);
}

struct virsh_call *
virsh_calls_free(struct virsh_call *calls)
{
    while (calls) {
        struct virsh_call *next = calls->next;

        drop_values(calls);
        free(calls->values);
        free(calls->rest);
        free(calls);
        calls = next;
    }
    return NULL;
}
