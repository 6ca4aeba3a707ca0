#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Logging in by polkit: a real polkitd on a bus of its own, with our policy file and rules of the test's.  It may
allow, deny, ask for a password, not be there, or hang."""

import ctypes
import json
import os
import pty
import pwd
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from polkitd import *  # noqa: E402
from page import Page  # noqa: E402

AUTH_POLKIT = 70
AUTH_FAILED, AUTH_UNAVAILABLE = 45, 94
NOT_LOGGED_IN = 39                      # of any call before
FROM_POLKIT = 60
OPEN_MOCK = struct.pack('>I', 1) + string('mock:///default') + struct.pack('>I', 0)
CONF = 'auth_unix_rw = "polkit"\nauth_unix_ro = "polkit"\nunix_sock_rw_perms = "0777"\nlog_level = 2\n'
# What ordinary users of every Debian may do; nobody is not told of: what the policy file says.
ALLOWED, DENIED, ASKED = 'games', 'man', 'nobody'
RULES = '''polkit.addAdminRule(function(action, subject) { return ["unix-user:root"]; });
polkit.addRule(function(action, subject) {
    if (action.id == "%s" && subject.user == "%s")
        return polkit.Result.YES;
    if (action.id == "%s" && subject.user == "%s")
        return polkit.Result.NO;
});
''' % (MANAGE, ALLOWED, MANAGE, DENIED)


class PolkitDaemon(Daemon):
    def __init__(self, polkit, conf=''):
        super().__init__(CONF + conf, env=polkit.env, modules=('mock', 'test'))
        os.chmod(self.dir, 0o755)


def log_in(daemon, readonly=False):
    """[code, domain, text, seconds, code of a call thereafter]"""
    began = time.time()
    with daemon.client(readonly, timeout=150) as client:
        expect('the way', client.call(AUTH_LIST).body, struct.pack('>II', 1, 2))
        reply = client.call(AUTH_POLKIT)
        took = time.time() - began
        code = client.call(OPEN, OPEN_MOCK).code or client.call(NODE_INFO).code
        return [reply.code, reply.domain if reply.code else 0, reply.text, took, code]


def answer(daemon, user, readonly=False):
    return As(user, lambda: log_in(daemon, readonly)).result()


def test_answers():
    with Polkit(RULES) as polkit, PolkitDaemon(polkit) as daemon:
        daemon.serves()                 # root is not asked
        maps = '/proc/%d/maps' % daemon.process.pid
        assert 'libsystemd' not in open(maps).read(), 'the library is there before it is needed'
        expect('allowed', (answer(daemon, ALLOWED)[0::4]), [0, 0])
        assert 'libsystemd' in open(maps).read()
        code, domain, text, _, after = answer(daemon, DENIED)
        expect('denied', (code, domain, after), (AUTH_FAILED, FROM_POLKIT, NOT_LOGGED_IN))
        assert 'denied by policy' in text and MANAGE in text and '/etc/polkit-1/rules.d' in text, text
        code, domain, text, took, after = answer(daemon, ASKED)
        expect('nobody asks', (code, domain, after), (AUTH_UNAVAILABLE, FROM_POLKIT, NOT_LOGGED_IN))
        assert 'no polkit agent' in text and MANAGE in text and 'pkttyagent' in text and took < 10, (text, took)
        for user in ALLOWED, DENIED, ASKED:
            expect('%s may look' % user, answer(daemon, user, readonly=True)[0::4], [0, 0])
        daemon.serves()


def test_installed_rule():
    """The rule that is installed lets a group in, and nobody else; and the daemon asks without being told to."""
    with open(SOURCE + '/packaging/polkit/60-libvirt.rules') as handle:
        rule = handle.read()
    assert 'isInGroup("libvirt")' in rule, rule
    with Polkit(rule.replace('"libvirt"', '"%s"' % ALLOWED)) as polkit, PolkitDaemon(polkit) as daemon:
        with open(daemon.conf) as handle:
            lines = [line for line in handle if not line.startswith(('auth_unix', 'unix_sock_rw_perms'))]
        daemon.stop()
        with open(daemon.conf, 'w') as handle:
            handle.writelines(lines)
        daemon.start()
        expect('mode', oct(os.stat(daemon.rw).st_mode & 0o777), '0o777')
        expect('of the group', answer(daemon, ALLOWED)[0::4], [0, 0])
        expect('of none', answer(daemon, ASKED)[0], AUTH_UNAVAILABLE)
        expect('may look', answer(daemon, ASKED, readonly=True)[0::4], [0, 0])


def test_one_login():
    """Nobody logs in twice, or for ever."""
    def twice():
        with daemon.client() as client:
            return [client.call(AUTH_POLKIT).code, client.call(AUTH_POLKIT).code, client.call(OPEN, OPEN_MOCK).code]

    def often():
        with daemon.client() as client:
            return [client.call(AUTH_POLKIT).code for _ in range(2)] + [client.send(message(AUTH_POLKIT)) or
                                                                        client.closed_within(10)]

    with Polkit(RULES) as polkit, PolkitDaemon(polkit) as daemon:
        expect('twice', As(ALLOWED, twice).result(), [0, AUTH_FAILED, 0])
        expect('three failures', As(DENIED, often).result(), [AUTH_FAILED, AUTH_FAILED, True])


def test_process():
    """It is the process that connected which is meant, not who has its socket later."""
    ours, theirs = socket.socketpair()

    def connect():
        with daemon.client() as client:
            socket.send_fds(theirs, [b'x'], [client.sock.fileno()])
            time.sleep(0.2)             # until it has been taken in
        return 0

    with Polkit(RULES) as polkit, PolkitDaemon(polkit) as daemon:
        As(ALLOWED, connect).result()
        with daemon.client() as client:
            client.sock.close()
            client.sock = socket.socket(fileno=socket.recv_fds(ours, 1, 1)[1][0])
            client.sock.settimeout(10)
            reply = client.call(AUTH_POLKIT)
            expect('the process has ended', (reply.code, client.call(OPEN, OPEN_MOCK).code), (AUTH_FAILED, NOT_LOGGED_IN))


def take_number(pid):
    """Forks a process of that number; in the child 0, as os.fork."""
    numbers = (ctypes.c_int * 1)(pid)
    # flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup
    args = (ctypes.c_uint64 * 11)(0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, ctypes.addressof(numbers), 1, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    child = libc.syscall(ctypes.c_long(435), ctypes.byref(args), ctypes.c_size_t(ctypes.sizeof(args)))     # clone3
    if child < 0:
        raise Skipped('no process can have a number that is chosen: ' + os.strerror(ctypes.get_errno()))
    return child


def test_number_of_another():
    """A later process of the same number and user does not inherit the connection."""
    ours, theirs = socket.socketpair()

    def connect():
        with daemon.client() as client:
            client.call(AUTH_LIST)      # it has been taken in
            socket.send_fds(theirs, [b'x'], [client.sock.fileno()])
        return 0

    with Polkit(RULES) as polkit, PolkitDaemon(polkit) as daemon:
        first = As(ALLOWED, connect)
        first.result()
        ready, told = os.pipe()
        time.sleep(0.05)                # by the time of its start, in hundredths of a second, alone it differs
        second = take_number(first.pid)
        if second == 0:
            become(ALLOWED)
            os.write(told, b'x')
            signal.pause()
        try:
            os.read(ready, 1)
            expect('its number', second, first.pid)
            expect('its user is allowed', subprocess.run(
                ['pkcheck', '--action-id', MANAGE, '--process', str(second)], capture_output=True,
                env=dict(system_environment(), **polkit.env)).returncode, 0)
            with daemon.client() as client:
                client.sock.close()
                client.sock = socket.socket(fileno=socket.recv_fds(ours, 1, 1)[1][0])
                client.sock.settimeout(10)
                reply = client.call(AUTH_POLKIT)
                expect('another process', (reply.code, client.call(OPEN, OPEN_MOCK).code), (AUTH_FAILED, NOT_LOGGED_IN))
        finally:
            os.kill(second, signal.SIGKILL)
            os.waitpid(second, 0)


def test_not_there():
    with Polkit(RULES, polkitd=False) as polkit, PolkitDaemon(polkit) as daemon:
        for what in 'polkitd', 'the bus':
            code, _, text, _, after = answer(daemon, ALLOWED)
            expect('without ' + what, (code, after), (AUTH_FAILED, NOT_LOGGED_IN))
            assert MANAGE in text and 'see that polkitd runs' in text and 'auth_unix_rw' in text, text
            polkit.processes[0].terminate()
            polkit.processes[0].wait()
        assert 'polkit cannot be asked' in daemon.log_text(), daemon.log_text()


def workers(daemon):
    names = []
    for task in os.listdir('/proc/%d/task' % daemon.process.pid):
        with open('/proc/%d/task/%s/comm' % (daemon.process.pid, task)) as handle:
            names.append(handle.read().strip())
    return sum('worker' in name for name in names)


@waits
def test_hangs():
    """A polkitd that does not answer: its callers wait 30 s, and others not at all."""
    with Polkit(RULES) as polkit, PolkitDaemon(polkit) as daemon, daemon.client() as root:
        root.open()
        expect('before', answer(daemon, ALLOWED)[0], 0)
        polkit.polkitd.send_signal(signal.SIGSTOP)
        began = time.time()
        waiting = [As(ALLOWED, lambda: log_in(daemon)) for _ in range(12)]
        time.sleep(1)                   # until all have asked
        assert workers(daemon) <= 6, 'one user has %d threads' % workers(daemon)
        end = time.time() + 25
        while time.time() < end:
            daemon.serves()
            asked = time.time()
            expect('a call of the pool', root.call(MEMORY_STATS, domain('well', 1) + struct.pack('>II', 1, 0)).code, 0)
            assert time.time() - asked < 1, 'it waited for polkit'
            time.sleep(0.2)
        said = [process.result() for process in waiting]
        assert time.time() - began < 35, 'the last one waited %.1f s' % (time.time() - began)
        late = [one for one in said if isinstance(one, list)]       # who had not begun by then may be cut off
        assert len(late) >= 4, said
        for code, _, text, took, after in late:
            expect('in time', (code, after), (AUTH_FAILED, NOT_LOGGED_IN))
            assert 'does not answer in time' in text and 29 < took < 34, (text, took)
        polkit.polkitd.send_signal(signal.SIGCONT)
        expect('after it', answer(daemon, ALLOWED)[0::4], [0, 0])


@waits
def test_gone():
    """Who hangs up leaves no thread behind that waits for an answer."""
    with Polkit(RULES) as polkit, PolkitDaemon(polkit) as daemon:
        expect('before', answer(daemon, ALLOWED)[0], 0)
        fds = daemon.fds()
        polkit.polkitd.send_signal(signal.SIGSTOP)

        def ask_and_leave():
            client = daemon.client()
            client.send(message(AUTH_POLKIT))
            time.sleep(0.5)
            return 0

        for process in [As(ALLOWED, ask_and_leave) for _ in range(8)]:
            process.result()
        daemon.settle(fds, 5)
        polkit.polkitd.send_signal(signal.SIGCONT)
        expect('after them', answer(daemon, ALLOWED)[0], 0)


# ---- programs --------------------------------------------------------------------

def programs():
    """Each virsh and its environment; the distribution's not with a sanitizer, whose library it would take."""
    yield 'ours', BUILD + '/tools/virsh/.libs/virsh', dict(os.environ)
    if not SANITIZED and os.path.exists('/usr/bin/virsh'):
        yield 'theirs', '/usr/bin/virsh', system_environment()


