#!/usr/bin/env python3
"""What `podlock check` finds in a lock, and in none that is right.

usage: check_test.py PODLOCK INDEX FIXTURES

Locks of the recorded cases for several templates are all good. Then one good
lock is changed, once for each kind of finding: it must be found, by its kind,
with exit code 1 and a place in the file. Strangers' locks are last: what they
say never makes podlock look into files outside, write any, or ask a network.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

TEMPLATES = ['runpod-102-cu1281-torch280-ubuntu2404',
             'runpod-torch240-cu124-py311', 'ngc-pytorch-2511-py312',
             'vast-torch291-cu128-py312', 'none']
LEAST_GOOD = 30
TEMPLATE = 'runpod-102-cu1281-torch280-ubuntu2404'
ENTRY = '''
[[packages]]
name = "%s"
version = "%s"
index = "https://index.invalid/pypi/simple/"
wheels = [{ url = "https://index.invalid/%s-%s-%s.whl", size = 0, hashes = %s }]
'''
SHA = '{ sha256 = "' + 'a' * 64 + '" }'


class Podlock:
    def __init__(self, program, index, folder):
        self.program, self.folder = program, folder
        self.index = ['--index-root', index, '--no-cache', '--no-repairs']
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(('PODLOCK_', 'PIP_', 'UV_', 'GITHUB'))}
        self.failures = 0

    def run(self, *words, **env):
        return subprocess.run([self.program, *words], cwd=self.folder,
                              env={**self.env, **env}, text=True,
                              stdin=subprocess.DEVNULL, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def resolve(self, *words):
        return self.run('resolve', *words, *self.index, '-q')

    def expect(self, true, what, *more):
        if not true:
            self.failures += 1
            print('FAIL:', what, *more)

    def path(self, name):
        return os.path.join(self.folder, name)

    def read(self, name):
        with open(self.path(name), encoding='utf-8') as f:
            return f.read()

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as f:
            f.write(text)

    def kinds(self, *words):
        """The exit code, and the kinds of what is found, in order."""
        done = self.run('check', '--json', *words)
        if not done.stdout:
            return done.returncode, [done.stderr]
        told = json.loads(done.stdout)
        found = [f for lock in told['locks'] for f in lock['findings']]
        for lock in told['locks']:
            self.expect(lock['valid'] == (not lock['findings']), 'valid', told)
            curable = any(f['kind'] != 'file' for f in lock['findings'])
            self.expect(('fix' in lock) == curable, 'fix', told)
        return done.returncode, [f['kind'] for f in found]


def check_all_good(podlock, fixtures):
    """Every lock that resolving gives is good, and given again."""
    good = 0
    folder = os.path.join(fixtures, 'requirements')
    for name in sorted(os.listdir(folder)):
        if not name.endswith('.in'):
            continue
        with open(os.path.join(folder, name), encoding='utf-8') as f:
            podlock.write(name, f.read())
        for template in TEMPLATES:
            words = [name, '--template', template, '-o', 'pylock.all.toml']
            if template == 'none':
                words += ['--python-version', '3.11']
            if podlock.resolve(*words).returncode != 0:
                continue
            done = podlock.run('check', '-v', 'pylock.all.toml')
            podlock.expect(done.returncode == 0, name, template, done.stderr)
            podlock.expect(done.stdout.count('\n') == 1, done.stdout)
            done = podlock.resolve(*words, '--check')
            podlock.expect(done.returncode == 0, 'again', name, template,
                           done.stderr)
            good += 1
    podlock.expect(good >= LEAST_GOOD, 'only', good, 'locks')
    print(good, 'locks of recorded cases are good')


OPTIONS = [
    ['--constraint', 'c.txt'],
    ['--override', 'o.txt'],
    ['--exclude', 'tqdm'],
    ['--allow-replace', 'torch'],
    ['--allow-break', 'torch'],
    ['--ignore-rule', 'all'],
    ['--replace', 'freely'],
    ['--resolution', 'lowest-direct'],
    ['--exclude-newer', '2025-10-17'],
    ['--no-deps'],
    ['--max-download', '2GB'],
    ['--only-binary', ':all:'],
    ['--pre'],
    ['--no-annotate', '--no-header'],
]


def check_options_good(podlock):
    """The same with every option that has a part in the answer."""
    podlock.write('c.txt', 'numpy<3\n')
    podlock.write('o.txt', 'numpy<3\n')
    for words in OPTIONS:
        done = podlock.resolve('r.in', '--template', TEMPLATE, *words, '-o',
                               'pylock.opt.toml')
        podlock.expect(done.returncode == 0, words, done.stderr)
        done = podlock.run('check', 'pylock.opt.toml')
        podlock.expect(done.returncode == 0, words, done.stderr)


RULE = '''
[[rule]]
id = "mine"
package = "tqdm"
versions = "<1"
conflicts = "numpy>=2"
severity = "import"
reason = "a test"
evidence = "none"
status = "reported"
'''
PROJECT = '''
[project]
name = "x"
version = "1"
dependencies = ["numpy"]
[project.optional-dependencies]
fast = ["tqdm"]
[dependency-groups]
dev = ["pluggy"]
'''


def check_files_good(podlock):
    """Files of every kind that a lock can be made from."""
    os.makedirs(podlock.path('inner/rules'))
    podlock.write('inner/rules/mine.toml', RULE)
    podlock.write('inner/base.txt', '-c more.txt\ntqdm\n')
    podlock.write('inner/more.txt', 'numpy<3\n')
    podlock.write('inner/pyproject.toml', PROJECT)
    podlock.write('nested.in', '-r inner/base.txt\nnumpy\n')
    podlock.write('a b$c.in', 'tqdm\n')
    podlock.write('-dash.in', 'tqdm\n')
    podlock.write('named.in', f'# podlock: template = {TEMPLATE}\ntqdm\n')
    podlock.write('up.in', 'tqdm\n')
    named = ['--template', TEMPLATE]
    for words in (['nested.in', *named], ['a b$c.in', *named],
                  ['nested.in', 'a b$c.in', *named], ['named.in'],
                  [podlock.path('nested.in'), *named],
                  ['nested.in', *named, '--rules', 'inner/rules'],
                  ['inner/pyproject.toml', *named, '--extra', 'fast',
                   '--group', 'dev'],
                  ['inner/pyproject.toml', *named, '--all-extras'],
                  ['./-dash.in', *named], [*named, '--', '-dash.in']):
        done = podlock.run('resolve', '-q', '-o', 'pylock.files.toml',
                           *podlock.index, *words)
        podlock.expect(done.returncode == 0, words, done.stderr)
        done = podlock.run('check', 'pylock.files.toml')
        podlock.expect(done.returncode == 0, words, done.stderr)
    done = podlock.run('resolve', '../up.in', *named, *podlock.index, '-q',
                       '--directory', 'inner', '-o', '../pylock.up.toml')
    podlock.expect(done.returncode == 0, 'up', done.stderr)
    done = podlock.run('check', '--directory', 'inner', '../pylock.up.toml')
    podlock.expect(done.returncode == 0, 'up', done.stderr)


def check_own_template(podlock, fixtures):
    """Facts in a file of the user's are named to check, too."""
    source = os.path.join(fixtures, '..', 'rules', 'templates',
                          TEMPLATE + '.toml')
    with open(source, encoding='utf-8') as f:
        facts = f.read().replace(f'id = "{TEMPLATE}"', 'id = "mine"', 1)
    podlock.write('mine.toml', facts)
    done = podlock.resolve('r.in', '--template', 'mine.toml', '-o',
                           'pylock.mine.toml')
    podlock.expect(done.returncode == 0, done.stderr)
    code, kinds = podlock.kinds('pylock.mine.toml')
    podlock.expect((code, kinds) == (1, ['template']), 'not named', kinds)
    code, kinds = podlock.kinds('pylock.mine.toml', '--template', 'mine.toml')
    podlock.expect((code, kinds) == (0, []), 'named', kinds)
    podlock.write('mine.toml', facts + '# changed\n')
    code, kinds = podlock.kinds('pylock.mine.toml', '--template', 'mine.toml')
    podlock.expect((code, kinds) == (1, ['template']), 'changed', kinds)
    code, kinds = podlock.kinds('pylock.mine.toml', '--template', TEMPLATE)
    podlock.expect((code, kinds) == (1, ['arguments']), 'another', kinds)


