/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Control groups: where the host has them, groups of our own in them, and what runs in these.
 * A group is the same path below every hierarchy that is used: below one of version 2, which has all
 * controllers, below several of version 1, or below both where a host mixes them.  In version 2
 * its parts, which hold single threads, are of the type "threaded".
 */
#include "host-cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    MAX_FILE = 1024 * 1024,             /* bytes: a line for each of thousands of mounts */
    REMOVE_TRIES = 10,                  /* of 5 ms: a thread that has ended leaves its group a moment later */
};

/* ---- the controllers ------------------------------------------------------------------------------ */

static const struct { const char *v1, *v2; bool threaded; } names[VIR_CGROUP_CONTROLLERS] = {
    [VIR_CGROUP_CPU] = { "cpu", "cpu", true },
    [VIR_CGROUP_CPUACCT] = { "cpuacct", NULL, true },           /* in version 2 every group has it */
    [VIR_CGROUP_CPUSET] = { "cpuset", "cpuset", true },
    [VIR_CGROUP_MEMORY] = { "memory", "memory", false },
    [VIR_CGROUP_BLKIO] = { "blkio", "io", false },
};

static unsigned int
threaded_ones(void)
{
    unsigned int bits = 0;

    for (unsigned int c = 0; c < VIR_CGROUP_CONTROLLERS; c++)
        bits |= names[c].threaded ? 1u << c : 0;
    return bits;
}

/* Is WORD one of LIST's, which any of SEPARATORS part? */
static bool
has_word(const char *list, const char *separators, const char *word)
{
    for (const char *at = list; *at; at += strspn(at, separators)) {
        size_t len = strcspn(at, separators);

        if (len == strlen(word) && strncmp(at, word, len) == 0)
            return true;
        at += len;
    }
    return false;
}

