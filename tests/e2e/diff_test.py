#!/usr/bin/env python3
"""What `podlock diff` says of two locks, and where it takes them from.

usage: diff_test.py PODLOCK INDEX FIXTURES

goldens   locks of recorded requirements at three dates and for two containers,
          as text in 80 columns, Markdown and JSON: tests/data/diff/.
          PODLOCK_REWRITE=1 writes them, for review
git       revisions, in a repository made here; what git says is shown, and
          nothing is given to it as an option
pins      requirements.txt and what `pip freeze` prints, against a lock
hostile   names, URLs and markers that would break out of a terminal or of a
          comment; a lock that names other files; a git that is not git
time      two locks of 600 packages
"""
import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import tempfile

T240 = 'runpod-torch240-cu124-py311'
T280 = 'runpod-102-cu1281-torch280-ubuntu2404'
DATES = ['2025-10-17', '2026-03-01', '2026-11-20']
GOLDENS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..',
                       'data', 'diff')
MOST_SECONDS = 2.0


class World:
    def __init__(self, podlock, index, top):
        self.podlock, self.index, self.top = podlock, index, top
        self.bad = 0

    def environment(self, **more):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(('PODLOCK_', 'PIP_', 'UV_', 'GIT', 'COL'))}
        # neither the user's settings nor the machine's
        env.update(GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_NOSYSTEM='1',
                   HOME=self.top, **more)
        return env

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), 'w', encoding='utf-8') as f:
            f.write(text)

    def read(self, name):
        with open(self.path(name), encoding='utf-8') as f:
            return f.read()

    def wrong(self, what, *why):
        self.bad += 1
        print(f'{what}:', *why)

    def lock(self, out, *args, cwd='.'):
        done = subprocess.run(
            [self.podlock, 'resolve', *args, '--index-root', self.index,
             '--no-repairs', '-o', out], cwd=self.path(cwd),
            env=self.environment(), capture_output=True, text=True,
            timeout=300)
        if done.returncode:
            self.wrong('resolve', args, done.stderr)

    def diff(self, *args, cwd='.', stdin=None, env=None):
        return subprocess.run(
            [self.podlock, 'diff', *args], cwd=self.path(cwd),
            env=env or self.environment(COLUMNS='80'), capture_output=True,
            text=True, input=stdin, timeout=120)

    def git(self, *args, cwd='repo'):
        subprocess.run(
            ['git', '-c', 'user.name=a', '-c', 'user.email=a@example.org',
             *args], cwd=self.path(cwd), env=self.environment(), check=True,
            capture_output=True, timeout=60)

    def want(self, what, done, code, *out, err=()):
        """The exit code, and texts that must stand in what is printed."""
        if done.returncode != code:
            self.wrong(what, f'exit {done.returncode}, not {code}:',
                       done.stdout, done.stderr)
        for text in out:
            if text not in done.stdout:
                self.wrong(what, f'{text!r} is missing in', done.stdout)
        for text in err:
            if text not in done.stderr:
                self.wrong(what, f'{text!r} is missing in', done.stderr)

    def golden(self, name, done):
        path = os.path.join(GOLDENS, name)
        if done.returncode or done.stderr:
            self.wrong(name, f'exit {done.returncode}', done.stderr)
        if os.environ.get('PODLOCK_REWRITE'):
            os.makedirs(GOLDENS, exist_ok=True)
            with open(path, 'w', encoding='utf-8') as f:
                f.write(done.stdout)
        with open(path, encoding='utf-8') as f:
            expected = f.read()
        if done.stdout == expected:
            return
        self.wrong(name, 'is not as recorded')
        for a, b in zip(done.stdout.split('\n'), expected.split('\n')):
            if a != b:
                print(f'  now {a!r}\n  was {b!r}')
                break


# ---- goldens ----

