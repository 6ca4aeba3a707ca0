#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""event, and virsh's other work, through a private libvirtd: what two clients
see of each other, and that "list" asks no question for each domain."""
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

VIRSH = os.environ.get("VIRSH") or shutil.which("virsh")
LIBVIRTD = os.environ.get("LIBVIRTD_PATH") or shutil.which("libvirtd")
STAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\+0000: event 'lifecycle' for domain 'test': ")

GUEST = """<domain type='test'><name>g{0}</name><memory>4096</memory><os><type>hvm</type></os></domain>"""

# as the peer prints them
LIFECYCLE = """event 'lifecycle' for domain 'test': Suspended Paused
event 'lifecycle' for domain 'test': Resumed Unpaused
event 'lifecycle' for domain 'test': Stopped Destroyed
event 'lifecycle' for domain 'test': Started Booted
event 'lifecycle' for domain 'test': Stopped Shutdown
event 'lifecycle' for domain 'test': Started Booted
event 'lifecycle' for domain 'g1': Defined Added
event 'lifecycle' for domain 'g1': Undefined Removed
event 'lifecycle' for domain 'g1': Started Booted
event 'lifecycle' for domain 'g1': Stopped Destroyed
event loop interrupted
events received: 10

"""


class Daemon:
    def __init__(self, directory):
        self.directory = directory
        config = os.path.join(directory, "libvirtd.conf")
        with open(config, "w") as file:
            file.write(f'unix_sock_dir = "{directory}"\nauth_unix_ro = "none"\nauth_unix_rw = "none"\n')
        # even as root not the system's one: that would touch the system's folders
        own = {name: os.path.join(directory, name)
               for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
        with open(os.path.join(directory, "log"), "w") as log:
            self.process = subprocess.Popen([LIBVIRTD, "--session", "-f", config, "-p", os.path.join(directory, "pid")],
                                            stdout=log, stderr=log, env=dict(os.environ, **own))
        self.uri = f"test+unix:///default?socket={directory}/libvirt-sock"
        for _ in range(200):
            if os.path.exists(os.path.join(directory, "libvirt-sock")):
                return
            time.sleep(0.05)
        raise AssertionError("libvirtd does not open its socket")

    def virsh(self, *argv, env=None):
        done = subprocess.run([VIRSH, "-c", self.uri, *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60, env=dict(os.environ, **(env or {})))
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def listen(self, *argv):
        """virsh event in the background, once it listens: with -d 1 it says so."""
        process = subprocess.Popen([VIRSH, "-d", "1", "-c", self.uri, "event", *argv], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.heard = ""
        read_until(process, process.stdout, "waiting for events\n")
        process.heard = ""
        return process

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def read_until(process, stream, wanted, count=1):
    """Adds to process.heard what comes, until WANTED came so often."""
    end = time.monotonic() + 30
    while process.heard.count(wanted) < count:
        assert select.select([stream], [], [], max(0, end - time.monotonic()))[0], process.heard
        part = os.read(stream.fileno(), 65536)
        assert part, process.heard
        process.heard += part.decode()


def interrupt(process):
    process.send_signal(2)
    out, _ = process.communicate(timeout=30)
    return process.returncode, process.heard + out.decode()


def document(directory, number):
    path = os.path.join(directory, f"g{number}.xml")
    with open(path, "w") as file:
        file.write(GUEST.format(number))
    return path


def lifecycle(daemon):
    everything = daemon.listen("--all", "--loop")
    stamped = daemon.listen("--event", "lifecycle", "--loop", "--timestamp", "--domain", "test")
    first = daemon.listen("test", "lifecycle", "--timeout", "60")
    path = document(daemon.directory, 1)
    status, _, err = daemon.virsh("suspend test; resume test; destroy test; start test; shutdown test; "
                                  f"start test; define {path}; undefine g1; create {path}; destroy g1")
    assert status == 0, err
    out, _ = first.communicate(timeout=30)
    assert out.decode() == LIFECYCLE.partition("\n")[0] + "\nevents received: 1\n\n", out
    read_until(everything, everything.stdout, "event 'lifecycle'", 10)
    status, text = interrupt(everything)
    assert (status, text) == (0, LIFECYCLE), text
    read_until(stamped, stamped.stdout, "event 'lifecycle'", 6)
    status, text = interrupt(stamped)
    lines = text.splitlines()
    assert status == 0 and len(lines) == 9 and all(STAMP.match(line) for line in lines[:6]), text


def nothing_comes(daemon):
    status, out, _ = daemon.virsh("event", "--event", "lifecycle", "--timeout", "1")
    assert (status, out) == (1, "event loop timed out\nevents received: 0\n\n"), out


def list_asks_twice(daemon):
    """However many domains there are."""
    keeper = daemon.listen("--all", "--loop")           # the driver's state lives as long as a connection
    paths = [document(daemon.directory, number) for number in range(2, 22)]
    status, _, err = daemon.virsh("; ".join(f"define {path}" for path in paths))
    assert status == 0, err
    status, out, _ = daemon.virsh("-q", "list", "--all")
    assert len(out.splitlines()) == 21, out
    _, _, log = daemon.virsh("-q", "list", "--all",
                             env={"LIBVIRT_LOG_OUTPUTS": "1:stderr", "LIBVIRT_DEBUG": "1"})
    interrupt(keeper)
    assert "virConnectListAllDomains" in log, "no trace of calls in the log"
    assert log.count("virDomainGetState") <= 1, "a question for each domain"


def readonly(daemon):
    status, out, err = daemon.virsh("-r", "domid test; destroy test")
    assert status == 1 and "error: Failed to destroy domain 'test'\n" in err, err


def daemon_goes(daemon):
    """The shell says so, and connects again for the next command."""
    shell = subprocess.Popen([VIRSH, "-c", daemon.uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
    shell.stdin.write(b"domid test\n")
    shell.stdin.flush()
    shell.heard = ""
    read_until(shell, shell.stdout, "\n1\n")
    daemon.stop()
    shell.heard = ""
    read_until(shell, shell.stderr, " due to end of file\n")
    assert "error: Disconnected from " in shell.heard, shell.heard
    _, err = shell.communicate(b"uri\n", timeout=60)
    assert b"error: failed to connect to the hypervisor\n" in err, err


def main():
    if not LIBVIRTD:
        print("events.py: skipped: no libvirtd")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        daemon = Daemon(directory)
        try:
            for test in (lifecycle, nothing_comes, list_asks_twice, readonly, daemon_goes):
                try:
                    test(daemon)
                except AssertionError as error:
                    failed += 1
                    print(f"events.py: {test.__name__}: {error}")
        finally:
            daemon.stop()
    return 1 if failed else 0


sys.exit(main())