def expect_found(podlock, what, kind, text, *words, only=True):
    podlock.write('pylock.bad.toml', text)
    code, kinds = podlock.kinds('pylock.bad.toml', *words)
    podlock.expect(code == 1, what, code, kinds)
    podlock.expect(kinds[:1] == [kind], what, kinds)
    if only:
        podlock.expect(set(kinds) == {kind}, what, kinds)
    done = podlock.run('check', '-q', 'pylock.bad.toml', *words)
    podlock.expect(done.returncode == 1 and not done.stdout, what, done.stdout)
    first = done.stderr.split('\n')[0]
    podlock.expect(re.match(r'[\w.-]+:\d+:\d+: error: ', first), what, first)
    podlock.expect(done.stderr.count('\nfix: ') == 1, what, done.stderr)
    done = podlock.run('check', 'pylock.bad.toml', *words,
                       GITHUB_ACTIONS='true')
    podlock.expect('\n::error file=' in done.stderr, what, done.stderr)


def replaced(podlock, text, old, new, count=1):
    podlock.expect(old in text, 'the lock lacks', old)
    return text.replace(old, new, count)


def with_entry(lock, name, version, tags='py3-none-any'):
    entry = ENTRY % (name, version, name.replace('-', '_'), version, tags, SHA)
    parts = lock.split('\n[[packages]]\n')
    at = next((i for i, part in enumerate(parts)
               if i and part.split('"')[1] > name), len(parts) - 1)
    head = '\n[[packages]]\n'.join(parts[:at])
    return head + entry + '\n[[packages]]\n' + '\n[[packages]]\n'.join(
        parts[at:])


