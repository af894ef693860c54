#!/usr/bin/env python3
"""What podlock says and does over HTTP, seen from the other end of the wire.

usage: fetch_test.py FETCH_PROBE [NAME...]

A scripted server on loopback; limits are made short by arguments of the probe.
"""
import gzip
import os
import socket
import tempfile
import time
from email.utils import formatdate

from fetch_case import BASIC, FAST, SECRET, Case, main, probe
from fetch_server import (Server, after, chunked, closing, ok, raw,
                          slowly)


class Asking(Case):
    """The exact bytes that are sent."""

    def sent(self, wish, *options, path='/a', **more):
        self.server.on(path, ok(b'x'))
        self.one(dict(wish, url=self.url(path)), *options, **more)
        request = self.server.requests[-1]
        self.assertEqual(request.line, f'GET {path} HTTP/1.1')
        fields = dict(request.fields)
        self.assertEqual(len(fields), len(request.fields))
        self.assertEqual(fields.pop('Host'), f'127.0.0.1:{self.server.port}')
        self.assertRegex(fields.pop('User-Agent'),
                         r'^podlock/[0-9]+\.[0-9]+\.[0-9]+$')
        return fields

    def test_plain(self):
        self.assertEqual(self.sent({}),
                         {'Accept': '*/*', 'Accept-Encoding': 'gzip'})

    def test_accept(self):
        self.assertEqual(self.sent({'accept': 'text/html;q=0.1, a/b'}),
                         {'Accept': 'text/html;q=0.1, a/b',
                          'Accept-Encoding': 'gzip'})

    def test_conditional(self):
        self.assertEqual(
            self.sent({'etag': 'W/"x"', 'last_modified': 'yesterday'}),
            {'Accept': '*/*', 'Accept-Encoding': 'gzip',
             'If-None-Match': 'W/"x"', 'If-Modified-Since': 'yesterday'})

    def test_no_second_field_in_an_etag(self):
        self.assertEqual(self.sent({'etag': '"x"\rX-Evil: 1'}),
                         {'Accept': '*/*', 'Accept-Encoding': 'gzip'})

    def test_ranges(self):
        plain = {'Accept': '*/*', 'Accept-Encoding': 'identity'}
        self.assertEqual(self.sent({'from': 5, 'to': 9}),
                         {**plain, 'Range': 'bytes=5-9'})
        self.assertEqual(self.sent({'suffix': 7, 'if_range': '"e"'}),
                         {**plain, 'Range': 'bytes=-7', 'If-Range': '"e"'})
        self.assertEqual(self.sent({'suffix': 7, 'if_range': 'W/"e"'}),
                         {**plain, 'Range': 'bytes=-7'})

    def test_raw(self):
        self.assertEqual(self.sent({'raw': 1}),
                         {'Accept': '*/*', 'Accept-Encoding': 'identity'})

    def test_credentials(self):
        found = self.sent({}, 'index=' + self.server.url('/', user='me:'
                                                         + SECRET + '@'))
        self.assertEqual(found.pop('Authorization'), BASIC)
        self.assertEqual(found,
                         {'Accept': '*/*', 'Accept-Encoding': 'gzip'})

    def test_user_in_the_url_is_not_sent(self):
        self.server.on('/a', ok(b'x'))
        self.one(self.server.url('/a', user='me:' + SECRET + '@'))
        self.assertIsNone(self.server.requests[0]['Authorization'])
        self.assertNotIn(SECRET, self.result.text)

    def test_path_as_it_is(self):
        self.sent({}, path='/a%2Fb/%2e%2e/c?q=%20&r=[]')

    def test_files_of_curl_are_not_read(self):
        with tempfile.TemporaryDirectory() as home:
            for name in '.curlrc', '.netrc':
                with open(os.path.join(home, name), 'w') as f:
                    f.write('user-agent = "x"\n' if name == '.curlrc' else
                            f'default login me password {SECRET}\n')
            self.assertNotIn('Authorization', self.sent({}, env={'HOME': home}))
            found = self.sent({}, 'netrc=1', env={'HOME': home})
            self.assertEqual(found['Authorization'], BASIC)
            found = self.sent({}, 'netrc=1', env={
                'NETRC': os.path.join(home, '.netrc')})
            self.assertEqual(found['Authorization'], BASIC)

    def test_no_cookies(self):
        self.server.on('/a', ok(b'x', 'Set-Cookie: a=b; Path=/'))
        probe([self.url(), 'wait', self.url()])
        self.assertEqual(len(self.server.requests), 2)
        self.assertIsNone(self.server.requests[1]['Cookie'])


