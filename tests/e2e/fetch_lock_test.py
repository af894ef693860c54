#!/usr/bin/env python3
"""podlock fetch against a server on loopback: right files, or a clear error.

usage: fetch_lock_test.py PODLOCK

Small wheels, made here, and a lock that names them. After each case no file of
a final name has other bytes than the lock says.
"""
import base64
import hashlib
import io
import json
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

from server import Response, Server, refuse



def wheel(name, padding=0):
    """A wheel that pip installs; a stored member makes it as long as wanted."""
    info, out = f'{name}-1.0.dist-info', io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        z.writestr(f'{name}.py', f'me = "{name}"\n')
        z.writestr(f'{name}.bin', hashlib.shake_128(name.encode()).digest(
            padding))
        z.writestr(f'{info}/METADATA',
                   f'Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n')
        z.writestr(f'{info}/WHEEL', 'Wheel-Version: 1.0\nGenerator: test\n'
                   'Root-Is-Purelib: true\nTag: py3-none-any\n')
        z.writestr(f'{info}/RECORD', '')
    return out.getvalue()


class World:
    """A server with wheels, a lock of them, a folder to fetch to."""

    def __init__(self, podlock, top, wheels):
        self.podlock, self.top = podlock, top
        self.wheels = {f'{n}-1.0-py3-none-any.whl': w
                       for n, w in wheels.items()}
        self.to = os.path.join(top, 'wheels')
        self.lock = os.path.join(top, 'pylock.toml')
        self.how = {}  # name -> function(request, usual) -> Response
        self.asked = []
        self.bad = []
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(('PIP_', 'UV_', 'PODLOCK_'))}
        self.server = Server(top, script=self.answer)

    def answer(self, request):
        name = os.path.basename(request.name)
        self.asked.append((name, request.headers.get('range')))
        body = self.wheels.get(name)
        if body is None:
            return refuse(404)
        usual = Response(200, body, {'Content-Type': 'application/zip'})
        span = re.fullmatch(r'bytes=(\d+)-(\d+)',
                            request.headers.get('range', ''))
        if span:
            begin, end = int(span[1]), min(int(span[2]), len(body) - 1)
            usual = Response(206, body[begin:end + 1], {
                'Content-Range': f'bytes {begin}-{end}/{len(body)}'})
        how = self.how.get(name)
        return how(request, usual) if how else usual

    def write_lock(self, change=None, names=None):
        rows = []
        for name in names or sorted(self.wheels):
            body = self.wheels.get(name, b'')
            row = {'url': f'{self.server.root}w/{name}', 'size': len(body),
                   'sha256': hashlib.sha256(body).hexdigest()}
            row.update((change or {}).get(name, {}))
            place = (f'path = "{row["path"]}"' if 'path' in row
                     else f'url = "{row["url"]}"')
            size = f'size = {row["size"]}, ' if row['size'] is not None else ''
            rows.append(
                f'[[packages]]\nname = "{name.partition("-")[0]}"\n'
                f'version = "1.0"\nwheels = [{{ {place}, {size}'
                f'hashes = {{ sha256 = "{row["sha256"]}" }} }}]\n')
        with open(self.lock, 'w') as f:
            f.write('lock-version = "1.0"\ncreated-by = "test"\n'
                    + ''.join(rows))

    def run(self, *words, lock=None, **more):
        self.asked = []
        return subprocess.run(
            [self.podlock, 'fetch', lock or self.lock, '--to', self.to, *words],
            capture_output=True, text=True, timeout=100, env=self.env,
            cwd=self.top, **more)

    def expect(self, true, *what):
        if not true:
            self.bad.append(what)

    def names(self):
        return sorted(os.listdir(self.to)) if os.path.isdir(self.to) else []

    def is_right(self, *names):
        """These are there, whole, and of the others nothing is half there."""
        for name in self.names():
            if name in self.wheels:
                with open(os.path.join(self.to, name), 'rb') as f:
                    self.expect(f.read() == self.wheels[name], 'bytes', name)
        for name in names or self.wheels:
            self.expect(name in self.names(), 'missing', name, self.names())

    def write(self, name, data):
        os.makedirs(self.to, exist_ok=True)
        with open(os.path.join(self.to, name), 'wb') as f:
            f.write(data)


A, B = 'aa-1.0-py3-none-any.whl', 'bb-1.0-py3-none-any.whl'
PART = f'.{A}.part'


def first_then_usual(first):
    """The first answer is made by `first`, later ones are as usual."""
    seen = []

    def how(request, usual):
        seen.append(request)
        return first(usual) if len(seen) == 1 else usual
    return how


