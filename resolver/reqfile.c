#include "resolver/reqfile_internal.h"

#include <limits.h>

#include "core/buf.h"
#include "core/digest.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/utf8.h"
#include "pep/name.h"

void pl_inputs_init(struct pl_inputs *in, struct pl_arena *arena)
{
    *in = (struct pl_inputs){.arena = arena};
}

/* ---- what a file gives ---- */

bool pl_reqfile_push(struct pl_reqfile *file, const struct pl_asked *asked,
                     struct pl_error *err)
{
    struct pl_inputs *in = file->in;
    size_t count = in->requirements.len + in->constraints.len;
    if (count + in->overrides.len >= PL_MAX_REQUIREMENTS)
        return pl_error_set(err, PL_ERR_LIMIT, asked->span,
                            "more than %d requirements", PL_MAX_REQUIREMENTS);
    switch (file->kind) {
    case PL_REQKIND_REQUIREMENT:
        pl_vec_push(in->arena, &in->requirements, *asked);
        break;
    case PL_REQKIND_CONSTRAINT:
        pl_vec_push(in->arena, &in->constraints, *asked);
        break;
    case PL_REQKIND_OVERRIDE:
        pl_vec_push(in->arena, &in->overrides, *asked);
        break;
    }
    return true;
}

void pl_reqfile_warn(struct pl_inputs *in, struct pl_span span,
                     const char *format, ...)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    va_list args;
    va_start(args, format);
    pl_buf_addv(&text, format, args);
    va_end(args);
    struct pl_error warning = {.arena = in->arena};
    pl_error_set(&warning, PL_ERR_INPUT, span, "%.*s",
                 PL_STR_ARG(pl_buf_view(&text)));
    pl_vec_push(in->arena, &in->warnings, warning);
}

struct pl_str pl_reqfile_beside(const struct pl_reqfile *file,
                                struct pl_str name)
{
    struct pl_str dir = pl_path_dir(file->source->name);
    bool here = pl_str_is(dir, ".") && !pl_str_starts(file->source->name, ".");
    if (here && !pl_str_is(name, "-"))
        return pl_arena_dup(file->in->arena, name);
    return pl_path_join(file->in->arena, dir, name);
}

/* ---- loading ---- */

static bool check_bytes(struct pl_arena *arena, struct pl_str path,
                        struct pl_str bytes, struct pl_error *err)
{
    if (!pl_str_starts(bytes, "\xff\xfe") && !pl_str_starts(bytes, "\xfe\xff"))
        return true;
    pl_error_plain(err, PL_ERR_INPUT, "%.*s is UTF-16, not UTF-8",
                   PL_STR_ARG(path));
    pl_error_because(err, "PowerShell's `>` writes UTF-16");
    PL_BUF(name, PL_MAX_PATH_BYTES);
    pl_escape_shell(&name, path);
    struct pl_str shown = pl_arena_dup(arena, pl_buf_view(&name));
    return pl_error_hint(err, "iconv -f UTF-16 -t UTF-8 %.*s > NEW",
                         PL_STR_ARG(shown));
}

static bool check_text(const struct pl_source *source, struct pl_error *err)
{
    struct pl_str text = source->text;
    size_t nul = pl_str_find(text, '\0');
    if (nul < text.len)
        return pl_error_set(err, PL_ERR_INPUT,
                            pl_span_of(source, pl_str_sub(text, nul, nul + 1)),
                            "a NUL byte; this is not a text file");
    size_t bad = pl_utf8_invalid_at(text);
    if (bad == text.len)
        return true;
    pl_error_set(err, PL_ERR_INPUT,
                 pl_span_of(source, pl_str_sub(text, bad, bad + 1)),
                 "this byte is not UTF-8");
    return pl_error_hint(err, "save the file as UTF-8");
}

static void add_file(struct pl_inputs *in, struct pl_str name,
                     struct pl_str bytes)
{
    for (size_t i = 0; i < in->files.len; i++)
        if (pl_str_eq(in->files.at[i].name, name))
            return;
    struct pl_input_file file = {name, pl_sha256_hex(in->arena, bytes)};
    pl_vec_push(in->arena, &in->files, file);
}

static bool load(struct pl_inputs *in, struct pl_str path,
                 const struct pl_source **out, struct pl_error *err)
{
    struct pl_str bytes;
    if (!pl_file_load(in->arena, path, PL_MAX_USER_FILE_BYTES, &bytes, NULL,
                      err) ||
        !check_bytes(in->arena, path, bytes, err))
        return false;
    struct pl_str name = pl_arena_dup(in->arena, path);
    const struct pl_source *source =
        pl_source_from_text(in->arena, name, bytes);
    if (!check_text(source, err))
        return false;
    add_file(in, name, bytes);
    *out = source;
    return true;
}

