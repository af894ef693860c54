#!/usr/bin/env python3
"""What podlock does when an index is at fault.

usage: faults_test.py PODLOCK quick|all [BEGINNING OF A TEST'S NAME...]

Each function is one fault of docs/faults.md, with the number it has there.
Every run, whatever else a test asks of it: the exit code, one error that names
the fault, an older output unchanged, no byte that a terminal obeys, no secret
anywhere, nothing left over. More: network_faults_test.py, of what lies between,
and cache_faults_test.py.
"""
import gzip
import io
import json
import os
import re
import shutil
import struct
import sys
import tomllib
import zipfile

from faults_world import (FILE, PAGE, make_wheel, paths, refused, run_all,
                          script, without_ranges)
from hostile_test import ESC, META, sdist
from server import JSON, Response, page, refuse

CU124 = ['--torch-backend', 'cu124']


# ---- 1 to 8: what an index may and may not say ----


def fault_01_torch_name_on_two_indexes(w):
    w.torch('torch', '2.4.1+cu124')
    w.add('torch', '9.9')
    w.add('torchtriton', '3.0')
    w.add('pytorch-triton', '3.0')
    w.serve()
    w.yes('torch', 'torch', {'torch': '2.4.1+cu124'}, *CU124)
    w.no('another version', 1, b'9.9', 'torch==9.9', *CU124)
    w.server.take()
    for name in ('torchtriton', 'pytorch-triton'):
        w.no(name, 1, name.encode(), name, *CU124)
        w.no(name + ' without an index', 1, name.encode(), name)
    if any('/pypi/' in p for p in paths(w)):
        w.wrong('torchtriton', 'PyPI was asked')
    w.torch('numpy', '1.0')  # a mirror of a part
    w.add('numpy', '2.0')
    w.yes('numpy', 'numpy', {'numpy': '2.0'}, *CU124)


def fault_01_name_on_two_own_indexes(w):
    for name, version in [('a', '2.0'), ('b', '1.0')]:
        w.add(name, version)
    w.serve()
    other = w.path('other/pypi')
    shutil.copytree(w.path('index/pypi'), other)
    w.add('a', '3.0')
    shutil.rmtree(os.path.join(other, 'simple/b'))
    default, extra = w.server, w.serve('other')
    args = ['--index-url', default.root + 'pypi/simple/',
            '--extra-index-url', extra.root + 'pypi/simple/']
    answer = w.yes('first index', 'a b', {'a': '2.0', 'b': '1.0'}, *args)
    if not any('two indexes' in text for text in answer.get('warnings', [])):
        w.wrong('first index', 'no warning', answer.get('warnings'))
    w.yes('best match', 'a', {'a': '3.0'}, *args, '--index-strategy',
          'unsafe-best-match')
    w.yes('first match', 'a', {'a': '2.0'}, *args, '--index-strategy',
          'unsafe-first-match')
    w.yes('first match, other version', 'a>2', {'a': '3.0'}, *args,
          '--index-strategy', 'unsafe-first-match')
    w.no('first index, other version', 1, b'a', 'a>2', *args)


def fault_02_absent(w):
    w.add('b', '1.0')
    for status in (404, 410):
        w.serve(script=script(PAGE, refused(status)))
        w.no(str(status), 1, b'a', 'a b', cache=f'{status}')


def fault_02_forbidden(w):
    w.add('a', '1.0')
    for status in (400, 401, 403, 405, 418, 451):
        w.serve(script=script(PAGE, refused(status)))
        w.no(str(status), 3, str(status).encode(), 'a')
    w.serve()
    w.yes('allowed again', 'a', {'a': '1.0'})


def server_error(w, status):
    w.add('a', '1.0')
    w.add('torch', '9.9')
    w.torch('torch', '2.4.1+cu124')
    w.serve(script=script(PAGE, refused(status)))
    w.no(str(status), 3, str(status).encode(), 'a')
    tries = len([p for p in paths(w) if p == PAGE])
    if tries != 4:
        w.wrong(str(status), f'asked {tries} times')
    w.serve(script=lambda r: refuse(status) if r.name == PAGE and
            r.attempt < 3 else None)
    w.yes(f'{status} twice', 'a', {'a': '1.0'})
    w.serve(script=script('/pytorch/', refused(status)))
    w.no(f'torch index {status}', 3, str(status).encode(), 'torch', *CU124)


