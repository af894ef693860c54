#!/usr/bin/env python3
"""Does `podlock guard` hold what it should, and do pip and podlock obey it?

usage: guard_test.py PODLOCK INDEX FIXTURES DATA

The text against DATA/guard/*.txt (PODLOCK_REWRITE=1 writes them anew) and,
pin for pin, against the template and the lock; podlock's own reader refuses
what it holds; and so does pip, where there is one, with wheels made here.
"""
import json
import os
import subprocess
import sys

import lock_world
from lock_world import lock, make_wheel, package, pip

TEMPLATE = 'runpod-torch240-cu124-py311'


def pins(text):
    """name -> version of the lines; a comment may follow."""
    rows = [line.split('  #')[0].split(' ; ')[0]
            for line in text.splitlines() if line and line[0] != '#']
    found = dict(row.split('==') for row in rows)
    assert len(found) == len(rows), rows
    return found


def check_template(world, data):
    text = world.run('guard', '--template', TEMPLATE).stdout
    world.golden(os.path.join(data, 'guard', 'template.txt'), text)
    facts = json.loads(world.run('templates', 'show', TEMPLATE,
                                 '--json').stdout)['packages']
    held = {p['name']: p['version'] for p in facts if p['protect'] == 'locked'}
    world.expect(pins(text) == held and 'torch' in held, text)
    text = world.run('guard', '--template', TEMPLATE, '--keep').stdout
    world.expect(pins(text) == {p['name']: p['version'] for p in facts}, text)
    bare = world.run('guard', '--template', TEMPLATE, '--no-header').stdout
    world.expect(pins(bare) == held and not bare.startswith('#'), bare)
    templates = json.loads(world.run('templates', '--json').stdout)
    for t in templates['templates']:
        text = world.run('guard', '--template', t['id'], '--keep').stdout
        world.write('c.txt', text)
        obeyed(world, 'c.txt')


def obeyed(world, file):
    """podlock reads the file as constraints of an empty question."""
    world.write('r.in', '')
    os.makedirs(world.path('idx/pypi/simple'), exist_ok=True)
    done = world.run('resolve', 'r.in', '-c', file, '--template', 'none',
                     '--python-version', '3.11', '--index-root', 'idx',
                     '--no-cache')
    world.expect('packages = []' in done.stdout, file, done.stdout)


def check_lock(world, index, fixtures, data):
    words = ['resolve', os.path.join(fixtures, 'requirements', 'comfyui.in'),
             '--index-root', index, '--no-cache', '--template', TEMPLATE]
    world.run(*words, '-o', 'pylock.toml')
    text = world.run('guard').stdout
    shown = json.loads(world.run('show', '--json').stdout)
    own = {p['name']: p['version'] for p in shown['packages']}
    held = {p['name']: p['version'] for p in shown['provided']}
    template = pins(world.run('guard', '--template', TEMPLATE).stdout)
    world.expect(pins(text) == {**template, **held, **own} and
                 own.items() <= pins(text).items(), 'lock')
    world.write('guard.txt', text)
    plain = ['--no-header', '--format', 'requirements.txt']
    again = world.run(*words, '-c', 'guard.txt', *plain).stdout
    world.expect(again == world.run(*words, *plain).stdout,
                 'its own lock breaks it')
    world.write('r.in', 'torch==2.5.0\n')
    done = world.run('resolve', 'r.in', '-c', 'guard.txt', '--template',
                     'none', '--python-version', '3.11', '--index-root', index,
                     '--no-cache', '--no-repairs', code=1)
    world.expect('guard.txt:' in done.stderr, done.stderr)
    world.run(*words[:-1], 'none', '--python-version', '3.11', '-o',
              'pylock.none.toml')
    text = world.run('guard', 'pylock.none.toml').stdout
    world.expect(len(pins(text)) > 50, 'a lock of no template')


def check_choice(world):
    tool = 'format = 1\ntemplate = "%s"\ntemplate-digest = "sha256:%s"'
    world.write('pylock.toml', lock(
        [package('torch', '2.9.0', via=['r.in:1']), package('zeta')],
        tool=tool % (TEMPLATE, '0' * 64)))
    done = world.run('guard')
    world.expect(pins(done.stdout)['torch'] == '2.9.0', 'replaced torch')
    world.expect('another state' in done.stderr, done.stderr)
    env = {'PODLOCK_TEMPLATE': 'runpod-102-cu1281-torch280-ubuntu2404'}
    world.expect(world.run('guard', env=env).stdout == done.stdout,
                 'the lock names its template')
    told = world.run('guard', '--template', env['PODLOCK_TEMPLATE'])
    world.expect('zeta' not in pins(told.stdout) and
                 pins(told.stdout)['torch'] == '2.8.0+cu128', told.stdout)
    both = world.run('guard', 'pylock.toml', '--template',
                     env['PODLOCK_TEMPLATE']).stdout
    world.expect(pins(both)['zeta'] == '1.0' and
                 pins(both)['torch'] == '2.9.0' and
                 pins(both)['torchvision'] == '0.23.0+cu128', both)
    world.write('pylock.toml', lock([], tool=tool % ('my-own', '0' * 64)))
    done = world.run('guard', code=2)
    world.expect('--template FILE' in done.stderr, done.stderr)
    world.write('t.toml', '''podlock-template = 1
id = "my-own"
[environment]
python = "3.11"
constraints = ["numpy<2", "einops==0.8 ; python_version > '3'"]
[[package]]
name = "torch"
version = "2.8.0a0+34c6371"
protect = "locked"
''')
    text = world.run('guard', 'pylock.toml', '--template', 't.toml',
                     '--no-header').stdout
    world.expect(text == 'torch==2.8.0a0+34c6371  # in the template\n'
                 "# The container's own constraints:\nnumpy<2\n"
                 'einops==0.8; python_version > "3"\n', text)


