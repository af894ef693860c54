"""`podlock preflight --dockerfile` with the real program.

usage: dockerfile_test.py PODLOCK SOURCE_ROOT RECORDED_INDEX

tests/data/dockerfile/NAME.Dockerfile is judged, with lock/pylock.toml where
NAME has "lock" in it, and with the options of a line "# test: ...".
NAME.expected holds "LINE LEVEL ID MESSAGE" for each finding and the diff of
--fix; those of clean-* hold nothing. PODLOCK_REWRITE=1 writes them anew. The
rest are the forms of output, hostile files, and docs/dockerfile.md, whose
examples are run.
"""
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PODLOCK, SOURCE, INDEX = (Path(arg).resolve() for arg in sys.argv[1:4])
DATA = SOURCE / "tests" / "data" / "dockerfile"
PAGE = SOURCE / "docs" / "dockerfile.md"
RUNPOD = "runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404"
LOCK = "lock/pylock.toml"
LEAST, LEAST_CLEAN = 40, 14
# A sanitizer's shadow memory is larger than any bound.
SANITIZED = b"__asan_init" in PODLOCK.read_bytes()


def environment():
    kept = ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
    return {k: os.environ[k] for k in kept if k in os.environ} | {
        "COLUMNS": "80", "NO_COLOR": "1"}


def run(*args, cwd=DATA, stdin=b"", timeout=60, env=None):
    return subprocess.run([PODLOCK, "preflight", *args], cwd=cwd, input=stdin,
                          capture_output=True,
                          env=environment() | (env or {}), timeout=timeout)


def judged(path, *args, cwd=DATA):
    done = run("--dockerfile", path, "--json", *args, cwd=cwd)
    if done.returncode not in (0, 1):
        raise AssertionError(f"{path}: {done.returncode} "
                             f"{done.stderr.decode(errors='replace')}")
    answer = json.loads(done.stdout)
    assert done.returncode == (1 if answer["errors"] else 0), path
    return answer


def arguments(path):
    found = re.search(r"^# test: (.*)$", path.read_text(), re.M)
    args = found[1].split() if found else []
    return args + ([LOCK] if "lock" in path.stem else [])


class Corpus(unittest.TestCase):
    def files(self):
        return sorted(DATA.glob("*.Dockerfile"))

    def test_is_large(self):
        names = [path.stem for path in self.files()]
        self.assertGreaterEqual(len(names), LEAST)
        self.assertGreaterEqual(
            sum(name.startswith("clean-") for name in names), LEAST_CLEAN)

    def shown(self, path):
        answer = judged(path.name, *arguments(path))
        lines = [f"{f['line']} {f['level']} {f['rule']} {f['message']}\n"
                 for f in answer["findings"]]
        fix = run("--dockerfile", path.name, "--fix", *arguments(path))
        return "".join(lines) + fix.stdout.decode()

    def test_findings(self):
        for path in self.files():
            with self.subTest(path.stem):
                shown = self.shown(path)
                golden = path.with_suffix(".expected")
                if os.environ.get("PODLOCK_REWRITE") == "1":
                    golden.write_text(shown)
                self.assertEqual(shown, golden.read_text())
                if path.stem.startswith("clean-"):
                    self.assertEqual(shown, "")

    def test_fixes_apply(self):
        """What --fix prints is a patch, and it takes the findings away."""
        patch = shutil.which("patch")
        fixed = 0
        for path in self.files():
            fix = run("--dockerfile", path.name, "--fix", *arguments(path))
            if not fix.stdout or not patch:
                continue
            with self.subTest(path.stem), tempfile.TemporaryDirectory() as d:
                shutil.copytree(DATA, d, dirs_exist_ok=True)
                subprocess.run([patch, "-p1", "-s"], cwd=d, input=fix.stdout,
                               check=True)
                self.assertNotEqual((Path(d) / path.name).read_bytes(),
                                    path.read_bytes())
                after = judged(path.name, *arguments(path), cwd=d)
                before = judged(path.name, *arguments(path))
                self.assertLess(len(after["findings"]),
                                len(before["findings"]))
                self.assertEqual(run("--dockerfile", path.name, "--fix",
                                     *arguments(path), cwd=d).stdout, b"")
                fixed += 1
        self.assertTrue(fixed >= 3 or not patch)

    def test_every_rule_is_found(self):
        found = {f["rule"] for path in self.files()
                 for f in judged(path.name, *arguments(path))["findings"]}
        self.assertEqual(sorted(set(rules()) - found - {"PD403"}), [])


