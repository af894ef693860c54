#include "index/headers.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct pl_headers pl_headers_from(struct pl_str text)
{
    if (pl_str_starts(text, BYTE_ORDER_MARK))
        text = pl_str_sub(text, 3, text.len);
    return (struct pl_headers){.rest = text};
}

static struct pl_str take_line(struct pl_headers *headers)
{
    struct pl_str rest = headers->rest;
    size_t end = 0;
    while (end < rest.len && rest.at[end] != '\n' && rest.at[end] != '\r')
        end++;
    bool crlf = pl_str_starts(pl_str_sub(rest, end, rest.len), "\r\n");
    headers->rest = pl_str_sub(rest, end + (crlf ? 2 : 1), rest.len);
    headers->line++;
    return pl_str_sub(rest, 0, end);
}

static bool is_folded(const struct pl_headers *headers)
{
    return headers->rest.len &&
           (*headers->rest.at == ' ' || *headers->rest.at == '\t');
}

/* Lines are joined once all are known, so that many cost no more than few. */
static struct pl_str unfold(struct pl_arena *arena, struct pl_headers *headers,
                            struct pl_str first)
{
    struct pl_headers ahead = *headers;
    size_t len = first.len;
    while (is_folded(&ahead))
        len += 1 + pl_str_trim(take_line(&ahead)).len;
    char *text = pl_arena_alloc(arena, len + 1);
    memcpy(text, first.at, first.len);
    len = first.len;
    while (is_folded(headers)) {
        struct pl_str line = pl_str_trim(take_line(headers));
        text[len++] = ' ';
        if (line.len)
            memcpy(text + len, line.at, line.len);
        len += line.len;
    }
    return pl_str_trim((struct pl_str){text, len});
}

bool pl_headers_next(struct pl_arena *arena, struct pl_headers *headers,
                     struct pl_header *out)
{
    while (headers->rest.len) {
        struct pl_str line = take_line(headers);
        uint32_t number = headers->line;
        if (!line.len)
            break;
        size_t colon = pl_str_find(line, ':');
        if (colon == line.len)
            continue;
        struct pl_str value = pl_str_sub(line, colon + 1, line.len);
        if (is_folded(headers))
            value = unfold(arena, headers, value);
        *out = (struct pl_header){pl_str_trim(pl_str_sub(line, 0, colon)),
                                  pl_str_trim(value), number};
        return true;
    }
    headers->rest = PL_STR("");
    return false;
}
