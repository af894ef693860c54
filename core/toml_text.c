#include "core/limits.h"
#include "core/toml_node.h"

/* ---- depth ---- */

struct level {
    uint32_t depth; /* steps from the root to the value being read here */
    bool table;     /* in braces, or the document itself */
};

struct scan {
    struct pl_cursor c;
    uint32_t header; /* steps of the last [header] */
    uint32_t max;
    uint32_t nest;
    bool in_key;
    bool line_start;
    struct level levels[PL_MAX_TOML_DEPTH + 1];
};

static bool skip_delimiter(struct pl_cursor *c, char quote)
{
    return pl_cursor_take_str(c, quote == '"' ? "\"\"\"" : "'''");
}

static void skip_multi_line(struct pl_cursor *c, char quote)
{
    while (!pl_cursor_done(c)) {
        if (skip_delimiter(c, quote)) {
            /* Up to two quotes may stand before the closing three. */
            if (pl_cursor_take(c, quote))
                pl_cursor_take(c, quote);
            return;
        }
        if (quote == '"' && *c->at == '\\' && c->end - c->at > 1)
            c->at++;
        c->at++;
    }
}

static void skip_string(struct pl_cursor *c, char quote)
{
    if (skip_delimiter(c, quote)) {
        skip_multi_line(c, quote);
        return;
    }
    c->at++;
    while (!pl_cursor_done(c) && *c->at != quote && *c->at != '\n') {
        if (quote == '"' && *c->at == '\\' && c->end - c->at > 1)
            c->at++;
        c->at++;
    }
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
        return;
    }
    uint32_t above = s->levels[s->nest].depth;
    if (above < s->max) {
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
        break;
    case '=':
        s->in_key = false;
        break;
    case ',':
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
    s->line_start = c == '\n' || (s->line_start && pl_is_space(c));
}

/*
 * Looks only where a step has been made: a line's first words may yet turn
 * out to be a header, which starts from the root.
 */
bool pl_toml_depth_ok(struct pl_str text, uint32_t max, uint32_t *where)
{
    struct scan s = {
        .c = pl_cursor_from(text),
        .max = max < PL_MAX_TOML_DEPTH ? max : PL_MAX_TOML_DEPTH,
        .line_start = true,
    };
    begin_key(&s);
    while (!pl_cursor_done(&s.c)) {
        char c = pl_cursor_peek(&s.c);
        size_t at = pl_cursor_offset(&s.c);
        if (c == '"' || c == '\'') {
            skip_string(&s.c, c);
            s.line_start = false;
        } else if (c == '#') {
            skip_comment(&s.c);
        } else {
            s.c.at++;
            read_mark(&s, c);
        }
        if (pl_str_has(PL_STR(".=[{"), c) && s.levels[s.nest].depth > s.max) {
            *where = (uint32_t)at;
            return false;
        }
    }
    return true;
}

/* ---- places ---- */

#define SAMPLE 64u

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

struct pl_toml_places pl_toml_places_of(struct pl_arena *arena,
                                        struct pl_str text)
{
    uint32_t lines = 1, characters = 0;
    for (size_t i = 0; i < text.len; i++) {
        lines += text.at[i] == '\n';
        characters += begins_character(text.at[i]);
    }
    struct pl_toml_places places = {
        .text = text,
        .lines = pl_new_array(arena, uint32_t, lines),
        .samples = pl_new_array(arena, uint32_t, characters / SAMPLE + 1),
        .line_count = lines,
        .characters = characters,
    };
    uint32_t line = 0, character = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!begins_character(text.at[i]))
            continue;
        if (character % SAMPLE == 0)
            places.samples[character / SAMPLE] = (uint32_t)i;
        character++;
        if (text.at[i] == '\n')
            places.lines[++line] = character;
    }
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
    size_t at = places->samples[wanted / SAMPLE];
    for (uint64_t n = wanted % SAMPLE; n; n--) {
        at++;
        while (at < text.len && !begins_character(text.at[at]))
            at++;
    }
    return (uint32_t)at;
}