class Output(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.cwd = Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, text, name="Dockerfile"):
        mode = "wb" if isinstance(text, bytes) else "w"
        with open(self.cwd / name, mode) as file:
            file.write(text)
        return name

    def ask(self, text, *args):
        return run("--dockerfile", self.write(text), *args, cwd=self.cwd)

    def test_text(self):
        done = self.ask(f"FROM {RUNPOD}\nRUN pip install torch==2.6.0\n")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.decode(), (
            "Dockerfile:2:17: error PD101: would replace torch 2.8.0+cu128 by "
            "2.6.0\n"
            "  2 | RUN pip install torch==2.6.0\n"
            "    |                 ^~~~~~~~~~~~\n"
            "because: runpod-102-cu1281-torch280-ubuntu2404 protects it\n"
            "fix: leave torch to the image, or take the image that has the "
            "version\n"))
        self.assertIn(b"Dockerfile: 1 error, against", done.stderr)

    def test_github(self):
        done = self.ask(f"FROM {RUNPOD}\nRUN pip install torch==2.6.0\n",
                        "--format", "github")
        self.assertTrue(done.stdout.startswith(
            b"::error file=Dockerfile,line=2,col=17,title=PD101 "
            b"protected-replaced::would replace torch"), done.stdout)
        self.assertEqual(done.stdout.count(b"\n"), 1)

    def test_ignore(self):
        text = f"FROM {RUNPOD}\nRUN pip install torch==2.6.0\n"
        self.assertEqual(self.ask(text, "--ignore", "PD101").returncode, 0)
        self.assertEqual(self.ask(text, "--ignore", "PD304,PD101").stdout, b"")
        done = self.ask(text, "--ignore", "PD999")
        self.assertEqual(done.returncode, 2)
        above = f"# podlock ignore=PD101\n{text}"
        self.assertEqual(self.ask(above).stdout, b"")
        later = text.replace("RUN", "RUN true\n# podlock ignore=PD101\nRUN")
        self.assertEqual(self.ask(later).stdout, b"")
        other = f"{later}RUN pip install torch==2.6.0\n"
        self.assertEqual(self.ask(other).returncode, 1)

    def test_stdin(self):
        text = f"FROM {RUNPOD}\nRUN pip install torch==2.6.0\n".encode()
        done = run("--dockerfile", "-", cwd=self.cwd, stdin=text)
        self.assertEqual(done.returncode, 1)

    def test_usage(self):
        self.assertEqual(run("--dockerfile", "absent", cwd=self.cwd).returncode,
                         5)
        self.assertEqual(self.ask("", ).returncode, 2)
        self.assertEqual(self.ask("RUN true\n").returncode, 2)
        self.assertEqual(self.ask("FROM a:1\nRUNN true\n").returncode, 2)
        self.assertEqual(self.ask("FROM a:1\n", "absent.toml").returncode, 5)

    def test_fix_without_newline(self):
        done = self.ask(f"FROM {RUNPOD}\nRUN uv pip install einops", "--fix")
        self.assertIn(b"\n\\ No newline at end of file\n", done.stdout)
        self.assertIn(b"+RUN uv pip install --break-system-packages --system "
                      b"einops", done.stdout)

    def test_requirements_are_not_read_above(self):
        self.write("torch==2.6.0\n", "requirements.txt")
        (self.cwd / "in").mkdir()
        self.write(f"FROM {RUNPOD}\nRUN pip install -r ../requirements.txt\n",
                   "in/Dockerfile")
        done = run("--dockerfile", "in/Dockerfile", cwd=self.cwd)
        self.assertEqual(done.returncode, 0, done.stdout)