class Answers(Case):
    def test_fields(self):
        self.server.on('/a', ok(
            b'text', 'Content-Type: Text/HTML; charset=x', 'ETag: "e"',
            'Last-Modified: then', 'Cache-Control: max-age=600, public',
            'Age: 100'))
        answer = self.one()
        self.assertEqual(answer['status'], 200)
        self.assertEqual(answer['body'], 'text')
        self.assertEqual(answer['content_type'], 'text/html')
        self.assertEqual(answer['etag'], '"e"')
        self.assertEqual(answer['last_modified'], 'then')
        self.assertEqual(answer['max_age'], 500)
        self.assertFalse(answer['no_store'])
        self.assertEqual(answer['url'], self.url())
        self.assertEqual(self.result.counters,
                         {'requests': 1, 'bytes': 4, 'in_flight': 0})

    def test_freshness(self):
        for fields, age, no_store in (
                (['Cache-Control: max-age=5', 'Age: 9'], 0, False),
                (['Cache-Control: no-store'], None, True),
                (['Cache-Control: no-cache, max-age=5'], 0, False),
                (['Cache-Control: max-age=9', 'Cache-Control: max-age=3'], 3,
                 False),
                ([], None, False)):
            self.server.on('/a', ok(b'', *fields))
            answer = self.one()
            self.assertEqual(answer.get('max_age'), age)
            self.assertEqual(answer['no_store'], no_store)

    def test_statuses_that_are_answers(self):
        for status in 201, 204, 400, 401, 403, 404, 410, 416, 451:
            body = b'' if status == 204 else b'no'
            self.server.on('/a', raw(status, body, length=False if status ==
                                     204 else None))
            answer = self.one()
            self.assertEqual(answer['status'], status)
            self.assertEqual(answer['body'], '')
            self.assertNotIn('exit', answer)

    def test_early_hints(self):
        self.server.on('/a', raw(103, b'', 'ETag: "wrong"', length=False) +
                       ok(b'x'))
        self.assertEqual(self.one()['etag'], '')

    def test_encodings(self):
        text = b'some text ' * 1000
        half = len(text) // 2
        packed = gzip.compress(text)
        two = gzip.compress(text[:half]) + gzip.compress(text[half:])
        zipped = 'Content-Encoding: gzip'
        for answer in (ok(text), ok(packed, zipped),
                       ok(packed, 'content-encoding:  X-GZIP'),
                       ok(two, zipped),
                       ok(text, 'Content-Encoding: identity'),
                       chunked(text[:100], text[100:]),
                       chunked(packed[:9], packed[9:], fields=[zipped]),
                       chunked(text, end=b'0\r\nX-Trailer: 1\r\n\r\n'),
                       closing(ok(text, length=False))):
            self.server.on('/a', answer)
            got = self.one()
            self.assertEqual(got['status'], 200, got)
            self.assertEqual(got['body'].encode(), text)
            self.assertNotIn('exit', got)

    def test_trailers_say_nothing(self):
        self.server.on('/a', chunked(b'x', end=b'0\r\nETag: "wrong"\r\n'
                                     b'Content-Encoding: br\r\n\r\n'))
        answer = self.one()
        self.assertEqual((answer['body'], answer['etag']), ('x', ''))

    def test_raw_bytes_stay(self):
        packed = gzip.compress(b'x' * 100)
        self.server.on('/a', ok(packed, 'Content-Encoding: gzip'))
        answer = self.one({'url': self.url(), 'raw': 1})
        self.assertEqual(answer['body_bytes'], len(packed))

    def test_encoding_that_was_not_asked_for(self):
        for value in 'br', 'deflate', 'gzip, gzip', 'zstd':
            self.server.on('/a', ok(b'x', f'Content-Encoding: {value}'))
            self.assert_error(self.one(), 'not asked for', tries=1)

    def test_not_modified(self):
        """TRUST 29."""
        self.server.on('/a', raw(304, b'', 'ETag: "e"', length=False))
        answer = self.one({'url': self.url(), 'etag': '"e"'})
        self.assertEqual(answer['status'], 304)
        self.assert_error(self.one(), '304', tries=1)

    def test_wrong_content_type_is_passed_up(self):
        """TRUST 20: the reader of the page judges it."""
        self.server.on('/a', ok(b'<h1>Log in', 'Content-Type: text/plain'))
        answer = self.one()
        self.assertEqual(answer['content_type'], 'text/plain')
        self.assertEqual(answer['body'], '<h1>Log in')

    def test_not_http(self):
        for junk in (b'SSH-2.0-OpenSSH\r\n', b'\0' * 50, b'HTTP/9.9 200 x\r\n'
                     b'Content-Length: 1\r\n\r\nx', b''):
            self.server.on('/a', closing(junk))
            self.assert_error(self.one('/a', 'retries=1'), '', tries=2)


