#!/usr/bin/env python3
"""What podlock does when a network or a machine is at fault.

usage: network_faults_test.py PODLOCK quick|all [BEGINNING OF A NAME...]

Each function is one fault of docs/faults.md; see faults_test.py.
"""
import glob
import gzip
import hashlib
import io
import os
import re
import resource
import shutil
import subprocess
import sys
import time
import zipfile

from faults_world import (FILE, PAGE, Skip, changed, make_wheel, paths,
                          refused, run_all, script, without_ranges)
from hostile_test import BARE, META
from server import DROP, JSON, Response, certificates, page, refuse

LINES = ['b; os_name == "x"'] * 20  # enough to be compressed

# ---- 21 to 24: bodies that are cut, servers that are slow ----


def body_fault(w, what, how, always=3):
    """A fault of a page's body and of a metadata's: once, then always."""
    for path in (PAGE, FILE + '.metadata'):
        def once(request):
            if request.name != path or request.attempt > 1:
                return None
            return how(w.server.usual(request))

        def ever(request):
            if request.name != path:
                return None
            return how(w.server.usual(request))
        cache = what + path.replace('/', '-')
        w.serve(script=once)
        w.yes(f'{what} once, {path}', 'a', {'a': '1.0'}, cache=cache + '1')
        w.serve(script=ever)
        w.no(f'{what} always, {path}', always, b'a', 'a', cache=cache + '2')
        w.serve()
        w.yes(f'{what} no more, {path}', 'a', {'a': '1.0'}, cache=cache + '2')


def set_to(**how):
    def change(response):
        for key, value in how.items():
            setattr(response, key, value)
        return response
    return change


def fault_21_dropped_before_an_answer(w):
    w.add('a', '1.0', *LINES)
    body_fault(w, 'dropped', lambda response: DROP)


def fault_21_cut(w):
    w.add('a', '1.0', *LINES)
    body_fault(w, 'cut', set_to(cut=50))


def fault_21_cut_and_reset(w):
    w.add('a', '1.0', *LINES)
    body_fault(w, 'reset', set_to(cut=50, reset=True))


def fault_21_cut_in_chunks(w):
    w.add('a', '1.0', *LINES)
    body_fault(w, 'chunks', set_to(chunked=True, cut=90))


def fault_21_cut_gzip(w):
    w.add('a', '1.0', *LINES)

    def cut(response):
        body = gzip.compress(response.body)
        response.body, response.gzip = body[:-20], False
        response.headers['Content-Encoding'] = 'gzip'
        return response
    body_fault(w, 'gzip', cut)


def fault_21_gzip_checksum(w):
    w.add('a', '1.0', *LINES)

    def damage(response):
        body = gzip.compress(response.body)
        response.body = body[:-8] + b'\1\2\3\4' + body[-4:]
        response.gzip = False
        response.headers['Content-Encoding'] = 'gzip'
        return response
    body_fault(w, 'checksum', damage)


def fault_21_bytes_behind_gzip(w):
    w.add('a', '1.0', *LINES)

    def more(response):
        response.body = gzip.compress(response.body) + b'more'
        response.gzip = False
        response.headers['Content-Encoding'] = 'gzip'
        return response
    body_fault(w, 'behind', more)


def fault_21_longer_than_stated(w):
    """What comes behind the stated length never becomes an answer."""
    w.add('a', '1.0')
    w.add('b', '1.0')
    extra = b'HTTP/1.1 200 OK\r\nContent-Type: ' + JSON.encode() + \
        b'\r\nContent-Length: 2\r\n\r\n{}'

    def longer(request):
        response = w.server.usual(request)
        response.gzip, response.length = False, len(response.body)
        response.body += extra
        return response

    w.serve(script=script('/pypi/simple/', longer))
    w.no('longer', 3, b'longer than', 'a b')


def fault_21_shorter_than_stated(w):
    """The rest never comes: silence."""
    w.add('a', '1.0')

    def shorter(request):
        response = w.server.usual(request)
        if request.attempt > 1:
            return response
        response.gzip, response.length = False, len(response.body) + 100
        return response
    w.serve(script=script(PAGE, shorter))
    begin = time.monotonic()
    w.yes('shorter', 'a', {'a': '1.0'})
    if not 9 < time.monotonic() - begin < 30:
        w.wrong('shorter', f'{time.monotonic() - begin:.1f} s')


