#!/usr/bin/env python3
"""Serves a recorded index on loopback, fast, and with any fault on demand.

usage: server.py TREE [--port N] [--html-only] [--no-core-metadata]
                 [--absolute] [--delay LOW-HIGH] [--auth USER:PASSWORD]
                 [--tls CERT KEY] [--quiet]

TREE is build/fixtures/index or any folder of that form:

    TREE/pypi/simple/NAME/index.json or index.html, by the Accept header
    TREE/pypi/files/FILE.metadata, and source distributions
    TREE/pytorch/whl/VARIANT/NAME/index.html    unknown names answer 403

Answers are those of nginx before such a tree: Cache-Control, ETag with 304,
Last-Modified, gzip, ranges (If-Range too), HEAD, connections kept open. The
root for `podlock resolve --index-root` is http://127.0.0.1:PORT/.

In a test, the server runs in a thread of its own:

    with Server(tree, html_only=True) as server:
        podlock('resolve', 'a.in', '--index-root', server.root)
        print([request.path for request in server.take()])

Modes, each an argument of Server:

html_only          pages are HTML whatever is asked for
no_core_metadata   pages offer no metadata and FILE.metadata answers 404; the
                   wheels are there instead, made when asked for, of exactly
                   the size that the page states (wheels.py), for ranges
absolute           file URLs in pages begin with the server's root
delay=(low, high)  each answer waits so many milliseconds, by chance (seed=N):
                   answers come in another order than they were asked for
auth='user:word'   401 without these credentials
tls=(cert, key)    HTTPS
script=function    called with each Request; gives None (as usual), a Response
                   or DROP. `server.usual(request)` is what a script may change
log=function       called with each Request when it has been answered

A Request has method, path (as it was sent), name (decoded, no query), headers
(lower case), attempt (the how many-th of this method and path, from 1),
connection (a number), and later status (0: dropped).

A Response has status, headers, body, and how it is sent: wait (seconds before
it), gzip (compress where the client can), length (a Content-Length that lies),
chunked, cut (close after so many bytes of the body), piece and pause (so many
bytes at a time, so many seconds between), close, reset (RST, not FIN), raw
(bytes sent as they are instead of status and headers).
"""
import argparse
import asyncio
import base64
import email.utils
import functools
import gzip
import json
import os
import random
import re
import ssl
import subprocess
import sys
import threading
import urllib.parse

from wheels import VirtualWheel

JSON = 'application/vnd.pypi.simple.v1+json'
DROP = object()
REASONS = {200: 'OK', 206: 'Partial Content', 301: 'Moved Permanently',
           302: 'Found', 304: 'Not Modified', 401: 'Unauthorized',
           403: 'Forbidden', 404: 'Not Found', 407: 'Proxy Auth Required',
           410: 'Gone', 416: 'Range Not Satisfiable',
           429: 'Too Many Requests', 500: 'Internal Server Error',
           502: 'Bad Gateway', 503: 'Service Unavailable'}
MARKS = re.compile(r' data-(dist-info|core)-metadata="[^"]*"')
PAGE_AGE = 'max-age=600, public'
MAX_HEAD = 1 << 20


class Request:
    def __init__(self, head, connection):
        lines = head.decode('latin-1').split('\r\n')
        self.method, target, _ = lines[0].split(' ', 2)
        self.target = target  # a proxy is sent a whole URL
        if target.startswith('http://'):
            target = '/' + target[7:].partition('/')[2]
        self.path = target
        self.name = urllib.parse.unquote(target.partition('?')[0])
        self.headers = {}
        for line in lines[1:]:
            key, _, value = line.partition(':')
            self.headers[key.lower()] = value.strip()
        self.connection, self.attempt, self.status = connection, 0, 0

    def wants_json(self):
        return JSON in self.headers.get('accept', '')

    def __repr__(self):
        return f'{self.method} {self.path} {self.status}'


