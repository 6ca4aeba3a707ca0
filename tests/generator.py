# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a generator again and again, each time as in a process of its own, but loaded once."""
import os
import sys
import traceback


def run(main, *arguments):
    """(exit status, all that it wrote) of a generator's MAIN."""
    read, write = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if not child:
        os.dup2(write, 1)
        os.dup2(write, 2)
        status = 1
        try:
            status = main(arguments)
        except SystemExit as end:
            status = end.code
        except BaseException:                           # pylint: disable=broad-except
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(status)
    os.close(write)
    with open(read, encoding='utf-8') as pipe:
        said = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said
