#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the distribution's libvirtd and ours say of the host they run on: memory, processors, pages, topology."""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'exact'))
import sides  # noqa: E402


def alike(theirs, ours):
    """The same; or figures that move, of the same size."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        return list(theirs) == list(ours) and all(alike(theirs[key], ours[key]) for key in theirs)
    if isinstance(theirs, list) and isinstance(ours, list):
        return len(theirs) == len(ours) and all(alike(*pair) for pair in zip(theirs, ours))
    if isinstance(theirs, int) and isinstance(ours, int) and min(theirs, ours) > 1000:
        return max(theirs, ours) < 2 * min(theirs, ours)
    return theirs == ours


def main():
    try:
        with sides.Qemu() as both:
            theirs, ours = (json.loads(side.run(os.path.join(HERE, 'host-asks.py'), side.uri))
                            for side in (both.theirs, both.ours))
    except sides.Missing as missing:
        print('skipped: %s' % missing)
        return 77
    differ = [name for name in theirs if not alike(theirs[name], ours[name])]
    for name in differ:
        print('%s\n  theirs: %s\n  ours:   %s' % (name, theirs[name], ours[name]))
    print('%d answers, %d differ' % (len(theirs), len(differ)))
    return 1 if differ else 0


if __name__ == '__main__':
    sys.exit(main())
