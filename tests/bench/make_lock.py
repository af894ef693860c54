#!/usr/bin/env python3
"""Writes a made-up pylock.toml of N packages, always the same.

usage: make_lock.py N podlock|uv [STEP]

As podlock writes one: a wheel, dependencies, `via` and some rules for each
package; or as uv does for every platform: some eight wheels and an sdist. STEP
is a seed: it moves versions, hashes and sizes of a tenth of the packages.
"""
import random
import sys

WORDS = ('torch audio vision core client server data fast async http cloud '
         'graph text image model table stream cache plugin types').split()
ENDS = ['cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64',
        'cp311-cp311-manylinux_2_28_x86_64', 'py3-none-any',
        'cp311-cp311-macosx_11_0_arm64', 'cp311-cp311-win_amd64',
        'cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64',
        'cp312-cp312-win_amd64', 'cp312-cp312-musllinux_1_2_x86_64']
HOST = 'https://files.pythonhosted.org/packages'


def name_of(n):
    return f'{WORDS[n % len(WORDS)]}-{WORDS[n // 7 % len(WORDS)]}-{n}'


def version_of(rng):
    return f'{rng.randrange(6)}.{rng.randrange(30)}.{rng.randrange(12)}'


def file_of(rng, name, path):
    """An inline table: where the file is, its time, size and hash."""
    digest = f'{rng.getrandbits(256):064x}'
    parts = f'{rng.getrandbits(8):02x}/{rng.getrandbits(8):02x}'
    rest = f'{rng.getrandbits(240):060x}'
    time = (f'2025-{rng.randrange(1, 13):02}-{rng.randrange(1, 28):02}T'
            f'{rng.randrange(24):02}:{rng.randrange(60):02}:'
            f'{rng.randrange(60):02}')
    return (f'{{ url = "{HOST}/{parts}/{rest}/{path}", '
            f'upload-time = {time}Z, size = {rng.randrange(10**4, 10**7)}, '
            f'hashes = {{ sha256 = "{digest}" }} }}')


def wheels_of(rng, name, version, ends):
    stem = f'{name.replace("-", "_")}-{version}'
    rows = [file_of(rng, name, f'{stem}-{end}.whl') for end in ends]
    if len(rows) == 1:
        return [f'wheels = [{rows[0]}]']
    return ['wheels = [', *(f'    {row},' for row in rows), ']']


def podlock_package(rng, n, total):
    name, version = name_of(n), version_of(rng)
    yield from ['', '[[packages]]', f'name = "{name}"',
                f'version = "{version}"', 'requires-python = ">=3.9"',
                'index = "https://pypi.org/simple/"']
    needs = sorted({name_of(rng.randrange(total))
                    for _ in range(rng.randrange(7))})
    if needs:
        yield 'dependencies = ['
        yield from (f'    {{ name = "{need}" }},' for need in needs)
        yield ']'
    yield from wheels_of(rng, name, version, [ENDS[n % 3]])
    yield from ['', '[packages.tool.podlock]']
    via = ', '.join(f'"{name_of(rng.randrange(total))}"'
                    for _ in range(rng.randrange(1, 4)))
    yield f'via = [{via}]'
    if n % 10 == 0:
        yield 'rules = ["numpy2-pandas"]'


def uv_package(rng, n, _):
    name, version = name_of(n), version_of(rng)
    yield from ['', '[[packages]]', f'name = "{name}"',
                f'version = "{version}"']
    if n % 8 == 0:
        yield "marker = \"sys_platform == 'linux'\""
    path = f'{name.replace("-", "_")}-{version}.tar.gz'
    yield f'sdist = {file_of(rng, name, path)}'
    yield from wheels_of(rng, name, version, ENDS if n % 2 else [ENDS[2]])


def lines_of(total, kind, step):
    yield f'# Made by tests/bench/make_lock.py {total} {kind} {step}'
    yield 'lock-version = "1.0"'
    yield f'created-by = "{kind}"'
    yield 'requires-python = ">=3.11"'
    make = podlock_package if kind == 'podlock' else uv_package
    for n in sorted(range(total), key=name_of):
        moved = step and n % 10 == 0
        yield from make(random.Random(n + 10**6 * step * moved), n, total)
    if kind == 'podlock':
        yield from ['', '[tool.podlock]', 'format = 1', 'inputs = [',
                    f'    {{ name = "r.in", sha256 = "{"0f" * 32}" }},', ']']


def main():
    if len(sys.argv) < 3 or sys.argv[2] not in ('podlock', 'uv'):
        sys.exit(__doc__)
    step = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    print('\n'.join(lines_of(int(sys.argv[1]), sys.argv[2], step)))


if __name__ == '__main__':
    main()
