#!/usr/bin/env python3
"""Is what podlock sees in an image archive what the image's root is?

usage: image_test.py PODLOCK PROBE

Archives of every form and packing, over roots of several templates divided by
several seeds, against the root: path by path through PROBE, and by `podlock
snapshot`. Then what layers may do to one another; which of several images is
meant; archives that are damaged or lie; and how much memory it takes.
"""
import io
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile

import make_image
from lock_world import World
from make_image import (INDEX, Image, Tar, as_json, can_zstd, descriptor,
                        pack, sha256, split, tar_of)
from make_root import make_root

TEMPLATES = ('runpod-102-cu1281-torch280-ubuntu2404',
             'runpod-torch240-cu124-py311')
MEMORY_KB = 120 << 10
KEPT = ('METADATA', 'RECORD', 'PKG-INFO', 'os-release', 'libc.so.6', 'status',
        'version.json', 'patchlevel.h', 'pyvenv.cfg', 'INSTALLER')


class Images(World):
    def __init__(self, program, probe, folder):
        super().__init__(program, folder)
        self.probe = os.path.abspath(probe)

    def look(self, *words, code=0, stdin=None):
        done = subprocess.run([self.probe, *words], cwd=self.folder,
                              env=self.env, stdin=stdin, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True)
        self.expect(done.returncode == code, words, 'exit', done.returncode,
                    done.stderr)
        return done

    def paths(self, *words, stdin=None):
        """The image, and its paths."""
        lines = [json.loads(line) for line in
                 self.look(*words, stdin=stdin).stdout.splitlines()]
        if not lines:
            return {}, {}
        return lines[0], {line.pop('path'): line for line in lines[1:-1]}

    def names(self, members, *words):
        """The paths of an image whose archive has these members."""
        self.archive('names.tar', members)
        return self.paths('names.tar', *words)

    def archive(self, name, members, packed=None):
        with open(self.path(name), 'wb') as f:
            f.write(pack(tar_of(members), packed))
        return name

    def refuses(self, code, what, *words):
        done = self.look(*words, code=code)
        text = ' '.join(done.stderr.split())
        self.expect(what in text and words[0] in text, words, 'says:', text)
        self.expect(not done.stdout, words, 'prints', done.stdout[:200])


def root_paths(root):
    """What the probe should say of a root."""
    found = {}
    for here, folders, files in os.walk(root):
        for name in folders + files:
            full = os.path.join(here, name)
            path = '/' + os.path.relpath(full, root)
            if os.path.islink(full):
                found[path] = {'type': 'link', 'target': os.readlink(full)}
            elif os.path.isdir(full):
                found[path] = {'type': 'folder'}
            else:
                found[path] = {'type': 'file', 'size': os.path.getsize(full),
                               'executable': bool(os.stat(full).st_mode
                                                  & 0o111)}
    return found


def compare(world, root, paths, *what):
    want = root_paths(root)
    world.expect(set(want) == set(paths), *what, 'paths differ:',
                 sorted(set(want) ^ set(paths))[:5])
    for path, facts in want.items():
        seen = dict(paths.get(path, {}))
        text = seen.pop('text', None)
        world.expect(seen == facts, *what, path, seen, facts)
        name = os.path.basename(path)
        if facts['type'] != 'file' or name not in KEPT:
            continue
        with open(root + path, 'rb') as f:
            data = f.read()
        if name != 'libc.so.6':
            world.expect(text == data.decode(), *what, path, text)
        else:
            world.expect(text and 'GNU C Library' in text, *what, path)


def snapshots(world, root, archive, env, *what):
    """The same facts; only the image's own name may differ."""
    of_root = world.run('snapshot', '--root', root, '--id', 'x', '--json')
    of_image = world.run('snapshot', '--archive', archive, '--id', 'x',
                         '--json')
    if of_root.returncode or of_image.returncode:
        return
    a, b = json.loads(of_root.stdout), json.loads(of_image.stdout)
    tags = ['acme/torch:1', 'acme/torch:2']
    world.expect(b.pop('images') == tags[:1 if 'layout' in what else 2], *what)
    settings = sorted(f'{k}={v}' for k, v in env.items()
                      if k.startswith('PIP_'))
    world.expect(sorted(b.pop('pip-settings')) == settings, *what, settings)
    for facts in (a, b):
        for key in ('images', 'pip-settings', 'digest', 'how', 'sources'):
            facts.pop(key, None)
    world.expect(len(a['packages']) > 50 and a == b, *what, 'facts differ',
                 [key for key in a if a.get(key) != b.get(key)])