def fault_02_error_500(w):
    server_error(w, 500)


def fault_02_error_502(w):
    server_error(w, 502)


def fault_02_error_504(w):
    server_error(w, 504)


def fault_02_torch_index_403(w):
    w.torch('torch', '2.4.1+cu124')
    w.add('torchvision', '0.19.1')
    w.add('torch', '9.9')
    w.serve()
    w.yes('not listed', 'torchvision', {'torchvision': '0.19.1'}, *CU124)
    one = '/pytorch/whl/cu124/torch/'
    w.serve(script=script(one, refused(403)))
    w.no('listed', 3, b'403', 'torch', *CU124)
    for status in (403, 404):
        answers = {one: 403, '/pytorch/whl/cu124/': status}
        w.serve(script=lambda r: refuse(answers[r.name])
                if r.name in answers else None)
        w.no(f'listing {status}', 3, str(status).encode(), 'torch', *CU124)


def fault_03_wheel_hash(w):
    w.wheel('a', '1.0')
    w.write(f'index{FILE}', make_wheel('a', '1.0', 'b'))
    size = os.path.getsize(w.path(f'index{FILE}'))
    w.rows['a'][0]['size'] = size
    w.page('a')
    # ranges are not answered: all of the wheel is read, and checked
    w.serve(script=without_ranges(w))
    w.no('wheel', 4, b'is not the file that the index states', 'a')
    w.serve()
    w.rows['a'][0]['size'] = size + 1
    w.page('a')
    w.no('size', 4, b'is not the file that the index states', 'a')


def fault_03_sdist_hash(w):
    w.file('a', 'a-1.0.tar.gz', sdist('a', ''))
    w.write('index/pypi/files/a-1.0.tar.gz', sdist('a', 'b\n'))
    w.serve()
    w.no('sdist', 4, b'is not the file that the index states', 'a')


def fault_04_metadata_hash(w):
    w.add('a', '1.0')
    w.add('a', '0.9')
    w.write(f'index{FILE}.metadata', META.format('a', '1.0') + 'X: y\n')
    w.write(f'index{FILE}', make_wheel('a', '1.0'))
    w.serve()
    w.no('metadata', 4, b'is not the file that the index states', 'a')
    if FILE in paths(w):
        w.wrong('metadata', 'the wheel was asked for')
    w.no('again', 4, b'is not the file that the index states', 'a')


def fault_05_metadata_is_missing(w):
    w.add('a', '1.0')
    w.add('a', '0.9', 'b')
    w.add('b', '1.0')
    os.unlink(w.path(f'index{FILE}.metadata'))
    w.serve()
    w.yes('no wheel either', 'a', {'a': '0.9', 'b': '1.0'})
    w.no('no wheel either', 1, b'gone (404)', 'a==1.0', cache='c2')
    body = make_wheel('a', '1.0')
    w.write(f'index{FILE}', body)
    w.rows['a'][0]['size'] = len(body)
    w.page('a')
    w.yes('a wheel', 'a', {'a': '1.0'}, cache='c3')


def fault_06_wheels_that_disagree(w):
    for tag, need in [('cp311-cp311-manylinux_2_17_x86_64', 'b'),
                      ('cp311-cp311-manylinux_2_28_x86_64', 'c'),
                      ('py3-none-any', 'd')]:
        w.file('a', f'a-1.0-{tag}.whl',
               META.format('a', '1.0') + f'Requires-Dist: {need}\n')
    for name in 'bcd':
        w.add(name, '1.0')
    w.serve()
    done = w.same('disagree', 'a')
    if len(re.findall(rb'(?m)^name = ', done.stdout)) != 2:
        w.wrong('disagree', done.stdout)