class Hostile(Output):
    """Bounded time and memory, one clear error or none, nothing unescaped."""

    def bounded(self, text, *args):
        self.write(text)
        begin = time.monotonic()
        done = subprocess.run(
            [PODLOCK, "preflight", "--dockerfile", "Dockerfile", *args],
            cwd=self.cwd, capture_output=True, env=environment(), timeout=60)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertIn(done.returncode, (0, 1, 2, 6), done.stderr[-500:])
        self.assertNotIn(b"\x1b", done.stdout + done.stderr)
        return done

    def test_long_line(self):
        self.bounded(f"FROM {RUNPOD}\nRUN pip install " + "a" * (1 << 20))
        self.bounded(f"FROM {RUNPOD}\nRUN pip install " + "a " * (1 << 19))
        self.bounded(f"FROM {RUNPOD}\nRUN " + "true && " * (1 << 17) + "true")

    def test_many_instructions(self):
        done = self.bounded(f"FROM {RUNPOD}\n" + "RUN true\n" * 100000)
        self.assertEqual(done.returncode, 6)
        self.bounded(f"FROM {RUNPOD}\n" +
                     "RUN pip install torch==1\n" * 9000)

    def test_many_continuations(self):
        self.bounded(f"FROM {RUNPOD}\nRUN true" + " \\\n && true" * 100000)

    def test_unclosed(self):
        done = self.bounded(f"FROM {RUNPOD}\nRUN <<EOF\npip install x\n")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"EOF", done.stderr)
        for text in ("'", '"', "`", "$(", "${", "(", "\\", "<<", "<(", "if",
                     "a=$", "$", "&", "|", ">", "2>", "[", "[\"pip\"", "--x"):
            self.bounded(f"FROM {RUNPOD}\nRUN {text}")
            self.bounded(f"FROM {RUNPOD}\nRUN pip install {text}\n")
            self.bounded(f"FROM {text}\n")
            self.bounded(f"FROM {RUNPOD}\nENV A={text}\nCOPY {text}\n")

    def test_controls(self):
        self.bounded(b"FROM a:1\nRUN pip install \x1b[31m\x07\n")
        done = self.bounded(f"FROM {RUNPOD}\nRUN pip install "
                            "torch==2.6.0\x1b]0;x\x07 'torch==1 \x1b[2J'\n")
        self.assertNotIn(b"\x07", done.stdout)
        done = self.bounded(b"FROM a\0b\n")
        self.assertEqual(done.returncode, 2)
        self.bounded(b"FROM \xff\xfe\nRUN \xff\n")
        done = self.bounded(f"FROM {RUNPOD}\nRUN pip install "
                            "'torch==2.6.0; x::error ::y'\n", "--format",
                            "github")
        self.assertTrue(all(line.startswith(b"::") for line in
                            done.stdout.splitlines()))

    def test_variables(self):
        bomb = "ARG A0=xxxxxxxxxxxxxxxx\n" + "".join(
            f"ARG A{i}=$A{i - 1}$A{i - 1}\n" for i in range(1, 60))
        self.bounded(f"{bomb}FROM $A59\nRUN pip install $A59\n")
        inside = bomb.replace("ARG", "ENV")
        self.bounded(f"FROM {RUNPOD}\n{inside}RUN pip install " +
                     "$A59 " * 1000)
        self.bounded(f"FROM {RUNPOD}\nENV A=" + "x" * 60000 + "\nRUN pip "
                     "install " + "$A" * 20000)
        self.bounded("FROM " + "${A:-" * 100000 + "\n")
        self.bounded("FROM " + "${A:-" * 50000 + "x" + "}" * 50000 + "\n")

    def test_depth(self):
        self.bounded(f"FROM {RUNPOD}\nRUN " + "bash -c " * 1000 + "true\n")
        self.bounded(f"FROM {RUNPOD}\nRUN " + "(" * 100000 + "\n")
        self.bounded(f"FROM {RUNPOD}\nRUN " + "$(" * 100000 + "\n")
        self.bounded(f"FROM {RUNPOD}\nRUN echo " + "`" * 100001 + "\n")
        text = "true"
        for _ in range(12):
            text = "bash -c '" + text.replace("'", "'\\''") + "'"
            if len(text) > 1 << 20:
                break
        self.bounded(f"FROM {RUNPOD}\nRUN {text}\n")

    def test_many_files(self):
        self.write("torch\n" * 1000, "r.txt")
        copies = "COPY " + "a.b " * 100000 + "/\n"
        for _ in range(2):
            self.bounded(f"FROM {RUNPOD}\n{copies}RUN pip install " +
                         "-r r.txt " * 50000 + "\n",
                         str(DATA / "lock" / "pylock.toml"))
        self.bounded(f"FROM {RUNPOD}\nRUN " +
                     "uv venv /v && pip install a && " * 20000 + "true\n")

    def test_stages(self):
        stages = "FROM a:1 AS s0\n" + "".join(
            f"FROM s{i} AS s{i + 1}\n" for i in range(9000))
        self.bounded(stages)
        self.bounded("FROM a AS a\nFROM a AS a\nFROM a AS b\nFROM b\n")

    def test_memory(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))

        self.write(f"FROM {RUNPOD}\nRUN " + "pip install torch==1 && " * 40000
                   + "true\n")
        done = subprocess.run(
            [PODLOCK, "preflight", "--dockerfile", "Dockerfile", "--json"],
            cwd=self.cwd, capture_output=True, env=environment(), timeout=60,
            preexec_fn=None if SANITIZED else limit)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["errors"], 500)


