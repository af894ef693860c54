#include "resolver/textline.h"

#include "core/escape.h"
#include "core/json.h"

static void close_json(struct pl_json **doc)
{
    pl_json_destroy(*doc);
}

bool pl_textreader_next(struct pl_textreader *reader, struct pl_textline *out)
{
    struct pl_str text = reader->source->text;
    while (reader->at < text.len) {
        struct pl_str left = pl_str_sub(text, reader->at, text.len);
        struct pl_str line = pl_str_sub(left, 0, pl_str_find(left, '\n'));
        struct pl_cursor c = pl_cursor_from(line);
        while (pl_cursor_take(&c, ' '))
            continue;
        reader->at += line.len + 1;
        reader->number++;
        struct pl_str whole = pl_str_trim(pl_cursor_rest(&c));
        if (!whole.len || whole.at[0] == '#')
            continue;
        *out = (struct pl_textline){
            .arena = reader->arena,
            .source = reader->source,
            .number = reader->number,
            .indent = (uint32_t)pl_cursor_offset(&c),
            .whole = whole,
            .rest = whole,
        };
        return true;
    }
    return false;
}

struct pl_span pl_textline_span(const struct pl_textline *line,
                                struct pl_str raw)
{
    return pl_span_of(line->source, raw);
}

bool pl_textline_locate(const struct pl_textline *line,
                        const struct pl_textword *word, struct pl_error *err)
{
    if (!err || err->span.source)
        return false;
    if (word->text.at == word->raw.at)
        return pl_error_locate(err, line->source, word->raw);
    err->span = pl_textline_span(line, word->raw);
    return false;
}

/* Where the quoted string at the start of the text ends; 0: nowhere. */
static size_t quoted_length(struct pl_str text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i] == '\\')
            i++;
        else if (text.at[i] == '"')
            return i + 1;
    }
    return 0;
}

/* A word ends at a space that is not inside quotes. */
static bool take_raw(struct pl_textline *line, struct pl_str *out,
                     struct pl_error *err)
{
    size_t i = 0;
    while (i < line->rest.len && line->rest.at[i] != ' ') {
        struct pl_str left = pl_str_sub(line->rest, i, line->rest.len);
        size_t step = left.at[0] == '"' ? quoted_length(left) : 1;
        if (!step)
            return pl_error_set(err, PL_ERR_INPUT, pl_textline_span(line, left),
                                "a quote is missing at the end");
        i += step;
    }
    *out = pl_str_sub(line->rest, 0, i);
    line->rest = pl_str_trim(pl_str_sub(line->rest, i, line->rest.len));
    return true;
}

bool pl_textline_decode(const struct pl_textline *line, struct pl_str raw,
                        struct pl_textword *out, struct pl_error *err)
{
    struct pl_str text = raw;
    if (raw.len && raw.at[0] == '"') {
        struct pl_json *doc PL_CLEANUP(close_json) = NULL;
        if (!pl_json_parse(raw, &doc, NULL) ||
            !pl_json_str(pl_json_root(doc), &text))
            return pl_error_set(err, PL_ERR_INPUT, pl_textline_span(line, raw),
                                "not a JSON string");
        text = pl_arena_dup(line->arena, text);
    }
    *out = (struct pl_textword){.text = text, .raw = raw};
    return true;
}

static bool missing(const struct pl_textline *line, const char *what,
                    struct pl_error *err)
{
    struct pl_str end =
        pl_str_sub(line->whole, line->whole.len, line->whole.len);
    return pl_error_set(err, PL_ERR_INPUT, pl_textline_span(line, end),
                        "%s is missing", what);
}

bool pl_textline_word(struct pl_textline *line, const char *what,
                      struct pl_textword *out, struct pl_error *err)
{
    struct pl_str raw;
    if (!line->rest.len)
        return missing(line, what, err);
    return take_raw(line, &raw, err) && pl_textline_decode(line, raw, out, err);
}

bool pl_textline_option(struct pl_textline *line, struct pl_textoption *out,
                        struct pl_error *err)
{
    struct pl_str raw;
    if (!take_raw(line, &raw, err))
        return false;
    size_t equals = pl_str_find(raw, '=');
    struct pl_textoption found = {.key = pl_str_sub(raw, 0, equals)};
    if (equals < raw.len &&
        !pl_textline_decode(line, pl_str_sub(raw, equals + 1, raw.len),
                            &found.value, err))
        return false;
    *out = found;
    return true;
}

bool pl_textline_rest(struct pl_textline *line, const char *what,
                      struct pl_textword *out, struct pl_error *err)
{
    if (!line->rest.len)
        return missing(line, what, err);
    struct pl_str raw = line->rest;
    line->rest = pl_str_sub(raw, raw.len, raw.len);
    return pl_textline_decode(line, raw, out, err);
}

bool pl_textline_end(const struct pl_textline *line, struct pl_error *err)
{
    if (!line->rest.len)
        return true;
    return pl_error_set(err, PL_ERR_INPUT, pl_textline_span(line, line->rest),
                        "nothing more is expected on this line");
}

/* ---- writing ---- */

static bool is_plain(char c)
{
    return c > ' ' && c < 0x7f && c != '"' && c != '\\';
}

static bool all_plain(struct pl_str text, bool spaces)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_plain(text.at[i]) && !(spaces && text.at[i] == ' '))
            return false;
    return text.len > 0;
}

void pl_textword_print(struct pl_buf *out, struct pl_str text)
{
    pl_buf_add_char(out, ' ');
    if (all_plain(text, false))
        pl_buf_add_str(out, text);
    else
        pl_escape_json(out, text);
}

void pl_textoption_print(struct pl_buf *out, const char *key,
                         struct pl_str text)
{
    if (!text.len)
        return;
    pl_buf_addf(out, " %s=", key);
    if (all_plain(text, false))
        pl_buf_add_str(out, text);
    else
        pl_escape_json(out, text);
}

/* Markers hold quotes, so here they may stand inside the text. */
static bool may_be_rest(struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_plain(text.at[i]) && text.at[i] != ' ' &&
            !(i && (text.at[i] == '"' || text.at[i] == '\\')))
            return false;
    return text.len && text.at[0] != ' ' && text.at[text.len - 1] != ' ' &&
           text.at[0] != '#';
}

void pl_textrest_print(struct pl_buf *out, struct pl_str text)
{
    pl_buf_add_char(out, ' ');
    if (may_be_rest(text))
        pl_buf_add_str(out, text);
    else
        pl_escape_json(out, text);
}
