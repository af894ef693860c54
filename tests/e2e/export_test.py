#!/usr/bin/env python3
"""Does `podlock export` write what the lock says, and nothing else?

usage: export_test.py PODLOCK INDEX FIXTURES DATA

podlock's own locks against `podlock resolve --format`, byte for byte; locks of
other tools against texts to be read (DATA/export/, PODLOCK_REWRITE=1 writes
them anew) and, back through podlock's reader, against the lock; what pip
would refuse; the bill of materials against the rules of CycloneDX 1.5; and
names, markers and URLs that are made to hurt.
"""
import glob
import hashlib
import json
import os
import re
import sys
import urllib.parse

import lock_world
from lock_world import (COMMIT, SHA, lock, make_wheel, package, pip,
                        wheel)

OWN = [('comfyui.in', 'runpod-torch240-cu124-py311'),
       ('serverless-worker.in', 'runpod-torch240-cu124-py311'),
       ('whisper.in', 'none')]
TEXTS = {'uv': ['--no-hashes'], 'pdm': [], 'pip': ['--no-hashes'],
         'everything': []}


# ---- podlock's own ----

def check_own(world, index, fixtures):
    for file, template in OWN:
        words = ['resolve', os.path.join(fixtures, 'requirements', file),
                 '--template', template, '--index-root', index, '--no-cache',
                 '-q']
        if template == 'none':
            words += ['--python-version', '3.11']
        world.run(*words, '-o', 'pylock.toml')
        for more in [['--no-header'], ['--no-header', '--no-annotate'],
                     ['--no-header', '--annotation-style', 'line']]:
            for form in ['requirements.txt', 'constraints.txt']:
                made = world.run(*words, '--format', form, *more).stdout
                again = world.run('export', '--format', form, *more).stdout
                world.expect(made == again and made, file, form, more)
        made = world.run(*words, '--format', 'requirements.txt').stdout
        again = world.run('export').stdout
        world.expect(made.splitlines()[3:] == again.splitlines()[3:], file)
        world.expect(again.splitlines()[2] ==
                     '#     podlock export pylock.toml', again[:200])
        world.expect(world.run('export', '--json').stdout ==
                     world.run('show', '--json').stdout, file, 'JSON')
        check_bill(world, 'pylock.toml')


def check_output(world):
    world.write('pylock.toml', lock([package('a', index='https://i.x/')]))
    forms = {'requirements.txt': 'a==1.0 \\\n', 'constraints.txt': 'a==1.0\n',
             'x.txt': 'a==1.0 \\\n', 'x.json': '"lock-version"',
             'bom.json': '"CycloneDX"', 'x.cdx.json': '"CycloneDX"'}
    for name, part in forms.items():
        done = world.run('export', '-o', name)
        world.expect(part in world.read(name), name, world.read(name))
        world.expect(done.stdout == f'Exported 1 package to {name}\n',
                     done.stdout)
    world.expect(world.run('export', '-', stdin=world.read('pylock.toml'))
                 .stdout.splitlines()[4:] ==
                 world.run('export', '-o', '-').stdout.splitlines()[4:], '-')
    before = world.read('pylock.toml')
    for words in [['export'], ['guard', '--template', 'none']]:
        done = world.run(*words, '-o', 'pylock.toml', code=2)
        world.expect('a name for a lock' in done.stderr, done.stderr)
    world.expect(world.read('pylock.toml') == before, 'the lock is gone')
    os.mkdir(world.path('sub'))
    world.write('sub/pylock.toml', lock([package(
        'a', url=None, path='wheels/a-1.0-py3-none-any.whl')]))
    text = world.run('export', 'sub/pylock.toml').stdout
    world.expect('\n./sub/wheels/a-1.0-py3-none-any.whl \\\n' in text, text)


# ---- locks of other tools ----

def requirements(text):
    """(name, version, marker) -> hashes, of a file as pip reads it."""
    found = {}
    joined = text.replace('\\\n', ' ')
    for line in joined.splitlines():
        line = re.sub(r'(^|\s+)#.*', '', line).strip()
        if not line or line.startswith('--'):
            continue
        hashes = re.findall(r'--hash=(\S+)', line)
        name, _, marker = line.split(' --hash')[0].partition(' ; ')
        found[name.strip(), marker.strip()] = sorted(hashes)
    return found