def waited(w, status, value, least, most):
    """Seconds until the second request, for a Retry-After."""
    headers = {} if value is None else {'Retry-After': value}
    times = []

    def busy(request):
        times.append(time.monotonic())
        return refuse(status, **headers) if request.attempt == 1 else None
    w.serve(script=script(PAGE, busy))
    w.yes(f'{status} {value}', 'a', {'a': '1.0'}, cache=None)
    took = times[-1] - times[0]
    if len(times) != 2 or not least <= took <= most:
        w.wrong(f'{status} {value}', f'{took:.1f} s, {len(times)} requests')


def fault_22_retry_after(w):
    w.add('a', '1.0')
    date = time.strftime('%a, %d %b %Y %H:%M:%S GMT',
                         time.gmtime(time.time() + 3))
    waited(w, 429, date, 1, 5)
    waited(w, 503, '2', 1.9, 4)
    for value in [None, '0', '-1', 'soon', '', '1.5', '1e3', 'x' * 5000,
                  'Thu, 01 Jan 1970 00:00:00 GMT', 'Thu, 99 Foo 2020']:
        waited(w, 429, value, 0, 4)


def fault_22_retry_after_is_capped(w):
    w.add('a', '1.0')
    waited(w, 503, '99999999999999999999', 15, 22)


def fault_22_retry_after_far_date(w):
    w.add('a', '1.0')
    waited(w, 429, 'Fri, 31 Dec 9999 23:59:59 GMT', 15, 22)


def fault_22_retry_after_has_an_end(w):
    """30 seconds for one resource, however often it asks to wait."""
    w.add('a', '1.0')
    w.serve(script=script(PAGE, refused(503, Retry_After='20')))
    begin = time.monotonic()
    w.no('ever', 3, b'503', 'a')
    if time.monotonic() - begin > 45:
        w.wrong('ever', f'{time.monotonic() - begin:.1f} s')


def fault_23_502_on_a_connection(w):
    for name in 'abcdefgh':
        w.add(name, '1.0')
    bad = set()

    def sticky(request):
        if len(bad) < 3:
            bad.add(request.connection)
        return refuse(502) if request.connection in bad else None
    w.serve(script=sticky)
    w.yes('sticky', ' '.join('abcdefgh'), dict.fromkeys('abcdefgh', '1.0'))


def fault_24_silence(w):
    w.add('a', '1.0')
    w.serve(script=script(PAGE, lambda r: Response(200, 'x', wait=90)))
    begin = time.monotonic()
    w.no('silence', 3, b'a', 'a')
    if not 9 < time.monotonic() - begin < 50:
        w.wrong('silence', f'{time.monotonic() - begin:.1f} s')


def fault_24_slow_body(w):
    """A byte now and then."""
    w.add('a', '1.0')
    w.serve(script=changed(w, PAGE, piece=1, pause=2, gzip=False))
    begin = time.monotonic()
    w.no('crawl', 3, b'a', 'a')
    if time.monotonic() - begin > 70:
        w.wrong('crawl', f'{time.monotonic() - begin:.1f} s')


def fault_24_slow_head(w):
    w.add('a', '1.0')
    w.serve(script=script(PAGE, lambda r: Response(
        raw=b'HTTP/1.1 200 OK\r\n' + b'X: y\r\n' * 9999, piece=1, pause=2)))
    begin = time.monotonic()
    w.no('head', 3, b'a', 'a')
    if time.monotonic() - begin > 70:
        w.wrong('head', f'{time.monotonic() - begin:.1f} s')


def fault_24_slow_but_steady(w):
    """What flows is not slow: longer than a resource may stand still."""
    if w.quick:
        raise Skip('takes 35 seconds')
    w.add('a', '1.0', summary='x' * 350000)
    w.serve(script=changed(w, PAGE, piece=10000, pause=1, gzip=False))
    w.yes('steady', 'a', {'a': '1.0'})


