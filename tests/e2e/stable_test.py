#!/usr/bin/env python3
"""The same bytes for the same input, wherever and however podlock runs.

usage: stable_test.py PODLOCK INDEX FIXTURES

Locks one file of requirements in each format, then again with other locales
(real ones where localedef is here), time zones, masks, terminals and homes,
from other folders, by other paths, and from copies of the index whose files
were made in other orders. Every output must be that of the first run, byte for
byte; of JSON, the time the solver took may differ.

To know that differences are seen, some runs change what must show: another
preference, one line less. These must differ in every format.
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

CASE = 'runpod-bulletproof.in'
ARGUMENTS = ['--template', 'runpod-torch240-cu124-py311']
FORMATS = ['pylock.toml', 'requirements.txt', 'constraints.txt', 'json']
TIME = re.compile(rb'"solver-microseconds": \d+')
LOCALES = {'de': ('de_DE', 'UTF-8'), 'tr': ('tr_TR', 'UTF-8'),
           'latin': ('fr_FR', 'ISO-8859-1')}
READ = re.compile(r'podlock: index: \d+ bytes of (.+)')

# Where glibc looks for a locale of LOCPATH it loses the list of its folders.
LEAKS = 'print_suppressions=0:suppressions=' + os.path.join(
    os.path.dirname(os.path.abspath(__file__)), 'glibc.supp')


class Run:
    """One way to run podlock; what is not said is as in the first run."""

    def __init__(self, name, env=None, without=(), umask=0o022, cwd=None,
                 source=None, index=None, differs=False):
        self.name, self.env, self.without = name, env or {}, without
        self.umask, self.cwd, self.source = umask, cwd, source
        self.index, self.differs = index, differs


class Place:
    """A folder with an input in it, and what all runs share."""

    def __init__(self, podlock, index, fixtures, top):
        self.podlock, self.index, self.top = podlock, index, top
        self.input = os.path.join(fixtures, 'requirements', CASE)
        self.home = self.folder('first')

    def folder(self, *names):
        """A new folder that holds the input as requirements.in."""
        path = os.path.join(self.top, *names)
        os.makedirs(path)
        shutil.copy(self.input, os.path.join(path, 'requirements.in'))
        return path

    def run(self, run, words, check=True):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(('LC_', 'LANG', 'PODLOCK_', 'COLUMNS'))}
        env.update({'LC_ALL': 'C', 'TZ': 'UTC', 'LSAN_OPTIONS': LEAKS,
                    **run.env})
        for name in run.without:
            env.pop(name, None)
        done = subprocess.run(
            [self.podlock, 'resolve', run.source or 'requirements.in',
             *ARGUMENTS, '--index-root', run.index or self.index, *words],
            cwd=run.cwd or self.home, env=env, umask=run.umask,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        if check and done.returncode:
            sys.exit(f'{run.name}: exit {done.returncode}\n'
                     f'{done.stderr.decode(errors="replace")}')
        return done

    def outputs(self, run):
        """What a run writes, by format: to standard output, and to a file."""
        made = {}
        for form in FORMATS:
            out = self.run(run, ['--format', form]).stdout
            made[form] = TIME.sub(b'"solver-microseconds": 0', out)
        path = os.path.join(tempfile.mkdtemp(dir=self.top), 'pylock.toml')
        self.run(run, ['-o', path, '-q'])
        with open(path, 'rb') as f:
            made['file'] = f.read()
        return made


def make_locales(top):
    """LOCPATH with real locales; empty when they cannot be made."""
    tool = shutil.which('localedef')
    path = os.path.join(top, 'locales')
    os.makedirs(path)
    for name, charset in LOCALES.values():
        if not tool or subprocess.run(
                [tool, '-i', name, '-f', charset,
                 os.path.join(path, f'{name}.{charset}')],
                capture_output=True).returncode > 1:
            print('no real locales here: their names only')
            return {}
    return {'LOCPATH': path}


def copy_index(place, name, order):
    """What the first run reads of the index, its files made in this order."""
    first = Run('reading')
    done = place.run(first, ['--trace', 'index', '--dry-run'])
    read = sorted(set(READ.findall(done.stderr.decode())))
    if len(read) < 100:
        sys.exit(f'only {len(read)} files of the index were seen: '
                 'has --trace index changed?')
    top = os.path.join(place.top, name)
    for below in order([*read, 'origin']):
        if os.path.exists(os.path.join(place.index, below)):
            path = os.path.join(top, below)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copyfile(os.path.join(place.index, below), path)
    return top


def environments(locales):
    for name, charset in LOCALES.values():
        yield Run(f'locale {name}', {'LC_ALL': f'{name}.{charset}', **locales})
    yield Run('LANG alone', {'LANG': 'tr_TR.UTF-8', **locales}, ['LC_ALL'])
    yield Run('no locale', without=['LC_ALL'])
    yield Run('east', {'TZ': 'Pacific/Kiritimati'})
    yield Run('west', {'TZ': 'WST+11:30'})
    yield Run('narrow', {'COLUMNS': '20', 'TERM': 'dumb'})
    yield Run('wide', {'COLUMNS': '500', 'FORCE_COLOR': '1'})
    yield Run('no home', without=['HOME', 'XDG_CACHE_HOME', 'USER', 'PATH'])
    yield Run('memory filled', {'MALLOC_PERTURB_': '165'})
    yield Run('mask 077', umask=0o077)
    yield Run('mask 000', umask=0o000)


def places(place):
    other = place.folder('a much longer name', 'ä ö', 'second')
    yield Run('again')
    yield Run('another folder', cwd=other)
    yield Run('absolute', source=os.path.join(other, 'requirements.in'),
              cwd=place.top)
    yield Run('index by a relative path', cwd=other,
              index=os.path.relpath(place.index, other))
    yield Run('index in order', index=copy_index(place, 'in-order', sorted))
    yield Run('index in reverse', index=copy_index(
        place, 'in-reverse', lambda names: sorted(names, reverse=True)))


def controls(place):
    shorter = place.folder('shorter')
    path = os.path.join(shorter, 'requirements.in')
    with open(path, encoding='utf-8') as f:
        lines = f.readlines()
    named = [i for i, line in enumerate(lines) if line[0].isalpha()]
    with open(path, 'w', encoding='utf-8') as f:
        f.writelines(lines[:named[0]] + lines[named[0] + 1:])
    yield Run('one line less', cwd=shorter, differs=True)
    yield Run('lowest', {'PODLOCK_RESOLUTION': 'lowest-direct'}, differs=True)


def complaints(run, want, got):
    for form, bytes_ in got.items():
        same = want[form] == bytes_
        if same and run.differs:
            yield f'{run.name}: {form} should differ, and does not'
        if not same and not run.differs:
            at = next((i for i, (a, b) in enumerate(zip(want[form], bytes_))
                       if a != b), min(len(want[form]), len(bytes_)))
            yield (f'{run.name}: {form} differs from byte {at}:\n'
                   f'  first {want[form][max(0, at - 40):at + 40]!r}\n'
                   f'  now   {bytes_[max(0, at - 40):at + 40]!r}')


def main():
    podlock, index, fixtures = map(os.path.abspath, sys.argv[1:4])
    with tempfile.TemporaryDirectory() as top:
        place = Place(podlock, index, fixtures, top)
        want = place.outputs(Run('first'))
        if not all(want.values()) or want['file'] != want['pylock.toml']:
            sys.exit('first: an output is empty, or the file is another one')
        runs = [*places(place), *environments(make_locales(top)),
                *controls(place)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            made = list(pool.map(place.outputs, runs))
    bad = [text for run, got in zip(runs, made)
           for text in complaints(run, want, got)]
    print('\n'.join(bad))
    print(f'{len(runs)} runs in {len(FORMATS)} formats and a file: '
          f'{len(bad)} differ from what they should be')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
