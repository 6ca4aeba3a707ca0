/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a fuzz target over the files of its corpus directory (argv[1], by
 * default corpus/NAME beside the source): what was found once is tested in
 * every build, with or without libFuzzer. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
replay(int dirfd, const char *name)
{
    int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    uint8_t *data;

    if (size < 0 || !(data = malloc(size ? (size_t)size : 1)) ||
        pread(fd, data, (size_t)size, 0) != size) {
        fprintf(stderr, "replay: cannot read %s\n", name);
        exit(1);
    }
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    close(fd);
}

int
main(int argc, char **argv)
{
    const char *source = getenv("VIR_SOURCE_DIR");
    const char *program = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
    char path[4096];
    struct dirent *entry;
    size_t n = 0;
    DIR *dir;

    if (strncmp(program, "replay-", 7) == 0)
        program += 7;
    snprintf(path, sizeof(path), "%s/fuzz/corpus/%s", source ? source : ".", program);
    dir = opendir(argc > 1 ? argv[1] : path);
    if (!dir) {
        fprintf(stderr, "replay: no corpus %s\n", argc > 1 ? argv[1] : path);
        return 1;
    }
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        replay(dirfd(dir), entry->d_name);
        n++;
    }
    closedir(dir);
    printf("replay: %zu inputs\n", n);
    return n == 0;
}