def newest(project, folder, fits):
    """The newest final release that the recorded page has for CPython 3.12."""
    if folder == "pypi":
        page = INDEX / "pypi" / "simple" / project / "index.json"
        files = json.loads(page.read_text())["files"]
        files = [(f["filename"], f["size"]) for f in files if not f["yanked"]]
    else:
        page = INDEX / "pytorch" / "whl" / folder / project / "index.html"
        names = re.findall(r">([^<>]+\.whl)<", page.read_text())
        files = [(name, None) for name in names]
    found = []
    for name, size in files:
        match = re.match(rf"{project}-([0-9.]+)(\+\w+)?-cp312-cp312-"
                         r"(manylinux\S*|linux_)x86_64\.whl$", name)
        if match and fits(tuple(map(int, match[1].split(".")))):
            found.append((tuple(map(int, match[1].split("."))),
                          match[1] + (match[2] or ""), size))
    return max(found)[1:]


class Index(Output):
    """--index-root: which version a command would get."""

    HAS = "torch 2.8.0+cu128"
    CU128 = "--index-url https://download.pytorch.org/whl/cu128"

    def told(self, line, *args, env=None):
        self.write(f"FROM {RUNPOD}\nRUN {line}\n")
        done = run("--dockerfile", "Dockerfile", "--json", *args, cwd=self.cwd,
                   env=env)
        self.assertEqual(done.returncode, 1, done.stderr)
        return json.loads(done.stdout)["findings"][0]["message"]

    def asked(self, line):
        return self.told(line, "--index-root", str(INDEX))

    def by(self, folder, fits=lambda version: True):
        version, size = newest("torch", folder, fits)
        size = f" ({size / 1e9:.1f} GB)" if size else ""
        return f"would replace {self.HAS} by {version}{size}"

    def test_upgrade(self):
        line = "pip install -U torch"
        self.assertEqual(self.asked(line), self.by("pypi"))
        self.assertRegex(self.asked(line), r" by [0-9.]+ \([0-9.]+ GB\)$")
        self.assertEqual(self.told(line),
                         f"would upgrade {self.HAS} to the newest")
        self.assertEqual(self.told(line, env={"PODLOCK_INDEX_ROOT":
                                              str(INDEX)}), self.by("pypi"))

    def test_specifier(self):
        uv = "uv pip install --system --break-system-packages"
        for tool in ("pip install", uv):
            self.assertEqual(
                self.asked(f"{tool} 'torch>=2.9,<2.10' einops"),
                self.by("pypi", lambda v: v[:2] == (2, 9)))
        self.assertIn("`torch>=2.9` does not take it",
                      self.told("pip install 'torch>=2.9'"))
        self.assertEqual(self.asked("pip install torch==2.6.0"),
                         self.by("pypi", lambda v: v == (2, 6, 0)))

    def test_force(self):
        self.assertEqual(
            self.asked("pip install --force-reinstall torch==2.8.0"),
            self.by("pypi", lambda v: v == (2, 8, 0)))

    def test_torch_index(self):
        for end in ("", "/"):
            self.assertEqual(self.asked(f"pip install -U torch {self.CU128}"
                                        f"{end}"), self.by("cu128"))
        self.assertIn("+cu126", self.asked(
            f"pip install 'torch>=2.9' {self.CU128.replace('128', '126')}"))

    def test_same(self):
        """What is there already replaces nothing."""
        self.assertIn("again over", self.asked(
            f"pip install --force-reinstall torch==2.8.0 {self.CU128}"))

    def test_cannot_tell(self):
        plain = f"would upgrade {self.HAS} to the newest"
        for line in (
                f"pip install -U torch --extra-{self.CU128[2:]}",
                "pip install -U torch -i https://index.example/simple",
                "pip install -U torch --index-url "
                "https://download.pytorch.org/whl/cu000",
                "pip install -U torch --index-url "
                "https://download.pytorch.org/whl/../cu128",
                "PIP_INDEX_URL=https://index.example/simple "
                "pip install -U torch",
                "UV_TORCH_BACKEND=cu126 uv pip install --system "
                "--break-system-packages -U torch",
                "pip install -U --pre torch",
                "pip install -U torch xformers",
                "pip install -U torch torchvision==0.20",
                "pip install -U torch -r requirements.txt"):
            with self.subTest(line):
                self.assertEqual(self.asked(line), plain)
        self.assertIn("`torch>=99` does not take it",
                      self.asked("pip install 'torch>=99'"))

    def test_unknown_name(self):
        root = self.cwd / "index"
        (root / "pypi" / "simple" / "einops").mkdir(parents=True)
        shutil.copy(INDEX / "pypi" / "simple" / "einops" / "index.json",
                    root / "pypi" / "simple" / "einops")
        self.assertEqual(self.told("pip install -U torch", "--index-root",
                                   str(root)),
                         f"would upgrade {self.HAS} to the newest")

    def test_no_index(self):
        line = f"FROM {RUNPOD}\nRUN pip install -U torch\n"
        done = self.ask(line, "--index-root", "absent")
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        done = self.ask(line, "--index-root", "http://127.0.0.1:9/")
        self.assertEqual((done.returncode, done.stdout), (3, b""))

    def test_network_library(self):
        """It is loaded for an index at a URL alone."""
        self.write(f"FROM {RUNPOD}\nRUN pip install -U torch\n")
        for args, loaded in (((), False),
                             (("--index-root", str(INDEX)), False),
                             (("--index-root", "http://127.0.0.1:9/"), True)):
            done = run("--dockerfile", "Dockerfile", *args, cwd=self.cwd,
                       env={"LD_DEBUG": "files"})
            self.assertEqual(b"libcurl" in done.stderr, loaded, args)

    def test_many(self):
        self.write(f"FROM {RUNPOD}\nRUN " +
                   "pip install -U torch && " * 5000 + "true\n")
        begin = time.monotonic()
        done = run("--dockerfile", "Dockerfile", "--index-root", str(INDEX),
                   "--ignore", "PD102", cwd=self.cwd)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(time.monotonic() - begin, 20)