def without_entry(lock, name):
    parts = lock.split('\n[[packages]]\n')
    return '\n[[packages]]\n'.join(p for p in parts
                                   if not p.startswith(f'name = "{name}"'))


def check_inputs(podlock, lock):
    requirements = podlock.read('r.in')
    podlock.write('r.in', requirements + '# nothing else\n')
    expect_found(podlock, 'a comment', 'inputs', lock)
    done = podlock.run('check', 'pylock.bad.toml')
    podlock.expect('still meets' in done.stderr, done.stderr)
    podlock.write('r.in', requirements + 'numpy<2\n')
    expect_found(podlock, 'a line', 'inputs', lock, only=False)
    done = podlock.run('check', 'pylock.bad.toml')
    podlock.expect('`numpy<2`' in done.stderr, done.stderr)
    podlock.expect('podlock resolve r.in --template ' + TEMPLATE +
                   ' -o pylock.bad.toml' in done.stderr, done.stderr)
    os.remove(podlock.path('r.in'))
    expect_found(podlock, 'no file', 'inputs', lock)
    podlock.write('r.in', '==broken\n')
    podlock.expect(podlock.kinds('pylock.bad.toml')[0] == 2, 'no syntax')
    podlock.write('r.in', requirements)
    expect_found(podlock, 'unlisted', 'arguments',
                 re.sub(r'inputs = \[.*?\n\]', 'inputs = []', lock,
                        flags=re.S))


