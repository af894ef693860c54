#!/usr/bin/env python3
"""Does the static program run where there is nothing, and ask for nothing?

usage: static_test.py PODLOCK [FULL INDEX FIXTURES]

- The file names no interpreter and no library, and holds nothing that would
  look for one, for a user or for a character set.
- What it answers in a folder, it answers in a root of which that folder is
  all, and in one of busybox's: the same bytes and exit codes. In a root made
  of a template it says what it says of that root from outside.
- strace: it opens what it was told to, and nothing else; no socket, no
  process. The C library reads one link, /proc/self/exe; which folder / is, a
  snapshot asks before it looks into another.
- FULL, the podlock of the other build, makes a real lock and answers the same.

Without root, or the right to be it in a namespace, the roots are skipped, and
so is what needs strace or busybox-static.
"""
import os
import re
import shutil
import subprocess
import sys

import lock_world
from lock_world import lock, package
from make_image import Image, can_zstd, split
from make_root import make_root

LARGEST = 5 * 1000 * 1000
NEVER = ('getaddrinfo', 'getpwnam', 'getpwuid', 'setlocale',
         'socket', 'fork', 'system')
TEMPLATE = 'runpod-102-cu1281-torch280-ubuntu2404'
IMAGE = 'runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404'
# What each may open, or below which folder; "exit" is 0 where it is not said.
COMMANDS = [
    {'words': ['version']},
    {'words': ['--help']},
    {'words': ['help', 'show']},
    {'words': ['man']},
    {'words': ['completion']},
    {'words': ['rules']},
    {'words': ['templates']},
    {'words': ['templates', 'show', 'runpod-torch240-cu124-py311']},
    {'words': ['show', 'pylock.toml'], 'opens': ['pylock.toml']},
    {'words': ['show', '--json', 'pylock.toml'], 'opens': ['pylock.toml']},
    {'words': ['tree', 'pylock.toml'], 'opens': ['pylock.toml']},
    {'words': ['check', 'pylock.toml'], 'opens': ['pylock.toml']},
    {'words': ['show', 'pylock.odd.toml'], 'opens': ['pylock.odd.toml']},
    {'words': ['show', 'pylock.bad.toml'], 'opens': ['pylock.bad.toml'],
     'exit': 2},
    {'words': ['show', 'pylock.none.toml'], 'opens': ['pylock.none.toml'],
     'exit': 5},
    {'words': ['diff', 'pylock.old.toml', 'pylock.toml', '--exit-code'],
     'opens': ['pylock.old.toml', 'pylock.toml'], 'exit': 1},
    {'words': ['export', '--format', 'requirements.txt', 'pylock.toml'],
     'opens': ['pylock.toml']},
    # The image could be a template's file.
    {'words': ['preflight', '--dockerfile', 'Dockerfile', 'pylock.toml'],
     'opens': ['Dockerfile', 'pylock.toml', f'docker:/{IMAGE}']},
    {'words': ['preflight', 'pylock.toml', '--root', 'root'],
     'below': 'root', 'opens': ['pylock.toml'], 'exit': 1},
    {'words': ['preflight', 'pylock.toml', '--root', 'root', '--deep',
               '--json'],
     'below': 'root', 'opens': ['pylock.toml'], 'exit': 1},
    {'words': ['preflight', '--script', 'pylock.toml'],
     'opens': ['pylock.toml']},
    {'words': ['snapshot', '--root', 'root'], 'below': 'root'},
    {'words': ['snapshot', '--root', 'root', '--compare', TEMPLATE],
     'below': 'root'},
    {'words': ['snapshot', '--archive', 'image.tar.gz'],
     'opens': ['image.tar.gz']},
    {'words': ['snapshot', '--archive', 'image.tar'],
     'opens': ['image.tar']},
    {'words': ['resolve', 'requirements.in'], 'exit': 2},
    {'words': ['resolve', '--help'], 'exit': 2},
]


