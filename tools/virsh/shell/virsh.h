/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virsh: the shell of libvirt.  Everything a user can type is a row of a
 * .commands file; parser, checks, help, manual page and completion read the
 * tables printed from them.
 *
 * Standard output, exit status and the leading phrase of an error are an
 * interface that scripts depend on; texts of help are not.
 */
#ifndef VIRSH_H
#define VIRSH_H

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libvirt/module-base.h>

#include "kinds.h"

/*
 * The tables, printed from the .commands files.  A row holds no address but
 * that of its function: texts are offsets in virsh_strings, options and rules
 * of a command lie one behind the other.
 */
extern const char virsh_strings[];

enum virsh_option_kind {
    VIRSH_FLAG,                 /* takes no value */
    VIRSH_STRING,
    VIRSH_COMMAND,              /* the name of one */
    VIRSH_NUMBER,
    VIRSH_SIZE,                 /* a number with a unit, read into bytes */
    VIRSH_WORD,                 /* one of a list: its number, -1 where none was given */
    VIRSH_WORDS,                /* some of a list, parted by commas: a bit for each */
    VIRSH_FILE,                 /* its path; read into its text */
    VIRSH_REST,                 /* any number of words; the last option of its command */
    VIRSH_OBJECT,
    VIRSH_OBJECTS,              /* any number of them, like VIRSH_REST */
    VIRSH_ALIAS,                /* stands for the option that its text names, "name" or "name=value" */
};

enum virsh_option_flag {
    VIRSH_REQUIRED = 1 << 0,
    VIRSH_NAMED = 1 << 1,       /* given only as --name VALUE; others also by their position */
    VIRSH_EMPTY_OK = 1 << 2,    /* '' is a value */
    VIRSH_AS_STRING = 1 << 3,   /* a size that help calls a string */
    VIRSH_UNLIMITED = 1 << 4,   /* a size that may be -1: none */
    VIRSH_LOOPS = 1 << 5,       /* needs the event loop before the connection is opened */
    VIRSH_ALONE = 1 << 6,       /* what else was given is not looked at */
    VIRSH_UNFOUND = 1 << 7,     /* objects are not looked up */
    VIRSH_NUMBERED = 1 << 8,    /* a word may be typed as its number */
};

#define VIRSH_NOWHERE UINT16_MAX

struct virsh_option {
    uint32_t detail;            /* bit of a flag; limits of a number; offset of words; enum virsh_by of an object */
    uint16_t name, text;
    uint16_t member;            /* where its value goes in the arguments of its command, VIRSH_NOWHERE: nowhere */
    uint16_t beside;            /* and what belongs to it: the bits of a flag, whether a number or words were
                                   given, the path of a file, the name of an object, the length of a rest */
    uint16_t refused;           /* what is said about a word that is not in its list */
    uint16_t flags;
    uint8_t kind, object;
};

struct virsh_limits { long long low; unsigned long long high; long long otherwise; };  /* low: unit of a size */

/* OPTION does not go with OTHER; or not without OTHER or THIRD; or one of the three must be given. */
enum virsh_rule_verb { VIRSH_RULE_EXCLUDES, VIRSH_RULE_NEEDS, VIRSH_RULE_REQUIRES };
struct virsh_rule { uint8_t verb, option, other, third; uint16_t text; };

struct virsh;
struct virsh_call;

enum virsh_command_flag {
    VIRSH_LOCAL = 1 << 0,       /* needs no connection */
    VIRSH_LOOP = 1 << 1,        /* needs the event loop before the connection is opened */
    VIRSH_LENIENT = 1 << 2,     /* what cannot be parsed is ignored */
    VIRSH_HIDDEN = 1 << 3,      /* not listed */
};

struct virsh_command {
    int (*run)(struct virsh *vsh, const void *args);    /* 0, or -1: reported; NULL: stands for the one in title */
    uint16_t name, title;
    uint16_t text;              /* sentences for help and manual, or empty: the title says it all */
    uint16_t first_option, first_rule;
    uint16_t size;              /* of its arguments */
    uint8_t n_options, n_rules, flags;
};

struct virsh_group { uint16_t keyword, title, first, n; };

extern const struct virsh_limits virsh_limits[];
extern const struct virsh_option virsh_options[];
extern const struct virsh_rule virsh_rules[];
extern const struct virsh_command virsh_commands[];
extern const unsigned int virsh_n_commands;
extern const struct virsh_group virsh_groups[];
extern const unsigned int virsh_n_groups;

