#!/usr/bin/env python3
"""Which index is asked, and what people see of it, with the real program.

usage: index_options_test.py PODLOCK INDEX
"""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

from server import Server

BARE = ('--template', 'none', '--python-version', '3.11')
SECRET = 'hunter2'
failed = []


def wrong(*what):
    failed.append(what)
    print(*what)


class World:
    def __init__(self, podlock, top):
        self.podlock, self.top = os.path.abspath(podlock), top
        self.count = 0

    def put(self, name, text):
        path = os.path.join(self.top, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)

    def fresh(self):
        """The name of an empty cache."""
        self.count += 1
        return os.path.join(self.top, f'cache{self.count}')

    def env(self, variables):
        env = {k: v for k, v in os.environ.items() if not k.startswith(
            ('PODLOCK_', 'PIP_', 'UV_', 'SSL_', 'COLUMNS', 'CI', 'NETRC'))}
        # as in faults_world.py: the search for leaks itself dies now and then
        env['ASAN_OPTIONS'] = env.get('ASAN_OPTIONS', '') + ':detect_leaks=0'
        return {**env, 'HOME': self.top, 'TERM': 'xterm', **variables}

    def run(self, *words, cache=None, **variables):
        """Runs resolve; no output may ever hold the secret."""
        done = subprocess.run(
            [self.podlock, 'resolve', *words, *BARE, '--cache-dir',
             cache or self.fresh()], cwd=self.top, env=self.env(variables),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        for name, text in [('output', done.stdout), ('error', done.stderr)]:
            if SECRET.encode() in text:
                wrong(words, 'the', name, 'holds the password:', text)
        done.out, done.err = done.stdout.decode(), done.stderr.decode()
        return done

    def expect(self, code, pattern, *words, **more):
        done = self.run(*words, **more)
        if done.returncode != code:
            wrong(words, f'exit {done.returncode}, not {code}:', done.err)
        if not re.search(pattern, done.err):
            wrong(words, f'no "{pattern}" in:', done.err)
        return done


def asked(server):
    return [request.path for request in server.take()]


def files_say_where(w, server):
    """Index lines of a requirements file, and what comes before them."""
    simple = server.root + 'pypi/simple'
    w.put('f.in', f'--index-url {simple}\nsix\n')
    w.expect(0, 'Locked 1 package', 'f.in')
    if '/pypi/simple/six/' not in asked(server):
        wrong('the index of a file is not asked')
    w.put('g.in', f'--index-url {server.root}none/\n'
                  f'--extra-index-url {simple}\n'
                  '--extra-index-url https://download.pytorch.org/whl/cpu\n'
                  'six\n')
    done = w.expect(0, 'options: index 1 is .*/pypi/simple/\n', 'g.in', '-i',
                    simple, '-v')
    if '/none/' in ''.join(asked(server)):
        wrong('the command line does not win:', done.err)
    w.put('wheels/n.txt', 'six\n--find-links .\n--no-index\n')
    w.expect(1, 'six', 'wheels/n.txt', '-i', simple)
    if asked(server):
        wrong('--no-index of a file is not heard')
    w.expect(0, 'index options in the files are not used', 'g.in',
             '--index-root', server.root)


def pypi_is_the_default(w, _server):
    done = w.expect(3, 'https://pypi.org/simple/six/ is not in the cache',
                    'a.in', '--offline')
    if done.out:
        wrong('an error prints', done.out)


def passwords_are_nowhere(w, server):
    with Server(w.index, auth='me:' + SECRET) as closed:
        url = closed.root.replace('://', f'://me:{SECRET}@') + 'pypi/simple/'
        cache = w.fresh()
        w.put('p.in', f'--extra-index-url {url}\nsix\n')
        for words in [('p.in', '-i', server.root), ('a.in', '-i', url)]:
            for more in [('--json',), ('-v',), ('--trace', 'all'),
                         ('-o', 'pylock.toml'), ('-o', 'r.txt'),
                         ('--dump', 'dump')]:
                w.expect(0, 'Locked 1 package|^$', *words, *more, cache=cache)
        w.expect(0, r'--index-url=http://\*\*\*@127', 'a.in', '-v', cache=cache,
                 PIP_INDEX_URL=url)
        bad = url.replace(SECRET, 'x' + SECRET)
        w.expect(3, '401', 'a.in', '-i', bad)
    w.put('b.in', f'-i https://me:{SECRET}@a.invalid/ --nonsense\n')
    w.expect(2, r'-i https://\*\*\*@a.invalid/ --nonsense\n', 'b.in')
    w.put('b.in', f'-i https://me:hun\\\nter2@a.invalid/ --nonsense\n')
    w.expect(2, r'2 \| \*\*\*@a.invalid/ --nonsense\n', 'b.in')
    w.put('b.in', f'six @ git+https://me:{SECRET}@a.invalid/x\n')
    w.expect(2, r'https://\*\*\*@a.invalid/x', 'b.in')
    w.expect(2, r'not `\*\*\*@a.invalid`', 'a.in', '-v', '-i',
             f'me:{SECRET}@a.invalid')
    for folder, _, names in os.walk(w.top):
        for name in names:
            with open(os.path.join(folder, name), 'rb') as f:
                if not name.endswith('.in') and SECRET.encode() in f.read():
                    wrong('the password is in', os.path.join(folder, name))


def a_cache_that_cannot_be_written(w, server):
    done = w.expect(0, 'warning: .*cache', 'a.in', '--index-root', server.root,
                    cache='/dev/null/cache')
    if done.err.count('warning') != 1:
        wrong('not one warning:', done.err)
    done = w.run('a.in', '--index-root', server.root, '--no-cache',
                 cache='/dev/null/cache')
    if 'warning' in done.err:
        wrong('a warning about a cache that is not wanted:', done.err)


def hosts_without_tls(w, _server):
    w.expect(2, 'is plain http(.|\n)*fix: https, or --allow-insecure-host',
             'a.in', '-i', f'http://me:{SECRET}@a.invalid/simple')
    w.expect(3, 'a.invalid', 'a.in', '-i', 'http://a.invalid/simple',
             '--trusted-host', 'a.invalid')


# ---- progress ----

def on_terminal(w, words, columns=60, env=None, cache=None):
    """What a terminal is sent on standard error, and the exit code."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ,
                struct.pack('HHHH', 24, columns, 0, 0))
    child = subprocess.Popen(
        [w.podlock, 'resolve', *words, *BARE, '--cache-dir',
         cache or w.fresh()], cwd=w.top, env=w.env(env or {}),
        stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    seen = b''
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([leader], [], [], 0.2)[0]:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            seen += piece
        elif child.poll() is not None:
            break
    os.close(leader)
    if child.poll() is None:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            wrong('it does not end', words)
    return child.wait(), seen.decode('utf-8', 'replace')


def screen(text):
    """The lines that stay, as a terminal shows them."""
    lines = ['']
    for part in re.findall('\r\n|\r|\033\\[K|[^\r\033]+|\033', text):
        if part == '\r\n':
            lines.append('')
        elif part in ('\r', '\033[K'):
            lines[-1] = ''
        else:
            lines[-1] += part
    return lines


def progress_is_calm(w, _server):
    with Server(w.index, delay=(120, 160)) as slow:
        words = ('many.in', '--index-root', slow.root)
        start = time.monotonic()
        code, seen = on_terminal(w, words)
        took = time.monotonic() - start
        drawn = re.findall('\r\033\\[K(Reading [^\r]+)', seen)
        if code or len(drawn) < 2:
            wrong('no progress:', code, repr(seen))
        if len(drawn) > took * 10 + 1:
            wrong(f'{len(drawn)} times in {took:.1f} s')
        for line in drawn:
            if len(line) > 59 or not re.match(
                    r'Reading \d+ of \d+ pages and metadata', line):
                wrong('not a line of progress:', repr(line))
        if any('Reading' in line for line in screen(seen)):
            wrong('it is not gone:', repr(seen))
        if 'Locked' not in screen(seen)[0]:
            wrong('the summary is not below it:', screen(seen))
        for more, env in [(('--no-progress',), {}), (('-q',), {}),
                          ((), {'CI': 'true'}), ((), {'TERM': 'dumb'})]:
            code, seen = on_terminal(w, (*words, *more), env=env)
            if code or 'Reading' in seen or '\033[K' in seen:
                wrong('progress with', more, env, repr(seen))
        code, seen = on_terminal(w, words, columns=24)
        if max(map(len, re.findall('Reading [^\r\n]+', seen)), default=0) != 23:
            wrong('not cut to the width:', repr(seen))


def waiting_is_said(w, _server):
    with Server(w.index, delay=(200, 250)) as slow:
        words = ('many.in', '--index-root', slow.root)
        cache = w.fresh()
        first = subprocess.Popen(
            [w.podlock, 'resolve', *words, *BARE, '--cache-dir', cache, '-q'],
            cwd=w.top, env=w.env({}), stdout=subprocess.DEVNULL)
        time.sleep(0.3)
        code, seen = on_terminal(w, words, cache=cache)
        if first.wait(30) or code:
            wrong('two at once:', first.returncode, code, repr(seen))
        if 'Waiting for another podlock' not in seen:
            wrong('waiting is not said:', repr(seen))
        if any('Waiting' in line for line in screen(seen)):
            wrong('it is not gone:', repr(seen))


def no_progress_when_it_is_fast(w, server):
    start = time.monotonic()
    code, seen = on_terminal(w, ('a.in', '--index-root', server.root))
    is_fast = time.monotonic() - start < 0.2
    if code or (is_fast and 'Reading' in seen):
        wrong('progress of a moment:', code, repr(seen))


TESTS = [files_say_where, pypi_is_the_default, passwords_are_nowhere,
         a_cache_that_cannot_be_written, hosts_without_tls, progress_is_calm,
         waiting_is_said, no_progress_when_it_is_fast]


def main(podlock, index):
    top = tempfile.mkdtemp()
    try:
        w = World(podlock, top)
        w.index = os.path.abspath(index)
        w.put('a.in', 'six\n')
        w.put('many.in', 'flask\nrich\npandas\n')
        with Server(w.index) as server:
            for test in TESTS:
                server.take()
                test(w, server)
    finally:
        shutil.rmtree(top, ignore_errors=True)
    print('FAILED' if failed else 'the options of indexes do what they say')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
