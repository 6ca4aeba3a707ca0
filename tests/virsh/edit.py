#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Documents in an editor: what is not changed, changed, refused, and changed by somebody else meanwhile."""

import glob
import os
import pty
import select
import subprocess
import sys
import tempfile

failures = 0
place = tempfile.mkdtemp()


def report(name, good, said):
    global failures
    failures += not good
    print('%s - %s%s' % ('ok' if good else 'not ok', name, '' if good else ': ' + repr(said[-400:])))


def virsh(editor, *commands, **env):
    """One virsh with several commands: the test driver's domain lives as long as it does."""
    done = subprocess.run(['virsh', '-c', 'test:///default', '; '.join(commands)], capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, env=dict(os.environ, EDITOR=editor, TMPDIR=place, **env))
    return done.returncode, done.stdout, done.stderr


def left():
    return glob.glob(place + '/virsh*')


def plain():
    code, out, err = virsh('true', 'edit test')
    report('nothing changed', (code, out, err) == (0, "Domain 'test' XML configuration not changed.\n\n", ''), out + err)
    code, out, err = virsh('sed -i s/KiB/MiB/', 'edit test', 'dumpxml --inactive test --xpath /domain/memory')
    report('changed', code == 0 and "Domain 'test' XML configuration edited.\n" in out and '8589934592' in out, out + err)
    code, out, err = virsh('false', 'edit test', VISUAL='sed -i s/KiB/MiB/')
    report('VISUAL comes first', code == 0 and 'edited' in out, out + err)
    for editor in ('false', '/nonexistent'):
        code, out, err = virsh(editor, 'edit test')
        report('the editor %s' % editor, code == 1 and "the editor '%s' failed" % editor in err and 'EDITOR' in err, out + err)
    report('no file is left', left() == [], str(left()))


def refused():
    code, out, err = virsh("sed -i 's/name>/nam>/g'", 'edit test')
    report('refused', code == 1 and "did you mean 'name'" in err and 'edited' not in out, out + err)
    files = left()
    with open(files[0]) as file:
        text = file.read()
    report('what was written is kept', len(files) == 1 and files[0] in err and '<nam>' in text, err)
    report('for the user alone', os.stat(files[0]).st_mode & 0o777 == 0o600, oct(os.stat(files[0]).st_mode))
    os.unlink(files[0])
    code, out, err = virsh("sed -i 's/<devices>/<devices><new\\/>/'", 'edit test --skip-validate')
    report('without the schema', code == 0 and 'edited' in out, out + err)


def meanwhile():
    """Another client defines the same: through a daemon, whose test driver both see."""
    script = place + '/editor'
    with open(script, 'w') as file:
        file.write('#!/bin/sh\nsed s/KiB/MiB/ $1 >$1.other; virsh -q -c "$URI" define $1.other\nsed -i s/on_crash/on_crash/ $1\necho >>$1\n')
    os.chmod(script, 0o700)
    daemon = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../api/with-daemon')
    done = subprocess.run([daemon, 'sh', '-c', 'export URI="@URI@" EDITOR=%s TMPDIR=%s; virsh -c "$URI" edit test; '
                           'test $? = 1' % (script, place)],
                          capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False)
    report('changed by another meanwhile', done.returncode == 0 and 'changed by another user' in done.stderr,
           done.stdout + done.stderr)
    for name in left():
        os.unlink(name)


def terminal():
    """On one the user is asked what to do, and edits the same text again."""
    script = place + '/again'
    with open(script, 'w') as file:
        file.write('#!/bin/sh\nif grep -q nam\\> $1; then sed -i "s/nam>/name>/g; s/KiB/MiB/" $1; else sed -i "s/name>/nam>/g" $1; fi\n')
    os.chmod(script, 0o700)
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(EDITOR=script, TMPDIR=place)
        os.execvp('virsh', ['virsh', '-c', 'test:///default', 'edit', 'test'])
    seen = b''
    asked = [b'?\n', b'y\n']
    while select.select([fd], [], [], 30)[0]:
        try:
            seen += os.read(fd, 1000)
        except OSError:
            break
        if asked and seen.count(b'Try again?') > 2 - len(asked):
            os.write(fd, asked.pop(0))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    report('asked on a terminal', status == 0 and b'edit the document again' in seen and b'edited' in seen, seen.decode())
    report('and no file is left', left() == [], str(left()))


plain()
refused()
meanwhile()
terminal()
subprocess.run(['rm', '-rf', place], check=True)
sys.exit(1 if failures else 0)
