#include "resolver/reqfile_internal.h"

#include "core/buf.h"
#include "core/limits.h"

/* A logical line while it is put together. */
struct draft {
    struct pl_reqreader *reader;
    struct pl_buf text;
    PL_VEC(struct pl_reqpiece) pieces;
};

static void draft_add(struct draft *d, struct pl_str bytes, uint32_t from,
                      uint32_t to, bool replaced)
{
    if (!bytes.len && d->pieces.len)
        return;
    struct pl_reqpiece piece = {
        .at = (uint32_t)d->text.len,
        .len = (uint32_t)bytes.len,
        .from = from,
        .to = to,
        .replaced = replaced,
    };
    pl_buf_add_str(&d->text, bytes);
    pl_vec_push(d->reader->in->arena, &d->pieces, piece);
}

static bool draft_check(const struct draft *d, struct pl_span span,
                        struct pl_error *err)
{
    if (pl_buf_ok(&d->text))
        return true;
    return pl_error_set(err, PL_ERR_LIMIT, span, "a line of more than %u bytes",
                        PL_MAX_LINE_BYTES);
}

/* ---- places ---- */

static const struct pl_reqpiece *piece_at(const struct pl_reqpiece *pieces,
                                          size_t count, size_t at)
{
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (pieces[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return &pieces[low];
}

static uint32_t map_begin(const struct pl_reqpiece *pieces, size_t count,
                          size_t at)
{
    const struct pl_reqpiece *piece = piece_at(pieces, count, at);
    size_t within = at - piece->at;
    if (within >= piece->len)
        return piece->to;
    return piece->replaced ? piece->from : piece->from + (uint32_t)within;
}

static uint32_t map_end(const struct pl_reqpiece *pieces, size_t count,
                        size_t at)
{
    const struct pl_reqpiece *piece = piece_at(pieces, count, at - 1);
    if (piece->replaced)
        return piece->to;
    return piece->from + (uint32_t)(at - piece->at);
}

struct pl_span pl_reqline_span(const struct pl_reqline *line, size_t begin,
                               size_t end)
{
    if (!line->piece_count)
        return (struct pl_span){0};
    if (end > line->text.len)
        end = line->text.len;
    if (begin > end)
        begin = end;
    uint32_t first = map_begin(line->pieces, line->piece_count, begin);
    uint32_t last = first;
    if (end > begin)
        last = map_end(line->pieces, line->piece_count, end);
    return (struct pl_span){line->source, first, last > first ? last : first};
}

struct pl_span pl_reqline_span_of(const struct pl_reqline *line,
                                  struct pl_str view)
{
    size_t begin = (size_t)(view.at - line->text.at);
    return pl_reqline_span(line, begin, begin + view.len);
}

/* ---- values of variables do not leave the program ---- */

static struct pl_str replace(struct pl_arena *arena, struct pl_str text,
                             struct pl_str what, struct pl_str by)
{
    PL_BUF(out, PL_MAX_MESSAGE_BYTES);
    size_t at;
    while ((at = pl_str_find_str(text, what)) < text.len) {
        pl_buf_add_str(&out, pl_str_sub(text, 0, at));
        pl_buf_add_str(&out, by);
        text = pl_str_sub(text, at + what.len, text.len);
    }
    pl_buf_add_str(&out, text);
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static bool overlaps(const struct pl_reqpiece *piece, struct pl_span span)
{
    return span.begin < piece->to && span.end > piece->from;
}

/* What a parser quotes of a value in part is not found by `replace`. */
static void hide_quotes(struct pl_error *err)
{
    if (pl_str_has(err->message, '`'))
        err->message =
            PL_STR("with its variables replaced, this is no requirement");
    if (pl_str_has(err->hint, '`'))
        err->hint = (struct pl_str){0};
}

bool pl_reqline_hide(const struct pl_reqline *line, struct pl_error *err)
{
    if (!err || !err->arena || err->span.source != line->source)
        return false;
    for (size_t i = 0; i < line->piece_count; i++) {
        const struct pl_reqpiece *piece = &line->pieces[i];
        struct pl_str value =
            pl_str_sub(line->text, piece->at, piece->at + piece->len);
        struct pl_str name =
            pl_str_sub(line->source->text, piece->from, piece->to);
        if (!piece->replaced || !value.len)
            continue;
        err->message = replace(err->arena, err->message, value, name);
        err->because = replace(err->arena, err->because, value, name);
        err->hint = replace(err->arena, err->hint, value, name);
        if (overlaps(piece, err->span))
            hide_quotes(err);
    }
    return false;
}

bool pl_reqline_locate(const struct pl_reqline *line, size_t base,
                       struct pl_error *err)
{
    if (err && !err->span.source)
        err->span =
            pl_reqline_span(line, base + err->span.begin, base + err->span.end);
    return false;
}

/* ---- joining physical lines ---- */

static bool is_line_comment(struct pl_str line)
{
    struct pl_str text = pl_str_trim(line);
    return pl_str_starts(text, "#");
}

struct breaker {
    const char *bytes;
    const char *name;
};

/* What ends a line for pip, which reads with Python's str.splitlines. */
static const struct breaker breakers[] = {
    {"\r", "a carriage return"},
    {"\v", "a vertical tab"},
    {"\f", "a form feed"},
    {"\x1c", "a file separator (0x1c)"},
    {"\x1d", "a group separator (0x1d)"},
    {"\x1e", "a record separator (0x1e)"},
    {"\xc2\x85", "a next-line character (U+0085)"},
    {"\xe2\x80\xa8", "a line separator (U+2028)"},
    {"\xe2\x80\xa9", "a paragraph separator (U+2029)"},
};

/* Only these bytes begin a breaker: most lines have none of them. */
static bool may_break(char c)
{
    return (c >= '\v' && c <= '\r') || (c >= '\x1c' && c <= '\x1e') ||
           c == '\xc2' || c == '\xe2';
}

static const struct breaker *breaker_at(struct pl_str text)
{
    for (size_t i = 0; i < PL_COUNT(breakers); i++)
        if (pl_str_starts(text, breakers[i].bytes))
            return &breakers[i];
    return NULL;
}

static bool check_breakers(const struct pl_source *source, struct pl_str line,
                           struct pl_error *err)
{
    for (size_t i = 0; i < line.len; i++) {
        struct pl_str rest = pl_str_sub(line, i, line.len);
        const struct breaker *found =
            may_break(line.at[i]) ? breaker_at(rest) : NULL;
        if (!found)
            continue;
        struct pl_str view = pl_str_sub(rest, 0, strlen(found->bytes));
        pl_error_set(err, PL_ERR_INPUT, pl_span_of(source, view),
                     "%s inside a line", found->name);
        pl_error_because(err, "pip begins a new line there, editors do not");
        return pl_error_hint(err, "replace it with a line break or remove it");
    }
    return true;
}

static bool take_physical(struct pl_reqreader *reader, struct pl_str *line,
                          bool *more, struct pl_error *err)
{
    *more = reader->rest.len && pl_str_cut(&reader->rest, '\n', line);
    if (!*more)
        return true;
    reader->number++;
    if (pl_str_ends(*line, "\r"))
        line->len--;
    return check_breakers(reader->source, *line, err);
}

/* pip strips every backslash at both ends of a line that it continues. */
static struct pl_str strip_backslashes(struct pl_str line)
{
    while (pl_str_ends(line, "\\"))
        line.len--;
    while (pl_str_starts(line, "\\"))
        line = pl_str_sub(line, 1, line.len);
    return line;
}

static void draft_add_line(struct draft *d, struct pl_str line)
{
    struct pl_span span = pl_span_of(d->reader->source, line);
    draft_add(d, line, span.begin, span.end, false);
}

static bool join_lines(struct draft *d, struct pl_reqline *out, bool *more,
                       struct pl_error *err)
{
    struct pl_str line;
    if (!take_physical(d->reader, &line, more, err))
        return false;
    out->number = d->reader->number;
    if (*more && is_line_comment(line))
        out->comment = line;
    bool next = *more;
    while (next) {
        bool comment = is_line_comment(line);
        /* Behind a continuation a comment still needs its white space. */
        if (comment && d->pieces.len)
            draft_add(d, PL_STR(" "), 0, 0, true);
        if (comment || !pl_str_ends(line, "\\")) {
            draft_add_line(d, line);
            break;
        }
        draft_add_line(d, strip_backslashes(line));
        if (!take_physical(d->reader, &line, &next, err))
            return false;
    }
    return true;
}

/* ---- comments ---- */

static size_t comment_begin(struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '#' && (i == 0 || pl_is_space(text.at[i - 1])))
            return i;
    return text.len;
}

/* A `\` at the end of a comment makes the next line part of it, for pip. */
static void warn_swallowed(struct draft *d, size_t comment)
{
    struct pl_reqpiece *pieces = d->pieces.at;
    for (size_t i = 1; i < d->pieces.len; i++) {
        struct pl_str part =
            pl_str_sub(d->reader->source->text, pieces[i].from, pieces[i].to);
        struct pl_str text = pl_str_trim(part);
        if (pieces[i].at <= comment || !text.len || text.at[0] == '#')
            continue;
        pl_reqfile_warn(d->reader->in, pl_span_of(d->reader->source, text),
                        "this line is part of the comment before it, which "
                        "ends with `\\`");
        return;
    }
}

/* ---- variables ---- */

static bool is_variable(char c)
{
    return (c >= 'A' && c <= 'Z') || pl_is_digit(c) || c == '_';
}

struct pl_str pl_reqline_variable_at(struct pl_str text, size_t at)
{
    struct pl_cursor c = pl_cursor_from(pl_str_sub(text, at, text.len));
    if (!pl_cursor_take_str(&c, "${"))
        return (struct pl_str){0};
    struct pl_str name = pl_cursor_span(&c, is_variable);
    return pl_cursor_take(&c, '}') ? name : (struct pl_str){0};
}

/* As pip does: a variable that is empty counts as one that is not set. */
static const char *value_of(struct pl_reqreader *reader, struct pl_str name)
{
    const char *value = getenv(pl_arena_dup(reader->in->arena, name).at);
    return value && *value ? value : NULL;
}

static void copy_range(const struct draft *from, size_t begin, size_t end,
                       struct draft *to)
{
    struct pl_str text = pl_buf_view(&from->text);
    const struct pl_reqpiece *all = from->pieces.at;
    const struct pl_reqpiece *p = piece_at(all, from->pieces.len, begin);
    for (; p < all + from->pieces.len && p->at < end; p++) {
        size_t first = p->at > begin ? p->at : begin;
        size_t last = p->at + p->len < end ? p->at + p->len : end;
        if (first >= last)
            continue;
        uint32_t skipped = p->replaced ? 0 : (uint32_t)(first - p->at);
        uint32_t stop =
            p->replaced ? p->to : p->from + (uint32_t)(last - p->at);
        draft_add(to, pl_str_sub(text, first, last), p->from + skipped, stop,
                  p->replaced);
    }
}

static void expand(const struct draft *from, size_t begin, size_t end,
                   struct draft *to)
{
    struct pl_str text = pl_str_sub(pl_buf_view(&from->text), 0, end);
    size_t done = begin;
    for (size_t i = begin; i < end; i++) {
        struct pl_str name = {0};
        if (text.at[i] == '$')
            name = pl_reqline_variable_at(text, i);
        const char *value = name.len ? value_of(to->reader, name) : NULL;
        if (!value)
            continue;
        size_t after = i + name.len + strlen("${}");
        copy_range(from, done, i, to);
        draft_add(to, pl_str_from(value),
                  map_begin(from->pieces.at, from->pieces.len, i),
                  map_end(from->pieces.at, from->pieces.len, after), true);
        done = after;
        i = after - 1;
    }
    copy_range(from, done, end, to);
}

/* ---- a line ---- */

static void finish_draft(struct draft *d)
{
    pl_buf_finish(&d->text);
}

static bool finish_line(struct draft *raw, struct pl_reqline *line,
                        struct pl_error *err)
{
    struct pl_str text = pl_buf_view(&raw->text);
    size_t comment = comment_begin(text);
    if (raw->pieces.len > 1 && comment < text.len)
        warn_swallowed(raw, comment);
    struct pl_str kept = pl_str_trim(pl_str_sub(text, 0, comment));
    if (!kept.len)
        return true;
    size_t begin = (size_t)(kept.at - text.at);
    struct draft d PL_CLEANUP(finish_draft) = {
        .reader = raw->reader,
        .text = {.max = PL_MAX_LINE_BYTES},
    };
    expand(raw, begin, begin + kept.len, &d);
    line->text = pl_arena_dup(d.reader->in->arena, pl_buf_view(&d.text));
    line->pieces = d.pieces.at;
    line->piece_count = d.pieces.len;
    return draft_check(&d, pl_reqline_span(line, 0, 1), err);
}

bool pl_reqreader_next(struct pl_reqreader *reader, struct pl_reqline *out,
                       bool *more, struct pl_error *err)
{
    struct draft raw PL_CLEANUP(finish_draft) = {
        .reader = reader,
        .text = {.max = PL_MAX_LINE_BYTES},
    };
    struct pl_reqline line = {.source = reader->source};
    if (!join_lines(&raw, &line, more, err))
        return false;
    if (!*more)
        return true;
    struct pl_span begin = {reader->source, raw.pieces.at[0].from,
                            raw.pieces.at[0].from};
    if (!draft_check(&raw, begin, err) || !finish_line(&raw, &line, err))
        return false;
    *out = line;
    return true;
}
