/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files: whole or not at all, and nothing but regular files. */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[256];
static int dirfd_of_test;

static int
setup(void **state)
{
    (void)state;
    dirfd_of_test = temp_dir(dir, sizeof(dir));
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    close(dirfd_of_test);
    temp_dir_remove(dir);
    return 0;
}

static int
write_text(const char *name, const char *text)
{
    return vir_file_write(dirfd_of_test, name, text, strlen(text), 0600);
}

static void
write_and_read(void **state)
{
    struct stat st;
    size_t len;
    char *text;

    (void)state;
    umask(077);
    assert_int_equal(vir_file_write(dirfd_of_test, "a.xml", "one", 3, 0644), 0);
    assert_int_equal(write_text("a.xml", "second"), 0);
    assert_int_equal(vir_file_read(dirfd_of_test, "a.xml", 6, &text, &len), 0);
    assert_int_equal(len, 6);
    assert_string_equal(text, "second");
    free(text);
    assert_int_equal(vir_file_read(dirfd_of_test, "a.xml", 5, &text, &len), -1);
    assert_int_equal(fstatat(dirfd_of_test, "a.xml", &st, 0), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(vir_file_remove(dirfd_of_test, "a.xml"), 0);
    assert_int_equal(vir_file_remove(dirfd_of_test, "a.xml"), 0);
    assert_int_equal(vir_file_read(dirfd_of_test, "a.xml", 5, &text, &len), -1);
    assert_int_equal(vir_file_read_path("/proc/self/status", 65536, &text, &len), 0);
    assert_true(len > 100);
    free(text);
}

static void
bad_names(void **state)
{
    static const char *const bad[] = { "", ".", "..", "a/b", "/etc/passwd", "../x" };
    char longest[300];
    char *text;

    (void)state;
    memset(longest, 'a', sizeof(longest));
    longest[255] = '\0';
    assert_true(vir_file_name_ok(longest));
    assert_int_equal(write_text(longest, "x"), 0);
    longest[255] = 'a';
    longest[256] = '\0';
    assert_false(vir_file_name_ok(longest));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_false(vir_file_name_ok(bad[i]));
        assert_int_equal(write_text(bad[i], "x"), -1);
        assert_int_equal(vir_file_read(dirfd_of_test, bad[i], 10, &text, NULL), -1);
        assert_int_equal(vir_file_remove(dirfd_of_test, bad[i]), -1);
        assert_int_equal(vir_file_set_aside(dirfd_of_test, bad[i]), -1);
    }
}

static void
only_regular_files(void **state)
{
    int64_t start = vir_now_ms();
    char *text;

    (void)state;
    assert_int_equal(mkfifoat(dirfd_of_test, "fifo", 0600), 0);
    assert_int_equal(symlinkat("/etc/passwd", dirfd_of_test, "link"), 0);
    assert_int_equal(symlinkat("nowhere", dirfd_of_test, "dangling"), 0);
    assert_int_equal(mkdirat(dirfd_of_test, "dir", 0700), 0);
    assert_int_equal(vir_file_read(dirfd_of_test, "fifo", 100, &text, NULL), -1);
    assert_int_equal(vir_file_read(dirfd_of_test, "link", 100000, &text, NULL), -1);
    assert_int_equal(vir_file_read(dirfd_of_test, "dangling", 100, &text, NULL), -1);
    assert_int_equal(vir_file_read(dirfd_of_test, "dir", 100, &text, NULL), -1);
    assert_int_equal(write_text("fifo", "x"), -1);
    assert_int_equal(write_text("dir", "x"), -1);
    assert_true(ms_since(start) < 1000);
}

/* What a link leads to is not ours to change; the name is. */
static void
link_is_replaced(void **state)
{
    char *text;

    (void)state;
    assert_int_equal(write_text("elsewhere", "theirs"), 0);
    assert_int_equal(symlinkat("elsewhere", dirfd_of_test, "link"), 0);
    assert_int_equal(write_text("link", "ours"), 0);
    assert_int_equal(vir_file_read(dirfd_of_test, "elsewhere", 100, &text, NULL), 0);
    assert_string_equal(text, "theirs");
    free(text);
    assert_int_equal(vir_file_read(dirfd_of_test, "link", 100, &text, NULL), 0);
    assert_string_equal(text, "ours");
    free(text);
}

/* Files of the directory, whatever their names. */
static int
entries(void)
{
    DIR *all = opendir(dir);
    const struct dirent *entry;
    int n = 0;

    assert_non_null(all);
    while ((entry = readdir(all)))
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(all);
    return n;
}

/* What passes takes the place of what was there, which does not stay under another name. */
static void
passing_file(void **state)
{
    char *text;

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(vir_file_write_passing(dirfd_of_test, "f", i == 1 ? "second" : "one",
                                                i == 1 ? 6 : 3, 0600), 0);
        assert_int_equal(vir_file_read(dirfd_of_test, "f", 100, &text, NULL), 0);
        assert_string_equal(text, i == 1 ? "second" : "one");
        free(text);
        assert_int_equal(entries(), 1);
    }
    assert_int_equal(symlinkat("f", dirfd_of_test, "link"), 0);
    assert_int_equal(vir_file_write_passing(dirfd_of_test, "link", "ours", 4, 0600), 0);
    assert_int_equal(vir_file_read(dirfd_of_test, "f", 100, &text, NULL), 0);
    assert_string_equal(text, "one");
    free(text);
    assert_int_equal(vir_file_read(dirfd_of_test, "link", 100, &text, NULL), 0);
    assert_string_equal(text, "ours");
    free(text);
    assert_int_equal(entries(), 2);
}

