/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running parsed calls one after the other. */
#include <stdlib.h>
#include <time.h>

#include "shell.h"

static double
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* No option is served by an empty text, unless its row says so. */
static int
check_empty(struct shell *vsh, const struct shell_call *call)
{
    for (size_t i = 0; i < call->n_values; i++) {
        const struct shell_option *option = call->values[i].option;

        if (shell_is_string(option) && !(option->flags & SHELL_EMPTY_OK) && !*call->values[i].text)
            return shell_error(vsh, "Failed to get option '%s': Option argument is empty",
                               shell_option_name(option));
    }
    return 0;
}

static int
run_one(struct shell *vsh, const struct shell_call *call)
{
    VIR_AUTO_FREE void *args = NULL;
    int result;

    shell_error_forget(vsh);
    if (!(call->command->flags & SHELL_LOCAL) && shell_connect_if_needed(vsh) < 0)
        return -1;
    if (check_empty(vsh, call) < 0)
        return -1;
    if (call->command->n_options == 0)
        return call->command->run(vsh, NULL);
    args = vir_alloc_array(1, call->command->size);
    result = shell_arguments_read(vsh, call, args);
    if (result == 0)
        result = call->command->run(vsh, args);
    shell_arguments_release(call, args);
    return result;
}

int
shell_run(struct shell *vsh, const struct shell_call *calls)
{
    int result = 0;

    for (const struct shell_call *call = calls; call; call = call->next) {
        const double began = now_ms();
        double took;

        result = run_one(vsh, call);
        took = now_ms() - began;
        if (result < 0)
            shell_error_report(vsh);
        shell_error_forget(vsh);
        if (vsh->ended)
            break;
        if (vsh->timing)
            shell_print(vsh, "\n(Time: %.3f ms)\n\n", took);
        else
            shell_print_extra(vsh, "\n");
    }
    return result;
}
