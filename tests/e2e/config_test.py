#!/usr/bin/env python3
"""podlock.toml and [tool.podlock]: what counts, and what is made.

usage: config_test.py PODLOCK INDEX

order     the command line, PODLOCK_*, the file, variables of pip and uv, the
          default: each beats all that come after it
place     where the file is looked for, and where not
several   locks of one file: what each inherits, what a failure leaves alone
same      a lock has the same bytes from wherever it is made, and its header's
          command gives it again without the file
indexes   which of the file's count beside an index-root
hostile   files that are large, deep, folders, links to nothing
"""
import json
import os
import re
import subprocess
import sys
import tempfile

T240 = 'runpod-torch240-cu124-py311'
T280 = 'runpod-102-cu1281-torch280-ubuntu2404'
RULE = 'numba-0.60.0-numpy2'


class World:
    def __init__(self, podlock, index, top):
        self.podlock, self.index, self.top = podlock, index, top
        self.bad = 0
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(('PODLOCK_', 'PIP_', 'UV_', 'GITHUB'))}

    def path(self, name):
        return os.path.join(self.top, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), 'w', encoding='utf-8') as f:
            f.write(text)

    def read(self, name):
        try:
            with open(self.path(name), encoding='utf-8') as f:
                return f.read()
        except FileNotFoundError:
            return None

    def remove(self, *names):
        for name in names:
            if os.path.lexists(self.path(name)):
                os.remove(self.path(name))

    def run(self, *words, at='.', **env):
        return subprocess.run(
            [self.podlock, *words], cwd=self.path(at),
            env={**self.env, 'PODLOCK_INDEX_ROOT': self.index, **env},
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60)

    def expect(self, true, what, done=None):
        if true:
            return
        self.bad += 1
        print('FAIL:', what)
        if done is not None:
            print(f'  exit {done.returncode}\n  {done.stdout[-600:]}'
                  f'\n  {done.stderr[-600:]}')

    def expect_code(self, code, what, *words, **more):
        done = self.run(*words, **more)
        self.expect(done.returncode == code, f'{what}: not {code}', done)
        return done


def supplied(done, option):
    """Who supplied it, as -v says: the last word on it counts."""
    found = re.findall(rf'--{option}(?:=\S*)? from (.*)', done.stderr)
    return found[-1] if found else None


def date_of(done):
    found = re.findall(r'--exclude-newer=(\S+) from', done.stderr)
    return found[-1] if found else None


def check_order(w):
    """One option, from all that can supply it; the best is taken away first."""
    w.write('requirements.in', 'tqdm\n')
    w.write('c.txt', 'tqdm<4.67\n')
    w.write('other.txt', 'tqdm<4.66\n')
    words = ['resolve', 'requirements.in', '--template', T240, '-v']
    steps = [
        ('the command line', ['-c', 'c.txt'], {}, True),
        ('PODLOCK_CONSTRAINT', [], {}, True),
        ('podlock.toml:1', [], {'PODLOCK_CONSTRAINT': None}, True),
        ('PIP_CONSTRAINT', [], {'PODLOCK_CONSTRAINT': None}, False),
        ('UV_CONSTRAINT', [], {'PODLOCK_CONSTRAINT': None,
                               'PIP_CONSTRAINT': None}, False),
        (None, [], {'PODLOCK_CONSTRAINT': None, 'PIP_CONSTRAINT': None,
                    'UV_CONSTRAINT': None}, False),
    ]
    for wanted, more, without, has_file in steps:
        env = {'PODLOCK_CONSTRAINT': 'c.txt', 'PIP_CONSTRAINT': 'c.txt',
               'UV_CONSTRAINT': 'c.txt'}
        env = {k: v for k, v in env.items() if k not in without}
        w.remove('podlock.toml')
        if has_file:
            w.write('podlock.toml', 'constraint = ["c.txt"]\n')
        done = w.expect_code(0, f'order {wanted}', *words, *more, **env)
        w.expect(supplied(done, 'constraint') == wanted,
                 f'order: {wanted} is not {supplied(done, "constraint")}', done)
    # What is supplied counts, too: not only what -v says.
    w.write('podlock.toml', 'constraint = ["c.txt"]\n')
    done = w.run(*words, PIP_CONSTRAINT='other.txt')
    w.expect('version = "4.66' in done.stdout, 'the file beats PIP_', done)
    done = w.run(*words, '-c', 'other.txt')
    w.expect('version = "4.65' in done.stdout, 'the command line beats', done)
    # A flag that is false beats a variable that sets it.
    w.write('podlock.toml', 'no-index = false\n')
    done = w.run(*words, PIP_NO_INDEX='1')
    w.expect(supplied(done, 'no-index') == 'podlock.toml:1', 'false', done)
    w.write('podlock.toml', 'prerelease = "disallow"\n')
    done = w.run(*words, '--pre')
    w.expect(supplied(done, 'prerelease') == 'the command line', 'alias', done)