class Damaged(Case):
    """TRUST 21: none of these is ever taken for a whole answer."""
    def faults(self):
        text = bytes(range(256)) * 40
        packed = gzip.compress(text)
        zipped = 'Content-Encoding: gzip'
        crc = packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:]
        size = packed[:-1] + bytes([packed[-1] ^ 1])
        yield 'short', closing(ok(text[:-1], length=len(text))), 'cut'
        yield 'empty', closing(ok(b'', length=9)), 'cut'
        yield 'long', closing(ok(text, length=len(text) - 1)), 'longer'
        yield 'crc', ok(crc, zipped), 'damaged or cut'
        yield 'size', ok(size, zipped), 'damaged or cut'
        yield 'cut gzip', ok(packed[:-9], zipped), 'damaged or cut'
        yield 'no gzip', ok(b'<html>', zipped), 'damaged or cut'
        yield 'nothing', ok(b'', zipped), 'damaged or cut'
        yield 'garbage', ok(packed + b'x', zipped), 'damaged or cut'
        yield 'half', ok(packed + packed[:9], zipped), 'damaged or cut'
        yield 'chunks', closing(chunked(text, end=b'')), ''
        yield 'chunk', closing(chunked(end=b'ff\r\nabc')), ''
        yield 'no head', closing(b'HTTP/1.1 200 OK\r\nX: 1\r\n'), ''
        yield 'no answer', closing(b''), ''

    def test_each(self):
        for name, step, words in self.faults():
            with self.subTest(name):
                self.server.on('/a', step)
                self.server.requests.clear()
                self.assert_error(self.one(), words, tries=4)
                self.assertEqual(len(self.server.requests), 4)
                self.assert_new_connections()

    def test_each_is_tried_again(self):
        for name, step, words in self.faults():
            with self.subTest(name):
                self.server.on('/a', step, step, ok(b'right'))
                self.server.requests.clear()
                answer = self.one()
                self.assertEqual(answer['body'], 'right')
                self.assertNotIn('exit', answer)
                self.assertEqual(len(self.server.requests), 3)
                self.assert_new_connections()

    def test_what_follows_an_answer_is_not_the_next(self):
        self.server.on('/a', raw(404, b'x') + ok(b'smuggled'))
        self.server.on('/b', ok(b'right'))
        result = probe([self.url(), 'wait', self.url('/b')], *FAST)
        self.assertEqual(result.answers[1]['body'], 'right')


class Bounds(Case):
    """TRUST 17, 24: sizes."""

    def limited(self, step, max_bytes=1000):
        self.server.on('/a', step)
        return self.one({'url': self.url(), 'max_bytes': max_bytes})

    def test_just_fits(self):
        self.assertEqual(self.limited(ok(b'x' * 1000))['status'], 200)
        self.assertEqual(self.limited(chunked(b'x' * 1000))['status'], 200)
        packed = gzip.compress(os.urandom(1000))
        answer = self.limited(chunked(packed,
                                      fields=['Content-Encoding: gzip']))
        self.assertEqual(answer['body_bytes'], 1000)

    def test_too_large(self):
        bomb = gzip.compress(bytes(1 << 20))
        zipped = ['Content-Encoding: gzip']
        empty = gzip.compress(b'')
        for step in (ok(b'x' * 1001), chunked(b'x' * 1001),
                     ok(b'', length=1 << 40), chunked(bomb, fields=zipped),
                     chunked(empty * 1000, fields=zipped),
                     ok(b'', length=(1 << 64) - 1)):
            self.assert_error(self.limited(step), 'larger than 1000 bytes',
                              code=6, tries=1)

    def test_bomb_is_not_read_on(self):
        stream = gzip.compress(bytes(200 << 20), 1)
        answer = self.limited(chunked(stream,
                                      fields=['Content-Encoding: gzip']))
        self.assert_error(answer, 'larger', code=6)
        self.assertLess(answer['bytes'], 200000)

    def test_header_flood(self):
        """TRUST 24."""
        head = b'HTTP/1.1 200 OK\r\n'
        for flood in (head + b'X: ' + b'a' * 1000000,
                      head + (b'X: ' + b'a' * 1000 + b'\r\n') * 1000,
                      head + b'a: b\r\n' * 5000,
                      b'HTTP/1.1 100 Continue\r\n\r\n' * 20000,
                      b'HTTP/1.1 103 Hints\r\nA: b\r\n\r\n' * 5000):
            self.server.on('/a', closing(flood))
            answer = self.one()
            self.assert_error(answer, '', code=6, tries=1)
            self.assertIn('head of the answer is too long', answer['error'])

    def test_unwanted_body_without_end(self):
        self.server.on('/a', slowly([raw(404, b'', length=1 << 30)] +
                                    [b'x' * 65536] * 1000, 0))
        answer = self.one()
        self.assertEqual(answer['status'], 404)
        self.assertLess(answer['bytes'], 1 << 20)


