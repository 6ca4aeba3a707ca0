# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the loader's tests share: a module directory of their own, and programs
that look into it."""
import os
import shutil
import subprocess
import tempfile

BUILD = os.environ['VIR_BUILD_DIR']
MOCKS = BUILD + '/tests/loader/.libs'
OPENER = BUILD + '/tests/loader/.libs/opener'
if not os.path.exists(OPENER):
    OPENER = BUILD + '/tests/loader/opener'
CHECKER = os.environ['LIBVIRT_MODULE_CHECK']


class Directory:
    """A module directory with manifests beside it, and a home for caches."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix='libvirt-loader-')
        os.chmod(self.root, 0o755)
        self.modules = self.root + '/modules'
        self.manifests = self.root + '/modules.d'
        os.mkdir(self.modules, 0o755)
        os.mkdir(self.manifests, 0o755)
        os.mkdir(self.root + '/tmp')
        os.chmod(self.root + '/tmp', 0o1777)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.chmod(self.modules, 0o755)
        shutil.rmtree(self.root)

    def file(self, name, content=b'', mode=0o644):
        path = '%s/%s' % (self.modules, name)
        with open(path, 'wb') as out:
            out.write(content)
        os.chmod(path, mode)
        return path

    def mock(self, name, file=None):
        path = '%s/%s' % (self.modules, file or name + '.so')
        shutil.copyfile('%s/%s.so' % (MOCKS, name), path)
        os.chmod(path, 0o644)
        return path

    def manifest(self, file, text):
        with open('%s/%s' % (self.manifests, file), 'w', encoding='utf-8') as out:
            out.write(text)

    def env(self, **more):
        env = dict(os.environ, LIBVIRT_DRIVER_DIR=self.modules, LIBVIRT_MODULES_D=self.manifests,
                   HOME=self.root, TMPDIR=self.root + '/tmp', XDG_CACHE_HOME=self.root + '/cache', XDG_CONFIG_HOME=self.root + '/config')
        env.update(more)
        return env

    def run(self, *args, program=OPENER, timeout=60, **more):
        return subprocess.run([program, *args], env=self.env(**more), capture_output=True, text=True,
                              errors='replace', timeout=timeout)


class Checks:
    """Counts what held; prints what did not."""

    def __init__(self, name):
        self.name, self.n, self.failed = name, 0, 0

    def that(self, true, what, *seen):
        self.n += 1
        if not true:
            self.failed += 1
            print('%s: FAILED: %s' % (self.name, what))
            for item in seen:
                print('    ' + str(item).replace('\n', '\n    '))

    def end(self):
        print('%s: %d of %d checks passed' % (self.name, self.n - self.failed, self.n))
        return 1 if self.failed else 0
