#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The interactive shell through a pseudo terminal: prompts, errors, hints,
interrupts, line editing with history, and the plain shell without that part."""
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

VIRSH = os.environ.get("VIRSH") or shutil.which("virsh")
GREETING = ("Welcome to virsh, the virtualization interactive terminal.\n\n"
            "Type:  'help' for help with commands\n       'quit' to quit\n\n")


class Shell:
    """virsh on a terminal of its own; what it prints is kept in self.seen."""

    def __init__(self, *argv, **env):
        self.seen = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(env, TERM="dumb")
            os.execv(VIRSH, [VIRSH, "-c", "test:///default", *argv])

    def read(self, seconds):
        """False: nothing came, or the program is gone."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.seen += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)

    def expect(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.seen:
            left = end - time.monotonic()
            if left <= 0 or not self.read(left):
                raise AssertionError(f"{text!r} did not come; seen: {self.seen!r}")
        self.seen = self.seen.partition(text)[2]

    def wait_for(self, condition, seconds=20):
        """Holds twice, so that it is no passing moment."""
        end, held = time.monotonic() + seconds, 0
        while held < 2:
            held = held + 1 if condition() else 0
            if time.monotonic() > end:
                raise AssertionError(f"it does not happen; seen: {self.seen!r}")
            time.sleep(0.02)

    def edits(self):
        """The editor reads keys."""
        return not termios.tcgetattr(self.fd)[3] & termios.ICANON

    def catches_interrupts(self):
        with open(f"/proc/{self.pid}/status") as status:
            caught = next(line.split()[1] for line in status if line.startswith("SigCgt:"))
        return not self.edits() and bool(int(caught, 16) & 1 << (signal.SIGINT - 1))

    def type(self, text):
        os.write(self.fd, text.encode())

    def end(self):
        """The exit status; what came last stays in self.seen."""
        while self.read(20):
            pass
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        for _ in range(100):
            if pid:
                break
            time.sleep(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            raise AssertionError(f"it does not end; seen: {self.seen!r}")
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def has_editor(env):
    parts = env.get("LIBVIRT_PARTS_DIR") or os.environ.get("LIBVIRT_PARTS_DIR", "")
    return os.path.exists(os.path.join(parts, "shell-edit.so"))


def prompts_and_errors(env):
    shell = Shell(**env)
    shell.expect(GREETING + "virsh # ")
    shell.type("uri\n")
    shell.expect("uri\ntest:///default\n\nvirsh # ")
    shell.type("lsit\n")
    shell.expect("error: unknown command: 'lsit'\nhint: did you mean 'list'?\nvirsh # ")
    shell.type("dominfo\n")
    shell.expect("error: command 'dominfo' requires <domain> option\nvirsh # ")
    shell.type("connect --readonly\n")
    shell.expect("virsh > ")
    shell.type("destroy test\n")
    shell.expect("error: Failed to destroy domain 'test'\n")
    shell.expect("virsh > ")
    shell.type("quit\n")
    assert shell.end() == 0
    assert shell.seen.endswith("quit\n\n"), shell.seen


def end_of_input(env):
    shell = Shell("-q", **env)
    shell.expect("virsh # ")
    if has_editor(env):
        shell.wait_for(shell.edits)
    shell.type("\x04")
    assert shell.end() == 0


def interrupt_while_waiting(env):
    shell = Shell(**env)
    shell.expect("virsh # ")
    shell.type("event --all --loop\n")
    shell.expect("event --all --loop\n")
    shell.wait_for(shell.catches_interrupts)
    shell.type("\x03")
    shell.expect("event loop interrupted\nevents received: 0\n\nvirsh # ")
    shell.type("echo alive\n")
    shell.expect("\nalive\n")
    shell.type("quit\n")
    assert shell.end() == 0


def change_directory(env):
    shell = Shell(**env)
    shell.expect("virsh # ")
    shell.type("cd /\n")
    shell.expect("virsh # ")
    shell.type("pwd\n")
    shell.expect("pwd\n/\n\nvirsh # ")
    shell.type("exit\n")
    assert shell.end() == 0


def history(env):
    if not has_editor(env):
        return
    shell = Shell(**env)
    shell.expect("virsh # ")
    shell.type("echo first\n")
    shell.expect("\nfirst\n")
    shell.type("quit\n")
    assert shell.end() == 0
    with open(os.path.join(env["XDG_CACHE_HOME"], "libvirt/virsh/history")) as file:
        assert "first" in file.read()
    shell = Shell(**env)
    shell.expect("virsh # ")
    shell.type("\x10\x10\n")            # ctrl + p, twice: the line before "quit"
    shell.expect("\nfirst\n")
    shell.type("quit\n")
    assert shell.end() == 0


def completion(env):
    if not has_editor(env):
        return
    shell = Shell(**env)
    shell.expect("virsh # ")
    shell.type("nodein\t\n")
    shell.expect("nodeinfo")
    shell.expect("CPU model:")
    shell.type("dominfo --dom\ttest\n")
    shell.expect("dominfo --domain test")
    shell.expect("Security")
    shell.type("quit\n")
    assert shell.end() == 0


def many_words(env):
    """A line of 200 KB, from a file: its time grows with its length, not with its square."""
    line = "echo " + "a " * 100000
    done = subprocess.run([VIRSH, "-q", "-c", "test:///default"], input=line, capture_output=True, text=True,
                          env=dict(os.environ, **env), timeout=20)
    assert done.returncode == 0 and line[5:-1] in done.stdout, (done.returncode, done.stdout[-100:])


def main():
    if os.environ.get("VIR_SANITIZERS", "no") != "no":
        os.environ["ASAN_OPTIONS"] = "detect_leaks=0"       # libedit keeps its own
    tests = [prompts_and_errors, end_of_input, interrupt_while_waiting, change_directory, history, completion,
             many_words]
    failed = 0
    signal.alarm(300)
    for test in tests:
        with tempfile.TemporaryDirectory() as cache:
            rounds = [{"XDG_CACHE_HOME": cache}]
            if test not in (history, completion):
                rounds.append({"XDG_CACHE_HOME": cache, "LIBVIRT_PARTS_DIR": "/nonexistent"})
            for env in rounds:
                try:
                    test(env)
                except (AssertionError, subprocess.TimeoutExpired) as error:
                    failed += 1
                    print(f"shell.py: {test.__name__}: {str(error)[:500]}")
    return 1 if failed else 0


sys.exit(main())
