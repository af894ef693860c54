#!/usr/bin/env python3
"""Does `podlock snapshot` say what is in a container?

usage: snapshot_test.py PODLOCK INDEX FIXTURES DATA

Roots built from every shipped template must give that template again; each
damage must be found and named; what differs must be told; and a lock made with
a snapshot must be that of the template. Texts to be read are in
DATA/snapshot/ (PODLOCK_REWRITE=1 writes them anew).
"""
import json
import os
import re
import shutil
import sys
import tomllib

import lock_world
from make_image import Image, split
from make_root import TEMPLATES, load_template, make_root

ID = 'runpod-102-cu1281-torch280-ubuntu2404'
SITE = '/usr/local/lib/python3.12/dist-packages'
# What has no answer with this template, however it is named.
REFUSED = {'extras-mix.in', 'worker-vllm.in', 'zopilot-gpu.in'}


def captured(world, *words, code=0, env=None):
    return tomllib.loads(world.run('snapshot', '-q', *words, code=code,
                                   env=env).stdout)


def rows(template):
    """name -> (version, protect, requires): pip's row before apt's."""
    out = {}
    for p in sorted(template['package'], key=lambda p: p['protect'] == 'os'):
        out.setdefault(p['name'], (p['version'], p['protect'],
                                   sorted(p.get('requires') or []),
                                   p.get('treat-as')))
    return out


# ---- every shipped template ----

def check_environment(world, name, want, got):
    for key in 'python', 'glibc', 'arch', 'cuda':
        world.expect(want.get(key, got[key]) == got[key], name, key, got)
    world.expect(want['os'].startswith(got['os']), name, got['os'])
    world.expect(want['site-packages'] == got['site-packages'], name, got)
    world.expect(want.get('externally-managed', False) ==
                 got['externally-managed'], name, got)


def check_template(world, name):
    want = load_template(name)
    root = make_root(want, world.path('root'))
    got = captured(world, '--root', root.dest)
    left, right = rows(want), rows(got)
    for package in sorted(set(left) | set(right)):
        world.expect(left.get(package) == right.get(package), name, package,
                     left.get(package), right.get(package))
    check_environment(world, name, want['environment'], got['environment'])
    # PyPI's torch has no label; its version.py tells more than the template.
    index = want.get('index')
    if name == 'runpod-torch220-cu121-py310':
        index = {'torch': 'whl/cu121'}
    world.expect(index == got.get('index'), name, got.get('index'))
    world.expect(got['provenance'] == {
        'kind': 'captured', 'how': "podlock snapshot of a container's files",
        'complete': True}, name, got['provenance'])
    shutil.rmtree(root.dest)
    return len(left)


def check_templates(world):
    names = sorted(f[:-5] for f in os.listdir(TEMPLATES) if f.endswith('.toml'))
    seen = sum(check_template(world, name) for name in names)
    world.expect(len(names) >= 21 and seen > 2500, names, seen)


# ---- the same bytes ----

def check_bytes(world):
    texts = set()
    for name in 'here', 'a longer name/there':
        root = make_root(ID, world.path(name))
        done = world.run('snapshot', '--root', root.dest)
        texts.add(done.stdout)
        world.expect(done.stderr ==
                     'Captured snapshot-torch280-cu128-py312: torch '
                     '2.8.0+cu128, Python 3.12.3 in /usr, CUDA 12.8.1; 139 '
                     'packages, 18 protected, 15 of the distribution\n',
                     done.stderr)
        world.run('snapshot', '-q', '--root', root.dest, '-o', 'out.toml')
        texts.add(world.read('out.toml'))
    world.expect(len(texts) == 1, 'bytes differ')
    world.expect(world.folder not in texts.pop(), 'a path of this machine')
    again = captured(world, '--root', world.path('here'), '--id', 'my.one',
                     '--image', 'a/b:c')
    world.expect(again['id'] == 'my.one' and again['images'] == ['a/b:c'],
                 again['id'])
    shutil.rmtree(world.path('a longer name'))