def fault_24_header_flood(w):
    w.add('a', '1.0')
    flood = b'HTTP/1.1 200 OK\r\n' + b'X-Y: ' + b'z' * 1000 + b'\r\n'
    for what, raw in [('many', flood[:17] + flood[17:] * 5000),
                      ('long', b'HTTP/1.1 200 OK\r\nX: ' + b'y' * (4 << 20)),
                      ('hints', b'HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n' *
                       50000)]:
        w.serve(script=script(PAGE, lambda r: Response(raw=raw, close=True)))
        done = w.resolve('a', cache=None)
        if done.returncode not in (3, 6):
            w.wrong(what, f'exit {done.returncode}', done.stderr)
        w.check_text(what, done.stderr)


def fault_24_garbage(w):
    for what, raw in [('no HTTP', b'SSH-2.0-OpenSSH_9\r\n'),
                      ('HTTP/0.9', b'<html>hello</html>'),
                      ('nothing', b''), ('NUL', b'\0' * 1000),
                      ('status', b'HTTP/1.1 999999 X\r\n\r\n'),
                      ('lengths', b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n'
                       b'Content-Length: 3\r\n\r\n{}')]:
        w.serve(script=script(PAGE, lambda r: Response(raw=raw, close=True)))
        w.no(what, 3, b'a', 'a', cache=None)


def fault_24_redirect_loop(w):
    w.add('a', '1.0')
    for what, step in [('itself', lambda r: r.path),
                       ('longer', lambda r: r.path + 'x/')]:
        w.serve(script=script(PAGE, lambda r: refuse(302, Location=step(r))))
        w.no(what, 3, b'redirect', 'a')
        if len(paths(w)) > 12:
            w.wrong(what, 'more than ten were followed')
    w.serve(script=lambda r: refuse(301, Location='/pypi/simple/a/')
            if r.name.startswith('/old') else None)
    w.yes('a good one', 'a', {'a': '1.0'}, '--index-url',
          w.server.root + 'old/')


# ---- 25 to 28: other hosts, secrets, TLS, proxies ----


def fault_25_redirect_to_another_scheme(w):
    w.write('evil', 'x')
    for where in ('file:///etc/passwd', f'file://{w.path("evil")}',
                  'ftp://127.0.0.1/x', 'gopher://127.0.0.1/', 'data:,x',
                  'http://0.0.0.0.invalid/', 'dict://127.0.0.1:1/', '',
                  'http://example.invalid:80/', '//', 'http://'):
        w.serve(script=script(PAGE, refused(302, Location=where)))
        done = w.no(where, 3, b'', 'a')
        if b'root:' in done.stderr:
            w.wrong(where, done.stderr)


def fault_25_redirect_with_credentials(w):
    w.secret('pass-word-2', 'somebody:pass-word-2')
    w.add('a', '1.0')
    other = w.serve()
    w.serve(auth='somebody:pass-word-2', script=script(
        PAGE, lambda r: refuse(302, Location=other.root[:-1] + r.path)))
    url = w.server.root.replace('//', '//somebody:pass-word-2@')
    w.yes('another port', 'a', {'a': '1.0'}, '--index-url',
          url + 'pypi/simple/')
    asked = other.take()
    if not asked or any('authorization' in r.headers for r in asked):
        w.wrong('another port', 'credentials went there', asked)
    here = w.server.take()
    if not here or not all('authorization' in r.headers for r in here):
        w.wrong('another port', 'no credentials where they belong', here)
    evil = other.root.replace('//', '//evil:word@')
    w.serve(script=script(PAGE, refused(302, Location=evil + PAGE[1:])))
    done = w.resolve('a', cache=None)
    if any('authorization' in r.headers for r in other.take()):
        w.wrong('credentials in a Location', 'were sent')
    if done.returncode not in (0, 3) or b'word' in done.stderr:
        w.wrong('credentials in a Location', done.stderr)


def fault_25_from_https_to_http(w):
    certificates(w.path('home'))
    w.add('a', '1.0')
    plain = w.serve()
    w.serve(tls=(w.path('home/good.pem'), w.path('home/good.key')),
            script=script(PAGE, refused(302, Location=plain.root + PAGE[1:])))
    w.no('downgrade', 3, b'redirect', 'a', '--cert', 'home/ca.pem')
    if plain.take():
        w.wrong('downgrade', 'was followed')


def authenticated(w):
    w.secret('p@ss:w/rd%3', 'some-body:p@ss:w/rd%3')
    w.add('a', '1.0')
    return w.serve(auth='some-body:p@ss:w/rd%3')