def check_template_order(w):
    def chosen(*words, **env):
        done = w.run('resolve', '--json', *words, **env)
        return json.loads(done.stdout)['template'] if done.stdout else \
            done.stderr

    w.write('requirements.in', f'# podlock: template = {T240}\ntqdm\n')
    w.write('podlock.toml',
            f'inputs = ["requirements.in"]\ntemplate = "{T280}"\n'
            f'[lock.plain]\n[lock.own]\ntemplate = "{T280}"\n')
    w.expect(chosen('requirements.in') == T240, 'the line beats the file')
    w.expect(chosen('--lock', 'plain') == T240, 'the line beats the top')
    w.expect(chosen('--lock', 'own') == T280, "a lock's own beats the line")
    w.expect(chosen('--lock', 'own', '--template', T240) == T240,
             'the command line beats all')
    w.expect(chosen('--lock', 'own', PODLOCK_TEMPLATE=T240) == T240,
             'so does PODLOCK_TEMPLATE')
    w.write('requirements.in', 'tqdm\n')
    w.expect(chosen('requirements.in') == T280, 'the file is asked')
    w.expect('no template is named' in chosen('requirements.in', '--no-config'),
             '--no-config')


def check_place(w):
    w.write('requirements.in', 'tqdm\n')
    w.write('a/b/requirements.in', 'tqdm\n')
    w.write('podlock.toml', f'template = "{T240}"\n'
                            'inputs = ["requirements.in"]\n')
    words = ['resolve', 'requirements.in', '-q']
    w.expect_code(0, 'beside the file', *words)
    w.expect_code(0, 'beside the file, from elsewhere', 'resolve',
                  '../requirements.in', '-q', at='a')
    w.expect_code(2, 'above, outside of a work tree', *words, at='a/b')
    os.makedirs(w.path('.git'), exist_ok=True)
    w.expect_code(0, 'above, in a work tree', *words, at='a/b')
    w.expect_code(2, '--no-config', *words, '--no-config', at='a/b')
    os.makedirs(w.path('a/.git'), exist_ok=True)
    w.expect_code(2, 'not above the work tree', *words, at='a/b')
    os.rmdir(w.path('a/.git'))
    os.rmdir(w.path('.git'))
    w.write('a/own.toml', f'template = "{T280}"\n')
    done = w.expect_code(0, '--config', *words, '--config', 'a/own.toml',
                         '--json')
    w.expect(T280 in done.stdout, '--config is taken', done)
    w.expect_code(5, 'a file that is not there', *words, '--config', 'x.toml')
    done = w.expect_code(2, 'no files and no inputs', 'resolve', '--config',
                         'a/own.toml')
    w.expect('has no `inputs`' in done.stderr, 'no inputs', done)

    w.write('pyproject.toml', '[project]\nname = "x"\nversion = "1"\n'
            'dependencies = ["tqdm"]\n[tool.podlock]\n'
            f'template = "{T280}"\n')
    done = w.expect_code(0, 'both', *words, '--json')
    w.expect(T240 in done.stdout, 'podlock.toml beats pyproject.toml', done)
    done = w.run('resolve', 'requirements.in')
    w.expect('podlock.toml counts; [tool.podlock]' in done.stderr, 'said', done)
    w.remove('podlock.toml')
    done = w.expect_code(0, 'pyproject', 'resolve', '-v')
    w.expect(w.read('pylock.toml') and T280 in w.read('pylock.toml'),
             'a pyproject.toml is its own input', done)
    w.expect(supplied(done, 'template') == 'pyproject.toml:6', '-v', done)
    w.expect('named by pyproject.toml:6' in done.stdout, 'its line', done)
    w.write('pyproject.toml', '[tool.other]\nx = 1\n')
    done = w.expect_code(2, 'another pyproject', 'resolve')
    w.expect('no requirements file is named' in done.stderr, 'none', done)
    w.remove('pyproject.toml', 'pylock.toml')


