#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""console without a hypervisor: a pseudo terminal of this script plays the
guest, and the driver tty-module.c names it in the document of its domain. Input
and output are pipes, files, and a terminal."""
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
MODULE = os.path.join(os.environ["VIR_BUILD_DIR"], "tests/virsh/.libs/tty-module.so")
ESCAPE = b"\x1d"
CONNECTED = b"Connected to domain 'con'\nEscape character is ^] (Ctrl + ])\n"


class Guest:
    """The far end of the console."""

    def __init__(self, directory):
        self.fd, self.near = pty.openpty()
        tty.setraw(self.near)
        self.uri = "tty://" + os.ttyname(self.near)
        self.path = os.path.join(directory, "con.xml")
        with open(self.path, "w") as file:
            file.write("<domain/>")

    def command(self, *options):
        return [VIRSH, *options, "-c", self.uri, "console con"]

    def run(self, stdin, stdout, *options):
        """Returns when the session has begun; process.seen is what was printed until then."""
        process = subprocess.Popen(self.command(*options), stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
        process.seen = b""
        while stdout == subprocess.PIPE and b"Escape character" not in process.seen:
            part = os.read(process.stdout.fileno(), 4096)
            assert part, process.stderr.read()
            process.seen += part
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


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not happen"
        time.sleep(0.01)


def read_until(process, wanted, seconds=20):
    """Adds what the session prints to process.seen."""
    end = time.monotonic() + seconds
    while wanted not in process.seen:
        assert select.select([process.stdout], [], [], max(0, end - time.monotonic()))[0], process.seen
        part = os.read(process.stdout.fileno(), 65536)
        assert part, process.seen
        process.seen += part


def both_ways(guest):
    process = guest.run(subprocess.PIPE, subprocess.PIPE)
    process.stdin.write(b"hello guest\r")
    process.stdin.flush()
    guest.hear(b"hello guest\r")
    guest.say(b"hello user\r\n")
    read_until(process, b"hello user\r\n")
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
    process = subprocess.Popen([VIRSH, "-c", guest.uri, "create", guest.path, "--console"],
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
    read_until(process, b"still here\r\n")
    assert process.poll() is None
    guest.say(b"and gone\r\n")
    read_until(process, b"and gone\r\n")       # a terminal that hangs up may forget what was not read
    guest.leave()
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert (process.seen + out).endswith(b"still here\r\nand gone\r\n\n"), out


def nobody_reads(guest):
    process = guest.run(subprocess.DEVNULL, subprocess.PIPE)
    process.stdout.close()
    guest.say(b"anybody?\r\n")
    process.wait(20)


def bytes_read(process):
    with open(f"/proc/{process.pid}/io") as file:
        return int(next(line.split()[1] for line in file if line.startswith("rchar:")))


def last_words(guest):
    """More than the pipe takes, of a guest that is gone."""
    process = guest.run(subprocess.DEVNULL, subprocess.PIPE)
    fcntl.fcntl(process.stdout.fileno(), fcntl.F_SETPIPE_SZ, 4096)
    before = bytes_read(process)
    guest.say(b"x" * 3000)
    guest.say(b"y" * 3000)
    wait_for(lambda: bytes_read(process) >= before + 6000)
    guest.leave()
    return process


def read_late(guest):
    """They wait for whoever reads them."""
    out, err = last_words(guest).communicate(timeout=20)
    # it read some bytes from elsewhere, and a terminal that hangs up may forget as many
    assert out.count(b"x") == 3000 and out.count(b"y") > 2500, (out[-100:], err)


def nobody_reads_the_end(guest):
    """Or until a signal: one ends the session, another one virsh's own last word."""
    process = last_words(guest)

    def ended():
        process.send_signal(signal.SIGTERM)
        return process.poll() is not None

    wait_for(ended)


def much_output(guest):
    """More than any buffer, to a file."""
    block = bytes(range(32, 127)) * 40
    with tempfile.TemporaryFile() as file:
        process = guest.run(subprocess.PIPE, file)
        for _ in range(50):
            guest.say(block)
        wait_for(lambda: os.fstat(file.fileno()).st_size >= 50 * len(block))
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
    wait_for(lambda: termios.tcgetattr(fd)[3] & termios.ECHO == 0)
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


def use_driver(directory):
    """Beside the others; its file must have an owner and a place that nobody else can write to."""
    others = os.environ["LIBVIRT_DRIVER_DIR"]
    for name in os.listdir(others):
        shutil.copy(os.path.join(others, name), directory)
    shutil.copy(MODULE, os.path.join(directory, "tty.so"))
    os.environ["LIBVIRT_DRIVER_DIR"] = directory


def main():
    failed = 0
    drivers = tempfile.TemporaryDirectory()
    use_driver(drivers.name)
    signal.alarm(300)
    for test in (both_ways, words_before_the_escape, after_create, another_escape, input_ends, nobody_reads,
                 read_late, nobody_reads_the_end, much_output, terminated, terminal, no_console):
        with tempfile.TemporaryDirectory() as directory:
            try:
                test(Guest(directory))
            except (AssertionError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"console.py: {test.__name__}: {error}")
    return 1 if failed else 0


sys.exit(main())
