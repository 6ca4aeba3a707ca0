/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virsh: the shell of libvirt.  Everything a user can type is a row of a
 * command table; parser, help, manual page and completion read the same rows.
 * A new command is one row, its option table and its handler, in the file of
 * its group.
 *
 * Standard output, exit status and the leading phrase of an error are an
 * interface that scripts depend on; texts of help are not.
 */
#ifndef VIRSH_H
#define VIRSH_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <libvirt/module-base.h>

/* What follows an option on the command line. */
enum virsh_kind {
    VIRSH_BOOL,                 /* nothing */
    VIRSH_STRING,
    VIRSH_NUMBER,               /* also scaled ones ("10M"); the handler says which */
    VIRSH_REST,                 /* any number of words; the last option of its table */
    VIRSH_ALIAS,                /* stands for the option that its text names, "name" or "name=value" */
};

enum virsh_option_flag {
    VIRSH_REQUIRED = 1 << 0,
    VIRSH_NAMED = 1 << 1,       /* given only as --name VALUE; others also by their position */
    VIRSH_EMPTY_OK = 1 << 2,    /* '' is a value */
};

struct virsh_option {
    const char *name;           /* NULL ends a table */
    uint8_t kind;               /* enum virsh_kind */
    uint8_t flags;              /* enum virsh_option_flag */
    const char *text;
};

struct virsh;
struct virsh_call;

enum virsh_command_flag {
    VIRSH_LOCAL = 1 << 0,       /* needs no connection */
    VIRSH_LOOP = 1 << 1,        /* needs the event loop before the connection is opened */
    VIRSH_LENIENT = 1 << 2,     /* what cannot be parsed is ignored */
    VIRSH_HIDDEN = 1 << 3,      /* not listed */
};

struct virsh_command {
    const char *name;           /* NULL ends a table */
    const char *title;          /* one line; of an alias: the command that it stands for, no handler */
    const char *text;           /* sentences for help and manual, or NULL: the title says it all */
    const struct virsh_option *options;         /* or NULL */
    int (*run)(struct virsh *vsh, const struct virsh_call *call);       /* 0, or -1: reported */
    unsigned int flags;         /* enum virsh_command_flag */
};

struct virsh_group {
    const char *keyword;        /* NULL ends the table */
    const char *title;
    const struct virsh_command *const *tables;  /* NULL-terminated */
};

extern const struct virsh_group virsh_groups[];

extern const struct virsh_command virsh_domain_commands[];
extern const struct virsh_command virsh_define_commands[];
extern const struct virsh_command virsh_undefine_commands[];
extern const struct virsh_command virsh_display_commands[];
extern const struct virsh_command virsh_query_commands[];
extern const struct virsh_command virsh_resource_commands[];
extern const struct virsh_command virsh_vcpu_commands[];
extern const struct virsh_command virsh_image_commands[];
extern const struct virsh_command virsh_console_commands[];
extern const struct virsh_command virsh_list_commands[];
extern const struct virsh_command virsh_monitor_commands[];
extern const struct virsh_command virsh_device_commands[];
extern const struct virsh_command virsh_stats_commands[];
extern const struct virsh_command virsh_event_commands[];
extern const struct virsh_command virsh_host_commands[];
extern const struct virsh_command virsh_numa_commands[];
extern const struct virsh_command virsh_network_commands[];
extern const struct virsh_command virsh_network_event_commands[];
extern const struct virsh_command virsh_pool_commands[];
extern const struct virsh_command virsh_pool_event_commands[];
extern const struct virsh_command virsh_volume_commands[];
extern const struct virsh_command virsh_interface_commands[];
extern const struct virsh_command virsh_nodedev_commands[];
extern const struct virsh_command virsh_nodedev_event_commands[];
extern const struct virsh_command virsh_filter_commands[];
extern const struct virsh_command virsh_secret_commands[];
extern const struct virsh_command virsh_secret_event_commands[];
extern const struct virsh_command virsh_shell_commands[];
extern const struct virsh_command virsh_help_commands[];
extern const struct virsh_command virsh_complete_commands[];

