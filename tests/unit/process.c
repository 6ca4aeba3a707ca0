/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Processes that stay: found again and told from others, their ends, and their logs. */
#include "unit-driver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct vir_dir here = VIR_DIR_INIT;
static char path[] = "/tmp/unit-process.XXXXXX";

static int
setup(void **state)
{
    (void)state;
    return mkdtemp(path) && vir_dir_enter(&here, path, ".", 0700) == 0 ? 0 : -1;
}

static int
teardown(void **state)
{
    char command[100];

    (void)state;
    vir_dir_leave(&here);
    snprintf(command, sizeof(command), "rm -rf %s", path);
    return system(command);
}

/* A shell that runs SCRIPT with FD as its output. */
static struct vir_process
start(const char *script, int fd)
{
    const char *const argv[] = { "sh", "-c", script, NULL };
    struct vir_child child = { VIR_CHILD_INIT, .argv = argv, .new_session = true };
    struct vir_process process = VIR_PROCESS_INIT;

    child.stdout_fd = fd;
    assert_int_equal(vir_process_start(&child, &process), 0);
    return process;
}

static void
end(struct vir_process *process)
{
    assert_int_equal(vir_process_end(process, 0, 5000), 0);
    vir_process_reap(process);
    vir_process_close(process);
}

static void
found_again(void **state)
{
    struct vir_process process = start("sleep 100", -1), found = VIR_PROCESS_INIT;

    (void)state;
    assert_true(process.start_time > 0);
    assert_false(vir_process_find(process.pid, process.start_time + 1, &found));
    assert_int_equal(found.pidfd, -1);
    assert_true(vir_process_find(process.pid, process.start_time, &found));
    assert_int_equal(found.start_time, process.start_time);
    assert_false(found.child);
    vir_process_close(&found);
    assert_true(vir_process_find(process.pid, 0, &found));
    assert_int_equal(vir_process_end(&found, 1000, 5000), 0);
    assert_int_equal(vir_process_reap(&found), -1);
    vir_process_close(&found);
    assert_false(vir_process_find(process.pid, process.start_time, &found));    /* ended, not reaped */
    assert_int_equal(vir_process_reap(&process), SIGTERM);
    assert_false(vir_process_find(process.pid, process.start_time, &found));
    vir_process_close(&process);
}

static void
deaf(void **state)
{
    int ready[2];
    struct vir_process process;
    char byte;

    (void)state;
    assert_int_equal(pipe(ready), 0);
    process = start("trap '' TERM; echo; while :; do sleep 100; done", ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(vir_process_end(&process, 50, 0), -1);
    assert_int_equal(virGetLastErrorCode(), VIR_ERR_SYSTEM_ERROR);
    assert_int_equal(vir_process_end(&process, 50, 5000), 0);
    assert_int_equal(vir_process_reap(&process), SIGKILL);
    vir_process_close(&process);
    close(ready[0]);
    close(ready[1]);
}

/* Those who do not obey do not add up. */
static void
many(void **state)
{
    enum { N = 5 };
    const struct vir_process *list[N];
    struct vir_process processes[N];
    int64_t began;
    int ready[2];
    char bytes[N];

    (void)state;
    assert_int_equal(pipe(ready), 0);
    for (int i = 0; i < N; i++) {
        processes[i] = start(i == 2 ? "echo; exec sleep 100" : "trap '' TERM; echo; while :; do sleep 100; done",
                             ready[1]);
        list[i] = &processes[i];
        assert_int_equal(read(ready[0], bytes, 1), 1);
    }
    began = vir_now_ms();
    assert_int_equal(vir_process_end_all(list, N, 200, 5000), 0);
    assert_in_range(vir_now_ms() - began, 200, 200 * (N - 1));
    for (int i = 0; i < N; i++) {
        assert_int_equal(vir_process_reap(&processes[i]), i == 2 ? SIGTERM : SIGKILL);
        vir_process_close(&processes[i]);
    }
    assert_int_equal(vir_process_end_all(list, 0, 0, 0), 0);
    close(ready[0]);
    close(ready[1]);
}

static int
make_file(const char *name, mode_t mode)
{
    int fd = openat(here.fd, name, O_RDWR | O_CREAT | O_CLOEXEC, mode);

    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, mode), 0);
    return fd;
}

static void
proofs(void **state)
{
    int mine = make_file("mine", 0600), open_to_all = make_file("open", 0622);
    struct vir_process process = start("sleep 100", mine), other = start("sleep 100", open_to_all);
    char *name = vir_process_file_name(process.pid, 1);

    (void)state;
    assert_string_equal(name, "mine");
    assert_true(vir_process_holds(process.pid, 1, &here, "mine"));
    assert_false(vir_process_holds(process.pid, 0, &here, "mine"));
    assert_false(vir_process_holds(process.pid, 99, &here, "mine"));
    assert_false(vir_process_holds(process.pid, 1, &here, "open"));
    assert_false(vir_process_holds(process.pid, 1, &here, "none"));
    assert_false(vir_process_holds(other.pid, 1, &here, "open"));       /* anybody can open it */
    assert_int_equal(unlinkat(here.fd, "mine", 0), 0);
    close(make_file("mine", 0600));                                     /* another file of that name */
    assert_false(vir_process_holds(process.pid, 1, &here, "mine"));
    free(name);
    close(mine);
    close(open_to_all);
    end(&process);
    end(&other);
}

