#!/usr/bin/env python3
"""Hostile containers: bounded time and memory, and one clear answer.

usage: hostile_root_test.py PODLOCK

Each case spoils a root and runs `podlock snapshot` on it. Whatever lies there,
the program ends in time and in little memory, prints no byte that a terminal
obeys, opens no fifo (it would wait for ever) and reads no file outside.
"""
import os
import resource
import subprocess
import sys
import tempfile
import time

from make_root import elf, make_root

SECONDS = 20           # a sanitized build on a busy machine; each takes 0.05
MEMORY = 300 << 20     # not of a sanitized build
MAX_STDERR = 20000
SECRET = 'podlock-secret-of-this-machine'
HIDDEN = [*range(0x7f, 0xa0), *range(0x200b, 0x2010), *range(0x2028, 0x202f),
          *range(0x2066, 0x206a)]
TEMPLATE = {
    'id': 'small',
    'environment': {
        'python': '3.12.3', 'glibc': '2.39', 'arch': 'x86_64',
        'os': 'ubuntu 24.04', 'cuda': '12.8.1', 'externally-managed': True,
        'site-packages': ['/usr/local/lib/python3.12/dist-packages',
                          '/usr/lib/python3/dist-packages'],
        'constraints': ['numpy<3']},
    'package': [
        {'name': 'torch', 'version': '2.8.0+cu128', 'protect': 'locked',
         'requires': ['numpy', 'nvidia-cublas-cu12==12.8.4.1']},
        {'name': 'nvidia-cublas-cu12', 'version': '12.8.4.1',
         'protect': 'locked', 'requires': []},
        {'name': 'numpy', 'version': '2.1.0', 'protect': 'keep',
         'requires': []},
        {'name': 'six', 'version': '1.16.0', 'protect': 'os', 'requires': []},
        {'name': 'blinker', 'version': '1.4', 'protect': 'os'}]}
SITE = '/usr/local/lib/python3.12/dist-packages'
TORCH = SITE + '/torch-2.8.0+cu128.dist-info'
# Files that are read of a container, as docs/snapshot.md lists them.
READ = [
    '/usr/lib/os-release', '/usr/lib/x86_64-linux-gnu/libc.so.6',
    '/usr/include/python3.12/patchlevel.h',
    '/usr/lib/python3.12/EXTERNALLY-MANAGED', '/var/lib/dpkg/status',
    '/usr/local/cuda-12.8/version.json', '/etc/pip.conf',
    '/etc/pip/constraint.txt', SITE + '/torch/version.py',
    SITE + '/x.pth', TORCH + '/METADATA', TORCH + '/INSTALLER',
    TORCH + '/RECORD', TORCH + '/direct_url.json',
    '/opt/venv/pyvenv.cfg', SITE + '/lost.egg-link',
    '/usr/lib/python3/dist-packages/blinker-1.4.egg-info']
PYTHON = '/usr/bin/python3.12'


