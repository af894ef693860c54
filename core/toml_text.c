#include "core/limits.h"
#include "core/toml_node.h"

/* ---- shape ---- */

struct level {
    uint32_t depth; /* steps from the root to the value being read here */
    bool table;     /* in braces, or the document itself */
};

struct scan {
    struct pl_cursor c;
    uint32_t header; /* steps of the last [header] */
    uint32_t tables; /* steps of headers and dotted keys so far */
    uint32_t values; /* so far: each comes after a `=` or `,`, or is the first
                        of an array */
    uint32_t max_depth;
    uint32_t nest;
    bool in_key;
    bool line_start;
    struct level levels[PL_MAX_TOML_DEPTH + 1];
};

/*
 * Strings are skipped without looking for line ends: a string that is not
 * closed on its line is a mistake, and what follows it does not matter.
 */
static void skip_to_quote(struct pl_cursor *c, char quote)
{
    const char *at = c->at;
    while (at < c->end && *at != quote) {
        if (*at == '\\' && quote == '"' && c->end - at > 1)
            at++;
        at++;
    }
    c->at = at;
}

static void skip_string(struct pl_cursor *c, char quote)
{
    const char *delimiter = quote == '"' ? "\"\"\"" : "'''";
    bool long_form = pl_cursor_take_str(c, delimiter);
    if (!long_form)
        c->at++;
    for (;;) {
        skip_to_quote(c, quote);
        if (pl_cursor_done(c))
            return;
        if (!long_form || pl_cursor_take_str(c, delimiter))
            break;
        c->at++;
    }
    /* The quote itself, or up to two that stand before the closing three. */
    pl_cursor_take(c, quote);
    if (long_form)
        pl_cursor_take(c, quote);
}

static void skip_comment(struct pl_cursor *c)
{
    struct pl_str rest = pl_cursor_rest(c);
    c->at += pl_str_find(rest, '\n');
}

static void begin_key(struct scan *s)
{
    uint32_t above = s->nest ? s->levels[s->nest - 1].depth : s->header;
    s->levels[s->nest].depth = above + 1;
    s->in_key = true;
}

static void read_open(struct scan *s, char bracket)
{
    if (bracket == '[' && s->line_start && !s->nest) {
        s->levels[0].depth = pl_cursor_take(&s->c, '[') ? 2 : 1;
        s->in_key = true;
        s->tables++;
        return;
    }
    uint32_t above = s->levels[s->nest].depth;
    if (above < s->max_depth) {
        s->nest++;
        s->levels[s->nest] = (struct level){above, bracket == '{'};
    }
    s->levels[s->nest].depth = above + 1;
    s->in_key = bracket == '{';
}

static void read_close(struct scan *s, char bracket)
{
    if (s->nest)
        s->nest--;
    else if (bracket == ']')
        s->header = s->levels[0].depth;
    s->in_key = false;
}

static void read_mark(struct scan *s, char c)
{
    switch (c) {
    case '[':
    case '{':
        read_open(s, c);
        break;
    case ']':
    case '}':
        read_close(s, c);
        break;
    case '.':
        s->levels[s->nest].depth += s->in_key;
        s->tables += s->in_key;
        break;
    case '=':
        s->in_key = false;
        s->values++;
        break;
    case ',':
        s->values++;
        if (s->nest && s->levels[s->nest].table)
            begin_key(s);
        break;
    case '\n':
        if (!s->nest)
            begin_key(s);
        break;
    default:
        break;
    }
}

enum kind { WORD, BLANK, MARK, STEP, QUOTE, COMMENT };

static enum kind kind_of(char c)
{
    static const unsigned char kinds[256] = {
        [' '] = BLANK,  ['\t'] = BLANK,  ['\r'] = BLANK, ['\n'] = MARK,
        [']'] = MARK,   ['}'] = MARK,    [','] = MARK,   ['['] = STEP,
        ['{'] = STEP,   ['.'] = STEP,    ['='] = STEP,   ['"'] = QUOTE,
        ['\''] = QUOTE, ['#'] = COMMENT,
    };
    return (enum kind)kinds[(unsigned char)c];
}

