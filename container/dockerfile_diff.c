#include "container/dockerfile_check.h"
#include "core/buf.h"
#include "core/limits.h"

/* Unchanged lines round a change, as diff -u has them. */
#define CONTEXT 3

struct lines {
    struct pl_str old, new; /* with their ends */
    bool changed;
};

struct line_list {
    struct lines *at;
    size_t len, cap;
};

/* The line with its edits applied; *edit is moved behind them. */
static struct pl_str edit_line(struct pl_arena *arena, struct pl_str text,
                               uint32_t begin, uint32_t end,
                               const struct pl_docker_verdict *v, size_t *edit)
{
    PL_BUF(out, PL_MAX_USER_FILE_BYTES + (1u << 20));
    uint32_t at = begin;
    for (; *edit < v->edits.len && v->edits.at[*edit].begin < end; ++*edit) {
        const struct pl_docker_edit *e = &v->edits.at[*edit];
        /* What goes over a line's end is no edit that this makes. */
        if (e->begin < at || e->end > end)
            continue;
        pl_buf_add_str(&out, pl_str_sub(text, at, e->begin));
        pl_buf_add_str(&out, e->text);
        at = e->end;
    }
    pl_buf_add_str(&out, pl_str_sub(text, at, end));
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void split_lines(struct pl_arena *arena, const struct pl_source *source,
                        const struct pl_docker_verdict *v,
                        struct line_list *out)
{
    struct pl_str text = source->text;
    size_t edit = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = at + pl_str_find(pl_str_sub(text, at, text.len), '\n');
        end = end < text.len ? end + 1 : end;
        struct lines line = {.old = pl_str_sub(text, at, end)};
        line.changed = edit < v->edits.len && v->edits.at[edit].begin < end;
        line.new = line.changed ? edit_line(arena, text, (uint32_t)at,
                                            (uint32_t)end, v, &edit)
                                : line.old;
        pl_vec_push(arena, out, line);
        at = end;
    }
}

static void add_line(char mark, struct pl_str line, struct pl_buf *out)
{
    pl_buf_add_char(out, mark);
    pl_buf_add_str(out, line);
    if (!pl_str_ends(line, "\n"))
        pl_buf_add_cstr(out, "\n\\ No newline at end of file\n");
}

/* The end of the hunk that begins with the changed line `at`. */
static size_t hunk_end(const struct line_list *lines, size_t at)
{
    size_t last = at;
    for (size_t i = at; i < lines->len && i <= last + 2 * CONTEXT; i++)
        if (lines->at[i].changed)
            last = i;
    return last + 1 + CONTEXT < lines->len ? last + 1 + CONTEXT : lines->len;
}

static void add_hunk(const struct line_list *lines, size_t from, size_t to,
                     struct pl_buf *out)
{
    pl_buf_addf(out, "@@ -%zu,%zu +%zu,%zu @@\n", from + 1, to - from, from + 1,
                to - from);
    for (size_t i = from; i < to;) {
        size_t end = i;
        while (end < to && lines->at[end].changed)
            add_line('-', lines->at[end++].old, out);
        for (size_t k = i; k < end; k++)
            add_line('+', lines->at[k].new, out);
        if (end == i) {
            add_line(' ', lines->at[i].old, out);
            end++;
        }
        i = end;
    }
}

void pl_docker_edits_diff(const struct pl_source *source,
                          const struct pl_docker_verdict *verdict,
                          struct pl_buf *out)
{
    struct line_list lines = {0};
    struct pl_str name = source->name;
    if (!verdict->edits.len)
        return;
    split_lines(verdict->findings.arena, source, verdict, &lines);
    while (pl_str_starts(name, "./") || pl_str_starts(name, "/"))
        name = pl_str_sub(name, pl_str_starts(name, "/") ? 1 : 2, name.len);
    pl_buf_addf(out, "--- a/%.*s\n+++ b/%.*s\n", PL_STR_ARG(name),
                PL_STR_ARG(name));
    for (size_t i = 0; i < lines.len;) {
        if (!lines.at[i].changed) {
            i++;
            continue;
        }
        size_t end = hunk_end(&lines, i);
        add_hunk(&lines, i > CONTEXT ? i - CONTEXT : 0, end, out);
        i = end;
    }
}