class Resolve(Output):
    """`podlock resolve` finds its template in the Dockerfile beside."""

    def named(self, dockerfile):
        self.write("numpy\n", "requirements.in")
        self.write(dockerfile)
        done = subprocess.run(
            [PODLOCK, "resolve", "requirements.in", "--no-index", "-o", "-"],
            cwd=self.cwd, capture_output=True, env=environment(), timeout=60)
        found = re.search(rb"^template = \"(.*)\"$", done.stdout, re.M)
        self.assertEqual(done.returncode, 0 if found else 2, done.stderr)
        return found and found[1].decode()

    def test_from(self):
        id_ = "runpod-102-cu1281-torch280-ubuntu2404"
        stages = (f"FROM {RUNPOD} AS base\nFROM ubuntu:22.04 AS other\n"
                  "FROM base\n")
        for text in (f"FROM {RUNPOD}\n", stages,
                     f"from --platform=linux/amd64 {RUNPOD} as x",
                     "ARG T=280\nFROM runpod/pytorch:1.0.2-cu1281-torch$T-"
                     "ubuntu2404\n"):
            self.assertEqual(self.named(text), id_, text)
        for text in ("FROM ubuntu:22.04\n", "RUNN x\n", "",
                     f"FROM {RUNPOD}\nFROM ubuntu:22.04\n",
                     f"ARG B\nFROM $B\n# FROM {RUNPOD}\n"):
            self.assertIsNone(self.named(text), text)


