#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virt-host-validate: as Debian's on this host, and on hosts that lie in a folder."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../daemon'))
from harness import Skipped, expect, main  # noqa: E402

THEIRS = '/usr/bin/virt-host-validate'
LINE = re.compile(r'(.{6}): Checking (.{60,}?) *: (PASS|WARN|FAIL)(?: \((.*)\))?$')
ENV = {key: value for key, value in os.environ.items() if key != 'LD_LIBRARY_PATH'}


def run(*args, program='virt-host-validate', env=None):
    return subprocess.run([program] + list(args), capture_output=True, text=True, timeout=30, check=False, env=env)


def without_hints(text):
    return [line for line in text.splitlines() if not line.startswith('        hint: ')]


class Host:
    """A folder with the files of a host."""

    def __init__(self, flags, files=(), mounts=''):
        self.dir = tempfile.mkdtemp(prefix='virhost')
        self.file('/proc/cpuinfo', 'processor\t: 0\nflags\t\t: fpu %s sse\n\n' % flags)
        self.file('/proc/mounts', mounts)
        for path, text in dict(files).items():
            self.file(path, text)

    def file(self, path, text=''):
        os.makedirs(os.path.dirname(self.dir + path), exist_ok=True)
        with open(self.dir + path, 'w') as handle:
            handle.write(text)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        shutil.rmtree(self.dir)

    def look(self, driver='qemu'):
        """{check: (result, message, hint)}, and the status."""
        done = run('--json', '--root', self.dir, driver)
        told = json.loads(done.stdout)
        expect('result', told['result'], 'FAIL' if done.returncode else 'PASS')
        return {one['check']: (one['result'], one.get('message', ''), one.get('hint', '')) for one in told['checks']}


def need_x86():
    if platform.machine() != 'x86_64':
        raise Skipped('the hosts of this case are x86')


def test_like_theirs():
    """The same lines and status as Debian's, for each hypervisor and for all, and the same without privilege."""
    if not os.path.exists(THEIRS):
        raise Skipped('libvirt-clients is not installed')
    for args in ((), ('qemu',), ('lxc',), ('-q',), ('--quiet', 'lxc'), ('nonsense',), ('QEMU',), ('--nonsense',)):
        theirs, ours = run(*args, program=THEIRS, env=ENV), run(*args)
        expect('status of %r' % (args,), ours.returncode, theirs.returncode)
        if args != ('--nonsense',):
            expect('lines of %r' % (args,), without_hints(ours.stdout), theirs.stdout.splitlines())
            expect('errors of %r' % (args,), ours.stderr, theirs.stderr.replace(THEIRS, os.path.basename(THEIRS)))
    expect('version', run('--version').stdout,
           run('--version', program=THEIRS, env=ENV).stdout.replace(THEIRS, os.path.basename(THEIRS)))


def test_json():
    """JSON tells the same as the lines."""
    lines = run().stdout.splitlines()
    told = json.loads(run('--json').stdout)['checks']
    seen = []
    for line in lines:
        if line.startswith('        hint: '):
            seen[-1]['hint'] = line[len('        hint: '):]
            continue
        driver, check, result, message = LINE.match(line).groups()
        seen.append({'driver': driver.strip(), 'check': check.strip(), 'result': result})
        if message:
            seen[-1]['message'] = message
    expect('checks', told, seen)
    assert len(told) > 15


GROUPS_1 = ''.join('cgroup /sys/fs/cgroup/%s cgroup rw,%s 0 0\n' % (name, name)
                   for name in ('cpu,cpuacct', 'cpuset', 'memory', 'devices', 'blkio', 'freezer'))
INTEL = {'/dev/kvm': '', '/dev/vhost-net': '', '/dev/net/tun': '', '/sys/firmware/acpi/tables/DMAR': '',
         '/sys/kernel/iommu_groups/0/type': '', '/proc/self/ns/user': ''}


def test_good_host():
    """Nothing is missing but what no check knows."""
    need_x86()
    with Host('vmx', INTEL, GROUPS_1) as host:
        seen = host.look()
        expect('what did not pass', {check for check, (result, _, _) in seen.items() if result != 'PASS'},
               {'for secure guest support'})
        expect('checks', list(seen), [
            'for hardware virtualization', 'if device /dev/kvm exists', 'if device /dev/kvm is accessible',
            'if device /dev/vhost-net exists', 'if device /dev/net/tun exists',
            "for cgroup 'cpu' controller support", "for cgroup 'cpuacct' controller support",
            "for cgroup 'cpuset' controller support", "for cgroup 'memory' controller support",
            "for cgroup 'devices' controller support", "for cgroup 'blkio' controller support",
            'for device assignment IOMMU support', 'if IOMMU is enabled by kernel', 'for secure guest support'])


