# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Kerberos realm of its own in a temporary directory, on loopback."""

import os
import shutil
import socket
import subprocess
import tempfile
import time

PATH = os.environ['PATH'] + ':/usr/sbin:/sbin'
NEEDED = ('krb5kdc', 'kdb5_util', 'kadmin.local', 'kinit')


def missing():
    """Why there can be none here; None: it can."""
    for program in NEEDED:
        if not shutil.which(program, path=PATH):
            return 'no ' + program
    return None


class Realm:
    def __init__(self, world, port, name='EXAMPLE.TEST'):
        self.name, self.port, self.process = name, port, None
        self.dir = tempfile.mkdtemp(prefix='krb', dir=world)
        self.conf = self.write('krb5.conf', '[libdefaults]\ndefault_realm = %s\ndns_lookup_kdc = false\n'
                               'dns_lookup_realm = false\ndns_canonicalize_hostname = false\nrdns = false\nignore_acceptor_hostname = true\n'
                               'udp_preference_limit = 1\n[realms]\n%s = {\n kdc = 127.0.0.1:%d\n}\n'
                               % (name, name, port))
        profile = self.write('kdc.conf', '[kdcdefaults]\nkdc_listen = ""\nkdc_tcp_listen = 127.0.0.1:%d\n[realms]\n%s = {\n'
                             ' database_name = %s/principal\n key_stash_file = %s/stash\n acl_file = %s/acl\n'
                             ' supported_enctypes = aes256-cts:normal\n}\n'
                             '[logging]\nkdc = FILE:%s/log\n' % (port, name, self.dir, self.dir, self.dir, self.dir))
        self.environ = {'KRB5_CONFIG': self.conf, 'KRB5RCACHEDIR': self.dir, 'KRB5_KDC_PROFILE': profile, 'KRB5CCNAME': self.dir + '/nobody', 'PATH': PATH}
        self.run('kdb5_util', 'create', '-s', '-P', 'master', '-W')
        self.start()

    def write(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, 'w') as file:
            file.write(text)
        return path

    def run(self, *words, text=''):
        done = subprocess.run(words, env=dict(os.environ, **self.environ), input=text, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError('%s: %s' % (words, done.stdout + done.stderr))
        return done.stdout

    def start(self):
        self.process = subprocess.Popen(['krb5kdc', '-n'], env=dict(os.environ, **self.environ), stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            with socket.socket() as s:
                if s.connect_ex(('127.0.0.1', self.port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError('the KDC does not start: ' + open(self.dir + '/log').read())

    def add(self, principal, password=None):
        self.run('kadmin.local', 'addprinc', *(['-pw', password] if password else ['-randkey']), principal)

    def keytab(self, *principals):
        """A file with their keys, which are made."""
        path = os.path.join(self.dir, 'keytab-' + principals[0].replace('/', '-'))
        for principal in principals:
            self.add(principal)
            self.run('kadmin.local', 'ktadd', '-k', path, principal)
        return path

    def ticket(self, principal, password, *options):
        """The environment of who has one."""
        cache = os.path.join(self.dir, 'cache-' + principal.replace('/', '-') + ''.join(options))
        self.run('kinit', '-c', cache, *options, principal, text=password + '\n')
        return {'KRB5CCNAME': cache, 'KRB5_CONFIG': self.conf}

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
