#!/usr/bin/env python3
"""Has the work for recorded commands grown?

usage: baseline.py PODLOCK BENCH_SEARCH INDEX FIXTURES BUILDTYPE [--update]

Runs each command of COMMANDS under valgrind and compares instructions, rounds
of reading, calls of the solver, pages and metadata read with baseline.json
beside this file. More instructions than TOLERANCE allows, or more of anything
else, is a failure; fewer are shown. --update writes what was measured.

Those of LOCKS show a made-up lock (make_lock.py), which is mostly reading it;
those of DIFFS compare two;
those that end in "with repairs" have GENEROUS instead of TOLERANCE, for what
they cost depends on how many repairs there are.

Commands of WARM are run twice over HTTP first, and then measured with what
that left in the cache: without a request. Of the first of these runs rounds
and requests are compared, not the instructions, which depend on timing.

Instructions are those of a release build on x86-64 with Debian 12's libraries;
libc, nettle and simdjson are told to leave out what not every processor has, so
that they are nearly the same on each. Exit 77 where that does not hold.
"""
import concurrent.futures
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'e2e'))
from make_root import make_root  # noqa: E402
from server import Server  # noqa: E402

BASELINE = os.path.join(HERE, 'baseline.json')
TOLERANCE = 0.05
GENEROUS = 0.25
COUNTS = ['rounds', 'solves', 'pages', 'metadata', 'requests']
OLD = ['--exclude-newer', '2025-10-17']
NONE = ['--template', 'none', '--python-version', '3.11', '--ignore-rule',
        'all']
TORCH_240 = ['--template', 'runpod-torch240-cu124-py311']
TORCH_280 = ['--template', 'runpod-torch280-cu128-py311']
# Else what is looked for depends on how fast the machine is.
ENOUGH = ['--repair-time', '600']
# By name: a requirements file and options, or the arguments of bench_search.
COMMANDS = {
    'quickstart': ['runpod-bulletproof.in', *TORCH_240],
    '130 packages': ['runpod-bulletproof.in', *NONE],
    '160 packages': ['vllm-common.in', *NONE],
    'many replaced': ['vllm-common.in', *TORCH_240],
    'freely': ['comfyui.in', *TORCH_240, '--replace', 'freely'],
    'torch 2.8': ['serverless-worker.in', *TORCH_280],
    'a date': ['llama-factory.in', *NONE, *OLD],
    'no': ['comfyui.in', *NONE, *OLD, *ENOUGH, '--no-repairs'],
    'no, by a fact': ['worker-vllm.in', *TORCH_240, *ENOUGH, '--no-repairs'],
    'no, with repairs': ['comfyui.in', *NONE, *OLD, *ENOUGH],
    'no, by a fact, with repairs': ['worker-vllm.in', *TORCH_240, *ENOUGH],
    'made up': [150, 500],
}
# By name: the arguments of make_lock.py.
LOCKS = {
    'a lock of 600': ['600', 'podlock'],
    "uv's lock of 600": ['600', 'uv'],
}
# By name: the kind of two made-up locks, one of them moved, to be compared.
DIFFS = {
    'two locks of 600': 'podlock',
}
# By name: what is asked of a root with all packages of a template.
CONTAINERS = {
    'preflight of 701 packages': ['preflight'],
    'snapshot of 701 packages': ['snapshot'],
}
LARGE = 'colab-gpu-20260819-py313'
WARM = ['quickstart', '130 packages', 'many replaced', 'no, by a fact']
ENVIRONMENT = {
    'SIMDJSON_FORCE_IMPLEMENTATION': 'westmere',
    'NETTLE_FAT_OVERRIDE': 'vendor:intel',
    'GLIBC_TUNABLES': 'glibc.cpu.hwcaps=-AVX2_Usable,-AVX2,-ERMS',
}


def why_not(buildtype):
    """Why nothing can be compared here; empty when it can."""
    if not shutil.which('valgrind'):
        return 'valgrind is not installed (apt-get install valgrind)'
    if buildtype != 'release':
        return f'baselines are for --buildtype=release, not {buildtype}'
    if platform.machine() != 'x86_64':
        return f'baselines are for x86-64, not {platform.machine()}'
    return ''


def words_of(command, podlock, bench, index, fixtures):
    if isinstance(command[0], int):
        return [bench, *map(str, command)]
    return [podlock, 'resolve', f'{fixtures}/requirements/{command[0]}',
            *command[1:], '--index-root', index, '--json']


def environment():
    own = ('PODLOCK_', 'PIP_', 'UV_', 'LC_', 'MALLOC_')
    env = {k: v for k, v in os.environ.items() if not k.startswith(own)}
    return {**env, **ENVIRONMENT}