#define VIRSH_EACH_OPTION(option, command) \
    for (const struct virsh_option *option = virsh_options + (command)->first_option; \
         option < virsh_options + (command)->first_option + (command)->n_options; option++)

static inline const char *
virsh_option_name(const struct virsh_option *option)
{
    return virsh_strings + option->name;
}

static inline const char *
virsh_command_name(const struct virsh_command *command)
{
    return virsh_strings + command->name;
}

/* What can be done with the objects of a kind; NULL where it has no such call. */
struct virsh_kind {
    const char *noun, *missing;         /* the second with %s */
    void *(*by_id)(virConnectPtr conn, int id);
    void *(*by_uuid)(virConnectPtr conn, const char *text);
    void *(*by_name)(virConnectPtr conn, const char *text);
    void *(*by_mac)(virConnectPtr conn, const char *text);
    /* Instead of these four; reports why there is none. */
    void *(*find)(struct virsh *vsh, const struct virsh_call *call, const void *args, const char *text);
    int (*list)(virConnectPtr conn, void ***ret_objects, unsigned int flags);
    const char *(*name)(void *object);
    int (*uuid)(void *object, char *text);
    void (*release)(void *object);
    int absent;                 /* code of the error that says so */
    bool quiet;                 /* of which nothing more is told */
};

extern const struct virsh_kind virsh_kinds[];

/* One of these for the life of the program. */
struct virsh {
    virConnectPtr conn;
    char *uri;                  /* as asked for; NULL: the library chooses */
    bool connects_at_once;      /* -c: a URI on the command line is tried even for commands that need none */
    bool readonly;
    bool quiet;
    bool timing;
    bool interactive;           /* commands come from standard input */
    bool ended;                 /* quit was typed */
    bool wants_loop;
    bool keepalive_asked;
    int keepalive_interval;     /* seconds */
    int keepalive_count;
    int debug;                  /* 0 says everything, 4 nothing but errors */
    int log_fd;                 /* -1: none */
    pthread_t main_thread;      /* whose errors are kept */
    char escape;                /* ends a console session */
    int error_code;             /* of the library's last error, 0: none */
    char *error;                /* its message */
};

/* parse.c: from words to calls */
struct virsh_value {
    const struct virsh_option *option;
    char *text;                 /* NULL for VIRSH_FLAG */
};

struct virsh_call {
    const struct virsh_command *command;
    struct virsh_value *values;         /* one of an option at most */
    size_t n_values;
    char **rest;                        /* the words of its VIRSH_REST option, which may be very many */
    size_t n_rest;
    struct virsh_call *next;
};

/* A parsed line is run only if all of it was understood.  NULL in *ret_calls: nothing to do. */
int virsh_parse_text(struct virsh *vsh, const char *text, struct virsh_call **ret_calls);
int virsh_parse_words(struct virsh *vsh, char *const *words, size_t n, struct virsh_call **ret_calls);
struct virsh_call *virsh_calls_free(struct virsh_call *calls);
const struct virsh_command *virsh_command_find(const char *name);
/* Options whose value is any text. */
bool virsh_is_string(const struct virsh_option *option);
bool virsh_is_rest(const struct virsh_option *option);
const char *virsh_value_type(const struct virsh_option *option);        /* "number", "string" */

/* call.c: running them one after the other */
int virsh_run(struct virsh *vsh, const struct virsh_call *calls);       /* result of the last one */

/* arguments.c: from the words of a call to the arguments of its command's function: checks, numbers,
 * files, objects, as the rows say.  0, or -1: reported; released in both cases. */
int virsh_arguments_read(struct virsh *vsh, const struct virsh_call *call, void *args);
void virsh_arguments_release(const struct virsh_call *call, void *args);
/* The object of this kind among them; NULL: none was given. */
void *virsh_argument_object(const struct virsh_call *call, const void *args, enum virsh_object_kind kind);

/* values.c: texts of options as numbers; -1: reported */
int virsh_number(struct virsh *vsh, const char *option, const char *text, const struct virsh_limits *limits,
                 long long *ret);
/* A size with an optional unit (k, KiB, MB, ...); without one it counts what the row of OPTION says. Result in
 * bytes; where it may be unlimited, a negative number gives ULLONG_MAX. */