static int
count_one(int fd, const char *name, void *opaque)
{
    (void)fd;
    assert_true(strcmp(name, "a.xml") == 0 || strcmp(name, "b.xml") == 0);
    ++*(int *)opaque;
    return 0;
}

static int
stop(int fd, const char *name, void *opaque)
{
    (void)fd;
    (void)name;
    ++*(int *)opaque;
    return -1;
}

static int
note(int fd, const char *name, void *opaque)
{
    (void)fd;
    vir_buf_addf(opaque, "%s ", name);
    return 0;
}

static void
scan_sweeps_what_a_crash_left(void **state)
{
    int n = 0;

    (void)state;
    assert_int_equal(write_text("a.xml", "a"), 0);
    assert_int_equal(write_text("b.xml", "b"), 0);
    assert_int_equal(write_text("c.txt", "c"), 0);
    assert_int_equal(write_text(".xml", "no name"), 0);
    close(openat(dirfd_of_test, ".a.xml.12345678.new", O_CREAT | O_WRONLY, 0600));
    assert_int_equal(vir_dir_scan(dirfd_of_test, ".xml", count_one, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(faccessat(dirfd_of_test, ".a.xml.12345678.new", F_OK, 0), -1);
    assert_int_equal(faccessat(dirfd_of_test, "c.txt", F_OK, 0), 0);
    n = 0;
    assert_int_equal(vir_dir_scan(dirfd_of_test, ".xml", stop, &n), -1);
    assert_int_equal(n, 1);
}

/* Names with a dot in front are names; what is no file is for the caller to see. */
static void
scan_leaves_nothing_out(void **state)
{
    struct vir_buf seen = { 0 };

    (void)state;
    assert_int_equal(write_text(".hidden.xml", "h"), 0);
    assert_int_equal(write_text(".hidden.new.xml", "h"), 0);
    assert_int_equal(symlinkat("a.xml", dirfd_of_test, "link.xml"), 0);
    assert_int_equal(mkdirat(dirfd_of_test, "dir.xml", 0700), 0);
    assert_int_equal(mkfifoat(dirfd_of_test, "fifo.xml", 0600), 0);
    assert_int_equal(vir_dir_scan(dirfd_of_test, ".xml", note, &seen), 0);
    assert_string_equal(seen.text, ".hidden.new.xml .hidden.xml dir.xml fifo.xml link.xml ");
    vir_buf_free(&seen);
}

static void
set_aside(void **state)
{
    int n = 0;

    (void)state;
    assert_int_equal(write_text("a.xml", "a"), 0);
    assert_int_equal(vir_file_set_aside(dirfd_of_test, "a.xml"), 0);
    assert_int_equal(vir_dir_scan(dirfd_of_test, ".xml", count_one, &n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(faccessat(dirfd_of_test, "a.xml.bad", F_OK, 0), 0);
    assert_int_equal(vir_file_set_aside(dirfd_of_test, "a.xml"), 0);
}

static void
directories(void **state)
{
    char path[512];
    struct stat st;
    int fd;

    (void)state;
    snprintf(path, sizeof(path), "%s/x/y/z", dir);
    fd = vir_dir_open(path, 0700);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    close(fd);
    fd = vir_dir_open(path, 0700);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(write_text("file", "x"), 0);
    snprintf(path, sizeof(path), "%s/file/y", dir);
    assert_int_equal(vir_dir_open(path, 0700), -1);
}

/* A writer that is killed again and again: a reader finds the old or the new text. */
static void
killed_writer(void **state)
{
    static char text[2][100000];

    (void)state;
    memset(text[0], 'a', sizeof(text[0]));
    memset(text[1], 'b', sizeof(text[1]));
    assert_int_equal(vir_file_write(dirfd_of_test, "f", text[0], sizeof(text[0]), 0600), 0);
    for (int i = 0; i < 20; i++) {
        int (*writer)(int, const char *, const char *, size_t, mode_t) =
            i % 2 ? vir_file_write : vir_file_write_passing;
        pid_t pid = fork();
        char *found;
        size_t len;

        if (pid == 0)
            for (int j = 0;; j++)
                writer(dirfd_of_test, "f", text[j % 2], sizeof(text[0]), 0600);
        usleep((useconds_t)(1000 + i * 300));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        assert_int_equal(vir_file_read(dirfd_of_test, "f", sizeof(text[0]), &found, &len), 0);
        assert_int_equal(len, sizeof(text[0]));
        assert_true(memcmp(found, text[0], len) == 0 || memcmp(found, text[1], len) == 0);
        free(found);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(write_and_read, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_names, setup, teardown),
        cmocka_unit_test_setup_teardown(only_regular_files, setup, teardown),
        cmocka_unit_test_setup_teardown(link_is_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(passing_file, setup, teardown),
        cmocka_unit_test_setup_teardown(scan_sweeps_what_a_crash_left, setup, teardown),
        cmocka_unit_test_setup_teardown(scan_leaves_nothing_out, setup, teardown),
        cmocka_unit_test_setup_teardown(set_aside, setup, teardown),
        cmocka_unit_test_setup_teardown(directories, setup, teardown),
        cmocka_unit_test_setup_teardown(killed_writer, setup, teardown),
    };

    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
