#!/usr/bin/env python3
"""What a no costs: processor time of every recorded question without an answer.

usage: bench_no.py PODLOCK COST INDEX FIXTURES

Each is asked without and with repairs, on the recorded folder without a cache.
Prints the median and the most of both, and what takes longer than MAX_MS
without repairs.
"""
import json
import os
import statistics
import subprocess
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'e2e'))
from recorded_test import load_rows  # noqa: E402

MAX_MS = 300
RUNS = 3


def cost(o, row, *more):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))}
    done = subprocess.run([o.cost, str(RUNS), *row.arguments(o), '--no-cache',
                           *more], env=env, check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    # the command's own output comes first
    found = json.loads(done.stdout[done.stdout.rindex('{"code"'):])
    return found['code'], min(found['cpu-ms']), min(found['wall-ms'])


def show(what, values):
    print(f'{what}: median {statistics.median(values):.0f} ms, '
          f'most {max(values):.0f} ms')


def main(podlock, cost_program, index, fixtures):
    o = types.SimpleNamespace(podlock=podlock, cost=cost_program, index=index,
                              fixtures=fixtures)
    rows = load_rows(o, 'uv') + load_rows(o, 'templates')
    without, repairs, walls, slow = [], [], [], []
    for row in rows:
        code, cpu, _ = cost(o, row, '--no-repairs')
        if code != 1:
            continue
        without.append(cpu)
        if cpu > MAX_MS:
            slow.append(f'{row.name()}: {cpu:.0f} ms')
        _, cpu, wall = cost(o, row)
        repairs.append(cpu)
        walls.append(wall)
    print(f'{len(without)} questions without an answer')
    show('processor, without repairs', without)
    show('processor, with repairs', repairs)
    show('wall, with repairs', walls)
    print(f'{len(slow)} above {MAX_MS} ms without repairs', *slow, sep='\n  ')


if __name__ == '__main__':
    main(*sys.argv[1:])
