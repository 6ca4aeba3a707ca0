/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help, usage and the manual page, all printed from the command tables. */
#include <stdlib.h>
#include <string.h>

#include "virsh.h"

struct listing { const struct virsh_command **commands; size_t n; };

static void
collect(const struct virsh_command *command, void *opaque)
{
    struct listing *listing = opaque;

    if (command->flags & VIRSH_HIDDEN)
        return;
    listing->commands = vir_realloc_array(listing->commands, listing->n + 1, sizeof(*listing->commands));
    listing->commands[listing->n++] = command;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp((*(const struct virsh_command *const *)a)->name,
                  (*(const struct virsh_command *const *)b)->name);
}

/* The commands of a group in alphabetical order; free listing.commands. */
static struct listing
list_group(const struct virsh_group *group)
{
    struct listing listing = { 0 };

    virsh_commands_each(group, collect, &listing);
    if (listing.n > 0)
        qsort(listing.commands, listing.n, sizeof(*listing.commands), by_name);
    return listing;
}

static void
print_group(struct virsh *vsh, const struct virsh_group *group)
{
    struct listing listing = list_group(group);

    virsh_print(vsh, " %s (help keyword '%s'):\n", group->title, group->keyword);
    for (size_t i = 0; i < listing.n; i++)
        virsh_print(vsh, "    %-30s %s\n", listing.commands[i]->name, listing.commands[i]->title);
    virsh_print(vsh, "\n");
    free(listing.commands);
}

static void
print_groups(struct virsh *vsh)
{
    for (const struct virsh_group *group = virsh_groups; group->keyword; group++)
        print_group(vsh, group);
}

void
virsh_usage(struct virsh *vsh)
{
    virsh_print(vsh, "\n"
        "virsh [options]... [<command_string>]\n"
        "virsh [options]... <command> [args...]\n"
        "\n"
        "  options:\n"
        "    -c | --connect=URI      the hypervisor to talk to\n"
        "    -d | --debug=NUM        say more: 0 everything, 4 errors only\n"
        "    -e | --escape <char>    what ends a console session (^]: ctrl and ])\n"
        "    -h | --help             this text\n"
        "    -k | --keepalive-interval=NUM\n"
        "                            probe the other side every NUM seconds, 0: never\n"
        "    -K | --keepalive-count=NUM\n"
        "                            give up after NUM unanswered probes\n"
        "    -l | --log=FILE         append what is said to FILE\n"
        "    -q | --quiet            results only\n"
        "    -r | --readonly         refuse everything that changes something\n"
        "    -t | --timing           show how long each command took\n"
        "    -v                      version\n"
        "    -V                      version and build\n"
        "         --version[=TYPE]   short (default) or long\n"
        "  commands (non interactive mode):\n"
        "\n");
    print_groups(vsh);
    virsh_print(vsh, "\n  (help <group> lists the commands of one group, help <command> explains one)\n\n");
}

/* As it stands in the line that shows how to call the command. Caller frees. */
static char *
option_synopsis(const struct virsh_option *option)
{
    const bool required = option->flags & VIRSH_REQUIRED;

    switch (option->kind) {
    case VIRSH_BOOL:
        return vir_strdup_printf("[--%s]", option->name);
    case VIRSH_REST:
        return vir_strdup_printf(required ? "<%s>..." : "[<%s>]...", option->name);
    default:
        if (required)
            return vir_strdup_printf("<%s>", option->name);
        return vir_strdup_printf("[--%s <%s>]", option->name,
                                 option->kind == VIRSH_NUMBER ? "number" : "string");
    }
}

/* As it stands before its explanation. Caller frees. */
static char *
option_label(const struct virsh_option *option)
{
    const char *type = option->kind == VIRSH_NUMBER ? "number" : "string";

    if (option->kind == VIRSH_BOOL)
        return vir_strdup_printf("--%s", option->name);
    if (option->kind == VIRSH_REST || (option->flags & VIRSH_REQUIRED))
        return vir_strdup_printf("[--%s] <%s>", option->name, type);
    return vir_strdup_printf("--%s <%s>", option->name, type);
}

#define EACH_OPTION(option, command) \
    for (const struct virsh_option *option = (command)->options; option && option->name; option++) \
        if (option->kind != VIRSH_ALIAS)

