/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The shell of virsh and virt-admin.  Everything a user can type is a row of a
 * .commands file; parser, checks, help, manual page and completion read the
 * tables printed from them.  What else a tool is stands in its struct shell_tool.
 *
 * Standard output, exit status and the leading phrase of an error are an
 * interface that scripts depend on; texts of help are not.
 */
#ifndef SHELL_H
#define SHELL_H

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libvirt/module-base.h>

/*
 * The tables, printed from the .commands files.  A row holds no address but
 * that of its function: texts are offsets in shell_strings, options and rules
 * of a command lie one behind the other.
 */
extern const char shell_strings[];

enum shell_option_kind {
    SHELL_FLAG,                 /* takes no value */
    SHELL_STRING,
    SHELL_COMMAND,              /* the name of one */
    SHELL_NUMBER,
    SHELL_SIZE,                 /* a number with a unit, read into bytes */
    SHELL_WORD,                 /* one of a list: its number, -1 where none was given */
    SHELL_WORDS,                /* some of a list, parted by commas: a bit for each */
    SHELL_FILE,                 /* its path; read into its text */
    SHELL_REST,                 /* any number of words; the last option of its command */
    SHELL_OBJECT,
    SHELL_OBJECTS,              /* any number of them, like SHELL_REST */
    SHELL_ALIAS,                /* stands for the option that its text names, "name" or "name=value" */
};

enum shell_option_flag {
    SHELL_REQUIRED = 1 << 0,
    SHELL_NAMED = 1 << 1,       /* given only as --name VALUE; others also by their position */
    SHELL_EMPTY_OK = 1 << 2,    /* '' is a value */
    SHELL_AS_STRING = 1 << 3,   /* a size or number that help calls a string */
    SHELL_UNLIMITED = 1 << 4,   /* a size that may be -1: none */
    SHELL_LOOPS = 1 << 5,       /* needs the event loop before the connection is opened */
    SHELL_ALONE = 1 << 6,       /* what else was given is not looked at */
    SHELL_UNFOUND = 1 << 7,     /* objects are not looked up */
    SHELL_NUMBERED = 1 << 8,    /* a word may be typed as its number */
    SHELL_AS_NUMBER = 1 << 9,   /* a string that help calls a number */
};

#define SHELL_NOWHERE UINT16_MAX

struct shell_option {
    uint32_t detail;            /* bit of a flag; limits of a number; offset of words; enum shell_by of an object */
    uint16_t name, text;
    uint16_t member;            /* where its value goes in the arguments of its command, SHELL_NOWHERE: nowhere */
    uint16_t beside;            /* and what belongs to it: the bits of a flag, whether a number or words were
                                   given, the path of a file, the name of an object, the length of a rest */
    uint16_t refused;           /* what is said about a word that is not in its list, and more of a bad number */
    uint16_t flags;
    uint8_t kind, object;
};

struct shell_limits { long long low; unsigned long long high; long long otherwise; };  /* low: unit of a size */

/* OPTION does not go with OTHER; or not without OTHER or THIRD; or one of the three must be given. */
enum shell_rule_verb { SHELL_RULE_EXCLUDES, SHELL_RULE_NEEDS, SHELL_RULE_REQUIRES };
struct shell_rule { uint8_t verb, option, other, third; uint16_t text; };

struct shell;
struct shell_call;

enum shell_command_flag {
    SHELL_LOCAL = 1 << 0,       /* needs no connection */
    SHELL_LOOP = 1 << 1,        /* needs the event loop before the connection is opened */
    SHELL_LENIENT = 1 << 2,     /* what cannot be parsed is ignored */
    SHELL_HIDDEN = 1 << 3,      /* not listed */
};

struct shell_command {
    int (*run)(struct shell *vsh, const void *args);    /* 0, or -1: reported; NULL: stands for the one in title */
    uint16_t name, title;
    uint16_t text;              /* sentences for help and manual, or empty: the title says it all */
    uint16_t first_option, first_rule;
    uint16_t size;              /* of its arguments */
    uint8_t n_options, n_rules, flags;
};

struct shell_group { uint16_t keyword, title, first, n; };

extern const struct shell_limits shell_limits[];
extern const struct shell_option shell_options[];
extern const struct shell_rule shell_rules[];
extern const struct shell_command shell_commands[];
extern const unsigned int shell_n_commands;
extern const struct shell_group shell_groups[];
extern const unsigned int shell_n_groups;

