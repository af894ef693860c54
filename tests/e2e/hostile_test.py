#!/usr/bin/env python3
"""Hostile input, odd places to write to, and little to live on.

usage: hostile_test.py PODLOCK

Each case runs the real program on input made here. Besides what a case asks
for itself: no crash, no sanitizer's report, no answer later than TIMEOUT, one
error where something failed, no byte in any output that a terminal obeys, no
more than MAX_STDERR bytes of complaint, and nothing left beside an output.
"""
import hashlib
import io
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import tomllib

TIMEOUT = 20
MAX_STDERR = 8000
HIDDEN = [*range(0x7f, 0xa0), 0x61c, *range(0x200b, 0x2010),
          *range(0x2028, 0x202f), *range(0x2066, 0x206a), 0xfeff]
BARE = ['--template', 'none', '--python-version', '3.11']
META = 'Metadata-Version: 2.1\nName: {}\nVersion: {}\n'
ESC = '\x1b]0;x\x07'


class World:
    """A folder with a recorded index, to run podlock in."""

    def __init__(self, podlock, top):
        self.podlock, self.top, self.rows = podlock, top, {}
        self.bad = 0
        self.write('index/origin', 'https://index.invalid/\n')
        os.makedirs(self.path('index/pypi/simple'))

    def path(self, name):
        return os.path.join(self.top, name)

    def write(self, name, body):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(body if isinstance(body, bytes) else body.encode())
        return path

    def page(self, name, **head):
        page = {'name': name, 'files': self.rows.get(name, []), **head}
        self.write(f'index/pypi/simple/{name}/index.json', json.dumps(page))

    def file(self, name, file, body, **more):
        """A row of a page; body is a wheel's METADATA or an sdist."""
        body = body if isinstance(body, bytes) else body.encode()
        digest = hashlib.sha256(body).hexdigest()
        row = {'filename': file, 'url': f'../../files/{file}',
               'hashes': {'sha256': digest}, 'size': 1000}
        if file.endswith('.whl'):
            row['core-metadata'] = {'sha256': digest}
            file += '.metadata'
        self.write(f'index/pypi/files/{file}', body)
        self.rows.setdefault(name, []).append({**row, **more})
        self.page(name)

    def add(self, name, version, *requires, meta=None, **more):
        text = META.format(name, version) if meta is None else meta
        text += ''.join(f'Requires-Dist: {r}\n' for r in requires)
        self.file(name, f'{name}-{version}-py3-none-any.whl', text, **more)

    def run(self, *args, **more):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))}
        return subprocess.run([self.podlock, *args], cwd=self.top,
                              capture_output=True, timeout=TIMEOUT,
                              env=env, **more)

    def resolve(self, text, *args, **more):
        self.write('r.in', text)
        if '--template' not in args:
            args = [*BARE, *args]
        return self.run('resolve', 'r.in', '--index-root', 'index', *args,
                        **more)

    def wrong(self, what, *why):
        self.bad += 1
        print(f'{what}:', *why)

    def expect(self, what, done, code, pattern=b''):
        """The exit code, and a text that standard error must hold."""
        err = done.stderr
        if done.returncode != code:
            self.wrong(what, f'exit {done.returncode}, not {code}',
                       err[:2000].decode(errors='replace'))
        if pattern not in err:
            self.wrong(what, f'no {pattern} in', err[:2000])
        if code > 1 and err.count(b'error: ') != 1:
            self.wrong(what, 'not one error', err[:2000])
        if b'Sanitizer' in err or b'runtime error' in err:
            self.wrong(what, err[:4000].decode(errors='replace'))
        if len(err) > MAX_STDERR:
            self.wrong(what, f'{len(err)} bytes of errors')
        for text in (done.stdout, err):
            self.check_text(what, text)

    def check_text(self, what, raw):
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            return self.wrong(what, 'prints what is not UTF-8')
        seen = {c for c in text if c != '\n' and
                (ord(c) < 32 or ord(c) in HIDDEN)}
        if seen:
            self.wrong(what, f'prints {seen}')