int
virsh_help_command(struct virsh *vsh, const struct virsh_command *command)
{
    int widest = 0;

    virsh_print(vsh, "  NAME\n    %s - %s\n\n  SYNOPSIS\n    %s", command->name, command->title,
                command->name);
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *synopsis = option_synopsis(option), *label = option_label(option);

        virsh_print(vsh, " %s", synopsis);
        if ((int)strlen(label) > widest)
            widest = (int)strlen(label);
    }
    virsh_print(vsh, "\n\n");
    if (command->text)
        virsh_print(vsh, "  DESCRIPTION\n    %s\n\n", command->text);
    if (widest > 0)
        virsh_print(vsh, "  OPTIONS\n");
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *label = option_label(option);

        virsh_print(vsh, "    %-*s  %s\n", widest, label, option->text);
    }
    if (widest > 0)
        virsh_print(vsh, "\n");
    return 0;
}

static int
run_help(struct virsh *vsh, const struct virsh_call *call)
{
    const char *name = virsh_text(call, "command");
    const struct virsh_command *command;

    if (!name) {
        virsh_print(vsh, "Grouped commands:\n\n");
        print_groups(vsh);
        return 0;
    }
    command = virsh_command_find(name);
    if (command)
        return virsh_help_command(vsh, command);
    for (const struct virsh_group *group = virsh_groups; group->keyword; group++) {
        if (strcmp(group->keyword, name) == 0) {
            print_group(vsh, group);
            return 0;
        }
    }
    return virsh_error(vsh, "command or command group '%s' doesn't exist", name);
}

/* Text of the manual page: what roff would take for its own is escaped. */
static void
print_roff(struct virsh *vsh, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '-')
            virsh_print(vsh, "\\-");
        else if (*p == '\\')
            virsh_print(vsh, "\\e");
        else if ((*p == '.' || *p == '\'') && (p == text || p[-1] == '\n'))
            virsh_print(vsh, "\\&%c", *p);
        else if (*p != ' ' || p == text || !strchr("\n ", p[-1]))      /* the indentation is for help */
            virsh_print(vsh, "%c", *p);
    }
}

static void
manual_of_command(struct virsh *vsh, const struct virsh_command *command)
{
    virsh_print(vsh, ".SS ");
    print_roff(vsh, command->name);
    virsh_print(vsh, "\n.nh\n");
    print_roff(vsh, command->name);
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *synopsis = option_synopsis(option);

        virsh_print(vsh, " ");
        print_roff(vsh, synopsis);
    }
    virsh_print(vsh, "\n.hy\n.PP\n");
    print_roff(vsh, command->text ? command->text : command->title);
    virsh_print(vsh, "\n");
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *label = option_label(option);

        virsh_print(vsh, ".TP\n");
        print_roff(vsh, label);
        virsh_print(vsh, "\n");
        print_roff(vsh, option->text);
        virsh_print(vsh, "\n");
    }
}

/* The second half of the page; the first, written by hand, comes before it in the build. */
static int
run_manual(struct virsh *vsh, const struct virsh_call *call)
{
    (void)call;
    for (const struct virsh_group *group = virsh_groups; group->keyword; group++) {
        struct listing listing = list_group(group);

        virsh_print(vsh, ".SH ");
        for (const char *p = group->title; *p; p++)
            virsh_print(vsh, "%c", *p >= 'a' && *p <= 'z' ? *p - 32 : *p);
        virsh_print(vsh, "\n");
        for (size_t i = 0; i < listing.n; i++)
            manual_of_command(vsh, listing.commands[i]);
        free(listing.commands);
    }
    return 0;
}

static const struct virsh_option help_options[] = {
    { "command", VIRSH_STRING, VIRSH_EMPTY_OK, "a command, or the keyword of a group" },
    VIRSH_OPTIONS_END
};

const struct virsh_command virsh_help_commands[] = {
    { "help", "list the commands or explain one", "Without a name all commands are listed by group.",
      help_options, run_help, VIRSH_LOCAL | VIRSH_LENIENT },
    { "self-manual", "print the commands as a manual page", NULL,
      NULL, run_manual, VIRSH_LOCAL | VIRSH_HIDDEN },
    { .name = NULL }
};