def check_template(podlock, lock):
    expect_found(podlock, 'digest', 'template',
                 replaced(podlock, lock, 'digest = "sha256:',
                          'digest = "sha256:' + 'a' * 64 + '"#'))
    other = lock.replace(TEMPLATE, 'runpod-none-such')
    expect_found(podlock, 'no such template', 'template', other)
    moved = replaced(podlock, lock, 'digest = "sha256:',
                     'digest = "sha256:' + 'a' * 64 + '"#')
    moved = re.sub(r'"torch", version = "[^"]*"', '"torch", version = "2.7.0"',
                   moved)
    expect_found(podlock, 'facts', 'template', moved)
    done = podlock.run('check', 'pylock.bad.toml')
    podlock.expect('torch 2.7.0 is now 2.8.0' in done.stderr, done.stderr)
    expect_found(podlock, 'another template', 'arguments',
                 replaced(podlock, lock, 'template = "runpod',
                          'template = "x'))


def check_entries(podlock, lock):
    wheels = {'tags': ('cp39-cp39-win_amd64', '1.0'),
              'glibc': ('cp312-cp312-manylinux_2_99_x86_64', '1.0'),
              'arch': ('cp312-cp312-manylinux_2_17_aarch64', '1.0')}
    for what, (tags, version) in wheels.items():
        expect_found(podlock, what, 'entry',
                     with_entry(lock, 'zzz', version, tags), only=False)
    python = replaced(podlock, lock, 'requires-python = ">=',
                      'requires-python = ">=3.99,>=')
    expect_found(podlock, 'requires-python', 'entry', python)
    expect_found(podlock, 'smuggled in', 'unasked',
                 with_entry(lock, 'zzz', '1.0'))
    expect_found(podlock, 'twice the fact', 'entry',
                 with_entry(lock, 'numpy', '2.1.2'), only=False)
    expect_found(podlock, 'protected', 'protected',
                 with_entry(lock, 'torch', '2.9.1'), only=False)
    expect_found(podlock, 'not said', 'replaced',
                 with_entry(lock, 'numpy', '2.2.0'), only=False)
    expect_found(podlock, 'taken away', 'requirement',
                 without_entry(lock, 'tiktoken'), only=False)
    expect_found(podlock, 'no entry', 'dependency',
                 replaced(podlock, lock, '{ name = "regex" }',
                          '{ name = "regexx" }'), only=False)


def check_tool(podlock, lock):
    download = re.sub('download = .*', 'download = 1', lock)
    expect_found(podlock, 'download', 'download', download)
    expect_found(podlock, 'provided', 'provided',
                 replaced(podlock, lock, 'name = "numpy", version = "',
                          'name = "numpy", version = "9'))
    expect_found(podlock, 'replaced', 'replaced',
                 replaced(podlock, lock, 'replaced = []', 'replaced = [{ name '
                          '= "numpy", from = "2.1.2", to = "2.2", because = '
                          '"me" }]'))
    expect_found(podlock, 'environment', 'environment',
                 replaced(podlock, lock, "python_version == '3.12'",
                          "python_version == '3.11'"))
    expect_found(podlock, 'python', 'environment',
                 replaced(podlock, lock, '"==3.12.*"', '"==3.11.*"'))
    expect_found(podlock, 'another format', 'arguments',
                 replaced(podlock, lock, 'format = 1', 'format = 2'))
    edition = re.sub('\nrules = "[^"]*"', '\nrules = "2020.01"', lock)
    podlock.write('pylock.old.toml', edition)
    done = podlock.run('check', 'pylock.old.toml')
    podlock.expect(done.returncode == 0, 'an older edition', done.stderr)
    podlock.expect('rules of 2020.01' in done.stderr, done.stderr)


