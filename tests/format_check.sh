#!/bin/sh
# Is every C file as clang-format 14 would write it?
# usage: format_check.sh [FILE...]     (default: the whole tree, from its top)
# Exit 77: clang-format 14 is not here. Other versions format differently.
set -eu
tool=
for name in clang-format-14 clang-format; do
    if command -v "$name" >/dev/null 2>&1 &&
        "$name" --version | grep -q 'version 14\.'; then
        tool=$name
        break
    fi
done
if [ -z "$tool" ]; then
    echo "SKIP: no clang-format 14 here (apt-get install clang-format-14)"
    exit 77
fi
if [ $# -eq 0 ]; then
    set -- $(find core pep rules index resolver lockfmt container trim cli \
        include tests -name '*.[ch]' -o -name '*.cc' | sort)
fi
"$tool" --dry-run -Werror --style=file "$@"
echo "$# files are formatted"
