#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the command lines of commands.txt through virsh and compares what it
says with expected.txt, which was recorded from the peer's virsh.

  golden.py                      the virsh that PATH finds
  golden.py --peer /usr/bin/virsh   both side by side, each with its own library
  golden.py --record PROGRAM        writes expected.txt anew

Lines that need a call that our driver does not have yet are counted as skipped.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
NO_CALL = "not supported by the connection driver"
LEAST = 150                     # so many lines must really be compared


class Case:
    def __init__(self, number, line):
        self.number, self.line = number, line
        self.marks = set()
        while (mark := re.match(r"\[(lib|ours|bare)\] *", line)):
            self.marks.add(mark.group(1))
            line = line[mark.end():]
        line, _, text = line.partition(" <<< ")
        self.stdin = text.encode().decode("unicode_escape")
        self.argv, self.env = shlex.split(line), {}
        while self.argv and re.match(r"VIRSH_[A-Z_]+=", self.argv[0]):
            name, _, self.env[name] = self.argv.pop(0).partition("=")
        if "bare" not in self.marks and "-c" not in self.argv:
            self.argv = ["-c", "test:///default"] + self.argv


class Answer:
    def __init__(self, status, stdout, stderr):
        self.status, self.stdout = status, steady(stdout)
        self.errors = [steady(e) for e in stderr.split("\n") if e.startswith("error: ")]

    def text(self):
        lines = [f"status {self.status}"]
        lines += ["|" + e for e in self.stdout.split("\n")]
        return lines + self.errors


def steady(text):
    """Without what differs from run to run."""
    text = re.sub(r"\(Time: \d+\.\d+ ms\)", "(Time: N ms)", text)
    return re.sub(r"(CPU time: +)\d+\.\d+s", r"\1Ns", text)


def read_cases():
    cases = []
    with open(os.path.join(HERE, "commands.txt")) as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                cases.append(Case(number, line))
    return cases


def read_expected():
    answers, current = {}, None
    with open(os.path.join(HERE, "expected.txt")) as file:
        for line in file.read().split("\n"):
            if line.startswith("$ "):
                current = answers.setdefault(line[2:], [])
            elif current is not None and line:
                current.append(line)
    return {line: parse_answer(lines) for line, lines in answers.items()}


def parse_answer(lines):
    status = int(lines[0].split()[1])
    stdout = "\n".join(e[1:] for e in lines if e.startswith("|"))
    return Answer(status, stdout, "\n".join(e for e in lines if e.startswith("error: ")))


def environment(case, foreign):
    env = dict(os.environ, LC_ALL="C", HOME="/root-of-nobody")
    for name in list(env):
        if name.startswith("VIRSH_") or name == "LIBVIRT_DEFAULT_URI":
            del env[name]
    if foreign:
        for name in ("LD_LIBRARY_PATH", "LIBVIRT_DRIVER_DIR", "LIBVIRT_MODULES_D"):
            env.pop(name, None)
    return dict(env, **case.env)


def ask(program, case, foreign):
    """In a directory of its own that holds the documents."""
    with tempfile.TemporaryDirectory() as top:
        work = os.path.join(top, "data")
        shutil.copytree(os.path.join(HERE, "data"), work)
        try:
            done = subprocess.run([program] + case.argv, input=case.stdin.encode(), timeout=60, cwd=work,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(case, foreign))
        except subprocess.TimeoutExpired:
            return Answer(-1, "(does not end)", "")
        return Answer(done.returncode, done.stdout.decode(errors="replace"),
                      done.stderr.decode(errors="replace"))


def leading(error):
    """The phrase that scripts match: up to the colon behind "error: "."""
    return error[len("error: "):].split(": ")[0]


def differences(case, expected, got):
    found = []
    if expected.status != got.status:
        found.append(f"status {got.status} instead of {expected.status}")
    if expected.stdout != got.stdout:
        found.append(f"stdout {got.stdout!r}\n     instead of {expected.stdout!r}")
    want, have = [leading(e) for e in expected.errors], [leading(e) for e in got.errors]
    if "lib" in case.marks and len(want) == len(have):
        want, have = want[:-1], have[:-1]
    if want != have:
        found.append(f"errors {got.errors!r}\n     instead of {expected.errors!r}")
    return found


def lacks_call(expected, got):
    return any(NO_CALL in e for e in got.errors) and not any(NO_CALL in e for e in expected.errors)


def record(program):
    with open(os.path.join(HERE, "expected.txt"), "w") as file:
        for case in read_cases():
            if "ours" in case.marks:
                continue
            print("$ " + case.line, *ask(program, case, True).text(), sep="\n", file=file)
            print(file=file)


def main():
    args = sys.argv[1:]
    if args[:1] == ["--record"]:
        return record(args[1])
    peer = args[1] if args[:1] == ["--peer"] else None
    program = os.environ.get("VIRSH") or shutil.which("virsh")
    expected = {} if peer else read_expected()
    cases = [case for case in read_cases() if "ours" not in case.marks]
    with ThreadPoolExecutor(4) as pool:
        wanted = list(pool.map(lambda case: ask(peer, case, True) if peer else expected.get(case.line),
                               cases))
        answers = list(pool.map(lambda case: ask(program, case, False), cases))
    compared = failed = skipped = 0
    for case, want, got in zip(cases, wanted, answers):
        if want is None:
            print(f"golden.py: commands.txt:{case.number}: nothing recorded for this line")
            failed += 1
            continue
        found = differences(case, want, got)
        if found and lacks_call(want, got):
            skipped += 1
            continue
        compared += 1
        if found:
            failed += 1
            print(f"golden.py: commands.txt:{case.number}: {case.line}")
            for difference in found:
                print(f"   {difference}")
    print(f"golden.py: {compared} compared, {failed} differ, {skipped} need calls that the driver lacks")
    return 1 if failed or compared < LEAST else 0


sys.exit(main())