def check_facts(podlock):
    """A rule that is broken, and a fact that loses what it needs."""
    podlock.write('n.in', 'numpy<3\n')
    done = podlock.resolve('n.in', '--template', 'runpod-torch220-cu121-py310',
                           '-o', 'pylock.n.toml')
    podlock.expect(done.returncode == 0, done.stderr)
    lock = podlock.read('pylock.n.toml')
    fact = re.search(r'name = "numpy", version = "([^"]*)"', lock).group(1)
    entry = ENTRY % ('numpy', '2.0.2', 'numpy', '2.0.2', 'py3-none-any', SHA)
    lock = lock.replace('packages = []\n', entry)
    lock = re.sub(r'replaced = \[\]', 'replaced = [{ name = "numpy", from = "'
                  + fact + '", to = "2.0.2", because = "me" }]', lock)
    lock = re.sub(r' *\{ name = "numpy", version.*\n', '', lock)
    podlock.write('pylock.bad.toml', lock)
    code, kinds = podlock.kinds('pylock.bad.toml')
    podlock.expect(code == 1 and 'rule' in kinds, 'a rule', code, kinds)
    podlock.write('m.in', 'markupsafe\njinja2\n')
    done = podlock.resolve('m.in', '--template', TEMPLATE, '-o',
                           'pylock.m.toml')
    lock = podlock.read('pylock.m.toml')
    fact = re.search(r'name = "markupsafe", version = "([^"]*)"', lock).group(1)
    entry = ENTRY % ('markupsafe', '1.0', 'markupsafe', '1.0', 'py3-none-any',
                     SHA)
    lock = lock.replace('packages = []\n', entry)
    lock = re.sub(r'replaced = \[\]', 'replaced = [{ name = "markupsafe", '
                  'from = "' + fact + '", to = "1.0", because = "me" }]', lock)
    lock = re.sub(r' *\{ name = "markupsafe", version.*\n', '', lock)
    expect_found(podlock, 'broken', 'broken', lock)


def check_foreign(podlock):
    podlock.write('pylock.uv.toml', 'lock-version = "1.0"\ncreated-by = "uv"\n'
                  + ENTRY % ('a', '1', 'a', '1', 'py3-none-any', SHA))
    done = podlock.run('check', 'pylock.uv.toml')
    podlock.expect(done.returncode == 0 and 'by uv' in done.stdout, done)
    text = podlock.read('pylock.uv.toml')
    expect_found(podlock, 'foreign', 'dependency',
                 text.replace('index =', 'dependencies = [{ name = "b" }]\n'
                              'index ='))
    fits = ['pylock.uv.toml', '--template', TEMPLATE]
    done = podlock.run('check', *fits)
    podlock.expect(done.returncode == 0, 'fits', done.stderr)
    podlock.expect('fits ' + TEMPLATE in done.stdout, done.stdout)
    for entry, kind in ((('torch', '2.9.1', 'torch', '2.9.1',
                          'py3-none-any', SHA), 'protected'),
                        (('zzz', '1', 'zzz', '1', 'cp39-cp39-win32', SHA),
                         'entry'),
                        (('markupsafe', '1.0', 'markupsafe', '1.0',
                          'py3-none-any', SHA), 'broken')):
        podlock.write('pylock.uv.toml', text + ENTRY % entry)
        code, kinds = podlock.kinds(*fits)
        podlock.expect((code, kinds[:1]) == (1, [kind]), kind, kinds)
        podlock.expect(podlock.kinds(fits[0]) == (0, []), kind, 'unasked')
    podlock.write('pylock.no.toml', 'lock-version = "1.0"\n')
    done = podlock.run('check', 'pylock.no.toml', 'pylock.toml')
    podlock.expect(done.returncode == 2, 'no lock', done.returncode)
    podlock.expect('pylock.toml is valid' in done.stdout, 'the other one')
    done = podlock.run('check', 'pylock.none-such.toml')
    podlock.expect(done.returncode == 5, 'no file', done.returncode)


def arguments(lock, words):
    told = ', '.join(json.dumps(w) for w in words)
    return re.sub('arguments = .*', lambda _: f'arguments = [{told}]', lock)