def fault_26_credentials_in_url(w):
    authenticated(w)
    url = w.server.root.replace('//', '//some-body:p%40ss%3Aw%2Frd%253@')
    for args in (['--index-root', url],
                 ['--index-url', url + 'pypi/simple/']):
        w.yes(args[0], 'a', {'a': '1.0'}, *args, cache=None)
        w.expect('-v', w.resolve('a', '-vv', *args), 0)
        w.expect('trace', w.resolve('a', '--trace', 'all', *args), 0)
        for kind in ('pylock.toml', 'requirements.txt', 'json'):
            done = w.resolve('a', '--format', kind, *args)
            w.expect(kind, done, 0)
        w.no('absent', 1, b'b', 'b', *args)
    wrong = url.replace('rd%253', 'rd%25')
    w.secret('p@ss:w/rd%')
    w.no('wrong word', 3, b'401', 'a', '--index-url', wrong + 'pypi/simple/',
         cache=None)
    w.no('no such host', 3, b'nowhere.invalid', 'a', '--index-url',
         url.replace('127.0.0.1', 'nowhere.invalid') + 'simple/',
         '--allow-insecure-host', 'nowhere.invalid', cache=None)
    w.no('no URL', 2, b'', 'a', '--index-url', url.replace('127.', '[127.'),
         cache=None)


def fault_26_credentials_in_variables(w):
    authenticated(w)
    url = w.server.root + 'pypi/simple/'
    env = {'PODLOCK_INDEX_MINE_USERNAME': 'some-body',
           'PODLOCK_INDEX_MINE_PASSWORD': 'p@ss:w/rd%3'}
    w.expect('named', w.resolve('a', '-vv', '--index-url', url, '--index',
                                f'mine={url}', env=env, cache=None), 0)
    secret = url.replace('//', '//some-body:p%40ss%3Aw%2Frd%253@')
    for name in ('PIP_INDEX_URL', 'UV_INDEX_URL', 'UV_DEFAULT_INDEX',
                 'PODLOCK_INDEX_URL'):
        w.write('r.in', 'a\n')
        done = w.run('resolve', 'r.in', *BARE, '-vv', '-n',
                     env={name: secret})
        w.expect(name, done, 0)


def fault_26_credentials_in_netrc(w):
    authenticated(w)
    w.write('home/.netrc', 'machine 127.0.0.1 login some-body password '
            'p@ss:w/rd%3\n')
    os.chmod(w.path('home/.netrc'), 0o600)
    w.yes('~/.netrc', 'a', {'a': '1.0'}, cache=None)
    w.yes('cache', 'a', {'a': '1.0'})
    os.rename(w.path('home/.netrc'), w.path('home/netrc'))
    w.no('no more', 3, b'401', 'a', cache=None)
    w.expect('NETRC', w.resolve('a', '-vv', cache=None,
                                env={'NETRC': w.path('home/netrc')}), 0)
    w.write('home/netrc', 'machine elsewhere.invalid login some-body '
            'password p@ss:w/rd%3\n')
    w.no('another host', 3, b'401', 'a', cache=None,
         env={'NETRC': w.path('home/netrc')})
    if any('authorization' in r.headers for r in w.server.take()[-1:]):
        w.wrong('another host', 'credentials were sent')


fault_26_credentials_in_netrc.may_hold = ['home/netrc', 'home/.netrc']


def fault_26_cache_of_another_user(w):
    """What one user may read is not another's."""
    authenticated(w)
    url = w.server.root.replace('//', '//some-body:p%40ss%3Aw%2Frd%253@')
    w.yes('with', 'a', {'a': '1.0'}, '--index-root', url)
    w.no('without', 3, b'401', 'a')
    w.no('without, offline', 3, b'cache', 'a', '--offline')
    other = w.server.root.replace('//', '//other:word-of-other@')
    w.no('another', 3, b'401', 'a', '--index-root', other)