def check_archive(world):
    image = Image(split(world.path('here'), layers=4, seed=3),
                  env={'PIP_BREAK_SYSTEM_PACKAGES': '1',
                       'PIP_CACHE_DIR': '/x'}, tags=('runpod/pytorch:1',))
    image.write(world.path('image.tar'), pack_layers='gzip')
    of_root = captured(world, '--root', world.path('here'))
    of_image = captured(world, '--archive', 'image.tar')
    world.expect(of_image['images'] == ['runpod/pytorch:1'], of_image['images'])
    world.expect(of_image['environment'].pop('pip-settings') ==
                 ['PIP_BREAK_SYSTEM_PACKAGES=1'], of_image['environment'])
    sources = of_image['provenance']['sources']
    world.expect(re.fullmatch('image sha256:[0-9a-f]{64}', sources[0]), sources)
    for key in 'environment', 'index', 'package', 'id', 'title':
        world.expect(of_root[key] == of_image[key], 'archive', key)


# ---- damage ----

def empty(root, path):
    with open(root.path(path), 'w', encoding='utf-8'):
        pass


def damage(root):
    """What is done to a root: (kind, name) of what must be found."""
    root.install('numpy', '1.26.4', record=False)
    empty(root, root.info('packaging') + '/METADATA')
    os.unlink(root.path(root.info('idna') + '/METADATA'))
    root.write(root.info('jinja2') + '/METADATA', b'\xff\xfe\0\x01not text')
    os.unlink(root.path(root.info('certifi') + '/RECORD'))
    shutil.rmtree(root.path(SITE + '/arrow'))
    shutil.rmtree(root.path(root.info('fqdn')))
    root.write(SITE + '/mine.egg-link', '/workspace/gone\n.\n')
    root.folder(SITE + '/~orch-2.7.0.dist-info')
    return {('two-infos', 'numpy'), ('metadata-empty', 'packaging'),
            ('metadata-absent', 'idna'), ('metadata-bad', 'jinja2'),
            ('record-absent', 'certifi'), ('code-absent', 'arrow'),
            ('info-absent', 'fqdn'), ('link-to-nothing', 'mine')}


def check_damage(world):
    root = make_root(ID, world.path('damaged'))
    want = damage(root)
    done = world.run('snapshot', '--root', root.dest, '-o', 'damaged.toml',
                     '--json')
    said = json.loads(done.stdout)
    found = {(d['kind'], d['name']) for d in said['damage']}
    world.expect(want <= found, 'not found:', want - found)
    kinds = {d['kind'] for d in said['damage']}
    world.expect('half-removed' in kinds, kinds)
    world.expect(f'; {len(said["damage"])} damaged' in done.stderr, done.stderr)
    with open(world.path('damaged.toml'), 'rb') as f:
        template = tomllib.load(f)
    world.expect(template['provenance']['notes'] == said['notes'], said)
    notes = '\n'.join(said['notes'])
    for words in ('METADATA is empty, so that what it requires is not known: '
                  'packaging.', 'METADATA is missing', 'jinja2', 'certifi',
                  'arrow', 'fqdn', 'interrupted'):
        world.expect(words in notes, words, notes)
    packages = {p['name']: p for p in template['package']}
    world.expect(packages['numpy']['version'] != '1.26.4', packages['numpy'])
    for name in 'packaging', 'idna', 'jinja2':
        world.expect('requires' not in packages[name], packages[name])
        world.expect(packages[name]['version'] ==
                     rows(root.template)[name][0], packages[name])
    world.expect('fqdn' not in packages and 'torch' in packages, 'fqdn')
    listed = world.run('snapshot', '-v', '--root', root.dest).stderr
    world.expect(f'two-infos: numpy ({SITE}/numpy-1.26.4' in listed or
                 f'two-infos: numpy ({SITE}/numpy' in listed, listed)
    shutil.rmtree(root.dest)


def check_torch_damaged(world):
    """What torch requires is gone: names must do, and that is said."""
    root = make_root(ID, world.path('damaged'))
    empty(root, root.info('torch') + '/METADATA')
    root.install('nvidia-nccl-cu13', '2.28.9')
    root.install('nvidia-ml-py', '13.580.82')
    got = captured(world, '--root', root.dest)
    protect = {p['name']: p['protect'] for p in got['package']}
    world.expect(protect['nvidia-cublas-cu12'] == 'locked' and
                 protect['nvidia-nccl-cu13'] == 'keep' and
                 protect['nvidia-ml-py'] == 'keep', protect)
    world.expect('told by their names' in got['provenance']['notes'][0], got)
    shutil.rmtree(root.dest)


# ---- several Pythons ----

