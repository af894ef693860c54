#include "resolver/reqfile_internal.h"

#include "core/buf.h"
#include "core/digest.h"
#include "core/file.h"
#include "core/limits.h"
#include "pep/wheelname.h"

/* ---- what a text is ---- */

enum target {
    TARGET_WHEEL,
    TARGET_ARCHIVE,
    TARGET_VCS,
    TARGET_TREE, /* a folder, or a page */
};

static const char *const archive_endings[] = {
    ".zip", ".tar.gz", ".tgz",    ".tar", ".tar.bz2",  ".tbz",
    ".tlz", ".tar.lz", ".tar.xz", ".txz", ".tar.lzma",
};

static const char *const vcs_prefixes[] = {
    "git+", "hg+", "svn+", "bzr+", "git:", "ssh:", "git@", "svn:",
};

static const char *const url_prefixes[] = {
    "http:",
    "https:",
    "file:",
    "ftp:",
};

static bool starts_nocase(struct pl_str s, const char *prefix)
{
    return pl_str_is_nocase(pl_str_sub(s, 0, strlen(prefix)), prefix);
}

static bool ends_nocase(struct pl_str s, const char *ending)
{
    size_t len = strlen(ending);
    return s.len > len &&
           pl_str_is_nocase(pl_str_sub(s, s.len - len, s.len), ending);
}

static bool is_vcs(struct pl_str text)
{
    for (size_t i = 0; i < PL_COUNT(vcs_prefixes); i++)
        if (starts_nocase(text, vcs_prefixes[i]))
            return true;
    return false;
}

static bool is_url(struct pl_str text)
{
    for (size_t i = 0; i < PL_COUNT(url_prefixes); i++)
        if (starts_nocase(text, url_prefixes[i]))
            return true;
    return is_vcs(text);
}

static bool is_archive(struct pl_str name)
{
    for (size_t i = 0; i < PL_COUNT(archive_endings); i++)
        if (ends_nocase(name, archive_endings[i]))
            return true;
    return false;
}

static struct pl_str without_fragment(struct pl_str location)
{
    return pl_str_sub(location, 0, pl_str_find(location, '#'));
}

/* What follows "scheme://host", or the scheme. */
static struct pl_str url_path(struct pl_str url)
{
    url = without_fragment(url);
    url = pl_str_sub(url, 0, pl_str_find(url, '?'));
    size_t authority = pl_str_find_str(url, PL_STR("://"));
    if (authority == url.len)
        return url;
    struct pl_str rest = pl_str_sub(url, authority + 3, url.len);
    return pl_str_sub(rest, pl_str_find(rest, '/'), rest.len);
}

/* The last part of the path, still percent-encoded. */
static struct pl_str last_part(struct pl_str location)
{
    return pl_path_base(is_url(location) ? url_path(location) : location);
}

static enum target target_of(struct pl_str location)
{
    struct pl_str name = last_part(location);
    if (is_vcs(location))
        return TARGET_VCS;
    if (ends_nocase(name, ".whl"))
        return TARGET_WHEEL;
    return is_archive(name) ? TARGET_ARCHIVE : TARGET_TREE;
}

/* ---- its parts ---- */

struct parts {
    struct pl_str location;
    struct pl_str extras; /* with its brackets; may be empty */
    struct pl_str marker; /* without the `;`; may be empty */
    bool has_marker;
};

/* A URL may hold `;`: only one beside white space ends it. */
static size_t marker_begin(struct pl_str text, bool url)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != ';')
            continue;
        bool before = i > 0 && pl_is_space(text.at[i - 1]);
        bool after = i + 1 < text.len && pl_is_space(text.at[i + 1]);
        if (!url || before || after)
            return i;
    }
    return text.len;
}

