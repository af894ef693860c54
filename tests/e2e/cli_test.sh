#!/bin/sh
# The command line as users and scripts meet it, with the real program.
# usage: cli_test.sh PODLOCK MAN-PAGE
set -u
podlock=$1
page=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
unset NO_COLOR FORCE_COLOR CLICOLOR_FORCE COLUMNS GITHUB_ACTIONS
for variable in $(env |
    sed -n 's/^\(\(PODLOCK\|PIP\|UV\|SSL\)_[A-Z_]*\)=.*/\1/p'); do
    unset "$variable"
done
failed=0

wrong() {
    printf '%s\n' "$*"
    failed=1
}

# usage: expect CODE PATTERN ARGUMENT...; the pattern is of standard error,
# an empty one wants nothing there
expect() {
    code=$1
    pattern=$2
    shift 2
    "$podlock" "$@" >"$dir/out" 2>"$dir/err"
    got=$?
    [ $got -eq "$code" ] || wrong "podlock $*: exit $got, not $code"
    if [ -z "$pattern" ]; then
        [ -s "$dir/err" ] || return 0
        wrong "podlock $*: there is something on standard error:"
    else
        grep -qE -- "$pattern" "$dir/err" && return 0
        wrong "podlock $*: no \"$pattern\" in:"
    fi
    cat "$dir/err"
}

has() {
    grep -qE -- "$1" "$dir/out" || wrong "no \"$1\" in the output"
}

has_not() {
    if grep -qE -- "$1" "$dir/out"; then wrong "\"$1\" in the output"; fi
}