int virsh_scaled(struct virsh *vsh, const struct virsh_option *option, const char *text, unsigned long long *ret);
/* Word NUMBER of a list (COMMAND_OPTION_words); empty behind its end. */
const char *virsh_word(unsigned int words, int number);
/* The text of a file, at most 10 MiB; NULL: reported. Caller frees. */
char *virsh_file(struct virsh *vsh, const char *path);

/* objects.c: objects of all kinds */
enum virsh_by { VIRSH_BY_ID = 1 << 0, VIRSH_BY_UUID = 1 << 1, VIRSH_BY_NAME = 1 << 2, VIRSH_BY_ANY = 7 };
/* NULL: reported. */
void *virsh_object_find(struct virsh *vsh, const struct virsh_call *call, const struct virsh_option *option,
                        const char *text);
/* Those that FILTER lets pass, in the order of their names; -1: reported with FAILED. */
int virsh_objects_list(struct virsh *vsh, enum virsh_object_kind kind, unsigned int filter, const char *failed,
                       void ***ret_objects);
void virsh_objects_free(enum virsh_object_kind kind, void **objects, int n);
/* The names of all of a kind, NULL-terminated; empty where they cannot be had. Needs a connection. */
char **virsh_names(struct virsh *vsh, enum virsh_object_kind kind);
void virsh_names_free(char **names);

/* tell.c: commands that are one public call, told with what the user typed or what was made */
int virsh_did(struct virsh *vsh, int result, const char *typed, const char *done, const char *failed);
int virsh_made(struct virsh *vsh, enum virsh_object_kind kind, void *object, const char *path,
               const char *done, const char *failed);
int virsh_show_text(struct virsh *vsh, const char *text, const char *failed);
int virsh_show_own_text(struct virsh *vsh, char *text, const char *failed);     /* takes it over */
int virsh_show_uuid(struct virsh *vsh, enum virsh_object_kind kind, void *object);
/* All objects of a kind that FILTER lets pass, in the order of their names, one by one or as rows of a table. */
struct virsh_table;
int virsh_show_each(struct virsh *vsh, enum virsh_object_kind kind, unsigned int filter, const char *failed,
                    void (*print)(struct virsh *vsh, void *object));
int virsh_show_table(struct virsh *vsh, enum virsh_object_kind kind, unsigned int filter, const char *failed,
                     const char *const *titles, void (*add_row)(struct virsh_table *table, void *object));

/* escape.c: no text steers a terminal; caller frees */
enum virsh_escape {
    VIRSH_KEEP_LINES = 1 << 0,          /* newline and tab stay */
    VIRSH_KEEP_DIRECTION = 1 << 1,      /* what turns the direction of text stays */
};
char *virsh_escaped(const char *text, unsigned int how);

/* output.c: to a terminal, and to standard error in any case, text is escaped */
void virsh_print(struct virsh *vsh, const char *fmt, ...) VIR_PRINTF(2, 3);
void virsh_vprint(const char *fmt, va_list args);
bool virsh_to_terminal(void);           /* standard output is one */
void virsh_print_extra(struct virsh *vsh, const char *fmt, ...) VIR_PRINTF(2, 3);       /* not with --quiet */
int virsh_error(struct virsh *vsh, const char *fmt, ...) VIR_PRINTF(2, 3);              /* returns -1 */
void virsh_hint(struct virsh *vsh, const char *fmt, ...) VIR_PRINTF(2, 3);
void virsh_debug(struct virsh *vsh, int level, const char *fmt, ...) VIR_PRINTF(3, 4);
int virsh_log_open(struct virsh *vsh, const char *path);
/* The library's errors are kept until a command ends; then what is still kept is printed. */
void virsh_error_handler(void *opaque, virErrorPtr error);
void virsh_error_forget(struct virsh *vsh);
void virsh_error_report(struct virsh *vsh);

/* table.c: columns as wide as their widest cell */
struct virsh_table *virsh_table_new(const char *const *titles);
void virsh_table_row(struct virsh_table *table, ...) __attribute__((sentinel)); /* one for each title, NULL */
void virsh_table_cells(struct virsh_table *table, const char *const *cells);
struct virsh_table *virsh_table_print(struct virsh *vsh, struct virsh_table *table);    /* prints and frees */
struct virsh_table *virsh_table_free(struct virsh_table *table);
#define VIRSH_TITLES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* login.c */
/* Opens a connection, for which the user may be asked on the terminal. */
virConnectPtr virsh_login(const char *uri, bool readonly);