class Retries(Case):
    def gaps(self, path='/a'):
        times = [r.time for r in self.server.seen(path)]
        return [b - a for a, b in zip(times, times[1:])]

    def test_statuses(self):
        for status in 408, 429, 500, 502, 503, 504, 599:
            self.server.on('/a', raw(status, b'x'))
            self.server.requests.clear()
            self.assert_error(self.one(), f'answers {status}', tries=4)
            self.assert_new_connections()

    def test_recovers(self):
        for status in 429, 500, 503:
            self.server.on('/a', raw(status), raw(status), ok(b'x'))
            self.assertEqual(self.one()['body'], 'x')
            self.assertEqual(self.result.counters['requests'], 3)

    def test_retry_after(self):
        """TRUST 22."""
        now = time.time()
        cases = [
            ('0', 0, 1.4), ('1', 1, 9), ('-5', 0, 1.4), ('soon', 0, 1.4),
            ('', 0, 1.4), ('0x1', 0, 1.4), ('1.5', 0, 1.4),
            ('99999999999999999999999', 1.5, 9), ('3600', 1.5, 9),
            (formatdate(now - 99, usegmt=True), 0, 1.4),
            (formatdate(now + 3600, usegmt=True), 1.5, 9),
            ('Fri, 32 Foo 9999 99:99:99 GMT', 0, 1.4)]
        paths = [(f'/{status}/{i}', *case) for status in (429, 503)
                 for i, case in enumerate(cases)]
        for path, value, least, most in paths:
            self.server.on(path, raw(path[1:4], b'',
                                     f'Retry-After: {value}'), ok())
        result = probe([self.url(path[0]) for path in paths], *FAST,
                       'retry_after=1500')
        self.assertEqual({a['status'] for a in result.answers}, {200})
        for path, value, least, most in paths:
            with self.subTest(value=value, path=path):
                gap = self.gaps(path)[0]
                self.assertGreaterEqual(gap, least - .01)
                self.assertLess(gap, most)

    def test_retry_after_only_where_it_counts(self):
        self.server.on('/a', raw(500, b'', 'Retry-After: 9'), ok())
        self.one()
        self.assertLess(self.gaps()[0], 8)

    def test_no_wait_beyond_the_time_of_a_resource(self):
        self.server.on('/a', raw(503, b'', 'Retry-After: 20'))
        self.assert_error(self.one('/a', 'resource=9000'), '503', tries=1)
        self.assertLess(self.result.seconds, 8)

    def test_waits_grow(self):
        self.server.on('/a', raw(500))
        self.result = probe([self.url()], 'backoff=100')
        for gap, least in zip(self.gaps(), (.05, .1, .2), strict=True):
            self.assertGreaterEqual(gap, least - .01)
            self.assertLess(gap, least + 5)

    def test_bad_connection_is_nobodys(self):
        """TRUST 23: a connection that once said 502 says it for ever."""
        bad = set()

        def sticky(connection, request):
            if request.connection == 1 or request.connection in bad:
                connection.sendall(raw(502, b'x' * 10))
            else:
                connection.sendall(ok(b'fine'))
        self.server.on('*', sticky)
        wishes = []
        for i in range(10):
            wishes += [self.url(f'/{i}'), 'wait']
        result = probe(wishes, *FAST)
        self.assertEqual([a['body'] for a in result.answers], ['fine'] * 10)
        self.assertEqual(result.counters['requests'], 11)
        on_first = [r for r in self.server.requests if r.connection == 1]
        self.assertEqual(len(on_first), 1)

    def test_final_answers_are_not_asked_again(self):
        for status in 400, 401, 403, 404, 410:
            self.server.on('/a', raw(status))
            self.one()
            self.assertEqual(self.result.counters['requests'], 1)


class Time(Case):
    def test_silence(self):
        self.server.on('/a', slowly([b''], 60))
        self.assert_error(self.one('/a', 'silence=300', 'retries=1'),
                          'nothing came for 0.3 s', tries=2)
        self.assertLess(self.result.seconds, 20)

    def test_silence_in_the_body(self):
        self.server.on('/a', slowly([ok(b'x', length=9), b''], 60))
        self.assert_error(self.one('/a', 'silence=300', 'retries=0'),
                          'nothing came')

    def test_slow_loris(self):
        """TRUST 24: a byte now and then is no progress."""
        limits = 'silence=1000', 'crawl=600', 'retries=0'
        self.server.on('/head', slowly([b'HTTP/1.1 200 OK\r\n'] +
                                       [b'A: b\r\n'] * 900, .05))
        self.server.on('/bytes', slowly([b'H', b'T', b'T', b'P'] * 300, .05))
        self.server.on('/body', slowly([ok(b'', length=9999)] +
                                       [b'x'] * 900, .05))
        for path, words in (('/head', 'bytes a second'), ('/bytes', ''),
                            ('/body', 'bytes a second')):
            self.assert_error(self.one(path, *limits), words)
            self.assertLess(self.result.seconds, 20)

    def test_bytes_that_flow_are_not_cut(self):
        self.server.on('/a', slowly([ok(b'', length=30 * 500)] +
                                    [b'x' * 500] * 30, .1))
        answer = self.one('/a', 'silence=2500', 'crawl=2000', 'resource=2000')
        self.assertEqual(answer['body_bytes'], 15000)

    def test_time_of_a_resource(self):
        self.server.on('/a', slowly([b''], 60))
        self.assert_error(self.one('/a', 'silence=400', 'resource=1000'), '')
        self.assertLess(self.result.seconds, 20)


