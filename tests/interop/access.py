#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Permission for single calls as on the distribution's libvirtd: the same rules of polkit, guests, users and
commands of the distribution's virsh; both refuse the same with the same words, and show the same guests.  Both ask
polkit the same questions, with the same details; a monitor on the bus tells them."""

import os
import re
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '../daemon'))
from polkitd import *  # noqa: E402

VIRSH, LIBVIRTD = '/usr/bin/virsh', '/usr/sbin/libvirtd'
THEIR_POLICY = '/usr/share/polkit-1/actions/org.libvirt.api.policy'
CONF = 'access_drivers = [ "polkit" ]\nauth_unix_rw = "none"\nauth_unix_ro = "none"\nunix_sock_rw_perms = "0777"\n'
QEMU_CONF = 'user = "root"\ngroup = "root"\nstdio_handler = "file"\ncgroup_controllers = [ ]\n' \
    'security_driver = "none"\nnamespaces = [ ]\n'
RULES = '''polkit.addRule(function(action, subject) {
    if (action.id.indexOf("org.libvirt.api.") != 0 || subject.user == "nobody")
        return polkit.Result.NOT_HANDLED;
    if (subject.user == "games")
        return polkit.Result.YES;
    var without = ["domain.write", "domain.start", "domain.read-secure", "connect.write", "domain.reset"];
    if (action.lookup("domain_name") == "hidden")
        return polkit.Result.NO;
    return without.indexOf(action.id.substring(16)) < 0 ? polkit.Result.YES : polkit.Result.NO;
});
'''
USERS = 'games', 'man', 'nobody'
GUESTS = {'one': '1' * 8, 'two': '2' * 8, 'hidden': '3' * 8}
DOCUMENT = "<domain type='qemu'><name>%s</name><uuid>%s-0000-0000-0000-000000000000</uuid><memory>65536</memory>" \
    "<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>"
COMMANDS = '''list --all --name
list --all --uuid
domstats --state
domstats --state one hidden
nodeinfo
dominfo one
domstate one
domuuid one
domname 33333333-0000-0000-0000-000000000000
dumpxml one
dumpxml --inactive one
dumpxml --security-info one
dumpxml hidden
vcpucount one --maximum --config
setmem one 32768 --config
setvcpus one 1 --config
autostart one
autostart one --disable
autostart hidden
start one --paused
start hidden --paused
suspend one
reset one
shutdown one
reboot one
inject-nmi one
send-key one KEY_A
screenshot one
managedsave one
domcontrol one
domblklist one
domiflist one
schedinfo one
define @one
define @hidden
create @new
undefine two
destroy one'''.splitlines()


class Side:
    """One of the two daemons, on a bus and with a polkit of its own, with three guests."""

    def __init__(self, mounts, folders, program):
        if not (os.path.exists(VIRSH) and os.path.exists(LIBVIRTD)):
            raise Skipped('no virsh or libvirtd of the distribution')
        if SANITIZED:
            raise Skipped('foreign programs do not run with sanitizers')
        self.polkit = Polkit(RULES)
        self.dir = tempfile.mkdtemp(prefix='side')
        os.chmod(self.dir, 0o755)
        os.mkdir(self.dir + '/sockets')
        os.chmod(self.dir + '/sockets', 0o755)
        for name, text in ('conf', 'unix_sock_dir = "%s/sockets"\n%s' % (self.dir, CONF)), ('qemu.conf', QEMU_CONF):
            with open(self.dir + '/' + name, 'w') as handle:
                handle.write(text)
        for name in list(GUESTS) + ['new']:
            with open('%s/%s.xml' % (self.dir, name), 'w') as handle:
                handle.write(DOCUMENT % (name, GUESTS.get(name, '4' * 8)))
        script = ''.join('mkdir -p %s; mount -t tmpfs none %s\n' % (d, d) for d in mounts) + \
            ''.join('mkdir -p %s\n' % d for d in folders) + 'exec "$@"'
        self.env = dict(system_environment() if program == LIBVIRTD else os.environ, **self.polkit.env)
        self.process = subprocess.Popen(
            ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', script, 'sh', program,
             '-f', self.dir + '/conf', '-p', self.dir + '/pid'],
            env=self.env, stdin=subprocess.DEVNULL, stdout=open(self.dir + '/log', 'w'), stderr=subprocess.STDOUT)
        self.socket = self.dir + '/sockets/libvirt-sock'

    def __enter__(self):
        wait_for(lambda: 'it does not start: ' + open(self.dir + '/log').read(),
                 lambda: self.virsh('root', 'uri')[0] == 0 or self.process.poll() is not None, 30)
        for name in GUESTS:
            expect('define ' + name, self.virsh('root', 'define', '@' + name)[0], 0)
        return self

    def __exit__(self, *ignored):
        for name in self.virsh('root', 'list', '--name')[1].split():
            self.virsh('root', 'destroy', name)
        self.process.terminate()
        self.process.wait(20)
        self.polkit.__exit__()
        shutil.rmtree(self.dir)

    def virsh(self, user, *words):
        """(status, standard output, standard error without hints)"""
        words = ['%s/%s.xml' % (self.dir, word[1:]) if word.startswith('@') else word for word in words]
        done = subprocess.run([VIRSH, '-c', 'qemu+unix:///system?socket=' + self.socket] + words, capture_output=True,
                              env=dict(system_environment(), HOME='/nonexistent'), cwd='/', timeout=60,
                              stdin=subprocess.DEVNULL, preexec_fn=lambda: become(user))
        out, err = (text.decode(errors='replace').replace(self.dir, 'DIR') for text in (done.stdout, done.stderr))
        return done.returncode, out, '\n'.join(line for line in err.splitlines() if not line.startswith('hint:'))


def theirs():
    return Side(['/run/libvirt', '/var/lib/libvirt', '/var/cache/libvirt', '/var/log/libvirt', '/etc/libvirt'],
                ['/etc/libvirt/qemu'], LIBVIRTD)


def ours():
    return Side(['/usr/local'], [], BUILD + '/daemon/.libs/libvirtd')


def verdict(side, user, command):
    """What of it has to be the same: what was refused and how, which guests are shown."""
    status, out, err = side.virsh(user, *command.split())
    if 'denied' in err or 'failed to get domain' in err or err.startswith('error: Failed to list'):
        return [status, err]
    if command.startswith('list'):
        return sorted(out.split())
    if command.startswith('domstats'):
        return sorted(re.findall("Domain: '(.*)'", out))
    return 'allowed' if 'not supported' not in err else None


# What every daemon asks polkit, and about which objects.
ASKED = ['list --all', 'dumpxml one', 'dumpxml one --security-info', 'dominfo hidden', 'start one --paused', 'destroy one',
         'define @two', 'setmem one 32768 --config', 'autostart one', 'nodeinfo',
         'domname 33333333-0000-0000-0000-000000000000', 'domstats --state', 'undefine two', 'create @new']


def verdicts(daemon):
    said = {}
    for user in USERS:
        for name in 'one', 'new', 'hidden':
            daemon.virsh('root', 'destroy', name)
        daemon.virsh('root', 'define', '@two')
        for command in COMMANDS:
            said[user, command] = verdict(daemon, user, command)
    return said


def questions(daemon):
    asked = {}
    daemon.polkit.watch()
    for command in ASKED:
        daemon.virsh('games', *command.split())
        asked[command] = daemon.polkit.questions()
    return asked


def test_same():
    with theirs() as daemon:
        their_questions, their_verdicts = questions(daemon), verdicts(daemon)
    with ours() as daemon:
        our_questions, our_verdicts = questions(daemon), verdicts(daemon)
    rows = [row for row, said in our_verdicts.items() if said is not None]
    bad = ['%s: %s\n  theirs: %s\n  ours:   %s' % (row + (their_verdicts[row], our_verdicts[row]))
           for row in rows if their_verdicts[row] != our_verdicts[row]]
    for command in ASKED:
        our, their = our_questions[command], their_questions[command]
        if our != their:
            bad.append('%s:\n  only theirs asks: %s\n  only ours asks:   %s' % (
                command, sorted(their - our), sorted(our - their)))
    refused = sum(isinstance(their_verdicts[row], list) and 'denied' in str(their_verdicts[row]) for row in rows)
    print('%d commands, %d refused' % (len(rows), refused))
    assert len(rows) >= 90 and refused >= 20 and all(their_questions.values()), (len(rows), refused, their_questions)
    assert not bad, '\n'.join(bad)


def defaults(path):
    return {action.get('id'): [grant.text for grant in action.find('defaults')]
            for action in ET.parse(path).iter('action')}


def test_same_policy():
    """The actions that polkit is told of, and what it answers without a rule."""
    if not os.path.exists(THEIR_POLICY):
        raise Skipped('no ' + THEIR_POLICY)
    found = defaults(POLICIES[1])
    expect('actions', len(found), 105)
    expect('as theirs', found, defaults(THEIR_POLICY))


if __name__ == '__main__':
    main(globals())