static enum kind take_next(struct scan *s)
{
    char c = *s->c.at;
    enum kind kind = kind_of(c);
    if (kind == COMMENT) {
        skip_comment(&s->c);
    } else if (kind == QUOTE) {
        skip_string(&s->c, c);
    } else {
        s->c.at++;
        if (kind == MARK || kind == STEP)
            read_mark(s, c);
    }
    s->line_start = c == '\n' || (s->line_start && kind == BLANK);
    return kind;
}

/*
 * Looks only where a step has been made: a line's first words may yet turn
 * out to be a header, which starts from the root.
 */
enum pl_toml_shape pl_toml_shape_of(struct pl_str text, uint32_t depth,
                                    uint32_t tables, uint32_t *where)
{
    struct scan s = {
        .c = pl_cursor_from(text),
        .max_depth = depth < PL_MAX_TOML_DEPTH ? depth : PL_MAX_TOML_DEPTH,
        .line_start = true,
    };
    begin_key(&s);
    while (s.c.at < s.c.end) {
        uint32_t at = (uint32_t)pl_cursor_offset(&s.c);
        enum kind kind = take_next(&s);
        *where = at;
        if (s.values > PL_MAX_TOML_VALUES)
            return PL_TOML_TOO_LONG;
        if (kind != STEP)
            continue;
        if (s.levels[s.nest].depth > s.max_depth)
            return PL_TOML_TOO_DEEP;
        if (s.tables > tables)
            return PL_TOML_TOO_MANY;
    }
    return PL_TOML_FITS;
}

/* ---- places ---- */

#define SAMPLE 64u

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static uint32_t count_lines(struct pl_str text)
{
    uint32_t lines = 1;
    struct pl_str line;
    while (pl_str_cut(&text, '\n', &line))
        lines++;
    return lines;
}

static uint32_t count_characters(struct pl_str text)
{
    uint32_t characters = 0;
    for (size_t i = 0; i < text.len; i++)
        characters += begins_character(text.at[i]);
    return characters;
}

/* In ASCII, which most files are, a character's number is its offset. */
static void note_lines(struct pl_toml_places *places)
{
    struct pl_str rest = places->text, line;
    for (uint32_t n = 1; pl_str_cut(&rest, '\n', &line) && rest.at; n++)
        places->lines[n] = (uint32_t)(rest.at - places->text.at);
}

static void note_characters(struct pl_toml_places *places)
{
    struct pl_str text = places->text;
    uint32_t line = 0, character = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!begins_character(text.at[i]))
            continue;
        if (character % SAMPLE == 0)
            places->samples[character / SAMPLE] = (uint32_t)i;
        character++;
        if (text.at[i] == '\n')
            places->lines[++line] = character;
    }
}

struct pl_toml_places pl_toml_places_of(struct pl_arena *arena,
                                        struct pl_str text)
{
    struct pl_toml_places places = {
        .text = text,
        .line_count = count_lines(text),
        .characters = count_characters(text),
    };
    places.lines = pl_new_array(arena, uint32_t, places.line_count);
    if (places.characters == text.len) {
        note_lines(&places);
        return places;
    }
    places.samples =
        pl_new_array(arena, uint32_t, places.characters / SAMPLE + 1);
    note_characters(&places);
    return places;
}

uint32_t pl_toml_offset(const struct pl_toml_places *places, uint32_t line,
                        uint32_t column)
{
    if (line < 1 || column < 1)
        return 0;
    struct pl_str text = places->text;
    if (line > places->line_count)
        return (uint32_t)text.len;
    uint64_t wanted = (uint64_t)places->lines[line - 1] + column - 1;
    if (wanted >= places->characters)
        return (uint32_t)text.len;
    if (!places->samples)
        return (uint32_t)wanted;
    size_t at = places->samples[wanted / SAMPLE];
    for (uint64_t n = wanted % SAMPLE; n; n--) {
        at++;
        while (at < text.len && !begins_character(text.at[at]))
            at++;
    }
    return (uint32_t)at;
}