def check_strangers(podlock, lock):
    base = ['r.in', '--template', TEMPLATE]
    secret = os.path.join(os.path.dirname(podlock.folder), 'secret.in')
    with open(secret, 'w', encoding='utf-8') as f:
        f.write('my secret is 42\n')
    worlds = {
        'none': [],
        'no words': ['r.in'],
        'unknown': base + ['--none-such'],
        'a folder to write': base + ['--dump', 'dumped'],
        'a file to write': base + ['-o', 'written.toml'],
        'authorities': base + ['--cert', 'c.pem'],
        'trust': base + ['--allow-insecure-host', 'x.invalid'],
        'a cache': base + ['--cache-dir', 'made'],
        'help': base + ['--help'],
        'another file': ['/etc/passwd', '--template', TEMPLATE],
        'outside': ['../secret.in', '--template', TEMPLATE],
        'constraints outside': base + ['--constraint', '../secret.in'],
        'rules outside': base + ['--rules', '../..'],
        'template by file': ['r.in', '--template', './r.in'],
        'a NUL': ['r.in\0x', '--template', TEMPLATE],
        'standard input': ['-', '--template', TEMPLATE],
        'no rule': base + ['--ignore-rule', 'none-such'],
        'no fact': base + ['--allow-replace', 'none-such'],
        'escapes': base + ['--exclude', '\x1b[31mx'],
        'not in order': ['--template', TEMPLATE, 'r.in'],
    }
    before = sorted(os.listdir(podlock.folder))
    for what, words in worlds.items():
        text = arguments(lock, words)
        podlock.write('pylock.evil.toml', text)
        done = podlock.run('check', '-v', 'pylock.evil.toml')
        podlock.expect(done.returncode == 1, what, done.returncode,
                       done.stdout, done.stderr)
        podlock.expect('42' not in done.stderr, what, done.stderr)
        podlock.expect('root:' not in done.stderr, what, done.stderr)
        podlock.expect('\x1b' not in done.stderr, what, repr(done.stderr))
    for digest in ('0' * 64, hashlib.sha256(b'x').hexdigest()):
        text = arguments(lock, ['../secret.in', '--template', TEMPLATE])
        text = re.sub(r'name = "r.in", sha256 = "[^"]*"',
                      f'name = "../secret.in", sha256 = "{digest}"', text)
        podlock.write('pylock.evil.toml', text)
        done = podlock.run('check', '-v', 'pylock.evil.toml')
        podlock.expect(done.returncode == 1, 'outside', done.returncode)
        podlock.expect('secret is' not in done.stderr, 'told', done.stderr)
    after = sorted(os.listdir(podlock.folder))
    podlock.expect(set(after) - set(before) <= {'pylock.evil.toml'},
                   'written', after)


def check_fresh(podlock, lock):
    """What only resolving again can tell, and whom that asks."""
    fresh = ['check', '--fresh', *podlock.index[:3]]
    done = podlock.run(*fresh)
    podlock.expect(done.returncode == 0, 'fresh', done.stderr)
    podlock.expect('still gives' in done.stdout, 'fresh', done.stdout)
    careful = without_entry(lock, 'regex')
    careful = careful.replace('dependencies = [\n    { name = "regex" },\n]\n',
                              '')
    size = sum(int(n) for n in re.findall(r', size = (\d+)', careful))
    careful = re.sub('download = .*', f'download = {size}', careful)
    worlds = {'regex': careful,
              'tqdm': re.sub(r'(/tqdm[^"]*-)py3-none', r'\1py2.py3-none', lock)}
    for name, text in worlds.items():
        podlock.expect(text != lock, name, 'is as it was')
        podlock.write('pylock.edited.toml', text)
        podlock.expect(podlock.kinds('pylock.edited.toml')[0] == 0, name)
        done = podlock.run(*fresh, 'pylock.edited.toml')
        podlock.expect(done.returncode == 1, name, done.stdout)
        podlock.expect('because: ' + name in done.stderr, name, done.stderr)
        podlock.expect(podlock.read('pylock.edited.toml') == text, 'written')
        code, kinds = podlock.kinds(*fresh[1:], 'pylock.edited.toml')
        podlock.expect((code, kinds) == (1, ['fresh']), name, kinds)
    os.makedirs(podlock.path('empty/pypi/simple'))
    done = podlock.run('check', '--fresh', '--index-root', 'empty',
                       '--no-cache')
    podlock.expect(done.returncode == 1, 'no answer', done.returncode)
    podlock.expect('no answer any more' in done.stderr, done.stderr)
    for option, value in (('--index-url', 'http://evil.invalid/simple/'),
                          ('--extra-index-url', 'https://evil.invalid/simple/'),
                          ('--torch-index-url', 'https://evil.invalid/whl/'),
                          ('--find-links', 'evil')):
        podlock.write('pylock.evil.toml', arguments(
            lock, ['r.in', '--template', TEMPLATE, option, value]))
        podlock.expect(podlock.kinds('pylock.evil.toml')[0] == 0, option)
        done = podlock.run('check', '--fresh', '--no-cache',
                           'pylock.evil.toml')
        podlock.expect(done.returncode == 2, option, done.stderr)
        podlock.expect('not taken from a lock' in done.stderr, done.stderr)
    done = podlock.run(*fresh, 'pylock.evil.toml')
    podlock.expect(done.returncode == 0, 'another index', done.stderr)