def fault_07_no_good_hash(w):
    for name, hashes in [('a', {}), ('b', {'md5': '0' * 32}),
                         ('c', {'sha256': 'short'}), ('d', {'sha512': 'x'})]:
        w.add(name, '1.0')
        w.add(name, '2.0')
        w.rows[name][1]['hashes'] = hashes
        w.page(name)
    w.serve()
    for name in 'abcd':
        done = w.same(name, name)
        for lock in [done.stdout] if not done.returncode else []:
            if b'sha256 = "' not in lock or b'md5' in lock:
                w.wrong(name, 'no sha256 in the lock', lock)
    w.no('2.0', 1, b'no sha256', 'a==2.0')


def fault_08_yanked_and_deleted(w):
    w.add('a', '1.0')
    w.add('a', '2.0', yanked=f'broken\n{ESC}')
    w.add('b', '1.0', yanked=True)
    w.add('c', '1.0')
    w.add('c', '2.0')
    os.unlink(w.path('index/pypi/files/c-2.0-py3-none-any.whl.metadata'))
    w.serve()
    w.yes('yanked', 'a', {'a': '1.0'})
    w.same('named', 'a==2.0')
    w.no('only yanked', 1, b'yanked', 'b')
    w.same('only yanked and named', 'b==1.0')
    w.yes('deleted', 'c', {'c': '1.0'})
    w.serve(html_only=True)
    w.html_page('a', [(f'../../files/a-{v}-py3-none-any.whl#sha256=' +
                       w.rows['a'][i]['hashes']['sha256'],
                       f'a-{v}-py3-none-any.whl', marks)
                      for i, (v, marks) in enumerate([
                          ('1.0', {'data-core-metadata': 'true'}),
                          ('2.0', {'data-core-metadata': 'true',
                                   'data-yanked': f'broken\n{ESC}'})])])
    w.yes('HTML', 'a', {'a': '1.0'}, cache='html')


# ---- 9 to 16: what stands in files ----

DIRTY_REQUIRES = ['scikit-learn (>=1.0.*)', 'b >= 3.5.*', 'b!=3.3*',
                  '(>=2.2django-debug-toolbar>=2.0)', 'b==0.0.1_1', 'b[',
                  'b ; python_version', f'b{ESC}', 'b @ file:///etc/passwd',
                  'b\u202e', 'b>=1; extra == "x" and', '']


def fault_09_dirty_requires_dist(w):
    w.add('b', '9.0')
    w.add('scikit-learn', '1.5')
    for i, line in enumerate(DIRTY_REQUIRES):
        w.add(f'd{i}', '1.0', line)
        w.add(f'd{i}', '0.9')
    w.serve()
    for i in range(len(DIRTY_REQUIRES)):
        w.same(DIRTY_REQUIRES[i], f'd{i}')
        w.same(DIRTY_REQUIRES[i] + ', named', f'd{i}==1.0')


DIRTY_PYTHON = ['>=3.5.*', '>=3.6,', '3', '>=2.7,!=3.0*', '>=3.x', '~=3',
                f'>=3{ESC}', '>=3\n', '<4>3', 'x' * 20000]


def fault_10_dirty_requires_python(w):
    for i, text in enumerate(DIRTY_PYTHON):
        w.add(f'd{i}', '1.0', **{'requires-python': text})
        w.add(f'd{i}', '0.9')
    w.serve()
    for i in range(len(DIRTY_PYTHON)):
        w.same(DIRTY_PYTHON[i][:30], f'd{i}')


DIRTY_FILES = ['a-latest-py3-none-any.whl', 'a-1.0.whl', 'a.whl', '.whl', '',
               'a-2.0-1x2-py3-none-any-y.whl', 'a-2.0-py3-none.whl', 'a-2.0',
               'a-2.0_1x-py3-none-any.whl', 'b-2.0-py3-none-any.whl',
               'a-2.0.exe', 'a-2.0.tar.bz2', 'a-2.0-py3-none-any.whl.asc',
               'a-' + '9' * 5000 + '-py3-none-any.whl',
               'a-2.0-py3-none-any.whl\0', f'a-2.0{ESC}-py3-none-any.whl']


