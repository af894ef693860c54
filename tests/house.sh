#!/bin/sh
# What must not be in the tree. Run from its top; prints each breach.
# usage: house.sh
set -u
bad=0
folders="core pep rules index resolver lockfmt container trim cli include"
c=$(find $folders -name '*.[ch]' 2>/dev/null | sort)
text=$(find . -name .git -prune -o -path './build*' -prune \
    -o -path ./fixtures/index -prune -o -type f \( -name '*.[ch]' \
    -o -name '*.cc' -o -name '*.py' -o -name '*.sh' -o -name '*.awk' \
    -o -name '*.md' -o -name '*.case' -o -name 'meson*' -o -name '*.1' \
    -o -name quickstart -o -name check -o -path ./.ci/run \) -print | sort)

# usage: breach WHY FOUND
breach() {
    [ -n "$2" ] || return 0
    printf '%s\n  ^ %s\n' "$2" "$1"
    bad=1
}

# The brackets keep this file from finding itself.
breach 'work left for later belongs into an issue' \
    "$(grep -nwE 'TOD[O]|FIXM[E]|XX[X]|HAC[K]' $text)"
breach 'a path of one machine' "$(
    grep -nE '(^|[^A-Za-z0-9_.)>*}-])/(wor[k]|hom[e]|tm[p])(/|$)' $text)"
breach 'everything comes from Debian packages' "$(
    find . -name .git -prune -o -path './build*' -prune -o \( \
        -name vendor -o -name vendored -o -name third_party \
        -o -name subprojects -o -name node_modules -o -name '*.wrap' \
        -o -name .gitmodules \) -print)"
breach 'large data belong into fixtures/ or tests/data/' "$(
    find . -name .git -prune -o -path './build*' -prune \
        -o -path ./fixtures -prune -o -path ./tests/data -prune \
        -o -type f -size +512k -print)"

breach 'the top level has nothing else' "$(
    { [ -d .git ] && git ls-files || ls -A; } | cut -d / -f 1 | sort -u |
        grep -vxE "$(printf '%s|' $folders)fixtures|tests|docs|build.*|\
meson\.build|meson_options\.txt|README\.md|NEWS\.md|LICENSE|quickstart|check|\
\.ci|\.git|\.gitignore|\.clang-format|\.pre-commit-hooks\.yaml")"

# Names of calls; a comment may speak of them.
calls() {
    grep -nE "^[^/*]*(^|[^_A-Za-z0-9>.])($1) ?\\(" $2
}
locale='isalpha|isdigit|isalnum|isspace|isupper|islower|tolower|toupper'
locale="$locale|strcasecmp|strncasecmp|strtod|atof|strcoll|strftime"
breach 'looks at the locale: see core/str.h' "$(calls "$locale" "$c")"
library=$(printf '%s\n' $c | grep -vE '^cli/|^core/(arena|trace)\.')
output='printf|puts|putchar|fprintf|vfprintf|fputs|perror|exit|_exit|abort'
breach 'library folders never print and never exit' \
    "$(calls "$output" "$library")"
breach 'structs have no typedef' \
    "$(grep -nE '^ *typedef +(struct|union)' $c)"
breach 'a header opens with its purpose' "$(
    for header in $(printf '%s\n' $c | grep '\.h$'); do
        head -n 1 "$header" | grep -q '^/\*' || echo "$header:1"
    done)"

[ -n "$c" ] || breach 'run from the top of the tree' 'no C files here'
[ "$bad" -eq 0 ] && echo "nothing forbidden"
exit "$bad"