def write_files(world):
    """Locks that podlock reads by itself, and one that needs all of TOML."""
    old = [package('numpy', '2.0.2', needs=['tqdm'], size=18000000),
           package('tqdm', size=80000)]
    new = [package('numpy', '2.1.2', needs=['tqdm', 'typing'], size=18000001),
           package('tqdm', size=80000), package('typing', '4.0')]
    world.write('pylock.old.toml', lock(old, tool=''))
    world.write('pylock.toml', lock(new, tool=''))
    world.write('pylock.odd.toml', lock(new, tool='') + '''
[tool.other]
a.b.c = """
many lines \\
    joined"""
d = [1.5e3, 0x1p, 1979-05-27]
'''.replace('0x1p', '0xff'))
    world.write('pylock.bad.toml', 'lock-version = "1.0\n')
    world.write('requirements.in', 'numpy\n')
    world.write('Dockerfile', f'FROM {IMAGE}\nCOPY pylock.toml ./\n'
                'RUN pip install --no-deps -r pylock.toml\n')
    root = make_root(TEMPLATE, world.path('root'))
    # A name for which libarchive asks for another character set.
    with open(root.path('/opt/sch\u00f6n'), 'w', encoding='utf-8'):
        pass
    image = Image(split(root.dest, layers=3))
    image.write(world.path('image.tar.gz'), pack_layers='gzip', packed='gzip')
    image.write(world.path('image.tar'),
                pack_layers='zstd' if can_zstd() else None)


# ---- the file ----

def run(*words):
    return subprocess.run(words, capture_output=True, text=True,
                          timeout=60).stdout


def check_file(world):
    headers = run('readelf', '-lW', world.program)
    needed = run('readelf', '-dW', world.program)
    world.expect('LOAD' in headers, 'readelf says nothing')
    world.expect('INTERP' not in headers, 'it wants an interpreter')
    world.expect('(NEEDED)' not in needed, 'it wants libraries:', needed)
    bare = world.path('stripped')
    subprocess.run(['strip', '-o', bare, world.program], check=True,
                   timeout=60)
    size = os.path.getsize(bare)
    os.remove(bare)
    print(f'stripped: {size / 1e6:.1f} MB')
    world.expect(size <= LARGEST, f'it has {size} bytes')
    symbols = {line.split()[-1] for line in
               run('nm', world.program).splitlines()}
    world.expect('main' in symbols, 'nm says nothing')
    for name in NEVER:
        world.expect(name not in symbols, f'it has {name}()')


# ---- where there is nothing ----

def answers(prefix, program, folder, env):
    found = {}
    for command in COMMANDS:
        words = command['words']
        done = subprocess.run([*prefix, program, *words], cwd=folder, env=env,
                              capture_output=True, timeout=60)
        found[' '.join(words)] = (done.returncode, done.stdout, done.stderr)
    return found


def check_here(world, env):
    found = answers([], world.program, world.folder, env)
    for command in COMMANDS:
        code, out, err = found[' '.join(command['words'])]
        world.expect(code == command.get('exit', 0), command['words'],
                     'exit', code, err)
        world.expect(out or err, command['words'], 'says nothing')
    return found


def check_same(world, where, here, there):
    for words, answer in here.items():
        world.expect(there[words] == answer, where, words, there[words],
                     'instead of', answer)


def chroot_words():
    """How a root is entered here; None: not at all."""
    for words in (['chroot'], ['unshare', '-r', 'chroot']):
        try:
            done = subprocess.run([*words, '/', 'true'], capture_output=True,
                                  timeout=60)
        except FileNotFoundError:
            continue
        if done.returncode == 0:
            return words
    return None


def root_with(world, name):
    root = world.path(name)
    os.mkdir(root)
    for file in os.listdir(world.folder):
        if os.path.isfile(world.path(file)):
            shutil.copy(world.path(file), root)
    shutil.copytree(world.path('root'), os.path.join(root, 'root'),
                    symlinks=True)
    shutil.copy(world.program, os.path.join(root, 'podlock'))
    return root


def check_template(world, enter, here, env):
    shutil.copy(world.program, world.path('root/podlock'))
    done = subprocess.run([*enter, world.path('root'), '/podlock', 'snapshot'],
                          env=env, capture_output=True, timeout=60)
    world.expect((done.returncode, done.stdout, done.stderr) ==
                 here['snapshot --root root'], 'in a root of a template', done)
    done = subprocess.run([*enter, world.path('root'), '/podlock',
                           'preflight'], env=env, capture_output=True,
                          text=True, timeout=60)
    world.expect(done.returncode in (0, 1) and 'torch 2.8.0+cu128' in
                 done.stdout + done.stderr, 'in a root of a template', done)
    os.remove(world.path('root/podlock'))


def check_roots(world, here, env):
    enter = chroot_words()
    if not enter:
        print('skipped: no right to chroot, so no empty root')
        return
    root = root_with(world, 'empty')
    check_same(world, 'in an empty root', here,
               answers([*enter, root], '/podlock', root, env))
    shutil.rmtree(root)
    check_template(world, enter, here, env)
    busybox = shutil.which('busybox')
    if not busybox or 'INTERP' in run('readelf', '-lW', busybox):
        print('skipped: no busybox-static, so no root of busybox')
        return
    root = root_with(world, 'busybox')
    os.mkdir(os.path.join(root, 'bin'))
    shutil.copy(busybox, os.path.join(root, 'bin', 'busybox'))
    shell = [*enter, root, '/bin/busybox', 'sh', '-c', 'exec "$0" "$@"']
    check_same(world, 'in a root of busybox', here,
               answers(shell, '/podlock', root, env))
    shutil.rmtree(root)


