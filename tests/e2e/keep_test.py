#!/usr/bin/env python3
"""What an earlier lock has is kept, and only what must move moves.

usage: keep_test.py PODLOCK quick|all INDEX FIXTURES

quick takes two cases of small files, for a program that is slow.

For each recorded requirements file, on a template and on a bare Python: a lock
as of an earlier date, then today's answers beside it.

again     nothing changes, though newer versions are there; the file is left
          alone
added     one requirement more: nothing that stays needed moves, unless it has
          to; that it has to is proved by asking for its old version together
          with all versions that did stay, which must be impossible
package   -P NAME moves NAME to the version that a fresh answer may give it,
          and what has to follow; -P NAME==V takes V
upgrade   -U gives what no lock at all gives

The last line counts what moved. Then small cases: what is no lock is not
overwritten, markers, names that are gone.
"""
import os
import re
import subprocess
import sys
import tempfile
import tomllib

T240 = 'runpod-torch240-cu124-py311'
T280 = 'runpod-102-cu1281-torch280-ubuntu2404'
BARE = ['--template', 'none', '--python-version', '3.11']
EARLIER = '2025-10-17'
# File, the container, and what is added to it. The others of the recorded
# files pin what is newer than that date.
CASES = [
    ('runpod-bulletproof.in', ['--template', T240], 'gradio'),
    ('runpod-bulletproof.in', BARE, 'litellm'),
    ('llama-factory.in', ['--template', T240], 'timm'),
    ('llama-factory.in', ['--template', T280], 'mlflow'),
    ('llama-factory.in', BARE, 'spacy'),
    ('llama-factory.in', BARE, 'pydantic>=2.13'),
    ('serverless-worker.in', BARE, 'botocore<1.38'),
    ('whisper.in', BARE, 'wandb'),
    ('whisper.in', ['--template', T280], 'jupyterlab'),
    ('yolov5.in', ['--template', T240], 'fastapi'),
    ('yolov5.in', BARE, 'streamlit'),
    ('serverless-worker.in', BARE, 'fastmcp'),
    ('serverless-worker.in', ['--template', T240], 'transformers'),
]


class World:
    def __init__(self, podlock, index, top):
        self.podlock, self.index, self.top = podlock, index, top
        self.bad = 0

    def write(self, name, text):
        with open(os.path.join(self.top, name), 'w') as f:
            f.write(text)

    def read(self, name):
        with open(os.path.join(self.top, name)) as f:
            return f.read()

    def run(self, *args):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))}
        return subprocess.run(
            [self.podlock, 'resolve', *args, '--index-root', self.index,
             '--no-repairs'], cwd=self.top, env=env, capture_output=True,
            text=True, timeout=300)

    def wrong(self, what, *why):
        self.bad += 1
        print(f'{what}:', *why)

    def lock(self, what, *args, code=0, name='pylock.toml'):
        """The versions of the lock after that command."""
        done = self.run(*args, '-o', name)
        if done.returncode != code:
            self.wrong(what, f'exit {done.returncode}, not {code}',
                       done.stderr[-500:])
        return versions(self.read(name))


def versions(text):
    return {p['name']: p['version'] for p in tomllib.loads(text)['packages']}


def provided(text):
    facts = tomllib.loads(text)['tool']['podlock'].get('provided', [])
    return {p['name']: p['version'] for p in facts}


def moved(old, new):
    return sorted(n for n in old if n in new and old[n] != new[n])


def has_to_move(w, what, files, target, name, old, new, because=None):
    """With all that stayed and what it follows, is its old one impossible?"""
    pins = {n: v for n, v in old.items() if new.get(n) == v}
    if because:
        pins[because] = new[because]
    pins[name] = old[name]
    w.write('pins.txt', ''.join(f'{n}=={v}\n' for n, v in pins.items()))
    done = w.run(*files, *target, '-c', 'pins.txt')
    if done.returncode != 1:
        w.wrong(what, f'{name} {old[name]} moved to {new[name]} for nothing',
                f'exit {done.returncode}')


