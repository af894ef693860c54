#!/usr/bin/env python3
"""What docs/containers.md tells people to paste is right.

usage: docs_containers_test.py PODLOCK INDEX SOURCE

- Each Dockerfile is one in which `podlock preflight --dockerfile` finds
  nothing, with a lock made for its template; and with its install line left
  out it finds that.
- Each script is one for `sh -n`, and shellcheck where it is there.
- podlock's option parser takes every podlock command in them, and in the text.
- The pod's start script, with programs that only tell how they were called:
  nothing is installed twice, nor where the first answer is no.
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

BAD = []
TEMPLATE = 'runpod-107-cu1281-torch280-ubuntu2404'


def expect(true, *what):
    if not true:
        BAD.append(what)
        print('FAIL:', *what)
    return true


def run(words, cwd, **env):
    clean = {k: v for k, v in os.environ.items()
             if not k.startswith(('PODLOCK_', 'PIP_', 'UV_', 'GITHUB'))}
    return subprocess.run(words, cwd=cwd, env={**clean, **env}, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=120)


# ---- Dockerfiles ----

def judge(podlock, top, text):
    with open(os.path.join(top, 'Dockerfile'), 'w') as f:
        f.write(text)
    return run([podlock, 'preflight', '--dockerfile', 'Dockerfile',
                'pylock.toml'], top)


def check_dockerfile(podlock, top, text):
    done = judge(podlock, top, text)
    expect(done.returncode == 0 and 'nothing found' in done.stderr, text,
           done.stdout, done.stderr)
    without = re.sub(r'^.*pip install.*\n', '', text.replace(
        'RUN python3 -m pip install', 'RUN true # pip install'), flags=re.M)
    done = judge(podlock, top, without)
    expect('PD201' in done.stdout + done.stderr, 'no word of what is missing',
           without, done.stdout, done.stderr)


# ---- scripts ----

def check_script(top, text):
    path = os.path.join(top, 'script.sh')
    with open(path, 'w') as f:
        f.write(text if text.startswith('#!') else '#!/bin/sh\n' + text)
    done = run(['sh', '-n', path], top)
    expect(done.returncode == 0, text, done.stderr)
    if shutil.which('shellcheck'):
        done = run(['shellcheck', '-s', 'sh', path], top)
        expect(done.returncode == 0, text, done.stdout)
    else:
        print('no shellcheck here: sh -n only')


def start(top, script, answers):
    """Runs the script; gives what was called, and its exit code. answers:
    the exit codes of podlock preflight --after and --before, in turn."""
    calls, codes = os.path.join(top, 'calls'), os.path.join(top, 'codes')
    open(calls, 'w').close()
    with open(codes, 'w') as f:
        f.write(''.join(f'{code}\n' for code in answers))
    text = script.replace('/workspace', os.path.join(top, 'workspace'))
    path = os.path.join(top, 'start.sh')
    with open(path, 'w') as f:
        f.write(text)
    bin_ = os.path.join(top, 'bin')
    done = run(['sh', path], top, PATH=f'{bin_}:{os.environ["PATH"]}',
               CALLS=calls, CODES=codes)
    with open(calls) as f:
        return f.read().splitlines(), done.returncode


def check_start(top, script):
    os.makedirs(os.path.join(top, 'workspace', 'app'))
    os.mkdir(os.path.join(top, 'bin'))
    for name, more in (('podlock', '''
case $1 in preflight)
    code=$(head -n 1 "$CODES"); sed -i 1d "$CODES"; exit "$code";;
esac'''), ('python3', '')):
        path = os.path.join(top, 'bin', name)
        with open(path, 'w') as f:
            f.write(f'#!/bin/sh\necho "{name} $*" >>"$CALLS"{more}\n')
        os.chmod(path, 0o755)
    asks = 'podlock preflight --'
    calls, code = start(top, script, [0])
    expect(code == 0 and len(calls) == 2 and
           calls[1] == 'python3 -u train.py', calls, code)
    calls, code = start(top, script, [1, 1])
    expect(code == 1 and len(calls) == 2 and
           calls[1].startswith(asks + 'before'), calls, code)
    calls, code = start(top, script, [1, 0, 0])
    expect(code == 0 and calls[-1] == 'python3 -u train.py' and
           sum('pip install' in c for c in calls) == 1, calls, code)
    calls, code = start(top, script, [1, 0, 1])
    expect(code == 1 and calls[-1].startswith(asks + 'after'), calls, code)


# ---- podlock's own commands ----

def commands(page):
    """Each podlock command of a block, or of the text between backticks."""
    text = page.replace('\\\n', ' ')
    found = re.findall(r'`(podlock [a-z]+ [^`]*)`', text)
    for block in re.findall(r'^```\w*\n(.*?)^```', text, re.M | re.S):
        found += re.findall(r'(?<![\w./=-])podlock [a-z]+(?: [^&;"\n]*)?',
                            block)
    return sorted({f.split('>')[0].strip() for f in found
                   if not f.startswith('podlock podlock ')})


def check_commands(podlock, top, page):
    """Options are read before the folder is changed to, which fails."""
    found = commands(page)
    expect(len(found) >= 9, found)
    for command in found:
        words = shlex.split(command)[1:]
        if words[-1] == '/usr/local/bin/podlock':
            continue
        done = run([podlock, *words, '--directory', 'no-such-folder'], top)
        expect(done.returncode == 5 and 'no-such-folder' in done.stderr,
               command, done.returncode, done.stderr)


def main(podlock, index, source):
    with open(os.path.join(source, 'docs', 'containers.md')) as f:
        page = f.read()
    blocks = re.findall(r'^```(\w+)\n(.*?)^```', page, re.M | re.S)
    kinds = [kind for kind, _ in blocks]
    expect(kinds.count('dockerfile') == 3 and kinds.count('sh') == 4, kinds)
    with tempfile.TemporaryDirectory() as top:
        shutil.copy(os.path.join(source, 'fixtures', 'requirements',
                                 'serverless-worker.in'), top)
        done = run([podlock, 'resolve', 'serverless-worker.in', '--template',
                    TEMPLATE, '--index-root', index, '-o', 'pylock.toml'], top)
        expect(done.returncode == 0, done.stderr)
        for kind, text in blocks:
            if kind == 'dockerfile':
                check_dockerfile(podlock, top, text)
            else:
                check_script(top, text)
        starts = [text for _, text in blocks if 'train.py' in text]
        expect(len(starts) == 1, 'no start script')
        check_start(top, starts[0])
        check_commands(podlock, top, page)
    print('failures:', len(BAD))
    return 1 if BAD else 0


if __name__ == '__main__':
    sys.exit(main(*map(os.path.abspath, sys.argv[1:])))