/* ---- logs --------------------------------------------------------------------- */

static off_t
length_of(const char *name)
{
    struct stat sb;

    return fstatat(here.fd, name, &sb, AT_SYMLINK_NOFOLLOW) < 0 ? -1 : sb.st_size;
}

static void
log_of_a_process(void **state)
{
    struct vir_process_log *log;
    struct vir_process process;
    char *text;
    int fd = -1;

    (void)state;
    log = vir_process_log_open(&here, "a.log", &here, "a.fifo", &fd);
    assert_non_null(log);
    vir_process_log_write(log, "begins\n", 7);
    process = start("echo one; kill -STOP $$; echo two", fd);
    close(fd);
    while (vir_process_read(process.pid, &(struct vir_process_facts){ 0 }) == 0 && length_of("a.log") < 11) {
        vir_process_log_close(log, false);      /* one daemon after the other */
        log = vir_process_log_open(&here, "a.log", &here, "a.fifo", NULL);
        assert_non_null(log);
    }
    vir_process_log_close(log, false);
    vir_process_signal(&process, SIGCONT);
    vir_child_wait(process.pid, process.pidfd, 5000, NULL);
    vir_process_close(&process);
    assert_int_equal(vir_file_read(here.fd, "a.log", 100, &text, NULL), 0);
    assert_string_equal(text, "begins\none\n");
    free(text);
    /* What a process said that has ended goes with its pipe; the next one begins anew. */
    log = vir_process_log_open(&here, "a.log", &here, "a.fifo", &fd);
    assert_non_null(log);
    assert_int_equal(write(fd, "three\n", 6), 6);
    assert_null(vir_process_log_close(log, true));
    close(fd);
    assert_int_equal(length_of("a.fifo"), -1);
    assert_int_equal(length_of("a.log"), 17);
}

static void
log_is_rotated(void **state)
{
    struct vir_process_log *log;
    char text[1024];
    int fd;

    (void)state;
    memset(text, 'x', sizeof(text));
    log = vir_process_log_open(&here, "b.log", &here, "b.fifo", &fd);
    for (int i = 0; i < 10 * 1024; i++)
        vir_process_log_write(log, text, sizeof(text));
    assert_in_range(length_of("b.log"), 1, 2 * 1024 * 1024);
    assert_int_equal(length_of("b.log.0"), 2 * 1024 * 1024);
    assert_int_equal(length_of("b.log.2"), 2 * 1024 * 1024);
    assert_int_equal(length_of("b.log.3"), -1);
    vir_process_log_close(log, true);
    close(fd);
}

/* Nobody reads, and a process goes on; somebody reads, and it cannot have all of the disk. */
static void
flood(void **state)
{
    struct vir_process_log *log;
    struct vir_loop *loop = vir_loop_new("flood");
    int64_t began = vir_now_ms();
    char text[4096];
    int fd, lost = 0;

    (void)state;
    memset(text, 'x', sizeof(text));
    log = vir_process_log_open(&here, "c.log", &here, "c.fifo", &fd);
    while (write(fd, text, sizeof(text)) == sizeof(text))
        ;
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(vir_process_log_watch(log, loop), 0);
    while (vir_now_ms() - began < 500)
        lost += write(fd, text, sizeof(text)) < 0;
    assert_true(lost > 0);
    assert_in_range(length_of("c.log"), 65536, 2 * 1024 * 1024);
    close(fd);
    vir_process_log_close(log, true);
    vir_loop_free(loop);
}

static void
no_log(void **state)
{
    int fd = -1;

    (void)state;
    assert_int_equal(mkfifoat(here.fd, "d.log", 0600), 0);
    assert_null(vir_process_log_open(&here, "d.log", &here, "d.fifo", &fd));
    assert_null(vir_process_log_open(&here, "e.log", &here, "e.fifo", NULL));       /* no process is there */
    close(make_file("f.fifo", 0600));
    assert_null(vir_process_log_open(&here, "f.log", &here, "f.fifo", NULL));
    assert_int_equal(fd, -1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_again), cmocka_unit_test(deaf), cmocka_unit_test(many), cmocka_unit_test(proofs),
        cmocka_unit_test(log_of_a_process), cmocka_unit_test(log_is_rotated), cmocka_unit_test(flood),
        cmocka_unit_test(no_log),
    };

    return cmocka_run_group_tests_name("unit/process", tests, setup, teardown);
}
