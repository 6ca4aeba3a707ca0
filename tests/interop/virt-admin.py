#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""virt-admin and Debian's, line by line, on the same daemon: ours and Debian's.  A program of libvirt-admin on either
library and either daemon."""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'daemon'))
sys.path.insert(0, os.path.join(HERE, '..'))
import network  # noqa: E402
from harness import BUILD, SANITIZED, Client, Daemon, Skipped, main  # noqa: E402
from page import Page  # noqa: E402

# Which library is theirs: only its path tells the two apart.
THEIRS = {name: value for name, value in os.environ.items()
          if name not in ('LD_LIBRARY_PATH', 'LIBVIRT_DRIVER_DIR', 'LIBVIRT_MODULES_D')}
THEIR_PROGRAM, OUR_PROGRAM = '/usr/bin/virt-admin', BUILD + '/tools/virt-admin/.libs/virt-admin'
GONE = 'libvirtd:///system?socket=/nonexistent'
SERVERS = ('libvirtd', 'bogus', '')

# Words behind -c URI; what the daemon is told stays and is seen by those that follow.
COMMANDS = [
    ['server-list'], ['-q', 'server-list'], ['uri'], ['version'], ['client-list', 'libvirtd'],
    ['-q', 'client-list', 'libvirtd'], ['client-info', 'libvirtd', '@'], ['client-info', '--client', '@', '--server=libvirtd'],
    ['client-info', 'libvirtd', '99'], ['client-info', 'libvirtd', 'abc'], ['client-info', 'bogus', 'abc'],
    ['client-info', 'bogus', '1'], ['client-info', 'libvirtd'], ['client-info'], ['client-disconnect', 'libvirtd'],
    ['client-disconnect', 'libvirtd', 'abc'], ['client-disconnect', 'libvirtd', '-1'], ['client-disconnect', 'bogus', '1'],
] + [[command, server] + words for server in SERVERS for command, words in (
    ('server-threadpool-info', []), ('server-clients-info', []), ('client-list', []), ('server-update-tls', []),
    ('server-threadpool-set', []), ('server-clients-set', []),
    ('server-threadpool-set', ['--min-workers', '6', '--max-workers', '3']), ('server-threadpool-set', ['--min-workers', '3']),
    ('server-threadpool-set', ['--min-workers', '2', '--max-workers', '21', '--priority-workers', '4']),
    ('server-clients-set', ['--max-clients', '4999']), ('server-clients-set', ['--max-unauth-clients', '19']),
    ('server-clients-set', ['--max-clients', '10', '--max-unauth-clients', '11']))] + [
    ['server-clients-info', 'libvirtd'],
    ['server-threadpool-set', 'libvirtd', '--min-workers', '-1'], ['server-threadpool-set', 'libvirtd', '--max-workers', 'abc'],
    ['server-threadpool-set', 'libvirtd', '--max-workers', '4294967296'],
    ['server-threadpool-set', 'libvirtd', '--max-workers', '0'], ['server-threadpool-set', 'libvirtd', '--priority-workers', 'x'],
    ['server-clients-set', 'libvirtd', '--max-clients', '-1'], ['server-clients-set', 'libvirtd', '--max-clients', 'x'],
    ['server-clients-set', 'libvirtd', '--max-clients', '3'], ['server-clients-set', 'libvirtd', '--max-unauth-clients', ''],
    ['daemon-log-filters', '1:abc'], ['daemon-log-filters'], ['daemon-log-filters', '--filters', '2:a 3:b*c'],
    ['-q', 'daemon-log-filters'], ['daemon-log-filters', 'x'], ['daemon-log-filters', '5:x'], ['daemon-log-filters', ''],
    ['daemon-log-filters'], ['daemon-log-outputs', '1:file:@DIR@/log2 3:syslog:foo'], ['daemon-log-outputs'],
    ['-q', 'daemon-log-outputs'], ['daemon-log-outputs', 'x'], ['daemon-log-outputs', '1:stderr 2:stderr'],
    ['daemon-log-outputs'], ['daemon-log-outputs', ''], ['daemon-log-outputs'],
    ['daemon-timeout', '--timeout', '0'], ['daemon-timeout', '--timeout', '-1'], ['daemon-timeout', '--timeout', 'abc'],
    ['daemon-timeout'], ['daemon-timeout', '0'], ['daemon-timeout', '--timeout', '4294967296'],
    ['connect'], ['connect', 'bogus:///'], ['connect', ''], ['connect', GONE], ['connect %s; uri' % GONE], ['uri; uri'],
    ['server-list; nosuch; uri'], ['client-list bogus; uri'], ['nosuch'], ['client-list', '--server'],
    ['client-list', '--server=admin', 'extra'], ['client-list', '--foo'], ['--bad'], ['-x'], ['-c'], ['help', 'nosuch'],
    ['cd', '/'], ['pwd'], ['echo a; echo b'], ['echo', '--xml', '<a>'], ['echo', '--shell', 'a b'], ['echo', '--err', 'x'],
    ["echo 'a"], ['echo "a'], ['-d', '1', 'server-list'], ['-d', '0', 'client-list', 'libvirtd'], ['-d', '9', 'server-list'],
    ['-d', 'x', 'server-list'], ['-v'], ['--version'], ['--version=short'], ['quit'], ['exit'], ['quit; uri'], [''],
    ['# comment'], ['uri # x'],
]
SESSIONS = ['uri\nserver-list\nquit\n', 'uri\nnosuch\ncd /tmp\npwd\nclient-list bogus\n', 'version\n', '',
            'connect\nconnect %s\nuri\n' % GONE, "echo 'a\nuri\n"]
WITHOUT = ['libvirtd:///foo', 'bogus', 'libvirtd', 'bogus:///system', 'libvirtd:///system?foo=1', GONE]


def run(program, words, text='', env=None):
    """(output, errors, status) without hints, which are ours."""
    ours = program == OUR_PROGRAM
    done = subprocess.run([program] + words, input=text, capture_output=True, text=True, timeout=60,
                          env=dict(os.environ if ours else THEIRS, **(env or {})))
    errors = ''.join(line for line in done.stderr.splitlines(True) if not line.startswith('hint: '))
    return done.stdout, errors, done.returncode


class Differences:
    def __init__(self):
        self.seen, self.wrong = 0, []

    def compare(self, words, text='', env=None):
        theirs, ours = (run(program, words, text, env) for program in (THEIR_PROGRAM, OUR_PROGRAM))
        self.seen += 1
        if theirs != ours:
            self.wrong.append('%r %r\n  theirs %r\n  ours   %r' % (words, text, theirs, ours))

    def end(self):
        print('%d compared' % self.seen)
        assert not self.wrong, '%d differ:\n%s' % (len(self.wrong), '\n'.join(self.wrong))


def compare_on(directory, uri_of_guests):
    """All that can be typed, with one client there."""
    socket = directory + '/libvirt-admin-sock'
    uri = 'libvirtd:///system?socket=' + socket
    found = Differences()
    with Client(directory + '/libvirt-sock') as client:
        client.open(uri_of_guests)
        number = run(OUR_PROGRAM, ['-c', uri, '-q', 'client-list', 'libvirtd'])[0].split()[0]
        for words in COMMANDS:
            found.compare(['-c', uri] + [number if word == '@' else word.replace('@DIR@', directory) for word in words])
        for text in SESSIONS:
            found.compare(['-c', uri], text)
            found.compare(['-q', '-c', uri], text)
        for strange in WITHOUT:
            found.compare(['-c', strange, 'uri'])
            found.compare(['-c', strange], 'uri\npwd\n')
            found.compare(['uri'], env={'LIBVIRT_ADMIN_DEFAULT_URI': strange})
        found.compare(['server-list'], env={'LIBVIRT_ADMIN_DEFAULT_URI': uri})
        found.compare([], 'uri\nserver-list\n', env={'LIBVIRT_ADMIN_DEFAULT_URI': uri})
    found.end()


def need(*paths):
    for path in paths:
        if not os.path.exists(path):
            raise Skipped('there is no ' + path)


def with_theirs(*words):
    """Runs this script beside Debian's daemon."""
    done = subprocess.run([HERE + '/with-their-daemon', sys.executable, os.path.abspath(__file__), '--on', '@SOCKET@'] +
                          list(words), capture_output=True, text=True, timeout=300)
    if done.returncode == 77:
        raise Skipped(done.stdout.strip())
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout, end='')


