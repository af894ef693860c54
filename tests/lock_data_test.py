#!/usr/bin/env python3
"""What the writers of locks are expected to write, read by other programs.

usage: lock_data_test.py [SHARED]

tests/data/lock/ is what tests/unit/{lock,reqs}_write_test.c compare with.
Here Python's TOML reader reads the lock, SHARED/tools/check_lock.py checks it
against PEP 751, and pip's own reader reads the two text files; the last two
only where they are there. Exit 0: all well, 1: not.
"""
import importlib.util
import os
import re
import sys

try:
    import tomllib
except ImportError:
    print("no tomllib: Python 3.11 has it")
    sys.exit(77)

FOLDER = os.path.join("tests", "data", "lock")
TOP = ["lock-version", "environments", "requires-python", "created-by",
       "packages", "tool"]
PACKAGE = ["name", "version", "requires-python", "index", "dependencies",
           "sdist", "wheels", "tool"]
FILE = ["name", "upload-time", "url", "path", "size", "hashes"]
TOOL = ["format", "template", "template-digest", "rules", "inputs", "arguments",
        "download", "provided", "replaced"]
# The lock names the file of a percent-encoded URL; the checker needs no name.
ALLOWED = {"redundant-name"}

failed = []


def want(holds, what):
    if not holds:
        failed.append(what)


def in_order(table, keys, where):
    want([k for k in keys if k in table] == list(table),
         f"{where}: keys are {list(table)}")


def check_toml(lock):
    in_order(lock, TOP, "lock")
    in_order(lock["tool"]["podlock"], TOOL, "[tool.podlock]")
    for package in lock["packages"]:
        in_order(package, PACKAGE, package["name"])
        files = package.get("wheels", [package.get("sdist")])
        want(len(files) == 1, f"{package['name']}: one file")
        in_order(files[0], FILE, f"{package['name']}: file")
    names = [p["name"] for p in lock["packages"]]
    want(names == sorted(names), "packages are sorted")
    want(names == ["antlr4", "numpy", "pandas", "torchao"], f"{names}")


def check_pep751(raw, tool):
    spec = importlib.util.spec_from_file_location("check_lock", tool)
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        print(f"check_lock.py: skipped, {error}")
        return
    report = module.Report()
    module.Pep751(raw, "pylock.toml", report)
    for row in report.violations:
        want(row["code"] in ALLOWED, f"{row['code']} {row['message']}")
    print(f"check_lock.py: {len(report.violations)} remarks")


def pip_lines(name):
    """(requirement, options) of each line, as pip reads the file."""
    from pip._internal.network.session import PipSession
    from pip._internal.req.req_file import parse_requirements
    path = os.path.join(FOLDER, name)
    return [(line.requirement.strip(), line.options or {})
            for line in parse_requirements(path, session=PipSession())]


def check_pip(lock):
    sha = re.compile("[0-9a-f]{64}")
    rows = pip_lines("requirements.txt")
    want([r[0] for r in rows] ==
         ["antlr4==4.9.3",
          "./wheels/numpy-2.0.2-cp311-cp311-linux_x86_64.whl",
          "pandas==2.3.3", "torchao==0.13.0+cu128"], f"pip reads {rows}")
    for requirement, options in rows:
        hashes = options.get("hashes", {}).get("sha256", [])
        want(len(hashes) == 1 and sha.fullmatch(hashes[0]),
             f"{requirement}: pip reads {options}")
    pins = {r[0] for r in pip_lines("constraints.txt")}
    for package in lock["packages"]:
        want(f"{package['name']}=={package['version']}" in pins,
             f"{package['name']}: no constraint")
    for fact in lock["tool"]["podlock"]["provided"]:
        want(f"{fact['name']}=={fact['version']}" in pins,
             f"{fact['name']}: no constraint")


def main():
    with open(os.path.join(FOLDER, "pylock.toml"), "rb") as file:
        raw = file.read()
    lock = tomllib.loads(raw.decode())
    check_toml(lock)
    tool = os.path.join(sys.argv[1] if len(sys.argv) > 1 else "", "tools",
                        "check_lock.py")
    if os.path.exists(tool):
        check_pep751(raw, tool)
    try:
        check_pip(lock)
    except ImportError as error:
        print(f"pip: skipped, {error}")
    for what in failed:
        print(what)
    print(f"{len(failed)} failures")
    return 1 if failed else 0


sys.exit(main())
