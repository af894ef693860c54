#!/usr/bin/env python3
"""Say how many tests passed, failed and were skipped, as the last line.

usage: tally.py STATUS TESTLOG.json...

TESTLOG.json is what `meson test` writes, STATUS its exit code. Each skipped
test is named with its reason, the last line it printed. Exit 1 when a test
failed, when none ran or when meson itself failed.
"""
import json
import sys

PASSED = ('OK', 'EXPECTEDFAIL')


def main(status, *paths):
    tests = []
    for path in paths:
        with open(path, encoding='utf-8') as f:
            tests += [json.loads(line) for line in f if line.strip()]
    skipped = [t for t in tests if t['result'] == 'SKIP']
    passed = [t for t in tests if t['result'] in PASSED]
    failed = [t for t in tests if t not in skipped and t not in passed]
    for test in skipped:
        said = (test.get('stdout', '') + test.get('stderr', '')).strip()
        reason = said.splitlines()[-1] if said else 'no reason given'
        print(f'skipped: {test["name"]}: {reason.removeprefix("SKIP: ")}')
    for test in failed:
        print(f'failed: {test["name"]} ({test["result"].lower()})')
    print(f'{len(passed)} passed, {len(failed)} failed, '
          f'{len(skipped)} skipped')
    return 1 if failed or not passed or status != '0' else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