def test_same_on_our_daemon():
    need(THEIR_PROGRAM)
    with Daemon() as daemon:
        compare_on(daemon.dir, 'mock:///default')


def test_same_on_their_daemon():
    need(THEIR_PROGRAM, '/usr/sbin/libvirtd')
    with_theirs('compare')


# ---- the library -----------------------------------------------------------------------------------

def build(directory):
    need('/usr/include/libvirt/libvirt-admin.h')
    if not shutil.which('gcc'):
        raise Skipped('there is no gcc')
    program = directory + '/admin-client'
    subprocess.run(['gcc', '-Wall', '-o', program, HERE + '/admin-client.c', '-lvirt-admin', '-lvirt'], check=True,
                   env=THEIRS)
    return program


def calls_on(directory):
    """What the program says on both libraries."""
    if SANITIZED:
        raise Skipped('a sanitizer has to be in the program, too')
    with tempfile.TemporaryDirectory() as place:
        program = build(place)
        uri = 'libvirtd:///system?socket=%s/libvirt-admin-sock' % directory
        said = [subprocess.run([program, uri], capture_output=True, text=True, timeout=60, env=env)
                for env in (THEIRS, dict(os.environ))]
    for done in said:
        assert done.returncode == 0, '%d: %s' % (done.returncode, done.stdout + done.stderr)
    return [done.stdout for done in said]