def check_others(world, data):
    for name, words in TEXTS.items():
        world.write('pylock.toml', open(os.path.join(
            data, 'lock', 'other', name + '.toml')).read())
        for form in ['requirements.txt', 'constraints.txt', 'cyclonedx']:
            done = world.run('export', '-q', *words, '--format', form)
            end = '.cdx.json' if form == 'cyclonedx' else '.' + form
            world.golden(os.path.join(data, 'export', name + end),
                         done.stdout)
        check_bill(world, 'pylock.toml')
    world.write('pylock.toml', lock([
        package('a', marker="python_version < '3.9'", index='https://i.x/s/'),
        package('a', '2.0', marker="python_version >= '3.9'",
                source='wheels = [' + wheel('a', '2.0') + ', ' +
                wheel('a', '2.0', url='https://f.x/a-2.0-py2-none-any.whl',
                      hashes={'sha512': 'b' * 128, 'md5': 'c' * 32}) + ']'),
    ], tool=''))
    got = requirements(world.run('export').stdout)
    world.expect(got == {
        ('a==1.0', 'python_version < "3.9"'): ['sha256:' + SHA],
        ('a==2.0', 'python_version >= "3.9"'):
            ['sha256:' + SHA, 'sha512:' + 'b' * 128]}, got)


def check_read_back(world, data):
    """podlock reads its own export, and finds nothing else in it."""
    for file in sorted(glob.glob(os.path.join(data, 'lock', 'other',
                                              '*.toml'))):
        world.write('pylock.toml', open(file).read())
        pins = world.run('export', '-q', '--format', 'constraints.txt')
        world.write('constraints.txt', ''.join(  # it locks neither
            line for line in pins.stdout.splitlines(True)
            if ' @ ' not in line))
        world.write('r.in', '')
        os.makedirs(world.path('idx/pypi/simple'), exist_ok=True)
        done = world.run('resolve', 'r.in', '-c', 'constraints.txt',
                         '--template', 'none', '--python-version', '3.11',
                         '--index-root', 'idx', '--no-cache')
        world.expect('packages = []' in done.stdout, done.stdout)


# ---- what cannot be written ----

def refused():
    commit = f'commit-id = "{COMMIT}"'
    yield ('commit', [], 'hash of a commit', package('a', source=(
        f'vcs = {{ type = "git", url = "https://h/a.git", {commit} }}')))
    yield ('folder', [], 'hash of a folder', package(
        'a', version=None, source='directory = { path = "." }'))
    yield ('repository by path', ['--no-hashes'], 'named by a path', package(
        'a', source=f'vcs = {{ type = "git", path = "../a", {commit} }}'))
    for i, url in enumerate(['https://h/a.git?x=1', 'https://h/a.git#egg=b']):
        yield (f'URL {i}', ['--no-hashes'], 'a query or a fragment', package(
            'a', source=f'vcs = {{ type = "git", url = "{url}", {commit} }}'))
    for i, path in enumerate(['a b', 'a#egg=b', 'a[x]', '${HOME}', 'a%20b']):
        yield (f'path {i}', ['--no-hashes'], 'that pip reads otherwise',
               package('a', source=f'directory = {{ path = "{path}" }}'))
    archive = 'archive = {{ path = "{}", hashes = {{ sha256 = "{}" }}{} }}'
    yield ('archive', [], 'that pip reads otherwise', package(
        'a', source=archive.format('my dir/a-1.tar.gz', 'a' * 64, '')))
    yield ('part of an archive', [], 'a subdirectory', package(
        'a', source=archive.format('a-1.tar.gz', 'a' * 64,
                                   ', subdirectory = "sub"')))
    yield ('only md5', [], 'no hash of those that pip checks', package(
        'a', hashes={'md5': 'c' * 32}))
    for marker in ["python_version > '3' and os_name == ' #'",
                   "os_name == 'x --hash=sha256:0'",
                   "os_name == '${HOME}'", "os_name == 'ü'",
                   "os_name == 'a;b'"]:
        yield (marker, [], 'marker of `a` cannot', package('a',
                                                           marker=marker))


def check_refused(world):
    for name, words, message, text in refused():
        world.write('pylock.toml', lock([text], tool=''))
        done = world.run('export', *words, '-o', 'r.txt', code=2)
        world.expect('pylock.toml:5:8: error' in done.stderr and
                     message in done.stderr, name, done.stderr)
        world.expect(not os.path.exists(world.path('r.txt')) and
                     not done.stdout, name, 'it wrote something')


