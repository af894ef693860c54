"""What the tests of commands that read a lock share: a world to run podlock
in, and locks made from a few words."""
import os
import subprocess
import sys
import tempfile
import zipfile

SHA = 'a3f1c5d2e4b60718293a4b5c6d7e8f900112233445566778899aabbccddeeff0'
COMMIT = '0123456789abcdef0123456789abcdef01234567'


class World:
    def __init__(self, program, folder):
        self.program, self.folder = os.path.abspath(program), folder
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(('PODLOCK_', 'PIP_', 'UV_', 'LC_')) and
                    k not in ('LANG', 'COLUMNS', 'NO_COLOR', 'FORCE_COLOR')}
        self.failures = 0

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as f:
            f.write(text)
        return name

    def read(self, name):
        with open(self.path(name), encoding='utf-8') as f:
            return f.read()

    def run(self, *words, code=0, env=None, stdin=None):
        done = subprocess.run([self.program, *words], cwd=self.folder,
                              env={**self.env, **(env or {})},
                              input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120)
        self.expect(done.returncode == code, words, 'exit', done.returncode,
                    done.stderr)
        return done

    def expect(self, true, *what):
        if not true:
            self.failures += 1
            print('FAIL:', *what)
        return true

    def golden(self, file, text):
        """The file's text; PODLOCK_REWRITE=1 writes it anew."""
        if os.environ.get('PODLOCK_REWRITE'):
            with open(file, 'w', encoding='utf-8') as f:
                f.write(text)
        with open(file, encoding='utf-8') as f:
            self.expect(f.read() == text, file, 'differs from:\n' + text)


def quoted(text):
    """A TOML basic string."""
    return '"' + ''.join(
        c if c.isprintable() and c not in '"\\' and ord(c) < 0x7f else
        '\\u%04X' % ord(c) if ord(c) < 0x10000 else '\\U%08X' % ord(c)
        for c in text) + '"'


def strings(list_):
    return '[' + ', '.join(quoted(s) for s in list_) + ']'


def wheel(name, version, **more):
    file = f'{name.replace("-", "_")}-{version}-py3-none-any.whl'
    keys = {'url': f'https://files.example/{file.replace("+", "%2B")}',
            'size': 1000, 'hashes': {'sha256': SHA}, **more}
    if '+' in file:
        keys['name'] = file
    return '{ ' + ', '.join(
        f'{k} = {v if isinstance(v, int) else value(v)}'
        for k, v in keys.items() if v is not None) + ' }'


def value(v):
    if isinstance(v, dict):
        return '{ ' + ', '.join(f'{k} = {quoted(s)}'
                                for k, s in v.items()) + ' }'
    return quoted(v)


def package(name, version='1.0', needs=(), via=(), **more):
    lines = ['', '[[packages]]', f'name = {quoted(name)}']
    if version:
        lines.append(f'version = {quoted(version)}')
    if needs:
        lines.append('dependencies = [' + ', '.join(
            f'{{ name = {quoted(n)} }}' for n in needs) + ']')
    source = more.pop('source', None)
    raw = {k: more.pop(k) for k in ('marker', 'index') if k in more}
    lines += [f'{k} = {quoted(v)}' for k, v in raw.items()]
    lines.append(source or f'wheels = [{wheel(name, version, **more)}]')
    if via:
        lines += ['', '[packages.tool.podlock]', f'via = {strings(via)}']
    return '\n'.join(lines) + '\n'


def lock(packages, head='', tool='format = 1'):
    """Of podlock's own form; without `tool` another's."""
    text = f'lock-version = "1.0"\ncreated-by = "test"\n{head}'
    if not packages:
        text += 'packages = []\n'
    return text + ''.join(packages) + (f'\n[tool.podlock]\n{tool}\n'
                                       if tool else '')


# ---- real pip ----

def make_wheel(folder, name, version, requires=()):
    stem = f'{name}-{version}'
    path = os.path.join(folder, f'{stem}-py3-none-any.whl')
    info = f'{stem}.dist-info'
    with zipfile.ZipFile(path, 'w') as z:
        z.writestr(f'{name}.py', '')
        z.writestr(f'{info}/METADATA', 'Metadata-Version: 2.1\nName: '
                   f'{name}\nVersion: {version}\n' + ''.join(
                       f'Requires-Dist: {r}\n' for r in requires))
        z.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\nGenerator: test\n'
                   'Root-Is-Purelib: true\nTag: py3-none-any\n')
        z.writestr(f'{info}/RECORD', f'{name}.py,,\n{info}/METADATA,,\n'
                   f'{info}/WHEEL,,\n{info}/RECORD,,\n')
    return path


def pip(world, *words, **env):
    return subprocess.run(
        [sys.executable, '-m', 'pip', 'install', '--dry-run', '--no-index',
         '--disable-pip-version-check', '--ignore-installed', '-f', 'wheels',
         '--target', 'site', *words],
        cwd=world.folder, env={**world.env, **env}, capture_output=True,
        text=True, timeout=120)


def main(run, argv):
    with tempfile.TemporaryDirectory() as folder:
        world = World(argv[0], folder)
        run(world, *argv[1:])
    print('failures:', world.failures)
    sys.exit(1 if world.failures else 0)
