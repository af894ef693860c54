#!/usr/bin/env python3
"""podlock templates fit: every row is what `resolve` says of that template.

usage: templates_fit_test.py PODLOCK quick|all INDEX FIXTURES

quick compares the rows of one recorded file with resolve, all those of three
and of several options.
"""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios

from network_test import LISTING, empty_listing
from server import Server, conditional, refuse

MAX_SECONDS = 2  # of the processor: all shipped templates, warm
failed = []


def wrong(*what):
    failed.append(what)
    print(*what)


def expect(name, found, wanted):
    if found != wanted:
        wrong(f'{name}: {found!r}, not {wanted!r}')


class World:
    def __init__(self, podlock, extent, index, fixtures, top):
        self.is_quick = extent == 'quick'
        self.podlock, self.index = map(os.path.abspath, (podlock, index))
        self.fixtures, self.top = os.path.abspath(fixtures), top

    def put(self, name, text):
        with open(os.path.join(self.top, name), 'w', encoding='utf-8') as f:
            f.write(text)
        return name

    def case(self, name):
        """A recorded file of requirements, by a short name."""
        with open(os.path.join(self.fixtures, 'requirements', name),
                  encoding='utf-8') as f:
            return self.put(name, f.read())

    def run(self, *words, root=None, **variables):
        where = ['--index-root', root or self.index, '--cache-dir',
                 os.path.join(self.top, 'cache')]
        if words == ('templates', '--json'):
            where = []
        env = {k: v for k, v in os.environ.items() if not k.startswith(
            ('PODLOCK_', 'PIP_', 'UV_', 'SSL_', 'COLUMNS', 'CI', 'NETRC'))}
        env['ASAN_OPTIONS'] = env.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
        return subprocess.run(
            [self.podlock, *words, *where], cwd=self.top,
            env={**env, 'HOME': self.top, **variables}, encoding='utf-8',
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=120)

    def fit(self, *words, **more):
        """The exit code, and the rows by template in the order of telling."""
        done = self.run('templates', 'fit', *words, '--json', **more)
        if not done.stdout:
            wrong(words, done.stderr)
            return done.returncode, {}
        rows = json.loads(done.stdout)['templates']
        return done.returncode, {row['template']: row for row in rows}


def check_no(words, name, row):
    """A line of the file is named, and what is wrong with it."""
    place, asked = row['problem']['place'], row['problem']['message']
    expect((words, name), place['file'], words[0])
    where = f'({words[0]}:{place["line"]})'
    if where not in row['reason'] or not re.match('`.+` cannot be met', asked):
        wrong(words, name, row)


def check_against_resolve(world, words, rows):
    """The same answer at the same cost."""
    for name, row in rows.items():
        done = world.run('resolve', *words, '--template', name, '--json',
                         '--no-repairs')
        if done.returncode == 1 and not done.stdout:  # --max-download
            if row['fits'] or row['reason'] not in done.stderr:
                wrong(words, name, row, done.stderr)
            continue
        answer = json.loads(done.stdout)
        expect((words, name, 'fits'), row['fits'], answer['satisfiable'])
        if not answer['satisfiable']:
            check_no(words, name, row)
            continue
        expect((words, name), (row['packages'], row['replaced'],
                               row['download']),
               (len(answer['packages']), len(answer['replaced']),
                answer['download']))


def shipped(world):
    done = world.run('templates', '--json')
    return [t['id'] for t in json.loads(done.stdout)['templates']]


def version(text):
    """Enough of PEP 440 for what the templates have."""
    parts = text.split('+')[0].replace('a0', '').split('.')
    numbers = [int(p) for p in parts if p.isdigit()]
    return (numbers, 'a0' not in text and 'dev' not in text)


def check_order(rows):
    def key(row):
        return (not row['fits'], row.get('replaced', 0), row.get('download', 0))
    ordered = list(rows.values())
    for a, b in zip(ordered, ordered[1:]):
        if key(a) > key(b):
            wrong('order', a, b)
        if key(a) != key(b):
            continue
        if version(a['torch']) < version(b['torch']):
            wrong('older torch first', a, b)
        if a['torch'].split('+')[0] == b['torch'].split('+')[0] and \
                a['template'] > b['template']:
            wrong('ids', a, b)


def test_cases(world):
    for name, fitting in (('runpod-bulletproof.in', 20), ('zopilot-gpu.in', 3),
                          ('worker-vllm.in', 0)):
        case = world.case(name)
        code, rows = world.fit(case)
        expect((name, 'exit code'), code, 0 if fitting else 1)
        expect((name, 'fitting'), sum(r['fits'] for r in rows.values()),
               fitting)
        expect((name, 'templates'), sorted(rows), shipped(world))
        if not world.is_quick or name == 'zopilot-gpu.in':
            check_against_resolve(world, [case], rows)
        check_order(rows)
        again = world.fit(case)
        expect((name, 'again'), again, (code, rows))