def long_lines(w):
    """An error shows a window of a long line, and its place in it."""
    done = w.resolve('a' * 300000 + ' ==\n')
    w.expect('long line', done, 2, b'[...]')
    done = w.resolve('a' * (2 << 20))
    w.expect('longer line', done, 6, b'[...]')
    done = w.resolve('a>=1,' + ' ' * 9000 + '\u202e\n')
    w.expect('place far into a line', done, 2)
    if b'^' not in done.stderr:
        w.wrong('place far into a line', done.stderr)
    w.write('pyproject.toml', 'x = ' + '[' * 100000)
    done = w.run('resolve', 'pyproject.toml', '--index-root', 'index', *BARE)
    w.expect('deep TOML', done, 6, b'nested more than')
    if done.stderr.count(b'\n') > 4:
        w.wrong('deep TOML', done.stderr)
    w.write('t.toml', 'podlock-template = 1\nid = "%s"\n[environment]\n'
            'python = "3.11"\n' % ('x ' * 100000))
    w.expect('long id', w.run('templates', 'show', './t.toml'), 2, b'[...]')
    w.write('t.toml', b'\xbf' * 5000)
    w.expect('no UTF-8', w.run('templates', 'show', './t.toml'), 2)


def requirements(w):
    """What would be more than one requirement is none."""
    w.add('a', '1.0')
    for name, text in {
            'carriage return': 'a\rb\n', 'NUL': 'a\0\n', 'bidi': 'a\u202e\n',
            'escape': ESC + 'a\n', 'line separator': 'a\u2028b\n',
            'marker': f'a; os_name == "{ESC}"\n', 'itself': '-r r.in\n',
            'variable': 'a${HOSTILE}\n'}.items():
        w.expect(name, w.resolve(text), 2)
    os.environ['HOSTILE'] = '\n--index-url https://secret.invalid/'
    done = w.resolve('a${HOSTILE}\n')
    w.expect('variable with a line break', done, 2)
    if b'secret' in done.stderr:
        w.wrong('variable', 'its value is shown', done.stderr)
    w.expect('/dev/zero', w.resolve('-r /dev/zero\n'), 6)
    w.expect('comment', w.resolve(f'a # {ESC}\n'), 0)


RULE = '''[[rule]]
id = "r1"
package = "a"
versions = "<3"
conflicts = "b>=1"
severity = "import"
status = "tested"
'''


def line_breaks(w):
    """What a rule, a dump or a template says begins no line of an error."""
    forged = '\n::error::x\nfix: obey \x1b[31m'
    w.add('a', '1.0')
    w.add('b', '1.0')
    quoted = json.dumps(forged)
    w.write('rules/x.toml', f'{RULE}reason = {quoted}\nevidence = {quoted}\n')
    cases = {'rule': w.resolve('a\nb\n', '--rules', 'rules')}
    for name, dump in {
            'rule id': f'rule {quoted} a * conflicts b *\nrequire a\n'
                       'require b\nproject a\n  1\nproject b\n  1\n',
            'unusable': f'require a\nproject a\n  1 unusable={quoted}\n',
            'template': f'template {quoted}\nfact a 1 locked\n'
                        'require a>1\nrequire b\nproject b\n  1\n',
    }.items():
        w.write('dump.txt', dump)
        cases[name] = w.run('replay', 'dump.txt')
    for name, done in cases.items():
        w.expect(name, done, 1)
        lines = done.stderr.decode().splitlines()
        if any(line.lstrip().startswith('::') or 'obey' in line[:12]
               for line in lines):
            w.wrong(name, 'forged a line', done.stderr.decode())


def lying_pages(w):
    """Names and URLs of an index stay below it, and in their strings."""
    bad_names = ['../a-2.0-py3-none-any.whl', 'a-2.0\n-py3-none-any.whl',
                 f'a-2.0+{ESC}-py3-none-any.whl', 'a-2.0\n.tar.gz']
    bad_urls = ['file:///etc/passwd', '//evil.invalid/a', '%2e%2e/%2e%2e/x',
                '..%2f..%2fx', 'https://evil.invalid/a-2.0-py3-none-any.whl']
    for name in bad_names:
        w.add('a', '2.0', filename=name)
    for url in bad_urls:
        w.add('a', '2.0', url=url)
    w.add('a', '1.0', **{'upload-time': '2024-01-01T00:00:00Z\n[x]'})
    w.expect('lying page', w.resolve('a\n', '-o', 'pylock.toml'), 0)
    with open(w.path('pylock.toml'), 'rb') as f:
        lock = tomllib.load(f)
    if [p['version'] for p in lock['packages']] != ['1.0'] or 'x' in lock:
        w.wrong('lying page', lock)
    before = lock
    w.add('b', '1.0', **{'core-metadata': {'sha256': '0' * 64}})
    done = w.resolve('a\nb\n', '-o', 'pylock.toml')
    w.expect('wrong hash', done, 4, b'is not the file')
    with open(w.path('pylock.toml'), 'rb') as f:
        if tomllib.load(f) != before:
            w.wrong('wrong hash', 'the old lock changed')