def check_spared(world):
    """Neither the lock nor what it was made from is overwritten."""
    text = lock([package('a')], tool='format = 1\n'
                f'inputs = [{{ name = "r.in", sha256 = "{"a" * 64}" }}]')
    world.write('pylock.toml', text)
    world.write('r.in', 'a\n')
    os.symlink('pylock.toml', world.path('link.txt'))
    for command in ('export', 'guard'):
        for name in ('r.in', 'link.txt'):
            done = world.run(command, 'pylock.toml', *(
                ['--format', 'requirements.txt'] if command == 'export'
                else []), '-o', name, code=2)
            world.expect('would overwrite' in done.stderr, done.stderr)
    for name, held in (('pylock.toml', text), ('r.in', 'a\n')):
        with open(world.path(name)) as f:
            world.expect(f.read() == held, name, 'was written')
    os.remove(world.path('link.txt'))


def tree_lines(world, source, **more):
    world.write('pylock.toml', lock([package('a', source=source, **more)],
                                    tool=''))
    return world.run('export', '--no-hashes', '--no-header').stdout


def check_trees(world):
    git = f'vcs = {{ type = "git", url = "%s", commit-id = "{COMMIT}"%s }}'
    lines = [
        (git % ('https://h/a.git', ''), f'a @ git+https://h/a.git@{COMMIT}\n'),
        (git % ('ssh://git@h/a.git', ''),
         f'a @ git+ssh://git@h/a.git@{COMMIT}\n'),
        (git % ('git@h:b/a.git', ''),
         f'a @ git+ssh://git@h/b/a.git@{COMMIT}\n'),
        (git % ('https://u:secret@h/a.git', ', subdirectory = "x y&egg=b#"'),
         f'a @ git+https://h/a.git@{COMMIT}'
         '#subdirectory=x%20y%26egg%3Db%23\n'),
        ('directory = { path = "a/b", editable = true }', '-e ./a/b\n'),
        ('directory = { path = "a", subdirectory = "c" }', './a/c\n'),
        ('archive = { url = "https://u@h/a.zip#egg=b", '
         'hashes = { sha256 = "' + SHA + '" } }', 'a @ https://h/a.zip\n'),
    ]
    for source, text in lines:
        got = tree_lines(world, source)
        world.expect(got == text, source, got)
    got = tree_lines(world, lines[0][0], marker="os_name == 'nt'")
    world.expect(got.endswith(f'@{COMMIT} ; os_name == "nt"\n'), got)


def check_choices(world):
    """Extras and groups are chosen: none, and the default ones."""
    head = ('extras = ["x"]\ndependency-groups = ["dev", "main"]\n'
            'default-groups = ["main"]\n')
    markers = {"'x' in extras": None, "'x' not in extras": '',
               "'main' in dependency_groups": '',
               "'dev' in dependency_groups": None,
               "'dev' not in dependency_groups and os_name == 'nt'":
                   'os_name == "nt"',
               "'Main' in dependency_groups and (os_name == 'nt' or 'x' in "
               "extras)": 'os_name == "nt"',
               "'dev' in dependency_groups or ('main' in dependency_groups "
               "and os_name == 'nt' and sys_platform == 'x')":
                   'os_name == "nt" and sys_platform == "x"',
               "os_name == 'nt' or 'main' in dependency_groups": '',
               "(os_name == 'nt' or os_name == 'b') and 'x' not in extras":
                   'os_name == "nt" or os_name == "b"'}
    for marker, left in markers.items():
        world.write('pylock.toml', lock([package('a', marker=marker)], head,
                                        tool=''))
        done = world.run('export', '--no-header')
        got = requirements(done.stdout)
        world.expect(got == ({} if left is None else
                             {('a==1.0', left): ['sha256:' + SHA]}),
                     marker, got)
        world.expect(('left out' in done.stderr) == (left is None), marker)


# ---- CycloneDX ----

HASHES = {'MD5': 32, 'SHA-1': 40, 'SHA-256': 64, 'SHA-384': 96,
          'SHA-512': 128, 'SHA3-256': 64, 'SHA3-384': 96, 'SHA3-512': 128,
          'BLAKE2b-512': 128}
TOP = {'$schema', 'bomFormat', 'specVersion', 'serialNumber', 'version',
       'metadata', 'components', 'dependencies'}
COMPONENT = {'type', 'bom-ref', 'name', 'version', 'hashes', 'purl',
             'externalReferences', 'properties'}


