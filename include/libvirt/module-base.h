/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The leaf functions of the driver interface: memory, text, files,
 * configuration, child processes, loop.  They know nothing of libvirt's
 * objects.  <libvirt/module.h> includes this file; the parts of the tree that
 * lie below the driver library link the same code from common/.
 *
 * What fails says why: the thread's error is set, in libvirt's form.  All are
 * thread-safe for different objects.
 */
#ifndef LIBVIRT_MODULE_BASE_H
#define LIBVIRT_MODULE_BASE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The functions here are what libvirt-driver exports. */
#pragma GCC visibility push(default)

#define VIR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Memory.  These never return NULL: they end the process where there is none. What
 * vir_alloc and vir_alloc_array give is zeroed; vir_realloc_array leaves what is new
 * as it comes.  Sizes from outside go to vir_try_alloc (zeroed), which raises
 * VIR_ERR_NO_MEMORY and returns NULL where there is none or they are over MAX_BYTES. */
void *vir_alloc(size_t size) __attribute__((malloc, returns_nonnull));
void *vir_alloc_array(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *vir_realloc_array(void *p, size_t n, size_t size);
char *vir_strdup(const char *s);                /* NULL gives NULL */
char *vir_strndup(const char *s, size_t n);     /* at most N bytes of S */
char *vir_path_join(const char *dir, const char *name);        /* DIR/NAME */
char *vir_strdup_printf(const char *fmt, ...) VIR_PRINTF(1, 2);
void *vir_try_alloc(size_t n, size_t size, size_t max_bytes) __attribute__((malloc));

#define VIR_NEW(type) ((type *)vir_alloc(sizeof(type)))

/* Release at the end of the scope. */
void vir_auto_free(void *p);                    /* p: address of the pointer */
void vir_auto_close(int *fd);
#define VIR_AUTO_FREE  __attribute__((cleanup(vir_auto_free)))
#define VIR_AUTO_CLOSE __attribute__((cleanup(vir_auto_close)))
/* Hands over what a variable holds: return vir_steal(&text); */
#define vir_steal(place)                                                        \
    __extension__ ({ __typeof__(place) _p = (place); __typeof__(*_p) _v = *_p; *_p = NULL; _v; })
#define vir_steal_fd(place)                                                     \
    __extension__ ({ int *_p = (place); int _v = *_p; *_p = -1; _v; })

/* UUIDs. */
int vir_uuid_generate(unsigned char *uuid);
int vir_uuid_parse(const char *text, unsigned char *uuid);     /* -1: not a uuid, no error set */
void vir_uuid_format(const unsigned char *uuid, char *text);    /* VIR_UUID_STRING_BUFLEN bytes */

/* Growing text.  A buffer of zeroes is empty and valid; text is NUL-terminated
 * once something was added.  What begins a line gets INDENT spaces before it.  One that MAY_FAIL
 * has FAILED, with an error, when there was no memory: it takes nothing more. */
struct vir_buf { char *text; size_t len, room; int indent; bool may_fail, failed; };
void vir_buf_add(struct vir_buf *buf, const char *text);
void vir_buf_addf(struct vir_buf *buf, const char *fmt, ...) VIR_PRINTF(2, 3);
void vir_buf_add_mem(struct vir_buf *buf, const void *bytes, size_t n);
void vir_buf_add_escaped(struct vir_buf *buf, const char *text);        /* XML: & < > ' " */
/* N bytes of others' text as it may be shown to people: what would act on a terminal, or turn the
 * direction of the text around it, stands as \xNN; what is no UTF-8, too. */
void vir_buf_add_printable(struct vir_buf *buf, const char *text, size_t n);
char *vir_buf_steal(struct vir_buf *buf);                                /* never NULL; caller frees */
void vir_buf_free(struct vir_buf *buf);

/* A directory: its path for messages and programs, its descriptor for work. */
struct vir_dir { char *path; int fd; };
#define VIR_DIR_INIT { .fd = -1 }
int vir_dir_enter(struct vir_dir *dir, const char *base, const char *below, mode_t mode);  /* makes BASE/BELOW */
void vir_dir_leave(struct vir_dir *dir);                /* one that was never entered, too */

/* Files.  All writes are: temporary file in the same directory, fsync, rename,
 * fsync of the directory. NAME is one path component, never ".", ".." or with '/'. */
bool vir_file_name_ok(const char *name);
int vir_dir_open(const char *path, mode_t mode);        /* makes missing parents; returns a directory fd */
int vir_file_write(int dirfd, const char *name, const char *text, size_t len, mode_t mode);
/* The same without waiting for the disk: for what means nothing after the next boot. */
int vir_file_write_passing(int dirfd, const char *name, const char *text, size_t len, mode_t mode);
/* Reads a regular file of at most MAX bytes (opened without following links or
 * blocking); NUL-terminated text, caller frees. */
int vir_file_read(int dirfd, const char *name, size_t max, char **ret_text, size_t *ret_len);
/* The same for a file that an administrator or the kernel made: links are followed. */
int vir_file_read_path(const char *path, size_t max, char **ret_text, size_t *ret_len);
/* open(2) and stat(2) of what somebody else names, where nothing may answer: -1, with errno, which is then ETIMEDOUT. */
struct stat;
int vir_file_open_in_time(const char *path, int flags, mode_t mode);
int vir_file_stat_in_time(const char *path, struct stat *ret_sb);
int vir_file_remove(int dirfd, const char *name);       /* not there: success */
/* Calls EACH, in the order of the names, for every entry whose name ends in SUFFIX, be it a file or
 * not; stops when it returns < 0.  The caller alone writes to the directory: temporary files in it
 * were left behind by a crash, and are removed. */
int vir_dir_scan(int dirfd, const char *suffix,
                 int (*each)(int dirfd, const char *name, void *opaque), void *opaque);
/* Gives a file that cannot be used another name (NAME.bad) so that it is kept and never read again. */
int vir_file_set_aside(int dirfd, const char *name);

/* Configuration files (key = value; strings, integers, lists of strings). */
struct vir_conf;
/* NULL with an error that names file and line. A file that is not there is an empty configuration. */
struct vir_conf *vir_conf_read(const char *path);
struct vir_conf *vir_conf_parse(const char *text, size_t len, const char *name);
struct vir_conf *vir_conf_free(struct vir_conf *conf);
/* 1 found, 0 not there, -1 wrong type (error names file:line). What they give belongs
 * to CONF and lives as long as it. */
int vir_conf_get_string(struct vir_conf *conf, const char *key, const char **ret);
int vir_conf_get_uint(struct vir_conf *conf, const char *key, unsigned long long max,
                      unsigned long long *ret);
int vir_conf_get_bool(struct vir_conf *conf, const char *key, bool *ret);
int vir_conf_get_list(struct vir_conf *conf, const char *key, const char *const **ret, size_t *ret_n);
/* The line that sets KEY, whatever its type; 0: none does. */
int vir_conf_line(struct vir_conf *conf, const char *key);
/* Warns about every key that is not in KNOWN: file:line and the nearest name. */
void vir_conf_warn_unknown(struct vir_conf *conf, const char *const *known);
/* Warns when others than root and this user can change the file. */
void vir_conf_warn_exposed(const struct vir_conf *conf);

/* Sets of small numbers (CPUs, NUMA nodes) and their text "0-3,^2,8". */
struct vir_bitmap { unsigned long *words; size_t n_bits; };
struct vir_bitmap *vir_bitmap_new(size_t n_bits);       /* an empty set of the numbers 0 .. n_bits-1 */
struct vir_bitmap *vir_bitmap_free(struct vir_bitmap *bitmap);
int vir_bitmap_set(struct vir_bitmap *bitmap, size_t bit, bool value);  /* -1: BIT is outside the set's range */
bool vir_bitmap_get(const struct vir_bitmap *bitmap, size_t bit);
/* The first number of the set from FROM on; n_bits: there is none. */
size_t vir_bitmap_next(const struct vir_bitmap *bitmap, size_t from);
size_t vir_bitmap_count(const struct vir_bitmap *bitmap);
/* NULL: not such a text, or a number of N_BITS or more (no error is set). */
struct vir_bitmap *vir_bitmap_parse(const char *text, size_t n_bits);
/* Canonical: rising, ranges joined. The caller frees. */
char *vir_bitmap_format(const struct vir_bitmap *bitmap);

/* Child processes: close-on-exec pidfd, only the descriptors listed, fixed
 * environment, signals reset.  Not for use between fork and exec. */
enum { VIR_MORE_ENV = 64 };
struct vir_child {
    const char *const *argv;            /* argv[0] absolute or found in the fixed PATH; NULL-terminated */
    const char *const *env;             /* NULL: PATH, HOME, USER, LOGNAME, LC_ALL=C of ours */
    int stdin_fd, stdout_fd, stderr_fd; /* -1: /dev/null */
    const int *keep_fds;                /* kept open under the same numbers */
    size_t n_keep_fds;
    const char *cwd;                    /* NULL: "/" */
    bool new_session;                   /* setsid: survives the daemon, whose limit of memory is not its own */
    uid_t uid; gid_t gid;               /* (uid_t)-1: unchanged */
    mode_t umask;                       /* 0: 0077 */
    bool orphan;                        /* nobody's child: no SIGCHLD, no status, nothing for wait() to find */
    const char *const *more_env;        /* NAME=VALUE beside those of ENV NULL, VIR_MORE_ENV at most, NULL-terminated; NULL: none */
    const int *join_fds;                /* files of control groups that it joins while its user is still ours */
    size_t n_join_fds;
    bool bound;                         /* killed when the thread that starts it ends, or the program; no orphan */
};
#define VIR_CHILD_INIT .stdin_fd = -1, .stdout_fd = -1, .stderr_fd = -1, .uid = (uid_t)-1, .gid = (gid_t)-1
int vir_child_start(const struct vir_child *child, pid_t *ret_pid, int *ret_pidfd);
/* Waits until the process is gone (0) or DEADLINE_MS passed (1; < 0: no deadline).
 * Reaps our own children; ret_status: as waitpid gives it, -1 if it is not known. */
int vir_child_wait(pid_t pid, int pidfd, int deadline_ms, int *ret_status);
/* Runs a helper to its end (an own child of our session is bound): input text, captured output (standard error too where
 * stderr_fd is -1; at most MAX bytes), deadline. */
int vir_child_run(const struct vir_child *child, const char *input, size_t max, int deadline_ms,
                  char **ret_output, int *ret_status);

/* A loop of descriptors and timers with a thread of its own (epoll), for a driver
 * that watches processes and monitors.  Callbacks run one at a time in that thread;
 * OPAQUE stays the caller's. */
struct vir_loop;
struct vir_loop *vir_loop_new(const char *thread_name);         /* starts the thread */
struct vir_loop *vir_loop_free(struct vir_loop *loop);          /* ends and joins it */
typedef void (*vir_loop_fd_fn)(struct vir_loop *loop, int fd, uint32_t events, void *opaque);
typedef void (*vir_loop_timer_fn)(struct vir_loop *loop, void *opaque);
int vir_loop_add_fd(struct vir_loop *loop, int fd, uint32_t epoll_events, vir_loop_fd_fn fn, void *opaque);
int vir_loop_update_fd(struct vir_loop *loop, int fd, uint32_t epoll_events);
/* After this returns (from any thread but the loop's own), FN is not running and will not run. */
void vir_loop_remove_fd(struct vir_loop *loop, int fd);
/* Calls FN once; returns an id > 0. */
int vir_loop_add_timer(struct vir_loop *loop, int delay_ms, vir_loop_timer_fn fn, void *opaque);
/* The same promise.  A timer that has run is gone: its id means nothing any more. */
void vir_loop_remove_timer(struct vir_loop *loop, int id);

/* Time, in milliseconds of CLOCK_MONOTONIC. */
int64_t vir_now_ms(void);
int64_t vir_deadline(int ms);                   /* that far from now; < 0: now */
int vir_deadline_left(int64_t deadline);        /* what poll() takes; 0: it has passed */
void vir_cond_init(pthread_cond_t *cond);       /* for vir_cond_wait_until */
/* As pthread_cond_wait; false when DEADLINE has passed. */
bool vir_cond_wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t deadline);

#pragma GCC visibility pop

#endif
