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

struct form {
    struct form *next;
    const char *text;
    regex_t regex;
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

static const regex_t *
find(const char *text)
{
    struct form *form;

    pthread_mutex_lock(&lock);
    for (form = forms; form && strcmp(form->text, text) != 0; form = form->next)
        ;
    if (!form)
        form = compile(text);
    pthread_mutex_unlock(&lock);
    return &form->regex;
}

bool
xml_form_matches(const char *form, const char *text)
{
    return strnlen(text, MAX_TEXT + 1) <= MAX_TEXT && regexec(find(form), text, 0, NULL, 0) == 0;
}