def goldens(world, fixtures):
    with open(os.path.join(fixtures, 'requirements', 'llama-factory.in'),
              encoding='utf-8') as f:
        world.write('requirements.in', f.read())
    for template in (T240, T280):
        for date in DATES:
            world.lock(f'pylock.{template[7:15]}-{date}.toml',
                       'requirements.in', '--template', template,
                       '--exclude-newer', date)
    names = [f'pylock.{T240[7:15]}-{date}.toml' for date in DATES]
    other = f'pylock.{T280[7:15]}-{DATES[2]}.toml'
    cases = [('month', names[0], names[1]), ('year', names[0], names[2]),
             ('back', names[2], names[1]), ('template', names[2], other)]
    for name, old, new in cases:
        text = world.diff(old, new)
        world.golden(name + '.txt', text)
        world.golden(name + '.md', world.diff(old, new, '--format',
                                              'markdown'))
        for line in text.stdout.split('\n'):
            if len(line) > 80:
                world.wrong(name, 'is wider than 80 columns:', line)
        check_json(world, name, old, new)
    changed_line(world)
    same = world.diff(names[0], names[0], '--exit-code')
    world.want('the same', same, 0)
    if not re.fullmatch(r'no changes: \d+ packages\n', same.stdout):
        world.wrong('the same', same.stdout)
    world.want('exit code', world.diff(names[0], names[1], '--exit-code'), 1)
    colour = world.diff(names[0], names[1], '--color', 'always').stdout
    plain = re.sub('\033\\[[0-9;]*m', '', colour)
    if colour == plain or plain != world.diff(names[0], names[1]).stdout:
        world.wrong('colour', 'changes more than colours')


def changed_line(world):
    """A line is raised, one bounded, one added: all forms, JSON too."""
    for name, text in [('old', 'transformers<4.56\naccelerate\nnumpy\n'),
                       ('new', 'transformers>=4.57\naccelerate\nnumpy<2.2\n'
                               'scipy\n')]:
        os.makedirs(world.path('line', name))
        world.write(f'line/{name}/requirements.in', text)
        world.lock('pylock.toml', 'requirements.in', '--template', T280,
                   '--exclude-newer', DATES[0], cwd=f'line/{name}')
    both = ['line/old/pylock.toml', 'line/new/pylock.toml']
    world.golden('line.txt', world.diff(*both))
    world.golden('line.md', world.diff(*both, '--format', 'markdown'))
    world.golden('line.json', world.diff(*both, '--json'))
    unknown_template(world, both)


def unknown_template(world, both):
    old, new = map(world.read, both)
    world.write('line/other.toml', new.replace(T280, 'my-own'))
    done = world.diff(both[0], 'line/other.toml')
    world.want('an unknown template', done, 0, 'transformers', 'my-own',
               err=['my-own is not a known one'])
    world.write('line/facts.toml', re.sub(
        r'template-digest = "[^"]*"',
        'template-digest = "sha256:' + '0' * 64 + '"', new))
    done = world.diff(both[0], 'line/facts.toml')
    world.want('other facts', done, 0, 'torch stays 2.8.0+cu128',
               err=['other facts'])
    # an id that is a path is not opened
    world.write('line/id.toml', old.replace(T280, '/dev/zero'))
    world.want('a path for an id', world.diff(both[0], 'line/id.toml'), 0,
               err=['/dev/zero is not a known one'])


def check_json(world, name, old, new):
    """Every version of both locks is accounted for, and the text agrees."""
    done = world.diff(old, new, '--json')
    found = json.loads(done.stdout)
    text = world.diff(old, new, env=world.environment()).stdout
    if text.split('\n')[0] != found['summary']:
        world.wrong(name, 'JSON has another summary:', found['summary'])
    versions = [versions_of(world, lock) for lock in (old, new)]
    changed = {c['name']: c for c in found['changes']
               if c['subject'] == 'package'}
    for package in versions[0].keys() | versions[1].keys():
        a, b = (v.get(package) for v in versions)
        change = changed.get(package)
        if a != b and not change:
            world.wrong(name, f'{package} {a} -> {b} is not told')
        if change and a and b and [change['from'], change['to']] != [a, b]:
            world.wrong(name, f'{package} is {a} -> {b}, not', change)
    least = {'name', 'from', 'to', 'kind', 'group', 'because', 'bytes'}
    for change in found['changes']:
        if not least <= change.keys():
            world.wrong(name, 'keys are missing in', change)
    ordered = [c['group'] for c in found['changes']]
    if ordered != sorted(ordered, key=ordered.index):
        world.wrong(name, 'groups are torn:', ordered)