class Response:
    def __init__(self, status=200, body=b'', headers=None, **how):
        self.status, self.headers = status, dict(headers or {})
        self.body = body.encode() if isinstance(body, str) else body
        self.wait = self.pause = 0
        self.length = self.cut = self.piece = self.raw = None
        self.gzip = self.chunked = self.close = self.reset = False
        for key, value in how.items():
            if key not in vars(self):
                raise TypeError(key)
            setattr(self, key, value)


def page(body, kind='text/html', status=200, **how):
    return Response(status, body, {'Content-Type': kind}, **how)


def refuse(status, **headers):
    return Response(status, f'{status}\n', {
        'Content-Type': 'text/plain',
        **{k.replace('_', '-'): v for k, v in headers.items()}})


@functools.lru_cache(64)
def compressed(body):
    return gzip.compress(body, 4, mtime=0)


@functools.lru_cache(4096)
def content(path, stamp, size):
    with open(path, 'rb') as f:
        return f.read()


class Tree:
    """What a web server would answer for a tree of files."""

    def __init__(self, top, html_only, no_core_metadata, prefix):
        self.top, self.html_only = os.path.abspath(top), html_only
        self.no_core_metadata, self.prefix = no_core_metadata, prefix
        self.pages = {}   # (path, stamp) -> body as it is served
        self.sizes = {}   # project -> {filename: size}

    def read(self, *parts):
        """(bytes, ETag, mtime) of a regular file, or None."""
        path = os.path.join(self.top, *parts)
        try:
            st = os.stat(path)
        except OSError:
            return None
        if not os.path.isfile(path):
            return None
        body = content(path, st.st_mtime_ns, st.st_size)
        return body, f'{st.st_mtime_ns // 10**9:x}-{st.st_size:x}', st.st_mtime

    def answer(self, request):
        parts = request.name.strip('/').split('/')
        if '..' in parts or '\0' in request.name:
            return refuse(404)
        folder = request.name.endswith('/')
        if parts[:2] == ['pypi', 'simple'] and folder and len(parts) < 4:
            return self.simple(request, parts)
        if parts[:2] == ['pytorch', 'whl'] and folder:
            found = self.served_page('/'.join(parts), 'index.html', 'text/html')
            if found and len(parts) > 3:
                found.headers['Cache-Control'] = PAGE_AGE + ', must-revalidate'
            return found or refuse(403 if len(parts) > 3 else 404)
        found = self.file(parts)
        if found and parts[:2] == ['pypi', 'files']:
            found.headers['Cache-Control'] = \
                'max-age=365000000, immutable, public'
        return found or refuse(404)

    def simple(self, request, parts):
        as_json = request.wants_json() and not self.html_only
        file, kind = ('index.json', JSON) if as_json else (
            'index.html', 'text/html')
        found = self.served_page('/'.join(parts), file, kind)
        if found:
            found.headers['Vary'] = 'Accept'
        if found and len(parts) > 2:
            found.headers['Cache-Control'] = PAGE_AGE
        return found or refuse(404)

    def served_page(self, folder, file, kind):
        read = self.read(folder, file)
        if not read:
            return None
        body, etag, mtime = read
        if self.no_core_metadata or self.prefix:
            key = (folder, file, etag)
            if key not in self.pages:
                self.pages[key] = self.changed(body.decode(), file)
            body = self.pages[key]
        return self.whole(body, etag, mtime, kind)

    def changed(self, text, file):
        """A page without its marks, or with absolute URLs."""
        if self.no_core_metadata and file == 'index.json':
            data = json.loads(text)
            for row in data.get('files', []):
                row.pop('core-metadata', None)
                row.pop('dist-info-metadata', None)
            text = json.dumps(data, separators=(',', ':'))
        elif self.no_core_metadata:
            text = MARKS.sub('', text)
        if self.prefix:
            for quote in ('"url":"', '"url": "', 'href="'):
                text = text.replace(f'{quote}../../files/',
                                    f'{quote}{self.prefix}pypi/files/')
            text = text.replace('href="/', f'href="{self.prefix}')
        return text.encode()

    def file(self, parts):
        name = parts[-1]
        if self.no_core_metadata and name.endswith('.metadata'):
            return None
        read = self.read(*parts)
        if read:
            return self.whole(*read, 'application/octet-stream')
        if self.no_core_metadata and name.endswith('.whl'):
            return self.wheel(parts)
        return None

    def wheel(self, parts):
        read = self.read(*parts[:-1], parts[-1] + '.metadata')
        if not read:
            return None
        size = None
        if parts[0] == 'pypi':
            size = self.stated_sizes(parts[-1]).get(parts[-1])
        body = VirtualWheel(parts[-1], read[0], size)
        return self.whole(body, f'{read[1]}-{body.size:x}', read[2],
                          'application/octet-stream')

    def stated_sizes(self, wheel):
        name = re.sub(r'[-_.]+', '-', wheel.split('-')[0]).lower()
        if name not in self.sizes:
            read = self.read('pypi', 'simple', name, 'index.json')
            rows = json.loads(read[0])['files'] if read else []
            self.sizes[name] = {r['filename']: r['size'] for r in rows
                                if 'size' in r}
        return self.sizes[name]

    def whole(self, body, etag, mtime, kind):
        return Response(200, body, {
            'Content-Type': kind, 'ETag': f'"{etag}"', 'Last-Modified':
            email.utils.formatdate(mtime, usegmt=True)}, gzip=True)


