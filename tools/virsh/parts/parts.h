/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of virsh, see common/part.h. */
#ifndef VIRSH_PARTS_H
#define VIRSH_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include <libvirt/libvirt.h>

#include "shell-part.h"

/* One change of an element. */
enum virsh_xml_verb {
    VIRSH_XML_SET,              /* ATTRIBUTE of CHILD, which is appended if need be, or of the element (NULL) */
    VIRSH_XML_REMOVE,           /* CHILD, if it is there */
    VIRSH_XML_INSERT,           /* CHILD with ATTRIBUTE, in front of OTHER */
    VIRSH_XML_WRITE,            /* the text of CHILD in OTHER, which are there */
};
struct virsh_xml_change {
    enum virsh_xml_verb verb;
    const char *child, *other, *attribute, *value;
};

/* XPath on documents of the library, by libxml2.  0, or -1 with a sentence in *ret_error (caller frees). */
struct virsh_xml_part {
    uint32_t version;
    /* n_rows * n_columns strings; caller frees them and the array. */
    int (*rows)(const char *xml, const char *path, const char *const *columns, size_t n_columns,
                char ***ret_cells, size_t *ret_n_rows, char **ret_error);
    int (*string)(const char *xml, const char *expression, char **ret_string, char **ret_error);
    /* What the expression finds, printed as XML; with wrap inside <nodes>. */
    int (*print)(const char *xml, const char *expression, int wrap, char **ret_text, char **ret_error);
    /* The first element that PATH finds, changed and with its blanks as they are. */
    int (*change)(const char *xml, const char *path, const struct virsh_xml_change *changes, size_t n,
                  char **ret_text, char **ret_error);
};

/* QEMU's monitor and the agents of its guests, by libvirt-qemu and json-c. */
struct virsh_qemu_part {
    uint32_t version;
    int (*monitor_command)(virDomainPtr dom, const char *command, unsigned int n_fds, int *fds, char **ret_answer,
                           unsigned int flags);
    char *(*agent_command)(virDomainPtr dom, const char *command, int seconds);         /* caller frees */
    /* The command that WORDS are: a JSON object, or a name and the members of its arguments; -1: no such. Caller
     * frees. */
    int (*command)(char *const *words, size_t n, char **ret_command);
    /* ANSWER, or what it returns, in one line or one line an item. 0, or -1 with a sentence in *ret_error;
     * caller frees. */
    int (*json)(const char *answer, int return_value, int pretty, char **ret_text, char **ret_error);
};

#endif
