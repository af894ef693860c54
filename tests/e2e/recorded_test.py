#!/usr/bin/env python3
"""Solves the recorded cases and compares the answers with recorded ones.

usage: recorded_test.py PODLOCK SUITE INDEX FIXTURES [--shared DIR]

uv: fixtures/expected/uv.json, what uv answers on the recorded index without
    a template: the same yes or no in every row, 97 % of all packages at the
    same version. Each difference is printed.
templates: fixtures/expected/templates.json, what a prototype answers with
    templates: the same yes or no (EXPLAINED says where a rule that the
    prototype did not know changes it), nothing protected in the lock, not
    more replaced packages than its mode `keep`, at most 5 % more new ones.
    Its rows of mode `newest` are solved with --replace freely too. With
    --shared, that folder's tools/check_lock.py checks every answer
    independently.
rules: the rows of uv.json with the ABI rules on; prints those that change,
    with the rule that changed each, and fails when a change names none.
windows: every recorded case with --window 1 and with everything loaded: the
    same lock as with the default.
trails: the same with the trail of its own earlier run, which must need one
    round, and with that of another case; PODLOCK is then podlock_with_trail.
"""
import concurrent.futures, json, os, shutil, subprocess, sys, tempfile

MIN_SAME = 0.97
MAX_ROUNDS = {'uv': 8, 'templates': 16}
MAX_ROUNDS_ON_TRAIL = 1
# Where the answer is rightly no: what the explanation must name.
EXPLAINED = {
    # opencv-python-headless 4.13 needs numpy 2, which torch 2.1 and 2.2 break
    ('runpod-torch210-cu118-py310', 'vllm-common.in'): 'rule numpy2-torch',
    ('runpod-torch220-cu121-py310', 'vllm-common.in'): 'rule numpy2-torch',
    # this image has no torchvision, PyPI's is built for another CUDA, and the
    # recording holds no metadata of the torch index's own for cu130
    ('runpod-107-cu1300-torch291-ubuntu2404', 'comfyui.in'): 'torchvision',
    ('runpod-107-cu1300-torch291-ubuntu2404', 'yolov5.in'): 'torchvision',
}


def run(args, **env):
    return subprocess.run(args, capture_output=True, text=True, timeout=300,
                          env={**os.environ, **env})


class Row:
    def __init__(self, suite, data, freely=False, rules=False):
        self.suite, self.data, self.freely = suite, data, freely
        self.rules = rules
        self.bad, self.answer = [], None

    def name(self):
        d = self.data
        keys = ('template', 'case', 'python', 'exclude_newer', 'resolution',
                'mode')
        return ' '.join(str(d[k]) for k in keys if d.get(k)) + (
            ' +sdists' if d.get('sdists') else '') + (
                ' freely' if self.freely else '')

    def arguments(self, o):
        d = self.data
        out = [o.podlock, 'resolve',
               f'{o.fixtures}/requirements/{d["case"]}', '--index-root',
               o.index, '--json']
        if self.suite == 'uv':
            out += ['--template', 'none', '--python-version', d['python'],
                    *([] if self.rules else ['--ignore-rule', 'all'])]
            if not d.get('sdists'):
                out += ['--only-binary', ':all:']
            if d.get('exclude_newer'):
                out += ['--exclude-newer', d['exclude_newer']]
            out += ['--resolution', d['resolution']]
        else:
            out += ['--template', d['template']]
            if self.freely:
                out += ['--replace', 'freely']
        return out

    def solve(self, o):
        done = run(self.arguments(o))
        if done.returncode not in (0, 1):
            self.bad.append(f'exit {done.returncode}: {done.stderr.strip()}')
            return self
        self.answer = json.loads(done.stdout)
        d = self.data
        reason = EXPLAINED.get((d.get('template'), d['case']))
        if reason:
            if self.answer['satisfiable'] or reason not in done.stderr:
                self.bad.append(f'not a no that names {reason}')
        elif self.answer['satisfiable'] != d['satisfiable']:
            self.bad.append(
                f'satisfiable is {self.answer["satisfiable"]}: '
                f'{done.stderr.strip()[:1500]}')
        elif self.suite == 'templates' and self.answer['satisfiable']:
            self.compare_with_template(o)
        return self

    def versions(self):
        return {p['name']: p['version'] for p in self.answer['packages']}

    def compare_with_template(self, o):
        replaced = {r['name'] for r in self.answer['replaced']}
        if not self.freely:
            self.compare_counts(replaced)
        # the rows of both modes have the same default answer: one check
        if o.shared and (self.freely or self.data['mode'] == 'keep'):
            self.check_independently(o)

    def compare_counts(self, replaced):
        want, got = self.data, self.versions()
        new = len(got) - len(replaced)
        if want['mode'] == 'keep' and len(replaced) > len(want['replaced']):
            self.bad.append(f'replaced {sorted(replaced)}, the reference '
                            f'{sorted(want["replaced"])}')
        if new > len(want['new']) * 1.05:
            more = sorted(set(got) - set(want['new']) - replaced)
            self.bad.append(f'{new} new, the reference {len(want["new"])}: '
                            f'more are {more}')

    def check_independently(self, o):
        d = self.data
        with tempfile.TemporaryDirectory() as folder:
            lock = f'{folder}/pylock.toml'
            args = [a for a in self.arguments(o) if a != '--json']
            run(args + ['-o', lock, '-q'])
            mode = 'freely' if self.freely else 'if-needed'
            done = run([o.python, f'{o.shared}/tools/check_lock.py', lock, '-r',
                        f'{o.fixtures}/requirements/{d["case"]}', '--index',
                        o.index, '--template',
                        f'{o.source}/rules/templates/{d["template"]}.toml',
                        '--rules', f'{o.source}/rules/abi', '--replace',
                        mode])
        if done.returncode:
            self.bad.append('check_lock: ' + (done.stdout + done.stderr)
                            .strip())


