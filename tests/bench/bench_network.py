#!/usr/bin/env python3
"""What a run over HTTP costs, in each state of the cache.

usage: bench_network.py PODLOCK COST INDEX FIXTURES [--runs N] [--latency MS]
                        [CASE...]

COST is tests/bench/cost of the build.

Serves INDEX on loopback and runs `podlock resolve` for each case: cold (empty
cache), fresh (everything in the cache, no request), stale (everything asked
about again) and offline. Prints for each the median and the least wall time,
CPU time and peak memory of the runs, and requests, bytes and rounds; above
them an empty program in the same run, to compare with. With UV=path in the
environment that uv does the same job before podlock, cold and fresh.

--latency makes the server wait that long before each answer; without it nginx
serves when it is installed, for it is faster than the tests' own server.
"""
import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'e2e'))
from server import Server  # noqa: E402

TORCH_240 = ['--template', 'runpod-torch240-cu124-py311']
NONE = ['--template', 'none', '--python-version', '3.11']
CASES = {
    'bulletproof on torch 2.4': ['runpod-bulletproof.in', *TORCH_240],
    'bulletproof, 130 packages': ['runpod-bulletproof.in', *NONE],
    'vllm on torch 2.4': ['vllm-common.in', *TORCH_240],
    'worker-vllm, a no': ['worker-vllm.in', *TORCH_240],
}
NGINX = '''worker_processes 1; pid {tmp}/pid; error_log {tmp}/error;
daemon off; events {{ worker_connections 1024; }}
http {{
  access_log off; gzip on; gzip_min_length 256; etag on;
  gzip_types application/vnd.pypi.simple.v1+json application/octet-stream;
  keepalive_requests 1000000;
  map $http_accept $page {{ default index.html;
    "~application/vnd.pypi.simple.v1\\+json" index.json; }}
  types {{ application/vnd.pypi.simple.v1+json json; text/html html; }}
  default_type application/octet-stream;
  client_body_temp_path {tmp}/1; proxy_temp_path {tmp}/2;
  fastcgi_temp_path {tmp}/3; uwsgi_temp_path {tmp}/4; scgi_temp_path {tmp}/5;
  server {{
    listen 127.0.0.1:{port}; root {tree};
    location ~ ^/pypi/simple/(?<project>[^/]+)/$ {{
      add_header Cache-Control "max-age=600, public";
      try_files /pypi/simple/$project/$page
                /pypi/simple/$project/index.html =404; }}
    location ~ ^/pytorch/whl/(?<variant>[^/]+)/(?<project>[^/]+)/$ {{
      add_header Cache-Control "max-age=600, public";
      try_files /pytorch/whl/$variant/$project/index.html =403; }}
  }}
}}
'''


@contextlib.contextmanager
def nginx(tree, tmp, port):
    conf = os.path.join(tmp, 'nginx.conf')
    with open(conf, 'w') as f:
        f.write(NGINX.format(tmp=tmp, tree=os.path.abspath(tree), port=port))
    process = subprocess.Popen(['nginx', '-c', conf], stderr=subprocess.DEVNULL)
    time.sleep(0.3)
    try:
        yield f'http://127.0.0.1:{port}/'
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def own_server(tree, latency):
    delay = (latency, latency) if latency else None
    with Server(tree, delay=delay) as server:
        yield server.root


def show(name, costs, answer=None):
    wall, cpu = ([ms for c in costs for ms in c[key]]
                 for key in ('wall-ms', 'cpu-ms'))
    counts = ''
    if answer and 'requests' in answer:
        counts = (f'{answer["requests"]:6} requests '
                  f'{answer.get("bytes", 0) / 1e6:7.2f} MB '
                  f'{answer["rounds"]:3} rounds')
    print(f'  {name:18}{statistics.median(wall):8.1f} ms (least '
          f'{min(wall):6.1f})  cpu {statistics.median(cpu):6.1f} ms '
          f'{max(c["peak-kb"] for c in costs) / 1024:6.1f} MB{counts}')


class Bench:
    def __init__(self, options, root, tmp):
        self.o, self.root, self.tmp = options, root, tmp
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(('PODLOCK_', 'PIP_', 'UV_'))}

    def times(self, name, words, before=lambda: None):
        costs, cost = [], [self.o.cost, '1', *words]
        for _ in range(self.o.runs):
            before()
            costs.append(json.loads(subprocess.run(
                cost, env=self.env, capture_output=True).stdout))
        before()
        out = subprocess.run(words, env=self.env, capture_output=True).stdout
        show(name, costs, json.loads(out) if out.startswith(b'{') else None)

    def podlock(self, name):
        file, *template = CASES[name]
        cache = os.path.join(self.tmp, 'cache')
        words = [self.o.podlock, 'resolve',
                 f'{self.o.fixtures}/requirements/{file}', *template,
                 '--index-root', self.root, '--cache-dir', cache, '--json']

        def empty():
            shutil.rmtree(cache, ignore_errors=True)

        self.times('podlock, cold', words, empty)
        self.times('podlock, fresh', words)
        self.times('podlock, stale', [*words, '--refresh'])
        self.times('podlock, offline', [*words, '--offline'])

    def uv(self, name, uv):
        file, *template = CASES[name]
        cache = os.path.join(self.tmp, 'uv')
        if 'none' not in template:
            return
        words = [uv, 'pip', 'compile', '--no-config', '-q',
                 f'{self.o.fixtures}/requirements/{file}', '--python-version',
                 '3.11', '--python-platform', 'x86_64-manylinux_2_28',
                 '--index-url', f'{self.root}pypi/simple/', '--cache-dir',
                 cache, '--generate-hashes']

        def empty():
            shutil.rmtree(cache, ignore_errors=True)

        self.times('uv, cold', words, empty)
        self.times('uv, fresh', words)

    def run(self):
        print('an empty program and --version:')
        self.times('/bin/true', ['/bin/true'])
        self.times('podlock --version', [self.o.podlock, '--version'])
        for name in self.o.case or CASES:
            print(f'{name}:')
            if os.environ.get('UV'):
                self.uv(name, os.environ['UV'])
            self.podlock(name)


def main():
    parser = argparse.ArgumentParser()
    for name in ('podlock', 'cost', 'index', 'fixtures'):
        parser.add_argument(name)
    parser.add_argument('case', nargs='*', choices=[[], *CASES])
    parser.add_argument('--runs', type=int, default=11)
    parser.add_argument('--latency', type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as tmp:
        fast = not options.latency and shutil.which('nginx')
        served = (nginx(options.index, tmp, 18099) if fast
                  else own_server(options.index, options.latency))
        with served as root:
            Bench(options, root, tmp).run()


if __name__ == '__main__':
    main()
