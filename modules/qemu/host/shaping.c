/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much passes a network link of the host, said by the program tc: what leaves is queued in a class of
 * HTB, what comes in too fast is dropped.
 */
#include "host/shaping.h"

#include <stdlib.h>
#include <string.h>

enum { TC_MS = 10000 };

/* Runs tc with the lines of INPUT; true: each of them was done.  *RET_WORDS: what it said, caller frees. */
static int
run_tc(const char *input, bool go_on, bool *ret_done, char **ret_words)
{
    const char *strict[] = { "tc", "-batch", "-", NULL }, *lenient[] = { "tc", "-force", "-batch", "-", NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = go_on ? lenient : strict };
    int status = 0;

    if (vir_child_run(&child, input, QEMU_MAX_WORDS, TC_MS, ret_words, &status) < 0)
        return -1;
    *ret_done = status == 0;
    return 0;
}

/* It says of those that were not there that they are not. */
static int
forget(const char *name)
{
    VIR_AUTO_FREE char *input = vir_strdup_printf("qdisc del dev %s root\nqdisc del dev %s ingress\n", name, name);
    VIR_AUTO_FREE char *words = NULL;
    bool done;

    return run_tc(input, true, &done, &words);
}

int
qemu_link_shape(const char *name, const struct qemu_rate *out, const struct qemu_rate *in, bool fresh)
{
    VIR_AUTO_FREE char *input = NULL;
    VIR_AUTO_FREE char *words = NULL;
    VIR_AUTO_FREE char *shown = NULL;
    struct vir_buf buf = { 0 };
    bool done = true;
    int ret;

    if (!fresh && forget(name) < 0)
        return -1;
    if (out->average) {
        vir_buf_addf(&buf, "qdisc add dev %s root handle 1: htb default 1\n", name);
        vir_buf_addf(&buf, "class add dev %s parent 1: classid 1:1 htb rate %llukbps", name, out->average);
        if (out->peak)
            vir_buf_addf(&buf, " ceil %llukbps", out->peak);
        if (out->burst)
            vir_buf_addf(&buf, " burst %llukb", out->burst);
        vir_buf_add(&buf, "\n");
    }
    if (in->average)
        vir_buf_addf(&buf, "qdisc add dev %s ingress\nfilter add dev %s parent ffff: protocol all u32 match u32 0 0 "
                     "police rate %llukbps burst %llukb mtu 64kb drop flowid :1\n", name, name, in->average,
                     in->burst ? in->burst : in->average);
    input = vir_buf_steal(&buf);
    if (!*input)
        return 0;
    ret = run_tc(input, false, &done, &words);
    if (ret < 0 || done)
        return ret;
    shown = qemu_words(words, words ? strlen(words) : 0);
    return vir_error(VIR_ERR_INTERNAL_ERROR, "the kernel takes no limits of what passes '%s': %s", name, shown);
}