def checker_python():
    """An interpreter that has `packaging`, which the checker needs."""
    for python in (sys.executable, '/usr/bin/python3'):
        try:
            if run([python, '-c', 'import packaging']).returncode == 0:
                return python
        except OSError:
            pass
    print('check_lock.py is left out: no python3-packaging')
    return None


class Options:
    def __init__(self, argv):
        self.shared = None
        if '--shared' in argv:
            shared = argv[argv.index('--shared') + 1]
            self.python = checker_python()
            if self.python and os.path.isdir(shared):
                self.shared = shared
        self.podlock, self.suite, self.index, self.fixtures = argv[:4]
        self.source = os.path.dirname(os.path.abspath(self.fixtures))


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def report_versions(rows):
    """Counts packages at uv's version; true when enough are."""
    same = total = 0
    for row in rows:
        if row.bad or not row.data['satisfiable']:
            continue
        want, got = row.data['packages'], row.versions()
        total += len(want)
        same += sum(got.get(n) == v for n, v in want.items())
        diff = [f'{n} {want.get(n)} -> {got.get(n)}'
                for n in sorted(set(want) | set(got))
                if want.get(n) != got.get(n)]
        if diff:
            print(f'differs: {row.name()}: {", ".join(diff)}')
    print(f'{same} of {total} packages at the same version as uv '
          f'({100 * same / total:.2f} %)')
    return same >= MIN_SAME * total


def load_rows(o, suite):
    with open(f'{o.fixtures}/expected/{suite}.json') as f:
        data = json.load(f)['rows']
    rows = [Row(suite, d) for d in data]
    if suite == 'templates':
        rows += [Row(suite, d, True) for d in data if d['mode'] == 'newest']
    return rows


def compare_windows(o, row):
    """The same lock whatever is loaded at once."""
    args = [a for a in row.arguments(o) if a != '--json']
    default = run(args)
    for window in ('1', '0'):
        other = run(args + ['--window', window])
        if (other.returncode, other.stdout) != (default.returncode,
                                                default.stdout):
            row.bad.append(f'--window {window} gives another answer')
    return row


def run_on_trail(o, row, trail):
    """The answer, and its rounds; writes the trail that it leaves."""
    args = [a for a in row.arguments(o) if a != '--json']
    done = run(args + ['--trace', 'solve'], PODLOCK_TEST_TRAIL=trail)
    return ((done.returncode, done.stdout),
            done.stderr.count('podlock: solve: round'))


def compare_trails(o, row, own, other):
    """The same lock whatever an earlier run left behind."""
    with tempfile.TemporaryDirectory() as folder:
        for what, trail in (('own', own), ('other', other)):
            copy = f'{folder}/{what}'
            if os.path.exists(trail):
                shutil.copy(trail, copy)
            answer, rounds = run_on_trail(o, row, copy)
            if answer != row.answer:
                row.bad.append(f'the {what} trail gives another answer')
            if what == 'own':
                row.on_trail = rounds
    return row


