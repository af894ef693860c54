#!/usr/bin/env python3
"""Check sizes: of functions, of files, of lines. No exception list.

usage: sizes.py [FILE...]          (default: the whole tree; run from its top)

A function counts from the first line of its head to its closing brace. None
may have over 70 lines, nine in ten at most 40. A C file has at most 800 lines,
and no line of our own code has over 80 columns, but for a URL on its own.
"""
import os
import re
import sys

LONGEST_FUNCTION = 70
NINE_IN_TEN = 40
LONGEST_FILE = 800
COLUMNS = 80
FOLDERS = ('core', 'pep', 'rules', 'index', 'resolver', 'lockfmt',
           'container', 'trim', 'cli', 'include', 'tests', 'fixtures')
C = ('.c', '.h', '.cc')
SCRIPTS = ('.py', '.sh', '.awk')
ALONE_URL = re.compile(r'[\s*#]*https?://\S+')


def tree():
    for folder in FOLDERS:
        for path, folders, names in os.walk(folder):
            folders.sort()
            for name in sorted(names):
                if name.endswith(C + SCRIPTS) or name == 'meson.build':
                    yield os.path.join(path, name)


def head_of(lines, brace):
    """The index where the head of the body at `brace` begins."""
    start = brace
    while start and re.match(r'[^\s/#}*]|\s+\S', lines[start - 1]) \
            and not lines[start - 1].rstrip().endswith((';', '*/', '\\')):
        start -= 1
    return start


def functions(lines):
    """(first line, lines) of each function; our format puts its braces in
    the first column and nobody else's there, but for namespaces."""
    opened = []
    for i, line in enumerate(lines):
        if line == '{':
            start = head_of(lines, i)
            opened.append(start if '(' in lines[start] else None)
        elif line.startswith('}') and opened:
            start = opened.pop()
            if start is not None and line == '}':
                yield start + 1, i - start + 1


def check_file(path, lengths):
    with open(path, encoding='utf-8') as f:
        lines = f.read().split('\n')
    failures = [f'{path}:{i}: {len(line)} columns'
                for i, line in enumerate(lines, 1)
                if len(line) > COLUMNS and not ALONE_URL.fullmatch(line)]
    if not path.endswith(C):
        return failures
    if len(lines) - 1 > LONGEST_FILE:
        failures.append(f'{path}:1: {len(lines) - 1} lines')
    for at, length in functions(lines):
        lengths.append(length)
        if length > LONGEST_FUNCTION:
            failures.append(f'{path}:{at}: a function of {length} lines')
    return failures


def main(paths):
    lengths, failures = [], []
    for path in paths or tree():
        failures += check_file(path, lengths)
    lengths.sort()
    if not lengths:
        failures.append('no functions found; run from the top')
        lengths = [0]
    ninth = lengths[(len(lengths) * 9 - 1) // 10]
    if ninth > NINE_IN_TEN:
        failures.append(f'nine in ten functions have up to {ninth} lines')
    for failure in failures:
        print(failure)
    print(f'{len(lengths)} functions: median {lengths[len(lengths) // 2]}, '
          f'nine in ten up to {ninth}, longest {lengths[-1]} lines')
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