static struct parts split(struct pl_str text)
{
    bool url = is_url(text);
    size_t semicolon = marker_begin(text, url);
    struct parts parts = {
        .location = pl_str_trim(pl_str_sub(text, 0, semicolon)),
        .marker = pl_str_sub(text, semicolon + 1, text.len),
        .has_marker = semicolon < text.len,
    };
    struct pl_str path = parts.location;
    size_t open = pl_str_rfind(path, '[');
    if (!url && pl_str_ends(path, "]") && open < path.len && open > 0) {
        parts.extras = pl_str_sub(path, open, path.len);
        parts.location = pl_str_trim(pl_str_sub(path, 0, open));
    }
    return parts;
}

static bool begins_path(struct pl_str text)
{
    return pl_str_starts(text, "./") || pl_str_starts(text, "../") ||
           pl_str_starts(text, "/") || pl_str_starts(text, "~/") ||
           pl_str_is(text, ".") || pl_str_is(text, "..");
}

static bool is_path_byte(char c)
{
    return !pl_is_space(c) && !pl_str_has(PL_STR("@<>=!,;\"'[]{}()*$`/\\"), c);
}

bool pl_reqlocation_is(struct pl_str text)
{
    if (is_url(text) || begins_path(text))
        return true;
    struct pl_cursor c = pl_cursor_from(text);
    pl_cursor_span(&c, is_path_byte);
    /* "name/..." and "C:\..." are paths, `</html>` is none. */
    if (pl_cursor_offset(&c) > 0 &&
        (pl_cursor_peek(&c) == '/' || pl_cursor_peek(&c) == '\\'))
        return pl_cursor_offset(&c) + 1 < text.len;
    struct pl_str location = split(text).location;
    if (pl_str_has(location, '@') || pl_str_has(location, ' '))
        return false;
    return ends_nocase(location, ".whl") || is_archive(location);
}

/* ---- what cannot be locked ---- */

static bool fail_vcs(struct pl_span span, struct pl_error *err)
{
    pl_error_set(err, PL_ERR_INPUT, span,
                 "a version control URL cannot be locked");
    pl_error_because(err, "its metadata would have to be built by running its "
                          "code, and a lock has no hash for it");
    return pl_error_hint(err, "name a released version, or build a wheel with "
                              "`pip wheel --no-deps` and give its path");
}

static bool fail_archive(struct pl_span span, struct pl_error *err)
{
    pl_error_set(err, PL_ERR_INPUT, span,
                 "a source archive given by path or URL cannot be locked");
    pl_error_because(err, "its metadata would have to be built by running its "
                          "code");
    return pl_error_hint(err, "name a released version, or build a wheel with "
                              "`pip wheel --no-deps` and give its path");
}

/* The "name @ file:///..." lines that pip freeze writes below conda. */
static bool is_conda_build(struct pl_str location)
{
    return pl_str_find_str(location, PL_STR("/croot/")) < location.len ||
           pl_str_find_str(location, PL_STR("conda-bld")) < location.len ||
           pl_str_find_str(location, PL_STR("feedstock_root")) < location.len;
}

static bool fail_text_file(struct pl_span span, struct pl_str location,
                           struct pl_error *err)
{
    pl_error_set(err, PL_ERR_INPUT, span, "the path of a text file");
    return pl_error_hint(err, "write `-r %.*s` to read its requirements",
                         PL_STR_ARG(location));
}

static bool fail_tree(struct pl_span span, struct pl_str location,
                      struct pl_error *err)
{
    if (is_url(location) && !starts_nocase(location, "file:")) {
        pl_error_set(err, PL_ERR_INPUT, span, "this URL names no wheel");
        return pl_error_hint(err, "give the URL of a .whl file, or the "
                                  "project's name and version");
    }
    if (pl_str_ends(location, ".txt") || pl_str_ends(location, ".in"))
        return fail_text_file(span, location, err);
    pl_error_set(err, PL_ERR_INPUT, span, "a folder cannot be locked");
    if (is_conda_build(location)) {
        pl_error_because(err, "the path is where conda built the package, on "
                              "another machine");
        return pl_error_hint(err, "write NAME==VERSION; `pip list "
                                  "--format=freeze` does so for all");
    }
    pl_error_because(err, "its metadata would have to be built by running its "
                          "code, and a lock has no hash for it");
    return pl_error_hint(err, "give podlock its pyproject.toml to lock what "
                              "it needs");
}

