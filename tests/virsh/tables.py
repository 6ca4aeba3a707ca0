#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command tables against options.tsv, which has every command and option
of the interface: names, types, which are required, their positions; and help,
manual page and completion against the tables."""
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
VIRSH = os.environ.get("VIRSH") or shutil.which("virsh")
failures = []


def fail(text):
    failures.append(text)
    print("tables.py: " + text)


def virsh(*argv):
    done = subprocess.run([VIRSH, "-q", *argv], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return done.returncode, done.stdout.decode()


def read_interface():
    """{command: [(option, type, required, position, alias_of)]}"""
    interface = {}
    with open(os.path.join(HERE, "options.tsv")) as file:
        for line in file.read().splitlines()[1:]:
            command, *option = line.split("\t")
            interface.setdefault(command, []).append(tuple(option))
    return interface


def our_commands():
    """All that "help" lists: {name: title}."""
    _, text = virsh("help")
    return dict(re.findall(r"^    (\S+) +(\S.*)$", text, re.M))


def parse_help(text):
    """[(option, type, required)] in the order of the table."""
    synopsis = re.search(r"^  SYNOPSIS\n    \S+(.*)$", text, re.M).group(1)
    options = re.search(r"^  OPTIONS\n((?:    .*\n)+)", text, re.M)
    found = []
    for line in options.group(1).splitlines() if options else []:
        label = re.match(r" +(?:\[--([a-z0-9-]+)\]|--([a-z0-9-]+))(?: <(string|number)>)?  ", line)
        name = label.group(1) or label.group(2)
        if re.search(rf"<{re.escape(name)}>\]?\.\.\.", synopsis):
            kind = "argv"
        else:
            kind = label.group(3) or "bool"
        required = re.search(rf"(?<!\[)<{re.escape(name)}>", synopsis) and f"[--{name} " not in synopsis
        found.append((name, kind, bool(required)))
    return found


def check_command(name, interface, partial):
    status, text = virsh("help", name)
    if status != 0:
        return fail(f"help {name}: status {status}")
    ours = parse_help(text)
    peers = [(o, t, r == "yes") for o, t, r, _, _ in interface if t != "alias"]
    missing = [o for o in peers if o not in ours]
    surplus = [o for o in ours if o not in peers]
    if surplus:
        fail(f"{name}: not in the interface: {surplus}")
    if missing and name not in partial:
        fail(f"{name}: missing: {missing}")
    if [o for o in ours if o in peers] != [o for o in peers if o in ours]:
        fail(f"{name}: the order of the options, and so their positions, is another one")
    if not re.search(rf"^  NAME\n    {name} - \S", text, re.M):
        fail(f"help {name}: no title")
    names = [o for o, _, _ in ours]
    if name not in LENIENT and "argv" not in [t for _, t, _ in ours]:
        check_positions(name, sum(o in names and position != "-" for o, _, _, position, _ in interface))
    return None


def check_positions(name, n):
    """So many words without a name are taken, and not one more."""
    words = [f"word{i}" for i in range(n + 1)]
    done = subprocess.run([VIRSH, "-c", "test:///default", name, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if f"error: unexpected data 'word{n}'" not in done.stderr.decode():
        fail(f"{name}: takes not {n} words without a name: {done.stderr.decode()!r}")


# Commands that do not have all of their options yet.
PARTIAL = {"vol-create-as", "vol-create"}
# What takes any words.
LENIENT = {"help"}


def main():
    interface, ours = read_interface(), our_commands()
    for name in sorted(ours):
        if name in interface or name in WITHOUT_OPTIONS:
            check_command(name, interface.get(name, []), PARTIAL)
        else:
            fail(f"{name}: no command of the interface")
    _, manual = virsh("self-manual")
    for name in ours:
        if ".SS " + name.replace("-", "\\-") + "\n" not in manual:
            fail(f"{name}: not in the manual page")
    for name, option in (("dominfo", "--domain"), ("list", "--all"), ("net-list", "--persistent")):
        status, text = virsh("complete", "--", name, option[:-1])
        if status != 0 or option not in text.split():
            fail(f"complete {name} {option[:-1]}: {text!r}")
    status, text = virsh("complete", "--", "domst")
    if text.split() != ["domstate", "domstats"]:
        fail(f"complete domst: {text!r}")
    done = subprocess.run([VIRSH, "-q"], input=b"complete -- dominfo t\nsuspend test\n", stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60, env=dict(os.environ, LIBVIRT_DEFAULT_URI="test:///default"))
    if b"\ntest\n" not in done.stdout or done.stderr:
        fail(f"complete, and a command behind it that writes: {done}")
    status, text = virsh("--help")
    if status != 0 or not all(f"    {name} " in text for name in ours):
        fail("--help does not list all commands")
    if len(ours) < 140:
        fail(f"only {len(ours)} commands")
    print(f"tables.py: {len(ours)} commands, {len(interface)} in the interface, {len(failures)} failures")
    return 1 if failures else 0


WITHOUT_OPTIONS = {
    "capabilities", "exit", "hostname", "iface-begin", "iface-commit", "iface-rollback", "nodeinfo",
    "nodesevinfo", "nwfilter-list", "nwfilter-binding-list", "pool-capabilities", "pwd", "quit", "sysinfo",
    "uri",
}

sys.exit(main())
