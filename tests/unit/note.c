/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The note in a module's file: what is read, each defect of the file, any bytes. */
#include "core-unit.h"
#include "unit.h"

#include <fcntl.h>
#include <link.h>
#include <unistd.h>

#include "core/module-note.h"

#define TEXT "module: x\nprovides: connection\nschemes: a b\n"

/* The least shared object that has a note, and one of somebody else before it. */
struct image {
    ElfW(Ehdr) head;
    ElfW(Phdr) segments[2];
    struct { ElfW(Nhdr) head; char owner[4], bytes[8]; } other;
    struct { ElfW(Nhdr) head; char owner[8]; uint32_t abi; char text[sizeof(TEXT)]; } note;
};

static char dir[64], path[80];

static int
make_dir(void **state)
{
    (void)state;
    close(temp_dir(dir, sizeof(dir)));
    snprintf(path, sizeof(path), "%s/x.so", dir);
    return 0;
}

static int
remove_dir(void **state)
{
    (void)state;
    temp_dir_remove(dir);
    return 0;
}

static struct image
good_image(void)
{
    struct image image = {
        .segments = {
            { .p_type = PT_LOAD, .p_align = 4096 },
            { .p_type = PT_NOTE, .p_align = 4, .p_offset = offsetof(struct image, other),
              .p_filesz = sizeof(struct image) - offsetof(struct image, other) },
        },
        .other = { { 4, 7, 3 }, "GNU", "1234567" },
        .note = { { 8, sizeof(uint32_t) + sizeof(TEXT), VIR_MODULE_NOTE }, "libvirt", VIR_MODULE_ABI, TEXT },
    };

    memcpy(image.head.e_ident, ELFMAG, SELFMAG);
    image.head.e_ident[EI_CLASS] = __ELF_NATIVE_CLASS == 64 ? ELFCLASS64 : ELFCLASS32;
    image.head.e_ident[EI_DATA] = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
    image.head.e_type = ET_DYN;
    image.head.e_phoff = offsetof(struct image, segments);
    image.head.e_phentsize = sizeof(*image.segments);
    image.head.e_phnum = 2;
    return image;
}

static int
read_bytes(const void *bytes, size_t n, struct vir_manifest *manifest)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
    close(fd);
    return vir_module_look(path, "x") < 0 ? -1 : vir_module_read(path, "x", manifest);
}

/* Reads the first N bytes of IMAGE; the error, "" for none. */
static const char *
fault_of(const struct image *image, size_t n)
{
    static char text[512];
    struct vir_manifest *manifest = vir_manifest_new("x.so");
    int rc = read_bytes(image, n, manifest);

    snprintf(text, sizeof(text), "%s", rc < 0 ? virGetLastErrorMessage() : "");
    vir_manifest_free(manifest);
    virResetLastError();
    return text;
}

static void
good(void **state)
{
    struct image image = good_image();
    struct vir_manifest *manifest = vir_manifest_new("x.so");

    (void)state;
    assert_int_equal(read_bytes(&image, sizeof(image), manifest), 0);
    assert_string_equal(manifest->module, "x");
    assert_int_equal(manifest->schemes.n, 2);
    assert_int_equal(manifest->abi, VIR_MODULE_ABI);
    vir_manifest_free(manifest);
}

#define assert_fault(words, change)                                 \
    do {                                                            \
        struct image image = good_image();                          \
        change;                                                     \
        assert_non_null(strstr(fault_of(&image, sizeof(image)), words)); \
    } while (0)

static void
defects(void **state)
{
    struct image whole = good_image();

    (void)state;
    assert_fault("no ELF header", image.head.e_ident[1] = 'X');
    assert_fault("kind of machine", image.head.e_ident[EI_CLASS] ^= 3);
    assert_fault("kind of machine", image.head.e_type = ET_EXEC);
    assert_fault("kind of machine", image.head.e_phnum = 65);
    assert_fault("kind of machine", image.head.e_phentsize = 1);
    assert_fault("program headers are not there", image.head.e_phoff = 1 << 20);
    assert_fault("program headers are not there", image.head.e_phoff = (ElfW(Off))-1);
    assert_fault("notes are not there", image.segments[1].p_offset = (ElfW(Off))-8);
    assert_fault("memory", image.segments[1].p_filesz = (ElfW(Xword))-1);
    assert_fault("no note", image.segments[1].p_align = 8);
    assert_fault("no note", image.other.head.n_descsz = UINT32_MAX);
    assert_fault("no note", image.other.head.n_namesz = UINT32_MAX);
    assert_fault("no note", image.note.head.n_descsz += 8);
    assert_fault("no note", image.note.head.n_descsz = 3);
    assert_fault("no note", image.note.owner[0] = 'L');
    assert_fault("no note", image.note.head.n_type = 2);
    assert_fault("driver ABI 9; this libvirt has driver ABI 0", image.note.abi = 9);
    assert_fault("its note begins 'modulx: x', not 'module: x'", image.note.text[5] = 'x');
    assert_fault("its note begins 'module: y', not 'module: x'", image.note.text[8] = 'y');
    assert_fault("x.so:2: unknown key 'xrovides'", image.note.text[10] = 'x');
    assert_non_null(strstr(fault_of(&whole, sizeof(whole.head) - 1), "no ELF header"));
    assert_non_null(strstr(fault_of(&whole, sizeof(whole) - 60), "it is cut off"));
}

/* Whatever the bytes are, there is a manifest or an error. */
static void
any_bytes(void **state)
{
    unsigned int seed = 1;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct image image = good_image();

        for (int k = 0; k <= i % 4; k++)
            ((unsigned char *)&image)[(size_t)rand_r(&seed) % sizeof(image)] = (unsigned char)rand_r(&seed);
        fault_of(&image, sizeof(image));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),
        cmocka_unit_test(defects),
        cmocka_unit_test(any_bytes),
    };

    virSetErrorFunc(NULL, keep_silent);
    return cmocka_run_group_tests_name("note", tests, make_dir, remove_dir);
}