def check_forms(world):
    packings = [None, 'gzip'] + (['zstd'] if can_zstd() else [])
    if not can_zstd():
        print('skipped: zstd layers (there is no zstd program)')
    for nth, template in enumerate(TEMPLATES):
        root = world.path(f'root{nth}')
        made = make_root(template, root)
        for seed, form in enumerate(('saved', 'layout', 'both')):
            packed = packings[(nth + seed) % len(packings)]
            what = (template, form, seed, packed)
            image = Image(split(root, 2 + 3 * seed, 10 * nth + seed),
                          env=made.vars, labels={'a': 'b'},
                          tags=['acme/torch:1', 'acme/torch:2'])
            image.write(world.path('i.tar'), form, pack_layers=packed)
            about, paths = world.paths('i.tar')
            compare(world, root, paths, *what)
            check_about(world, image, form, about, what)
            snapshots(world, root, 'i.tar', made.vars, *what)
        check_whole(world, image, root, packings)


def check_about(world, image, form, about, what):
    digest = (sha256(as_json(image.config)))
    tags = image.tags[:1] if form == 'layout' else image.tags
    world.expect(about['id'] == 'sha256:' + digest, *what, about)
    world.expect((about['digest'] == '') == (form == 'saved'), *what, about)
    world.expect(about['references'] == tags, *what, about)
    world.expect(about['vars'] == image.config['config']['Env'], *what, about)
    world.expect(about['labels'] == {'a': 'b'}, *what, about)
    world.expect((about['os'], about['arch']) == ('linux', 'amd64'), about)
    world.expect(about['layers'] == len(image.layers), *what, about)


def check_whole(world, image, root, packings):
    """Packed as a whole, from a pipe; and manifests before their layers."""
    for packed in packings[1:]:
        image.write(world.path('whole.tar'), 'both', packed=packed)
        compare(world, root, world.paths('whole.tar')[1], 'whole', packed)
    with subprocess.Popen(['cat', world.path('whole.tar')],
                          stdout=subprocess.PIPE) as cat:
        compare(world, root, world.paths('-', stdin=cat.stdout)[1], 'pipe')
        world.expect(cat.wait() == 0, 'cat was cut off')
    members = dict(reversed(image.members('both').items()))
    compare(world, root, world.names(members)[1], 'manifest first')


# ---- what layers do to one another ----

def layer(*calls):
    tar = Tar()
    for name, *rest in calls:
        getattr(tar, name)(*rest)
    return tar.done()


def check_layers(world):
    def seen(*layers, form='saved'):
        members = Image(layers).members(form)
        return world.names(members)[1]

    low = layer(('folder', 'a'), ('file', 'a/x', 'x'), ('file', 'a/y', 'y'),
                ('link', 'l', 'a'), ('file', 'f', 'f', 0o755))
    for calls, want in (
            ([('whiteout', 'a/x')], {'/a', '/a/y', '/l', '/f'}),
            ([('whiteout', 'a')], {'/l', '/f'}),
            ([('whiteout', './a')], {'/l', '/f'}),
            ([('whiteout', 'none')], {'/a', '/a/x', '/a/y', '/l', '/f'}),
            ([('opaque', 'a')], {'/a', '/l', '/f'}),
            ([('opaque', '')], set()),
            ([('opaque', 'a'), ('file', 'a/z')], {'/a', '/a/z', '/l', '/f'}),
            ([('file', 'a/z'), ('opaque', 'a')], {'/a', '/a/z', '/l', '/f'}),
            ([('whiteout', 'a'), ('file', 'a/z')], {'/a', '/a/z', '/l', '/f'}),
            ([('file', 'a/z'), ('whiteout', 'a')], {'/a', '/a/z', '/l', '/f'}),
            ([('file', 'a')], {'/a', '/l', '/f'}),
            ([('link', 'a', 'f')], {'/a', '/l', '/f'}),
            ([('file', 'f/g')], {'/a', '/a/x', '/a/y', '/l', '/f', '/f/g'}),
            ([('folder', 'l'), ('file', 'l/z')],
             {'/a', '/a/x', '/a/y', '/l', '/l/z', '/f'}),
            ([('file', 'l/z')], {'/a', '/a/x', '/a/y', '/a/z', '/l', '/f'}),
            ([('file', '.wh..wh.plnk'), ('file', '.wh..wh.aufs')],
             {'/a', '/a/x', '/a/y', '/l', '/f'}),
            ([('file', 'b/../a/z')],
             {'/a', '/a/x', '/a/y', '/a/z', '/l', '/f'}),
            ([('file', '/a//./z')],
             {'/a', '/a/x', '/a/y', '/a/z', '/l', '/f'})):
        found = seen(low, layer(*calls))
        world.expect(set(found) == want, calls, sorted(found))
    check_contents(world, seen, low)


