#include "container/record_file.h"

#include "core/digest.h"
#include "core/limits.h"

#define SHA256_BYTES 32
#define SHA256_BASE64 43 /* without padding */

struct pl_record_reader pl_record_open(struct pl_str text, struct pl_str folder)
{
    return (struct pl_record_reader){.rest = text, .folder = folder};
}

static char next_char(const struct pl_record_reader *reader)
{
    return reader->rest.len ? *reader->rest.at : '\0';
}

static void skip(struct pl_record_reader *reader, size_t count)
{
    reader->rest = pl_str_sub(reader->rest, count, reader->rest.len);
}

static struct pl_str take_plain(struct pl_record_reader *reader)
{
    struct pl_str rest = reader->rest;
    size_t len = 0;
    while (len < rest.len && rest.at[len] != ',' && rest.at[len] != '\n' &&
           rest.at[len] != '\r')
        len++;
    skip(reader, len);
    return pl_str_sub(rest, 0, len);
}

/*
 * What follows the closing quote belongs to the field, as Python's csv reads
 * it. The result is never longer than what it is read from.
 */
static struct pl_str take_quoted(struct pl_record_reader *reader,
                                 struct pl_arena *arena, bool *closed)
{
    size_t most = reader->rest.len, at = 1, len = 0;
    const char *text = reader->rest.at;
    size_t end = 1;
    while (end < most &&
           (text[end] != '"' || (end + 1 < most && text[end + 1] == '"')))
        end += text[end] == '"' ? 2 : 1;
    *closed = end < most;
    char *field = pl_arena_alloc(arena, end + 1);
    for (; at < end; at += text[at] == '"' ? 2 : 1) {
        reader->line += text[at] == '\n';
        field[len++] = text[at];
    }
    skip(reader, *closed ? end + 1 : most);
    struct pl_str tail = take_plain(reader);
    struct pl_str quoted = {field, len};
    return tail.len ? pl_arena_printf(arena, "%.*s%.*s", PL_STR_ARG(quoted),
                                      PL_STR_ARG(tail))
                    : quoted;
}

/* The fields of a row; those beyond three are counted only. */
static size_t take_row(struct pl_record_reader *reader, struct pl_arena *arena,
                       struct pl_str fields[3], bool *closed)
{
    size_t count = 0;
    *closed = true;
    for (;;) {
        struct pl_str field = next_char(reader) == '"'
                                  ? take_quoted(reader, arena, closed)
                                  : take_plain(reader);
        if (count < 3)
            fields[count] = field;
        count++;
        if (next_char(reader) != ',')
            break;
        skip(reader, 1);
    }
    skip(reader, pl_str_starts(reader->rest, "\r\n") ? 2 : 1);
    return count;
}

/* The value of a digit of URL-safe base64, 64 for what is none. */
static unsigned digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (pl_is_digit(c))
        return (unsigned)(c - '0') + 52;
    return c == '-' ? 62 : c == '_' ? 63 : 64;
}

static bool decode_sha256(struct pl_arena *arena, struct pl_str text,
                          struct pl_str *hex)
{
    static const char digits[] = "0123456789abcdef";
    char out[2 * SHA256_BYTES];
    unsigned bits = 0, held = 0;
    size_t len = 0;
    if (text.len == SHA256_BASE64 + 1 && text.at[SHA256_BASE64] == '=')
        text.len--;
    /* Debian's own have digits instead. */
    if (pl_sha256_valid(text)) {
        *hex = pl_arena_dup(arena, text);
        return true;
    }
    if (text.len != SHA256_BASE64)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = digit_of(text.at[i]);
        if (digit > 63)
            return false;
        bits = bits << 6 | digit;
        for (held += 6; held >= 4 && len < sizeof(out); held -= 4)
            out[len++] = digits[bits >> (held - 4) & 15];
    }
    *hex = pl_arena_dup(arena, (struct pl_str){out, sizeof(out)});
    return true;
}

static bool is_below(struct pl_str place, struct pl_str folder)
{
    if (folder.len == 1)
        return true;
    return place.len > folder.len && place.at[folder.len] == '/' &&
           pl_str_eq(pl_str_sub(place, 0, folder.len), folder);
}

static const char *set_path(const struct pl_record_reader *reader,
                            struct pl_arena *arena, struct pl_record_file *out)
{
    bool above = false;
    if (!out->path.len)
        return "it has no path";
    out->place = pl_tree_path(arena, reader->folder, out->path, &above);
    if (!out->place.len)
        return "its path is too long or holds NUL";
    out->outside = above || !is_below(out->place, reader->folder);
    if (above)
        out->place = PL_STR("");
    return NULL;
}

static const char *set_sum(struct pl_arena *arena, struct pl_str hash,
                           struct pl_str size, struct pl_record_file *out)
{
    size_t equals = pl_str_find(hash, '=');
    struct pl_str name = pl_str_sub(hash, 0, equals);
    if (size.len && !pl_str_to_u64(size, &out->size))
        return "its size is no number";
    out->has_size = size.len > 0;
    if (!hash.len)
        return NULL;
    if (equals == hash.len)
        return "its hash names no algorithm";
    out->other_hash = !pl_str_is(name, "sha256");
    if (out->other_hash ||
        decode_sha256(arena, pl_str_sub(hash, equals + 1, hash.len),
                      &out->sha256))
        return NULL;
    return "its hash is no sha256";
}

bool pl_record_next(struct pl_record_reader *reader, struct pl_arena *arena,
                    struct pl_record_file *out)
{
    struct pl_str fields[3] = {{0}};
    bool closed;
    while (reader->rest.len &&
           (next_char(reader) == '\n' || next_char(reader) == '\r')) {
        reader->line += next_char(reader) == '\n';
        skip(reader, 1);
    }
    if (!reader->rest.len)
        return false;
    *out = (struct pl_record_file){.line = ++reader->line};
    size_t count = take_row(reader, arena, fields, &closed);
    out->path = fields[0];
    if (!closed)
        out->wrong = "a quote is not closed";
    else if (count > 3)
        out->wrong = "it has more than three fields";
    else
        out->wrong = set_path(reader, arena, out);
    if (!out->wrong)
        out->wrong = set_sum(arena, fields[1], fields[2], out);
    return true;
}
