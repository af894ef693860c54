#!/usr/bin/env python3
"""What starting costs, and what a warm run loads.

usage: startup_test.py PODLOCK COST EMPTY INDEX FIXTURES

- `podlock --version` and a warm resolve load neither libcurl nor libxml2 nor
  libarchive, and nothing of podlock's own that would; a cold one does;
- --version takes at most 2 ms more than an empty program in the same run;
- a warm resolve of 81 and of 128 packages asks nothing and stays below 12 MB;
  its time is printed beside that of the empty program, and not judged.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'e2e'))
from server import Server  # noqa: E402

HEAVY = ('libcurl', 'libxml2', 'libarchive', 'libpodlock-net', 'libsolvext')
MAX_MORE_MS = 2
MAX_PEAK_KB = 12 * 1024
RUNS = 60
NONE = ['--template', 'none', '--python-version', '3.11']
TORCH = ['--template', 'runpod-torch240-cu124-py311']


def loaded(words):
    env = {**os.environ, 'LD_DEBUG': 'files'}
    done = subprocess.run(words, capture_output=True, text=True, env=env,
                          timeout=60)
    return set(re.findall(r'calling init: \S*/(lib[\w.+-]+)', done.stderr))


def cost(o, words, runs=RUNS):
    done = subprocess.run([o['cost'], str(runs), *words], capture_output=True,
                          text=True, check=True, timeout=120)
    return json.loads(done.stdout)


def check_libraries(name, libraries, bad):
    heavy = sorted(l for l in libraries if l.startswith(HEAVY))
    print(f'{name} loads {len(libraries)} libraries')
    if heavy:
        bad.append(f'{name} loads {", ".join(heavy)}')


def check_version(o, bad):
    words = [o['podlock'], '--version']
    check_libraries('--version', loaded(words), bad)
    more = min(min(cost(o, words)['wall-ms']) - min(cost(o, [o['empty']])[
        'wall-ms']) for _ in range(3))
    print(f'--version takes {more:.2f} ms more than an empty program')
    if more > MAX_MORE_MS:
        bad.append(f'--version takes {more:.2f} ms more, not {MAX_MORE_MS}')


def check_warm(o, server, name, template, bad):
    with tempfile.TemporaryDirectory() as tmp:
        words = [o['podlock'], 'resolve',
                 f'{o["fixtures"]}/requirements/runpod-bulletproof.in',
                 *template, '--index-root', server.root, '--cache-dir',
                 f'{tmp}/cache', '-o', f'{tmp}/pylock.toml']
        if not any(l.startswith('libcurl') for l in loaded(words)):
            bad.append(f'{name}: a cold run does not load libcurl: the test '
                       'sees nothing')
        subprocess.run(words, capture_output=True, check=True, timeout=60)
        server.take()
        check_libraries(f'{name}: a warm run', loaded(words), bad)
        warm, empty = cost(o, words), cost(o, [o['empty']])
        asked = server.take()
    print(f'{name}: {min(warm["wall-ms"]):.1f} ms, of which CPU '
          f'{min(warm["cpu-ms"]):.1f} ms, {warm["peak-kb"] / 1024:.1f} MB; an '
          f'empty program {min(empty["wall-ms"]):.1f} ms')
    if warm['code'] or asked:
        bad.append(f'{name}: exit {warm["code"]}, {len(asked)} requests')
    if warm['peak-kb'] > MAX_PEAK_KB:
        bad.append(f'{name}: {warm["peak-kb"]} kB, not {MAX_PEAK_KB}')


def main():
    o = dict(zip(('podlock', 'cost', 'empty', 'index', 'fixtures'),
                 sys.argv[1:]))
    bad = []
    check_version(o, bad)
    with Server(o['index']) as server:
        check_warm(o, server, '81 packages', TORCH, bad)
        check_warm(o, server, '128 packages', NONE, bad)
    for text in bad:
        print('FAILED ' + text)
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