def check_pythons(world):
    root = make_root(ID, world.path('two'))
    second = load_template('runpod-070-cu1241-torch260-py310')
    make_root(second, world.path('two-more'), layout='venv',
              prefix='/venv/other', second='none')
    shutil.copytree(world.path('two-more/venv'), root.path('/venv'),
                    symlinks=True)
    done = world.run('snapshot', '--root', root.dest, code=2)
    for word in '/usr', '/venv/other', '--python':
        world.expect(word in done.stderr, word, done.stderr)
    world.expect(not done.stdout, done.stdout)
    for python, version, torch in (('/venv/other', '3.10', '2.6.0+cu124'),
                                   ('3.12', '3.12', '2.8.0+cu128'),
                                   ('/usr', '3.12', '2.8.0+cu128')):
        got = captured(world, '--root', root.dest, '--python', python)
        world.expect(got['environment']['python'].startswith(version) and
                     rows(got)['torch'][0] == torch, python, got['title'])
    world.expect(world.run('snapshot', '--root', root.dest, '--python',
                           '/venv/none', code=2).stderr, 'no such Python')
    root = make_root('runpod-102-cu1281-torch280-ubuntu2204',
                     world.path('one'))
    done = world.run('snapshot', '-v', '--json', '--root', root.dest)
    said = [(p['prefix'], p['version'], p['torch'], p['captured'])
            for p in json.loads(done.stdout)['pythons']]
    world.expect(said == [('/usr', '3.12', True, True),
                          ('/usr', '3.10.12', False, False)] or
                 [p[2:] for p in said] == [(True, True), (False, False)], said)
    world.expect(' packages, torch\n' in done.stderr, done.stderr)
    for name in 'one', 'two', 'two-more':
        shutil.rmtree(world.path(name))


# ---- what has drifted ----

def check_compare(world, data):
    root = make_root(ID, world.path('drifted'))
    words = ['snapshot', '-q', '--root', root.dest, '--compare', ID]
    world.expect(world.run(*words, '--exit-code').stdout ==
                 f'As {ID} says: 139 packages\n', 'nothing differs')
    root.replace('numpy', '1.26.4')
    root.replace('torch', '2.9.1+cu130', ['triton==3.5.1', 'nvidia-cublas'])
    root.install('nvidia-cublas', '13.0.0.19')
    root.install('evil\\[31m', '1', folder=SITE + '/deep')
    root.remove('anyio')
    root.replace('idna', rows(root.template)['idna'][0], ['left-pad'])
    done = world.run(*words, '--exit-code', code=1)
    world.golden(f'{data}/snapshot/compare.txt', done.stdout)
    world.golden(f'{data}/snapshot/compare.json',
                 re.sub('sha256[0-9a-f:]*|[0-9a-f]{64}', 'DIGEST',
                        world.run(*words, '--json').stdout))
    world.run('snapshot', '-q', '--root', root.dest, '-o', 'drifted.toml')
    again = world.run('snapshot', '-q', '--root', root.dest, '--compare',
                      './drifted.toml', '--exit-code')
    world.expect(again.stdout.startswith('As snapshot-torch291-cu130-py312 '),
                 again.stdout)
    world.run('snapshot', '--exit-code', code=2)
    world.run('snapshot', '--compare', 'no-such-template', code=2)
    shutil.rmtree(root.dest)


# ---- what pip says ----

def inspected(template):
    """The report of `pip inspect` in a container of the template."""
    installed = []
    for p in template['package']:
        folder = ('/usr/lib/python3/dist-packages' if p['protect'] == 'os'
                  else template['environment']['site-packages'][0])
        entry = {'metadata': {'metadata_version': '2.1', 'name': p['name'],
                              'version': p['version']},
                 'metadata_location': f'{folder}/{p["name"]}-{p["version"]}'
                                      '.dist-info', 'requested': False}
        if p.get('requires'):
            entry['metadata']['requires_dist'] = p['requires']
        installed.append(entry)
    return {'version': '1', 'pip_version': '25.3', 'installed': installed,
            'environment': {'implementation_name': 'cpython',
                            'platform_machine': 'x86_64',
                            'python_full_version':
                                template['environment']['python'],
                            'sys_platform': 'linux'}}


