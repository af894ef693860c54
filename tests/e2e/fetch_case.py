"""Shared by fetch_test.py and fetch_tls_test.py: running fetch_probe
(tests/unit), which asks what a test wants and prints what came.
"""
import base64
import json
import os
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from fetch_server import Server

FAST = ('backoff=20',)
SECRET = 'S3CR3Tpassword'
BASIC = 'Basic ' + base64.b64encode(f'me:{SECRET}'.encode()).decode()


class Result:
    def __init__(self, run, seconds):
        self.text = run.stdout + run.stderr
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        self.counters = lines.pop() if lines else {}
        self.answers = sorted(lines, key=lambda a: a['id'])
        self.seconds = seconds


def probe(wishes, *options, env=None, timeout=30):
    """Runs it; a wish is a URL, a dict of its fields, 'wait' or 'nap MS'."""
    lines = []
    for wish in wishes:
        if isinstance(wish, dict):
            wish = '\t'.join(f'{k}={v}' for k, v in wish.items())
        elif wish != 'wait' and not wish.startswith('nap '):
            wish = f'url={wish}'
        lines.append(wish)
    begun = time.monotonic()
    run = subprocess.run([sys.argv[1], *options], input='\n'.join(lines) + '\n',
                         capture_output=True, text=True, timeout=timeout,
                         env={'HOME': '/nonexistent', **(env or {})})
    if run.returncode or run.stderr:
        raise AssertionError(f'{run.returncode}: {run.stdout}{run.stderr}')
    return Result(run, time.monotonic() - begun)


class Case(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())

    def url(self, path='/a'):
        return self.server.url(path)

    def one(self, wish='/a', *options, **more):
        """The answer to one wish, asked with short waits before retries."""
        if isinstance(wish, str) and wish.startswith('/'):
            wish = self.url(wish)
        result = probe([wish], *FAST, *options, **more)
        self.result = result
        self.assertEqual(len(result.answers), 1)
        self.assertEqual(result.counters['in_flight'], 0)
        return result.answers[0]

    def assert_error(self, answer, text, code=3, tries=None):
        self.assertEqual(answer['status'], 0, answer)
        self.assertEqual(answer.get('exit'), code, answer)
        self.assertIn(text, answer['error'])
        self.assertNotIn('\n', answer['error'])
        self.assertEqual(answer['body'], '')
        if tries:
            self.assertEqual(self.result.counters['requests'], tries)
        if tries and tries > 1:
            self.assertIn(f'({tries} tries)', answer['error'])

    def assert_new_connections(self, path='/a'):
        used = [r.connection for r in self.server.seen(path)]
        self.assertEqual(len(used), len(set(used)), used)


def run_class(name):
    """In a process of its own: most of a test's time is waiting."""
    return subprocess.run([sys.executable, *sys.argv[:2], name],
                          capture_output=True, text=True)


def main():
    """The first argument is the probe, the others name tests."""
    sys.argv[1] = os.path.abspath(sys.argv[1])
    if len(sys.argv) > 2:
        unittest.main(argv=sys.argv[:1] + sys.argv[2:])
    module = sys.modules['__main__']
    names = [name for name, what in vars(module).items()
             if isinstance(what, type) and what.__module__ == '__main__']
    with ThreadPoolExecutor(8) as pool:
        runs = list(pool.map(run_class, names))
    for name, run in zip(names, runs):
        if run.returncode:
            print(run.stderr)
        print(name, run.stderr.strip().splitlines()[-1])
    sys.exit(any(run.returncode for run in runs))