class Case:
    def __init__(self, podlock, top, name):
        self.podlock, self.name, self.bad = podlock, name, []
        self.root = make_root(TEMPLATE, os.path.join(top, 'root'))

    def fresh(self, inside):
        """The path on this machine, with nothing there but its folder."""
        path = self.root.path(inside)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            os.unlink(path)
        return path

    def run(self, *args, codes=(0,), says=''):
        start = time.monotonic()
        env = {'PATH': '/usr/bin:/bin',
               'PIP_CONSTRAINT': '/etc/pip/constraint.txt'}
        command = [self.podlock, 'snapshot', '--root', self.root.dest, *args]
        try:
            done = subprocess.run(command, capture_output=True, env=env,
                                  timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return self.wrong(args, 'is not done in time')
        err = done.stderr.decode(errors='surrogateescape')
        out = done.stdout.decode(errors='surrogateescape')
        took = time.monotonic() - start
        if done.returncode not in codes:
            self.wrong(args, f'exit {done.returncode}, not {codes}: {err}')
        if says not in err + out:
            self.wrong(args, f'no `{says}` in {err[:2000]}')
        if done.returncode and err.count('error: ') != 1:
            self.wrong(args, f'not one error: {err[:2000]}')
        if 'Sanitizer' in err or 'runtime error' in err:
            self.wrong(args, err[:4000])
        if SECRET in err + out or 'root:x:0' in err + out:
            self.wrong(args, 'reads what lies outside')
        if len(err) > MAX_STDERR:
            self.wrong(args, f'{len(err)} bytes of errors')
        seen = {c for c in err + out if c != '\n' and (
            ord(c) < 32 or ord(c) in HIDDEN or 0xdc00 <= ord(c) < 0xe000)}
        if seen:
            self.wrong(args, f'prints {seen}')
        print(f'{self.name}: exit {done.returncode}, {took:.2f} s')

    def spoil(self, make, **more):
        """Each file that is read; then also what makes a Python of it."""
        for inside in READ:
            make(self.fresh(inside))
        self.check(**more)
        make(self.fresh(PYTHON))
        self.check(codes=(2,))

    def wrong(self, args, why):
        self.bad.append(f'{self.name} {" ".join(args)}: {why}')

    def check(self, **more):
        self.run('--json', '-o', '-', **more)
        self.run('-o', '-', **more)


def sound(c):
    c.run('-o', '-', says='numpy')
    c.run('--json', '-o', '-', says='2.8.0+cu128')


def each_a_loop(c):
    c.spoil(lambda path: os.symlink(os.path.basename(path), path))


def each_a_fifo(c):
    c.spoil(os.mkfifo)


def each_huge(c):
    for inside in READ:
        with open(c.fresh(inside), 'wb') as f:
            f.truncate(1 << 30)
    c.check()


def endless(path):
    """A device that never ends; only root can make one."""
    try:
        os.mknod(path, 0o20644, os.makedev(1, 9))
    except PermissionError:
        os.symlink('/dev/urandom', path)


def each_endless(c):
    c.spoil(endless)


def each_outside(c):
    """Links that would leave, by '..' and by what the kernel has of us."""
    secret = os.path.join(os.path.dirname(c.root.dest), 'secret')
    with open(secret, 'w', encoding='utf-8') as f:
        f.write(f'Name: {SECRET}\nVersion: 1\nID={SECRET}\n{SECRET}\n')
    ways = ['../' * 40 + secret.lstrip('/'), secret, '/etc/passwd',
            '/proc/self/root' + secret]
    for way in ways:
        c.spoil(lambda path: os.symlink(way, path))
        c.fresh(PYTHON)
        c.root.write(PYTHON, elf('x86_64'), 0o755)


def folder_loops(c):
    os.symlink('.', c.root.path(SITE + '/x-1.dist-info'))
    os.symlink('..', c.root.path('/opt/a'))
    os.symlink('/', c.root.path('/opt/b'))
    os.symlink('/opt', c.root.path('/workspace/c'))
    os.symlink('loop', c.root.path('/opt/loop'))
    os.symlink('/', c.root.path('/root/r'))
    c.check()


def pythons_that_are_one(c):
    """A thousand names of one Python's folder."""
    for i in range(1000):
        os.symlink('/usr', c.root.path(f'/opt/p{i}'))
        os.symlink('/usr', c.root.path(f'/workspace/p{i}'))
    c.check(codes=(0, 6))


def fill(c, count, ending):
    """Names of few files: a file has 65,000 on ext4 at most."""
    site, source = c.root.path(SITE), ''
    for i in range(count):
        if i % 50000 == 0:
            source = c.root.path(f'/var/tmp/f{i}')
            os.close(os.open(source, os.O_CREAT))
        os.link(source, f'{site}/name{i}{ending}')


def many_names(c):
    fill(c, 100000, '.py')
    c.check()


def many_infos(c):
    fill(c, 20001, '-1.egg-info')
    c.check(codes=(6,), says='distributions')


def too_many_names(c):
    fill(c, 200001, '')
    c.check(codes=(6,), says='names')


def names_that_talk(c):
    esc = b'\x1b]0;x\x07\n::error::no\xff\xe2\x80\xae'
    site = os.fsencode(c.root.path(SITE))
    for name in (esc + b'-1.dist-info', b'~' + esc, esc + b'-1.egg-info',
                 b'a' + esc + b'a-1.dist-info'):
        os.makedirs(os.path.join(site, name))
        with open(os.path.join(site, name, b'METADATA'), 'wb') as f:
            f.write(b'Name: ' + esc + b'\nVersion: ' + esc + b'\n')
    text = 'Name: bad\nVersion: 1\x1b[2J\u202e\nRequires-Dist: \x1b[2J ==\n'
    c.root.install('bad', '1', text=text)
    c.root.install('worse', '1', direct_url={'url': 'git+\x1b[2J\nhttps://'
                                             f'me:{SECRET}@h/\u202e'})
    c.root.write(SITE + '/esc.egg-link', '/src/\x1b[2J\n')
    c.root.write('/usr/lib/os-release', 'ID=\x1b[2Jx\nVERSION_ID=\x1b[2J\n')
    c.root.write('/etc/pip.conf', '[global]\nindex-url = https://me:'
                 f'{SECRET}@h/\x1b[2J\n')
    os.makedirs(os.fsencode(c.root.dest) + b'/opt/' + esc + b'/bin')
    c.check()


def long_requirements(c):
    """The most that is read of one, and as much again that is not."""
    lines = ''.join(f'Requires-Dist: package-{i}-{"x" * 50}>=1\n'
                    for i in range(30000))
    c.root.install('long', '1', text='Name: long\nVersion: 1\n' + lines)
    line = 'Requires-Dist: a' + '[' * 60000 + '\n'
    c.root.install('deep', '1', text='Name: deep\nVersion: 1\n' + line)
    marker = '(' * 5000 + 'python_version < "3"'
    c.root.install('mark', '1', text='Name: mark\nVersion: 1\n'
                   f'Requires-Dist: a; {marker}\n')
    c.check()


def deep_folders(c):
    os.chdir(c.root.path('/opt'))
    for _ in range(500):
        os.mkdir('d' * 100)
        os.chdir('d' * 100)
    os.chdir('/')
    os.symlink('/opt/' + ('d' * 100 + '/') * 39, c.root.path('/opt/far'))
    c.check()


CASES = [sound, each_a_loop, each_a_fifo, each_huge, each_endless,
         each_outside, folder_loops, pythons_that_are_one, many_names,
         many_infos, too_many_names, names_that_talk, long_requirements,
         deep_folders]


def is_sanitized(podlock):
    with open(podlock, 'rb') as f:
        return b'__asan_init' in f.read()


def main():
    podlock = os.path.abspath(sys.argv[1])
    bad = []
    # 300,000 names take a disk a minute.
    memory = '/dev/shm' if os.access('/dev/shm', os.W_OK) else None
    for case in CASES:
        top = tempfile.mkdtemp(dir=memory)
        try:
            c = Case(podlock, os.path.realpath(top), case.__name__)
            case(c)
            bad += c.bad
        finally:
            # Some are too deep or too many for Python to remove in time.
            subprocess.run(['rm', '-rf', top], check=True)
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    print(f'most memory: {most >> 20} MB')
    if most > MEMORY and not is_sanitized(podlock):
        bad.append(f'{most} bytes of memory')
    for line in bad:
        print(line)
    return bool(bad)


if __name__ == '__main__':
    sys.exit(main())