def check_contents(world, seen, low):
    found = seen(low, layer(('file', 'a/METADATA', 'new', 0o755)),
                 layer(('hard_link', 'a/PKG-INFO', 'a/METADATA')))
    world.expect(found['/a/PKG-INFO'] == {
        'type': 'file', 'size': 3, 'executable': True, 'text': 'new'}, found)
    found = seen(layer(('file', 'METADATA', 'one'), ('file', 'METADATA', 'two'),
                       ('hard_link', 'b/METADATA', '/METADATA'),
                       ('fifo', 'pipe'), ('hard_link', 'c', 'none')))
    world.expect(found['/METADATA']['text'] == 'two', found)
    world.expect(found['/b/METADATA']['text'] == 'two', found)
    world.expect(found['/pipe'] == {'type': 'other'}, found)
    world.expect(found['/c'] == {'type': 'file', 'size': 0, 'text': '',
                                 'executable': False}, found)
    # The same layer twice, and what lay between is gone again.
    again = layer(('whiteout', 'b'), ('file', 'a/x', 'x'))
    found = seen(again, layer(('file', 'b'), ('whiteout', 'a')), again)
    world.expect(set(found) == {'/a', '/a/x'}, sorted(found))
    deep = '/'.join(['d' * 60] * 40) + '/METADATA'
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        tar = Tar(form)
        tar.file(deep, 'deep')
        tar.link('u\u00fc', 'd' * 3000)
        found = seen(tar.done())
        world.expect(found.get('/' + deep, {}).get('text') == 'deep', form)
        world.expect(found.get('/u\u00fc', {}).get('target') == 'd' * 3000,
                     form, sorted(found)[-1:])
    rounds = seen(layer(('link', 'a', 'b'), ('link', 'b', 'a'),
                        ('file', 'a/c'), ('link', 'up', '../../..')))
    world.expect(set(rounds) == {'/a', '/a/c', '/b', '/up'} or
                 set(rounds) == {'/a', '/b', '/up'}, rounds)
    shared_layers(world, low)


def shared_layers(world, low):
    """docker save wrote links for layers that were there already."""
    members = Image([low, low]).members('saved')
    names = json.loads(members['manifest.json'])[0]['Layers']
    tar = Tar()
    for name, data in members.items():
        if name == names[1]:
            tar.link(name, '../' + names[0])
        else:
            tar.file(name, data)
    with open(world.path('links.tar'), 'wb') as f:
        f.write(tar.done())
    paths = world.paths('links.tar')[1]
    world.expect('/a/x' in paths, sorted(paths))


def check_packings(world):
    """eStargz is several gzip members, zstd:chunked has a frame of its own."""
    data = layer(('file', 'a/METADATA', 'm' * 3000), ('file', 'b'))
    cut = len(data) // 3
    forms = [pack(data[:cut], 'gzip') + pack(data[cut:], 'gzip')]
    if can_zstd():
        forms.append(pack(data[:cut], 'zstd') + pack(data[cut:], 'zstd') +
                     b'\x50\x2a\x4d\x18' + b'\x08\0\0\0' + bytes(8))
    for form in forms:
        paths = world.names(Image([form]).members('layout'))[1]
        world.expect(set(paths) == {'/a', '/a/METADATA', '/b'}, form[:4],
                     sorted(paths))


