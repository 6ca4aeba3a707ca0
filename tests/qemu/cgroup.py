#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Control groups of the system's guests: where their processes and threads are, what the kernel's files say of them, and
what is answered, beside the distribution's libvirtd on the same documents.  In a mount namespace of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time

from harness import BUILD, SANITIZED, Failed, alive, check, equal, has, kill, skip, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
VIRSH, LIBVIRTD = '/usr/bin/virsh', '/usr/sbin/libvirtd'
MOUNTS = ['/run/libvirt', '/var/lib/libvirt', '/var/cache/libvirt', '/var/log/libvirt', '/etc/libvirt', '/usr/local']
CONTROLLERS = 'cpu', 'cpuacct', 'cpuset', 'memory', 'blkio'
CONF = 'unix_sock_dir = "%s"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\n'
QEMU_CONF = 'user = "root"\ngroup = "root"\nstdio_handler = "file"\nsecurity_driver = "none"\nnamespaces = [ ]\n' \
    'cgroup_controllers = [ "cpu", "memory", "blkio", "cpuset", "cpuacct" ]\n'


STALE = 'qemu-1-stale.libvirt-qemu'       # that of a guest whose daemon ended while it started it


def hierarchies():
    """{controller: where it is mounted}; of version 2 under '', once."""
    found = {}
    with open('/proc/self/mountinfo') as file:
        for line in file:
            fields, (kind, _, options) = line.split(), line.split(' - ')[1].split()
            if kind == 'cgroup':
                found.update((name, fields[4]) for name in options.split(',') if name in CONTROLLERS)
            elif kind == 'cgroup2':
                found.setdefault('', fields[4])
    return found


MOUNTED = {}


def v2():
    return 'memory' not in MOUNTED


def directory(controller, group):
    return MOUNTED[controller if controller in MOUNTED else ''] + group


def kernel(controller, group, v1_name, v2_name=None):
    """The content of a group's file, as version 1 or 2 calls it."""
    with open(os.path.join(directory(controller, group), v2_name if controller not in MOUNTED else v1_name)) as file:
        return file.read().strip()


def groups_of(pid, thread=None):
    """{controller: its group}"""
    found = {}
    with open('/proc/%d/task/%d/cgroup' % (pid, thread or pid)) as file:
        for line in file:
            number, names, path = line.strip().split(':', 2)
            found.update((name, path) for name in names.split(','))
    return {name: found[name if name in MOUNTED else ''] for name in CONTROLLERS}


def left():
    """Groups of guests that are there."""
    return sorted({name for mount in MOUNTED.values() if os.path.isdir(mount + '/machine')
                   for name in os.listdir(mount + '/machine') if name.startswith('qemu-') and name != STALE})


def domain(name, more=''):
    return ("<domain type='qemu'><name>%s</name><memory unit='MiB'>64</memory>%s<os><type arch='x86_64' machine='pc'>hvm</type></os>"
            "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator></devices></domain>" % (name, more))


