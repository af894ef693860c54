#include "lockfmt/lock_diff_lines.h"

#include "core/file.h"
#include "core/limits.h"
#include "pep/name.h"

bool pl_diff_is_line(struct pl_str via)
{
    return pl_str_has(via, ':');
}

struct pl_str pl_diff_line_file(struct pl_str where)
{
    return pl_str_sub(where, 0, pl_str_rfind(where, ':'));
}

/* ---- reading ---- */

static bool is_name_byte(char c)
{
    return pl_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

/* The name that a text begins with; a name ends with a letter or digit. */
static struct pl_str leading_name(struct pl_arena *arena, struct pl_str text)
{
    struct pl_cursor c = pl_cursor_from(text);
    struct pl_str name = pl_cursor_span(&c, is_name_byte);
    while (name.len && !pl_is_alnum(name.at[name.len - 1]))
        name.len--;
    if (!pl_name_valid(name))
        return (struct pl_str){0};
    return pl_name_normalize(arena, name);
}

static void put(struct pl_arena *arena, struct pl_map *map, struct pl_str key,
                struct pl_diff_line line)
{
    void **slot = pl_map_slot(map, key);
    pl_diff_line_vec *list = *slot;
    if (!list)
        *slot = list = pl_new(arena, pl_diff_line_vec);
    if (list->len < PL_MAX_DIFF_LINES)
        pl_vec_push(arena, list, line);
}

/* Comments begin a line or follow white space; a joined line is cut. */
static struct pl_str without_comment(struct pl_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '#' && (!i || pl_is_space(text.at[i - 1])))
            text = pl_str_sub(text, 0, i);
    text = pl_str_trim(text);
    if (pl_str_ends(text, "\\"))
        text = pl_str_trim(pl_str_sub(text, 0, text.len - 1));
    return text;
}

static struct pl_str key_of(struct pl_arena *arena, struct pl_str where,
                            struct pl_str name)
{
    return pl_arena_printf(arena, "%.*s %.*s", PL_STR_ARG(where),
                           PL_STR_ARG(name));
}

/* What stands in quotes: the strings of a line of TOML. */
static void read_strings(struct pl_diff_lines *out, struct pl_str text,
                         struct pl_str where)
{
    size_t begin = 0;
    while (begin < text.len) {
        char quote = text.at[begin++];
        if (quote != '"' && quote != '\'')
            continue;
        struct pl_str rest = pl_str_sub(text, begin, text.len);
        struct pl_str inner = pl_str_sub(rest, 0, pl_str_find(rest, quote));
        struct pl_str name = leading_name(out->arena, inner);
        struct pl_diff_line line = {where, pl_str_trim(inner)};
        if (name.len)
            put(out->arena, &out->by_where, key_of(out->arena, where, name),
                line);
        begin += inner.len + 1;
    }
}

static void read_line(struct pl_diff_lines *out, struct pl_str text,
                      struct pl_str where, bool toml)
{
    struct pl_diff_line line = {where, without_comment(text)};
    if (!line.text.len)
        return;
    put(out->arena, &out->by_where, where, line);
    if (toml) {
        read_strings(out, line.text, where);
        return;
    }
    struct pl_str name = leading_name(out->arena, line.text);
    if (name.len)
        put(out->arena, &out->by_name, name, line);
}

static void read_input(struct pl_diff_lines *out,
                       const struct pl_source *source)
{
    struct pl_str name = source->name, rest = source->text, text;
    bool toml = pl_str_ends(name, ".toml");
    if (pl_str_starts(name, "/"))
        name = pl_path_base(name);
    for (unsigned number = 1; pl_str_cut(&rest, '\n', &text); number++)
        read_line(
            out, text,
            pl_arena_printf(out->arena, "%.*s:%u", PL_STR_ARG(name), number),
            toml);
}

void pl_diff_lines_read(struct pl_arena *arena, const struct pl_diff_side *side,
                        struct pl_diff_lines *out)
{
    *out = (struct pl_diff_lines){.arena = arena,
                                  .by_name = {.arena = arena},
                                  .by_where = {.arena = arena}};
    for (size_t i = 0; i < side->input_count; i++)
        read_input(out, side->inputs[i]);
}

/* ---- asking ---- */

static struct pl_str text_of(const struct pl_diff_lines *lines,
                             struct pl_str where, struct pl_str name)
{
    const pl_diff_line_vec *found =
        pl_map_get(&lines->by_where, key_of(lines->arena, where, name));
    if (!found)
        found = pl_map_get(&lines->by_where, where);
    return found ? found->at[0].text : (struct pl_str){0};
}

static bool has_where(const pl_diff_line_vec *list, struct pl_str where)
{
    for (size_t i = 0; i < list->len; i++)
        if (pl_str_eq(list->at[i].where, where))
            return true;
    return false;
}

pl_diff_line_vec pl_diff_lines_of(const struct pl_diff_lines *lines,
                                  struct pl_str name, const struct pl_str *via,
                                  size_t via_count)
{
    const pl_diff_line_vec *named = pl_map_get(&lines->by_name, name);
    pl_diff_line_vec list = {0};
    for (size_t i = 0; i < via_count && list.len < PL_MAX_DIFF_LINES; i++)
        if (pl_diff_is_line(via[i]))
            pl_vec_push(
                lines->arena, &list,
                (struct pl_diff_line){via[i], text_of(lines, via[i], name)});
    for (size_t i = 0; named && i < named->len; i++)
        if (list.len < PL_MAX_DIFF_LINES &&
            !has_where(&list, named->at[i].where))
            pl_vec_push(lines->arena, &list, named->at[i]);
    return list;
}