# ---- what it asks the host for ----

def trace(world, words, env):
    log = world.path('trace')
    subprocess.run(['strace', '-f', '-y', '-qq', '-o', log, '-e',
                    'trace=%file,%network,%process', '--', world.program,
                    *words], cwd=world.folder, env=env, capture_output=True,
                   timeout=60)
    lines = world.read('trace').splitlines()
    os.remove(log)
    return [line.split(None, 1)[1] for line in lines]


def asked_path(world, line):
    """The path that a call names, from the folder; None: it names none."""
    found = re.match(r'\w+\((?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"', line)
    if not found:
        return None
    name = found[2].lstrip('/') if 'RESOLVE_IN_ROOT' in line else found[2]
    path = os.path.join(world.folder, found[1] or '', name)
    return os.path.relpath(path, world.folder)


def is_harmless(line):
    return line.startswith(('readlink("/proc/self/exe"', 'exit_group(',
                            'arch_prctl(', '+++')) or re.match(
        r'newfstatat\(AT_FDCWD<[^>]*>, "/", ', line)


def check_traced(world, env):
    if not shutil.which('strace'):
        print('skipped: no strace')
        return
    for command in COMMANDS:
        lines = trace(world, command['words'], env)
        allowed = set(command.get('opens', ()))
        below = command.get('below')
        asked = set()
        world.expect(lines and lines[0].startswith('execve('),
                     command['words'], 'was not traced')
        for line in lines[1:]:
            path = asked_path(world, line)
            if path in allowed or below and path and \
                    path.split('/')[0] == below:
                asked.add(path)
            else:
                world.expect(is_harmless(line), command['words'], 'asks', line)
        world.expect(allowed <= asked and (asked or not below),
                     command['words'], 'did not open', allowed - asked)


# ---- beside the full podlock ----

def check_full(world, env, full, index, fixtures):
    shutil.copy(os.path.join(fixtures, 'requirements',
                             'runpod-bulletproof.in'), world.folder)
    words = ['runpod-bulletproof.in', '--template',
             'runpod-torch240-cu124-py311', '--index-root', index]
    done = subprocess.run([full, 'resolve', *words, '-o', 'pylock.real.toml'],
                          cwd=world.folder, env=env, capture_output=True,
                          timeout=120)
    if not world.expect(done.returncode == 0, full, done.stderr):
        return
    for words in (['check', 'pylock.real.toml'],
                  ['check', '--json', 'pylock.real.toml'],
                  ['tree', 'pylock.real.toml'],
                  ['guard', '--template', 'runpod-torch240-cu124-py311'],
                  ['templates', 'show', 'runpod-torch240-cu124-py311'],
                  ['diff', 'pylock.toml', 'pylock.real.toml'],
                  ['snapshot', '--root', 'root', '--compare', TEMPLATE],
                  ['snapshot', '--archive', 'image.tar', '--json'],
                  ['preflight', '--root', 'root', '--deep', '--json',
                   'pylock.real.toml'],
                  ['preflight', '--dockerfile', 'Dockerfile'],
                  ['show', 'pylock.bad.toml']):
        both = [subprocess.run([program, *words], cwd=world.folder, env=env,
                               capture_output=True, timeout=60)
                for program in (full, world.program)]
        world.expect(both[0].stdout == both[1].stdout and
                     both[0].stderr == both[1].stderr and
                     both[0].returncode == both[1].returncode, words, both)
    done = world.run('check', '--fresh', 'pylock.real.toml', code=2)
    world.expect('no network' in done.stderr, done.stderr)
    done = world.run('preflight', '--dockerfile', 'Dockerfile', '--index-root',
                     'root', code=2)
    world.expect('no network' in done.stderr, done.stderr)
    print('the same as the full podlock')


def main(world, *full):
    full = [os.path.abspath(path) for path in full]
    env = {'PATH': os.environ['PATH']}
    write_files(world)
    check_file(world)
    here = check_here(world, env)
    check_roots(world, here, env)
    check_traced(world, env)
    if full and os.path.exists(full[0]) and os.path.isdir(full[1]):
        check_full(world, env, *full)
    else:
        print('skipped: no full podlock to compare with')


if __name__ == '__main__':
    lock_world.main(main, sys.argv[1:])
