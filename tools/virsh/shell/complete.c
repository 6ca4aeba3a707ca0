/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Completion: what the word at the end of a line may become, from the command
 * tables and, on an open connection, from the names of objects.
 */
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

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
add_command(const struct virsh_command *command, void *opaque)
{
    if (!(command->flags & VIRSH_HIDDEN))
        add(opaque, command->name);
}

static void
add_options(struct candidates *candidates, const struct virsh_command *command)
{
    for (const struct virsh_option *option = command->options; option && option->name; option++) {
        VIR_AUTO_FREE char *word = vir_strdup_printf("--%s", option->name);

        if (option->kind != VIRSH_ALIAS)
            add(candidates, word);
    }
}

/* Values for an option that names an object; completing opens no connection. */
static void
add_values(struct virsh *vsh, struct candidates *candidates, const struct virsh_command *command,
           const struct virsh_option *option)
{
    char **names = vsh->conn ? virsh_names(vsh, command, option->name) : NULL;

    if (strcmp(option->name, "command") == 0)
        virsh_commands_each(NULL, add_command, candidates);
    for (char **name = names; name && *name; name++)
        add(candidates, *name);
    virsh_names_free(names);
}

/* The option that a value in this place belongs to: that of the word before, or the next free position. */
static const struct virsh_option *
option_at(const struct virsh_command *command, char *const *words, size_t n)
{
    const struct virsh_option *option;
    size_t position = 0;

    for (size_t i = 0; i < n; i++) {
        const bool named = strncmp(words[i], "--", 2) == 0;

        for (option = command->options; named && option && option->name; option++) {
            if (strcmp(option->name, words[i] + 2) == 0 && option->kind != VIRSH_BOOL) {
                if (i + 1 == n)
                    return option;
                i++;
                break;
            }
        }
        if (!named)
            position++;
    }
    for (option = command->options; option && option->name; option++) {
        if (option->kind == VIRSH_BOOL || option->kind == VIRSH_ALIAS || (option->flags & VIRSH_NAMED))
            continue;
        if (position-- == 0 || option->kind == VIRSH_REST)
            return option;
    }
    return NULL;
}

char **
virsh_complete(struct virsh *vsh, char *const *words, size_t n, const char *last)
{
    struct candidates candidates = { .prefix = last };
    const struct virsh_command *command = n > 0 ? virsh_command_find(words[0]) : NULL;
    const struct virsh_option *option;

    if (n == 0)
        virsh_commands_each(NULL, add_command, &candidates);
    else if (command && strncmp(last, "-", 1) == 0)
        add_options(&candidates, command);
    else if (command && (option = option_at(command, words + 1, n - 1)))
        add_values(vsh, &candidates, command, option);
    return candidates.words;
}

/* As the shell asks: quotes are not looked into. */
char **
virsh_complete_line(struct virsh *vsh, const char *line)
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
        return virsh_complete(vsh, words, n, "");
    return virsh_complete(vsh, words, n - 1, words[n - 1]);
}

/* "complete -- WORD...": for the completion of other shells; the last word is the one to complete. */
static int
run_complete(struct virsh *vsh, const struct virsh_call *call)
{
    VIR_AUTO_FREE char **words = NULL;
    virConnectPtr own = NULL;           /* not the connection of later commands: those may write */
    char **found;
    const char *word;
    size_t n = 0;

    for (size_t position = 0; (word = virsh_rest(call, &position)); ) {
        words = vir_realloc_array(words, n + 1, sizeof(*words));
        words[n++] = (char *)word;
    }
    if (n == 0)
        return -1;
    if (n > 1 && !vsh->conn)
        vsh->conn = own = virConnectOpenReadOnly(vsh->uri);
    virsh_error_forget(vsh);
    found = virsh_complete(vsh, words, n - 1, words[n - 1]);
    for (char **p = found; p && *p; p++)
        virsh_print(vsh, "%s\n", *p);
    virsh_names_free(found);
    if (own) {
        virConnectClose(own);
        vsh->conn = NULL;
    }
    return 0;
}

static const struct virsh_option complete_options[] = {
    { "string", VIRSH_REST, VIRSH_EMPTY_OK, "the words so far" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_complete_commands[] = {
    { "complete", "say what the last word may become", NULL,
      complete_options, run_complete, VIRSH_LOCAL | VIRSH_HIDDEN },
    { .name = NULL }
};