def cut(at):
    def change(usual):
        usual.cut = at
        return usual
    return change


# ---- what goes well ----

def test_all(w):
    done = w.run()
    w.expect(done.returncode == 0, done)
    w.is_right()
    w.expect('Fetched 2 files' in done.stderr, done.stderr)
    again = w.run()
    w.expect(again.returncode == 0 and not w.asked, again, w.asked)
    w.expect(again.stdout == done.stdout, again.stdout)
    w.expect('All files (2)' in again.stderr, again.stderr)
    offline = w.run('--offline')
    w.expect(offline.returncode == 0, offline)
    os.remove(os.path.join(w.to, B))
    offline = w.run('--offline')
    w.expect(offline.returncode == 3 and not w.asked and B in offline.stderr,
             offline)


def test_json(w):
    data = json.loads(w.run('--json').stdout)
    w.expect([f['outcome'] for f in data['files']] == ['fetched'] * 2, data)
    w.expect(data['downloaded'] == sum(map(len, w.wheels.values())), data)
    w.expect(data['install'][0].startswith('pip install --no-deps'), data)


def test_pip_installs_it_without_a_network(w):
    done = w.run()
    have = subprocess.run([sys.executable, '-m', 'pip', '--version'],
                          capture_output=True)
    if have.returncode:
        print('skipped: this Python has no pip')
        return
    words = shlex.split(done.stdout)
    w.expect(words[:2] == ['pip', 'install'], done.stdout)
    target = os.path.join(w.top, 'site')
    w.server.script = lambda request: refuse(500)
    pip = subprocess.run(
        [sys.executable, '-m', 'pip', *words[1:], '--target', target,
         '--no-cache-dir'], capture_output=True, text=True, env=w.env)
    w.expect(pip.returncode == 0, pip)
    w.expect(os.path.exists(os.path.join(target, 'aa.py')), pip)


def test_path_entries_are_copied(w):
    os.makedirs(os.path.join(w.top, 'local'))
    with open(os.path.join(w.top, 'local', A), 'wb') as f:
        f.write(w.wheels[A])
    w.write_lock({A: {'path': f'local/{A}'}})
    done = w.run()
    w.expect(done.returncode == 0, done)
    w.expect([n for n, _ in w.asked] == [B], w.asked)
    w.is_right()


def test_path_of_another_size(w):
    os.makedirs(os.path.join(w.top, 'local'))
    with open(os.path.join(w.top, 'local', A), 'wb') as f:
        f.truncate(1 << 40)
    w.write_lock({A: {'path': f'local/{A}'}})
    done = w.run()
    w.expect(done.returncode == 4 and 'bytes' in done.stderr, done)
    w.expect(A not in w.names() and PART not in w.names(), w.names())


def test_without_sizes(w):
    w.write_lock({A: {'size': None}, B: {'size': None}})
    w.how[A] = first_then_usual(cut(5000))
    done = w.run()
    w.expect(done.returncode == 0, done)
    w.is_right()


# ---- cut, and gone on with ----

def test_cut_is_gone_on_with_in_the_same_run(w):
    w.how[A] = first_then_usual(cut(50000))
    done = w.run()
    w.expect(done.returncode == 0, done)
    spans = [s for n, s in w.asked if n == A]
    w.expect(len(spans) == 2 and spans[0] is None and
             re.match(r'bytes=[1-9]\d*-', spans[1] or ''), spans)
    w.is_right()


def test_a_part_is_gone_on_with(w):
    w.write(PART, w.wheels[A][:70000])
    done = w.run('--json')
    w.expect([s for n, s in w.asked if n == A] ==
             [f'bytes=70000-{len(w.wheels[A]) - 1}'], w.asked)
    came = {f['name']: f['downloaded']
            for f in json.loads(done.stdout)['files']}
    w.expect(came[A] == len(w.wheels[A]) - 70000, came)
    w.is_right()
    w.expect(PART not in w.names(), w.names())


def test_a_whole_part_is_not_asked_for(w):
    w.write(PART, w.wheels[A])
    w.expect(w.run().returncode == 0)
    w.expect([n for n, _ in w.asked] == [B], w.asked)
    w.is_right()


def test_a_part_of_other_bytes_begins_anew(w):
    w.write(PART, bytes(70000))
    w.expect(w.run().returncode == 0)
    w.is_right()


def test_a_part_that_is_too_long_begins_anew(w):
    w.write(PART, bytes(len(w.wheels[A]) + 5))
    w.expect(w.run().returncode == 0)
    w.is_right()