def test_calls():
    """The same program says the same on each library, on our daemon and on theirs."""
    with Daemon() as daemon:
        theirs, ours = calls_on(daemon.dir)
    assert theirs == ours, 'on our daemon\n  theirs\n%s\n  ours\n%s' % (theirs, ours)
    assert ours.count('\n') > 60, ours
    if os.path.exists('/usr/sbin/libvirtd'):
        with tempfile.NamedTemporaryFile('r') as file:
            with_theirs('calls', file.name)
            for line in set(file.read().splitlines()) ^ set(ours.splitlines()):
                raise AssertionError('said of one daemon only: ' + line)


# ---- which daemon is meant ----------------------------------------------------------------------------

def test_configuration():
    """uri_default and uri_aliases; what names nothing is told."""
    with Daemon() as daemon, tempfile.TemporaryDirectory() as home:
        uri = 'libvirtd:///session?socket=%s/libvirt-admin-sock' % daemon.dir
        os.makedirs(home + '/libvirt')
        with open(home + '/libvirt/libvirt-admin.conf', 'w') as file:
            file.write('uri_aliases = [ "here=%s", "gone=%s" ]\nuri_default = "%s"\n' % (uri, GONE, uri))
        env = dict(os.environ, XDG_CONFIG_HOME=home, XDG_RUNTIME_DIR=home)
        as_user = ['setpriv', '--reuid', '65534', '--clear-groups'] if os.geteuid() == 0 else []
        os.chmod(home, 0o755)

        def asked(*words, **more):
            done = subprocess.run(as_user + [OUR_PROGRAM] + list(words), capture_output=True, text=True, timeout=60,
                                  env=dict(env, **more))
            return done.stdout + done.stderr
        # who is another user finds the socket, and is not let in
        for words in (['uri'], ['-c', 'here', 'uri']):
            text = asked(*words)
            assert daemon.dir in text and ('uri' in text or 'Permission denied' in text or uri in text), text
        assert '/nonexistent' in asked('-c', 'gone', 'uri')
        assert 'No URI scheme specified' in asked('-c', 'elsewhere', 'uri')
        assert '/nonexistent' in asked('uri', LIBVIRT_ADMIN_DEFAULT_URI=GONE)
        os.unlink(home + '/libvirt/libvirt-admin.conf')
        assert home + '/libvirt/libvirt-admin-sock' in asked('-c', 'libvirtd:///session', 'uri')
        assert home + '/libvirt/virtqemud-admin-sock' in asked('-c', 'virtqemud:///session', 'uri')


