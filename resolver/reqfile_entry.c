#include "resolver/reqfile_internal.h"

#include "pep/name.h"

/* pip drops an empty marker; PEP 508 does not know one. */
static struct pl_str drop_empty_marker(struct pl_str text)
{
    if (pl_str_ends(text, ";"))
        text.len--;
    return pl_str_trim(text);
}

static bool check_variables(const struct pl_reqline *line, struct pl_str text,
                            struct pl_error *err)
{
    for (size_t i = 0; i < text.len; i++) {
        struct pl_str name = {0};
        if (text.at[i] == '$')
            name = pl_reqline_variable_at(text, i);
        if (!name.len)
            continue;
        struct pl_str view = pl_str_sub(text, i, i + name.len + 3);
        pl_error_set(err, PL_ERR_INPUT, pl_reqline_span_of(line, view),
                     "the variable %.*s is not set", PL_STR_ARG(name));
        return pl_error_hint(err, "set it before podlock is called");
    }
    return true;
}

/* A project may be named so, and a squatter's is: no one means it. */
static bool check_file_name(const struct pl_reqline *line,
                            const struct pl_requirement *r, struct pl_str text,
                            struct pl_error *err)
{
    if (!pl_str_ends(r->written_name, ".txt"))
        return true;
    pl_error_set(err, PL_ERR_INPUT, pl_reqline_span_of(line, text),
                 "the name of a file, not of a project");
    return pl_error_hint(err, "write `-r %.*s` to read it",
                         PL_STR_ARG(r->written_name));
}

/* Where the URL of `name @ URL` stands in the text. */
static struct pl_str url_view(struct pl_str text, struct pl_str url)
{
    struct pl_str rest = pl_str_sub(text, pl_str_find(text, '@') + 1, text.len);
    rest = pl_str_trim(rest);
    return pl_str_sub(rest, 0, url.len);
}

static bool parse_named(struct pl_reqfile *file, const struct pl_reqline *line,
                        struct pl_str text, struct pl_requirement *out,
                        struct pl_error *err)
{
    if (!pl_requirement_parse(file->in->arena, text, out, err)) {
        pl_reqmistake_explain(text, err);
        return pl_reqline_locate(line, (size_t)(text.at - line->text.at), err);
    }
    if (!out->url.len)
        return check_file_name(line, out, text, err);
    return pl_reqlocation_check(file, line, url_view(text, out->url), out, err);
}

static bool check_constraint(const struct pl_reqline *line,
                             const struct pl_requirement *r, struct pl_str text,
                             struct pl_error *err)
{
    struct pl_span span = pl_reqline_span_of(line, text);
    if (r->extra_count) {
        pl_error_set(err, PL_ERR_INPUT, span,
                     "a constraint cannot ask for extras");
        return pl_error_hint(err, "remove `[...]`: a constraint limits a "
                                  "version and adds nothing");
    }
    if (r->url.len) {
        pl_error_set(err, PL_ERR_INPUT, span,
                     "a constraint with a URL is not supported");
        return pl_error_hint(err, "constrain the version, and put the URL "
                                  "among the requirements");
    }
    return true;
}

bool pl_reqfile_parse_entry(struct pl_reqfile *file,
                            const struct pl_reqline *line, struct pl_str text,
                            struct pl_asked *out, struct pl_error *err)
{
    struct pl_requirement r = {0};
    text = drop_empty_marker(text);
    if (!check_variables(line, text, err))
        return false;
    bool read = pl_reqlocation_is(text)
                    ? pl_reqlocation_parse(file, line, text, &r, err)
                    : parse_named(file, line, text, &r, err);
    if (!read)
        return false;
    if (file->kind == PL_REQKIND_CONSTRAINT &&
        !check_constraint(line, &r, text, err))
        return false;
    out->req = r;
    out->span = pl_reqline_span_of(line, text);
    return true;
}
