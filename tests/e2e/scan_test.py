#!/usr/bin/env python3
"""Does `podlock snapshot --root` find Pythons, wherever they lie?

usage: scan_test.py PODLOCK

One template's packages in every layout that images have, two Pythons, and
roots that are made to hurt. What is in the snapshot of each shipped template
is snapshot_test.py's.
"""
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import tomllib

from make_root import make_root

PODLOCK = sys.argv[1]
TEMPLATE = 'runpod-107-cu1281-torch291-ubuntu2404'
MOST_MEMORY = 700 << 10  # kB, with what a sanitizer needs
MOST_SECONDS = 20


class Run:
    def __init__(self, root, *more):
        started = time.monotonic()
        self.process = subprocess.run(
            [PODLOCK, 'snapshot', '--root', root, *more],
            capture_output=True, timeout=120, env={'PATH': '/nowhere'})
        self.seconds = time.monotonic() - started
        self.code = self.process.returncode
        self.told = self.process.stderr.decode()
        self.facts = (tomllib.loads(self.process.stdout.decode())
                      if self.code == 0 else None)

    def environment(self):
        assert self.code == 0, self.told
        return self.facts['environment']


def packages(facts):
    return {(row['name'], row['version']) for row in facts['package']}


def expect(condition, text, run):
    assert condition, f'{text}\n{run.told}'


# ---- layouts ----

def test_layouts(folder):
    cases = [
        ('system', None, '/usr/local/lib/python3.12/dist-packages'),
        ('venv', '/venv/main', '/venv/main/lib/python3.12/site-packages'),
        ('venv', '/workspace/ComfyUI/.venv',
         '/workspace/ComfyUI/.venv/lib/python3.12/site-packages'),
        ('venv', '/root/train', '/root/train/lib/python3.12/site-packages'),
        ('conda', '/opt/conda', '/opt/conda/lib/python3.12/site-packages'),
        ('conda', '/opt/conda/envs/train',
         '/opt/conda/envs/train/lib/python3.12/site-packages'),
        ('conda', '/root/miniconda3',
         '/root/miniconda3/lib/python3.12/site-packages'),
    ]
    for nth, (layout, prefix, first) in enumerate(cases):
        dest = f'{folder}/layout{nth}'
        root = make_root(TEMPLATE, dest, layout=layout, prefix=prefix)
        run = Run(dest)
        environment = run.environment()
        assert environment['python'] == '3.12.3', (prefix, environment)
        assert environment['site-packages'][0] == first, environment
        assert environment['arch'] == 'x86_64'
        assert environment['glibc'] == '2.39'
        wanted = {(row['name'], row['version'])
                  for row in root.template['package']
                  if layout == 'system' or row['protect'] != 'os'}
        assert packages(run.facts) == wanted, prefix


def test_machines(folder):
    make_root(TEMPLATE, f'{folder}/arm', arch='aarch64')
    assert Run(f'{folder}/arm').environment()['arch'] == 'aarch64'
    make_root(TEMPLATE, f'{folder}/musl', layout='venv', musl=True)
    run = Run(f'{folder}/musl')
    expect(run.code == 2 and 'musl' in run.told, 'musl', run)


# ---- which one ----

def test_two(folder):
    dest = f'{folder}/two'
    root = make_root(TEMPLATE, dest, second='3.10')
    run = Run(dest)
    assert run.environment()['python'] == '3.12.3'
    root.install('torch', '2.1.0', folder='/usr/local/lib/python3.10/'
                 'dist-packages')
    run = Run(dest)
    expect(run.code == 2, 'two have torch', run)
    expect('/usr/bin/python3.12 is Python 3.12.3 with torch 2.9.1+cu128'
           in run.told, 'it names the first', run)
    expect('/usr/bin/python3.10 is Python 3.10 with torch 2.1.0' in run.told,
           'it names the second', run)
    expect('--python /usr/bin/python3.10' in run.told, 'it helps', run)
    for name, version in [('/usr/bin/python3.10', '3.10'),
                          ('3.10', '3.10'), ('/usr/bin/python3', '3.10'),
                          ('3.12', '3.12.3'), ('python3.12', '3.12.3')]:
        environment = Run(dest, '--python', name).environment()
        assert environment['python'] == version, (name, environment)
    for name in ['/opt', '3.9', 'x', '/usr/bin/nothing', '\x1b[2J']:
        run = Run(dest, '--python', name)
        expect(run.code == 2, f'--python {name!r}', run)
        expect('\x1b' not in run.told, 'escaped', run)