/* connect.c */
int virsh_connect(struct virsh *vsh, const char *uri, bool readonly);
int virsh_connect_if_needed(struct virsh *vsh);
void virsh_disconnect(struct virsh *vsh);

/* loop.c: the thread that runs the default event loop */
int virsh_loop_start(struct virsh *vsh);
void virsh_loop_stop(void);
/* Calls FN in the loop's thread and waits for it: nothing that the loop calls runs meanwhile. */
void virsh_loop_call(void (*fn)(void *opaque), void *opaque);
/* After it, no callback runs that was removed before it. */
void virsh_loop_settle(void);
/* Waits until virsh_wait_end(), the time is over (ms, -1: never) or the user typed ^C. */
enum virsh_wait { VIRSH_WAIT_DONE, VIRSH_WAIT_TIMEOUT, VIRSH_WAIT_INTERRUPT, VIRSH_WAIT_FAILED };
int virsh_wait_begin(struct virsh *vsh);
void virsh_wait_end(void);      /* from any thread */
enum virsh_wait virsh_wait(int timeout_ms);
void virsh_wait_leave(void);

/* help.c */
void virsh_usage(struct virsh *vsh);
int virsh_help_command(struct virsh *vsh, const struct virsh_command *command);

/* complete.c: what the word behind WORDS, begun with LAST, may become: NULL, or NULL-terminated;
 * freed by virsh_names_free(). */
char **virsh_complete(struct virsh *vsh, char *const *words, size_t n, const char *last);
char **virsh_complete_line(struct virsh *vsh, const char *line);

/* interactive.c */
int virsh_shell(struct virsh *vsh);

/* parts.c: what needs a heavy library is a part of its own, opened when used */
const void *virsh_part(struct virsh *vsh, const char *name);    /* "virsh-xml"; NULL: reported */

/* xml.c: reading a document with XPath */
struct virsh_rows { char **cells; size_t n_rows, n_columns; };
/* One row for each node that PATH finds, one cell (never NULL) for each of the
 * COLUMNS: XPath expressions as seen from the node, read as strings. */
int virsh_xml_rows(struct virsh *vsh, const char *xml, const char *path,
                   const char *const *columns, struct virsh_rows *ret_rows);
void virsh_rows_free(struct virsh_rows *rows);
/* The string value of EXPRESSION; NULL: reported. Caller frees. */
char *virsh_xml_string(struct virsh *vsh, const char *xml, const char *expression);
struct virsh_xml_change;
/* The element that PATH finds, changed (parts.h); NULL: reported. Caller frees. */
char *virsh_xml_change(struct virsh *vsh, const char *xml, const char *path,
                       const struct virsh_xml_change *changes, size_t n);
/* Prints XML, as a call returned it, or what XPATH finds in it; takes it over. NULL: the call failed. */
int virsh_show_document(struct virsh *vsh, char *xml, const char *xpath, bool wrap, const char *failed);

/* The word for what a call answered; UNKNOWN where it failed. */
static inline const char *
virsh_yes_no(int answer, const char *unknown)
{
    return answer < 0 ? unknown : answer ? "yes" : "no";
}

/* names.c: numbers of the library in words */
const char *virsh_name_of(const char *const *names, size_t n, int number);
#define VIRSH_NAME_OF(names, number) virsh_name_of(names, sizeof(names) / sizeof(*(names)), number)
const char *virsh_state_name(int state);
const char *virsh_reason_name(int state, int reason);
void virsh_print_params(struct virsh *vsh, virTypedParameterPtr params, int n);
char *virsh_param_text(const virTypedParameter *param);         /* caller frees */
void virsh_print_field(struct virsh *vsh, const char *label, const char *text);
/* A number of bytes as people read it ("100.00 GiB"), or plain. */
void virsh_print_size(struct virsh *vsh, const char *label, unsigned long long bytes, bool plain);
char *virsh_size_text(unsigned long long bytes, int digits);    /* so many behind the point; caller frees */

/* commands/volume.c */
void *virsh_volume_find(struct virsh *vsh, const struct virsh_call *call, const void *args, const char *text);

/* commands/console.c */
int virsh_console_run(struct virsh *vsh, virDomainPtr dom, const char *device, unsigned int flags);

#endif
