#!/usr/bin/env python3
"""Certificates, and HTTP/2: what podlock trusts, and whom it tells.

usage: fetch_tls_test.py FETCH_PROBE [NAME...]

Certificates are made with openssl, HTTP/2 is spoken with nginx; what is not
installed is skipped, with the reason.
"""
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from fetch_case import BASIC, FAST, SECRET, Case, main, probe
from fetch_server import CLOSE, Server, ok, raw, slowly


def run_openssl(folder, *args):
    subprocess.run(['openssl', *args], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates(folder):
    """An authority, and certificates of its: right, of another host, and
    of another time."""
    run_openssl(folder, 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key',
                '-out', 'ca.pem', '-subj', '/CN=authority', '-days', '9',
                '-addext', 'basicConstraints=critical,CA:TRUE')
    with open(os.path.join(folder, 'ca.cnf'), 'w') as f:
        f.write('[ca]\ndefault_ca=d\n[d]\ndatabase=index\nserial=serial\n'
                'new_certs_dir=.\ndefault_md=sha256\npolicy=p\n'
                'copy_extensions=copy\nunique_subject=no\n'
                '[p]\ncommonName=supplied\n')
    open(os.path.join(folder, 'index'), 'w').close()
    with open(os.path.join(folder, 'serial'), 'w') as f:
        f.write('01\n')
    run_openssl(folder, 'req', '-newkey', 'ec', '-pkeyopt',
                'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'key.pem',
                '-out', 'right.csr', '-subj', '/CN=right', '-addext',
                'subjectAltName=DNS:localhost,IP:127.0.0.1')
    run_openssl(folder, 'req', '-new', '-key', 'key.pem', '-out',
                'other.csr', '-subj', '/CN=other', '-addext',
                'subjectAltName=DNS:other.example')
    year = time.gmtime().tm_year
    for name, csr, begin, end in (
            ('right', 'right', year - 1, year + 1),
            ('other', 'other', year - 1, year + 1),
            ('expired', 'right', year - 3, year - 2),
            ('early', 'right', year + 2, year + 3)):
        run_openssl(folder, 'ca', '-batch', '-notext', '-config', 'ca.cnf',
                    '-cert', 'ca.pem', '-keyfile', 'ca.key', '-in',
                    csr + '.csr', '-out', name + '.pem', '-startdate',
                    f'{begin}0101000000Z', '-enddate', f'{end}1231000000Z')


@unittest.skipUnless(shutil.which('openssl'), 'openssl is not installed')
class Tls(unittest.TestCase):
    """TRUST 27."""
    assert_error = Case.assert_error

    def one(self, wish, *options, env=None):
        """Without the system's certificates, which take long to read."""
        env = env or {'SSL_CERT_FILE': self.file('other.pem')}
        return Case.one(self, wish, *options, env=env)

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        make_certificates(cls.folder)
        cls.ca = os.path.join(cls.folder, 'ca.pem')

    def file(self, name):
        return os.path.join(self.folder, name)

    def serve(self, name):
        server = self.enterContext(Server(
            certificate=(self.file(name + '.pem'), self.file('key.pem'))))
        server.on('*', ok(b'secure'))
        return server

    def test_right(self):
        server = self.serve('right')
        hashed = self.file('hashed')
        os.makedirs(hashed, exist_ok=True)
        shutil.copy(self.ca, hashed)
        run_openssl(self.folder, 'rehash', hashed)
        for options, env in (
                ([f'ca_file={self.ca}'], {}),
                ([f'ca_dir={hashed}'], {}),
                ([], {'SSL_CERT_FILE': self.ca}),
                ([], {'SSL_CERT_DIR': hashed}),
                ([], {'SSL_CERT_DIR': '/nonexistent:' + hashed}),
                ([f'ca_file={self.ca}'], {'SSL_CERT_FILE': '/none'})):
            answer = self.one(server.url('/a'), *options, env=env)
            self.assertEqual(answer.get('body'), 'secure', answer)

    def test_unknown_authority(self):
        server = self.serve('right')
        answer = self.one(server.url('/a'))
        self.assert_error(answer, 'unknown authority')
        self.assertIn('--cert', answer['hint'])
        self.assertIn('company proxy', answer['hint'])
        self.assertNotIn('tries', answer['error'])
        self.assertEqual(server.requests, [])

    def test_option_replaces_the_environment(self):
        server = self.serve('right')
        answer = self.one(server.url('/a'),
                          'ca_file=' + self.file('other.pem'),
                          env={'SSL_CERT_FILE': self.ca})
        self.assert_error(answer, 'unknown authority')

    def test_expired(self):
        answer = self.one(self.serve('expired').url('/a'),
                          f'ca_file={self.ca}')
        self.assert_error(answer, 'expired')
        self.assertIn('clock', answer['hint'])

    def test_not_yet_valid(self):
        """TRUST 38: on a machine whose clock is wrong."""
        answer = self.one(self.serve('early').url('/a'), f'ca_file={self.ca}')
        self.assert_error(answer, 'not valid yet')
        self.assertIn('clock', answer['hint'])

    def test_wrong_host(self):
        answer = self.one(self.serve('other').url('/a'), f'ca_file={self.ca}')
        self.assert_error(answer, 'another host name')

    def test_no_certificates(self):
        server = self.serve('right')
        answer = self.one(server.url('/a'), 'ca_file=/nonexistent/ca.pem')
        self.assert_error(answer, '/nonexistent/ca.pem', code=5)
        self.assertIn('--cert', answer['hint'])
        answer = self.one(server.url('/a'),
                          env={'SSL_CERT_FILE': '/nonexistent/env.pem'})
        self.assert_error(answer, '/nonexistent/env.pem', code=5)
        self.assertIn('SSL_CERT_FILE', answer['hint'])
        answer = self.one(server.url('/a'),
                          env={'SSL_CERT_DIR': '/proc/none:/proc/empty'})
        self.assert_error(answer, 'cannot be read', code=5)

    def test_no_certificates_on_the_system(self):
        """A slim image: an empty folder lies over the system's own."""
        answer = self.in_image('mkdir /etc/ssl/certs')
        self.assert_error(answer, 'no certificates')
        self.assertEqual(answer['hint'],
                         'install ca-certificates, or --cert FILE')
        self.assert_error(self.in_image(':'), 'no certificates')

    def in_image(self, prepare):
        inside = ['unshare', '-rm', 'sh', '-c',
                  'mount -t tmpfs none /etc/ssl && cd "$0" && ' + prepare +
                  ' && exec "$@"', self.folder]
        if not shutil.which('unshare') or subprocess.run(
                inside + ['true'], capture_output=True).returncode:
            self.skipTest('no user namespaces here')
        run = subprocess.run(
            inside + [sys.argv[1]], capture_output=True, text=True, env={},
            input=f'url={self.serve("right").url("/a")}\n', timeout=30)
        return json.loads(run.stdout.splitlines()[0])

    def test_certificates_of_the_system(self):
        """In a folder by hash, in one file, or one here and one there."""
        dir, file = '/etc/ssl/certs', '/etc/ssl/certs/ca-certificates.crt'
        for prepare in (f'cp ca.pem {file}',
                        f'cp ca.pem {dir}/ca.pem && openssl rehash {dir}',
                        f'cp other.pem {dir}/x.pem && openssl rehash {dir} '
                        f'&& cp ca.pem {file}',
                        f'cp ca.pem {dir}/x.pem && openssl rehash {dir} '
                        f'&& cp other.pem {file}'):
            answer = self.in_image(f'mkdir {dir} && {prepare}')
            self.assertEqual(answer['body'], 'secure', (prepare, answer))
        answer = self.in_image(
            f'mkdir {dir} && cp other.pem {dir}/x.pem && openssl rehash {dir} '
            f'&& cp other.pem {file}')
        self.assert_error(answer, 'unknown authority')

    def test_insecure_host(self):
        for name in 'right', 'other', 'expired':
            server = self.serve(name)
            answer = self.one(server.url('/a'), 'insecure=127.0.0.1')
            self.assertEqual(answer['body'], 'secure')
            answer = self.one(server.url('/a'),
                              f'insecure=127.0.0.1:{server.port}')
            self.assertEqual(answer['body'], 'secure')
            for host in f'127.0.0.1:{server.port + 1}', '127.0.0', 'localhost':
                answer = self.one(server.url('/a'), f'insecure={host}')
                self.assert_error(answer, 'certificate')

    def test_insecure_host_alone(self):
        """One host without checks takes none away from another."""
        bad, good = self.serve('expired'), self.serve('expired')
        bad.on('/a', raw(302, b'', 'Location: ' + good.url('/b')))
        answer = self.one(bad.url('/a'), f'insecure=127.0.0.1:{bad.port}',
                          f'ca_file={self.ca}')
        self.assert_error(answer, 'expired')
        self.assertEqual(good.requests, [])

    def test_never_down_to_http(self):
        """TRUST 25."""
        server = self.serve('right')
        plain = self.enterContext(Server())
        server.on('/a', raw(302, b'', 'Location: ' + plain.url('/b')))
        answer = self.one(server.url('/a'), f'ca_file={self.ca}')
        self.assert_error(answer, 'from https to http')
        self.assertEqual(plain.requests, [])

    def test_through_a_proxy(self):
        """Its own answer is none of the server's."""
        server = self.serve('right')
        server.on('/a', ok(b'secure', 'ETag: "right"'))

        def tunnel(connection, request):
            connection.sendall(b'HTTP/1.1 200 Yes\r\nETag: "wrong"\r\n'
                               b'Content-Encoding: br\r\n\r\n')
            with socket.create_connection(('127.0.0.1', server.port)) as far:
                ends = {connection: far, far: connection}
                while True:
                    for end in select.select(list(ends), [], [])[0]:
                        some = end.recv(65536)
                        if not some:
                            return CLOSE
                        ends[end].sendall(some)
        with Server() as proxy:
            proxy.on('*', tunnel)
            answer = self.one(
                server.url('/a'), f'ca_file={self.ca}',
                'index=' + server.url('/', user=f'me:{SECRET}@'),
                env={'https_proxy': proxy.url(user='proxy:word@')})
        self.assertEqual(answer['body'], 'secure')
        self.assertEqual(answer['etag'], '"right"')
        self.assertEqual(self.result.counters['requests'], 1)
        self.assertIsNone(proxy.requests[0]['Authorization'])
        self.assertEqual(server.requests[0]['Authorization'], BASIC)
        self.assertIsNone(server.requests[0]['Proxy-Authorization'])

    def test_cut(self):
        """A connection that ends without saying so ended no body."""
        def cut(connection, request):
            connection.sendall(ok(b'half', length=False))
            connection.detach()
            return CLOSE
        server = self.serve('right')
        server.on('/a', cut)
        answer = self.one(server.url('/a'), f'ca_file={self.ca}',
                          'silence=500', 'retries=0')
        self.assertEqual(answer['status'], 0)

    def test_many(self):
        server = self.serve('right')
        result = probe([server.url(f'/{i}') for i in range(60)],
                       f'ca_file={self.ca}')
        self.assertEqual({a['body'] for a in result.answers}, {'secure'})
        self.assertLessEqual(server.connections, 16)


NGINX = '''
worker_processes 1; pid nginx.pid; error_log stderr crit; daemon off;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 100000;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;
  uwsgi_temp_path t4; scgi_temp_path t5;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate right.pem; ssl_certificate_key key.pem;
    location /bad {{ return 502; }}
    location /page {{ return 200 "$connection $http2"; }}
    location /moved {{ return 302 /page; }}
    location /slow {{ proxy_pass http://127.0.0.1:{slow}; }}
  }}
}}
'''


@unittest.skipUnless(shutil.which('openssl'), 'openssl is not installed')
@unittest.skipUnless(shutil.which('nginx', path=os.environ.get('PATH', '') +
                                  ':/usr/sbin'), 'nginx is not installed')
class Http2(unittest.TestCase):
    one = Case.one
    assert_error = Case.assert_error

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        make_certificates(cls.folder)
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        cls.base = f'https://127.0.0.1:{port}'
        slow = cls.enterClassContext(Server())
        slow.on('/slow', slowly([ok(b'', length=40000)] + [b'x' * 4000] * 10,
                                .1))
        with open(os.path.join(cls.folder, 'nginx.conf'), 'w') as f:
            f.write(NGINX.format(port=port, slow=slow.port))
        nginx = subprocess.Popen(
            ['nginx', '-p', cls.folder, '-c', 'nginx.conf'],
            env={'PATH': os.environ.get('PATH', '') + ':/usr/sbin'})
        cls.addClassCleanup(nginx.wait)
        cls.addClassCleanup(nginx.terminate)
        for _ in range(100):
            try:
                socket.create_connection(('127.0.0.1', port)).close()
                break
            except OSError:
                time.sleep(.05)
        cls.ca = 'ca_file=' + os.path.join(cls.folder, 'ca.pem')

    def test_one_connection(self):
        result = probe([f'{self.base}/page/{i}' for i in range(200)], self.ca)
        self.assertEqual(len(result.answers), 200)
        bodies = {a['body'] for a in result.answers}
        self.assertEqual(len(bodies), 1, bodies)
        self.assertTrue(bodies.pop().endswith(' h2'))

    def test_redirect(self):
        self.assertEqual(self.one(self.base + '/moved', self.ca)['status'],
                         200)

    def test_bad_connection_is_nobodys(self):
        """TRUST 23, while others still use that connection."""
        page = self.base + '/page'
        result = probe([page, 'wait', self.base + '/slow', self.base + '/bad',
                        'wait', page, page], *FAST, self.ca)
        first, slow, bad, second, third = result.answers
        self.assertEqual(bad['exit'], 3)
        self.assertEqual(slow['body_bytes'], 40000)
        self.assertNotEqual(first['body'], second['body'])
        self.assertNotEqual(first['body'], third['body'])
        self.assertEqual(result.counters['requests'], 8)

    def test_many_bad(self):
        result = probe([f'{self.base}/bad/{i}' for i in range(50)], *FAST,
                       self.ca)
        self.assertEqual({a['exit'] for a in result.answers}, {3})
        self.assertEqual(result.counters['requests'], 200)


if __name__ == '__main__':
    main()
