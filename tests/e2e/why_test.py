#!/usr/bin/env python3
"""Does `podlock why` tell of an answer what `podlock resolve` says of it?

usage: why_test.py PODLOCK INDEX FIXTURES

For recorded cases, every fourth package of the answer and of what it keeps:
who asks, the file, the state and the version are those of `resolve --json`;
the text has every sentence of the JSON; what the lock alone tells is the same.
Then what is not there, an answer that is no, mistakes, and that nothing is
written.
"""
import json
import os
import subprocess
import sys
import tempfile

CASES = [('serverless-worker.in', 'runpod-torch240-cu124-py311'),
         ('runpod-bulletproof.in', 'runpod-torch240-cu124-py311'),
         ('whisper.in', 'none')]
STEP = 4


class Podlock:
    def __init__(self, program, index, folder):
        self.program, self.folder = program, folder
        self.index = ['--index-root', index, '--no-cache']
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))}
        self.failures = 0

    def run(self, *words):
        return subprocess.run([self.program, *words], cwd=self.folder,
                              env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120)

    def expect(self, true, what, *more):
        if not true:
            self.failures += 1
            print('FAIL:', what, *more)


def case_words(file, template, fixtures):
    words = [os.path.join(fixtures, 'requirements', file),
             '--template', template]
    if template == 'none':
        words += ['--python-version', '3.11']
    return words


def sentences(told):
    """Every phrase of the JSON that a reader of the text must find."""
    for bar in told['bars']:
        yield bar['text']
        if 'search' in bar:
            yield bar['search']['text']
            yield from bar['search']['because']
    if 'replaces' in told:
        yield told['replaces']['because']


def squeezed(text):
    return ''.join(text.split())


def check_text(podlock, name, words, told):
    done = podlock.run('why', name, *words, *podlock.index)
    text = squeezed(done.stdout)
    podlock.expect(done.returncode == 0, name, 'text', done.stderr)
    for phrase in sentences(told):
        podlock.expect(squeezed(phrase) in text, name, 'text lacks', phrase)
    podlock.expect('\x1b' not in done.stdout, name, 'colour in a pipe')


def check_added(podlock, package, told, lock_told):
    name = package['name']
    asked = sorted({a.get('line') or a['name'] for a in told['asked-by']})
    podlock.expect(asked == package['via'], name, asked, package['via'])
    podlock.expect(told['file'] == package['file'], name, told['file'])
    podlock.expect(told['version'] == package['version'], name)
    # a rule that mattered is one of the bars, or hidden by one that bars more
    podlock.expect(not package['rules'] or told['bars'], name, 'rules')
    way = [p['name'] for p in told['way']['packages']]
    podlock.expect(way[-1] == name, name, way)
    podlock.expect(told['cost']['bytes'] >= (package['file']['size'] or 0),
                   name, told['cost'])
    podlock.expect(lock_told['state'] == told['state'], name, 'state in lock')
    podlock.expect(sorted(lock_told['via']) == sorted(package['via']), name,
                   lock_told['via'])
    # a lock does not say who asked a preinstalled package for its extra
    podlock.expect(set(lock_told['cost']['only-it-needs']) <=
                   set(told['cost']['only-it-needs']) and
                   lock_told['cost']['bytes'] <= told['cost']['bytes'], name,
                   lock_told['cost'], told['cost'])


def check_case(podlock, file, template, fixtures):
    words = case_words(file, template, fixtures)
    lock = 'pylock.case.toml'
    done = podlock.run('resolve', *words, *podlock.index, '-U', '-o', lock)
    podlock.expect(done.returncode == 0, file, done.stderr)
    answer = json.loads(podlock.run('resolve', *words, *podlock.index,
                                    '--json').stdout)
    replaced = {r['name'] for r in answer['replaced']}
    for package in answer['packages'][::STEP]:
        name = package['name']
        done = podlock.run('why', name, *words, *podlock.index, '--json')
        podlock.expect(done.returncode == 0, name, done.stderr)
        told = json.loads(done.stdout)
        podlock.expect(told['state'] ==
                       ('replaced' if name in replaced else 'added'), name)
        lock_told = json.loads(podlock.run('why', name, lock, '--json').stdout)
        check_added(podlock, package, told, lock_told)
        check_text(podlock, name, words, told)
    for package in answer['kept'][::STEP]:
        name = package['name']
        told = json.loads(podlock.run('why', name, *words, *podlock.index,
                                      '--json').stdout)
        podlock.expect(told['state'] == 'kept', name, told['state'])
        podlock.expect(told['version'] == package['version'], name)
        podlock.expect(told['locked'] == package['locked'], name)
        podlock.expect(told['asked-by'], name, 'nobody relies on it')
        podlock.expect(podlock.run('why', name, lock).returncode == 0, name)
        check_text(podlock, name, words, told)


def check_absent(podlock, fixtures):
    words = case_words(*CASES[0], fixtures)
    done = podlock.run('why', 'tqmd', *words, *podlock.index)
    podlock.expect(done.returncode == 1 and 'nobody needs it' in done.stdout
                   and 'did you mean tqdm?' in done.stdout, 'tqmd',
                   done.stdout)
    done = podlock.run('why', 'PyWin32', *words, *podlock.index, '--json')
    told = json.loads(done.stdout)
    podlock.expect(done.returncode == 1 and told['state'] == 'absent' and
                   all('sys_platform == "win32"' in a['text']
                       for a in told['absent-because']), told)
    done = podlock.run('why', 'tqmd', 'pylock.case.toml')
    podlock.expect(done.returncode == 1, 'tqmd in a lock', done.stdout)


def check_no(podlock, fixtures):
    words = case_words('zopilot-gpu.in', CASES[0][1], fixtures)
    done = podlock.run('why', 'torch', *words, *podlock.index, '--json')
    said = podlock.run('resolve', *words, *podlock.index, '--no-repairs')
    podlock.expect(done.returncode == said.returncode == 1, done.stderr)
    podlock.expect(json.loads(done.stdout)['satisfiable'] is False, 'no')
    podlock.expect(done.stderr.splitlines()[:4] ==
                   said.stderr.splitlines()[:4], done.stderr, said.stderr)


def check_mistakes(podlock, fixtures):
    words = case_words(*CASES[0], fixtures)
    for wrong in [[], ['numpy'], ['requirements/x.in', 'numpy'],
                  ['numpy', '--no-such-option']]:
        done = podlock.run('why', *wrong)
        podlock.expect(done.returncode == 2 and not done.stdout, wrong,
                       done.returncode, done.stderr)
    before = sorted(os.listdir(podlock.folder))
    done = podlock.run('why', 'tqdm', *words, *podlock.index,
                       '-o', 'pylock.toml', '--dump', 'dump')
    podlock.expect(done.returncode == 0, done.stderr)
    podlock.expect(sorted(os.listdir(podlock.folder)) == before,
                   'it wrote something')


def main(program, index, fixtures):
    with tempfile.TemporaryDirectory() as folder:
        podlock = Podlock(os.path.abspath(program), os.path.abspath(index),
                          folder)
        fixtures = os.path.abspath(fixtures)
        for file, template in CASES:
            check_case(podlock, file, template, fixtures)
        check_absent(podlock, fixtures)
        check_no(podlock, fixtures)
        check_mistakes(podlock, fixtures)
    print('failures:', podlock.failures)
    return 1 if podlock.failures else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