class Side:
    """A daemon of the system's, ours or theirs."""

    def __init__(self, program, state):
        self.dir, self.program, self.state = tempfile.mkdtemp(prefix='cg'), program, state
        self.env = dict(os.environ)
        if program == LIBVIRTD:
            self.env = {name: value for name, value in os.environ.items() if not name.startswith(('LD_', 'LIBVIRT', 'VIR_'))}
        with open(self.dir + '/conf', 'w') as file:
            file.write(CONF % self.dir)
        self.begin()

    def begin(self):
        self.process = subprocess.Popen([self.program, '-f', self.dir + '/conf', '-p', self.dir + '/pid'], env=self.env,
                                        stdin=subprocess.DEVNULL, stdout=open(self.dir + '/log', 'a'), stderr=subprocess.STDOUT)
        wait_for(lambda: self.run('uri')[0] == 0 or self.process.poll() is not None, 60, 'a daemon')

    def kill(self):
        self.process.kill()
        self.process.wait()

    def run(self, *words):
        """(status, standard output, the error without hints)"""
        done = subprocess.run([VIRSH if self.program == LIBVIRTD else 'virsh', '-q', '-c',
                               'qemu+unix:///system?socket=%s/libvirt-sock' % self.dir] + list(words), env=self.env,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, '\n'.join(line for line in done.stderr.splitlines() if not line.startswith('hint:'))

    def virsh(self, *words):
        status, out, err = self.run(*words)
        if status:
            raise Failed('virsh %s: %s' % (' '.join(words), err))
        return out.strip()

    def refused(self, *words):
        status, out, err = self.run(*words)
        check(status, 'virsh %s was not refused: %s' % (' '.join(words), out))
        return err

    def write(self, xml):
        path = self.dir + '/doc.xml'
        with open(path, 'w') as file:
            file.write(xml)
        return path

    def create(self, name, more=''):
        self.virsh('create', self.write(domain(name, more)), '--paused')
        return self.pid(name)

    def pid(self, name):
        with open('%s/%s.pid' % (self.state, name)) as file:
            return int(file.read())

    def end(self):
        for name in self.run('list', '--name')[1].split():
            self.run('destroy', name)
        self.process.terminate()
        self.process.wait(30)


def threads(pid):
    """{name: thread}"""
    found = {}
    for number in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/comm' % (pid, number)) as file:
            found[file.read().strip()] = int(number)
    return found


LIMITS = ("<blkiotune><weight>300</weight>%s</blkiotune><memtune><soft_limit unit='MiB'>500</soft_limit></memtune><vcpu>2</vcpu>"
          "<iothreads>1</iothreads><cputune><shares>512</shares><period>100000</period><quota>50000</quota>"
          "<global_period>100000</global_period><global_quota>150000</global_quota><emulator_period>100000</emulator_period>"
          "<emulator_quota>60000</emulator_quota><iothread_period>100000</iothread_period><iothread_quota>70000</iothread_quota>"
          "<vcpupin vcpu='0' cpuset='0'/></cputune><numatune><memory mode='strict' nodeset='0'/></numatune>")


def bandwidth(group):
    if 'cpu' in MOUNTED:
        return kernel('cpu', group, 'cpu.cfs_quota_us') + ' ' + kernel('cpu', group, 'cpu.cfs_period_us')
    return kernel('cpu', group, '', 'cpu.max')


def disk():
    """(name, major:minor) of a disk of the host."""
    for name in sorted(os.listdir('/sys/block')):
        if os.path.exists('/dev/' + name) and not name.startswith(('ram', 'zram')):
            with open('/sys/block/%s/dev' % name) as file:
                return '/dev/' + name, file.read().strip()
    return None


def placed(ours):
    """Each thread is where it belongs, and the kernel has what the document says."""
    device = disk()
    share = "<device><path>%s</path><read_bytes_sec>30000000</read_bytes_sec></device>" % device[0] if device else ''
    pid = ours.create('one', LIMITS % share)
    where = groups_of(pid)
    group = where['memory']
    check(re.fullmatch(r'/machine/qemu-\d+-one\.libvirt-qemu(/emulator)?', group), group)
    group = group.replace('/emulator', '')
    equal({name: path for name, path in where.items() if name not in ('memory', 'blkio')},
          {name: group + '/emulator' for name in ('cpu', 'cpuacct', 'cpuset')}, 'the emulator')
    for comm, part in (('CPU 0/TCG', 'vcpu0'), ('CPU 1/TCG', 'vcpu1'), ('IO iothread1', 'iothread1')):
        equal(groups_of(pid, threads(pid)[comm])['cpu'], '%s/%s' % (group, part), comm)
    equal(kernel('cpu', group, 'cpu.shares', 'cpu.weight'), '512', 'the share')
    equal([bandwidth(group + part) for part in ('', '/emulator', '/vcpu0', '/vcpu1', '/iothread1')],
          ['%d 100000' % quota for quota in (150000, 60000, 50000, 50000, 70000)], 'quotas')
    equal(int(kernel('memory', group, 'memory.soft_limit_in_bytes', 'memory.high')), 500 << 20, 'the soft limit')
    equal(kernel('cpuset', group + '/vcpu0', 'cpuset.cpus', 'cpuset.cpus'), '0', 'the CPUs of a vcpu')
    equal(kernel('cpuset', group, 'cpuset.mems', 'cpuset.mems'), '0', 'the nodes')
    if device and 'blkio' in MOUNTED:
        equal(kernel('blkio', group, 'blkio.throttle.read_bps_device'), device[1] + ' 30000000', 'a disk')
    has(ours.virsh('dumpxml', 'one'), '<partition>/machine</partition>')
    ours.virsh('destroy', 'one')
    check(not alive(pid), 'it lives')
    equal(left(), [], 'groups')


def again(ours):
    """A new daemon finds them, changes them, and removes those of guests that ended without it."""
    pids = [ours.create(name, '<vcpu>1</vcpu><iothreads>1</iothreads>') for name in ('stays', 'goes')]
    group = groups_of(pids[0])['cpu'].replace('/emulator', '')
    equal(len(left()), 2, 'groups')
    ours.kill()
    kill(pids[1], signal.SIGKILL)
    wait_for(lambda: not alive(pids[1]), 10, 'it ends')
    ours.begin()
    equal([re.sub(r'\d+', 'N', name) for name in left()], ['qemu-N-stays.libvirt-qemu'], 'groups')
    ours.virsh('schedinfo', 'stays', '--set', 'vcpu_quota=20000', '--live')
    equal(bandwidth(group + '/vcpu0'), '20000 100000', 'a quota')
    ours.virsh('iothreadadd', 'stays', '2')
    equal(groups_of(pids[0], threads(pids[0])['IO iothread2'])['cpu'], group + '/iothread2', 'a thread that came')
    ours.virsh('iothreaddel', 'stays', '2')
    check(not os.path.exists(directory('cpu', group + '/iothread2')), 'the group of a thread that went')
    kill(pids[0], signal.SIGKILL)
    wait_for(lambda: left() == [], 10, 'the group goes')


def names(sides):
    """The same groups as theirs, whatever the name."""
    for name in ('_x.y_z', '.a..b', 'a--b-.c', '-lead', 'a b+c', 'x' * 90, 'ab-' * 30):
        seen = []
        for side in sides:
            pid = side.create(name)
            group = groups_of(pid)['memory'].replace('/emulator', '')
            seen.append(re.sub(r'qemu-\d+', 'qemu-N', group)[:60])
            side.virsh('destroy', name)
        equal(seen[0], seen[1], name)


def partitions(sides):
    """The administrator makes them; their names in the kernel are theirs."""
    xml = '<resource><partition>%s</partition></resource>'
    for side in sides:
        has(side.refused('create', side.write(domain('doc', xml % 'elsewhere'))), "'elsewhere' must start with '/'")
        side.refused('create', side.write(domain('doc', xml % '/cg-test')))
    has(sides[0].refused('create', sides[0].write(domain('doc', xml % '/machine/cpu.x/_y'))), '/machine/_cpu.x/__y.partition')
    equal(left(), [], 'groups')
    made = [mount + path for mount in set(MOUNTED.values()) for path in ('/cg-test.partition', '/cg-test.partition/a.b')]
    try:
        for path in made:
            os.makedirs(path, exist_ok=True)
            if 'cpuset' in MOUNTED and path.startswith(MOUNTED['cpuset']):
                for name in 'cpuset.cpus', 'cpuset.mems':
                    with open(MOUNTED['cpuset'] + '/' + name) as all_of, open(path + '/' + name, 'w') as file:
                        file.write(all_of.read())
        for partition in '/cg-test', '/cg-test/a.b':
            seen = []
            for side in sides:
                pid = side.create('doc', xml % partition)
                seen.append(re.sub(r'qemu-\d+', 'qemu-N', groups_of(pid)['cpu']))
                has(side.virsh('dumpxml', 'doc'), '<partition>%s</partition>' % partition)
                side.virsh('destroy', 'doc')
            equal(seen[0], seen[1], partition)
            check(seen[0].startswith('/cg-test.partition/'), seen[0])
    finally:
        for path in reversed(made):
            os.rmdir(path)              # fails if something is left


def occupied(ours):
    """A group that somebody else's process is in is left alone; an empty one is taken."""
    ours.create('first')
    number = int(ours.virsh('domid', 'first'))
    ours.virsh('destroy', 'first')
    mount = MOUNTED.get('memory') or MOUNTED['']
    taken = '%s/machine/qemu-%d-doc.libvirt-qemu' % (mount, number + 1)
    os.mkdir(taken)
    os.makedirs('%s/machine/qemu-%d-doc.libvirt-qemu/vcpu0' % (mount, number + 2))
    sleeper = subprocess.Popen(['sleep', '60'])
    try:
        with open(taken + '/cgroup.procs', 'w') as file:
            file.write(str(sleeper.pid))
        ours.create('doc')
        equal(ours.virsh('domid', 'doc'), str(number + 2), 'the id')
        ours.virsh('destroy', 'doc')
        equal(left(), ['qemu-%d-doc.libvirt-qemu' % (number + 1)], 'groups')
    finally:
        sleeper.kill()
        sleeper.wait()
        os.rmdir(taken)


# Each is done on both sides, and answered alike: words of virsh, where DISK is one of the host's.
COMMANDS = '''memtune doc
memtune doc --config
memtune doc --hard-limit 800000 --soft-limit 400000 --swap-hard-limit 900000
memtune doc
memtune doc --hard-limit 950000
memtune doc --hard-limit 950000 --swap-hard-limit 990000 --live --config
memtune doc --config
memtune doc --hard-limit -1
memtune doc --hard-limit -1 --swap-hard-limit -1 --config
memtune doc --config
memtune doc --min-guarantee 1000
blkiotune doc
blkiotune doc --weight 300
blkiotune doc --device-read-bytes-sec DISK,30000000 --device-write-iops-sec DISK,100
blkiotune doc --device-read-bytes-sec DISK
blkiotune doc --device-read-bytes-sec /dev/zero,4
blkiotune doc --device-read-iops-sec DISK,99999999999
blkiotune doc
blkiotune doc --device-read-bytes-sec DISK,0
blkiotune doc
blkiotune doc --weight 200 --device-weights DISK,500 --config
blkiotune doc --config
schedinfo doc
schedinfo doc --config
schedinfo doc --set cpu_shares=512
schedinfo doc --set vcpu_period=50000 --set vcpu_quota=40000
schedinfo doc --set emulator_period=60000 --set emulator_quota=30000 --live --config
schedinfo doc --set global_period=90000 --set global_quota=80000
schedinfo doc --set iothread_period=70000 --set iothread_quota=60000
schedinfo doc --set vcpu_quota=-1 --live
schedinfo doc --set vcpu_quota=4
schedinfo doc --set vcpu_period=4
schedinfo doc --set vcpu_period=0
schedinfo doc --set cpu_shares=1
schedinfo doc --set foo=1
schedinfo doc --set cpu_shares=1 --config
schedinfo doc --set vcpu_quota=1 --config
schedinfo doc --set vcpu_period=70000 --config
schedinfo doc --config
schedinfo doc
numatune doc
numatune doc --nodeset 0
numatune doc --mode interleave
numatune doc --mode restrictive --nodeset 0 --config
numatune doc --config
cpu-stats doc --start 9999
domiftune doc MAC
domiftune doc MAC --config
domiftune doc MAC --inbound 100,200,300 --outbound 7 --config
domiftune doc MAC --inbound 100,,300 --config
domiftune doc MAC --config
domiftune doc MAC --inbound 0 --config
domiftune doc MAC --inbound ,200 --config
domiftune doc MAC --inbound abc --config
domiftune doc MAC --inbound 5000000000 --config
domiftune doc MAC --inbound 10 --live
domiftune doc nope
domiftune doc nope --inbound 10 --config
blkdeviotune doc vda
blkdeviotune doc vda --total-bytes-sec 1M --total-iops-sec 5
blkdeviotune doc vda --read_bytes_sec 4096 --write-bytes-sec 8k --config
blkdeviotune doc vda --config
vcpupin doc 1 0
emulatorpin doc 0
iothreadpin doc 1 0
vcpupin doc
emulatorpin doc
dumpxml doc
dumpxml doc --inactive
destroy doc
memtune doc
blkiotune doc
schedinfo doc
numatune doc
cpu-stats doc
memtune doc --live
schedinfo doc --live'''.splitlines()


def tuning(xml):
    """What a document says of it."""
    return re.findall(r'^  <(blkiotune|memtune|cputune|numatune|resource)>(.*?)^  </', xml, re.M | re.S)


def answer(side, words):
    status, out, err = side.run(*words)
    if words[0] == 'dumpxml':
        return status, tuning(out)
    return status, out.strip(), re.sub(r"qemu-\d+", 'qemu-N', err.strip()) if status else ''


def alike(sides):
    device = disk()
    for side in sides:
        with open(side.dir + '/disk', 'wb') as file:
            file.truncate(1 << 20)
        devices = ("</emulator><disk type='file'><source file='%s/disk'/><target dev='vda' bus='virtio'/></disk><interface type='user'>"
                   "<mac address='52:54:00:00:00:02'/></interface>" % side.dir)
        side.virsh('define', side.write(domain('doc', '<vcpu>2</vcpu><iothreads>1</iothreads><numatune>'
                                               "<memory mode='strict' nodeset='0'/></numatune>").replace('</emulator>', devices)))
        side.virsh('start', 'doc', '--paused')
    different = []
    for line in COMMANDS:
        if 'DISK' in line and not device:
            continue
        words = [word.replace('DISK', device[0] if device else '').replace('MAC', '52:54:00:00:00:02') for word in line.split()]
        ours, theirs = (answer(side, words) for side in sides)
        if ours != theirs:
            different.append('%s:\n  ours   %r\n  theirs %r' % (line, ours, theirs))
    print('%d commands, %d answered otherwise' % (len(COMMANDS), len(different)))
    if different:
        raise Failed('\n'.join(different))


def restrictive(ours):
    """Memory that the kernel alone binds moves."""
    pid = ours.create('doc', "<numatune><memory mode='restrictive' nodeset='0'/></numatune>")
    group = groups_of(pid)['memory'].replace('/emulator', '')
    ours.virsh('numatune', 'doc', '--nodeset', '0')
    equal(kernel('cpuset', group + '/vcpu0', 'cpuset.mems', 'cpuset.mems'), '0', 'the nodes')
    has(ours.refused('numatune', 'doc', '--nodeset', '7'), 'cpuset.mems')
    ours.virsh('destroy', 'doc')


def used(ours):
    """What they used is the kernel's figure, and that of bulk statistics."""
    pid = ours.create('doc', '<vcpu>2</vcpu>')
    group = groups_of(pid)['cpuacct'].replace('/emulator', '')
    ours.virsh('resume', 'doc')
    if 'cpuacct' in MOUNTED:
        wait_for(lambda: int(kernel('cpuacct', group + '/vcpu0', 'cpuacct.usage')) > 50000000, 60, 'its vcpu runs')
    ours.virsh('suspend', 'doc')
    total = float(re.search(r'cpu_time +([\d.]+)', ours.virsh('cpu-stats', 'doc', '--total')).group(1))
    if 'cpuacct' in MOUNTED:
        told = int(kernel('cpuacct', group, 'cpuacct.usage')) / 1e9
        each = ours.virsh('cpu-stats', 'doc', '--start', '0')
        sums = [sum(float(n) for n in re.findall(word + r' +([\d.]+)', each)) for word in ('\tcpu_time', 'vcpu_time')]
        check(abs(sums[0] - total) < 0.5 and 0 < sums[1] < sums[0], each)
    else:
        told = int(re.search(r'usage_usec (\d+)', kernel('cpuacct', group, '', 'cpu.stat')).group(1)) / 1e6
        has(ours.refused('cpu-stats', 'doc', '--start', '0'), 'getCpuacctPercpuUsage')
    bulk = int(re.search(r'cpu.time=(\d+)', ours.virsh('domstats', 'doc', '--cpu-total')).group(1)) / 1e9
    check(total <= bulk <= told + 0.5 and told - total < 0.5, (total, told, bulk))
    ours.virsh('destroy', 'doc')


def events(ours):
    """One for each change, with the names of what changed."""
    ours.create('doc', '<vcpu>1</vcpu>')
    listener = subprocess.Popen(['virsh', '-q', '-c', 'qemu+unix:///system?socket=%s/libvirt-sock' % ours.dir, 'event', 'doc',
                                 '--event', 'tunable', '--timeout', '30'], stdout=subprocess.PIPE, text=True)
    wait_for(lambda: ours.virsh('schedinfo', 'doc', '--set', 'vcpu_period=50000', '--set', 'vcpu_quota=30000') and
             listener.poll() is not None, 30, 'an event')
    has(listener.communicate()[0], 'cputune.vcpu_period: 50000\n\tcputune.vcpu_quota: 30000')
    ours.virsh('destroy', 'doc')


def swept(ours):
    """What nobody has started by now, nobody will: the next daemon removes it."""
    path = (MOUNTED.get('memory') or MOUNTED['']) + '/machine/' + STALE
    ours.kill()
    os.makedirs(path, exist_ok=True)    # unless it is old enough that one of the daemons has removed it
    time.sleep(max(0, os.stat(path).st_ctime + 32 - time.time()))
    ours.begin()
    check(not os.path.exists(path), 'a group without processes stays')


def failed_start(ours):
    """Nothing is left of a start that fails."""
    has(ours.refused('create', ours.write(domain('doc', '<blkiotune><device><path>/no/such</path><read_bytes_sec>1000</read_bytes_sec>'
                                                        '</device></blkiotune>'))), "Path '/no/such' is not accessible")
    xml = domain('doc').replace('<devices>', "<on_crash>destroy</on_crash><devices><disk type='file'><source file='/no/such'/>"
                                "<target dev='vda'/></disk>")
    has(ours.refused('create', ours.write(xml)), '/no/such')
    equal(left(), [], 'groups')


def main():
    theirs_too = os.path.exists(LIBVIRTD) and not SANITIZED
    for path in MOUNTS:
        os.makedirs(path, exist_ok=True)
        subprocess.run(['mount', '-t', 'tmpfs', 'none', path], check=True)
    os.makedirs('/etc/libvirt/qemu', exist_ok=True)
    with open('/etc/libvirt/qemu.conf', 'w') as file:
        file.write(QEMU_CONF)
    if 'cpuacct' in hierarchies():
        unified = hierarchies().get('')
        if unified:                     # theirs would have the times that were used from there, and not those of each CPU
            subprocess.run(['umount', '-l', unified], check=True)
    MOUNTED.update(hierarchies())
    os.makedirs((MOUNTED.get('memory') or MOUNTED['']) + '/machine/' + STALE + '/vcpu0')
    wanted, failures = sys.argv[1:], 0
    ours = Side(BUILD + '/daemon/.libs/libvirtd', '/usr/local/var/run/libvirt/qemu')
    theirs = Side(LIBVIRTD, '/run/libvirt/qemu') if theirs_too else None
    for case in placed, again, occupied, restrictive, used, events, failed_start, names, partitions, alike, swept:
        both = case in (names, partitions, alike)
        if (wanted and case.__name__ not in wanted) or (both and not theirs):
            continue
        try:
            case((ours, theirs) if both else ours)
            print('ok   ' + case.__name__, flush=True)
        except (Failed, LookupError, OSError, subprocess.TimeoutExpired) as error:
            print('FAIL %s: %s' % (case.__name__, error), flush=True)
            failures += 1
            for side in filter(None, (ours, theirs)):
                for name in side.run('list', '--name')[1].split('\n'):
                    if name:
                        side.run('destroy', name)
    for side in filter(None, (ours, theirs)):
        side.end()
    for part in '/vcpu0', '':           # where `swept` was not wanted
        if os.path.isdir((MOUNTED.get('memory') or MOUNTED['']) + '/machine/' + STALE + part):
            os.rmdir((MOUNTED.get('memory') or MOUNTED['']) + '/machine/' + STALE + part)
    sys.exit(failures > 0)


if __name__ == '__main__':
    if os.geteuid() or subprocess.run(['unshare', '-m', 'true']).returncode:
        skip('no mount namespace of its own')
    if not hierarchies():
        skip('this host has no control groups')
    if os.environ.get('VIR_INSIDE') != 'yes':
        os.execvpe('unshare', ['unshare', '-m', sys.executable] + sys.argv, dict(os.environ, VIR_INSIDE='yes'))
    main()
