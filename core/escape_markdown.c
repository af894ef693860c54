#include "core/escape.h"

#include "core/limits.h"

/* Neither Markdown, HTML nor GitHub's own links begin with one of these. */
static bool is_inert(char c)
{
    return pl_is_alnum(c) || pl_str_has(PL_STR(" -+,=/;'?%^"), c) ||
           (unsigned char)c >= 0x80;
}

static bool is_word_nocase(struct pl_str s, size_t end, const char *word,
                           size_t len)
{
    return end >= len && pl_str_is_nocase(pl_str_sub(s, end - len, end), word);
}

/* "www." and "GH-1" become links where they stand. */
static bool begins_link(struct pl_str s, size_t at)
{
    return (s.at[at] == '.' && is_word_nocase(s, at, "www", 3)) ||
           (s.at[at] == '-' && is_word_nocase(s, at, "gh", 2));
}

static void add_char(struct pl_buf *out, struct pl_str s, size_t at)
{
    char c = s.at[at];
    bool needs_cut = c == '@' || c == '#' || begins_link(s, at);
    bool is_plain = is_inert(c) || c == '.' ||
                    (c == ':' && at + 1 < s.len && s.at[at + 1] != '/');
    if (is_plain && !needs_cut)
        pl_buf_add_char(out, c);
    else
        pl_buf_addf(out, "&#%u;", (unsigned)(unsigned char)c);
    /* Mentions and numbers are looked for in the text that HTML shows; a
     * comment parts it. */
    if (needs_cut)
        pl_buf_add_cstr(out, "<!-- -->");
}

void pl_escape_markdown(struct pl_buf *out, struct pl_str s)
{
    /* a byte becomes at most \u{10ffff}, ten for four */
    PL_BUF(visible, 8 * s.len + 8);
    pl_escape_terminal(&visible, s);
    struct pl_str text = pl_buf_view(&visible);
    for (size_t i = 0; i < text.len; i++)
        add_char(out, text, i);
}