def check_pip(world, data):
    template = load_template(ID)
    world.write('report.json', json.dumps(inspected(template)))
    got = captured(world, '--pip-inspect', 'report.json')
    world.expect(rows(got) == rows(template), 'pip inspect')
    world.expect('glibc' not in got['environment'] and
                 got['provenance']['complete'], got['environment'])
    done = world.run('snapshot', '--pip-inspect', '-',
                     stdin=json.dumps(inspected(template)))
    head = done.stdout.split('\n[[package]]')[0] + '\n'
    world.golden(f'{data}/snapshot/inspect.txt', head + done.stderr)
    freeze = ''.join(f'{p["name"]}=={p["version"]}\n'
                     for p in template['package'])
    world.write('freeze.txt', '# of a pod\n' + freeze +
                'local @ file:///croot/local_1/work\n')
    done = world.run('snapshot', '--freeze', 'freeze.txt', '--python-version',
                     '3.12')
    got = tomllib.loads(done.stdout)
    head = done.stdout.split('\n[[package]]')[0] + '\n'
    world.golden(f'{data}/snapshot/freeze.txt', head + done.stderr)
    for report in (['--freeze', 'freeze.txt', '--python-version', '3.12'],
                   ['--pip-inspect', 'report.json']):
        done = world.run('snapshot', '-q', *report, '--compare', ID)
        world.expect(f'As {ID} says: ' in done.stdout, done.stdout)
    world.expect({n: r[:2] for n, r in rows(got).items() if r[1] == 'locked'} ==
                 {n: r[:2] for n, r in rows(template).items()
                  if r[1] == 'locked'}, 'freeze: protected')
    world.expect(not any('requires' in p for p in got['package']), 'freeze')
    world.write('loose.txt', 'numpy>=2\n')
    for words in (['--freeze', 'freeze.txt'],
                  ['--freeze', 'freeze.txt', '--root', '/'],
                  ['--python-version', '3.12'],
                  ['--pip-inspect', 'report.json', '--python', '3.12'],
                  ['--pip-inspect', 'freeze.txt'],
                  ['--freeze', 'loose.txt', '--python-version', '3.12']):
        done = world.run('snapshot', *words, code=2)
        world.expect(not done.stdout and 'error: ' in done.stderr, words)


# ---- resolving with it ----

def plain(lock):
    """A lock but for what names its template."""
    lock['tool']['podlock'].pop('template')
    lock['tool']['podlock'].pop('template-digest')
    lock['tool']['podlock'].pop('arguments')
    return lock


def lock_of(world, name, words, env=None, output='pylock.toml'):
    done = world.run('resolve', name, *words, '-o', output, '--no-cache',
                     env=env)
    with open(world.path(output), 'rb') as f:
        return done, tomllib.load(f)


def check_resolve(world, index, fixtures):
    world.run('snapshot', '-q', '--root', world.path('here'), '-o', 'here.toml')
    for name in sorted(os.listdir(f'{fixtures}/requirements')):
        if not name.endswith('.in'):
            continue
        shutil.copy(f'{fixtures}/requirements/{name}', world.path(name))
        words = ['--index-root', index]
        auto = 'auto:' + world.path('here')
        if name in REFUSED:
            said = {world.run('resolve', name, '--no-repairs', '--template',
                              template, *words, code=1).stderr.replace(
                                  'snapshot-torch280-cu128-py312', ID)
                    for template in (ID, auto)}
            world.expect(len(said) == 1, name, said)
            continue
        _, want = lock_of(world, name, ['--template', ID, *words])
        done, got = lock_of(world, name, ['--template', auto, *words],
                            output='pylock.auto.toml')
        world.expect(plain(got) == plain(want), name, 'another lock')
        world.expect('For snapshot-torch280-cu128-py312 (Python 3.12, torch '
                     '2.8.0+cu128), named by --template' in done.stdout,
                     done.stdout[:200])


def check_check(world, index):
    world.write('r.in', 'numpy\neinops\n')
    words = ['--index-root', index, '--no-cache']
    _, lock = lock_of(world, 'r.in', ['--template',
                                      f'auto:{world.path("here")}', *words])
    facts = lock['tool']['podlock']
    world.expect(facts['template'] == 'snapshot-torch280-cu128-py312', facts)
    world.expect(world.folder not in world.read('pylock.toml'), 'a path')
    done = world.run('check', code=1)
    for word in 'podlock snapshot', '--template FILE', '--template auto':
        world.expect(word in done.stdout + done.stderr, word, done.stderr)
    world.run('check', '--template', './here.toml')
    world.run('check', '--template', f'auto:{world.path("here")}')
    world.run('templates', 'show', f'auto:{world.path("here")}')
    world.run('guard', '--template', f'auto:{world.path("here")}')
    make_root(ID, world.path('other')).replace('numpy', '1.26.4')
    done = world.run('check', '--template', f'auto:{world.path("other")}',
                     code=1)
    world.expect('numpy' in done.stdout + done.stderr, done.stdout)


