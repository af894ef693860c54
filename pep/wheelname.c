#include "pep/wheelname.h"

#include "core/limits.h"
#include "pep/name.h"

static bool fail(struct pl_str filename, struct pl_str part,
                 struct pl_error *err, const char *what)
{
    uint32_t begin = (uint32_t)(part.at - filename.at);
    struct pl_span span = {.begin = begin, .end = begin + (uint32_t)part.len};
    return pl_error_set(err, PL_ERR_INPUT, span, "`%.*s`: %s",
                        PL_STR_ARG(filename), what);
}

/* Anything else could leave the folder or the line that the name is put in. */
static bool is_plain(char c)
{
    return pl_is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '+' ||
           c == '!';
}

static bool check_characters(struct pl_str filename, struct pl_error *err)
{
    if (filename.len > PL_MAX_WHEEL_NAME_BYTES)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "a file name of %zu bytes; at most %d are read",
                              filename.len, PL_MAX_WHEEL_NAME_BYTES);
    for (size_t i = 0; i < filename.len; i++)
        if (!is_plain(filename.at[i])) {
            struct pl_span span = {.begin = (uint32_t)i,
                                   .end = (uint32_t)i + 1};
            return pl_error_set(err, PL_ERR_INPUT, span,
                                "a file name of a distribution holds A-Z, "
                                "a-z, 0-9 and . - _ + ! only");
        }
    return true;
}

static struct pl_str without_end(struct pl_str s, size_t len)
{
    return pl_str_sub(s, 0, s.len - len);
}

static bool parse_version(struct pl_arena *arena, struct pl_str filename,
                          struct pl_str part, struct pl_version *version,
                          struct pl_error *err)
{
    if (pl_version_parse(arena, part, version, NULL))
        return true;
    return fail(filename, part, err, "the version is not one of PEP 440");
}

/* ---- wheels ---- */

enum { NAME, VERSION, BUILD, PYTHON, ABI, PLATFORM, PARTS };

/* The build tag is the only part that may be missing. */
static bool cut_parts(struct pl_str filename, struct pl_str *parts,
                      bool *has_build)
{
    struct pl_str rest = without_end(filename, 4), all[PARTS + 1];
    size_t count = 0;
    while (count <= PARTS && pl_str_cut(&rest, '-', &all[count]))
        count++;
    if (count != PARTS && count != PARTS - 1)
        return false;
    *has_build = count == PARTS;
    for (size_t i = 0, from = 0; i < PARTS; i++)
        parts[i] =
            i == BUILD && !*has_build ? pl_str_sub(all[i], 0, 0) : all[from++];
    return true;
}

/* PEP 427 writes each run of separators as one '_'. */
static bool wheel_name_valid(struct pl_str name)
{
    return pl_name_valid(name) && !pl_str_has(name, '-') &&
           pl_str_find_str(name, PL_STR("__")) == name.len;
}

static bool parse_build(struct pl_str build, struct pl_wheeltags *out)
{
    size_t digits = 0;
    while (digits < build.len && pl_is_digit(build.at[digits]))
        digits++;
    out->build_rest = pl_str_sub(build, digits, build.len);
    return pl_str_to_u64(pl_str_sub(build, 0, digits), &out->build_number);
}

static bool python_valid(struct pl_str part)
{
    for (size_t i = 0; i < part.len; i++)
        if (!pl_is_alnum(part.at[i]) && part.at[i] != '_')
            return false;
    return part.len && !pl_is_digit(part.at[0]);
}

static bool set_valid(struct pl_str set, bool is_python)
{
    struct pl_str part;
    size_t count = 0;
    while (pl_str_cut(&set, '.', &part))
        if (!part.len || ++count > PL_MAX_TAG_PARTS ||
            (is_python && !python_valid(part)))
            return false;
    return true;
}

static bool check_sets(struct pl_str filename, const struct pl_str *parts,
                       struct pl_error *err)
{
    for (size_t i = PYTHON; i <= PLATFORM; i++)
        if (!set_valid(parts[i], i == PYTHON))
            return fail(filename, parts[i], err, "this is not a wheel tag");
    return true;
}

