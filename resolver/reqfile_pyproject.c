#include "resolver/reqfile_internal.h"

#include "core/buf.h"
#include "core/limits.h"
#include "pep/name.h"

/* ---- places ---- */

static void index_lines(struct pl_pyproject *p)
{
    struct pl_arena *arena = p->file->in->arena;
    struct pl_str text = p->file->source->text;
    pl_vec_push(arena, &p->line_starts, 0);
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '\n')
            pl_vec_push(arena, &p->line_starts, (uint32_t)i + 1);
}

static uint32_t line_of(const struct pl_pyproject *p, uint32_t offset)
{
    size_t low = 0, high = p->line_starts.len;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (p->line_starts.at[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low + 1;
}

/*
 * A string as a line: exact places when it stands in the file as it is, the
 * whole value when it has escapes.
 */
static struct pl_reqline line_from(struct pl_pyproject *p,
                                   const struct pl_toml_node *node,
                                   struct pl_str value)
{
    const struct pl_source *source = p->file->source;
    struct pl_span span = pl_toml_span(node);
    struct pl_reqpiece *piece = pl_new(p->file->in->arena, struct pl_reqpiece);
    struct pl_str written = pl_str_sub(source->text, span.begin, span.end);
    size_t at = pl_str_find_str(written, value);
    bool exact = value.len && at < written.len;
    *piece = (struct pl_reqpiece){
        .len = (uint32_t)value.len,
        .from = exact ? span.begin + (uint32_t)at : span.begin,
        .to = exact ? span.begin + (uint32_t)(at + value.len) : span.end,
        .replaced = !exact,
    };
    return (struct pl_reqline){
        .source = source,
        .text = value,
        .number = line_of(p, span.begin),
        .pieces = piece,
        .piece_count = 1,
    };
}

/* ---- requirements ---- */

static bool expect(const struct pl_toml_node *node, enum pl_toml_type type,
                   const char *what, struct pl_error *err)
{
    enum pl_toml_type found = pl_toml_type(node);
    if (found == type)
        return true;
    return pl_error_set(err, PL_ERR_INPUT, pl_toml_span(node),
                        "%s: expected %s, found %s", what,
                        pl_toml_type_name(type), pl_toml_type_name(found));
}

/* The marker that holds when both do. */
static bool join_markers(struct pl_arena *arena, const struct pl_marker *own,
                         struct pl_str outer, struct pl_str *text,
                         const struct pl_marker **out, struct pl_error *err)
{
    PL_BUF(both, PL_MAX_LINE_BYTES);
    pl_buf_add_str(&both, outer);
    if (own) {
        pl_buf_clear(&both);
        pl_buf_add_char(&both, '(');
        pl_marker_print(own, &both);
        pl_buf_add_char(&both, ')');
        if (outer.len)
            pl_buf_addf(&both, " and %.*s", PL_STR_ARG(outer));
    }
    if (!pl_buf_ok(&both))
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "markers of more than %u bytes",
                              PL_MAX_LINE_BYTES);
    *text = pl_arena_dup(arena, pl_buf_view(&both));
    *out = NULL;
    return !text->len || pl_marker_parse(arena, *text, out, err);
}

static bool add_extra(struct pl_pyproject *p, struct pl_str name,
                      struct pl_str marker, struct pl_span span,
                      struct pl_error *err);

/* The project names itself to include the requirements of its extras. */
static bool add_self(struct pl_pyproject *p, const struct pl_asked *asked,
                     struct pl_str marker, struct pl_error *err)
{
    for (uint32_t i = 0; i < asked->req.extra_count; i++)
        if (!add_extra(p, asked->req.extras[i], marker, asked->span, err))
            return false;
    return true;
}

bool pl_pyproject_add(struct pl_pyproject *p, const struct pl_toml_node *node,
                      struct pl_str marker, struct pl_error *err)
{
    struct pl_reqfile *file = p->file;
    struct pl_str value;
    if (!expect(node, PL_TOML_STRING, "a requirement", err) ||
        !pl_toml_str(node, &value))
        return false;
    struct pl_reqline line =
        line_from(p, node, pl_arena_dup(file->in->arena, value));
    struct pl_asked asked = {0};
    struct pl_str both;
    memset(&file->hashes, 0, sizeof(file->hashes));
    if (!pl_reqfile_parse_entry(file, &line, pl_str_trim(line.text), &asked,
                                err) ||
        !join_markers(file->in->arena, asked.req.marker, marker, &both,
                      &asked.req.marker, err))
        return pl_reqline_locate(&line, 0, err);
    if (p->name.len && pl_str_eq(asked.req.name, p->name))
        return add_self(p, &asked, both, err);
    asked.where = pl_reqfile_place(file, line.number);
    asked.hashes = file->hashes.at;
    asked.hash_count = file->hashes.len;
    return pl_reqfile_push(file, &asked, err);
}

static bool add_list(struct pl_pyproject *p, const struct pl_toml_node *list,
                     struct pl_str marker, struct pl_error *err)
{
    if (!expect(list, PL_TOML_ARRAY, "a list of requirements", err))
        return false;
    for (size_t i = 0; i < pl_toml_count(list); i++)
        if (!pl_pyproject_add(p, pl_toml_at(list, i), marker, err))
            return false;
    return true;
}

/* ---- extras ---- */

static bool fail_no_extra(struct pl_pyproject *p, struct pl_str name,
                          struct pl_span span, struct pl_error *err)
{
    pl_error_set(err, PL_ERR_INPUT, span, "%.*s has no extra `%.*s`",
                 PL_STR_ARG(p->file->source->name), PL_STR_ARG(name));
    return pl_pynames_hint(&p->extras, err);
}

static bool count_expansion(struct pl_pyproject *p, struct pl_span span,
                            struct pl_error *err)
{
    if (p->expansions++ < PL_MAX_EXTRA_EXPANSIONS)
        return true;
    return pl_error_set(err, PL_ERR_LIMIT, span,
                        "extras that ask for extras more than %d times",
                        PL_MAX_EXTRA_EXPANSIONS);
}

static bool check_nesting(struct pl_pyproject *p, struct pl_span span,
                          struct pl_error *err)
{
    if (p->extras.stack.len < PL_MAX_EXTRAS)
        return true;
    return pl_error_set(err, PL_ERR_LIMIT, span,
                        "extras nested more than %d deep", PL_MAX_EXTRAS);
}

static bool add_extra(struct pl_pyproject *p, struct pl_str name,
                      struct pl_str marker, struct pl_span span,
                      struct pl_error *err)
{
    struct pl_pynames *extras = &p->extras;
    const struct pl_toml_node *list;
    /* One that is being read includes itself: nothing is added by that. */
    if (pl_map_get(&extras->done, name) ||
        pl_str_in(name, extras->stack.at, extras->stack.len))
        return true;
    if (!count_expansion(p, span, err) || !check_nesting(p, span, err) ||
        !pl_pynames_find(extras, "extra", name, &list, err))
        return false;
    if (!list)
        return fail_no_extra(p, name, span, err);
    pl_vec_push(p->file->in->arena, &extras->stack, name);
    if (!add_list(p, list, marker, err))
        return false;
    extras->stack.len--;
    if (!marker.len)
        pl_map_put(&extras->done, name, extras);
    return true;
}

static bool add_extras(struct pl_pyproject *p, struct pl_error *err)
{
    struct pl_inputs *in = p->file->in;
    struct pl_str none = {0};
    const struct pl_map *members = &p->extras.members;
    for (size_t i = 0; in->all_extras && i < members->len; i++)
        if (!add_extra(p, members->entries[i].key, none, (struct pl_span){0},
                       err))
            return false;
    for (size_t i = 0; i < in->extras.len; i++)
        if (!add_extra(p, in->extras.at[i], none, (struct pl_span){0}, err))
            return false;
    return true;
}

/* ---- [project] ---- */

static bool is_dynamic(const struct pl_toml_node *list, const char *name,
                       const struct pl_toml_node **out)
{
    struct pl_str text;
    for (size_t i = 0; list && i < pl_toml_count(list); i++) {
        *out = pl_toml_at(list, i);
        if (pl_toml_str(*out, &text) && pl_str_is(text, name))
            return true;
    }
    return false;
}

static bool check_dynamic(struct pl_pyproject *p, const char *name,
                          struct pl_error *err)
{
    const struct pl_toml_node *list, *node;
    if (!pl_toml_get_array(p->project, "dynamic", &list, err))
        return false;
    if (!is_dynamic(list, name, &node))
        return true;
    pl_error_set(err, PL_ERR_INPUT, pl_toml_span(node),
                 "the project's %s are dynamic", name);
    pl_error_because(err, "its build backend computes them by running code");
    return pl_error_hint(err, "write them into [project], or into a "
                              "requirements.in");
}

static bool add_requires_python(struct pl_pyproject *p, struct pl_error *err)
{
    struct pl_inputs *in = p->file->in;
    const struct pl_toml_node *node;
    struct pl_str text = {0};
    struct pl_specifier specifier;
    if (!pl_toml_get_str(p->project, "requires-python", &text, err))
        return false;
    text = pl_arena_dup(in->arena, text);
    if (!text.len || !pl_toml_get(p->project, "requires-python", &node))
        return true;
    struct pl_reqline line = line_from(p, node, text);
    if (!pl_specifier_parse(in->arena, text, &specifier, err)) {
        if (err && err->arena && !err->hint.len)
            pl_error_hint(err, "a requires-python looks like >=3.10");
        return pl_reqline_locate(&line, 0, err);
    }
    if (in->requires_python.len)
        text =
            pl_arena_printf(in->arena, "%.*s,%.*s",
                            PL_STR_ARG(in->requires_python), PL_STR_ARG(text));
    in->requires_python = text;
    return true;
}

static bool read_project(struct pl_pyproject *p, struct pl_error *err)
{
    struct pl_inputs *in = p->file->in;
    const struct pl_toml_node *list, *optional;
    struct pl_str name = {0};
    bool extras = in->extras.len || in->all_extras;
    if (!pl_toml_get_str(p->project, "name", &name, err) ||
        !pl_toml_get_table(p->project, "optional-dependencies", &optional,
                           err) ||
        !pl_toml_get_array(p->project, "dependencies", &list, err) ||
        !add_requires_python(p, err) ||
        !check_dynamic(p, "dependencies", err) ||
        (extras && !check_dynamic(p, "optional-dependencies", err)))
        return false;
    pl_pynames_init(&p->extras, in->arena, optional);
    if (pl_name_valid(name))
        p->name = pl_name_normalize(in->arena, pl_arena_dup(in->arena, name));
    return (!list || add_list(p, list, (struct pl_str){0}, err)) &&
           add_extras(p, err);
}

/* ---- the other tables ---- */

static bool fail_no_project(struct pl_pyproject *p,
                            const struct pl_toml_node *tool,
                            struct pl_error *err)
{
    const struct pl_toml_node *poetry;
    struct pl_str name = p->file->source->name;
    pl_error_plain(err, PL_ERR_INPUT, "%.*s has no [project] table",
                   PL_STR_ARG(name));
    if (tool && pl_toml_get(tool, "poetry", &poetry)) {
        pl_error_because(err, "[tool.poetry] is Poetry's own form");
        return pl_error_hint(err, "poetry export -o requirements.in "
                                  "--without-hashes, or move the "
                                  "dependencies to [project]");
    }
    if (p->groups.table)
        return pl_error_hint(err, "choose a dependency group with --group");
    return pl_error_hint(err, "add [project] with dependencies = [...], or "
                              "give a requirements.in");
}

/* What uv would read besides, and podlock does not. */
static void warn_about_uv(struct pl_pyproject *p,
                          const struct pl_toml_node *tool)
{
    static const char *const keys[] = {"sources", "constraint-dependencies",
                                       "override-dependencies", "index"};
    const struct pl_toml_node *uv, *node;
    if (!tool || !pl_toml_get(tool, "uv", &uv))
        return;
    for (size_t i = 0; i < PL_COUNT(keys); i++)
        if (pl_toml_get(uv, keys[i], &node))
            pl_reqfile_warn(p->file->in, pl_toml_key_span(node),
                            "podlock does not read %s of [tool.uv]", keys[i]);
}

static bool read_tables(struct pl_pyproject *p, const struct pl_toml_node *root,
                        struct pl_error *err)
{
    struct pl_inputs *in = p->file->in;
    const struct pl_toml_node *tool, *groups;
    if (!pl_toml_get_table(root, "project", &p->project, err) ||
        !pl_toml_get_table(root, "dependency-groups", &groups, err) ||
        !pl_toml_get_table(root, "tool", &tool, err))
        return false;
    pl_pynames_init(&p->groups, in->arena, groups);
    if (!p->project && (!in->groups.len || !groups))
        return fail_no_project(p, tool, err);
    warn_about_uv(p, tool);
    if (p->project && !read_project(p, err))
        return false;
    for (size_t i = 0; i < in->groups.len; i++)
        if (!pl_pyproject_add_group(p, in->groups.at[i], (struct pl_span){0},
                                    err))
            return false;
    return true;
}

static void destroy(struct pl_toml **doc)
{
    pl_toml_destroy(*doc);
}

bool pl_reqfile_read_pyproject(struct pl_reqfile *file, struct pl_error *err)
{
    struct pl_toml *doc PL_CLEANUP(destroy) = NULL;
    struct pl_pyproject p = {.file = file};
    file->standard_only = true;
    if (!pl_toml_parse(file->source, &doc, err))
        return false;
    index_lines(&p);
    return read_tables(&p, pl_toml_root(doc), err);
}