def test_none(folder):
    os.makedirs(f'{folder}/empty')
    run = Run(f'{folder}/empty')
    expect(run.code == 2, 'no Python', run)
    expect('--python FOLDER' in run.told, 'it helps', run)


def test_base(folder):
    """A venv that sees its base's packages."""
    dest = f'{folder}/base'
    root = make_root(TEMPLATE, dest)
    root.write('/workspace/v/pyvenv.cfg', 'home = /usr/bin\n'
               'include-system-site-packages = true\nversion = 3.12.0\n')
    root.link('/workspace/v/bin/python', '/usr/bin/python3.12')
    site = '/workspace/v/lib/python3.12/site-packages'
    root.install('numpy', '1.26.4', folder=site)
    run = Run(dest, '--python', '/workspace/v')
    environment = run.environment()
    assert environment['python'] == '3.12.3', environment
    assert environment['site-packages'][:2] == [
        site, '/usr/local/lib/python3.12/dist-packages']
    assert ('numpy', '1.26.4') in packages(run.facts)
    assert any(name == 'torch' for name, _ in packages(run.facts))


# ---- roots that are made to hurt ----

def test_hostile(folder):
    dest = f'{folder}/hostile'
    root = make_root(TEMPLATE, dest)
    for name in ('a', 'b'):
        root.link(f'/opt/{name}', f'/opt/{"b" if name == "a" else "a"}')
    root.link('/workspace/up', '../../../../../..')
    root.link('/venv/self', '.')
    root.link('/opt/out', dest)  # what is there is not this machine's
    os.mkfifo(root.path('/etc/c.txt'))
    root.write('/etc/pip.conf', '[global]\nconstraint = /etc/c.txt\n'
               '    /etc/loop.txt\n    /etc/bad.txt\n\x1b]0;x\x07\n')
    root.write('/etc/loop.txt', 'six>1\n-c loop.txt\n-c /etc/../etc/loop.txt\n')
    root.write('/etc/bad.txt', '\x1b[2J\nfine==1\n')
    os.makedirs(root.path('/root/.config/pip'))
    os.mkfifo(root.path('/root/.config/pip/pip.conf'))
    os.mkfifo(root.path('/opt/pyvenv.cfg'))
    for path in ('/var/lib/dpkg/status', '/usr/local/cuda-12.8/version.txt',
                 '/opt/x/pyvenv.cfg', '/opt/x/lib/python3.12/os.py',
                 '/opt/x/lib/python3.12/site-packages/a.pth'):
        root.write(path)
        os.truncate(root.path(path), 1 << 30)
    run = Run(dest)
    environment = run.environment()
    assert environment['python'] == '3.12.3', environment
    assert environment['constraints'] == ['six>1', 'fine==1'], environment
    expect('\x1b' not in run.told and '\x07' not in run.told, 'escaped', run)
    for part in ('/etc/pip.conf:5:1: warning', '/etc/bad.txt:1:1: warning',
                 'the constraint file /etc/c.txt is no file'):
        expect(part in run.told, part, run)
    expect(run.seconds < MOST_SECONDS, f'{run.seconds} s', run)


def test_many(folder):
    dest = f'{folder}/many'
    root = make_root(TEMPLATE, dest)
    for nth in range(10000):
        root.folder(f'/opt/{nth:05}/lib/python3.12/site-packages')
    for nth in range(100):
        root.write(f'/opt/{nth:05}/lib/python3.12/os.py')
    run = Run(dest)
    assert run.environment()['python'] == '3.12.3'
    expect('only the first 2000 places' in run.told, 'places', run)
    expect('only the first 64 of 101 Pythons' in run.told, 'Pythons', run)
    expect(run.seconds < MOST_SECONDS, f'{run.seconds} s', run)


def main():
    signal.alarm(280)
    with tempfile.TemporaryDirectory() as folder:
        for name, test in sorted(globals().items()):
            if name.startswith('test_'):
                test(folder)
                print(name, 'ok')
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert peak < MOST_MEMORY, f'{peak} kB'


main()
