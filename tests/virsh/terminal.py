#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Text of others on its way to a terminal: nothing in it steers the terminal.
To a pipe it goes as it is, but for error messages."""
import os
import pty
import shutil
import subprocess
import sys
import tempfile

VIRSH = os.environ.get("VIRSH") or shutil.which("virsh")
CSI, TURN, MARK = "\u009b", "\u202e", "\u200f"
TITLE = f"a{TURN}b{CSI}31mc{MARK}d\u2066e\u00e9"
SHOWN = r"a\xe2\x80\xaeb\xc2\x9b31mc\xe2\x80\x8fd\xe2\x81\xa6e" + "\u00e9"
DOMAIN = f"""<domain type='test'><name>n{TURN}m</name><title>{TITLE}</title><memory>4096</memory>
<os><type>hvm</type></os></domain>"""


def on_terminal(*argv):
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(VIRSH, [VIRSH, "-c", "test:///default", *argv])
    seen = b""
    while True:
        try:
            part = os.read(fd, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(fd)
    os.waitpid(pid, 0)
    return seen.decode().replace("\r\n", "\n")


def on_pipe(*argv):
    done = subprocess.run([VIRSH, "-c", "test:///default", *argv], stdin=subprocess.DEVNULL, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout.decode(), done.stderr.decode()


def steering(text):
    return [c for c in text if c in CSI + TURN + MARK + "\u2066\x1b\x07\r\x7f"]


def check(what, right):
    if not right:
        print("terminal.py: " + what)
    return right


def main():
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "guest.xml")
        with open(path, "w") as file:
            file.write(DOMAIN)
        lines = f"define {path}; dumpxml n{TURN}m --xpath /domain/title; list --all; domid 'x\x1b[31my'"
        terminal, (out, err) = on_terminal(lines), on_pipe(lines)
    results = [
        check("a terminal is steered: %r" % terminal, not steering(terminal)),
        check("the title is not shown: %r" % terminal, f"<title>{SHOWN}</title>" in terminal),
        check("the name in the table: %r" % terminal, r" -    n\xe2\x80\xaem   shut off" in terminal),
        check("the error: %r" % terminal, r"error: failed to get domain 'x\x1b[31my'" in terminal),
        check("a pipe: %r" % out, f"<title>{TITLE}</title>" in out and f" -    n{TURN}m" in out),
        check("an error to a pipe: %r" % err, not steering(err) and r"'x\x1b[31my'" in err),
    ]
    return 0 if all(results) else 1


sys.exit(main())
