/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From what was typed to calls.  Words come from a command string, read as a
 * shell would read it, or from the argument vector as they are; the grammar
 * behind is the same: command, then options and values.
 */
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "shell.h"

enum word { WORD, WORD_COMMAND_END, WORD_END, WORD_ERROR };

struct words {
    enum word (*next)(struct shell *vsh, struct words *words, char **ret_word);
    const char *text;           /* what is left of a command string */
    char *const *list;          /* or of an argument vector */
    size_t n_list;
};

static enum word
next_listed(struct shell *vsh, struct words *words, char **ret_word)
{
    (void)vsh;
    if (words->n_list == 0)
        return WORD_END;
    words->n_list--;
    *ret_word = vir_strdup(*words->list++);
    return WORD;
}

/* Reads quoted text up to QUOTE; NULL: it has no end, which only that in single quotes may lack. */
static const char *
read_quoted(const char *p, char quote, struct vir_buf *word)
{
    for (; *p != quote; p++) {
        if (*p == '\0')
            return quote == '"' ? NULL : p;
        if (quote == '"' && *p == '\\' && *++p == '\0')
            return NULL;
        vir_buf_add_mem(word, p, 1);
    }
    return p + 1;
}

static enum word
next_of_text(struct shell *vsh, struct words *words, char **ret_word)
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
                shell_error(vsh, "missing %c", quote);
                goto fail;
            }
            continue;
        }
        if (*p == '\\' && *++p == '\0') {
            shell_error(vsh, "dangling \\");
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
shell_is_rest(const struct shell_option *option)
{
    return option->kind == SHELL_REST || option->kind == SHELL_OBJECTS;
}

bool
shell_is_string(const struct shell_option *option)
{
    if (option->kind == SHELL_FLAG || shell_is_rest(option))
        return false;
    if (option->kind == SHELL_SIZE || option->kind == SHELL_NUMBER)
        return option->flags & SHELL_AS_STRING;
    return !(option->flags & SHELL_AS_NUMBER);
}

const char *
shell_value_type(const struct shell_option *option)
{
    return shell_is_string(option) || shell_is_rest(option) ? "string" : "number";
}

/* An alias is the command that it stands for. */
const struct shell_command *
shell_command_find(const char *name)
{
    for (unsigned int i = 0; i < shell_n_commands; i++) {
        const struct shell_command *command = &shell_commands[i];

        if (strcmp(shell_command_name(command), name) == 0)
            return command->run ? command : shell_command_find(shell_strings + command->title);
    }
    return NULL;
}

static const struct shell_command *
command_or_error(struct shell *vsh, const char *name)
{
    const struct shell_command *command = shell_command_find(name);
    struct vir_nearest nearest = { .word = name };

    if (command)
        return command;
    shell_error(vsh, "unknown command: '%s'", name);
    for (unsigned int i = 0; i < shell_n_commands; i++) {
        if (!(shell_commands[i].flags & SHELL_HIDDEN))
            vir_nearest_try(&nearest, shell_command_name(&shell_commands[i]));
    }
    if (nearest.best)
        shell_hint(vsh, "did you mean '%s'?", nearest.best);
    return NULL;
}

static bool
has_value(const struct shell_call *call, const struct shell_option *option)
{
    for (size_t i = 0; i < call->n_values; i++) {
        if (call->values[i].option == option)
            return true;
    }
    return shell_is_rest(option) && call->n_rest > 0;
}

/* Takes TEXT over. */
static void
add_value(struct shell *vsh, struct shell_call *call, const struct shell_option *option, char *text)
{
    if (shell_is_rest(option)) {
        if (!(call->n_rest & (call->n_rest - 1)))       /* room is a power of two */
            call->rest = vir_realloc_array(call->rest, call->n_rest ? call->n_rest * 2 : 1, sizeof(*call->rest));
        call->rest[call->n_rest++] = text;
    } else {
        call->values = vir_realloc_array(call->values, call->n_values + 1, sizeof(*call->values));
        call->values[call->n_values++] = (struct shell_value){ option, text };
    }
    shell_debug(vsh, 1, "%s: %s(%s): %s\n", shell_command_name(call->command), shell_option_name(option),
                option->kind == SHELL_FLAG ? "bool" : "optdata", text ? text : "(none)");
}

static const struct shell_option *
option_find(const struct shell_command *command, const char *name, size_t len)
{
    SHELL_EACH_OPTION(option, command) {
        const char *known = shell_option_name(option);

        if (strncmp(known, name, len) == 0 && known[len] == '\0')
            return option;
    }
    return NULL;
}

/* The option that the word --NAME[=VALUE] means; *ret_value: what stands behind '=', or NULL. */
static const struct shell_option *
option_named(struct shell *vsh, const struct shell_call *call, const char *word, const char **ret_value)
{
    const struct shell_command *command = call->command;
    const size_t len = strcspn(word, "=");
    const struct shell_option *option = option_find(command, word, len);
    struct vir_nearest nearest = { 0 };
    VIR_AUTO_FREE char *name = NULL;

    *ret_value = word[len] == '=' ? word + len + 1 : NULL;
    if (option && option->kind == SHELL_ALIAS) {
        const char *target = shell_strings + option->text;

        option = option_find(command, target, strcspn(target, "="));
        if (strchr(target, '='))
            *ret_value = strchr(target, '=') + 1;
    }
    if (option)
        return option;
    name = vir_strndup(word, len);
    shell_error(vsh, "command '%s' doesn't support option --%s", shell_command_name(command), name);
    nearest.word = name;
    SHELL_EACH_OPTION(known, command)
        vir_nearest_try(&nearest, shell_option_name(known));
    if (nearest.best)
        shell_hint(vsh, "did you mean '--%s'?", nearest.best);
    return NULL;
}

/* The word behind the option's name is its value when '=' gave none. */
static int
parse_option(struct shell *vsh, struct shell_call *call, struct words *words, const char *word)
{
    const char *given;
    const struct shell_option *option = option_named(vsh, call, word, &given);
    char *value = NULL;

    if (!option)
        return -1;
    if (!shell_is_rest(option) && has_value(call, option))
        return shell_error(vsh, "option --%s already seen", shell_option_name(option));
    if (option->kind == SHELL_FLAG) {
        if (given)
            return shell_error(vsh, "invalid '=' after option --%s", shell_option_name(option));
    } else if (given) {
        value = vir_strdup(given);
    } else if (words->next(vsh, words, &value) != WORD) {
        return shell_error(vsh, "expected syntax: --%s <%s>", shell_option_name(option),
                           shell_value_type(option));
    }
    add_value(vsh, call, option, value);
    return 0;
}

/* A word without a name fills the next free position. */
static int
parse_positional(struct shell *vsh, struct shell_call *call, char *word)
{
    SHELL_EACH_OPTION(option, call->command) {
        if (option->kind == SHELL_FLAG || option->kind == SHELL_ALIAS || (option->flags & SHELL_NAMED))
            continue;
        if (shell_is_rest(option) || !has_value(call, option)) {
            add_value(vsh, call, option, word);
            return 0;
        }
    }
    shell_error(vsh, "unexpected data '%s'", word);
    free(word);
    return -1;
}

static int
check_required(struct shell *vsh, const struct shell_call *call)
{
    int result = 0;

    SHELL_EACH_OPTION(option, call->command) {
        if (!(option->flags & SHELL_REQUIRED) || has_value(call, option))
            continue;
        result = shell_error(vsh, shell_is_string(option) || shell_is_rest(option)
                             ? "command '%s' requires <%s> option"
                             : "command '%s' requires --%s option", shell_command_name(call->command),
                             shell_option_name(option));
    }
    return result;
}

static void
drop_values(struct shell_call *call)
{
    while (call->n_values > 0)
        free(call->values[--call->n_values].text);
    while (call->n_rest > 0)
        free(call->rest[--call->n_rest]);
}

/* "COMMAND --help" is "help COMMAND". */
static void
turn_to_help(struct shell *vsh, struct shell_call *call)
{
    const struct shell_command *asked = call->command;
    const struct shell_command *help = shell_command_find("help");

    drop_values(call);
    call->command = help;
    add_value(vsh, call, shell_options + help->first_option, vir_strdup(shell_command_name(asked)));
}

static bool
names_option(const char *word)
{
    return strncmp(word, "--", 2) == 0 && word[2] != '\0' && !strchr("-=_", word[2]);
}

/* One word behind the command; takes it over. */
static int
parse_word(struct shell *vsh, struct shell_call *call, struct words *words, char *word, bool *only_data)
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
ignored(const struct shell_call *call, const char *word)
{
    if (!(call->command->flags & SHELL_LENIENT) || strcmp(word, "--help") == 0)
        return false;
    return call->n_values > 0 || (names_option(word) && strcmp(word, "--command") != 0);
}

/* Reads one command to its end; *ret_end says what ended it. */
static struct shell_call *
parse_call(struct shell *vsh, struct words *words, char *name, enum word *ret_end)
{
    const struct shell_command *command = command_or_error(vsh, name);
    struct shell_call *call;
    bool only_data = false;
    char *word;

    free(name);
    if (!command)
        return NULL;
    call = VIR_NEW(struct shell_call);
    call->command = command;
    while ((*ret_end = words->next(vsh, words, &word)) == WORD) {
        if (ignored(call, word)) {
            free(word);
            continue;
        }
        if (parse_word(vsh, call, words, word, &only_data) < 0)
            return shell_calls_free(call);
    }
    if (*ret_end == WORD_ERROR || check_required(vsh, call) < 0)
        return shell_calls_free(call);
    return call;
}

static int
parse(struct shell *vsh, struct words *words, struct shell_call **ret_calls)
{
    struct shell_call *first = NULL, **last = &first;
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
            shell_calls_free(first);
            return -1;
        }
        last = &(*last)->next;
    }
    *ret_calls = first;
    return 0;
}

int
shell_parse_text(struct shell *vsh, const char *text, struct shell_call **ret_calls)
{
    struct words words = { .next = next_of_text, .text = text };

    return parse(vsh, &words, ret_calls);
}

int
shell_parse_words(struct shell *vsh, char *const *list, size_t n, struct shell_call **ret_calls)
{
    struct words words = { .next = next_listed, .list = list, .n_list = n };

    return parse(vsh, &words, ret_calls);
}

struct shell_call *
shell_calls_free(struct shell_call *calls)
{
    while (calls) {
        struct shell_call *next = calls->next;

        drop_values(calls);
        free(calls->values);
        free(calls->rest);
        free(calls);
        calls = next;
    }
    return NULL;
}
