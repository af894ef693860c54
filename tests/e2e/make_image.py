#!/usr/bin/env python3
"""Image archives built from a root, for tests.

usage: make_image.py ROOT FILE [--form saved|layout|both] [--layers N]
                     [--seed N] [--pack-layers gzip|zstd] [--pack gzip|zstd]
                     [--env NAME=VALUE]... [--tag NAME]... [--arch ARCH]

    from make_image import Image, split
    image = Image(split(root, layers=5, seed=7), env={'PIP_USER': '0'})
    image.write('image.tar', form='both', pack_layers='gzip')

A form is 'saved' (docker save up to 24: manifest.json, ID/layer.tar), 'layout'
(an OCI layout) or 'both' (docker save from 25 on). `split` divides a root over
layers so that putting them over one another gives the root again: what a later
layer hides, replaces or hollows out lies in earlier ones, and none of it shows.
The same arguments give the same bytes.
"""
import argparse
import gzip
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import tarfile

LINKED = ('METADATA', 'RECORD', 'INSTALLER', 'REQUESTED', 'WHEEL')
MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
INDEX = 'application/vnd.oci.image.index.v1+json'
CONFIG = 'application/vnd.oci.image.config.v1+json'
LAYER = 'application/vnd.oci.image.layer.v1.tar'


def can_zstd():
    return shutil.which('zstd') is not None


def pack(data, how):
    if how == 'gzip':
        return gzip.compress(data, 6, mtime=0)
    if how == 'zstd':
        return subprocess.run(['zstd', '-q', '-c'], input=data, check=True,
                              stdout=subprocess.PIPE).stdout
    return data


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def as_json(value):
    return json.dumps(value, separators=(',', ':')).encode()


class Tar:
    """Members in the order of the calls; names are written as they are."""

    def __init__(self, form=tarfile.PAX_FORMAT):
        self.bytes = io.BytesIO()
        self.tar = tarfile.open(fileobj=self.bytes, mode='w', format=form)

    def member(self, name, kind, mode=0o644, target='', data=b''):
        info = tarfile.TarInfo(name)
        info.type, info.mode, info.linkname = kind, mode, target
        info.size = len(data)
        self.tar.addfile(info, io.BytesIO(data))

    def file(self, name, data=b'', mode=0o644):
        data = data.encode() if isinstance(data, str) else data
        self.member(name, tarfile.REGTYPE, mode, data=data)

    def folder(self, name):
        self.member(name, tarfile.DIRTYPE, 0o755)

    def link(self, name, target):
        self.member(name, tarfile.SYMTYPE, 0o777, target)

    def hard_link(self, name, target):
        self.member(name, tarfile.LNKTYPE, 0o644, target)

    def fifo(self, name):
        self.member(name, tarfile.FIFOTYPE)

    def whiteout(self, name):
        folder, _, base = name.rpartition('/')
        self.file(f'{folder}/.wh.{base}' if folder else '.wh.' + base)

    def opaque(self, folder):
        self.file(folder + '/.wh..wh..opq' if folder else '.wh..wh..opq')

    def done(self):
        self.tar.close()
        return self.bytes.getvalue()


def tar_of(members):
    """The bytes of a tar of {name: contents}."""
    tar = Tar()
    for name, data in members.items():
        tar.file(name, data)
    return tar.done()


