#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""domjobinfo and domjobabort beside job-module.c, whose job a file tells: output and status are those of
jobs.txt, which the peer's virsh wrote, by our daemon: jobs.py --record /usr/bin/virsh"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ["VIR_BUILD_DIR"]
EXPECTED = os.path.join(HERE, "jobs.txt")

TIMES = "int operation 5\nullong time_elapsed 3\nullong time_elapsed_net 2\nullong time_remaining 4\n"
WORK = "".join("ullong %s_%s %d\n" % (of, what, n) for of in ("data", "memory", "disk")
               for n, what in ((0, "processed"), (1500, "remaining"), (123456789, "total")))
RATES = "ullong memory_bps 0\nullong disk_bps 1048576\nullong memory_dirty_rate 0\nullong memory_page_size 4096\n" \
        "ullong memory_iteration 7\nullong memory_postcopy_requests 0\n"
PAGES = "ullong memory_constant 0\nullong memory_normal 9\nullong memory_normal_bytes 2048\nullong downtime 0\n" \
        "ullong downtime_net 1\nullong setup_time 0\n"
SQUEEZE = "ullong compression_cache 0\nullong compression_bytes 5\nullong compression_pages 0\n" \
          "ullong compression_cache_misses 6\nullong compression_overflow 0\nint auto_converge_throttle 20\n"
SPACE = "ullong disk_temp_used 0\nullong disk_temp_total 1099511627776\nstring errmsg broken\nboolean success 1\n"
ALL = TIMES + WORK + RATES + PAGES + SQUEEZE + SPACE
OPTIONS = ([], ["--completed"], ["--anystats"], ["--rawstats"], ["--completed", "--keep-completed"],
           ["--keep-completed"])


def told(job_type, text):
    return "".join("%d %d\n%s" % (flags, job_type, text) for flags in (0, 1, 3))


CASES = [(told(job_type, ALL), options) for job_type in range(7) for options in OPTIONS[:3]]
CASES += [(told(2, ALL), options) for options in OPTIONS[3:]]
CASES += [(told(job_type, text), []) for job_type in (1, 2)
          for text in ("", RATES, WORK.replace("memory", "x") + RATES, "int operation %d\n" % (9 + job_type), PAGES)]
CASES += [("99 %d\n" % job_type, options) for job_type in range(3) for options in OPTIONS[:4]]        # the older call


def lines(virsh, uri, directory, env):
    """One line of what is asked, then what is said."""
    for number, (text, options) in enumerate(CASES):
        path = os.path.join(directory, str(number))
        with open(path, "w") as file:
            file.write(text)
        yield from said([virsh, "-c", uri % path, "domjobinfo", "one", *options], env, number)
    for options in ([], ["--postcopy"]):
        yield from said([virsh, "-c", uri % path, "domjobabort", "one", *options], env, "")


def said(words, env, number):
    done = subprocess.run(words, env=env, capture_output=True, text=True)
    errors = [line for line in done.stderr.split("\n") if line.startswith("error: ")]
    return ["%s %s: %d" % (number, " ".join(words[3:]), done.returncode),
            *("|" + line for line in done.stdout.split("\n")), *errors]


def of_peer(virsh, directory):
    conf = os.path.join(directory, "conf")
    with open(conf, "w") as file:
        file.write('unix_sock_dir = "%s"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\n' % directory)
    env = dict(os.environ, XDG_RUNTIME_DIR=directory)
    daemon = subprocess.Popen([BUILD + "/daemon/libvirtd", "-f", conf, "-p", directory + "/pid"], env=env)
    while not os.path.exists(directory + "/libvirt-sock"):
        time.sleep(0.1)
    own = {name: value for name, value in os.environ.items() if not name.startswith(("LD_", "LIBVIRT_"))}
    answers = list(lines(virsh, "job+unix://%s?socket=" + directory + "/libvirt-sock", directory, own))
    daemon.terminate()
    daemon.wait()
    return answers


def main():
    with tempfile.TemporaryDirectory() as directory:
        shutil.copy(BUILD + "/tests/virsh/.libs/job-module.so", directory + "/job.so")
        os.environ["LIBVIRT_DRIVER_DIR"] = directory
        if sys.argv[1:2] == ["--record"]:
            with open(EXPECTED, "w") as file:
                file.write("\n".join(of_peer(sys.argv[2], directory)) + "\n")
            return 0
        seen = list(lines(shutil.which("virsh"), "job://%s", directory, dict(os.environ)))
    with open(EXPECTED) as file:
        wanted = file.read().split("\n")[:-1]
    at = ""
    for one, other in zip(seen, wanted):
        at = other if other[:1] in "0123456789 " else at
        if one != other:
            print("%s: %r, not %r" % (at, one, other))
            return 1
    print(len(CASES) + 2, "commands")
    return len(seen) != len(wanted)


sys.exit(main())
