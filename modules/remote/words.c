/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a program said before it ended, as an error of one line: the cause among
 * its words, and what mends it.  ssh says much, and the cause is not always last.
 */
#include "modules/remote/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_SHOWN 400              /* bytes of the cause */

struct line {
    const char *text;
    size_t len;
};

/* In the order in which they count.  A '@' in the remedy is how ssh is told whom and where to log in. */
static const struct phrase {
    const char *said, *also;            /* both in one line */
    const char *remedy;
} phrases[] = {
    { "has changed and you have requested strict checking", NULL, NULL },      /* forget_key() */
    { "Host key verification failed", NULL,
      "its key is not known here: 'ssh @' shows its fingerprint and, once you agree, keeps it; known_hosts_verify=auto "
      "in the URI keeps a new host's key unasked" },
    { "nc: ", "failed", "no libvirtd serves that socket on the other host: start it there, or say ?socket=PATH in the URI" },
    { "nc: ", "No such file", "no libvirtd serves that socket on the other host: start it there, or say ?socket=PATH in "
      "the URI" },
    { "nc: ", "ermission denied", "that user may not open the daemon's socket on the other host: log in as another one, "
      "or join the group that owns it" },
    { "nc: ", "refused", "no libvirtd serves that socket on the other host: start it there" },
    { "not found", "virt-ssh-helper", "install libvirt's programs for clients on the other host, or say ?proxy=netcat in "
      "the URI" },
    { "not found", NULL, "the other host has neither virt-ssh-helper nor that program: install libvirt's programs for "
      "clients there, or netcat, and name it with ?netcat=PATH in the URI" },
    { "virt-ssh-helper: ", NULL, NULL },
    { "Permissions ", "are too open", "ssh takes no key that others can read: chmod 600 on that file" },
    { "Permission denied (", NULL, "'ssh-copy-id @' lets your key in there, ?keyfile=PATH in the URI names another key; "
      "'ssh -v @' shows what is tried" },
    { "Too many authentication failures", NULL, "name the one right key with ?keyfile=PATH in the URI" },
    { "Could not resolve hostname", NULL, "see the name in the URI, and the resolver: getent hosts NAME" },
    { "Connection refused", NULL, "no sshd listens there: start it, or name its port in the URI" },
    { "timed out", NULL, "see whether the host is up, and whether a firewall lets ssh through" },
    { "No route to host", NULL, "see whether the host is up, and whether a firewall lets ssh through" },
    { "unreachable", NULL, "see whether the host is up, and whether a firewall lets ssh through" },
    { "Connection closed by", NULL, "sshd there has ended it: its log tells why; 'ssh -v @' shows how far it came" },
    { "Connection reset by", NULL, "sshd there has ended it: its log tells why; 'ssh -v @' shows how far it came" },
};

/* Said beside the cause. */
static const char *const noise[] = { "@", "Warning: Permanently added", "Pseudo-terminal", "** ", "hint: " };

static bool
has(const struct line *line, const char *word)
{
    return memmem(line->text, line->len, word, strlen(word)) != NULL;
}

static bool
begins(const struct line *line, const char *word)
{
    return line->len >= strlen(word) && memcmp(line->text, word, strlen(word)) == 0;
}

/* The line that ends at END without its ends of blanks; false: there is none. */
static bool
line_before(const char *words, size_t *end, struct line *line)
{
    size_t start;

    while (*end > 0 && strchr(" \t\r\n", words[*end - 1]))
        --*end;
    for (start = *end; start > 0 && !strchr("\r\n", words[start - 1]); start--)
        ;
    *line = (struct line){ words + start, *end - start };
    while (line->len && strchr(" \t", *line->text)) {
        line->text++;
        line->len--;
    }
    *end = start;
    return line->len > 0;
}

static bool
find(const char *words, size_t n, const char *said, const char *also, struct line *line)
{
    while (line_before(words, &n, line))
        if (has(line, said) && (!also || has(line, also)))
            return true;
    return false;
}

/* The last that tells something. */
static void
find_last(const char *words, size_t n, struct line *line)
{
    size_t end = n;
    bool quiet = true;

    while (quiet && line_before(words, &end, line)) {
        quiet = false;
        for (size_t i = 0; i < sizeof(noise) / sizeof(noise[0]); i++)
            quiet = quiet || begins(line, noise[i]);
    }
    if (quiet)
        line_before(words, &n, line);
}