bool pl_wheelname_parse(struct pl_arena *arena, struct pl_str filename,
                        struct pl_wheelname *out, struct pl_error *err)
{
    if (!check_characters(filename, err))
        return false;
    struct pl_wheelname wheel = {0};
    struct pl_str part[PARTS];
    if (!pl_str_ends(filename, ".whl") ||
        !cut_parts(filename, part, &wheel.tags.has_build))
        return fail(filename, filename, err,
                    "a wheel is named NAME-VERSION[-BUILD]-PYTHON-ABI-"
                    "PLATFORM.whl");
    if (!wheel_name_valid(part[NAME]))
        return fail(filename, part[NAME], err, "this is not a project name");
    if (!parse_version(arena, filename, part[VERSION], &wheel.version, err))
        return false;
    if (wheel.tags.has_build && !parse_build(part[BUILD], &wheel.tags))
        return fail(filename, part[BUILD], err,
                    "a build tag begins with a number");
    if (!check_sets(filename, part, err))
        return false;
    wheel.name = pl_name_normalize(arena, part[NAME]);
    wheel.tags.python = part[PYTHON];
    wheel.tags.abi = part[ABI];
    wheel.tags.platform = part[PLATFORM];
    *out = wheel;
    return true;
}

int pl_wheelname_cmp_build(const struct pl_wheeltags *a,
                           const struct pl_wheeltags *b)
{
    if (a->has_build != b->has_build)
        return a->has_build ? 1 : -1;
    if (a->build_number != b->build_number)
        return a->build_number < b->build_number ? -1 : 1;
    return pl_str_cmp(a->build_rest, b->build_rest);
}

/* ---- source distributions ---- */

static bool take_stem(struct pl_str filename, struct pl_str *stem)
{
    if (pl_str_ends(filename, ".tar.gz"))
        *stem = without_end(filename, 7);
    else if (pl_str_ends(filename, ".zip"))
        *stem = without_end(filename, 4);
    else
        return false;
    return true;
}

static bool is_separator(char c)
{
    return c == '-' || c == '_' || c == '.';
}

/* Compares without making the normal form: most splits are wrong ones. */
static bool is_spelling_of(struct pl_str name, struct pl_str normal)
{
    size_t at = 0;
    for (size_t i = 0; i < name.len; i++) {
        bool separates = is_separator(name.at[i]);
        if (separates && i && is_separator(name.at[i - 1]))
            continue;
        char c = separates ? '-' : pl_lower(name.at[i]);
        if (at == normal.len || normal.at[at++] != c)
            return false;
    }
    return at == normal.len;
}

/* The '-' between name and version; stem.len when there is none. */
static size_t find_split(struct pl_str stem, struct pl_str project)
{
    if (!project.len)
        return pl_str_rfind(stem, '-');
    for (size_t i = 0; i < stem.len; i++)
        if (stem.at[i] == '-' &&
            is_spelling_of(pl_str_sub(stem, 0, i), project))
            return i;
    return stem.len;
}

bool pl_sdistname_parse(struct pl_arena *arena, struct pl_str filename,
                        struct pl_str project, struct pl_version *version,
                        struct pl_error *err)
{
    struct pl_str stem;
    if (!check_characters(filename, err))
        return false;
    if (!take_stem(filename, &stem))
        return fail(filename, filename, err,
                    "a source distribution ends in .tar.gz or .zip");
    size_t split = find_split(stem, project);
    if (split == stem.len)
        return fail(filename, stem, err,
                    project.len ? "the name is not that of the project"
                                : "a `-` stands between name and version");
    struct pl_str name = pl_str_sub(stem, 0, split);
    if (!pl_name_valid(name))
        return fail(filename, name, err, "this is not a project name");
    return parse_version(arena, filename, pl_str_sub(stem, split + 1, stem.len),
                         version, err);
}