def test_findings():
    """Each thing that is missing is told with its weight and what mends it."""
    need_x86()
    cases = (
        ('', {}, 'for hardware virtualization', 'FAIL', 'firmware'),
        ('hypervisor', {}, 'for hardware virtualization', 'FAIL', 'host-passthrough'),
        ('vmx', {}, 'if device /dev/kvm exists', 'FAIL', 'modprobe kvm_intel'),
        ('svm', {}, 'if device /dev/kvm exists', 'FAIL', 'modprobe kvm_amd'),
        ('vmx', {}, 'if device /dev/vhost-net exists', 'WARN', 'modprobe vhost_net'),
        ('vmx', {}, 'if device /dev/net/tun exists', 'FAIL', 'modprobe tun'),
        ('vmx', {}, "for cgroup 'memory' controller support", 'WARN', 'mount -t cgroup -o memory'),
        ('vmx', {}, 'for device assignment IOMMU support', 'WARN', 'VT-d'),
        ('svm', {}, 'for device assignment IOMMU support', 'WARN', 'AMD-Vi'),
        ('vmx', {'/sys/firmware/acpi/tables/DMAR': ''}, 'if IOMMU is enabled by kernel', 'WARN', 'CONFIG_IOMMU_API'),
        ('vmx', {'/sys/firmware/acpi/tables/DMAR': '', '/sys/kernel/iommu_groups/.x': ''}, 'if IOMMU is enabled by kernel',
         'WARN', 'intel_iommu=on'),
        ('svm', {'/sys/firmware/acpi/tables/IVRS': '', '/sys/kernel/iommu_groups/.x': ''}, 'if IOMMU is enabled by kernel',
         'WARN', 'iommu=pt iommu=1'),
        ('svm sev', {}, 'for secure guest support', 'WARN', 'CONFIG_KVM_AMD_SEV'),
        ('svm sev', {'/sys/module/kvm_amd/parameters/sev': '0\n'}, 'for secure guest support', 'WARN', 'kvm_amd sev=1'),
        ('svm sev', {'/sys/module/kvm_amd/parameters/sev': 'Y\n'}, 'for secure guest support', 'WARN', 'firmware'),
        ('svm sev', {'/sys/module/kvm_amd/parameters/sev': '1\n', '/dev/sev': ''}, 'for secure guest support', 'PASS', ''),
    )
    for flags, files, check, result, hint in cases:
        with Host(flags, files) as host:
            seen = host.look()
            what = '%s with %r, %r' % (check, flags, files)
            expect(what, seen[check][0], result)
            assert hint in seen[check][2] and (result == 'PASS') == (not seen[check][1]), (what, seen[check])


def test_groups():
    """Controllers of version 1 alone and together, of version 2, and those that are not mounted."""
    unified = 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n'
    for mounts, files, missing in (
            (GROUPS_1, {}, set()),
            (GROUPS_1.replace('memory', 'pids'), {}, {'memory'}),
            (unified, {'/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n'}, {'devices', 'freezer'}),
            (unified, {'/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu\n'}, {'blkio', 'memory', 'devices', 'freezer'}),
            ('', {}, {'cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio'})):
        with Host('vmx', files, mounts) as host:
            seen = host.look('lxc')
            wrong = {check.split("'")[1] for check, (result, _, _) in seen.items()
                     if result != 'PASS' and check.startswith('for cgroup')}
            expect('missing with %r' % mounts, wrong, missing)


def test_lxc_and_ch():
    with Host('', {'/proc/self/ns/ipc': '', '/sys/fs/fuse/connections': ''}) as host:
        seen = host.look('lxc')
        expect('ipc', seen['for namespace ipc'][0], 'PASS')
        expect('pid', seen['for namespace pid'][0], 'FAIL')
        expect('user', seen['for namespace user'][0], 'WARN')
        expect('fuse', seen['if device /sys/fs/fuse/connections exists'][0], 'PASS')
        if platform.machine() == 'x86_64':
            expect('processor for ch', host.look('ch')['for hardware virtualization'][0], 'FAIL')


def test_usage():
    expect('two names', run('qemu', 'lxc').returncode, 1)
    expect('--help', (run('--help').returncode, '--json' in run('--help').stdout), (0, True))


if __name__ == '__main__':
    main(globals())
