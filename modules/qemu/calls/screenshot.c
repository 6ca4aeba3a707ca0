/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest's screen shows, as a picture.  QEMU writes it to a file in memory that it is
 * given, so that no path has to be open to both.
 */
#include "calls/calls.h"
#include "device/pieces.h"
#include "document/domain-xml.h"
#include "guest/hotplug.h"
#include "qmp/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* QEMU 7.2 closes the file of a PNG behind its own back and so never lets a set of descriptors go in which
 * one was: all pictures use the same. */
enum { PICTURES = 4711 };

/* The card that has SCREEN, and which of its own it is; NULL: error set.  All screens are counted. */
static char *
card_of(struct qemu_run *run, unsigned int screen, unsigned int *ret_head)
{
    struct qemu_def *live = qemu_live_now(run);
    char *name = NULL;

    if (!live)
        return NULL;
    *ret_head = screen;
    for (struct qemu_each each = { 0 }; !name && qemu_each_device(live->doc, &each); ) {
        unsigned int screens = each.type->screens ? each.type->screens(each.dev) : 0;

        if (*ret_head < screens)
            name = vir_strdup(qemu_device_of(each.type, each.dev)->alias.name);
        else
            *ret_head -= screens;
    }
    qemu_def_unref(live);
    return name ? name : vir_error_null(VIR_ERR_OPERATION_INVALID, "no such screen ID %u", screen);
}

static int
dump(struct qemu_run *run, const char *card, unsigned int head)
{
    VIR_AUTO_FREE char *path = vir_strdup_printf("/dev/fdset/%d", PICTURES);
    struct json_object *args = qemu_object("filename", path);

    qemu_put(args, "format", "png");
    qemu_put(args, "device", card);
    qemu_put_number(args, "head", head);
    return qemu_monitor_call(run->monitor, "screendump", args, QEMU_COMMAND_MS, NULL);
}

/* QEMU takes a descriptor for writing only where it is one for nothing else. */
static int
writing_end(int fd)
{
    char path[40];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_CLOEXEC);
}

/* The picture goes to the file FD; -1. */
static int
picture_to(struct qemu_run *run, const char *card, unsigned int head, int fd)
{
    VIR_AUTO_CLOSE int end = writing_end(fd);
    struct json_object *set = qmp_new_object();
    int ret;

    qemu_put_number(set, "fdset-id", PICTURES);
    if (end < 0)
        ret = vir_error_errno(errno, "a file in memory for a picture");
    else
        ret = qemu_monitor_call_with(run->monitor, "add-fd", json_object_get(set), end, QEMU_COMMAND_MS, NULL);
    if (ret == 0) {
        ret = dump(run, card, head);
        qemu_monitor_post(run->monitor, "remove-fd", json_object_get(set), NULL, NULL);
    }
    json_object_put(set);
    return ret;
}

/* A file in memory with the picture, to be closed; -1. */
static int
picture_of(struct qemu_run *run, const char *card, unsigned int head)
{
    VIR_AUTO_CLOSE int fd = memfd_create("screenshot", MFD_CLOEXEC);

    if (fd < 0)
        return vir_error_errno(errno, "a file in memory for a picture");
    return picture_to(run, card, head, fd) < 0 ? -1 : vir_steal_fd(&fd);
}

char *
qemu_domain_screenshot(virDomainPtr dom, virStreamPtr stream, unsigned int screen, unsigned int flags)
{
    QEMU_AUTO_DOMAIN domain = qemu_domain_of(dom);
    QEMU_AUTO_RUN run = NULL;
    VIR_AUTO_FREE char *card = NULL;
    VIR_AUTO_FREE char *name = NULL;
    unsigned int head;
    int fd = -1;

    (void)flags;                        /* none taken */
    if (!domain || qemu_job_begin_kind(domain, VIR_JOB_QUERY, "screenshot") < 0)
        return NULL;
    run = qemu_domain_monitored(domain);
    card = run ? card_of(run, screen, &head) : NULL;
    if (card)
        fd = picture_of(run, card, head);
    qemu_job_end(domain);
    if (fd < 0)
        return NULL;
    name = vir_strdup_printf("picture of domain '%s'", domain->entry.name);
    vir_fdstream_open(stream, fd, name, NULL, NULL);
    return vir_strdup("image/png");
}
