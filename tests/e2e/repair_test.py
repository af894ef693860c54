#!/usr/bin/env python3
"""Every repair that podlock tells is made, and must make the answer a yes.

usage: repair_test.py PODLOCK INDEX FIXTURES [SCENARIOS | all]

The recorded requirements that cannot be met, small questions of each kind
below, and the scenarios without an answer (SCENARIOS is what scenarios_test.py
takes); or, by hand because it takes a quarter of an hour, all recorded
requirements for all templates. Each repair of the JSON
is made as a user would: the file gets its text in the place of the line, the
command its options. The run after that must exit with 0, and its counts and
bytes must be those that were told. Where a case lists texts, they must be among
the repairs. What people read must hold them, too, and every run that had time
for all must tell the same.

Over HTTP: offline, what the cache does not hold keeps no other repair from
being found; and a server that does not answer cannot hold up a run for longer
than --repair-time.
"""
import concurrent.futures
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import scenarios_test
from server import Server

T280 = 'runpod-102-cu1281-torch280-ubuntu2404'
T220 = 'runpod-torch220-cu121-py310'
# A machine under load must not make repairs fail to be found.
PATIENCE = ['--repair-time', '60']
LESS_PATIENCE = ['--repair-time', '10']

# Name, requirements (a file of fixtures, or lines), options, texts of repairs
# that must be told.
RECORDED = [
    ('zopilot', 'zopilot-gpu.in', ['--template', T280],
     ['torch>=2.6.0', 'torchvision>=0.21.0',
      '--template runpod-102-cu1281-torch271-ubuntu2404',
      '--template runpod-102-cu1281-torch260-ubuntu2404']),
    ('numpy2', ['numpy>=2'], ['--template', T220],
     ['--ignore-rule numpy2-torch', 'numpy']),
    ('worker-vllm', 'worker-vllm.in', ['--template', T280],
     ['typing-extensions>=4.7.1']),
    ('worker-vllm none', 'worker-vllm.in',
     ['--template', 'none', '--python-version', '3.11'],
     ['typing-extensions>=4.7.1']),
    ('extras-mix', 'extras-mix.in', ['--template', T280], ['']),
    ('only-binary', 'runpod-bulletproof.in',
     ['--template', T280, '--only-binary', ':all:', '--exclude-newer',
      '2025-10-17'], ['--no-binary antlr4-python3-runtime', '']),
    ('date', 'runpod-bulletproof.in',
     ['--template', T280, '--exclude-newer', '2025-06-17'],
     ['--exclude-newer 2025-08-30']),
    ('torch pin', ['torch==2.7.1  # why', 'numpy'], ['--template', T280],
     ['torch>=2.7.1', '--template runpod-102-cu1281-torch271-ubuntu2404']),
    ('extras and marker', ['Typing_Extensions [] ==4.7.1 ; python_version>"3"',
                           'runpod==1.6.2'], ['--template', T280],
     ['Typing_Extensions>=4.7.1; python_version>"3"']),
    ('never', ['numpy<2'], ['--template', T280, '--replace', 'never'],
     ['numpy', '--replace if-needed']),
    ('prerelease', ['hydra-core>1.3.99'],
     ['--template', T280, '--prerelease', 'disallow'],
     ['hydra-core', '--prerelease if-necessary-or-explicit']),
    ('constraint', ['pandas==2.2.2'], ['--template', T280, '-c', 'c.txt'],
     ['pandas>=2']),
]
CONSTRAINTS = 'pandas<2.2,>=2  # bound\n'


def environment():
    return {k: v for k, v in os.environ.items()
            if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))}


class Case:
    """One question in a folder of its own: r.in, c.txt, and options."""

    def __init__(self, podlock, name, folder, words, wanted=()):
        self.podlock, self.name, self.folder = podlock, name, folder
        self.words, self.wanted = words, wanted
        self.faults, self.tried, self.fits = [], 0, False
        self.took, self.is_complete = 0, True

    def run(self, folder, more=(), as_json=True):
        done = subprocess.run(
            [self.podlock, 'resolve', 'r.in', *self.words, *more,
             *(['--json'] if as_json else [])], cwd=folder,
            capture_output=True, text=True, timeout=300, env=environment())
        return done

    def fault(self, text):
        self.faults.append(text)


