# Who includes what, and who uses which library (docs/HACKING.md).
#
#     awk -f tests/layering.awk            the whole tree; run from its top
#     awk -f tests/layering.awk FILE...    these files
#
# Data flows one way: a file includes only from its own folder and from those
# before it in `order`. A library is used where `owner` says and nowhere else.

BEGIN {
    split("core pep rules index resolver lockfmt container trim cli", order)
    for (i in order)
        rank[order[i]] = i + 0
    # Beside one another: neither may include the other.
    apart["container"] = "trim"
    apart["trim"] = "container"

    owner["^(curl/|zlib\\.h$|libxml/|archive(_entry)?\\.h$)"] = \
        "^index/"
    owner["^solv/"] = "^resolver/(encode|solve|explain|testcase)"
    owner["^nettle/"] = "^core/digest\\.c$"
    owner["^(simdjson\\.h|toml\\+\\+/)"] = "^core/shim/"

    if (ARGC == 1) {
        find = "find core pep rules index resolver lockfmt container trim " \
            "cli include -name '*.[ch]' -o -name '*.cc' -o -name '*.hh' " \
            "2>/dev/null | sort"
        while ((find | getline file) > 0)
            ARGV[ARGC++] = file
        close(find)
    }
    if (ARGC == 1) {
        complain("layering.awk", 0, "no files found; run from the top")
        exit
    }
}

function complain(file, line, text)
{
    printf "%s:%d: %s\n", file, line, text
    bad++
}

function check_folder(name,    from, to)
{
    from = FILENAME
    sub(/\/.*/, "", from)
    to = name
    sub(/\/.*/, "", to)
    if (!(to in rank)) {
        complain(FILENAME, FNR, "\"" name "\" is not named from the top")
        return
    }
    if (from in rank && (rank[to] > rank[from] || apart[from] == to))
        complain(FILENAME, FNR, from "/ must not include \"" name "\"")
}

function check_library(name,    library)
{
    for (library in owner)
        if (name ~ library && FILENAME !~ owner[library])
            complain(FILENAME, FNR, "<" name "> is not for this file")
}

FNR == 1 {
    files++
    if (FILENAME ~ /\.(cc|hh|cpp|cxx|hpp)$/ && FILENAME !~ /^core\/shim\//)
        complain(FILENAME, 1, "C++ is for core/shim only")
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    name = $0
    sub(/^[^"]*"/, "", name)
    sub(/".*/, "", name)
    if (name ~ /^include\/podlock\.h$|^podlock\.h$/)
        next
    check_folder(name)
}

/^[ \t]*#[ \t]*include[ \t]*</ {
    name = $0
    sub(/^[^<]*</, "", name)
    sub(/>.*/, "", name)
    check_library(name)
}

END {
    if (bad) {
        print bad " breaches"
        exit 1
    }
    print files " files: every include points the right way"
}