def is_virtual(body):
    return not isinstance(body, bytes)


def body_size(body):
    return body.size if is_virtual(body) else len(body)


def parse_range(text, size):
    """(begin, end) of `bytes=...`; None: not one range; False: outside."""
    match = re.fullmatch(r'bytes=(\d*)-(\d*)', text or '')
    if not match or text == 'bytes=-':
        return None
    first, last = match.groups()
    if not first:
        begin, end = max(0, size - int(last)), size
    else:
        begin = int(first)
        end = min(size, int(last) + 1) if last else size
    return (begin, end) if begin < end else False


def conditional(request, response):
    """Applies If-None-Match, Range and If-Range to a whole answer."""
    if response.status != 200:
        return response
    etag = response.headers.get('ETag')
    asked = request.headers.get('if-none-match', '')
    if etag and etag in [tag.strip().removeprefix('W/')
                         for tag in asked.split(',')]:
        response.status, response.body, response.gzip = 304, b'', False
        response.headers.pop('Content-Type', None)
        return response
    size = body_size(response.body)
    wanted = parse_range(request.headers.get('range'), size)
    condition = request.headers.get('if-range')
    if condition and condition not in (etag,
                                       response.headers.get('Last-Modified')):
        wanted = None
    if wanted is None:
        return response
    response.gzip = False
    if wanted is False:
        response.status, response.body = 416, b''
        response.headers['Content-Range'] = f'bytes */{size}'
        return response
    begin, end = wanted
    response.status = 206
    response.headers['Content-Range'] = f'bytes {begin}-{end - 1}/{size}'
    response.body = response.body.read(begin, end) \
        if is_virtual(response.body) else response.body[begin:end]
    return response


