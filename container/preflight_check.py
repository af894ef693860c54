def key(text):
    """Equal for two spellings of one version, near enough to PEP 440."""
    text = text.strip().lower().lstrip('v')
    for pattern, letters in (('alpha', 'a'), ('beta', 'b'),
                             ('preview|pre|c(?![a-z0-9]*u)', 'rc')):
        text = re.sub(r'(?<=[0-9])[-_.]?(' + pattern + r')[-_.]?(?=[0-9])',
                      letters, text)
    text = re.sub(r'[-_.]+', '.', text)
    return re.sub(r'(^|[^0-9])0+(?=[0-9])', r'\1', text)


def modules(distribution):
    """Names to import: top_level.txt, else the first parts of RECORD."""
    text = distribution.read_text('top_level.txt')
    names = set(text.split()) if text else set()
    for path in (() if names else distribution.files or ()):
        first = path.parts[0]
        if len(path.parts) == 1:
            for end in ('.py', '.so'):
                if first.endswith(end):
                    names.add(first.split('.')[0])
        elif path.name == '__init__.py' and len(path.parts) == 2:
            names.add(first)
    return sorted(name for name in names
                  if name.isidentifier() and not name.startswith('_') and
                  name not in ('test', 'tests', 'docs', 'examples'))


def check_version(name, wanted, failures):
    try:
        found = metadata.version(name)
    except metadata.PackageNotFoundError:
        failures.append((name, 'is not installed'))
        return False
    if wanted and (not found or key(found) != key(wanted)):
        failures.append((name, 'is %s, not %s' % (found, wanted)))
        return False
    return True


def check_imports(name, failures):
    for module in modules(metadata.distribution(name)):
        try:
            importlib.import_module(module)
        except BaseException as error:  # some exit when they are imported
            if isinstance(error, KeyboardInterrupt):
                raise
            failures.append((name, 'import %s: %s: %s' % (
                module, type(error).__name__, ' '.join(str(error).split()))))


def check_torch(gpu, failures):
    try:
        import torch
    except Exception as error:
        failures.append(('torch', 'import torch: %s' % error))
        return 'no torch'
    cuda = torch.version.cuda
    if CUDA and cuda != CUDA:
        failures.append(('torch', 'is built for CUDA %s, not %s'
                         % (cuda, CUDA)))
    if cuda and gpu and not torch.cuda.is_available():
        failures.append(('torch', 'sees no GPU (while an image is built: '
                         '--no-gpu)'))
    try:
        import numpy
        array = torch.from_numpy(numpy.arange(4.0)).numpy()
        if array.sum() != 6.0:
            failures.append(('numpy', 'an array is another behind torch'))
    except Exception as error:
        if getattr(error, 'name', None) != 'numpy':  # it is not there
            failures.append(('numpy', 'an array through torch: %s' % error))
    return 'torch %s, CUDA %s' % (torch.__version__, cuda)


def main():
    failures = []
    gpu = '--no-gpu' not in sys.argv[1:]
    python = '%d.%d' % sys.version_info[:2]
    if PYTHON and python != PYTHON:
        failures.append(('python', 'is %s, not %s' % (python, PYTHON)))
    for name, wanted in KEPT:
        check_version(name, wanted, failures)
    for name, wanted in LOCKED:
        if check_version(name, wanted, failures):
            check_imports(name, failures)
    torch = check_torch(gpu, failures) if TORCH else 'no torch'
    for name, what in failures:
        print('%-24s %s' % (name, what))
    print('%s: Python %s, %s, %d packages imported, %d kept, %d failures' % (
        'not ready' if failures else 'ready', python, torch, len(LOCKED),
        len(KEPT), len(failures)))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(main())