def check_loading(world):
    """Only an archive needs the module with libarchive."""
    Image([layer(('file', 'a'))]).write(world.path('i.tar'))
    os.makedirs(world.path('bare/a'))
    for words, loads in ((['--root', 'bare'], False),
                         (['--archive', 'i.tar'], True)):
        done = world.run('snapshot', *words, code=2, env={'LD_DEBUG': 'files'})
        world.expect(('libpodlock-net.so' in done.stderr) == loads, words)


# ---- which image is meant ----

def many(images, names=None):
    """An OCI layout with a nested index of several platforms' images."""
    members, entries = {}, []
    for i, image in enumerate(images):
        blobs, _, about = image.layout()
        members.update(blobs)
        if names:
            about['annotations'] = {'org.opencontainers.image.ref.name':
                                    names[i]}
            del about['platform']
        entries.append(about)
    entries.append({**descriptor('x', b'none'),
                    'platform': {'os': 'unknown', 'architecture': 'unknown'}})
    nested = as_json({'schemaVersion': 2, 'mediaType': INDEX,
                      'manifests': entries})
    members['blobs/sha256/' + sha256(nested)] = nested
    members['index.json'] = as_json({'manifests': [descriptor(INDEX, nested)]})
    return members


def check_choice(world):
    arm = Image([layer(('file', 'arm'))], arch='arm64')
    amd = Image([layer(('file', 'amd'))])
    for words, want in (((), '/amd'), (('linux/amd64',), '/amd'),
                        (('linux/arm64',), '/arm')):
        paths = world.names(many([arm, amd]), *words)[1]
        world.expect(list(paths) == [want], words, paths)
    world.expect(list(world.names(many([arm]))[1]) == ['/arm'], 'the only one')
    world.refuses(2, 'no image for linux/s390x', 'names.tar', 'linux/s390x')
    names = ['acme/a:1', 'docker.io/acme/b:1']
    members = many([amd, Image([layer(('file', 'b'))])], names)
    world.archive('names.tar', members)
    world.refuses(2, 'several images', 'names.tar')
    world.refuses(2, 'acme/b:1', 'names.tar', '', 'acme/c')
    for name in ('acme/b:1', 'docker.io/acme/b:1'):
        paths = world.paths('names.tar', '', name)[1]
        world.expect(list(paths) == ['/b'], name, paths)
    world.run('snapshot', '--archive', 'names.tar', code=2)
    done = world.run('snapshot', '--archive', 'names.tar', '--image',
                     'acme/b:1', code=2)
    world.expect('no Python' in done.stderr, done.stderr)
    other = Image([layer(('file', 'b'))], tags=['acme/b:1'])
    one, entry_a = amd.saved()
    two, entry_b = other.saved()
    saved = {**one, **two, 'manifest.json': as_json([entry_a, entry_b])}
    world.expect(list(world.names(saved, '', 'acme/b:1')[1]) == ['/b'], saved)
    world.refuses(2, 'several images', 'names.tar')
    # Of an index that names more platforms than were saved, what is there.
    partial = many([arm, amd])
    del partial['blobs/sha256/' + sha256(as_json(amd.config))]
    gone = amd.layout()[2]['digest'].replace('sha256:', 'blobs/sha256/')
    del partial[gone]
    world.expect(list(world.names(partial)[1]) == ['/arm'], 'partial')


# ---- damaged and hostile ----