def fault_27_tls(w):
    certificates(w.path('home'))
    w.add('a', '1.0')
    ca = w.path('home/ca.pem')
    for name, word in [('good', None), ('expired', b'expired'),
                       ('other', b'127.0.0.1')]:
        w.serve(tls=(w.path(f'home/{name}.pem'), w.path(f'home/{name}.key')))
        if word:
            w.no(name, 3, word, 'a', '--cert', ca, cache=None)
        else:
            w.yes(name, 'a', {'a': '1.0'}, '--cert', ca, cache=None)
            w.expect('SSL_CERT_FILE', w.resolve(
                'a', cache=None, env={'SSL_CERT_FILE': ca}), 0)
            w.expect('PIP_CERT', w.resolve(
                'a', cache=None, env={'PIP_CERT': ca}), 0)
            w.expect('insecure', w.resolve(
                'a', '--allow-insecure-host', w.server.host, cache=None), 0)
            w.no('unknown authority', 3, b'certificate', 'a', cache=None)
        w.no('no such file', 5, b'nothing.pem', 'a', '--cert',
             w.path('nothing.pem'), cache=None)
        w.write('empty.pem', '')
        w.no('no certificates', 5, b'empty.pem', 'a',
             '--cert', 'empty.pem', cache=None)


def fault_27_plain_http(w):
    """http is for this machine, unless a host is named."""
    w.serve()
    url = 'http://192.0.2.1:9/simple/'
    done = w.no('http', 2, b'https', 'a', '--index-url', url, cache=None)
    if b'--allow-insecure-host' not in done.stderr:
        w.wrong('http', 'does not name the cure', done.stderr)


def fault_28_proxy(w):
    w.add('a', '1.0')
    w.secret('proxy-word', 'proxy-user:proxy-word')
    w.serve()
    dead = 'http://proxy-user:proxy-word@127.0.0.1:9/'
    for name in ('HTTP_PROXY', 'http_proxy', 'ALL_PROXY'):
        w.no(name, 3, b'proxy', 'a', '--index-url',
             'http://index.invalid/simple/', '--allow-insecure-host',
             'index.invalid', env={name: dead}, cache=None)
    w.no('https', 3, b'proxy', 'a', '--index-url',
         'https://index.invalid/simple/', env={'HTTPS_PROXY': dead},
         cache=None)
    w.expect('NO_PROXY', w.resolve('a', cache=None, env={
        'HTTP_PROXY': dead, 'NO_PROXY': '127.0.0.1'}), 0)
    proxy = w.serve(script=lambda r: refuse(407, Proxy_Authenticate='Basic'))
    url = proxy.root.replace('//', '//proxy-user:proxy-word@')
    for scheme in ('http', 'https'):
        w.no(f'407 {scheme}', 3, b'407', 'a', '--index-url',
             f'{scheme}://index.invalid/simple/', '--allow-insecure-host',
             'index.invalid', cache=None, env={'HTTP_PROXY': url,
                                               'HTTPS_PROXY': url})
    w.serve()
    w.expect('a good proxy', w.resolve(
        'a', '--index-url', 'http://index.invalid/pypi/simple/',
        '--allow-insecure-host', 'index.invalid', cache=None,
        env={'HTTP_PROXY': w.server.root}), 0)


def fault_29_304_without_a_body(w):
    w.add('a', '1.0')
    for path in (PAGE, FILE):
        w.serve(script=script(path, Response(304)))
        w.no(f'304 {path}', 3, b'304', 'a')
        w.serve()
        w.yes('then', 'a', {'a': '1.0'})
        shutil.rmtree(w.path('cache'))


def fault_29_304_and_the_entry_is_gone(w):
    w.add('a', '1.0')
    w.serve()
    w.yes('first', 'a', {'a': '1.0'})
    w.server.take()
    w.yes('not changed', 'a', {'a': '1.0'}, '--refresh')
    if {r.status for r in w.server.take()} != {304}:
        w.wrong('not changed', 'was sent again')
    shutil.rmtree(w.path('cache'))
    w.yes('gone', 'a', {'a': '1.0'}, '--refresh')
    if any(r.headers.get('if-none-match') for r in w.server.take()):
        w.wrong('gone', 'asked about what it has not got')


# ---- 36, 38, 39, 44: the machine, and files that change ----


