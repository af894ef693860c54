#!/usr/bin/env python3
"""Resolves scenarios of other resolvers' test suites and compares answers.

usage: scenarios_test.py PODLOCK SCENARIOS [-v]

SCENARIOS holds FAMILY/NAME/scenario.json with an index beside it, or is an
archive of such folders that SHA256SUMS beside it names (fixtures/scenarios;
ORIGIN.md there has the form). Each scenario runs

* as its options say: the answer must be `expected`, or stand in DIFFERENT
  below and, with its reason, in docs/differences.md. A no must exit with 1 and
  tell why. What a good search never reads must not be read;
* with other windows: the same lock;
* where there are pre-releases, in the default mode of them: `expected` or one
  of `alternatives`.

Of the packse and resolvelib scenarios 98 % must be as expected or a listed
alternative. The last line says how many passed, failed and were skipped.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
FAMILIES = ('benchmarks', 'packse', 'resolvelib')
MIN_ACCEPTED = 0.98
WINDOWS = ('1', '0')
# Everything at once is quadratic in the versions of a name.
MAX_FILES_AT_ONCE = 1000
SCRATCH_BYTES = 256 << 20
PRERELEASE = re.compile(r'-[0-9.]+(a|b|c|rc|\.?dev)[0-9]')

# Answers that rightly differ from `expected`, each with its reason. One that
# is among the scenario's `alternatives` counts as accepted, others as
# explained. docs/differences.md lists the same names.
DIFFERENT = {
    'packse/wrong-backtracking-indirect':
        'direct requirements are kept new before what they bring in: a 2.0.0 '
        'with an old b-inner, not a 1.0.0 with a new one; uv answers the same',
}


class Scenario:
    def __init__(self, key, folder):
        self.key, self.folder = key, folder
        with open(os.path.join(folder, 'scenario.json'),
                  encoding='utf-8') as f:
            self.data = json.load(f)
        self.faults = []
        self.verdict = None
        self.json = None
        self.default_differs = False

    def fault(self, text):
        self.faults.append(text)

    def alternative(self, answer):
        """The first listed alternative that the answer is, or None."""
        for row in self.data['alternatives']:
            if same(answer, row):
                return row
        return None


def same(answer, row):
    """Both no, or the same packages at the same versions."""
    if not answer['satisfiable'] or not row['satisfiable']:
        return answer['satisfiable'] == row['satisfiable']
    return versions(answer) == row['packages']


def versions(answer):
    return {p['name']: p['version'] for p in answer['packages']}


# ---- finding them ----

def verify(archive):
    with open(os.path.join(os.path.dirname(archive), 'SHA256SUMS'),
              encoding='ascii') as f:
        sums = dict(reversed(line.split()) for line in f)
    with open(archive, 'rb') as f:
        if hashlib.sha256(f.read()).hexdigest() != sums.get(
                os.path.basename(archive)):
            sys.exit(f'{archive}: not what SHA256SUMS says')


def extract(archive, target):
    made = set()
    with tarfile.open(archive, 'r|*') as tar:
        for member in tar:
            if not member.isreg() or member.name.endswith('.whl'):
                continue
            path = os.path.join(target, member.name)
            top = os.path.dirname(path)
            if top not in made:
                os.makedirs(top, exist_ok=True)
                made.add(top)
            with open(path, 'wb') as f:
                f.write(tar.extractfile(member).read())


def scratch_folder():
    """In memory where there is room: it gets thousands of small files."""
    shm = '/dev/shm'
    try:
        room = os.statvfs(shm)
        if room.f_bavail * room.f_frsize < SCRATCH_BYTES:
            shm = None
    except OSError:
        shm = None
    return tempfile.TemporaryDirectory(dir=shm)


def with_index(folder, target):
    """A folder with scenario.json and index/, however the index is kept."""
    packed = os.path.join(folder, 'index.tar.gz')
    if os.path.isdir(os.path.join(folder, 'index')):
        return folder
    extract(packed, target)
    os.symlink(os.path.join(os.path.abspath(folder), 'scenario.json'),
               os.path.join(target, 'scenario.json'))
    return target


def find(folder, scratch):
    if os.path.isfile(folder):
        verify(folder)
        extract(folder, scratch)
        folder = scratch
    found = []
    for family in FAMILIES:
        top = os.path.join(folder, family)
        for name in sorted(os.listdir(top) if os.path.isdir(top) else []):
            if os.path.exists(os.path.join(top, name, 'scenario.json')):
                key = f'{family}/{name}'
                found.append(Scenario(key, with_index(
                    os.path.join(top, name), os.path.join(scratch, key))))
    return found


# ---- running them ----

def platform_of(environment):
    machine = environment['machine']
    return machine + '-' + environment['platform_tag'][:-len(machine) - 1]


def arguments(scenario, constraints):
    data, options = scenario.data, scenario.data['options']
    out = ['resolve', '-', '--template', 'none', '--ignore-rule', 'all',
           '--python-version', data['environment']['python_full_version'],
           '--python-platform', platform_of(data['environment']),
           '--index-root', os.path.join(scenario.folder, 'index'),
           '--resolution', options['resolution'], '--no-repairs', '--json']
    for name in options['no_binary']:
        out += ['--no-binary', name]
    for name in options['only_binary']:
        out += ['--only-binary', name]
    if options['exclude_newer']:
        out += ['--exclude-newer', options['exclude_newer']]
    if data['constraints']:
        out += ['-c', constraints]
    return out


def clean_environment():
    return {k: v for k, v in os.environ.items()
            if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))}


def run(podlock, scenario, more):
    """Exit code, the JSON answer, what was told; None when there is none."""
    lines = '\n'.join(scenario.data['root']) + '\n'
    with tempfile.NamedTemporaryFile('w', suffix='.txt',
                                     encoding='utf-8') as constraints:
        constraints.write('\n'.join(scenario.data['constraints']) + '\n')
        constraints.flush()
        done = subprocess.run(
            [podlock] + arguments(scenario, constraints.name) + more,
            input=lines, capture_output=True, text=True, timeout=120,
            env=clean_environment())
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        scenario.fault(f'{" ".join(more)}: exit {done.returncode}, no JSON: '
                       + done.stderr.strip())
        return None
    if done.returncode != (0 if answer['satisfiable'] else 1):
        scenario.fault(f'exit {done.returncode} is not what the JSON says')
    if done.returncode and ('error: ' not in done.stderr
                            or 'because: ' not in done.stderr):
        scenario.fault('a no without a reason: ' + done.stderr)
    return answer, done.stderr


def judge(scenario, answer):
    """passed, accepted, explained or failed, against `expected`."""
    if same(answer, scenario.data['expected']):
        if scenario.key in DIFFERENT:
            scenario.fault('is as expected: take it out of DIFFERENT')
        return 'passed'
    if scenario.key not in DIFFERENT:
        tell(scenario, answer)
        return 'failed'
    return 'accepted' if scenario.alternative(answer) else 'explained'


def tell(scenario, answer):
    want = scenario.data['expected']
    policy = (scenario.alternative(answer) or {}).get('policy')
    if policy:
        scenario.fault(f'is an alternative ({policy}) that is not listed')
    if answer['satisfiable'] != want['satisfiable']:
        scenario.fault(f'satisfiable is {answer["satisfiable"]}')
        return
    old, new = want['packages'], versions(answer)
    scenario.fault('is, where others answer: ' + ', '.join(
        f'{name} {new.get(name)} ({old.get(name)})'
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)))


def check_reads(scenario, told):
    for name, avoided in scenario.data.get('should_not_be_visited',
                                           {}).items():
        for version in avoided:
            start = f'files/{name.replace("-", "_")}-{version}'
            if start + '-' in told or start + '.tar' in told:
                scenario.fault(f'{name} {version} is read without need')


def check_windows(podlock, scenario, mode, first):
    for window in WINDOWS:
        if window == '0' and scenario.data['file_count'] > MAX_FILES_AT_ONCE:
            continue
        done = run(podlock, scenario, mode + ['--window', window])
        if done and done[0].get('packages') != first.get('packages'):
            scenario.fault(f'--window {window}: {versions(done[0])}, '
                           f'not {versions(first)}')


def has_prereleases(scenario):
    files = os.path.join(scenario.folder, 'index', 'files')
    return os.path.isdir(files) and any(map(PRERELEASE.search,
                                            os.listdir(files)))


def check_default(podlock, scenario):
    """Other tools differ in pre-releases; each listed answer will do."""
    done = run(podlock, scenario, [])
    if not done or same(done[0], scenario.data['expected']):
        return
    scenario.default_differs = scenario.key not in DIFFERENT
    if not scenario.alternative(done[0]) and scenario.default_differs:
        scenario.fault('default pre-release mode:')
        tell(scenario, done[0])


def solve(podlock, scenario):
    prereleases = scenario.data['options']['prereleases']
    mode = ['--prerelease', prereleases]
    done = run(podlock, scenario, mode + ['--trace', 'index'])
    if done:
        scenario.json, told = done
        scenario.verdict = judge(scenario, scenario.json)
        check_reads(scenario, told)
        check_windows(podlock, scenario, mode, scenario.json)
        if prereleases != 'allow' and has_prereleases(scenario):
            check_default(podlock, scenario)
    if scenario.faults:
        scenario.verdict = 'failed'
    return scenario


# ---- telling ----

def check_documented(scenarios):
    """Each name in DIFFERENT is a scenario that docs/differences.md lists."""
    path = os.path.join(ROOT, 'docs', 'differences.md')
    with open(path, encoding='utf-8') as f:
        section = f.read().partition('\n## Scenarios\n')[2]
    section = section.partition('\n## ')[0]
    known = {s.key: s for s in scenarios}
    for key in sorted(DIFFERENT):
        if key in known and f'`{key}`' not in section:
            known[key].fault('is not in docs/differences.md')
            known[key].verdict = 'failed'


def report(scenarios, verbose):
    for s in scenarios:
        if verbose or s.faults or s.verdict not in ('passed', 'failed'):
            rounds = s.json and s.json.get('rounds')
            reason = DIFFERENT.get(s.key)
            print(f'{s.verdict}: {s.key}' + (f': {reason}' if reason else '')
                  + (f' ({rounds} rounds)' if verbose else ''))
        for text in s.faults:
            print('    ' + text.replace('\n', '\n    '))


def summarize(scenarios):
    """Prints the counts; true when enough answers are those of others."""
    count = {v: sum(s.verdict == v for s in scenarios)
             for v in ('passed', 'accepted', 'explained', 'failed')}
    yes = sum(s.data['expected']['satisfiable'] for s in scenarios)
    rated = [s for s in scenarios if s.data['family'] != 'benchmarks']
    good = sum(s.verdict in ('passed', 'accepted') for s in rated)
    answers = [s.json for s in scenarios if s.json]
    print(f'{len(scenarios)} scenarios, {yes} with an answer: '
          + ', '.join(f'{n} {v}' for v, n in count.items()))
    print(f'{good} of {len(rated)} of packse and resolvelib as others answer; '
          f'{sum(s.default_differs for s in scenarios)} differ in the default '
          'pre-release mode')
    print(f'most rounds {max(a.get("rounds", 0) for a in answers)}, most time '
          'in the solver '
          f'{max(a.get("solver-microseconds", 0) for a in answers) / 1000:.1f}'
          ' ms')
    failed = count['failed']
    print(f'{len(scenarios) - failed} passed, {failed} failed, 0 skipped')
    return bool(rated) and not failed and good >= MIN_ACCEPTED * len(rated)


def main():
    arguments_given = [a for a in sys.argv[1:] if a != '-v']
    if len(arguments_given) != 2:
        sys.exit(__doc__)
    podlock = os.path.abspath(arguments_given[0])
    with scratch_folder() as scratch:
        scenarios = find(arguments_given[1], scratch)
        workers = min(4, os.cpu_count() or 1)
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            scenarios = list(pool.map(lambda s: solve(podlock, s), scenarios))
    check_documented(scenarios)
    report(scenarios, '-v' in sys.argv)
    return 0 if summarize(scenarios) else 1


if __name__ == '__main__':
    sys.exit(main())