def test_lost_and_found():
    """A shell hears that its connection was ended, and opens another when it needs one."""
    with Daemon() as daemon:
        uri = 'libvirtd:///system?socket=%s/libvirt-admin-sock' % daemon.dir
        shell = subprocess.Popen([OUR_PROGRAM, '-c', uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, bufsize=1)
        shell.stdin.write('uri\n')
        shell.stdin.flush()
        while uri not in shell.stdout.readline():
            pass
        number = run(OUR_PROGRAM, ['-c', uri, '-q', 'client-list', 'admin'])[0].split()[0]
        done = run(OUR_PROGRAM, ['-c', uri, 'client-disconnect', 'admin', number])
        assert done == ("Client '%s' disconnected\n\n" % number, '', 0), done
        line = shell.stderr.readline()
        assert line == 'error: Disconnected from %s due to end of file\n' % uri, line
        out, errors = shell.communicate('server-list\n', 30)
        assert 'Reconnected to the admin server\n Id   Name\n' in out and not errors, (out, errors)


def test_answers_probes():
    """A shell whose user thinks stays connected, when who does not answer is cut off."""
    with Daemon('admin_keepalive_interval = 1\nadmin_keepalive_count = 1\n') as daemon:
        uri = 'libvirtd:///system?socket=%s/libvirt-admin-sock' % daemon.dir
        shell = subprocess.Popen([OUR_PROGRAM, '-c', uri], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, bufsize=1)
        shell.stdin.write('uri\n')
        shell.stdin.flush()
        while uri not in shell.stdout.readline():
            pass
        with Client(daemon.dir + '/libvirt-admin-sock') as silent:
            assert silent.call(1, bytes(4), prog=0x06900690).code == 0
            assert silent.closed_within(20)
        out, errors = shell.communicate('server-list\n', 30)
        assert ' Id   Name\n' in out and 'Reconnected' not in out and not errors, (out, errors)


def step(name, right, *details):
    assert right, '%s: %r' % (name, details)


def test_page():
    """docs/administration.md, done as it is written."""
    with network.Network() as daemon, daemon.client() as client:
        client.open()
        uri = 'libvirtd:///system?socket=%s/libvirt-admin-sock' % daemon.dir
        number = run(OUR_PROGRAM, ['-c', uri, '-q', 'client-list', 'libvirtd'])[0].split()[0]
        page = Page(step, 'administration.md', {'libvirtd 7': 'libvirtd ' + number,
                                                '/var/log/libvirt/hour.log': daemon.dir + '/hour.log'}, 6)
        env = dict(os.environ, LIBVIRT_ADMIN_DEFAULT_URI=uri,
                   PATH=os.path.dirname(OUR_PROGRAM) + ':' + os.environ['PATH'])
        page.do(1, 'unix_process_id: %d\n' % os.getpid(), env=env)
        page.do(2, "Client '%s' disconnected" % number, env=env)
        assert client.closed_within(10)
        said = page.do(3, 'nclients_max        : 200\n', env=env)
        assert 'maxWorkers     : 30\n' in said, said
        page.do(4, 'Logging filters: 1:*qemu*', env=env)
        assert os.path.exists(daemon.dir + '/hour.log')
        page.do(5, env=env)
        page.do(6, 'update tls related files succeed', env=env)


if __name__ == '__main__':
    if sys.argv[1:2] == ['--on']:
        where = os.path.dirname(sys.argv[2])
        if sys.argv[3] == 'compare':
            compare_on(where, 'test:///default')
        else:
            theirs, ours = calls_on(where)
            assert theirs == ours, 'on their daemon\n  theirs\n%s\n  ours\n%s' % (theirs, ours)
            with open(sys.argv[4], 'w') as file:
                file.write(ours)
    else:
        main(globals())