def fault_29_gone_and_back(w):
    """A file that was gone is looked for again by --refresh, although the
    page has not changed, and when it has."""
    for version in '1.0', '2.0':
        w.wheel('a', version)
    there = []

    def once_gone(request):
        return None if there or 'a-2.0' not in request.name else refuse(404)
    w.serve(script=once_gone)
    for cache in 'refresh', 'changed':
        w.yes('gone', 'a', {'a': '1.0'}, cache=cache)
    there.append(True)
    w.yes('warm', 'a', {'a': '1.0'}, cache='refresh')
    w.yes('back', 'a', {'a': '2.0'}, '--refresh', cache='refresh')
    w.wheel('a', '0.5')
    w.yes('another page', 'a', {'a': '2.0'}, '--refresh', cache='changed')


def fault_29_absent_and_not_to_be_kept(w):
    def absent(request):
        response = refuse(404)
        response.headers['Cache-Control'] = 'no-store, max-age=600'
        return response if request.name == PAGE else None
    w.serve(script=absent)
    for what in 'cold', 'warm':
        w.no(what, 1, b'a', 'a')
        if not [r for r in w.server.take() if r.name == PAGE]:
            w.wrong(what, 'the page was not asked for')


def fault_29_files_beside_the_page(w):
    """Pages of --find-links: the same answer from a page in the cache, and
    none of them is asked for offline."""
    w.wheel('a', '1.0')
    w.wheel('b', '1.0')
    body, file = make_wheel('a', '1.0', 'b'), 'A-1.0-py3-none-any.whl'
    w.write(f'index/pypi/files/{file}', body)
    digest = hashlib.sha256(body).hexdigest()
    flat = f'<a href="/pypi/files/{file}#sha256={digest}">{file}</a>'
    w.serve(script=script('/flat/', lambda request: page(flat)))
    links = '--find-links', w.server.root + 'flat/'
    cold = w.resolve('a', *links)
    for name in glob.glob(w.path('cache/v1/*/*.trail')):
        os.unlink(name)
    warm = w.resolve('a', *links)
    if cold.returncode or cold.stdout != warm.stdout:
        w.wrong('warm', warm.returncode, warm.stdout, cold.stdout)
    w.server.take()
    w.no('offline', 3, b'--find-links', 'a', '--offline', *links)
    if w.server.take():
        w.wrong('offline', 'the network was asked')


def fault_33_stale_pages(w):
    """Many processes with the same old answers, or that want new ones: one of
    them asks again."""
    names = [f'p{i}' for i in range(8)]
    for name in names:
        w.add(name, '1.0')

    def soon_stale(request):
        response = w.server.usual(request)
        response.headers['Cache-Control'] = 'max-age=30'
        if aged:
            response.wait = 0.5
        else:
            response.headers['Age'] = '30'
        return response
    aged = []
    w.serve(script=soon_stale)
    words = w.words(' '.join(names), [], None, 'cache')
    w.run(*words)
    aged.append(True)
    w.server.take()
    many = [subprocess.Popen([w.podlock, *words], cwd=w.top,
                             env=w.environment({}), stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL) for _ in range(5)]
    codes = [p.wait(60) for p in many]
    asked = len(w.server.take())
    if any(codes) or asked > 2 * len(names):
        w.wrong('stale', codes, f'{asked} requests for {len(names)} pages')
    many = [subprocess.Popen([w.podlock, *words, '--refresh'], cwd=w.top,
                             env=w.environment({}), stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL) for _ in range(5)]
    codes = [p.wait(60) for p in many]
    asked = len(w.server.take())
    if any(codes) or not len(names) <= asked <= 3 * len(names):
        w.wrong('refresh', codes, f'{asked} requests for {len(names)} pages')


def fault_36_places_to_write(w):
    w.add('a', '1.0')
    w.serve()
    os.makedirs(w.path('out/folder.txt'))
    os.mkfifo(w.path('out/fifo.txt'))
    os.symlink('nothing', w.path('out/dangling.txt'))
    for name in ('folder', 'fifo', 'dangling'):
        w.expect(name, w.resolve('a', '-o', f'out/{name}.txt'), 5)
    w.expect('no folder', w.resolve('a', '-o', 'nowhere/x.txt'), 5)
    w.write('out/real', '# old\n')
    os.symlink('real', w.path('out/link.txt'))
    w.expect('link', w.resolve('a', '-o', 'out/link.txt'), 0)
    with open(w.path('out/real')) as f:
        if 'a==1.0' not in f.read() or not os.path.islink(
                w.path('out/link.txt')):
            w.wrong('link', 'the file behind it is the old one')
    words = w.words('a', [], None, 'cache')
    done = subprocess.run(['sh', '-c', 'exec "$0" "$@" >&-', w.podlock,
                           *words], cwd=w.top, stderr=subprocess.PIPE,
                          env=w.environment({}), timeout=60)
    if done.returncode != 5:
        w.wrong('closed standard output', done.returncode, done.stderr)
    with open('/dev/full', 'w') as full:
        done = subprocess.run([w.podlock, *words], cwd=w.top, stdout=full,
                              stderr=subprocess.PIPE,
                              env=w.environment({}), timeout=60)
    if done.returncode != 5:
        w.wrong('full standard output', done.returncode, done.stderr)
    left = [n for _, _, files in os.walk(w.path('out')) for n in files]
    if sorted(left) != ['dangling.txt', 'fifo.txt', 'link.txt', 'real']:
        w.wrong('places', left)


