#!/usr/bin/env python3
"""Check the shipped data of rules/.

usage: rules_data_test.py [SHARED]

Always: every file parses and has the keys that rules/README.md lists, with
sane values. With SHARED, the folder of recorded facts (or the one above it,
with data/): both generators run, and what they write is what is shipped.

Exit 0: good, 1: not, 77: good as far as can be said without SHARED.
Needs Python 3.11 and nothing else.
"""
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..')
RULES = os.environ.get('PODLOCK_RULES_DATA', os.path.join(ROOT, 'rules'))

# PEP 440, appendix B, with a local label, which our own versions may have.
VERSION = (r'v?(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|'
           r'preview)[-_.]?\d*)?(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?'
           r'(?:[-_.]?dev[-_.]?\d*)?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?')
CLAUSE = rf'(?:(?:==|!=)\s*{VERSION}(?:\.\*)?|(?:<=|>=|<|>|~=)\s*{VERSION})'
SPECIFIER = rf'{CLAUSE}(?:\s*,\s*{CLAUSE})*'
NAME = r'[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?'
EXTRAS = rf'\[\s*(?:{NAME}(?:\s*,\s*{NAME})*)?\s*\]'
REQUIREMENT = (rf'{NAME}\s*(?:{EXTRAS})?\s*(?:{SPECIFIER}|\({SPECIFIER}\)|'
               r'@\s*\S+)?\s*(?:;.+)?')
NORMAL = r'[a-z0-9]+(?:-[a-z0-9]+)*'

TEMPLATE = {
    '': {'podlock-template': int, 'id': str, 'title': str, 'images': list,
         'image-digests?': list, 'image-pattern?': str, 'environment': dict,
         'index?': dict, 'provenance': dict, 'package': list},
    'environment': {
        'python': str, 'glibc?': str, 'arch': str, 'os': str, 'cuda': str,
        'site-packages': list, 'externally-managed?': bool,
        'pip-settings?': list, 'constraints?': list},
    'index': {'torch': str},
    'provenance': {'kind': str, 'released?': str, 'how': str, 'sources': list,
                   'complete': bool, 'unknown?': list, 'notes?': list},
    'package': {'name': str, 'version': str, 'protect': str,
                'requires?': list, 'requires-from?': str, 'evidence': str,
                'treat-as?': str, 'size?': int}}
RULE = {'id': str, 'package': str, 'versions': str, 'conflicts?': str,
        'requires?': str, 'severity': str, 'reason': str, 'evidence': str,
        'status': str, 'metadata?': bool}
PROJECT = {'name': str, 'pypi': bool, 'companion': bool, 'reason': str}

failures = []


def check(good, where, text):
    if not good:
        failures.append(f'{where}: {text}')


def matches(pattern, text):
    return re.fullmatch(pattern, text, re.I) is not None


def check_keys(table, shape, where):
    """Required keys are there, nothing unknown is, and the types are right."""
    before = len(failures)
    optional = {k[:-1] for k in shape if k.endswith('?')}
    types = {k.rstrip('?'): v for k, v in shape.items()}
    for key in sorted(types.keys() - optional - table.keys()):
        check(False, where, f'no {key}')
    for key, value in table.items():
        check(key in types, where, f'unknown key {key}')
        if key not in types:
            continue
        check(type(value) is types[key], where, f'{key} is of a wrong type')
        check(value != '', where, f'{key} is empty')
        if type(value) is list and key != 'package':
            check(all(type(v) is str and v for v in value), where,
                  f'{key} holds something else than strings')
    return len(failures) == before


def one_of(value, choices, where):
    check(value in choices, where, f'{value!r} is none of {choices}')


def load(path):
    """The file as a table; None, and a failure, when it is not TOML."""
    try:
        with open(path, 'rb') as f:
            raw = f.read()
        check(b'\r' not in raw, path, 'has carriage returns')
        return tomllib.loads(raw.decode('utf-8'))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        check(False, path, str(e))
        return None


def check_package(p, where):
    if not check_keys(p, TEMPLATE['package'], where):
        return False
    where += f': {p["name"]}'
    check(re.fullmatch(NORMAL, p['name']), where, 'name is not normalised')
    check(matches(VERSION, p['version']), where, f'version {p["version"]}')
    one_of(p['protect'], ('locked', 'keep', 'os'), where)
    one_of(p['evidence'], ('captured', 'reconstructed', 'inferred'), where)
    check('requires-from' not in p or 'requires' in p, where,
          'requires-from without requires')
    check(p.get('size', 1) > 0, where, 'size')
    for r in p.get('requires', []):
        check(matches(REQUIREMENT, r), where, f'requires {r!r}')
    if 'treat-as' in p:
        check(matches(r'\d+(\.\d+)*', p['treat-as'])
              and re.match(re.escape(p['treat-as']) + r'(a|b|rc)\d+\+',
                           p['version']),
              where, f'treat-as {p["treat-as"]} of {p["version"]}')
    return True