def fault_11_file_names(w):
    w.add('a', '1.0')
    for name in DIRTY_FILES:
        w.rows['a'].append({'filename': name, 'url': '../../files/x',
                            'hashes': {'sha256': '0' * 64}})
    w.page('a')
    w.serve()
    w.same('names', 'a')
    w.yes('names', 'a', {'a': '1.0'})


def fault_12_metadata_bytes(w):
    head = META.format('a', '1.0')
    odd = {'NUL': head.encode() + b'Summary: \0\nRequires-Dist: b\n',
           'BOM': b'\xef\xbb\xbf' + head.encode() + b'Requires-Dist: b\n',
           'CRLF': head.replace('\n', '\r\n').encode() +
           b'Requires-Dist: b\r\n',
           'bad UTF-8': head.encode() + b'Author: \xff\xfe\nRequires-Dist: b\n',
           'empty': b'', 'another name': META.format('zz', '1.0').encode(),
           'another version': META.format('a', '7.0').encode(),
           'folded': head.encode() + b'Requires-Dist: b\n  (>=1)\n'}
    w.add('b', '1.0')
    for what, body in odd.items():
        w.rows.pop('a', None)
        w.file('a', 'a-1.0-py3-none-any.whl', body)
        w.serve()
        w.same(what, 'a')
        shutil.rmtree(w.path('cache'))
    w.rows.pop('a')
    w.file('a', 'a-1.0-py3-none-any.whl', head.encode() + b'Summary: ' +
           b'x' * (50 << 20))
    w.serve()
    w.no('50 MB', 6, b'a-1.0', 'a')


def fault_13_terminal_bytes(w):
    w.add('a', '1.0', **{'requires-python': f'>=9{ESC}'})
    evil = f'{ESC}\x1b[2J\u202e\u2028\r\nx'
    w.add('b', '1.0', f'c; python_version < "{ESC}"', yanked=evil)
    w.serve()
    w.same('Requires-Python', 'a')
    w.no('yanked', 1, b'yanked', 'b')
    answers = {
        'body': page(evil, 'text/plain'), 'type': page('x', f'text/{ESC}x'),
        'status line': Response(raw=f'HTTP/1.1 500 {ESC}\r\n\r\n'.encode(),
                                close=True),
        'location': refuse(302, Location=f'http://x{ESC}/'),
        'server': refuse(403, Server=ESC, WWW_Authenticate=ESC),
        'JSON': page(json.dumps({'meta': {'api-version': evil}}), JSON),
        'HTML': page(f'<html><title>{evil}</title>')}
    for what, answer in answers.items():
        w.serve(script=lambda r: answer)
        w.no(what, 3, b'', 'a')


def fault_14_injection(w):
    forged = 'x"\n[[packages]]\nname = "evil"\nevil==1.0 \\\n::error::x\n'
    w.add('a', '1.0', 'b', yanked=False)
    w.add('b', '1.0')
    for row in ('a', 'b'):
        w.add(row, '2.0', url=f'../../files/{forged}')
        w.add(row, '3.0', filename=f'{row}-3.0{forged}-py3-none-any.whl')
        w.add(row, '4.0', **{'upload-time': forged, 'requires-python': forged})
    for row in w.rows['a'] + w.rows['b']:
        row['size'] = row['size'] if '-1.0' in row['filename'] else forged
    w.page('a', versions=[forged], **{'project-status': {
        'status': 'quarantined' + forged, 'reason': forged}})
    w.serve()
    lock = tomllib.loads(w.resolve('a').stdout.decode())
    if [p['name'] for p in lock['packages']] != ['a', 'b'] or \
            'evil' in json.dumps(lock):
        w.wrong('pylock.toml', lock)
    for kind in ('requirements.txt', 'constraints.txt'):
        text = w.resolve('a', '--format', kind).stdout.decode()
        for line in text.splitlines():
            if not re.match(r' *(#|--hash=sha256:[0-9a-f]{64}|[ab]==|'
                            r'--index-url http://127.0.0.1:\d+/pypi/simple/$)'
                            r'|$', line):
                w.wrong(kind, f'a line of its own: {line!r}')
    answer = w.yes('JSON', 'a', {'a': '1.0', 'b': '1.0'})
    if 'evil' in json.dumps(answer.get('packages')):
        w.wrong('JSON', answer)
    for done in (w.resolve('a==2.0'), w.resolve('a==4.0')):
        for line in done.stderr.decode().splitlines():
            if line.startswith(('::', '[[', 'evil')):
                w.wrong('message', f'a line of its own: {line!r}')