def test_options(world):
    case = world.case('runpod-bulletproof.in')
    date = ('--only-binary', ':all:', '--exclude-newer', '2025-10-17')
    for words in ([case, *date], [case, '--replace', 'never'],
                  [case, '--max-download', '412.7MB'],
                  [case, '-c', world.put('c.txt', 'pandas<2.2\n'),
                   '--ignore-rule', 'all', '--prerelease', 'allow']):
        code, rows = world.fit(*words)
        some = dict(list(rows.items())[::20 if world.is_quick else 4])
        check_against_resolve(world, words, some)
        expect((words, 'exit code'), code,
               0 if any(r['fits'] for r in rows.values()) else 1)


def test_named(world):
    """--template may be repeated; what files and PODLOCK_ name is not read."""
    ids = ['runpod-torch240-cu124-py311', 'runpod-torch220-cu121-py310']
    case = world.put('named.in', '# podlock: template = nothing-known\nflask\n')
    words = [w for i in ids for w in ('--template', i)]
    code, rows = world.fit(case, *words)
    expect('named', (code, sorted(rows)), (0, sorted(ids)))
    code, rows = world.fit(case, PODLOCK_TEMPLATE=ids[0])
    expect('by the variable', sorted(rows), shipped(world))
    code, rows = world.fit('-', '--template', ids[0])
    expect('empty standard input', rows[ids[0]]['packages'], 0)
    for words, message in (
            (['fit', case, '--template', 'nonsense'], 'no template is known'),
            (['fit'], 'no requirements file'),
            (['fit', case, '--python-version', '3.11'], 'there is no option'),
            (['fit', case, '--ignore-rule', 'x'], 'there is no rule')):
        done = world.run('templates', *words)
        if done.returncode != 2 or message not in done.stderr or done.stdout:
            wrong(words, done.returncode, done.stderr)


def test_machines(world):
    """What is known of a template without the question."""
    case = world.put('machines.in', 'flask\n')
    _, rows = world.fit(case)
    for name, cuda, driver, generations in (
            ('runpod-torch210-cu118-py310', 'cu118', '450.80.02',
             ('Maxwell', 'Hopper')),
            ('runpod-torch220-cu121-py310', 'cu121', '525.60.13',
             ('Maxwell', 'Hopper')),
            ('runpod-102-cu1281-torch280-ubuntu2404', 'cu128', '525.60.13',
             ('Volta', 'Blackwell')),
            # its torch is of CUDA 12.9, the image of 13.0
            ('runpod-102-cu1300-torch280-ubuntu2404', 'cu129', '580.65.06',
             ('Volta', 'Blackwell')),
            ('runpod-103-cu1300-torch291-ubuntu2404', 'cu130', '580.65.06',
             ('Turing', 'Blackwell'))):
        row = rows[name]
        known = row['gpu']['generations']
        expect(name, (row['torch-cuda'], row['driver']['lowest'], known[0],
                      known[-1]), (cuda, driver, *generations))
    for name in ('ngc-pytorch-2511-py312', 'runpod-torch280-cu128-py311'):
        expect((name, 'unknown'), rows[name]['gpu'], None)


def test_text(world):
    """Within the terminal's width, and no row is lost for it."""
    case = world.case('zopilot-gpu.in')
    for width in (80, 100, 160):
        done = world.run('templates', 'fit', case, COLUMNS=str(width))
        lines = done.stdout.splitlines()
        expect('title', lines[0], '3 of 21 templates fit')
        for line in lines:
            if len(line) > width and len(line.split()) > 1:
                wrong(f'{width} columns: {line!r}')
        for name in shipped(world):
            if name not in done.stdout:
                wrong(f'{width} columns: no {name}')
        for text in ('torch>=2.6.0,<2.8.0 (zopilot-gpu.in:2) against',
                     '2.7.1+cu128', 'Turing to Blackwell', '525.60.13'):
            if text not in ' '.join(done.stdout.split()):
                wrong(f'{width} columns: no {text!r}')


def test_numbers(world):
    """Narrow, the torch of each template is found by its number."""
    case = world.case('runpod-bulletproof.in')
    _, rows = world.fit(case)
    done = world.run('templates', 'fit', case, COLUMNS='80')
    costs, machines = done.stdout.split('\n\n')[:2]
    torch = {line.split()[0]: line.split()[1]
             for line in machines.splitlines()[1:]}
    told = {line.split()[0]: torch.get(line.split()[-1], '?')
            for line in costs.splitlines()[2:]}
    for name, row in rows.items():
        if row['fits'] and not (row['torch'] or '?').startswith(told[name]):
            wrong(f'{name} has torch {told[name]}')