def broken_pages(w):
    for name, page in {
            'deep': '[' * 1000000, 'empty': '', 'captive': f'<html>{ESC}',
            'surrogate': '{"files": [], "x": "\\ud800"}',
            'number': '{"files": [], "x": 1e400}'}.items():
        w.write('index/pypi/simple/c/index.json', page)
        w.expect(name, w.resolve('c\n'), 3)


def odd_files(w):
    """What is no regular file is not waited for where nobody named it."""
    w.add('a', '1.0')
    page = w.path('index/pypi/simple/b/index.json')
    os.makedirs(os.path.dirname(page))
    os.mkfifo(page)
    w.expect('page', w.resolve('b\n'), 5, b'regular')
    metadata = w.path('index/pypi/files/a-1.0-py3-none-any.whl.metadata')
    os.unlink(metadata)
    os.mkfifo(metadata)
    w.expect('metadata', w.resolve('a\n'), 5, b'regular')
    os.makedirs(w.path('fifos'))
    os.mkfifo(w.path('fifos/x.toml'))
    w.expect('rules', w.run('rules', '--rules', 'fifos'), 5, b'regular')


def sdist(name, text):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w:gz') as tar:
        for file, body in [(f'{name}-1.0/PKG-INFO',
                            META.format(name, '1.0').replace('2.1', '1.0')),
                           (f'{name}-1.0/{name}.egg-info/requires.txt', text)]:
            member = tarfile.TarInfo(file)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body.encode()))
    return out.getvalue()


def bombs(w):
    """Small input that would be long work."""
    long_marker = ' or '.join(['os_name == "x"'] * 3000)
    text = f'[:{long_marker}]\n' + 'b\n' * 9000
    w.file('a', 'a-1.0.tar.gz', sdist('a', text))
    w.expect('repeated marker', w.resolve('a\n'), 6, b'markers')
    w.file('c', 'c-1.0.tar.gz', sdist('c', '[:os_name == "x"]\n' + 'b\n' * 900))
    w.expect('many of one marker', w.resolve('c\n'), 0)
    w.add('d', '1.0', *['b; ' + '(' * 9000 + 'os_name' + ')' * 9000])
    w.expect('deep marker', w.resolve('d\n'), 6)


def search_bomb(w):
    """Ten packages, nine versions each, no two of them the same."""
    names = [f'p{k}' for k in range(10)]
    for name in names:
        for v in range(9):
            w.add(name, f'{v}.0', *[f'{other}!={v}.0' for other in names
                                    if other != name])
    old = LOCK + 'packages = []\n'
    w.write('pylock.toml', old)
    done = w.resolve('p0\n', '-o', 'pylock.toml', preexec_fn=lambda:
                     resource.setrlimit(resource.RLIMIT_CPU, (2, 30)))
    w.expect('search without end', done, 6, b'processor time')
    with open(w.path('pylock.toml')) as f:
        if f.read() != old:
            w.wrong('search without end', 'the old file changed')


def no_bomb(w):
    """A "no" of many versions, each with needs of its own, is told in time."""
    for k in range(300):
        w.add('a', f'1.{k}', f'b=={k + 1}')
        w.add('b', f'{k}', f'a==1.{k}')
    done = w.resolve('a\n', '--no-repairs', preexec_fn=lambda:
                     resource.setrlimit(resource.RLIMIT_CPU, (8, 30)))
    w.expect('versions that need one another', done, 1, b'more reasons')


def no_without_end(w):
    """A chain to a "no" may be long, but what tells of it not deep."""
    for k in range(600):
        w.add(f'p{k}', '1', f'p{k + 1}')
    w.add('p600', '1', 'p0==2')
    done = w.resolve('p0\n', '--no-repairs', preexec_fn=lambda:
                     resource.setrlimit(resource.RLIMIT_STACK,
                                        (320 << 10, 320 << 10)))
    w.expect('long chain', done, 1, b'more reasons')


