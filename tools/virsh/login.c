/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logging in: the library asks on the terminal; for polkit an agent does, which
 * is started when there is none and ends when the connection is open.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "virsh.h"

#define AGENT_MS (10 * 1000)            /* for it to say that it is there */
#define END_MS 1000                     /* for it to leave */

extern char **environ;

struct agent {
    pid_t pid;                          /* 0: none was started */
    int pidfd;
};

static bool
has_terminal(void)
{
    VIR_AUTO_CLOSE int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    return fd >= 0;
}

/* For this process alone and where polkit has found no other agent.  Not with --fallback: without a
 * session of logind polkit does not find such an agent. */
static int
agent_start(struct agent *agent)
{
    char process[16], notify[16];
    const char *argv[] = { "pkttyagent", "--process", process, "--notify-fd", notify, NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .env = (const char *const *)environ };
    struct pollfd ready = { .events = POLLIN };
    int ends[2], rc;

    if (agent->pid || !has_terminal() || pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    snprintf(process, sizeof(process), "%d", (int)getpid());
    snprintf(notify, sizeof(notify), "%d", ends[1]);
    child.keep_fds = &ends[1];
    child.n_keep_fds = 1;
    child.stderr_fd = STDERR_FILENO;
    rc = vir_child_start(&child, &agent->pid, &agent->pidfd);
    close(ends[1]);
    ready.fd = ends[0];
    if (rc == 0)
        poll(&ready, 1, AGENT_MS);      /* it closes its end when it is there, or when it cannot be */
    close(ends[0]);
    return rc;
}

static void
agent_end(struct agent *agent)
{
    if (!agent->pid)
        return;
    kill(agent->pid, SIGTERM);
    if (vir_child_wait(agent->pid, agent->pidfd, END_MS, NULL) == 1) {
        kill(agent->pid, SIGKILL);
        vir_child_wait(agent->pid, agent->pidfd, END_MS, NULL);
    }
    close(agent->pidfd);
}

static int
answer(virConnectCredentialPtr creds, unsigned int n, void *opaque)
{
    if (n == 1 && creds[0].type == VIR_CRED_EXTERNAL)
        return agent_start(opaque);
    return virConnectAuthPtrDefault->cb(creds, n, virConnectAuthPtrDefault->cbdata);
}

virConnectPtr
virsh_login(const char *uri, bool readonly)
{
    struct agent agent = { 0 };
    virConnectAuth auth = *virConnectAuthPtrDefault;
    virConnectPtr conn;

    auth.cb = answer;
    auth.cbdata = &agent;
    conn = virConnectOpenAuth(uri, &auth, readonly ? VIR_CONNECT_RO : 0);
    agent_end(&agent);
    return conn;
}
