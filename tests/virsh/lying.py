#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server that says how many figures there are, and cannot mean it: virsh says so and stays whole."""
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading

VIRSH = os.environ.get("VIRSH") or shutil.which("virsh")
AUTH_LIST, OPEN, FEATURE, LOOKUP_ID, LOOKUP_NAME = 66, 1, 60, 22, 23
DOMAIN = struct.pack(">I", 1) + b"d\0\0\0" + b"\1" * 16 + struct.pack(">i", 1)
NONE = struct.pack(">I", 0)
# procedure: what stands before the number, for calls that a program sizes its room by
BEFORE = {227: NONE, 228: NONE, 243: NONE, 56: struct.pack(">I", 1) + b"c\0\0\0", 293: NONE * 2, 263: NONE}
COMMANDS = (("nodecpustats",), ("nodememstats",), ("domblkstat", "d", "vda"), ("schedinfo", "d"), ("nodecpumap",),
            ("vcpuinfo", "d"), ("vcpupin", "d"), ("domblkerror", "d"))


def answer(procedure, number):
    if procedure in (LOOKUP_ID, LOOKUP_NAME):
        return DOMAIN
    if procedure == AUTH_LIST:
        return struct.pack(">II", 1, 0)
    if procedure == FEATURE:
        return struct.pack(">I", 1)
    if procedure in BEFORE:
        return BEFORE[procedure] + struct.pack(">i", number)
    if procedure == 16:                 # domain_get_info, with as many virtual processors as there can be
        return struct.pack(">IQQIQ", 1, 1, 1, 65535, 1)
    if procedure == 200:                # domain_get_vcpus_flags
        return struct.pack(">i", number)
    return b""


def serve(sock, numbers):
    numbers = list(numbers)
    have = b""
    while True:
        while len(have) < 4 or len(have) < struct.unpack(">I", have[:4])[0]:
            part = sock.recv(65536)
            if not part:
                return
            have += part
        length, program, version, procedure, kind, serial, _ = struct.unpack(">IIIiIII", have[:28])
        have = have[length:]
        body = answer(procedure, numbers[0])
        if procedure in BEFORE and len(numbers) > 1:
            del numbers[0]
        if kind == 0:
            sock.sendall(struct.pack(">IIIiIII", 28 + len(body), program, version, procedure, 1, serial, 0) + body)


def ask(directory, command, *numbers):
    path = os.path.join(directory, "socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(1)

        def work():
            with listener.accept()[0] as sock:
                try:
                    serve(sock, numbers)
                except OSError:         # the client has gone
                    pass
        thread = threading.Thread(target=work)
        thread.start()
        done = subprocess.run([VIRSH, "-c", "test+unix:///default?socket=" + path, *command], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        thread.join(20)
    os.unlink(path)
    return done.returncode, done.stderr.decode()


directory = tempfile.mkdtemp(prefix="virsh-lying.")
try:
    for command in COMMANDS:
        for number in (-1, -2 ** 31, 2 ** 31 - 1, 1000000000):
            status, error = ask(directory, command, number)
            assert status == 1, "%s, number %d: status %d: %s" % (command, number, status, error)
            assert "error:" in error, error
    for command in COMMANDS[:3]:        # there is none, and then there are many
        status, error = ask(directory, command, 0, 60000)
        assert status == 0, "%s: status %d: %s" % (command, status, error)
    print("%d lies told" % (4 * len(COMMANDS) + 3))
finally:
    shutil.rmtree(directory)