class Connection(asyncio.Protocol):
    def __init__(self, server):
        self.server, self.buffer = server, b''
        self.transport = self.task = None
        self.writable = asyncio.Event()
        self.writable.set()

    def connection_made(self, transport):
        self.transport = transport
        self.server.connections += 1
        self.number = self.server.connections
        self.server.open.add(self)

    def connection_lost(self, error):
        self.server.open.discard(self)
        self.writable.set()
        if self.task:
            self.task.cancel()

    def pause_writing(self):
        self.writable.clear()

    def resume_writing(self):
        self.writable.set()

    def data_received(self, data):
        self.buffer += data
        while not self.task and not self.transport.is_closing():
            end = self.buffer.find(b'\r\n\r\n')
            if end < 0:
                if len(self.buffer) > MAX_HEAD:
                    self.transport.abort()
                return
            head, self.buffer = self.buffer[:end], self.buffer[end + 4:]
            self.one(head)

    def one(self, head):
        try:
            request = Request(head, self.number)
        except ValueError:
            return self.transport.abort()
        response = self.server.respond(request)
        if response is DROP:
            self.server.done(request, 0)
            return self.transport.abort()
        if response.wait or response.piece or is_virtual(response.body):
            self.task = asyncio.ensure_future(self.slowly(request, response))
            self.task.add_done_callback(self.finished)
            return None
        head, body = self.prepare(request, response)
        self.server.done(request, response.status)
        self.transport.write(head + body)
        return self.after(request, response)

    def prepare(self, request, r):
        body = r.body
        if r.gzip and not is_virtual(body) and len(body) >= 256 and \
                'gzip' in request.headers.get('accept-encoding', ''):
            body = compressed(body)
            r.headers['Content-Encoding'] = 'gzip'
            if 'ETag' in r.headers:
                r.headers['ETag'] = 'W/' + r.headers['ETag']
        if r.chunked:
            r.headers['Transfer-Encoding'] = 'chunked'
            body = b'%x\r\n%s\r\n' % (len(body), body) * (len(body) > 0)
            body += b'0\r\n\r\n'
        elif r.status not in (204, 304):
            r.headers['Content-Length'] = \
                body_size(body) if r.length is None else r.length
        if r.close:
            r.headers['Connection'] = 'close'
        head = r.raw
        if head is None:
            lines = [f'HTTP/1.1 {r.status} {REASONS.get(r.status, "Other")}',
                     'Server: test',
                     *(f'{k}: {v}' for k, v in r.headers.items()), '\r\n']
            head = '\r\n'.join(lines).encode('latin-1')
        if request.method == 'HEAD':
            body = b''
        elif r.cut is not None:
            body = body[:r.cut] if not is_virtual(body) else \
                body.read(0, r.cut)
        return head, body

    def after(self, request, r):
        if r.reset:
            self.transport.abort()
        elif r.close or r.cut is not None or \
                request.headers.get('connection', '').lower() == 'close':
            self.transport.close()

    async def slowly(self, request, r):
        if r.wait:
            await asyncio.sleep(r.wait)
        head, body = self.prepare(request, r)
        self.server.done(request, r.status)
        piece = r.piece or 65536
        if r.pause and r.raw is not None:  # a slow head
            body, head = head + body, b''
        self.transport.write(head)
        for at in range(0, body_size(body), piece):
            end = min(at + piece, body_size(body))
            self.transport.write(body.read(at, end) if is_virtual(body)
                                 else body[at:end])
            await self.writable.wait()
            if self.transport.is_closing():
                return
            if r.pause:
                await asyncio.sleep(r.pause)
        self.after(request, r)

    def finished(self, task):
        self.task = None
        if not task.cancelled():
            task.result()
            self.data_received(b'')


class Server:
    """See the top of this file; use it as a context manager."""

    def __init__(self, tree, port=0, html_only=False, no_core_metadata=False,
                 absolute=False, delay=None, seed=1, auth=None, tls=None,
                 script=None, log=None):
        self.requests, self.attempts, self.open = [], {}, set()
        self.connections, self.script, self.log = 0, script, log
        self.delay, self.random = delay, random.Random(seed)
        self.auth = auth and 'Basic ' + base64.b64encode(
            auth.encode()).decode()
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
        self.loop = asyncio.new_event_loop()
        self.loop.set_exception_handler(self.failed)
        self.listener = self.loop.run_until_complete(self.loop.create_server(
            lambda: Connection(self), '127.0.0.1', port, ssl=context,
            backlog=1000))
        self.port = self.listener.sockets[0].getsockname()[1]
        self.scheme = 'https' if tls else 'http'
        self.host = f'127.0.0.1:{self.port}'
        self.root = f'{self.scheme}://{self.host}/'
        self.tree = Tree(tree, html_only, no_core_metadata,
                         self.root if absolute else None)
        self.errors = []
        self.thread = threading.Thread(target=self.loop.run_forever,
                                       daemon=True)
        self.thread.start()

    def failed(self, loop, context):
        error = context.get('exception')
        if not isinstance(error, (ConnectionError, ssl.SSLError, TimeoutError)):
            self.errors.append(str(error or context['message']))
            sys.stderr.write(f'server.py: {self.errors[-1]}\n')

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()

    def close(self):
        self.loop.call_soon_threadsafe(self.listener.close)
        for connection in list(self.open):
            self.loop.call_soon_threadsafe(connection.transport.abort)
        self.loop.call_soon_threadsafe(self.loop.call_later, 0.01,
                                       self.loop.stop)
        self.thread.join()
        self.loop.close()

    def respond(self, request):
        key = (request.method, request.path)
        request.attempt = self.attempts[key] = self.attempts.get(key, 0) + 1
        self.requests.append(request)
        response = None
        try:
            if self.script:
                response = self.script(request)
            if response is None:
                response = self.usual(request)
        except Exception as error:  # a test must see its own mistakes
            self.errors.append(repr(error))
            sys.stderr.write(f'server.py: {request}: {error!r}\n')
            return refuse(500)
        if self.delay and response is not DROP:
            low, high = self.delay
            response.wait += self.random.uniform(low, high) / 1000
        return response

    def usual(self, request):
        """What would be answered without a script."""
        if self.auth and request.headers.get('authorization') != self.auth:
            return refuse(401, WWW_Authenticate='Basic realm="test"')
        if request.method not in ('GET', 'HEAD'):
            return refuse(405)
        return conditional(request, self.tree.answer(request))

    def done(self, request, status):
        request.status = status
        if self.log:
            self.log(request)

    def take(self):
        """The requests since the last call."""
        out, self.requests = self.requests, []
        self.attempts = {}
        return out