def check_here(world, index):
    """What nothing names: the Python of this machine that has torch."""
    root = make_root(ID, world.path('machine'), layout='conda',
                     prefix='/opt/conda', second='none')
    env = {'CONDA_PREFIX': root.path('/opt/conda')}
    words = ['--index-root', index]
    done, lock = lock_of(world, 'r.in', words, env=env)
    world.expect('named by the torch in ' + root.path('/opt/conda') in
                 done.stdout, done.stdout[:200])
    world.expect(lock['tool']['podlock']['template'] ==
                 'snapshot-torch280-cu128-py312', lock['tool'])
    done, _ = lock_of(world, 'r.in', ['--template', 'auto', *words], env=env)
    world.expect('named by --template' in done.stdout, done.stdout[:200])
    done = world.run('resolve', 'r.in', *words, '--python-version', '3.12',
                     code=2, env=env)
    world.expect('no template is named' in done.stderr, done.stderr)
    shutil.rmtree(root.dest)


# ---- mistakes, and worse ----

def check_mistakes(world):
    here = world.path('here')
    for words, code in ((['--root', world.path('nowhere')], 5),
                        (['--archive', 'report.json'], 2),
                        (['--archive', 'nowhere.tar'], 5),
                        (['--root', here, '-o', 'pylock.toml'], 2),
                        (['--root', here, '--id', 'no good'], 2),
                        (['--root', here, '--id', 'auto'], 2),
                        (['--root', here, '--archive', 'image.tar'], 2),
                        (['--platform', 'linux/arm64'], 2),
                        (['word'], 2)):
        done = world.run('snapshot', *words, code=code)
        world.expect(not done.stdout and 'error: ' in done.stderr, words,
                     done.stderr)
    world.run('snapshot', '-q', '--root', here,
              env={'PODLOCK_PYTHON_VERSION': '3.11'})
    world.write('kept.toml', 'as it was')
    world.run('snapshot', '--root', world.path('nowhere'), '-o', 'kept.toml',
              code=5)
    world.expect(world.read('kept.toml') == 'as it was', 'overwritten')
    make_root(ID, world.path('musl'), musl=True)
    done = world.run('snapshot', '--root', world.path('musl'), code=2)
    world.expect('musl' in done.stderr, done.stderr)


def check_hostile(world):
    root = make_root(ID, world.path('hostile'))
    info = f'{SITE}/bad-1.0.dist-info/METADATA'
    root.write(info, 'Metadata-Version: 2.1\nName: bad\nVersion: 1.0\n'
               'Requires-Dist: x @ https://me:secret@host/"]\\x\n'
               'Requires-Dist: y; extra == "\x1b[31m\u202e"\n')
    root.write(f'{SITE}/v-1.dist-info/METADATA', 'Metadata-Version: 2.1\n'
               'Name: v\nVersion: 1\'"""\\\n')
    os.mkfifo(root.path(f'{SITE}/f-1.dist-info'))
    os.symlink('/etc/passwd', root.path(f'{SITE}/p-1.dist-info'))
    done = world.run('snapshot', '-v', '--root', root.dest)
    world.expect('secret' not in done.stdout + done.stderr, 'a password')
    world.expect('\x1b' not in done.stdout + done.stderr and
                 '\u202e' not in done.stdout + done.stderr, 'controls')
    got = tomllib.loads(done.stdout)
    world.expect('torch' in rows(got), 'torch')
    world.write('hostile.toml', done.stdout)
    world.run('templates', 'show', './hostile.toml')
    json.loads(world.run('snapshot', '--json', '--root', root.dest).stdout)


def run(world, index, fixtures, data):
    index, fixtures = os.path.abspath(index), os.path.abspath(fixtures)
    check_templates(world)
    check_bytes(world)
    check_archive(world)
    check_damage(world)
    check_torch_damaged(world)
    check_pythons(world)
    check_compare(world, data)
    check_pip(world, data)
    check_resolve(world, index, fixtures)
    check_check(world, index)
    check_here(world, index)
    check_mistakes(world)
    check_hostile(world)


if __name__ == '__main__':
    lock_world.main(run, sys.argv[1:])
