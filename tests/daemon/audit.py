#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the audit log is told of guests: the records of libvirt, in time, and without holding a guest up."""

import os
import re
import shutil
import subprocess
import tempfile
import time

from harness import BUILD, SANITIZED, Daemon, Skipped, expect, main, wait_for

CONTROL, RESOURCE, MACHINE_ID = '2500', '2501', '2502'
FAKE = BUILD + '/tests/daemon/.libs/fake-audit.so'
PARTS = os.environ.get('LIBVIRT_PARTS_DIR', '')
PLAIN = {key: value for key, value in os.environ.items() if not key.startswith(('LD_', 'LIBVIRT'))}
NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']

GUEST = '''<domain type='qemu'><name>a b</name><uuid>5e3c1f0a-0000-4000-8000-000000000001</uuid>
<memory>65536</memory><vcpu>2</vcpu><os><type>hvm</type></os>
<features><acpi/></features><devices>
<emulator>/usr/bin/qemu-system-x86_64</emulator>
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='%s/d.img'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>
<interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>
<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
<serial type='pty'/><console type='pty'/></devices></domain>'''
DISK = "<disk type='file' device='disk'><source file='%s/e.img'/><target dev='vdb' bus='virtio'/></disk>"


def files(directory, owner=None):
    """A guest's images and documents in the DIRECTORY."""
    for name in ('d.img', 'e.img'):
        with open(directory + '/' + name, 'wb') as handle:
            handle.truncate(1 << 20)
    for name, text in (('guest.xml', GUEST), ('disk.xml', DISK)):
        with open(directory + '/' + name, 'w') as handle:
            handle.write(text % directory)
    for folder, _, names in os.walk(directory):
        for name in [folder] + [folder + '/' + name for name in names]:
            if owner:
                os.chown(name, owner, owner)


def need_qemu():
    if not os.path.exists('/usr/bin/qemu-system-x86_64'):
        raise Skipped('no QEMU')


