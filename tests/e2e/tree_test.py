#!/usr/bin/env python3
"""Does `podlock tree` show a lock's graph, whatever the lock?

usage: tree_test.py PODLOCK INDEX FIXTURES DATA

A lock with everything, against texts to be read (DATA/tree/*.txt,
PODLOCK_REWRITE=1 writes them anew); its JSON, and that of a recorded answer,
against sums made here; then locks that are made to hurt.
"""
import json
import os
import pty
import sys
import time

import lock_world
from lock_world import lock, package, strings


def sample():
    return lock([
        package('accelerate', needs=['hub', 'numpy'], via=['r.in:2'],
                size=350000),
        package('alone', via=['r.in:10'], size=5),
        package('cuda-thing', via=['torchvision'], size=7000000),
        package('hub', needs=['tqdm', 'typing'], via=['accelerate', 'r.in:1'],
                size=400000),
        package('numpy', '2.0.2', via=['accelerate', 'scipy'], size=18000000),
        package('ring-a', needs=['ring-b'], size=1000),
        package('ring-b', needs=['ring-a', 'ring-c'], size=2000),
        package('ring-c', size=None),
        package('scipy', '1.16.0', needs=['numpy'], via=['r.in:3'],
                size=35000000),
        package('tqdm', via=['hub'], size=80000),
        package('typing', '4.0', via=['hub'], size=40000,
                marker="python_version < '3.12'"),
        package('typing', '5.0', via=['hub'], size=41000,
                marker="python_version >= '3.12'"),
    ], tool='''format = 1
template = "runpod-x"
provided = [
    { name = "nvidia-x", version = "12.8", via = ["torch"] },
    { name = "psutil", version = "6.0" },
    { name = "torch", version = "2.8.0+cu128", via = ["r.in:4", "alone",
      "torchvision"] },
    { name = "torchvision", version = "0.23.0+cu128", via = ["r.in:5"] },
]''')


# ---- what the graph is, said again in Python ----

def reach(needs, start):
    seen, queue = {start}, [start]
    while queue:
        for to in needs.get(queue.pop(), []):
            if to not in seen:
                seen.add(to)
                queue.append(to)
    return seen


def check_json(world, tree):
    nodes = {p['name']: p for p in tree['packages']}
    needs = {n: p['needs'] for n, p in nodes.items()}
    led = {n: reach(needs, n) for n in nodes}
    mine = {n: not p['from-template'] for n, p in nodes.items()}
    covered = set()
    for name, p in nodes.items():
        world.expect(p['needed-by'] ==
                     sorted(n for n in nodes if name in needs[n]), p)
        part = [n for n in led[name] if mine[n]]
        world.expect(p['all'] == {
            'packages': len(part),
            'bytes': sum(nodes[n]['size'] or 0 for n in part),
            'unknown-sizes': sum(nodes[n]['size'] is None for n in part)}, p)
        if 'alone' in p:
            others = set().union(*(led[s] for s in tree['starts']
                                   if s != name))
            part = [n for n in led[name] if mine[n] and n not in others]
            world.expect(p['alone']['bytes'] ==
                         sum(nodes[n]['size'] or 0 for n in part), p)
    for start in tree['starts']:
        covered |= led[start]
    world.expect(all(n in covered for n in nodes if mine[n]), 'not reached')
    return nodes


# ---- texts ----