TWO = f'''inputs = ["requirements.in"]
exclude-newer = 2025-10-17
ignore-rules = [{{ id = "{RULE}", reason = "never\u202ecalled" }}]
[lock.a]
template = "{T240}"
[lock.b]
template = "none"
python-version = "3.11"
inputs = ["b.in"]
output = "locks/pylock.toml"
'''


def check_several(w):
    os.makedirs(w.path('locks'), exist_ok=True)
    w.write('requirements.in', 'tqdm\n')
    w.write('b.in', 'numpy<2\n')
    w.write('podlock.toml', TWO)
    done = w.expect_code(0, 'all', 'resolve')
    a, b = w.read('pylock.a.toml'), w.read('locks/pylock.toml')
    w.expect(a and T240 in a and 'name = "tqdm"' in a, 'a', done)
    w.expect(b and T240 not in b and 'name = "numpy"' in b, 'b', done)
    w.expect(f'{RULE}: never' in done.stdout, 'the reason is shown', done)
    w.expect('\u202e' not in done.stdout, 'and escaped', done)
    w.expect(f'ignored-rules = ["{RULE}"]' in a, 'the rule is recorded')
    done = w.expect_code(0, 'check', 'resolve', '--check')
    w.expect(done.stdout.count('is what resolving gives') == 2, 'both', done)
    done = w.expect_code(0, 'JSON', 'resolve', '--lock', 'a', '--json')
    told = json.loads(done.stdout)
    w.expect(told['rules']['reasons'][0]['id'] == RULE, 'JSON has the reason')
    w.expect(w.read('pylock.a.toml') == a, 'JSON is not written over the lock')

    w.remove('pylock.a.toml', 'locks/pylock.toml')
    w.expect_code(0, 'one', 'resolve', '--lock', 'b', '-q')
    w.expect(w.read('locks/pylock.toml') == b and not w.read('pylock.a.toml'),
             'one alone is made', w.run('show', 'locks/pylock.toml'))
    w.write('requirements.in', 'tqdm==0.0.0.1\n')
    w.remove('locks/pylock.toml')
    w.write('pylock.a.toml', a)
    done = w.expect_code(1, 'one of two is a no', 'resolve', '--no-repairs')
    w.expect(w.read('pylock.a.toml') == a, 'it is left as it was', done)
    w.expect(w.read('locks/pylock.toml') == b, 'the other is made', done)
    w.expect('[lock.a]' in done.stderr, 'it is named', done)
    done = w.expect_code(1, '--check', 'resolve', '--check', '--no-repairs')

    for words in (['-o', 'pylock.toml'], ['--json'], ['--dump', 'd']):
        done = w.expect_code(2, f'{words} for two', 'resolve', *words)
        w.expect('--lock NAME' in done.stderr, 'and the way out', done)
    done = w.expect_code(2, 'unknown', 'resolve', '--lock', 'c')
    done = w.expect_code(2, 'files', 'resolve', 'b.in', '--lock', 'b')
    done = w.expect_code(2, 'no file', 'resolve', '--lock', 'b', '--no-config')
    done = w.expect_code(0, 'why', 'why', 'numpy', '--lock', 'b')
    w.expect('b.in:1' in done.stdout, 'why', done)
    done = w.expect_code(2, 'why of two', 'why', 'numpy')
    w.expect('several locks: a, b' in done.stderr, 'why of two', done)
    w.write('podlock.toml', TWO.replace(RULE, 'no-such-rule'))
    done = w.expect_code(2, 'no such rule', 'resolve', '--lock', 'b')
    w.expect('podlock.toml:3:24: error: there is no rule' in done.stderr,
             'with its place', done)
    w.remove('podlock.toml')