def reachable(path, user):
    """Whether USER can start what lies at PATH."""
    return As(user, lambda: os.access(path, os.X_OK)).result()


def virsh(daemon, polkit, program, env, user, socket_path, *words):
    done = subprocess.run([program, '-c', 'test+unix:///default?socket=' + socket_path] + list(words), capture_output=True,
                          text=True, timeout=60, env=dict(env, HOME='/nonexistent', **polkit.env), start_new_session=True,
                          preexec_fn=lambda: become(user), stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def test_virsh():
    with Polkit(RULES) as polkit, PolkitDaemon(polkit) as daemon:
        for whose, program, env in programs():
            if not reachable(program, ALLOWED):
                raise Skipped('other users do not reach the build')
            for user, code, words in ((ALLOWED, 0, ['</domain>']), (DENIED, 1, ['authentication failed', 'denied by policy']),
                                      (ASKED, 1, ['no polkit agent available', MANAGE])):
                got, text = virsh(daemon, polkit, program, env, user, daemon.rw, 'dumpxml', 'test')
                assert got == code and all(word in text for word in words), (whose, user, got, text)
            got, text = virsh(daemon, polkit, program, env, DENIED, daemon.ro, '--readonly', 'dumpxml', 'test')
            assert got == 0 and '</domain>' in text, (whose, text)


def on_terminal(command, env, user, prompt, answer, thinks=0.3, seconds=60):
    """What a command says on a terminal of its own, and its status; ANSWER is typed THINKS seconds after PROMPT.
    The agent's helper, which no variable reaches, finds the bus and the password of root where others are."""
    pid, master = pty.fork()
    if pid == 0:
        os.execvpe('unshare', ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec',
                               'mount --bind "$WORLD/shadow" /etc/shadow; mount --bind "$WORLD/dbus" /run/dbus\n'
                               'exec setpriv --reuid "$0" --regid "$0" --clear-groups "$@"',
                               str(pwd.getpwnam(user).pw_uid)] + command, env)
    text, end = '', time.time() + seconds
    while time.time() < end:
        if not select.select([master], [], [], 1)[0]:
            continue
        try:
            data = os.read(master, 4096)
        except OSError:
            break
        if not data:
            break
        text += data.decode(errors='replace')
        if answer and prompt in text:
            time.sleep(thinks)
            os.write(master, answer.encode() + b'\n')
            answer = None
    else:
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    os.close(master)
    return os.waitstatus_to_exitcode(status), text


