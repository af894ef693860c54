#!/usr/bin/env python3
"""A container's root built from a template, for tests.

usage: make_root.py ID|FILE DEST [--layout system|venv|conda] [--prefix PATH]
                    [--second-python 3.N|none] [--without NAME]...
                    [--version NAME=VERSION]... [--arch ARCH] [--musl]

ID is a file of rules/templates/. What is made looks as pip, apt and NVIDIA's
images leave it, small: each package has its dist-info and a module or two.

    from make_root import make_root
    root = make_root('runpod-107-cu1281-torch280-ubuntu2404', folder)
    root.install('numpy', '1.26.4')           # a second dist-info, say
    root.remove('six')                        # as pip uninstalls it
    root.path('/etc/os-release')              # where it lies on this machine
    run(podlock, 'snapshot', '--root', root.dest, env=root.vars)

Everything is made from the arguments alone: two roots of the same arguments
have the same bytes.
"""
import argparse
import base64
import csv
import hashlib
import json
import os
import re
import shutil
import struct
import tomllib

TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                         '..', '..', 'rules', 'templates')
MACHINES = {'x86_64': 62, 'aarch64': 183}  # e_machine of ELF
LOADERS = {'x86_64': 'ld-linux-x86-64.so.2', 'aarch64': 'ld-linux-aarch64.so.1'}
# The distribution: its Python, its glibc, as its packages' versions end.
SYSTEMS = {
    'ubuntu 20.04': ('3.8.10', '2.31', '-0ubuntu9.17'),
    'ubuntu 22.04': ('3.10.12', '2.35', '-0ubuntu3.8'),
    'ubuntu 24.04': ('3.12.3', '2.39', '-0ubuntu8.4'),
    'debian 12': ('3.11.2', '2.36', '-9+deb12u10'),
}
# Wheels whose folder keeps another spelling than the normal one.
SPELLED = {name.lower(): name for name in (
    'PyYAML', 'MarkupSafe', 'Send2Trash', 'PyJWT', 'PyGObject', 'SecretStorage',
    'Pygments', 'GitPython', 'SQLAlchemy', 'PySocks', 'Werkzeug')}
MODULES = {
    'pyyaml': 'yaml', 'pillow': 'PIL', 'python-dateutil': 'dateutil',
    'beautifulsoup4': 'bs4', 'pyzmq': 'zmq', 'pyjwt': 'jwt', 'pygobject': 'gi',
    'attrs': 'attr', 'gitpython': 'git', 'ipython': 'IPython',
    'dbus-python': 'dbus', 'nvidia-ml-py': 'pynvml',
    'pytorch-triton': 'triton', 'scikit-learn': 'sklearn',
    'opencv-python': 'cv2', 'protobuf': 'google/protobuf'}
SINGLE_FILES = {'six', 'typing-extensions', 'nest-asyncio', 'decorator'}
SCRIPTS = {'torch': 'torchrun', 'pip': 'pip', 'numpy': 'f2py',
           'jupyter-core': 'jupyter', 'ipython': 'ipython',
           'pygments': 'pygmentize', 'huggingface-hub': 'hf'}
WORDS = ('A package of a template , made for tests . It holds what pip would '
         'have written and nothing that runs .').split()


def load_template(template):
    path = template
    if not os.path.exists(path):
        path = os.path.join(TEMPLATES, template + '.toml')
    with open(path, 'rb') as f:
        return tomllib.load(f)


def normal(name):
    return re.sub('[-_.]+', '-', name).lower()


def spelled(name):
    """As the metadata have the name."""
    return SPELLED.get(normal(name), name)


def info_base(name, version):
    """As the folder has name and version."""
    return f'{spelled(name).replace("-", "_")}-{version.replace("-", "_")}'