def fault_15_traversal(w):
    w.add('a', '1.0')
    for i, url in enumerate(['../../../../../etc/passwd', '/../../x',
                             '%2e%2e/%2e%2e/%2e%2e/x', '..%2f..%2fx',
                             '..\\..\\x', 'a%00b', '%252e%252e/x',
                             'http:///x', 'http://[::1', 'http://a:b:c/x',
                             'javascript:x', '//', '?', '#']):
        w.add('a', f'2.{i}', url=url)
    w.write('index/pypi/simple/secret/index.json', '{}')
    w.serve()
    done = w.resolve('a')
    w.expect('file URLs', done, 0)
    for path in paths(w):
        if '..' in path.split('/'):
            w.wrong('file URLs', f'asked for {path}')
    names = [n for _, _, files in os.walk(w.path('cache')) for n in files]
    if any('..' in n or '%' in n for n in names):
        w.wrong('file URLs', f'in the cache: {names}')
    w.serve(script=lambda r: page(json.dumps({
        'meta': {'api-version': '1.0'}, 'name': '../../../x',
        'files': w.rows['a'][:1]}), JSON) if r.name == PAGE else None)
    w.resolve('a')
    if os.path.exists(w.path('x')):
        w.wrong('name', 'written outside of the cache')


def zip_cases():
    """(what, bytes): wheels that installers would read in two ways."""
    good = make_wheel('a', '1.0')
    end = good.rindex(b'PK\5\6')
    begin = struct.unpack('<I', good[end + 16:end + 20])[0]
    entry = good.index(b'PK\1\2', begin)
    meta = good.rindex(b'PK\1\2', begin, good.rindex(b'METADATA', begin))
    name = b'a-1.0.dist-info/METADATA'
    double = io.BytesIO()
    with zipfile.ZipFile(double, 'w') as z:
        for text in ('', 'Requires-Dist: evil\n'):
            z.writestr(name.decode(), META.format('a', '1.0') + text)
    yield 'two of a name', double.getvalue()
    yield 'two folders', make_wheel('a', '1.0', more=[
        ('A-1.0.dist-info/METADATA', META.format('a', '1.0'))])
    yield 'two end records', good + good[end:]
    yield 'comment with a record', good[:-2] + struct.pack(
        '<H', len(good) - end) + good[end:]
    yield 'bytes behind', good + b'x'
    yield 'bytes before', b'#!/bin/sh\n' + good
    yield 'local name', good[:begin].replace(name, name[:-1] + b'B') + \
        good[begin:]
    at = meta + 16
    yield 'CRC', good[:at] + b'\1\2\3\4' + good[at + 4:]
    at = meta + 24
    yield 'size', good[:at] + struct.pack('<I', 7) + good[at + 4:]
    yield 'huge size', good[:at] + b'\xfe\xff\xff\xff' + good[at + 4:]
    yield 'zip64 lies', good[:at] + b'\xff\xff\xff\xff' + good[at + 4:]
    at = meta + 10
    yield 'method', good[:at] + b'\x63\0' + good[at + 2:]
    at = meta + 8
    yield 'encrypted', good[:at] + b'\1\0' + good[at + 2:]
    at = meta + 42
    yield 'offset', good[:at] + b'\xf0\xff\xff\x7f' + good[at + 4:]
    yield 'count', good[:end + 8] + b'\xff\xff\xff\xff' + good[end + 12:]
    yield 'directory', good[:end + 16] + struct.pack('<I', entry + 1) + \
        good[end + 20:]
    yield 'no zip', b'x' * 3000
    yield 'empty', b''
    yield 'cut', good[:len(good) // 2]
    yield 'no METADATA', good.replace(b'METADATA', b'METADATB')
    yield 'another version', make_wheel('a', '1.0').replace(b'a-1.0', b'a-1.1')


def fault_16_odd_zips(w):
    for what, body in zip_cases():
        for ranges in (True, False):
            w.rows.clear()
            w.wheel('a', '0.9')
            w.wheel('a', '1.0', body=body)
            w.serve(script=None if ranges else without_ranges(w))
            # the version is as if it were not there, with the reason
            what = f'{what}, {"ranges" if ranges else "whole"}'
            if what.startswith('huge'):
                w.no(what, 6, b'a-1.0', 'a', cache=None)
                continue
            w.yes(what, 'a', {'a': '0.9'}, cache=None)
            w.no(what, 1, b'a 1.0 cannot be used: its wheel', 'a==1.0',
                 cache=None)


# ---- 17 to 20: bodies ----


def bomb(size):
    """Zeros that unpack to `size` MiB."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode='wb', compresslevel=9) as f:
        for _ in range(size):
            f.write(bytes(1 << 20))
    return out.getvalue()


def fault_17_bombs(w):
    w.add('a', '1.0')
    zeros = Response(200, bomb(300), {'Content-Type': JSON,
                                      'Content-Encoding': 'gzip'})
    for what, path in [('page', PAGE), ('metadata', FILE + '.metadata')]:
        w.serve(script=script(path, zeros))
        w.no(what, 6, b'a', 'a')
    twice = Response(200, gzip.compress(zeros.body),
                     {'Content-Type': JSON, 'Content-Encoding': 'gzip, gzip'})
    w.serve(script=script(PAGE, twice))
    w.no('twice', 3, b'', 'a')
    w.rows.clear()
    text = META.format('a', '1.0') + 'Summary: ' + ' ' * (100 << 20)
    w.wheel('a', '1.0', body=make_wheel('a', '1.0', metadata=text))
    w.wheel('a', '0.9')
    w.serve()
    done = w.resolve('a==1.0', cache=None)
    if done.returncode not in (1, 6):
        w.wrong('wheel', f'exit {done.returncode}', done.stderr[:500])


def fault_17_more_than_a_page_may_have(w):
    class Endless:
        size = 3 << 30

        @staticmethod
        def read(begin, end):
            return b' ' * (end - begin)
    w.serve(script=script(PAGE, lambda r: page(Endless(), JSON)))
    w.no('3 GB', 6, b'a', 'a')


def fault_18_json(w):
    head = '{"meta": {"api-version": "1.0"}, "name": "a", "files": '
    bad = {'deep': head + '[' * 1000000, 'number': head + '[], "x": 1e400}',
           'surrogate': head + '[], "x": "\\ud800"}', 'empty': '', 'null':
           'null', 'array': '[]', 'cut': head + '[{"filename": "a-1.0',
           'version 2': head.replace('1.0', '2.0') + '[]}',
           'files': head + '{}}', 'bytes': b'{"meta": "\xff"}',
           'error': '{"error": "no"}', 'two': head + '[]}' + head + '[]}'}
    for what, body in bad.items():
        w.serve(script=lambda r: page(body, JSON))
        done = w.no(what, 3 if what != 'deep' else 6, b'', 'a') \
            if what != 'deep' else w.resolve('a')
        if done.returncode not in (3, 6):
            w.wrong(what, f'exit {done.returncode}', done.stderr)
    w.add('a', '1.0')
    body = json.dumps({'meta': {'api-version': '1.9'}, 'name': 'a',
                       'files': w.rows['a']})
    body = body[:-1] + ', "files": []}'
    w.serve(script=script(PAGE, lambda r: page(body, JSON)))
    done = w.resolve('a')
    if done.returncode not in (0, 1, 3):
        w.wrong('a key twice', f'exit {done.returncode}', done.stderr)


def fault_19_html(w):
    w.add('a', '1.0')
    row = w.rows['a'][0]
    file = row['filename']
    sha = row['hashes']['sha256']
    link = f'<a href="../../files/{file}#sha256={sha}" ' \
        f'data-core-metadata="sha256={sha}"'
    good = f'{link}>{file}</a>'
    pages = {
        'unclosed': f'<html><body><p><b><i>{good}<p>',
        'entities': f'<body>&bogus; &#0; &#xffffffff;{good}&lt;&amp',
        'upper case': f'<BODY>{good}</BODY>'.replace('<a ', '<A '),
        'comment': f'<!-- {good.replace("1.0", "9.0")} -->{good}',
        'script': f'<script>"{good.replace("1.0", "9.0")}"</script>{good}',
        'CDATA': f'<body><![CDATA[x]]>{good}',
        'bad UTF-8': f'<body>{good}'.encode() + b'\xff\xfe'}
    for what, body in pages.items():
        w.serve(script=script(PAGE, lambda r: page(body)))
        w.yes(what, 'a', {'a': '1.0'}, cache=None)
    w.serve(script=script(PAGE, lambda r: page(f'<body>\0{good}')))
    w.no('NUL', 3, b'NUL', 'a', cache=None)
    for what, body in {
            'attributes': good + link + ' '.join(
                f' x{i}="y"' for i in range(100000)) + '>x</a>',
            'depth': '<div>' * 300000 + good,
            'long': f'{good}<a href="{"x" * 3000000}">x</a>'}.items():
        w.serve(script=script(PAGE, lambda r: page(f'<body>{body}')))
        done = w.resolve('a', cache=None)
        if done.returncode not in (0, 3, 6):
            w.wrong(what, f'exit {done.returncode}', done.stderr)
        w.check_text(what, done.stderr)


def fault_19_base_of_another_host(w):
    w.add('a', '1.0')
    sha = w.rows['a'][0]['hashes']['sha256']
    other = w.serve()
    w.write('index/pypi/simple/a/evil', '')
    body = (f'<html><head><base href="{other.root}"></head><body>'
            f'<a href="pypi/files/a-1.0-py3-none-any.whl#sha256={sha}" '
            f'data-core-metadata="sha256={sha}">a-1.0-py3-none-any.whl</a>')
    w.serve(script=script(PAGE, lambda r: page(body)), auth='me:pass-word-1')
    w.secret('pass-word-1', 'me:pass-word-1')
    url = w.server.root.replace('//', '//me:pass-word-1@')
    done = w.resolve('a', '--index-url', url + 'pypi/simple/')
    if done.returncode not in (0, 1, 3):
        w.wrong('base', f'exit {done.returncode}', done.stderr)
    w.check_text('base', done.stdout + done.stderr)
    for request in other.take():
        if 'authorization' in request.headers:
            w.wrong('base', 'credentials went to another host')


def fault_20_not_an_index(w):
    login = '<html><head><title>Please log in</title></head>\n<body>' \
        '<form action="/login"><input name="user"></form></body></html>'
    cases = {'portal': page(login), 'text': page('hello\nyou', 'text/plain'),
             'no type': Response(200, 'hello'),
             'image': page(b'\x89PNG\r\n\x1a\n\0\0', 'image/png'),
             'portal as JSON': page(login, JSON), 'empty': page('')}
    for what, answer in cases.items():
        w.serve(script=lambda r: answer)
        word = b'JSON' if what == 'portal as JSON' else b'not an index page'
        done = w.no(what, 3, b'', 'a')
        if word not in done.stderr and b'index page' not in done.stderr:
            w.wrong(what, done.stderr)
        if what in ('portal', 'text') and answer.body.split(
                b'\n')[0][:20] not in done.stderr:
            w.wrong(what, 'the first line is not shown', done.stderr)
    w.add('a', '1.0')
    w.serve()
    w.yes('after the portal', 'a', {'a': '1.0'})


if __name__ == '__main__':
    sys.exit(run_all(sys.modules[__name__], sys.argv[1:]))