def versions_of(world, lock):
    text = world.read(lock)
    return dict(re.findall(r'\[\[packages\]\]\nname = "([^"]*)"\n'
                           r'version = "([^"]*)"', text))


# ---- git ----

def make_repository(world):
    lock = ['requirements.in', '--template', T240]
    os.makedirs(world.path('repo', 'sub'))
    world.git('init', '-q', '-b', 'trunk')
    world.write('repo/requirements.in', 'numpy<2\ntqdm==4.66.1\nrequests\n')
    world.lock('pylock.toml', *lock, cwd='repo')
    world.git('add', '-A')
    world.git('commit', '-q', '-m', 'one')
    world.git('tag', 'v1')
    world.write('repo/requirements.in',
                'numpy<2\ntqdm>=4.67\nrequests\npandas\n')
    world.lock('pylock.toml', *lock, cwd='repo')


def git(world):
    make_repository(world)
    line = 'requirements.in:2 tqdm==4.66.1 -> tqdm>=4.67'
    repo = world.path('repo')
    for what, args, cwd in [
            ('nothing named', [], 'repo'), ('a tag', ['v1'], 'repo'),
            ('a file', ['pylock.toml'], 'repo'),
            ('dashes', ['HEAD', '--', 'pylock.toml'], 'repo'),
            ('from below', ['v1', '../pylock.toml'], 'repo/sub'),
            ('absolute', ['v1', repo + '/pylock.toml'], '.'),
            ('a path', ['v1:pylock.toml', 'pylock.toml'], 'repo')]:
        done = world.diff(*args, cwd=cwd)
        world.want('git: ' + what, done, 0, 'tqdm', '4.66.1 -> ', 'pandas')
        if cwd == 'repo' and line not in done.stdout:
            world.wrong('git: ' + what, 'the line is not told:', done.stdout)
    world.git('add', '-A')
    world.want('git: the index', world.diff('HEAD', ':', cwd='repo'), 0, line)
    world.git('commit', '-q', '-m', 'two')
    world.want('git: two', world.diff('v1', 'HEAD', '--', 'pylock.toml',
                                      cwd='repo'), 0, line)
    world.write('repo/pylock.new.toml', world.read('repo/pylock.toml'))
    world.want('git: a new lock', world.diff('v1', '--', 'pylock.new.toml',
                                             cwd='repo'), 0,
               'torch stays 2.4.1+cu124: 2 added', err=['has no such lock'])
    world.want('git: no lock', world.diff('HEAD', 'v1', '--', 'no.toml',
                                          cwd='repo'), 2, err=['no.toml'])
    world.want('git: nothing new', world.diff(cwd='repo'), 0, 'no changes')
    git_wrong(world)


def git_wrong(world):
    for what, args, code, err in [
            ('no revision', ['nope'], 2, ['git has no `nope:./pylock.toml`',
                                          'invalid object name']),
            ('no path', ['HEAD:./no.toml', 'pylock.toml'], 2, ['no.toml']),
            ('an option', ['--', '--output=x', 'pylock.toml'], 2,
             ['is no revision']),
            ('a control byte', ['v1\n', 'pylock.toml'], 2, ['is no revision']),
            ('a folder', ['HEAD:./', 'pylock.toml'], 2, ['git has no']),
            ('four', ['a', 'b', 'c', 'd'], 2, []),
            ('two stdin', ['-', '-'], 2, ['standard input'])]:
        done = world.diff(*args, cwd='repo')
        world.want('git: ' + what, done, code, err=err)
        if done.stdout:
            world.wrong('git: ' + what, 'prints', done.stdout)
    if os.path.exists(world.path('repo', 'x')):
        world.wrong('git: an option', 'was given to git')
    env = world.environment(PATH='/nonexistent')
    world.want('git: none', world.diff('v1', cwd='repo', env=env), 2,
               err=['git is not installed'])
    env = world.environment(GIT_CEILING_DIRECTORIES=world.top)
    world.want('git: no repository', world.diff('v1', env=env), 2,
               err=['not a git repository'])
    # What a repository's settings may run is not run.
    world.git('config', 'diff.external', 'touch ran')
    world.git('config', 'diff.lock.textconv', 'touch ran; cat')
    world.git('config', 'filter.lock.smudge', 'touch ran; cat')
    world.write('repo/.gitattributes', '*.toml diff=lock filter=lock\n')
    world.want('git: settings', world.diff('v1', cwd='repo'), 0, 'tqdm')
    if os.path.exists(world.path('repo', 'ran')):
        world.wrong('git: settings', 'ran a program')
    fake_git(world)