#define SHELL_EACH_OPTION(option, command) \
    for (const struct shell_option *option = shell_options + (command)->first_option; \
         option < shell_options + (command)->first_option + (command)->n_options; option++)

static inline const char *
shell_option_name(const struct shell_option *option)
{
    return shell_strings + option->name;
}

static inline const char *
shell_command_name(const struct shell_command *command)
{
    return shell_strings + command->name;
}

/* What can be done with the objects of a kind; NULL where it has no such call. */
struct shell_kind {
    const char *noun, *missing;         /* the second with %s */
    void *(*by_id)(void *conn, int id);
    void *(*by_uuid)(void *conn, const char *text);
    void *(*by_name)(void *conn, const char *text);
    void *(*by_mac)(void *conn, const char *text);
    /* Instead of these four; reports why there is none. */
    void *(*find)(struct shell *vsh, const struct shell_call *call, const void *args, const char *text);
    int (*list)(void *conn, void ***ret_objects, unsigned int flags);
    const char *(*name)(void *object);
    int (*uuid)(void *object, char *text);
    void (*release)(void *object);
    int absent;                 /* code of the error that says so */
    bool quiet;                 /* of which nothing more is told */
};

extern const struct shell_kind shell_kinds[];

/* One of these for the life of the program. */
struct shell {
    void *conn;                 /* the tool's connection; NULL: none is open */
    char *uri;                  /* as asked for; NULL: the library chooses */
    bool connects_at_once;      /* -c: a URI on the command line is tried even for commands that need none */
    bool quiet;
    bool timing;
    bool interactive;           /* commands come from standard input */
    bool ended;                 /* quit was typed */
    bool wants_loop;
    int debug;                  /* 0 says everything, 4 nothing but errors */
    int log_fd;                 /* -1: none */
    pthread_t main_thread;      /* whose errors are kept */
    int error_code;             /* of the library's last error, 0: none */
    char *error;                /* its message */
};

/* Why a connection is opened. */
enum shell_connect { SHELL_AT_ONCE, SHELL_WHEN_NEEDED, SHELL_AGAIN };

/* Options that every tool has; each also takes -v and -V. */
#define SHELL_LONG_VERSION 256
#define SHELL_OPTIONS \
    { "connect", required_argument, NULL, 'c' }, { "debug", required_argument, NULL, 'd' }, \
    { "help", no_argument, NULL, 'h' }, { "log", required_argument, NULL, 'l' }, \
    { "quiet", no_argument, NULL, 'q' }, { "version", optional_argument, NULL, SHELL_LONG_VERSION }

/* What tells one tool from the other; each defines its own. */
struct option;
struct shell_tool {
    const char *name, *title;           /* "virsh", "Virsh" */
    const char *what;                   /* it is, in the greeting */
    const char *variables;              /* "VIRSH": what VIRSH_DEBUG and VIRSH_LOG_FILE begin with */
    const char *uri_variable;           /* of the environment; NULL: the library asks it */
    const char *usage;                  /* the lines of its options */
    const struct option *options;       /* for getopt_long, ending with zeroes; SHELL_OPTIONS are among them */
    /* An option that not every tool has: 0, -1: it is wrong and reported. */
    int (*set_option)(struct shell *vsh, int code, const char *text);
    const char *(*prompt)(const struct shell *vsh);
    /* Opens vsh->uri instead of what is open, which stays where that fails: 0, or -1, reported. */
    int (*connect)(struct shell *vsh, enum shell_connect why);
    /* A connection for completion, which changes nothing; NULL: none, nothing is said. */
    void *(*connect_to_look)(struct shell *vsh);
    bool (*is_alive)(struct shell *vsh);
    /* CONN: vsh->conn, or what connect_to_look gave. */
    void (*disconnect)(struct shell *vsh, void *conn);
};
extern const struct shell_tool shell_tool;

/* parse.c: from words to calls */
struct shell_value {
    const struct shell_option *option;
    char *text;                 /* NULL for SHELL_FLAG */
};

struct shell_call {
    const struct shell_command *command;
    struct shell_value *values;         /* one of an option at most */
    size_t n_values;
    char **rest;                        /* the words of its SHELL_REST option, which may be very many */
    size_t n_rest;
    struct shell_call *next;
};

