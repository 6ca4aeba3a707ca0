/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All commands: the groups, in the order of help, and the tables that each is made of. */
#include <string.h>

#include "virsh.h"

#define TABLES(...) ((const struct virsh_command *const[]){ __VA_ARGS__, NULL })

const struct virsh_group virsh_groups[] = {
    { "domain", "Domain Management",
      TABLES(virsh_domain_commands, virsh_define_commands, virsh_undefine_commands, virsh_query_commands,
             virsh_resource_commands, virsh_vcpu_commands, virsh_image_commands, virsh_display_commands,
             virsh_console_commands) },
    { "monitor", "Domain Monitoring",
      TABLES(virsh_list_commands, virsh_monitor_commands, virsh_device_commands, virsh_stats_commands) },
    { "events", "Domain Events", TABLES(virsh_event_commands) },
    { "host", "Host and Hypervisor", TABLES(virsh_host_commands, virsh_numa_commands) },
    { "interface", "Interface", TABLES(virsh_interface_commands) },
    { "filter", "Network Filter", TABLES(virsh_filter_commands) },
    { "network", "Networking", TABLES(virsh_network_commands, virsh_network_event_commands) },
    { "nodedev", "Node Device", TABLES(virsh_nodedev_commands, virsh_nodedev_event_commands) },
    { "secret", "Secret", TABLES(virsh_secret_commands, virsh_secret_event_commands) },
    { "pool", "Storage Pool", TABLES(virsh_pool_commands, virsh_pool_event_commands) },
    { "volume", "Storage Volume", TABLES(virsh_volume_commands) },
    { "virsh", "Virsh itself", TABLES(virsh_shell_commands, virsh_help_commands, virsh_complete_commands) },
    { .keyword = NULL }
};

void
virsh_commands_each(const struct virsh_group *only,
                    void (*each)(const struct virsh_command *command, void *opaque), void *opaque)
{
    for (const struct virsh_group *group = virsh_groups; group->keyword; group++) {
        if (only && group != only)
            continue;
        for (const struct virsh_command *const *table = group->tables; *table; table++) {
            for (const struct virsh_command *command = *table; command->name; command++)
                each(command, opaque);
        }
    }
}

struct search { const char *name; const struct virsh_command *found; };

static void
compare_name(const struct virsh_command *command, void *opaque)
{
    struct search *search = opaque;

    if (!search->found && strcmp(command->name, search->name) == 0)
        search->found = command;
}

const struct virsh_command *
virsh_command_find(const char *name)
{
    struct search search = { name, NULL };

    virsh_commands_each(NULL, compare_name, &search);
    if (search.found && !search.found->run)
        return virsh_command_find(search.found->title);
    return search.found;
}