def replace_in(folder, change):
    """The text in the place of the line, where the JSON says it stands."""
    place = change.get('place')
    if not place:
        with open(os.path.join(folder, 'r.in'), 'a', encoding='utf-8') as f:
            f.write('\n' + change['text'] + '\n')
        return
    path = os.path.join(folder, place['file'])
    with open(path, encoding='utf-8') as f:
        lines = f.read().split('\n')
    line, at = lines[place['line'] - 1], place['column'] - 1
    old = place['text']
    assert line[at:].startswith(old), (line, place)
    lines[place['line'] - 1] = line[:at] + change['text'] + line[at + len(old):]
    with open(path, 'w', encoding='utf-8') as f:
        f.write('\n'.join(lines))


def apply(change, folder):
    """Makes the change; gives the words it adds to the command."""
    if change['kind'] in ('requirement', 'constraint', 'override', 'drop'):
        replace_in(folder, change)
        return []
    return shlex.split(change['text'])


def label(repair):
    return ' and '.join(f'{c["kind"]} `{c["text"]}`'
                        for c in [repair, *repair['with']])


def check_repair(case, repair, scratch):
    folder = os.path.join(scratch, str(case.tried))
    case.tried += 1
    shutil.copytree(case.folder, folder)
    words = []
    # from the end, so that the places of other lines stay
    for change in reversed([repair, *repair['with']]):
        words += apply(change, folder)
    done = case.run(folder, words + ['--no-repairs'])
    if done.returncode:
        case.fault(f'{label(repair)}: exit {done.returncode}\n{done.stderr}')
        return
    answer = json.loads(done.stdout)
    got = (len(answer['packages']) - len(answer['replaced']),
           len(answer['replaced']), answer['download'])
    told = (repair['new'], repair['replaced'], repair['download'])
    if got != told:
        case.fault(f'{label(repair)}: {told} is told, it is {got}')


def check_text(case, repairs, told):
    """People read the same; a line is told once, with its place."""
    fixes = told.partition('fix: ')[2]
    for repair in repairs:
        for change in [repair, *repair['with']]:
            if change['text'] and change['text'] not in fixes:
                case.fault(f'people do not read {change["text"]}:\n{told}')


def check_again(case, first, repairs, patience):
    again = case.run(case.folder, patience)
    answer = json.loads(again.stdout)
    if not answer['repairs-complete']:
        return
    if answer['repairs'] != repairs:
        case.fault('another run tells other repairs')
    if again.stderr != first.stderr:
        case.fault('another run tells other text')


def check(case):
    is_any = case.wanted is None
    patience = LESS_PATIENCE if is_any else PATIENCE
    start = time.monotonic()
    first = case.run(case.folder, patience)
    case.took = time.monotonic() - start
    if first.returncode == 0 and is_any:
        case.fits = True
        return case
    if first.returncode != 1:
        case.fault(f'exit {first.returncode}\n{first.stderr}')
        return case
    answer = json.loads(first.stdout)
    repairs = answer['repairs']
    case.is_complete = answer['repairs-complete']
    if case.is_complete:
        check_again(case, first, repairs, patience)
    elif not is_any:
        case.fault('not all were tried')
    check_text(case, repairs, first.stderr)
    texts = [c['text'] for r in repairs for c in [r, *r['with']]]
    for text in case.wanted or ():
        if text not in texts:
            case.fault(f'`{text}` is not told, but {texts}')
    with tempfile.TemporaryDirectory() as scratch:
        for repair in repairs:
            check_repair(case, repair, scratch)
    without = case.run(case.folder, ['--no-repairs'])
    if 'repairs' in json.loads(without.stdout) or 'fix: ' in without.stderr:
        case.fault('--no-repairs does not leave them out')
    return case


def recorded(podlock, index, fixtures, scratch):
    for n, (name, source, options, wanted) in enumerate(RECORDED):
        folder = os.path.join(scratch, f'recorded-{n}')
        os.mkdir(folder)
        path = os.path.join(folder, 'r.in')
        if isinstance(source, str):
            shutil.copy(os.path.join(fixtures, 'requirements', source), path)
        else:
            with open(path, 'w', encoding='utf-8') as f:
                f.write('\n'.join(source) + '\n')
        with open(os.path.join(folder, 'c.txt'), 'w', encoding='utf-8') as f:
            f.write(CONSTRAINTS)
        yield Case(podlock, name, folder,
                   [*options, '--index-root', os.path.abspath(index)], wanted)


