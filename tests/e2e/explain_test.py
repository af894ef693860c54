#!/usr/bin/env python3
"""What a no says: every scenario without an answer.

usage: explain_test.py PODLOCK SCENARIOS [SHARED]

SCENARIOS is what scenarios_test.py takes. The explanation (message and
because, without repairs) names the packages that the scenario's `explanation`
names, or, where that is empty, those of uv's recorded message but the root;
its median length is at most a third of uv's. tests/data/explain/wanted.json
has these names and the lengths of uv's messages, which the packed scenarios
leave out; with SHARED, the folder of unpacked scenarios, it is written anew.
The words of all are those of tests/data/explain/scenarios.txt, which
PODLOCK_REWRITE=1 writes anew.
"""
import concurrent.futures
import json
import os
import re
import statistics
import sys

import scenarios_test

MAX_PART = 1 / 3
DATA = os.path.join(scenarios_test.ROOT, 'tests', 'data', 'explain')
GOLDEN = os.path.join(DATA, 'scenarios.txt')
WANTED = os.path.join(DATA, 'wanted.json')
NAME = re.compile(r'[a-z0-9]+(?:[-_.]+[a-z0-9]+)*', re.IGNORECASE)


def names_in(text):
    return {re.sub('[-_.]+', '-', n.lower()) for n in NAME.findall(text)}


def known_names(scenario):
    """Names that can be told: those of the index and of the root's lines."""
    simple = os.path.join(scenario.folder, 'index', 'simple')
    found = {n for n in os.listdir(simple) if '.' not in n}
    for line in scenario.data['root']:
        found.add(re.sub('[-_.]+', '-', NAME.match(line)[0].lower()))
    return found


def explain(podlock, scenario):
    mode = ['--prerelease', scenario.data['options']['prereleases']]
    done = scenarios_test.run(podlock, scenario, mode)
    if not done:
        return scenario
    problem = done[0].get('problem')
    if not problem:
        scenario.fault('an answer, or no problem in its JSON')
        return scenario
    scenario.told = '\n'.join([problem['message'], *problem['because']])
    missing = set(scenario.wanted['names']) - names_in(scenario.told)
    if missing:
        scenario.fault(f'does not name {", ".join(sorted(missing))}:\n'
                       f'{scenario.told}')
    return scenario


def write_wanted(found, shared):
    out = {}
    for s in found:
        path = os.path.join(shared, s.key, 'scenario.json')
        with open(path, encoding='utf-8') as f:
            data = json.load(f)
        uv = (data.get('uv') or {}).get('message') or ''
        source = data['expected'].get('explanation') or uv
        out[s.key] = {'names': sorted(names_in(source) & known_names(s)),
                      'uv_length': len(uv)}
    with open(WANTED, 'w', encoding='utf-8') as f:
        json.dump(out, f, indent=1)
        f.write('\n')


def check_golden(told):
    if os.environ.get('PODLOCK_REWRITE'):
        os.makedirs(os.path.dirname(GOLDEN), exist_ok=True)
        with open(GOLDEN, 'w', encoding='utf-8') as f:
            f.write(told)
    with open(GOLDEN, encoding='utf-8') as f:
        old = f.read()
    if old == told:
        return True
    for a, b in zip(old.split('\n\n'), told.split('\n\n')):
        if a != b:
            print(f'was:\n{a}\nis:\n{b}\n')
    print(f'{GOLDEN} differs')
    return False


def main():
    podlock = os.path.abspath(sys.argv[1])
    with scenarios_test.scratch_folder() as scratch:
        found = [s for s in scenarios_test.find(sys.argv[2], scratch)
                 if not s.data['expected']['satisfiable']]
        for shared in sys.argv[3:]:
            write_wanted(found, shared)
        with open(WANTED, encoding='utf-8') as f:
            wanted = json.load(f)
        for s in found:
            s.wanted = wanted[s.key]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda s: explain(podlock, s), found))
    for s in found:
        for text in s.faults:
            print(f'{s.key}: {text}\n')
    told = [s for s in found if hasattr(s, 'told')]
    good = check_golden(''.join(f'{s.key}\n{s.told}\n\n' for s in told))
    if not told:
        return 1
    pairs = [(len(s.told), s.wanted['uv_length']) for s in told
             if s.wanted['uv_length']]
    ours, uvs = (statistics.median(p[i] for p in pairs) for i in (0, 1))
    names = sum(len(s.wanted['names']) for s in told)
    print(f'{len(told)} explanations, {names} names wanted; median length '
          f'{ours:.0f}, of uv {uvs:.0f} ({ours / uvs:.2f}), longest '
          f'{max(len(s.told) for s in told)}')
    failed = sum(bool(s.faults) for s in found)
    print(f'{len(found) - failed} passed, {failed} failed, 0 skipped')
    return 0 if good and not failed and ours <= MAX_PART * uvs else 1


if __name__ == '__main__':
    sys.exit(main())
