#include "core/escape.h"

#include "core/limits.h"
#include "core/mask.h"
#include "core/utf8.h"

struct range {
    uint32_t first, last;
};

/* Sorted. Beyond ASCII: what moves, hides or imitates other text. */
static const struct range hidden[] = {
    {0x0000, 0x001f},   /* C0 */
    {0x007f, 0x009f},   /* DEL, C1 */
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x034f, 0x034f},   /* combining grapheme joiner */
    {0x061c, 0x061c},   /* Arabic letter mark */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x17b4, 0x17b5},   /* Khmer inherent vowels */
    {0x180b, 0x180f},   /* Mongolian selectors */
    {0x200b, 0x200f},   /* zero width, directional marks */
    {0x2028, 0x202e},   /* separators, bidirectional embeddings */
    {0x2060, 0x206f},   /* word joiner, invisible operators, isolates */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xffa0, 0xffa0},   /* halfwidth Hangul filler */
    {0xfff9, 0xfffb},   /* interlinear annotation */
    {0x1d173, 0x1d17a}, /* musical formatting */
    {0xe0000, 0xe0fff}, /* tags, variation selectors */
};

static bool is_control(uint32_t code)
{
    if (code >= 0x20 && code < 0x7f)
        return false;
    for (size_t i = 0; i < PL_COUNT(hidden); i++) {
        if (code <= hidden[i].last)
            return code >= hidden[i].first;
    }
    return false;
}

/* One step through a string: the next code point and its bytes. */
struct step {
    uint32_t code;
    bool valid;
    struct pl_str bytes;
};

static bool take_step(struct pl_str *rest, struct step *step)
{
    if (!rest->len)
        return false;
    struct pl_str before = *rest;
    step->valid = pl_utf8_take(rest, &step->code);
    step->bytes = pl_str_sub(before, 0, before.len - rest->len);
    return true;
}

/* Most text: printable ASCII that no language here escapes. */
static void add_easy(struct pl_buf *out, struct pl_str *rest)
{
    size_t i = 0;
    while (i < rest->len && rest->at[i] >= ' ' && rest->at[i] < '\x7f' &&
           rest->at[i] != '"' && rest->at[i] != '\\')
        i++;
    pl_buf_add(out, rest->at, i);
    *rest = pl_str_sub(*rest, i, rest->len);
}

static bool is_plain(const struct step *step)
{
    return step->valid && !is_control(step->code);
}

/* Room for the text with its secrets masked. */
#define MASKED(name, text)                                                     \
    PL_BUF(name, sizeof(PL_MASK) * (text).len);                                \
    (text) = without_secrets(&(name), (text))

/* The text itself when it has none. */
static struct pl_str without_secrets(struct pl_buf *room, struct pl_str s)
{
    size_t begin, end;
    if (!pl_mask_find(s, 0, &begin, &end))
        return s;
    pl_mask_add(room, s);
    return pl_buf_view(room);
}

/* ---- terminal and comments ---- */

static void add_visible(struct pl_buf *out, const struct step *step)
{
    if (is_plain(step))
        pl_buf_add_str(out, step->bytes);
    else if (step->code == '\n')
        pl_buf_add_cstr(out, "\\n");
    else if (step->code == '\t')
        pl_buf_add_cstr(out, "\\t");
    else if (!step->valid || step->code < 0x80)
        pl_buf_addf(out, "\\x%02x", (unsigned)step->code);
    else
        pl_buf_addf(out, "\\u{%04x}", (unsigned)step->code);
}

/*
 * GitHub's runner takes a line of a log that begins with "::name", and
 * "##[name" anywhere in one, for a command; lines are also wrapped at spaces.
 * Gives the place of the character whose escape spoils it.
 */
static bool find_command(struct pl_str s, size_t *at)
{
    for (size_t i = 0; i + 2 < s.len; i++) {
        bool is_first = !i || pl_is_space(s.at[i - 1]);
        bool is_new = is_first && s.at[i] == ':' && s.at[i + 1] == ':' &&
                      pl_is_alpha(s.at[i + 2]);
        bool is_old =
            s.at[i] == '#' && s.at[i + 1] == '#' && s.at[i + 2] == '[';
        *at = i + 1;
        if (is_new || is_old)
            return true;
    }
    return false;
}

static void add_part(struct pl_buf *out, struct pl_str s, bool keep_lines)
{
    struct step step;
    add_easy(out, &s);
    while (take_step(&s, &step)) {
        if (keep_lines && step.code == '\n')
            pl_buf_add_char(out, '\n');
        else
            add_visible(out, &step);
        add_easy(out, &s);
    }
}

static void add_shown(struct pl_buf *out, struct pl_str s, bool keep_lines)
{
    size_t at;
    MASKED(masked, s);
    while (find_command(s, &at)) {
        add_part(out, pl_str_sub(s, 0, at), keep_lines);
        pl_buf_addf(out, "\\x%02x", (unsigned)s.at[at]);
        s = pl_str_sub(s, at + 1, s.len);
    }
    add_part(out, s, keep_lines);
}

void pl_escape_terminal(struct pl_buf *out, struct pl_str s)
{
    add_shown(out, s, false);
}

void pl_escape_terminal_lines(struct pl_buf *out, struct pl_str s)
{
    add_shown(out, s, true);
}

