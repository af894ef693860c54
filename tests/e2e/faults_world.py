"""A small index of a test's own, over HTTP, that misbehaves as it is told.

A Net is hostile_test.World with servers and a cache. Whatever a run prints is
looked through for bytes that a terminal obeys, for reports of sanitizers and
for the secrets that the test has named; what is on disk after it too.

    def fault_99_example(w):
        w.add('a', '1.0')
        w.serve(script=lambda request: DROP)
        w.no('always dropped', 3, b'a', 'a')     exit 3, 'a' in the message
        w.serve()
        w.yes('fine again', 'a', {'a': '1.0'})   the lock

Run by run_all: each function in a folder of its own, several at a time since
most of them wait.
"""
import base64
import concurrent.futures
import hashlib
import html
import io
import json
import os
import subprocess
import tempfile
import time
import traceback
import urllib.parse
import zipfile

from hostile_test import BARE, META, World
from server import Server, refuse

PAGE = '/pypi/simple/a/'
FILE = '/pypi/files/a-1.0-py3-none-any.whl'
OLD = b'# an older answer\n'
TIMEOUT = 100
AT_A_TIME = 8


class Skip(Exception):
    pass


class Net(World):
    def __init__(self, podlock, top, quick=True):
        super().__init__(podlock, top)
        self.quick, self.servers, self.secrets = quick, [], []
        self.server = None
        os.makedirs(self.path('home'))

    # ---- the index ----

    def wheel(self, name, version, *requires, body=None, mark=None, **more):
        """A real wheel, without core metadata of its own."""
        file = f'{name}-{version}-py3-none-any.whl'
        body = make_wheel(name, version, *requires) if body is None else body
        digest = hashlib.sha256(body).hexdigest()
        self.write(f'index/pypi/files/{file}', body)
        self.rows.setdefault(name, []).append({
            'filename': file, 'url': f'../../files/{file}', 'size': len(body),
            'hashes': {'sha256': digest}, **more})
        self.page(name)
        return body

    def torch(self, name, version, *requires, meta=True, variant='cu124'):
        """A wheel on the torch index, and in its listing."""
        file = f'{name}-{version}-cp311-cp311-linux_x86_64.whl'
        text = META.format(name, version)
        text += ''.join(f'Requires-Dist: {r}\n' for r in requires)
        mark = ''
        if meta:
            digest = hashlib.sha256(text.encode()).hexdigest()
            mark = f' data-core-metadata="sha256={digest}"'
            self.write(f'index/pytorch/whl/{variant}/{file}.metadata', text)
        href = f'/pytorch/whl/{variant}/' + file.replace('+', '%2B')
        rows = self.rows.setdefault(f'{variant}/{name}', [])
        rows.append(f'<a href="{href}#sha256={"5" * 64}"{mark}>{file}</a>')
        self.torch_page(f'{variant}/{name}', ''.join(rows))
        self.list_torch(variant)

    def torch_page(self, path, body):
        self.write(f'index/pytorch/whl/{path}/index.html',
                   f'<!DOCTYPE html><html><body>{body}</body></html>')

    def list_torch(self, variant, *more):
        names = [k.partition('/')[2] for k in self.rows
                 if k.startswith(f'{variant}/')] + list(more)
        self.torch_page(variant, ''.join(
            f'<a href="{n}/">{n}</a><br/>' for n in names))

    def html_page(self, name, rows=None, body=None):
        """The project's page as HTML: (href, text, {attributes}) each."""
        if body is None:
            body = ''.join('<a href="{}"{}>{}</a><br/>\n'.format(
                html.escape(href), ''.join(
                    f' {k}="{html.escape(v)}"' for k, v in marks.items()),
                html.escape(text)) for href, text, marks in rows)
            body = f'<!DOCTYPE html><html><body>{body}</body></html>'
        self.write(f'index/pypi/simple/{name}/index.html', body)

    # ---- running ----

    def serve(self, tree='index', **modes):
        self.server = Server(self.path(tree), **modes)
        self.servers.append(self.server)
        return self.server

    def environment(self, more):
        env = {k: v for k, v in os.environ.items()
               if not k.startswith(('PODLOCK_', 'PIP_', 'UV_', 'XDG_',
                                    'SSL_CERT', 'NETRC'))
               and not k.lower().endswith('_proxy')}
        env.update({'HOME': self.path('home'), 'TMPDIR': self.path('home')})
        # at the end of one run in thousands the search for leaks itself dies
        # ("Tracer caught signal 11"), so runs over a network do without
        env['ASAN_OPTIONS'] = env.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
        env.update(more or {})
        return {k: v for k, v in env.items() if v is not None}

    def run(self, *args, env=None, **more):
        return subprocess.run([self.podlock, *args], cwd=self.top,
                              capture_output=True, timeout=TIMEOUT,
                              env=self.environment(env), **more)

    def words(self, text, args, root, cache):
        """The command line; writes r.in."""
        self.write('r.in', ''.join(f'{line}\n' for line in text.split()))
        args = list(args)
        if '--template' not in args:
            args += BARE
        if not any(a.startswith(('--index-', '--default-index', '--no-index'))
                   for a in args):
            args += ['--index-root', root or self.server.root]
        if cache is None:
            args += ['--no-cache']
        elif cache:  # else the one of the user
            args += ['--cache-dir', cache]
        return ['resolve', 'r.in', *args]

    def resolve(self, text, *args, root=None, cache='cache', **more):
        return self.run(*self.words(text, args, root, cache), **more)

    def folder(self, text, *args):
        """The answer without a network."""
        return self.resolve(text, *args, root='index', cache=None)

    def yes(self, what, text, wanted, *args, **more):
        """Exit 0 and these versions; gives the JSON."""
        done = self.resolve(text, '--json', *args, **more)
        self.expect(what, done, 0)
        if done.returncode:
            return {}
        answer = json.loads(done.stdout)
        got = {p['name']: p['version'] for p in answer['packages']}
        if got != wanted:
            self.wrong(what, f'{got}, not {wanted}')
        return answer

    def no(self, what, code, pattern, text, *args, output='out.txt', **more):
        """That exit code; a file that was there stays as it was."""
        self.write(output, OLD)
        done = self.resolve(text, '-o', output, *args, **more)
        self.expect(what, done, code, pattern)
        with open(self.path(output), 'rb') as f:
            if f.read() != OLD:
                self.wrong(what, 'the older file changed')
        os.unlink(self.path(output))
        return done

    def same(self, what, text, *args):
        """As the folder's answer, code, output and message; gives it."""
        wanted = self.folder(text, *args)
        done = self.resolve(text, *args)
        root = self.server.root.encode()
        for kind in ('stdout', 'stderr'):
            a = getattr(wanted, kind).replace(b'https://index.invalid/', root)
            b = getattr(done, kind)
            if a != b:
                self.wrong(what, f'{kind} is {b!r}, of the folder {a!r}')
        self.expect(what, done, wanted.returncode)
        return done

    # ---- what must never be seen ----

    def secret(self, *words):
        """Also as they stand in a URL and in a header."""
        for word in words:
            self.secrets += [word, urllib.parse.quote(word, safe=''),
                             base64.b64encode(word.encode()).decode()]

    def check_text(self, what, raw):
        super().check_text(what, raw)
        for word in self.secrets:
            if word.encode() in raw:
                self.wrong(what, f'prints the secret {word}')

    def check_disk(self, what, *allowed):
        """No secret in the cache or in what was written."""
        for folder, _, names in os.walk(self.top):
            for name in names:
                path = os.path.join(folder, name)
                rest = os.path.relpath(path, self.top)
                if rest in allowed or not os.path.isfile(path):
                    continue
                with open(path, 'rb') as f:
                    body = f.read() + rest.encode()
                for word in self.secrets:
                    if word.encode() in body:
                        self.wrong(what, f'{rest} holds the secret {word}')

    def close(self):
        for server in self.servers:
            server.close()
            for error in server.errors:
                self.wrong('server', error)