CLOCK = r'''
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>
#include <sys/syscall.h>
#include <unistd.h>
static long faked(void) { return strtol(getenv("FAKE_CLOCK"), NULL, 10); }
time_t time(time_t *out)
{
    if (out) *out = faked();
    return faked();
}
int clock_gettime(clockid_t id, struct timespec *out)
{
    if (id == CLOCK_REALTIME) {
        out->tv_sec = faked();
        out->tv_nsec = 0;
        return 0;
    }
    return (int)syscall(SYS_clock_gettime, id, out);
}
'''


def clock_library(w):
    """A library that says another time; compiled here."""
    compiler = shutil.which('cc') or shutil.which('gcc')
    if not compiler:
        raise Skip('no C compiler for a clock of 1970')
    source, out = w.write('home/clock.c', CLOCK), w.path('home/clock.so')
    subprocess.run([compiler, '-shared', '-fPIC', '-o', out, source],
                   check=True)
    return out


def fault_38_clock_of_1970(w):
    library = clock_library(w)

    def at(seconds):
        return {'LD_PRELOAD': library, 'FAKE_CLOCK': str(seconds),
                'ASAN_OPTIONS': 'verify_asan_link_order=0:detect_leaks=0'}
    w.add('a', '1.0')
    w.serve()
    now = int(time.time())
    for what, seconds, requests in [
            ('1970', 5, True), ('soon after', 9, False),
            ('today', now, True), ('1970 again', 5, True),
            ('long after', 2 ** 40, True), ('before 1970', -99, True)]:
        w.server.take()
        w.yes(what, 'a', {'a': '1.0'}, env=at(seconds))
        if bool(paths(w)) != requests:
            w.wrong(what, f'asked: {not requests}')
    certificates(w.path('home'))
    w.serve(tls=(w.path('home/good.pem'), w.path('home/good.key')))
    w.no('TLS in 1970', 3, b'certificate', 'a', '--cert', 'home/ca.pem',
         env=at(5), cache=None)


def has_sanitizer(podlock):
    with open(podlock, 'rb') as f:
        return b'__asan_init' in f.read()


def limited(what, *values):
    return lambda: resource.setrlimit(what, values)


def fault_39_few_descriptors(w):
    names = [f'p{i}' for i in range(60)]
    for name in names:
        w.add(name, '1.0')
    w.serve(delay=(1, 20))
    for many in (24, 16, 12, 8, 5):
        done = w.resolve(' '.join(names), cache=f'c{many}', preexec_fn=limited(
            resource.RLIMIT_NOFILE, many, many))
        if many > 20:
            w.expect(f'{many} descriptors', done, 0)
        elif done.returncode not in (0, 3, 5):
            w.wrong(f'{many} descriptors', done.returncode, done.stderr)


def fault_39_little_memory(w):
    if has_sanitizer(w.podlock):
        raise Skip('sanitizers need more address space')
    w.add('a', '1.0', **{'x': 'y' * (2 << 20)})
    w.serve()
    for mega in (20, 40, 60, 80, 120, 200):
        done = w.resolve('a', cache=None, preexec_fn=limited(
            resource.RLIMIT_AS, mega << 20, mega << 20))
        if done.returncode not in (0, 3, 5, 6, 127):
            w.wrong(f'{mega} MB', done.returncode, done.stderr[-1000:])
        w.check_text(f'{mega} MB', done.stderr)
    w.expect('200 MB', done, 0)


