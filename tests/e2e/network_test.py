#!/usr/bin/env python3
"""The recorded cases over HTTP: the locks of the recorded folder.

usage: network_test.py PODLOCK quick|all INDEX FIXTURES

Each case is solved from the folder and then over HTTP (server.py), the same
way each time but for where the index is:

cold      an empty cache
warm      again: no request at all
offline   again, with --offline: no request
refresh   again, with --refresh: pages are asked about, nothing is sent again
html      an empty cache, HTML pages only; compared with a folder of these
ranges    an empty cache, pages without core metadata: out of the wheels
delayed   an empty cache, answers late and in another order

Output, explanation and exit code must be those of the folder, byte for byte,
once the URL that its file `origin` names is replaced by the server's (and the
words for metadata that nobody recorded by those for a 404). A cold
run may ask 1.3 times what a run from the folder reads, and 10 more, in at most
8 rounds without a template and 16 with one.

quick: twelve cases. all: every row of fixtures/expected.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
import types

from recorded_test import MAX_ROUNDS, load_rows, percentile
from server import Response, Server, conditional

QUICK = [  # beginnings of a row's name
    'runpod-torch240-cu124-py311 runpod-bulletproof.in',
    'runpod-102-cu1281-torch280-ubuntu2404 vllm-common.in',
    'runpod-torch210-cu118-py310 whisper.in',
    'runpod-torch220-cu121-py310 comfyui.in',
    'runpod-107-cu1300-torch291-ubuntu2404 yolov5.in',
    'runpod-torch280-cu128-py311 extras-mix.in',
    'comfyui.in 3.11 highest', 'serverless-worker.in 3.10 highest',
    'worker-vllm.in 3.12 highest', 'llama-factory.in 3.11 2025-10-17',
    'vllm-common.in 3.12 highest', 'yolov5.in 3.11 lowest-direct']
DELAY = (0, 25)  # milliseconds
MAX_FACTOR, MAX_MORE = 1.3, 10
ROUND = re.compile(r'\bround (\d+)')
READS = re.compile(r'(?m)^podlock: index: \d+ bytes of ')
GONE = re.compile('the recorded index does not hold its metadata|'
                  'it is a source distribution that the recorded index does '
                  'not hold|'
                  'the index lists it, but it is gone \\(404\\)')
LISTING = re.compile('/pytorch/whl/(nightly/)?[a-z]+[0-9]*/')
LOUD = re.compile(r'(?m)^podlock: .*\n')


def html_tree(index, out):
    """The same index without its JSON pages."""
    os.makedirs(os.path.join(out, 'pypi', 'simple'))
    for name in ('pypi/files', 'pytorch', 'origin'):
        os.symlink(os.path.join(index, name), os.path.join(out, name))
    simple = os.path.join(index, 'pypi', 'simple')
    for entry in os.scandir(simple):
        if entry.is_dir():
            folder = os.path.join(out, 'pypi', 'simple', entry.name)
            os.mkdir(folder)
            shutil.copy2(os.path.join(entry.path, 'index.html'), folder)


class Answer:
    def __init__(self, done, root):
        self.code, self.raw_err = done.returncode, done.stderr
        self.out = done.stdout.replace(root, 'ROOT/')
        self.err = GONE.sub('GONE', LOUD.sub('', done.stderr)).replace(
            root, 'ROOT/')
        self.reads = len(READS.findall(done.stderr))
        rounds = ROUND.findall(done.stderr)
        self.rounds = max(map(int, rounds)) if rounds else 0

    def difference(self, other):
        """What is not as in another answer, as text; '' when nothing is."""
        if self.code != other.code:
            return f'exit {self.code}, not {other.code}: {self.raw_err[:1500]}'
        for what, mine, its in [('output', self.out, other.out),
                                ('message', self.err, other.err)]:
            for a, b in zip(mine.splitlines() + [''], its.splitlines() + ['']):
                if a != b:
                    return f'{what}: {a!r}, not {b!r}'
            if mine != its:
                return f'{what}: {len(mine)} bytes, not {len(its)}'
        return ''


def empty_listing():
    return Response(200, '<html><body><a href="x/">x</a></body></html>',
                    {'Content-Type': 'text/html', 'ETag': '"x"'})


class Place:
    """The servers and folders that the cases of one process share."""

    def __init__(self, podlock, index, fixtures, html):
        self.podlock, self.fixtures = os.path.abspath(podlock), fixtures
        self.index, self.html = os.path.abspath(index), html
        with open(os.path.join(index, 'origin')) as f:
            self.origin = f.read().strip()
        self.plain = self.serve()
        self.servers = {
            'html': self.serve(html_only=True),
            'ranges': self.serve(no_core_metadata=True),
            'delayed': self.serve(delay=DELAY)}

    def serve(self, **modes):
        """A template may name a variant of the torch index that nobody
        recorded: it has none of the names that are asked for."""
        def empty(request):
            match = LISTING.fullmatch(request.name)
            if match and not os.path.isdir(self.index + request.name):
                return conditional(request, empty_listing())
            return None
        return Server(self.index, script=empty, **modes)

    def arguments(self, row, root):
        o = types.SimpleNamespace(podlock=self.podlock, index=root,
                                  fixtures=self.fixtures)
        # repairs are other questions, as many as there is time for; whether
        # there are other conflicts is one too, and gets the time it needs
        return [a for a in row.arguments(o) if a != '--json'] + [
            '--no-repairs', '--repair-time', '600']

    def run(self, row, root, *more):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))
               and not k.lower().endswith('_proxy')}
        # as in faults_world.py: the search for leaks itself dies now and then
        env['ASAN_OPTIONS'] = env.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
        done = subprocess.run(self.arguments(row, root) + list(more), env=env,
                              capture_output=True, text=True, timeout=120)
        url = root if root.startswith('http') else self.origin
        return Answer(done, url)


def check_cold(row, answer, reads, requests):
    limit = MAX_ROUNDS[row.suite]
    if answer.code == 1:
        limit = MAX_ROUNDS['templates']
    if answer.rounds > limit:
        row.bad.append(f'cold: {answer.rounds} rounds, not {limit}')
    if not answer.rounds:
        row.bad.append('cold: -v says no rounds')
    if not reads:
        row.bad.append('folder: nothing was read')
    if len(requests) > MAX_FACTOR * reads + MAX_MORE:
        row.bad.append(f'cold: {len(requests)} requests for {reads} reads')
    once = {(r.method, r.path) for r in requests}
    if len(once) != len(requests):
        row.bad.append('cold: the same thing was asked for twice')
    row.counts = (reads, len(requests), answer.rounds)


def compare(row, way, answer, wanted):
    different = answer.difference(wanted)
    if different:
        row.bad.append(f'{way}: {different}')
    return not different


def run_plain(place, row, wanted, cache):
    """An empty cache, then what is in it."""
    server = place.plain
    server.take()
    cold = place.run(row, server.root, '--cache-dir', cache, '-v')
    check_cold(row, cold, wanted.reads, server.take())
    if not compare(row, 'cold', cold, wanted):
        return
    for way, more in [('warm', []), ('offline', ['--offline']),
                      ('refresh', ['--refresh'])]:
        answer = place.run(row, server.root, '--cache-dir', cache, *more)
        compare(row, way, answer, wanted)
        asked = server.take()
        if way != 'refresh' and asked:
            row.bad.append(f'{way}: {len(asked)} requests: {asked[:5]}')
        # a listing has no date of its own in the cache
        full = [r for r in asked if r.status == 200 and
                not LISTING.fullmatch(r.name)]
        if full:
            row.bad.append(f'{way}: sent again: {full[:5]}')
        if way == 'refresh' and not asked:
            row.bad.append('refresh: nothing was asked')


def solve(row):
    """All ways of one case, with the place of this process."""
    place = PLACE[0]
    wanted = place.run(row, place.index, '--trace', 'index')
    if wanted.code not in (0, 1):
        row.bad.append(f'folder: exit {wanted.code}: {wanted.raw_err}')
        return row
    html = place.run(row, place.html)
    with tempfile.TemporaryDirectory() as top:
        run_plain(place, row, wanted, os.path.join(top, 'plain'))
        for way, server in place.servers.items():
            answer = place.run(row, server.root, '--cache-dir',
                               os.path.join(top, way))
            compare(row, way, answer, html if way == 'html' else wanted)
    return row


PLACE = []


def start(*words):
    PLACE.append(Place(*words))


def chosen(mode, fixtures):
    o = types.SimpleNamespace(fixtures=fixtures)
    rows = load_rows(o, 'uv') + [
        r for r in load_rows(o, 'templates')
        if r.freely or r.data['mode'] == 'keep']
    if mode == 'all':
        return rows
    return [next(r for r in rows if r.name().startswith(name))
            for name in QUICK]


def report(rows):
    counts = [r.counts for r in rows if hasattr(r, 'counts')]
    if counts:
        reads, requests, rounds = (sorted(c) for c in zip(*counts))
        print(f'cold: {sum(requests)} requests for {sum(reads)} reads; '
              f'rounds: median {percentile(rounds, 0.5)}, most {rounds[-1]}')
    failed = [r for r in rows if r.bad]
    for row in failed:
        print(f'FAILED {row.name()}:')
        for text in row.bad:
            print('    ' + text.replace('\n', '\n    '))
    print(f'{len(rows) - len(failed)} passed, {len(failed)} failed')
    return 1 if failed or not rows else 0


def main(podlock, mode, index, fixtures):
    rows = chosen(mode, fixtures)
    with tempfile.TemporaryDirectory() as top:
        html = os.path.join(top, 'html')
        html_tree(os.path.abspath(index), html)
        with concurrent.futures.ProcessPoolExecutor(
                2, initializer=start,
                initargs=(podlock, index, fixtures, html)) as pool:
            rows = list(pool.map(solve, rows))
    return report(rows)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