def make_wheel(name, version, *requires, metadata=None, more=()):
    text = META.format(name, version) + ''.join(
        f'Requires-Dist: {r}\n' for r in requires)
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr(f'{name}/__init__.py', '')
        z.writestr(f'{name}-{version}.dist-info/METADATA',
                   text if metadata is None else metadata)
        for file, body in more:
            z.writestr(file, body)
        z.writestr(f'{name}-{version}.dist-info/RECORD', '')
    return out.getvalue()


def script(path, answer):
    """Answers requests for one path (a beginning of it) by a function, a
    Response or DROP; others as usual."""
    def answered(request):
        if not request.name.startswith(path):
            return None
        return answer(request) if callable(answer) else answer
    return answered


def changed(w, path, **how):
    """The usual answer for a path, changed."""
    def change(request):
        response = w.server.usual(request)
        for key, value in how.items():
            setattr(response, key, value)
        return response
    return script(path, change)


def refused(status, **headers):
    return lambda request: refuse(status, **headers)


def paths(w):
    return [r.path for r in w.server.take()]


def without_ranges(w):
    """A server without ranges."""
    def whole(request):
        request.headers.pop('range', None)
        return w.server.usual(request)
    return script('/pypi/files/', whole)


def run_one(test, podlock, quick):
    begin, said = time.monotonic(), ''
    with tempfile.TemporaryDirectory() as top:
        w = Net(os.path.abspath(podlock), top, quick)
        try:
            test(w)
            w.check_disk(test.__name__, *getattr(test, 'may_hold', ()))
        except Skip as reason:
            said = f' (left out: {reason})'
        except subprocess.TimeoutExpired as late:
            w.wrong(test.__name__, f'no answer: {late}')
        except Exception:
            w.wrong(test.__name__, traceback.format_exc())
        w.close()
        left = [name for _, _, names in os.walk(top) for name in names
                if '.podlock-' in name]
        if left:
            w.wrong(test.__name__, f'left over: {left}')
    took = time.monotonic() - begin
    print(f'{test.__name__}: {"BAD" if w.bad else "good"}{said}, '
          f'{took:.1f} s', flush=True)
    return w.bad


def run_all(module, argv):
    """PODLOCK quick|all [BEGINNING OF A NAME...]"""
    podlock, mode, *wanted = argv
    tests = [value for name, value in vars(module).items()
             if name.startswith('fault_') and callable(value)
             and (not wanted or name.startswith(tuple(wanted)))]
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        bad = list(pool.map(
            lambda test: run_one(test, podlock, mode == 'quick'), tests))
    print(f'{bad.count(0)} passed, {len(bad) - bad.count(0)} failed')
    return 1 if any(bad) or not tests else 0
