#include "core/error.h"

#include "core/escape.h"
#include "core/limits.h"
#include "core/mask.h"

/* Formats in the arena; nothing when the error keeps no text. */
static struct pl_str format_text(struct pl_error *err, const char *format,
                                 va_list args)
{
    if (!err->arena)
        return (struct pl_str){0};
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    pl_buf_addv(&text, format, args);
    return pl_arena_dup(err->arena, pl_buf_view(&text));
}

bool pl_error_set(struct pl_error *err, enum pl_error_code code,
                  struct pl_span span, const char *format, ...)
{
    if (!err)
        return false;
    *err = (struct pl_error){.arena = err->arena, .code = code, .span = span};
    va_list args;
    va_start(args, format);
    err->message = format_text(err, format, args);
    va_end(args);
    return false;
}

bool pl_error_hint(struct pl_error *err, const char *format, ...)
{
    if (!err)
        return false;
    va_list args;
    va_start(args, format);
    err->hint = format_text(err, format, args);
    va_end(args);
    return false;
}

bool pl_error_because(struct pl_error *err, const char *format, ...)
{
    if (!err)
        return false;
    va_list args;
    va_start(args, format);
    err->because = format_text(err, format, args);
    va_end(args);
    return false;
}

bool pl_error_wrap(struct pl_error *err, const char *format, ...)
{
    if (!err || !err->arena)
        return false;
    va_list args;
    va_start(args, format);
    struct pl_str context = format_text(err, format, args);
    va_end(args);
    err->message =
        pl_arena_printf(err->arena, "%.*s: %.*s", PL_STR_ARG(context),
                        PL_STR_ARG(err->message));
    return false;
}

bool pl_error_locate(struct pl_error *err, const struct pl_source *source,
                     struct pl_str view)
{
    if (err && !err->span.source)
        err->span = pl_span_within(source, view, err->span);
    return false;
}

int pl_error_exit_code(enum pl_error_code code)
{
    switch (code) {
    case PL_OK:
        return 0;
    case PL_ERR_NO:
        return 1;
    case PL_ERR_USAGE:
    case PL_ERR_INPUT:
        return 2;
    case PL_ERR_INDEX:
        return 3;
    case PL_ERR_INTEGRITY:
        return 4;
    case PL_ERR_FILE:
        return 5;
    case PL_ERR_LIMIT:
        return 6;
    }
    return 2;
}

static void add_coloured(struct pl_buf *out, bool colour, const char *code,
                         const char *text)
{
    if (colour)
        pl_buf_addf(out, "\033[%sm%s\033[0m", code, text);
    else
        pl_buf_add_cstr(out, text);
}