def check_trails(o, rows):
    with (tempfile.TemporaryDirectory() as folder,
          concurrent.futures.ThreadPoolExecutor(2) as pool):
        trails = [f'{folder}/{i}' for i in range(len(rows))]
        first = pool.map(lambda r, t: run_on_trail(o, r, t), rows, trails)
        for row, (row.answer, row.rounds) in zip(rows, first):
            pass
        others = trails[-1:] + trails[:-1]
        rows = list(pool.map(lambda *a: compare_trails(o, *a), rows, trails,
                             others))
    solved = [r for r in rows if r.answer[0] == 0]
    for row in solved:
        if row.on_trail > MAX_ROUNDS_ON_TRAIL:
            row.bad.append(f'{row.on_trail} rounds on its own trail')
    print(f'{len(solved)} answers: {sum(r.rounds for r in solved)} rounds, '
          f'{sum(r.on_trail for r in solved)} on their own trails, most '
          f'{max(r.on_trail for r in solved)}')
    return finish(rows)


def compare_rules(o, data):
    """One row without and with rules; a change must name the rule."""
    without, row = Row('uv', data), Row('uv', data, rules=True)
    plain = json.loads(run(without.arguments(o)).stdout)
    done = run(row.arguments(o))
    ruled = json.loads(done.stdout)
    row.change = None
    if not plain['satisfiable'] or plain.get('packages') == ruled.get(
            'packages'):
        return row
    if not ruled['satisfiable']:
        row.change = 'no: ' + ' '.join(ruled['problem']['because'])[:200]
        if 'rule ' not in row.change:
            row.bad.append('a no that names no rule')
        return row
    old = {p['name']: p['version'] for p in plain['packages']}
    new = {p['name']: p['version'] for p in ruled['packages']}
    named = sorted({r for p in ruled['packages'] for r in p['rules']})
    moved = [f'{n} {old.get(n)} -> {new.get(n)}'
             for n in sorted(set(old) | set(new)) if old.get(n) != new.get(n)]
    if moved:
        row.change = f'{", ".join(moved)}: {", ".join(named)}'
    if moved and not named:
        row.bad.append('a change that names no rule')
    return row


def finish(rows):
    failed = [r for r in rows if r.bad]
    for row in failed:
        print(f'FAILED {row.name()}:')
        for text in row.bad:
            print('    ' + text.replace('\n', '\n    '))
    print(f'{len(rows) - len(failed)} passed, {len(failed)} failed')
    return 1 if failed else 0


def main():
    o = Options(sys.argv[1:])
    if o.suite == 'rules':
        with open(f'{o.fixtures}/expected/uv.json') as f:
            data = json.load(f)['rows']
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            rows = list(pool.map(lambda d: compare_rules(o, d), data))
        for row in rows:
            if row.change:
                print(f'changed: {row.name()}: {row.change}')
        return finish(rows)
    if o.suite in ('windows', 'trails'):
        rows = load_rows(o, 'uv') + [
            r for r in load_rows(o, 'templates') if r.data['mode'] == 'keep']
        if o.suite == 'trails':
            return check_trails(o, rows)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            rows = list(pool.map(lambda r: compare_windows(o, r), rows))
        return finish(rows)
    rows = load_rows(o, o.suite)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(lambda r: r.solve(o), rows))
    limit = MAX_ROUNDS[o.suite]
    counted = [r for r in rows if r.answer and not r.freely]
    for row in counted:
        if row.answer['rounds'] > limit:
            row.bad.append(f'{row.answer["rounds"]} rounds, not {limit}')
    times = [r.answer['solver-microseconds'] / 1000 for r in counted]
    rounds = [r.answer['rounds'] for r in counted]
    good = o.suite != 'uv' or report_versions(rows)
    print(f'{len(rows)} rows; rounds: median {percentile(rounds, 0.5)}, '
          f'most {max(rounds)}; solver: median {percentile(times, 0.5):.2f} '
          f'ms, most {max(times):.2f} ms')
    failed = finish(rows)
    return 0 if good and not failed else 1


if __name__ == '__main__':
    sys.exit(main())