def check_texts(world, data):
    world.write('pylock.toml', sample())
    texts = {'whole': [], 'depth': ['--depth', '1'], 'invert': ['--invert'],
             'name': ['hub', 'Ring_A', 'torch'],
             'who': ['-i', 'numpy', 'torch', 'nvidia-x'],
             'only': ['--depth=0', 'pylock.toml']}
    for name, words in texts.items():
        done = world.run('tree', *words)
        world.golden(os.path.join(data, 'tree', name + '.txt'), done.stdout)
        again = world.run('tree', *words, env={'LC_ALL': 'C.UTF-8',
                                               'LANG': 'de_DE.UTF-8'})
        world.expect(again.stdout == done.stdout, name, 'the locale matters')
        world.expect(max(map(len, done.stdout.splitlines())) <= 200, name)
        for width in ['60', '80']:
            done = world.run('tree', *words, env={'COLUMNS': width})
            world.expect(max(map(len, done.stdout.splitlines())) <=
                         int(width), name, width, done.stdout)
        world.golden(os.path.join(data, 'tree', name + '.80.txt'),
                     done.stdout)
    stdin = world.run('tree', '-', stdin=sample())
    world.expect(stdin.stdout == world.run('tree').stdout, 'of stdin')
    colour = world.run('tree', '--color', 'always').stdout
    world.expect('\x1b[' in colour, 'no colour')
    world.expect('\x1b' not in world.run('tree', env={
        'NO_COLOR': '1', 'TERM': 'xterm'}).stdout, 'NO_COLOR')


