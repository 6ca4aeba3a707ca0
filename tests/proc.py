# SPDX-License-Identifier: LGPL-2.1-or-later
"""What /proc says of a process."""

import os


def alive(pid):
    """Not so a zombie; but so one whose first thread is gone while others still hold its sockets."""
    try:
        for number in os.listdir('/proc/%d/task' % pid):
            with open('/proc/%d/task/%s/stat' % (pid, number)) as file:
                if file.read().rsplit(')', 1)[1].split()[0] not in 'ZX':
                    return True
    except OSError:
        pass
    return False


def queued(pid):
    """Seconds that the first thread of a process has been ready to run and had no processor."""
    with open('/proc/%d/schedstat' % pid) as file:
        return int(file.read().split()[1]) / 1e9
