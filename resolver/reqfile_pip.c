#include "resolver/reqfile_internal.h"

/* ---- comments that speak to podlock ---- */

static bool is_space_free(struct pl_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (pl_is_space(s.at[i]))
            return false;
    return s.len != 0;
}

static bool set_template(struct pl_reqfile *file, struct pl_span span,
                         struct pl_str id, struct pl_error *err)
{
    struct pl_inputs *in = file->in;
    if (in->template_id.len && !pl_str_eq(in->template_id, id)) {
        pl_error_set(err, PL_ERR_INPUT, span, "a second template, `%.*s`",
                     PL_STR_ARG(id));
        pl_error_because(err, "%.*s:%u asks for `%.*s`",
                         PL_STR_ARG(in->template_span.source->name),
                         pl_span_place(in->template_span).line,
                         PL_STR_ARG(in->template_id));
        return pl_error_hint(err, "keep one of the two lines");
    }
    if (in->template_id.len)
        return true;
    in->template_id = id;
    in->template_span = span;
    return true;
}

static bool read_comment(struct pl_reqfile *file, struct pl_str comment,
                         struct pl_error *err)
{
    struct pl_cursor c = pl_cursor_from(pl_str_trim(comment));
    while (pl_cursor_take(&c, '#'))
        continue;
    pl_cursor_skip_space(&c);
    if (!pl_cursor_take_str(&c, "podlock:"))
        return true;
    struct pl_str rest = pl_cursor_rest(&c);
    struct pl_str key = pl_str_sub(rest, 0, pl_str_find(rest, '='));
    struct pl_str value = pl_str_trim(pl_str_sub(rest, key.len + 1, rest.len));
    if (pl_str_is(pl_str_trim(key), "template") && is_space_free(value))
        return set_template(file, pl_span_of(file->source, value), value, err);
    struct pl_span span = pl_span_of(file->source, pl_str_trim(comment));
    pl_error_set(err, PL_ERR_INPUT, span,
                 "a comment to podlock that it does not know");
    return pl_error_hint(err, "write `# podlock: template = ID`, or another "
                              "word than `podlock:`");
}

/* ---- lines ---- */

static bool read_line(struct pl_reqfile *file, const struct pl_reqline *line,
                      struct pl_error *err)
{
    size_t options = pl_reqoption_begin(line->text);
    struct pl_str text = pl_str_trim(pl_str_sub(line->text, 0, options));
    struct pl_asked asked = {0};
    memset(&file->hashes, 0, sizeof(file->hashes));
    if (text.len && !pl_reqfile_parse_entry(file, line, text, &asked, err))
        return false;
    if (!pl_reqoption_apply(file, line, options, !text.len, err))
        return false;
    if (!text.len)
        return true;
    asked.where = pl_reqfile_place(file, line->number);
    asked.hashes = file->hashes.at;
    asked.hash_count = file->hashes.len;
    return pl_reqfile_push(file, &asked, err);
}

bool pl_reqfile_read_pip(struct pl_reqfile *file, struct pl_error *err)
{
    struct pl_reqreader reader = {
        .in = file->in,
        .source = file->source,
        .rest = file->source->text,
    };
    struct pl_reqline line;
    bool more = true;
    while (pl_reqreader_next(&reader, &line, &more, err)) {
        if (!more)
            return true;
        if (line.comment.len && !read_comment(file, line.comment, err))
            return false;
        if (line.text.len && !read_line(file, &line, err))
            return pl_reqline_hide(&line, err);
    }
    return false;
}
