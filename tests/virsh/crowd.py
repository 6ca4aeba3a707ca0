#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""list of as many domains as an answer holds, of which one went between two questions: its time grows
with their number, not with the square of it."""
import os
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading

VIRSH = os.environ.get("VIRSH") or shutil.which("virsh")
N = 16384
AUTH_LIST, FEATURE, LIST, STATS = 66, 60, 273, 344


def string(text):
    return struct.pack(">I", len(text)) + text + b"\0" * (-len(text) % 4)


def domain(i):
    return string(b"d%05d" % i) + struct.pack(">4Ii", i, i, i, i, -1)


STATE = struct.pack(">I", 1) + string(b"state.state") + struct.pack(">II", 1, 5)
ANSWERS = {
    AUTH_LIST: struct.pack(">II", 1, 0), FEATURE: struct.pack(">I", 1),
    LIST: struct.pack(">I", N) + b"".join(map(domain, range(N))) + struct.pack(">I", N),
    STATS: struct.pack(">I", N - 1) + b"".join(domain(i) + STATE for i in range(1, N)),
}


def serve(sock):
    have = b""
    while True:
        while len(have) < 4 or len(have) < struct.unpack(">I", have[:4])[0]:
            part = sock.recv(1 << 20)
            if not part:
                return
            have += part
        length, program, version, procedure, kind, serial, _ = struct.unpack(">IIIiIII", have[:28])
        have = have[length:]
        body = ANSWERS.get(procedure, struct.pack(">II", 5, 0))
        if kind == 0:
            sock.sendall(struct.pack(">IIIiIII", 28 + len(body), program, version, procedure, 1, serial, 0) + body)


def processor_time():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def accept(listener):
    while True:
        try:
            serve(listener.accept()[0])
        except ConnectionError:         # the client has gone
            pass


if os.environ.get("VIR_SANITIZERS", "no") != "no":
    print("crowd: with sanitizers the time says nothing: skipped")
    sys.exit(77)
directory = tempfile.mkdtemp(prefix="virsh-crowd.")
try:
    path = os.path.join(directory, "socket")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(1)
    threading.Thread(target=accept, args=(listener,), daemon=True).start()
    for more in ([], ["--managed-save"]):
        took = 1000
        for _ in range(3):              # the least: other programs cost caches, too
            before = processor_time()
            done = subprocess.run([VIRSH, "-c", "test+unix:///default?socket=" + path, "list", "--all", *more],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60)
            took = min(took, processor_time() - before)
            assert done.returncode == 0 and done.stdout.count(b" d") == N, done.stdout[-200:]
        assert took < 0.5, "list of %d domains took %.2f s" % (N, took)
        print("%d domains in %.2f s" % (N, took))
finally:
    shutil.rmtree(directory)