def rules():
    """The ids of the table, with level and name."""
    text = (SOURCE / "container" / "dockerfile_rules.c").read_text()
    found = re.findall(r'\{"(PD\d+)",\s*"([a-z-]+)",\s*PL_LEVEL_([A-Z]+)', text)
    return {id_: (name, level.lower()) for id_, name, level in found}


class Page(unittest.TestCase):
    """docs/dockerfile.md: each rule has a section with a bad and a good one."""

    def sections(self):
        text = PAGE.read_text()
        found = re.split(r"^### (PD\d+) ([a-z-]+) \(([a-z]+)\)$", text,
                         flags=re.M)[1:]
        return [found[i:i + 4] for i in range(0, len(found), 4)]

    def test_has_every_rule(self):
        listed = {id_: (name, level) for id_, name, level, _ in self.sections()}
        self.assertEqual(listed, rules())
        self.assertGreater(len(listed), 20)

    def example(self, block, folder):
        text = re.sub(r"^    ", "", block, flags=re.M)
        if not re.search(r"^FROM", text, re.M):
            text = f"FROM {RUNPOD}\n{text}"
        (folder / "Dockerfile").write_text(text)
        lock = [LOCK] if "lock" in block else []
        return judged("Dockerfile", *lock, cwd=folder)

    def test_examples(self):
        for id_, _, level, text in self.sections():
            blocks = re.findall(r"^(Bad|Good):\n\n((?:    .*\n|\n)+)", text,
                                re.M)
            with self.subTest(id_), tempfile.TemporaryDirectory() as d:
                shutil.copytree(DATA, d, dirs_exist_ok=True)
                self.assertEqual([kind for kind, _ in blocks], ["Bad", "Good"])
                bad = self.example(blocks[0][1], Path(d))
                good = self.example(blocks[1][1], Path(d))
                self.assertIn((id_, level), [(f["rule"], f["level"])
                                             for f in bad["findings"]])
                self.assertEqual(good["findings"], [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