/* ---- which file, and whether to read it ---- */

struct foreign_file {
    const char *ending;
    const char *fix;
};

/* Files of other tools, which users hand to a tool that installs. */
static const struct foreign_file foreign_files[] = {
    {"setup.py", "list its install_requires in a requirements.in"},
    {"setup.cfg", "list its install_requires in a requirements.in"},
    {"Pipfile", "pipenv requirements > requirements.in"},
    {"Pipfile.lock", "pipenv requirements > requirements.in"},
    {"poetry.lock", "poetry export -o requirements.in --without-hashes"},
    {"uv.lock", "give pyproject.toml, or uv export --no-hashes"},
    {"pdm.lock", "pdm export --without-hashes -o requirements.in"},
    {"environment.yml", "list the packages of its `pip:` part in a "
                        "requirements.in"},
    {"environment.yaml", "list the packages of its `pip:` part in a "
                         "requirements.in"},
};

static bool check_name(struct pl_str path, struct pl_error *err)
{
    struct pl_str base = pl_path_base(path);
    for (size_t i = 0; i < PL_COUNT(foreign_files); i++) {
        if (!pl_str_is(base, foreign_files[i].ending))
            continue;
        pl_error_plain(err, PL_ERR_INPUT,
                       "%.*s is neither a requirements file nor a "
                       "pyproject.toml",
                       PL_STR_ARG(path));
        return pl_error_hint(err, "%s", foreign_files[i].fix);
    }
    return true;
}

/* One path for all spellings of a file, where it exists. */
static struct pl_str real_path(struct pl_arena *arena, struct pl_str path)
{
    char resolved[PATH_MAX];
    struct pl_str name = pl_arena_dup(arena, path);
    if (pl_str_is(name, "-") || pl_str_has(name, '\0') ||
        !realpath(name.at, resolved))
        return name;
    return pl_arena_dup(arena, pl_str_from(resolved));
}

static bool fail_cycle(struct pl_inputs *in, struct pl_str path,
                       struct pl_str real, struct pl_span span,
                       struct pl_error *err)
{
    PL_BUF(chain, PL_MAX_MESSAGE_BYTES);
    bool found = false;
    for (size_t i = 0; i < in->reading.len; i++) {
        found = found || pl_str_eq(in->reading.at[i], real);
        if (found) {
            pl_buf_add_str(&chain, pl_path_base(in->reading.at[i]));
            pl_buf_add_cstr(&chain, " reads ");
        }
    }
    pl_buf_add_str(&chain, pl_path_base(real));
    pl_error_set(err, PL_ERR_INPUT, span, "%.*s is being read already",
                 PL_STR_ARG(path));
    pl_error_because(err, "%.*s", PL_STR_ARG(pl_buf_view(&chain)));
    return pl_error_hint(err, "remove one of these lines");
}

static bool check_depth(struct pl_inputs *in, struct pl_str path,
                        struct pl_str real, struct pl_span span,
                        struct pl_error *err)
{
    for (size_t i = 0; i < in->reading.len; i++)
        if (pl_str_eq(in->reading.at[i], real))
            return fail_cycle(in, path, real, span, err);
    if (in->reading.len == PL_MAX_INCLUDE_DEPTH)
        return pl_error_set(err, PL_ERR_LIMIT, span,
                            "files read one another more than %d deep",
                            PL_MAX_INCLUDE_DEPTH);
    if (in->seen.len >= PL_MAX_INCLUDE_FILES)
        return pl_error_set(err, PL_ERR_LIMIT, span, "more than %d files",
                            PL_MAX_INCLUDE_FILES);
    return true;
}

static bool seen_before(struct pl_inputs *in, struct pl_str real, int kind)
{
    for (size_t i = 0; i < in->seen.len; i++)
        if (in->seen.at[i].kind == kind && pl_str_eq(in->seen.at[i].path, real))
            return true;
    struct pl_input_seen seen = {real, kind};
    pl_vec_push(in->arena, &in->seen, seen);
    return false;
}

/* ---- reading ---- */

static bool read_contents(struct pl_reqfile *file, struct pl_error *err)
{
    struct pl_str name = file->source->name;
    if (!pl_str_ends(name, "pyproject.toml"))
        return pl_reqfile_read_pip(file, err);
    if (file->kind == PL_REQKIND_REQUIREMENT)
        return pl_reqfile_read_pyproject(file, err);
    return pl_error_plain(err, PL_ERR_INPUT,
                          "%.*s: a pyproject.toml holds requirements, no "
                          "constraints or overrides",
                          PL_STR_ARG(name));
}

