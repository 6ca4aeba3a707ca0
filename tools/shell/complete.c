/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Completion: what the word at the end of a line may become, from the command
 * tables and, on an open connection, from the names of objects.
 */
#include <stdlib.h>
#include <string.h>

#include "rows/own.h"

struct candidates {
    const char *prefix;
    char **words;               /* NULL-terminated once there is one */
    size_t n;
};

static void
add(struct candidates *candidates, const char *word)
{
    if (!word || strncmp(word, candidates->prefix, strlen(candidates->prefix)) != 0)
        return;
    candidates->words = vir_realloc_array(candidates->words, candidates->n + 2, sizeof(*candidates->words));
    candidates->words[candidates->n++] = vir_strdup(word);
    candidates->words[candidates->n] = NULL;
}

static void
add_commands(struct candidates *candidates)
{
    for (unsigned int i = 0; i < shell_n_commands; i++) {
        if (!(shell_commands[i].flags & SHELL_HIDDEN))
            add(candidates, shell_command_name(&shell_commands[i]));
    }
}

static void
add_options(struct candidates *candidates, const struct shell_command *command)
{
    SHELL_EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *word = vir_strdup_printf("--%s", shell_option_name(option));

        if (option->kind != SHELL_ALIAS)
            add(candidates, word);
    }
}

/* Completing opens no connection. */
static void
add_names(struct shell *vsh, struct candidates *candidates, unsigned int kind)
{
    char **names = vsh->conn ? shell_names(vsh, kind) : NULL;

    for (char **name = names; name && *name; name++)
        add(candidates, *name);
    shell_names_free(names);
}

static void
add_values(struct shell *vsh, struct candidates *candidates, const struct shell_option *option)
{
    if (option->kind == SHELL_COMMAND) {
        add_commands(candidates);
    } else if (option->kind == SHELL_OBJECT || option->kind == SHELL_OBJECTS) {
        add_names(vsh, candidates, option->object);
    } else if (option->kind == SHELL_WORD || option->kind == SHELL_WORDS) {
        for (const char *word = shell_strings + option->detail; *word; word += strlen(word) + 1)
            add(candidates, word);
    }
}

static const struct shell_option *
option_named(const struct shell_command *command, const char *name)
{
    SHELL_EACH_OPTION(option, command) {
        if (strcmp(shell_option_name(option), name) == 0 && option->kind != SHELL_FLAG)
            return option;
    }
    return NULL;
}

/* The option that a value in this place belongs to: that of the word before, or the next free position. */
static const struct shell_option *
option_at(const struct shell_command *command, char *const *words, size_t n)
{
    size_t position = 0;

    for (size_t i = 0; i < n; i++) {
        const bool named = strncmp(words[i], "--", 2) == 0;
        const struct shell_option *option = named ? option_named(command, words[i] + 2) : NULL;

        if (option && i + 1 == n)
            return option;
        i += option != NULL;
        position += !named;
    }
    SHELL_EACH_OPTION(option, command) {
        if (option->kind == SHELL_FLAG || option->kind == SHELL_ALIAS || (option->flags & SHELL_NAMED))
            continue;
        if (position-- == 0 || shell_is_rest(option))
            return option;
    }
    return NULL;
}

char **
shell_complete(struct shell *vsh, char *const *words, size_t n, const char *last)
{
    struct candidates candidates = { .prefix = last };
    const struct shell_command *command = n > 0 ? shell_command_find(words[0]) : NULL;
    const struct shell_option *option;

    if (n == 0)
        add_commands(&candidates);
    else if (command && strncmp(last, "-", 1) == 0)
        add_options(&candidates, command);
    else if (command && (option = option_at(command, words + 1, n - 1)))
        add_values(vsh, &candidates, option);
    return candidates.words;
}

/* As the shell asks: quotes are not looked into. */
char **
shell_complete_line(struct shell *vsh, const char *line)
{
    const char *start = strrchr(line, ';');
    VIR_AUTO_FREE char *copy = vir_strdup(start ? start + 1 : line);
    VIR_AUTO_FREE char **words = NULL;
    const size_t len = strlen(copy);
    const bool begins = len == 0 || copy[len - 1] == ' ';
    char *state = NULL;
    size_t n = 0;

    for (char *word = strtok_r(copy, " \t", &state); word; word = strtok_r(NULL, " \t", &state)) {
        words = vir_realloc_array(words, n + 1, sizeof(*words));
        words[n++] = word;
    }
    if (begins || n == 0)
        return shell_complete(vsh, words, n, "");
    return shell_complete(vsh, words, n - 1, words[n - 1]);
}

/* "complete -- WORD...": for the completion of other shells; the last word is the one to complete. */
int
run_complete(struct shell *vsh, const struct complete_args *args)
{
    const size_t n = args->n_string;
    void *own = NULL;
    char **found;

    if (n == 0)
        return -1;
    if (n > 1 && !vsh->conn)
        vsh->conn = own = shell_tool.connect_to_look(vsh);
    shell_error_forget(vsh);
    found = shell_complete(vsh, args->string, n - 1, args->string[n - 1]);
    for (char **p = found; p && *p; p++)
        shell_print(vsh, "%s\n", *p);
    shell_names_free(found);
    if (own) {
        vsh->conn = NULL;
        shell_tool.disconnect(vsh, own);
    }
    return 0;
}