def number(text):
    """The same number for a text each time."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], 'big')


def record_hash(content):
    digest = hashlib.sha256(content).digest()
    return 'sha256=' + base64.urlsafe_b64encode(digest).rstrip(b'=').decode()


def csv_field(text):
    if re.search('[",\n\r]', text):
        return '"' + text.replace('"', '""') + '"'
    return text


def elf(machine, body=b'', at=64):
    """A header that tells the machine, and a body somewhere after it."""
    head = b'\x7fELF\x02\x01\x01' + bytes(9) + struct.pack(
        '<HHIQQQIHHHHHH', 3, MACHINES[machine], 1, 0, 0, 0, 0, 64, 56, 0, 64,
        0, 0)
    return head + bytes(at - len(head)) + body if body else head


def metadata(name, version, requires, python='>=3.8', body=None):
    lines = ['Metadata-Version: 2.1', f'Name: {spelled(name)}',
             f'Version: {version}', f'Summary: {name} as a test sees it',
             f'Home-page: https://example.org/{name}', 'Author: Nobody',
             'License: MIT', 'Classifier: Programming Language :: Python :: 3',
             f'Requires-Python: {python}',
             'Description-Content-Type: text/markdown',
             'License-File: LICENSE']
    extras = sorted({match.group(1) for line in requires for match in
                     re.finditer(r'extra *== *["\']([^"\']+)', line)})
    lines += [f'Requires-Dist: {line}' for line in requires]
    lines += [f'Provides-Extra: {extra}' for extra in extras]
    if body is None:
        body = description(name)
    return ('\n'.join(lines) + '\n\n' + body).encode()


def description(name):
    """A kilobyte to thirty, as real ones are."""
    some = number(name)
    lines = [' '.join(WORDS[(some + i * 3 + j) % len(WORDS)]
                      for j in range(12)) for i in range(9)]
    text = '\n'.join(lines) + '\n\n'
    return f'# {name}\n\n' + text * (1 + some % 40)


class Root:
    """A root that is being made or was; see the module."""

    def __init__(self, dest, arch='x86_64'):
        self.dest = os.path.abspath(dest)
        self.arch = arch
        self.vars = {}      # what the image's ENV would say
        self.python = ''    # '3.12' of the Python that pip installs for
        self.site = ''      # its first package folder
        self.scripts = ''   # its bin
        self.folders = set()

    # ---- files ----

    def path(self, inside):
        return os.path.join(self.dest, inside.lstrip('/'))

    def write(self, inside, content=b'', mode=None):
        path = self.path(inside)
        folder = os.path.dirname(path)
        if folder not in self.folders:
            os.makedirs(folder, exist_ok=True)
            self.folders.add(folder)
        if isinstance(content, str):
            content = content.encode()
        with open(path, 'wb') as f:
            f.write(content)
        if mode is not None:
            os.chmod(path, mode)
        return content

    def link(self, inside, target):
        path = self.path(inside)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.symlink(target, path)

    def folder(self, inside):
        os.makedirs(self.path(inside), exist_ok=True)

    # ---- packages ----

    def modules(self, name):
        """(path below the folder, content) of what the package imports."""
        normed = normal(name)
        module = MODULES.get(normed, normed.replace('-', '_'))
        if normed in SINGLE_FILES:
            return [(module + '.py', f'"""{name}"""\n')]
        if normed.startswith('nvidia-') and normed != 'nvidia-ml-py':
            part = re.sub('-cu[0-9]+$', '', normed[len('nvidia-'):])
            cuda = normed[-4:] if normed[-4:-2] == 'cu' else 'cu13'
            module = ('nvidia/' + part.replace('-', '_') if cuda != 'cu13'
                      else f'nvidia/cu13/{part.replace("-", "_")}')
            return [(module + '/__init__.py', ''),
                    (f'{module}/lib/lib{part}.so.{cuda[2:]}', elf(self.arch))]
        return [(module + '/__init__.py', f'"""{name}"""\n'),
                (module + '/core.py', f'NAME = {name!r}\n')]

    def torch_modules(self, version, cuda):
        shown = version if '+' in version or not cuda else (
            f'{version}+cu{cuda.replace(".", "")}')
        said = repr(cuda) if cuda else 'None'
        return [('torch/__init__.py', '"""torch"""\n'),
                ('torch/lib/libtorch.so', elf(self.arch)),
                ('torch/version.py',
                 'from typing import Optional\n\n'
                 "__all__ = ['__version__', 'debug', 'cuda', 'git_version', "
                 "'hip']\n"
                 f'__version__ = {shown!r}\ndebug = False\n'
                 f'cuda: Optional[str] = {said}\n'
                 f"git_version = '{hashlib.sha1(version.encode()).hexdigest()}'"
                 '\nhip: Optional[str] = None\n')]

    def install(self, name, version, requires=(), *, folder=None,
                installer='pip', record=True, modules=None, direct_url=None,
                top_level=None, text=None, compiled=True):
        """As pip does it; returns the dist-info's path inside the root.

        `modules` are (path, content) below the folder, `direct_url` is what
        becomes direct_url.json, `text` all of METADATA.
        """
        folder = folder or self.site
        base = info_base(name, version) + '.dist-info'
        if modules is None:
            modules = self.modules(name)
        rows = []

        def add(inside, content, mode=None):
            content = self.write(f'{folder}/{inside}', content, mode)
            rows.append((inside, record_hash(content), len(content)))

        for inside, content in modules:
            add(inside, content)
            if compiled and inside.endswith('.py') and installer == 'pip':
                rows.append((self.pyc(inside), '', ''))
        if script := SCRIPTS.get(normal(name)):
            up = os.path.relpath(f'{self.scripts}/{script}', folder)
            add(up, f'#!/usr/bin/python{self.python}\n', 0o755)
        if text is None:
            text = metadata(name, version, requires)
        add(f'{base}/METADATA', text)
        add(f'{base}/WHEEL', 'Wheel-Version: 1.0\nGenerator: bdist_wheel '
            '(0.41.2)\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
        if installer:
            add(f'{base}/INSTALLER', installer + '\n')
        if top_level is None and number(name) % 3:
            top_level = sorted({inside.split('/')[0].removesuffix('.py')
                                for inside, _ in modules})
        if top_level:
            add(f'{base}/top_level.txt', '\n'.join(top_level) + '\n')
        if direct_url is not None:
            add(f'{base}/direct_url.json', json.dumps(direct_url))
        if installer in ('pip', 'uv'):
            add(f'{base}/REQUESTED', '')
        if record:
            rows.append((f'{base}/RECORD', '', ''))
            self.write(f'{folder}/{base}/RECORD', ''.join(
                f'{csv_field(path)},{digest},{size}\n'
                for path, digest, size in sorted(rows)))
        return f'{folder}/{base}'

    def pyc(self, inside):
        parent, _, base = inside.rpartition('/')
        tag = 'cpython-' + self.python.replace('.', '')
        return '/'.join(filter(None, (
            parent, '__pycache__', f'{base.removesuffix(".py")}.{tag}.pyc')))

    def install_os(self, name, version, requires, folder, form):
        """As apt leaves it: 'dist-info', 'egg-info', or 'egg-info-file'."""
        if form == 'dist-info':
            return self.install(name, version, requires, folder=folder,
                                installer='debian', record=False)
        for inside, content in self.modules(name):
            self.write(f'{folder}/{inside}', content)
        base = f'{folder}/{info_base(name, version)}.egg-info'
        text = metadata(name, version, (), body='')
        if form == 'egg-info-file':
            self.write(base, text)
            return base
        self.write(f'{base}/PKG-INFO', text)
        self.write(f'{base}/dependency_links.txt', '\n')
        self.write(f'{base}/top_level.txt', name.replace('-', '_') + '\n')
        if requires:
            self.write(f'{base}/requires.txt', '\n'.join(requires) + '\n')
        return base

    def info(self, name, folder=None):
        """The package's dist-info or egg-info inside the root."""
        folder = folder or self.site
        for entry in sorted(os.listdir(self.path(folder))):
            match = re.fullmatch(r'([^-]+)-.*\.(dist|egg)-info', entry)
            if match and normal(match.group(1)) == normal(name):
                return f'{folder}/{entry}'
        raise KeyError(f'{name} is not in {folder}')

    def remove(self, name, folder=None):
        """As pip uninstalls it: what its RECORD names."""
        folder = folder or self.site
        info = self.info(name, folder)
        with open(self.path(info + '/RECORD'), encoding='utf-8',
                  newline='') as f:
            rows = [row[0] for row in csv.reader(f)]
        for row in rows:
            path = os.path.normpath(self.path(f'{folder}/{row}'))
            if os.path.exists(path):
                os.unlink(path)
                while not os.listdir(path := os.path.dirname(path)):
                    os.rmdir(path)
                    self.folders.discard(path)

    def replace(self, name, version, requires=(), **options):
        """As `pip install name==version` over what is there."""
        self.remove(name, options.get('folder'))
        return self.install(name, version, requires, **options)

    # ---- the system ----

    def make_system(self, system, glibc, musl=False):
        os_name, _, os_version = system.partition(' ')
        os_version = os_version.split(' ')[0]
        self.write('/etc/os-release' if musl else '/usr/lib/os-release',
                   f'PRETTY_NAME="{os_name.title()} {os_version}"\n'
                   f'NAME="{os_name.title()}"\nVERSION_ID="{os_version}"\n'
                   f'ID={os_name}\n')
        if not musl:
            self.link('/etc/os-release', '../usr/lib/os-release')
        for name in ('bin', 'lib', 'lib64', 'sbin'):
            self.folder('/usr/' + name)
            self.link('/' + name, 'usr/' + name)
        for name in ('/dev', '/proc', '/sys', '/tmp', '/root', '/workspace',
                     '/home', '/opt', '/usr/local/bin', '/var/tmp'):
            self.folder(name)
        if musl:
            self.write(f'/usr/lib/libc.musl-{self.arch}.so.1', elf(self.arch))
            self.link(f'/usr/lib/ld-musl-{self.arch}.so.1',
                      f'libc.musl-{self.arch}.so.1')
            return
        tail = SYSTEMS.get(system, SYSTEMS['ubuntu 22.04'])[2]
        folder = f'/usr/lib/{self.arch}-linux-gnu'
        says = (f'GNU C Library ({os_name.title()} GLIBC {glibc}{tail}) stable '
                f'release version {glibc}.\nCopyright (C) 2024 Free Software '
                'Foundation, Inc.\n\0').encode()
        # The sentence stands where it does in a real one, behind the code.
        self.write(folder + '/libc.so.6', elf(self.arch, says, 1700000), 0o755)
        self.write(f'{folder}/{LOADERS[self.arch]}', elf(self.arch), 0o755)
        self.link(f'/usr/lib64/{LOADERS[self.arch]}',
                  f'../lib/{self.arch}-linux-gnu/{LOADERS[self.arch]}')
        self.dpkg = [('libc6', f'{glibc}{tail}')]

    def make_cuda(self, cuda):
        """As NVIDIA's images have it: two links, one of them absolute."""
        short = '.'.join(cuda.split('.')[:2])
        self.write(f'/usr/local/cuda-{short}/version.json', json.dumps({
            'cuda': {'name': 'CUDA SDK', 'version': cuda},
            'cuda_cudart': {'name': 'CUDA Runtime (cudart)',
                            'version': short + '.90'}}, indent=3))
        self.link('/usr/local/cuda', '/etc/alternatives/cuda')
        self.link('/etc/alternatives/cuda', f'/usr/local/cuda-{short}')

    def make_python(self, prefix, version, managed=False, default=False):
        """Program, standard library, patch level, of one below `prefix`."""
        short = '.'.join(version.split('.')[:2])
        program = f'{prefix}/bin/python{short}'
        self.write(program, elf(self.arch), 0o755)
        library = f'{prefix}/lib/python{short}'
        self.write(library + '/os.py', '"""os"""\n')
        self.write(library + '/site.py', '"""site"""\n')
        if default:
            self.link(f'{prefix}/bin/python3', 'python' + short)
        if managed:
            self.write(library + '/EXTERNALLY-MANAGED',
                       '[externally-managed]\nError=To install Python packages '
                       'system-wide, try apt install\n')
        if version == short:
            return
        major, minor, micro = version.split('.')
        self.write(f'{prefix}/include/python{short}/patchlevel.h',
                   f'#define PY_MAJOR_VERSION        {major}\n'
                   f'#define PY_MINOR_VERSION        {minor}\n'
                   f'#define PY_MICRO_VERSION        {micro}\n'
                   f'#define PY_VERSION              "{version}"\n')
        if prefix == '/usr':
            self.dpkg += [(f'{name}python{short}-minimal',
                           f'{version}-1ubuntu0.9') for name in ('', 'lib')]

    def write_dpkg(self):
        self.write('/var/lib/dpkg/status', '\n'.join(
            f'Package: {name}\nStatus: install ok installed\nPriority: '
            f'important\nSection: libs\nArchitecture: amd64\n'
            f'Version: {version}\nDescription: {name}\n'
            for name, version in sorted(self.dpkg)))