/* ---- remedies ------------------------------------------------------------------ */

/* What goes behind 'ssh' to reach the target. */
static void
add_login(struct vir_buf *buf, const struct remote_target *target)
{
    if (target->uri->port)
        vir_buf_addf(buf, "-p %d ", target->uri->port);
    if (target->uri->user)
        vir_buf_addf(buf, "%s@", target->uri->user);
    vir_buf_add(buf, target->host);
}

static void
add_remedy(const char *remedy, const struct remote_target *target)
{
    struct vir_buf buf = { 0 };

    for (; *remedy; remedy++) {
        if (*remedy == '@')
            add_login(&buf, target);
        else
            vir_buf_add_mem(&buf, remedy, 1);
    }
    vir_error_hint("%s", buf.text);
    vir_buf_free(&buf);
}

/* "Offending ED25519 key in FILE:LINE" and "Host key for NAME has changed ..." have what the command needs. */
static void
forget_key(const char *words, size_t n, const struct line *changed)
{
    static const char in[] = " key in ", before[] = "Host key for ";
    struct vir_buf file = { 0 }, name = { 0 };
    struct line line;
    const char *at = NULL, *end;

    if (find(words, n, "Offending", in, &line)) {
        at = (const char *)memmem(line.text, line.len, in, sizeof(in) - 1) + sizeof(in) - 1;
        end = memrchr(at, ':', line.len - (size_t)(at - line.text));
        vir_buf_add_printable(&file, at, end ? (size_t)(end - at) : line.len - (size_t)(at - line.text));
    }
    if (begins(changed, before)) {
        at = changed->text + sizeof(before) - 1;
        end = memmem(at, changed->len - sizeof(before) + 1, " has changed", 12);
        vir_buf_add_printable(&name, at, end ? (size_t)(end - at) : 0);
    }
    if (file.len && name.len)
        vir_error_hint("if you know why its key is another one now, forget the old one: ssh-keygen -f '%s' -R '%s'; if not, "
                       "somebody may be in between", file.text, name.text);
    vir_buf_free(&file);
    vir_buf_free(&name);
}

/* The helper on the other host says its remedy itself. */
static void
pass_hint_on(const char *words, size_t n)
{
    struct vir_buf buf = { 0 };
    struct line line;

    if (!find(words, n, "hint: ", NULL, &line) || !begins(&line, "hint: "))
        return;
    vir_buf_add_printable(&buf, line.text + 6, line.len - 6);
    vir_error_hint("on the other host: %s", buf.text);
    vir_buf_free(&buf);
}

/* ---- the whole ------------------------------------------------------------------ */

static void
raise_cause(const char *program, const struct remote_target *target, struct line line)
{
    const char *slash = strrchr(program, '/');
    struct vir_buf cause = { 0 };

    vir_buf_add(&cause, "");
    if (begins(&line, "ssh: "))
        line = (struct line){ line.text + 5, line.len - 5 };
    while (line.len && line.text[line.len - 1] == '.')
        line.len--;
    vir_buf_add_printable(&cause, line.text, line.len < LINE_MAX_SHOWN ? line.len : LINE_MAX_SHOWN);
    program = slash ? slash + 1 : program;
    if (target->uri->server)
        vir_raise(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "Cannot recv data: %s to '%s': %s", program, target->host, cause.text);
    else
        vir_raise(VIR_FROM_RPC, VIR_ERR_SYSTEM_ERROR, "Cannot recv data: %s: %s", program, cause.text);
    vir_buf_free(&cause);
}

void
remote_words_raise(const char *program, const struct remote_target *target, const char *words, size_t n)
{
    const struct phrase *phrase = phrases, *end = phrases + sizeof(phrases) / sizeof(phrases[0]);
    struct line line;

    while (phrase < end && !find(words, n, phrase->said, phrase->also, &line))
        phrase++;
    if (phrase == end)
        find_last(words, n, &line);
    raise_cause(program, target, line);
    if (phrase == phrases)
        forget_key(words, n, &line);
    else if (phrase < end && phrase->remedy)
        add_remedy(phrase->remedy, target);
    else
        pass_hint_on(words, n);
}