def with_agent(*answers):
    """virsh on a terminal starts an agent, which asks for root's password: what comes of each (password, seconds)."""
    if not shutil.which('pkttyagent') or not shutil.which('perl'):
        raise Skipped('no pkttyagent or perl')
    if not os.path.isdir('/run/dbus'):
        raise Skipped('no /run/dbus')
    with Polkit(RULES) as polkit, PolkitDaemon(polkit) as daemon:
        shadow = polkit.dir + '/shadow'
        secret = subprocess.run(['perl', '-e', 'print crypt("secret", q($6$salt$))'], capture_output=True, text=True,
                                check=True).stdout
        with open(shadow, 'w') as handle:
            handle.write('root:%s:19000:0:99999:7:::\n' % secret)
        os.chmod(shadow, 0o600)
        _, program, env = next(programs())      # polkit finds that of theirs in a session of logind only
        if not reachable(program, ASKED):
            raise Skipped('other users do not reach the build')
        env = dict(env, HOME='/nonexistent', WORLD=polkit.dir, **polkit.env)
        command = [program, '-c', 'test+unix:///default?socket=' + daemon.rw, 'dumpxml', 'test']
        for password, seconds in answers:
            code, text = on_terminal(command, env, ASKED, 'Password: ', password, seconds)
            right = password == 'secret'
            assert code == 1 - right and MANAGE in text, (code, text)
            assert ('</domain>' if right else 'authentication failed') in text, text
            expect('logins', daemon.log_text().count('is allowed ' + MANAGE), right)


