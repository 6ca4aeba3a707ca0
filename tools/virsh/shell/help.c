/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help, usage and the manual page, all printed from the command tables. */
#include <stdlib.h>
#include <string.h>

#include "rows/shell.h"

/* The commands of a group lie in alphabetical order. */
#define EACH_COMMAND(command, group) \
    for (const struct virsh_command *command = virsh_commands + (group)->first; \
         command < virsh_commands + (group)->first + (group)->n; command++) \
        if (!(command->flags & VIRSH_HIDDEN))

#define EACH_GROUP(group) \
    for (const struct virsh_group *group = virsh_groups; group < virsh_groups + virsh_n_groups; group++)

static void
print_group(struct virsh *vsh, const struct virsh_group *group)
{
    virsh_print(vsh, " %s (help keyword '%s'):\n", virsh_strings + group->title,
                virsh_strings + group->keyword);
    EACH_COMMAND(command, group)
        virsh_print(vsh, "    %-30s %s\n", virsh_command_name(command), virsh_strings + command->title);
    virsh_print(vsh, "\n");
}

static void
print_groups(struct virsh *vsh)
{
    EACH_GROUP(group)
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
    const char *name = virsh_option_name(option);

    if (option->kind == VIRSH_FLAG)
        return vir_strdup_printf("[--%s]", name);
    if (virsh_is_rest(option))
        return vir_strdup_printf(required ? "<%s>..." : "[<%s>]...", name);
    if (required)
        return vir_strdup_printf("<%s>", name);
    return vir_strdup_printf("[--%s <%s>]", name, virsh_value_type(option));
}

/* As it stands before its explanation. Caller frees. */
static char *
option_label(const struct virsh_option *option)
{
    const char *name = virsh_option_name(option);

    if (option->kind == VIRSH_FLAG)
        return vir_strdup_printf("--%s", name);
    if (virsh_is_rest(option) || (option->flags & VIRSH_REQUIRED))
        return vir_strdup_printf("[--%s] <%s>", name, virsh_value_type(option));
    return vir_strdup_printf("--%s <%s>", name, virsh_value_type(option));
}

#define EACH_OPTION(option, command) VIRSH_EACH_OPTION(option, command) if (option->kind != VIRSH_ALIAS)

int
virsh_help_command(struct virsh *vsh, const struct virsh_command *command)
{
    const char *name = virsh_command_name(command);
    int widest = 0;

    virsh_print(vsh, "  NAME\n    %s - %s\n\n  SYNOPSIS\n    %s", name, virsh_strings + command->title, name);
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *synopsis = option_synopsis(option), *label = option_label(option);

        virsh_print(vsh, " %s", synopsis);
        if ((int)strlen(label) > widest)
            widest = (int)strlen(label);
    }
    virsh_print(vsh, "\n\n");
    if (command->text)
        virsh_print(vsh, "  DESCRIPTION\n    %s\n\n", virsh_strings + command->text);
    if (widest > 0)
        virsh_print(vsh, "  OPTIONS\n");
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *label = option_label(option);

        virsh_print(vsh, "    %-*s  %s\n", widest, label, virsh_strings + option->text);
    }
    if (widest > 0)
        virsh_print(vsh, "\n");
    return 0;
}

int
run_help(struct virsh *vsh, const struct help_args *args)
{
    const struct virsh_command *command;

    if (!args->command) {
        virsh_print(vsh, "Grouped commands:\n\n");
        print_groups(vsh);
        return 0;
    }
    command = virsh_command_find(args->command);
    if (command)
        return virsh_help_command(vsh, command);
    EACH_GROUP(group) {
        if (strcmp(virsh_strings + group->keyword, args->command) == 0) {
            print_group(vsh, group);
            return 0;
        }
    }
    return virsh_error(vsh, "command or command group '%s' doesn't exist", args->command);
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
    print_roff(vsh, virsh_command_name(command));
    virsh_print(vsh, "\n.nh\n");
    print_roff(vsh, virsh_command_name(command));
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *synopsis = option_synopsis(option);

        virsh_print(vsh, " ");
        print_roff(vsh, synopsis);
    }
    virsh_print(vsh, "\n.hy\n.PP\n");
    print_roff(vsh, virsh_strings + (command->text ? command->text : command->title));
    virsh_print(vsh, "\n");
    EACH_OPTION(option, command) {
        VIR_AUTO_FREE char *label = option_label(option);

        virsh_print(vsh, ".TP\n");
        print_roff(vsh, label);
        virsh_print(vsh, "\n");
        print_roff(vsh, virsh_strings + option->text);
        virsh_print(vsh, "\n");
    }
}

/* The second half of the page; the first, written by hand, comes before it in the build. */
int
run_self_manual(struct virsh *vsh)
{
    EACH_GROUP(group) {
        virsh_print(vsh, ".SH ");
        for (const char *p = virsh_strings + group->title; *p; p++)
            virsh_print(vsh, "%c", *p >= 'a' && *p <= 'z' ? *p - 32 : *p);
        virsh_print(vsh, "\n");
        EACH_COMMAND(command, group)
            manual_of_command(vsh, command);
    }
    return 0;
}