def check_foreign(world):
    """Another tool's pins never take the place of what is protected."""
    mine = ['pylock.toml', '--template', TEMPLATE]
    own = pins(world.run('guard', '--template', TEMPLATE).stdout)['torch']
    for more in ({}, {'marker': "sys_platform == 'win32'"}):
        world.write('pylock.toml', lock([package('torch', '9.9', **more)],
                                        tool=None))
        text = world.run('guard', *mine).stdout
        world.expect(f'torch=={own}  # in the template\n' in text, text)
        world.expect('torch==9.9' in text, text)


def check_output(world):
    words = ['guard', '--template', TEMPLATE, '-o']
    done = world.run(*words, 'g.txt')
    world.expect('    export PIP_CONSTRAINT="$PWD"/g.txt\n' in done.stdout and
                 '    export UV_CONSTRAINT="$PWD"/g.txt\n' in done.stdout,
                 done.stdout)
    world.expect(pins(world.read('g.txt')), 'g.txt')
    file = world.path('h.txt')
    done = world.run(*words, file)
    world.expect(f'    export PIP_CONSTRAINT={file}\n' in done.stdout,
                 done.stdout)
    world.expect(world.folder not in world.read('h.txt'), 'a path of here')
    shell = subprocess.run(['sh', '-c', '\n'.join(
        line for line in world.run(*words, 'g.txt').stdout.splitlines()
        if line.startswith('    ')) + '\ncat "$PIP_CONSTRAINT"'],
        cwd=world.folder, capture_output=True, text=True, timeout=20)
    world.expect(shell.stdout == world.read('g.txt'), shell)
    done = world.run(*words, 'a b.txt')
    world.expect('part these values at spaces' in done.stderr, done.stderr)
    for words, code in [(['guard'], 5), (['guard', '--template', 'nope'], 2),
                        (['guard', '--template', 'none'], 2),
                        (['guard', 'a.toml', 'b.toml'], 2)]:
        world.expect(not world.run(*words, code=code).stdout, words)


# ---- real pip ----

def check_pip(world):
    if pip(world, '--help').returncode:
        print('no pip here: not asked')
        return
    os.mkdir(world.path('wheels'))
    for name, version, requires in [
            ('torch', '2.8.0+cu128', ()), ('torch', '2.8.0', ()),
            ('torch', '2.9.0', ()), ('newer', '1.0', ['torch>=2.9']),
            ('fine', '1.0', ['torch>=2.8'])]:
        make_wheel(world.path('wheels'), name, version, requires)
    world.run('guard', '--template', 'runpod-102-cu1281-torch280-ubuntu2404',
              '-o', 'guard.txt')
    env = {'PIP_CONSTRAINT': world.path('guard.txt')}
    for word, taken in [('torch', 'torch-2.8.0+cu128'),
                        ('fine', 'torch-2.8.0+cu128'),
                        ('torch==2.8.0', 'torch-2.8.0+cu128'),
                        ('torch==2.9.0', None), ('newer', None)]:
        for done in [pip(world, word, **env),
                     pip(world, '-c', 'guard.txt', word)]:
            if taken:
                world.expect(not done.returncode and taken in done.stdout,
                             word, done.stdout, done.stderr)
            else:
                world.expect(done.returncode and 'onflict' in
                             done.stdout + done.stderr, word, done.stdout,
                             done.stderr)
    free = pip(world, 'newer')
    world.expect('torch-2.9.0' in free.stdout, 'pip would, unguarded',
                 free.stdout, free.stderr)


def run(world, index, fixtures, data):
    index, fixtures, data = map(os.path.abspath, (index, fixtures, data))
    check_template(world, data)
    check_output(world)
    check_lock(world, index, fixtures, data)
    check_choice(world)
    check_foreign(world)
    check_pip(world)


if __name__ == '__main__':
    lock_world.main(run, sys.argv[1:])