def test_ranges_ignored(w):
    w.write(PART, w.wheels[A][:70000])
    w.how[A] = lambda request, usual: Response(200, w.wheels[A])
    w.expect(w.run().returncode == 0)
    w.is_right()


def test_ranges_refused(w):
    w.write(PART, w.wheels[A][:70000])
    w.how[A] = first_then_usual(lambda usual: refuse(416))
    w.expect(w.run().returncode == 0)
    w.is_right()


def test_another_range_than_asked(w):
    w.write(PART, w.wheels[A][:70000])
    body = w.wheels[A]
    w.how[A] = first_then_usual(lambda usual: Response(206, body[10:], {
        'Content-Range': f'bytes 10-{len(body) - 1}/{len(body)}'}))
    w.expect(w.run().returncode in (0, 3))
    w.how.clear()
    w.expect(w.run().returncode == 0)
    w.is_right()


def test_always_cut(w):
    def always(request, usual):
        usual.cut = 0
        return usual
    w.how[A] = always
    done = w.run()
    w.expect(done.returncode == 3 and A in done.stderr, done)
    w.is_right(B)
    w.expect(A not in w.names(), w.names())


def test_killed(w):
    w.wheels[A] = wheel('aa', 600000)
    w.write_lock()

    def slowly(request, usual):
        usual.piece, usual.pause = 20000, 0.1
        return usual
    w.how[A] = slowly
    child = subprocess.Popen(
        [w.podlock, 'fetch', w.lock, '--to', w.to], env=w.env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    part = os.path.join(w.to, PART)
    for _ in range(200):
        time.sleep(0.05)
        if os.path.exists(part) and os.path.getsize(part) > 50000:
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    w.expect(A not in w.names() and PART in w.names(), w.names())
    w.how.clear()
    w.expect(w.run().returncode == 0)
    w.expect([s for n, s in w.asked if n == A][0].startswith('bytes='), w.asked)
    w.is_right()


def test_two_at_once(w):
    def slowly(request, usual):
        usual.piece, usual.pause = 30000, 0.05
        return usual
    w.how[A] = slowly
    words = [w.podlock, 'fetch', w.lock, '--to', w.to]
    children = [subprocess.Popen(words, env=w.env, stderr=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True)
                for _ in range(3)]
    for child in children:
        out = child.communicate(timeout=60)
        w.expect(child.returncode == 0, out)
    w.is_right()
    w.expect(len([n for n, _ in w.asked if n == A]) == 1, w.asked)


# ---- what goes wrong ----

def test_other_bytes(w):
    w.how[A] = lambda request, usual: Response(200, w.wheels[A][:-1] + b'!')
    done = w.run()
    w.expect(done.returncode == 4 and 'sha256' in done.stderr, done)
    w.is_right(B)
    w.expect(A not in w.names() and PART not in w.names(), w.names())
    w.expect('requirements.txt' not in w.names(), w.names())


def test_longer_than_the_lock_says(w):
    w.how[A] = lambda request, usual: Response(200, w.wheels[A] + b'more')
    done = w.run()
    w.expect(done.returncode == 4, done)
    w.expect(A not in w.names(), w.names())


def test_not_there(w):
    w.how[A] = lambda request, usual: refuse(404)
    done = w.run()
    w.expect(done.returncode == 3 and '404' in done.stderr, done)
    w.is_right(B)


def test_passing_trouble(w):
    w.how[A] = first_then_usual(lambda usual: refuse(503, Retry_After='0'))
    w.expect(w.run().returncode == 0)
    w.is_right()


def test_other_contents_are_there(w):
    w.write(A, b'mine')
    done = w.run()
    w.expect(done.returncode == 4 and 'rm -- ' in done.stderr, done)
    w.to += " a';id"
    w.write(A, b'mine')
    cure = re.search(r'rm -- (.*)', w.run().stderr)[1]
    w.expect(shlex.split(cure) == [os.path.join(w.to, A)], cure)
    with open(os.path.join(w.to, A), 'rb') as f:
        w.expect(f.read() == b'mine', 'it was changed')


def test_no_space(w):
    size = len(w.wheels[A]) - 1000
    done = w.run(preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (size, size)), restore_signals=False)
    w.expect(done.returncode == 5, done)
    w.expect(A not in w.names(), w.names())
    w.expect(w.run().returncode == 0)
    w.is_right()


def test_too_large_for_the_folder(w):
    w.write_lock({A: {'size': 1 << 45}})
    done = w.run()
    w.expect(done.returncode == 5 and 'space' in done.stderr, done)
    w.expect(not w.asked, w.asked)