/* Rows that many option tables share. */
#define VIRSH_OPTIONS_END { .name = NULL }
#define VIRSH_OPTION_DOMAIN { "domain", VIRSH_STRING, VIRSH_REQUIRED, "the domain: its name, id or uuid" }
#define VIRSH_OPTION_CONFIG { "config", VIRSH_BOOL, 0, "in the persistent definition, for the next start" }
#define VIRSH_OPTION_LIVE { "live", VIRSH_BOOL, 0, "in the running domain" }
#define VIRSH_OPTION_CURRENT { "current", VIRSH_BOOL, 0, "in the domain if it runs, else in its definition" }
#define VIRSH_OPTION_VALIDATE { "validate", VIRSH_BOOL, 0, "refuse a document that breaks the schema" }
#define VIRSH_OPTION_XPATH { "xpath", VIRSH_STRING, VIRSH_NAMED, "print only what this expression finds" }
#define VIRSH_OPTION_WRAP { "wrap", VIRSH_BOOL, 0, "put what --xpath found into one root element" }
/* Of what is defined, started and ended: domains, networks, pools. */
#define VIRSH_OPTION_DISABLE { "disable", VIRSH_BOOL, 0, "do not start it with the host" }
#define VIRSH_OPTION_INACTIVE { "inactive", VIRSH_BOOL, 0, "as it will be at its next start" }
#define VIRSH_OPTIONS_LIST_ACTIVE \
    { "inactive", VIRSH_BOOL, 0, "those that do not run" }, \
    { "all", VIRSH_BOOL, 0, "those that run and those that do not" }
#define VIRSH_OPTION_LIST_PERSISTENT \
    { "persistent", VIRSH_BOOL, 0, "only those with a persistent definition" }
#define VIRSH_OPTION_LIST_TRANSIENT \
    { "transient", VIRSH_BOOL, 0, "only those without a persistent definition" }
#define VIRSH_OPTIONS_LIST_AUTOSTART \
    { "autostart", VIRSH_BOOL, 0, "only those that start with the host" }, \
    { "no-autostart", VIRSH_BOOL, 0, "only those that do not start with the host" }
#define VIRSH_OPTIONS_LIST_NAMES \
    { "uuid", VIRSH_BOOL, 0, "print uuids" }, \
    { "name", VIRSH_BOOL, 0, "print names" }

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
    char *text;                 /* NULL for VIRSH_BOOL */
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
/* Calls EACH for every command of GROUP (NULL: of all) in the order of the tables. */
void virsh_commands_each(const struct virsh_group *group,
                         void (*each)(const struct virsh_command *command, void *opaque), void *opaque);

/* call.c: running them, and what a handler asks of its call */
int virsh_run(struct virsh *vsh, const struct virsh_call *calls);       /* result of the last one */
bool virsh_flag(const struct virsh_call *call, const char *option);
const char *virsh_text(const struct virsh_call *call, const char *option);      /* NULL: not given */
/* How the user named the object, the first required option: what was done, or failed, is told with that. */
const char *virsh_typed(const struct virsh_call *call);
/* Words of a VIRSH_REST option, one after the other: *position starts at 0. */
const char *virsh_rest(const struct virsh_call *call, size_t *position);
/* 1 given and stored, 0 not given, -1 no such number (reported). */
int virsh_number(struct virsh *vsh, const struct virsh_call *call, const char *option,
                 long long min, long long max, long long *ret);
/* A size with an optional unit (k, KiB, MB, …); without one it counts UNIT bytes. Result in bytes. */
int virsh_scaled(struct virsh *vsh, const struct virsh_call *call, const char *option,
                 unsigned long long unit, unsigned long long max, unsigned long long *ret);