static bool fail_load(struct pl_span span, struct pl_error *err)
{
    if (!err || err->span.source || !span.source)
        return false;
    err->span = span;
    if (err->code == PL_ERR_FILE && !err->hint.len)
        pl_error_hint(err, "a path in a file is relative to that file");
    return false;
}

/* An error in a file that another one named says so. */
static bool fail_inside(struct pl_span span, struct pl_error *err)
{
    if (!err || !err->arena || !span.source || !err->span.source ||
        err->span.source == span.source || err->because.len)
        return false;
    return pl_error_because(err, "%.*s:%u reads this file",
                            PL_STR_ARG(span.source->name),
                            pl_span_place(span).line);
}

bool pl_reqfile_read(struct pl_inputs *in, enum pl_reqkind kind,
                     struct pl_str path, struct pl_span span,
                     struct pl_error *err)
{
    struct pl_str real = real_path(in->arena, path);
    struct pl_reqfile file = {.in = in, .kind = kind};
    if (!check_depth(in, path, real, span, err))
        return false;
    if (seen_before(in, real, (int)kind))
        return true;
    if (!check_name(path, err) || !load(in, path, &file.source, err))
        return fail_load(span, err);
    pl_vec_push(in->arena, &in->reading, real);
    if (!read_contents(&file, err))
        return fail_inside(span, err);
    in->reading.len--;
    return true;
}

bool pl_inputs_have(const struct pl_inputs *in, struct pl_str path)
{
    struct pl_str real = real_path(in->arena, path);
    for (size_t i = 0; i < in->seen.len; i++)
        if (pl_str_eq(in->seen.at[i].path, real))
            return true;
    return false;
}

bool pl_inputs_read(struct pl_inputs *in, struct pl_str path,
                    struct pl_error *err)
{
    return pl_reqfile_read(in, PL_REQKIND_REQUIREMENT, path,
                           (struct pl_span){0}, err);
}

bool pl_inputs_read_constraints(struct pl_inputs *in, struct pl_str path,
                                struct pl_error *err)
{
    return pl_reqfile_read(in, PL_REQKIND_CONSTRAINT, path, (struct pl_span){0},
                           err);
}

bool pl_inputs_read_overrides(struct pl_inputs *in, struct pl_str path,
                              struct pl_error *err)
{
    return pl_reqfile_read(in, PL_REQKIND_OVERRIDE, path, (struct pl_span){0},
                           err);
}

/* ---- --no-binary, --only-binary ---- */

static bool add_name(struct pl_arena *arena, struct pl_format_control *control,
                     struct pl_str list, struct pl_str name,
                     struct pl_error *err)
{
    if (!pl_name_valid(name)) {
        uint32_t at = (uint32_t)(name.at - list.at);
        struct pl_span span = {.begin = at, .end = at + (uint32_t)name.len};
        pl_error_set(err, PL_ERR_INPUT, span,
                     "`%.*s` is not the name of a project", PL_STR_ARG(name));
        return pl_error_hint(err, "give names with commas between them, "
                                  ":all: or :none:");
    }
    struct pl_str normal = pl_name_normalize(arena, name);
    for (size_t i = 0; i < control->names.len; i++)
        if (pl_str_eq(control->names.at[i], normal))
            return true;
    pl_vec_push(arena, &control->names, pl_arena_dup(arena, normal));
    return true;
}

bool pl_format_control_add(struct pl_arena *arena,
                           struct pl_format_control *control,
                           struct pl_str list, struct pl_error *err)
{
    struct pl_str rest = list, part;
    while (pl_str_cut(&rest, ',', &part)) {
        struct pl_str name = pl_str_trim(part);
        bool all = pl_str_is(name, ":all:");
        if (all || pl_str_is(name, ":none:")) {
            control->all = all;
            control->names.len = 0;
        } else if (!add_name(arena, control, list, name, err)) {
            return false;
        }
    }
    return true;
}

bool pl_format_control_has(const struct pl_format_control *control,
                           struct pl_str name)
{
    for (size_t i = 0; i < control->names.len; i++)
        if (pl_str_eq(control->names.at[i], name))
            return true;
    return control->all;
}

struct pl_str pl_reqfile_place(const struct pl_reqfile *file, uint32_t line)
{
    struct pl_str name = file->source->name;
    if (pl_str_starts(name, "/"))
        name = pl_path_base(name);
    return pl_arena_printf(file->in->arena, "%.*s:%u", PL_STR_ARG(name), line);
}
