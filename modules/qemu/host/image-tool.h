/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done to images that no emulator has open, by QEMU's own program. */
#ifndef QEMU_IMAGE_TOOL_H
#define QEMU_IMAGE_TOOL_H

/* Snapshots inside of a qcow2 image: HOW is "-c" make, "-a" go back to it, "-d" delete.  -1: error set. */
int qemu_image_tool_snapshot(const char *path, const char *how, const char *name);
/* A new qcow2 image PATH on top of BACKING. */
int qemu_image_tool_overlay(const char *path, const char *backing, const char *backing_format);
/* What PATH has goes to the image below it. */
int qemu_image_tool_commit(const char *path, const char *format);
/* PATH says from now on that BACKING is below it, which has the same contents. */
int qemu_image_tool_rebase(const char *path, const char *format, const char *backing, const char *backing_format);

#endif