static bool check_target(const struct pl_reqline *line, struct pl_str location,
                         struct pl_error *err)
{
    struct pl_span span = pl_reqline_span_of(line, location);
    switch (target_of(location)) {
    case TARGET_WHEEL:
        return true;
    case TARGET_ARCHIVE:
        return fail_archive(span, err);
    case TARGET_VCS:
        return fail_vcs(span, err);
    case TARGET_TREE:
        break;
    }
    return fail_tree(span, location, err);
}

/* ---- wheels ---- */

static int hex_value(char c)
{
    if (pl_is_digit(c))
        return c - '0';
    c = pl_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct pl_str decode(struct pl_arena *arena, struct pl_str text)
{
    PL_BUF(out, PL_MAX_LINE_BYTES);
    for (size_t i = 0; i < text.len; i++) {
        int high = -1, low = -1;
        if (text.at[i] == '%' && i + 2 < text.len) {
            high = hex_value(text.at[i + 1]);
            low = hex_value(text.at[i + 2]);
        }
        bool encoded = high >= 0 && low >= 0;
        pl_buf_add_char(&out, encoded ? (char)(high * 16 + low) : text.at[i]);
        i += encoded ? 2 : 0;
    }
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static bool parse_file_name(struct pl_reqfile *file,
                            const struct pl_reqline *line,
                            struct pl_str location, struct pl_wheelname *out,
                            struct pl_error *err)
{
    struct pl_str part = last_part(location);
    struct pl_str name = part;
    if (is_url(location))
        name = decode(file->in->arena, part);
    if (pl_wheelname_parse(file->in->arena, name, out, err))
        return true;
    /* Places within the decoded name mean nothing in the file. */
    if (err && name.len != part.len)
        err->span = (struct pl_span){.end = (uint32_t)part.len};
    return pl_reqline_locate(line, (size_t)(part.at - line->text.at), err);
}

static bool take_hashes(struct pl_reqfile *file, const struct pl_reqline *line,
                        struct pl_str location, struct pl_error *err)
{
    struct pl_arena *arena = file->in->arena;
    struct pl_str rest =
        pl_str_sub(location, without_fragment(location).len + 1, location.len);
    struct pl_str part;
    while (rest.len && pl_str_cut(&rest, '&', &part)) {
        if (!pl_str_starts(part, "sha256="))
            continue;
        struct pl_str hex = pl_str_sub(part, strlen("sha256="), part.len);
        if (!pl_sha256_valid(hex))
            return pl_error_set(err, PL_ERR_INPUT,
                                pl_reqline_span_of(line, part),
                                "a sha256 digest is 64 digits 0-9a-f");
        struct pl_str hash =
            pl_arena_printf(arena, "sha256:%.*s", PL_STR_ARG(hex));
        pl_vec_push(arena, &file->hashes, hash);
    }
    return true;
}

static bool take_wheel(struct pl_reqfile *file, const struct pl_reqline *line,
                       struct pl_str location, struct pl_wheelname *wheel,
                       struct pl_str *url, struct pl_error *err)
{
    if (!check_target(line, location, err) ||
        !parse_file_name(file, line, location, wheel, err))
        return false;
    *url = location;
    if (!is_url(location))
        return true;
    *url = without_fragment(location);
    return take_hashes(file, line, location, err);
}

/* ---- `name @ location` ---- */

static bool fail_version_as_url(struct pl_span span, struct pl_str location,
                                const struct pl_requirement *r,
                                struct pl_error *err)
{
    pl_error_set(err, PL_ERR_INPUT, span, "`%.*s` is no URL",
                 PL_STR_ARG(location));
    if (pl_is_digit(location.at[0]))
        return pl_error_hint(err, "did you mean `%.*s==%.*s`?",
                             PL_STR_ARG(r->written_name), PL_STR_ARG(location));
    if (pl_str_is_nocase(location, "latest"))
        return pl_error_hint(err,
                             "write `%.*s` alone: the newest that fits "
                             "is taken",
                             PL_STR_ARG(r->written_name));
    return pl_error_hint(err, "write NAME @ https://.../FILE.whl");
}

bool pl_reqlocation_check(struct pl_reqfile *file,
                          const struct pl_reqline *line, struct pl_str location,
                          struct pl_requirement *out, struct pl_error *err)
{
    struct pl_wheelname wheel;
    struct pl_span span = pl_reqline_span_of(line, location);
    if (!is_url(location) && target_of(location) == TARGET_TREE &&
        !pl_str_has(location, '/'))
        return fail_version_as_url(span, location, out, err);
    if (!take_wheel(file, line, location, &wheel, &out->url, err))
        return false;
    if (pl_str_eq(wheel.name, out->name))
        return true;
    pl_error_set(err, PL_ERR_INPUT, span, "a wheel of %.*s, not of %.*s",
                 PL_STR_ARG(wheel.name), PL_STR_ARG(out->name));
    return pl_error_hint(err, "write %.*s before the `@`",
                         PL_STR_ARG(wheel.name));
}

/* ---- a location by itself ---- */

static bool parse_extras(struct pl_reqfile *file, const struct pl_reqline *line,
                         struct pl_str extras, struct pl_requirement *out,
                         struct pl_error *err)
{
    struct pl_requirement r;
    struct pl_str text =
        pl_arena_printf(file->in->arena, "x%.*s", PL_STR_ARG(extras));
    if (!pl_requirement_parse(file->in->arena, text, &r, err)) {
        size_t base = (size_t)(extras.at - line->text.at);
        return pl_reqline_locate(line, base ? base - 1 : 0, err);
    }
    out->extras = r.extras;
    out->extra_count = r.extra_count;
    return true;
}

static bool set_version(struct pl_reqfile *file,
                        const struct pl_wheelname *wheel,
                        struct pl_requirement *out, struct pl_error *err)
{
    struct pl_arena *arena = file->in->arena;
    struct pl_str version = pl_version_text(arena, &wheel->version);
    struct pl_str text = pl_arena_printf(arena, "==%.*s", PL_STR_ARG(version));
    out->name = wheel->name;
    out->written_name = wheel->name;
    return pl_specifier_parse(arena, text, &out->specifier, err);
}

static bool fail_standard(const struct pl_reqline *line, struct pl_str text,
                          struct pl_error *err)
{
    pl_error_set(err, PL_ERR_INPUT, pl_reqline_span_of(line, text),
                 "a path or URL without a name");
    return pl_error_hint(err, "pyproject.toml wants `NAME @ URL`");
}

bool pl_reqlocation_parse(struct pl_reqfile *file,
                          const struct pl_reqline *line, struct pl_str text,
                          struct pl_requirement *out, struct pl_error *err)
{
    struct parts parts = split(text);
    struct pl_requirement r = {.text = pl_arena_dup(file->in->arena, text)};
    struct pl_wheelname wheel;
    if (file->standard_only)
        return fail_standard(line, text, err);
    if (!take_wheel(file, line, parts.location, &wheel, &r.url, err) ||
        !set_version(file, &wheel, &r, err))
        return false;
    if (parts.extras.len && !parse_extras(file, line, parts.extras, &r, err))
        return false;
    if (parts.has_marker &&
        !pl_marker_parse(file->in->arena, parts.marker, &r.marker, err))
        return pl_reqline_locate(
            line, (size_t)(parts.marker.at - line->text.at), err);
    *out = r;
    return true;
}