class Clocks(Case):
    """Whose time counts."""

    def test_waiting_for_a_turn_is_not_slow(self):
        self.server.on('*', after(1.2, ok(b'x')))
        result = probe([self.url(f'/{i}') for i in range(48)], 'resource=2800',
                       'retries=0')
        self.assertEqual({a['body'] for a in result.answers}, {'x'})
        self.assertGreater(result.seconds, 3.5)

    def test_a_caller_with_other_work(self):
        """Its own time is not the server's."""
        self.server.on('/a', after(3, ok(b'x')))
        self.server.on('/b', slowly([b''], 60))
        result = probe([self.url(), 'nap 2500'], 'silence=1700', 'crawl=1700',
                       'resource=1700', 'retries=0')
        self.assertEqual(result.answers[0]['body'], 'x')
        result = probe([self.url('/b'), 'nap 1500'], 'silence=1000',
                       'resource=3000', 'retries=0')
        self.assertIn('nothing came', result.answers[0]['error'])

    def test_drops_do_not_flow(self):
        self.server.on('/a', slowly([ok(b'', length=99)] + [b'x'] * 99, 2.4))
        self.assert_error(self.one('/a', 'resource=2500'),
                          'no whole answer within 2.5 s', tries=1)

    def test_time_of_the_run(self):
        self.server.on('*', slowly([ok(b'', length=1 << 20)] +
                                   [b'x' * 1000] * 900, .05))
        wishes = [self.url(f'/{i}') for i in range(300)]
        result = probe(wishes, *FAST, 'run=700')
        self.assertEqual({a['exit'] for a in result.answers}, {6})
        self.assertIn('all requests together', result.answers[-1]['error'])
        self.assertLess(result.seconds, 20)

    def test_no_connection(self):
        """A full backlog: the handshake is never answered."""
        with socket.socket() as full:
            full.bind(('127.0.0.1', 0))
            full.listen(0)
            port = full.getsockname()[1]
            held = [socket.socket() for _ in range(4)]
            for one in held:
                one.setblocking(False)
                one.connect_ex(('127.0.0.1', port))
            self.assert_error(
                self.one(f'http://127.0.0.1:{port}/', 'connect=300',
                         'retries=1'), 'no connection within 0.3 s')
            self.assertIn('--offline', self.result.answers[0]['hint'])
            for one in held:
                one.close()


class Many(Case):
    def test_connections_are_reused(self):
        self.server.on('*', ok(b'x'))
        wishes = []
        for i in range(5):
            wishes += [self.url(f'/{i}'), 'wait']
        probe(wishes)
        self.assertEqual(self.server.connections, 1)

    def test_connections_that_the_server_closes(self):
        """After an answer, without a word: no reason to fail or to wait."""
        self.server.on('*', closing(ok(b'x')))
        wishes = []
        for i in range(5):
            wishes += [self.url(f'/{i}'), 'wait']
        result = probe(wishes, 'retries=0')
        self.assertEqual({a['body'] for a in result.answers}, {'x'})
        self.assertGreaterEqual(result.counters['requests'], 5)

    def test_bounded(self):
        self.server.on('*', after(.05, ok(b'x')))
        result = probe([self.url(f'/{i}') for i in range(100)])
        self.assertEqual([a['body'] for a in result.answers], ['x'] * 100)
        self.assertEqual(result.counters['requests'], 100)
        self.assertEqual(result.counters['bytes'], 100)
        self.assertLessEqual(self.server.most, 16)
        self.assertGreater(self.server.most, 8)
        self.assertLessEqual(self.server.connections, 16)

    def test_more_than_are_active(self):
        self.server.on('*', ok(b'x'))
        result = probe([self.url(f'/{i}') for i in range(1500)])
        self.assertEqual(len(result.answers), 1500)
        self.assertEqual({a['body'] for a in result.answers}, {'x'})

    def test_one_bad_among_many(self):
        self.server.on('*', ok(b'x'))
        self.server.on('/7', raw(500))
        self.server.on('/8', closing(b''))
        result = probe([self.url(f'/{i}') for i in range(30)], *FAST)
        bad = [a['id'] for a in result.answers if 'exit' in a]
        self.assertEqual(bad, [7, 8])
        self.assertEqual(result.counters['requests'], 28 + 8)


