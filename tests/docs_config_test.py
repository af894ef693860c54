#!/usr/bin/env python3
"""What docs/ and the hooks say of podlock.toml is what podlock does.

usage: docs_config_test.py PODLOCK SOURCE

The schema is what `podlock schema` prints; docs/configuration.md lists its
keys, each once and no other; its examples are read. The hooks and the workflow
of docs/review.md are YAML (where a reader is installed), and podlock's option
parser takes every podlock command in them.
"""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

BAD = []


def expect(true, what):
    if not true:
        BAD.append(what)
        print('FAIL:', what)


def run(podlock, words, cwd):
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(('PODLOCK_', 'PIP_', 'UV_', 'GITHUB'))}
    return subprocess.run([podlock, *words], cwd=cwd, env=env, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=60)


def check_schema(podlock, docs, top):
    printed = run(podlock, ['schema'], top).stdout
    with open(os.path.join(docs, 'podlock.schema.json')) as f:
        kept = f.read()
    expect(printed == kept, 'docs/podlock.schema.json is out of date: '
           'build/podlock schema > docs/podlock.schema.json')
    keys = list(json.loads(printed)['properties'])
    with open(os.path.join(docs, 'configuration.md')) as f:
        page = f.read()
    rows = re.findall(r'^\| `([a-z-]+)` \|', page, re.M)
    expect(rows == keys, f'docs/configuration.md lists {rows}, not {keys}')
    return page


def check_examples(podlock, page, top):
    """That a file is read is told by what is missed next: its inputs."""
    blocks = re.findall(r'(?:^    .*\n|^\n(?=    ))+', page, re.M)
    examples = [re.sub('^    ', '', b, flags=re.M) for b in blocks]
    examples = [e for e in examples if 'inputs' in e]
    expect(len(examples) == 2, f'{len(examples)} examples, not 2')
    for text in examples:
        with open(os.path.join(top, 'podlock.toml'), 'w') as f:
            f.write(text)
        done = run(podlock, ['resolve', '--offline'], top)
        expect(done.returncode == 5 and 'requirements.in' in done.stderr,
               f'an example is not read: {done.stderr}')
    os.remove(os.path.join(top, 'podlock.toml'))


def yaml_of(text, what):
    try:
        import yaml
    except ImportError:
        print('skipped: no YAML reader here')
        return None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        expect(False, f'{what}: {error}')
        return None


def check_commands(podlock, text, what, top):
    """A word that no option parser knows is told before anything is read."""
    found = re.findall(r'(?:entry: |run: |^ +|`)(podlock [a-z][^`|\n]*)', text,
                       re.M)
    for line in found:
        words = shlex.split(line.split(' > ')[0])[1:]
        done = run(podlock, words, top)
        expect('there is no' not in done.stderr
               or 'there is no podlock.toml' in done.stderr,
               f'{what}: `{line}`: {done.stderr}')
        expect('one argument too many' not in done.stderr, f'{what}: {line}')
    return len(found)


def main():
    podlock, source = map(os.path.abspath, sys.argv[1:3])
    docs = os.path.join(source, 'docs')
    with tempfile.TemporaryDirectory() as top:
        page = check_schema(podlock, docs, top)
        check_examples(podlock, page, top)
        with open(os.path.join(source, '.pre-commit-hooks.yaml')) as f:
            hooks = f.read()
        parsed = yaml_of(hooks, 'hooks')
        if parsed:
            expect([h['id'] for h in parsed] == ['podlock-resolve',
                                                 'podlock-check'], 'hooks')
            for name in ('pylock.toml', 'a/pylock.x.toml'):
                for hook in parsed:
                    expect(re.search(hook['files'], name), f'{name} is not his')
            expect(not re.search(parsed[1]['files'], 'x/pylock.a.b.toml'),
                   'that is no lock')
        with open(os.path.join(docs, 'review.md')) as f:
            review = f.read()
        for i, block in enumerate(re.findall(r'```yaml\n(.*?)```', review,
                                             re.S)):
            yaml_of(block, f'docs/review.md, block {i + 1}')
        count = check_commands(podlock, hooks, 'hooks', top)
        expect(count == 2, f'{count} commands in the hooks')
        count = check_commands(podlock, review, 'docs/review.md', top)
        expect(count >= 5, f'{count} commands in docs/review.md')
        # The check itself can fail.
        before = len(BAD)
        check_commands(podlock, 'run: podlock resolve --nonsense\n', 'x', top)
        if len(BAD) == before:
            expect(False, 'a wrong option is not seen')
        else:
            BAD.pop()
            print('(that one was meant)')
    print('failures:', len(BAD))
    return bool(BAD)


if __name__ == '__main__':
    sys.exit(main())