def bill_faults(bill):
    """What breaks the schema of CycloneDX 1.5, as far as podlock uses it."""
    if not set(bill) <= TOP or bill['bomFormat'] != 'CycloneDX' or \
            bill['specVersion'] != '1.5' or bill['version'] != 1:
        yield 'head'
    if not re.fullmatch('urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-'
                        '[89ab][0-9a-f]{3}-[0-9a-f]{12}',
                        bill['serialNumber']):
        yield bill['serialNumber']
    root = bill['metadata']['component']
    if root['type'] != 'application' or not root['name']:
        yield root
    everything = bill['components'] + [root]
    everything += bill['metadata']['tools']['components']
    refs = [c['bom-ref'] for c in everything if 'bom-ref' in c]
    if len(refs) != len(set(refs)) or not all(refs):
        yield 'bom-ref twice'
    for c in everything:
        if not set(c) <= COMPONENT or c['type'] not in ('application',
                                                        'library'):
            yield c
        hashes = list(c.get('hashes', []))
        for r in c.get('externalReferences', []):
            if not set(r) <= {'type', 'url', 'comment', 'hashes'} or \
                    r['type'] not in ('distribution', 'vcs') or \
                    not re.fullmatch(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+",
                                     r['url']):
                yield r
            hashes += r.get('hashes', [])
        for h in hashes:
            if set(h) != {'alg', 'content'} or not re.fullmatch(
                    '[0-9a-f]{%d}' % HASHES.get(h['alg'], 0), h['content']):
                yield h
        for p in c.get('properties', []):
            if set(p) != {'name', 'value'} or not isinstance(p['value'], str):
                yield p
        if 'purl' in c and not re.fullmatch(
                r'pkg:pypi/[a-z0-9.-]+(@[A-Za-z0-9._~%-]+)?'
                r'(\?[a-z_]+=[A-Za-z0-9._~%-]+)?', c['purl']):
            yield c['purl']
    about = [d['ref'] for d in bill['dependencies']]
    if sorted(about) != sorted(r for r in refs):
        yield 'dependencies of others'
    for d in bill['dependencies']:
        needs = d['dependsOn']
        if set(d) != {'ref', 'dependsOn'} or not set(needs) <= set(refs) or \
                len(needs) != len(set(needs)):
            yield d


def check_bill(world, file):
    text = world.run('export', '-q', file, '--format', 'cyclonedx').stdout
    bill = json.loads(text)
    for fault in bill_faults(bill):
        world.expect(False, file, 'CycloneDX:', fault)
    shown = json.loads(world.run('show', '-q', file, '--json').stdout)
    mine = [c for c in bill['components'] if not any(
        p['name'] == 'podlock:from-template' for p in c.get('properties', []))]
    world.expect([(c['name'], c.get('version')) for c in mine] ==
                 [(p['name'], p.get('version')) for p in shown['packages']],
                 'components')
    for c, p in zip(mine, shown['packages']):
        sums = {h['content'] for r in c['externalReferences']
                for h in r.get('hashes', [])}
        world.expect(all(v in sums for f in p['files']
                         for v in f['hashes'].values() if
                         len(v) in HASHES.values()), c)
        if 'purl' in c:
            name, _, version = c['purl'][9:].partition('?')[0].partition('@')
            world.expect((name, urllib.parse.unquote(version)) ==
                         (p['name'], p.get('version', '')), c['purl'])
    kept = [c for c in bill['components'] if c not in mine]
    world.expect({(c['name'], c.get('version')) for c in kept} >=
                 {(p['name'], p['version'])
                  for p in shown.get('provided', [])}, 'template')
    return bill, text


def check_bills(world):
    world.write('pylock.toml', lock([
        package('a', '1!2.0+cu.1', needs=['b'], via=['r.in:1']),
        package('b', index='https://download.pytorch.org/whl/cu128/'),
    ], tool='format = 1\ntemplate = "t"\n'
            'provided = [ { name = "torch", version = "2.8.0+cu128" } ]'))
    bill, text = check_bill(world, 'pylock.toml')
    purls = [c['purl'] for c in bill['components']]
    world.expect(purls == [
        'pkg:pypi/a@1%212.0%2Bcu.1',
        'pkg:pypi/b@1.0?repository_url=https%3A%2F%2Fdownload.pytorch.org%2F'
        'whl%2Fcu128%2F', 'pkg:pypi/torch@2.8.0%2Bcu128'], purls)
    needs = {d['ref']: d['dependsOn'] for d in bill['dependencies']}
    world.expect(needs == {'lock': [purls[0], purls[2]],
                           purls[0]: [purls[1]], purls[1]: [],
                           purls[2]: []}, needs)
    again = world.run('export', '-q', '--format', 'cyclonedx',
                      env={'LC_ALL': 'C.UTF-8', 'TZ': 'Asia/Tokyo'}).stdout
    world.expect(again == text, 'not the same bytes')
    world.write('pylock.toml', world.read('pylock.toml').replace(
        '2.8.0+cu128', '2.8.1+cu128'))
    other = json.loads(world.run('export', '--format', 'cyclonedx').stdout)
    world.expect(other['serialNumber'] != bill['serialNumber'], 'serial')