class Redirects(Case):
    def to(self, place, status=302):
        return raw(status, b'moved', f'Location: {place}')

    def test_followed(self):
        for status in 301, 302, 303, 307, 308:
            self.server.on('/a', self.to('/b?q=1', status))
            self.server.on('/b?q=1', ok(b'here'))
            answer = self.one()
            self.assertEqual(answer['body'], 'here')
            self.assertEqual(answer['url'], self.url('/b?q=1'))
            self.assertEqual(self.result.counters['requests'], 2)

    def test_places(self):
        self.server.on('/x/y', ok(b'here'))
        for place in ('/x/y', './y', 'y#part', '../x/./y', self.url('/x/y'),
                      self.url('/x/y').replace('http:', '')):
            self.server.on('/x/a', self.to(place))
            self.assertEqual(self.one('/x/a')['body'], 'here', place)

    def test_other_statuses_are_answers(self):
        for status in 300, 305, 306:
            self.server.on('/a', self.to('/b', status))
            self.assertEqual(self.one()['status'], status)

    def test_how_many(self):
        for i in range(20):
            self.server.on(f'/{i}', self.to(f'/{i + 1}'))
        self.server.on('/20', ok(b'end'))
        self.assertEqual(self.one('/10')['body'], 'end')
        self.assert_error(self.one('/9'), 'redirected')

    def test_loop(self):
        """TRUST 24."""
        self.server.on('/a', self.to('/b'))
        self.server.on('/b', self.to('/a'))
        self.assert_error(self.one(), 'redirected')
        self.assertLessEqual(len(self.server.requests), 11)

    def test_nowhere(self):
        self.server.on('/a', raw(302))
        self.assert_error(self.one(), 'redirected', tries=1)

    def test_refused(self):
        """TRUST 25."""
        for place in ('file:///etc/passwd', 'ftp://127.0.0.1/x',
                      'gopher://127.0.0.1/', 'javascript:1', 'https://',
                      'http://podlock.invalid/', 'http://127.0.0.1:0/',
                      'http://127.0.0.1:99999/', 'http://127.0.0.1.x.invalid/',
                      'http://[::2]/'):
            with self.subTest(place):
                self.server.on('/a', self.to(place))
                self.assert_error(self.one(), 'redirected', tries=1)

    def test_error_after_one_names_both(self):
        self.server.on('/a', self.to('/b'))
        self.server.on('/b', raw(500))
        answer = self.one()
        self.assert_error(answer, self.url('/a'))
        self.assertIn(self.url('/b'), answer['error'])

    def test_credentials_stay_at_home(self):
        """TRUST 25, 26: another port, and another name, are other origins."""
        with Server() as other:
            other.on('/b', ok(b'here'))
            mine = 'index=' + self.server.url('/', user=f'me:{SECRET}@')
            for place in (other.url('/b'),
                          self.url('/b').replace('127.0.0.1', 'localhost'),
                          other.url('/b', user=f'me:{SECRET}@')):
                self.server.on('/a', self.to(place))
                self.server.on('/b', ok(b'here'))
                answer = self.one('/a', mine)
                self.assertEqual(answer['body'], 'here')
                self.assertEqual(self.server.seen('/a')[-1]['Authorization'],
                                 BASIC)
                last = (other.requests + self.server.seen('/b'))[-1]
                self.assertIsNone(last['Authorization'])
                self.assertIsNone(last['Cookie'])
                self.assertNotIn(SECRET, self.result.text)
                other.requests.clear()

    def test_credentials_of_the_new_origin(self):
        with Server() as other:
            other.on('/b', self.to(self.url('/c')))
            self.server.on('/a', self.to(other.url('/b')))
            self.server.on('/c', ok(b'back'))
            answer = self.one('/a',
                              'index=' + self.server.url('/', user='x:y@'),
                              'index=' + other.url('/', user=f'me:{SECRET}@'))
            self.assertEqual(answer['body'], 'back')
            self.assertEqual(other.requests[0]['Authorization'], BASIC)
            self.assertEqual(self.server.seen('/c')[0]['Authorization'],
                             'Basic eDp5')


