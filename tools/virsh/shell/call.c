/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running parsed calls one after the other. */
#include <stdlib.h>
#include <time.h>

#include "virsh.h"

static double
now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* No option is served by an empty text, unless its row says so. */
static int
check_empty(struct virsh *vsh, const struct virsh_call *call)
{
    for (size_t i = 0; i < call->n_values; i++) {
        const struct virsh_option *option = call->values[i].option;

        if (virsh_is_string(option) && !(option->flags & VIRSH_EMPTY_OK) && !*call->values[i].text)
            return virsh_error(vsh, "Failed to get option '%s': Option argument is empty",
                               virsh_option_name(option));
    }
    return 0;
}

static int
run_one(struct virsh *vsh, const struct virsh_call *call)
{
    VIR_AUTO_FREE void *args = NULL;
    int result;

    virsh_error_forget(vsh);
    if (!(call->command->flags & VIRSH_LOCAL) && virsh_connect_if_needed(vsh) < 0)
        return -1;
    if (check_empty(vsh, call) < 0)
        return -1;
    if (call->command->n_options == 0)
        return call->command->run(vsh, NULL);
    args = vir_alloc_array(1, call->command->size);
    result = virsh_arguments_read(vsh, call, args);
    if (result == 0)
        result = call->command->run(vsh, args);
    virsh_arguments_release(call, args);
    return result;
}

int
virsh_run(struct virsh *vsh, const struct virsh_call *calls)
{
    int result = 0;

    for (const struct virsh_call *call = calls; call; call = call->next) {
        const double began = now_ms();
        double took;

        result = run_one(vsh, call);
        took = now_ms() - began;
        if (result < 0)
            virsh_error_report(vsh);
        virsh_error_forget(vsh);
        if (vsh->ended)
            break;
        if (vsh->timing)
            virsh_print(vsh, "\n(Time: %.3f ms)\n\n", took);
        else
            virsh_print_extra(vsh, "\n");
    }
    return result;
}
