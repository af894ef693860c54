#!/usr/bin/env python3
"""A text file as C: make_text.py FILE NAME writes `const char NAME[]`."""
import sys

ESCAPES = {'\\': '\\\\', '"': '\\"', '\t': '\\t', '?': '\\?'}


def main():
    with open(sys.argv[1], encoding='ascii') as f:
        lines = f.read().splitlines()
    print('#include "container/preflight_script_text.h"\n')
    print(f'const char {sys.argv[2]}[] =')
    for line in lines:
        print('    "' + ''.join(ESCAPES.get(c, c) for c in line) + '\\n"')
    print('    ;')


main()