def fake_git(world):
    def run(script):
        world.write('bin/git', '#!/bin/sh\n' + script)
        os.chmod(world.path('bin', 'git'), 0o755)
        path = world.path('bin') + ':' + os.environ['PATH']
        return world.diff('v1', cwd='repo', env=world.environment(PATH=path))
    done = run("printf 'bad \\033[31m\\n::error::x\\n' >&2; exit 128\n")
    world.want('fake git: colours', done, 2, err=['\\x1b[31m'])
    if '\033' in done.stderr:
        world.wrong('fake git: colours', 'are let through')
    world.want('fake git: too much', run('exec cat /dev/zero\n'), 6,
               err=['larger than'])
    world.want('fake git: NUL', run("printf 'a\\0b'\n"), 2, err=['NUL'])
    world.want('fake git: killed', run('kill -9 $$\n'), 2, err=['git has no'])


# ---- pins ----

def pins(world):
    world.lock('pins.txt', 'requirements.in', '--template', T240, cwd='repo')
    world.want('pins: the same', world.diff('pylock.toml', 'pins.txt',
                                            '--exit-code', cwd='repo'), 0)
    text = world.read('repo/pins.txt')
    first = re.search('sha256:([0-9a-f]{64})', text).group(1)
    world.write('repo/other.txt', text.replace(first, '0' * 64))
    world.want('pins: a hash', world.diff('pylock.toml', 'other.txt',
                                          cwd='repo'), 0,
               '1 with OTHER CONTENTS at the same version', 'other hash')
    versions = versions_of(world, 'repo/pylock.toml')
    frozen = ''.join(f'{n}=={v}\n' for n, v in versions.items())
    frozen += 'torch==2.4.1+cu124\nnumpy==1.26.3\n'
    world.want('freeze: the same', world.diff('pylock.toml', '-', cwd='repo',
                                              stdin=frozen), 0, 'no changes')
    frozen = frozen.replace('2.4.1+cu124', '2.9.1+cu128')
    frozen += 'x @ file:///srv/x\n-e git+https://e.org/y@12#egg=y\n'
    done = world.diff('pylock.toml', '-', cwd='repo', stdin=frozen)
    world.want('freeze', done, 0, 'torch changes: 2.4.1+cu124 -> 2.9.1+cu128',
               '/srv/x', 'https://e.org/y 12')
    world.want('freeze: unpinned', world.diff('pylock.toml', '-', cwd='repo',
                                              stdin='a==1\nb>=2\n'), 2,
               err=['-:2:1: error: this is not pinned'])


# ---- hostile ----

LOCK = '''lock-version = "1.0"
created-by = "x"
[[packages]]
name = "a"
version = "1"
marker = "python_version > '3'"
%s[[packages.wheels]]
url = "%s"
hashes = { sha256 = "%s" }
'''


def hostile(world):
    url = 'https://u:secret@e.org/<i>|`x`/a-1-py3-none-any.whl'
    index = 'index = "https://@admin/\\u001b]0;x\\u0007\\u202e#1"\n'
    world.write('h/a.toml', LOCK % ('', 'https://e.org/a-1-py3-none-any.whl',
                                    'a' * 64))
    world.write('h/b.toml', LOCK % (index, url, 'b' * 64))
    for more in (['--format', 'text'], ['--format', 'markdown'], ['--json']):
        done = world.diff('a.toml', 'b.toml', '-v', *more, cwd='h')
        world.want('hostile', done, 0)
        for bad in ('\033', '\u202e', '\x07', 'secret'):
            if bad in done.stdout + done.stderr:
                world.wrong('hostile', more, f'{bad!r} is let through')
    done = world.diff('a.toml', 'b.toml', '-v', '--format', 'markdown',
                      cwd='h')
    for bad in ('<i>', '`', '@admin', '](', 'https://'):
        if bad in done.stdout:
            world.wrong('hostile', f'Markdown has {bad!r}')
    for line in done.stdout.split('\n'):
        if line.startswith('| ') and line.count('|') != 5:
            world.wrong('hostile', 'a row has other cells:', line)
    hostile_inputs(world)
    summary(world)


