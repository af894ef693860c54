#!/usr/bin/env python3
"""Dumps problems and solves them again, by podlock and by libsolv itself.

usage: dump_test.py PODLOCK INDEX FIXTURES

`podlock replay` must give the packages of the lock, and libsolv's testsolv,
where it is installed (libsolv-tools), the decisions that the dump recorded.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

CASES = [
    ('runpod-bulletproof.in', 'runpod-torch240-cu124-py311', []),
    ('serverless-worker.in', 'runpod-torch210-cu118-py310', []),
    ('llama-factory.in', 'runpod-107-cu1300-torch291-ubuntu2404', []),
    ('comfyui.in', 'runpod-102-cu1281-torch280-ubuntu2404',
     ['--replace', 'freely']),
    ('worker-vllm.in', 'runpod-torch240-cu124-py311', []),
]


def run(args):
    return subprocess.run(args, capture_output=True, text=True, timeout=300)


def replay(podlock, index, fixtures, case, folder):
    """What differs, as texts."""
    name, template, options = case
    done = run([podlock, 'resolve', f'{fixtures}/requirements/{name}',
                '--template', template, '--index-root', index, '--json',
                '--dump', folder] + options)
    again = run([podlock, 'replay', folder])
    if again.returncode != done.returncode:
        return [f'exit {done.returncode}, replayed {again.returncode}: '
                f'{again.stderr}']
    answer = json.loads(done.stdout)
    want = [f'{p["name"]} {p["version"]}'
            for p in answer.get('packages', [])]
    return [] if want == again.stdout.splitlines() else [
        f'replayed as {again.stdout}']


def ask_libsolv(folder):
    done = run(['testsolv', f'{folder}/testcase.t'])
    said = (done.stdout + done.stderr).strip()
    return [f'testsolv: {said}'] if done.returncode or said else []


def main(podlock, index, fixtures):
    has_testsolv = shutil.which('testsolv')
    failed = 0
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            bad = replay(podlock, index, fixtures, case, folder)
            if has_testsolv:
                bad += ask_libsolv(folder)
        failed += bool(bad)
        for text in bad:
            print(f'FAILED {case[0]} {case[1]}: {text}')
    if not has_testsolv:
        print('testsolv is not installed: libsolv was not asked')
    print(f'{len(CASES) - failed} passed, {failed} failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
