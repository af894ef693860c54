#!/usr/bin/env python3
"""Do the examples of a page print what the page says?

usage: readme_test.py PODLOCK INDEX PAGE ...

An example stands between two marks: a fenced block whose first line is "$ "
and the command, with its continuation lines, and whose others are all that it
prints. The first mark names the exit code when it is not 0:

    <!-- example: begin, exit 1 -->
    <!-- example: end -->

Durations differ from run to run; nothing else may. PODLOCK_REWRITE=1 writes
what is printed into the page, for review.
"""
import difflib
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
DURATION = re.compile(r'\b[0-9]+(\.[0-9])? (ms|s)\b')
EXAMPLE = re.compile(r'(<!-- example: begin(?:, exit ([0-9]+))? -->\n'
                     r'```\w*\n\$ ((?:[^\n]*\\\n)*[^\n]*)\n)(.*?)'
                     r'(?=```\n<!-- example: end -->)', re.S)
BEGIN = '<!-- example: begin'


def tree(top, podlock, index):
    """Makes top look like a built checkout."""
    for name in ('fixtures', 'rules', 'tests'):
        os.symlink(os.path.join(ROOT, name), os.path.join(top, name))
    os.makedirs(os.path.join(top, 'build', 'fixtures'))
    os.symlink(index, os.path.join(top, 'build', 'fixtures', 'index'))
    os.symlink(podlock, os.path.join(top, 'build', 'podlock'))


def run(top, command):
    """The exit code of a page's command, and what it prints."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))}
    for name in ('COLUMNS', 'GITHUB_ACTIONS'):
        env.pop(name, None)
    # A sanitized build must find what a page shows, however long it takes.
    env['PODLOCK_REPAIR_TIME'] = '100'
    done = subprocess.run(['sh', '-c', command], cwd=top, env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=250)
    return done.returncode, done.stdout


def masked(text):
    return [DURATION.sub('N ms', line).rstrip() for line in text.splitlines()]


def check(page, podlock, index):
    """How many examples of the page are right, and how many are wrong."""
    path = os.path.join(ROOT, page)
    with open(path, encoding='utf-8') as f:
        text = f.read()
    right, wrong, new = 0, 0, text
    for example in EXAMPLE.finditer(text):
        head, code, command, promised = example.groups()
        with tempfile.TemporaryDirectory() as top:
            tree(top, podlock, index)
            got, printed = run(top, command)
        diff = list(difflib.unified_diff(masked(promised), masked(printed),
                                         page, 'podlock', lineterm=''))
        if got != int(code or 0):
            diff.insert(0, f'exit {got}, not {code or 0}')
        if diff:
            wrong += 1
            print(f'$ {command}', *diff, sep='\n')
            new = new.replace(head + promised, head + printed)
        else:
            right += 1
    if right + wrong != text.count(BEGIN) or not right + wrong:
        print(f'{page}: a mark without an example, or none at all')
        wrong += 1
    if new != text and os.environ.get('PODLOCK_REWRITE') == '1':
        with open(path, 'w', encoding='utf-8') as f:
            f.write(new)
        print(f'{page} is rewritten: review it')
    print(f'{page}: {right} examples are as printed, {wrong} are not')
    return wrong


def main(podlock, index, *pages):
    wrong = [check(page, os.path.abspath(podlock), os.path.abspath(index))
             for page in pages]
    return 1 if any(wrong) or not wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