def openssl(*words, **more):
    subprocess.run(['openssl', *words], check=True, capture_output=True,
                   **more)


def certificates(folder):
    """Makes an authority (ca.pem) and certificates NAME.pem, NAME.key for
    127.0.0.1 signed by it: good, expired, other (another host's name)."""
    def path(name):
        return os.path.join(folder, name)
    key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
           '-nodes']
    openssl('req', '-x509', *key, '-keyout', path('ca.key'), '-out',
            path('ca.pem'), '-subj', '/CN=test authority', '-days', '30')
    with open(path('index.txt'), 'w'):
        pass
    config = path('ca.conf')
    with open(config, 'w') as f:
        f.write(f'[ca]\ndefault_ca=x\n[x]\ndatabase={path("index.txt")}\n'
                f'new_certs_dir={folder}\nrand_serial=yes\n'
                'default_md=sha256\nunique_subject=no\npolicy=p\n'
                'copy_extensions=copy\n[p]\ncommonName=supplied\n')
    for name, where, until in [
            ('good', 'IP:127.0.0.1,DNS:localhost', '20491231235959Z'),
            ('expired', 'IP:127.0.0.1,DNS:localhost', '20200102000000Z'),
            ('other', 'DNS:elsewhere.invalid', '20491231235959Z')]:
        openssl('req', *key, '-keyout', path(f'{name}.key'), '-out',
                path(f'{name}.csr'), '-subj', f'/CN={name}', '-addext',
                f'subjectAltName={where}')
        openssl('ca', '-batch', '-config', config, '-cert', path('ca.pem'),
                '-keyfile', path('ca.key'), '-in', path(f'{name}.csr'),
                '-out', path(f'{name}.pem'), '-notext', '-startdate',
                '20200101000000Z', '-enddate', until)


def main():
    p = argparse.ArgumentParser(usage=__doc__.split('\n\n')[1][7:])
    p.add_argument('tree')
    p.add_argument('--port', type=int, default=8099)
    for name in ('html-only', 'no-core-metadata', 'absolute', 'quiet'):
        p.add_argument(f'--{name}', action='store_true')
    p.add_argument('--delay', type=lambda s: [float(x) for x in s.split('-')])
    p.add_argument('--auth')
    p.add_argument('--tls', nargs=2)
    o = p.parse_args()
    with Server(o.tree, o.port, o.html_only, o.no_core_metadata, o.absolute,
                o.delay and (o.delay[0], o.delay[-1]), auth=o.auth, tls=o.tls,
                log=None if o.quiet else print) as server:
        print(f'--index-root {server.root}', file=sys.stderr, flush=True)
        try:
            server.thread.join()
        except KeyboardInterrupt:
            pass


if __name__ == '__main__':
    main()
