/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each form is compiled when it is first needed, and stays. */
#include "form.h"

#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvirt/module.h>

#define MAX_TEXT 4096                   /* nothing that has a form is longer; an expression takes time */
#define KNOWN 4                         /* a document says the same few words again and again */

struct form {
    struct form *next;
    const char *text;
    regex_t regex;
    char known[KNOWN][16];              /* what matched last */
    unsigned int oldest;                /* of them */
};

/* Only ever grows, by the forms of the schema. */
static struct form *forms;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct form *
compile(const char *text)
{
    struct form *form = VIR_NEW(struct form);
    VIR_AUTO_FREE char *whole = vir_strdup_printf("^(%s)$", text);

    form->text = text;
    if (regcomp(&form->regex, whole, REG_EXTENDED | REG_NOSUB) != 0)
        abort();                        /* the generator has seen to it */
    form->next = forms;
    forms = form;
    return form;
}

static bool
is_known(const struct form *form, const char *text)
{
    for (size_t i = 0; *text && i < KNOWN; i++)
        if (strcmp(form->known[i], text) == 0)
            return true;
    return false;
}

/* KNOWN: TEXT has matched before. */
static struct form *
find(const char *form_text, const char *text, bool *ret_known)
{
    struct form *form;

    pthread_mutex_lock(&lock);
    for (form = forms; form && form->text != form_text && strcmp(form->text, form_text) != 0; form = form->next)
        ;
    if (!form)
        form = compile(form_text);
    *ret_known = is_known(form, text);
    pthread_mutex_unlock(&lock);
    return form;
}

static void
note_match(struct form *form, const char *text, size_t len)
{
    pthread_mutex_lock(&lock);
    memcpy(form->known[form->oldest++ % KNOWN], text, len + 1);
    pthread_mutex_unlock(&lock);
}

bool
xml_form_matches(const char *form_text, const char *text)
{
    size_t len = strnlen(text, MAX_TEXT + 1);
    struct form *form;
    bool known;

    if (len > MAX_TEXT)
        return false;
    form = find(form_text, text, &known);
    if (known)
        return true;
    if (regexec(&form->regex, text, 0, NULL, 0) != 0)
        return false;
    if (len < sizeof(form->known[0]))
        note_match(form, text, len);
    return true;
}