def check_same(w):
    w.write('requirements.in', 'tqdm\n')
    w.write('reqs/c.txt', 'tqdm<4.67\n')
    w.write('deep/er/x', '')
    w.write('again/x', '')
    w.write('podlock.toml', 'inputs = ["requirements.in"]\n'
            f'template = "{T240}"\nconstraint = ["reqs/c.txt"]\n'
            'exclude-newer = "2025-10-17"\nno-deps = true\n')
    os.makedirs(w.path('.git'), exist_ok=True)
    w.expect_code(0, 'here', 'resolve', '-q')
    here = w.read('pylock.toml')
    w.remove('pylock.toml')
    w.expect_code(0, 'from below', 'resolve', '-q', at='deep/er')
    w.expect(w.read('pylock.toml') == here, 'the same bytes from below')
    w.expect_code(0, 'to a file below', 'resolve', '-q', '-o', 'pylock.toml',
                  at='deep/er')
    w.expect(w.read('deep/er/pylock.toml') == here,
             "the command line's paths are the caller's")
    command = re.search(r'#     podlock (resolve .*)', here)[1].split()
    w.remove('podlock.toml')
    w.expect_code(0, 'its command', *command, '-q', '-o', 'again/pylock.toml')
    again = w.read('again/pylock.toml')
    w.expect(again == here, 'its command gives it again')
    os.rmdir(w.path('.git'))


def check_indexes(w):
    """What is of the file counts beside an index-root of the file alone."""
    root = f'index-root = "{w.index}"\n'
    url = 'index-url = "https://index.invalid/simple/"\n'
    w.write('requirements.in', 'tqdm\n')
    words = ['resolve', 'requirements.in', '--template', T240, '-q']
    w.write('podlock.toml', root)
    w.expect_code(0, 'index-root', *words, PODLOCK_INDEX_ROOT='')
    w.write('podlock.toml', root + url)
    done = w.expect_code(2, 'both', *words, PODLOCK_INDEX_ROOT='')
    w.expect('--index-url beside podlock.toml:1' in done.stderr, 'told', done)
    w.write('podlock.toml', url)
    w.expect_code(0, 'a root from elsewhere is asked alone', *words)
    w.write('podlock.toml', 'index-url = "nonsense"\n')
    done = w.expect_code(2, 'no URL', *words, PODLOCK_INDEX_ROOT='')
    w.expect('podlock.toml:1 takes a URL' in done.stderr, 'its line', done)
    w.remove('podlock.toml')


def check_hostile(w):
    w.write('requirements.in', 'tqdm\n')
    words = ['resolve', 'requirements.in', '--template', T240]
    cases = {
        'large': '# ' + 'x' * (17 << 20) + '\n',
        'deep': 'x = ' + '[' * 100000,
        'deep tables': '[' + 'lock.' * 100000 + 'a]\n',
        'many locks': ''.join(f'[lock.l{i}]\n' for i in range(101)),
        'a null byte': 'template = "a\0b"\n',
        'control bytes': 'template = "\x1b[31m"\n',
        'no UTF-8 key': '"\\u202e" = 1\n',
    }
    for what, text in cases.items():
        w.write('podlock.toml', text)
        done = w.run(*words)
        w.expect(done.returncode in (2, 6), what, done)
        w.expect('\x1b' not in done.stderr and '\u202e' not in done.stderr,
                 f'{what}: escaped', done)
    w.remove('podlock.toml')
    os.makedirs(w.path('podlock.toml'))
    w.expect_code(0, 'a folder is no file', *words)
    os.rmdir(w.path('podlock.toml'))
    os.symlink('nowhere', w.path('podlock.toml'))
    w.expect_code(0, 'a link to nothing is none', *words)
    w.remove('podlock.toml')
    w.write('podlock.toml', 'inputs = ["requirements.in"]\n'
            f'template = "{T240}"\noutput = "../pylock.toml"\n')
    w.expect_code(2, 'an output elsewhere', 'resolve')
    w.expect(not os.path.exists(w.path('../pylock.toml')), 'is not written')
    w.remove('podlock.toml')


def main():
    podlock, index = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory() as top:
        os.mkdir(os.path.join(top, 'w'))
        w = World(podlock, index, os.path.join(top, 'w'))
        for check in (check_order, check_template_order, check_place,
                      check_several, check_same, check_indexes,
                      check_hostile):
            check(w)
            w.remove('podlock.toml', 'pylock.toml')
    print('failures:', w.bad)
    return w.bad > 0


if __name__ == '__main__':
    sys.exit(main())
