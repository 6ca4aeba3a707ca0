# SPDX-License-Identifier: LGPL-2.1-or-later
"""Cases of a script that mostly wait for a time limit: each runs in a process of its own,
beside the others, so that the script takes as long as the longest of them."""

import os
import sys
import tempfile
import traceback


def waits(case):
    """@waits: the case leaves the processor to the others."""
    case.waits = True
    return case


class Aside:
    """A case on its way; what it prints is kept until it is joined."""

    def __init__(self, run, case):
        sys.stdout.flush()
        self.said = tempfile.TemporaryFile('w+')
        self.pid = os.fork()
        if self.pid == 0:
            os.dup2(self.said.fileno(), sys.stdout.fileno())
            passed = False
            try:
                passed = run(case)
            except BaseException:       # nobody above it would say so
                traceback.print_exc(file=sys.stdout)
            sys.stdout.flush()
            os._exit(not passed)

    def join(self):
        status = os.waitpid(self.pid, 0)[1]
        self.said.seek(0)
        print(self.said.read(), end='', flush=True)
        return status == 0


def run_all(cases, run):
    """How many fail; RUN(case) says on standard output what became of a case, and whether it passed."""
    waiting = [case for case in cases if hasattr(case, 'waits')]
    asides = [Aside(run, case) for case in waiting]
    passed = [run(case) for case in cases if case not in waiting]
    passed += [aside.join() for aside in asides]
    return passed.count(False)
