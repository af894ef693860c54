#include "container/scan_internal.h"

#include "core/limits.h"

/* docs/snapshot.md has the files and their order. */

/* ---- architecture ---- */

/* https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
enum {
    ELF_ORDER = 5,
    ELF_BIG_ENDIAN = 2,
    ELF_MACHINE = 18,
    ELF_HEAD = 20,
};

static const struct {
    unsigned machine;
    const char *arch;
} machines[] = {
    {62, "x86_64"}, {183, "aarch64"}, {243, "riscv64"}, {21, "ppc64le"},
    {22, "s390x"},  {3, "i686"},      {40, "armv7l"},
};

static struct pl_str arch_of(struct pl_scan *scan, struct pl_str path)
{
    struct pl_str head;
    if (!path.len || !pl_scan_text(scan, path, ELF_HEAD, &head) ||
        head.len < ELF_HEAD || !pl_str_starts(head, "\177ELF"))
        return PL_STR("");
    unsigned low = (unsigned char)head.at[ELF_MACHINE];
    unsigned high = (unsigned char)head.at[ELF_MACHINE + 1];
    unsigned machine = head.at[ELF_ORDER] == ELF_BIG_ENDIAN ? low << 8 | high
                                                            : high << 8 | low;
    for (size_t i = 0; i < PL_COUNT(machines); i++)
        if (machines[i].machine == machine)
            return pl_str_from(machines[i].arch);
    return PL_STR("");
}

/* ---- the C library ---- */

static struct pl_str find_libc(struct pl_scan *scan, struct pl_str arch)
{
    static const char *const folders[] = {"/lib", "/usr/lib", "/lib64",
                                          "/usr/lib64"};
    for (size_t i = 0; i < PL_COUNT(folders); i++) {
        struct pl_str multi =
            pl_arena_printf(scan->arena, "%s/%.*s-linux-gnu/libc.so.6",
                            folders[i], PL_STR_ARG(arch));
        struct pl_str plain =
            pl_arena_printf(scan->arena, "%s/libc.so.6", folders[i]);
        if (arch.len && pl_scan_is_file(scan, multi))
            return multi;
        if (pl_scan_is_file(scan, plain))
            return plain;
    }
    return PL_STR("");
}

/* That of the first Python's program, else that of whatever libc is there. */
static struct pl_str find_arch(struct pl_scan *scan,
                               const struct pl_container *c)
{
    static const char *const likely[] = {"x86_64", "aarch64"};
    struct pl_str arch = PL_STR("");
    for (size_t i = 0; i < c->python_count && !arch.len; i++)
        arch = arch_of(scan, c->pythons[i].program);
    for (size_t i = 0; i < PL_COUNT(likely) && !arch.len; i++)
        arch = arch_of(scan, find_libc(scan, pl_str_from(likely[i])));
    return arch;
}

/* "2.39" at the beginning of a text. */
static struct pl_str two_numbers(struct pl_str text)
{
    size_t dots = 0, end = 0;
    while (
        end < text.len && end < sizeof("999.999") - 1 &&
        (pl_is_digit(text.at[end]) || (text.at[end] == '.' && end && !dots++)))
        end++;
    while (end && !pl_is_digit(text.at[end - 1]))
        end--;
    return dots ? pl_str_sub(text, 0, end) : PL_STR("");
}

static struct pl_str number_after(struct pl_str text, const char *before)
{
    struct pl_str what = pl_str_from(before);
    size_t at = pl_str_find_str(text, what);
    return two_numbers(pl_str_sub(text, at + what.len, text.len));
}

/* Glibc prints this when it is run as a program; it is not run. */
static struct pl_str glibc_says(struct pl_scan *scan, struct pl_str path)
{
    struct pl_str text;
    if (!pl_scan_text(scan, path, PL_MAX_LIBC_BYTES, &text))
        return PL_STR("");
    size_t at = pl_str_find_str(text, PL_STR("GNU C Library "));
    struct pl_str line = pl_str_sub(text, at, text.len);
    line.len = pl_str_find(line, '\n');
    return number_after(line, "release version ");
}

static void read_glibc(struct pl_scan *scan, struct pl_container *out)
{
    struct pl_str path = find_libc(scan, out->arch), target;
    /* Before 2.34 the file is a link to one that has the version in its name.
     */
    if (path.len && pl_tree_link(scan->tree, scan->arena, path, &target))
        out->glibc = number_after(target, "libc-");
    if (!out->glibc.len && path.len)
        out->glibc = glibc_says(scan, path);
    if (!out->glibc.len)
        out->glibc = two_numbers(pl_scan_dpkg(scan, "libc6"));
}

/* "/lib/ld-musl-x86_64.so.1"; empty when there is none. */
static struct pl_str find_musl(struct pl_scan *scan)
{
    struct pl_tree_entry *entries;
    size_t count;
    pl_scan_list(scan, PL_STR("/lib"), &entries, &count);
    for (size_t i = 0; i < count; i++)
        if (pl_str_starts(entries[i].name, "ld-musl-"))
            return pl_scan_join(scan, PL_STR("/lib"), entries[i].name);
    return PL_STR("");
}

/* ---- the distribution ---- */

static struct pl_str unquote(struct pl_str value)
{
    value = pl_str_trim(value);
    if (value.len >= 2 && (value.at[0] == '"' || value.at[0] == '\'') &&
        value.at[value.len - 1] == value.at[0])
        return pl_str_sub(value, 1, value.len - 1);
    return value;
}

static struct pl_str release_says(struct pl_str text, const char *key)
{
    struct pl_str line;
    while (pl_str_cut(&text, '\n', &line)) {
        struct pl_str value = line, name;
        if (pl_str_cut(&value, '=', &name) && pl_str_is(name, key))
            return unquote(value);
    }
    return PL_STR("");
}

/* https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
static struct pl_str read_os(struct pl_scan *scan)
{
    static const char *const paths[] = {"/etc/os-release",
                                        "/usr/lib/os-release"};
    for (size_t i = 0; i < PL_COUNT(paths); i++) {
        struct pl_str text;
        if (!pl_scan_text(scan, pl_str_from(paths[i]), PL_MAX_SMALL_FILE_BYTES,
                          &text))
            continue;
        struct pl_str id = release_says(text, "ID");
        struct pl_str version = release_says(text, "VERSION_ID");
        if (id.len)
            return pl_str_trim(pl_arena_printf(
                scan->arena, "%.*s %.*s", PL_STR_ARG(id), PL_STR_ARG(version)));
    }
    return PL_STR("");
}

void pl_machine_read(struct pl_scan *scan, struct pl_container *out)
{
    out->os = read_os(scan);
    out->arch = find_arch(scan, out);
    /* Debian can have musl besides; Python there is of glibc. */
    struct pl_str musl =
        find_libc(scan, out->arch).len ? PL_STR("") : find_musl(scan);
    out->is_musl = musl.len > 0;
    if (!out->is_musl)
        read_glibc(scan, out);
    else if (!out->arch.len)
        out->arch = arch_of(scan, musl);
}