def fault_39_no_home(w):
    w.add('a', '1.0')
    w.serve()
    for env in ({'HOME': None}, {'HOME': ''}, {'HOME': '/nowhere'},
                {'HOME': '/dev/null'}, {'HOME': 'relative'},
                {'HOME': None, 'TMPDIR': '/nowhere'}):
        done = w.resolve('a', cache='', env=env)
        w.expect(str(env), done, 0)
    if os.path.exists(w.path('relative')):
        w.wrong('a relative HOME', 'was made')


def fault_44_range_ignored(w):
    w.wheel('a', '1.0', 'b')
    w.wheel('b', '1.0')
    w.serve(script=without_ranges(w))
    w.yes('ignored', 'a', {'a': '1.0', 'b': '1.0'}, cache='c1')
    cut = set()

    def cut_once(request):
        request.headers.pop('range', None)
        response = w.server.usual(request)
        if request.name == FILE and request.attempt == 2:
            cut.add(request.name)
            response.cut = 30
        return response
    w.serve(script=script('/pypi/files/', cut_once))
    w.yes('cut in the middle', 'a', {'a': '1.0', 'b': '1.0'}, cache='c2')
    if not cut:
        w.wrong('cut in the middle', 'was not')
    w.serve(script=script(FILE, refused(416)))
    done = w.resolve('a', cache='c3')
    if done.returncode not in (1, 3):
        w.wrong('416', done.returncode, done.stderr)


def fault_44_range_that_lies(w):
    body = make_wheel('a', '1.0', more=[('a/x', os.urandom(90000))])
    w.wheel('a', '1.0', body=body)
    lies = {'no Content-Range': {'Content-Range': None},
            'another place': {'Content-Range': 'bytes 0-99/{size}'},
            'another size': {'Content-Range': 'bytes {from}-{to}/99999999'},
            'garbage': {'Content-Range': 'bytes x-y/z'},
            'unknown size': {'Content-Range': 'bytes {from}-{to}/*'},
            'parts': {'Content-Type': 'multipart/byteranges; boundary=x'}}
    for what, headers in lies.items():
        def lie(request):
            response = w.server.usual(request)
            first, last = re.findall(r'\d+', response.headers.get(
                'Content-Range', '0-0/0'))[:2]
            for key, value in headers.items():
                response.headers.pop(key, None)
                if value:
                    response.headers[key] = value.replace(
                        '{size}', str(len(body))).replace(
                            '{from}', first).replace('{to}', last)
            return response
        w.serve(script=script(FILE, lie))
        done = w.resolve('a', cache=None)
        if done.returncode not in (0, 3, 4):
            w.wrong(what, done.returncode, done.stderr)
        w.check_text(what, done.stderr)


def fault_44_changed_midway(w):
    """METADATA lies far from the end: a second range, of another file."""
    def build(*requires):
        out = io.BytesIO()
        text = META.format('a', '1.0') + ''.join(
            f'Requires-Dist: {r}\n' for r in requires)
        with zipfile.ZipFile(out, 'w') as z:
            z.writestr('a-1.0.dist-info/METADATA', text)
            z.writestr('a/data', hashlib.sha512(b'x').digest() * 1500)
        return out.getvalue()
    first = build('b')
    second = build('c')
    w.wheel('a', '1.0', body=first)
    for name in 'bc':
        w.wheel(name, '1.0')
    for what, etag in [('same ETag', '"one"'), ('another ETag', '"two"')]:
        def midway(request):
            # conditions were checked against the first ETag by usual()
            body = first if request.attempt == 1 else second
            w.write(f'index{FILE}', body)
            condition = request.headers.pop('if-range', None)
            response = w.server.usual(request)
            tag = '"one"' if request.attempt == 1 else etag
            if condition and condition != tag:
                response = Response(200, body)
            response.headers['ETag'] = tag
            return response
        w.serve(script=script(FILE, midway))
        if what == 'another ETag':
            w.no(what, 3, b'changed while', 'a', cache=None)
            continue
        # nothing tells but the CRC of the member
        done = w.resolve('a', cache=None)
        if b'name = "c"' in done.stdout:
            w.wrong(what, 'half of one file and half of another')


if __name__ == '__main__':
    sys.exit(run_all(sys.modules[__name__], sys.argv[1:]))