def test_http(world):
    """The same rows; warm, without a request and in time."""
    case = world.case('runpod-bulletproof.in')
    _, wanted = world.fit(case)
    with Server(world.index) as server:
        _, cold = world.fit(case, root=server.root)
        requests = len(server.take())
        # of the processor: it waits for nothing, and a busy machine is slow
        before = os.times()
        _, warm = world.fit(case, root=server.root)
        after = os.times()
        took = (after.children_user - before.children_user
                + after.children_system - before.children_system)
        expect('requests when warm', len(server.take()), 0)
        _, offline = world.fit(case, '--offline', root=server.root)
    words = [(r['template'], r['fits'], r.get('download')) for r in
             wanted.values()]
    for name, rows in (('cold', cold), ('warm', warm), ('offline', offline)):
        expect(name, [(r['template'], r['fits'], r.get('download'))
                      for r in rows.values()], words)
    print(f'{requests} requests; warm {took:.2f} s')
    if took > MAX_SECONDS:
        wrong(f'warm: {took:.2f} s')


def test_broken_index(world):
    """Where one variant's index fails, the other templates have answers."""
    case = world.put('torch.in', 'torchcodec\nflask\n')
    broken = {n for n in shipped(world) if 'cu1300-torch291' in n}

    def script(request):
        if '/cu130/' in request.name:
            return refuse(403)
        if LISTING.fullmatch(request.name):
            return conditional(request, empty_listing())
        return None
    with Server(world.index, script=script) as server:
        code, rows = world.fit(case, '--no-cache', root=server.root)
        expect('exit code', code, 0)
        expect('broken', {n for n, r in rows.items() if r['fits'] is None},
               broken)
        expect('they come last', set(list(rows)[-len(broken):]), broken)
        for name in broken:
            message = rows[name]['error']['message']
            if 'cu130/torchcodec/' not in message or '403' not in message:
                wrong(name, message)
        words = [w for n in sorted(broken) for w in ('--template', n)]
        done = world.run('templates', 'fit', case, '--no-cache', *words,
                         root=server.root)
        expect('all broken', done.returncode, 3)
        if f'Without an answer: {len(broken)}' not in done.stdout:
            wrong('no answer', done.stdout)


def test_no_network(world):
    """After a few in vain the others are not tried, and it is said."""
    case = world.put('plain.in', 'flask\n')
    with Server(world.index) as server:
        root = server.root  # nobody listens there afterwards
    code, rows = world.fit(case, '--no-cache', root=root)
    answers = {n for n, r in rows.items() if r['fits']}
    messages = [r['error']['message'] for n, r in rows.items()
                if n not in answers]
    expect('exit code', code, 0)
    expect('nothing to ask', answers, {'colab-gpu-20260819-py313'})
    expect('rows', sorted(rows), shipped(world))
    tried = sum('cannot be reached' in m for m in messages)
    if not 3 <= tried <= 5:
        wrong(f'{tried} are tried')
    expect('not tried', sum('not tried' in m for m in messages),
           len(messages) - tried)


def terminal(world, *words, root):
    """What a person sees on standard error, with what draws it over."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ,
                struct.pack('HHHH', 24, 80, 0, 0))
    env = {'PATH': os.environ['PATH'], 'HOME': world.top, 'TERM': 'xterm'}
    child = subprocess.Popen(
        [world.podlock, 'templates', 'fit', *words, '--index-root', root,
         '--no-cache'], cwd=world.top, env=env, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    seen = b''
    try:
        while piece := os.read(leader, 4096):
            seen += piece
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    child.wait(timeout=60)
    return seen


def test_progress(world):
    case = world.put('plain.in', 'flask\n')
    with Server(world.index, delay=(30, 40)) as server:
        seen = terminal(world, case, root=server.root)
        if not re.search(rb'Trying \d+ of 21 templates: [a-z]', seen):
            wrong('progress', seen)
        if not seen.endswith(b'\r\x1b[K'):
            wrong('the line is left there', seen)
        seen = terminal(world, case, '--no-progress', root=server.root)
        expect('--no-progress', seen, b'')


def main(podlock, extent, index, fixtures):
    with tempfile.TemporaryDirectory() as top:
        world = World(podlock, extent, index, fixtures, top)
        for test in (test_cases, test_options, test_named, test_machines,
                     test_text, test_numbers, test_http, test_broken_index,
                     test_no_network, test_progress):
            test(world)
    print(f'{len(failed)} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
