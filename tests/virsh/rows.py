#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What shellgen.py says about .commands files with a mistake, each of one kind."""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SHELLGEN = os.path.join(HERE, "../../tools/shell/gen/shellgen.py")

GOOD = """group domain "Domains"
kind domain virDomain "domain"
  by-name virDomainLookupByName
option domain object domain required "the domain"
command suspend "pause a domain"
  domain
  flag force VIR_FORCE "even so"
  word mode = soft hard refused "Invalid mode" "how"
  does virDomainSuspend(domain)
  done "suspended"
"""

# (what is replaced, by what, what is said)
MISTAKES = [
    ("does virDomainSuspend(domain)", "does virDomainSuspend(domian)",
     "9: 'domian' is no argument of 'suspend'; did you mean 'domain'?"),
    ("does virDomainSuspend(domain)", "does if frce virDomainSuspend(domain)",
     "9: 'frce' is no argument of 'suspend'; did you mean 'force'?"),
    ("does virDomainSuspend(domain)", "does", "9: expected a call such as virDomainSuspend(domain) behind 'does'"),
    ('"even so"', '"even so" excludes mood', "7: 'force' excludes 'mood', which 'suspend' does not have; "
     "did you mean 'mode'?"),
    ('"even so"', '"even so" needs mode|mood', "7: 'force' needs 'mood', which 'suspend' does not have; "
     "did you mean 'mode'?"),
    ('"even so"', '', "7: option 'force' is not explained"),
    ('"even so"', '"even so" "and more"', "7: a second explanation"),
    ("VIR_FORCE", "virForce", "7: a flag has no 'virForce'"),
    ("  flag force", "  flga force", "7: no kind of option, no shared row 'flga'; did you mean 'flag'?"),
    ("  flag force", "  flag mode", "8: 'suspend' has an option 'mode' already"),
    ("= soft hard refused \"Invalid mode\"", "", "8: option 'mode' takes no words"),
    ("group domain \"Domains\"", "group domain", "1: group 'domain' has no title yet"),
    ("group domain \"Domains\"", "", "5: a command outside any group"),
    ("object domain required", "object domain of domian required", "4: no kind of object 'domian'; "
     "did you mean 'domain'?"),
    ("by-name", "by-nmae", "3: a kind of object has no 'by-nmae'; did you mean 'by-name'?"),
    ("command suspend \"pause a domain\"", "command suspend", "5: expected its title at the end of the line"),
    ("command suspend \"pause a domain\"", "command suspend pause", "5: expected its title in quotes instead of 'pause'"),
    ("command suspend", "comand suspend", "5: 'comand' begins nothing here; did you mean 'command'?"),
    ("  done", "  is loud\n  done", "10: no command is 'loud'"),
    ("  done", "  alias strength forse\n  done", "10: 'suspend' has no option 'forse'; did you mean 'force'?"),
    ("  done", "  requires force mood \"one of them\"\n  done",
     "5: 'suspend' has no option 'mood'; did you mean 'mode'?"),
    ("  done \"suspended\"", "  done \"suspended\"\ncommand suspend \"again\"",
     "11: command 'suspend' stands at mistake.commands:5 already"),
    ("  done \"suspended\"", "  done \"suspended\"\nalias pause suspnd",
     "11: no command 'suspnd'; did you mean 'suspend'?"),
]


def run(text):
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "mistake.commands")
        with open(path, "w") as file:
            file.write(text)
        done = subprocess.run([sys.executable, "-B", SHELLGEN, "--out", top + "/out", "--header", "tool.h", path],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        return done.returncode, done.stderr.decode().strip(), os.path.exists(top + "/out/tables.c")


def main():
    failed = 0
    if run(GOOD) != (0, "", True):
        print("rows.py: what is right is refused: %r" % (run(GOOD),))
        failed += 1
    for old, new, message in MISTAKES:
        assert old in GOOD, old
        got = run(GOOD.replace(old, new, 1))
        if got != (1, "mistake.commands:" + message, False):
            print("rows.py: %r\n  said %r\n  instead of %r" % (new, got, message))
            failed += 1
    return 1 if failed else 0


sys.exit(main())