def check_case(w, requirements, target, added):
    base = os.path.basename(requirements)
    what = f'{base} {target[1]}'
    w.write('requirements.in', open(requirements).read())
    files = ['requirements.in']
    old = w.lock(what, *files, *target, '--exclude-newer', EARLIER)
    first = w.read('pylock.toml')

    again = w.lock(what, *files, *target)
    if again != old:
        w.wrong(what, 'again moved', moved(old, again))
    text = w.read('pylock.toml')
    done = w.run(*files, *target, '-o', 'pylock.toml')
    if 'Unchanged: pylock.toml' not in done.stdout:
        w.wrong(what, 'is not told to be unchanged:', done.stdout[-300:])
    if w.read('pylock.toml') != text:
        w.wrong(what, 'was written though nothing changed')

    w.write('more.in', f'{added}\n')
    files_more = [*files, 'more.in']
    more = w.lock(what, *files_more, *target)
    name = re.match('[a-z-]+', added).group()
    if name not in more and name not in provided(w.read('pylock.toml')):
        w.wrong(what, f'{added} is not in the lock')
    followed = moved(old, more)
    for name in followed:
        print(f'    {name} {old[name]} -> {more[name]}')
        has_to_move(w, f'{what} + {added}', files_more, target, name, old,
                    more)

    w.write('pylock.toml', first)
    fresh = w.lock(what, *files, *target, '-U')
    if fresh != w.lock(what, *files, *target, name='pylock.fresh.toml'):
        w.wrong(what, '-U is not a fresh answer')
    os.remove(os.path.join(w.top, 'pylock.fresh.toml'))
    names = moved(old, fresh)[:3]
    for name in names:
        w.write('pylock.toml', first)
        one = w.lock(what, *files, *target, '-P', name)
        if one.get(name) == old[name] and fresh.get(name) != old[name]:
            print(f'    -P {name} stays {old[name]}, not {fresh[name]}')
        for other in moved(old, one):
            if other != name:
                has_to_move(w, f'{what} -P {name}', files, target, other, old,
                            one, name)
        w.write('pylock.toml', first)
        one = w.lock(what, *files, *target, '-P', f'{name}=={fresh[name]}',
                     code=0)
        if one.get(name) != fresh[name]:
            w.wrong(what, f'-P {name}=={fresh[name]} gave {one.get(name)}')
    print(f'{what}: {len(old)} packages; + {added}: {len(more) - len(old)} '
          f'more, {len(followed)} moved; -P {len(names)}; -U moves '
          f'{len(moved(old, fresh))}')
    return len(followed), len(moved(old, fresh))