def for_all_templates(podlock, index, fixtures, scratch):
    listed = subprocess.run([podlock, 'templates', 'list', '--json'],
                            capture_output=True, text=True, check=True)
    files = os.path.join(fixtures, 'requirements')
    for template in json.loads(listed.stdout)['templates']:
        for name in sorted(os.listdir(files)):
            if not name.endswith('.in'):
                continue
            folder = os.path.join(scratch, 'all', template['id'], name)
            os.makedirs(folder)
            shutil.copy(os.path.join(files, name),
                        os.path.join(folder, 'r.in'))
            yield Case(podlock, f'{template["id"]} {name}', folder,
                       ['--template', template['id'], '--index-root',
                        os.path.abspath(index)], None)


def without_answer(podlock, archive, scratch):
    for s in scenarios_test.find(archive, scratch):
        if s.data['expected']['satisfiable']:
            continue
        folder = os.path.join(scratch, 'questions', s.key)
        os.makedirs(folder)
        for name, lines in (('r.in', s.data['root']),
                            ('c.txt', s.data['constraints'])):
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
                f.write('\n'.join(lines) + '\n')
        s.folder = os.path.abspath(s.folder)
        words = scenarios_test.arguments(s, 'c.txt')[2:]
        words = [w for w in words if w not in ('--json', '--no-repairs')]
        yield Case(podlock, s.key, folder, words + [
            '--prerelease', s.data['options']['prereleases']])


# ---- over HTTP ----

def over_network(podlock, index, fixtures, scratch):
    silent = []

    def script(request):
        if not silent:
            return None
        response = server.usual(request)
        response.wait = 60
        return response

    with Server(index, script=script) as server:
        case = Case(podlock, 'network', scratch,
                    ['--template', T280, '--index-root', server.root,
                     '--cache-dir', os.path.join(scratch, 'cache')])
        shutil.copy(os.path.join(fixtures, 'requirements', 'zopilot-gpu.in'),
                    os.path.join(scratch, 'r.in'))
        first = case.run(scratch, ['--no-repairs'])
        offline = case.run(scratch, [*PATIENCE, '--offline'])
        texts = [r['text'] for r in json.loads(offline.stdout)['repairs']]
        if 'torch>=2.6.0' not in texts:
            case.fault(f'offline: {texts}\n{first.stderr}{offline.stderr}')
        case.tried += 1
        silent.append(True)
        start = time.monotonic()
        cut = case.run(scratch, ['--repair-time', '1'])
        took = time.monotonic() - start
        answer = json.loads(cut.stdout)
        if answer['repairs-complete'] or took > 20 \
                or 'not every change could be tried' not in cut.stderr:
            case.fault(f'a silent server: {took:.1f} s, {cut.stderr}')
    return case


def main():
    podlock = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as scratch:
        words = podlock, sys.argv[2], sys.argv[3], scratch
        if sys.argv[4:] == ['all']:
            cases = list(for_all_templates(*words))
        else:
            cases = list(recorded(*words))
            for archive in sys.argv[4:]:
                cases += without_answer(podlock, archive, scratch)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            cases = list(pool.map(check, cases))
        folder = os.path.join(scratch, 'network')
        os.mkdir(folder)
        cases.append(over_network(podlock, sys.argv[2], sys.argv[3], folder))
    for case in cases:
        for text in case.faults:
            print(f'{case.name}: {text}')
    cases = [c for c in cases if not c.fits]
    tried = sum(c.tried for c in cases)
    print(f'{len(cases)} questions without an answer, {tried} repairs tried, '
          f'{sum(not c.tried for c in cases)} questions without one')
    print(f'longest {max(c.took for c in cases):.1f} s; not all tried in time: '
          + (', '.join(c.name for c in cases if not c.is_complete) or 'none'))
    failed = sum(bool(c.faults) for c in cases)
    print(f'{len(cases) - failed} passed, {failed} failed, 0 skipped')
    return 1 if failed or not tried else 0


if __name__ == '__main__':
    sys.exit(main())
