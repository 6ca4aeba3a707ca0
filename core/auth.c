/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virConnectAuthPtrDefault: asks for credentials on the terminal.
 */
#include <libvirt/module.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Reads a line from the terminal; without echo for secrets, from before the prompt is seen.  NULL at its end. */
static char *
read_answer(const char *prompt, bool echo)
{
    struct termios before, quiet;
    bool is_terminal = !echo && tcgetattr(STDIN_FILENO, &before) == 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    if (is_terminal) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    printf("%s: ", prompt);
    fflush(stdout);
    len = getline(&line, &room, stdin);
    if (is_terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        putchar('\n');
    }
    if (len < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static int
ask(virConnectCredentialPtr cred)
{
    bool secret = cred->type == VIR_CRED_PASSPHRASE || cred->type == VIR_CRED_NOECHOPROMPT;
    char *answer;

    answer = read_answer(cred->prompt ? cred->prompt : "answer", !secret);
    if (!answer)
        return -1;
    if (!*answer && cred->defresult) {
        free(answer);
        answer = vir_strdup(cred->defresult);
    }
    cred->result = answer;
    cred->resultlen = (unsigned int)strlen(answer);
    return 0;
}

static int
ask_all(virConnectCredentialPtr cred, unsigned int ncred, void *cbdata)
{
    (void)cbdata;
    for (unsigned int i = 0; i < ncred; i++) {
        /* an agent of the session asks, not we: it may be there by now */
        bool agent = cred[i].type == VIR_CRED_EXTERNAL && cred[i].challenge && strcmp(cred[i].challenge, "PolicyKit") == 0;

        if (!agent && (cred[i].type == VIR_CRED_EXTERNAL || ask(&cred[i]) < 0))
            return -1;
    }
    return 0;
}

static int types[] = {
    VIR_CRED_AUTHNAME, VIR_CRED_ECHOPROMPT, VIR_CRED_REALM,
    VIR_CRED_PASSPHRASE, VIR_CRED_NOECHOPROMPT, VIR_CRED_EXTERNAL,
};

static virConnectAuth terminal = { types, sizeof(types) / sizeof(types[0]), ask_all, NULL };

virConnectAuthPtr virConnectAuthPtrDefault = &terminal;
