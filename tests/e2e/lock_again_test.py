#!/usr/bin/env python3
"""Locks that are read and written again lose nothing.

usage: lock_again_test.py PODLOCK LOCK_AGAIN quick|all INDEX SOURCE [SHARED]

podlock's own: a lock for every file of requirements that one template can
meet, and with other options, or for every recorded case; each must be written
again byte for byte. Those
of other tools, tests/data/lock/other/ and SHARED/data/pylock-samples/: what is
written must hold the same data for Python's TOML reader, but for what podlock
writes in one form (order of packages and dependencies, versions, times, names
of files that the URL says too).
"""
import concurrent.futures
import glob
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse

try:
    import tomllib
except ImportError:
    print('no tomllib: Python 3.11 has it')
    sys.exit(77)

TEMPLATE = 'runpod-102-cu1281-torch280-ubuntu2404'
NO_TEMPLATE = ['--template', 'none', '--python-version', '3.11']
# Beside one lock a file: keys that are rare.
MORE = [
    ('comfyui.in', ['--template', TEMPLATE, '--replace', 'freely']),
    ('comfyui.in', ['--template', TEMPLATE, '--no-header', '--no-annotate']),
    ('runpod-bulletproof.in', NO_TEMPLATE),
    ('runpod-bulletproof.in', ['--template', 'runpod-torch240-cu124-py311',
                               '--ignore-rule', 'all']),
]
LEAST = {'quick': 12, 'all': 140}


def run(args):
    return subprocess.run(args, capture_output=True, timeout=250)


def check_own(o, case, options, lock):
    """None: no answer to write. Else what is wrong, or ''."""
    made = run([o.podlock, 'resolve',
                f'{o.source}/fixtures/requirements/{case}', '--index-root',
                o.index, '-q', '-o', lock, *options])
    if made.returncode == 1:
        return None
    if made.returncode:
        return made.stderr.decode(errors='replace')
    again = run([o.again, 'same', lock])
    shown = run([o.podlock, 'show', lock])
    with open(lock, 'rb') as file:
        packages = len(tomllib.load(file)['packages'])
    if shown.returncode or shown.stderr or \
            f'\ntotal {packages} package' not in shown.stdout.decode():
        return f'show: {shown.stdout.decode()}{shown.stderr.decode()}'
    return again.stderr.decode() if again.returncode else ''


def recorded(o, suite):
    with open(f'{o.source}/fixtures/expected/{suite}.json') as file:
        return [r for r in json.load(file)['rows'] if r['satisfiable']]


def rows_of(o):
    """(file of requirements, options) of every lock to make."""
    if o.suite == 'quick':
        cases = sorted(os.path.basename(path) for path in glob.glob(
            f'{o.source}/fixtures/requirements/*.in'))
        return [(case, ['--template', TEMPLATE]) for case in cases] + MORE
    rows = [(r['case'], ['--template', r['template']] +
             (['--replace', 'freely'] if r['mode'] == 'newest' else []))
            for r in recorded(o, 'templates')]
    for r in recorded(o, 'uv'):
        date = r.get('exclude_newer')
        rows.append((r['case'], [
            '--template', 'none', '--python-version', r['python'],
            '--resolution', r['resolution'],
            *(['--exclude-newer', date] if date else [])]))
    return rows + MORE


def check_all_own(o, folder):
    rows = rows_of(o)
    jobs = [(case, options, f'{folder}/pylock.{i}.toml')
            for i, (case, options) in enumerate(rows)]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda job: check_own(o, *job), jobs))
    bad = [f'{case} {options}: {result}' for (case, options, _), result
           in zip(jobs, results) if result]
    written = sum(result is not None for result in results)
    print(f'{written} locks of podlock, written again')
    return bad + ([] if written >= LEAST[o.suite] else ['too few answers'])


def plain_file(file):
    """One form of a wheel, sdist or archive."""
    last = file.get('path') or urllib.parse.unquote(
        urllib.parse.urlsplit(file['url']).path)
    if file.get('name', '') == last.replace('\\', '/').rsplit('/', 1)[-1]:
        del file['name']
    for name, value in file['hashes'].items():
        file['hashes'][name] = value.lower()
    return file


def plain(lock):
    for package in lock['packages']:
        for file in [*package.get('wheels', []),
                     *(package[k] for k in ('sdist', 'archive')
                       if k in package)]:
            plain_file(file)
        if not package.get('wheels', True):
            del package['wheels']
        if all(set(d) == {'name'} for d in package.get('dependencies', [])):
            package['dependencies'] = sorted(
                d['name'] for d in package.get('dependencies', []))
    lock['packages'].sort(key=lambda p: (p['name'], p.get('version', ''),
                                         p.get('marker', '')))
    return lock


def fill(lock):
    """What podlock's own table always has."""
    own = lock.get('tool', {}).get('podlock')
    for key in ('inputs', 'provided', 'replaced') if own else ():
        own.setdefault(key, [])
    return lock


def check_other(o, path):
    again = run([o.again, 'other', path])
    if again.returncode:
        return [f'{path}: {again.stderr.decode()}']
    with open(path, 'rb') as file:
        before = fill(plain(tomllib.load(file)))
    after = plain(tomllib.loads(again.stdout.decode()))
    if before == after:
        return []
    differ = [(a, b) for a, b in zip(before['packages'], after['packages'])
              if a != b]
    return [f'{path}: before and after differ: {differ[:1]} '
            f'{[k for k in before if before[k] != after.get(k)]}']


class Options:
    def __init__(self, argv):
        (self.podlock, self.again, self.suite, self.index,
         self.source) = argv[:5]
        self.shared = argv[5] if len(argv) > 5 else ''


def main():
    o = Options(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        bad = check_all_own(o, folder)
    others = glob.glob(f'{o.source}/tests/data/lock/other/*.toml')
    if o.shared:
        others += glob.glob(f'{o.shared}/data/pylock-samples/*.toml')
    for path in sorted(others):
        bad += check_other(o, path)
    print(f'{len(others)} locks of other tools')
    for row in bad:
        print(row)
    return 1 if bad or len(others) < 4 else 0


sys.exit(main())
