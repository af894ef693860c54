#!/usr/bin/env python3
"""Is every fault of a container found and named, and no other?

usage: preflight_test.py PODLOCK SOURCE_ROOT

Each case makes one fault in a root and says which rules must be told: exactly
these. Untouched roots of all templates must have none. Then the script of
--script under this Python, hostile roots, and docs/preflight.md against the
rules.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

import make_root as roots
from lock_world import World, lock, main, package, quoted

ID = 'runpod-107-cu1281-torch280-ubuntu2404'
# Of that template, beside torch's own: roots are made faster.
KEPT = ('numpy', 'pillow', 'sympy', 'jinja2', 'pip', 'fsspec', 'filelock')
CUDA13 = 'runpod-107-cu1300-torch291-ubuntu2404'
ENV = ("environments = [\"sys_platform == 'linux' and platform_machine == "
       "'x86_64' and python_version == '3.12' and implementation_name == "
       "'cpython'\"]\nrequires-python = \"==3.12.*\"\n")
GB = 10 ** 9


def small(text):
    """The template with few packages."""
    head, *blocks = text.split('[[package]]')
    return head + ''.join(
        '[[package]]' + block for block in blocks
        if 'protect = "locked"' in block or
        re.search('^name = "([^"]+)"', block, re.M).group(1) in KEPT)


class Flights(World):
    def __init__(self, program, folder):
        super().__init__(program, folder)
        self.number = 0
        with open(os.path.join(roots.TEMPLATES, ID + '.toml'),
                  encoding='utf-8') as f:
            self.template = self.path(self.write('base.toml', small(f.read())))
        self.facts = {p['name']: p['version']
                      for p in roots.load_template(ID)['package']}
        self.told = set()
        self.knows = False  # the lock is of that template

    def root(self, template=None, **options):
        template = template or self.template
        self.number += 1
        return roots.make_root(template, self.path(f'root{self.number}'),
                               **options)

    def lock(self, packages=None, provided=('torch', 'numpy'), replaced=(),
             head=ENV, template=ID, download=2000, more=''):
        if packages is None:
            packages = [('einops', '0.8.0'), ('pandas', '2.2.3')]
        tool = (f'format = 1\ntemplate = {quoted(template)}\n'
                f'template-digest = "sha256:{self.digest(template)}"\n'
                f'download = {download}\n' +
                'provided = [' + ', '.join(
                    f'{{ name = {quoted(n)}, version = '
                    f'{quoted(self.facts[n])} }}' for n in provided) + ']\n' +
                'replaced = [' + ', '.join(
                    f'{{ name = "{n}", from = "{a}", to = "{b}", because = '
                    '"x" }' for n, a, b in replaced) + ']\n' + more)
        text = lock([package(n, v) for n, v in packages], head, tool)
        self.knows = template == ID
        return self.write('pylock.toml', text)

    def digest(self, template):
        path = os.path.join(roots.TEMPLATES, template + '.toml')
        path = self.template if template == ID else path
        if not os.path.exists(path):
            return '0' * 64
        with open(path, 'rb') as f:
            return hashlib.sha256(f.read()).hexdigest()

    def look(self, root, *words, known=True):
        if known and '--template' not in words and self.knows:
            words = ('--template', self.template, *words)
        done = subprocess.run(
            [self.program, 'preflight', '--json', '--root', root.dest, *words],
            cwd=self.folder, env=self.env, capture_output=True, text=True,
            timeout=60)
        self.expect(done.returncode in (0, 1), words, done.stderr)
        return done, json.loads(done.stdout or '{"findings": []}')

    def case(self, name, root, rules, *words, says=''):
        """The rules that are told of the root, and their exit code."""
        done, said = self.look(root, *words)
        found = sorted(f['rule'] for f in said['findings'])
        self.told.update(found)
        self.expect(found == sorted(rules), name, found, 'not', rules,
                    json.dumps(said['findings'], indent=1)[:3000])
        errors = any(f['level'] == 'error' for f in said['findings'])
        self.expect(done.returncode == errors, name, 'exit', done.returncode)
        for f in said['findings']:
            self.expect(f['fix'] or f['rule'] == 'PF307', name, f['rule'],
                        'has no cure')
        self.expect(says in done.stdout, name, 'does not say', says,
                    done.stdout)
        shutil.rmtree(root.dest)
        return said

    def good(self, **options):
        """A root with the lock of lock() installed."""
        root = self.root(**options)
        root.install('einops', '0.8.0')
        root.install('pandas', '2.2.3')
        return root


def untouched(w):
    for name in sorted(os.listdir(roots.TEMPLATES)):
        template = name.removesuffix('.toml')
        root = w.root(template)
        for words in ((), ('--template', template),
                      ('--template', template, '--deep')):
            said = w.look(root, *words)[1]
            w.expect(not said['findings'], template, words, said['findings'])
        shutil.rmtree(root.dest)


def torch(w):
    w.lock()
    said = w.case('all is well', w.good(), [])
    w.expect(said['when'] == 'after' and said['ready'], said)
    root = w.good()
    root.replace('torch', '2.9.1+cu128')
    w.case('torch replaced', root, ['PF101', 'PF104', 'PF104'],
           says='whl/cu128 torch==2.8.0+cu128')
    root = w.good(without=['torchaudio'])
    w.case('torchaudio gone', root, ['PF102'], says='torchaudio==2.8.0+cu128')
    root = w.good()
    root.replace('torch', '2.8.0+cpu')
    w.case('torch of the CPU', root, ['PF103', 'PF104', 'PF104'])
    root = w.good()
    root.replace('torchvision', '0.23.0+cu126',
                 requires=['torch==2.8.0', 'numpy'])
    w.case('torchvision of another CUDA', root, ['PF101', 'PF104'])
    root = w.good()
    root.install('vllm', '0.11.0', ['nvidia-cublas-cu11'])
    root.install('nvidia-cublas-cu11', '11.11.3.6')
    w.case('two CUDAs', root, ['PF105'], says='vllm 0.11.0 requires it')
    root = w.good()
    root.install('nvidia-cublas', '13.0.0.19')
    w.case('CUDA 13 without a suffix', root, ['PF105'])
    root = w.good()
    root.install('nvidia-ml-py', '13.610.43')
    root.install('nvidia-nccl-cu13', '2.28.9')
    w.case('neither is a stack', root, [])


def alone(w):
    os.unlink(w.path('pylock.toml'))
    w.knows = False
    root = w.root()
    root.replace('torch', '2.8.0+cpu')
    said = w.case('alone, CPU', root, ['PF103', 'PF104', 'PF104'])
    w.expect(said['when'] == 'alone' and said['lock'] is None, said)
    root = w.root()
    root.replace('torch', '2.9.1+cu128')
    w.case('alone, companions', root, ['PF104', 'PF104'])
    root = w.root(CUDA13)
    root.install('nvidia-cudnn-cu12', '9.10.2.21')
    w.case('alone, two CUDAs', root, ['PF105'])


def driver(w):
    w.lock()
    line = ('NVRM version: NVIDIA UNIX x86_64 Kernel Module  {}  Tue Feb 18 '
            '21:26:02 UTC 2025\nGCC version:  gcc version 12.2.0\n')
    open_line = ('NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {} '
                 ' Release Build  (dvs-builder@U16)\n')
    for text, rules in ((line.format('470.82.01'), ['PF106']),
                        (line.format('525.60.13'), []),
                        (open_line.format('515.65.01'), ['PF106']),
                        (open_line.format('570.124.06'), []),
                        ('nonsense\n', [])):
        root = w.good()
        root.write('/proc/driver/nvidia/version', text)
        w.case(text, root, rules)
    root = w.good()
    root.write('/sys/module/nvidia/version', '470.82.01\n')
    w.case('sysfs', root, ['PF106'])


def packages(w):
    w.lock()
    root = w.good()
    root.remove('pandas')
    said = w.case('of the lock, gone', root, ['PF202'],
                  says='install --no-deps -r pylock.toml')
    w.expect(said['findings'][0]['package'] == 'pandas', said)
    root = w.good()
    root.replace('pandas', '2.3.0')
    w.case('of the lock, another', root, ['PF203'], says='2.2.3')
    root = w.root()
    said = w.case('nothing yet', root, [])
    w.expect(said['when'] == 'before', said)
    root = w.root()
    said = w.case('nothing, and it should be', root, ['PF202'], '--after')
    w.lock(provided=('torch', 'numpy', 'pillow'))
    root = w.good()
    root.replace('pillow', '9.0.0')
    w.case('relied on, changed', root, ['PF204'])
    root = w.good(without=['pillow'])
    w.case('relied on, gone', root, ['PF204'])
    w.lock()
    root = w.good(without=['jinja2', 'sympy'])
    w.case('of the image, gone', root, ['PF205'], says='jinja2, sympy')
    root = w.good()
    root.replace('sympy', '1.0')
    w.case('of the image, another', root, ['PF206'], says='sympy 1.0')
    root = w.good()
    root.install('another', '1.0')
    w.case('more than the lock', root, [])


def rules(w):
    new = w.facts['numpy']
    w.lock([('pandas', '2.1.1')])
    root = w.root()
    root.install('pandas', '2.1.1')
    w.case('pandas of numpy 1', root, ['PF201'], says='numpy2-pandas')
    w.case('it will be', w.root(), ['PF201'], '--before')
    w.lock([('pandas', '2.1.1')], more='ignored-rules = ["numpy2-pandas"]\n')
    root = w.root()
    root.install('pandas', '2.1.1')
    w.case('the lock ignores it', root, [])
    w.lock([('pandas', '2.1.1')])
    root = w.root()
    root.install('pandas', '2.1.1')
    w.case('the user ignores it', root, [], '--ignore', 'PF201')
    w.lock([('numpy', '1.26.4'), ('pandas', '2.1.1')], provided=('torch',),
           replaced=[('numpy', new, '1.26.4')])
    root = w.root()
    root.replace('numpy', '1.26.4')
    root.install('pandas', '2.1.1')
    w.case('numpy is replaced', root, [])
    root = w.root()
    root.install('pandas', '2.1.1')
    w.case('numpy is not replaced', root, ['PF201', 'PF203'],
           says="still the image's")


def damage(w):
    w.lock()
    root = w.good()
    root.install('einops', '0.9.0')
    w.case('two of one name', root, ['PF301'], says='uninstall -y einops')
    root = w.good()
    folder = f'/root/.local/lib/python{root.python}/site-packages'
    root.install('einops', '0.7.0', folder=folder)
    w.case("hidden by a user's", root, ['PF203', 'PF302'])
    root = w.good()
    root.install_os('pandas', '1.3.5', [], '/usr/lib/python3/dist-packages',
                    'egg-info-file')
    w.case("hides apt's", root, [])
    root = w.good()
    root.write(root.info('pandas') + '/METADATA', '')
    w.case('metadata of 0 bytes', root, ['PF303'])
    root = w.good()
    os.unlink(root.path(root.info('einops') + '/RECORD'))
    w.case('no RECORD', root, ['PF303'])
    root = w.good()
    root.folder(root.site + '/~orch')
    root.write(root.site + '/~orch/__init__.py')
    w.case('half removed', root, ['PF304'], says='~orch')
    root = w.good()
    shutil.rmtree(root.path(root.site + '/pandas'))
    w.case('no code', root, ['PF305', 'PF306'], '--deep')
    root = w.good()
    root.write(root.site + '/torch/lib/libtorch.so', 'another')
    w.case('changed', root, ['PF306'], '--deep', says='torch/lib/libtorch.so')
    root = w.good()
    root.write(root.site + '/torch/lib/libtorch.so', 'another')
    w.case('changed, and not compared', root, [])
    root = w.good()
    root.install('torchao', '0.1', record=False, installer='conda')
    w.case('nobody asks it', root, [], '--deep')
    root = w.root()
    root.install('pandas', '2.2.3')
    root.install('einops', '0.8.0', record=False, installer='conda')
    w.case('no RECORD to compare with', root, ['PF307'], '--deep')


def system(w):
    w.lock()
    root = w.root('runpod-070-cu1241-torch260-py310')
    said = w.look(root)[1]
    found = {f['rule'] for f in said['findings']}
    w.told |= found
    w.expect({'PF401', 'PF101'} <= found and len(said['findings']) < 30, found)
    shutil.rmtree(root.dest)
    root = w.good(musl=True)
    w.case('musl', root, ['PF402'])
    root = w.good(arch='aarch64')
    w.case('another machine', root, ['PF403'])
    w.lock(template='mine', head=ENV)
    w.case('a template of the user', w.good(), ['PF701'],
           says='--template FILE')
    w.lock(download=60000 * GB)
    w.case('no space', w.root(), ['PF501'], says='0000.0 GB')
    w.case('no space is needed', w.good(), [])
    w.lock()
    root = w.good()
    root.write('/dev/urandom', 'no device')
    w.case('no random bytes', root, ['PF502'])
    root = w.good()
    os.mkfifo(root.path('/dev/urandom'))
    w.case('a fifo', root, ['PF502'])


def pip(w):
    w.lock()
    root = w.root()
    root.write('/etc/pip/c.txt', 'pandas<2\neinops\n')
    root.write('/etc/pip.conf', '[global]\nconstraint = /etc/pip/c.txt\n')
    w.case('a constraint', root, ['PF601'], says='pandas<2')
    root = w.root()
    root.write('/etc/pip/c.txt', 'pandas<3\nother==1\n')
    root.write('/etc/pip.conf', '[global]\nconstraint = /etc/pip/c.txt\n')
    w.case('one that is met', root, [])
    for line, told in (('target = /workspace/site', True), ('user = 1', True),
                       ('no-binary = :all:', True), ('dry-run = yes', True),
                       ('no-deps = 1', False), ('require-hashes = 1', False),
                       ('only-binary = :all:', False),
                       ('require-virtualenv = 1', True),
                       ('upgrade = 1', True), ('upgrade = 0', False)):
        root = w.root()
        root.write('/etc/pip.conf', f'[install]\n{line}\n')
        w.case(line, root, ['PF602'] if told else [])
    root = w.good()
    root.write('/etc/pip.conf', '[install]\ntarget = /workspace\n')
    w.case('after, it does not matter', root, [])
    w.lock(provided=('torch',),
           template='runpod-102-cu1281-torch280-ubuntu2404')
    root = w.root('runpod-102-cu1281-torch280-ubuntu2404')
    w.case('pip 25.2', root, ['PF604'], says='podlock export')
    root = w.root('runpod-102-cu1281-torch280-ubuntu2404')
    root.write('/etc/pip.conf', '[global]\nconstraint = /none.txt\n')
    w.case('no constraint file', root, ['PF604', 'PF605'], says='/none.txt')
    root = w.root('runpod-102-cu1281-torch280-ubuntu2404')
    root.write('/etc/pip.conf', '[global]\nconstraint = /etc/c.txt\n')
    root.write('/etc/c.txt', 'six==1.*\nsix ==\n')
    w.case('a bad constraint', root, ['PF604', 'PF605'], says='/etc/c.txt')
    w.lock(template='mine')
    w.case('managed', w.root(), ['PF603', 'PF701'],
           says='--break-system-packages')


def text(w):
    """What people read."""
    w.lock()
    root = w.good()
    done = subprocess.run([w.program, 'preflight', '--root', root.dest,
                           '--template', w.template],
                          cwd=w.folder, env=w.env, capture_output=True,
                          text=True, timeout=60)
    w.expect(re.fullmatch(r'ready: torch 2\.8\.0\+cu128, Python 3\.12\.3, 2 '
                          r'packages of pylock\.toml, \d+ checks\n',
                          done.stdout), done.stdout)
    w.expect(done.stderr == 'checked as after the install: 2 of 2 packages are '
             'installed\n', done.stderr)
    root.remove('pandas')
    root.replace('torch', '2.9.1+cu128')
    for words, env in (((), {}), ((), {'GITHUB_ACTIONS': 'true'}),
                       (('--format', 'github'), {})):
        done = subprocess.run(
            [w.program, 'preflight', '--root', root.dest,
             '--template', w.template, *words],
            cwd=w.folder, env={**w.env, **env}, capture_output=True, text=True,
            timeout=60)
        w.expect(done.returncode == 1, done)
        w.expect(('::error title=PF101 torch-replaced::' in done.stdout) ==
                 bool(words or env), words, env, done.stdout)
        w.expect(max(len(line) for line in done.stdout.splitlines()) < 400,
                 done.stdout)
    again = subprocess.run(
        [w.program, 'preflight', '--root', root.dest,
             '--template', w.template, *words], cwd=w.folder,
        env=w.env, capture_output=True, text=True, timeout=60)
    w.expect(again.stdout == done.stdout, 'the same twice')
    for words, code in ((('--before', '--after'), 2), (('--fix',), 2),
                        (('--index-root', '.'), 2),
                        (('--script', '--deep'), 2),
                        (('--script', '--json'), 2),
                        (('--dockerfile', '-', '--deep'), 2),
                        (('--dockerfile', '-', '--fix', '--json'), 2),
                        (('--ignore', 'PF999'), 2), (('no.toml',), 5),
                        (('--python', '/nowhere'), 2)):
        done = subprocess.run(
            [w.program, 'preflight', '--root', root.dest,
             '--template', w.template, *words],
            cwd=w.folder, env=w.env, capture_output=True, text=True,
            timeout=60)
        w.expect(done.returncode == code, words, done)
    shutil.rmtree(root.dest)


def script(w):
    w.lock([('einops', '0.8.0'), ('odd', '1.0')],
           head='', provided=('torch',), template='mi\'ne\n\\"é')
    done = subprocess.run([w.program, 'preflight', '--script'], cwd=w.folder,
                          env=w.env, capture_output=True, text=True,
                          timeout=60)
    w.expect(done.returncode == 0 and done.stdout.isascii(), done)
    w.write('look.py', done.stdout)
    tree = compile(done.stdout, 'look.py', 'exec',
                   flags=0x400, dont_inherit=True)
    w.expect("TEMPLATE = 'mi\\'ne\\x0a\\\\\"\\xe9'" in done.stdout,
             done.stdout[:600])
    w.expect(tree, 'it can be read')
    for fault, says in (
            (None, 'ready: '), ('cuda', 'CUDA 12.6, not 12.8'),
            ('gpu', 'sees no GPU'), ('version', 'is 0.7.0, not 0.8.0'),
            ('import', 'import odd: RuntimeError: no'),
            ('gone', 'is not installed'), ('exit', 'SystemExit'),
            ('numpy', 'an array through torch: multiarray'),
            ('no numpy', 'ready: ')):
        site = w.path(f'site-{fault}')
        modules(site, fault)
        ran = subprocess.run([sys.executable, '-S', w.path('look.py')],
                             env={**w.env, 'PYTHONPATH': site},
                             capture_output=True, text=True, timeout=60)
        w.expect(ran.returncode == (fault not in (None, 'no numpy')) and
                 says in ran.stdout, fault, ran)
    ran = subprocess.run([sys.executable, '-S', w.path('look.py'), '--no-gpu'],
                         env={**w.env, 'PYTHONPATH': w.path('site-gpu')},
                         capture_output=True, text=True, timeout=60)
    w.expect(ran.returncode == 0, ran)


def modules(site, fault):
    def write(inside, content):
        path = os.path.join(site, inside)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(content)

    def install(name, version, content, top_level=True):
        info = f'{name}-{version}.dist-info'
        write(f'{name}/__init__.py', content)
        write(f'{info}/METADATA', f'Metadata-Version: 2.1\nName: {name}\n'
              f'Version: {version}\n')
        write(f'{info}/RECORD', f'{name}/__init__.py,,\n{info}/METADATA,,\n')
        if top_level:
            write(f'{info}/top_level.txt', name + '\n')

    install('torch', '2.8.0+cu128', f'''
__version__ = '2.8.0+cu128'
class version:
    cuda = {'12.6' if fault == 'cuda' else '12.8'!r}
class cuda:
    is_available = staticmethod(lambda: {fault != 'gpu'})
class Tensor:
    def __init__(self, array):
        self.array = array
    def numpy(self):
        return self.array
from_numpy = Tensor
''')
    if fault != 'no numpy':
        install('numpy', '2.1.2', "raise ImportError('multiarray')"
                if fault == 'numpy' else '''
class arange:
    def __init__(self, n):
        self.n = int(n)
    def sum(self):
        return float(sum(range(self.n)))
''')
    install('einops', '0.7.0' if fault == 'version' else '0.8.0', '')
    if fault != 'gone':
        install('odd', '1.0.0' if fault == 'never' else '1.0', {
            'import': "raise RuntimeError('no')", 'exit': 'raise SystemExit(3)',
        }.get(fault, ''), top_level=False)


def hostile(w):
    w.lock()
    root = w.good()
    bad = 'x\x1b]0;owned\x07\n::error::no'
    root.write(root.info('einops') + '/METADATA',
               f'Metadata-Version: 2.1\nName: einops\nVersion: {bad}\n\n')
    root.write(root.site + '/~\x1b[31mred/__init__.py')
    root.write('/proc/driver/nvidia/version', '9' * 60000 + '.1 ' + '1.' * 99)
    root.write('/etc/pip.conf', '[global]\ntarget = $(touch owned)\x1b\n')
    for words in ((), ('--before',), ('--deep',), ('--json',),
                  ('--format', 'github')):
        done = subprocess.run(
            [w.program, 'preflight', '--root', root.dest,
             '--template', w.template, *words],
            cwd=w.folder, env=w.env, capture_output=True, timeout=60)
        w.expect(done.returncode in (0, 1), words, done)
        out = done.stdout + done.stderr
        w.expect(b'\x1b' not in out and b'\n::error::no' not in out, out)
    shutil.rmtree(root.dest)
    root = w.good()
    root.link(root.site + '/loop', root.site)
    os.mkfifo(root.path('/etc/pip.conf'))
    w.case('a fifo for pip.conf', root, [])


def page(w, source):
    """Every rule is on the page, and every one was seen in this test."""
    with open(os.path.join(source, 'container', 'preflight_rules.c'),
              encoding='utf-8') as f:
        table = re.findall(r'"(PF\d+)", "([a-z-]+)",\s*PL_LEVEL_([A-Z]+)',
                           f.read())
    with open(os.path.join(source, 'docs', 'preflight.md'),
              encoding='utf-8') as f:
        told = re.findall(r'^### (PF\d+) ([a-z-]+) \(([a-z]+)\)$', f.read(),
                          re.M)
    w.expect(told == [(a, b, c.lower()) for a, b, c in table],
             set(told) ^ {(a, b, c.lower()) for a, b, c in table})
    missing = {row[0] for row in table} - w.told
    w.expect(not missing, 'never seen here:', missing)


def run(world, source):
    w = Flights(world.program, world.folder)
    for part in (untouched, torch, alone, driver, packages, rules, damage,
                 system, pip, text, script, hostile):
        part(w)
    page(w, source)
    world.failures = w.failures


if __name__ == '__main__':
    main(run, sys.argv[1:])