/* A parsed line is run only if all of it was understood.  NULL in *ret_calls: nothing to do. */
int shell_parse_text(struct shell *vsh, const char *text, struct shell_call **ret_calls);
int shell_parse_words(struct shell *vsh, char *const *words, size_t n, struct shell_call **ret_calls);
struct shell_call *shell_calls_free(struct shell_call *calls);
const struct shell_command *shell_command_find(const char *name);
/* Options whose value is any text. */
bool shell_is_string(const struct shell_option *option);
bool shell_is_rest(const struct shell_option *option);
const char *shell_value_type(const struct shell_option *option);        /* "number", "string" */

/* call.c: running them one after the other */
int shell_run(struct shell *vsh, const struct shell_call *calls);       /* result of the last one */

/* arguments.c: from the words of a call to the arguments of its command's function: checks, numbers,
 * files, objects, as the rows say.  0, or -1: reported; released in both cases. */
int shell_arguments_read(struct shell *vsh, const struct shell_call *call, void *args);
void shell_arguments_release(const struct shell_call *call, void *args);
/* The object of this kind among them; NULL: none was given. */
void *shell_argument_object(const struct shell_call *call, const void *args, unsigned int kind);

/* main.c: the whole TEXT is a number */
bool shell_read_long(const char *text, long *ret);

/* values.c: texts of options as numbers; -1: reported */
int shell_number(struct shell *vsh, const char *option, const char *text, const struct shell_limits *limits,
                 long long *ret);
/* A size with an optional unit (k, KiB, MB, ...); without one it counts what the row of OPTION says. Result in
 * bytes; where it may be unlimited, a negative number gives ULLONG_MAX. */
int shell_scaled(struct shell *vsh, const struct shell_option *option, const char *text, unsigned long long *ret);
/* The same of TEXT alone; it counts UNIT where it has none.  -1: it is no size, nothing is reported. */
int shell_read_size(const char *text, unsigned long long unit, unsigned long long *ret);
/* Word NUMBER of a list (COMMAND_OPTION_words); empty behind its end. */
const char *shell_word(unsigned int words, int number);
/* The text of a file, at most 10 MiB; NULL: reported. Caller frees. */
char *shell_file(struct shell *vsh, const char *path);

/* objects.c: objects of all kinds */
enum shell_by { SHELL_BY_ID = 1 << 0, SHELL_BY_UUID = 1 << 1, SHELL_BY_NAME = 1 << 2, SHELL_BY_ANY = 7 };
/* NULL: reported. */
void *shell_object_find(struct shell *vsh, const struct shell_call *call, const struct shell_option *option,
                        const char *text);
/* Those that FILTER lets pass, in the order of their names; -1: reported with FAILED. */
int shell_objects_list(struct shell *vsh, unsigned int kind, unsigned int filter, const char *failed,
                       void ***ret_objects);
void shell_objects_free(unsigned int kind, void **objects, int n);
/* The names of all of a kind, NULL-terminated; empty where they cannot be had. Needs a connection. */
char **shell_names(struct shell *vsh, unsigned int kind);
void shell_names_free(char **names);

/* tell.c: commands that are one public call, told with what the user typed or what was made */
int shell_did(struct shell *vsh, int result, const char *typed, const char *done, const char *failed);
int shell_made(struct shell *vsh, unsigned int kind, void *object, const char *path,
               const char *done, const char *failed);
int shell_show_text(struct shell *vsh, const char *text, const char *failed);
int shell_show_own_text(struct shell *vsh, char *text, const char *failed);     /* takes it over */
int shell_show_uuid(struct shell *vsh, unsigned int kind, void *object);
/* All objects of a kind that FILTER lets pass, in the order of their names, one by one or as rows of a table. */
struct shell_table;
int shell_show_each(struct shell *vsh, unsigned int kind, unsigned int filter, const char *failed,
                    void (*print)(struct shell *vsh, void *object));
int shell_show_table(struct shell *vsh, unsigned int kind, unsigned int filter, const char *failed,
                     const char *const *titles, void (*add_row)(struct shell_table *table, void *object));

/* escape.c: no text steers a terminal; caller frees */
enum shell_escape {
    SHELL_KEEP_LINES = 1 << 0,          /* newline and tab stay */
    SHELL_KEEP_DIRECTION = 1 << 1,      /* what turns the direction of text stays */
};
char *shell_escaped(const char *text, unsigned int how);