void pl_escape_comment(struct pl_buf *out, struct pl_str s)
{
    MASKED(masked, s);
    struct step step;
    while (take_step(&s, &step)) {
        if (step.code == '\\')
            pl_buf_add_cstr(out, "\\x5c");
        else
            add_visible(out, &step);
    }
}

/* ---- strings of TOML and JSON ---- */

/* The letter that both languages put after a backslash, or 0. */
static char short_escape(uint32_t code)
{
    switch (code) {
    case '"':
    case '\\':
        return (char)code;
    case '\b':
        return 'b';
    case '\t':
        return 't';
    case '\n':
        return 'n';
    case '\f':
        return 'f';
    case '\r':
        return 'r';
    default:
        return 0;
    }
}

static void add_wide_toml(struct pl_buf *out, uint32_t code)
{
    pl_buf_addf(out, "\\U%08x", (unsigned)code);
}

static void add_wide_json(struct pl_buf *out, uint32_t code)
{
    unsigned above = (unsigned)code - 0x10000;
    pl_buf_addf(out, "\\u%04x\\u%04x", 0xd800 + (above >> 10),
                0xdc00 + (above & 0x3ff));
}

static void add_quoted(struct pl_buf *out, struct pl_str s,
                       void (*add_wide)(struct pl_buf *, uint32_t))
{
    MASKED(masked, s);
    struct step step;
    pl_buf_add_char(out, '"');
    add_easy(out, &s);
    while (take_step(&s, &step)) {
        char letter = step.valid ? short_escape(step.code) : 0;
        if (!step.valid)
            pl_buf_add_cstr(out, "\xef\xbf\xbd");
        else if (letter)
            pl_buf_add(out, (char[]){'\\', letter}, 2);
        else if (!is_control(step.code))
            pl_buf_add_str(out, step.bytes);
        else if (step.code < 0x10000)
            pl_buf_addf(out, "\\u%04x", (unsigned)step.code);
        else
            add_wide(out, step.code);
        add_easy(out, &s);
    }
    pl_buf_add_char(out, '"');
}

void pl_escape_toml(struct pl_buf *out, struct pl_str s)
{
    add_quoted(out, s, add_wide_toml);
}

void pl_escape_json(struct pl_buf *out, struct pl_str s)
{
    add_quoted(out, s, add_wide_json);
}

/* ---- shell ---- */

enum shell_need { SHELL_BARE, SHELL_QUOTES, SHELL_OCTAL };

static bool is_bare(uint32_t code)
{
    return code < 0x80 && (pl_is_alnum((char)code) ||
                           pl_str_has(PL_STR("_@%+=:,./-"), (char)code));
}

static enum shell_need shell_need(struct pl_str s)
{
    /* zsh replaces a word that begins with '='. */
    enum shell_need need = s.len && s.at[0] != '=' ? SHELL_BARE : SHELL_QUOTES;
    struct step step;
    while (take_step(&s, &step)) {
        if (!is_plain(&step))
            return SHELL_OCTAL;
        if (!is_bare(step.code))
            need = SHELL_QUOTES;
    }
    return need;
}

static void add_octal(struct pl_buf *out, struct pl_str bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        pl_buf_addf(out, "\\%03o", (unsigned)(unsigned char)bytes.at[i]);
}

/* Octal for quotes too: a shell without $'' must not see the text end. */
static void add_dollar_quoted(struct pl_buf *out, struct pl_str s)
{
    struct step step;
    pl_buf_add_cstr(out, "$'");
    while (take_step(&s, &step)) {
        if (!step.code)
            pl_buf_add_cstr(out, "\xef\xbf\xbd");
        else if (!is_plain(&step) || pl_str_has(PL_STR("'\\!"), *step.bytes.at))
            add_octal(out, step.bytes);
        else
            pl_buf_add_str(out, step.bytes);
    }
    pl_buf_add_char(out, '\'');
}

static void add_single_quoted(struct pl_buf *out, struct pl_str s)
{
    pl_buf_add_char(out, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '\'')
            pl_buf_add_cstr(out, "'\\''");
        else
            pl_buf_add_char(out, s.at[i]);
    }
    pl_buf_add_char(out, '\'');
}

void pl_escape_shell(struct pl_buf *out, struct pl_str s)
{
    MASKED(masked, s);
    switch (shell_need(s)) {
    case SHELL_BARE:
        pl_buf_add_str(out, s);
        return;
    case SHELL_QUOTES:
        add_single_quoted(out, s);
        return;
    case SHELL_OCTAL:
        add_dollar_quoted(out, s);
        return;
    }
}

static void escape_percent(struct pl_buf *out, struct pl_str s,
                           const char *escaped)
{
    PL_BUF(shown, PL_MAX_OUTPUT_BYTES);
    pl_escape_terminal_lines(&shown, s);
    for (size_t i = 0; i < shown.len; i++) {
        char c = shown.data[i];
        if (strchr(escaped, c))
            pl_buf_addf(out, "%%%02X", (unsigned char)c);
        else
            pl_buf_add_char(out, c);
    }
}

void pl_escape_github(struct pl_buf *out, struct pl_str s)
{
    escape_percent(out, s, "%\n");
}

void pl_escape_github_property(struct pl_buf *out, struct pl_str s)
{
    escape_percent(out, s, "%\n:,");
}