def measure_warm(name, podlock, bench, index, fixtures):
    """What is measured of a cold and of a warm run, by name."""
    with Server(index) as server, tempfile.TemporaryDirectory() as cache:
        words = words_of(COMMANDS[name], podlock, bench, server.root, fixtures)
        words += ['--cache-dir', cache]
        runs = [subprocess.run(words, capture_output=True, text=True,
                               timeout=60, env=environment())
                for _ in range(2)]
        return {f'cold, {name}': read_counts(runs[0].stdout),
                f'warm, {name}': count(words)}


def measure(command, *places):
    return count(words_of(command, *places))


def measure_lock(name, podlock):
    with tempfile.NamedTemporaryFile('w', suffix='.toml') as lock:
        subprocess.run([sys.executable, os.path.join(HERE, 'make_lock.py'),
                        *LOCKS[name]], stdout=lock, check=True)
        return count([podlock, 'show', '--json', lock.name])


def measure_diff(name, podlock):
    with tempfile.TemporaryDirectory() as top:
        locks = [os.path.join(top, f'{step}.toml') for step in '01']
        for step, lock in enumerate(locks):
            with open(lock, 'w', encoding='utf-8') as f:
                subprocess.run(
                    [sys.executable, os.path.join(HERE, 'make_lock.py'), '600',
                     DIFFS[name], str(step)], stdout=f, check=True)
        return count([podlock, 'diff', '--json', *locks])


def measure_container(name, podlock):
    with tempfile.TemporaryDirectory() as top:
        root = os.path.join(top, 'root')
        make_root(LARGE, root)
        return count([podlock, *CONTAINERS[name], '--root', root, '--json'])


def count(words):
    done = subprocess.run(
        ['valgrind', '--tool=callgrind', '--callgrind-out-file=/dev/null',
         *words], capture_output=True, text=True, timeout=300,
        env=environment())
    counted = re.search(r'Collected : (\d+)', done.stderr)
    if done.returncode not in (0, 1) or not counted:
        sys.exit(f'{" ".join(words)}: exit {done.returncode}\n'
                 f'{done.stderr[-2000:]}')
    return {'instructions': int(counted[1]), **read_counts(done.stdout)}


def read_counts(text):
    if text.startswith('{'):
        answer = json.loads(text)
    else:
        head, row = (line.split() for line in text.splitlines())
        answer = dict(zip(head, row))
    return {key: int(answer[key]) for key in COUNTS if key in answer}


def compare(name, now, before):
    """A line of the table, and whether it is a failure."""
    line, bad = f'{name:28} {"-":>8}   {"-":>6}  ', False
    if 'instructions' in now:
        ratio = now['instructions'] / before['instructions']
        most = GENEROUS if name.endswith('with repairs') else TOLERANCE
        bad = ratio > 1 + most
        line = (f'{name:28} {now["instructions"] / 1e6:8.1f} M '
                f'{100 * (ratio - 1):+6.1f} %')
    for key in COUNTS:
        line += f' {now.get(key, "-"):>{len(key)}}'
        if now.get(key) != before.get(key):
            line += f' (was {before.get(key, "-")})'
        bad = bad or now.get(key, 0) > before.get(key, 0)
    return line + ('  <- MORE' if bad else ''), bad


def main():
    arguments = [a for a in sys.argv[1:] if a != '--update']
    *places, buildtype = arguments
    reason = why_not(buildtype)
    if reason:
        print(f'SKIP: {reason}')
        return 77
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        plain = pool.map(lambda c: measure(c, *places), COMMANDS.values())
        locks = pool.map(lambda name: measure_lock(name, places[0]), LOCKS)
        diffs = pool.map(lambda name: measure_diff(name, places[0]), DIFFS)
        roots = pool.map(lambda name: measure_container(name, places[0]),
                         CONTAINERS)
        served = pool.map(lambda name: measure_warm(name, *places), WARM)
        now = {**dict(zip(COMMANDS, plain)), **dict(zip(LOCKS, locks)),
               **dict(zip(DIFFS, diffs)), **dict(zip(CONTAINERS, roots))}
        for pair in served:
            now.update(pair)
    if '--update' in sys.argv:
        with open(BASELINE, 'w', encoding='utf-8') as f:
            json.dump(now, f, indent=2)
            f.write('\n')
    with open(BASELINE, encoding='utf-8') as f:
        before = json.load(f)
    if set(before) != set(now):
        sys.exit('baseline.json is about other commands: run with --update')
    print(f'{"":28} instructions   more {" ".join(COUNTS)}')
    failed = 0
    for name in now:
        line, bad = compare(name, now[name], before[name])
        failed += bad
        print(line)
    print(f'{len(now)} commands, {failed} cost more than they did')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