def places(w):
    """Where the answer goes: what was there stays, nothing is left over."""
    w.add('a', '1.0')
    os.makedirs(w.path('out/folder.txt'))
    os.mkfifo(w.path('out/fifo.txt'))
    os.symlink('nothing', w.path('out/dangling.txt'))
    os.symlink('loop.txt', w.path('out/loop.txt'))
    for name in ('folder', 'fifo', 'dangling', 'loop'):
        w.expect(name, w.resolve('a\n', '-o', f'out/{name}.txt'), 5)
    for name in ('dangling', 'loop'):
        if not os.path.islink(w.path(f'out/{name}.txt')):
            w.wrong(name, 'the link is gone')
    w.write('out/real', '# old\n')
    os.symlink('real', w.path('out/link.txt'))
    w.expect('link', w.resolve('a\n', '-o', 'out/link.txt'), 0)
    with open(w.path('out/real')) as f:
        if 'a==1.0' not in f.read() or not os.path.islink(
                w.path('out/link.txt')):
            w.wrong('link', 'the file behind it is the old one')
    w.write('out/full.txt', '# old\n')
    done = w.resolve('a\n', '-o', 'out/full.txt', preexec_fn=lambda:
                     resource.setrlimit(resource.RLIMIT_FSIZE, (99, 99)))
    w.expect('file too large', done, 5, b'too large')
    with open(w.path('out/full.txt')) as f:
        if f.read() != '# old\n':
            w.wrong('file too large', 'the old file changed')
    with open('/dev/full', 'w') as full:
        done = subprocess.run([w.podlock, 'templates'], stdout=full,
                              stderr=subprocess.PIPE)
        if done.returncode != 5:
            w.wrong('full standard output', done)


LOCK = 'lock-version = "1.0"\ncreated-by = "x"\n'
FOLDER = 'directory = {{ path = "{}" }}\n'


def packages(*rows):
    return LOCK + ''.join(f'[[packages]]\nname = "{name}"\n{rest}'
                          for name, rest in rows)


def locks(w):
    """Locks of strangers: shown or refused, neither long nor unescaped."""
    odd = '\\u001b]0;x\\u0007\\u202e\\n::error::x'
    shown = {
        'escapes': packages(('a', f'directory = {{ path = "x{odd}" }}\n')),
        'odd keys': LOCK + f'packages = []\n"x{odd}" = 1\n',
        'odd maker': f'lock-version = "1.0"\ncreated-by = "{odd}"\n'
                     'packages = []\n',
        'many keys': LOCK + 'packages = []\n' + ''.join(
            f'x{i} = 1\n' for i in range(20000)),
        'many extras': LOCK + 'packages = []\nextras = [%s]\n' % ', '.join(
            f'"e{i}"' for i in range(500000)),
        'one name often': packages(*(
            ('a', f"marker = \"python_version == '3.{i}'\"\n" +
             FOLDER.format('.')) for i in range(100, 3000))),
        'secret': packages(('a', 'vcs = { type = "git", url = "https://me:'
                            f'secret@h/", commit-id = "{"0" * 40}" }}\n')),
    }
    codes = {'escapes': 2}
    for name, text in shown.items():
        w.write('pylock.toml', text)
        for more in [], ['--json']:
            done = w.run('show', *more)
            w.expect(f'lock with {name}', done, codes.get(name, 0))
            if b'secret' in done.stdout + done.stderr:
                w.wrong(f'lock with {name}', 'shows it')
            if b'\n::error' in done.stdout + done.stderr:
                w.wrong(f'lock with {name}', 'a line of its own')
    refused = {
        'too many packages': (6, packages(*(
            (f'a{i}', FOLDER.format('.')) for i in range(10001)))),
        'deep tables': (6, LOCK + 'packages = []\nx = ' + '{ a = ' * 5000),
        'no UTF-8': (2, LOCK.encode() + b'x = "\xff"\n'),
        'NUL': (2, LOCK + 'packages = []\n\0'),
    }
    for name, (code, text) in refused.items():
        w.write('pylock.toml', text)
        w.expect(f'lock with {name}', w.run('show'), code)


CASES = [long_lines, requirements, line_breaks, lying_pages, broken_pages,
         odd_files, bombs, search_bomb, no_bomb, no_without_end,
         places, locks]


def main(podlock):
    bad = 0
    for case in CASES:
        with tempfile.TemporaryDirectory() as top:
            w = World(os.path.abspath(podlock), top)
            try:
                case(w)
            except subprocess.TimeoutExpired as late:
                w.wrong(case.__name__, f'no answer: {late}')
            left = [name for _, _, names in os.walk(top) for name in names
                    if '.podlock-' in name]
            if left:
                w.wrong(case.__name__, f'left over: {left}')
            print(f'{case.__name__}: {"BAD" if w.bad else "good"}')
            bad += w.bad
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