# ---- foreign strings ----

NASTY = ['\x1b]0;x\x07', 'a\nevil==1.0', 'a\revil', 'a \\', '${HOME}',
         '" } ] ,', '\u202e', '# x', ' --hash=sha256:0', '\u2028evil==1.0']


def check_secrets(world):
    url = 'https://user:s3cret@h.example/a-1.0-py3-none-any.whl'
    world.write('pylock.toml', lock([package(
        'a', url=url, index='https://tok3n@i.example/simple/')], tool=''))
    for form in ['requirements.txt', 'constraints.txt', 'json', 'cyclonedx']:
        done = world.run('export', '--format', form)
        for secret in ['s3cret', 'user', 'tok3n', '***', '@']:
            shown = re.sub('a @ ', '', done.stdout).replace('a@1.0', '')
            world.expect(secret not in shown, form, secret, done.stdout)
        world.expect('2 URLs' in done.stderr and 's3cret' not in done.stderr,
                     form, done.stderr)


def check_nasty(world):
    for text in NASTY:
        world.write('pylock.toml', lock([
            package('a', via=[text, text + ':1'],
                    url='https://h.example/' + ''.join(
                        c for c in text if ord(c) >= 32 and c != '#') +
                    '/a-1.0-py3-none-any.whl')],
            tool='format = 1\ntemplate = ' + lock_world.quoted(text)))
        for form in ['requirements.txt', 'constraints.txt']:
            done = world.run('export', '--format', form)
            got = requirements(done.stdout)
            world.expect(len(got) == 1 and not any(
                c in done.stdout for c in '\x1b\u202e\r\u2028'), form, text,
                         done.stdout)
            world.expect('\nevil' not in done.stdout, form, done.stdout)
        check_bill(world, 'pylock.toml')
    many = [package(f'n{i:04}', needs=[f'n{k:04}' for k in range(0, 2000, 40)])
            for i in range(2000)]
    world.write('pylock.toml', lock(many))
    check_bill(world, 'pylock.toml')


# ---- real pip ----

def check_pip(world):
    """It takes what is exported, and what has another hash it does not."""
    if pip(world, '--help').returncode:
        print('no pip here: not asked')
        return
    os.mkdir(world.path('wheels'))
    sums = {}
    for name in 'ab':
        file = make_wheel(world.path('wheels'), name, '1.0')
        with open(file, 'rb') as f:
            sums[name] = hashlib.sha256(f.read()).hexdigest()
    entries = [
        package('a', source='wheels = [' + ', '.join(
            wheel('a', '1.0', url=f'https://h.example/{i}/a-1.0-{tag}.whl',
                  hashes={'sha256': digest})
            for i, (tag, digest) in enumerate([
                ('py3-none-any', sums['a']), ('py2-none-any', SHA)])) + ']'),
        package('b', hashes={'sha256': sums['b']},
                marker="python_version > '3' and os_name != 'nt'"),
        package('c', marker="os_name == 'nt'")]
    words = ['--no-deps', '--require-hashes', '-r', 'requirements.txt']
    for wrong in [False, True]:
        text = lock(entries, tool='')
        world.write('pylock.toml',
                    text.replace(sums['b'], SHA) if wrong else text)
        world.run('export', '-o', 'requirements.txt')
        done = pip(world, *words)
        world.expect(bool(done.returncode) == wrong and
                     ('a-1.0 b-1.0' in done.stdout) != wrong, wrong,
                     world.read('requirements.txt'), done.stdout, done.stderr)
    world.expect('DO NOT MATCH THE HASHES' in done.stderr, done.stderr)


def run(world, index, fixtures, data):
    check_own(world, os.path.abspath(index), os.path.abspath(fixtures))
    check_output(world)
    check_others(world, os.path.abspath(data))
    check_read_back(world, os.path.abspath(data))
    check_refused(world)
    check_spared(world)
    check_trees(world)
    check_choices(world)
    check_bills(world)
    check_secrets(world)
    check_nasty(world)
    check_pip(world)


if __name__ == '__main__':
    lock_world.main(run, sys.argv[1:])