def test_links_are_not_followed(w):
    outside = os.path.join(w.top, 'outside')
    for name in (A, PART):
        for make in (os.symlink, os.link):
            with open(outside, 'wb') as f:
                f.write(b'precious')
            os.makedirs(w.to, exist_ok=True)
            trap = os.path.join(w.to, name)
            make(outside, trap)
            done = w.run()
            w.expect(done.returncode == (0 if name == PART else
                                         5 if make is os.symlink else 4),
                     name, make, done)
            with open(outside, 'rb') as f:
                w.expect(f.read() == b'precious', name, make)
            for left in w.names():
                os.remove(os.path.join(w.to, left))


def test_a_fifo_as_part(w):
    os.makedirs(w.to)
    os.mkfifo(os.path.join(w.to, PART))
    w.expect(w.run().returncode == 0)
    w.is_right()


def test_names_that_lead_elsewhere(w):
    for name in ('..%2Faa-1.0-py3-none-any.whl', '.aa-1.0-py3-none-any.whl',
                 '-raa-1.0-py3-none-any.whl', 'aa.txt'):
        w.write_lock({A: {'url': f'{w.server.root}w/{name}'}})
        done = w.run()
        w.expect(done.returncode == 2, name, done)
        w.expect(sorted(os.listdir(w.top)) in
                 (['pylock.toml'], ['pylock.toml', 'wheels']), w.top)


def test_one_name_two_contents(w):
    other = os.path.join(w.top, 'pylock.other.toml')
    os.rename(w.lock, other)
    w.write_lock({A: {'sha256': '0' * 64}})
    done = w.run(other)
    w.expect(done.returncode == 2 and 'other contents' in done.stderr, done)


def test_requirements_of_somebody(w):
    outside = os.path.join(w.top, 'outside')
    path = os.path.join(w.to, 'requirements.txt')

    def tried(text):
        done = w.run()
        w.expect(done.returncode == 5 and "not podlock's" in done.stderr, done)
        with open(path) as f:
            w.expect(f.read() == text, text)
        w.expect(not w.asked and A not in w.names(), w.asked)

    for text in ('torch\n', '# Locked by podlock.\ntorch==1\n', ''):
        w.write('requirements.txt', text.encode())
        tried(text)
    os.remove(path)
    with open(outside, 'w') as f:
        f.write('precious')
    os.symlink(outside, path)
    tried('precious')
    os.remove(path)
    os.symlink(os.path.join(w.top, 'nothing'), path)
    w.expect(w.run().returncode == 5)
    w.expect('nothing' not in os.listdir(w.top), os.listdir(w.top))


def test_two_locks(w):
    named = os.path.join(w.top, 'pylock.gpu.toml')
    os.rename(w.lock, named)
    w.write_lock(names=[A])
    done = w.run(named)
    lines = done.stdout.splitlines()
    w.expect(len(lines) == 2 and lines[0].endswith('/requirements.txt') and
             lines[1].endswith('/requirements.gpu.txt'), done)
    texts = [open(os.path.join(w.to, name)).read()
             for name in ('requirements.txt', 'requirements.gpu.txt')]
    w.expect('bb==1.0' not in texts[0] and 'bb==1.0' in texts[1], texts)
    os.mkdir(os.path.join(w.top, 'other'))
    other = os.path.join(w.top, 'other', 'pylock.toml')
    os.rename(named, other)
    done = w.run(other)
    w.expect(done.returncode == 2 and 'would both write' in done.stderr, done)


def test_an_archive(w):
    body = w.wheels[A]
    w.wheels['v1.tar.gz'] = body
    with open(w.lock, 'w') as f:
        f.write('lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\n'
                f'name = "aa"\nversion = "1.0"\narchive = {{ url = '
                f'"{w.server.root}w/v1.tar.gz", hashes = {{ sha256 = '
                f'"{hashlib.sha256(body).hexdigest()}" }} }}\n')
    done = w.run()
    w.expect(done.returncode == 0, done)
    with open(os.path.join(w.to, 'requirements.txt')) as f:
        w.expect(f'\n{w.to}/v1.tar.gz \\\n' in f.read(), w.to)


def test_a_page_in_place_of_a_file(w):
    for body in (b'<html>log in', b'<html>' + bytes(len(w.wheels[A]))):
        w.how[A] = lambda request, usual: Response(
            200, body, {'Content-Type': 'text/html; charset=utf-8'})
        done = w.run()
        w.expect(done.returncode == 4 and 'login' in done.stderr, done)
        w.expect(A not in w.names() and PART not in w.names(), w.names())


