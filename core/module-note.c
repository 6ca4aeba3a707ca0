/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the note that VIR_MODULE_DEFINE puts into a module: the driver ABI and the
 * manifest.  The file is read as bytes, before the dynamic linker sees it: nothing
 * of it runs, and a module of another ABI is told so instead of a missing symbol.
 * The form of the note never changes.
 */
#include "module-note.h"
#include "module-file.h"

#include <errno.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEGMENTS_MAX 64
#define NOTES_MAX (VIR_MANIFEST_MAX + 4096)     /* bytes of one segment of notes */

static const char owner[8] = "libvirt";

struct note {
    char *bytes;                        /* the segment that it lies in; NULL: there is no note */
    uint32_t abi;
    const char *manifest;
    size_t len;
};

/* Whether all N bytes at OFFSET are there. */
static bool
read_at(int fd, void *bytes, size_t n, off_t offset)
{
    ssize_t got;

    do
        got = pread(fd, bytes, n, offset);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)n;
}

/* Looks for our note among SIZE bytes of notes. */
static bool
find_note(const char *bytes, size_t size, struct note *note)
{
    for (size_t at = 0; size - at >= sizeof(ElfW(Nhdr)); ) {
        ElfW(Nhdr) head;
        size_t name, text;

        memcpy(&head, bytes + at, sizeof(head));
        name = at + sizeof(head);
        if (head.n_namesz > size - name || (head.n_namesz + 3u) / 4 * 4 > size - name)
            return false;
        text = name + (head.n_namesz + 3u) / 4 * 4;
        if (head.n_descsz > size - text)
            return false;
        if (head.n_type == VIR_MODULE_NOTE && head.n_namesz == sizeof(owner) &&
            !memcmp(bytes + name, owner, sizeof(owner)) && head.n_descsz >= sizeof(note->abi)) {
            memcpy(&note->abi, bytes + text, sizeof(note->abi));
            note->manifest = bytes + text + sizeof(note->abi);
            note->len = strnlen(note->manifest, head.n_descsz - sizeof(note->abi));
            return true;
        }
        at = text + head.n_descsz;
        at = (at + 3) / 4 * 4 < size ? (at + 3) / 4 * 4 : size;
    }
    return false;
}

/* -1 with an error; 0 also if this segment does not have it. */
static int
search_segment(int fd, const ElfW(Phdr) *segment, struct note *note)
{
    VIR_AUTO_FREE char *bytes = NULL;

    /* Ours is aligned to 4; notes that are aligned to 8 lie in segments of their own. */
    if (segment->p_type != PT_NOTE || segment->p_align > 4 || !segment->p_filesz)
        return 0;
    bytes = vir_try_alloc(segment->p_filesz, 1, NOTES_MAX);
    if (!bytes)
        return -1;
    if (!read_at(fd, bytes, segment->p_filesz, (off_t)segment->p_offset))
        return unfit("it is cut off: its notes are not there");
    if (find_note(bytes, segment->p_filesz, note))
        note->bytes = vir_steal(&bytes);
    return 0;
}

static int
read_note(int fd, struct note *note)
{
    static const unsigned char kind[] = {
        ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, __ELF_NATIVE_CLASS == 64 ? ELFCLASS64 : ELFCLASS32,
        __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB
    };
    ElfW(Phdr) segments[SEGMENTS_MAX];
    ElfW(Ehdr) head;

    if (!read_at(fd, &head, sizeof(head), 0) || memcmp(head.e_ident, kind, SELFMAG))
        return unfit("it is no shared object: it has no ELF header");
    if (memcmp(head.e_ident, kind, sizeof(kind)) || head.e_type != ET_DYN ||
        head.e_phentsize != sizeof(*segments) || head.e_phnum > SEGMENTS_MAX)
        return unfit("it is no shared object of this kind of machine");
    if (!read_at(fd, segments, head.e_phnum * sizeof(*segments), (off_t)head.e_phoff))
        return unfit("it is cut off: its program headers are not there");
    for (size_t i = 0; i < head.e_phnum && !note->bytes; i++)
        if (search_segment(fd, &segments[i], note) < 0)
            return -1;
    if (!note->bytes)
        return unfit("it has no note of VIR_MODULE_DEFINE: no libvirt module, or one of an older kind");
    return 0;
}

/* The note in PATH, if that is a file of the module NAME; the caller frees its bytes. */
static int
note_of(const char *path, const char *name, struct note *note)
{
    VIR_AUTO_CLOSE int fd = vir_module_file_open(path);
    VIR_AUTO_FREE char *first = vir_strdup_printf("module: %s\n", name);

    if (fd < 0 || read_note(fd, note) < 0)
        return -1;
    if (note->len < strlen(first) || memcmp(note->manifest, first, strlen(first)))
        return unfit("its note begins '%.*s', not 'module: %s'", (int)strcspn(note->manifest, "\n"), note->manifest,
                     name);
    return 0;
}

int
vir_module_look(const char *path, const char *name)
{
    struct note note = { 0 };
    int rc = note_of(path, name, &note);

    free(note.bytes);
    if (rc < 0 || note.abi == VIR_MODULE_ABI)
        return rc;
    unfit("it was built for driver ABI %u; this libvirt has driver ABI %u", note.abi, VIR_MODULE_ABI);
    vir_error_hint("build it anew with the headers of this libvirt");
    return -1;
}

int
vir_module_read(const char *path, const char *name, struct vir_manifest *manifest)
{
    struct note note = { 0 };
    int rc = note_of(path, name, &note);

    if (rc == 0)
        rc = vir_manifest_read(manifest, note.manifest, note.len, path);
    manifest->abi = note.abi;
    free(note.bytes);
    return rc < 0 ? -1 : vir_manifest_check(manifest);
}