class Image:
    """Layers (bytes of tars, the lowest first) and what is said of them."""

    def __init__(self, layers, env=None, labels=None, tags=(), arch='amd64'):
        self.layers = list(layers)
        self.tags = list(tags)
        self.arch = arch
        self.config = {
            'architecture': arch, 'os': 'linux',
            'config': {'Env': [f'{k}={v}' for k, v in (env or {}).items()],
                       'Labels': labels or {}},
            'rootfs': {'type': 'layers', 'diff_ids': [
                'sha256:' + sha256(layer) for layer in self.layers]},
        }

    def saved(self, pack_layers=None):
        """The members of docker save's old form, layers first."""
        members, names = {}, []
        for i, layer in enumerate(self.layers):
            name = sha256(f'{i} {sha256(layer)}'.encode()) + '/layer.tar'
            members[name] = pack(layer, pack_layers)
            members[name.replace('layer.tar', 'json')] = as_json({'id': i})
            members[name.replace('layer.tar', 'VERSION')] = b'1.0'
            names.append(name)
        config = as_json(self.config)
        members[sha256(config) + '.json'] = config
        entry = {'Config': sha256(config) + '.json', 'RepoTags': self.tags,
                 'Layers': names}
        return members, entry

    def layout(self, pack_layers=None):
        """The blobs of an OCI layout, and their descriptor."""
        blobs = [pack(layer, pack_layers) for layer in self.layers]
        config = as_json(self.config)
        suffix = {'gzip': '+gzip', 'zstd': '+zstd'}.get(pack_layers, '')
        manifest = as_json({
            'schemaVersion': 2, 'mediaType': MANIFEST,
            'config': descriptor(CONFIG, config),
            'layers': [descriptor(LAYER + suffix, blob) for blob in blobs]})
        members = {'blobs/sha256/' + sha256(blob): blob
                   for blob in [*blobs, config, manifest]}
        entry = {'Config': 'blobs/sha256/' + sha256(config),
                 'RepoTags': self.tags,
                 'Layers': ['blobs/sha256/' + sha256(b) for b in blobs]}
        about = descriptor(MANIFEST, manifest)
        about['platform'] = {'os': 'linux', 'architecture': self.arch}
        return members, entry, about

    def members(self, form, pack_layers=None):
        if form == 'saved':
            members, entry = self.saved(pack_layers)
            members['manifest.json'] = as_json([entry])
            return members
        members, entry, about = self.layout(pack_layers)
        if self.tags:
            about['annotations'] = {
                'io.containerd.image.name': 'docker.io/' + self.tags[0]}
        members['index.json'] = as_json({'schemaVersion': 2,
                                         'manifests': [about]})
        members['oci-layout'] = as_json({'imageLayoutVersion': '1.0.0'})
        if form == 'both':
            members['manifest.json'] = as_json([entry])
        return members

    def write(self, path, form='both', pack_layers=None, packed=None):
        with open(path, 'wb') as f:
            f.write(pack(tar_of(self.members(form, pack_layers)), packed))


def descriptor(kind, data):
    return {'mediaType': kind, 'digest': 'sha256:' + sha256(data),
            'size': len(data)}


# ---- a root, divided ----