/* output.c: to a terminal, and to standard error in any case, text is escaped */
void shell_print(struct shell *vsh, const char *fmt, ...) VIR_PRINTF(2, 3);
void shell_vprint(const char *fmt, va_list args);
bool shell_to_terminal(void);           /* standard output is one */
void shell_print_extra(struct shell *vsh, const char *fmt, ...) VIR_PRINTF(2, 3);       /* not with --quiet */
int shell_error(struct shell *vsh, const char *fmt, ...) VIR_PRINTF(2, 3);              /* returns -1 */
void shell_hint(struct shell *vsh, const char *fmt, ...) VIR_PRINTF(2, 3);
void shell_debug(struct shell *vsh, int level, const char *fmt, ...) VIR_PRINTF(3, 4);
int shell_log_open(struct shell *vsh, const char *path);
/* The library's errors are kept until a command ends; then what is still kept is printed. */
void shell_error_handler(void *opaque, virErrorPtr error);
void shell_error_forget(struct shell *vsh);
void shell_error_report(struct shell *vsh);

/* table.c: columns as wide as their widest cell */
struct shell_table *shell_table_new(const char *const *titles);
void shell_table_row(struct shell_table *table, ...) __attribute__((sentinel)); /* one for each title, NULL */
void shell_table_cells(struct shell_table *table, const char *const *cells);
struct shell_table *shell_table_print(struct shell *vsh, struct shell_table *table);    /* prints and frees */
struct shell_table *shell_table_free(struct shell_table *table);
#define SHELL_TITLES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* loop.c: the thread that runs the default event loop */
int shell_loop_start(struct shell *vsh);
void shell_loop_stop(void);
/* Calls FN in the loop's thread and waits for it: nothing that the loop calls runs meanwhile. */
void shell_loop_call(void (*fn)(void *opaque), void *opaque);
/* After it, no callback runs that was removed before it. */
void shell_loop_settle(void);
/* Waits until shell_wait_end(), the time is over (ms, -1: never) or the user typed ^C. */
enum shell_wait { SHELL_WAIT_DONE, SHELL_WAIT_TIMEOUT, SHELL_WAIT_INTERRUPT, SHELL_WAIT_FAILED };
int shell_wait_begin(struct shell *vsh);
void shell_wait_end(void);      /* from any thread */
enum shell_wait shell_wait(int timeout_ms);
void shell_wait_leave(void);

/* help.c */
void shell_usage(struct shell *vsh);
int shell_help_command(struct shell *vsh, const struct shell_command *command);

/* complete.c: what the word behind WORDS, begun with LAST, may become: NULL, or NULL-terminated;
 * freed by shell_names_free(). */
char **shell_complete(struct shell *vsh, char *const *words, size_t n, const char *last);
char **shell_complete_line(struct shell *vsh, const char *line);

/* connect.c */
int shell_connect_if_needed(struct shell *vsh);
/* What is said when the connection to URI is lost. */
void shell_say_lost(struct shell *vsh, const char *uri, int reason);

/* interactive.c */
int shell_interactive(struct shell *vsh);

/* parts.c: what needs a heavy library is a part of its own, opened when used */
const void *shell_part_quietly(const char *name);               /* NULL where it cannot be had */
const void *shell_part(struct shell *vsh, const char *name);    /* "shell-edit"; NULL: reported */

/* The word for what a call answered; UNKNOWN where it failed. */
static inline const char *
shell_yes_no(int answer, const char *unknown)
{
    return answer < 0 ? unknown : answer ? "yes" : "no";
}

/* params.c: numbers of the library in words */
const char *shell_name_of(const char *const *names, size_t n, int number);
#define SHELL_NAME_OF(names, number) shell_name_of(names, sizeof(names) / sizeof(*(names)), number)
void shell_print_params(struct shell *vsh, virTypedParameterPtr params, int n);
char *shell_param_text(const virTypedParameter *param);         /* caller frees */
void shell_print_field(struct shell *vsh, const char *label, const char *text);
/* A number of bytes as people read it ("100.00 GiB"), or plain. */
void shell_print_size(struct shell *vsh, const char *label, unsigned long long bytes, bool plain);
char *shell_size_text(unsigned long long bytes, int digits);    /* so many behind the point; caller frees */

#endif
