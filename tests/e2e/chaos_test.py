#!/usr/bin/env python3
"""Random faults: the lock of a run without them, or exit 3 or 4.

usage: chaos_test.py PODLOCK N [FIRST SEED]

Each of N runs has its own seed, from which come how often a request meets a
fault and which: the connection dropped or reset, the body cut, late, of
another request, or damaged; an error of the server, a page of a portal, a
304 that nobody asked for. Never another lock: not from the run, and not from
what it has left in its cache.
"""
import collections
import concurrent.futures
import os
import random
import shutil
import sys
import tempfile

from faults_world import Net, make_wheel
from server import DROP, Response, Server, page, refuse

AT_A_TIME = 12
WANTED = 'top==2.0 other'


def build(w):
    """Names with metadata of their own, and some with wheels only."""
    names = [f'n{i}' for i in range(14)]
    for i, name in enumerate(names):
        needs = [f'{n}>=1.5' for n in names[i * 2 + 1:i * 2 + 3]]
        for version in ('1.0', '1.5', '2.0'):
            w.add(name, version, *needs)
    w.add('top', '1.0')
    w.add('top', '2.0', 'n0', 'plain')
    w.add('other', '1.0', 'n3<2')
    for version in ('1.0', '2.0'):  # METADATA at the end, and far from it
        w.wheel('plain', version, 'bulky', body=make_wheel(
            'plain', version, 'bulky'))
        w.wheel('bulky', version, body=make_wheel(
            'bulky', version, more=[('bulky/x', os.urandom(60000))]))


def swapped(server, rng, request):
    """The whole answer to something else of this run."""
    others = [r for r in server.requests if r.path != request.path]
    if not others:
        return None
    other = rng.choice(others)
    response = server.usual(other)
    return response if response.status in (200, 206) else None


def script_of(seed):
    """(function of server and request) with faults of this seed."""
    rng = random.Random(seed)
    often = rng.choice([0.01, 0.05, 0.1, 0.3, 0.6])
    kinds = rng.sample(['drop', 'cut', 'reset', 'late', '500', '502', '503',
                        '429', 'swap', 'portal', '304', 'empty', 'bad gzip',
                        'slow'], rng.randint(1, 5))

    def script(server, request):
        if rng.random() > often:
            return None
        kind = rng.choice(kinds)
        if kind == 'drop':
            return DROP
        if kind.isdigit() and kind != '304':
            return refuse(int(kind), **rng.choice(
                [{}, {'Retry_After': '0'}, {'Retry_After': 'x'}]))
        if kind == 'swap':
            return swapped(server, rng, request)
        if kind == 'portal':
            return page('<html><body>Log in</body></html>')
        if kind == '304':
            return Response(304)
        response = server.usual(request)
        if kind == 'empty':
            response.cut = 0
        elif kind == 'late':
            response.wait = rng.uniform(0, 0.2)
        elif kind == 'slow':
            response.piece, response.pause = 500, 0.005
        elif kind == 'bad gzip':
            response.headers['Content-Encoding'] = 'gzip'
            response.gzip = False
        else:
            response.cut = rng.randrange(len(response.body) + 1)
            response.reset = kind == 'reset'
        return response
    return script, f'{often} of {", ".join(kinds)}'


class Chaos:
    def __init__(self, podlock):
        self.top = tempfile.TemporaryDirectory()
        self.world = Net(os.path.abspath(podlock), self.top.name)
        build(self.world)
        self.world.serve()
        # r.in is written here, once: runs at the same time share it
        self.words = self.world.words(WANTED, [], 'ROOT', None)
        self.good = self.lock(self.world.server, None)
        if self.good[0]:
            sys.exit(f'without faults: {self.good}')

    def lock(self, server, cache):
        words = [server.root if word == 'ROOT' else word
                 for word in self.words]
        more = ['--cache-dir', cache] if cache else []
        done = self.world.run(*words, *more)
        return done.returncode, done.stdout.replace(
            server.root.encode(), b'ROOT/'), done.stderr

    def run(self, seed):
        """(exit code, what was wrong)"""
        script, kinds = script_of(seed)
        cache = self.world.path(f'cache-{seed}')
        with Server(self.world.path('index'), seed=seed) as server:
            server.script = lambda request: script(server, request)
            code, out, err = self.lock(server, cache)
            self.world.check_text(f'seed {seed}', err)
            if code == 0 and out != self.good[1]:
                return code, f'seed {seed} ({kinds}): another lock'
            if code not in (0, 3, 4) or b'Sanitizer' in err:
                return code, f'seed {seed} ({kinds}): exit {code}: {err}'
            server.script = None
            again, out, err = self.lock(server, cache)
            if again or out != self.good[1]:
                return code, f'seed {seed} ({kinds}): then exit {again}: ' \
                    f'{err}{out[:300]}'
        shutil.rmtree(cache, ignore_errors=True)
        return code, None


def main(podlock, number, first='1'):
    chaos = Chaos(podlock)
    seeds = range(int(first), int(first) + int(number))
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        answers = list(pool.map(chaos.run, seeds))
    codes = collections.Counter(code for code, _ in answers)
    bad = [text for _, text in answers if text]
    print('\n'.join(bad[:20]))
    print(f'{len(answers)} runs: exit codes ' + ', '.join(
        f'{code}: {codes[code]}' for code in sorted(codes)))
    chaos.world.close()
    if not codes[0] or len(codes) < 2:
        bad.append('no faults, or nothing but faults')
        print(bad[-1])
    return 1 if bad or chaos.world.bad else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