def test_passwords(w):
    def guarded(request, usual):
        said = base64.b64encode(b'me:S3CR3T').decode()
        right = request.headers.get('authorization') == f'Basic {said}'
        return usual if right else refuse(401)
    w.how = {A: guarded, B: guarded}
    done = w.run()
    w.expect(done.returncode == 3 and '--index-url' in done.stderr, done)
    place = w.server.root.split('//')[1]
    url = f'http://me:S3CR3T@{place}simple/'
    netrc = os.path.join(w.top, 'netrc')
    with open(netrc, 'w') as f:
        f.write(f'machine {place.split(":")[0]} login me password S3CR3T')
    for words, env in [(['--index-url', url], {}), ([], {'NETRC': netrc}),
                       ([], {'PIP_EXTRA_INDEX_URL': url})]:
        w.env.update(env)
        done = w.run(*words)
        w.expect(done.returncode == 0, words, done)
        w.expect('S3CR3T' not in done.stdout + done.stderr, done)
        w.is_right()
        for name in w.names():
            os.remove(os.path.join(w.to, name))
        for name in env:
            del w.env[name]
    w.expect(w.run('-i', url.replace('127.0.0.1', 'localhost')).returncode == 3)


def test_a_recorded_index(w):
    root = os.path.join(w.top, 'root')
    os.makedirs(os.path.join(root, 'w'))
    for name, text in [(f'w/{A}', w.wheels[A]),
                       ('origin', w.server.root.encode() + b'\n')]:
        with open(os.path.join(root, name), 'wb') as f:
            f.write(text)
    done = w.run('--index-root', root)
    w.expect(done.returncode == 0, done)
    w.expect([n for n, _ in w.asked] == [B], w.asked)
    w.is_right()
    w.expect(w.run('--index-root', w.lock).returncode == 2)


def test_the_folder_is_a_file(w):
    with open(w.to, 'w') as f:
        f.write('x')
    w.expect(w.run().returncode == 5)


def test_a_commit(w):
    with open(w.lock, 'a') as f:
        f.write('[[packages]]\nname = "cc"\n[packages.vcs]\ntype = "git"\n'
                'url = "https://h.invalid/r"\ncommit-id = "' + 'a' * 40 + '"\n')
    done = w.run()
    w.expect(done.returncode == 2 and 'pylock.toml:' in done.stderr, done)
    w.expect(not w.asked, w.asked)


def test_usage(w):
    done = subprocess.run([w.podlock, 'fetch', w.lock], capture_output=True,
                          text=True, env=w.env)
    w.expect(done.returncode == 2 and '--to' in done.stderr, done)
    w.expect(w.run('--dry-run').returncode == 2)


# ---- pruning ----

def test_prune(w):
    w.run()
    old = 'old-1.0-py3-none-any.whl'
    kept = ['notes.txt', 'cut.part', 'pylock.toml', 'model.zip', 'old.whl']
    for name in [old, f'.{old}.part', 'x-1.tar.gz', *kept]:
        w.write(name, b'x')
    os.makedirs(os.path.join(w.to, 'folder-1.0-py3-none-any.whl'))
    os.symlink(w.lock, os.path.join(w.to, 'link-1.0-py3-none-any.whl'))
    before = w.names()
    dry = w.run('--prune', '--dry-run')
    w.expect(dry.returncode == 0 and w.names() == before, dry)
    w.expect(dry.stderr.count('Would remove') == 3, dry.stderr)
    done = w.run('--prune')
    w.expect(done.returncode == 0, done)
    gone = {old, f'.{old}.part', 'x-1.tar.gz'}
    w.expect(set(before) - set(w.names()) == gone, w.names())
    w.is_right()


def test_nothing_is_pruned_after_a_failure(w):
    w.write('old-1.0-py3-none-any.whl', b'x')
    w.how[A] = lambda request, usual: refuse(404)
    w.expect(w.run('--prune').returncode == 3)
    w.expect('old-1.0-py3-none-any.whl' in w.names(), w.names())


def main(podlock):
    bad = count = 0
    for name, test in sorted(globals().items()):
        if not name.startswith('test_'):
            continue
        with tempfile.TemporaryDirectory() as top:
            w = World(os.path.abspath(podlock), top,
                      {'aa': wheel('aa', 200000), 'bb': wheel('bb')})
            w.write_lock()
            with w.server:
                test(w)
        count += 1
        bad += bool(w.bad)
        for what in w.bad:
            print(name, *what, sep=': ')
    print(f'{count} cases, {bad} wrong')
    return bad


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]) > 0)
