#!/bin/sh
# Do the checks of the house find what they are for? Each is given a small
# tree with one breach and must refuse it, and the same tree without.
# usage: house_test.sh TESTS
set -eu
tests=$(cd "$1" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
failed=0

fresh() {
    rm -rf core cli tests stray
    mkdir core cli tests
    printf '/* A thing. */\nint pl_a(void);\n' >core/a.h
    printf '#include "core/a.h"\n\nint pl_a(void)\n{\n    return 1;\n}\n' \
        >core/a.c
}

run() {
    case $1 in
    layering) awk -f "$tests/layering.awk" ;;
    sizes) python3 "$tests/sizes.py" ;;
    house) sh "$tests/house.sh" ;;
    esac
}

# usage: refuses CHECK MESSAGE; the breach has been made
refuses() {
    if out=$(run "$1" 2>&1); then
        echo "$1 lets pass: $2"
        failed=1
    elif ! printf '%s\n' "$out" | grep -q -- "$2"; then
        printf '%s refuses, but not for "%s":\n%s\n' "$1" "$2" "$out"
        failed=1
    fi
    fresh
}

long_function() { # LINES in all
    printf 'int pl_b(void)\n{\n'
    i=3
    while [ $i -lt "$1" ]; do
        echo "    ;"
        i=$((i + 1))
    done
    printf '}\n'
}

fresh
for check in layering sizes house; do
    out=$(run $check 2>&1) || {
        printf '%s refuses a good tree:\n%s\n' $check "$out"
        failed=1
    }
done

echo '#include "cli/b.h"' >>core/a.c
refuses layering 'must not include "cli/b.h"'
echo '#include "a.h"' >>core/a.c
refuses layering 'not named from the top'
echo '#include <curl/curl.h>' >cli/b.c
refuses layering '<curl/curl.h> is not for this file'
echo '#include <solv/pool.h>' >core/a.c
refuses layering '<solv/pool.h> is not for this file'
echo 'class a;' >core/a.cc
refuses layering 'C++ is for core/shim'

long_function 71 >core/b.c
refuses sizes 'core/b.c:1: a function of 71 lines'
long_function 41 >core/a.c
refuses sizes 'nine in ten functions have up to 41'
i=0
while [ $i -le 800 ]; do echo; i=$((i + 1)); done >core/b.c
refuses sizes 'core/b.c:1: 801 lines'
printf '%081d\n' 0 >core/b.h
refuses sizes 'core/b.h:1: 81 columns'

echo '/* TO''DO: later */' >core/b.h
refuses house 'belongs into an issue'
touch stray
refuses house 'top level'
echo '# see /ho''me/someone/x' >tests/b.py
refuses house 'a path of one machine'
mkdir -p core/vendor
refuses house 'Debian packages'
dd if=/dev/zero of=core/b.bin bs=1024 count=600 2>/dev/null
refuses house 'large data'
echo 'int b(void) { return isdigit(1); }' >core/b.c
refuses house 'looks at the locale'
echo 'void b(void) { printf("b"); }' >core/b.c
refuses house 'never print'
echo 'typedef struct b b;' >>core/a.h
refuses house 'no typedef'
echo '#ifndef B' >core/b.h
refuses house 'opens with its purpose'

[ $failed -eq 0 ] && echo "every check can fail"
exit $failed