def hostile_inputs(world):
    """A lock names a file elsewhere: it is not read, let alone shown."""
    secret = 'a==1  # hunter2\n'
    world.write('secret.txt', secret)
    digest = hashlib.sha256(secret.encode()).hexdigest()
    tool = ('[tool.podlock]\nformat = 1\ntemplate = "none"\n'
            'inputs = [ { name = "%s", sha256 = "%s" } ]\n')
    world.write('h/n.toml', 'lock-version = "1.0"\ncreated-by = "podlock"\n'
                'packages = []\n' + tool % ('../secret.txt', digest))
    world.write('h/o.toml', LOCK % ('', 'https://e.org/a-1-py3-none-any.whl',
                                    'a' * 64) + '[packages.tool.podlock]\n'
                'via = [ "../secret.txt:1" ]\n' +
                tool % ('../secret.txt', '0' * 64))
    done = world.diff('o.toml', 'n.toml', '-v', cwd='h')
    world.want('inputs elsewhere', done, 0)
    if 'hunter2' in done.stdout or 'a==1' in done.stdout:
        world.wrong('inputs elsewhere', 'are shown:', done.stdout)


def summary(world):
    env = world.environment(GITHUB_STEP_SUMMARY=world.path('summary.md'))
    world.write('summary.md', 'before\n')
    markdown = ['a.toml', 'b.toml', '--format', 'markdown']
    done = world.diff(*markdown, cwd='h', env=env)
    world.want('summary', done, 0, '**podlock:**', err=['summary'])
    if world.read('summary.md') != 'before\n' + done.stdout + '\n':
        world.wrong('summary', world.read('summary.md'))
    world.diff('a.toml', 'b.toml', cwd='h', env=env)
    if world.read('summary.md') != 'before\n' + done.stdout + '\n':
        world.wrong('summary', 'text is added, too')
    env['GITHUB_STEP_SUMMARY'] = world.path('none', 'summary.md')
    done = world.diff(*markdown, cwd='h', env=env)
    world.want('summary: no folder', done, 5, err=['summary'])


# ---- time ----

def large(count, step):
    text = ['lock-version = "1.0"\ncreated-by = "podlock"\n']
    for i in range(count):
        version = f'1.{i % 7 + (step if i % 3 == 0 else 0)}.0'
        name = f'package-{i:04}'
        digest = hashlib.sha256(f'{name}{version}'.encode()).hexdigest()
        text.append(f'''
[[packages]]
name = "{name}"
version = "{version}"
index = "https://e.org/simple/"
dependencies = [ {{ name = "package-{(i * 7 + 1) % count:04}" }} ]
[[packages.wheels]]
upload-time = 2026-01-01T00:00:00Z
url = "https://e.org/{name.replace('-', '_')}-{version}-py3-none-any.whl"
size = {1000 + i}
hashes = {{ sha256 = "{digest}" }}
''')
    return ''.join(text)


def seconds(world, *args):
    def spent():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime
    best = MOST_SECONDS * 10
    for _ in range(5):
        before = spent()
        world.want('large', world.diff(*args), 0, '200 upgraded')
        best = min(best, spent() - before)
    return best


def time(world):
    world.write('large/a.toml', large(600, 0))
    world.write('large/b.toml', large(600, 1))
    best = seconds(world, 'large/a.toml', 'large/b.toml')
    print(f'two locks of 600 packages: {best * 1000:.0f} ms of CPU')
    if best > MOST_SECONDS:
        world.wrong('large', f'took {best:.1f} s')
    size = len(world.diff('large/a.toml', 'large/b.toml', '--format',
                          'markdown').stdout.encode())
    if size > 64000:
        world.wrong('large', f'{size} bytes of Markdown: too much to comment')


def main():
    podlock, index, fixtures = map(os.path.abspath, sys.argv[1:4])
    with tempfile.TemporaryDirectory() as top:
        world = World(podlock, index, top)
        goldens(world, fixtures)
        git(world)
        pins(world)
        hostile(world)
        time(world)
    sys.exit(world.bad > 0)


main()