def small_cases(w):
    w.write('requirements.in', 'rich\nhttpx\n')
    files = ['requirements.in', *BARE]
    old = w.lock('small', *files, '--exclude-newer', EARLIER)

    w.write('pylock.toml', 'no lock\n')
    done = w.run(*files, '-o', 'pylock.toml')
    if done.returncode != 2 or w.read('pylock.toml') != 'no lock\n' or \
            '--upgrade' not in done.stderr or 'pylock.toml:1:' not in \
            done.stderr:
        w.wrong('no lock', done.returncode, done.stderr)
    w.lock('no lock -U', *files, '-U')
    text = w.read('pylock.toml').splitlines(True)
    w.write('pylock.toml', ''.join([*text[:9], '<<<<<<< HEAD\n', *text[9:]]))
    done = w.run(*files, '-o', 'pylock.toml')
    if done.returncode != 2 or 'git checkout --ours' not in done.stderr:
        w.wrong('half merged', done.returncode, done.stderr)
    w.write('pylock.toml', '')
    w.lock('empty', *files)
    for name, why in (('gone', 'no requirement'), ('rich', '')):
        done = w.run(*files, '-o', 'pylock.toml', '-P', name)
        told = f'--upgrade-package {name} changes nothing' in done.stdout
        if done.returncode or told != bool(why) or why not in done.stdout:
            w.wrong(f'-P {name}', done.returncode, done.stdout)

    for name, kind in (('requirements.txt', 'requirements.txt'),
                       ('constraints.txt', 'constraints.txt')):
        form = ['--format', kind]
        w.run(*files, *form, '-o', name, '--exclude-newer', EARLIER)
        text = w.read(name)
        done = w.run(*files, *form, '-o', name)
        if done.returncode:
            w.wrong(name, done.stderr)
        pins = [re.findall(r'^([a-z0-9-]+)==(\S+)', t, re.M)
                for t in (text, w.read(name))]
        if pins[0] != pins[1] or dict(pins[0]) != old:
            w.wrong(name, 'pins are not kept', pins)
        w.run(*files, *form, '-o', name, '-U')
        if dict(re.findall(r'^([a-z0-9-]+)==(\S+)', w.read(name), re.M)) == old:
            w.wrong(name, '-U changed nothing')

    w.write('pylock.toml', '''lock-version = "1.0"
created-by = "by hand"
[[packages]]
name = "rich"
version = "13.9.4"
marker = "sys_platform == 'linux'"
[packages.directory]
path = "rich"
[[packages]]
name = "rich"
version = "14.0.0"
marker = "sys_platform == 'win32'"
[packages.directory]
path = "rich"
[[packages]]
name = "httpx"
version = "0.0.1"
[packages.directory]
path = "httpx"
[[packages]]
name = "gone-from-here"
version = "1"
[packages.directory]
path = "gone"
''')
    new = w.lock('markers', *files)
    if new['rich'] != '13.9.4' or 'gone-from-here' in new or \
            new['httpx'] == '0.0.1':
        w.wrong('markers', new)

    w.run(*files, '--exclude-newer', EARLIER, '-o', 'pylock.old.toml')
    done = w.run(*files, '-o', 'pylock.old.toml', '--check', '-U')
    if done.returncode != 1 or '--upgrade -o pylock.old.toml' not in \
            done.stderr:
        w.wrong('--check -U', done.returncode, done.stderr)
    w.write('facts.in', 'numpy\n')
    facts = ['facts.in', '--template', T240]
    w.run(*facts, '-o', 'pylock.facts.toml')
    kept = provided(w.read('pylock.facts.toml')).get('numpy')
    for more, moves in (([], False), (['-P', 'numpy'], True)):
        new = w.lock('facts', *facts, '--replace', 'freely', *more,
                     name='pylock.facts.toml')
        if not kept or ('numpy' in new) != moves:
            w.wrong(f'--replace freely {more}', kept, new)

    for wrong in ('rich[x]', 'rich; os_name', 'rich @ https://x/y', '', '-'):
        done = w.run(*files, '-o', 'pylock.toml', '-P', wrong)
        if wrong and (done.returncode != 2 or 'NAME==V' not in done.stderr):
            w.wrong(f'-P {wrong}', done.returncode, done.stderr)
    done = w.run(*files, '-o', 'pylock.toml', '-P', 'rich==99')
    if done.returncode != 1 or '--upgrade-package' not in done.stderr:
        w.wrong('-P rich==99', done.returncode, done.stderr)


def main(podlock, extent, index, fixtures):
    bad = follows = upgrades = 0
    cases = CASES if extent == 'all' else [CASES[6], CASES[10]]
    paths = [os.path.abspath(p) for p in (podlock, index)]
    for file, target, added in cases:
        with tempfile.TemporaryDirectory() as top:
            w = World(*paths, top)
            followed, upgraded = check_case(
                w, os.path.join(os.path.abspath(fixtures), 'requirements',
                                file), target, added)
            bad += w.bad
            follows += followed
            upgrades += upgraded
    with tempfile.TemporaryDirectory() as top:
        w = World(*paths, top)
        small_cases(w)
        bad += w.bad
    print(f'{len(cases)} cases: one requirement more moved {follows} packages, '
          f'a fresh answer {upgrades}; {bad} wrong')
    return 1 if bad or not follows or upgrades < 50 else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
