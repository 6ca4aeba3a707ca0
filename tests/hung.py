# SPDX-License-Identifier: LGPL-2.1-or-later
"""A file system that answers nothing: whoever asks for what lies in it waits, and can only be killed."""

import ctypes
import os

CLONE_NEWNS, MS_REC, MS_PRIVATE = 0x20000, 0x4000, 0x40000
libc = ctypes.CDLL(None, use_errno=True)


def own_mounts():
    """This process and its children from now on see mounts of their own; False: that cannot be had."""
    return libc.unshare(CLONE_NEWNS) == 0 and libc.mount(b'none', b'/', None, MS_REC | MS_PRIVATE, None) == 0


class HungMount:
    """On the empty directory PATH, in mounts of this process's own.  FUSE is spoken there, and nobody speaks it."""

    def __init__(self, path):
        self.path = path
        self.device = os.open('/dev/fuse', os.O_RDWR | os.O_CLOEXEC)
        options = 'fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other' % self.device
        if libc.mount(b'hung', path.encode(), b'fuse', 0, options.encode()) != 0:
            os.close(self.device)
            raise OSError(ctypes.get_errno(), 'no file system can be mounted by FUSE')

    def end(self):
        """All that waits gets an error."""
        if self.device >= 0:
            os.close(self.device)
        self.device = -1