def torch_cuda(template, version):
    """'12.8' of the torch that the template has; empty: of no CUDA."""
    label = re.search(r'\+cu([0-9]+)([0-9])$', version)
    if label:
        return f'{label.group(1)}.{label.group(2)}'
    if re.search(r'\+(cpu|rocm)', version):
        return ''
    return '.'.join(template['environment'].get('cuda', '').split('.')[:2])


def os_form(package, system, nth):
    """What apt leaves; a bare egg-info never says what it requires."""
    if 'requires' not in package:
        return 'egg-info-file'
    requires = package['requires']
    older = system in ('ubuntu 20.04', 'ubuntu 22.04')
    if any(';' in line for line in requires) or not (older or nth % 5 == 4):
        return 'dist-info'
    return 'egg-info'


def lay_out(root, environment, layout, prefix, second):
    """The Pythons; sets where pip installs. Returns apt's folder."""
    version = environment['python']
    short = root.python = '.'.join(version.split('.')[:2])
    folders = environment.get('site-packages', [])
    first = folders[0] if folders else ''
    if layout is None:
        layout = ('system' if not first or '/dist-packages' in first
                  else 'conda')
        prefix = prefix or first.split('/lib/python')[0]
    managed = environment.get('externally-managed', False)
    if layout == 'system':
        root.site = first or f'/usr/local/lib/python{short}/dist-packages'
        root.scripts = '/usr/local/bin'
        root.make_python('/usr', version, managed, default=not second)
        if f'/usr/lib/python{short}/dist-packages' in folders:
            root.folder(f'/usr/lib/python{short}/dist-packages')
    else:
        prefix = prefix or ('/venv/main' if layout == 'venv' else '/opt/conda')
        root.site = f'{prefix}/lib/python{short}/site-packages'
        root.scripts = prefix + '/bin'
    if layout == 'conda':
        root.make_python(prefix, version, default=True)
        root.write(prefix + '/conda-meta/history', '==> now <==\n')
        root.write(f'{prefix}/conda-meta/python-{version}-h99_0_cpython.json',
                   json.dumps({'name': 'python', 'version': version}))
    if layout == 'venv':
        if not second:
            root.make_python('/usr', version, managed, default=True)
        root.link(prefix + '/bin/python', f'/usr/bin/python{short}')
        root.link(prefix + '/bin/python3', 'python')
        root.link(f'{prefix}/bin/python{short}', 'python')
        root.write(prefix + '/pyvenv.cfg', 'home = /usr/bin\n'
                   'include-system-site-packages = false\n'
                   f'version = {version}\n'
                   f'executable = /usr/bin/python{short}\n')
    if second:
        root.make_python('/usr', second, default=True)
        if layout == 'venv':
            root.make_python('/usr', version, managed)
    root.folder('/usr/lib/python3/dist-packages')
    root.folder(root.site)
    return '/usr/lib/python3/dist-packages'