int virsh_exclusive(struct virsh *vsh, const struct virsh_call *call, const char *a, const char *b);
/* An option's name and the bit that it sets. */
struct virsh_bit { const char *option; unsigned int bit; };
unsigned int virsh_bits(const struct virsh_call *call, const struct virsh_bit *bits, size_t n);
#define VIRSH_BITS(call, ...) __extension__ ({ \
    static const struct virsh_bit _bits[] = { __VA_ARGS__ }; \
    virsh_bits(call, _bits, sizeof(_bits) / sizeof(*_bits)); })
/* --live, --config and --current as VIR_DOMAIN_AFFECT_*; 1: none was given, -1: they exclude each other. */
int virsh_affect(struct virsh *vsh, const struct virsh_call *call, unsigned int *ret_flags);

/* output.c */
void virsh_print(struct virsh *vsh, const char *fmt, ...) VIR_PRINTF(2, 3);
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
struct virsh_table;
struct virsh_table *virsh_table_new(const char *const *titles);
void virsh_table_row(struct virsh_table *table, ...) __attribute__((sentinel)); /* one for each title, NULL */
void virsh_table_cells(struct virsh_table *table, const char *const *cells);
struct virsh_table *virsh_table_print(struct virsh *vsh, struct virsh_table *table);    /* prints and frees */
struct virsh_table *virsh_table_free(struct virsh_table *table);
#define VIRSH_TITLES(...) ((const char *const[]){ __VA_ARGS__, NULL })

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
/* Prints XML, or with --xpath what it finds. */
int virsh_xml_print(struct virsh *vsh, const struct virsh_call *call, char *xml);

/* lookup.c: the objects that options name; NULL: reported */
enum virsh_by { VIRSH_BY_ID = 1 << 0, VIRSH_BY_UUID = 1 << 1, VIRSH_BY_NAME = 1 << 2, VIRSH_BY_ANY = 7 };
virDomainPtr virsh_domain(struct virsh *vsh, const struct virsh_call *call);
virDomainPtr virsh_domain_by(struct virsh *vsh, const struct virsh_call *call, unsigned int by);
virDomainPtr virsh_domain_named(struct virsh *vsh, const struct virsh_call *call, const char *name,
                                unsigned int by);
virNetworkPtr virsh_network(struct virsh *vsh, const struct virsh_call *call);
virStoragePoolPtr virsh_pool(struct virsh *vsh, const struct virsh_call *call);
virInterfacePtr virsh_interface(struct virsh *vsh, const struct virsh_call *call);
virNodeDevicePtr virsh_nodedev(struct virsh *vsh, const struct virsh_call *call);
virNWFilterPtr virsh_filter(struct virsh *vsh, const struct virsh_call *call);
virSecretPtr virsh_secret(struct virsh *vsh, const struct virsh_call *call);
/* The text of the file that the option names, at most 10 MiB. Caller frees. */
char *virsh_file(struct virsh *vsh, const struct virsh_call *call, const char *option);

/* objects.c: the names of all objects that OPTION of COMMAND can mean, NULL-terminated; empty where
 * it means none, or where they cannot be had. Needs a connection. */
char **virsh_names(struct virsh *vsh, const struct virsh_command *command, const char *option);
void virsh_names_free(char **names);

#define VIRSH_AUTO(type) __attribute__((cleanup(virsh_auto_##type)))
void virsh_auto_domain(virDomainPtr *p);
void virsh_auto_network(virNetworkPtr *p);
void virsh_auto_pool(virStoragePoolPtr *p);
void virsh_auto_volume(virStorageVolPtr *p);
void virsh_auto_interface(virInterfacePtr *p);
void virsh_auto_nodedev(virNodeDevicePtr *p);
void virsh_auto_filter(virNWFilterPtr *p);
void virsh_auto_secret(virSecretPtr *p);

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
/* A number of bytes as people read it ("100.00 GiB"), or plain. */
void virsh_print_size(struct virsh *vsh, const char *label, unsigned long long bytes, bool plain);
char *virsh_size_text(unsigned long long bytes);

/* commands/console.c */
int virsh_console_run(struct virsh *vsh, virDomainPtr dom, const char *device, unsigned int flags);

#endif