# ---- locks ----
locks=${0%/*}/../data/lock
expect 0 '' show "$locks/pylock.toml"
has '^template runpod-x$'
has '^pandas 2\.3\.3 wheel files\.example 1\.2 kB sha256:a3f1c5d2e4b6$'
has '^replaces numpy 2\.1\.2 r\.in:2 numpy<2\.1$'
has '^relies on torch 2\.8\.0\+cu128$'
has '^total 4 packages 3\.7 kB, 1 of unknown size$'
expect 0 '' show "$locks/other/uv.toml"
has '^created-by uv$'
has '^alpha 1\.0 wheel files\.example 100 B sha256:b{12}, 2 more [0-9a-f]{12}$'
has '^gamma git https://git\.example/gamma\.git 0123456789abcdef0123'
has '^here directory \. editable$'
has "^beta 2\.0 .* ; sys_platform != 'linux'$"
expect 0 'warning: `colour` is not a key' show "$locks/other/everything.toml"
expect 0 '' show -q "$locks/other/everything.toml"
expect 0 '' show --json "$locks/other/pip.toml"
python3 -c 'import json, sys
lock = json.load(sys.stdin)
assert [p["name"] for p in lock["packages"]] == ["alpha", "beta", "delta"]
assert lock["packages"][1]["source"] == "directory"
assert lock["packages"][2]["files"][0]["hashes"]["sha256"] == "d" * 64
assert lock["unknown-sizes"] == 3' <"$dir/out" || wrong "show --json"
sed 's/files.example/mirror.example/' "$locks/other/pip.toml" >"$dir/p.toml"
expect 0 '' show "$dir/p.toml"
has '^alpha 1\.0 wheel mirror\.example'
sed "s/'linux'/linux/" "$locks/other/uv.toml" >"$dir/p.toml"
expect 2 'p\.toml:19:27: error: ' show "$dir/p.toml"
expect 5 'pylock\.toml' show --directory "$dir"

# ---- asking for help ----
expect 0 '' --help
has '^Start$'
has '^  templates +the containers'
has_not "$(printf '\033')"
expect 0 '' -h
expect 0 '' help
expect 0 '' help templates
has '^usage: podlock templates'
expect 0 '' help templates fit
has '^usage: podlock templates fit '
expect 0 '' templates fit --help
has 'constraint FILE'
expect 2 'no command .resolve fit' help resolve fit
expect 0 '' templates --format nonsense --help
has '^usage: podlock templates'
expect 0 '' --version
has '^podlock [0-9]+\.[0-9]+\.[0-9]+$'
expect 0 '' templates -V
has '^podlock [0-9]'
expect 2 'there is no command `hlep`' hlep
grep -q 'did you mean `podlock help`' "$dir/err" || wrong "no suggestion"
expect 2 'there is no command$'
expect 2 '`-q` stands before the command' -q templates
expect 2 'there is no command `x`' help x

# ---- wrong options ----
expect 2 'no option `--fromat`' templates --fromat json
grep -q 'did you mean `--format`' "$dir/err" || wrong "no suggestion"
expect 2 'takes text\|json, not `yaml`' templates --format yaml
expect 2 'one argument too many' templates show a b
expect 2 'wants an id' templates show
expect 2 'no template is known as' templates show nonsense
expect 2 'there is no rule `nonsense`' rules show nonsense
expect 2 'no trace topic `x`' templates --trace x
expect 5 'cannot change to' templates --directory "$dir/none"
expect 2 'neither list nor show' rules remove

# ---- results and messages are kept apart ----
expect 0 'lists what one holds' templates
has '^runpod-torch240-cu124-py311 '
expect 0 '' templates -q
expect 0 '' templates --json
python3 -c 'import json, sys
rows = json.load(sys.stdin)["templates"]
assert [r["id"] for r in rows] == sorted(r["id"] for r in rows)
assert all(r["python"] and r["torch"] for r in rows)' <"$dir/out" ||
    wrong "templates --json"
expect 0 '' templates show runpod-torch240-cu124-py311 --json
python3 -c 'import json, sys
t = json.load(sys.stdin)
torch = [p for p in t["packages"] if p["name"] == "torch"][0]
assert torch["protect"] == "locked" and torch["version"] == "2.4.1+cu124"
assert len(t["digest"]) == 64' <"$dir/out" || wrong "templates show --json"
expect 0 '' rules --json
python3 -c 'import json, sys
rules = json.load(sys.stdin)["rules"]
assert all(r["reason"] and r["evidence"] for r in rules) and rules' \
    <"$dir/out" || wrong "rules --json"
expect 0 '' rules show numpy2-pandas
has 'lift it +--ignore-rule numpy2-pandas'

# ---- the terminal ----
expect 0 'lists what' templates --color always
has "$(printf '\033')\\[1m"
PODLOCK_COLOR=always
export PODLOCK_COLOR
expect 0 'options: --color=always from PODLOCK_COLOR' templates -v
has "$(printf '\033')\\[1m"
expect 0 'lists what' templates --color never
has_not "$(printf '\033')"
unset PODLOCK_COLOR
printf 'a\033[31m' >"$dir/raw"
expect 2 'no command `a\\x1b\[31m`' "$(cat "$dir/raw")"

# ---- who named the template, and what the header and the last line say ----
mkdir -p "$dir/index/simple"
printf '# podlock: template = bogus\n' >"$dir/bogus.in"
printf '\n' >"$dir/a.in"
printf '\n' >"$dir/b c.in"
printf '[project]\nname = "p"\nrequires-python = ">=3.13"\n' \
    >"$dir/pyproject.toml"
PODLOCK_INDEX_ROOT=$dir/index
export PODLOCK_INDEX_ROOT
template=runpod-torch240-cu124-py311
expect 2 'bogus.in:1:23: error: no template is known as `bogus`' \
    resolve "$dir/bogus.in"
PODLOCK_TEMPLATE=elsewhere expect 2 'because: PODLOCK_TEMPLATE names it' \
    resolve "$dir/bogus.in"
expect 1 'requires-python `>=3.13`, and .* has Python 3.11' \
    resolve "$dir/pyproject.toml" --template $template
sed -i 's/3.13/3.10/' "$dir/pyproject.toml"
expect 0 '' resolve "$dir/pyproject.toml" --template $template -q \
    -o "$dir/pylock.toml"
expect 0 '' resolve "$dir/a.in" "$dir/b c.in" --template $template \
    --constraint "$dir/a.in" --replace never --exclude-newer '30 days' --pre \
    -o "$dir/pylock.toml"
has '^Install: pip install'
want="#     podlock resolve a.in 'b c.in' --template $template"
want="$want --constraint a.in --prerelease allow --exclude-newer '30 days'"
grep -qxF -- "$want --replace never" "$dir/pylock.toml" ||
    wrong "the header does not say which command: $(head -3 "$dir/pylock.toml")"
for format in json constraints.txt; do
    expect 0 '' resolve "$dir/a.in" --template $template --format $format \
        -o "$dir/$format"
    grep -q Install: "$dir/out" && wrong "$format cannot be installed"
done
unset PODLOCK_INDEX_ROOT

# ---- indexes: what is refused, and that no password is shown ----
bare="--template none --python-version 3.11"
secret=hunter2
HOME=$dir
XDG_CACHE_HOME=$dir/cache
export HOME XDG_CACHE_HOME
expect 2 '--index-url takes a URL, not `pypi.org`' resolve "$dir/a.in" $bare \
    -i pypi.org
PIP_INDEX_URL=http://me:$secret@a.invalid/
export PIP_INDEX_URL
expect 2 'PIP_INDEX_URL: `http://a.invalid/` is plain http' \
    resolve "$dir/a.in" $bare
grep -q "fix: https, or --allow-insecure-host a.invalid" "$dir/err" ||
    wrong "no way out of http"
expect 2 '--index-url=http://\*\*\*@a.invalid/ from PIP_INDEX_URL' \
    resolve "$dir/a.in" $bare -v
grep -q $secret "$dir/err" && wrong "a password is shown"
unset PIP_INDEX_URL
expect 2 '--offline asks no network, --refresh asks it again' \
    resolve "$dir/a.in" $bare --offline --refresh
expect 2 '--offline reads the cache alone' resolve "$dir/a.in" $bare \
    --offline -n
expect 2 '`--default-index` wants a value: URL' resolve "$dir/a.in" $bare \
    --default-index
expect 2 '--find-links beside --index-root with a folder' \
    resolve "$dir/a.in" $bare --index-root "$dir/index" -f .
expect 0 'Locked 0 packages' resolve "$dir/a.in" $bare --offline \
    --index-url "https://me:$secret@a.invalid/simple"
has "^#     podlock resolve a.in .* --index-url https://a.invalid/simple$"
has_not $secret

# ---- standard output that cannot be written ----
"$podlock" templates >/dev/full 2>"$dir/err"
[ $? -eq 5 ] || wrong "a full disk: not exit 5"
grep -q 'cannot write to standard output' "$dir/err" || wrong "no message"
"$podlock" templates >&- 2>/dev/null
[ $? -eq 5 ] || wrong "standard output closed: not exit 5"
"$podlock" templates 2>&- >/dev/null
[ $? -eq 0 ] || wrong "standard error closed: not exit 0"

# ---- in a GitHub workflow an error stands beside its line, too ----
printf 'numpy\n\nnumpy>>2\n' >"$dir/50%,r.in"
expect 2 'numpy>>2' resolve "$dir/50%,r.in" --template none
grep -q '^::' "$dir/err" && wrong "a workflow command, and no workflow"
GITHUB_ACTIONS=true
export GITHUB_ACTIONS
expect 2 '^::error file=.*/50%25%2Cr\.in,line=3,col=[0-9]+::.' \
    resolve "$dir/50%,r.in" --template none
expect 2 '^::error::' resolve
unset GITHUB_ACTIONS

# ---- what is made from the tables ----
expect 0 '' man
cmp -s "$dir/out" "$page" ||
    wrong "docs/podlock.1 is out of date: build/podlock man >docs/podlock.1"
expect 0 '' completion
if command -v bash >/dev/null 2>&1; then
    words=$(bash -c '. "$1"
        COMP_WORDS=(podlock templates --for); COMP_CWORD=2; _podlock
        echo "${COMPREPLY[@]}"
        COMP_WORDS=(podlock templates --format ""); COMP_CWORD=3; _podlock
        echo "${COMPREPLY[@]}"
        COMP_WORDS=(podlock templ); COMP_CWORD=1; _podlock
        echo "${COMPREPLY[@]}"
        COMP_WORDS=(podlock templates fit --replace ""); COMP_CWORD=4; _podlock
        echo "${COMPREPLY[@]}"' - "$dir/out" | tr '\n' ' ')
    [ "$words" = "--format text json templates if-needed freely never " ] ||
        wrong "completion says: $words"
fi

[ $failed -eq 0 ] && echo "the command line is as it should be"
exit $failed