def check_template(path):
    t = load(path)
    name = os.path.basename(path)[:-5]
    if t is None or not check_keys(t, TEMPLATE[''], path):
        return None
    check(t['podlock-template'] == 1, path, 'podlock-template is not 1')
    check(t['id'] == name, path, f'id is {t["id"]}')
    e, v = t['environment'], t['provenance']
    tables = [k for k in ('environment', 'index', 'provenance') if k in t]
    if not all([check_keys(t[k], TEMPLATE[k], f'{path}: [{k}]')
                for k in tables]):
        return None
    check(matches(r'3\.\d+(\.\d+)?', e['python']), path, 'python')
    check(matches(r'2\.\d+', e.get('glibc', '2.0')), path, 'glibc')
    check(matches(r'whl/(nightly/)?(cu\d{3}|cpu|rocm[\d.]+)',
                  t.get('index', {}).get('torch', 'whl/cpu')), path, 'index')
    one_of(e['arch'], ('x86_64', 'aarch64'), path)
    one_of(v['kind'], ('captured', 'reconstructed'), path)
    check(v['sources'], path, 'no sources')
    if not all([check_package(p, path) for p in t['package']]):
        return None
    keys = [(p['name'], p['protect']) for p in t['package']]
    check(keys == sorted(keys), path, 'packages are not sorted')
    check(len(keys) == len(set(keys)), path, 'a package has two rows')
    pip = [k[0] for k in keys if k[1] != 'os']
    check(len(pip) == len(set(pip)), path, 'a name is kept and locked')
    check(('torch', 'locked') in keys, path, 'torch is not locked')
    for name in ('nvidia-ml-py', 'numpy', 'sympy', 'filelock', 'jinja2'):
        check((name, 'locked') not in keys, path, f'{name} is locked')
    return t


def check_rule(rule, where):
    if not check_keys(rule, RULE, where):
        return
    where += f': {rule["id"]}'
    check(('conflicts' in rule) != ('requires' in rule), where,
          'wants one of conflicts, requires')
    check(re.fullmatch(NORMAL, rule['package']), where, 'package')
    check(matches(SPECIFIER, rule['versions']), where,
          f'versions {rule["versions"]!r}')
    other = rule.get('conflicts') or rule.get('requires') or ''
    check(matches(rf'{NAME}\s*{SPECIFIER}', other), where, f'{other!r}')
    one_of(rule['severity'], ('import', 'crash', 'call', 'wrong-result'),
           where)
    one_of(rule['status'], ('tested', 'reported'), where)
    check(rule['evidence'].strip(), where, 'no evidence')
    check(rule['status'] != 'tested'
          or re.search(r'tested \d{4}-\d\d-\d\d', rule['evidence']), where,
          'tested, but the evidence has no date')


def check_unique(names, where):
    for name in sorted({n for n in names if names.count(n) > 1}):
        check(False, where, f'{name} twice')


def toml_files(folder):
    return [os.path.join(folder, n) for n in sorted(os.listdir(folder))
            if n.endswith('.toml')]


def check_private(path):
    """No paths of the machine where they were made, no opaque numbers."""
    with open(path, encoding='utf-8') as f:
        text = f.read()
    for bad in (r'/wor[k]/', r'/hom[e]/', r'/tm[p]/', r'text index id',
                r'\bseed \d'):
        m = re.search(bad, text)
        check(not m, path, f'has {m and m[0]!r}')


def check_shipped():
    templates = [check_template(p) for p in toml_files(f'{RULES}/templates')]
    check(templates, RULES, 'no templates')
    images = [i for t in templates if t for i in t['images']]
    check_unique(images, 'images')

    ids, editions = [], set()
    for path in toml_files(f'{RULES}/abi'):
        d = load(path) or {}
        check(set(d) - {'edition'} == {'rule'}, path,
              f'holds {sorted(d)}, not rules')
        editions.add(d.get('edition'))
        for rule in d.get('rule', []):
            check_rule(rule, path)
            ids.append(rule.get('id', '?'))
    check(ids, RULES, 'no rules')
    check_unique(ids, 'abi')
    check(len(editions - {None}) == 1, 'abi', f'editions {editions}')
    for edition in editions - {None}:
        check(matches(r'20\d\d\.\d\d', edition), 'abi', f'edition {edition}')

    path = f'{RULES}/torch-family.toml'
    family = load(path) or {}
    check(family.get('podlock-torch-family') == 1, path, 'version')
    for p in family.get('project', []):
        check(check_keys(p, PROJECT, path)
              and re.fullmatch(NORMAL, p['name']), path,
              f'{p.get("name")!r} is not a project')
    names = [p.get('name') for p in family.get('project', [])]
    check_unique(names, path)
    check('torch' in names, path, 'no torch')
    for p in family.get('project', []):
        if p.get('name') in ('torchtriton', 'pytorch-triton'):
            check(p.get('pypi') is False, path, f'{p["name"]} from PyPI')

    releases = [c.get('torch', '') for c in family.get('pypi-cuda', [])]
    for c in family.get('pypi-cuda', []):
        check(check_keys(c, {'torch': str, 'cuda': str}, path)
              and matches(r'\d+\.\d+', c['torch'])
              and matches(r'cu\d{3}', c['cuda']), path, f'pypi-cuda {c}')
    check_unique(releases, path)

    check_gpu()

    for path in (toml_files(f'{RULES}/templates') + toml_files(f'{RULES}/abi')
                 + [f'{RULES}/torch-family.toml', f'{RULES}/gpu.toml',
                    f'{RULES}/README.md']):
        check_private(path)


