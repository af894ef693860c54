#!/usr/bin/env python3
"""Does README.md's example print what README.md says?

usage: readme_test.py PODLOCK INDEX

The example stands between two marks in README.md: a fenced block whose first
line is "$ " and the command, with its continuation lines, and whose others
are all that it prints. Durations differ from run to run; nothing else may.
Exit 77: there is no example.
"""
import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
DURATION = re.compile(r'\b[0-9]+(\.[0-9])? (ms|s)\b')


def example():
    """The command's words and the lines it prints; None without example."""
    with open(os.path.join(ROOT, 'README.md'), encoding='utf-8') as f:
        text = f.read()
    block = re.search(r'<!-- example: begin -->\n```\w*\n\$ (.*?)```\n'
                      r'<!-- example: end -->', text, re.S)
    if not block:
        return None
    joined = block[1].replace('\\\n', ' ')
    command, _, printed = joined.partition('\n')
    return shlex.split(command), printed.splitlines()


def run(podlock, index, words):
    """What the example prints in a tree that looks like a built checkout."""
    with tempfile.TemporaryDirectory() as top:
        os.symlink(os.path.join(ROOT, 'fixtures'),
                   os.path.join(top, 'fixtures'))
        os.makedirs(os.path.join(top, 'build', 'fixtures'))
        os.symlink(index, os.path.join(top, 'build', 'fixtures', 'index'))
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))}
        env.pop('COLUMNS', None)
        done = subprocess.run([podlock] + words[1:], cwd=top, env=env,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout.splitlines()


def masked(lines):
    return [DURATION.sub('N ms', line).rstrip() for line in lines]


def main(podlock, index):
    found = example()
    if not found:
        print('SKIP: README.md has no example')
        return 77
    words, promised = found
    if words[0] != 'build/podlock':
        print(f'the example runs {words[0]}')
        return 1
    code, printed = run(os.path.abspath(podlock), os.path.abspath(index),
                        words)
    if code:
        print(f'exit {code}')
    diff = list(difflib.unified_diff(masked(promised), masked(printed),
                                     'README.md', 'podlock', lineterm=''))
    print('\n'.join(diff) or 'README.md says what is printed')
    return 1 if diff or code else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