class Splitter:
    """A root's paths on n layers; `todo[i]` are the calls for layer i."""

    def __init__(self, root, layers, seed):
        self.root = os.fspath(root)
        self.random = random.Random(seed)
        self.layers = layers
        self.todo = [[] for _ in range(layers)]
        self.folders, self.leaves = [], []
        self.lowest = {}  # folder -> layer before which nothing in it counts
        self.at = {}      # leaf -> its layer
        self.count = 0

    def walk(self):
        for here, folders, files in os.walk(self.root):
            inside = os.path.relpath(here, self.root)
            inside = '' if inside == '.' else inside + '/'
            for name in sorted(folders + files):
                full = os.path.join(here, name)
                is_folder = os.path.isdir(full) and not os.path.islink(full)
                (self.folders if is_folder else self.leaves).append(
                    inside + name)
            folders.sort()
        self.folders.sort()
        self.leaves.sort()

    def chance(self, one_in):
        return self.random.randrange(one_in) == 0

    def later(self, layer):
        return self.random.randrange(layer + 1, self.layers)

    def earlier(self, layer):
        return self.random.randrange(layer)

    def floor(self, path):
        parts = path.split('/')
        return max((self.lowest.get('/'.join(parts[:i]), 0)
                    for i in range(len(parts) + 1)), default=0)

    def decoy(self, layer, folder):
        """A distribution that must not be seen; returns its path."""
        self.count += 1
        path = f'{folder}/gone{self.count}-1.{self.count}.dist-info'
        self.todo[layer].append(('file', path + '/METADATA', (
            f'Metadata-Version: 2.1\nName: gone{self.count}\n'
            f'Version: 1.{self.count}\n').encode(), 0o644))
        self.todo[layer].append(('file', path + '/RECORD', b'', 0o644))
        return path

    def hollow(self):
        """Folders that a later layer hides, makes anew or puts for a file."""
        for folder in self.folders:
            if folder.count('/') < 2 or not self.chance(12):
                continue
            layer = self.later(0)
            self.lowest[folder] = max(self.lowest.get(folder, 0), layer)
            below = self.earlier(layer)
            if self.chance(3) and self.floor(folder) == layer:
                self.todo[below].append(('file', folder, b'a file', 0o644))
                continue
            self.decoy(below, folder)
            self.todo[layer].append(('opaque', folder))

    def hide(self):
        for folder in self.folders:
            if not self.chance(6):
                continue
            layer = self.random.randrange(self.layers - 1)
            path = self.decoy(layer, folder)
            self.todo[self.later(layer)].append(('whiteout', path))

    def age(self, path, layer):
        """What the path was in a lower layer."""
        below = self.earlier(layer)
        what = self.random.randrange(4)
        if what == 0:
            self.decoy(below, path)
        elif what == 1:
            self.todo[below].append(('link', path, '/nowhere'))
        else:
            self.todo[below].append(('file', path, b'Version: 0\n', 0o755))
        if self.chance(2):
            self.todo[layer].append(('whiteout', path))

    def place(self):
        for path in self.leaves:
            layer = self.random.randrange(self.floor(path), self.layers)
            self.at[path] = layer
            full = os.path.join(self.root, path)
            if layer and self.chance(5):
                self.age(path, layer)
            if os.path.islink(full):
                self.todo[layer].append(('link', path, os.readlink(full)))
                continue
            with open(full, 'rb') as f:
                data = f.read()
            self.todo[layer].append(
                ('file', path, data, os.stat(full).st_mode & 0o777))
        for path in self.folders:
            layer = self.random.randrange(self.floor(path), self.layers)
            self.todo[layer].append(('folder', path))

    def spell(self, name):
        return self.random.choice(('', '', './', '/')) + name

    def write(self, todo):
        form = self.random.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT))
        tar, seen = Tar(form), {}
        self.random.shuffle(todo)
        for call, name, *rest in todo:
            # Names that are files in every layer: uv's links are such.
            base = os.path.basename(name)
            is_linked = call == 'file' and base in LINKED
            key = (base, *rest) if is_linked else None
            if key in seen and self.chance(2):
                tar.hard_link(self.spell(name), self.spell(seen[key]))
                continue
            getattr(tar, call)(self.spell(name), *rest)
            if key:
                seen[key] = name
        return tar.done()


def split(root, layers=4, seed=0):
    """The layers' bytes, the lowest first."""
    splitter = Splitter(root, layers, seed)
    splitter.walk()
    if layers > 1:
        splitter.hollow()
        splitter.hide()
    splitter.place()
    return [splitter.write(todo) for todo in splitter.todo]


def main():
    parser = argparse.ArgumentParser(
        description='An image archive built from a root.')
    parser.add_argument('root')
    parser.add_argument('file')
    parser.add_argument('--form', default='both',
                        choices=('saved', 'layout', 'both'))
    parser.add_argument('--layers', type=int, default=4)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--pack-layers', choices=('gzip', 'zstd'))
    parser.add_argument('--pack', choices=('gzip', 'zstd'))
    parser.add_argument('--env', action='append', default=[],
                        metavar='NAME=VALUE')
    parser.add_argument('--tag', action='append', default=[])
    parser.add_argument('--arch', default='amd64')
    options = parser.parse_args()
    image = Image(split(options.root, options.layers, options.seed),
                  env=dict(text.split('=', 1) for text in options.env),
                  tags=options.tag, arch=options.arch)
    image.write(options.file, options.form, options.pack_layers, options.pack)


if __name__ == '__main__':
    main()