def on_terminal(world, *words, **env):
    """The output that a terminal gets."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(world.folder)
        os.execvpe(world.program, [world.program, *words],
                   {**world.env, 'NO_COLOR': '1', **env})
    text = b''
    try:
        while part := os.read(fd, 65536):
            text += part
    except OSError:
        pass
    os.waitpid(pid, 0)
    return text.decode()


def check_lines(world):
    drawn = on_terminal(world, 'tree', LANG='en_US.UTF-8')
    world.expect('├── ' in drawn and '└── ' in drawn, drawn)
    for env in [{'LANG': 'C'}, {'LC_ALL': 'C', 'LANG': 'en_US.UTF-8'}, {}]:
        plain = on_terminal(world, 'tree', **env)
        world.expect('|-- ' in plain and plain.isascii(), env, plain)


# ---- JSON ----

def check_sums(world, index, fixtures):
    world.write('pylock.toml', sample())
    tree = json.loads(world.run('tree', '--json').stdout)
    nodes = check_json(world, tree)
    world.expect(tree['starts'] == ['accelerate', 'alone', 'hub', 'ring-a',
                                    'scipy', 'torch', 'torchvision'],
                 tree['starts'])
    world.expect(nodes['hub']['lines'] == ['r.in:1'], nodes['hub'])
    world.expect(nodes['accelerate']['alone']['bytes'] == 350000, 'alone')
    world.expect(nodes['torch']['from-template'] and
                 nodes['torch']['version'] == '2.8.0+cu128', 'torch')
    part = json.loads(world.run('tree', '--json', '--depth', '1',
                                'accelerate').stdout)
    world.expect([p['name'] for p in part['packages']] ==
                 ['accelerate', 'hub', 'numpy'], part)
    who = json.loads(world.run('tree', '--json', '-i', 'tqdm').stdout)
    world.expect([p['name'] for p in who['packages']] ==
                 ['accelerate', 'hub', 'tqdm'], who)
    world.run('resolve', os.path.join(fixtures, 'requirements', 'comfyui.in'),
              '--template', 'runpod-torch240-cu124-py311', '--index-root',
              index, '--no-cache', '-q', '-o', 'pylock.real.toml')
    tree = json.loads(world.run('tree', 'pylock.real.toml', '--json').stdout)
    check_json(world, tree)
    shown = json.loads(world.run('show', 'pylock.real.toml', '--json').stdout)
    world.expect(tree['bytes'] == shown['bytes'], 'bytes')
    world.expect([p['name'] for p in tree['packages']
                  if not p['from-template']] ==
                 [p['name'] for p in shown['packages']], 'packages')
    for p in shown['packages']:
        node = next(n for n in tree['packages'] if n['name'] == p['name'])
        world.expect(sorted(node['lines'] + node['needed-by']) == p['via'],
                     node, p['via'])
    for p in shown['provided']:
        node = next(n for n in tree['packages'] if n['name'] == p['name'])
        world.expect(node['from-template'] and p['via'] and sorted(
            node['lines'] + node['needed-by']) == p['via'], node, p['via'])


# ---- mistakes, and locks that are made to hurt ----

def check_mistakes(world):
    world.write('pylock.toml', sample())
    done = world.run('tree', 'numpi', code=1)
    world.expect('did you mean numpy?' in done.stderr and not done.stdout,
                 done.stderr)
    for words in [['pylock.toml', 'pylock.toml/'], ['--depth', 'x'],
                  ['--depth', '-1'], ['no name'], ['absent.toml']]:
        done = world.run('tree', *words,
                         code=5 if words == ['absent.toml'] else 2)
        world.expect(done.stderr and not done.stdout, words)
    os.rename(world.path('pylock.toml'), world.path('pylock.dev.toml'))
    done = world.run('tree', code=5)
    world.expect('fix: name the lock; here is pylock.dev.toml' in done.stderr,
                 done.stderr)
    world.write('pylock.toml', lock([package('a'), package('b')], tool=''))
    done = world.run('tree')
    world.expect('does not say who needs whom' in done.stdout and
                 'alone' not in done.stdout, done.stdout)
    world.write('bad.toml', sample().replace('"1.16.0"', '1'))
    done = world.run('tree', 'bad.toml', code=2)
    world.expect('bad.toml:' in done.stderr, done.stderr)


def hostile_locks():
    deep = [package(f'n{i:04}', needs=[f'n{i + 1:04}'] if i < 2999 else [])
            for i in range(3000)]
    ladder = [package(f'n{i:02}', needs=[f'n{k:02}' for k in range(i + 1, 99)])
              for i in range(99)]
    ring = [package(f'n{i:03}', needs=[f'n{(i + k) % 300:03}'
                                       for k in range(1, 40)])
            for i in range(300)]
    yield 'deep', lock(deep)
    yield 'ladder', lock(ladder)
    yield 'ring', lock(ring)
    yield 'itself', lock([package('a', needs=['a'], via=['a'])])
    yield 'empty', lock([])
    yield 'heavy', lock([package(n, needs=['b', 'c'], size=2**46)
                         for n in 'abc'])
    yield 'askers', lock([package('a', via=[f'x{i}' for i in range(9000)])])
    yield 'file', lock([package('a', via=['\x1b]0;x\x07\u202e.in:1'])])
    yield 'marks', lock([package(
        'a', via=['\x1b]0;x\x07:1', 'r\n.in:2', '\u202e:3', 'no\nname',
                  'https://u:secret@h/r.in:4'])])


def check_hostile(world):
    for name, text in hostile_locks():
        world.write('pylock.toml', text)
        for words in [[], ['-i'], ['--json'], ['--depth', '3']]:
            start = time.monotonic()
            done = world.run('tree', *words, env={'COLUMNS': '80'}
                             if '-i' in words else {})
            took = time.monotonic() - start
            world.expect(took < 20, name, words, took)
            world.expect('\x1b' not in done.stdout and '\u202e' not in
                         done.stdout and 'secret' not in done.stdout, name)
            if '--json' in words:
                json.loads(done.stdout)
    many = [package(f'n{i:04}', needs=[f'n{k:04}' for k in range(200)])
            for i in range(900)]
    world.write('pylock.toml', lock(many))
    done = world.run('tree', code=6)
    world.expect('--depth' in done.stderr, done.stderr)
    world.run('tree', '--json')
    world.write('pylock.toml', lock([package('a', via=[
        f'x{i}' for i in range(20001)])]))
    world.expect('more than 20000' in world.run('tree', code=6).stderr, 'names')


def run(world, index, fixtures, data):
    check_texts(world, data)
    check_lines(world)
    check_sums(world, os.path.abspath(index), os.path.abspath(fixtures))
    check_mistakes(world)
    check_hostile(world)


if __name__ == '__main__':
    lock_world.main(run, sys.argv[1:])