def second_python(environment, asked, layout):
    """The version of a Python without torch; empty: there is none."""
    if asked == 'none':
        return ''
    if asked:
        return asked
    theirs = SYSTEMS.get(environment.get('os'), SYSTEMS['ubuntu 22.04'])[0]
    mine = environment['python'].split('.')[:2]
    return '' if theirs.split('.')[:2] == mine else theirs


def make_root(template, dest, *, layout=None, prefix=None, second=None,
              without=(), versions=None, arch=None, musl=False):
    """Makes the root in `dest`, which must not be there or be empty.

    `template` is an id, a file, or what tomllib read of one. `layout` is
    'system', 'venv' or 'conda' (default: what the template's first package
    folder says), `prefix` where a venv or conda lies, `second` the version of
    another Python without torch (default: the distribution's own, when the
    template's is another; 'none': none). `versions` are {name: other
    version}, `without` names that are left out.
    """
    if not isinstance(template, dict):
        template = load_template(template)
    environment = template['environment']
    if os.path.isdir(dest) and os.listdir(dest):
        raise FileExistsError(f'{dest} is not empty')
    arch = arch or environment.get('arch', 'x86_64')
    root = Root(dest, arch)
    root.template = template
    system = ' '.join(environment.get('os', 'ubuntu 22.04').split(' ')[:2])
    root.dpkg = []
    theirs = SYSTEMS.get(system, SYSTEMS['ubuntu 22.04'])
    glibc = environment.get('glibc') or theirs[1]
    root.make_system('alpine 3.20' if musl else system, glibc, musl)
    if environment.get('cuda'):
        root.make_cuda(environment['cuda'])
        root.vars['CUDA_VERSION'] = environment['cuda']
    apt = lay_out(root, environment, layout, prefix,
                  second_python(environment, second, layout))
    install_all(root, template, system, apt, without, versions or {})
    for setting in environment.get('pip-settings', []):
        name, _, value = setting.partition('=')
        root.vars[name] = value
    if 'constraints' in environment:
        root.write('/etc/pip/constraint.txt', ''.join(
            line + '\n' for line in environment['constraints']))
    if not musl:
        root.write_dpkg()
    return root