def check_resolve(podlock, lock):
    """`podlock resolve --check` writes nothing and tells what would change."""
    words = ['r.in', '--template', TEMPLATE, '--check', '-o']
    for name in ('pylock.toml', 'pylock.req.txt'):
        done = podlock.resolve(*words, 'none.' + name if '.txt' in name
                               else 'pylock.none.toml')
        podlock.expect(done.returncode == 1, 'absent', done.stderr)
        podlock.expect('is not there' in done.stderr, 'absent', done.stderr)
        podlock.resolve(*words[:3], '-o', name)
        before = os.stat(podlock.path(name))
        done = podlock.resolve(*words, name)
        podlock.expect(done.returncode == 0, name, done.stderr)
        podlock.expect(done.stdout == name + ' is what resolving gives\n',
                       done.stdout)
        after = os.stat(podlock.path(name))
        podlock.expect(before.st_mtime_ns == after.st_mtime_ns, 'written')
    podlock.expect(not os.path.exists(podlock.path('pylock.none.toml')),
                   'written')
    requirements = podlock.read('r.in')
    podlock.write('r.in', requirements + 'scipy<1.15\n')
    done = podlock.resolve(*words, 'pylock.toml', '-v')
    podlock.expect(done.returncode == 1, 'changed', done.stderr)
    podlock.expect(re.search(r'because: scipy \S+ becomes 1\.14\.',
                             done.stderr), done.stderr)
    podlock.expect('fix: podlock resolve r.in' in done.stderr, done.stderr)
    podlock.expect(podlock.read('pylock.toml') == lock, 'written')
    done = podlock.resolve(*words, 'pylock.req.txt')
    podlock.expect(done.returncode == 1, 'text', done.stderr)
    podlock.write('r.in', requirements + '\n')
    done = podlock.resolve(*words, 'pylock.toml')
    podlock.expect('nothing but the digests of its inputs' in done.stderr,
                   done.stderr)
    podlock.write('r.in', requirements)
    podlock.write('pylock.toml', '# mine\n' + lock)
    done = podlock.resolve(*words, 'pylock.toml')
    podlock.expect('nothing but comments' in done.stderr, done.stderr)
    podlock.write('pylock.toml', lock)
    done = podlock.resolve(*words[:-1])
    podlock.expect(done.returncode == 2, 'no file', done.stderr)