static uint32_t digits_of(uint32_t number)
{
    uint32_t digits = 1;
    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

/* Width on the terminal of the escaped text, one column a character. */
static size_t shown_width(struct pl_str text)
{
    PL_BUF(shown, PL_MAX_MESSAGE_BYTES);
    pl_escape_terminal(&shown, text);
    size_t width = 0;
    for (size_t i = 0; i < shown.len; i++)
        width += ((unsigned char)shown.data[i] & 0xc0) != 0x80;
    return width;
}

/* No cut goes through a character, which has three more bytes at most. */
static size_t begin_character(struct pl_str text, size_t at)
{
    for (int i = 0; i < 3 && at < text.len; i++, at++)
        if (((unsigned char)text.at[at] & 0xc0) != 0x80)
            break;
    return at;
}

/* A line may be megabytes long: what stands around the place is enough. */
static bool crop_line(struct pl_place *place)
{
    struct pl_str text = place->text;
    if (text.len <= PL_MAX_SHOWN_LINE_BYTES)
        return false;
    size_t before = PL_MAX_SHOWN_LINE_BYTES / 4;
    size_t from = place->offset > before ? place->offset - before : 0;
    size_t to = begin_character(text, from + PL_MAX_SHOWN_LINE_BYTES);
    from = from ? begin_character(text, from) : 0;
    place->text = pl_str_sub(text, from, to);
    place->offset -= (uint32_t)from;
    return true;
}

/* A sentence may quote a foreign string of any length: shows both its ends. */
static void print_sentence(struct pl_buf *out, struct pl_str raw)
{
    PL_ARENA(arena);
    struct pl_str text = pl_mask(&arena, raw);
    size_t half = PL_MAX_SHOWN_SENTENCE_BYTES / 2;
    if (text.len > 2 * half) {
        size_t to = begin_character(text, half);
        pl_escape_terminal(out, pl_str_sub(text, 0, to));
        pl_buf_add_cstr(out, " [...] ");
        size_t from = begin_character(text, text.len - half);
        text = pl_str_sub(text, from, text.len);
    }
    pl_escape_terminal(out, text);
}

/* The line of the place up to `to`, without its secrets. */
static struct pl_str shown_line(struct pl_arena *arena, struct pl_span span,
                                struct pl_place place, size_t to)
{
    struct pl_str text = span.source->text;
    size_t line = (size_t)(place.text.at - text.at);
    PL_BUF(part, 2 * PL_MAX_USER_FILE_BYTES);
    pl_mask_part(&part, text, line, line + to);
    return pl_arena_dup(arena, pl_buf_view(&part));
}

/* Masks the line, moves the place in it; gives the bytes that are marked. */
static size_t mask_line(struct pl_arena *arena, struct pl_span span,
                        struct pl_place *place)
{
    size_t begin = place->offset, length = place->text.len;
    size_t end = begin + (span.end - span.begin);
    end = end < length ? end : length;
    struct pl_str line = shown_line(arena, span, *place, length);
    begin = shown_line(arena, span, *place, begin).len;
    end = shown_line(arena, span, *place, end).len;
    place->text = line;
    place->offset = (uint32_t)begin;
    return end - begin;
}

static void print_caret(struct pl_span span, struct pl_place place, bool colour,
                        struct pl_buf *out)
{
    PL_ARENA(arena);
    size_t length = mask_line(&arena, span, &place);
    bool cropped = crop_line(&place);
    uint32_t indent = digits_of(place.line) + 2;
    pl_buf_addf(out, "%*u | ", (int)indent, place.line);
    pl_escape_terminal(out, place.text);
    pl_buf_add_cstr(out, cropped ? " [...]" : "");
    pl_buf_addf(out, "\n%*s | ", (int)indent, "");
    struct pl_str before = pl_str_sub(place.text, 0, place.offset);
    struct pl_str marked =
        pl_str_sub(place.text, place.offset, place.offset + length);
    pl_buf_pad(out, ' ', shown_width(before));
    PL_BUF(underline, PL_MAX_MESSAGE_BYTES);
    pl_buf_add_char(&underline, '^');
    size_t width = shown_width(marked);
    pl_buf_pad(&underline, '~', width > 1 ? width - 1 : 0);
    add_coloured(out, colour, "1;31", underline.data);
    pl_buf_add_char(out, '\n');
}

static void print_part(struct pl_buf *out, bool colour, const char *label,
                       struct pl_str text)
{
    if (!text.len)
        return;
    add_coloured(out, colour, "1", label);
    pl_buf_add_cstr(out, ": ");
    struct pl_str line;
    while (pl_str_cut(&text, '\n', &line)) {
        print_sentence(out, line);
        pl_buf_add_char(out, '\n');
    }
}

void pl_error_print(const struct pl_error *err, const char *label, bool colour,
                    struct pl_buf *out)
{
    struct pl_place place = {0};
    if (err->span.source) {
        place = pl_span_place(err->span);
        pl_escape_terminal(out, err->span.source->name);
        pl_buf_addf(out, ":%u:%u: ", place.line, place.column);
    }
    add_coloured(out, colour, "1;31", label);
    pl_buf_add_cstr(out, ": ");
    print_sentence(out, err->message);
    pl_buf_add_char(out, '\n');
    if (err->span.source)
        print_caret(err->span, place, colour, out);
    print_part(out, colour, "because", err->because);
    print_part(out, colour, "fix", err->hint);
}
