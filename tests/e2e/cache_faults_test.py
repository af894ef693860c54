#!/usr/bin/env python3
"""What podlock does when its cache is damaged, shared, foreign or unwritable.

usage: cache_faults_test.py PODLOCK quick|all [BEGINNING OF A TEST'S NAME...]

Each function is one fault of docs/faults.md; see faults_test.py. In each, the
lock is that of an empty cache, whatever has happened to the one at hand.
"""
import concurrent.futures
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time

from faults_world import Skip, run_all

NAMES = [f'p{i:02}' for i in range(40)]


def forest(w, names=NAMES):
    """Each name needs the next ones; old versions need others."""
    for i, name in enumerate(names):
        needs = names[2 * i + 1:2 * i + 3]
        for version in ('1.0', '1.1', '2.0'):
            w.add(name, version, *needs)
    w.wheel('whl', '1.0', names[0])
    return 'whl'


def entries(w, cache='cache'):
    return sorted(os.path.join(folder, name)
                  for folder, _, names in os.walk(w.path(cache))
                  for name in names)


def lock_of(w, what, text, *args, **more):
    done = w.resolve(text, *args, **more)
    w.expect(what, done, 0)
    return done.stdout


def fault_30_damaged_entries(w):
    text = forest(w, NAMES[:6])
    w.serve()
    good = lock_of(w, 'cold', text)
    asked = len(w.server.take())
    seed = random.Random(30)
    # the network first: what another test may break is the warm path
    for path in entries(w):
        with open(path, 'rb') as f:
            body = f.read()
        damaged = [b'', body[:1], body[:len(body) // 2], body[:-1],
                   bytes(len(body)), body + b'\0', body[::-1], b'\xff' * 100]
        for _ in range(4 if w.quick else 40):
            at = seed.randrange(len(body))
            bit = 1 << seed.randrange(8)
            damaged.append(body[:at] + bytes([body[at] ^ bit]) +
                           body[at + 1:])
        for new in damaged:
            with open(path, 'wb') as f:
                f.write(new)
            if lock_of(w, f'damaged {path}', text) != good:
                w.wrong(path, 'another lock', new[:100])
            lock_of(w, f'repaired {path}', text)
        again = [r for r in w.server.take() if r.status == 200]
        if len(again) > 3 * asked * len(damaged):
            w.wrong(path, f'{len(again)} requests')
    lock_of(w, 'last', text)
    w.server.take()
    if lock_of(w, 'warm', text) != good or w.server.take():
        w.wrong('warm', 'the cache was not repaired')


def fault_30_entries_of_another_name(w):
    """A sound entry in another one's place is not that other's."""
    w.add('a', '1.0')
    w.add('b', '2.0')
    w.serve()
    lock_of(w, 'cold', 'a b')
    a, b = ([p for p in entries(w) if os.path.basename(p).startswith(n)]
            for n in 'ab')
    if not a or not b:
        return w.wrong('entries', entries(w))
    shutil.copy(a[0], b[0])
    w.yes('a in the place of b', 'b', {'b': '2.0'})
    w.yes('offline', 'b', {'b': '2.0'}, '--offline')
    shutil.copytree(os.path.dirname(a[0]), w.path('site'))
    other = w.serve()
    w.add('a', '3.0')
    w.yes('another index', 'a', {'a': '3.0'})
    for path in entries(w):
        if os.path.basename(path) == os.path.basename(a[0]) and path != a[0]:
            shutil.copy(a[0], path)
    w.yes('of another index', 'a', {'a': '3.0'}, '--refresh')
    return other


def fault_30_entries_that_are_no_files(w):
    text = forest(w, NAMES[:4])
    w.serve()
    good = lock_of(w, 'cold', text)
    w.write('outside', 'mine')

    def huge(path):
        with open(path, 'wb') as f:
            f.truncate(8 << 30)

    for what, make in {
            'fifo': os.mkfifo, 'folder': os.mkdir, 'huge': huge,
            'zero': lambda p: os.symlink('/dev/zero', p),
            'link': lambda p: os.symlink(w.path('outside'), p),
            'loop': lambda p: os.symlink(os.path.basename(p), p),
            'unreadable': lambda p: os.close(os.open(p, os.O_CREAT, 0))
    }.items():
        for path in entries(w):
            if os.path.lexists(path) and not os.path.isdir(path):
                os.unlink(path)
                make(path)
        if lock_of(w, what, text) != good:
            w.wrong(what, 'another lock')
        shutil.rmtree(w.path('cache'))
        lock_of(w, 'cold again', text)
    with open(w.path('outside')) as f:
        if f.read() != 'mine':
            w.wrong('link', 'written through')


def fault_30_rights_of_entries(w):
    """Folders 0700, files 0600, whatever the mask."""
    text = forest(w, NAMES[:4])
    w.serve()
    lock_of(w, 'mask 0', text, preexec_fn=lambda: os.umask(0))
    for folder, folders, files in os.walk(w.path('cache')):
        for name in folders + files:
            mode = stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
            if mode != (0o700 if name in folders else 0o600):
                w.wrong('rights', f'{name} has {mode:o}')


def fault_29_freshness(w):
    """Cache-Control decides when a page is asked about again."""
    w.add('a', '1.0')
    page = '/pypi/simple/a/'
    for what, control, age, again in [
            ('an hour', 'max-age=3600', None, False),
            ('aged', 'max-age=600', '700', True),
            ('at once', 'max-age=0', None, True),
            ('no-cache', 'no-cache', None, True),
            ('garbage', 'max-age=x', None, None),
            ('huge', 'max-age=99999999999999999999', None, False),
            ('no-store', 'no-store', None, True)]:
        def control_of(request):
            if request.name != page:
                return None
            response = w.server.usual(request)
            response.headers['Cache-Control'] = control
            if age:
                response.headers['Age'] = age
            return response
        w.serve(script=control_of)
        lock_of(w, what, 'a', cache=what)
        w.server.take()
        lock_of(w, what, 'a', cache=what)
        asked = [r for r in w.server.take() if r.name == page]
        if again is not None and bool(asked) != again:
            w.wrong(what, f'asked again: {asked}')
        if asked and what != 'no-store' and asked[0].status != 304:
            w.wrong(what, f'sent again: {asked}')
        if what == 'no-store' and any(
                b'a-1.0' in open(p, 'rb').read()
                for p in entries(w, 'no-store')):
            w.wrong(what, 'stands in the cache')


def fault_31_killed(w):
    """The next run is right, without repair; so is what was written."""
    text = forest(w)
    w.serve(delay=(10, 20))
    good = lock_of(w, 'cold', text, cache=None)
    begin = time.monotonic()
    lock_of(w, 'cold', text, cache='timing')
    took = time.monotonic() - begin
    seed = random.Random(31)
    words = w.words(text, ['-o', 'pylock.toml'], None, 'cache')
    killed = 0
    times = 20 if w.quick else 200
    for i in range(times):
        if i % 4 == 0:
            shutil.rmtree(w.path('cache'), ignore_errors=True)
        w.write('pylock.toml', good if i % 2 else b'')
        p = subprocess.Popen([w.podlock, *words, '--refresh'], cwd=w.top,
                             env=w.environment({}), stderr=subprocess.PIPE,
                             stdout=subprocess.DEVNULL)
        time.sleep(seed.uniform(0, 0.8 * took))
        p.send_signal(signal.SIGKILL)
        _, said = p.communicate()
        killed += p.returncode == -signal.SIGKILL
        if p.returncode not in (0, -signal.SIGKILL):
            w.wrong('before', p.returncode, said)
        with open(w.path('pylock.toml'), 'rb') as f:
            lock = f.read()
        if lock and not same_lock(lock, good):
            w.wrong('output', f'{len(lock)} bytes')
        if lock_of(w, f'after kill {i}', text) != good:
            w.wrong(f'after kill {i}', 'another lock')
    for path in entries(w, '.'):
        if '.podlock-' in path:
            os.unlink(path)  # of a run that could not do it itself
    if killed < times / 5:
        w.wrong('killed', f'only {killed} of {times}')


def same_lock(lock, good):
    """But for the head, which has the command."""
    def body(text):
        return [x for x in text.splitlines() if not x.startswith(b'#')]
    return body(lock) == body(good)


def fault_33_many_processes(w):
    """Fifty processes on an empty cache ask little more than one does."""
    text = forest(w)
    w.serve(delay=(1, 5))
    good = lock_of(w, 'one', text, cache='one')
    one = len(w.server.take())
    words = w.words(text, [], None, 'cache')
    many = [subprocess.Popen([w.podlock, *words], cwd=w.top,
                             env=w.environment({}), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE) for _ in range(50)]
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        said = list(pool.map(lambda p: p.communicate(timeout=90), many))
    for p, (out, err) in zip(many, said):
        if p.returncode or out != good:
            w.wrong('many', f'exit {p.returncode}', err[:500])
            break
    asked = len(w.server.take())
    print(f'  50 processes: {asked} requests; one: {one}')
    if asked > 1.2 * one + 50:
        w.wrong('many', f'{asked} requests, one process has {one}')


def fault_33_the_one_that_asks_dies(w):
    """Others wait for it no longer than it lives."""
    text = forest(w, NAMES[:10])
    w.serve(delay=(300, 300))
    words = w.words(text, [], None, 'cache')
    first, second = (subprocess.Popen(
        [w.podlock, *words], cwd=w.top, env=w.environment({}),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2))
    time.sleep(0.8)
    first.kill()
    first.communicate()
    begin = time.monotonic()
    out, err = second.communicate(timeout=60)
    if second.returncode or not out:
        w.wrong('second', second.returncode, err)
    if time.monotonic() - begin > 20:
        w.wrong('second', f'{time.monotonic() - begin:.1f} s')


def fault_33_cleaned_meanwhile(w):
    """Somebody removes the cache while others use it."""
    text = forest(w)
    w.serve(delay=(0, 4))
    good = lock_of(w, 'cold', text, cache=None)
    words = w.words(text, [], None, 'cache')
    many = [subprocess.Popen([w.podlock, *words], cwd=w.top,
                             env=w.environment({}), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE) for _ in range(8)]
    while any(p.poll() is None for p in many):
        shutil.rmtree(w.path('cache'), ignore_errors=True)
        time.sleep(0.02)
    for p in many:
        out, err = p.communicate()
        if p.returncode or out != good:
            w.wrong('cleaned', p.returncode, err)


def mounted(w, name, options):
    """A small file system of its own, where this may be had."""
    if os.geteuid():
        raise Skip('only root may mount a file system')
    os.makedirs(w.path(name), exist_ok=True)
    done = subprocess.run(['mount', '-t', 'tmpfs', '-o', options, 'podlock',
                           w.path(name)], capture_output=True, text=True)
    if done.returncode:
        raise Skip('cannot mount: ' + done.stderr.strip())


def unmount(w, name):
    subprocess.run(['umount', '-l', w.path(name)], check=True)


def warns_once(w, what, done):
    w.expect(what, done, 0)
    if done.stderr.count(b'warning: the cache ') != 1:
        w.wrong(what, 'not one warning', done.stderr)


def fault_32_full_file_system(w):
    text = forest(w)
    w.serve()
    good = lock_of(w, 'cold', text, cache=None)
    mounted(w, 'small', 'size=32k,mode=0700')
    try:
        for path in ('small/cache', 'small/cache'):
            done = w.resolve(text, cache=path)
            w.expect('full', done, 0)
            if done.stdout != good:
                w.wrong('full', 'another lock')
        with open(w.path('small/fill'), 'wb') as f:
            try:
                f.write(b'x' * (1 << 20))
            except OSError:
                pass
        warns_once(w, 'full from the start', w.resolve(text,
                                                       cache='small/new'))
        done = w.resolve(text, '-o', 'small/pylock.toml')
        w.expect('output', done, 5)
        if os.path.exists(w.path('small/pylock.toml')):
            w.wrong('output', 'half a file')
    finally:
        unmount(w, 'small')


def fault_32_read_only_file_system(w):
    text = forest(w)
    w.serve()
    good = lock_of(w, 'cold', text, cache=None)
    mounted(w, 'ro', 'size=4m,mode=0700')
    try:
        lock_of(w, 'fill', text, cache='ro/cache')
        subprocess.run(['mount', '-o', 'remount,ro', w.path('ro')],
                       check=True)
        w.server.take()
        if lock_of(w, 'warm', text, cache='ro/cache') != good:
            w.wrong('warm', 'another lock')
        if w.server.take():
            w.wrong('warm', 'what can be read was not used')
        warns_once(w, 'new', w.resolve(text, cache='ro/new'))
        lock_of(w, 'stale', text, '--refresh', cache='ro/cache')
    finally:
        unmount(w, 'ro')


def fault_34_another_device(w):
    """The cache, the output and TMPDIR each on a device of their own."""
    text = forest(w, NAMES[:6])
    w.serve()
    mounted(w, 'other', 'size=4m,mode=0700')
    try:
        os.symlink('other', w.path('link'))
        good = lock_of(w, 'cold', text, cache='link/cache')
        w.expect('output', w.resolve(text, '-o', 'other/pylock.toml'), 0)
        w.server.take()
        if lock_of(w, 'warm', text, cache='link/cache') != good or \
                w.server.take():
            w.wrong('warm', 'not the same, or asked again')
    finally:
        unmount(w, 'other')


def fault_34_a_folder_that_cannot_be(w):
    w.add('a', '1.0')
    w.serve()
    w.write('file', 'x')
    for path in ('file', 'file/x', '/dev/null', '/proc/podlock', 'x' * 300,
                 '/'.join(['y' * 200] * 30)):
        warns_once(w, path[:20], w.resolve('a', cache=path))


def fault_35_cache_of_another(w):
    if os.geteuid():
        raise Skip('only root may give files away')
    text = forest(w, NAMES[:4])
    w.serve()
    good = lock_of(w, 'cold', text)
    for path in entries(w):
        os.chown(path, 12345, 12345)
    w.server.take()
    if lock_of(w, 'entries', text) != good:
        w.wrong('entries', 'another lock')
    if not w.server.take():
        w.wrong('entries', 'were believed')
    for folder, _, _ in os.walk(w.path('cache')):
        os.chown(folder, 12345, 12345)
    if lock_of(w, 'folders', text) != good:
        w.wrong('folders', 'another lock')


def fault_35_links(w):
    """Links that somebody put into the cache lead nowhere."""
    text = forest(w, NAMES[:4])
    w.serve()
    good = lock_of(w, 'cold', text)
    before = {p: os.path.relpath(p, w.path('cache')) for p in entries(w)}
    shutil.move(w.path('cache'), w.path('mine'))
    for path, rest in before.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        w.write(f'victim/{rest}', 'mine')
        os.symlink(w.path(f'victim/{rest}'), path)
    if lock_of(w, 'entries', text) != good:
        w.wrong('entries', 'another lock')
    for path in entries(w, 'victim'):
        with open(path) as f:
            if f.read() != 'mine':
                w.wrong('entries', f'{path} was written through a link')
    shutil.rmtree(w.path('cache'))
    os.symlink('mine', w.path('cache'))
    w.server.take()
    if lock_of(w, 'the folder itself', text) != good or w.server.take():
        w.wrong('the folder itself', 'is not used')


if __name__ == '__main__':
    sys.exit(run_all(sys.modules[__name__], sys.argv[1:]))