def check_gpu():
    """Each with its source; none for what no template has."""
    path = f'{RULES}/gpu.toml'
    gpu = load(path) or {}
    for entry in gpu.get('driver', []) + gpu.get('build', []):
        check(entry.get('source', '').startswith('https://'), path,
              f'no source: {entry}')
    torches = set()
    for name in toml_files(f'{RULES}/templates'):
        for p in (load(name) or {}).get('package', []):
            if p.get('name') == 'torch':
                torches.add('.'.join(p['version'].split('.')[:2]))
    for build in gpu.get('build', []):
        check(build['torch'] in torches, path, f'no template has {build}')


def check_pypi_cuda(data):
    """[[pypi-cuda]] is what the metadata of PyPI's own wheels say."""
    path = f'{RULES}/torch-family.toml'
    ours = {c['torch']: c['cuda']
            for c in (load(path) or {}).get('pypi-cuda', [])}
    folder = f'{data}/pytorch-index/metadata'
    seen = set()
    for name in sorted(os.listdir(folder)):
        with open(f'{folder}/{name}', encoding='utf-8') as f:
            d = json.load(f)
        if 'pypi_default_cuda' in d:
            release = '.'.join(d['version'].split('.')[:2])
            seen.add(release)
            check(ours.get(release) == d['pypi_default_cuda'], path,
                  f'torch {d["version"]}: {d["pypi_default_cuda"]}')
    check(seen == set(ours), path, f'pypi-cuda of {seen ^ set(ours)}')


def generated(path):
    with open(path, encoding='utf-8') as f:
        return f.readline().startswith('# Generated by rules/make_')


def compare(ours, theirs, name):
    with open(ours, encoding='utf-8', newline='') as f:
        a = f.read().splitlines(keepends=True)
    with open(theirs, encoding='utf-8', newline='') as f:
        b = f.read().splitlines(keepends=True)
    diff = list(difflib.unified_diff(a, b, f'shipped/{name}', f'made/{name}'))
    if diff:
        check(False, name, 'differs from what is made\n' +
              ''.join(line[:200].rstrip('\n') + '\n' for line in diff[:20]))


def check_made(data):
    with tempfile.TemporaryDirectory() as out:
        shutil.copy(f'{RULES}/README.md', out)
        for script in ('make_templates.py', 'make_abi.py'):
            done = subprocess.run([sys.executable, f'{ROOT}/rules/{script}',
                                   data, out])
            check(done.returncode == 0, script, f'exit {done.returncode}')
        compare(f'{RULES}/README.md', f'{out}/README.md', 'README.md')
        for folder in ('templates', 'abi'):
            made = {os.path.basename(p) for p in toml_files(f'{out}/{folder}')}
            ours = {os.path.basename(p) for p in
                    toml_files(f'{RULES}/{folder}') if generated(p)}
            check(made, folder, 'nothing was made')
            for name in sorted(made ^ ours):
                check(False, f'{folder}/{name}', 'is not shipped' if name
                      in made else 'is shipped, but is not made')
            for name in sorted(made & ours):
                compare(f'{RULES}/{folder}/{name}', f'{out}/{folder}/{name}',
                        f'{folder}/{name}')


def main(argv):
    check_shipped()
    shared = argv[0] if argv else os.environ.get('PODLOCK_SHARED', '')
    data = next((d for d in (shared, os.path.join(shared, 'data'))
                 if shared and os.path.isdir(os.path.join(d, 'templates'))
                 and os.path.isdir(os.path.join(d, 'abi'))), None)
    if data:
        check_made(data)
        check_pypi_cuda(data)
    for failure in failures:
        print(failure, file=sys.stderr)
    if failures:
        print(f'{len(failures)} failures', file=sys.stderr)
        return 1
    if not data:
        print('SKIP: shared data is not here')
        return 77
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
