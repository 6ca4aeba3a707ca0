/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help, usage and the manual page, all printed from the command tables. */
#include <stdlib.h>
#include <string.h>

#include "rows/own.h"

/* The commands of a group lie in alphabetical order. */
#define EACH_COMMAND(command, group) \
    for (const struct shell_command *command = shell_commands + (group)->first; \
         command < shell_commands + (group)->first + (group)->n; command++) \
        if (!(command->flags & SHELL_HIDDEN))

#define EACH_GROUP(group) \
    for (const struct shell_group *group = shell_groups; group < shell_groups + shell_n_groups; group++)

static void
print_group(struct shell *vsh, const struct shell_group *group)
{
    shell_print(vsh, " %s (help keyword '%s'):\n", shell_strings + group->title,
                shell_strings + group->keyword);
    EACH_COMMAND(command, group)
        shell_print(vsh, "    %-30s %s\n", shell_command_name(command), shell_strings + command->title);
    shell_print(vsh, "\n");
}

static void
print_groups(struct shell *vsh)
{
    EACH_GROUP(group)
        print_group(vsh, group);
}

void
shell_usage(struct shell *vsh)
{
    shell_print(vsh, "\n%s [options]... [<command_string>]\n%s [options]... <command> [args...]\n\n  options:\n%s"
                "  commands (non interactive mode):\n\n", shell_tool.name, shell_tool.name, shell_tool.usage);
    print_groups(vsh);
    shell_print(vsh, "\n  (help <group> lists the commands of one group, help <command> explains one)\n\n");
}

/* As it stands in the line that shows how to call the command. Caller frees. */
static char *
option_synopsis(const struct shell_option *option)
{
    const bool required = option->flags & SHELL_REQUIRED;
    const char *name = shell_option_name(option);

    if (option->kind == SHELL_FLAG)
        return vir_strdup_printf("[--%s]", name);
    if (shell_is_rest(option))
        return vir_strdup_printf(required ? "<%s>..." : "[<%s>]...", name);
    if (required)
        return vir_strdup_printf("<%s>", name);
    return vir_strdup_printf("[--%s <%s>]", name, shell_value_type(option));
}

/* As it stands before its explanation. Caller frees. */
static char *
option_label(const struct shell_option *option)
{
    const char *name = shell_option_name(option);

    if (option->kind == SHELL_FLAG)
        return vir_strdup_printf("--%s", name);
    if (shell_is_rest(option) || (option->flags & SHELL_REQUIRED))
        return vir_strdup_printf("[--%s] <%s>", name, shell_value_type(option));
    return vir_strdup_printf("--%s <%s>", name, shell_value_type(option));
}

#define EACH_OPTION(option, command) SHELL_EACH_OPTION(option, command) if (option->kind != SHELL_ALIAS)

int
shell_help_command(struct shell *vsh, const struct shell_command *command)
{
    const char *name = shell_command_name(command);
    int widest = 0;

    shell_print(vsh, "  NAME\n    %s - %s\n\n  SYNOPSIS\n    %s", name, shell_strings + command->title, name);
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *synopsis = option_synopsis(option), *label = option_label(option);

        shell_print(vsh, " %s", synopsis);
        if ((int)strlen(label) > widest)
            widest = (int)strlen(label);
    }
    shell_print(vsh, "\n\n");
    if (command->text)
        shell_print(vsh, "  DESCRIPTION\n    %s\n\n", shell_strings + command->text);
    if (widest > 0)
        shell_print(vsh, "  OPTIONS\n");
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *label = option_label(option);

        shell_print(vsh, "    %-*s  %s\n", widest, label, shell_strings + option->text);
    }
    if (widest > 0)
        shell_print(vsh, "\n");
    return 0;
}

int
run_help(struct shell *vsh, const struct help_args *args)
{
    const struct shell_command *command;

    if (!args->command) {
        shell_print(vsh, "Grouped commands:\n\n");
        print_groups(vsh);
        return 0;
    }
    command = shell_command_find(args->command);
    if (command)
        return shell_help_command(vsh, command);
    EACH_GROUP(group) {
        if (strcmp(shell_strings + group->keyword, args->command) == 0) {
            print_group(vsh, group);
            return 0;
        }
    }
    return shell_error(vsh, "command or command group '%s' doesn't exist", args->command);
}

/* Text of the manual page: what roff would take for its own is escaped. */
static void
print_roff(struct shell *vsh, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '-')
            shell_print(vsh, "\\-");
        else if (*p == '\\')
            shell_print(vsh, "\\e");
        else if ((*p == '.' || *p == '\'') && (p == text || p[-1] == '\n'))
            shell_print(vsh, "\\&%c", *p);
        else if (*p != ' ' || p == text || !strchr("\n ", p[-1]))      /* the indentation is for help */
            shell_print(vsh, "%c", *p);
    }
}

static void
manual_of_command(struct shell *vsh, const struct shell_command *command)
{
    shell_print(vsh, ".SS ");
    print_roff(vsh, shell_command_name(command));
    shell_print(vsh, "\n.nh\n");
    print_roff(vsh, shell_command_name(command));
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *synopsis = option_synopsis(option);

        shell_print(vsh, " ");
        print_roff(vsh, synopsis);
    }
    shell_print(vsh, "\n.hy\n.PP\n");
    print_roff(vsh, shell_strings + (command->text ? command->text : command->title));
    shell_print(vsh, "\n");
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *label = option_label(option);

        shell_print(vsh, ".TP\n");
        print_roff(vsh, label);
        shell_print(vsh, "\n");
        print_roff(vsh, shell_strings + option->text);
        shell_print(vsh, "\n");
    }
}

/* The second half of the page; the first, written by hand, comes before it in the build. */
int
run_self_manual(struct shell *vsh)
{
    EACH_GROUP(group) {
        shell_print(vsh, ".SH ");
        for (const char *p = shell_strings + group->title; *p; p++)
            shell_print(vsh, "%c", *p >= 'a' && *p <= 'z' ? *p - 32 : *p);
        shell_print(vsh, "\n");
        EACH_COMMAND(command, group)
            manual_of_command(vsh, command);
    }
    return 0;
}