static bool
ends_in(const char *text, const char *end)
{
    size_t len = strlen(text);

    return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

/* ---- files ------------------------------------------------------------------------------------------ */

char *
vir_cgroup_file(const struct vir_cgroup *group, const struct hierarchy *hierarchy, const char *file)
{
    return vir_strdup_printf("%s%s/%s", hierarchy->dir, group->path, file);
}

int
vir_cgroup_write_file(const char *path, const char *text)
{
    VIR_AUTO_CLOSE int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

    return fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

char *
vir_cgroup_read_file(const char *path)
{
    char *text;
    size_t len;

    if (vir_file_read_path(path, MAX_FILE, &text, &len) < 0)
        return NULL;
    if (len && text[len - 1] == '\n')
        text[len - 1] = '\0';
    return text;
}

/* "" where it cannot be read. */
static char *
read_quietly(const char *path)
{
    char *text = access(path, R_OK) == 0 ? vir_cgroup_read_file(path) : NULL;

    if (!text)
        virFreeError(vir_error_take());
    return text ? text : vir_strdup("");
}

/* ---- where they are mounted ------------------------------------------------------------------------- */

/* As the kernel writes names with white space: \040. */
static char *
unescaped(const char *text, size_t len)
{
    struct vir_buf buf = { 0 };

    for (size_t i = 0; i < len; i++) {
        char c = text[i];

        if (c == '\\' && i + 3 < len) {
            c = (char)((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
            i += 3;
        }
        vir_buf_add_mem(&buf, &c, 1);
    }
    return vir_buf_steal(&buf);
}

/* What of LIST no other hierarchy has. */
static unsigned int
new_controllers(const struct vir_cgroups *host, bool v2, const char *list, const char *separators)
{
    unsigned int bits = 0;

    for (unsigned int c = 0; c < VIR_CGROUP_CONTROLLERS; c++) {
        const char *name = v2 ? names[c].v2 : names[c].v1;

        if (!host->of[c] && (v2 && !name ? true : has_word(list, separators, name)))
            bits |= 1u << c;
    }
    return bits;
}

static void
add_hierarchy(struct vir_cgroups *host, const char *dir, const char *root, bool v2, unsigned int controllers)
{
    struct hierarchy *hierarchy = &host->list[host->n];

    if (!controllers)
        return;
    *hierarchy = (struct hierarchy){ vir_strdup(dir), vir_strdup(strcmp(root, "/") == 0 ? "" : root), v2, controllers };
    for (unsigned int c = 0; c < VIR_CGROUP_CONTROLLERS; c++)
        if (controllers & 1u << c)
            host->of[c] = hierarchy;
    host->n++;
}

/* A line of /proc/PID/mountinfo: "31 23 0:28 ROOT DIR OPTIONS ... - TYPE SOURCE OPTIONS". */
static void
look_at_mount(struct vir_cgroups *host, const char *line, bool v2)
{
    const char *fields[6], *at = line, *type = strstr(line, " - ");

    for (size_t i = 0; i < 6; i++) {
        fields[i] = at;
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    if (type && strncmp(type + 3, v2 ? "cgroup2 " : "cgroup ", v2 ? 8 : 7) == 0) {
        VIR_AUTO_FREE char *root = unescaped(fields[3], strcspn(fields[3], " "));
        VIR_AUTO_FREE char *dir = unescaped(fields[4], strcspn(fields[4], " "));
        VIR_AUTO_FREE char *file = vir_strdup_printf("%s/cgroup.controllers", dir);
        VIR_AUTO_FREE char *list = v2 ? read_quietly(file) : vir_strdup(strrchr(line, ' ') + 1);

        add_hierarchy(host, dir, root, v2, new_controllers(host, v2, list, v2 ? " " : ","));
    }
}

struct vir_cgroups *
vir_cgroups_find(void)
{
    VIR_AUTO_FREE char *text = read_quietly("/proc/self/mountinfo");
    struct vir_cgroups *host = VIR_NEW(struct vir_cgroups);

    for (int v2 = 0; v2 < 2; v2++) {    /* what version 1 has, version 2 lacks, but for the times that were used */
        for (char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
            VIR_AUTO_FREE char *one = vir_strndup(line, strcspn(line, "\n"));

            if (host->n < VIR_CGROUP_CONTROLLERS)
                look_at_mount(host, one, v2);
        }
    }
    return host->n ? host : vir_cgroups_free(host);
}

struct vir_cgroups *
vir_cgroups_free(struct vir_cgroups *host)
{
    for (size_t i = 0; host && i < host->n; i++) {
        free(host->list[i].dir);
        free(host->list[i].root);
    }
    free(host);
    return NULL;
}

/* ---- making --------------------------------------------------------------------------------------------- */

static struct vir_cgroup *
new_group(const struct vir_cgroups *host, const char *path)
{
    struct vir_cgroup *group = vir_alloc(sizeof(*group) + strlen(path) + 1);

    group->host = host;
    strcpy(group->path, path);
    return group;
}

struct vir_cgroup *
vir_cgroup_free(struct vir_cgroup *group)
{
    free(group);
    return NULL;
}

bool
vir_cgroup_has(const struct vir_cgroup *group, enum vir_cgroup_controller controller)
{
    return group && group->has & 1u << controller;
}

bool
vir_cgroup_is_v2(const struct vir_cgroup *group, enum vir_cgroup_controller controller)
{
    return vir_cgroup_has(group, controller) && group->host->of[controller]->v2;
}

/* Below the directory of another group, DIR is new: in version 1 a group of cpuset takes nothing before it has CPUs
 * and memory. */
static void
fill_cpuset(const char *dir)
{
    static const char *const files[] = { "cpuset.cpus", "cpuset.mems" };

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        VIR_AUTO_FREE char *above = vir_strdup_printf("%s/../%s", dir, files[i]);
        VIR_AUTO_FREE char *here = vir_strdup_printf("%s/%s", dir, files[i]);
        VIR_AUTO_FREE char *has = read_quietly(here), *inherits = read_quietly(above);

        if (!*has)
            vir_cgroup_write_file(here, inherits);
    }
}

/* In version 2 a group's children have what its parent hands down. */
static void
hand_down(const char *dir, unsigned int controllers)
{
    VIR_AUTO_FREE char *file = vir_strdup_printf("%s/cgroup.subtree_control", dir);

    for (unsigned int c = 0; c < VIR_CGROUP_CONTROLLERS; c++) {
        VIR_AUTO_FREE char *word = controllers & 1u << c && names[c].v2 ? vir_strdup_printf("+%s", names[c].v2) : NULL;

        if (word)
            vir_cgroup_write_file(file, word);  /* what does not come the group lacks afterwards */
    }
}

/* Can processes be put into such a group at all?  One that we may not make is as good as none. */
static bool
is_forbidden(int err)
{
    return err == EPERM || err == EACCES || err == EROFS;
}

/* DIR, a group of HIERARCHY.  0, or 1: it was there; or -errno. */
static int
make_dir(const struct hierarchy *hierarchy, const char *dir)
{
    int ret = mkdir(dir, 0755) == 0 ? 0 : errno == EEXIST ? 1 : -errno;

    if (ret >= 0 && hierarchy->controllers & 1u << VIR_CGROUP_CPUSET && !hierarchy->v2)
        fill_cpuset(dir);
    return ret;
}

/* What works in GROUP below HIERARCHY, which has it. */
static unsigned int
working(const struct vir_cgroup *group, const struct hierarchy *hierarchy)
{
    VIR_AUTO_FREE char *file = vir_cgroup_file(group, hierarchy, "cgroup.controllers");
    VIR_AUTO_FREE char *list = hierarchy->v2 ? read_quietly(file) : NULL;
    unsigned int bits = 0;

    for (unsigned int c = 0; c < VIR_CGROUP_CONTROLLERS; c++)
        if (hierarchy->controllers & 1u << c && (!list || !names[c].v2 || has_word(list, " ", names[c].v2)))
            bits |= 1u << c;
    return bits;
}

static int
make_parent(const struct hierarchy *hierarchy, const char *parent, bool make)
{
    VIR_AUTO_FREE char *dir = vir_strdup_printf("%s%s", hierarchy->dir, parent);
    int made = make ? make_dir(hierarchy, dir) : access(dir, F_OK) == 0 ? 1 : -errno;

    if (made < 0)
        return made;
    if (hierarchy->v2) {
        if (make)
            hand_down(hierarchy->dir, hierarchy->controllers);
        hand_down(dir, hierarchy->controllers);
    } else if (hierarchy->controllers & 1u << VIR_CGROUP_CPUSET) {
        fill_cpuset(dir);
    }
    return 0;
}

/* Removes DIR with the groups in it; 0 or -errno. */
static int
remove_tree(const char *dir)
{
    DIR *list = opendir(dir);
    struct dirent *entry;

    while (list && (entry = readdir(list))) {
        VIR_AUTO_FREE char *below = entry->d_type == DT_DIR && entry->d_name[0] != '.'
            ? vir_strdup_printf("%s/%s", dir, entry->d_name) : NULL;

        if (below)
            remove_tree(below);
    }
    if (list)
        closedir(list);
    return rmdir(dir) < 0 && errno != ENOENT ? -errno : 0;
}

int
vir_cgroup_make(const struct vir_cgroups *host, const char *parent, bool make, const char *name,
                struct vir_cgroup **ret)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("%s/%s", parent, name);
    struct vir_cgroup *group = new_group(host, path);
    int made = 0;

    for (size_t i = 0; i < host->n && made == 0; i++) {
        const struct hierarchy *hierarchy = &host->list[i];
        VIR_AUTO_FREE char *dir = vir_strdup_printf("%s%s", hierarchy->dir, path);

        made = make_parent(hierarchy, parent, make);
        if (made == 0 && (made = make_dir(hierarchy, dir)) == 1 && remove_tree(dir) == 0)
            made = make_dir(hierarchy, dir);            /* what another one left behind */
        if (made == 0)
            group->has |= working(group, hierarchy);
        else if (is_forbidden(-made))
            made = 0;
        else if (made < 0)
            vir_error_errno(-made, "cannot make the control group '%s'", dir);
    }
    if (made == 0 && group->has) {
        *ret = group;
        return 0;
    }
    vir_cgroup_remove(group);
    vir_cgroup_free(group);
    *ret = NULL;
    return made;
}

int
vir_cgroup_make_part(const struct vir_cgroup *group, const char *name)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("%s/%s", group->path, name);

    for (size_t i = 0; i < group->host->n; i++) {
        const struct hierarchy *hierarchy = &group->host->list[i];
        unsigned int parted = hierarchy->controllers & group->has & threaded_ones();
        VIR_AUTO_FREE char *dir = vir_strdup_printf("%s%s", hierarchy->dir, path);
        VIR_AUTO_FREE char *type = vir_strdup_printf("%s/cgroup.type", dir);
        VIR_AUTO_FREE char *moves = vir_strdup_printf("%s/cpuset.memory_migrate", dir);
        VIR_AUTO_FREE char *above = vir_strdup_printf("%s%s", hierarchy->dir, group->path);
        int made = parted ? make_dir(hierarchy, dir) : 0;

        if (made == 0 && parted && hierarchy->v2) {
            made = vir_cgroup_write_file(type, "threaded");
            hand_down(above, parted);
        } else if (made == 0 && !hierarchy->v2 && parted & 1u << VIR_CGROUP_CPUSET) {
            made = vir_cgroup_write_file(moves, "1");
        }
        if (made < 0)
            return vir_error_errno(-made, "cannot make the control group '%s'", dir);
    }
    return 0;
}

struct vir_cgroup *
vir_cgroup_part(const struct vir_cgroup *group, const char *name)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("%s/%s", group->path, name);
    struct vir_cgroup *part = new_group(group->host, path);

    for (size_t i = 0; i < group->host->n; i++) {
        VIR_AUTO_FREE char *dir = vir_strdup_printf("%s%s", group->host->list[i].dir, path);

        if (access(dir, F_OK) == 0)
            part->has |= working(part, &group->host->list[i]) & group->has & threaded_ones();
    }
    return part;
}

/* ---- the end ------------------------------------------------------------------------------------------------ */

/* In version 1 the last thread that ended may still be in its group. */
static int
remove_patiently(const char *dir)
{
    int ret = remove_tree(dir);

    for (int i = 1; ret == -EBUSY && i < REMOVE_TRIES; i++) {
        usleep(5000);
        ret = remove_tree(dir);
    }
    return ret;
}

void
vir_cgroup_remove(const struct vir_cgroup *group)
{
    for (size_t i = 0; group && i < group->host->n; i++) {
        VIR_AUTO_FREE char *dir = vir_strdup_printf("%s%s", group->host->list[i].dir, group->path);
        int ret = group->host->list[i].controllers & group->has ? remove_patiently(dir) : 0;

        if (ret < 0)
            vir_warn("the control group '%s' stays: %s", dir, strerror(-ret));
    }
}

void
vir_cgroup_remove_part(const struct vir_cgroup *group, const char *name)
{
    struct vir_cgroup *part = vir_cgroup_part(group, name);

    vir_cgroup_remove(part);
    vir_cgroup_free(part);
}

void
vir_cgroups_remove(const struct vir_cgroups *host, const char *path)
{
    for (size_t i = 0; i < host->n; i++) {
        VIR_AUTO_FREE char *dir = vir_strdup_printf("%s%s", host->list[i].dir, path);

        remove_tree(dir);
    }
}

void
vir_cgroups_sweep(const struct vir_cgroups *host, const char *parent, const char *begins, const char *end,
                  int age_s)
{
    for (size_t i = 0; i < host->n; i++) {
        VIR_AUTO_FREE char *dir = vir_strdup_printf("%s%s", host->list[i].dir, parent);
        DIR *list = opendir(dir);
        struct dirent *entry;

        while (list && (entry = readdir(list))) {
            VIR_AUTO_FREE char *one = vir_strdup_printf("%s/%s", dir, entry->d_name);
            struct stat facts;

            if (strncmp(entry->d_name, begins, strlen(begins)) == 0 && ends_in(entry->d_name, end) &&
                stat(one, &facts) == 0 && facts.st_ctime + age_s < time(NULL))
                remove_tree(one);       /* fails, part by part, where something runs */
        }
        if (list)
            closedir(list);
    }
}

/* ---- what runs in them ---------------------------------------------------------------------------------------- */

/* Is GROUP there in HIERARCHY, and has a controller that works? */
static bool
is_in(const struct vir_cgroup *group, const struct hierarchy *hierarchy)
{
    return group->has & hierarchy->controllers;
}

int
vir_cgroup_entrances(const struct vir_cgroup *group, const char *name, int *fds, size_t *ret_n)
{
    struct vir_cgroup *part = vir_cgroup_part(group, name);
    size_t n = 0;
    int ret = 0;

    for (size_t i = 0; i < group->host->n && ret == 0; i++) {
        const struct hierarchy *hierarchy = &group->host->list[i];
        /* As the one thread that a new process has: for a whole process all others of the host are held up. */
        VIR_AUTO_FREE char *file = vir_cgroup_file(is_in(part, hierarchy) ? part : group, hierarchy,
                                                   hierarchy->v2 ? "cgroup.procs" : "tasks");

        if (!is_in(group, hierarchy))
            continue;
        fds[n] = open(file, O_WRONLY | O_CLOEXEC);
        if (fds[n] < 0)
            ret = vir_error_errno(errno, "cannot open '%s'", file);
        else
            n++;
    }
    *ret_n = n;
    vir_cgroup_free(part);
    return ret;
}

int
vir_cgroup_take_thread(const struct vir_cgroup *group, const char *name, pid_t thread)
{
    struct vir_cgroup *part = vir_cgroup_part(group, name);
    int ret = 0;

    for (size_t i = 0; i < group->host->n && ret == 0; i++) {
        const struct hierarchy *hierarchy = &group->host->list[i];
        VIR_AUTO_FREE char *file = vir_cgroup_file(part, hierarchy, hierarchy->v2 ? "cgroup.threads" : "tasks");
        VIR_AUTO_FREE char *text = vir_strdup_printf("%d", (int)thread);

        if (is_in(part, hierarchy) && (ret = vir_cgroup_write_file(file, text)) < 0)
            vir_error_errno(-ret, "cannot put the thread %d into '%s'", (int)thread, file);
    }
    vir_cgroup_free(part);
    return ret;
}

/* Of a line of /proc/PID/cgroup, "4:memory:/PATH" or "0::/PATH", the path if it is of HIERARCHY. */
static const char *
path_in(const char *line, const struct hierarchy *hierarchy)
{
    const char *list = strchr(line, ':'), *path = list ? strchr(list + 1, ':') : NULL;
    size_t root = strlen(hierarchy->root);
    bool same = false;

    if (!path)
        return NULL;
    if (hierarchy->v2) {
        same = path == list + 1;
    } else {
        VIR_AUTO_FREE char *words = vir_strndup(list + 1, (size_t)(path - list - 1));

        for (unsigned int c = 0; c < VIR_CGROUP_CONTROLLERS; c++)
            same = same || (hierarchy->controllers & 1u << c && has_word(words, ",", names[c].v1));
    }
    return same && strncmp(path + 1, hierarchy->root, root) == 0 ? path + 1 + root : NULL;
}

/* A path without /PART at its end. */
static char *
without_part(const char *path, const char *part)
{
    const char *slash = strrchr(path, '/');

    return slash && strcmp(slash + 1, part) == 0 ? vir_strndup(path, (size_t)(slash - path)) : vir_strdup(path);
}

/* The group, or a part of it, that /proc/PID/cgroup names in TEXT, which is cut into lines; NULL: none. */
static struct vir_cgroup *
named_in(const struct vir_cgroups *host, char *text, const char *part, const char *end)
{
    struct vir_cgroup *group = NULL;

    for (char *line = strtok_r(text, "\n", &text); line && !group; line = strtok_r(NULL, "\n", &text)) {
        for (size_t i = 0; i < host->n && !group; i++) {
            const char *path = path_in(line, &host->list[i]);
            VIR_AUTO_FREE char *whole = path ? without_part(path, part) : NULL;

            if (whole && ends_in(whole, end))
                group = new_group(host, whole);
        }
    }
    return group;
}

struct vir_cgroup *
vir_cgroup_of(const struct vir_cgroups *host, pid_t pid, const char *part, const char *end)
{
    VIR_AUTO_FREE char *file = vir_strdup_printf("/proc/%d/cgroup", (int)pid);
    VIR_AUTO_FREE char *text = read_quietly(file);
    struct vir_cgroup *group = named_in(host, text, part, end);

    for (size_t i = 0; group && i < host->n; i++) {
        VIR_AUTO_FREE char *dir = vir_strdup_printf("%s%s", host->list[i].dir, group->path);

        if (access(dir, F_OK) == 0)
            group->has |= working(group, &host->list[i]);
    }
    return group;
}