class Where(Case):
    """Which URLs are asked at all."""

    def test_http_is_refused(self):
        answer = self.one('http://podlock.invalid/x')
        self.assert_error(answer, 'does not use http')
        self.assertIn('--allow-insecure-host', answer['hint'])
        self.assertEqual(self.result.counters['requests'], 0)

    def test_what_is_no_url(self):
        for url in ('file:///etc/passwd', 'ftp://127.0.0.1/', 'x', '',
                    'https://', 'https://a b/', 'https://h:1:2/',
                    'https://h:0/', 'http://127.0.0.1:99999/',
                    'https://user:' + SECRET + '@/'):
            with self.subTest(url):
                answer = self.one({'url': url})
                self.assert_error(answer, '')
                self.assertEqual(self.result.counters['requests'], 0)
                self.assertNotIn(SECRET, self.result.text)

    def test_loopback_names(self):
        self.server.on('/a', ok(b'x'))
        answer = self.one(self.server.url('/a', host='localhost'))
        self.assertEqual(answer['body'], 'x')
        try:
            six = self.enterContext(Server('::1'))
        except OSError:
            return
        six.on('/a', ok(b'six'))
        answer = self.one(six.url('/a', host='[::1]'))
        self.assertEqual(answer['body'], 'six')

    def test_unknown_host(self):
        answer = self.one('https://podlock.invalid/', 'retries=1')
        self.assert_error(answer, 'podlock.invalid is not known')
        self.assertIn('--offline', answer['hint'])

    def test_refused_connection(self):
        with socket.create_server(('127.0.0.1', 0)) as gone:
            port = gone.getsockname()[1]
        answer = self.one(f'http://127.0.0.1:{port}/')
        self.assert_error(answer, 'connection refused')
        self.assertIn('4 tries', answer['error'])
        self.assertIn('--offline', answer['hint'])


class Proxies(Case):
    """TRUST 28. The server stands in for a proxy."""
    HOST = 'http://podlock.invalid'

    def through(self, *env, wish=HOST + '/a', host='podlock.invalid',
                options=()):
        env = {key: value.replace('PROXY', f'127.0.0.1:{self.server.port}')
               for key, value in env}
        return self.one(wish, f'insecure={host}', *options, env=env)

    def test_used(self):
        self.server.on('http://podlock.invalid/a', ok(b'proxied'))
        for name in 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY':
            answer = self.through((name, 'http://PROXY'))
            self.assertEqual(answer['body'], 'proxied', name)
        self.through(('http_proxy', f'http://me:{SECRET}@PROXY'))
        self.assertEqual(self.server.requests[-1]['Proxy-Authorization'],
                         BASIC)
        self.assertNotIn(SECRET, self.result.text)

    def test_httpoxy(self):
        """HTTP_PROXY of a CGI program is a field of somebody's request."""
        answer = self.through(('HTTP_PROXY', 'http://PROXY'),
                              ('REQUEST_METHOD', 'GET'))
        self.assert_error(answer, 'not known')
        self.assertEqual(self.server.requests, [])

    def test_lower_case_counts(self):
        self.server.on('*', ok(b'x'))
        answer = self.through(('HTTP_PROXY', 'http://127.0.0.1:1'),
                              ('http_proxy', 'http://PROXY'))
        self.assertEqual(answer['body'], 'x')

    def test_no_proxy(self):
        self.server.on('/a', ok(b'direct'))
        for name in 'no_proxy', 'NO_PROXY':
            for proxy in 'http_proxy', 'HTTP_PROXY':
                answer = self.through((proxy, 'http://127.0.0.1:1'),
                                      (name, 'localhost,127.0.0.1'),
                                      wish=self.url())
                self.assertEqual(answer['body'], 'direct')

    def test_password_wanted(self):
        self.server.on('*', raw(407, b'', 'Proxy-Authenticate: Basic'))
        for wish in self.HOST + '/a', 'https://podlock.invalid/a':
            for user in '', f'me:{SECRET}@':
                answer = self.through(('http_proxy', f'http://{user}PROXY'),
                                      ('https_proxy', f'http://{user}PROXY'),
                                      wish=wish)
                self.assert_error(answer, '407')
                self.assertIn('proxy', answer['error'])
                self.assertIn('http_proxy', answer['hint'])
                self.assertNotIn(SECRET, self.result.text)
        self.assertEqual(len(self.server.requests), 4)

    def test_forbidden(self):
        self.server.on('*', raw(403, b'no'))
        answer = self.through(('https_proxy', f'http://me:{SECRET}@PROXY'),
                              wish='https://podlock.invalid/a')
        self.assert_error(answer, 'proxy refuses')
        self.assertIn('403', answer['error'])
        self.assertEqual([r.line for r in self.server.requests],
                         ['CONNECT podlock.invalid:443 HTTP/1.1'])
        self.assertNotIn(SECRET, self.result.text)

    def test_credentials_of_the_index_are_not_the_proxys(self):
        self.server.on('*', raw(502))
        self.through(('https_proxy', 'http://PROXY'),
                     wish='https://podlock.invalid/a',
                     options=[f'index=https://me:{SECRET}@podlock.invalid/'])
        self.assertEqual(len(self.server.requests), 4)
        for request in self.server.requests:
            self.assertIsNone(request['Authorization'])
            self.assertIsNone(request['Proxy-Authorization'])

    def test_unreachable(self):
        for proxy in (f'http://me:{SECRET}@127.0.0.1:1',
                      f'http://me:{SECRET}@podlock-proxy.invalid:1',
                      f'foo://me:{SECRET}@127.0.0.1:1',
                      f'http://me:{SECRET}@[x', f'me:{SECRET}@127.0.0.1:1'):
            for wish in self.HOST + '/a', 'https://podlock.invalid/a':
                with self.subTest(proxy=proxy, wish=wish):
                    answer = self.through(('http_proxy', proxy),
                                          ('https_proxy', proxy), wish=wish)
                    self.assert_error(answer, 'proxy')
                    self.assertIn('_proxy', answer['hint'])
                    self.assertNotIn(SECRET, self.result.text)