def check_damaged(world):
    image = Image([layer(('file', 'a/METADATA', 'm' * 3000))])
    for form in ('saved', 'layout', 'both'):
        good = image.members(form)
        data = tar_of(good)
        for cut in (600, len(data) // 3, len(data) // 2):
            with open(world.path('cut.tar'), 'wb') as f:
                f.write(data[:cut])
            world.refuses(2, '', 'cut.tar')
        with open(world.path('cut.tar'), 'wb') as f:
            f.write(pack(data, 'gzip')[:-20])
        world.refuses(2, 'the archive cannot be read', 'cut.tar')
        for name in good:
            world.archive('less.tar', {k: v for k, v in good.items()
                                       if k != name})
            needed = name.endswith(('layer.tar', '.json')) or 'blobs' in name
            if form == 'both' and name in ('index.json', 'manifest.json'):
                needed = False
            if name.endswith('/json'):
                needed = False
            if needed:
                world.refuses(2, 'has no' if '/' in name or
                              len(name) > 20 else 'no', 'less.tar')
            else:
                world.look('less.tar')
    check_lies(world, image)


def check_lies(world, image):
    for form in ('saved', 'layout'):
        for name, data in image.members(form).items():
            wrong = {**image.members(form), name: data.replace(b'm', b'n', 1)}
            is_named = 'blobs' in name or name.endswith('layer.tar')
            world.archive('lie.tar', wrong)
            if is_named and wrong[name] != data:
                world.refuses(4, 'is not what the manifest names', 'lie.tar')
    for text, code, what in (
            (b'', 2, 'no'), (b'{', 2, 'manifest.json'), (b'[{}]', 2, 'Config'),
            (b'[]', 2, 'no image'), (b'[1]', 2, 'Config'),
            (b'{"a": 1}', 2, 'list'), (b'[' * 10000, 2, 'manifest.json'),
            (b'[{"Config": "c", "Layers": [1]}]', 2, 'Config'),
            (b'[{"Config": "c", "Layers": ["l"]}]', 2, 'has no c'),
            (b'[{"Config": "c\\u001b[31m", "Layers": []}]', 2, 'x1b'),
            (b'[' + b' ' * (9 << 20) + b']', 6, 'more than'),
            (as_json([{'Config': 'c', 'Layers': ['l'] * 1001}]), 6, '1000')):
        world.archive('m.tar', {'manifest.json': text})
        world.refuses(code, what, 'm.tar')
    for text, what in ((b'{}', 'no list'), (b'{"manifests": [{}]}', 'digest'),
                       (b'{"manifests": []}', 'no image'),
                       (b'{"manifests": [{"digest": "md5:1"}]}', 'md5:1'),
                       (as_json({'manifests': [descriptor('', b'')]}),
                        'has no blobs')):
        world.archive('m.tar', {'index.json': text})
        world.refuses(2, what, 'm.tar')
    nested = as_json({'manifests': [descriptor(INDEX, b'')]})
    members = {}
    for _ in range(6):
        members['blobs/sha256/' + sha256(nested)] = nested
        nested = as_json({'manifests': [descriptor(INDEX, nested)] * 900})
    members['index.json'] = nested
    world.archive('m.tar', members)
    world.refuses(6, 'more than', 'm.tar')


def check_hostile(world):
    def with_layer(data, name='h.tar'):
        Image([data]).write(world.path(name), 'saved')
        return name

    for calls, code, what in (
            ([('file', '../../etc/passwd')], 4, 'leaves the archive'),
            ([('file', 'a/../../b')], 4, 'leaves the archive'),
            ([('hard_link', 'a', '../../etc/passwd')], 4, 'leaves the archive'),
            ([('file', '.wh...')], 4, 'hides no name'),
            ([('file', 'a/.wh..')], 4, 'hides no name'),
            ([('folder', 'd'), ('hard_link', 'a', 'd')], 2, 'names a folder'),
            ([('link', 'a', 'x' * 5000)], 6, 'more than 4096'),
            ([('file', '/'.join(['x' * 100] * 50))], 6, 'more than 4096')):
        world.refuses(code, what, with_layer(layer(*calls)))
    world.refuses(2, 'is no tar archive', with_layer(b'not a layer' * 99))
    world.refuses(2, 'layer', with_layer(layer(('file', 'a', 'x' * 999))[:900]))
    world.refuses(2, 'twice', with_layer(
        pack(pack(layer(('file', 'a')), 'gzip'), 'gzip')))
    world.refuses(2, 'layer', with_layer(pack(layer(
        ('file', 'a', os.urandom(9000))), 'gzip')[:5000]))
    if can_zstd():
        data = pack(layer(('file', 'a', os.urandom(9000))), 'zstd')
        world.refuses(2, 'layer', with_layer(data[:5000]))
    world.archive('h.tar', {'../x': b''})
    world.refuses(4, 'leaves the archive', 'h.tar')
    check_no_archive(world)


def check_no_archive(world):
    for name, data, what in (
            ('empty', b'', 'no tar archive'),
            ('text', b'FROM scratch\n' * 99, 'no tar archive'),
            ('zeros', bytes(10240), 'no image archive'),
            ('other.tar', tar_of({'etc/passwd': b''}), 'docker save'),
            ('gz', pack(b'', 'gzip'), 'no tar archive'),
            ('twice', pack(pack(tar_of({'a': b''}), 'gzip'), 'gzip'), 'twice')):
        with open(world.path(name), 'wb') as f:
            f.write(data)
        world.refuses(2, what, name)
    world.refuses(5, 'No such file', 'absent.tar')
    os.mkdir(world.path('folder'))
    world.refuses(5, '--root', 'folder')


# ---- how much it takes ----

def sparse_layer():
    """4 GiB of nothing in a GNU sparse member, and a file after it."""
    out = io.BytesIO()
    info = tarfile.TarInfo('var/log/lastlog')
    info.type = tarfile.GNUTYPE_SPARSE
    head = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    head[386:398] = b'%011o\0' % (4 << 30)  # one hole: data of 0 bytes at end
    head[398:410] = b'%011o\0' % 0
    head[483:495] = b'%011o\0' % (4 << 30)
    head[148:156] = b'        '
    head[148:156] = b'%06o\0 ' % sum(head)
    out.write(head)
    out.write(tar_of({'METADATA': b'after'}))
    return out.getvalue()


def check_memory(world):
    members = Image([sparse_layer()]).members('saved')
    paths = world.names(members)[1]
    world.expect(paths.get('/var/log/lastlog', {}).get('size') == 4 << 30,
                 paths)
    world.expect(paths.get('/METADATA', {}).get('text') == 'after', paths)
    big_layer(world)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    world.expect(used.ru_maxrss < MEMORY_KB, 'took', used.ru_maxrss, 'KiB')


def big_layer(world):
    """A real 1 GiB of zeros in a gzip'ed layer, and METADATA of 64 MiB."""
    path = world.path('big.tar.gz')
    with open(path, 'wb') as f, subprocess.Popen(
            ['gzip', '-1', '-c'], stdin=subprocess.PIPE, stdout=f) as gzip:
        with tarfile.open(fileobj=gzip.stdin, mode='w|') as tar:
            for name, size in (('zeros', 1 << 30),
                               ('a.dist-info/METADATA', 64 << 20)):
                info = tarfile.TarInfo(name)
                info.size = size
                with open('/dev/zero', 'rb') as zero:
                    tar.addfile(info, zero)
    with open(path, 'rb') as f:
        data = f.read()
    image = Image([])
    image.config['rootfs']['diff_ids'] = ['sha256:' + sha256(b'any')]
    members, entry = image.saved()
    entry['Layers'] = ['layer.tar']
    members.update({'layer.tar': data, 'manifest.json': as_json([entry])})
    paths = world.names(members)[1]
    world.expect(paths['/zeros']['size'] == 1 << 30, paths)
    world.expect(paths['/a.dist-info/METADATA']['size'] == 64 << 20, 'METADATA')


def check_limits(world):
    tar = Tar(tarfile.USTAR_FORMAT)
    tar.file('a.dist-info/RECORD', bytes(60 << 20))
    members = {f'{i}.tar': pack(tar.done(), 'gzip') for i in range(9)}
    world.archive('kept.tar', members)
    world.refuses(6, 'metadata files have more than 512 MiB', 'kept.tar')


def main():
    program, probe = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        world = Images(program, probe, folder)
        for check in (check_memory, check_layers, check_packings,
                      check_loading, check_choice, check_damaged,
                      check_hostile, check_forms, check_limits):
            check(world)
        sys.exit(world.failures > 0)


if __name__ == '__main__':
    assert make_image
    main()