def test_agent():
    with_agent(('wrong', 0.3), ('secret', 0.3))


@waits
def test_slow_user():
    """Who is asked for a password has more time than others to log in."""
    with_agent(('secret', 33))


# ---- docs/polkit.md -----------------------------------------------------------------

def test_page():
    def check(name, right, *details):
        assert right, (name, details)

    with Polkit(RULES) as polkit:
        # this group is that of the page: its first user may do something already only by what the page says
        group, member = 'mail', 'mail'
        steps = Page(check, 'polkit.md', {'/etc/libvirt/': polkit.dir + '/', '/etc/polkit-1/rules.d': polkit.dir + '/rules',
                                          'isInGroup("libvirt")': 'isInGroup("%s")' % group,
                                          'virsh -c qemu:///system': '"$VIRSH" -c "$URI"'}, 3)
        steps.do(1)
        with open(polkit.dir + '/libvirtd.conf') as handle:
            conf = handle.read()
        expect('the tests are done with what the page says', sorted(conf.splitlines()), sorted(CONF.splitlines()[:-1]))
        with PolkitDaemon(polkit) as daemon:
            expect('before', answer(daemon, member)[0], AUTH_UNAVAILABLE)
            steps.do(2)
            wait_for('polkitd does not read the rule', lambda: answer(daemon, member)[0] == 0)
            _, program, env = next(programs())
            if not reachable(program, member):
                raise Skipped('other users do not reach the build')
            env = dict(env, HOME='/nonexistent', VIRSH=program, URI='test+unix:///default?socket=' + daemon.rw, **polkit.env)
            steps.do(3, 'running', env=env, preexec_fn=lambda: become(member))


if __name__ == '__main__':
    main(globals())