class Parts(Case):
    """TRUST 44: ranges that are ignored, wrong or of another file."""
    FILE = bytes(range(200))

    def part(self, first, last, total=200, *fields, status=206, **more):
        return raw(status, self.FILE[first:last + 1],
                   f'Content-Range: bytes {first}-{last}/{total}', *fields,
                   **more)

    def ask(self, step, *options, **wish):
        self.server.on('/a', step)
        return self.one({'url': self.url(), **wish}, *options)

    def test_right(self):
        for step, wish in (
                (self.part(5, 9), {'from': 5, 'to': 9}),
                (self.part(190, 199), {'suffix': 10}),
                (self.part(0, 199), {'suffix': 9999}),
                (self.part(150, 199), {'from': 150, 'to': 9999})):
            answer = self.ask(step, **wish)
            self.assertEqual(answer['status'], 206, answer)
            self.assertEqual(answer['total'], 200)
            self.assertEqual(answer['body_bytes'],
                             answer['to'] - answer['from'] + 1)

    def test_ignored(self):
        answer = self.ask(ok(self.FILE), suffix=10)
        self.assertEqual(answer['status'], 200)
        self.assertEqual(answer['body_bytes'], 0)
        answer = self.ask(raw(416), suffix=10)
        self.assertEqual(answer['status'], 416)

    def test_ignored_and_too_large(self):
        answer = self.ask(ok(b'x' * 200000, length=1 << 33), suffix=10,
                          max_bytes=1000)
        self.assertEqual(answer['status'], 200)
        self.assertEqual(answer['body_bytes'], 0)
        self.assertEqual(self.result.counters['requests'], 1)

    def test_wrong(self):
        wish = {'from': 5, 'to': 9}
        for step in (self.part(5, 8), self.part(6, 9), self.part(5, 10),
                     self.part(5, 9, '*'), raw(206, b'12345'),
                     self.part(5, 9, 8), closing(self.part(5, 9, length=3)),
                     raw(206, b'1234567', 'Content-Range: bytes 5-9/200'),
                     chunked(b'123', fields=['Content-Range: bytes 5-9/200'])
                     .replace(b' 200 ', b' 206 ', 1),
                     raw(206, b'--x', 'Content-Type: multipart/byteranges')):
            self.assert_error(self.ask(step, 'retries=1', **wish), '',
                              tries=2)

    def test_encoded(self):
        self.assert_error(self.ask(
            self.part(190, 199, 200, 'Content-Encoding: gzip'), suffix=10),
            'not asked for', tries=1)

    def test_changed(self):
        answer = self.ask(self.part(190, 199, 200, 'ETag: "new"'),
                          suffix=10, if_range='"old"')
        self.assert_error(answer, 'changed', tries=1)
        answer = self.ask(self.part(190, 199, 200, 'ETag: "old"'),
                          suffix=10, if_range='"old"')
        self.assertEqual(answer['status'], 206)

    def test_not_asked_for(self):
        self.assert_error(self.ask(self.part(0, 199)), '206', tries=1)


class Sinks(Case):
    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.path = os.path.join(self.folder, 'sink')

    def test_written(self):
        text = b'0123456789' * 100
        for step in ok(text), ok(gzip.compress(text),
                                 'Content-Encoding: gzip'):
            self.server.on('/a', step)
            answer = self.one({'url': self.url(), 'sink': self.path})
            self.assertEqual(answer['status'], 200)
            self.assertEqual(answer['body'], '')
            with open(self.path, 'rb') as f:
                self.assertEqual(f.read(), text)
            os.unlink(self.path)

    def test_a_cut_attempt_leaves_nothing(self):
        self.server.on('/a', closing(ok(b'wrong' * 100, length=9999)),
                       ok(b'right'))
        self.one({'url': self.url(), 'sink': self.path})
        with open(self.path, 'rb') as f:
            self.assertEqual(f.read(), b'right')

    def test_full(self):
        self.server.on('/a', ok(b'x' * 100))
        answer = self.one({'url': self.url(), 'sink': '/dev/full'})
        self.assert_error(answer, 'cannot be written', code=5, tries=1)


if __name__ == '__main__':
    main()