def install_all(root, template, system, apt, without, versions):
    left_out = {normal(name) for name in without}
    other = {normal(name): version for name, version in versions.items()}
    nth = 0
    for package in template['package']:
        name = package['name']
        if normal(name) in left_out:
            continue
        version = other.get(normal(name), package['version'])
        requires = package.get('requires', [])
        if package['protect'] == 'os':
            form = ('dist-info' if normal(name) in other
                    else os_form(package, system, nth))
            root.install_os(name, version, requires, apt, form)
            nth += 1
            continue
        modules = None
        if name == 'torch':
            modules = root.torch_modules(version, torch_cuda(template, version))
        root.install(name, version, requires, modules=modules)


def main():
    parser = argparse.ArgumentParser(
        description='A container root built from a template.')
    parser.add_argument('template', help='an id of rules/templates, or a file')
    parser.add_argument('dest')
    parser.add_argument('--layout', choices=('system', 'venv', 'conda'))
    parser.add_argument('--prefix', '--python-prefix',
                        help='where a venv or conda lies')
    parser.add_argument('--second-python', metavar='3.N|none')
    parser.add_argument('--without', action='append', default=[])
    parser.add_argument('--version', action='append', default=[],
                        metavar='NAME=VERSION')
    parser.add_argument('--arch', choices=sorted(MACHINES))
    parser.add_argument('--musl', action='store_true')
    parser.add_argument('--force', action='store_true',
                        help='remove what is there')
    options = parser.parse_args()
    if options.force:
        shutil.rmtree(options.dest, ignore_errors=True)
    root = make_root(
        options.template, options.dest, layout=options.layout,
        prefix=options.prefix, second=options.second_python,
        without=options.without, arch=options.arch, musl=options.musl,
        versions=dict(text.split('=', 1) for text in options.version))
    for name, value in sorted(root.vars.items()):
        print(f'{name}={value}')


if __name__ == '__main__':
    main()