def check_config(podlock):
    """Without a name, the locks of podlock.toml, made as it says."""
    folder = podlock.path('project')
    os.mkdir(folder)
    podlock.write('project/r.in', 'tqdm\n')
    old = 'runpod-torch240-cu124-py311'
    config = (f'inputs = ["r.in"]\n[lock.new]\ntemplate = "{TEMPLATE}"\n'
              f'[lock.old]\ntemplate = "{old}"\n')
    podlock.write('project/podlock.toml', config)

    def run(*words, **env):
        return podlock.run(*words, '--directory', folder, **env)
    done = run('resolve', '-q', *podlock.index)
    podlock.expect(done.returncode == 0, 'config', done.stderr)
    for env in ({}, {'PODLOCK_TEMPLATE': old}):
        done = run('check', **env)
        podlock.expect(done.returncode == 0, 'config', done.stderr)
        podlock.expect('pylock.new.toml is valid' in done.stdout and
                       'pylock.old.toml is valid' in done.stdout, done.stdout)
    done = run('check', '--lock', 'new')
    podlock.expect(done.stdout.count('is valid') == 1, done.stdout)
    done = run('check', '--fresh', *podlock.index[:3])
    podlock.expect(done.stdout.count('still gives') == 2, done.stderr)
    podlock.write('project/podlock.toml', config + 'exclude = ["six"]\n')
    done = run('check')
    podlock.expect(done.returncode == 1, 'another config', done.stdout)
    podlock.expect('pylock.new.toml is valid' in done.stdout, done.stdout)
    podlock.expect('other arguments than podlock.toml' in done.stderr and
                   'fix: podlock resolve --lock old\n' in done.stderr,
                   done.stderr)
    podlock.expect(run('check', 'pylock.old.toml').returncode == 0, 'named')
    podlock.expect(run('check', '--no-config').returncode == 5, 'no config')
    podlock.write('project/podlock.toml', f'template = "{TEMPLATE}"\n')
    done = run('resolve', 'r.in', '-q', '-o', 'pylock.toml', *podlock.index)
    podlock.expect(done.returncode == 0, 'no inputs', done.stderr)
    done = run('check')
    podlock.expect(done.returncode == 0, 'no inputs', done.stderr)


def check_folders(podlock, lock):
    """Inputs are here, or beside the lock."""
    sub = podlock.path('sub')
    os.mkdir(sub)
    podlock.write('sub/pylock.toml', lock)
    podlock.expect(podlock.kinds('sub/pylock.toml')[0] == 0, 'here')
    os.rename(podlock.path('r.in'), podlock.path('sub/r.in'))
    podlock.expect(podlock.kinds('sub/pylock.toml')[0] == 0, 'beside')
    podlock.write('r.in', 'numpy<1\n')
    podlock.expect(podlock.kinds('sub/pylock.toml')[0] == 0, 'the same one')
    podlock.write('sub/r.in', 'numpy<1\n')
    podlock.expect(podlock.kinds('sub/pylock.toml')[0] == 1, 'neither')


def main():
    program, index, fixtures = (os.path.abspath(p) for p in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as top:
        folder = os.path.join(top, 'work')
        os.mkdir(folder)
        podlock = Podlock(program, index, folder)
        check_all_good(podlock, fixtures)
        os.rename(podlock.path('whisper.in'), podlock.path('r.in'))
        done = podlock.resolve('r.in', '--template', TEMPLATE, '-o',
                               'pylock.toml')
        podlock.expect(done.returncode == 0, done.stderr)
        podlock.expect(podlock.kinds() == (0, []), 'the usual name')
        lock = podlock.read('pylock.toml')
        check_options_good(podlock)
        check_files_good(podlock)
        check_own_template(podlock, fixtures)
        check_inputs(podlock, lock)
        check_template(podlock, lock)
        check_entries(podlock, lock)
        check_tool(podlock, lock)
        check_facts(podlock)
        check_foreign(podlock)
        check_strangers(podlock, lock)
        check_config(podlock)
        check_fresh(podlock, lock)
        check_resolve(podlock, lock)
        check_folders(podlock, lock)
    print(podlock.failures, 'failures')
    return podlock.failures > 0


if __name__ == '__main__':
    sys.exit(main())
