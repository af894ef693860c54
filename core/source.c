#include "core/source.h"

#include "core/error.h"
#include "core/file.h"
#include "core/limits.h"

const struct pl_source *pl_source_from_text(struct pl_arena *arena,
                                            struct pl_str name,
                                            struct pl_str text)
{
    struct pl_source *source = pl_new(arena, struct pl_source);
    if (pl_str_starts(text, "\xef\xbb\xbf"))
        text = pl_str_sub(text, 3, text.len);
    *source = (struct pl_source){name, text};
    return source;
}

bool pl_source_load(struct pl_arena *arena, struct pl_str path,
                    const struct pl_source **out, struct pl_error *err)
{
    struct pl_str text;
    if (!pl_file_load(arena, path, PL_MAX_USER_FILE_BYTES, &text, NULL, err))
        return false;
    const struct pl_source *source =
        pl_source_from_text(arena, pl_arena_dup(arena, path), text);
    size_t nul = pl_str_find(source->text, '\0');
    if (nul < source->text.len) {
        struct pl_span span = {source, (uint32_t)nul, (uint32_t)nul + 1};
        return pl_error_set(err, PL_ERR_INPUT, span,
                            "a NUL byte; this is not a text file");
    }
    *out = source;
    return true;
}

static uint32_t count_characters(struct pl_str s)
{
    uint32_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.at[i] & 0xc0) != 0x80;
    return count;
}

struct pl_place pl_span_place(struct pl_span span)
{
    struct pl_str text = span.source->text;
    size_t at = span.begin < text.len ? span.begin : text.len;
    size_t start = 0;
    uint32_t line = 1;
    for (size_t i = 0; i < at; i++) {
        if (text.at[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    struct pl_str rest = pl_str_sub(text, start, text.len);
    struct pl_str whole = pl_str_sub(rest, 0, pl_str_find(rest, '\n'));
    if (pl_str_ends(whole, "\r"))
        whole.len--;
    return (struct pl_place){
        .line = line,
        .column = count_characters(pl_str_sub(text, start, at)) + 1,
        .text = whole,
        .offset = (uint32_t)(at - start),
    };
}

struct pl_span pl_span_of(const struct pl_source *source, struct pl_str view)
{
    uint32_t begin = (uint32_t)(view.at - source->text.at);
    return (struct pl_span){source, begin, begin + (uint32_t)view.len};
}

struct pl_span pl_span_within(const struct pl_source *source,
                              struct pl_str view, struct pl_span relative)
{
    struct pl_span base = pl_span_of(source, view);
    return (struct pl_span){source, base.begin + relative.begin,
                            base.begin + relative.end};
}