class Audited(Daemon):
    def __init__(self, conf='', fake=True, **env):
        need_qemu()
        if fake and (SANITIZED or not os.path.exists(FAKE)):
            raise Skipped('nothing can be preloaded here')
        if fake and not os.path.exists(PARTS + '/audit.so'):
            raise Skipped('built without libaudit')
        super().__init__(conf, modules=('qemu',), args=['--session'], memory=None, start=False)
        self.told = self.dir + '/told'
        if fake:
            self.env.update(LD_PRELOAD=FAKE, FAKE_AUDIT=self.told, **env)
        files(self.dir)
        self.start()

    def virsh(self, *words):
        env = {key: value for key, value in self.env.items() if key != 'LD_PRELOAD'}
        done = subprocess.run([BUILD + '/run', 'virsh', '-c', 'qemu+unix:///session?socket=' + self.rw] + list(words),
                              env=env, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr

    def records(self, n):
        """At least N records: the lines of the log that the kernel keeps."""
        wait_for(lambda: 'only %r' % self.lines(), lambda: len(self.lines()) >= n, 20)
        return self.lines()

    def lines(self):
        if not os.path.exists(self.told):
            return []
        with open(self.told) as handle:
            return handle.read().splitlines()


def life(virsh, directory):
    virsh('define', directory + '/guest.xml')
    virsh('start', 'a b')
    virsh('attach-device', 'a b', directory + '/disk.xml', '--live')
    virsh('destroy', 'a b')
    virsh('undefine', 'a b')


def test_records():
    """A guest's start, what it gets, and its end, each with its kind and whether it came to pass."""
    with Audited() as daemon:
        life(daemon.virsh, daemon.dir)
        guest = 'vm=612062 uuid=5e3c1f0a-0000-4000-8000-000000000001'
        start, ids = 'reason=start ' + guest, '+%d:+%d' % (os.geteuid(), os.getegid())
        lines = daemon.records(10)
        seen = [re.sub(r'vm-pid=[1-9]\d*', 'vm-pid=PID', re.sub(r'/dev/pts/\d+', 'PTY', line)) for line in lines]
        expect('records', seen, [line + ' res=success' for line in (
            '%s virt=qemu %s vm-ctx=%s img-ctx=%s model=dac' % (MACHINE_ID, guest, ids, ids),
            '%s virt=qemu resrc=disk %s old-disk="?" new-disk="%s/d.img"' % (RESOURCE, start, daemon.dir),
            '%s virt=qemu resrc=net %s old-net="?" new-net="52:54:00:11:22:33"' % (RESOURCE, start),
            '%s virt=qemu resrc=chardev %s old-chardev="?" new-chardev="PTY"' % (RESOURCE, start),
            '%s virt=qemu resrc=rng %s old-rng="?" new-rng="/dev/urandom"' % (RESOURCE, start),
            '%s virt=qemu resrc=mem %s old-mem=0 new-mem=65536' % (RESOURCE, start),
            '%s virt=qemu resrc=vcpu %s old-vcpu=0 new-vcpu=2' % (RESOURCE, start),
            '%s virt=qemu op=start reason=booted %s vm-pid=PID' % (CONTROL, guest),
            '%s virt=qemu resrc=disk reason=attach %s old-disk="?" new-disk="%s/e.img"' % (RESOURCE, guest, daemon.dir),
            '%s virt=qemu op=stop reason=destroyed %s vm-pid=0' % (CONTROL, guest))])
        assert 'virt=' not in daemon.log_text(), 'audit_logging is off'


def test_failed_start():
    with Audited() as daemon:
        os.unlink(daemon.dir + '/d.img')
        daemon.virsh('define', daemon.dir + '/guest.xml')
        try:
            daemon.virsh('start', 'a b')
            raise ValueError('it starts without its disk')
        except AssertionError:
            pass
        wait_for('no record', lambda: [line for line in daemon.lines() if 'op=start' in line])
        line = [line for line in daemon.lines() if 'op=start' in line][0]
        assert line.endswith(' res=failed'), line


def theirs_of(directory):
    """The records of Debian's libvirtd, as an ordinary user's, for the same life."""
    env = dict(PLAIN, HOME=directory, **{name: directory + '/' + name for name in (
        'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME')})
    sock, log = directory + '/XDG_RUNTIME_DIR/libvirt/libvirt-sock', directory + '/log'
    os.mkdir(directory + '/XDG_RUNTIME_DIR', 0o700)
    with open(directory + '/conf', 'w') as handle:
        handle.write('audit_logging = 1\nlog_level = 2\nlog_filters = "2:audit 4:*"\nlog_outputs = "2:file:%s"\n' % log)
    files(directory, 65534)
    daemon = subprocess.Popen(NOBODY + ['/usr/sbin/libvirtd', '-f', directory + '/conf', '-p', directory + '/pid'], env=env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for("Debian's libvirtd does not start", lambda: os.path.exists(sock), 20)
        life(lambda *words: subprocess.run(NOBODY + ['/usr/bin/virsh', '-c', 'qemu+unix:///session?socket=' + sock] +
                                           list(words), env=env, check=True, stdout=subprocess.DEVNULL), directory)
    finally:
        daemon.terminate()
        daemon.wait(20)
    with open(log) as handle:
        return handle.read()


def told(log, directory):
    """The records in a log, but for what is this run's alone."""
    lines = re.findall(r'success=(?:yes|no) virt=.*', log)
    return [re.sub(r'vm-pid=[1-9]\d*', 'vm-pid=PID', re.sub(r'/dev/pts/\d+', 'PTY', line.replace(directory, 'DIR')))
            for line in lines if 'vm-ctx' not in line]


def test_like_theirs():
    """With audit_logging the log has the records of Debian's libvirtd, word for word and in its order."""
    if os.geteuid() != 0 or not os.path.exists('/usr/sbin/libvirtd'):
        raise Skipped("Debian's libvirtd is not installed, or cannot be run as another user")
    directory = tempfile.mkdtemp(prefix='virda')
    os.chmod(directory, 0o755)
    try:
        theirs = told(theirs_of(directory), directory)
    finally:
        shutil.rmtree(directory)
    with Audited('audit_logging = 1\nlog_level = 2\n', fake=False) as daemon:
        life(daemon.virsh, daemon.dir)
        wait_for('no end', lambda: 'op=stop' in daemon.log_text())
        expect('records', told(daemon.log_text(), daemon.dir), theirs)
    assert len(theirs) > 8, theirs


def test_level():
    """0: nothing is told; 1: nothing where the host keeps no log; 2: then the daemon does not start, and says why."""
    with Audited('audit_level = 0\n') as daemon:
        life(daemon.virsh, daemon.dir)
        expect('records', daemon.lines(), [])
    with Audited('audit_level = 1\nlog_level = 2\n', FAKE_AUDIT_OFF='1') as daemon:
        life(daemon.virsh, daemon.dir)
        assert 'this host keeps no audit log: it is switched off' in daemon.log_text()
        expect('records', daemon.lines(), [])
    try:
        with Audited('audit_level = 2\n', FAKE_AUDIT_OFF='1'):
            raise ValueError('it starts')
    except AssertionError as error:
        assert 'audit_level is 2' in str(error) and 'auditctl -e 1' in str(error), error
    with Audited('audit_level = 2\n') as daemon:
        daemon.virsh('list')


def test_stuck_kernel():
    """A kernel that takes no record holds up no guest, and gets all of them later in their order."""
    with Audited(FAKE_AUDIT_STUCK=tempfile.gettempdir() + '/virda-free-%d' % os.getpid()) as daemon:
        began = time.time()
        life(daemon.virsh, daemon.dir)
        assert time.time() - began < 15
        expect('records', daemon.lines(), [])
        free = daemon.env['FAKE_AUDIT_STUCK']
        open(free, 'w').close()
        try:
            lines = daemon.records(10)
            expect('the last', 'op=stop' in lines[9], True)
        finally:
            os.unlink(free)


def test_off():
    """Its library is not there before there is a record."""
    with Daemon() as daemon:
        with open('/proc/%d/maps' % daemon.process.pid) as handle:
            assert 'libaudit' not in handle.read()


if __name__ == '__main__':
    main(globals())
