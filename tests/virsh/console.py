#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""console without a hypervisor: a pseudo terminal of this script plays the
guest, and the document of a domain of the test driver names it. Input and
output are pipes, files, and a terminal."""
import fcntl
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import termios
import time
import tty

VIRSH = os.environ.get("VIRSH") or shutil.which("virsh")
ESCAPE = b"\x1d"
CONNECTED = b"Connected to domain 'con'\nEscape character is ^] (Ctrl + ])\n"
DOMAIN = """<domain type='test'><name>con</name><memory>4096</memory><os><type>hvm</type></os><devices>
<console type='pty'><source path='{}'/><target type='serial' port='0'/></console></devices></domain>"""


class Guest:
    """The far end of the console."""

    def __init__(self, directory):
        self.fd, self.near = pty.openpty()
        tty.setraw(self.near)
        self.path = os.path.join(directory, "con.xml")
        with open(self.path, "w") as file:
            file.write(DOMAIN.format(os.ttyname(self.near)))

    def command(self, *options):
        return [VIRSH, *options, "-c", "test:///default", f"create {self.path}; console con"]

    def run(self, stdin, stdout, *options):
        """Returns when the session has begun; process.seen is what was printed until then."""
        process = subprocess.Popen(self.command(*options), stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
        process.seen = b""
        while stdout == subprocess.PIPE and b"Escape character" not in process.seen:
            part = os.read(process.stdout.fileno(), 4096)
            assert part, process.stderr.read()
            process.seen += part
        time.sleep(0.5)
        return process

    def say(self, data):
        os.write(self.fd, data)

    def hear(self, wanted, seconds=20):
        heard, end = b"", time.monotonic() + seconds
        while wanted not in heard:
            if not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"the guest did not hear {wanted!r} but {heard!r}")
            heard += os.read(self.fd, 65536)

    def leave(self):
        os.close(self.near)
        os.close(self.fd)


def both_ways(guest):
    process = guest.run(subprocess.PIPE, subprocess.PIPE)
    process.stdin.write(b"hello guest\r")
    process.stdin.flush()
    guest.hear(b"hello guest\r")
    guest.say(b"hello user\r\n")
    time.sleep(0.3)
    out, err = process.communicate(ESCAPE, timeout=20)
    assert process.returncode == 0, err
    assert (process.seen + out).endswith(CONNECTED + b"hello user\r\n\n"), out


def words_before_the_escape(guest):
    """What was typed before the escape character still reaches the guest."""
    process = guest.run(subprocess.PIPE, subprocess.PIPE)
    process.stdin.write(b"poweroff\r" + ESCAPE + b"not this")
    process.stdin.flush()
    guest.hear(b"poweroff\r")
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert not select.select([guest.fd], [], [], 0)[0], os.read(guest.fd, 100)


def after_create(guest):
    process = subprocess.Popen([VIRSH, "-c", "test:///default", "create", guest.path, "--console"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(b"hello\r" + ESCAPE, timeout=20)
    guest.hear(b"hello\r")
    assert process.returncode == 0 and not err, err
    assert out == b"Domain 'con' created from " + guest.path.encode() + b"\n" + CONNECTED + b"\n", out


def another_escape(guest):
    process = guest.run(subprocess.PIPE, subprocess.PIPE, "-e", "^A")
    process.stdin.write(b"a" + ESCAPE + b"b\x01")
    process.stdin.flush()
    guest.hear(b"a" + ESCAPE + b"b")
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0 and b"Escape character is ^A (Ctrl + A)\n" in process.seen + out, out


def input_ends(guest):
    """The session goes on to listen until the guest is gone."""
    process = guest.run(subprocess.DEVNULL, subprocess.PIPE)
    guest.say(b"still here\r\n")
    time.sleep(0.3)
    assert process.poll() is None
    guest.say(b"and gone\r\n")
    time.sleep(0.3)             # a terminal that hangs up may forget what was not read
    guest.leave()
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert out.endswith(b"still here\r\nand gone\r\n\n"), out


def nobody_reads(guest):
    process = guest.run(subprocess.DEVNULL, subprocess.PIPE)
    process.stdout.close()
    guest.say(b"anybody?\r\n")
    process.wait(20)


def nobody_reads_the_end(guest):
    """The last words of a guest that is gone wait for whoever reads them, until a signal."""
    process = guest.run(subprocess.DEVNULL, subprocess.PIPE)
    fcntl.fcntl(process.stdout.fileno(), fcntl.F_SETPIPE_SZ, 4096)
    guest.say(b"x" * 3000)
    guest.say(b"y" * 3000)
    time.sleep(0.3)
    guest.leave()
    time.sleep(0.5)
    assert process.poll() is None
    for _ in range(2):                  # the first ends the session, the second virsh's own last word
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
    process.wait(10)


def much_output(guest):
    """More than any buffer, to a file."""
    block = bytes(range(32, 127)) * 40
    with tempfile.TemporaryFile() as file:
        process = guest.run(subprocess.PIPE, file)
        for _ in range(50):
            guest.say(block)
        time.sleep(1)
        process.communicate(ESCAPE, timeout=20)
        file.seek(0)
        assert file.read().count(block) == 50


def terminated(guest):
    process = guest.run(subprocess.PIPE, subprocess.PIPE)
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def terminal(guest):
    """Raw while the session lasts, as before behind it."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(VIRSH, guest.command())
    before = termios.tcgetattr(fd)
    seen = b""
    while CONNECTED.replace(b"\n", b"\r\n") not in seen:
        assert select.select([fd], [], [], 20)[0], seen
        seen += os.read(fd, 4096)
    time.sleep(0.3)
    assert termios.tcgetattr(fd)[3] & termios.ECHO == 0
    os.write(fd, b"\x03ls\r")
    guest.hear(b"\x03ls\r")             # ctrl + c belongs to the guest
    os.write(fd, ESCAPE)
    _, status = os.waitpid(pid, 0)
    assert status == 0, status
    try:
        assert termios.tcgetattr(fd)[3] == before[3]
    finally:
        os.close(fd)


def no_console(guest):
    done = subprocess.run([VIRSH, "-c", "test:///default", "console test"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20)
    assert done.returncode == 1 and b"error: " in done.stderr, done
    assert b"Connected" not in done.stdout, done


def main():
    failed = 0
    signal.alarm(300)
    for test in (both_ways, words_before_the_escape, after_create, another_escape, input_ends, nobody_reads,
                 nobody_reads_the_end, much_output, terminated, terminal, no_console):
        with tempfile.TemporaryDirectory() as directory:
            try:
                test(Guest(directory))
            except (AssertionError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"console.py: {test.__name__}: {error}")
    return 1 if failed else 0


sys.exit(main())
